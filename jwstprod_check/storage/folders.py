"""The files below a folder, in sorted order; links to folders are followed, each folder once."""

import os
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from jwstprod_check.storage.found import Found, NotLookedAt, PathError, of_folder, reason_of

_OF_A_FILE: Final = r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z"
"""Ending of a name that nobody gives a folder."""


class Folder(NamedTuple):
    """The entries of a folder in sorted order, or why it has none.

    ``lost`` are the links that lead nowhere and may have led to folders, by their names, each with the reason.
    """

    path: str
    files: list[str]
    folders: list[str]
    lost: dict[str, str]
    error: Exception | None


def list_folder(path: str) -> Folder:
    """Read the entries of a folder."""
    files: list[str] = []
    folders: list[str] = []
    lost: dict[str, str] = {}
    try:
        with os.scandir(path or ".") as entries:
            for entry in entries:
                if _is_folder(entry):
                    folders.append(entry.name)
                elif reason := _lost_folder(entry):
                    lost[entry.name] = reason
                else:
                    files.append(entry.name)
    except (OSError, ValueError) as error:
        return Folder(path, [], [], {}, error)
    files.sort()
    folders.sort()
    return Folder(path, files, folders, dict(sorted(lost.items())), None)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # It is taken for a file, which the check of it reports.
        return False


def _lost_folder(entry: "os.DirEntry[str]") -> str:
    """Why a link that may have led to a folder leads nowhere, '' for anything else."""
    if not entry.is_symlink() or entry.name.startswith(".") or re.search(_OF_A_FILE, entry.name):
        return ""
    try:
        os.stat(entry.path)
    except FileNotFoundError:
        return "a link to nothing"
    except OSError as error:
        return f"this link cannot be followed: {reason_of(error)}"
    return ""


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
                folder = Folder(folder.path, [], [], {}, error)
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


def report_lost(folder: Folder) -> Iterator[PathError]:
    """Report the links of a folder behind which there may have been files."""
    for name, reason in folder.lost.items():
        yield PathError(os.path.join(folder.path, name), reason, named=False)


def report_hidden(folder: Folder) -> Iterator[NotLookedAt]:
    """Report the folders that are not looked into."""
    for name in folder.folders:
        if name.startswith("."):
            yield NotLookedAt(os.path.join(folder.path, name), name, folder=True)


def files_below(path: str) -> Iterator[Found]:
    """Return the files below a folder, and what is passed over there."""
    for folder in walk_folders(path):
        yield from report_unlisted(folder)
        for name in folder.files:
            yield from of_folder(folder.path, name)
        yield from report_lost(folder)
        yield from report_hidden(folder)
