"""Paths, folders, patterns and lists -> the files that they name, streaming, in sorted order.

A folder gives the FITS files below it, a pattern what it matches. What cannot be turned into files is a ``PathError``,
what was passed over and might be a product a ``NotLookedAt``: nothing is passed over in silence.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from stat import S_ISDIR
from typing import BinaryIO, Final, NamedTuple

import msgspec

from jwstprod_check.storage.backends import ELSEWHERE, local_path, scheme_of
from jwstprod_check.storage.urls import WEB, in_web_or_bucket, shown

FITS_ENDINGS: Final = (".fits", ".fits.gz", ".fits.fz", ".fit", ".fts")
"""Endings, in any case, of the files that are taken from a folder."""

OTHER_ENDINGS: Final = (
    ".7z", ".asdf", ".bz2", ".ecsv", ".fz", ".gz", ".gzip", ".json", ".lz4", ".part", ".rar", ".tar", ".tgz", ".xz", ".z",
    ".zip", ".zst",
)  # fmt: skip
"""Endings of files that may hold products, or belong to them, and are not looked into."""

ASSOCIATION: Final = "_asn.json"
"""Ending of the names of association files, which belong to a delivery and are no FITS files."""

MAX_LIST_ENTRY: Final = 2**20
"""Bytes of the longest path in a list; what is longer is no list of paths."""

_FITS_AND_MORE: Final = r"\.(fits|fit|fts)[^a-z]"
"""In a name in lower case: what may have been, or may become, a FITS file."""

_WILD: Final = frozenset("*?[")

_EXACT: Final = 1000
"""Files that are remembered as they are; more of them are remembered as digests."""


class PathError(msgspec.Struct, frozen=True):
    """A path that could not be turned into files; ``named`` says that the user named it, not a folder above it."""

    path: str
    reason: str
    named: bool = True


class NotLookedAt(msgspec.Struct, frozen=True):
    """A file or folder that was found and passed over; ``what`` is the ending of a file, the name of a folder.

    It is '' for a file that is no product by its name, which nobody expects to be looked at.
    """

    path: str
    what: str
    folder: bool = False


Found = str | PathError | NotLookedAt


def expand(paths: Iterable[str]) -> Iterator[Found]:
    """Files that paths name: a file itself, the FITS files below a folder, what a pattern matches, in sorted order.

    Links to folders are followed, each folder once. A file that several of the paths name is returned once.
    """
    paths = iter(paths)
    first = list(islice(paths, 2))
    # One file or folder names no file twice, so nothing is remembered; a pattern can match a folder and a link to it.
    seen = _Seen() if len(first) > 1 or any(_WILD & set(path) for path in first) else None
    for path in chain(first, paths):
        for found in _expanded(path):
            if seen is None or not isinstance(found, str) or seen.is_new(found):
                yield found


def only_files(
    paths: Iterable[Found],
    trouble: Callable[[PathError], None],
    passed_over: Callable[[NotLookedAt], None] | None = None,
    every: bool = False,
) -> Iterator[str]:
    """Return the files among expanded paths; each trouble, and what was passed over, is handed on.

    With ``every`` the files of a folder that were passed over are returned too.
    """
    for path in paths:
        if isinstance(path, PathError):
            trouble(path)
        elif isinstance(path, str):
            yield path
        elif every and not path.folder:
            yield path.path
        elif passed_over is not None and path.what:
            passed_over(path)


def read_list(stream: BinaryIO) -> Iterator[str]:
    """Return the paths of a list: one a line, or separated by NUL where its first 64 KiB contain one.

    Raises ``OSError`` where the stream is no list of paths.
    """
    piece = stream.read(2**16).removeprefix(b"\xef\xbb\xbf")
    nul = b"\0" in piece
    rest = b""
    while piece:
        *whole, rest = (rest + piece).split(b"\0" if nul else b"\n")
        yield from _entries(whole, nul)
        if len(rest) > MAX_LIST_ENTRY:
            raise OSError(f"no list of paths: an entry of more than {MAX_LIST_ENTRY} bytes")
        piece = stream.read(2**16)
    yield from _entries([rest], nul)


def _entries(raw: Iterable[bytes], nul: bool) -> Iterator[str]:
    for entry in raw:
        path = entry if nul else entry.rstrip(b"\r")
        if path:
            yield os.fsdecode(path)


def _expanded(path: str) -> Iterator[Found]:
    if path == "-":
        yield path
        return
    scheme = scheme_of(path)
    if scheme == "file":
        try:
            path = local_path(path)
        except OSError:
            yield PathError(path, ELSEWHERE)
            return
    elif scheme:
        yield from _remote(path)
        return
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        yield from _unstated(path, error)
    else:
        if S_ISDIR(status.st_mode):
            yield from _nonempty(path, _below(path), "no FITS file in this folder")
        else:
            yield path


def is_one_file(path: str) -> bool:
    """Whether a path or URL names one file, as far as it is known without asking a server."""
    if not in_web_or_bucket(path):
        return os.path.isfile(path)
    if path.partition("://")[0].lower() in WEB:
        return True
    return path.lower().endswith(FITS_ENDINGS) and not _WILD & set(path)


def _remote(url: str) -> Iterator[Found]:
    """Return what a URL names; a listing that breaks off is reported after what it gave."""
    from jwstprod_check.storage.listing import UNUSABLE, entries

    try:
        for entry in entries(url, FITS_ENDINGS):
            if entry.asked_for:
                yield entry.url
            elif entry.folder:
                yield NotLookedAt(entry.url, entry.name, folder=True)
            else:
                yield from _by_name(entry.url, entry.name)
    except OSError as error:
        yield PathError(shown(url), _reason(error), named=error.errno in UNUSABLE)


def _unstated(path: str, error: Exception) -> Iterator[Found]:
    """Return what a path names that is neither file nor folder."""
    if isinstance(error, FileNotFoundError) and os.path.lexists(path):
        yield PathError(path, "a link to nothing")
    elif _WILD & set(path):
        yield from _nonempty(path, _matching(path), "no file matches this pattern")
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        yield PathError(path, "no such file or folder")
    else:
        yield PathError(path, _reason(error))


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _nonempty(path: str, found: Iterable[Found], reason: str) -> Iterator[Found]:
    empty = True
    for one in found:
        empty = empty and isinstance(one, NotLookedAt) and not one.path.lower().endswith(ASSOCIATION)
        yield one
    if empty:
        yield PathError(path, reason)


class _Folder(NamedTuple):
    """The entries of a folder in sorted order, or why it has none."""

    path: str
    files: list[str]
    folders: list[str]
    error: Exception | None


def _list(path: str) -> _Folder:
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(path or ".") as entries:
            for entry in entries:
                (folders if _is_folder(entry) else files).append(entry.name)
    except (OSError, ValueError) as error:
        return _Folder(path, [], [], error)
    files.sort()
    folders.sort()
    return _Folder(path, files, folders, None)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # It is taken for a file, which the check of it reports.
        return False


def _folders(path: str) -> Iterator[_Folder]:
    """Return a folder and all below it, each before those in it; those with a dot are left out."""
    walked: set[tuple[int, int]] = set()
    waiting = [path]
    while waiting:
        folder = _list(waiting.pop())
        if folder.error is None:
            try:
                status = os.stat(folder.path or ".")
            except OSError as error:
                folder = folder._replace(files=[], folders=[], error=error)
            else:
                key = (status.st_dev, status.st_ino)
                # A system without numbers of files has no links to folders either.
                if status.st_ino and key in walked:
                    continue
                walked.add(key)
        yield folder
        waiting += [os.path.join(folder.path, n) for n in reversed(folder.folders) if not n.startswith(".")]


def _unlisted(folder: _Folder) -> Iterator[PathError]:
    if folder.error is not None:
        yield PathError(folder.path, f"this folder cannot be listed: {_reason(folder.error)}", named=False)


def _below(path: str) -> Iterator[Found]:
    for folder in _folders(path):
        yield from _unlisted(folder)
        for name in folder.files:
            yield from of_folder(folder.path, name)
        for name in folder.folders:
            if name.startswith("."):
                yield NotLookedAt(os.path.join(folder.path, name), name, folder=True)


def of_folder(folder: str, name: str) -> Iterator[Found]:
    """Return a file of a folder as a path if it may be a product, else as passed over; nothing for a hidden one."""
    return _by_name(os.path.join(folder, name), name)


def _by_name(path: str, name: str) -> Iterator[Found]:
    """Return a file if it may be a product by its name."""
    lower = name.lower()
    if lower.endswith(FITS_ENDINGS):
        yield path
        return
    unfinished = re.search(_FITS_AND_MORE, lower)
    if unfinished is not None:
        yield NotLookedAt(path, lower[unfinished.start() :])
    elif lower.endswith(OTHER_ENDINGS):
        yield NotLookedAt(path, os.path.splitext(lower)[1])
    elif lower.startswith("jw") and "." not in lower:
        yield NotLookedAt(path, "no ending")
    elif not lower.startswith("."):
        yield NotLookedAt(path, "")


def _matching(pattern: str) -> Iterator[Found]:
    drive, tail = os.path.splitdrive(pattern)
    separators = os.sep + (os.altsep or "")
    names = tail.lstrip(separators)
    root = drive + tail[: len(tail) - len(names)]
    parts = [part for part in re.split(f"[{re.escape(separators)}]+", names) if part]
    if names.endswith(tuple(separators)) and parts[-1] != "**":
        parts.append("**")
    return _matches(root, parts)


def _matches(path: str, parts: list[str]) -> Iterator[Found]:
    """Return what the parts of a pattern match below a folder."""
    part, *rest = parts
    if part == "**":
        if not rest:
            yield from _below(path)
            return
        for folder in _folders(path):
            yield from _unlisted(folder)
            if folder.error is None:
                yield from _matches(folder.path, rest)
    elif _WILD & set(part):
        yield from _wild(path, part, rest)
    else:
        yield from _literal(os.path.join(path, part), rest)


def _literal(path: str, rest: list[str]) -> Iterator[Found]:
    try:
        folder = S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        folder = False
        if rest or not os.path.lexists(path):
            return
    except (OSError, ValueError) as error:
        yield PathError(path, _reason(error))
        return
    if rest:
        yield from _matches(path, rest) if folder else ()
    elif folder:
        yield from _below(path)
    else:
        yield path


def _wild(path: str, part: str, rest: list[str]) -> Iterator[Found]:
    from fnmatch import translate

    folder = _list(path)
    if not isinstance(folder.error, FileNotFoundError | NotADirectoryError):
        yield from _unlisted(folder)
    match = re.compile(translate(os.path.normcase(part))).match
    hidden = part.startswith(".")

    def matched(names: list[str]) -> Iterator[str]:
        return (n for n in names if (hidden or not n.startswith(".")) and match(os.path.normcase(n)))

    for name in () if rest else matched(folder.files):
        # A pattern with an open end does not say which endings it means: those of a folder.
        if part.endswith("*"):
            yield from of_folder(path, name)
        else:
            yield os.path.join(path, name)
    for name in matched(folder.folders):
        if rest:
            yield from _matches(os.path.join(path, name), rest)
        else:
            yield from _below(os.path.join(path, name))


class _Seen:
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
        if in_web_or_bucket(path):
            return (path, 0, "")
        folder, name = os.path.split(path)
        if self._folder is None or self._folder[0] != folder:
            try:
                status = os.stat(folder or ".")
                place: tuple[int | str, int] = (status.st_dev, status.st_ino)
            except OSError:
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
