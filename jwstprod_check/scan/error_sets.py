"""ERR and the variances of one EXTVER: whether the error is the root of their sum, at some ten thousand pixels of each."""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.scan.facts import NONE, ErrorFacts
from jwstprod_check.scan.pairs import TOO_LARGE, Budget, first_of_each

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SAMPLE: Final = 2**16
"""Pixels of an ERR or VAR array that are kept; a smaller array is kept whole."""

MAX_SAMPLES: Final = 2**22
"""Pixels of all ERR and VAR arrays that are kept at a time, 4 bytes each."""

TOLERANCE: Final = 0.01
"""Relative difference of ERR squared and the variances from which they differ."""

VARIANCES: Final = ("VAR_POISSON", "VAR_RNOISE", "VAR_FLAT")


class ErrorSet:
    """ERR and the variances of one EXTVER, sampled at the same pixels."""

    def __init__(self, error: Hdu, variances: tuple[Hdu, ...], budget: Budget) -> None:
        self.error = error
        self.variances = variances
        self._budget = budget
        pixels = prod(error.axes)
        # A distance not divisible by two reaches every column of an image with an even number of pixels in a row.
        self.every = 1 if pixels <= SAMPLE else -(-pixels // SAMPLE) | 1
        self._length = -(-pixels // self.every)
        self._kept: dict[int, Array] = {}
        self._undone = ""

    @property
    def members(self) -> tuple[Hdu, ...]:
        """ERR and the variances."""
        return (self.error, *self.variances)

    def room(self, hdu: Hdu) -> "Array | None":
        """Return the array that takes the sample of a member; None where there is no room for it."""
        if self._undone:
            return None
        if not self._budget.take(self._length):
            self._undone = TOO_LARGE
            return None
        import numpy as np

        self._kept[hdu.index] = np.zeros(self._length, np.float32)
        return self._kept[hdu.index]

    def spoil(self, reason: str) -> None:
        """Record that a member could not be read."""
        self._undone = self._undone or reason

    def finish(self) -> ErrorFacts:
        """Compare, release the samples and return the results."""
        facts = self._compared()
        self._budget.give(self._length * len(self._kept))
        self._kept = {}
        return facts

    def _compared(self) -> ErrorFacts:
        indices = tuple(h.index for h in self.variances)
        if self._undone or len(self._kept) != len(self.members):
            return ErrorFacts(
                self.error.index, indices, not_decoded=self._undone or "not all of the arrays could be read"
            )
        import numpy as np

        squared = self._kept[self.error.index].astype(np.float64) ** 2
        total = np.asarray(np.sum([self._kept[i] for i in indices], axis=0, dtype=np.float64))
        larger = np.maximum(squared, total)
        valid = np.isfinite(larger) & (larger > 0)
        different = valid & (np.abs(squared - total) > TOLERANCE * larger)
        count = int(different.sum())
        first = int(different.argmax()) * self.every if count else -1
        ratios = squared[valid & (total > 0)] / total[valid & (total > 0)]
        return ErrorFacts(
            self.error.index,
            indices,
            int(valid.sum()),
            NONE.plus(count, first),
            float(np.median(ratios)) if len(ratios) else 1.0,
            self.every,
        )


def error_sets(file: FitsFile) -> Iterator[tuple[Hdu, tuple[Hdu, ...]]]:
    """ERR arrays with the variances of the same EXTVER and axes; those of Poisson and read noise are required."""
    named = {name: {h.extver: h for h in first_of_each(file, name)} for name in VARIANCES}
    for error in first_of_each(file, "ERR"):
        found = [named[name].get(error.extver) for name in VARIANCES]
        variances = tuple(h for h in found if h is not None)
        if None not in found[:2] and all(h.axes == error.axes and (h.bitpix or 0) < 0 for h in (error, *variances)):
            yield error, variances
