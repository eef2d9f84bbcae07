"""A header whose readers are noted: which cards somebody reads, and whether anything beyond them."""

from collections.abc import Callable, Collection, Hashable
from typing import Any, Final, TypeVar

from jwstprod_check.fits.cards import Parsed
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.memo import Values

T = TypeVar("T")

_BITS: Final[Values[frozenset[int], int]] = Values(lambda cards: sum([1 << index for index in cards]), 1024)
"""Indices of cards, one bit each."""


class Reads:
    """What was read: the cards of each HDU as bits, and whether anything beyond headers and structure was."""

    __slots__ = ("beyond", "cards")

    def __init__(self) -> None:
        self.cards: dict[int, int] = {}
        self.beyond = False

    def add(self, hdu: int, cards: int) -> None:
        """Add cards of an HDU, one bit each."""
        self.cards[hdu] = self.cards.get(hdu, 0) | cards

    def include(self, other: "Reads") -> None:
        """Add all that something else has read."""
        for hdu, cards in other.cards.items():
            self.add(hdu, cards)
        self.beyond = self.beyond or other.beyond


class Observer:
    """Who reads at the moment: reads are noted in ``reads``."""

    def __init__(self) -> None:
        self.reads = Reads()

    def during(self, work: Callable[..., T], *args: Any) -> tuple[T, Reads]:
        """Do some work; return its result and what it read."""
        outer, self.reads = self.reads, Reads()
        try:
            return work(*args), self.reads
        finally:
            self.reads = outer


class _ObservedCards:
    """Where an observed header gets its cards."""

    def __init__(self, header: Header, hdu: int, observer: Observer) -> None:
        self._content = header.content
        self._hdu = hdu
        self._observer = observer
        self.end = header.end
        self.keyword_index: KeywordIndex = header.keyword_index

    @property
    def parsed(self) -> "_ObservedCards":
        return self

    def __getitem__(self, index: int) -> Parsed:
        self._observer.reads.add(self._hdu, 1 << index)
        return self._content.parsed[index]

    def by_cards(self, derive: Callable[[HeaderView], T]) -> tuple[T, frozenset[int]]:
        known = self._content.by_cards(derive)
        self._observer.reads.add(self._hdu, _BITS[known[1]])
        return known


class ObservedHeader(Header):
    """A header whose readers are noted. What is read by its bytes depends on all its cards."""

    __slots__ = ("_base", "_hdu", "_observer")

    def __init__(self, base: Header, hdu: int, observer: Observer) -> None:
        HeaderView.__init__(self, _ObservedCards(base, hdu, observer))
        self._base = base
        self._hdu = hdu
        self._observer = observer
        self.offset = base.offset

    def _note_all(self) -> None:
        self._observer.reads.add(self._hdu, (1 << self.end) - 1)

    @property
    def raw(self) -> bytes:  # type: ignore[override]
        """All bytes of the header."""
        # Bytes after END may differ where no card does.
        self._note_all()
        self._observer.reads.beyond = True
        return self._base.raw

    @property
    def content(self) -> Any:  # type: ignore[override]
        """What follows from the bytes."""
        self._note_all()
        return self._base.content

    @property
    def changed(self) -> Collection[int]:  # type: ignore[override]
        """Cards that are not those of the reference."""
        self._note_all()
        return self._base.changed

    def image(self, index: int) -> bytes:
        """Return the 80 bytes of the card at a position."""
        self._observer.reads.add(self._hdu, 1 << index)
        return self._base.image(index)

    def memo_by_cards(self, derive: Callable[[HeaderView], T]) -> T:
        """Value of a function of some cards."""
        return HeaderView.memo_by_cards(self, derive)

    def memo_by_bytes(self, derive: Callable[..., T], *args: Hashable) -> T:
        """Value of a function of the bytes."""
        self._note_all()
        return self._base.memo_by_bytes(derive, *args)

    def cards_to_check(self, is_suspect: Callable[..., bool], *args: Hashable) -> Collection[int]:
        """Indices of the cards that may be suspect."""
        self._note_all()
        return self._base.cards_to_check(is_suspect, *args)
