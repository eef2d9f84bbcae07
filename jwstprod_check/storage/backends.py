"""The one door for bytes: a target's scheme chooses what reads it, one row each."""

from collections.abc import Callable, Mapping
from errno import EPROTONOSUPPORT
from typing import Final

from jwstprod_check.storage.local import LocalSource
from jwstprod_check.storage.source import GZIP_MAGIC, Source

ELSEWHERE: Final = "a file:// URL names a file of this machine"


def open_source(target: str | bytes | Source, name: str | None = None, again: bool = False) -> Source:
    """Open a path, a URL, the bytes of a file or a source of them; a gzip stream is inflated.

    ``name`` is what bytes are called in reports. ``again`` announces that all bytes will be read a second time after
    ``rewind``. Raises ``OSError`` where the target cannot be opened or read.
    """
    return inflated(open_stored(target, name), again)


def open_stored(target: str | bytes | Source, name: str | None = None) -> Source:
    """Open a path, a URL or the bytes of a file as they are stored; a source is itself. Raises ``OSError`` where that is not possible."""
    if isinstance(target, Source):
        return target
    if isinstance(target, bytes):
        return _in_memory(target, name or "")
    open_target = BACKENDS.get(scheme_of(target))
    if open_target is None:
        raise OSError(EPROTONOSUPPORT, unknown_scheme(target))
    return open_target(target)


def inflated(source: Source, again: bool = False) -> Source:
    """Return a source itself, or what a gzip stream inflates to; it is closed where its first bytes cannot be read."""
    try:
        packed = source.read(0, len(GZIP_MAGIC)) == GZIP_MAGIC
    except BaseException:
        source.close()
        raise
    if not packed:
        return source
    from jwstprod_check.storage.gzip import GzipSource

    return GzipSource(source, again)


def scheme_of(target: str) -> str:
    """Scheme of a URL in lower case, whether anything reads it or not; '' for a path."""
    scheme, mark, _ = target.partition("://")
    # One letter is a drive of Windows.
    if not mark or len(scheme) < 2 or not scheme.isascii() or not scheme.replace("+", "").isalnum():
        return ""
    return scheme.lower()


def is_url(target: str) -> bool:
    """Whether a target is no path: it has no place in a folder, no size on a disk, and is its own name."""
    return bool(scheme_of(target))


def unknown_scheme(url: str) -> str:
    """The reason why a URL of a scheme that is not in ``BACKENDS`` is not read."""
    return f"nothing reads {scheme_of(url)}:// URLs, only {', '.join(filter(None, BACKENDS))}"


def local_path(url: str) -> str:
    """Path of a ``file://`` URL; raises ``OSError`` for one that names another machine."""
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise OSError(EPROTONOSUPPORT, ELSEWHERE, url)
    return url2pathname(parts.path)


def _in_memory(content: bytes, name: str) -> Source:
    from jwstprod_check.storage.memory import MemorySource

    return MemorySource(content, name)


def _open_url(url: str) -> Source:
    return LocalSource(local_path(url))


def _open_remote(url: str) -> Source:
    from jwstprod_check.storage.remote import RemoteSource

    return RemoteSource(url)


BACKENDS: Final[Mapping[str, Callable[[str], Source]]] = {
    "": LocalSource,
    "file": _open_url,
    "s3": _open_remote,
    "gs": _open_remote,
    "az": _open_remote,
    "http": _open_remote,
    "https": _open_remote,
}
"""Scheme -> what opens its targets; '' is that of a path."""
