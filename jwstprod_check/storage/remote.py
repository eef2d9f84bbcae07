"""A remote file as a source: its headers by few requests, all of its bytes by one.

The first request takes what holds the first headers of nearly every product and states the size. Each further header is a
request of a few cards' length; what is left near the end comes at once, because the last HDUs are small (GROUP, INT_TIMES,
ASDF). Where header follows header in short distances, as in products of hundreds of slits, the requests grow and read
through what lies between: a round trip takes longer than a megabyte.
"""

from collections.abc import Iterator
from errno import EOPNOTSUPP
from typing import TYPE_CHECKING, Final

from jwstprod_check.findings import Traffic
from jwstprod_check.storage.client import RemoteError
from jwstprod_check.storage.fetch import RemoteObject
from jwstprod_check.storage.source import Source
from jwstprod_check.storage.urls import shown

if TYPE_CHECKING:
    from obstore.store import ObjectStore

FIRST: Final = 32 * 2**10
"""Bytes of the first request: a primary header of the pipeline has 12 to 26 KiB, and the header after it follows."""

NEXT: Final = 16 * 2**10
"""Bytes of a request for a further header, which seldom has more."""

LAST: Final = 128 * 2**10
"""Bytes before the end of a file that are asked for at once."""

NEAR: Final = 2**20
"""Bytes from one request to the next that are short of a long distance, and the longest request that reads through them."""

FREE: Final = 4
"""Short distances in a row before the requests grow: a small product with few HDUs has so many."""

KEEP: Final = 4 * 2**20
"""Bytes that are kept, so that a header and the table after it are asked for once."""


class Walk:
    """Which stretch to ask for next: it depends on what was asked for before, and on nothing else."""

    def __init__(self) -> None:
        self._end = 0
        self._short = 0

    def next(self, offset: int, length: int, size: int) -> tuple[int, int]:
        """Return where to begin and to stop for ``length`` bytes at an offset of a file of a known size."""
        if size - offset <= LAST:
            return offset, size
        self._short = self._short + 1 if 0 <= offset - self._end < NEAR else 0
        step = min(NEXT << max(0, self._short - FREE), NEAR)
        self._end = min(size, offset + max(length, step))
        return offset, self._end

    def first(self, length: int) -> tuple[int, int]:
        """Return the stretch to ask for before anything is known."""
        self._end = max(FIRST, length)
        return 0, self._end


class RemoteSource(Source):
    """An object of a bucket or of a web server.

    It is opened by its first bytes. ``rewind`` announces that all bytes will be read in order: they come in one stream
    from then on, without those that are there already. Raises ``OSError`` for what cannot be opened or read; ``store`` is
    where the object is, if it is not to be found by its URL.
    """

    def __init__(self, url: str, store: "ObjectStore | None" = None) -> None:
        self.name = shown(url)
        self._object = RemoteObject(url, store)
        self._walk = Walk()
        self._blocks: dict[int, bytes] = {}
        self._stream: _Stream | None = None
        self._in_order = False
        try:
            self._blocks[0] = self._object.get(*self._walk.first(0))
        except RemoteError as error:
            # No server can give the first bytes of an object that has none: it says so in one way or another.
            if error.errno != EOPNOTSUPP or self._object.measure():
                raise
            self._blocks[0] = b""
        self.stored = self._object.size

    def read(self, offset: int, length: int) -> bytes:
        length = max(0, min(length, self.stored - offset))
        buffer = bytearray(length)
        return bytes(buffer[: self.read_into(offset, memoryview(buffer))])

    def read_into(self, offset: int, buffer: memoryview) -> int:
        length = max(0, min(len(buffer), self.stored - offset))
        done = 0
        while done < length:
            block = self._block(offset + done)
            if block is None and self._in_order:
                return done + self._streamed(offset + done, buffer[done:length])
            if block is None:
                block = self._asked(offset + done, length - done)
            count = min(len(block), length - done)
            buffer[done : done + count] = block[:count]
            done += count
        return done

    def rewind(self) -> None:
        self._in_order = True
        self._close_stream()

    def changed(self) -> str:
        return self._object.changed

    def traffic(self) -> Traffic | None:
        return self._object.traffic

    def entity(self) -> str:
        return self._object.entity

    def close(self) -> None:
        self._close_stream()
        self._blocks = {}

    def _block(self, offset: int) -> memoryview | None:
        """Bytes that are there from an offset on, None where there are none."""
        for start, block in reversed(self._blocks.items()):
            if start <= offset < start + len(block):
                return memoryview(block)[offset - start :]
        return None

    def _asked(self, offset: int, length: int) -> memoryview:
        start, stop = self._walk.next(offset, length, self.stored)
        block = self._object.get(start, stop)
        self._blocks[start] = block
        kept = sum(map(len, self._blocks.values()))
        for old in list(self._blocks)[:-1]:
            if kept <= KEEP:
                break
            kept -= len(self._blocks.pop(old))
        return memoryview(block)

    def _streamed(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer from the stream; it begins anew where it would have to go back, or pass over much."""
        if self._stream is None or not 0 <= offset - self._stream.position < NEAR:
            self._close_stream()
            self._stream = _Stream(self._object.stream(offset), offset)
        return self._stream.read_into(offset, buffer)

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None


class _Stream:
    """Pieces of bytes in order, from which buffers are filled; ``position`` is the offset of the next byte."""

    def __init__(self, pieces: Iterator[memoryview], position: int) -> None:
        self._pieces = pieces
        self._piece = memoryview(b"")
        self.position = position

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer with the bytes at an offset that was not passed yet."""
        done = 0
        while done < len(buffer):
            if not self._piece:
                self._piece = next(self._pieces, memoryview(b""))
                if not self._piece:
                    break
            skipped = min(max(0, offset - self.position), len(self._piece))
            self.position += skipped
            self._piece = self._piece[skipped:]
            count = min(len(self._piece), len(buffer) - done) if self.position >= offset else 0
            buffer[done : done + count] = self._piece[:count]
            self._piece = self._piece[count:]
            self.position += count
            offset += count
            done += count
        return done

    def close(self) -> None:
        """Let the connection go."""
        self._piece = memoryview(b"")
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()
