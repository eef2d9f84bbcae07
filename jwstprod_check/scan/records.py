"""Small tables, read whole: their bytes within a bound, and the rows of a table as values.

The default check reads headers only. Of products whose meaning lies in a few small tables (OIFITS) these tables are read as
well, so this module needs no array library: values are decoded with ``struct``.
"""

from collections.abc import Iterable, Mapping
from struct import Struct, error
from typing import Any, Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.storage.source import Source

MOST: Final = 4 * 2**20
"""Bytes of the tables of one file that are read."""

REACH: Final = 64 * 2**20
"""Bytes of a packed file that are inflated a second time to reach its tables."""

_CODES: Final = {
    "bool": ("L", "s"),
    "uint8": ("B", "B"),
    "int16": ("I", "h"),
    "int32": ("J", "i"),
    "int64": ("K", "q"),
    "float32": ("E", "f"),
    "float64": ("D", "d"),
}
"""Type of a column without scaling -> its TFORMn code, and the code of ``struct``."""

_TRUE: Final = ord("T")


class Tables(msgspec.Struct, frozen=True):
    """Data bytes of small tables, by index of their HDU, and why others were not read."""

    kept: Mapping[int, bytes] = {}
    not_read: Mapping[int, str] = {}


def read_tables(source: Source, hdus: Iterable[Hdu]) -> Tables:
    """Read the data of some binary tables in file order, up to ``MOST`` bytes.

    The headers were read from the same source before. Raises ``OSError`` where it cannot be read.
    """
    kept: dict[int, bytes] = {}
    not_read: dict[int, str] = {}
    room = MOST
    wanted = [hdu for hdu in hdus if hdu.type == "BINTABLE" and hdu.sized]
    if wanted and not source.seekable:
        source.rewind()
    for hdu in wanted:
        size = hdu.data_size or 0
        if size > room:
            not_read[hdu.index] = f"its {size} bytes exceed the bound of {MOST} for the tables of a file"
        elif not source.seekable and hdu.data_offset + size > REACH:
            not_read[hdu.index] = f"it ends after more than {REACH} bytes of a packed file"
        else:
            data = source.read(hdu.data_offset, size)
            if len(data) == size:
                kept[hdu.index] = data
                room -= size
            else:
                not_read[hdu.index] = "it could not be read to its end"
    changed = source.changed() if kept else ""
    if changed:
        return Tables({}, not_read | dict.fromkeys(kept, f"the file changed while it was read: {changed}"))
    return Tables(kept, not_read)


class Records(msgspec.Struct, frozen=True):
    """Cells of the rows of a table by column, its name in upper case: numbers, logicals (is it T), texts.

    A text ends at a NUL and has no blanks at its end. Columns that are scaled, complex, of bits or of variable length are left
    out, and so are further columns of the same name.
    """

    hdu: Hdu
    rows: int
    numbers: Mapping[str, tuple[tuple[float, ...], ...]]
    logicals: Mapping[str, tuple[tuple[bool, ...], ...]]
    texts: Mapping[str, tuple[str, ...]]


def records_of(hdu: Hdu, data: bytes) -> Records | str:
    """Decode the rows of a table; return why they cannot be decoded as text."""
    width, rows = hdu.axes if len(hdu.axes) == 2 else (0, 0)
    layout = ">"
    plan: list[tuple[str, str, int]] = []
    for column in hdu.columns:
        tform = column.tform
        if tform is None:
            return "an invalid TFORMn leaves the positions of its columns unknown"
        name = (column.name or "").strip(" ").upper()
        code, letter = _CODES.get(column.dtype or "", ("", ""))
        readable = name and tform.repeat and all(name != known for known, _, _ in plan)
        if readable and tform.code == "A":
            layout += f"{tform.width}s"
            plan.append((name, "A", 1))
        elif readable and tform.code == code:
            layout += f"{tform.repeat}{letter}"
            plan.append((name, code, 1 if code == "L" else tform.repeat))
        else:
            layout += f"{tform.width}x"
    try:
        structure = Struct(layout)
    except error:
        return "its rows are too long"
    if not width or structure.size != width:
        return "the widths of its columns do not add up to NAXIS1"
    if len(data) < width * rows:
        return "it could not be read to its end"
    unpacked: list[tuple[Any, ...]] = list(structure.iter_unpack(data[: width * rows]))
    numbers: dict[str, tuple[tuple[float, ...], ...]] = {}
    logicals: dict[str, tuple[tuple[bool, ...], ...]] = {}
    texts: dict[str, tuple[str, ...]] = {}
    at = 0
    for name, code, count in plan:
        if code == "A":
            texts[name] = tuple(_text(row[at]) for row in unpacked)
        elif code == "L":
            logicals[name] = tuple([tuple(map(_TRUE.__eq__, row[at])) for row in unpacked])
        else:
            numbers[name] = tuple([row[at : at + count] for row in unpacked])
        at += count
    return Records(hdu, rows, numbers, logicals, texts)


def _text(cell: bytes) -> str:
    return cell.decode("latin-1").partition("\0")[0].rstrip(" ")
