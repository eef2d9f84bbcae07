"""The files that a pattern matches: ``*``, ``?``, ``[...]`` within a name, ``**`` for any folders between."""

import os
import re
from collections.abc import Iterable, Iterator
from stat import S_ISDIR
from typing import Final

from jwstprod_check.storage.folders import (
    files_below,
    list_folder,
    report_hidden,
    report_lost,
    report_unlisted,
    walk_folders,
)
from jwstprod_check.storage.found import FITS_ENDINGS, Found, NotLookedAt, PathError, of_folder, reason_of

WILD: Final = frozenset("*?[")
"""Characters that make a path a pattern."""


def files_matching(pattern: str) -> Iterator[Found]:
    """Return the files that a pattern matches, folder by folder in sorted order; below a folder that it matches, all."""
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
            yield from files_below(path)
            return
        for folder in walk_folders(path):
            yield from report_unlisted(folder)
            yield from report_lost(folder)
            yield from report_hidden(folder)
            if folder.error is None:
                yield from _matches(folder.path, rest)
    elif WILD & set(part):
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
        yield PathError(path, reason_of(error))
        return
    if rest:
        yield from _matches(path, rest) if folder else ()
    elif folder:
        yield from files_below(path)
    else:
        yield path


def _wild(path: str, part: str, rest: list[str]) -> Iterator[Found]:
    from fnmatch import translate

    folder = list_folder(path)
    if not isinstance(folder.error, FileNotFoundError | NotADirectoryError):
        yield from report_unlisted(folder)
    match = re.compile(translate(os.path.normcase(part))).match
    dotted = part.startswith(".")

    def matched(names: Iterable[str], hidden: bool = False) -> Iterator[str]:
        return (n for n in names if (not dotted and n.startswith(".")) is hidden and match(os.path.normcase(n)))

    # A wildcard stands for no dot at the start of a name; what it would match without that is said.
    for name in matched(folder.folders, hidden=True):
        yield NotLookedAt(os.path.join(path, name), name, folder=True)
    for name in () if rest else matched(folder.files, hidden=True):
        if name.lower().endswith(FITS_ENDINGS):
            yield NotLookedAt(os.path.join(path, name), "hidden .fits")
    for name in matched(folder.lost):
        yield PathError(os.path.join(path, name), folder.lost[name], named=False)
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
            yield from files_below(os.path.join(path, name))
