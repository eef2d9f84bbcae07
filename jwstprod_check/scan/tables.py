"""Cells of a binary table, checked in groups of whole rows, and the heap that follows them.

FITS Standard 4.0, section 7.3.3: which bytes each type allows, and the meaning of the descriptors of variable-length arrays.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.columns import Column, read_columns
from jwstprod_check.fits.hdu import Hdu, axes_of
from jwstprod_check.scan.cells import ColumnWatch, column_watch
from jwstprod_check.scan.facts import NARROW, TableFacts
from jwstprod_check.scan.heap import HeapWatch
from jwstprod_check.scan.spectra import SpectrumColumns, SpectrumWatch

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

WIDEST_ROW: Final = 2**20
"""Bytes of the longest row whose cells are checked."""

GROUP: Final = 2**20
"""Bytes of the rows that are processed at once."""

_LARGEST_HEAP: Final = 2**58


def layout(hdu: Hdu) -> tuple[int, int, int]:
    """Bytes of a row, of all rows, and where the heap begins (THEAP, else right after the rows)."""
    axes = axes_of(hdu.header)
    width, rows = axes if len(axes) == 2 else (0, 0)
    start = hdu.header.integer("THEAP")
    main = width * rows
    return width, main, start if start is not None and start >= main else main


class TableWatch:
    """A binary table as its rows are read. ``not_read`` states why no column can be checked.

    ``spectrum`` names the columns of its spectra; with ``narrow`` the bytes of its narrow columns are kept.
    """

    def __init__(self, hdu: Hdu, spectrum: SpectrumColumns | None = None, narrow: bool = False) -> None:
        self._width, self._main, self._heap_start = layout(hdu)
        self._seen = 0
        self._rest = b""
        self.not_read = ""
        self._spectrum: SpectrumWatch | None = None
        self._narrow: list[tuple[int, int]] = []
        self.narrow = bytearray()
        self._columns = self._plan(hdu, spectrum, narrow)
        self._heap = HeapWatch()

    def _plan(self, hdu: Hdu, spectrum: SpectrumColumns | None, narrow: bool) -> list[ColumnWatch]:
        """Columns that have anything to check, with their places in a row."""
        columns: list[ColumnWatch] = []
        places: list[tuple[Column, int]] = []
        position = 0
        heap = min(max(0, (hdu.data_size or 0) - self._heap_start), _LARGEST_HEAP)
        for column in hdu.header.memo_by_cards(read_columns):
            if column.tform is None:
                self.not_read = "an invalid TFORMn leaves the positions of the columns unknown"
                return []
            watch = column_watch(hdu, column, position, heap)
            if watch is not None:
                columns.append(watch)
            places.append((column, position))
            position += column.tform.width
        if position != self._width:
            self.not_read = "the widths of the columns do not add up to NAXIS1"
            return []
        found = SpectrumWatch(spectrum, places) if spectrum is not None else None
        if self._width > WIDEST_ROW:
            if columns or (found is not None and not found.idle):
                self.not_read = f"rows of {self._width} bytes are too long to be checked"
            return []
        self._spectrum = found if found is not None and not found.idle else None
        self._narrow = narrow_places(places) if narrow else []
        return columns

    @property
    def idle(self) -> bool:
        """Whether no column needs to be checked or kept."""
        return not (self._columns or self._spectrum or self._narrow)

    def feed(self, offset: int, data: "Array") -> None:
        """Take bytes of the data; ``offset`` counts from their start."""
        if offset < self._main:
            self._feed_rows(data[: self._main - offset])
        if offset + len(data) > self._main:
            start = max(0, self._main - offset)
            self._feed_heap(offset + start, data[start:])

    def _feed_rows(self, data: "Array") -> None:
        import numpy as np

        if self._rest:
            missing = self._width - len(self._rest)
            row = self._rest + data[:missing].tobytes()
            if len(row) < self._width:
                self._rest = row
                return
            self._look(np.frombuffer(row, np.uint8).reshape(1, -1))
            data = data[missing:]
        group = max(1, GROUP // self._width)
        whole = len(data) // self._width
        for first in range(0, whole, group):
            last = min(whole, first + group)
            self._look(data[first * self._width : last * self._width].reshape(last - first, self._width))
        self._rest = data[whole * self._width :].tobytes()

    def _look(self, rows: "Array") -> None:
        for column in self._columns:
            column.look(self._seen, rows)
        if self._spectrum is not None:
            self._spectrum.look(self._seen, rows)
        if self._narrow:
            import numpy as np

            self.narrow += np.concatenate([rows[:, start:end] for start, end in self._narrow], axis=1).tobytes()
        self._seen += len(rows)

    def _feed_heap(self, offset: int, data: "Array") -> None:
        if not self._heap.planned:
            self._heap.plan([c.cells for c in self._columns if c.cells is not None], self._heap_start)
        self._heap.feed(offset, data)

    def facts(self) -> TableFacts:
        """Results, after the last byte."""
        columns = tuple(c.facts(self._heap.bad(c.number)) for c in self._columns)
        spectrum = self._spectrum.facts(self._seen) if self._spectrum is not None else None
        return TableFacts(self._seen, columns, self.not_read, self._heap.not_read, spectrum)


def narrow_places(places: Iterable[tuple[Column, int]]) -> list[tuple[int, int]]:
    """Where the narrow columns of a table begin and end in a row."""
    return [(start, start + c.tform.width) for c, start in places if c.tform is not None and is_narrow(c)]


def is_narrow(column: Column) -> bool:
    """Whether a column is kept of a table that is too large to be kept whole."""
    return column.tform is not None and 0 < column.tform.width <= NARROW
