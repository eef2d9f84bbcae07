"""Defects of the container, of the standard's headers and data, and of the sums."""

import gzip
import struct
from math import prod
from typing import Final

from jwstprod_check.make.defects.model import Break, defect
from jwstprod_check.make.edits import (
    add,
    chain,
    cut_in_data,
    cut_in_header,
    delete_cards,
    extra,
    in_header,
    insert,
    on,
    patch,
    set_cards,
    where_is,
)
from jwstprod_check.make.parts import BLOCK, BreakError, Part, card, header, image, split, table

_END: Final = b"END".ljust(80)


def _zipped(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


def _after_data(raw: bytes) -> bytes:
    """A byte set in the fill of the first HDU that has some."""
    at = 0
    for part in split(raw):
        end = at + len(header(part)) + len(part.data)
        at = end + -len(part.data) % BLOCK
        if at > end:
            return raw[: at - 1] + b"x" + raw[at:]
    raise BreakError("all its data end with a block")


def _after_end(raw: bytes) -> bytes:
    start, data = where_is(raw, "first")
    at = raw.index(_END, start, data)
    return raw[:at] + b"END      junk" + raw[at + 13 :]


def _note(text: bytes) -> Break:
    return defect(insert("primary", text))


def _ascii_table(**keywords: int) -> Part:
    values = {"BITPIX": 8, "NAXIS": 2, "NAXIS1": 10, "NAXIS2": 1, "PCOUNT": 0, "GCOUNT": 1, "TFIELDS": 1, "TBCOL1": 1}
    cards = (card("XTENSION", "TABLE"), *(card(k, v) for k, v in {**values, **keywords}.items()))
    return Part((*cards, card("TFORM1", "I8"), card("TTYPE1", "a"), card("EXTNAME", "EXTRA")), b"         1")


def _compressed(**keywords: int | str) -> Part:
    """Return a tile-compressed image of two rows of four pixels."""
    tile = gzip.compress(bytes(8), mtime=0)
    rows = b"".join(n.to_bytes(4, "big") for n in (len(tile), 0, len(tile), len(tile)))
    made = table("EXTRA", [("COMPRESSED_DATA", f"1PB({len(tile)})")], 2, rows, tile * 2)
    sizes: dict[str, int] = {"ZBITPIX": 16, "ZNAXIS": 2, "ZNAXIS1": 4, "ZNAXIS2": 2, "ZTILE1": 4, "ZTILE2": 1}
    for keyword, value in {"ZIMAGE": True, "ZCMPTYPE": "GZIP_1", **sizes, **keywords}.items():
        made = made.setting(keyword, value)
    return made


def _badly_packed(part: Part) -> Part:
    """Return an image tile-compressed, a row a tile, the first of which is not a gzip stream."""
    rows = prod(part.axes[1:])
    long = len(part.data) // rows
    tiles = [gzip.compress(part.data[r * long : (r + 1) * long], mtime=0) for r in range(rows)]
    starts = [sum(len(t) for t in tiles[:r]) for r in range(rows)]
    cells = b"".join(struct.pack(">ii", len(t), at) for t, at in zip(tiles, starts, strict=True))
    heap = bytes(4) + b"".join(tiles)[4:]
    made = table(part.name, [("COMPRESSED_DATA", f"1PB({max(map(len, tiles))})")], rows, cells, heap)
    sizes: dict[str, int] = {"ZBITPIX": part.number("BITPIX"), "ZNAXIS": len(part.axes)}
    axes = {f"ZNAXIS{n}": length for n, length in enumerate(part.axes, 1)}
    made = made.setting("ZIMAGE", value=True).setting("ZCMPTYPE", "GZIP_1")
    for keyword, value in {**sizes, **axes}.items():
        made = made.setting(keyword, value)
    unit = part.text("BUNIT")
    return made.setting("BUNIT", unit) if unit else made


def _without(part: Part, keyword: str) -> Part:
    return part.without(keyword)


_NUMBERS: Final = (("number", "1J"), ("flux", "3E"))
_HEAP: Final = (2).to_bytes(4, "big") + bytes(4)
"""Descriptor of two elements at the start of the heap."""

CONTAINER: Final = {
    "FILE001": defect(lambda _: b""),
    "FILE002": defect(lambda _: b"<!DOCTYPE html><html><title>404 Not Found</title></html>\n"),
    "FILE003": defect(in_header("first", _END, b"   ")),
    "FILE004": defect(cut_in_header),
    "FILE005": defect(cut_in_data),
    "FILE006": defect(on("first", lambda p: p.setting("NAXIS2", p.axes[1] + 8 * BLOCK))),
    "FILE007": defect(lambda raw: raw + b"junk" * 1000),
    "FILE008": defect(lambda raw: _zipped(raw)[:-12], name="{}.gz"),
    "FILE009": defect(lambda raw: _zipped(raw) + b"junk", name="{}.gz"),
    "FILE010": defect(_zipped),
    "FILE012": defect(in_header("first", b"XTENSION", b"XTENSIOM")),
    "FILE013": defect(set_cards("first", BITPIX=7)),
}

CARDS: Final = {
    "FITS001": _note(b"NOTE    = 'caf\xe9'"),
    "FITS002": _note(b"exptime =                  5.0"),
    "FITS003": _note(b"NOTE    =5"),
    "FITS004": _note(b"NOTE    = 'text / comment"),
    "FITS005": _note(b"NOTE    =                  NaN"),
    "FITS006": _note(b"NOTE    = hello"),
    "FITS007": _note(b"NOTE    =                    5 pixels"),
    "FITS008": _note(b"NOTE    =                      / nothing"),
    "FITS009": defect(_after_end),
    "FITS010": _note(b"CONTINUE  'text'"),
    "FITS011": defect(insert("primary", card("OBJECT", "a&"), b"CONTINUE  'b'")),
    "FITS012": defect(insert("primary", card("NOTE", 1), card("NOTE", 2))),
    "FITS013": defect(insert("primary", *[b"COMMENT more than is looked at"] * 50_100)),
    "FITS014": _note(b"HIERARCH eso = 5"),
    "FITS020": defect(in_header("primary", b"SIMPLE  =", b"SIMPLEX =")),
    "FITS021": defect(set_cards("primary", SIMPLE=False)),
    "FITS022": defect(set_cards("image", XTENSION=b"'IMAGE'")),
    "FITS023": defect(insert("first", b"COMMENT among the first", after="BITPIX")),
    "FITS024": defect(delete_cards("first", "PCOUNT")),
    "FITS025": defect(extra(("a", "1J"), TFIELDS=1000)),
    "FITS026": defect(set_cards("image", BITPIX=b"-32")),
    "FITS027": defect(set_cards("first", NAXIS7=5)),
    "FITS028": defect(set_cards("image", PCOUNT=5)),
    "FITS029": defect(on("first", lambda p: p.adding(p.cards[p.find("BITPIX") or 1], after="BITPIX"))),
    "FITS031": defect(set_cards("first", EXTEND=True)),
    "FITS032": defect(set_cards("primary", INHERIT=True)),
    "FITS033": defect(set_cards("image", TTYPE1="a")),
    "FITS034": defect(set_cards("ASDF", BUNIT="Jy")),
    "FITS035": defect(set_cards("first", EPOCH=2000.0)),
    "FITS036": defect(set_cards("primary", PTYPE1="UU")),
    "FITS040": defect(set_cards("first", EQUINOX="J2000")),
    "FITS041": defect(set_cards("image", DATAMAX="1.0")),
    "FITS042": defect(set_cards("image", BLANK=-1)),
    "FITS043": defect(extra(*_NUMBERS, TSCAL1=0.0)),
    "FITS044": defect(set_cards("first", SPECSYS="BARYCENTER")),
    "FITS045": defect(set_cards("first", CRVAL01=5.0)),
    "FITS046": defect(set_cards("first", CHECKSUM="abc")),
    "FITS050": defect(set_cards("primary", DATE="2026-02-30T10:00:00")),
    "FITS051": defect(set_cards("primary", DATEMAP="yesterday")),
    "FITS052": defect(set_cards("primary", TREFPOS="MOON")),
    "FITS053": defect(insert("primary", card("MJDREF", 5.0), card("DATEREF", "2000-01-01"))),
    "FITS055": defect(extra(*_NUMBERS, TUNIT2="Jy/")),
}

TABLES: Final = {
    "FITS056": defect(add(_without(_compressed(), "ZNAXIS2"))),
    "FITS057": defect(add(_compressed(ZCMPTYPE="ZIP"))),
    "FITS100": defect(add(_compressed().setting("ZSIMPLE", value=True).setting("ZTENSION", "IMAGE"))),
    "FITS101": defect(add(_compressed(ZBLANK=-1))),
    "FITS058": defect(add(_compressed(ZTILE2=2))),
    "FITS059": defect(set_cards("image", ZNAXIS=2)),
    "FITS060": defect(set_cards("ASDF", TTYPE9="more")),
    "FITS061": defect(extra(*_NUMBERS, TFORM1="1Y")),
    "FITS062": defect(extra(*_NUMBERS, TFORM1="1K")),
    "FITS063": defect(extra(*_NUMBERS, TSCAL1="5")),
    "FITS064": defect(set_cards("ASDF", THEAP=54)),
    "FITS065": defect(extra(("name", "8A"), TFORM1="8A3")),
    "FITS066": defect(add(_ascii_table(TBCOL1=5))),
    "FITS070": defect(extra(*_NUMBERS, TDIM2="(2,2)")),
    "FITS071": defect(extra(*_NUMBERS, TDISP2="Q5")),
    "FITS072": defect(extra(*_NUMBERS, TNULL2=5)),
    "FITS073": defect(extra(("name", "8A"), TSCAL1=2.0)),
    "FITS074": defect(add(_without(table("EXTRA", _NUMBERS, 1), "TTYPE1"))),
    "FITS075": defect(extra(("a b", "1J"))),
    "FITS076": defect(extra(("same", "1J"), ("SAME", "1J"))),
    "FITS077": defect(extra(*_NUMBERS, TLMIN1="5")),
    "FITS090": defect(chain(add(image("EXTRA", (2, 2), 16)), add(image("EXTRA", (2, 2), 16)))),
    "FITS091": defect(set_cards("primary", EXTEND=False)),
}

DATA: Final = {
    "FITS080": defect(_after_data),
    "FITS081": defect(extra(("bits", "9X"), data=b"\xff\xff")),
    "FITS082": defect(extra(("name", "4A"), data=b"caf\xe9")),
    "FITS083": defect(extra(("good", "1L"), data=b"\x01")),
    "FITS084": defect(extra(("list", "1PE(2)"), data=_HEAP, heap=bytes(4))),
    "FITS085": defect(extra(("list", "1PE(1)"), data=_HEAP, heap=bytes(8))),
    "FITS086": defect(extra(("list", "1PA(2)"), data=_HEAP, heap=b"\xe9a")),
    "FITS087": defect(add(_ascii_table().holding(b"        \xe91"))),
    "FITS088": defect(on("SCI", _badly_packed)),
    "SUM001": defect(patch("first", 0, b"\x41\x41\x41\x41"), checksums=True),
    "SUM002": defect(insert("primary", card("COMMENT", "another")), checksums=True),
    "SUM003": defect(lambda raw: raw),
}

BREAKS: Final[dict[str, Break]] = {**CONTAINER, **CARDS, **TABLES, **DATA}
