"""What the FITS rules share: a header laid out for them, and rules that look at one header at a time.

All that a header rule finds follows from the bytes of one header, so it runs once for all headers of the same
bytes (``Header.memo_by_bytes``), and only rules that concern a keyword of the header run.
"""

from collections.abc import Callable, Hashable, Iterator
from itertools import islice
from typing import Final

import msgspec
from msgspec.structs import replace

from jwstprod_check.defect import Defect
from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import CARD
from jwstprod_check.fits.columns import Column, read_columns
from jwstprod_check.fits.hdu import MAX_NAXIS, Hdu, read_structure
from jwstprod_check.fits.header import BLOCK, Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.fits.reserved import KEYWORDS, Keyword
from jwstprod_check.fits.syntax import NAME, WELL_FORMED, defects_of, fixed_format
from jwstprod_check.memo import by_value
from jwstprod_check.rules.rule import Outcome, Problem, Skip
from jwstprod_check.text import printable, quoted

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
        self.sequence = _sequence(self.kind, header.integer("NAXIS") or 0)
        looked = self._look()
        self.cut = len(self.names) > MAX_CARDS or len(self.defective) >= MAX_DEFECTIVE
        reserved = header.keyword_index.memo(_reserved) if header.keyword_index.reference else None
        reserved = reserved or _reserve(self.names[:looked], header.first)
        self.keys = reserved.keys
        triggers = {f"!{defect.kind}" for _, defect, _ in self.defective}.union(self._other_signs(reserved.repeated))
        self.triggers = reserved.roots | triggers if triggers else reserved.roots

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
            image, keyword = header.image(index), KEYWORDS[self.names[index]]
            if not _is_sound(image, keyword):
                self._take_apart(index, image, keyword)
                if len(self.defective) >= MAX_DEFECTIVE:
                    return index + 1
        return min(header.end, MAX_CARDS)

    def _other_signs(self, repeated: bool) -> Iterator[str]:
        if self.cut:
            yield "!cut"
        elif repeated:
            yield "!repeated"
        start = self.header.end * CARD
        if self.header.raw[start:] != _END[: len(self.header.raw) - start]:
            yield "!end"
        if self.names[: len(self.sequence)] != self.sequence:
            yield "!order"

    def _take_apart(self, index: int, image: bytes, keyword: Keyword | None) -> None:
        types, fixed = (keyword.types, keyword.fixed) if keyword is not None else (None, False)
        # FILE013 names the keyword that keeps the size from being known.
        silent = not self.sized and _root(self.names[index]) in SIZE_KEYWORDS
        for defect in defects_of(image, types, fixed):
            if not silent or defect.kind in {"non-text", "fixed"}:
                self.defective.append((index, defect, keyword))

    def each(self, *roots: str) -> Iterator[tuple[int, Keyword]]:
        """Cards of reserved keywords, by root."""
        for root in roots:
            yield from self.keys.get(root, ())

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
    repeated = False
    for index, name in enumerate(names):
        keyword = KEYWORDS[name]
        again = first[name] != index and name not in REPEATABLE
        repeated = repeated or again
        if keyword is not None:
            cards = keys.setdefault(keyword.root, [])
            if not again or keyword.root in REPEATABLE:
                cards.append((index, keyword))
    return Reserved(keys, frozenset(keys), repeated)


@by_value(64)
def _sequence(kind: str, naxis: int) -> list[str]:
    """Mandatory keywords of a kind of HDU in the order of the standard."""
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


def _is_unsound(name: str, image: bytes) -> bool:
    return not _is_sound(image, KEYWORDS[name])


def _is_sound(image: bytes, keyword: Keyword | None) -> bool:
    found = WELL_FORMED(image)
    if found is None:
        return False
    if keyword is None:
        return True
    if keyword.group == "illegal" or (keyword.types is not None and found.lastindex not in keyword.types):
        return False
    return not keyword.fixed or fixed_format(image, found.lastindex or 0)


def _root(name: str) -> str:
    keyword = KEYWORDS[name.strip(" ").upper()]
    return keyword.root if keyword is not None else ""


Check = Callable[[HeaderIndex], Iterator[Outcome]]


class HeaderRule(msgspec.Struct, frozen=True):
    """A rule about one header, whatever file it is in; ``check`` has the manual.

    It runs where one of ``on`` is among the triggers of the header, or always without.
    """

    code: str
    name: str
    severity: Severity
    requires: tuple[str, ...]
    gives_way_to: tuple[str, ...]
    check: Check
    on: tuple[str, ...]


def header_rule(
    code: str,
    name: str,
    severity: Severity = Severity.ERROR,
    *,
    on: tuple[str, ...] = (),
    requires: tuple[str, ...] = (),
    gives_way_to: tuple[str, ...] = (),
) -> Callable[[Check], HeaderRule]:
    """Make a header rule of a generator function; its docstring is the rule's manual."""

    def made(check: Check) -> HeaderRule:
        return HeaderRule(code, name, severity, requires, gives_way_to, check, on)

    return made


def card_problem(
    text: str,
    card: int | None = None,
    keyword: str | None = None,
    expected: str | None = None,
    found: str | None = None,
    *,
    at: int = 0,
    column: str | None = None,
    hint: str | None = None,
    severity: Severity | None = None,
    group_key: str | None = None,
) -> Problem:
    """Make the problem of a header: ``text`` is what follows the name of the HDU, ``card`` the index of the card, ``at`` a byte of it.

    Its ``offset`` counts from the first byte of the header, until ``in_hdu`` states it for each place where the header appears.
    """
    offset = None if card is None else card * CARD + at
    return Problem(
        text,
        keyword=keyword,
        column=column,
        expected=expected,
        found=found,
        hint=hint,
        offset=offset,
        severity=severity,
        group_key=group_key,
    )


def in_hdu(problem: Problem, hdu: Hdu) -> Problem:
    """Return the problem of a header as that of an HDU with this header."""
    offset = None if problem.offset is None else hdu.header_offset + problem.offset
    return replace(problem, message=f"{hdu.label} {problem.message}", hdu=hdu, offset=offset)


def mistyped(indexed: HeaderIndex, *groups: str) -> Iterator[tuple[int, Defect, Keyword]]:
    """Cards of keywords of some groups whose value is of the wrong type, by index, with what is wrong."""
    for index, defect, keyword in indexed.defective:
        if defect.kind == "type" and keyword is not None and keyword.group in groups:
            yield index, defect, keyword


def broken(index: int, defect: Defect, keyword: Keyword, group_key: str) -> Problem:
    """Make the problem of a defective card of a reserved keyword."""
    return card_problem(
        f"{keyword.name} {defect.text}",
        index,
        keyword.name,
        defect.expected,
        defect.found,
        at=defect.at,
        hint=defect.hint,
        group_key=group_key,
    )


def subject(name: str, index: int) -> str:
    """How a message names a card: its keyword, or its number where it has none."""
    if not name:
        return f"card {index + 1}"
    return name if NAME(name) else f"{quoted(name)} (card {index + 1})"


def shown(indexed: HeaderIndex, index: int) -> str:
    """Return what the value field of a card holds, for a message."""
    card = indexed.header.at(index)
    return quoted(card.value) if isinstance(card.value, str) else printable(card.image[10:30].decode("latin-1").strip())
