"""A spectrum as a line: the columns WAVELENGTH and FLUX of a table, drawn in a terminal and as a PNG file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.preview.plane import NoPictureError
from jwstprod_check.scan.tables import layout
from jwstprod_check.storage.source import Source
from jwstprod_check.text import plural, printable

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_TABLE: Final = 64 * 2**20
"""Bytes of a table that are read."""

MAX_ROW: Final = 2**20
"""Bytes of the longest row that is read."""

_TYPES: Final = {"E": ">f4", "D": ">f8"}
_DOTS: Final = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_EMPTY: Final = 0x2800


class Line(msgspec.Struct, frozen=True):
    """A spectrum as points of a picture, the top row first, and what it is of."""

    points: "Array"
    label: str


def is_spectrum(hdu: Hdu) -> bool:
    """Whether a table has the columns of a spectrum, in floating-point numbers that are not scaled."""
    return hdu.type == "BINTABLE" and bool(hdu.rows) and None not in (_place(hdu, "WAVELENGTH"), _place(hdu, "FLUX"))


def line_of(source: Source, hdu: Hdu, width: int, height: int) -> Line:
    """Draw the spectrum of a table; of one that has a spectrum in each row, the first row."""
    import numpy as np

    across, up = _place(hdu, "WAVELENGTH"), _place(hdu, "FLUX")
    row, main, _ = layout(hdu)
    if across is None or up is None or row > MAX_ROW or main > MAX_TABLE:
        raise NoPictureError(f"{hdu.label} has {plural(main, 'byte')}; tables of more than {MAX_TABLE} are not drawn")
    vectors = across[0].tform is not None and across[0].tform.repeat > 1
    source.rewind()
    raw = source.read(hdu.data_offset, row if vectors else main)
    rows = np.frombuffer(raw, np.uint8, len(raw) // row * row).reshape(-1, row)
    wavelength, flux = (_values(rows, column, start) for column, start in (across, up))
    size = min(len(wavelength), len(flux))
    wavelength, flux = wavelength[:size], flux[:size]
    known = np.isfinite(wavelength)
    order = np.argsort(wavelength[known], kind="stable")
    wavelength, flux = wavelength[known][order], flux[known][order]
    if not np.isfinite(flux).any():
        raise NoPictureError(f"{hdu.label} has no flux that is a number")
    several = f" row 1 of {hdu.rows}" if vectors and (hdu.rows or 0) > 1 else ""
    label = (
        f"{printable(hdu.label)}{several}, {plural(len(flux), 'point')}; upwards {_range(up[0], flux)}; "
        f"to the right {_range(across[0], wavelength)}; NaN: {int((~np.isfinite(flux)).sum())}"
    )
    return Line(traced(wavelength, flux, width, height), label)


def traced(wavelength: "Array", flux: "Array", width: int, height: int) -> "Array":
    """Return the points that a line through a spectrum crosses, the top row first; it is broken where the flux is NaN."""
    import numpy as np

    with np.errstate(all="ignore"):
        columns = _scaled(wavelength, width)
        levels = _scaled(flux, height)
        between = np.interp(np.arange(width), columns, levels)
    low, high = between.copy(), between.copy()
    finite = np.isfinite(levels)
    at = columns[finite].round().astype(np.int64)
    np.fmin.at(low, at, levels[finite])
    np.fmax.at(high, at, levels[finite])
    joined_low, joined_high = low.copy(), high.copy()
    joined_low[1:] = np.where(low[1:] > high[:-1], high[:-1], low[1:])
    joined_high[1:] = np.where(high[1:] < low[:-1], low[:-1], high[1:])
    rows = np.arange(height)[:, None]
    with np.errstate(all="ignore"):
        crossed = (rows >= joined_low.round()) & (rows <= joined_high.round())
    return crossed[::-1]


def in_braille(line: Line) -> Iterator[str]:
    """Return lines of braille characters, two points wide and four high each."""
    points = line.points
    for top in range(0, len(points), 4):
        block = points[top : top + 4]
        cells = []
        for left in range(0, points.shape[1], 2):
            part = block[:, left : left + 2]
            bits = sum(_DOTS[y][x] for y in range(part.shape[0]) for x in range(part.shape[1]) if part[y, x])
            cells.append(chr(_EMPTY + bits))
        yield "".join(cells)


def in_stars(line: Line) -> Iterator[str]:
    """Return lines of ASCII characters, of the same size."""
    for cells in in_braille(line):
        yield "".join(" " if ord(cell) == _EMPTY else "*" for cell in cells)


def _place(hdu: Hdu, name: str) -> tuple[Column, int] | None:
    """Return a column and where it begins in a row."""
    start = 0
    for column in hdu.columns:
        if column.tform is None:
            return None
        if (column.name or "").strip().upper() == name:
            plain = column.tform.code in _TYPES and column.tform.repeat > 0
            return (column, start) if plain and column.dtype in {"float32", "float64"} else None
        start += column.tform.width
    return None


def _values(rows: "Array", column: Column, start: int) -> "Array":
    import numpy as np

    if column.tform is None or start + column.tform.width > rows.shape[1]:
        raise NoPictureError(f"the column {printable(column.name or '')} is beyond the row")
    cells = np.ascontiguousarray(rows[:, start : start + column.tform.width])
    return cells.view(_TYPES[column.tform.code]).ravel().astype(np.float64)


def _scaled(values: "Array", size: int) -> "Array":
    """Values from the smallest to the largest as numbers from 0 to ``size`` - 1; all equal ones are in the middle."""
    import numpy as np

    finite = values[np.isfinite(values)]
    low, high = finite.min() / 2, finite.max() / 2
    part = (values / 2 - low) / (high - low) if high > low else np.where(np.isfinite(values), 0.5, np.nan)
    return np.where(np.isfinite(values), part * (size - 1), np.nan)


def _range(column: Column, values: "Array") -> str:
    import numpy as np

    finite = values[np.isfinite(values)]
    unit = f" ({printable(column.unit)})" if column.unit else ""
    return f"{printable(column.name or '')}{unit} {finite.min():.4g} to {finite.max():.4g}"
