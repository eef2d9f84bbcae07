"""The bytes of a file from front to back, one buffer ahead of who looks at them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jwstprod_check.fits.header import BLOCK
from jwstprod_check.fits.source import FileSource, Source
from jwstprod_check.scan.sums import word_sum

if TYPE_CHECKING:
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

CHUNK: Final = BLOCK * 1456
"""Bytes that are read at a time: whole blocks, and a whole number of elements of any size."""

AHEAD: Final = 4 * CHUNK
"""Smallest file for which reading ahead in a second thread pays."""


class Part(NamedTuple):
    """Bytes to read: ``key`` says whose they are, ``start`` where they stand in its data, ``offset`` in the file."""

    key: int
    start: int
    offset: int
    length: int


class Chunk(NamedTuple):
    """Bytes that were read, fewer than asked for where the file ends, and the sum of their words.

    ``data`` is only good until the next chunk is asked for.
    """

    part: Part
    data: "Bytes"
    total: int


def parts(key: int, offset: int, length: int) -> Iterator[Part]:
    """Cut a stretch of the file into parts of at most ``CHUNK`` bytes."""
    for start in range(0, length, CHUNK):
        yield Part(key, start, offset + start, min(CHUNK, length - start))


def read_chunks(source: Source, wanted: Iterable[Part], size: int) -> Iterator[Chunk]:
    """Read parts in order; in a large file the next one is read, and summed, while this one is looked at."""
    import numpy as np

    longest = min(CHUNK, size)
    if size < AHEAD:
        buffer = np.empty(longest, np.uint8)
        yield from (_load(source, part, buffer) for part in wanted)
        return
    from concurrent.futures import ThreadPoolExecutor

    buffers = [np.empty(longest, np.uint8), np.empty(longest, np.uint8)]
    with ThreadPoolExecutor(1) as reader:
        following = None
        for turn, part in enumerate(wanted):
            present, following = following, reader.submit(_load, source, part, buffers[turn % 2])
            if present is not None:
                yield present.result()
        if following is not None:
            yield following.result()


def _load(source: Source, part: Part, buffer: "Bytes") -> Chunk:
    read = _reader(source)
    length = min(part.length, len(buffer))
    done = 0
    while done < length:
        count = read(part.offset + done, buffer.data[done:length])
        if not count:
            break
        done += count
    data = buffer[:done]
    return Chunk(part, data, word_sum(data))


def _reader(source: Source) -> Callable[[int, memoryview], int]:
    if isinstance(source, FileSource):
        return source.read_into

    def read(offset: int, view: memoryview) -> int:
        data = source.read(offset, len(view))
        view[: len(data)] = data
        return len(data)

    return read
