"""Reports of earlier runs, so that a file that did not change is not opened again.

An entry is a file of its own, named after the path, the options, the specs and the program, and holds the size, the times and
the number of the checked file. What is read from a cache is not believed: an entry must have been written by this user, be
whole, and hold a report that such a check can make. Whatever is wrong with an entry, the file is checked.
"""

import os
import sys
import time
from functools import lru_cache
from hashlib import blake2b
from stat import S_ISREG
from typing import Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.config.options import for_path
from jwstprod_check.engine.check import STDIN
from jwstprod_check.findings import FileReport
from jwstprod_check.run.packed import pack, unpack
from jwstprod_check.run.program import program_for
from jwstprod_check.storage.backends import scheme_of

LIMIT: Final = 2**30
"""Bytes on disk of all entries; the oldest make way for new ones."""

MAX_ENTRY: Final = 2**22
"""Bytes of the largest entry that is written or read."""

SHARDS: Final = 256
"""Folders of entries, by the first byte of their names. Each has its part of the limit."""

TRIM_EVERY: Final = 64
"""New entries of a shard after which its size is looked at."""

USED: Final = 86_400
"""Seconds after which an entry that is used is marked as used, so that it does not count as old."""

COARSE: Final = 2.0
FINE: Final = 0.1
"""Seconds in which a file can change without another time: where times are whole seconds (FAT has steps of two), and elsewhere
(a kernel counts in steps of up to 10 ms, Windows of 16 ms)."""

_DIGEST: Final = 16


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What of a file changes when it does: bytes, times of content and of status in ns, device, number."""

    size: int
    mtime: int
    ctime: int
    device: int
    inode: int

    def is_recent(self, now: float) -> bool:
        """Whether the file was changed so lately that one more change might leave its times as they are."""
        for stamp in (self.mtime, self.ctime):
            step = FINE if stamp % 10**9 else COARSE
            if now - stamp / 1e9 < step:
                return True
        return False


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What a file was when it was checked, and the packed report of it."""

    stamp: Stamp
    report: bytes


class Cache:
    """The memory of reports in a folder; several runs may use it at once.

    Raises ``OSError`` where the folder cannot be made. What cannot be written later is not kept, which costs time alone.
    """

    def __init__(self, folder: str, options: Options, specs: str | None) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.listdir(folder)
        self._folder = folder
        self._options = options
        self._specs = specs
        program = program_for(options, specs)
        self._digests = dict(program.specs)
        self._base = f"{program.version}\0{program.code}\0{sys.version_info[:2]}"
        self._before: dict[str, Stamp] = {}
        self._new = [0] * SHARDS
        self._writes = 0
        self._full = False

    def find(self, path: str) -> FileReport | None:
        """Return the report of a file that did not change since; else its times are noted, before it is opened."""
        if path == STDIN or scheme_of(path):
            return None
        stamp = _stamp(path)
        if stamp is None:
            return None
        report = self._read(path, stamp)
        if report is None and not stamp.is_recent(time.time()):
            self._before[path] = stamp
        return report

    def keep(self, report: FileReport) -> None:
        """Write the report of a file that did not change while it was checked, if it rests on nothing but the file."""
        before = self._before.pop(report.path, None)
        if before is None or self._full or not _lasts(report) or _stamp(report.path) != before:
            return
        packed = pack(msgspec.structs.replace(report, path=""))
        if packed is None:
            return
        key = self._key(report.path)
        content = msgspec.msgpack.encode(Entry(before, packed))
        if len(content) <= MAX_ENTRY - _DIGEST:
            self._write(key, blake2b(content, digest_size=_DIGEST, key=key).digest() + content)

    def close(self) -> None:
        """Bring the shards that have new entries down to their part of the limit."""
        for shard, count in enumerate(self._new):
            if count:
                self._trim(shard)

    def _key(self, path: str) -> bytes:
        """Return what an entry is named after."""
        options, specs, _ = msgspec.structs.astuple(for_path(path, self._options, self._specs))
        digest = self._digests[os.path.abspath(specs) if specs else ""]
        what = f"{self._base}\0{digest}\0{_options(options)}\0".encode()
        return blake2b(what + os.fsencode(os.path.abspath(path)), digest_size=32).digest()

    def _place(self, key: bytes) -> str:
        name = key.hex()
        return os.path.join(self._folder, name[:2], name[2:])

    def _read(self, path: str, stamp: Stamp) -> FileReport | None:
        key = self._key(path)
        place = self._place(key)
        raw = _content(place)
        if raw is None or blake2b(raw[_DIGEST:], digest_size=_DIGEST, key=key).digest() != raw[:_DIGEST]:
            return None
        try:
            entry = msgspec.msgpack.decode(raw[_DIGEST:], type=Entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        report = unpack(entry.report) if entry.stamp == stamp else None
        if report is None or not self._can_be(path, report):
            return None
        _mark_used(place)
        return msgspec.structs.replace(report, path=path, cached=True)

    def _can_be(self, path: str, report: FileReport) -> bool:
        """Whether a check of a file with these options can make such a report."""
        options = for_path(path, self._options, self._specs).options
        level = "data" if options.data else "structure"
        return report.level == level and report.failing is options.fail_on and _lasts(report)

    def _write(self, key: bytes, content: bytes) -> None:
        place = self._place(key)
        self._writes += 1
        beside = os.path.join(os.path.dirname(place), f"new-{os.getpid()}-{self._writes}")
        try:
            os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
            with open(beside, "xb") as stream:
                stream.write(content)
            os.replace(beside, place)
        except OSError:
            # No room, or no right: the reports are made again the next time.
            self._full = True
            _remove(beside)
            return
        self._new[key[0]] += 1
        if self._new[key[0]] % TRIM_EVERY == 0:
            self._trim(key[0])

    def _trim(self, shard: int) -> None:
        """Remove the entries of a shard that were not used for the longest time, where it is too large."""
        entries: list[tuple[float, str, int]] = []
        try:
            with os.scandir(os.path.join(self._folder, f"{shard:02x}")) as found:
                for one in found:
                    status = one.stat(follow_symlinks=False)
                    size = getattr(status, "st_blocks", 0) * 512 or status.st_size
                    entries.append((status.st_mtime, one.path, size))
        except OSError:
            # Another run removes entries as well.
            return
        total = sum(size for _, _, size in entries)
        least = total if total <= LIMIT // SHARDS else LIMIT // SHARDS * 3 // 4
        for _, path, size in sorted(entries):
            if total <= least:
                return
            _remove(path)
            total -= size


@lru_cache(maxsize=64)
def _options(options: Options) -> str:
    return msgspec.json.encode(options).decode()


def _lasts(report: FileReport) -> bool:
    """Whether the report of the same file would be the same again: nothing failed that may succeed another time."""
    return not (report.left_out or report.cached or report.not_checked) and not any(
        finding.code.startswith("TOOL") for finding in report.findings
    )


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not S_ISREG(found.st_mode):
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_dev, found.st_ino)


def _content(place: str) -> bytes | None:
    """Return the bytes of an entry, None where there is none that this user has written."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        number = os.open(place, flags)
    except OSError:
        return None
    status = os.fstat(number)
    own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    if not S_ISREG(status.st_mode) or not own or status.st_size > MAX_ENTRY:
        os.close(number)
        return None
    with open(number, "rb") as stream:
        return stream.read(MAX_ENTRY)


def _mark_used(place: str) -> None:
    try:
        if time.time() - os.stat(place).st_mtime > USED:
            os.utime(place)
    except OSError:
        # Another run has removed it.
        return


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        # Another run was first.
        return
