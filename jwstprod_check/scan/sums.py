"""One's-complement sums of 32-bit words (FITS Standard 4.0, section 4.4.2.7 and appendix J)."""

from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header

if TYPE_CHECKING:
    import numpy as np

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


def states_sum(hdu: Hdu) -> bool:
    """Whether a header states a sum that can be compared with the bytes."""
    return "DATASUM" in hdu.header or "CHECKSUM" in hdu.header


def added(one: int, other: int) -> int:
    """One's-complement sum of two sums."""
    total = one + other
    return (total & ALL_ONES) + (total >> 32)
