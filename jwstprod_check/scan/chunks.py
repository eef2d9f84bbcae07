"""The bytes of a file from front to back, a chunk at a time."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jwstprod_check.fits.header import BLOCK
from jwstprod_check.storage.source import Source

if TYPE_CHECKING:
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

CHUNK: Final = BLOCK * 182
"""Bytes that are read at a time: whole blocks, whole groups of 8 elements of any size, and few enough to stay in the
processor's cache until the last question about them is answered."""


class Part(NamedTuple):
    """Bytes to read: ``key`` says whose they are, ``start`` their place in its data, ``offset`` in the file."""

    key: int
    start: int
    offset: int
    length: int


class Chunk(NamedTuple):
    """Bytes that were read, fewer than asked for where the file ends; only good until the next chunk is asked for."""

    part: Part
    data: "Bytes"


def parts(key: int, offset: int, length: int) -> Iterator[Part]:
    """Cut a stretch of the file into parts of at most ``CHUNK`` bytes."""
    for start in range(0, length, CHUNK):
        yield Part(key, start, offset + start, min(CHUNK, length - start))


def read_chunks(source: Source, wanted: Iterable[Part], size: int) -> Iterator[Chunk]:
    """Read parts in order, into one buffer."""
    import numpy as np

    buffer = np.empty(min(CHUNK, size), np.uint8)
    for part in wanted:
        length = min(part.length, len(buffer))
        done = source.read_into(part.offset, buffer.data[:length])
        yield Chunk(part, buffer[:done])
