"""One's-complement sums of 32-bit words (FITS Standard 4.0, section 4.4.2.7 and appendix J)."""

import re
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.scan.facts import Flags, Pixels

if TYPE_CHECKING:
    import numpy as np

    from jwstprod_check.scan.images import Image

_NUMBER: Final = re.compile(r" *\d{1,10} *\Z", re.ASCII)

ALL_ONES: Final = 0xFFFFFFFF


def word_sum(data: "np.ndarray[Any, np.dtype[np.uint8]]") -> int:
    """Sum of the big-endian words of some bytes, not folded; an incomplete last word is filled with zeros."""
    import numpy as np

    whole = len(data) // 4 * 4
    total = int(np.add.reduce(data[:whole].view(">u4"), dtype=np.uint64))
    return total + int.from_bytes(data[whole:].tobytes().ljust(4, b"\0"), "big")


def folded(total: int) -> int:
    """One's-complement sum of a plain one: the overflow beyond 32 bits is added at the low end."""
    while total > ALL_ONES:
        total = (total & ALL_ONES) + (total >> 32)
    return total


def header_sum(header: Header) -> int:
    """One's-complement sum of a header, END and fill included."""
    import numpy as np

    return folded(word_sum(np.frombuffer(header.raw, np.uint8)))


class RestoredSum:
    """Sum of the pixels of a decompressed image as they were in the file: big-endian, unsigned integers shifted.

    ``inner`` is another consumer of the same pixels.
    """

    def __init__(self, inner: "Image | None", shifted: bool) -> None:
        self._inner = inner
        self._shifted = shifted
        self._total = 0

    def feed(self, index: int, pixels: "np.ndarray[Any, Any]") -> None:
        """Take pixels and hand them on; every piece but the last has whole words."""
        import numpy as np

        stored = np.ascontiguousarray(pixels, pixels.dtype.newbyteorder(">")).view(np.uint8)
        if self._shifted:
            stored = stored.copy()
            stored[:: pixels.itemsize] ^= 0x80
        self._total += word_sum(stored)
        if self._inner is not None:
            self._inner.feed(index, pixels)

    @property
    def total(self) -> int:
        """The one's-complement sum."""
        return folded(self._total)

    def facts(self) -> "Pixels | Flags":
        """What the other consumer found."""
        return self._inner.facts() if self._inner is not None else Pixels(0)


def stated_sum(header: Header) -> int | None:
    """DATASUM as a number, None where it is absent, empty or malformed."""
    text = header.string("DATASUM")
    return int(text) if text is not None and _NUMBER.match(text) and int(text) <= ALL_ONES else None


def same(one: int, other: int) -> bool:
    """Whether two one's-complement numbers are equal; 0 has two forms."""
    return one % ALL_ONES == other % ALL_ONES


def states_sum(hdu: Hdu) -> bool:
    """Whether a header states a sum that can be compared with the bytes."""
    return "DATASUM" in hdu.header or "CHECKSUM" in hdu.header


def added(one: int, other: int) -> int:
    """One's-complement sum of two sums."""
    total = one + other
    return (total & ALL_ONES) + (total >> 32)
