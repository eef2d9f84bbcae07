"""Arrays that belong together: NaN in SCI, ERR or a ramp, and DO_NOT_USE in their flags.

They are separate HDUs in one pass, so a summary of the first is kept for comparison: one bit a pixel. The bits are bounded for
the file; the rest is reported as not decoded.
"""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.scan.facts import NONE, Count, NanFacts

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_BITMAPS: Final = 24 * 2**20
"""Bytes of all bitmaps that are kept at a time: 200 million pixels."""

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
            need = _bytes(self.science)
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


class NanGap:
    """An array and others that should flag, or share, its NaN: ERR with SCI and DQ, or SCI of a ramp with PIXELDQ and GROUPDQ.

    Each leaves a bitmap where it has something to say: of NaN, or of DO_NOT_USE. Those of the others are kept where the
    subject has a NaN, or may still have one. An array of fewer axes, such as PIXELDQ, holds for each plane of the subject.
    """

    def __init__(self, subject: Hdu, others: tuple[Hdu, ...], budget: "Budget") -> None:
        self.subject = subject
        self.others = others
        self.nan = 0
        self._budget = budget
        self._bitmaps: dict[int, Array] = {}
        self._undone = ""

    @property
    def members(self) -> tuple[Hdu, ...]:
        """All arrays, the subject first."""
        return (self.subject, *self.others)

    def asks(self, hdu: Hdu) -> bool:
        """Whether the mask of a member is needed, when it is read."""
        waits = hdu.index <= self.subject.index
        return not self._undone and (waits or self.subject.index in self._bitmaps)

    def store(self, hdu: Hdu, index: int, mask: "Array") -> None:
        """Keep a piece of the mask of a member."""
        if self._undone:
            return
        import numpy as np

        if hdu.index not in self._bitmaps:
            need = _bytes(hdu)
            if not self._budget.take(need):
                self._undone = TOO_LARGE
                return
            self._bitmaps[hdu.index] = np.zeros(need, np.uint8)
        bits = np.packbits(mask)
        self._bitmaps[hdu.index][index // 8 : index // 8 + len(bits)] = bits

    def spoil(self, reason: str) -> None:
        """Record that a member could not be read."""
        self._undone = self._undone or reason

    def finish(self) -> tuple[Count, str]:
        """Compare, and release the bitmaps; return the pixels that nothing flags, or why they are unknown."""
        found = NONE
        subject = self._bitmaps.get(self.subject.index)
        if subject is not None and not self._undone:
            found = self._unflagged(subject)
        self._budget.give(sum(map(len, self._bitmaps.values())))
        self._bitmaps = {}
        return found, self._undone

    def _unflagged(self, subject: "Array") -> Count:
        import numpy as np

        found = NONE
        whole = prod(self.subject.axes)
        plane = min(map(prod, (hdu.axes for hdu in self.others)))
        for start in range(0, whole, plane):
            left = _bits(subject, start, plane)
            for hdu in self.others if left.any() else ():
                if hdu.index in self._bitmaps:
                    left &= ~_bits(self._bitmaps[hdu.index], start % prod(hdu.axes), plane)
            if left.any():
                found = found.plus(int(np.count_nonzero(left)), start + int(left.argmax()))
        return found


def _bytes(hdu: Hdu) -> int:
    """Bytes of a bitmap of an array."""
    return (prod(hdu.axes) + 7) // 8


def _bits(bitmap: "Array", start: int, count: int) -> "Array":
    """Return some bits of a bitmap as booleans."""
    import numpy as np

    first = start // 8
    part = np.unpackbits(bitmap[first : (start + count + 7) // 8])
    return part[start - first * 8 :][:count].astype(bool)


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


def nan_pairs(file: FitsFile) -> Iterator[tuple[Hdu, Hdu]]:
    """SCI arrays with the DQ array of the same EXTVER and axes."""
    quality = {h.extver: h for h in reversed(file.hdus) if h.name == "DQ" and _is_array(h)}
    for science in first_of_each(file, "SCI"):
        other = quality.get(science.extver)
        if other is not None and other.axes == science.axes and (science.bitpix or 0) < 0:
            yield science, other


def nan_gaps(file: FitsFile) -> Iterator[tuple[Hdu, tuple[Hdu, ...]]]:
    """ERR arrays with the SCI and the DQ array of the same EXTVER and axes; SCI of ramps with their arrays of flags."""
    yield from _ramps(file)
    errors = {h.extver: h for h in first_of_each(file, "ERR")}
    for science, quality in nan_pairs(file):
        error = errors.get(science.extver)
        if error is not None and error.axes == science.axes and (error.bitpix or 0) < 0:
            yield error, (science, quality)


def _ramps(file: FitsFile) -> Iterator[tuple[Hdu, tuple[Hdu, ...]]]:
    """SCI of ramps with PIXELDQ, whose axes are the first two of SCI, and GROUPDQ, which has all of them."""
    named = {name: {h.extver: h for h in first_of_each(file, name)} for name in ("PIXELDQ", "GROUPDQ")}
    for science in first_of_each(file, "SCI"):
        pixel, group = (named[name].get(science.extver) for name in ("PIXELDQ", "GROUPDQ"))
        if pixel is None or pixel.axes != science.axes[:2] or (science.bitpix or 0) > 0:
            continue
        if group is None:
            yield science, (pixel,)
        elif group.axes == science.axes:
            yield science, (pixel, group)


def first_of_each(file: FitsFile, name: str) -> Iterator[Hdu]:
    """Return the images of a name that have pixels, of each EXTVER the first."""
    seen: set[int] = set()
    for hdu in file.named(name):
        if hdu.extver not in seen and _is_array(hdu):
            seen.add(hdu.extver)
            yield hdu


def _is_array(hdu: Hdu) -> bool:
    return hdu.type == "IMAGE" and bool(hdu.axes) and 0 not in hdu.axes
