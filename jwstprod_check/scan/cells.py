"""Cells of one column of a binary table, a group of rows at a time.

FITS Standard 4.0, section 7.3.3: which bytes each type allows, and the meaning of the descriptors of variable-length
arrays.
"""

from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.columns import WIDTHS, Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.scan.facts import NONE, ColumnFacts, Count
from jwstprod_check.scan.heap import Cells

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LIMITS: Final = ("TLMIN", "TLMAX", "TDMIN", "TDMAX")
"""Keywords that state a range of a column; a column without any of them is not searched for its extremes."""

_NUMBERS: Final = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
_T, _F, _NUL, _SPACE, _TILDE = b"TF\0 ~"


def column_watch(hdu: Hdu, column: Column, position: int, heap: int) -> "ColumnWatch | None":
    """What checks the column at ``position`` of a row; None where there is nothing to check."""
    tform = column.tform
    if tform is None or not tform.width:
        return None
    if tform.code in "PQ":
        return DescriptorColumn(column, position, heap)
    if tform.code == "X":
        return BitColumn(column, position) if tform.repeat % 8 else None
    if tform.code == "A":
        return TextColumn(column, position)
    if tform.code == "L":
        return LogicalColumn(column, position)
    if tform.code in _NUMBERS and any(f"{k}{column.number}" in hdu.header for k in LIMITS):
        return NumberColumn(hdu, column, position)
    return None


class ColumnWatch:
    """A column as its rows are read."""

    def __init__(self, column: Column, position: int) -> None:
        self.number = column.number
        self.cells: Cells | None = None
        self._position = position
        self._width = column.tform.width if column.tform is not None else 0
        self._bad = NONE

    def look(self, row: int, rows: "Array") -> None:
        """Take rows, of which ``row`` is the number of the first, from 0."""
        bad = self._bad_rows(rows[:, self._position : self._position + self._width])
        if bad is not None and bad.any():
            self._bad = self._bad.plus(int(bad.sum()), row + int(bad.argmax()))

    def _bad_rows(self, cells: "Array") -> "Array | None":
        raise NotImplementedError

    def facts(self, heap_bad: Count) -> ColumnFacts:
        """What was found."""
        return ColumnFacts(self.number, self._bad, heap_bad=heap_bad)


class BitColumn(ColumnWatch):
    """Bits, filled up to a whole byte with zeros (section 7.3.3.1)."""

    def __init__(self, column: Column, position: int) -> None:
        super().__init__(column, position)
        repeat = column.tform.repeat if column.tform is not None else 0
        self._unused = 0xFF >> (repeat % 8)

    def _bad_rows(self, cells: "Array") -> "Array | None":
        bad: Array = (cells[:, -1] & self._unused) != 0
        return bad


class LogicalColumn(ColumnWatch):
    """T, F or NUL."""

    def _bad_rows(self, cells: "Array") -> "Array | None":
        bad: Array = ((cells != _T) & (cells != _F) & (cells != _NUL)).any(axis=1)
        return bad


class TextColumn(ColumnWatch):
    """Printable ASCII; a NUL ends a string, and the rest of its field is ignored."""

    def __init__(self, column: Column, position: int) -> None:
        super().__init__(column, position)
        rest = column.tform.rest if column.tform is not None else ""
        length = column.dims[0] if column.dims else int(rest[:9]) if rest.isascii() and rest.isdigit() else 0
        self._string = length if 0 < length < self._width and self._width % length == 0 else self._width

    def _bad_rows(self, cells: "Array") -> "Array | None":
        odd = (cells < _SPACE) | (cells > _TILDE)
        if not odd.any():
            return None
        import numpy as np

        which = np.flatnonzero(odd.any(axis=1))
        strings = cells[which].reshape(len(which), -1, self._string)
        before = ~np.logical_or.accumulate(strings == _NUL, axis=2)
        wrong = ((strings < _SPACE) | (strings > _TILDE)) & before
        bad: Array = np.zeros(len(cells), bool)
        bad[which] = wrong.any(axis=(1, 2))
        return bad


