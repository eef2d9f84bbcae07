"""The client of servers and buckets: ``obstore``, its settings, its errors as ``OSError``.

Credentials come from the environment alone; where it has none, a bucket is read as anyone may. Nothing asks the metadata
service of a cloud's machine for some: elsewhere that would wait for an answer that never comes.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from errno import EACCES, EINVAL, EIO, ENOENT, EOPNOTSUPP, EPROTONOSUPPORT, ESTALE, ETIMEDOUT
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.findings import Traffic
from jwstprod_check.storage.urls import Address
from jwstprod_check.text import printable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

NO_CLIENT: Final = "remote files are read with obstore, which is not installed: pip install 'jwstprod[remote]'"

CONNECT: Final = 10
"""Seconds for a connection: a host that is there answers in less than one."""

STALL: Final = 20
"""Seconds without a byte, from a request to its answer or within it, after which a server is given up."""

_KEYS: Final = {
    "s3": ("AWS_", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
           "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    "gs": ("GOOGLE_", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_PATH", "GOOGLE_SERVICE_ACCOUNT_KEY",
           "GOOGLE_APPLICATION_CREDENTIALS"),
    "az": ("AZURE_", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY", "AZURE_STORAGE_SAS_KEY",
           "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_TOKEN", "AZURE_STORAGE_CLIENT_ID", "AZURE_CLIENT_ID",
           "AZURE_FEDERATED_TOKEN_FILE"),
}  # fmt: skip
"""How the variables of each cloud begin, and those of them that hold credentials or say where some are."""

_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")

_STATUS: Final = re.compile(r"status code: (\d{3})")
_CODE: Final = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_CAUSES: Final = (
    (re.compile(r"TimedOut|Timeout"), "the server does not answer in time", ETIMEDOUT),
    (re.compile(r"invalid peer certificate: \"?([A-Za-z]{1,40})"), "the certificate of the server is not trusted", EACCES),
    (re.compile(r"InvalidCertificate\(\s*([A-Za-z]{1,40})"), "the certificate of the server is not trusted", EACCES),
    (re.compile(r"CertificateRequired|HandshakeFailure|received fatal alert"), "no secure connection", EACCES),
    (re.compile(r"InvalidMessage|InvalidContentType|corrupt message"), "no secure connection: the server does not answer in TLS", EIO),
    (re.compile(r"ConnectionRefused"), "the connection was refused", EIO),
    (re.compile(r"dns error|failed to lookup"), "there is no host of this name", EIO),
    (re.compile(r"kind: Connect\b"), "no connection", EIO),
    (re.compile(r"ConnectionReset|IncompleteMessage|UnexpectedEof|end of file before"), "the connection was broken off", EIO),
    (re.compile(r"decoding response body|kind: Decode|kind: Body"), "the connection was broken off", EIO),
    (re.compile(r"Account must be specified|MissingAccount"), "AZURE_STORAGE_ACCOUNT_NAME is not set", EINVAL),
    (re.compile(r"BadScheme"), "the endpoint or a redirection leads to http, and only https may be used", EINVAL),
)  # fmt: skip
"""What the client's description of an error holds -> the reason that is reported; a group names the kind."""

_LASTING: Final = (EACCES, EINVAL, ENOENT, EOPNOTSUPP, EPROTONOSUPPORT, ESTALE)
"""Errors that asking again does not mend."""

_BUSY: Final = (408, 425, 429)
"""Answers of a server that asks to come again, beside those from 500 on."""


class RemoteError(OSError):
    """A remote file that cannot be read; ``traffic`` is what was asked for until then."""

    traffic: Traffic | None = None


@contextmanager
def as_remote_errors(address: Address) -> Iterator[None]:
    """Turn what the client raises into ``RemoteError``; its own faults come as exceptions that are no ``Exception``."""
    try:
        yield
    except RemoteError:
        raise
    except Exception as error:
        raise remote_error(error, address) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise RemoteError(EINVAL, "the client cannot ask for this name") from None


@contextmanager
def anonymous() -> Iterator[None]:
    """Use no credentials of the environment while the context lasts; processes started in it do neither."""
    names = [f"{prefix}SKIP_SIGNATURE" for prefix, *_ in _KEYS.values()]
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "true"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def is_anonymous(scheme: str) -> bool:
    """Whether a bucket is read without credentials: none are set, or they are not to be used."""
    prefix, *names = _KEYS[scheme]
    skip = os.environ.get(f"{prefix}SKIP_SIGNATURE")
    return not any(map(os.environ.get, names)) if skip is None else skip.lower() in ("1", "true", "yes", "on")


def open_store(address: Address, retries: int = 0) -> "ObjectStore":
    """Return the store of an address; those that were used last are kept, with their connections.

    Raises ``RemoteError`` where there is no client, or it cannot be set up.
    """
    environment = tuple(
        sorted(
            (name, value)
            for name, value in os.environ.items()
            if name.startswith(("AWS_", "GOOGLE_", "AZURE_", "SSL_"))
        )
    )
    with as_remote_errors(address):
        try:
            return _store(address._replace(key=""), retries, environment, os.getpid())
        except ImportError:
            raise RemoteError(EPROTONOSUPPORT, NO_CLIENT) from None


