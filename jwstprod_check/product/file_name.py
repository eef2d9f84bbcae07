"""The naming grammar of JWST products: what a file name states, and whether it keeps to the rule.

jwst documentation, data_products/file_naming.rst, guidestar_products.rst and msa_metadata.rst; the stage-3 forms
with an association candidate and the wavefront-sensing form are those of the pipeline's association code. Which suffixes
there are, and in which form of name each appears, is stated in the ``recognise`` of the specs alone.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from jwstprod_check.memo import by_value

EXTENSIONS: Final = (".fits.gz", ".fits.fz", ".fits", ".ecsv", ".fit", ".fts")
"""Endings of files that may hold a product; the longest that fits counts."""

_VISIT = r"jw(?P<program>\d{5})(?P<observation>\d{3})(?P<visit>\d{3})"
_DETECTOR = r"(?P<detector>nrc[ab](?:[1-4]|long)|nrs[12]|nis|mirimage|mirifu(?:long|short)|guider[12])"
_EXPOSURE = (
    _VISIT
    + r"_(?P<visit_group>\d{2})(?P<parallel_seq>[1-5])(?P<activity>[0-9a-z]{2})"
    + r"_(?P<exposure>\d{5})(?:-seg(?P<segment>\d{3}))?_"
    + _DETECTOR
)
_CANDIDATE = r"(?P<asn_candidate>o\d{3}|c1\d{3}|a3\d{3}|[acr]\d{4})"
_INSTRUMENT = r"(?P<instrument>nircam|niriss|nirspec|miri|fgs)"
_ELEMENTS = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_TIME = r"\d{4}(?:00[1-9]|0[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d"

_SOURCE = r"(?:(?P<target>t\d{3})(?:-(?P<target_source>[sbv]\d{9}))?|(?P<source>[sbv]\d{9}))(?:-epoch(?P<epoch>\d))?"
_NO_TAIL, _MAY_FOLLOW, _FOLLOWS = range(3)
"""Whether an ``ACT_ID`` follows the suffix."""


class _Form(msgspec.Struct, frozen=True):
    """A form that a name can have: what it begins with, what parts that from the suffix, what follows the suffix."""

    name: str
    head: str
    tail: int = _NO_TAIL
    separators: str = "_"


_FORMS: Final = (
    _Form("exposure", _EXPOSURE),
    _Form("exposure_stage3", _EXPOSURE + "_" + _CANDIDATE),
    _Form(
        "wavefront",
        rf"jw(?P<program>\d{{5}})-{_CANDIDATE}_(?P<target>t\d{{3}})_{_INSTRUMENT}_(?P<opt_elements>{_ELEMENTS})",
        _FOLLOWS,
    ),
    _Form(
        "source",
        rf"jw(?P<program>\d{{5}})-{_CANDIDATE}_{_SOURCE}_{_INSTRUMENT}(?:_(?P<opt_elements>{_ELEMENTS}))?",
        _MAY_FOLLOW,
    ),
    # Source numbers of 5 digits (before jwst 1.15.0) and elements joined by underscores, as the documents' examples.
    _Form(
        "source_legacy",
        rf"jw\d{{5}}-{_CANDIDATE}_(?:t\d{{1,3}}|s\d{{5}}|s\d{{8,9}}|[bv]\d{{9}})_{_INSTRUMENT}"
        r"_[a-z0-9]+(?:[-_][a-z0-9]+)*",
    ),
    _Form("gs_id", _VISIT + r"_gs-id_(?P<attempt>[1-9]\d?)_(?P<function>image|stacked)", separators="-_"),
    _Form("gs_other", _VISIT + rf"_gs-(?P<function>acq1|acq2|track|fg)_(?P<timestamp>{_TIME})"),
    _Form("configuration", _VISIT + r"_(?P<configuration>\d{2})"),
)
"""The forms that a name can have; the specs list which suffixes have which."""

_SUFFIXES_OF: Final = {"source_legacy": "source"}
"""Forms that have the suffixes of another form."""

Suffixes = Mapping[str, frozenset[str]]
"""Suffixes by the form of the names that have them; those under '' are recognised at the end of any name."""


class Name(msgspec.Struct, frozen=True):
    """The parts of a file name. ``form`` is '' where it keeps to no form of the grammar; ``suffix`` is the product type."""

    base: str
    extension: str
    form: str
    suffix: str | None
    fields: dict[str, str]

    @property
    def of_association(self) -> bool:
        """Whether the name states that the file was made from an association of exposures."""
        return "asn_candidate" in self.fields

    @property
    def combined(self) -> bool:
        """Whether it states that the file is of more than one exposure; some products of associations are of each one."""
        return self.of_association and "exposure" not in self.fields


@by_value(64)
def _head(pattern: str) -> re.Pattern[str]:
    """Compile the head of a form when a name is first compared with it: most runs need only the first."""
    return re.compile(pattern)


def parse_name(base: str, suffixes: Suffixes) -> Name:
    """Read a base name. A name outside the grammar still identifies its product if it ends in one of ``suffixes``.

    The ``-04`` of a wavefront-sensing product and a ``_refine`` after it are not part of the suffix.
    """
    extension = next((e for e in EXTENSIONS if base.lower().endswith(e)), "")
    stem = base[: len(base) - len(extension)] if extension else base
    if extension and base.endswith(extension):
        for form in _FORMS:
            of_form = suffixes.get(_SUFFIXES_OF.get(form.name, form.name), frozenset())
            fields = _fields(stem, form, of_form)
            if fields is not None:
                return Name(base, extension, form.name, fields["suffix"], fields)
    return Name(base, extension, "", _loose_suffix(stem.lower(), suffixes), {})


def _fields(stem: str, form: _Form, suffixes: frozenset[str]) -> dict[str, str] | None:
    """Return the parts of a name that keeps to a form, None for any other.

    A suffix may contain separators: the shortest that leaves a head of the form counts.
    """
    tails = [] if form.tail == _FOLLOWS else [(stem, "")]
    if form.tail != _NO_TAIL and _with_act_id(stem):
        tails.append((stem[:-3], stem[-2:]))
    for rest, act_id in tails:
        at = _last(rest, form.separators, len(rest))
        while at >= 0:
            if rest[at + 1 :] in suffixes and (found := _head(form.head).fullmatch(rest[:at])) is not None:
                fields = {k: v for k, v in found.groupdict().items() if v is not None}
                return {**fields, "suffix": rest[at + 1 :], **({"act_id": act_id} if act_id else {})}
            at = _last(rest, form.separators, at)
    return None


def _last(text: str, separators: str, end: int) -> int:
    """Return where the last separator before an index is, -1 without one."""
    return max([text.rfind(separator, 0, end) for separator in separators])


def _with_act_id(stem: str) -> bool:
    """Whether a name ends in a hyphen and two digits or lower-case letters."""
    return stem[-3:-2] == "-" and all(c in _ACT_ID_CHARACTERS for c in stem[-2:])


_ACT_ID_CHARACTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def _loose_suffix(stem: str, suffixes: Suffixes) -> str | None:
    """Return the suffix at the end of a name outside the grammar: of those that fit the longest, as it begins first."""
    stem = stem.removesuffix("_refine")
    known = _every(tuple(suffixes.values()))
    for at in range(len(stem)):
        if at == 0 or stem[at - 1] in "_-":
            rest = stem[at:]
            if rest in known:
                return rest
            if _with_act_id(rest) and rest[:-3] in known:
                return rest[:-3]
    return None


@by_value(16)
def _every(by_form: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset().union(*by_form)
