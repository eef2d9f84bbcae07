"""The record of a run, by which one that ended early goes on: what was asked for, then each report as it was made.

It is a file beside the report, ``OUT.ndjson.resume``, and is removed when the report is whole. The reports are kept as rules
made them, before ignores and a baseline are applied, so that all that comes after them (rules across files, baselines,
every format) is as in a run that did not. A record that is not whole at its end is dropped there.

Layout: ``MAGIC``, then frames of a length and a CRC-32 (4 bytes each, the first byte first) and their content: first
``Asked`` in msgpack, then a packed report each.
"""

import os
from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO, Final
from zlib import crc32

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.engine.check import STDIN
from jwstprod_check.findings import FileReport
from jwstprod_check.run.packed import pack, path_of, unpack
from jwstprod_check.run.program import Program, difference
from jwstprod_check.storage.urls import shown
from jwstprod_check.text import printable

MAGIC: Final = b"jwstprod-run/1\n"
ENDING: Final = ".resume"

MAX_FRAME: Final = 2**28
"""Bytes of the longest frame."""

_HEAD: Final = Struct(">II")

_SHOWN: Final = {
    "by_path": "options of some paths (config)",
    "known": "ignores (config)",
    "severity": "severities (config)",
}


_DRAWN: Final = {"table": "tables of files, which rich and html show", "thumbnails": "pictures, which html shows"}
"""Options that ask for what some formats draw, and for what; they change nothing that is found."""


class JournalError(Exception):
    """A run that cannot go on from a record, or a record that cannot be written."""


class Asked(msgspec.Struct, frozen=True):
    """What a run was asked for, and what it was made with."""

    program: Program
    options: Options

    def difference(self, before: "Asked") -> str:
        """Return how it differs from what was asked for before, '' where reports of both may be mixed."""
        found = difference(self.program, before.program)
        if found:
            return f"the earlier run had {found}"
        now, then = msgspec.to_builtins(self.options), msgspec.to_builtins(before.options)
        for name, value in now.items():
            if value != then[name] and name not in _DRAWN:
                shown = _SHOWN.get(name) or f"{name.replace('_', '-')} (was {_plain(then[name])}, is {_plain(value)})"
                return f"other options than the earlier run: {shown}"
        lacking = next((what for name, what in _DRAWN.items() if now[name] and not then[name]), "")
        if lacking:
            return f"the earlier run kept no {lacking}: use the formats of the earlier run"
        return ""


class Journal:
    """The record of one run, which is also the memory of the run that goes on with it.

    ``known`` counts the reports that it began with. ``asked`` is what the reports are made for, with their tables if the earlier
    run kept them.
    """

    def __init__(self, path: str, asked: Asked, *, resume: bool) -> None:
        """Begin a record, or go on with one. Raises ``JournalError``, and ``UnicodeEncodeError`` where an option is no text."""
        self.path = path
        self.known = 0
        self.asked = asked
        content = msgspec.msgpack.encode(asked)
        try:
            self._stream = _open(path, resume)
        except OSError as error:
            raise JournalError(f"{printable(path)}: {error.strerror or error}") from None
        try:
            self._at = self._end = self._begin(asked, content, resume)
            self._index: dict[str, int] | None = None
            if resume:
                self._end = self._whole()
            self._stream.truncate(self._end)
        except OSError as error:
            self._stream.close()
            raise JournalError(f"{printable(path)}: {error.strerror or error}") from None
        except BaseException:
            self._stream.close()
            raise
        self._written = self._end

    def ahead(self, files: Iterator[str]) -> Iterator[str]:
        """Return the files as they are."""
        return files

    def find(self, path: str) -> FileReport | None:
        """Return the report of a file; files come in the order of the earlier run unless what it checked has changed."""
        # A file that comes on stdin is another one in each run.
        path = shown(path)
        if path == STDIN:
            return None
        if self._index is None:
            if self._at >= self._end:
                return None
            packed, after = self._frame(self._at)
            if path_of(packed) == path:
                self._at = after
                return unpack(packed)
            self._index = self._rest()
        at = self._index.pop(path, None)
        return None if at is None else unpack(self._frame(at)[0])

    def keep(self, report: FileReport) -> None:
        """Add a report; one that cannot be kept is made again by a run that goes on."""
        packed = None if report.path == STDIN else pack(report)
        if packed is not None:
            self._write(packed)

    def close(self, *, whole: bool) -> None:
        """End the record; of a run that came to its end, or had no report, nothing is left."""
        if whole or not (self.known or self._written > self._end):
            os.unlink(self.path)
        self._stream.close()

    def _begin(self, asked: Asked, content: bytes, resume: bool) -> int:
        """Write or read what was asked for; return where the reports begin."""
        start = self._stream.read(len(MAGIC))
        if start and start != MAGIC:
            raise JournalError(f"{printable(self.path)} is no record of a run")
        if not resume:
            self._stream.seek(0)
            self._stream.truncate(0)
            self._stream.write(MAGIC + _HEAD.pack(len(content), crc32(content)) + content)
            return self._stream.tell()
        frame = self._frame(len(MAGIC)) if start else (b"", 0)
        try:
            before = msgspec.msgpack.decode(frame[0], type=Asked)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise JournalError(
                f"{printable(self.path)} does not state what the earlier run was asked for, or was written by another version"
            ) from None
        differs = asked.difference(before)
        if differs:
            raise JournalError(differs)
        self.asked = before
        return frame[1]

    def _frame(self, at: int) -> tuple[bytes, int]:
        """Return the content of a frame and where the next one begins; no content where it is not whole."""
        self._stream.seek(at)
        head = self._stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return b"", at
        length, checksum = _HEAD.unpack(head)
        content = self._stream.read(length) if length <= MAX_FRAME else b""
        if not length or len(content) < length or crc32(content) != checksum:
            return b"", at
        return content, at + _HEAD.size + length

    def _whole(self) -> int:
        """Return where the last whole frame ends, and count the reports."""
        at = self._at
        while True:
            content, after = self._frame(at)
            if not content:
                return at
            self.known += 1
            at = after

    def _rest(self) -> dict[str, int]:
        """Return where the reports are that were not asked for yet, by path: the files are not those of the earlier run."""
        found: dict[str, int] = {}
        at = self._at
        while at < self._end:
            packed, after = self._frame(at)
            path = path_of(packed)
            if path is not None:
                found[path] = at
            at = after
        return found

    def _write(self, content: bytes) -> None:
        self._stream.seek(self._written)
        self._stream.write(_HEAD.pack(len(content), crc32(content)) + content)
        # What is not in the hands of the system is lost with the process.
        self._stream.flush()
        self._written += _HEAD.size + len(content)


def _open(path: str, resume: bool) -> BinaryIO:
    """Open a record and keep other runs from it. Raises ``OSError``, ``JournalError`` where another run has it."""
    from stat import S_ISREG

    if os.path.lexists(path) and not S_ISREG(os.lstat(path).st_mode):
        raise JournalError(f"{printable(path)} is no record of a run")
    flags = os.O_RDWR | (0 if resume else os.O_CREAT) | getattr(os, "O_BINARY", 0)
    stream = open(os.open(path, flags, 0o666), "r+b")  # noqa: SIM115 - closed by close
    try:
        import fcntl
    except ImportError:
        return stream
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise JournalError(f"another run is writing to {printable(path.removesuffix(ENDING))}") from None
    except OSError:
        # A file system without locks: then nothing keeps two runs apart but the one who starts them.
        return stream
    return stream


def _plain(value: object) -> str:
    return printable(msgspec.json.encode(value).decode())
