"""Lists of the files of a delivery with their sums, as other tools write them.

Known are the index of MAST's uploader (CSV: ``path[,will_transfer][,checksum]``, the checksum a CRC-32 in base64), the lists of
``sha256sum`` and its like (also with ``--tag``), the payload manifests of BagIt (RFC 8493), and JSON of our own.
"""

import csv
import os
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from io import StringIO
from typing import Final, Literal
from urllib.parse import unquote

import msgspec

from jwstprod_check.storage.digest import CRC32, LENGTHS
from jwstprod_check.storage.local import LocalSource
from jwstprod_check.text import quoted

Kind = Literal["mast", "sums", "bagit", "json"]

SCHEMA: Final = "jwstprod-manifest/1"
MAX_BYTES: Final = 2**30
"""Bytes of a manifest; one of ten million files has about as many."""

_ALGORITHMS: Final = {length: name for name, length in LENGTHS.items()}
_MAST: Final = frozenset({"path", "will_transfer", "checksum"})
_TRUE: Final = {"true": True, "false": False}
_SUM = re.compile(r"(?P<escaped>\\?)(?P<sum>[0-9a-fA-F]+)(?: [ *]|\t| {2,})(?P<path>.+)\Z", re.DOTALL)
_TAGGED = re.compile(r"(?P<escaped>\\?)(?P<name>[A-Z0-9/-]+) \((?P<path>.+)\) = (?P<sum>[0-9a-fA-F]+)\Z", re.DOTALL)
_BAGIT = re.compile(r"manifest-(?P<name>[a-z0-9]+)\.txt\Z")


class Listed(msgspec.Struct, frozen=True):
    """A file of a manifest. ``digest`` is '' where the manifest has no sum of it; ``line`` counts from 1, of JSON the entries."""

    path: str
    line: int
    digest: str = ""
    size: int | None = None
    product: str | None = None


class Manifest(msgspec.Struct, frozen=True):
    """A manifest: where it is, its form, the algorithm of its sums ('' without any), its files in order."""

    file: str
    kind: Kind
    algorithm: str
    entries: tuple[Listed, ...]


class ManifestError(ValueError):
    """A manifest cannot be read; the text is the reason, with the line."""


