"""Paths, folders, patterns and lists -> the files that they name, streaming, in sorted order.

A folder gives the FITS files below it, a pattern what it matches. What cannot be turned into files is a ``PathError``,
what was passed over and might be a product a ``NotLookedAt``: nothing is passed over in silence.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from errno import EBADF
from itertools import chain, islice
from stat import S_ISDIR
from typing import BinaryIO, Final

from jwstprod_check.storage.backends import BACKENDS, ELSEWHERE, local_path, scheme_of, unknown_scheme
from jwstprod_check.storage.folders import files_below
from jwstprod_check.storage.found import ASSOCIATION, FITS_ENDINGS, Found, NotLookedAt, PathError, by_name, reason_of
from jwstprod_check.storage.patterns import WILD, files_matching
from jwstprod_check.storage.seen import Seen
from jwstprod_check.storage.urls import WEB, in_web_or_bucket, shown

MAX_LIST_ENTRY: Final = 2**20
"""Bytes of the longest path in a list; what is longer is no list of paths."""


def expand(paths: Iterable[str]) -> Iterator[Found]:
    """Files that paths name: a file itself, the FITS files below a folder, what a pattern matches, in sorted order.

    Links to folders are followed, each folder once. What several of the paths name is returned once, be it a file or not.
    """
    paths = iter(paths)
    first = list(islice(paths, 2))
    # One file or folder names no file twice, so nothing is remembered; a pattern can match a folder and a link to it.
    seen = Seen() if len(first) > 1 or any(WILD & set(path) for path in first) else None
    for path in chain(first, paths):
        for found in _expanded(path):
            # What the user named is reported as often as it was named.
            named = isinstance(found, PathError) and found.named
            if seen is None or named or seen.is_new(_key(found)):
                yield found


def _key(found: Found) -> str:
    """What is found once: a file, also an association, and beside it what was passed over or not found."""
    if isinstance(found, str):
        return found
    return found.path if found.path.lower().endswith(ASSOCIATION) else f"{found.path}\0"


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


def standard_input() -> BinaryIO:
    """Return the stream of bytes that comes in; raises ``OSError`` where it is closed."""
    if sys.stdin is None:
        raise OSError(EBADF, "the standard input is closed")
    return sys.stdin.buffer


def read_list(stream: BinaryIO) -> Iterator[str]:
    """Return the paths of a list: one a line, or separated by NUL where its first 64 KiB contain one.

    Raises ``OSError`` where the stream is no list of paths.
    """
    piece = stream.read(2**16).removeprefix(b"\xef\xbb\xbf")
    nul = b"\0" in piece
    rest = b""
    blank = 0
    while piece:
        *whole, rest = (rest + piece).split(b"\0" if nul else b"\n")
        blank = 0 if rest or any(whole) else blank + len(piece)
        if blank > MAX_LIST_ENTRY:
            raise OSError(f"no list of paths: {blank} bytes without one")
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
    elif scheme not in BACKENDS:
        yield PathError(shown(path), unknown_scheme(path))
        return
    elif in_web_or_bucket(path):
        yield from _remote(path)
        return
    elif scheme:
        yield path
        return
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        yield from _unstated(path, error)
    else:
        if S_ISDIR(status.st_mode):
            yield from _nonempty(path, files_below(path), "no FITS file in this folder")
        else:
            yield path


def is_one_file(path: str) -> bool:
    """Whether a path or URL names one file, as far as it is known without asking a server."""
    if not scheme_of(path):
        return os.path.isfile(path)
    if scheme_of(path) == "file":
        with suppress(OSError):
            return os.path.isfile(local_path(path))
    if not in_web_or_bucket(path):
        return True
    if path.partition("://")[0].lower() in WEB:
        return True
    return path.lower().endswith(FITS_ENDINGS) and not WILD & set(path)


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
                yield from by_name(entry.url, entry.name)
    except OSError as error:
        yield PathError(shown(url), reason_of(error), named=error.errno in UNUSABLE)


def _unstated(path: str, error: Exception) -> Iterator[Found]:
    """Return what a path names that is neither file nor folder."""
    if isinstance(error, FileNotFoundError) and os.path.lexists(path):
        yield PathError(path, "a link to nothing")
    elif WILD & set(path):
        yield from _nonempty(path, files_matching(path), "no file matches this pattern")
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        yield PathError(path, "no such file or folder")
    else:
        yield PathError(path, reason_of(error))


def _nonempty(path: str, found: Iterable[Found], reason: str) -> Iterator[Found]:
    empty = True
    for one in found:
        empty = empty and isinstance(one, NotLookedAt) and not one.path.lower().endswith(ASSOCIATION)
        yield one
    if empty:
        yield PathError(path, reason)
