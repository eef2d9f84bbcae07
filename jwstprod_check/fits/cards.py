"""One 80-byte header card: keyword, value, comment, exactly as the bytes state them.

The standard readers repair a card while they read it (lower-case keywords, ``NAN``, a lost quote);
a validator must see what is there. FITS Standard 4.0, sections 4.1 and 4.2.
"""

import re
from enum import StrEnum
from typing import Final

import msgspec

from jwstprod_check.memo import Values

CARD: Final = 80
"""Length of a card in bytes (FITS Standard 4.0, section 3.3.1)."""

COMMENTARY: Final = frozenset({"COMMENT", "HISTORY", "", "CONTINUE", "HIERARCH", "END"})
"""Keywords that carry no value of their own and may be repeated (section 4.4.2.4)."""

Scalar = bool | int | float | complex | str | None


class Kind(StrEnum):
    """What the value field of a card holds (FITS Standard 4.0, section 4.2)."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    LOGICAL = "logical"
    COMPLEX = "complex"
    UNDEFINED = "undefined"
    COMMENTARY = "commentary"
    MALFORMED = "malformed"


STRING: Final = Kind.STRING
MALFORMED: Final = Kind.MALFORMED
"""The kinds that every look-up asks for: a name of the module is found much faster than a member of an enumeration."""


class Card(msgspec.Struct, frozen=True):
    """A parsed card.

    ``value`` of a malformed card is its text as found, so that a message can quote it.
    ``offset`` is the position of the card's first byte in the (inflated) file.
    """

    keyword: str
    kind: Kind
    value: Scalar
    comment: str
    index: int
    offset: int
    image: bytes


_STRING = re.compile(r" *'((?:[^']|'')*)'(.*)", re.DOTALL)
_INTEGER = re.compile(r"[+-]?\d+\Z", re.ASCII)
_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[ED][+-]?\d+)?\Z", re.ASCII)
_COMPLEX = re.compile(r"\( *([^,()]+?) *, *([^,()]+?) *\)\Z")

_REMEMBERED = 8192
"""Card images whose parsed form is kept: most cards of a delivery appear in every file of it."""

_LONGEST_INTEGER = 70
"""Digits that a value field can hold; keeps ``int()`` away from its own length limit."""


def parse_value(field: str) -> tuple[Kind, Scalar, str]:
    """Kind, value and comment of a value field: bytes 11 to 80 of a card with ``= `` in bytes 9 and 10.

    Never raises. FITS Standard 4.0, section 4.2.1 to 4.2.6.
    """
    text = field.lstrip(" ")
    if text.startswith("'"):
        found = _STRING.match(field)
        if found is None:
            return Kind.MALFORMED, text.rstrip(" "), ""
        rest = found[2].strip(" ")
        if rest and not rest.startswith("/"):
            return Kind.MALFORMED, text.rstrip(" "), ""
        # Leading blanks are significant, trailing ones are not (section 4.2.1.1).
        return Kind.STRING, found[1].replace("''", "'").rstrip(" "), rest[1:].strip(" ")
    token, _, comment = text.partition("/")
    kind, value = _parse_token(token.strip(" "))
    return kind, value, comment.strip(" ")


def _parse_token(token: str) -> tuple[Kind, Scalar]:
    if not token:
        return Kind.UNDEFINED, None
    if token in {"T", "F"}:
        return Kind.LOGICAL, token[0] == "T"
    if _INTEGER.match(token):
        return Kind.INTEGER, int(token[:_LONGEST_INTEGER])
    if _FLOAT.match(token):
        return Kind.FLOAT, float(token.replace("D", "E"))
    parts = _COMPLEX.match(token)
    if parts and all(_INTEGER.match(p) or _FLOAT.match(p) for p in parts.groups()):
        real, imaginary = (float(p.replace("D", "E")) for p in parts.groups())
        return Kind.COMPLEX, complex(real, imaginary)
    return Kind.MALFORMED, token


def parse_card(image: bytes, index: int = 0, offset: int = 0) -> Card:
    """Parse one 80-byte card image. Bytes outside ASCII are kept as Latin-1. Never raises."""
    keyword, kind, value, comment, _ = PARSED[image]
    return Card(keyword, kind, value, comment, index, offset, image)


Parsed = tuple[str, Kind, Scalar, str, str | None]
"""Keyword, kind, value and comment of a card; last its value again where that is a string that no other card continues."""


def _parse_image(image: bytes) -> Parsed:
    """Parse one 80-byte card image. Never raises."""
    text = image.decode("latin-1")
    keyword = text[:8].rstrip(" ")
    if text[8:10] != "= " or keyword in COMMENTARY:
        return keyword, Kind.COMMENTARY, text[8:].rstrip(" "), "", None
    kind, value, comment = parse_value(text[10:])
    whole = value if kind is STRING and isinstance(value, str) and not value.endswith("&") else None
    return keyword, kind, value, comment, whole


PARSED: Final = Values(_parse_image, _REMEMBERED)
"""Cards by their 80 bytes, wherever they appear."""
