"""The bytes of a file from front to back, one buffer ahead of who looks at them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from jwstprod_check.fits.header import BLOCK
from jwstprod_check.fits.source import FileSource, Source
from jwstprod_check.scan.sums import word_sum

if TYPE_CHECKING:
    import numpy as np

    Bytes = np.ndarray[Any, np.dtype[np.uint8]]

CHUNK: Final = BLOCK * 728
"""Bytes that are read at a time: whole blocks, and a whole number of elements of any size."""

AHEAD: Final = 8 * CHUNK
"""Smallest file for which reading ahead pays."""


class Part(NamedTuple):
    """Bytes to read: ``key`` says whose they are, ``start`` where they stand in its data, ``offset`` in the file.

    ``summed`` says whether the sum of their words is asked for.
    """

    key: int
    start: int
    offset: int
    length: int
    summed: bool


class Chunk(NamedTuple):
    """Bytes that were read, fewer than asked for where the file ends, and the sum of their words if it is asked for.

    ``data`` is only good until the next chunk is asked for.
    """

    part: Part
    data: "Bytes"
    total: int


def parts(key: int, offset: int, length: int, summed: bool) -> Iterator[Part]:
    """Cut a stretch of the file into parts of at most ``CHUNK`` bytes."""
    for start in range(0, length, CHUNK):
        yield Part(key, start, offset + start, min(CHUNK, length - start), summed)


def read_chunks(source: Source, wanted: Iterable[Part], size: int) -> Iterator[Chunk]:
    """Read parts in order; of a large file the next one is read, and summed, while this one is looked at."""
    import numpy as np

    if size >= AHEAD:
        yield from _read_ahead(source, wanted)
        return
    buffer = np.empty(min(CHUNK, size), np.uint8)
    for part in wanted:
        yield _load(source, part, buffer)


def _read_ahead(source: Source, wanted: Iterable[Part]) -> Iterator[Chunk]:
    from queue import SimpleQueue
    from threading import Thread

    import numpy as np

    free: SimpleQueue[Bytes | None] = SimpleQueue()
    filled: SimpleQueue[tuple[Chunk, Bytes] | Exception | None] = SimpleQueue()
    for _ in range(2):
        free.put(np.empty(CHUNK, np.uint8))

    def read() -> None:
        try:
            for part in wanted:
                buffer = free.get()
                if buffer is None:
                    return
                filled.put((_load(source, part, buffer), buffer))
            filled.put(None)
        except Exception as error:
            # Raised where the chunk is asked for, not in this thread.
            filled.put(error)

    reader = Thread(target=read, daemon=True)
    reader.start()
    try:
        while (got := filled.get()) is not None:
            if isinstance(got, Exception):
                raise got
            chunk, buffer = got
            yield chunk
            free.put(buffer)
    finally:
        free.put(None)
        reader.join()


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
    return Chunk(part, data, word_sum(data) if part.summed else 0)


def _reader(source: Source) -> Callable[[int, memoryview], int]:
    if isinstance(source, FileSource):
        return source.read_into

    def read(offset: int, view: memoryview) -> int:
        data = source.read(offset, len(view))
        view[: len(data)] = data
        return len(data)

    return read
