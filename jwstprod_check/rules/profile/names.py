"""HLSP: what a profile (`--profile hlsp`) requires of the file's name."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Card
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.profile.keywords import base_of, fields_of, profile_of, stated
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.spec.expressions import version_key
from jwstprod_check.text import listed, plural, quoted

if TYPE_CHECKING:
    from jwstprod_check.spec.profile import NamePolicy

README: Final = "readme"
"""Product type of the one kind of file that has no version."""


@rule("PROD011", "hlsp-file-name", scope="profile")
def file_name(context: Context) -> Iterator[Outcome]:
    """The file name follows the archive's naming rule.

    `hlsp_<proj-id>_<observatory>_<instrument>_<target>_<opt-elem>_<version>_<product-type>.<extension>`: 4 to 9 fields,
    all in lower case, each with a maximum length and 90 characters in all, the version as `v1`, `v1.0` or `v1.0.1`. A plus
    sign is valid in the target only, a point in target, version and extension. A version as `v1p0p1` or an
    extension as `.fits.fz` needs a review (warning). The archive sorts files by these fields. In a folder the names of all
    files are checked, not those of FITS files alone.

    How to fix: rename the file.
    Source: MAST, HLSP Contributor Guide, File Naming Convention; mast_contributor_tools ee0a77b (filename_check).
    """
    base, policy = base_of(context), profile_of(context).names
    if policy is None or base in policy.exempt:
        return
    if base is None:
        yield Skip("the file has no name")
        return
    form = "_".join(f"<{f}>" for f in policy.fields[:-1]) + f".<{policy.fields[-1]}>"
    for problem in _breaches(base, policy):
        yield replace(problem, message=f"the name {quoted(base)}: {problem.message}", found=quoted(base), hint=form)


def _named(fields: list[str], policy: "NamePolicy") -> list[tuple[str, str]]:
    """Fields with their names; the middle ones have names only where all fields are present."""
    if len(fields) == len(policy.fields):
        return list(zip(policy.fields, fields, strict=True))
    head, tail = policy.fields[:2], policy.fields[-3:]
    if len(fields) < 5:
        tail = tail[1:]
    middle = [""] * (len(fields) - len(head) - len(tail))
    return list(zip([*head, *middle, *tail], fields, strict=True))


_PLAIN: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_TARGET: Final = r"[a-z0-9](?:[a-z0-9+.-]*[a-z0-9])?"
_GRAMMAR: Final = {
    "hlsp": r"hlsp",
    "proj-id": r"[a-z](?:[a-z0-9-]*[a-z0-9])?",
    "target": _TARGET,
    "version": r"v\d{1,3}(?:[.p][0-9]{1,3}){0,2}",
    # One of the fields in the middle of a name that lacks some may be the target.
    "": _TARGET,
}
_LETTERS: Final = "letters, digits and hyphens"
_EXPECTED: Final = {
    "version": "v1, v1.0 or v1.0.1",
    "target": f"{_LETTERS}, plus signs and points",
    "": f"{_LETTERS}, plus signs and points",
}


def _breaches(base: str, policy: "NamePolicy") -> Iterator[Problem]:
    """Problems of a name, each message what follows the name; a warning where the archive only reviews it."""
    prefix = f"{policy.fields[0]}_"
    if not base.lower().startswith(prefix):
        yield Problem(f"does not begin with {prefix}", expected=prefix)
        return
    if base != base.lower():
        yield Problem("is not in lower case", expected="lower case only")
    if len(base) > policy.longest:
        yield Problem(
            f"has {plural(len(base), 'character')}, expected at most {policy.longest}",
            expected=f"at most {policy.longest} characters",
        )
    fields = fields_of(base.lower())
    most = len(policy.fields)
    if not policy.least <= len(fields) <= most:
        yield Problem(
            f"has {plural(len(fields), 'field')}, expected {policy.least} to {most}",
            expected=f"{policy.least} to {most} fields",
        )
        return
    if len(fields) < 5 and fields[-2] != README:
        yield Problem("has no version", expected="a version before the product type")
    for name, text in _named(fields, policy):
        yield from _field_breaches(name, text, policy)


def _field_breaches(name: str, text: str, policy: "NamePolicy") -> Iterator[Problem]:
    label = name or "a field"
    longest = policy.lengths.get(name, max(policy.lengths.values()))
    if not text:
        yield Problem(f"{label} is empty", expected=f"{label} of 1 to {longest} characters")
    elif len(text) > longest:
        yield Problem(
            f"{label} {quoted(text)} has {len(text)} characters, expected at most {longest}",
            expected=f"at most {longest} characters",
        )
    elif name == policy.fields[-1]:
        if text not in policy.extensions:
            severity = Severity.WARNING if text in policy.extensions_to_review else None
            yield Problem(f"unknown extension {quoted(text)}", expected=listed(policy.extensions), severity=severity)
    elif re.fullmatch(_GRAMMAR.get(name, _PLAIN), text, re.ASCII) is None:
        yield Problem(f"{label} {quoted(text)} is invalid", expected=_EXPECTED.get(name, _LETTERS))
    elif name == "version" and "p" in text:
        yield Problem(f"{label} {quoted(text)} has p for a point", expected=_EXPECTED[name], severity=Severity.WARNING)


@rule("PROD012", "hlsp-name-unknown", Severity.WARNING, scope="profile")
def unknown_name(context: Context) -> Iterator[Outcome]:
    """Observatory, instrument, filter and product type in the name are known.

    The archive sorts files by them; its staff must review an unknown one. Observatory, instrument and filter can be
    identified only in a name with all fields; parts joined by hyphens are looked up one by one.

    How to fix: write the usual name, or ask the archive.
    Source: MAST, mast_contributor_tools ee0a77b of 2025-10-03 (fc_config.yaml, oif.yaml).
    """
    base, policy = base_of(context), profile_of(context).names
    fields = fields_of((base or "").lower())
    if policy is None or base is None or base in policy.exempt or not policy.least <= len(fields) <= len(policy.fields):
        return
    for name, text in _named(fields, policy):
        strange = _strange(name, text, policy)
        if strange:
            yield Problem(
                f"unknown {name} {quoted(text)} in the name",
                expected=f"a known {name}",
                found=quoted(text),
                hint=_meant(strange[0], _known(name, policy)),
            )


def _known(name: str, policy: "NamePolicy") -> list[str]:
    return {
        "observatory": policy.observatories,
        "instrument": policy.instruments,
        "opt-elem": policy.filters,
        "product-type": [*policy.products, README],
    }.get(name, [])


def _strange(name: str, text: str, policy: "NamePolicy") -> list[str]:
    """Parts of a field that its list lacks."""
    known = _known(name, policy)
    return [part for part in text.split("-") if part not in known] if known and text and text not in known else []


def _meant(text: str, known: list[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(text[:40], known, n=1)
    return f"the most similar known one is {near[0]!r}" if near else None


_STATED: Final = {
    "proj-id": ("HLSPID",),
    "version": ("HLSPVER",),
    "observatory": ("TELESCOP", "OBSERVAT"),
    "instrument": ("INSTRUME",),
    "target": ("HLSPTARG", "TARGNAME", "OBJECT"),
    "opt-elem": ("FILTER", *(f"FILTER{n}" for n in range(1, 10)), "PUPIL", "GRATING", "DISPRSR"),
}
"""Fields of a name -> the keywords of the primary header that may state the same."""

_OPEN: Final = frozenset(
    {"multi", "sim", "all", "any", "various", "none", "na", "unknown", "clear", "clearp", "camera", "ffi"}
)
"""Words, without other characters, that say nothing that could be contradicted."""

_OTHERWISE: Final = {"k2": ("kepler",), "ps1": ("panstarrs", "panstarrs1"), "galex": ("camera",)}
"""Observatories that headers call otherwise."""


@rule("PROD013", "hlsp-name-contradicts-header", Severity.WARNING, scope="profile")
def contradicts(context: Context) -> Iterator[Outcome]:
    """The fields of the name are those of the header: project, version, observatory, instrument, target and filter.

    HLSPID and HLSPVER are compared with every name that has them; TELESCOP or OBSERVAT, INSTRUME, HLSPTARG (or TARGNAME,
    OBJECT) and FILTER (or PUPIL, GRATING, DISPRSR) with a name that has all fields, without regard to case, blanks and
    other characters. One of several parts is enough, and `multi` is compared with nothing. The archive groups files by the
    name and describes them by the header; a difference misleads users.

    How to fix: correct the keyword, or rename the file.
    Source: MAST, HLSP Contributor Guide, File Naming Convention and Common Metadata.
    """
    base, policy = base_of(context), profile_of(context).names
    fields = fields_of((base or "").lower())
    if (
        policy is None
        or not policy.least <= len(fields) <= len(policy.fields)
        or not profile_of(context).owns(base or "")
    ):
        return
    primary = context.file.hdus[0]
    said = dict(_named(fields, policy))
    for field, keywords in _STATED.items():
        text = said.get(field)
        there = [(k, card) for k in keywords if (card := stated(primary, k)) is not None]
        if (
            not text
            or not there
            or _strange(field, text, policy)
            or any(_alike(field, text, card) for _, card in there)
        ):
            continue
        keyword, card = there[0]
        written = str(card.value).strip()
        yield Problem(
            f"the file name has {field} {quoted(text)}, but {keyword} = {quoted(written)}",
            hdu=primary,
            keyword=keyword,
            expected=text,
            found=quoted(written),
            offset=card.offset,
        )


def _alike(field: str, text: str, card: Card) -> bool:
    """Whether a keyword may state what a field of the name states."""
    written = str(card.value).strip()
    if field == "version":
        key = version_key(written)
        return written.lower() == text or (key is not None and key == version_key(text.replace("p", ".")))
    if field == "proj-id":
        return written.lower() == text
    parts = [_bare(part) for part in (text, *text.split("-"))]
    values = [_bare(value) for value in (written, *re.split(r"[,;/ ]", written))]
    if any(word in _OPEN for word in (*parts, *values)):
        return True
    names = [name for part in parts for name in (part, *_OTHERWISE.get(part, ()))]
    return any(n in v or v in n for n in names for v in values if n and v)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


RULES = (file_name, unknown_name, contradicts)
