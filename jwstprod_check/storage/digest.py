"""Sums of whole files as they are stored: taken while a file is read for other reasons, each byte once."""

import zlib
from base64 import b64encode
from collections.abc import Callable
from hashlib import new
from struct import pack
from typing import Final, Protocol

from jwstprod_check.findings import Traffic
from jwstprod_check.storage.local import LocalSource
from jwstprod_check.storage.source import Source

CRC32: Final = "crc32"
"""CRC-32 (ISO 3309, zlib) as MAST's index writes it: base64 of four bytes, the highest first."""

LENGTHS: Final = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
"""Hexadecimal digits of each algorithm."""

ALGORITHMS: Final = (*LENGTHS, CRC32)

_CHUNK: Final = 2**20


class _Sum(Protocol):
    def update(self, data: bytes, /) -> None:
        """Add bytes."""
        ...


class _Crc:
    def __init__(self) -> None:
        self.value = 0

    def update(self, data: bytes) -> None:
        """Add bytes."""
        self.value = zlib.crc32(data, self.value)


class SummedSource(Source):
    """A source that sums the bytes which are read of it in order; ``digest`` reads what was passed over or left.

    The sum is that of the stored bytes, so it is below whatever inflates them.
    """

    def __init__(self, base: Source, algorithm: str) -> None:
        self.name, self.stored, self.seekable = base.name, base.stored, base.seekable
        self._base = base
        self._algorithm = algorithm
        self._sum: _Sum = _Crc() if algorithm == CRC32 else new(algorithm, usedforsecurity=False)
        self._done = 0

    def read(self, offset: int, length: int) -> bytes:
        data = self._base.read(offset, length)
        self._add(offset, data)
        return data

    def read_into(self, offset: int, buffer: memoryview) -> int:
        count = self._base.read_into(offset, buffer)
        self._add(offset, buffer[:count])
        return count

    def _add(self, offset: int, data: "bytes | memoryview") -> None:
        end = offset + len(data)
        if offset <= self._done < end:
            self._sum.update(memoryview(data)[self._done - offset :])  # type: ignore[arg-type]  # any buffer will do
            self._done = end

    def digest(self) -> str:
        """Sum of the whole file: hexadecimal digits, base64 of a CRC-32. Raises ``OSError`` where the rest cannot be read."""
        while self.read(self._done, _CHUNK):
            pass
        return _written(self._sum)

    def size(self) -> int:
        return self._base.size()

    def rewind(self) -> None:
        self._base.rewind()

    def changed(self) -> str:
        return self._base.changed()

    def traffic(self) -> Traffic | None:
        return self._base.traffic()

    def entity(self) -> str:
        return self._base.entity()

    def close(self) -> None:
        self._base.close()


def _written(total: _Sum) -> str:
    if isinstance(total, _Crc):
        return b64encode(pack(">I", total.value)).decode("ascii")
    finish: Callable[[], str] = total.hexdigest  # type: ignore[attr-defined]  # of hashlib
    return finish()


def digest_of(path: str, algorithm: str) -> str:
    """Sum of a local file. Raises ``OSError`` where it cannot be read, and where it changed meanwhile."""
    with LocalSource(path) as base:
        total = SummedSource(base, algorithm).digest()
        changed = base.changed()
    if changed:
        raise OSError(f"the file changed while it was read: {changed}")
    return total