def read_manifest(file: str) -> Manifest:
    """Read a manifest of any known form. Raises ``OSError``, and ``ManifestError`` for what is none of them."""
    with LocalSource(file) as source:
        raw = source.read(0, MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ManifestError(f"it has more than {MAX_BYTES} bytes")
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ManifestError(f"line {line}: it is not UTF-8") from None
    bag = _BAGIT.match(os.path.basename(file))
    if text.lstrip()[:1] == "{":
        return _json(file, text)
    if bag is not None:
        return _bagit(file, text, bag["name"])
    first = text.partition("\n")[0].rstrip("\r")
    return _mast(file, text) if first.partition(",")[0] == "path" else _sums(file, text)


def _json(file: str, text: str) -> Manifest:
    class Entry(msgspec.Struct):
        path: str
        size: int | None = None
        digest: str = msgspec.field(name="sum", default="")
        product: str | None = None

    class Layout(msgspec.Struct):
        schema: str
        files: list[Entry]
        algorithm: str = ""

    try:
        content = msgspec.json.decode(text.encode(), type=Layout)
    except msgspec.DecodeError as error:
        raise ManifestError(f"as JSON: {error}") from None
    if content.schema != SCHEMA:
        raise ManifestError(f"its schema is {quoted(content.schema)}, expected {SCHEMA}")
    algorithm = content.algorithm
    if algorithm not in ("", CRC32, *LENGTHS):
        raise ManifestError(f"the algorithm {quoted(algorithm)} is not known")
    entries = []
    for number, entry in enumerate(content.files, 1):
        place = f"entry {number}"
        digest = _checked(entry.digest, algorithm, place) if entry.digest else ""
        entries.append(Listed(_named(entry.path, place), number, digest, entry.size, entry.product))
    return _whole(file, "json", algorithm, entries)


def _mast(file: str, text: str) -> Manifest:
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    entries: list[Listed] = []
    columns: list[str] = []
    try:
        for row in rows:
            place = f"line {rows.line_num}"
            if not columns:
                columns = _columns(row)
                continue
            if len(row) != len(columns):
                raise ManifestError(f"{place}: {len(row)} cells, expected {len(columns)}")
            cells = dict(zip(columns, row, strict=True))
            if cells.get("will_transfer", "true").lower() not in _TRUE:
                raise ManifestError(
                    f"{place}: will_transfer is {quoted(cells['will_transfer'])}, expected True or False"
                )
            digest = _checked(cells["checksum"], CRC32, place) if cells.get("checksum") else ""
            entries.append(Listed(_named(cells["path"], place), rows.line_num, digest))
    except csv.Error as error:
        raise ManifestError(f"line {rows.line_num}: {error}") from None
    return _whole(file, "mast", CRC32 if "checksum" in columns else "", entries)


def _columns(row: list[str]) -> list[str]:
    strange = [name for name in row if name not in _MAST]
    if strange or len(set(row)) != len(row):
        seen = ", ".join(map(quoted, row))
        raise ManifestError(
            f"line 1: columns {seen}, expected path, then will_transfer and checksum where they are there"
        )
    return row


def _sums(file: str, text: str) -> Manifest:
    entries: list[Listed] = []
    algorithm = ""
    for number, line in _lines(text):
        place = f"line {number}"
        found = _SUM.match(line) or _TAGGED.match(line)
        if found is None:
            raise ManifestError(
                f"{place}: {quoted(line[:80])} is no sum and file name, nor is this an index with the column path"
            )
        named = found.groupdict().get("name")
        digest = found["sum"].lower()
        own = named.lower().replace("-", "") if named else _ALGORITHMS.get(len(digest), "")
        if own not in LENGTHS:
            raise ManifestError(
                f"{place}: a sum of {len(digest)} digits is of no known algorithm ({', '.join(LENGTHS)})"
            )
        if algorithm and own != algorithm:
            raise ManifestError(f"{place}: a sum of {own} among those of {algorithm}")
        algorithm = own
        path = _unescaped(found["path"]) if found["escaped"] else found["path"]
        entries.append(Listed(_named(path, place), number, _checked(digest, algorithm, place)))
    return _whole(file, "sums", algorithm, entries)


def _bagit(file: str, text: str, algorithm: str) -> Manifest:
    if algorithm not in LENGTHS:
        raise ManifestError(f"the algorithm {quoted(algorithm)} in its name is not known ({', '.join(LENGTHS)})")
    entries = []
    for number, line in _lines(text):
        digest, _, path = line.partition(" ")
        place = f"line {number}"
        path = path.lstrip(" \t*")
        if not path:
            raise ManifestError(f"{place}: {quoted(line[:80])} is no sum and file name")
        # RFC 8493, section 2.1.3: CR, LF and the percent sign are written as %0D, %0A and %25.
        path = re.sub(r"%(0[aAdD]|25)", lambda found: unquote(found[0]), path)
        entries.append(Listed(_named(path, place), number, _checked(digest.lower(), algorithm, place)))
    return _whole(file, "bagit", algorithm, entries)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.rstrip("\r"):
            yield number, line.rstrip("\r")


def _unescaped(path: str) -> str:
    """Undo what ``sha256sum`` does to a name with a line end or a backslash; such a line begins with a backslash."""
    return re.sub(r"\\([nr\\])", lambda found: {"n": "\n", "r": "\r", "\\": "\\"}[found[1]], path)


def _checked(digest: str, algorithm: str, place: str) -> str:
    """Return a sum that its algorithm can have."""
    if algorithm == CRC32:
        try:
            right = len(b64decode(digest, validate=True)) == 4
        except Base64Error:
            right = False
    else:
        digest = digest.lower()
        right = re.fullmatch(r"[0-9a-f]+", digest) is not None and len(digest) == LENGTHS.get(algorithm, -1)
    if not right:
        raise ManifestError(f"{place}: {quoted(digest[:80])} is no sum of {algorithm or 'a stated algorithm'}")
    return digest


def _named(path: str, place: str) -> str:
    if not path or "\0" in path:
        raise ManifestError(f"{place}: no name of a file")
    return path.removeprefix("./") or path


def _whole(file: str, kind: Kind, algorithm: str, entries: list[Listed]) -> Manifest:
    if not entries:
        raise ManifestError("it lists no file")
    return Manifest(file, kind, algorithm, tuple(entries))
