"""URLs -> the objects that they name: one, all below a prefix, or those that match a pattern, in the order of the bucket.

A bucket lists a thousand names a request. All below a prefix come as they are listed; of a pattern without ``**`` only the
folders that it leads through are listed.
"""

import re
from collections.abc import Callable, Iterator
from errno import EINVAL, ENOENT, EPROTONOSUPPORT
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from jwstprod_check.config.globs import translated
from jwstprod_check.storage.client import as_remote_errors, open_store
from jwstprod_check.storage.urls import WEB, Address, parse
from jwstprod_check.turns import Waiting

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

T = TypeVar("T")

RETRIES: Final = 3
"""How often the client asks again for a page of a listing."""

UNUSABLE: Final = (EINVAL, ENOENT, EPROTONOSUPPORT)
"""Errors that mean that the user named what is not there, or cannot be had."""

_WILD: Final = frozenset("*?[")

_NO_LIST: Final = "a web server gives no list of its files; name each of them, for example in a file for --files-from"


class Entry(NamedTuple):
    """An object, or a folder with a dot that was passed over; ``asked_for`` says that it is meant whatever its ending."""

    url: str
    name: str
    folder: bool = False
    asked_for: bool = False


def entries(url: str, endings: tuple[str, ...], store: "ObjectStore | None" = None) -> Iterator[Entry]:
    """Return the objects that a URL names; one with one of ``endings`` is an object, any other may be a prefix.

    Raises ``OSError`` for a URL that names nothing, or of which the list cannot be had.
    """
    address = parse(url)
    if address.scheme in WEB:
        if not address.key or address.key.endswith("/") or "*" in address.key:
            raise OSError(EPROTONOSUPPORT, _NO_LIST)
        open_store(address)
        yield _named(url)
        return
    lister = _Lister(address, store)
    if _WILD & set(address.key):
        found = lister.matching()
        first = next(found, None)
        if first is None and lister.has(address.key):
            yield _named(url)
        else:
            yield from _nonempty(chain(() if first is None else (first,), found), "no object matches this pattern")
    elif address.key and not address.key.endswith("/"):
        if address.key.lower().endswith(endings) or not lister.is_prefix(address.key):
            yield _named(url)
        else:
            yield from lister.below(address.key)
    else:
        yield from _nonempty(lister.below(address.key.rstrip("/")), "no FITS file below this prefix")


def _named(url: str) -> Entry:
    return Entry(url, "", asked_for=True)


def _nonempty(found: Iterator[Entry], reason: str) -> Iterator[Entry]:
    empty = True
    for entry in found:
        empty = False
        yield entry
    if empty:
        raise OSError(ENOENT, reason)


