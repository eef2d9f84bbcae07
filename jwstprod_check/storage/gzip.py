"""A gzip stream, inflated forward once in bounded memory, to its end (RFC 1952, members concatenated)."""

import zlib
from typing import BinaryIO, Final

from jwstprod_check.findings import Traffic
from jwstprod_check.storage.source import GZIP_MAGIC, SUMS, Source

INFLATE_FREE: Final = 2**30
"""Bytes that any gzip may inflate to; beyond them ``INFLATE_RATIO`` holds."""

INFLATE_RATIO: Final = 100
"""Largest ratio of inflated to compressed bytes that is followed: a bomb reaches 1000, a product 1 to 10."""

MAX_MEMBERS: Final = 2**20
"""Members that are followed: blocked gzip, which has a member for each 64 KiB, reaches 64 GiB with them."""

SPOOL_MEMORY: Final = 32 * 2**20
"""Inflated bytes that are kept in memory for the second reading; more of them go into a temporary file."""

SPOOL_FILE: Final = 16 * 2**30
"""Inflated bytes that are kept at all; a longer stream is inflated again."""

_CHUNK: Final = 2**18

_SHORTEST: Final = 512
"""Compressed bytes that the first step into a member takes at least."""


class GzipSource(Source):
    """The inflated bytes of a gzip stream.

    With ``keep`` they are remembered while they go by, in memory or in an unnamed temporary file, so that reading again
    after ``rewind`` inflates nothing. Where there is no room for them, the stream is inflated again.
    """

    packing = "gzip"
    endings = (".gz", ".gzip")
    seekable = False

    def __init__(self, raw: Source, keep: bool = False) -> None:
        self.name = raw.name
        self.stored = raw.stored
        self._raw = raw
        self._limit = max(INFLATE_FREE, INFLATE_RATIO * raw.stored)
        self._spool = _Spool() if keep else None
        self._kept: _Spool | None = None
        self._start_over()

    def _start_over(self) -> None:
        self._raw.rewind()
        self.fault = ""
        self.trailing = 0
        self.inflated = 0
        self._fed = 0
        self._members = 1
        self._pending = memoryview(b"")
        self._at = 0
        self._began = 0
        self._step = _CHUNK
        self._buffer = bytearray()
        self._start = 0
        self._ended = False
        self._member = zlib.decompressobj(wbits=31)
        self._entered = False

    def read(self, offset: int, length: int) -> bytes:
        if self._kept is not None:
            return self._kept.read(offset, length)
        start = self._reach(offset, length)
        if start < 0:
            return b""
        with memoryview(self._buffer) as view:
            return bytes(view[start : start + length])

    def read_into(self, offset: int, buffer: memoryview) -> int:
        if self._kept is not None:
            return self._kept.read_into(offset, buffer)
        start = self._reach(offset, len(buffer))
        if start < 0:
            return 0
        with memoryview(self._buffer) as view:
            piece = view[start : start + len(buffer)]
            buffer[: len(piece)] = piece
            return len(piece)

    def size(self) -> int:
        while not self._ended:
            self._start += len(self._buffer)
            self._buffer.clear()
            self._inflate(_CHUNK)
        return self.inflated

    def rewind(self) -> None:
        if self._spool is not None:
            self.size()
        if self._spool is not None:
            self._kept = self._spool
        else:
            self._start_over()

    def changed(self) -> str:
        return self._raw.changed()

    def traffic(self) -> Traffic | None:
        return self._raw.traffic()

    def entity(self) -> str:
        return self._raw.entity()

    def close(self) -> None:
        if self._spool is not None:
            self._spool.close()
        self._raw.close()

    def _reach(self, offset: int, length: int) -> int:
        """Inflate up to the end of a stretch; return where it begins in the buffer, -1 where it lies behind."""
        while self._start + len(self._buffer) < offset + length and not self._ended:
            if offset > self._start:
                dropped = min(offset - self._start, len(self._buffer))
                del self._buffer[:dropped]
                self._start += dropped
            self._inflate(max(length, _CHUNK))
        return offset - self._start

    def _inflate(self, length: int) -> None:
        """Add up to ``length`` inflated bytes to the buffer, or end the stream."""
        if self._member.eof:
            self._next_member()
            return
        if not self._fill(1):
            self._end("truncated")
            return
        piece = self._pending[self._at : self._at + self._step]
        # What comes before an error is not returned with it: the state from which it comes again is kept for that.
        before = self._member.copy() if self._entered else None
        self._entered = True
        try:
            out = self._member.decompress(piece, length)
        except zlib.error as error:
            sound = _sound(before or zlib.decompressobj(wbits=31), bytes(piece), length)
            if str(error).endswith(SUMS):
                # A byte is wrong and nobody knows which: what it made of a header would be reported besides.
                self.inflated += len(sound)
            else:
                self._take(sound)
            self._end(f"corrupt: {error}")
            return
        self._at += len(piece) - len(self._member.unused_data if self._member.eof else self._member.unconsumed_tail)
        self._step = min(4 * self._step, _CHUNK)
        self._take(out)
        if self.inflated > self._limit:
            self._end("bomb")

    def _take(self, out: bytes) -> None:
        """Add inflated bytes to the buffer, and to what is kept while there is room."""
        self.inflated += len(out)
        self._buffer += out
        if self._spool is not None and not self._spool.add(out):
            self._spool.close()
            self._spool = None

    def _fill(self, wanted: int) -> int:
        """Have compressed bytes ready, ``wanted`` of them if the stream goes on that long; return how many there are."""
        while len(self._pending) - self._at < wanted:
            more = self._raw.read(self._fed, _CHUNK)
            if not more:
                break
            self._fed += len(more)
            self._pending = memoryview(bytes(self._pending[self._at :]) + more)
            self._at = 0
        return len(self._pending) - self._at

    def _next_member(self) -> None:
        self._fill(len(GZIP_MAGIC))
        if bytes(self._pending[self._at : self._at + len(GZIP_MAGIC)]) != GZIP_MAGIC:
            self.trailing = self._count_trailing()
            self._end("")
        elif self._members == MAX_MEMBERS:
            self._end("members")
        else:
            self._members += 1
            # What a step takes beyond the end of a member is copied: small members are entered by small steps.
            end = self._fed - len(self._pending) + self._at
            self._step = min(max(2 * (end - self._began), _SHORTEST), _CHUNK)
            self._began = end
            self._member = zlib.decompressobj(wbits=31)
            self._entered = False

    def _count_trailing(self) -> int:
        """Count the bytes after the last member: zero bytes are padding (as gzip itself accepts), others are foreign."""
        count = 0
        while self._fill(1):
            piece = self._pending[self._at :]
            self._at = len(self._pending)
            count += len(piece)
            if bytes(piece).strip(b"\0"):
                return count + max(0, self._raw.size() - self._fed)
        return 0

    def _end(self, fault: str) -> None:
        self._ended = True
        self.fault = fault


