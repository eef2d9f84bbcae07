"""Paths, folders and patterns -> the files that they name, streaming, in sorted order."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

FITS_ENDINGS: Final = (".fits", ".fits.gz", ".fits.fz", ".fit", ".fts")
"""Endings, in any case, of the files that are taken from a folder."""

_GLOB = frozenset("*?[")


class PathError(msgspec.Struct, frozen=True):
    """A path that could not be turned into files."""

    path: str
    reason: str


def expand(paths: Iterable[str]) -> Iterator[str | PathError]:
    """Files that paths name: a file itself, the FITS files below a folder, what a pattern matches, in sorted order."""
    for path in paths:
        if "://" in path:
            yield PathError(path, "remote files cannot be read; fetch the file first")
        elif os.path.isdir(path):
            yield from _nonempty(path, _below(path), "no FITS file in this folder")
        elif os.path.lexists(path):
            yield path if os.path.exists(path) else PathError(path, "a link to nothing")
        elif _GLOB & set(path):
            yield from _nonempty(path, _matching(path), "no file matches this pattern")
        else:
            yield PathError(path, "no such file or folder")


def _nonempty(path: str, found: Iterable[str], reason: str) -> Iterator[str | PathError]:
    empty = True
    for one in found:
        empty = False
        yield one
    if empty:
        yield PathError(path, reason)


def _below(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(FITS_ENDINGS):
                yield os.path.join(root, name)


def _matching(pattern: str) -> Iterator[str]:
    from glob import iglob

    for path in sorted(iglob(pattern, recursive=True)):
        if os.path.isdir(path):
            yield from _below(path)
        else:
            yield path


def only_files(paths: Iterable[str | PathError], trouble: Callable[[PathError], None]) -> Iterator[str]:
    """Return the files among expanded paths; each trouble is handed on."""
    for path in paths:
        if isinstance(path, PathError):
            trouble(path)
        else:
            yield path
