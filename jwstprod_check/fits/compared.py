"""Who read which cards of a header, so that a header that differs in other cards need not be read again."""

from jwstprod_check.fits.header_cache import CachedHeader


class ComparedHeader:
    """A header that others of the same keywords are compared with, and the readers of its cards.

    Readers and cards are bits of integers: a card at its index, a reader where its owner puts it.
    """

    __slots__ = ("_base", "_read", "_readers")

    def __init__(self, base: CachedHeader) -> None:
        self._base = base
        self._readers: dict[int, int] = {}
        self._read = 0

    def note(self, cards: int, reader: int) -> None:
        """Note that a reader read some cards."""
        self._readers[cards] = self._readers.get(cards, 0) | reader
        self._read |= cards

    def touched(self, content: CachedHeader) -> int:
        """Readers of the cards in which another header of the same keywords differs."""
        base, read = self._base, self._read
        if content is base or not read:
            return 0
        different = 0
        for card in {*content.changed, *base.changed}:
            if read >> card & 1 and content.cards[card] != base.cards[card]:
                different |= 1 << card
        touched = 0
        for cards, readers in self._readers.items() if different else ():
            if cards & different:
                touched |= readers
        return touched
