"""A header laid out for the FITS rules: its reserved keywords by root, its defective cards, what rules can ask to be called for."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Final

import msgspec

from jwstprod_check.defect import Defect
from jwstprod_check.fits.cards import CARD
from jwstprod_check.fits.columns import Column, read_columns
from jwstprod_check.fits.hdu import MAX_NAXIS, read_structure
from jwstprod_check.fits.header import BLOCK, Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.fits.reserved import KEYWORDS, Keyword
from jwstprod_check.fits.syntax import WELL_FORMED, defects_of, fixed_format
from jwstprod_check.memo import Values
from jwstprod_check.rules.rule import Outcome, Problem, Skip

MAX_DEFECTIVE: Final = 1000
"""Defective cards of one header after which its cards are not looked at any more."""

MAX_CARDS: Final = 50_000
"""Cards of one header that are looked at; the largest real headers have a few thousand."""


REPEATABLE: Final = ("COMMENT", "HISTORY", "", "CONTINUE", "HIERARCH")
"""Keywords of commentary, which may be repeated."""

_KINDS: Final = {"IMAGE": "image", "BINTABLE": "bintable", "TABLE": "table"}
_END = b"END".ljust(BLOCK)

SIZE_KEYWORDS: Final = frozenset({"BITPIX", "NAXIS", "NAXISn", "PCOUNT", "GCOUNT"})
"""Roots of the keywords that the size of the data is computed from; FILE013 reports where it cannot be."""


class HeaderIndex:
    """A header laid out for the rules.

    ``kind`` is primary, image, bintable, table (ASCII), other, or damaged for one that begins with neither SIMPLE nor
    XTENSION; a tile-compressed image is a bintable here.
    ``keys`` are the reserved keywords by root, in order, each with the index of its first card; ``defective`` are the cards
    that break the grammar of cards or have a value of the wrong type. ``cut`` says that not all cards were looked at.
    ``triggers`` are the roots, and what else a rule can ask to be called for: ``!`` with the kind of a card's defect,
    ``!repeated`` for a keyword that appears twice, ``!order`` where the header does not begin with its ``sequence`` of
    mandatory keywords, ``!end`` where it does not end with END and blanks, ``!cut``.
    """

    __slots__ = ("compressed", "cut", "defective", "header", "keys", "kind", "names", "sequence", "sized", "triggers")

    def __init__(self, header: Header) -> None:
        structure = header.memo_by_cards(read_structure)
        self.header = header
        self.names = header.names
        begins = self.names[0] if self.names else ""
        self.kind = "primary" if structure.simple else "damaged"
        if begins == "XTENSION":
            self.kind = _KINDS.get(structure.xtension or "", "other")
        self.compressed = structure.compressed
        self.sized = structure.data_size is not None
        self.defective: list[tuple[int, Defect, Keyword | None]] = []
        self.sequence = _SEQUENCES[self.kind, header.integer("NAXIS") or 0]
        looked = self._look()
        self.cut = len(self.names) > MAX_CARDS or len(self.defective) >= MAX_DEFECTIVE
        reserved = header.keyword_index.memo(_reserved) if header.keyword_index.reference else None
        reserved = reserved or _reserve(self.names[:looked], header.first)
        self.keys = reserved.keys
        signs = self._other_signs(reserved.repeated)
        # The roots alone are the same object for all headers of their keywords.
        self.triggers = reserved.roots.union(signs) if signs else reserved.roots

    @property
    def form(self) -> tuple[Hashable, ...]:
        """What the rules know of a header without reading a card: it is the same where this is, and keywords and triggers are."""
        return self.kind, self.compressed, self.sized, len(self.sequence)

    def with_header(self, header: Header) -> "HeaderIndex":
        """Return the same layout for a header that stands for this one."""
        view = object.__new__(HeaderIndex)
        for name in HeaderIndex.__slots__:
            setattr(view, name, getattr(self, name))
        view.header = header
        return view

    def _look(self) -> int:
        """Take apart the cards that are not sound; return how many cards were looked at."""
        header = self.header
        for index in islice(header.cards_to_check(_is_unsound), MAX_CARDS):
            image, name = header.image(index), self.names[index]
            if _is_unsound(name, image):
                self._take_apart(index, image, KEYWORDS[name])
                if len(self.defective) >= MAX_DEFECTIVE:
                    return index + 1
        return min(header.end, MAX_CARDS)

    def _other_signs(self, repeated: bool) -> list[str]:
        signs = [f"!{defect.kind}" for _, defect, _ in self.defective] if self.defective else []
        if self.cut:
            signs.append("!cut")
        elif repeated:
            signs.append("!repeated")
        start = self.header.end * CARD
        if self.header.raw[start:] != _END[: len(self.header.raw) - start]:
            signs.append("!end")
        if self.names[: len(self.sequence)] != self.sequence:
            signs.append("!order")
        return signs

    def _take_apart(self, index: int, image: bytes, keyword: Keyword | None) -> None:
        types, fixed = (keyword.types, keyword.fixed) if keyword is not None else (None, False)
        # FILE013 names the keyword that keeps the size from being known.
        silent = not self.sized and _root(self.names[index]) in SIZE_KEYWORDS
        for defect in defects_of(image, types, fixed):
            if not silent or defect.kind in {"non-text", "fixed"}:
                self.defective.append((index, defect, keyword))

    def each(self, *roots: str) -> Iterable[tuple[int, Keyword]]:
        """Cards of reserved keywords, by root."""
        return chain.from_iterable(map(self.keys.get, roots, repeat(())))

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of a binary table, compressed or not; () for anything else."""
        return self.header.memo_by_cards(read_columns) if self.kind == "bintable" else ()

    @property
    def fields(self) -> int | None:
        """TFIELDS where it is an integer from 0 to 999."""
        fields = self.header.integer("TFIELDS")
        return fields if fields is not None and 0 <= fields <= 999 else None

    def report_missing(self, name: str, problem: Problem) -> Iterator[Outcome]:
        """Report a keyword that is missing; where it is misspelt, which is FITS002, its value was not checked."""
        if name in self.header.first:
            return
        if any(k.name.strip(" ").upper() == name for _, k in self.keys.get("", ())):
            yield Skip(f"{name} is misspelt", ("FITS002",))
        else:
            yield problem


