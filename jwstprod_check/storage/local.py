"""Where the bytes come from: a local file, bytes in memory, or a gzip stream of either.

A source is read at increasing or arbitrary offsets of the *inflated* file. Nothing is ever written.
"""

import os
import zlib
from errno import EINVAL
from stat import S_ISREG
from types import TracebackType
from typing import Final, Protocol, Self

GZIP_MAGIC: Final = b"\x1f\x8b"

INFLATE_FREE: Final = 256 * 2**20
"""Bytes that any gzip may inflate to; beyond them ``INFLATE_RATIO`` holds."""

INFLATE_RATIO: Final = 100
"""Largest ratio of inflated to compressed bytes that is followed: a bomb reaches 1000, a product 1 to 10."""

_CHUNK = 2**18


class Source(Protocol):
    """Bytes at offsets. ``stored`` is the size on disk, ``size`` that of the inflated file once it is known."""

    name: str
    stored: int

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; fewer only at the end."""
        ...

    def size(self) -> int:
        """Bytes of the inflated file, found by reading to the end where need be."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class FileSource:
    """A local file read at positions: only the blocks asked for are touched.

    Raises ``OSError`` for what cannot be opened, and for what is not a regular file.
    """

    def __init__(self, path: str) -> None:
        self.name = path
        # Without O_NONBLOCK a named pipe would wait for its writer.
        self._fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        status = os.fstat(self._fd)
        if not S_ISREG(status.st_mode):
            os.close(self._fd)
            raise OSError(EINVAL, "not a regular file", path)
        self.stored = status.st_size

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``."""
        if offset >= self.stored:
            return b""
        return os.pread(self._fd, length, offset)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer with bytes from ``offset``; return how many there were."""
        return os.preadv(self._fd, [buffer], offset)

    def size(self) -> int:
        """Size of the file in bytes."""
        return self.stored

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class BytesSource:
    """A file in memory."""

    def __init__(self, data: bytes, name: str = "") -> None:
        self.name = name
        self.stored = len(data)
        self._data = data

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``."""
        return self._data[offset : offset + length]

    def size(self) -> int:
        """Count the bytes."""
        return self.stored

    def close(self) -> None:
        """Nothing to release."""


class GzipSource:
    """A gzip stream inflated forward once, in bounded memory, to its end (RFC 1952, members concatenated).

    Offsets must not decrease. ``fault`` says why the stream could not be followed to its end, '' if it could;
    ``inflated`` counts the bytes that came out.
    """

    def __init__(self, raw: Source) -> None:
        self.name = raw.name
        self.stored = raw.stored
        self.fault = ""
        self.trailing = 0
        self.inflated = 0
        self._raw = raw
        self._fed = 0
        self._buffer = b""
        self._start = 0
        self._ended = False
        self._member = zlib.decompressobj(wbits=31)
        self._limit = max(INFLATE_FREE, INFLATE_RATIO * raw.stored)

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` inflated bytes from ``offset``, which must not lie before an earlier one."""
        while self._start + len(self._buffer) < offset + length and not self._ended:
            if offset > self._start:
                dropped = min(offset - self._start, len(self._buffer))
                self._buffer = self._buffer[dropped:]
                self._start += dropped
            self._inflate(max(length, _CHUNK))
        start = offset - self._start
        return self._buffer[start : start + length] if start >= 0 else b""

    def size(self) -> int:
        """Bytes of the inflated file; reads to the end of the stream."""
        while not self._ended:
            self._start += len(self._buffer)
            self._buffer = b""
            self._inflate(_CHUNK)
        return self.inflated

    def _inflate(self, length: int) -> None:
        """Add up to ``length`` inflated bytes to the buffer, or end the stream."""
        if self._member.eof:
            self._next_member()
            return
        data = self._member.unconsumed_tail or self._raw.read(self._fed, _CHUNK)
        if not self._member.unconsumed_tail:
            self._fed += len(data)
        if not data:
            self._end("truncated")
            return
        try:
            out = self._member.decompress(data, length)
        except zlib.error as error:
            self._end(f"corrupt: {error}")
            return
        self.inflated += len(out)
        self._buffer += out
        if self.inflated > self._limit:
            self._end("bomb")

    def _next_member(self) -> None:
        rest = self._member.unused_data
        if len(rest) < len(GZIP_MAGIC):
            more = self._raw.read(self._fed, _CHUNK)
            self._fed += len(more)
            rest += more
        if rest.startswith(GZIP_MAGIC):
            # The feed position steps back so that one member is fed like the next.
            self._fed -= len(rest)
            self._member = zlib.decompressobj(wbits=31)
        else:
            # Zero bytes after the last member are padding (as gzip itself accepts); anything else is foreign.
            self.trailing = (len(rest) + max(0, self.stored - self._fed)) if rest.strip(b"\0") else 0
            self._end("")

    def _end(self, fault: str) -> None:
        self._ended = True
        self.fault = fault

    def close(self) -> None:
        """Release the compressed file."""
        self._raw.close()
