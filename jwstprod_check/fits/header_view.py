"""A header reduced to its keywords and cards: no bytes beside them, no place in a file.

What may be remembered by cards is computed from a view, so that it cannot depend on anything else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from jwstprod_check.fits.cards import MALFORMED, STRING, Parsed, Scalar, parse_value

if TYPE_CHECKING:
    from jwstprod_check.fits.keyword_index import KeywordIndex

_LONGEST_STRING = 100_000

T = TypeVar("T")


class ParsedCards(Protocol):
    """Parsed cards by index."""

    def __getitem__(self, index: int, /) -> Parsed:
        """Return the card at a position."""
        ...


class Cards(Protocol):
    """Where a view gets its cards."""

    keyword_index: "KeywordIndex"
    end: int

    @property
    def parsed(self) -> ParsedCards:
        """The cards, parsed."""
        ...

    def by_cards(self, derive: Callable[["HeaderView"], T]) -> tuple[T, frozenset[int]]:
        """Value of a function of some cards, and the indices of those cards."""
        ...


class HeaderView:
    """Keywords in order, and the values of cards. Cards are counted from 0; of a repeated keyword the first card counts.

    Attributes:
        end: index of the END card, which is the number of cards before it.
        keyword_index: the keywords in order, shared by all headers that have the same.
        names: bytes 1 to 8 of each card before END, trailing blanks removed.
        first: keyword -> index of its first card.
    """

    __slots__ = ("_cards", "_parsed", "end", "first", "keyword_index", "names")

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self._parsed = cards.parsed
        self.end = cards.end
        self.keyword_index = cards.keyword_index
        self.first = cards.keyword_index.first
        self.names = cards.keyword_index.names

    def __len__(self) -> int:
        """Count the cards before END."""
        return self.end

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.first

    def memo_by_cards(self, derive: Callable[["HeaderView"], T]) -> T:
        """Value of a function of some cards, computed once for all headers that have these cards in common."""
        return self._cards.by_cards(derive)[0]

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
        _, kind, value, _, whole = self._parsed[index]
        if whole is not None:
            return whole
        if kind is STRING:
            return self._joined(index)
        return None if kind is MALFORMED else value

    def _joined(self, index: int) -> str:
        """Join the string of a card with the strings of the CONTINUE cards after it."""
        text = str(self._parsed[index][2])
        while text.endswith("&") and self.names[index + 1 : index + 2] == ["CONTINUE"] and len(text) < _LONGEST_STRING:
            index += 1
            field = str(self._parsed[index][2])
            kind, value, _ = parse_value(field)
            text = text[:-1] + (str(value) if kind is STRING else "")
        return text

    def integer(self, keyword: str) -> int | None:
        """Value of a keyword that must be an integer; None if it is absent or anything else."""
        index = self.first.get(keyword)
        if index is None:
            return None
        value = self._parsed[index][2]
        # Cards of no other kind have a value of this type.
        return value if type(value) is int else None

    def string(self, keyword: str) -> str | None:
        """Value of a keyword that must be a string; None if it is absent or anything else."""
        index = self.first.get(keyword)
        if index is None:
            return None
        whole = self._parsed[index][4]
        return whole if whole is not None else self.string_at(index)

    def string_at(self, index: int) -> str | None:
        """Value of a card that must be a string; None if it is anything else."""
        whole = self._parsed[index][4]
        if whole is not None:
            return whole
        return self._joined(index) if self._parsed[index][1] is STRING else None

    def number(self, keyword: str) -> float | None:
        """Value of a keyword that must be a number; None if it is absent or anything else."""
        index = self.first.get(keyword)
        if index is None:
            return None
        value = self._parsed[index][2]
        if type(value) is not float and type(value) is not int:
            return None
        # An integer of 70 digits is legal as text and beyond any float.
        return float(value) if abs(value) < 1e300 else None