class Reserved(msgspec.Struct, frozen=True):
    """Reserved keywords by root, in order, each with the index of its first card.

    ``repeated`` is whether a keyword appears twice that must not.
    """

    keys: dict[str, list[tuple[int, Keyword]]]
    roots: frozenset[str]
    repeated: bool


def _reserved(keyword_index: KeywordIndex) -> Reserved:
    return _reserve(keyword_index.names, keyword_index.first)


def _reserve(names: list[str], first: dict[str, int]) -> Reserved:
    """Gather the reserved keywords; of a repeated one the first card counts, as for readers of the header."""
    keys: dict[str, list[tuple[int, Keyword]]] = {}
    for index, keyword in enumerate(map(KEYWORDS.__getitem__, names)):
        if keyword is not None:
            cards = keys.setdefault(keyword.root, [])
            if first[keyword.name] == index or keyword.root in REPEATABLE or keyword.name in REPEATABLE:
                cards.append((index, keyword))
    different = set(names)
    commentary = sum([names.count(name) - 1 for name in REPEATABLE if name in different])
    return Reserved(keys, frozenset(keys), len(names) - commentary > len(different))


def _sequence(of: tuple[str, int]) -> list[str]:
    """Mandatory keywords of a kind of HDU with some number of axes, in the order of the standard."""
    kind, naxis = of
    if kind == "damaged":
        return []
    counts = {"primary": (), "bintable": ("PCOUNT", "GCOUNT", "TFIELDS"), "table": ("PCOUNT", "GCOUNT", "TFIELDS")}
    return [
        "SIMPLE" if kind == "primary" else "XTENSION",
        "BITPIX",
        "NAXIS",
        *(f"NAXIS{n}" for n in range(1, min(naxis, MAX_NAXIS) + 1)),
        *counts.get(kind, ("PCOUNT", "GCOUNT")),
    ]


_SEQUENCES: Final[Values[tuple[str, int], list[str]]] = Values(_sequence, 64)


def _is_unsound(name: str, image: bytes) -> bool:
    """Whether a card is to be taken apart: it breaks the grammar of cards or has a value of a type that is not its keyword's."""
    found, keyword = WELL_FORMED(image), KEYWORDS[name]
    if found is None or keyword is None:
        return found is None
    if keyword.group == "illegal" or (keyword.types is not None and found.lastindex not in keyword.types):
        return True
    return keyword.fixed and not fixed_format(image, found.lastindex or 0)


def _root(name: str) -> str:
    keyword = KEYWORDS[name.strip(" ").upper()]
    return keyword.root if keyword is not None else ""
