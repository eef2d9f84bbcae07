"""A header: its cards by position and by keyword, parsed only when asked for."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from struct import Struct
from typing import Any, Final, TypeVar

from jwstprod_check.fits.cards import CARD, Card, Kind, Scalar, parse_card, parse_value

BLOCK: Final = 2880
"""Length of a FITS block in bytes (FITS Standard 4.0, section 3.1)."""

_LONGEST_STRING = 100_000
_SHARED_BYTES = 40_000
_SHARED_HEADERS = 128
_KEYWORDS = 8192

T = TypeVar("T")


class _Names(dict[bytes, str]):
    """Bytes 1 to 8 of cards -> keyword, trailing blanks removed; the few thousand keywords of the field are kept."""

    def __missing__(self, name: bytes) -> str:
        keyword = name.decode("latin-1").rstrip(" ")
        if len(self) < _KEYWORDS:
            self[name] = keyword
        return keyword


_NAME = Struct("8s72x")
_NAMES = _Names()


class _Content:
    """What follows from the bytes of a header alone.

    The headers of a delivery repeat: all PIXELDQ headers of one subarray are the same to the byte. Equal bytes share
    one content, so that they are parsed and judged once. It holds no offset and is never changed but by
    remembering what is a function of the bytes.
    """

    def __init__(self, raw: bytes, end: int) -> None:
        self.raw = raw
        self.names = [_NAMES[name] for (name,) in _NAME.iter_unpack(raw[: end * CARD])]
        self.first = dict(zip(reversed(self.names), range(end - 1, -1, -1), strict=True))
        self.cards: dict[int, Card] = {}
        self.remembered: dict[str, Any] = {}


@lru_cache(_SHARED_HEADERS)
def _shared(raw: bytes, end: int) -> _Content:
    return _Content(raw, end)


class Header:
    """The raw bytes of one header, a whole number of blocks, END included.

    ``offset`` is the position of the header's first byte in the (inflated) file; ``end`` is the
    index of the END card. Cards are counted from 0. A keyword that stands more than once counts
    with its first card, as CFITSIO does.
    """

    __slots__ = ("_content", "end", "offset", "raw")

    def __init__(self, raw: bytes, offset: int, end: int) -> None:
        self.raw = raw
        self.offset = offset
        self.end = end
        self._content = _shared(raw, end) if len(raw) <= _SHARED_BYTES else _Content(raw, end)

    def __len__(self) -> int:
        """Count the cards before END."""
        return self.end

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._content.first

    @property
    def names(self) -> list[str]:
        """Bytes 1 to 8 of each card before END, trailing blanks removed."""
        return self._content.names

    @property
    def first(self) -> dict[str, int]:
        """Keyword -> index of its first card."""
        return self._content.first

    def remember(self, what: str, derive: Callable[["Header"], T]) -> T:
        """Value of a function of the header's bytes, computed once for all headers of the same bytes.

        The function must not use ``offset``.
        """
        remembered = self._content.remembered
        if what not in remembered:
            remembered[what] = derive(self)
        value: T = remembered[what]
        return value

    def _at(self, index: int) -> Card:
        """Return the card at a position, its offset counted from the start of the header."""
        card = self._content.cards.get(index)
        if card is None:
            start = index * CARD
            card = parse_card(self.raw[start : start + CARD], index, start)
            self._content.cards[index] = card
        return card

    def at(self, index: int) -> Card:
        """Return the card at a position, CONTINUE cards not joined."""
        card = self._at(index)
        return Card(card.keyword, card.kind, card.value, card.comment, index, self.offset + card.offset, card.image)

    def cards(self) -> Iterator[Card]:
        """Every card before END, in order."""
        return (self.at(i) for i in range(self.end))

    def card(self, keyword: str) -> Card | None:
        """Return the first card of a keyword, None where there is none."""
        index = self._content.first.get(keyword)
        return None if index is None else self.at(index)

    def positions(self, keyword: str) -> list[int]:
        """Indices of every card of a keyword."""
        return [i for i, name in enumerate(self.names) if name == keyword]

    def value(self, keyword: str) -> Scalar:
        """Value of a keyword; None if it is absent, undefined or malformed.

        A long string is joined with its CONTINUE cards (FITS Standard 4.0, section 4.2.1.2).
        """
        index = self._content.first.get(keyword)
        if index is None:
            return None
        card = self._at(index)
        if card.kind is Kind.MALFORMED:
            return None
        if card.kind is Kind.STRING and str(card.value).endswith("&"):
            return self._joined(card)
        return card.value

    def _joined(self, card: Card) -> str:
        text = str(card.value)
        index = card.index + 1
        while text.endswith("&") and self.names[index : index + 1] == ["CONTINUE"] and len(text) < _LONGEST_STRING:
            image = self.raw[index * CARD : (index + 1) * CARD]
            kind, value, _ = parse_value(image[8:].decode("latin-1"))
            text = text[:-1] + (str(value) if kind is Kind.STRING else "")
            index += 1
        return text

    def integer(self, keyword: str) -> int | None:
        """Value of a keyword that must be an integer; None if it is absent or anything else."""
        index = self._content.first.get(keyword)
        if index is None:
            return None
        card = self._at(index)
        return card.value if card.kind is Kind.INTEGER and type(card.value) is int else None

    def string(self, keyword: str) -> str | None:
        """Value of a keyword that must be a string; None if it is absent or anything else."""
        index = self._content.first.get(keyword)
        if index is None or self._at(index).kind is not Kind.STRING:
            return None
        value = self.value(keyword)
        return value if isinstance(value, str) else None

    def number(self, keyword: str) -> float | None:
        """Value of a keyword that must be a number; None if it is absent or anything else."""
        index = self._content.first.get(keyword)
        if index is None:
            return None
        card = self._at(index)
        if card.kind not in (Kind.INTEGER, Kind.FLOAT) or not isinstance(card.value, int | float):
            return None
        # An integer of 70 digits is legal as text and beyond any float.
        return float(card.value) if abs(card.value) < 1e300 else None
