"""KEY: keywords in the wrong HDU, or in all HDUs of a set but one."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.fits.reserved import KEYWORDS
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.dictionary import KeywordDictionary
from jwstprod_check.text import listed

_PRIMARY: Final = "PRIMARY"
_FEWEST: Final = 3
"""Slits from which one may differ from the rest."""


def _strangers(keyword_index: KeywordIndex, dictionary: KeywordDictionary, name: str) -> tuple[str, ...]:
    """Keywords of a header that belong to other HDUs. Those of columns belong to their table."""
    homes = dictionary.homes_of
    known = [k for k in keyword_index.first if k in homes and name not in homes[k]]
    return tuple([k for k in known if (len(homes[k]) == 1 or _PRIMARY in homes[k]) and not _is_of_a_column(k)])


def _is_of_a_column(keyword: str) -> bool:
    reserved = KEYWORDS[keyword]
    return reserved is not None and reserved.group == "column"


@rule("KEY076", "keyword-in-another-hdu")
def misplaced(context: Context) -> Iterator[Outcome]:
    """A keyword is in the HDU that the data models define for it.

    The data models look for each keyword in one HDU, some in one of several. A keyword in another HDU is a keyword that is not there: EXP_TYPE
    in SCI leaves the pipeline without an exposure type, although the file has it. A copy beside the keyword in its own
    HDU is not reported, nor is one that belongs to several extensions and appears in the primary header,
    nor what appears in an HDU that the product does not have.

    How to fix: move the keyword to the HDU that the message names.
    Source: stdatamodels 6.0.0, core.schema.yaml, wcsinfo.schema.yaml and the schemas of the products (fits_hdu).
    """
    dictionary = context.catalogue.dictionary
    for hdu in context.file.hdus:
        name = _PRIMARY if hdu.index == 0 else hdu.name
        strangers = hdu.header.keyword_index.memo(_strangers, dictionary, name)
        if not strangers or (hdu.index and (not name or context.spec.row(name) is None)):
            continue
        for keyword in strangers:
            homes = {home: _named(context, home) for home in dictionary.homes_of[keyword]}
            home = next((home for home, owners in homes.items() if owners), None)
            if home is None or any(keyword in owner.header for owners in homes.values() for owner in owners):
                continue
            expected = "the primary header" if home == _PRIMARY else home
            where = "the primary header" if hdu.index == 0 else hdu.label
            card = hdu.header.card(keyword)
            yield Problem(
                f"{keyword} is in {where}, expected in {expected}",
                hdu=hdu,
                keyword=keyword,
                expected=f"{keyword} in {expected}",
                found=f"{keyword} in {where}",
                offset=card.offset if card is not None else None,
                group_key=f"{keyword} in {hdu.name}",
            )


def _named(context: Context, home: str) -> tuple[Hdu, ...]:
    return context.file.hdus[:1] if home == _PRIMARY else context.file.named(home)


@rule("KEY077", "science-without-unit", Severity.WARNING)
def unit(context: Context) -> Iterator[Outcome]:
    """SCI states its unit in BUNIT where the product has units.

    Without it a reader cannot distinguish counts from surface brightness, and photometry refuses the file or guesses.

    How to fix: write BUNIT into the header of SCI: DN before ramp fitting, DN/s after it, MJy/sr or MJy after the
    photometric calibration.
    Source: jwst issues 1651, 4901 and 7127; jwst 3.0.0 (pull request 10509, BUNIT missing in slits).
    """
    units = context.spec.spec.header.units
    for hdu in context.file.named("SCI") if units else ():
        header = hdu.header
        if hdu.type == "IMAGE" and hdu.axes and (header.string("BUNIT") == "" or "BUNIT" not in header):
            yield Problem(
                f"{hdu.label} has no BUNIT",
                hdu=hdu,
                keyword="BUNIT",
                expected=" or ".join(units),
                found="missing" if "BUNIT" not in header else "blank",
                group_key="unit",
            )


@rule("KEY081", "keyword-missing-in-one-slit", Severity.WARNING)
def one_slit(context: Context) -> Iterator[Outcome]:
    """A keyword that the SCI headers of all other slits have is in each of them.

    The slits of a product are written by one program in one loop; a keyword that a single slit lacks was lost there, and
    a reader that walks through the slits stops at it. The rule compares the keywords that the data models define, in
    products of three slits or more.

    How to fix: write the keyword into the SCI header of the slit.
    Source: stdatamodels 6.0.0, slitmeta.schema.yaml; jwst issue 1074 (EXTVER missing in one product's slits).
    """
    if "SCI" not in context.set_rows:
        return
    slits = context.file.named("SCI")
    words = context.catalogue.dictionary.homes["SCI"]
    if len(slits) < _FEWEST or len({hdu.header.keyword_index for hdu in slits}) == 1:
        return
    counts = Counter(k for hdu in slits for k in hdu.header.first if k in words)
    common = [k for k, n in counts.items() if n == len(slits) - 1]
    for hdu in slits:
        lost = [k for k in common if k not in hdu.header]
        if lost:
            yield Problem(
                f"{hdu.label} has no {listed(lost, 6)}, which all other slits have",
                hdu=hdu,
                keyword=lost[0],
                expected=listed(lost),
                found="missing",
            )


RULES = (misplaced, unit, one_slit)
