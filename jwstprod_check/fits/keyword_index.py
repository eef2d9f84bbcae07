"""The keywords of a header in their order, and what follows from them alone.

The primary headers of a delivery differ in values, but have the same keywords; they share one index.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from struct import Struct
from typing import Any, Final, TypeVar

from jwstprod_check.fits.cards import CARD, Parsed
from jwstprod_check.memo import Memo, Values

USUAL: Final = 1024
"""Cards of a header up to which its index is shared and its cards are compared with others'."""

_KEPT_KEYWORDS = 8192
_SHARED = 512

T = TypeVar("T")


class _Names(dict[bytes, str]):
    """Bytes 1 to 8 of cards -> keyword, trailing blanks removed; the few thousand keywords of the field are kept."""

    def __missing__(self, name: bytes) -> str:
        keyword = name.decode("latin-1").rstrip(" ")
        if len(self) < _KEPT_KEYWORDS:
            self[name] = keyword
        return keyword


_NAMES = _Names()

# One struct for all cards of a header takes them apart several times as fast as a loop over them.
_NAMES_OF_CARDS: Final[Values[int, Struct]] = Values(lambda count: Struct("8s72x" * count), 256)
_EIGHTS: Final[Values[int, Struct]] = Values(lambda count: Struct("8s" * count), 256)
_CARDS: Final[Values[int, Struct]] = Values(lambda count: Struct(f"{CARD}s" * count), 256)


class KeywordIndex:
    """The keywords of a header in their order.

    One header of each index is its reference: what is known of a card of the reference holds for the same card
    of the others. An index is never changed but by remembering what is a function of the keywords or of the reference.

    Attributes:
        names: bytes 1 to 8 of each card before END, trailing blanks removed.
        first: keyword -> index of its first card.
        reference: the cards of the reference; () where headers are not compared.
        parsed: the cards of the reference that were looked up, by index.
        by_cards: values of functions of cards of the reference, with the indices of those cards.
        variants: values of functions of cards that are not all the reference's, by their indices and their bytes.
    """

    __slots__ = ("_memo", "by_cards", "first", "names", "parsed", "reference", "variants")

    def __init__(self, names: Iterable[bytes]) -> None:
        self.names = list(map(_NAMES.__getitem__, names))
        self.first = dict(zip(reversed(self.names), range(len(self.names) - 1, -1, -1), strict=True))
        self.reference: tuple[bytes, ...] = ()
        self.parsed: dict[int, Parsed] = {}
        self.by_cards: dict[Callable[..., Any], tuple[Any, frozenset[int]]] = {}
        self.variants: dict[Callable[..., Any], dict[tuple[int, ...], dict[tuple[bytes, ...], Any]]] = {}
        self._memo = Memo()

    def memo(self, derive: "Callable[..., T]", *args: Hashable) -> T:
        """Value of a function of the keywords or of the reference, computed once for all headers of the index."""
        return self._memo.get(derive, self, *args)


def index_of(raw: bytes, end: int) -> KeywordIndex:
    """Return the index of a header whose END is the card ``end``; that of equal keywords is the same."""
    if end > USUAL:
        return KeywordIndex(_beginnings(raw, end, 8))
    return _SHARED_INDEXES[b"".join(_NAMES_OF_CARDS[end].unpack_from(raw))]


def _index_of(names: bytes) -> KeywordIndex:
    return KeywordIndex(_EIGHTS[len(names) // 8].unpack(names))


_SHARED_INDEXES = Values(_index_of, _SHARED)


def images(raw: bytes, end: int) -> Sequence[bytes]:
    """Return the cards of a header before END."""
    if end > USUAL:
        return _beginnings(raw, end, CARD)
    return _CARDS[end].unpack_from(raw)


def _beginnings(raw: bytes, end: int, length: int) -> list[bytes]:
    """First bytes of each of so many cards that no struct is kept for their number."""
    return [raw[start : start + length] for start in range(0, end * CARD, CARD)]
