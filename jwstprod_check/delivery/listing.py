"""A delivery beside its manifest: what is there of the files that it lists, and what it does not list."""

import os
from collections.abc import Callable, Iterable, Iterator
from stat import S_ISLNK, S_ISREG
from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.findings import FileReport

if TYPE_CHECKING:
    from jwstprod_check.delivery.manifest import Listed, Manifest

PAYLOAD: Final = "data"
"""Folder of a bag whose files its manifest lists (RFC 8493, section 2.1.2)."""


class Present(msgspec.Struct, frozen=True):
    """A file that is there: its size in bytes, its sum ('' without one), its product; ``trouble`` is why it cannot be read."""

    size: int
    digest: str = ""
    product: str | None = None
    link: bool = False
    trouble: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """A manifest and what is there. ``there`` has the listed files by the path of the manifest, ``unlisted`` the others.

    ``closed`` are the folders that cannot be listed, each with the reason.
    """

    manifest: "Manifest"
    base: str
    there: dict[str, Present]
    unlisted: tuple[str, ...]
    closed: tuple[tuple[str, str], ...] = ()

    def place(self, path: str) -> str:
        """How a file is named in a report."""
        return os.path.join(self.base, path) if self.base != os.curdir else path

    def inside(self) -> "Iterator[Listed]":
        """Entries that name a file of the delivery, each path once."""
        seen = set()
        for entry in self.manifest.entries:
            if entry.path not in seen and not leaves(entry.path):
                seen.add(entry.path)
                yield entry


def leaves(path: str) -> bool:
    """Whether a path names something outside of the folder that it counts from."""
    return os.path.isabs(path) or path.startswith(("/", "\\")) or os.path.normpath(path).split(os.sep)[0] == os.pardir


class Listing:
    """The files of a run compared with a manifest: sums and products come with the reports, the rest is looked up at the end."""

    def __init__(self, manifest: "Manifest", folders: Iterable[str], outputs: Iterable[str]) -> None:
        self.manifest = manifest
        self.base = base_of(manifest, tuple(folders))
        self._root = os.path.abspath(self.base)
        self._wanted = {entry.path for entry in manifest.entries}
        self._read: dict[str, Present] = {}
        self._itself = os.path.realpath(manifest.file)
        self._own = {self._itself, *map(os.path.realpath, outputs)}

    def add(self, report: FileReport) -> None:
        """Take the sum and the product of a file that was checked."""
        path = os.path.relpath(os.path.abspath(report.path), self._root).replace(os.sep, "/")
        if path in self._wanted and report.digest:
            self._read[path] = Present(report.size, report.digest, report.product)

    def finish(self) -> Comparison:
        """Look for what the manifest lists, and for what it does not list; sum what was not checked."""
        there = {
            entry.path: found
            for entry in self.manifest.entries
            if not leaves(entry.path) and (found := self._present(entry)) is not None
        }
        closed: list[tuple[str, str]] = []
        unlisted = tuple(self._unlisted(closed))
        return Comparison(self.manifest, self.base, there, unlisted, tuple(closed))

    def _present(self, entry: "Listed") -> Present | None:
        from jwstprod_check.storage.digest import digest_of

        path = os.path.join(self._root, *entry.path.split("/"))
        try:
            status = os.lstat(path)
            link = S_ISLNK(status.st_mode)
            if link:
                status = os.stat(path)
        except (OSError, ValueError):
            return None
        if not S_ISREG(status.st_mode):
            return None
        known = self._read.get(entry.path)
        if known is not None:
            return msgspec.structs.replace(known, link=link)
        # A list that was written into its own folder lists itself, as it was before it was whole.
        if not entry.digest or os.path.realpath(path) == self._itself:
            return Present(status.st_size, entry.digest, link=link)
        try:
            return Present(status.st_size, digest_of(path, self.manifest.algorithm), link=link)
        except OSError as error:
            return Present(status.st_size, link=link, trouble=error.strerror or str(error))

    def _unlisted(self, closed: list[tuple[str, str]]) -> Iterator[str]:
        top = os.path.join(self._root, PAYLOAD) if self.manifest.kind == "bagit" else self._root
        for path in files_below(top, lambda folder, error: closed.append((folder, error.strerror or str(error)))):
            name = os.path.relpath(path, self._root).replace(os.sep, "/")
            if name not in self._wanted and os.path.realpath(path) not in self._own:
                yield name


def base_of(manifest: "Manifest", folders: tuple[str, ...]) -> str:
    """Return the folder that the paths of a manifest count from.

    Of a bag it is the manifest's own; else the one folder that is checked, or, where the first files of the manifest are not in
    it, the manifest's own or the current one, if they are there.
    """
    own = os.path.dirname(manifest.file) or os.curdir
    if manifest.kind == "bagit":
        return own
    checked = folders[0] if len(folders) == 1 and os.path.isdir(folders[0]) else own
    first = [entry.path for entry in manifest.entries[:100] if not leaves(entry.path)]
    choices = (checked, own, os.curdir)
    return next((one for one in choices if any(os.path.lexists(os.path.join(one, p)) for p in first)), checked)


def plain_files(folder: str, leave_out: Iterable[str] = (), within: str = "") -> Iterator[tuple[str, str]]:
    """Files below a folder, sorted, each with its path from there; links are left out, as the tools of deliveries do.

    With ``within`` those of a folder in it alone. Raises ``OSError`` for a folder that cannot be listed.
    """
    own = {os.path.realpath(path) for path in leave_out}
    for path in files_below(os.path.join(folder, within) if within else folder):
        if not os.path.islink(path) and os.path.isfile(path) and not (own and os.path.realpath(path) in own):
            yield path, os.path.relpath(path, folder).replace(os.sep, "/")


def files_below(folder: str, trouble: Callable[[str, OSError], None] | None = None) -> Iterator[str]:
    """Files and links below a folder, sorted; folders behind links are not entered.

    A folder that cannot be listed is handed to ``trouble``. Raises ``OSError`` without it.
    """
    waiting = [folder]
    while waiting:
        top = waiting.pop()
        folders: list[str] = []
        files: list[str] = []
        try:
            with os.scandir(top) as entries:
                for entry in entries:
                    (folders if entry.is_dir(follow_symlinks=False) else files).append(entry.path)
        except OSError as error:
            if trouble is None:
                raise
            trouble(top, error)
        yield from sorted(files)
        waiting += sorted(folders, reverse=True)
