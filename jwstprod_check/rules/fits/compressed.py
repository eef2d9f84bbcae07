"""FITS: the Z keywords of tile-compressed images and tables."""

from collections.abc import Iterator
from math import prod
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import BITPIX, MAX_NAXIS
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import broken, card_problem, header_rule, mistyped, shown
from jwstprod_check.rules.rule import Outcome, Problem
from jwstprod_check.text import listed, quoted

_Z: Final = (
    "ZIMAGE",
    "ZTABLE",
    "ZBITPIX",
    "ZNAXIS",
    "ZNAXISn",
    "ZTILEn",
    "ZCMPTYPE",
    "ZQUANTIZ",
    "ZDITHER0",
    "ZMASKCMP",
    "ZTENSION",
    "ZPCOUNT",
    "ZGCOUNT",
    "ZSIMPLE",
    "ZEXTEND",
    "ZBLOCKED",
    "ZNAMEn",
    "ZVALn",
    "ZFORMn",
    "ZCTYPn",
    "ZTILELEN",
)
_ALGORITHMS: Final = ("RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "PLIO_1", "HCOMPRESS_1", "NOCOMPRESS")
_QUANTIZERS: Final = ("NO_DITHER", "SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2", "NONE")
_DATA_COLUMNS: Final = frozenset({"COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"})


def _ztable(indexed: HeaderIndex) -> bool:
    return indexed.kind == "bintable" and indexed.header.value("ZTABLE") is True


@header_rule("FITS056", "compression-keyword-missing", on=("ZIMAGE", "ZTABLE"))
def missing(indexed: HeaderIndex) -> Iterator[Outcome]:
    """A compressed image has ZCMPTYPE, ZBITPIX, ZNAXIS and every ZNAXISn; a compressed table has its Z keywords.

    The Z keywords of a table are ZNAXIS1, ZNAXIS2, ZPCOUNT, and ZFORMn and ZCTYPn for every column. Without them the
    data cannot be decompressed.

    How to fix: compress the original again.
    Source: FITS Standard 4.0, sections 10.1.1 and 10.3.1.
    """
    if indexed.compressed:
        naxis = indexed.header.integer("ZNAXIS") or 0
        axes = (f"ZNAXIS{n}" for n in range(1, min(max(naxis, 0), MAX_NAXIS) + 1))
        wanted = ["ZCMPTYPE", "ZBITPIX", "ZNAXIS", *axes]
    elif _ztable(indexed):
        numbers = range(1, (indexed.fields or 0) + 1)
        wanted = ["ZNAXIS1", "ZNAXIS2", "ZPCOUNT", *(f"{k}{n}" for n in numbers for k in ("ZFORM", "ZCTYP"))]
    else:
        return
    for name in wanted:
        text = f"{name} of the compressed {'image' if indexed.compressed else 'table'} is missing"
        yield from indexed.report_missing(name, card_problem(text, None, name, name, "missing", group_key="missing"))


@header_rule("FITS057", "compression-keyword-value", on=_Z)
def values(indexed: HeaderIndex) -> Iterator[Problem]:
    """The Z keywords have values that the standard lists.

    ZIMAGE and ZTABLE are T, ZBITPIX is a valid BITPIX, ZCMPTYPE a known algorithm, ZQUANTIZ a known method, ZDITHER0 is
    from 1 to 10000, ZTILEn at least 1, ZNAXISn at least 0, ZTENSION is IMAGE or BINTABLE.

    How to fix: compress the original again.
    Source: FITS Standard 4.0, sections 10.1.1, 10.1.2 and 10.4.
    """
    for index, defect, keyword in mistyped(indexed, "compressed"):
        yield broken(index, defect, keyword, keyword.root)
    for index, keyword in indexed.each(*_Z):
        value = indexed.header.value(keyword.name)
        expected = _expected(keyword.root, value)
        if expected:
            text = f"{keyword.name} is {shown(indexed, index)}, expected {expected}"
            yield card_problem(
                text, index, keyword.name, expected, shown(indexed, index), at=10, group_key=keyword.root
            )


def _expected(root: str, value: object) -> str:
    """Expected value of a Z keyword, '' where it has that or where its type is wrong."""
    if isinstance(value, bool):
        return "T" if root in {"ZIMAGE", "ZTABLE"} and not value else ""
    if isinstance(value, str):
        listed_values = {
            "ZCMPTYPE": _ALGORITHMS,
            "ZCTYPn": _ALGORITHMS,
            "ZMASKCMP": _ALGORITHMS,
            "ZQUANTIZ": _QUANTIZERS,
            "ZTENSION": ("IMAGE", "BINTABLE"),
        }.get(root)
        return listed(listed_values) if listed_values and value not in listed_values else ""
    if not isinstance(value, int):
        return ""
    if root == "ZBITPIX":
        return "" if value in BITPIX else listed(str(b) for b in BITPIX)
    ranges = {"ZNAXIS": (0, MAX_NAXIS), "ZDITHER0": (1, 10000), "ZNAXISn": (0, 2**63), "ZTILEn": (1, 2**63)}
    low, high = ranges.get(root, (-(2**63), 2**63))
    return "" if low <= value <= high else f"{low} to {high}" if high < 2**63 else f"{low} or more"


@header_rule("FITS058", "tiles-contradict-rows", on=("ZIMAGE",), requires=("FITS056", "FITS057"))
def tiles(indexed: HeaderIndex) -> Iterator[Problem]:
    """A compressed image has a row for each tile, and a column that contains the tiles.

    ZNAXISn and ZTILEn give the number of tiles, NAXIS2 of the table is the number of rows. Without ZTILEn a tile is a
    row of the image.

    How to fix: compress the original again.
    Source: FITS Standard 4.0, sections 10.1.2 and 10.1.3.
    """
    if not indexed.compressed:
        return
    header = indexed.header
    naxis, rows = header.integer("ZNAXIS") or 0, header.integer("NAXIS2")
    if not 0 <= naxis <= MAX_NAXIS:
        return
    lengths = [header.integer(f"ZNAXIS{n}") for n in range(1, naxis + 1)]
    sizes = [header.integer(f"ZTILE{n}") for n in range(1, naxis + 1)]
    pairs = [(a, (a if n == 0 else 1) if t is None else t) for n, (a, t) in enumerate(zip(lengths, sizes, strict=True))]
    if all(a is not None and t for a, t in pairs):
        count = prod(-(-(a or 0) // (t or 1)) for a, t in pairs) if pairs else 0
        if rows is not None and rows != count:
            text = f"ZNAXISn and ZTILEn give {count} tiles, but NAXIS2 is {rows}"
            yield card_problem(
                text, header.first["NAXIS2"], "NAXIS2", f"{count} rows", str(rows), at=10, group_key="tiles"
            )
    names = {(c.name or "").strip(" ").upper() for c in indexed.columns}
    if indexed.columns and not names & _DATA_COLUMNS:
        text = "is a compressed image without a column COMPRESSED_DATA"
        yield card_problem(
            text, None, "TTYPE1", "COMPRESSED_DATA", listed(sorted(quoted(n) for n in names)), group_key="column"
        )


@header_rule("FITS059", "stray-compression-keyword", Severity.WARNING, on=_Z)
def stray(indexed: HeaderIndex) -> Iterator[Problem]:
    """Z keywords appear in compressed images and tables only, with valid indices and in pairs.

    ZTILEn and ZNAXISn have an index up to ZNAXIS, ZNAMEn and ZVALn come in pairs. In other HDUs Z keywords are left
    over from decompression.

    How to fix: remove the keywords.
    Source: FITS Standard 4.0, section 10.
    """
    if not indexed.compressed and not _ztable(indexed):
        own = ("ZCMPTYPE", "ZBITPIX", "ZNAXIS", "ZNAXISn", "ZTILEn", "ZQUANTIZ", "ZTENSION", "ZFORMn", "ZCTYPn")
        roots = own if indexed.kind == "bintable" else ("ZIMAGE", "ZTABLE", *own)
        for index, keyword in indexed.each(*roots):
            text = f"{keyword.name} appears in an HDU that is not compressed"
            yield card_problem(text, index, keyword.name, "none", shown(indexed, index), group_key="stray")
        return
    naxis = indexed.header.integer("ZNAXIS")
    for index, keyword in indexed.each("ZNAXISn", "ZTILEn"):
        if naxis is not None and not 1 <= keyword.number <= naxis:
            text = f"{keyword.name} has no axis: ZNAXIS is {naxis}"
            yield card_problem(text, index, keyword.name, f"1 to {naxis}", str(keyword.number), group_key=keyword.root)
    names = {k.number: i for i, k in indexed.each("ZNAMEn")}
    numbers = {k.number: i for i, k in indexed.each("ZVALn")}
    for number in sorted(names.keys() ^ numbers.keys()):
        present, absent = ("ZNAME", "ZVAL") if number in names else ("ZVAL", "ZNAME")
        text = f"{present}{number} has no {absent}{number}"
        card = names.get(number, numbers.get(number))
        yield card_problem(text, card, f"{present}{number}", f"{absent}{number}", "missing", group_key="pairs")


HEADER_RULES = (missing, values, tiles, stray)
