"""Defects of the content of HDUs: the ASDF tree and the pixels."""

import re
import struct
from collections.abc import Callable
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.defects.model import Break, defect
from jwstprod_check.make.edits import (
    Change,
    add,
    at_end,
    chain,
    in_tree,
    on,
    patch,
    patch_cell,
    set_cards,
    where_is,
    with_rows,
)
from jwstprod_check.make.parts import BLOCK, Part, image, index_of, split, table


def _replaced(pattern: bytes, new: bytes | Callable[[re.Match[bytes]], bytes]) -> Change:
    """Change the first place of the tree that matches a pattern."""
    return in_tree(lambda tree: re.sub(pattern, new, tree, count=1))


def _larger(found: re.Match[bytes]) -> bytes:
    return found[1] + str(int(found[2]) + 1).encode()


def _swapped(tree: bytes) -> bytes:
    """Links of the first two arrays of one shape exchanged."""
    found = re.findall(rb"source: (fits:\S+)\n  datatype: (\w+)\n.*\n  shape: (.*)", tree)
    for i, (one, *form) in enumerate(found):
        for other, *same in found[i + 1 :]:
            if same == form:
                return (
                    tree.replace(one + b"\n", b"\0").replace(other + b"\n", one + b"\n").replace(b"\0", other + b"\n")
                )
    return tree


def _block(payload: bytes, compression: bytes = bytes(4)) -> bytes:
    """Return a binary block without a checksum."""
    size = len(payload).to_bytes(8, "big")
    return b"\xd3BLK" + (48).to_bytes(2, "big") + bytes(4) + compression + size * 3 + bytes(16) + payload


_FLOATS: Final = b"datatype: float64, byteorder: big, shape: [1]"

_BLOCK: Final = b"\xd3BLK" + (48).to_bytes(2, "big") + bytes(8) + (2**60).to_bytes(8, "big") * 3 + bytes(16)
"""Header of a binary block that is longer than any file."""

TREE: Final = {
    "ASDF001": defect(on("ASDF", lambda p: with_rows(p, 2))),
    "ASDF002": defect(at_end(image("EXTRA", (4, 4), 16))),
    "ASDF003": defect(in_tree(lambda tree: b"<html>" + tree[6:])),
    "ASDF004": defect(_replaced(rb"\nmeta:\n", b"\nmeta: [\n")),
    "ASDF005": defect(in_tree(lambda tree: tree + _BLOCK)),
    "ASDF006": defect(
        _replaced(rb"\nmeta:\n", b"\nlost: !core/ndarray-1.0.0 {source: 'fits:LOST,1', " + _FLOATS + b"}\nmeta:\n")
    ),
    "ASDF007": defect(_replaced(rb"(shape: \[)(\d+)", _larger)),
    "ASDF008": defect(_replaced(rb"\n\w+: !core/ndarray-1\.0\.0\n  source: fits:\S+\n(?:  .*\n)+", b"\n")),
    "ASDF009": defect(set_cards("primary", DATE="2026-01-03T00:00:00.000")),
    "ASDF010": defect(in_tree(_swapped)),
    "ASDF011": defect(_replaced(rb"#ASDF 1\.0\.0", b"#ASDF 9.0.0")),
    "ASDF012": defect(_replaced(rb"\n  model_type: .*", b"")),
    "ASDF013": defect(_replaced(rb"(\n\w+:) !core/ndarray-1\.0\.0", rb"\1")),
    "ASDF014": defect(in_tree(lambda tree: tree + _block(bytes(8), b"abcd"))),
    "ASDF015": defect(
        chain(
            _replaced(rb"\nmeta:\n", b"\nlong: !core/ndarray-1.0.0 {source: 0, " + _FLOATS + b"}\nmeta:\n"),
            in_tree(lambda tree: tree + _block(bytes(4))),
        )
    ),
    "ASDF016": defect(_replaced(rb"(\n    start_time: )(\S+)", rb"\1'\2'")),
    "ASDF017": defect(_replaced(rb"\n  origin: .*", b"")),
    "ASDF018": defect(_replaced(rb"\n  wcs: .*\n(?:    .*\n)+", b"\n"), "cal"),
    "ASDF019": defect(_replaced(rb"!core/software-1\.0\.0", b"!core/softwear-1.0.0")),
    "ASDF020": defect(_replaced(rb"(\n  wcs: .*)\n    name: ''", rb"\1"), "cal"),
    "ASDF021": defect(_replaced(rb"(\n +offset: ).*", rb"\1far"), "cal"),
    "ASDF022": defect(_replaced(rb"(\n +factor: ).*", rb"\1.nan"), "cal"),
    "ASDF023": defect(_replaced(rb"x0: \[(\S+), (\S+)\]", rb"x0: [\2, \1]"), "cal"),
    "ASDF025": defect(lambda raw: raw, "ami-oi", keywords={"CAL_VER": "1.20.0"}),
    "ASDF026": defect(_replaced(rb"(\n +phi: ).*", rb"\g<1>10.0"), "i2d"),
    "ASDF024": defect(_replaced(rb"(\n +angles: )\[[^,]+,", rb"\1[0.5,"), "cal"),
}


