"""The bytes of headers, shared: what was found out about one header is not found out again about the next.

The headers of a delivery repeat. All PIXELDQ headers of one subarray are the same to the byte, and the primary headers
differ in a few dozen cards of some hundred. Equal bytes share one ``CachedHeader``, equal keywords in equal order share one
``KeywordIndex``.
"""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from itertools import compress, count
from operator import ne
from struct import Struct
from typing import TYPE_CHECKING, Any, TypeVar

from jwstprod_check.fits.cards import CARD, Parsed, parse_image

if TYPE_CHECKING:
    from jwstprod_check.fits.header import Header

_SHARED_BYTES = 40_000
_SHARED_HEADERS = 128
_KEYWORDS = 8192
_USUAL = 1024
"""Cards of a header up to which it is compared with others of the same keywords."""

_VARIANTS = 2
_VALUES = 16
"""Sets of cards, and values of each, of which an outline keeps what was deduced: enough for the HDUs of a few slits."""

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


class KeywordIndex:
    """The keywords of a header in their order, and what follows from them alone.

    The primary headers of a delivery differ in values, but have the same keywords; they share one outline. One of them
    is its model: what was found out about a card of the model holds for the same card of the others. An outline is
    never changed but by remembering what is a function of the keywords or of the model.

    Attributes:
        names: bytes 1 to 8 of each card before END, trailing blanks removed.
        first: keyword -> index of its first card.
        model: the cards of the model; () where headers are not compared.
        parsed: the cards of the model that were asked for, by index.
        deduced: what was deduced from cards of the model, with the indices of those cards.
        variants: what was deduced from cards that are not all the model's, by their indices and their bytes.
    """

    __slots__ = ("_remembered", "deduced", "first", "model", "names", "parsed", "variants")

    def __init__(self, names: Iterable[bytes]) -> None:
        self.names = [_NAMES[name] for name in names]
        self.first = dict(zip(reversed(self.names), range(len(self.names) - 1, -1, -1), strict=True))
        self.model: tuple[bytes, ...] = ()
        self.parsed: dict[int, Parsed] = {}
        self.deduced: dict[str, tuple[Any, frozenset[int]]] = {}
        self.variants: dict[str, dict[tuple[int, ...], dict[tuple[bytes, ...], Any]]] = {}
        self._remembered: dict[str, Any] = {}

    def remember(self, what: str, derive: "Callable[[KeywordIndex], T]") -> T:
        """Value of a function of the keywords or of the model, computed once for all headers of the outline."""
        if what not in self._remembered:
            self._remembered[what] = derive(self)
        value: T = self._remembered[what]
        return value


def _compared(raw: bytes, end: int) -> tuple[KeywordIndex, Collection[int]]:
    """Outline of a header, and the indices of its cards that are not those of the model."""
    names = _take(_NAME, raw, end)
    if end > _USUAL:
        return KeywordIndex(names), range(end)
    keyword_index = _shared_outline(b"".join(names))
    cards = _take(_IMAGE, raw, end)
    keyword_index.model = keyword_index.model or cards
    return keyword_index, frozenset(compress(count(), map(ne, cards, keyword_index.model)))


@lru_cache(_SHARED_HEADERS)
def _shared_outline(names: bytes) -> KeywordIndex:
    return KeywordIndex(names[start : start + 8] for start in range(0, len(names), 8))


class CachedHeader:
    """What follows from the bytes of a header alone.

    It holds no offset and is never changed but by remembering what is a function of the bytes.

    Attributes:
        outline: the keywords, and the model that the header is compared with.
        changed: indices of the cards that are not those of the model; every index where there is none.
        remembered: values of functions of the bytes, by name.
        deduced: values of functions of some cards, by name, with the indices of those cards.
    """

    __slots__ = ("changed", "deduced", "end", "keyword_index", "parsed", "raw", "remembered")

    def __init__(self, raw: bytes, end: int) -> None:
        self.raw = raw
        self.end = end
        self.keyword_index, self.changed = _compared(raw, end)
        self.parsed: dict[int, Parsed] = {}
        self.remembered: dict[str, Any] = {}
        self.deduced: dict[str, tuple[Any, frozenset[int]]] = {}

    def card(self, index: int) -> Parsed:
        """Keyword, kind, value and comment of the card at a position."""
        parsed = self.parsed if index in self.changed else self.keyword_index.parsed
        found = parsed.get(index)
        if found is None:
            found = parsed[index] = parse_image(self.image(index))
        return found

    def image(self, index: int) -> bytes:
        """Return the 80 bytes of the card at a position."""
        return self.raw[index * CARD : index * CARD + CARD]

    def deduce(self, what: str, derive: Callable[["Header"], T], header: "Header") -> tuple[T, frozenset[int]]:
        """Value of a function of some cards, and which; the model's where those cards are the model's."""
        known = self.deduced.get(what)
        if known is None:
            known = self.keyword_index.deduced.get(what)
            if known is None or not known[1].isdisjoint(self.changed):
                known = self._variant(what) or self._derived(what, derive, header)
            self.deduced[what] = known
        return known

    def _variant(self, what: str) -> tuple[Any, frozenset[int]] | None:
        """Return what another header deduced that differs from the model in the same way, where it was asked."""
        for asked, values in self.keyword_index.variants.get(what, {}).items():
            cards = self._images(asked)
            if cards in values:
                return values[cards], frozenset(asked)
        return None

    def _derived(self, what: str, derive: Callable[["Header"], T], header: "Header") -> tuple[T, frozenset[int]]:
        watched = TrackedCards(self)
        value = derive(header.seen_through(watched))
        asked = frozenset(watched.asked)
        if asked.isdisjoint(self.changed):
            self.keyword_index.deduced[what] = value, asked
        elif self.keyword_index.model:
            variants = self.keyword_index.variants.setdefault(what, {})
            indices = tuple(sorted(asked))
            if indices in variants or len(variants) < _VARIANTS:
                values = variants.setdefault(indices, {})
                if len(values) < _VALUES:
                    values[self._images(indices)] = value
        return value, asked

    def _images(self, indices: tuple[int, ...]) -> tuple[bytes, ...]:
        return tuple([self.image(index) for index in indices])


class TrackedCards:
    """A content that notes which cards are asked for."""

    __slots__ = ("_content", "asked")

    def __init__(self, content: CachedHeader) -> None:
        self._content = content
        self.asked: set[int] = set()

    def card(self, index: int) -> Parsed:
        """Return the card at a position."""
        self.asked.add(index)
        return self._content.card(index)

    @property
    def remembered(self) -> dict[str, Any]:
        """What was remembered may come from any byte."""
        self.asked.update(range(self._content.end))
        return self._content.remembered

    def deduce(self, what: str, derive: Callable[["Header"], T], header: "Header") -> tuple[T, frozenset[int]]:
        """What rests on cards that another deduction asked for rests on them too."""
        known = self._content.deduce(what, derive, header)
        self.asked.update(known[1])
        return known


def cached_header(raw: bytes, end: int) -> CachedHeader:
    """Return the content of a header whose END is the card of a given index; that of equal bytes is the same."""
    return _shared(raw, end) if len(raw) <= _SHARED_BYTES else CachedHeader(raw, end)


@lru_cache(_SHARED_HEADERS)
def _shared(raw: bytes, end: int) -> CachedHeader:
    return CachedHeader(raw, end)
