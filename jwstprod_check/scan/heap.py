"""Text and logicals in the heap of a binary table, checked as the heap is read after its descriptors."""

from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.scan.facts import NONE, Count

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_CELLS: Final = 2**18
"""Variable-length cells of a column that are remembered until their bytes are read, 16 bytes each."""

_T, _F, _NUL, _SPACE, _TILDE = b"TF\0 ~"


class Cells:
    """Positions of the cells of a column in the heap: one byte an element. ``full`` where there were too many."""

    def __init__(self, number: int, element: str) -> None:
        self.number = number
        self.element = element
        self.full = False
        self._starts: list[Array] = []
        self._counts: list[Array] = []
        self._length = 0

    def add(self, starts: "Array", counts: "Array") -> None:
        """Remember cells."""
        self._length += len(starts)
        self.full = self.full or self._length > MAX_CELLS
        if self.full:
            self._starts, self._counts = [], []
        else:
            self._starts.append(starts)
            self._counts.append(counts)

    def sorted(self) -> "tuple[Array, Array]":
        """First byte and byte after the last of each cell, by first byte."""
        import numpy as np

        none = [np.zeros(0, np.int64)]
        starts = np.concatenate(self._starts or none)
        ends = starts + np.concatenate(self._counts or none)
        order = np.argsort(starts, kind="stable")
        return starts[order], ends[order]


class HeapWatch:
    """The heap as it is read. A NUL ends the text of a cell, and the rest of the cell is ignored."""

    def __init__(self) -> None:
        self.planned = False
        self.not_read = ""
        self._columns: list[tuple[Cells, Array, Array]] = []
        self._start = 0
        self._last_nul = -1
        self._bad: dict[int, Count] = {}

    def plan(self, columns: list[Cells], start: int) -> None:
        """Take the cells; ``start`` is the first byte of the heap, from the start of the data."""
        self.planned = True
        self._start = start
        for cells in columns:
            if cells.full:
                self.not_read = f"the variable-length cells of column {cells.number} are too many to be checked"
            else:
                self._columns.append((cells, *cells.sorted()))

    def feed(self, offset: int, data: "Array") -> None:
        """Take bytes after the rows; ``offset`` counts from the start of the data."""
        if not self._columns:
            return
        import numpy as np

        low = offset - self._start
        nul = np.flatnonzero(data == _NUL) + low
        for cells, starts, ends in self._columns:
            inside = _covered(starts - low, ends - low, len(data))
            if cells.element == "A":
                at = np.flatnonzero(inside & ((data < _SPACE) | (data > _TILDE))) + low
                at = at[self._before(nul, at) < starts[np.searchsorted(starts, at, "right") - 1]] if len(at) else at
            else:
                at = np.flatnonzero(inside & (data != _T) & (data != _F) & (data != _NUL)) + low
            at = at[data[at - low] != _NUL]
            if len(at):
                found = self._bad.get(cells.number, NONE)
                self._bad[cells.number] = found.plus(len(at), self._start + int(at[0]))
        self._last_nul = int(nul[-1]) if len(nul) else self._last_nul

    def _before(self, nul: "Array", at: "Array") -> "Array":
        """Place of the last NUL before each place, -1 without one."""
        import numpy as np

        known = np.concatenate([[self._last_nul], nul])
        found: Array = known[np.searchsorted(nul, at, "left")]
        return found

    def bad(self, number: int) -> Count:
        """Bytes of a column's cells that its element type does not allow."""
        return self._bad.get(number, NONE)


def _covered(starts: "Array", ends: "Array", length: int) -> "Array":
    """Which of ``length`` bytes lie in any of the stretches."""
    import numpy as np

    near = (starts < length) & (ends > 0)
    steps = np.zeros(length + 1, np.int32)
    np.add.at(steps, np.clip(starts[near], 0, length), 1)
    np.add.at(steps, np.clip(ends[near], 0, length), -1)
    covered: Array = np.cumsum(steps[:-1]) > 0
    return covered
