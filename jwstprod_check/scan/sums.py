"""One's-complement sums of 32-bit words (FITS Standard 4.0, section 4.4.2.7 and appendix J)."""

from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header

if TYPE_CHECKING:
    import numpy as np

ALL_ONES: Final = 0xFFFFFFFF


def word_sum(data: "np.ndarray[Any, np.dtype[np.uint8]]") -> int:
    """Sum of the little-endian words of some bytes, not folded; bytes that fill no word are taken with zeros.

    A one's-complement sum does not care about the order of the bytes in a word as long as it is swapped once at
    the end, so the words are taken in the order that costs nothing.
    """
    import numpy as np

    whole = len(data) // 4 * 4
    total = int(np.add.reduce(data[:whole].view("<u4"), dtype=np.uint64))
    return total + int.from_bytes(data[whole:].tobytes(), "little")


def folded(total: int) -> int:
    """One's-complement sum of big-endian words, of an unfolded sum of little-endian ones."""
    while total > ALL_ONES:
        total = (total & ALL_ONES) + (total >> 32)
    return int.from_bytes(total.to_bytes(4, "little"), "big")


def header_sum(header: Header) -> int:
    """One's-complement sum of a header, END and fill included."""
    import numpy as np

    return folded(word_sum(np.frombuffer(header.raw, np.uint8)))


def states_sum(hdu: Hdu) -> bool:
    """Whether a header states a sum that the bytes can be held against."""
    return "DATASUM" in hdu.header or "CHECKSUM" in hdu.header


def added(one: int, other: int) -> int:
    """One's-complement sum of two sums."""
    total = one + other
    return (total & ALL_ONES) + (total >> 32)
