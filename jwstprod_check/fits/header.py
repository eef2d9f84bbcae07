"""A header: its bytes, its cards by position and by keyword, parsed only when they are looked up, and its place."""

from collections.abc import Callable, Collection, Hashable, Iterator
from itertools import compress
from operator import not_
from typing import Final, TypeVar

from jwstprod_check.fits.cards import CARD, Card
from jwstprod_check.fits.header_cache import CachedHeader, cached_header
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.memo import by_value

BLOCK: Final = 2880
"""Length of a FITS block in bytes (FITS Standard 4.0, section 3.1)."""

_MOST_PASSED: Final = 10_000
"""Cards of references that are remembered as not suspect, for each question."""

T = TypeVar("T")


class Header(HeaderView):
    """The raw bytes of one header, a whole number of blocks, END included.

    ``offset`` is the position of the header's first byte in the (inflated) file; ``end`` is the index of the END card.
    Cards are counted from 0. Of a keyword that appears more than once the first card counts, as for CFITSIO.

    Attributes:
        content: what follows from the bytes alone, shared with the headers of equal bytes.
        changed: indices of the cards that are not those of the reference; every index where there is none.
    """

    __slots__ = ("changed", "content", "offset", "raw")

    def __init__(self, raw: bytes, offset: int, end: int) -> None:
        content = cached_header(raw, end)
        super().__init__(content)
        self.content: CachedHeader = content
        self.raw = raw
        self.offset = offset
        self.changed = content.changed

    def memo_by_cards(self, derive: Callable[[HeaderView], T]) -> T:
        """Value of a function of some cards, computed once for all headers that have these cards in common."""
        content = self.content
        known: tuple[T, object] = content.known.get(derive) or content.by_cards(derive)
        return known[0]

    def memo_by_bytes(self, derive: Callable[..., T], *args: Hashable) -> T:
        """Value of ``derive(header, *args)``, computed once for all headers of the same bytes.

        The function must not use ``offset``.
        """
        return self.content.by_bytes.get(derive, self, *args)

    def cards_to_check(self, is_suspect: Callable[..., bool], *args: Hashable) -> Collection[int]:
        """Indices, in order, of the cards that are suspect; of a header that is compared with no other, all.

        ``is_suspect(keyword, image, *args)`` is called once for equal cards.
        """
        if not self.keyword_index.reference:
            return self.changed
        suspect, passed = self.keyword_index.memo(_suspect_cards, is_suspect, args)
        changed = self.changed
        if not changed:
            return suspect
        names, cards = self.names, self.content.cards
        found = [index for index in suspect if index not in changed] if suspect else []
        for index in changed:
            image = cards[index]
            if image not in passed and is_suspect(names[index], image, *args):
                found.append(index)
        return sorted(found) if found else ()

    def at(self, index: int) -> Card:
        """Return the card at a position, CONTINUE cards not joined."""
        keyword, kind, value, comment, _ = self._parsed[index]
        return Card(keyword, kind, value, comment, index, self.offset + index * CARD, self.image(index))

    def image(self, index: int) -> bytes:
        """Return the 80 bytes of the card at a position."""
        return self.content.cards[index]

    def cards(self) -> Iterator[Card]:
        """Every card before END, in order."""
        return (self.at(i) for i in range(self.end))

    def card(self, keyword: str) -> Card | None:
        """Return the first card of a keyword, None where there is none."""
        index = self.first.get(keyword)
        return None if index is None else self.at(index)


def _suspect_cards(
    keyword_index: KeywordIndex, is_suspect: Callable[..., bool], args: tuple[Hashable, ...]
) -> tuple[tuple[int, ...], set[bytes]]:
    """Indices of the cards of a reference that are suspect, and all cards that were found not to be."""
    passed = _passed(is_suspect, args)
    names = keyword_index.names
    suspect = []
    # Without a loop over cards that have been passed, which most are.
    unknown = map(not_, map(passed.__contains__, keyword_index.reference))
    for index, image in [*compress(enumerate(keyword_index.reference), unknown)]:
        if is_suspect(names[index], image, *args):
            suspect.append(index)
        elif len(passed) < _MOST_PASSED:
            passed.add(image)
    return tuple(suspect), passed


@by_value(256)
def _passed(_is_suspect: Callable[..., bool], _args: tuple[Hashable, ...]) -> set[bytes]:
    """Cards that were checked and are not suspect, as they are found."""
    return set()