class _Lister:
    """Lists a bucket."""

    def __init__(self, address: Address, store: "ObjectStore | None") -> None:
        self._address = address
        self._store = store or open_store(address, RETRIES)

    def is_prefix(self, key: str) -> bool:
        """Whether there is anything below a name."""
        return next(self._objects(key, page=1), None) is not None

    def has(self, key: str) -> bool:
        """Whether there is an object of a name, which has the signs of a pattern."""
        return any(meta["path"] == key for meta in self._level(key.rpartition("/")[0])[1])

    def below(self, prefix: str) -> Iterator[Entry]:
        """Return all objects below a prefix; folders with a dot are named once and passed over."""
        skip = len(prefix) + 1 if prefix else 0
        hidden = ""
        for meta in self._objects(prefix):
            key = meta["path"]
            if hidden and key.startswith(hidden):
                continue
            folder = _hidden_folder(key, skip)
            if folder:
                hidden = folder
                name = folder.rstrip("/").rpartition("/")[2]
                yield Entry(self._address.url(folder.rstrip("/")), name, folder=True)
            elif not _is_marker(meta):
                yield self._entry(key)

    def matching(self) -> Iterator[Entry]:
        """Return what the name of the address matches as a pattern."""
        parts = [part for part in self._address.key.split("/") if part]
        if self._address.key.endswith("/") and parts[-1] != "**":
            parts.append("**")
        fixed = next(n for n, part in enumerate(parts) if _WILD & set(part))
        yield from self._matches("/".join(parts[:fixed]), parts[fixed:])

    def _matches(self, prefix: str, parts: list[str]) -> Iterator[Entry]:
        if "**" in parts[:1]:
            yield from self._anywhere(prefix, parts)
            return
        literal = next((n for n, part in enumerate(parts) if _WILD & set(part)), len(parts))
        if literal:
            prefix = "/".join([*([prefix] if prefix else []), *parts[:literal]])
            parts = parts[literal:]
            if parts:
                yield from self._matches(prefix, parts)
            elif self.is_prefix(prefix):
                yield from self.below(prefix)
            else:
                names = (meta["path"] for meta in self._level(prefix.rpartition("/")[0])[1])
                yield from (self._matched(key, []) for key in names if key == prefix)
            return
        fits = _pattern(parts[:1])
        folders, objects = self._level(prefix)
        if len(parts) == 1:
            named = (m["path"] for m in objects if fits(_last(m["path"])) and not _is_marker(m))
            yield from (self._matched(key, parts) for key in named)
        for folder in folders:
            if fits(_last(folder)):
                yield from self._matches(folder, parts[1:]) if len(parts) > 1 else self.below(folder)

    def _anywhere(self, prefix: str, parts: list[str]) -> Iterator[Entry]:
        """Return the objects below a prefix whose names match the rest of a pattern from ``**`` on."""
        fits = _pattern(parts)
        skip = len(prefix) + 1 if prefix else 0
        for entry in self.below(prefix):
            key = entry.url[len(self._address.url("")) :]
            if entry.folder:
                yield entry
            elif fits(key[skip:]):
                yield self._matched(key, parts)

    def _entry(self, key: str) -> Entry:
        return Entry(self._address.url(key), _last(key))

    def _matched(self, key: str, parts: list[str]) -> Entry:
        """Return an object that matches; a pattern with an open end does not say which endings it means."""
        return self._entry(key)._replace(asked_for=not (parts and parts[-1].endswith("*")))

    def _objects(self, prefix: str, page: int = 1000) -> Iterator["ObjectMeta"]:
        import obstore

        pages = self._wait(lambda: iter(obstore.list(self._store, prefix or None, chunk_size=page)))
        while (found := self._wait(lambda: next(pages, None))) is not None:
            yield from found

    def _level(self, prefix: str) -> "tuple[list[str], list[ObjectMeta]]":
        """Return the folders and the objects directly below a prefix, in order."""
        import obstore

        found = self._wait(lambda: obstore.list_with_delimiter(self._store, prefix or None))
        return sorted(found["common_prefixes"]), sorted(found["objects"], key=lambda meta: meta["path"])

    def _wait(self, work: Callable[[], T]) -> T:
        with as_remote_errors(self._address), Waiting():
            return work()


def _last(key: str) -> str:
    return key.rpartition("/")[2]


def _hidden_folder(key: str, skip: int) -> str:
    """Return the folder with a dot that an object is in, with a slash at its end, '' where it is in none."""
    at = skip if key.startswith(".", skip) else key.find("/.", skip) + 1
    end = key.find("/", at) if at or key.startswith(".") else -1
    return key[: end + 1] if end >= 0 else ""


def _is_marker(meta: "ObjectMeta") -> bool:
    """Whether an object stands for a folder, as consoles of clouds make them: it is empty and its name has no ending."""
    return not meta["size"] and "." not in _last(meta["path"])


def _pattern(parts: list[str]) -> Callable[[str], object]:
    """Return the test whether a name matches the parts of a pattern; raises ``OSError`` for one that is none."""
    try:
        return re.compile(translated("/".join(parts)), re.DOTALL).fullmatch
    except re.error as error:
        raise OSError(EINVAL, f"not a pattern: {error}") from None