def _first_pixel(where: str, value: float) -> Change:
    """Set the first pixel of an array of numbers of four bytes."""
    return patch(where, 0, struct.pack(">f", value))


def _doubled(part: Part) -> Part:
    numbers = struct.unpack(f">{len(part.data) // 4}f", part.data)
    return part.holding(struct.pack(f">{len(numbers)}f", *(2 * n for n in numbers)))


def _plane_of_zeros(part: Part) -> Part:
    size = abs(part.number("BITPIX")) // 8 * part.axes[0] * part.axes[1]
    return part.patched(0, bytes(size))


def _lost_block(raw: bytes) -> bytes:
    """Zeros in place of the second block of SCI."""
    _, data = where_is(raw, "SCI")
    part = split(raw)[index_of(split(raw), "SCI")]
    part.patched(BLOCK, bytes(2 * BLOCK))
    return raw[: data + BLOCK] + bytes(BLOCK) + raw[data + 2 * BLOCK :]


PIXELS: Final = {
    "DATA001": defect(patch("GROUPDQ", 0, b"\x10")),
    "DATA002": defect(_first_pixel("SCI", float("nan")), "cal"),
    "DATA003": defect(_first_pixel("SCI", float("inf"))),
    "DATA004": defect(_first_pixel("ERR", -1.0)),
    "DATA005": defect(on("ERR", _doubled), "rate", keywords={"S_RAMP": "COMPLETE"}),
    "DATA006": defect(_lost_block, symbols={"ncols": 64, "nrows": 64}),
    "DATA007": defect(on("SCI", _plane_of_zeros)),
}

_NAN: Final = b"\x7f\xf8" + bytes(6)
_EACH: Final[dict[str, Scalar]] = {"CAL_VER": "3.0.0", "NINTS": 3}

_COMBINED: Final = ("HDRTAB",)


_SAME_INPUT: Final = table("HDRTAB", [("FILENAME", "12A")], 2, b"jw1_cal.fits" * 2)

GROUPS: Final = {
    "DATA018": defect(patch_cell("GROUP", "group_number", 0, b"\0\x09")),
}

RESAMPLED: Final = {
    "ARR005": defect(on("CON", lambda p: p.resized(*p.axes[:2], 2)), "i2d", optional=_COMBINED),
    "DATA013": defect(_first_pixel("WHT", -1.0), "i2d"),
    "DATA015": defect(patch("CON", 0, b"\0\0\0\x03"), "i2d", optional=_COMBINED),
    "DATA016": defect(patch("CON", 0, bytes(4)), "i2d"),
    "DATA017": defect(add(_SAME_INPUT), "i2d"),
}

SPECTRA: Final = {
    "TAB018": defect(on("EXTRACT1D", lambda p: with_rows(p, 2)), "x1dints", keywords=_EACH),
    "TAB019": defect(patch_cell("EXTRACT1D", "N_ALONGDISP", 0, b"\x80\0\0\x63"), "x1dints", keywords=_EACH),
    "TIME011": defect(patch_cell("EXTRACT1D", "MJD-AVG", 0, bytes(8)), "x1dints", keywords=_EACH),
    "DATA010": defect(patch_cell("EXTRACT1D", "WAVELENGTH", 0, bytes(8)), "x1d"),
    "DATA011": defect(patch_cell("EXTRACT1D", "FLUX", 0, _NAN), "x1d"),
    "DATA012": defect(patch_cell("EXTRACT1D", "FLUX_ERROR", 0, bytes(8)), "x1d"),
    "DATA014": defect(patch_cell("EXTRACT1D", "NPIXELS", 0, struct.pack(">d", -1.0)), "x1d"),
}

CELLS: Final = {
    "TAB014": defect(patch_cell("SHUTTER_INFO", "SHUTTER_STATE", 0, b"AJAR  "), "msa"),
    "TAB015": defect(on("SHUTTER_INFO", lambda p: with_rows(p, 2)), "msa"),
    "TAB016": defect(patch_cell("SHUTTER_INFO", "SOURCE_ID", 0, b"\0\0\0\x63"), "msa"),
}

BREAKS: Final[dict[str, Break]] = {**TREE, **PIXELS, **GROUPS, **RESAMPLED, **SPECTRA, **CELLS}
