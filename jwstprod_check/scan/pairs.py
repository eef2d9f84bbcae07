"""Arrays that belong together: NaN in SCI and DO_NOT_USE in DQ, ERR and the variances.

They are separate HDUs in one pass, so a summary of the first is kept for comparison: one bit a pixel of SCI or DQ,
and some ten thousand pixels of ERR and VAR. Both are bounded for the file; the rest is reported as not decoded.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.scan.facts import NONE, ErrorFacts, ErrorNanFacts, NanFacts

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_BITMAPS: Final = 24 * 2**20
"""Bytes of all bitmaps that are kept at a time: 200 million pixels."""

SAMPLE: Final = 2**16
"""Pixels of an ERR or VAR array that are kept; a smaller array is kept whole."""

MAX_SAMPLES: Final = 2**22
"""Pixels of all ERR and VAR arrays that are kept at a time, 4 bytes each."""

TOLERANCE: Final = 0.01
"""Relative difference of ERR squared and the variances from which they differ."""

VARIANCES: Final = ("VAR_POISSON", "VAR_RNOISE", "VAR_FLAT")

TOO_LARGE: Final = "the arrays are too large to be compared within the memory limit"


class NanPair:
    """A SCI and a DQ array of the same axes and EXTVER.

    The first of the two leaves a bitmap, the second is compared with it piece by piece. A SCI array without NaN
    leaves none, and DQ need not be checked.
    """

    def __init__(self, science: Hdu, quality: Hdu, budget: "Budget") -> None:
        self.science = science
        self.quality = quality
        self._budget = budget
        self._size = 1
        for length in science.axes:
            self._size *= length
        self._bitmap: Array | None = None
        self._taken = 0
        self._undone = ""
        self._nan = 0
        self._seen = 0
        self._unflagged = NONE

    def ready(self, second: int) -> bool:
        """Whether the second HDU has anything to be compared with."""
        return self._bitmap is not None and second == max(self.science.index, self.quality.index)

    def store(self, index: int, mask: "Array") -> None:
        """Keep the mask of the first array: NaN of SCI, or DO_NOT_USE of DQ."""
        if self._undone:
            return
        import numpy as np

        if self._bitmap is None:
            need = (self._size + 7) // 8
            if not self._budget.take(need):
                self._undone = TOO_LARGE
                return
            self._taken = need
            self._bitmap = np.zeros(need, np.uint8)
        bits = np.packbits(mask)
        self._bitmap[index // 8 : index // 8 + len(bits)] = bits

    def compare_nan(self, index: int, mask: "Array") -> None:
        """Compare NaN of SCI, the second array, with the mask of DQ."""
        self._compare(index, mask, stored_is_nan=False)

    def compare_unused(self, index: int, mask: "Array") -> None:
        """Compare DO_NOT_USE of DQ, the second array, with the mask of SCI."""
        self._compare(index, mask, stored_is_nan=True)

    def count_nan(self, count: int, seen: int) -> None:
        """Take the number of NaN pixels of SCI, and of all pixels."""
        self._nan = count
        self._seen = seen

    def _compare(self, index: int, mask: "Array", stored_is_nan: bool) -> None:
        if self._bitmap is None:
            return
        import numpy as np

        bits = np.packbits(mask)
        stored = self._bitmap[index // 8 : index // 8 + len(bits)]
        odd = stored & ~bits if stored_is_nan else bits & ~stored
        if odd.any():
            pixels = np.unpackbits(odd, count=len(mask))
            self._unflagged = self._unflagged.plus(int(pixels.sum()), index + int(pixels.argmax()))

    def spoil(self, reason: str) -> None:
        """Record that one of the two could not be read."""
        self._undone = self._undone or reason

    def finish(self) -> NanFacts:
        """Release the bitmap and return the results."""
        self._bitmap = None
        self._budget.give(self._taken)
        self._taken = 0
        return NanFacts(self.science.index, self.quality.index, self._nan, self._seen, self._unflagged, self._undone)


class NanTriple:
    """An ERR, a SCI and a DQ array of the same axes and EXTVER, to find NaN in ERR alone.

    Each leaves a bitmap where it has something to say: ERR and SCI of their NaN, DQ of DO_NOT_USE. That of DQ is only kept
    where ERR has a NaN, or may still have one.
    """

    def __init__(self, error: Hdu, science: Hdu, quality: Hdu, budget: "Budget") -> None:
        self.error = error
        self.science = science
        self.quality = quality
        self._budget = budget
        self._size = 1
        for length in error.axes:
            self._size *= length
        self._bitmaps: dict[int, Array] = {}
        self._undone = ""

    @property
    def members(self) -> tuple[Hdu, ...]:
        """The three arrays."""
        return (self.error, self.science, self.quality)

    def asks(self, hdu: Hdu) -> bool:
        """Whether the mask of a member is needed, when it is read."""
        waits = hdu is not self.quality or self.quality.index < self.error.index
        return not self._undone and (waits or self.error.index in self._bitmaps)

    def store(self, hdu: Hdu, index: int, mask: "Array") -> None:
        """Keep a piece of the mask of a member."""
        if self._undone:
            return
        import numpy as np

        if hdu.index not in self._bitmaps:
            if not self._budget.take(self._bytes):
                self._undone = TOO_LARGE
                return
            self._bitmaps[hdu.index] = np.zeros(self._bytes, np.uint8)
        bits = np.packbits(mask)
        self._bitmaps[hdu.index][index // 8 : index // 8 + len(bits)] = bits

    @property
    def _bytes(self) -> int:
        return (self._size + 7) // 8

    def spoil(self, reason: str) -> None:
        """Record that a member could not be read."""
        self._undone = self._undone or reason

    def finish(self) -> ErrorNanFacts:
        """Compare, release the bitmaps and return the results."""
        found = NONE
        error = self._bitmaps.get(self.error.index)
        if error is not None and not self._undone:
            import numpy as np

            for other in (self.science, self.quality):
                if other.index in self._bitmaps:
                    error &= ~self._bitmaps[other.index]
            if error.any():
                pixels = np.unpackbits(error, count=self._size)
                found = NONE.plus(int(pixels.sum()), int(pixels.argmax()))
        self._budget.give(self._bytes * len(self._bitmaps))
        self._bitmaps = {}
        places = (self.error.index, self.science.index, self.quality.index)
        return ErrorNanFacts(*places, self._size, found, self._undone)


class Budget:
    """How much may be kept at a time."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, amount: int) -> bool:
        """Reserve some, if available."""
        if amount > self._left:
            return False
        self._left -= amount
        return True

    def give(self, amount: int) -> None:
        """Release some."""
        self._left += amount


