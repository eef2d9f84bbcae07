"""HLSP: what a profile (`--profile hlsp`) requires of headers, whatever the product.

MAST has three verdicts: fail, needs review, pass. An error is a fail, a warning a needs review.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Card
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.required import near_keyword
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, quoted

if TYPE_CHECKING:
    from jwstprod_check.spec.profile import Profile, ProfileKeyword

_SEVERITIES: Final = {"required": Severity.ERROR, "recommended": Severity.WARNING, "suggested": Severity.INFO}


def profile_of(context: Context) -> "Profile":
    """Profile that the user chose; only rules that need one use it."""
    if context.profile is None:
        raise LookupError("no profile was chosen")
    return context.profile


def fields_of(base: str) -> list[str]:
    """Fields of a file name: split at underscores, and the last one again at its first point."""
    *front, last = base.split("_")
    product, point, extension = last.partition(".")
    return [*front, product, extension] if point else [*front, product]


def base_of(context: Context) -> str | None:
    """Base name of the file, None without one."""
    return context.product.file_name.base if context.product.file_name is not None else None


def _entries(context: Context) -> list[tuple[str, "ProfileKeyword"]]:
    """Keywords that apply to the kind of file that the product type in its name identifies."""
    profile = profile_of(context)
    fields = fields_of(base_of(context) or "")
    words = set(fields[-2].split("-")) if len(fields) > 2 else set()
    kind = next((kind for kind, types in profile.kinds.items() if words & set(types)), None)
    return profile.entries(kind)


def stated(hdu: Hdu, keyword: str) -> Card | None:
    """Card of a keyword that is present and not blank."""
    card = hdu.header.card(keyword)
    return card if card is not None and card.value not in (None, "") else None


def _place(context: Context, keywords: list[str]) -> Hdu | None:
    """Return the first HDU that states one of some keywords."""
    return next((hdu for hdu in context.file.hdus for k in keywords if stated(hdu, k) is not None), None)


def _text(card: Card) -> str:
    return ("T" if card.value else "F") if isinstance(card.value, bool) else str(card.value)


def _says(hdus: tuple[Hdu, ...], condition: Mapping[str, str]) -> bool:
    """Whether some HDU states every keyword of a condition with its value."""
    return bool(condition) and any(
        all((card := stated(hdu, k)) is not None and _text(card) == v for k, v in condition.items()) for hdu in hdus
    )


@rule("KEY051", "missing-hlsp-keyword", scope="profile")
def missing(context: Context) -> Iterator[Outcome]:
    """The keywords of the profile are present and not blank.

    There are three tiers: each missing required keyword is an error; one warning lists the recommended and one info the
    suggested keywords. A keyword that may be in any header is looked up in all. An unknown keyword with a similar name
    is reported as the probable misspelling, such as HSLPNAME for HLSPNAME. The archive finds and describes files by
    them.

    How to fix: write the keyword, in all files of a collection alike.
    Source: MAST, HLSP Contributor Guide, Common Metadata and its pages for images, spectra and light curves.
    """
    primary = context.file.hdus[0]
    known = context.catalogue.dictionary.names.union(profile_of(context).keywords)
    gaps: dict[str, list[str]] = {}
    for keyword, entry in _entries(context):
        if entry.tier == "optional" or _says(context.file.hdus, entry.unless):
            continue
        if _place(context, [keyword, *entry.alternatives]) is not None:
            continue
        near, where = _near(context, keyword, known)
        if entry.tier != "required" and near is None:
            gaps.setdefault(entry.tier, []).append(keyword)
            continue
        others = f" (or {listed(entry.alternatives)})" if entry.alternatives else ""
        blank = any(keyword in hdu.header for hdu in context.file.hdus)
        yield Problem(
            f"{keyword} is missing; {quoted(near)} may be it"
            if near
            else f"{keyword}{others} is {'blank' if blank else 'missing'}",
            hdu=where or primary,
            keyword=keyword,
            expected=keyword + others,
            found=quoted(near) if near else "blank" if blank else "missing",
            hint=f"write {keyword} instead of {quoted(near)}" if near else None,
            severity=_SEVERITIES[entry.tier],
        )
    for tier, names in gaps.items():
        yield Problem(
            f"missing {tier} keywords: {listed(names, 30)}",
            hdu=primary,
            keyword=names[0],
            expected=listed(names, 30),
            found="missing",
            severity=_SEVERITIES[tier],
        )


def _near(context: Context, keyword: str, known: frozenset[str]) -> tuple[str | None, Hdu | None]:
    for hdu in context.file.hdus[:1]:
        near = near_keyword(hdu.header, keyword, known)
        if near is not None:
            return near, hdu
    return None, None


@rule("KEY052", "hlsp-keyword-in-extension", Severity.WARNING, scope="profile")
def misplaced(context: Context) -> Iterator[Outcome]:
    """The keywords that describe the whole file are in the primary header.

    The archive reads them there. A file with one extension may have them in its extension, but that needs a review.

    How to fix: write the keyword in the primary header.
    Source: MAST, HLSP Contributor Guide, Common Metadata (column extension).
    """
    primary = context.file.hdus[0]
    for keyword, entry in _entries(context):
        hdu = _place(context, [keyword]) if entry.place == "primary" else None
        if hdu is not None and hdu is not primary and stated(primary, keyword) is None:
            card = hdu.header.card(keyword)
            yield Problem(
                f"{keyword} is in {hdu.label}, expected in the primary header",
                hdu=hdu,
                keyword=keyword,
                expected="in the primary header",
                found=f"in {hdu.label}",
                offset=card.offset if card is not None else None,
            )


@rule("KEY053", "hlsp-value", scope="profile")
def value(context: Context) -> Iterator[Outcome]:
    """A keyword with a fixed value or form has that value or form.

    LICENSE and LICENURL are those of the archive, SIMULATD is T for simulated data. An invalid version, or a DOI that
    does not begin with 10., needs a review.

    How to fix: write the expected value.
    Source: MAST, HLSP Contributor Guide, Common Metadata; HLSP How-To, Data Simulations.
    """
    for keyword, entry in _entries(context):
        hdu = _place(context, [keyword]) if entry.values or entry.format else None
        card = stated(hdu, keyword) if hdu is not None else None
        if hdu is None or card is None:
            continue
        written = hdu.header.value(keyword)
        text = written if isinstance(written, str) else _text(card)
        wrong = bool(entry.values) and text not in entry.values
        if wrong or (entry.format is not None and not _FORMS[entry.format](text)):
            expected = " or ".join(map(repr, entry.values)) if wrong else f"a {entry.format}"
            yield Problem(
                f"{keyword} is {quoted(text)}, expected {expected}",
                hdu=hdu,
                keyword=keyword,
                expected=expected,
                found=quoted(text),
                offset=card.offset,
                severity=None if wrong else Severity.WARNING,
            )


_FORMS: Final = {
    "version": lambda text: re.fullmatch(r"(?i:v|dr|version )?\d[\w.-]*", text[:80]) is not None,
    "doi": lambda text: re.match(r"(?:(?i:https?://(?:dx\.)?doi\.org/|doi:) *)?10\.\d{4,9}/\S", text[:200]) is not None,
}


@rule("KEY054", "hlsp-forbidden-keyword", scope="profile")
def forbidden(context: Context) -> Iterator[Outcome]:
    """A keyword that another one excludes is not present: no EQUINOX where RADESYS is ICRS.

    The ICRS has no equinox; readers that find one use another coordinate system.

    How to fix: remove the keyword.
    Source: MAST, HLSP Contributor Guide, Common Metadata; FITS Standard 4.0, section 8.3.
    """
    primary = context.file.hdus[:1]
    for keyword, entry in _entries(context):
        for hdu in context.file.hdus if entry.forbidden else ():
            # A header without the other keyword of its own inherits that of the primary.
            own = any(k in hdu.header for k in entry.forbidden)
            if keyword in hdu.header and _says((hdu,) if own else primary, entry.forbidden):
                card = hdu.header.card(keyword)
                other = " and ".join(f"{k} = {v!r}" for k, v in entry.forbidden.items())
                yield Problem(
                    f"{keyword} is present, but {other}",
                    hdu=hdu,
                    keyword=keyword,
                    expected=f"no {keyword}",
                    found=quoted(_text(card)) if card is not None else None,
                    offset=card.offset if card is not None else None,
                    group_key=keyword,
                )


RULES = (missing, misplaced, value, forbidden)
