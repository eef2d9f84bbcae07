"""Manifests as each tool reads them: the files of a folder, sorted, the manifest itself left out."""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO
from typing import Final

import msgspec

from jwstprod_check.delivery.listing import PAYLOAD, plain_files
from jwstprod_check.delivery.manifest import SCHEMA, Listed
from jwstprod_check.storage.digest import CRC32, digest_of
from jwstprod_check.text import inert

ALGORITHMS: Final[Mapping[str, str]] = {
    "json": "sha256",
    "mast": CRC32,
    "sha256": "sha256",
    "md5": "md5",
    "bagit": "sha256",
}
"""Forms that can be written, each with the algorithm of its sums."""


def listed_files(
    folder: str, form: str, leave_out: Iterable[str], product: Callable[[str], str | None]
) -> Iterator[Listed]:
    """Sum the files of a folder, of a bag those of its payload; links are left out, as the tools do.

    ``product`` names the product of a file, asked for where the form has room for it. Raises ``OSError`` for a file that
    cannot be read.
    """
    for number, (path, name) in enumerate(plain_files(folder, leave_out, PAYLOAD if form == "bagit" else ""), 1):
        size, kind = (os.stat(path).st_size, product(path)) if form == "json" else (None, None)
        yield Listed(name, number, digest_of(path, ALGORITHMS[form]), size, kind)


def written(files: Iterable[Listed], form: str) -> Iterator[str]:
    """Lines of a manifest, each with its line end."""
    if form == "json":
        yield from _json(files)
    elif form == "mast":
        yield from _mast(files)
    elif form == "bagit":
        yield from (f"{file.digest}  {_percent(file.path)}\n" for file in files)
    else:
        yield from map(_summed, files)


def _json(files: Iterable[Listed]) -> Iterator[str]:
    yield f'{{"schema": "{SCHEMA}", "algorithm": "{ALGORITHMS["json"]}", "files": ['
    separator = "\n"
    for file in files:
        entry = {"path": file.path, "size": file.size, "sum": file.digest, "product": file.product}
        yield separator + inert(msgspec.json.encode(entry).decode())
        separator = ",\n"
    yield "\n]}\n"


def _mast(files: Iterable[Listed]) -> Iterator[str]:
    yield "path,checksum\n"
    for file in files:
        line = StringIO()
        csv.writer(line, lineterminator="\n").writerow((file.path, file.digest))
        yield line.getvalue()


def _percent(path: str) -> str:
    """Write a name as RFC 8493, section 2.1.3, asks."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _summed(file: Listed) -> str:
    """Return a line of ``sha256sum``; one whose name has a line end or a backslash begins with a backslash."""
    path = file.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if path == file.path else chr(92)}{file.digest}  {path}\n"
