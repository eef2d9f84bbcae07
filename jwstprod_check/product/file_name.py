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
_FORMS: Final = (
    ("exposure", _EXPOSURE + "_{suffix}"),
    ("exposure_stage3", _EXPOSURE + "_" + _CANDIDATE + "_{suffix}"),
    (
        "wavefront",
        rf"jw(?P<program>\d{{5}})-{_CANDIDATE}_(?P<target>t\d{{3}})_{_INSTRUMENT}"
        rf"_(?P<opt_elements>{_ELEMENTS})_{{suffix}}-(?P<act_id>[0-9a-z]{{2}})",
    ),
    (
        "source",
        rf"jw(?P<program>\d{{5}})-{_CANDIDATE}_{_SOURCE}_{_INSTRUMENT}(?:_(?P<opt_elements>{_ELEMENTS}))?"
        r"_{suffix}(?:-(?P<act_id>[0-9a-z]{2}))?",
    ),
    # Source numbers of 5 digits (before jwst 1.15.0) and elements joined by underscores, as the documents' examples.
    (
        "source_legacy",
        rf"jw\d{{5}}-{_CANDIDATE}_(?:t\d{{1,3}}|s\d{{5}}|s\d{{8,9}}|[bv]\d{{9}})_{_INSTRUMENT}"
        r"_[a-z0-9]+(?:[-_][a-z0-9]+)*_{suffix}",
    ),
    ("gs_id", _VISIT + r"_gs-id_(?P<attempt>[1-9]\d?)_(?P<function>image|stacked)[-_]{suffix}"),
    ("gs_other", _VISIT + rf"_gs-(?P<function>acq1|acq2|track|fg)_(?P<timestamp>{_TIME})_{{suffix}}"),
    ("configuration", _VISIT + r"_(?P<configuration>\d{2})_{suffix}"),
)
"""The forms that a name can have, each with a place for the suffix; the specs list which suffixes have which."""

_SUFFIXES_OF: Final = {"source_legacy": "source"}
"""Forms that have the suffixes of another form."""

Suffixes = Mapping[str, tuple[str, ...]]
"""Suffixes by the form of the names that have them; those under '' are recognised at the end of any name."""


class Name(msgspec.Struct, frozen=True):
    """The parts of a file name. ``form`` is '' where it keeps to no form of the grammar; ``suffix`` is the product type."""

    base: str
    extension: str
    form: str
    suffix: str | None
    fields: dict[str, str]


@by_value(64)
def _pattern(form: str, suffixes: tuple[str, ...]) -> re.Pattern[str]:
    """Compile a form when a name is first compared with it: most runs need only the first."""
    longest_first = sorted(suffixes, key=len, reverse=True)
    ending = "(?P<suffix>" + "|".join(map(re.escape, longest_first)) + ")"
    return re.compile(dict(_FORMS)[form].replace("{suffix}", ending))


def parse_name(base: str, suffixes: Suffixes) -> Name:
    """Read a base name. A name outside the grammar still identifies its product if it ends in one of ``suffixes``.

    The ``-04`` of a wavefront-sensing product and a ``_refine`` after it are not part of the suffix.
    """
    extension = next((e for e in EXTENSIONS if base.lower().endswith(e)), "")
    stem = base[: len(base) - len(extension)] if extension else base
    if extension and base.endswith(extension):
        for form, _ in _FORMS:
            of_form = suffixes.get(_SUFFIXES_OF.get(form, form), ())
            found = _pattern(form, of_form).fullmatch(stem) if of_form else None
            if found is not None:
                fields = {k: v for k, v in found.groupdict().items() if v is not None}
                return Name(base, extension, form, fields["suffix"], fields)
    return Name(base, extension, "", _loose_suffix(stem.lower(), suffixes), {})


def _loose_suffix(stem: str, suffixes: Suffixes) -> str | None:
    found = _loose_pattern(tuple(suffixes.values())).search(stem.removesuffix("_refine"))
    return found["suffix"] if found is not None else None


@by_value(16)
def _loose_pattern(by_form: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """Compile the end of a name outside the grammar: of the suffixes that fit the longest counts, as it begins first."""
    longest_first = sorted({s for of_form in by_form for s in of_form}, key=lambda s: (-len(s), s))
    return re.compile(rf"(?:^|[_-])(?P<suffix>{'|'.join(map(re.escape, longest_first))})(?:-[0-9a-z]{{2}})?\Z")