def _sound(state: "zlib._Decompress", piece: bytes, most: int) -> bytes:
    """Return what a piece inflates to before the byte at which it is corrupt, at most ``most`` bytes and one.

    The piece is halved around that byte; what the codes in this byte give before the wrong one comes byte by byte.
    """
    out = bytearray()
    step = len(piece)
    while step:
        trial = state.copy()
        try:
            out += trial.decompress(piece[:step], most + 1 - len(out))
        except zlib.error:
            step //= 2
            continue
        state, piece = trial, piece[step:]
    while True:
        trial = state.copy()
        try:
            one = trial.decompress(piece[:1], 1)
        except zlib.error:
            return bytes(out)
        if not one:
            return bytes(out)
        out += one
        state, piece = trial, trial.unconsumed_tail


class _Spool:
    """Inflated bytes, kept for a second reading."""

    def __init__(self) -> None:
        from io import BytesIO

        self._memory: BytesIO = BytesIO()
        self._file: BinaryIO = self._memory
        self._size = 0

    def add(self, data: bytes) -> bool:
        """Keep bytes; False where there is no room for them."""
        self._size += len(data)
        if self._size > SPOOL_FILE:
            return False
        try:
            if self._file is self._memory and self._size > SPOOL_MEMORY:
                from tempfile import TemporaryFile

                # It outlives this function.
                self._file = TemporaryFile(buffering=0)  # noqa: SIM115
                _write(self._file, self._memory.getbuffer())
                self._memory.close()
            _write(self._file, data)
        except OSError:
            return False
        return True

    def read(self, offset: int, length: int) -> bytes:
        """Up to ``length`` of the bytes that were kept."""
        buffer = bytearray(max(0, min(length, self._size - offset)))
        return bytes(buffer[: self.read_into(offset, memoryview(buffer))])

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer with bytes that were kept; return how many there were."""
        self._file.seek(offset)
        done = 0
        while done < len(buffer):
            count = self._file.readinto(buffer[done:])  # type: ignore[attr-defined]
            if not count:
                break
            done += count
        return done

    def close(self) -> None:
        """Forget the bytes."""
        self._file.close()


def _write(file: BinaryIO, data: "bytes | memoryview") -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
