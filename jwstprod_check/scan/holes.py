"""Runs of NUL bytes inside an array: what a lost block leaves behind."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.header import BLOCK
from jwstprod_check.scan.facts import MAX_RUNS, Holes, NulRun

if TYPE_CHECKING:
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_WORDS: Final = BLOCK // 8


class HoleWatch:
    """Finds the runs of NUL bytes that contain at least one whole block of the file.

    A few words of each block show whether it can be all NUL; only then is it searched.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._runs: list[NulRun] = []
        self._count = 0
        self._start: int | None = None
        self._before = b""
        self._otherwise = False

    def feed(self, offset: int, data: "Bytes") -> None:
        """Take bytes of the data from a block on; an incomplete last block is left out."""
        whole = len(data) // BLOCK
        if not whole:
            return
        for first, last, nul in _stretches(data, whole):
            start, end = offset + first * BLOCK, offset + last * BLOCK
            if not nul:
                self._otherwise = True
                self._close(start, data[first * BLOCK : (first + 1) * BLOCK])
            elif self._start is None:
                before = data[(first - 1) * BLOCK : first * BLOCK].tobytes() if first else self._before
                self._start = start - (len(before) - len(before.rstrip(b"\0")))
            if end == offset + whole * BLOCK:
                self._before = b"" if nul else data[(last - 1) * BLOCK : last * BLOCK].tobytes()

    def _close(self, end: int, following: "Bytes | None") -> None:
        if self._start is None:
            return
        if following is not None:
            after = following.tobytes()
            end += len(after) - len(after.lstrip(b"\0"))
        end = min(end, self._size)
        if end - self._start >= BLOCK:
            self._count += 1
            if len(self._runs) < MAX_RUNS:
                self._runs.append(NulRun(self._start, end))
        self._start = None

    def facts(self) -> Holes:
        """Results, after the last byte."""
        self._close(self._size, None)
        return Holes(tuple(self._runs), self._count, self._otherwise)


def _stretches(data: "Bytes", whole: int) -> list[tuple[int, int, bool]]:
    """Blocks in stretches of the same kind: (first, after the last, whether they are all NUL)."""
    import numpy as np

    blocks = data[: whole * BLOCK].view(np.uint64).reshape(whole, _WORDS)
    nul = (blocks[:, 0] | blocks[:, _WORDS // 2] | blocks[:, -1]) == 0
    if not nul.any():
        return [(0, whole, False)]
    nul[nul] = ~blocks[nul].any(axis=1)
    cuts = [0, *(np.flatnonzero(nul[1:] != nul[:-1]) + 1).tolist(), whole]
    return [(first, last, bool(nul[first])) for first, last in pairwise(cuts)]
