"""Which files were returned before: exactly for a few, in 16 bytes each for many."""

import os
from typing import Final

from jwstprod_check.storage.backends import is_url

_EXACT: Final = 1000
"""Files that are remembered as they are; more of them are remembered as digests."""


class Seen:
    """The files that were returned, by folder and name, whatever the path that led there.

    Beyond the first thousand, each is remembered as a digest of 16 bytes in one table that is at most three quarters full.
    """

    def __init__(self) -> None:
        self._exact: set[tuple[int | str, int, str]] | None = set()
        self._folder: tuple[str, tuple[int | str, int]] | None = None
        self._table = bytearray()
        self._count = 0

    def is_new(self, path: str) -> bool:
        """Whether a file was not seen before; it is now."""
        key = self._key(path)
        if self._exact is not None:
            new = key not in self._exact
            self._exact.add(key)
            if len(self._exact) > _EXACT:
                exact, self._exact = self._exact, None
                for one in exact:
                    self._put(_digest(one))
            return new
        return self._put(_digest(key))

    def _key(self, path: str) -> tuple[int | str, int, str]:
        if is_url(path):
            return (path, 0, "")
        folder, name = os.path.split(path)
        if self._folder is None or self._folder[0] != folder:
            try:
                status = os.stat(folder or ".")
                place: tuple[int | str, int] = (status.st_dev, status.st_ino)
            except (OSError, ValueError):
                place = (os.path.abspath(folder), 0)
            if not place[1]:
                place = (os.path.realpath(folder), 0)
            self._folder = (folder, place)
        return (*self._folder[1], os.path.normcase(name))

    def _put(self, digest: bytes) -> bool:
        if 4 * self._count >= 3 * (len(self._table) // 16):
            self._grow()
        at = self._slot(digest)
        if self._table[at : at + 16] == digest:
            return False
        self._table[at : at + 16] = digest
        self._count += 1
        return True

    def _slot(self, digest: bytes) -> int:
        """Where a digest is in the table, or is to be."""
        slots = len(self._table) // 16
        at = int.from_bytes(digest[:8], "little") % slots
        while self._table[16 * at : 16 * at + 16] not in (digest, bytes(16)):
            at = (at + 1) % slots
        return 16 * at

    def _grow(self) -> None:
        old, self._table = self._table, bytearray(max(16 * 4096, 2 * len(self._table)))
        for at in range(0, len(old), 16):
            digest = bytes(old[at : at + 16])
            if digest != bytes(16):
                new = self._slot(digest)
                self._table[new : new + 16] = digest


def _digest(key: tuple[int | str, int, str]) -> bytes:
    from hashlib import blake2b

    return blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=16).digest()
