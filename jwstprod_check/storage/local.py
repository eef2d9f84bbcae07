"""A local file, read at positions: only the blocks that are asked for are touched."""

import os
from collections.abc import Callable
from errno import EBADF, EINVAL
from stat import S_ISREG
from typing import TYPE_CHECKING

from jwstprod_check.storage.source import Source

if TYPE_CHECKING:
    from io import FileIO
    from threading import Lock


class LocalSource(Source):
    """A regular file of this machine.

    Raises ``OSError`` for what cannot be opened, and for what is not a regular file. A file system may return fewer bytes
    than were asked for; they are read on until the file ends. Where the system cannot read at a position, a lock guards
    the one position of the file.
    """

    def __init__(self, path: str) -> None:
        self.name = path
        self._fd = os.open(path, _flags())
        self._opened = os.fstat(self._fd)
        self._ended = -1
        self._file: FileIO | None = None
        self._lock: Lock | None = None
        self.stored = self._opened.st_size
        if not S_ISREG(self._opened.st_mode):
            self.close()
            raise OSError(EINVAL, "not a regular file", path)
        self._pread: Callable[[int, int, int], bytes]
        if hasattr(os, "pread"):
            self._pread = os.pread
        else:
            self._share_position()

    def read(self, offset: int, length: int) -> bytes:
        if offset >= self.stored:
            return b""
        data = self._pread(self._fd, length, offset)
        return data if len(data) == length else self._read_on(offset, length, data)

    def _read_on(self, offset: int, length: int, data: bytes) -> bytes:
        """Read what is missing of a stretch that was not read in one go."""
        length = min(length, self.stored - offset)
        pieces = [data]
        done = len(data)
        while data and done < length:
            data = self._pread(self._fd, length - done, offset + done)
            pieces.append(data)
            done += len(data)
        if done < length:
            self._ended = offset + done
        return b"".join(pieces)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        length = max(0, min(len(buffer), self.stored - offset))
        done = 0
        while done < length:
            count = self._fill_at(offset + done, buffer[done:length])
            if not count:
                self._ended = offset + done
                break
            done += count
        return done

    def changed(self) -> str:
        before = self._opened
        if self._ended >= 0:
            return f"it had {before.st_size} bytes and ended after {self._ended} while it was read"
        try:
            now = os.stat(self.name)
        except OSError as error:
            return f"it is no longer there ({error.strerror})"
        if now.st_size != before.st_size:
            return f"it had {before.st_size} bytes and has {now.st_size} now"
        if now.st_mtime_ns != before.st_mtime_ns:
            return "it was written to while it was read"
        if now.st_ino != before.st_ino:
            return "another file took its place while it was read"
        return ""

    def close(self) -> None:
        # A source that is closed fails with EBADF; the number of its descriptor may be another file's by then.
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _share_position(self) -> None:
        from io import FileIO
        from threading import Lock

        self._file = FileIO(self._fd, closefd=False)
        self._lock = Lock()
        self._pread = self._read_shared

    def _read_shared(self, _fd: int, length: int, offset: int) -> bytes:
        buffer = bytearray(length)
        return bytes(buffer[: self._fill_at(offset, memoryview(buffer))])

    def _fill_at(self, offset: int, buffer: memoryview) -> int:
        if self._file is None or self._lock is None:
            if hasattr(os, "preadv"):
                return os.preadv(self._fd, [buffer], offset)
            data = self._pread(self._fd, len(buffer), offset)
            buffer[: len(data)] = data
            return len(data)
        if self._fd < 0:
            raise OSError(EBADF, os.strerror(EBADF), self.name)
        with self._lock:
            self._file.seek(offset)
            return self._file.readinto(buffer) or 0


def _flags() -> int:
    """Flags to open a file with, as far as the system has them.

    Windows translates line ends without O_BINARY; elsewhere a named pipe would wait for its writer without O_NONBLOCK, and
    a terminal would become that of the process without O_NOCTTY.
    """
    binary, wait, terminal = (getattr(os, name, 0) for name in ("O_BINARY", "O_NONBLOCK", "O_NOCTTY"))
    return os.O_RDONLY | binary | wait | terminal
