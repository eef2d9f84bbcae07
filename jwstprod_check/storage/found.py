"""What paths turn into, and which files are products by their names."""

import os
import re
from collections.abc import Iterator
from typing import Final

import msgspec

FITS_ENDINGS: Final = (".fits", ".fits.gz", ".fits.fz", ".fit", ".fts")
"""Endings, in any case, of the files that are taken from a folder."""

OTHER_ENDINGS: Final = (
    ".7z", ".asdf", ".bz2", ".ecsv", ".fz", ".gz", ".gzip", ".json", ".lz4", ".part", ".rar", ".tar", ".tgz", ".xz", ".z",
    ".zip", ".zst",
)  # fmt: skip
"""Endings of files that may hold products, or belong to them, and are not looked into."""

ASSOCIATION: Final = "_asn.json"
"""Ending of the names of association files, which belong to a delivery and are no FITS files."""

_FITS_AND_MORE: Final = r"\.(fits|fit|fts)[^a-z]"
"""In a name in lower case: what may have been, or may become, a FITS file."""


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


def of_folder(folder: str, name: str) -> Iterator[Found]:
    """Return a file of a folder as a path if it may be a product, else as passed over; nothing for a hidden one."""
    return by_name(os.path.join(folder, name), name)


def by_name(path: str, name: str) -> Iterator[Found]:
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


def reason_of(error: Exception) -> str:
    """Return why the system refused a file or folder, in its own words."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
