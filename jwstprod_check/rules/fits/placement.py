"""FITS: keywords that must not appear in an HDU of this kind, and obsolete ones."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule, shown
from jwstprod_check.rules.fits.tables import COLUMN_KEYWORDS
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import listed

_TABLE_KEYWORDS: Final = ("TFIELDS", "THEAP", *COLUMN_KEYWORDS)
_ARRAY_KEYWORDS: Final = ("BSCALE", "BZERO", "BUNIT", "BLANK", "DATAMAX", "DATAMIN")
_GROUP_KEYWORDS: Final = ("PTYPEn", "PSCALn", "PZEROn")
_DEPRECATED: Final = {
    "BLOCKED": "no BLOCKED",
    "EPOCH": "EQUINOX",
    "RADECSYS": "RADESYS",
    "RESTFREQ": "RESTFRQ",
    "CROTAn": "PCi_j",
}


def _misplaced(indexed: HeaderIndex, roots: tuple[str, ...], where: str, belongs: str) -> Iterator[Problem]:
    for index, keyword in indexed.each(*roots):
        yield card_problem(
            f"{keyword.name} appears in {where}; it belongs in {belongs}",
            index,
            keyword.name,
            f"no {keyword.name} in {where}",
            shown(indexed, index),
            group_key=where,
        )


@header_rule("FITS031", "primary-keyword-in-extension", on=("SIMPLE", "EXTEND", "BLOCKED"))
def in_extension(indexed: HeaderIndex) -> Iterator[Problem]:
    """SIMPLE, EXTEND and BLOCKED appear in the primary header only.

    In an extension they show that a primary header was copied into it; readers may take it for the start of another
    file.

    How to fix: remove the card.
    Source: FITS Standard 4.0, sections 4.4.1.1 and 4.4.2.1.
    """
    if indexed.kind not in {"primary", "damaged"}:
        yield from _misplaced(indexed, ("SIMPLE", "EXTEND", "BLOCKED"), "an extension", "the primary header")


@header_rule("FITS032", "extension-keyword-in-primary", on=("XTENSION", "INHERIT", "PCOUNT", "GCOUNT"))
def in_primary(indexed: HeaderIndex) -> Iterator[Problem]:
    """XTENSION and INHERIT appear in extensions only, PCOUNT and GCOUNT in extensions and random groups.

    In the primary header they show that an extension header was copied into it. PCOUNT = 0 and GCOUNT = 1 are harmless
    and a warning.

    How to fix: remove the card.
    Source: FITS Standard 4.0, sections 4.4.1.2, 4.4.2.6 and 6.1.1.
    """
    if indexed.kind != "primary":
        return
    yield from _misplaced(indexed, ("XTENSION", "INHERIT"), "the primary header", "extensions")
    if indexed.header.value("GROUPS") is True:
        return
    for name, harmless in (("PCOUNT", 0), ("GCOUNT", 1)):
        severity = Severity.WARNING if indexed.header.integer(name) == harmless else None
        for index, _ in indexed.each(name):
            yield card_problem(
                f"{name} appears in the primary header; it belongs in extensions",
                index,
                name,
                f"no {name}",
                shown(indexed, index),
                severity=severity,
                group_key=str(severity),
            )


@header_rule("FITS033", "table-keyword-in-array", on=_TABLE_KEYWORDS)
def in_array(indexed: HeaderIndex) -> Iterator[Problem]:
    """Keywords of tables appear in tables only.

    In an array they show that the header of a table was copied, or that XTENSION is wrong.

    How to fix: remove the cards.
    Source: FITS Standard 4.0, sections 7.2.2 and 7.3.2.
    """
    if indexed.kind in {"primary", "image"}:
        yield from _misplaced(indexed, _TABLE_KEYWORDS, "an array", "tables")


@header_rule("FITS034", "array-keyword-in-table", on=(*_ARRAY_KEYWORDS, "TBCOLn", "TDIMn", "THEAP"))
def in_table(indexed: HeaderIndex) -> Iterator[Problem]:
    """Keywords of arrays appear in arrays, those of ASCII tables and of binary tables each in their own.

    BSCALE, BZERO, BUNIT, BLANK, DATAMAX and DATAMIN describe an array, and readers ignore them in a table. A
    tile-compressed image keeps them in its table.

    How to fix: remove the cards; use TSCALn, TZEROn, TUNITn and TNULLn for columns.
    Source: FITS Standard 4.0, sections 4.4.2.5, 7.2.2, 7.3.2 and 10.1.
    """
    if indexed.kind in {"bintable", "table"} and not indexed.compressed:
        yield from _misplaced(indexed, _ARRAY_KEYWORDS, "a table", "arrays")
    if indexed.kind == "bintable":
        yield from _misplaced(indexed, ("TBCOLn",), "a binary table", "ASCII tables")
    if indexed.kind == "table":
        yield from _misplaced(indexed, ("TDIMn", "THEAP"), "an ASCII table", "binary tables")


@header_rule("FITS035", "deprecated-keyword", Severity.WARNING, on=tuple(_DEPRECATED))
def deprecated(indexed: HeaderIndex) -> Iterator[Problem]:
    """No deprecated keyword is used: BLOCKED, EPOCH, RADECSYS, RESTFREQ, CROTAn.

    Readers still support them, but new files must use their replacements.

    How to fix: write EQUINOX, RADESYS, RESTFRQ or PCi_j instead; leave BLOCKED out.
    Source: FITS Standard 4.0, sections 4.4.2.1, 8.1, 8.3 and 8.4.
    """
    for index, keyword in indexed.each(*_DEPRECATED):
        # In an extension BLOCKED is FITS031, CROTAn beside a matrix WCS004.
        if (keyword.name == "BLOCKED" and indexed.kind != "primary") or (
            keyword.root == "CROTAn" and not indexed.keys.keys().isdisjoint({"PCi_j", "CDi_j"})
        ):
            continue
        yield card_problem(
            f"{keyword.name} is deprecated",
            index,
            keyword.name,
            _DEPRECATED[keyword.root],
            shown(indexed, index),
            group_key=keyword.root,
        )


@header_rule("FITS036", "random-groups", on=("GROUPS", *_GROUP_KEYWORDS))
def groups(indexed: HeaderIndex) -> Iterator[Problem]:
    """The file does not use random groups, an obsolete structure of radio interferometry.

    GROUPS = T in a primary array is deprecated, a warning; the groups themselves are not checked. Without NAXIS1 = 0, PCOUNT and
    GCOUNT it states groups that are not there, which is an error: astropy takes the HDU for them and finds them incomplete.
    So are the keywords PTYPEn, PSCALn and PZEROn anywhere else, or with an index beyond PCOUNT.

    How to fix: use a binary table.
    Source: FITS Standard 4.0, section 6.
    """
    grouped = indexed.kind == "primary" and indexed.header.value("GROUPS") is True
    if grouped:
        index, _ = indexed.keys["GROUPS"][0]
        lacking = ["NAXIS1 = 0"] if indexed.header.integer("NAXIS1") != 0 else []
        lacking += [name for name in ("PCOUNT", "GCOUNT") if name not in indexed.header.first]
        text = (
            f"GROUPS is T, but random groups need {listed(lacking)}"
            if lacking
            else "GROUPS is T: random groups are obsolete"
        )
        yield card_problem(
            text,
            index,
            "GROUPS",
            "no random groups",
            "T",
            severity=None if lacking else Severity.WARNING,
            group_key="groups",
        )
    limit = indexed.header.integer("PCOUNT")
    for index, keyword in indexed.each(*_GROUP_KEYWORDS):
        if not grouped:
            text = f"{keyword.name} is a keyword of random groups, an obsolete structure"
            yield card_problem(
                text, index, keyword.name, "none outside random groups", shown(indexed, index), group_key="outside"
            )
        elif limit is not None and not 1 <= keyword.number <= limit:
            text = f"{keyword.name} has an index beyond PCOUNT = {limit}"
            yield card_problem(text, index, keyword.name, f"1 to {limit}", str(keyword.number), group_key="index")


HEADER_RULES = (in_extension, in_primary, in_array, in_table, deprecated, groups)
