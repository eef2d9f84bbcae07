"""The files below a folder, in sorted order; links to folders are followed, each folder once."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from jwstprod_check.storage.found import Found, NotLookedAt, PathError, of_folder, reason_of


class Folder(NamedTuple):
    """The entries of a folder in sorted order, or why it has none."""

    path: str
    files: list[str]
    folders: list[str]
    error: Exception | None


def list_folder(path: str) -> Folder:
    """Read the entries of a folder."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(path or ".") as entries:
            for entry in entries:
                (folders if _is_folder(entry) else files).append(entry.name)
    except (OSError, ValueError) as error:
        return Folder(path, [], [], error)
    files.sort()
    folders.sort()
    return Folder(path, files, folders, None)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # It is taken for a file, which the check of it reports.
        return False


def walk_folders(path: str) -> Iterator[Folder]:
    """Return a folder and all below it, each before those in it; those with a dot are left out."""
    walked: set[tuple[int, int]] = set()
    waiting = [path]
    while waiting:
        folder = list_folder(waiting.pop())
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


def report_unlisted(folder: Folder) -> Iterator[PathError]:
    """Report a folder that could not be listed."""
    if folder.error is not None:
        yield PathError(folder.path, f"this folder cannot be listed: {reason_of(folder.error)}", named=False)


def files_below(path: str) -> Iterator[Found]:
    """Return the files below a folder, and what is passed over there."""
    for folder in walk_folders(path):
        yield from report_unlisted(folder)
        for name in folder.files:
            yield from of_folder(folder.path, name)
        for name in folder.folders:
            if name.startswith("."):
                yield NotLookedAt(os.path.join(folder.path, name), name, folder=True)