@lru_cache(maxsize=32)
def _store(address: Address, retries: int, environment: tuple[tuple[str, str], ...], process: int) -> "ObjectStore":
    del environment
    from obstore.store import AzureStore, GCSStore, HTTPStore, S3Store

    _refuse_fork(process)
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=CONNECT),
        "read_timeout": timedelta(seconds=STALL),
        # Neither a slow line nor a large file is an error as long as bytes come.
        "timeout": timedelta(hours=6),
    }
    # The client's own retries would hide requests from the count; only listings, whose pages it asks for, have them.
    again = {"max_retries": retries, "retry_timeout": timedelta(seconds=60)}
    scheme, place, _, query = address
    if scheme in ("http", "https"):
        options["allow_http"] = scheme == "http"
        user, _, host = place.rpartition("@")
        if user:
            options["default_headers"] = {"Authorization": _basic(user)}
        url = f"{scheme}://{host}/" + (f"?{query}" if query else "")
        return HTTPStore(url, client_options=options, retry_config=again)  # type: ignore[arg-type]
    config = {"skip_signature": is_anonymous(scheme)}
    if scheme == "s3":
        endpoint = next(filter(None, map(os.environ.get, _ENDPOINTS)), "")
        if endpoint:
            config["endpoint"] = endpoint  # type: ignore[assignment]
        options["allow_http"] = endpoint.lower().startswith("http://")
        return S3Store(place, config=config, client_options=options, retry_config=again)  # type: ignore[arg-type]
    kind = GCSStore if scheme == "gs" else AzureStore
    return kind(place, config=config, client_options=options, retry_config=again)  # type: ignore[arg-type]


def _basic(user: str) -> str:
    """Return the user and the password of a URL as the header of a request (RFC 7617)."""
    from base64 import b64encode
    from urllib.parse import unquote_to_bytes

    name, _, password = user.partition(":")
    return "Basic " + b64encode(unquote_to_bytes(name) + b":" + unquote_to_bytes(password)).decode("ascii")


_first_process: list[int] = []


def _refuse_fork(process: int) -> None:
    """Raise in a process that was forked from one in which the client runs: its threads are not there."""
    if not _first_process:
        _first_process.append(process)
    if _first_process[0] != process:
        raise RemoteError(EPROTONOSUPPORT, "this process was forked from one that read remote files; start it by spawn")


def remote_error(error: Exception, address: Address) -> RemoteError:
    """Return an error of the client with a short reason and a number, without the text of pages, URLs or dumps."""
    text = str(error)
    kind = type(error).__name__
    status = _STATUS.search(text)
    code = _CODE.search(text)
    answer = " ".join(filter(None, (status and status[1], code and code[1])))
    said = f" ({answer})" if answer else ""
    if isinstance(error, FileNotFoundError) or answer.startswith("404"):
        return RemoteError(ENOENT, f"there is no such object{said}")
    if kind in ("PermissionDeniedError", "UnauthenticatedError") or answer.startswith(("401", "403")):
        return RemoteError(EACCES, f"the server refuses access{said}{_with_what(address)}")
    if kind == "PreconditionError":
        return RemoteError(ESTALE, "another object took its place while it was read")
    if kind == "NotSupportedError" or "non-partial response" in text:
        return RemoteError(EOPNOTSUPP, "the server gives whole files only, no ranges of bytes; fetch the file first")
    if isinstance(error, ValueError) or kind == "InvalidPathError":
        return RemoteError(EINVAL, "the name of the object cannot be asked for: a part of it is empty or a dot")
    if status is not None:
        number = int(status[1])
        kept = EOPNOTSUPP if number == 416 else EPROTONOSUPPORT
        return RemoteError(EIO if number >= 500 or number in _BUSY else kept, f"the server answers {answer}")
    for pattern, reason, number in _CAUSES:
        found = pattern.search(text)
        if found is not None:
            return RemoteError(number, reason + (f" ({found[1]})" if found.groups() else ""))
    return RemoteError(EIO, printable(f"{kind}: {_first_line(text)}"))


def _with_what(address: Address) -> str:
    if address.scheme not in _KEYS:
        return ""
    if is_anonymous(address.scheme):
        return ", asked without credentials"
    return ", asked with the credentials of the environment"


def _first_line(text: str) -> str:
    line = text.partition("\n")[0].partition("<")[0]
    return re.sub(r"[a-z]+://\S*", "...", line)[:120]


def is_lasting(error: OSError) -> bool:
    """Whether asking again would not mend an error."""
    return error.errno in _LASTING


class Patience(msgspec.Struct, frozen=True):
    """How often a server is asked for the same bytes, and for how long.

    ``attempts`` in all, none after ``total`` seconds; ``pause`` is the first wait between two, in seconds, and each is three
    times the one before, up to a half shorter by chance so that many clients do not come back at once. ``slow`` is the time
    in seconds in which ``least`` bytes must come.
    """

    attempts: int = 4
    total: float = 60.0
    pause: float = 0.25
    slow: float = 30.0
    least: int = 2**14


PATIENCE: Final = Patience()
"""Four attempts within 4 s outlast a server that sheds load; a minute is longer than any that recovers by itself needs."""
