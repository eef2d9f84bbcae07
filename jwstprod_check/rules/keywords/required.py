"""KEY: the keywords that archives and later stages read, under their correct names."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Kind
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.fits.reserved import KEYWORDS
from jwstprod_check.near import Prepared, nearest_of, prepare
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import in_lower_case, is_of_association
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.spec.dictionary import KeywordDictionary
from jwstprod_check.text import listed, quoted

NEAR: Final = 0.8
"""Similarity from which an unknown keyword is treated as a misspelling of a missing one."""

MAX_NAMES: Final = 2000
"""Keywords of a header that are searched for a misspelt one; the largest real headers have some hundred."""

_OF_OTHERS: Final = frozenset({"EXPTIME", "OBSERVAT", "OBSMODE", "OBSTYPE", "PROPOSID", "ROOTNAME"})
"""Keywords of other archives that are not misspellings."""


def near_keyword(header: Header, wanted: str, known: frozenset[str]) -> str | None:
    """Return an unknown keyword of a header that is probably meant for one that is missing, None without one."""
    return header.keyword_index.memo(_nearest_unknown, wanted, known)


def _nearest_unknown(keyword_index: KeywordIndex, wanted: str, known: frozenset[str]) -> str | None:
    return nearest_of(wanted, keyword_index.memo(_unknown_keywords, known), NEAR)


def _unknown_keywords(keyword_index: KeywordIndex, known: frozenset[str]) -> Prepared:
    names = islice(keyword_index.first, MAX_NAMES)
    return prepare(n for n in names if len(n) > 2 and n not in known and n not in _OF_OTHERS and _is_free(n))


def _is_free(name: str) -> bool:
    """Whether the standard gives a name no meaning of its own; of other names that begin with DATE it asks for a date only."""
    reserved = KEYWORDS[name]
    return reserved is None or reserved.root == "DATExxxx"


def _former(context: Context) -> dict[str, str]:
    """Keywords that the primary header lacks under their name, and the name that they had before, under which it has them."""
    header = context.file.hdus[0].header
    return header.keyword_index.memo(_renamed, context.catalogue.dictionary)


def _renamed(keyword_index: KeywordIndex, dictionary: KeywordDictionary) -> dict[str, str]:
    first = keyword_index.first
    return {new: old for old, new in dictionary.former.items() if old in first and new not in first}


def _missing(context: Context) -> list[tuple[str, Severity, str | None]]:
    """Keywords that the product needs and the file lacks: severity, and an unknown one of a similar name.

    That is the keyword itself in lower case, where the file has it so.
    """
    needs = context.spec.spec.header
    combined = is_of_association(context)
    header = context.file.hdus[0].header
    lost = header.memo_by_bytes(_not_stated, needs.all(combined))
    science = [h.header for h in context.file.named("SCI")[:1]] if lost else []
    required = needs.required + (needs.combined_required if combined else ())
    former = _former(context)
    found: list[tuple[str, Severity, str | None]] = []
    for keyword in lost:
        if any(_stated(other, keyword) for other in science):
            continue
        if in_lower_case(header, keyword):
            found.append((keyword, Severity.ERROR if keyword in required else Severity.WARNING, keyword.lower()))
            continue
        # A card without a value has a finding of the FITS family.
        if keyword in required or not _is_undefined(header, keyword):
            severity = Severity.ERROR if keyword in required else Severity.WARNING
            near = former.get(keyword) or near_keyword(header, keyword, context.catalogue.dictionary.names)
            found.append((keyword, severity, near))
    return found


def _not_stated(header: Header, keywords: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([k for k in keywords if not _stated(header, k)])


def _stated(header: Header, keyword: str) -> bool:
    """Whether a header has a keyword, and it is not blank. A malformed value is another finding."""
    index = header.first.get(keyword)
    if index is None:
        return False
    if header.image(index)[10:13].strip(b" '"):
        return True
    return header.at(index).value not in (None, "")


def _is_undefined(header: Header, keyword: str) -> bool:
    card = header.card(keyword)
    return card is not None and card.kind is Kind.UNDEFINED


@rule("KEY012", "misspelt-keyword")
def misspelt(context: Context) -> Iterator[Outcome]:
    """A keyword that the product needs is not present under a misspelt name.

    A writer that writes HSLPNAME for HLSPNAME, or DATE_OBS for DATE-OBS, sets a keyword that no program reads. An unknown
    keyword is treated as a misspelling where the correct one is missing and the two names are similar. A keyword under a
    name that it had in an earlier keyword dictionary (NDITHPTS for NUMDTHPT, DET_NAME for DETECTOR) is a warning in any
    product that lacks the present name.

    How to fix: write the keyword under its correct name.
    Source: spacetelescope/ullyses, ullyses_coadd_abut_wrapper.py (HSLPNAME); stdatamodels 6.0.0, core.schema.yaml; jwst pull
    request 6083 (NDITHPTS).
    """
    lost, former = context.by_file(_missing), _former(context)
    found = [(k, severity, near) for k, severity, near in lost if near is not None]
    reported = {keyword for keyword, _, _ in found}
    found += [(new, Severity.WARNING, old) for new, old in former.items() if new not in reported]
    for keyword, severity, near in found:
        if near == keyword.lower():
            yield Skip(f"{keyword} is written in lower case", ("FITS002",), context.file.hdus[0])
            continue
        card = context.file.hdus[0].header.card(near)
        yield Problem(
            f"{keyword} is missing; {quoted(near)} may be it",
            hdu=context.file.hdus[0],
            keyword=keyword,
            expected=keyword,
            found=quoted(near),
            hint=f"write {keyword} instead of {quoted(near)}",
            offset=card.offset if card else None,
            severity=severity,
        )


@rule("KEY013", "missing-archive-keyword", Severity.WARNING)
def missing(context: Context) -> Iterator[Outcome]:
    """The keywords that archives and later stages read are present and not blank.

    Without them the archive rejects the file, or it cannot be found by telescope, instrument, date or program. The data
    models write all of them. Each missing required keyword has its own finding; one finding lists the recommended ones.

    How to fix: write the keywords, or produce the file from its input with the pipeline.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst issues 4240, 2945 and 3548.
    """
    needed = context.by_file(_missing)
    if not needed:
        return
    lost = [(keyword, severity) for keyword, severity, near in needed if near is None]
    wrong = [keyword for keyword, _, near in needed if near is not None]
    if wrong:
        verb = "is" if len(wrong) == 1 else "are"
        yield Skip(f"{listed(wrong)} {verb} misspelt", ("KEY012", "FITS002"), context.file.hdus[0])
    for severity in (Severity.ERROR, Severity.WARNING):
        names = [keyword for keyword, s in lost if s is severity]
        for group in [names] if names and severity is Severity.WARNING else [[n] for n in names]:
            blank = [n for n in group if n in context.file.hdus[0].header]
            found = "missing or blank" if blank and len(blank) < len(group) else "blank" if blank else "missing"
            yield Problem(
                f"{listed(group, 20)} {'is' if len(group) == 1 else 'are'} {found}",
                hdu=context.file.hdus[0],
                keyword=group[0],
                expected=listed(group, 20),
                found=found,
                severity=severity,
            )


RULES = (misspelt, missing)
