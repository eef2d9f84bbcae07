"""URLs of remote files: their parts, and what of them may be shown.

A name in a bucket is taken unchanged, as the tools of the clouds do; of ``http`` and ``https`` the path is unquoted and
the query belongs to the request.
"""

import re
from errno import EINVAL, EPROTONOSUPPORT
from typing import Final, NamedTuple

BUCKETS: Final = ("s3", "gs", "az")
"""Schemes whose names can be listed."""

WEB: Final = ("https", "http")

_SHOWN: Final = "uri"
"""The parameter of a query that is shown: MAST's download service names the file in it. Others may be signatures."""


_NO_BUCKET: Final = r"[^!-~]|[\"#%<>?\\^`{|}]"
"""Characters that no name of a bucket has, and that no request could be made with."""


class Address(NamedTuple):
    """Where an object is: ``place`` is a bucket, or a host with its port and user; ``key`` the name in it, not quoted."""

    scheme: str
    place: str
    key: str
    query: str = ""

    def url(self, key: str) -> str:
        """URL of another object of the same bucket."""
        return f"{self.scheme}://{self.place}/{key}"


def parse(url: str) -> Address:
    """Return the parts of a URL. Raises ``OSError`` for one that nothing reads."""
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    if scheme in WEB:
        from urllib.parse import unquote, urlsplit

        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise OSError(EINVAL, f"not a URL: {error}") from None
        if not host:
            raise OSError(EINVAL, "the URL names no host")
        return Address(scheme, parts.netloc, unquote(parts.path.removeprefix("/")), parts.query)
    if scheme not in BUCKETS:
        raise OSError(EPROTONOSUPPORT, f"nothing reads {scheme}:// URLs, only {', '.join((*BUCKETS, *WEB))}")
    place, _, key = rest.partition("/")
    if "@" in place:
        raise OSError(EINVAL, "credentials are taken from the environment, not from a URL")
    if not place:
        raise OSError(EINVAL, "the URL names no bucket")
    if re.search(_NO_BUCKET, place):
        raise OSError(EINVAL, "no bucket has a name with such a character")
    return Address(scheme, place, key)


def shown(target: str) -> str:
    """Return a path as it is, a URL without what may be secret: user, password and query, but for the name of a file."""
    scheme, mark, rest = target.partition("://")
    if not mark or not scheme.replace("+", "").isalnum():
        return target
    web = scheme.lower() in WEB
    rest = rest.partition("#")[0] if web else rest
    rest, _, query = rest.partition("?") if web else (rest, "", "")
    place, slash, key = rest.partition("/")
    named = [part for part in query.split("&") if part.startswith(f"{_SHOWN}=")][:1]
    return f"{scheme}://{place.rpartition('@')[2]}{slash}{key}" + (f"?{named[0]}" if named else "")


def in_web_or_bucket(target: str) -> bool:
    """Whether a target is a URL of something remote."""
    return "://" in target and target.partition("://")[0].lower() in (*BUCKETS, *WEB)
