"""A header: its cards by position and by keyword, parsed only when asked for."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Final, TypeVar

from jwstprod_check.fits.cards import (
    CARD,
    FLOAT,
    INTEGER,
    MALFORMED,
    STRING,
    Card,
    Scalar,
    parse_value,
)
from jwstprod_check.fits.header_cache import CachedHeader, KeywordIndex, TrackedCards, cached_header

BLOCK: Final = 2880
"""Length of a FITS block in bytes (FITS Standard 4.0, section 3.1)."""

_LONGEST_STRING = 100_000

T = TypeVar("T")


class Header:
    """The raw bytes of one header, a whole number of blocks, END included.

    ``offset`` is the position of the header's first byte in the (inflated) file; ``end`` is the
    index of the END card. Cards are counted from 0. A keyword that stands more than once counts
    with its first card, as CFITSIO does.

    Attributes:
        outline: its keywords in order, and the model that it is compared with.
        changed: indices of the cards that are not those of the model; every index where there is none.
        names: bytes 1 to 8 of each card before END, trailing blanks removed.
        first: keyword -> index of its first card.
    """

    __slots__ = ("_content", "changed", "end", "first", "keyword_index", "names", "offset", "raw")

    def __init__(self, raw: bytes, offset: int, end: int) -> None:
        self.raw = raw
        self.offset = offset
        self.end = end
        content = cached_header(raw, end)
        self._content: CachedHeader | TrackedCards = content
        self.keyword_index = content.keyword_index
        self.changed = content.changed
        self.first = self.keyword_index.first
        self.names = self.keyword_index.names

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

    def deduce(self, what: str, derive: Callable[["Header"], T]) -> T:
        """Value of a function of some cards, computed once for all headers that have these cards of the model.

        The function may ask for cards and their values, for ``names``, ``first`` and the length, and for nothing else of
        the header. Which cards it asks for is watched.
        """
        return self._content.deduce(what, derive, self)[0]

    def unlike_model(self, what: str, is_odd: Callable[[str, bytes], bool]) -> Collection[int]:
        """Indices, in order, of the cards that are not known to be well: of all but those that are well in the model.

        ``is_odd`` is asked once for each card of the model, with its keyword and its bytes; ``what`` names the question.
        """
        if not self.keyword_index.model:
            return self.changed
        odd = self.keyword_index.remember(what, partial(_odd_cards, is_odd))
        return sorted({*self.changed, *odd})

    def seen_through(self, watched: "TrackedCards") -> "Header":
        """Return a header whose cards are watched. It has neither bytes nor a place: nothing may be deduced from them."""
        view = Header.__new__(Header)
        view.changed, view.end, view.first = self.changed, self.end, self.first
        view.names, view.keyword_index = self.names, self.keyword_index
        view._content = watched  # noqa: SLF001 - its own
        return view

    def at(self, index: int) -> Card:
        """Return the card at a position, CONTINUE cards not joined."""
        keyword, kind, value, comment = self._content.card(index)
        return Card(keyword, kind, value, comment, index, self.offset + index * CARD, self.image(index))

    def image(self, index: int) -> bytes:
        """Return the 80 bytes of the card at a position."""
        return self.raw[index * CARD : index * CARD + CARD]

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
            field = str(self._content.card(index)[2])
            kind, value, _ = parse_value(field)
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


def _odd_cards(is_odd: Callable[[str, bytes], bool], keyword_index: KeywordIndex) -> list[int]:
    """Indices of the cards of a model that are not well."""
    cards = enumerate(zip(keyword_index.names, keyword_index.model, strict=True))
    return [index for index, (name, image) in cards if is_odd(name, image)]