class NumberColumn(ColumnWatch):
    """Numbers of which the header states a range: their extremes in physical values (TSCALn, TZEROn, TNULLn)."""

    def __init__(self, hdu: Hdu, column: Column, position: int) -> None:
        super().__init__(column, position)
        code = column.tform.code if column.tform is not None else "B"
        header = hdu.header
        self._dtype = _NUMBERS[code]
        scale, zero = header.number(f"TSCAL{column.number}"), header.number(f"TZERO{column.number}")
        self._scale = 1.0 if scale is None else scale
        self._zero = 0.0 if zero is None else zero
        self._null = header.integer(f"TNULL{column.number}") if code in "BIJK" else None
        self._low, self._low_row = inf, -1
        self._high, self._high_row = -inf, -1

    def look(self, row: int, rows: "Array") -> None:
        """Take rows."""
        import numpy as np

        cells = np.ascontiguousarray(rows[:, self._position : self._position + self._width]).view(self._dtype)
        valid = np.isfinite(cells)
        if self._null is not None:
            valid &= cells != self._null
        if not valid.any():
            return
        values = np.where(valid, cells.astype(np.float64) * self._scale + self._zero, np.nan)
        low, high = np.nanargmin(values), np.nanargmax(values)
        least, most = float(values.flat[low]), float(values.flat[high])
        if least < self._low:
            self._low, self._low_row = least, row + int(low) // values.shape[1]
        if most > self._high:
            self._high, self._high_row = most, row + int(high) // values.shape[1]

    def facts(self, heap_bad: Count) -> ColumnFacts:
        """What was found."""
        if not (isfinite(self._low) and isfinite(self._high)):
            return ColumnFacts(self.number)
        return ColumnFacts(
            self.number,
            heap_bad=heap_bad,
            low=self._low,
            high=self._high,
            low_row=self._low_row,
            high_row=self._high_row,
        )


class DescriptorColumn(ColumnWatch):
    """Descriptors of variable-length arrays: number of elements, and where in the heap they begin (section 7.3.5)."""

    def __init__(self, column: Column, position: int, heap: int) -> None:
        super().__init__(column, position)
        tform = column.tform
        code = tform.code if tform is not None else "P"
        rest = tform.rest if tform is not None else ""
        self._dtype = ">i4" if code == "P" else ">i8"
        self._element = rest[:1]
        most = rest[1:].strip()
        inner = most[1:-1].strip() if most.startswith("(") and most.endswith(")") else ""
        self._most = int(inner[:18]) if inner.isascii() and inner.isdigit() else None
        self._heap = heap
        self._negative = self._beyond = self._longer = NONE
        self._longest = 0
        self.cells = Cells(column.number, self._element) if self._element in {"A", "L"} else None

    def look(self, row: int, rows: "Array") -> None:
        """Take rows."""
        import numpy as np

        cells = np.ascontiguousarray(rows[:, self._position : self._position + self._width]).view(self._dtype)
        count, start = cells[:, 0].astype(np.int64), cells[:, 1].astype(np.int64)
        negative = (count < 0) | ((start < 0) & (count != 0))
        # Divided instead of multiplied: a count of 2^62 must not overflow to a small number of bytes.
        room = self._heap - start
        fits = room * 8 if self._element == "X" else room // WIDTHS.get(self._element, 1)
        beyond = ~negative & (count > 0) & ((start > self._heap) | (count > fits))
        self._negative = _more(self._negative, negative, row)
        self._beyond = _more(self._beyond, beyond, row)
        self._longest = max(self._longest, int(count.max()))
        if self._most is not None:
            self._longer = _more(self._longer, count > self._most, row)
        if self.cells is not None:
            good = ~negative & ~beyond & (count > 0)
            self.cells.add(start[good], count[good])

    def facts(self, heap_bad: Count) -> ColumnFacts:
        """What was found."""
        return ColumnFacts(
            self.number,
            negative=self._negative,
            beyond=self._beyond,
            longer=self._longer,
            longest=self._longest,
            heap_bad=heap_bad,
        )


def _more(count: Count, which: "Array", row: int) -> Count:
    return count.plus(int(which.sum()), row + int(which.argmax()))
