"""Pixels into images: bytes as they are in the file, or sections of a decompressed image, in pieces.

A piece is a few hundred KiB, so that it stays in the processor's cache from its byte swap to its last reduction.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.scan.images import Image

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PIECE: Final = 2**19
"""Bytes that are processed at once."""


def feed_stored(image: Image, stored: str, offset: int, data: "Array", scratch: "Array", summed: bool = False) -> int:
    """Feed the bytes of an image as they are in the file, from a whole pixel on.

    ``stored`` is the NumPy type of the bytes (``>f4``), ``scratch`` an array of the same type in the machine's order.
    Pixels of 4 bytes are words of a checksum too: ``summed`` requests their sum.
    """
    import numpy as np

    total = 0
    width = scratch.itemsize
    whole = len(data) // width * width
    for start in range(0, whole, len(scratch) * width):
        piece = data[start : min(whole, start + len(scratch) * width)].view(stored)
        pixels = scratch[: len(piece)]
        if width == 1:
            pixels = piece
        else:
            np.copyto(pixels, piece)
        image.feed((offset + start) // width, pixels)
        if summed:
            total += int(np.add.reduce(pixels.view(np.uint32), dtype=np.uint64))
    return total


def feed_restored(image: Image, sections: "Iterable[Array]", kinds: str) -> None:
    """Feed an image that comes in sections of any length; its type must be one of NumPy's ``kinds``.

    Raises ``TypeError`` for another one.
    """
    import numpy as np

    index = 0
    rest: Array | None = None
    for section in sections:
        if section.dtype.kind not in kinds:
            raise TypeError(f"pixels of the type {section.dtype}")
        pixels = section if rest is None else np.concatenate([rest, section])
        length = PIECE // pixels.itemsize
        usable = len(pixels) // length * length
        for start in range(0, usable, length):
            image.feed(index + start, pixels[start : start + length])
        index += usable
        rest = pixels[usable:].copy()
    if rest is not None and len(rest):
        image.feed(index, rest)
