"""A file through a glass that notes what a rule reads of it.

A rule that found nothing in one file finds nothing in another if all that it read is the same there. So the first of two
files of one structure is judged through this glass, and of the second only what differs (``engine.structure``).
"""

from collections.abc import Callable, Collection, Hashable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jwstprod_check.fits.cards import Parsed, Scalar
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.match.dimensions import Solution
from jwstprod_check.match.rows import Matching
from jwstprod_check.product import Product
from jwstprod_check.rules.context import (
    Context,
    find_images,
    find_matching,
    find_pairs,
    find_solution,
    find_tables,
)
from jwstprod_check.spec.model import Row

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan
    from jwstprod_check.scan.records import Tables

T = TypeVar("T")


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
        self._observer.reads.add(self._hdu, sum(1 << index for index in known[1]))
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

    def memo_by_bytes(self, derive: Callable[..., T], *args: Hashable) -> T:
        """Value of a function of the bytes."""
        self._note_all()
        return self._base.memo_by_bytes(derive, *args)

    def cards_to_check(self, is_suspect: Callable[..., bool], *args: Hashable) -> Collection[int]:
        """Indices of the cards that may be suspect."""
        self._note_all()
        return self._base.cards_to_check(is_suspect, *args)


class _Observed:
    """Attributes of something else; those that are not the same for all files of a structure are noted."""

    _same: frozenset[str] = frozenset()

    def __init__(self, base: object, observer: Observer) -> None:
        self._base = base
        self._observer = observer

    def __getattr__(self, name: str) -> Any:
        if name not in self._same:
            self._observer.reads.beyond = True
        return getattr(self._base, name)


class _ObservedFile(_Observed):
    """A file without faults, whose HDUs are observed."""

    _same = frozenset({"gzipped", "faults", "complete"})

    def __init__(self, base: FitsFile, observer: Observer) -> None:
        super().__init__(base, observer)
        self.hdus = tuple(_observed_hdu(hdu, observer) for hdu in base.hdus)
        self.by_name = {name: tuple(self.hdus[h.index] for h in group) for name, group in base.by_name.items()}

    @property
    def primary(self) -> Header | None:
        return self.hdus[0].header if self.hdus else None

    def named(self, name: str) -> tuple[Hdu, ...]:
        return self.by_name.get(name, ())


class _ObservedProduct(_Observed):
    """A product; its name is the same for all files of a structure."""

    _same = frozenset({"name"})


def _observed_hdu(hdu: Hdu, observer: Observer) -> Hdu:
    observed = copy(hdu)
    observed.header = ObservedHeader(hdu.header, hdu.index, observer)
    return observed


class _ObservedFacts(FileFacts):
    """Keywords of an observed file, looked up anew each time, so that each reader is noted."""

    def keyword(self, name: str) -> Scalar:
        self._known.clear()
        return super().keyword(name)


class ObservedContext(Context):
    """A context that notes what is read through it.

    ``structural`` are the values that were remembered by structure, each with what it was made of.
    """

    def __init__(self, base: Context, observer: Observer) -> None:
        file = cast("FitsFile", _ObservedFile(base.file, observer))
        product = cast("Product", _ObservedProduct(base.product, observer))
        self._scan = base.scan
        self._small_tables = base.small_tables
        self._observer = observer
        super().__init__(
            file, product, base.spec, base.catalogue, base.strict, base.profile, None, _ObservedFacts(file)
        )
        self._values: dict[Hashable, tuple[Any, Reads]] = {}
        self.structural: dict[Callable[..., Any], tuple[Any, Reads]] = {}

    @property
    def scan(self) -> "Scan | None":
        """What the data pass found."""
        self._observer.reads.beyond = True
        return self._scan

    @scan.setter
    def scan(self, value: object) -> None:
        del value

    @property
    def small_tables(self) -> "Tables | None":
        """Bytes of small tables."""
        self._observer.reads.beyond = True
        return self._small_tables

    @small_tables.setter
    def small_tables(self, value: object) -> None:
        del value

    def by_file(self, derive: Callable[..., T], *args: Hashable) -> T:
        """Value of a function of the file; its reads are those of everyone who asks for it."""
        key = (derive, args)
        if key not in self._values:
            self._values[key] = self._observer.during(derive, self, *args)
        value, reads = self._values[key]
        self._observer.reads.include(reads)
        known: T = value
        return known

    # What a context keeps for speed is asked for anew each time, so that whoever uses it is noted.

    @property
    def matching(self) -> Matching:
        """Rows and their HDUs."""
        return self.by_file(find_matching)

    @property
    def solution(self) -> Solution:
        """The solved dimensions."""
        return self.by_structure(find_solution)

    @property
    def _pairs(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_pairs)

    @property
    def _images(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_images)

    @property
    def _tables(self) -> list[tuple[Row, Hdu]]:
        return self.by_file(find_tables)

    def by_structure(self, derive: Callable[[Context], T]) -> T:
        """Value of a function of the file that holds nothing of this file."""
        value = self.by_file(derive)
        self.structural[derive] = self._values[derive, ()]
        return value


def bits(mask: int) -> Iterator[int]:
    """Places of the bits that are set, from the lowest."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
