"""A header: its cards by position and by keyword, parsed only when asked for."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from jwstprod_check.fits.cards import CARD, Card, Kind, Scalar, parse_card, parse_value

BLOCK: Final = 2880
"""Length of a FITS block in bytes (FITS Standard 4.0, section 3.1)."""

_LONGEST_STRING = 100_000


class Header:
    """The raw bytes of one header, a whole number of blocks, END included.

    ``offset`` is the position of the header's first byte in the (inflated) file; ``end`` is the
    index of the END card. Cards are counted from 0. A keyword that stands more than once counts
    with its first card, as CFITSIO does.
    """

    def __init__(self, raw: bytes, offset: int, end: int) -> None:
        self.raw = raw
        self.offset = offset
        self.end = end

    def __len__(self) -> int:
        """Count the cards before END."""
        return self.end

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._first

    @cached_property
    def names(self) -> list[str]:
        """Bytes 1 to 8 of each card before END, trailing blanks removed."""
        text = self.raw.decode("latin-1")
        return [text[i : i + 8].rstrip(" ") for i in range(0, self.end * CARD, CARD)]

    @cached_property
    def _first(self) -> dict[str, int]:
        names = self.names
        return dict(zip(reversed(names), range(len(names) - 1, -1, -1), strict=True))

    @cached_property
    def _parsed(self) -> dict[int, Card]:
        return {}

    def at(self, index: int) -> Card:
        """Return the card at a position, CONTINUE cards not joined."""
        card = self._parsed.get(index)
        if card is None:
            start = index * CARD
            card = parse_card(self.raw[start : start + CARD], index, self.offset + start)
            self._parsed[index] = card
        return card

    def cards(self) -> Iterator[Card]:
        """Every card before END, in order."""
        return (self.at(i) for i in range(self.end))

    def card(self, keyword: str) -> Card | None:
        """Return the first card of a keyword, None where there is none."""
        index = self._first.get(keyword)
        return None if index is None else self.at(index)

    def positions(self, keyword: str) -> list[int]:
        """Indices of every card of a keyword."""
        return [i for i, name in enumerate(self.names) if name == keyword]

    def value(self, keyword: str) -> Scalar:
        """Value of a keyword; None if it is absent, undefined or malformed.

        A long string is joined with its CONTINUE cards (FITS Standard 4.0, section 4.2.1.2).
        """
        card = self.card(keyword)
        if card is None or card.kind is Kind.MALFORMED:
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
        card = self.card(keyword)
        return card.value if card is not None and card.kind is Kind.INTEGER and type(card.value) is int else None

    def string(self, keyword: str) -> str | None:
        """Value of a keyword that must be a string; None if it is absent or anything else."""
        value = self.value(keyword)
        return value if isinstance(value, str) and self.at(self._first[keyword]).kind is Kind.STRING else None

    def number(self, keyword: str) -> float | None:
        """Value of a keyword that must be a number; None if it is absent or anything else."""
        card = self.card(keyword)
        if card is None or card.kind not in (Kind.INTEGER, Kind.FLOAT):
            return None
        return float(card.value) if isinstance(card.value, int | float) else None
