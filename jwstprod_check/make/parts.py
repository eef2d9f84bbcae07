"""A made file split into the cards and the data of its HDUs, and joined again without any repair.

For valid files; damages are defined in terms of these parts.
"""

from collections.abc import Callable, Iterable
from math import prod
from typing import Final

import msgspec

CARD: Final = 80
BLOCK: Final = 2880

_WIDTHS: Final = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16, "P": 8, "Q": 16}

Value = bool | int | float | str | bytes
"""Value of a card; bytes are the value field unchanged."""


class BreakError(Exception):
    """A defect that is impossible in a file; the message states what it lacks."""


class Part(msgspec.Struct, frozen=True):
    """An HDU: cards of 80 bytes without END, and the data without fill."""

    cards: tuple[bytes, ...]
    data: bytes = b""

    def text(self, keyword: str) -> str | None:
        """Value of a keyword as written, quotes and blanks removed; None without one."""
        for image in self.cards:
            if image[:8].rstrip() == keyword.encode() and image[8:10] == b"= ":
                value = image[10:].decode("latin-1").lstrip()
                return value[1:].partition("'")[0].rstrip() if value[:1] == "'" else value.partition("/")[0].strip()
        return None

    def number(self, keyword: str) -> int:
        """Value of a keyword that is an integer."""
        found = self.text(keyword)
        if found is None:
            raise BreakError(f"no {keyword} in {self.name or 'the primary header'}")
        return int(found)

    @property
    def name(self) -> str:
        """EXTNAME, empty without one."""
        return self.text("EXTNAME") or ""

    @property
    def type(self) -> str:
        """XTENSION, empty for the primary."""
        return self.text("XTENSION") or ""

    @property
    def axes(self) -> tuple[int, ...]:
        """NAXIS1, NAXIS2, ..."""
        return tuple(self.number(f"NAXIS{n}") for n in range(1, self.number("NAXIS") + 1))

    @property
    def size(self) -> int:
        """Bytes of the data according to the header."""
        count = self.number("PCOUNT") if self.text("PCOUNT") else 0
        return abs(self.number("BITPIX")) // 8 * (count + prod(self.axes)) if self.axes else 0

    def setting(self, keyword: str, value: Value) -> "Part":
        """Return the part with the first card of a keyword replaced, or one added at the end."""
        made = card(keyword, value)
        at = self.find(keyword)
        cards = (*self.cards, made) if at is None else (*self.cards[:at], made, *self.cards[at + 1 :])
        return Part(cards, self.data)

    def find(self, keyword: str) -> int | None:
        """Index of the first card of a keyword."""
        return next((i for i, c in enumerate(self.cards) if c[:8].rstrip() == keyword.encode()), None)

    def adding(self, *cards: bytes, after: str | None = None) -> "Part":
        """Return the part with more cards at the end, or after the card of a keyword."""
        at = len(self.cards) if after is None else (self.find(after) or 0) + 1
        filled = tuple(c.ljust(CARD)[:CARD] for c in cards)
        return Part((*self.cards[:at], *filled, *self.cards[at:]), self.data)

    def without(self, *keywords: str) -> "Part":
        """Return the part without the cards of some keywords; raises ``BreakError`` where it has none of them."""
        gone = {k.encode() for k in keywords}
        kept = tuple(c for c in self.cards if c[:8].rstrip() not in gone)
        if len(kept) == len(self.cards):
            raise BreakError(f"no {' or '.join(keywords)} in {self.name or 'the primary header'}")
        return Part(kept, self.data)

    def resized(self, *axes: int) -> "Part":
        """Return the part with other axes and data of that size, which repeat the present data."""
        old = [f"NAXIS{n}" for n in range(1, len(self.axes) + 1)]
        bare = (self.without(*old) if old else self).setting("NAXIS", len(axes))
        grown = bare.adding(*(card(f"NAXIS{n}", length) for n, length in enumerate(axes, 1)), after="NAXIS")
        data = self.data or bytes(1)
        return grown.holding((data * (grown.size // len(data) + 1))[: grown.size])

    def holding(self, data: bytes) -> "Part":
        """Return the part with other data and an unchanged header."""
        return Part(self.cards, data)

    def patched(self, at: int, data: bytes) -> "Part":
        """Return the part with some bytes of its data replaced."""
        if at + len(data) > len(self.data):
            raise BreakError(f"{self.name} has {len(self.data)} bytes of data only")
        return self.holding(self.data[:at] + data + self.data[at + len(data) :])

    def column(self, name: str) -> tuple[int, int]:
        """Number of a column, and where it begins in a row; raises ``BreakError`` where the table has none."""
        at = 0
        for n in range(1, self.number("TFIELDS") + 1):
            if (self.text(f"TTYPE{n}") or "").upper() == name.upper():
                return n, at
            at += width(self.text(f"TFORM{n}") or "")
        raise BreakError(f"{self.name} has no column {name}")


def card(keyword: str, value: Value) -> bytes:
    """Return a card in fixed format."""
    match value:
        case bytes():
            field = value.decode("latin-1")
        case bool():
            field = f"{'T' if value else 'F':>20}"
        case str():
            quoted = value.replace("'", "''")
            field = f"'{quoted:<8}'"
        case _:
            field = f"{value!s:>20}"
    return f"{keyword:<8}= {field}".ljust(CARD)[:CARD].encode("latin-1")


def width(form: str) -> int:
    """Bytes of a cell of a binary table."""
    digits = form[: next((i for i, c in enumerate(form) if not c.isdigit()), 0)]
    return int(digits or 1) * _WIDTHS[form[len(digits)]]


def padded(data: bytes, fill: bytes = b"\0") -> bytes:
    """Return data filled up to whole blocks."""
    return data + fill * (-len(data) % BLOCK)


def header(part: Part) -> bytes:
    """Bytes of a header."""
    return padded(b"".join((*part.cards, b"END".ljust(CARD))), b" ")


def split(raw: bytes) -> list[Part]:
    """HDUs of a valid file."""
    parts: list[Part] = []
    at = 0
    while at < len(raw):
        cards = []
        while raw[at : at + 8] != b"END     ":
            cards.append(raw[at : at + CARD])
            at += CARD
        at += CARD
        at += -at % BLOCK
        part = Part(tuple(cards))
        parts.append(part.holding(raw[at : at + part.size]))
        at += part.size + -part.size % BLOCK
    return parts


def join(parts: Iterable[Part]) -> bytes:
    """Bytes of a file of these HDUs."""
    return b"".join(header(p) + padded(p.data, b" " if p.type == "TABLE" else b"\0") for p in parts)


def image(extname: str, axes: tuple[int, ...], bitpix: int) -> Part:
    """Return an image HDU of zeros."""
    first = [card("XTENSION", "IMAGE"), card("BITPIX", bitpix), card("NAXIS", len(axes))]
    sizes = [card(f"NAXIS{n}", length) for n, length in enumerate(axes, 1)]
    last = [card("PCOUNT", 0), card("GCOUNT", 1), card("EXTNAME", extname), card("EXTVER", 1)]
    return Part((*first, *sizes, *last), bytes(abs(bitpix) // 8 * prod(axes)))


def table(extname: str, columns: Iterable[tuple[str, str]], rows: int, data: bytes = b"", heap: bytes = b"") -> Part:
    """Return a binary table of columns (TTYPE, TFORM), of zeros where no ``data`` are given."""
    listed = list(columns)
    wide = sum(8 if "P" in form else -(-int(form[:-1]) // 8) if form[-1] == "X" else width(form) for _, form in listed)
    fixed = {"BITPIX": 8, "NAXIS": 2, "NAXIS1": wide, "NAXIS2": rows, "PCOUNT": len(heap), "GCOUNT": 1}
    cards = [card("XTENSION", "BINTABLE"), *(card(k, v) for k, v in fixed.items()), card("TFIELDS", len(listed))]
    for n, (name, form) in enumerate(listed, 1):
        cards += [card(f"TTYPE{n}", name), card(f"TFORM{n}", form)]
    return Part((*cards, card("EXTNAME", extname), card("EXTVER", 1)), (data or bytes(wide * rows)) + heap)


Edit = Callable[[Part], Part]


def index_of(parts: list[Part], where: str) -> int:
    """Index of an HDU: ``primary``, ``first`` for the first extension, ``image``, ``image2``, ``table``, or an EXTNAME."""
    if where in {"primary", "first"}:
        return int(where == "first")
    images = [i for i, p in enumerate(parts) if p.type == "IMAGE" and p.axes]
    tables = [i for i, p in enumerate(parts) if p.type == "BINTABLE" and p.name != "ASDF"]
    kinds = {"image": images[:1], "image2": images[1:2], "table": tables[:1]}
    found = kinds.get(where) if where in kinds else [i for i, p in enumerate(parts) if p.name == where]
    if not found:
        wanted = {"image": "no image", "image2": "no second image", "table": "no table besides ASDF"}
        raise BreakError(f"it has {wanted.get(where, f'no {where}')}")
    return found[0]
