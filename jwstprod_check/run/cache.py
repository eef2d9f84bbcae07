"""Reports of earlier runs, so that a file that did not change is not opened again.

An entry is found by the path, the options, the specs and the program, and holds the size, the times and the number of the
checked file beside its report. What is read from a cache is not believed: an entry must have been written by this user, be
whole, and hold a report that such a check can make. Whatever is wrong with an entry, the file is checked.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from hashlib import blake2b
from stat import S_ISREG
from typing import Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.config.options import for_path
from jwstprod_check.engine.check import STDIN
from jwstprod_check.findings import FileReport, Traffic
from jwstprod_check.run.packed import pack, unpack
from jwstprod_check.run.program import program_for
from jwstprod_check.run.shards import KEY, Shards
from jwstprod_check.storage.backends import is_url
from jwstprod_check.storage.urls import in_web_or_bucket, shown

AT_ONCE: Final = 32
"""Remote files whose stamps are asked for at once."""

COARSE: Final = 2.0
FINE: Final = 0.1
"""Seconds in which a file can change without another time: where times are whole seconds (FAT has steps of two), and elsewhere
(a kernel counts in steps of up to 10 ms, Windows of 16 ms)."""


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What of a file changes when it does: bytes, times of content and of status in ns, device, number.

    Of a remote file it is what the server states of it (``entity``): size and ETag, or when it was changed.
    """

    size: int
    mtime: int
    ctime: int
    device: int
    inode: int
    entity: str = ""

    def is_recent(self, now: float) -> bool:
        """Whether the file was changed so lately that one more change might leave its times as they are."""
        if self.entity:
            return False
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
        self._entries = Shards(folder)
        self._options = options
        self._specs = specs
        program = program_for(options, specs)
        self._digests = dict(program.specs)
        self._base = f"{program.version}\0{program.code}\0{sys.version_info[:2]}"
        self._before: dict[str, Stamp] = {}
        self._asked: dict[str, Future[Stamp | None]] = {}

    def ahead(self, files: Iterator[str]) -> Iterator[str]:
        """Return the files; servers are asked for the stamps of some remote ones at once, before they are looked for."""
        waiting: deque[str] = deque()
        with ExitStack() as stack:
            pool: ThreadPoolExecutor | None = None
            for path in files:
                if not in_web_or_bucket(path) and not waiting:
                    yield path
                    continue
                if pool is None:
                    pool = ThreadPoolExecutor(AT_ONCE)
                    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
                if in_web_or_bucket(path):
                    self._asked[path] = pool.submit(_remote_stamp, path)
                waiting.append(path)
                if len(waiting) > AT_ONCE:
                    yield waiting.popleft()
            yield from waiting

    def find(self, path: str) -> FileReport | None:
        """Return the report of a file that did not change since; else its stamp is noted, before it is opened."""
        if path == STDIN:
            return None
        if in_web_or_bucket(path):
            asked = self._asked.pop(path, None)
            stamp = _remote_stamp(path) if asked is None else asked.result()
            path = shown(path)
        else:
            stamp = None if is_url(path) else _stamp(path)
        if stamp is None:
            return None
        report = self._read(path, stamp)
        if report is None and not stamp.is_recent(time.time()):
            self._before[path] = stamp
        return report

    def keep(self, report: FileReport) -> None:
        """Write the report of a file that did not change while it was checked, if it rests on nothing but the file."""
        before = self._before.pop(report.path, None)
        if before is None or not _lasts(report):
            return
        now = _of_entity(report.entity) if report.entity else _stamp(report.path)
        if now != before:
            return
        packed = pack(msgspec.structs.replace(report, path=""))
        if packed is not None:
            self._entries.put(self._key(report.path), msgspec.msgpack.encode(Entry(before, packed)))

    def _key(self, path: str) -> bytes:
        """Return what an entry is found by."""
        options, specs, _ = msgspec.structs.astuple(for_path(path, self._options, self._specs))
        digest = self._digests[os.path.abspath(specs) if specs else ""]
        what = f"{self._base}\0{digest}\0{_options(options)}\0".encode("utf-8", "surrogatepass")
        place = path if is_url(path) else os.path.abspath(path)
        return blake2b(what + os.fsencode(place), digest_size=KEY).digest()

    def _read(self, path: str, stamp: Stamp) -> FileReport | None:
        raw = self._entries.get(self._key(path))
        if raw is None:
            return None
        try:
            entry = msgspec.msgpack.decode(raw, type=Entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        report = unpack(entry.report) if entry.stamp == stamp else None
        if report is None or not self._can_be(path, report):
            return None
        remote = None if report.remote is None else Traffic(1, 0)
        return msgspec.structs.replace(report, path=path, cached=True, remote=remote)

    def _can_be(self, path: str, report: FileReport) -> bool:
        """Whether a check of a file with these options can make such a report."""
        options = for_path(path, self._options, self._specs).options
        level = "data" if options.data else "structure"
        return report.level == level and report.failing is options.fail_on and _lasts(report)


@lru_cache(maxsize=64)
def _options(options: Options) -> str:
    return repr(options)


def _lasts(report: FileReport) -> bool:
    """Whether the report of the same file would be the same again: nothing failed that may succeed another time."""
    return not (report.left_out or report.cached or report.not_checked) and not any(
        finding.code.startswith("TOOL") for finding in report.findings
    )


def _remote_stamp(url: str) -> Stamp | None:
    """What a server states of a file, None where it states nothing by which a change could be seen, or does not answer."""
    from jwstprod_check.storage.fetch import RemoteObject

    try:
        entity = RemoteObject(url).head()
    except OSError:
        return None
    return _of_entity(entity) if entity else None


def _of_entity(entity: str) -> Stamp:
    return Stamp(0, 0, 0, 0, 0, entity)


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not S_ISREG(found.st_mode):
        return None
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_dev, found.st_ino)
