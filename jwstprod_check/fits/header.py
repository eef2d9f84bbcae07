"""A header: its cards by position and by keyword, parsed only when asked for."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from struct import Struct
from typing import Any, Final, TypeVar

from jwstprod_check.fits.cards import (
    CARD,
    FLOAT,
    INTEGER,
    MALFORMED,
    STRING,
    Card,
    Parsed,
    Scalar,
    parse_image,
    parse_value,
)

BLOCK: Final = 2880
"""Length of a FITS block in bytes (FITS Standard 4.0, section 3.1)."""

_LONGEST_STRING = 100_000
_SHARED_BYTES = 40_000
_SHARED_HEADERS = 128
_CUT_HEADERS = 16
_KEYWORDS = 8192
_USUAL = 1024
"""Cards of a header up to which it is worth to keep what they make."""

T = TypeVar("T")


class _Names(dict[bytes, str]):
    """Bytes 1 to 8 of cards -> keyword, trailing blanks removed; the few thousand keywords of the field are kept."""

    def __missing__(self, name: bytes) -> str:
        keyword = name.decode("latin-1").rstrip(" ")
        if len(self) < _KEYWORDS:
            self[name] = keyword
        return keyword


_NAME = Struct("8s72x")
_IMAGE = Struct(f"{CARD}s")
_NAMES = _Names()


@lru_cache(256)
def _row(field: str, count: int) -> Struct:
    """One struct for all cards of a header takes them apart several times as fast as a loop over them."""
    return Struct(field * count)


def _take(one: Struct, raw: bytes, count: int) -> tuple[bytes, ...]:
    """Cut each of the first cards as a struct says."""
    if count <= _USUAL:
        return _row(str(one.format), count).unpack_from(raw)
    return tuple(part for (part,) in one.iter_unpack(raw[: count * CARD]))


class Outline:
    """The keywords of a header in their order, and what follows from them alone.

    The primary headers of a delivery differ in values, but have the same keywords; they share one outline. It is never
    changed but by remembering what is a function of the keywords.

    Attributes:
        names: bytes 1 to 8 of each card before END, trailing blanks removed.
        first: keyword -> index of its first card.
    """

    __slots__ = ("_remembered", "first", "names")

    def __init__(self, names: Iterable[bytes]) -> None:
        self.names = [_NAMES[name] for name in names]
        self.first = dict(zip(reversed(self.names), range(len(self.names) - 1, -1, -1), strict=True))
        self._remembered: dict[str, Any] = {}

    def remember(self, what: str, derive: "Callable[[Outline], T]") -> T:
        """Value of a function of the keywords, computed once for all headers that have the same in the same order."""
        if what not in self._remembered:
            self._remembered[what] = derive(self)
        value: T = self._remembered[what]
        return value


def _outline(raw: bytes, end: int) -> Outline:
    names = _take(_NAME, raw, end)
    return _shared_outline(b"".join(names)) if end <= _USUAL else Outline(names)


@lru_cache(_SHARED_HEADERS)
def _shared_outline(names: bytes) -> Outline:
    return Outline(names[start : start + 8] for start in range(0, len(names), 8))


class _Content:
    """What follows from the bytes of a header alone.

    The headers of a delivery repeat: all PIXELDQ headers of one subarray are the same to the byte. Equal bytes share
    one content, so that they are parsed and judged once. It holds no offset and is never changed but by
    remembering what is a function of the bytes.
    """

    __slots__ = ("end", "outline", "parsed", "raw", "remembered")

    def __init__(self, raw: bytes, end: int) -> None:
        self.raw = raw
        self.end = end
        self.outline = _outline(raw, end)
        self.parsed: dict[int, Parsed] = {}
        self.remembered: dict[str, Any] = {}

    def card(self, index: int) -> Parsed:
        """Keyword, kind, value and comment of the card at a position."""
        found = self.parsed.get(index)
        if found is None:
            start = index * CARD
            found = self.parsed[index] = parse_image(self.raw[start : start + CARD])
        return found


@lru_cache(_SHARED_HEADERS)
def _shared(raw: bytes, end: int) -> _Content:
    return _Content(raw, end)


@lru_cache(_CUT_HEADERS)
def _cut(content: _Content) -> tuple[bytes, ...]:
    """Cards as bytes, kept for the few headers that are being looked at: they take more room than the header."""
    return _take(_IMAGE, content.raw, content.end)


class Header:
    """The raw bytes of one header, a whole number of blocks, END included.

    ``offset`` is the position of the header's first byte in the (inflated) file; ``end`` is the
    index of the END card. Cards are counted from 0. A keyword that stands more than once counts
    with its first card, as CFITSIO does.

    Attributes:
        outline: its keywords in order.
        names: bytes 1 to 8 of each card before END, trailing blanks removed.
        first: keyword -> index of its first card.
    """

    __slots__ = ("_content", "end", "first", "names", "offset", "outline", "raw")

    def __init__(self, raw: bytes, offset: int, end: int) -> None:
        self.raw = raw
        self.offset = offset
        self.end = end
        self._content = _shared(raw, end) if len(raw) <= _SHARED_BYTES else _Content(raw, end)
        self.outline = self._content.outline
        self.first = self.outline.first
        self.names = self.outline.names

    def __len__(self) -> int:
        """Count the cards before END."""
        return self.end

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.first

    def remember(self, what: str, derive: Callable[["Header"], T]) -> T:
        """Value of a function of the header's bytes, computed once for all headers of the same bytes.

        The function must not use ``offset``.
        """
        remembered = self._content.remembered
        if what not in remembered:
            remembered[what] = derive(self)
        value: T = remembered[what]
        return value

    def at(self, index: int) -> Card:
        """Return the card at a position, CONTINUE cards not joined."""
        keyword, kind, value, comment = self._content.card(index)
        start = index * CARD
        return Card(keyword, kind, value, comment, index, self.offset + start, self.raw[start : start + CARD])

    @property
    def images(self) -> tuple[bytes, ...]:
        """The 80 bytes of each card before END."""
        return _cut(self._content)

    def cards(self) -> Iterator[Card]:
        """Every card before END, in order."""
        return (self.at(i) for i in range(self.end))

    def card(self, keyword: str) -> Card | None:
        """Return the first card of a keyword, None where there is none."""
        index = self.first.get(keyword)
        return None if index is None else self.at(index)

    def positions(self, keyword: str) -> list[int]:
        """Indices of every card of a keyword."""
        return [i for i, name in enumerate(self.names) if name == keyword]

    def value(self, keyword: str) -> Scalar:
        """Value of a keyword; None if it is absent, undefined or malformed.

        A long string is joined with its CONTINUE cards (FITS Standard 4.0, section 4.2.1.2).
        """
        index = self.first.get(keyword)
        if index is None:
            return None
        _, kind, value, _ = self._content.card(index)
        if kind is STRING:
            text = str(value)
            return self._joined(index, text) if text.endswith("&") else text
        return None if kind is MALFORMED else value

    def _joined(self, index: int, text: str) -> str:
        while text.endswith("&") and self.names[index + 1 : index + 2] == ["CONTINUE"] and len(text) < _LONGEST_STRING:
            index += 1
            image = self.raw[index * CARD : (index + 1) * CARD]
            kind, value, _ = parse_value(image[8:].decode("latin-1"))
            text = text[:-1] + (str(value) if kind is STRING else "")
        return text

    def integer(self, keyword: str) -> int | None:
        """Value of a keyword that must be an integer; None if it is absent or anything else."""
        index = self.first.get(keyword)
        if index is None:
            return None
        _, kind, value, _ = self._content.card(index)
        return value if kind is INTEGER and type(value) is int else None

    def string(self, keyword: str) -> str | None:
        """Value of a keyword that must be a string; None if it is absent or anything else."""
        index = self.first.get(keyword)
        if index is None:
            return None
        _, kind, value, _ = self._content.card(index)
        if kind is not STRING:
            return None
        text = str(value)
        return self._joined(index, text) if text.endswith("&") else text

    def number(self, keyword: str) -> float | None:
        """Value of a keyword that must be a number; None if it is absent or anything else."""
        index = self.first.get(keyword)
        if index is None:
            return None
        _, kind, value, _ = self._content.card(index)
        if kind not in (INTEGER, FLOAT) or not isinstance(value, int | float):
            return None
        # An integer of 70 digits is legal as text and beyond any float.
        return float(value) if abs(value) < 1e300 else None
