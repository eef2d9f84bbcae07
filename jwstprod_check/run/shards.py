"""Byte strings by key in a folder that several processes write to at once; whatever is wrong there is as if it were not.

The entries are in 256 files, by the first byte of their keys; each is added at the end of its file, which costs far less than
a file of its own. A file that grows beyond its part of the limit is written anew without its oldest entries. An entry has a
head (length, key, digest) before its content. A digest that is wrong, an end that is not whole, a file of another user, a link
or a pipe where a file should be: none of them is read.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from stat import S_ISREG
from struct import Struct
from typing import Final

LIMIT: Final = 2**29
"""Bytes of all entries."""

SHARDS: Final = 256

MAX_ENTRY: Final = 2**20
"""Bytes of the longest content."""

KEY: Final = 16
"""Bytes of a key."""

_HEAD: Final = Struct(f">I{KEY}s16s")
_ATTEMPTS: Final = 3


class Shards:
    """The entries of a folder. Raises ``OSError`` where the folder cannot be made or listed."""

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.listdir(folder)
        self._folder = folder
        self._places: dict[int, dict[bytes, int]] = {}
        self._torn: set[int] = set()
        self._writable = True

    def get(self, key: bytes) -> bytes | None:
        """Return the content of an entry, None where there is none that is whole and of this user."""
        at = self._index(key[0]).get(key)
        if at is None:
            return None
        try:
            with _opened(self._path(key[0]), os.O_RDONLY) as number:
                return _entry(number, at, key)
        except OSError:
            return None

    def put(self, key: bytes, content: bytes) -> None:
        """Add an entry; where that cannot be done, for want of room or of rights, there are no new ones."""
        if len(content) > MAX_ENTRY or not self._writable:
            return
        frame = _HEAD.pack(len(content), key, _digest(key, content)) + content
        try:
            with self._locked(key[0]) as number:
                if key[0] in self._torn:
                    self._torn.remove(key[0])
                    os.ftruncate(number, _end(_content(number)))
                at = os.fstat(number).st_size
                if os.write(number, frame) < len(frame):
                    os.ftruncate(number, at)
                    self._writable = False
                    return
                self._index(key[0])[key] = at
                if at + len(frame) > LIMIT // SHARDS:
                    self._shorten(key[0], number)
        except OSError:
            self._writable = False

    def _path(self, shard: int) -> str:
        return os.path.join(self._folder, f"{shard:02x}")

    def _index(self, shard: int) -> dict[bytes, int]:
        """Return where the entries of a file are, the last of each key; it is read once."""
        known = self._places.get(shard)
        if known is None:
            try:
                with _opened(self._path(shard), os.O_RDONLY) as number:
                    raw = _content(number)
                known = {key: at for at, key, _ in _frames(raw)}
                # What is added after an end that is not whole would not be found.
                if _end(raw) < len(raw):
                    self._torn.add(shard)
            except OSError:
                known = {}
            self._places[shard] = known
        return known

    def _shorten(self, shard: int, number: int) -> None:
        """Write a file anew with the newest of its entries, as far as they fill half of its part of the limit."""
        raw = _content(number)
        kept: dict[bytes, bytes] = {}
        total = 0
        for at, key, length in reversed(list(_frames(raw))):
            if key not in kept:
                total += length
                if total > LIMIT // SHARDS // 2:
                    break
                kept[key] = raw[at : at + length]
        path = self._path(shard)
        beside = f"{path}-{os.getpid()}"
        try:
            with open(beside, "xb") as stream:
                stream.writelines(reversed(kept.values()))
            os.replace(beside, path)
        except OSError:
            if os.path.exists(beside):
                os.unlink(beside)
            raise
        del self._places[shard]

    @contextmanager
    def _locked(self, shard: int) -> Iterator[int]:
        """Open a file to add to it, and keep others from writing it anew. Raises ``OSError``."""
        path = self._path(shard)
        for _ in range(_ATTEMPTS):
            with _opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT) as number:
                _lock(number)
                # Another process may have put a new file in its place before the lock was ours.
                if os.path.samestat(os.fstat(number), os.stat(path)):
                    yield number
                    return
        raise OSError("another process writes the file anew each time")


def _digest(key: bytes, content: bytes) -> bytes:
    return blake2b(content, digest_size=16, key=key).digest()


@contextmanager
def _opened(path: str, flags: int) -> Iterator[int]:
    """Open a file of this user. Raises ``OSError`` for anything else."""
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    number = os.open(path, flags, 0o600)
    try:
        status = os.fstat(number)
        if not S_ISREG(status.st_mode) or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
            raise OSError("not a file of this user")
        yield number
    finally:
        os.close(number)


def _lock(number: int) -> None:
    try:
        import fcntl
    except ImportError:
        # Entries that get mixed up are not whole, and not read.
        return
    fcntl.flock(number, fcntl.LOCK_EX)


def _content(number: int) -> bytes:
    """Return the bytes of a file, as far as a file of entries can be large."""
    os.lseek(number, 0, os.SEEK_SET)
    with open(number, "rb", closefd=False) as stream:
        return stream.read(LIMIT // SHARDS + MAX_ENTRY + _HEAD.size)


def _frames(raw: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Return where each entry begins, its key, and its length with its head, up to what is no entry."""
    at = 0
    while at + _HEAD.size <= len(raw):
        length, key, _ = _HEAD.unpack_from(raw, at)
        after = at + _HEAD.size + length
        if length > MAX_ENTRY or after > len(raw):
            return
        yield at, key, after - at
        at = after


def _end(raw: bytes) -> int:
    """Return where the last whole entry ends."""
    return max((at + length for at, _, length in _frames(raw)), default=0)


def _entry(number: int, at: int, key: bytes) -> bytes | None:
    """Return the content of the entry that begins at a byte, None where it is not that of a key, or not whole."""
    os.lseek(number, at, os.SEEK_SET)
    head = os.read(number, _HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, named, digest = _HEAD.unpack(head)
    content = os.read(number, length) if named == key and length <= MAX_ENTRY else b""
    return content if len(content) == length and digest == _digest(key, content) else None
