"""The bytes of headers, shared: what is known of one header is not computed again for the next.

The headers of a delivery repeat. All PIXELDQ headers of one subarray are the same to the byte, and the primary headers
differ in a few dozen cards of some hundred. Equal bytes share one ``CachedHeader``.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import compress, count
from operator import ne
from typing import Any, Final, TypeVar

from jwstprod_check.fits.cards import PARSED, Parsed
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import USUAL, KeywordIndex, images, index_of
from jwstprod_check.memo import SWITCH, Memo, by_value, check_key

_SHARED_BYTES: Final = 40_000
_SHARED_HEADERS: Final = 128
_VARIANTS: Final = 2
_VALUES: Final = 16
"""Sets of cards, and values of each, of which an index keeps what was computed: enough for the HDUs of a few slits."""

T = TypeVar("T")


class CachedHeader:
    """What follows from the bytes of a header alone.

    It holds no offset and is never changed but by remembering what is a function of the bytes.

    Attributes:
        keyword_index: the keywords, and the reference that the header is compared with.
        changed: indices of the cards that are not those of the reference; every index where there is none.
        by_bytes: memory of functions of the bytes.
        cards: the 80 bytes of each card before END.
        known: values of functions of some cards, each with the indices of these cards.
        parsed: cards by index, parsed when they are looked up.
    """

    __slots__ = ("by_bytes", "cards", "changed", "end", "keyword_index", "known", "parsed")

    def __init__(self, raw: bytes, end: int) -> None:
        self.end = end
        self.keyword_index = index_of(raw, end)
        self.cards: Sequence[bytes] = images(raw, end)
        self.changed = _changed(self.keyword_index, self.cards)
        self.by_bytes = Memo()
        self.parsed = _ParsedCards(self)
        self.known: dict[Callable[..., Any], tuple[Any, frozenset[int]]] = {}

    def by_cards(self, derive: Callable[[HeaderView], T]) -> tuple[T, frozenset[int]]:
        """Value of a function of some cards, and which; the reference's where those cards are the reference's."""
        known = self.known.get(derive)
        if known is None:
            known = self.keyword_index.by_cards.get(derive)
            if known is None or not known[1].isdisjoint(self.changed):
                known = self._variant(derive) or self._derived(derive)
            if SWITCH.on:
                self.known[derive] = known
        return known

    def _variant(self, derive: Callable[[HeaderView], T]) -> tuple[Any, frozenset[int]] | None:
        """Return the value of another header that differs from the reference in the same way, where it is known."""
        for asked, values in self.keyword_index.variants.get(derive, {}).items():
            cards = self._images(asked)
            if cards in values:
                return values[cards], frozenset(asked)
        return None

    def _derived(self, derive: Callable[[HeaderView], T]) -> tuple[Any, frozenset[int]]:
        tracked = TrackedCards(self)
        value = derive(HeaderView(tracked))
        asked = tracked.asked
        self.parsed.take(tracked.parsed)
        if not SWITCH.on:
            return value, asked
        check_key(derive)
        if asked.isdisjoint(self.changed):
            self.keyword_index.by_cards[derive] = value, asked
        elif self.keyword_index.reference:
            variants = self.keyword_index.variants.setdefault(derive, {})
            indices = tuple(sorted(asked))
            if indices in variants or len(variants) < _VARIANTS:
                values = variants.setdefault(indices, {})
                if len(values) < _VALUES:
                    values[self._images(indices)] = value
        return value, asked

    def _images(self, indices: tuple[int, ...]) -> tuple[bytes, ...]:
        return tuple(map(self.cards.__getitem__, indices))


class _ParsedCards(dict[int, Parsed]):
    """Parsed cards of a header by index. Those of the reference that were looked up before come with it."""

    def __init__(self, content: CachedHeader) -> None:
        reference, changed = content.keyword_index.parsed, content.changed
        super().__init__(reference)
        for index in changed if self else ():
            self.pop(index, None)
        self._reference = reference
        self._changed = changed
        self._images = content.cards

    def __missing__(self, index: int) -> Parsed:
        found = self[index] = PARSED[self._images[index]]
        if index not in self._changed:
            self._reference[index] = found
        return found

    def take(self, cards: Mapping[int, Parsed]) -> None:
        """Take cards of the header that were parsed for somebody else."""
        self.update(cards)
        # What another header has in common with the reference, the reference mostly had to look up as well.
        if not self._changed:
            self._reference.update(cards)


class TrackedCards:
    """The cards of a cached header, and a note of which were looked up."""

    __slots__ = ("_content", "_inherited", "end", "keyword_index", "parsed")

    def __init__(self, content: CachedHeader) -> None:
        self._content = content
        self._inherited: set[int] = set()
        self.end = content.end
        self.keyword_index = content.keyword_index
        self.parsed = _TrackedCards(content.cards)

    @property
    def asked(self) -> frozenset[int]:
        """Indices of the cards that were looked up."""
        return frozenset(self._inherited.union(self.parsed))

    def by_cards(self, derive: Callable[[HeaderView], T]) -> tuple[T, frozenset[int]]:
        """What depends on a value depends on the cards that the value was computed from."""
        known = self._content.by_cards(derive)
        self._inherited |= known[1]
        return known


class _TrackedCards(dict[int, Parsed]):
    """Parsed cards that were looked up."""

    def __init__(self, images: Sequence[bytes]) -> None:
        super().__init__()
        self._images = images

    def __missing__(self, index: int) -> Parsed:
        found = self[index] = PARSED[self._images[index]]
        return found


def _changed(keyword_index: KeywordIndex, cards: Sequence[bytes]) -> Collection[int]:
    if len(cards) > USUAL:
        return range(len(cards))
    keyword_index.reference = keyword_index.reference or tuple(cards)
    return frozenset(compress(count(), map(ne, cards, keyword_index.reference)))


def cached_header(raw: bytes, end: int) -> CachedHeader:
    """Return the content of a header whose END is the card of a given index; that of equal bytes is the same."""
    return _shared(raw, end) if len(raw) <= _SHARED_BYTES else CachedHeader(raw, end)


@by_value(_SHARED_HEADERS)
def _shared(raw: bytes, end: int) -> CachedHeader:
    return CachedHeader(raw, end)