class ErrorSet:
    """ERR and the variances of one EXTVER, sampled at the same pixels."""

    def __init__(self, error: Hdu, variances: tuple[Hdu, ...], budget: Budget) -> None:
        self.error = error
        self.variances = variances
        self._budget = budget
        pixels = 1
        for length in error.axes:
            pixels *= length
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


def nan_pairs(file: FitsFile) -> Iterator[tuple[Hdu, Hdu]]:
    """SCI arrays with the DQ array of the same EXTVER and axes."""
    quality = {h.extver: h for h in reversed(file.hdus) if h.name == "DQ" and _is_array(h)}
    for science in _first_of_each(file, "SCI"):
        other = quality.get(science.extver)
        if other is not None and other.axes == science.axes and (science.bitpix or 0) < 0:
            yield science, other


def nan_triples(file: FitsFile) -> Iterator[tuple[Hdu, Hdu, Hdu]]:
    """ERR arrays with the SCI and the DQ array of the same EXTVER and axes."""
    errors = {h.extver: h for h in _first_of_each(file, "ERR")}
    for science, quality in nan_pairs(file):
        error = errors.get(science.extver)
        if error is not None and error.axes == science.axes and (error.bitpix or 0) < 0:
            yield error, science, quality


def error_sets(file: FitsFile) -> Iterator[tuple[Hdu, tuple[Hdu, ...]]]:
    """ERR arrays with the variances of the same EXTVER and axes; those of Poisson and read noise are required."""
    named = {name: {h.extver: h for h in _first_of_each(file, name)} for name in VARIANCES}
    for error in _first_of_each(file, "ERR"):
        found = [named[name].get(error.extver) for name in VARIANCES]
        variances = tuple(h for h in found if h is not None)
        if None not in found[:2] and all(h.axes == error.axes and (h.bitpix or 0) < 0 for h in (error, *variances)):
            yield error, variances


def _first_of_each(file: FitsFile, name: str) -> Iterator[Hdu]:
    seen: set[int] = set()
    for hdu in file.named(name):
        if hdu.extver not in seen and _is_array(hdu):
            seen.add(hdu.extver)
            yield hdu


def _is_array(hdu: Hdu) -> bool:
    return hdu.type == "IMAGE" and bool(hdu.axes) and 0 not in hdu.axes
