"""Columns of a binary table: TFORMn read as a reader sees it.

FITS Standard 4.0, section 7.3 (binary tables) and table 18 (TFORMn codes).
"""

import re
from typing import Final

import msgspec

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.memo import Values

WIDTHS: Final = {
    "L": 1,
    "X": 1,
    "B": 1,
    "I": 2,
    "J": 4,
    "K": 8,
    "A": 1,
    "E": 4,
    "D": 8,
    "C": 8,
    "M": 16,
    "P": 8,
    "Q": 16,
}
"""Bytes of one element of each TFORMn code; X counts bits and is rounded up over the repeat."""

MAX_COLUMNS: Final = 999
"""Largest TFIELDS (FITS Standard 4.0, section 7.3.1)."""

_TFORM = re.compile(r" *(\d{0,18})([LXBIJKAEDCMPQ])(.*)\Z", re.DOTALL)
_TDIM = re.compile(r" *\( *(\d{1,18}(?: *, *\d{1,18})*) *\) *\Z")
_BASE = {
    "L": "bool",
    "X": "bit",
    "B": "uint8",
    "I": "int16",
    "J": "int32",
    "K": "int64",
    "E": "float32",
    "D": "float64",
    "C": "complex64",
    "M": "complex128",
}
_UNSIGNED = {("I", 2.0**15): "uint16", ("J", 2.0**31): "uint32", ("K", 2.0**63): "uint64", ("B", -128.0): "int8"}


class Tform(msgspec.Struct, frozen=True):
    """A parsed TFORMn: repeat count, code, and what follows the code.

    ``rest`` of a P or Q column is the element code and the maximum length, as ``E(12)``.
    """

    repeat: int
    code: str
    rest: str

    @property
    def width(self) -> int:
        """Bytes that the column takes in a row."""
        if self.code == "X":
            return (self.repeat + 7) // 8
        return self.repeat * WIDTHS[self.code]


class Column(msgspec.Struct, frozen=True, eq=False):
    """A column of a table. ``number`` counts from 1; ``dims`` is TDIMn in FITS order, () without one.

    It is equal to itself alone; headers that say the same usually share their columns.
    """

    number: int
    name: str | None
    form: str | None
    tform: Tform | None
    unit: str | None
    dims: tuple[int, ...]
    dtype: str | None


def parse_tform(text: str) -> Tform | None:
    """Parse a binary-table TFORMn value; None where it is not one. No repeat count means 1."""
    found = _TFORM.match(text)
    if found is None:
        return None
    return Tform(int(found[1]) if found[1] else 1, found[2], found[3].strip(" "))


def parse_tdim(text: str) -> tuple[int, ...] | None:
    """Parse a TDIMn value, ``(n1,n2,...)`` in FITS order; None where it is not one."""
    found = _TDIM.match(text)
    return tuple(int(n) for n in found[1].split(",")) if found else None


def _dtype(tform: Tform, scale: Scalar, zero: Scalar) -> str:
    if tform.code == "A":
        return f"str{tform.repeat}"
    if tform.code in "PQ":
        element = tform.rest[:1]
        return f"{_BASE.get(element, 'str' if element == 'A' else '?')}[]"
    dtype = _BASE[tform.code]
    trivial = scale is None or scale == 1
    if zero and trivial and isinstance(zero, int | float):
        return _UNSIGNED.get((tform.code, float(zero)), "float64")
    return dtype if trivial and not zero else "float64"


def read_columns(header: HeaderView) -> tuple[Column, ...]:
    """Columns that a BINTABLE header declares, at most 999 of them; a missing TFORMn leaves its cells None."""
    count = header.integer("TFIELDS") or 0
    cards = header.keyword_index.memo(_cards_of_columns, min(max(count, 0), MAX_COLUMNS))
    return tuple([_read_column(header, number, own) for number, own in enumerate(cards, 1)])


_Cards = tuple[int | None, int | None, int | None, int | None, int | None, int | None]
"""Indices of the cards of a column: TTYPEn, TFORMn, TUNITn, TDIMn, TSCALn, TZEROn; None for one that is not there."""


def _cards_of_columns(keyword_index: KeywordIndex, count: int) -> list[_Cards]:
    card = keyword_index.first.get
    return [
        (
            card(f"TTYPE{n}"),
            card(f"TFORM{n}"),
            card(f"TUNIT{n}"),
            card(f"TDIM{n}"),
            card(f"TSCAL{n}"),
            card(f"TZERO{n}"),
        )
        for n in range(1, count + 1)
    ]


def _read_column(header: HeaderView, number: int, cards: _Cards) -> Column:
    name, form, unit, dims, scale, zero = cards
    text = header.string_at
    return _COLUMNS[
        number,
        None if name is None else text(name),
        None if form is None else text(form),
        None if unit is None else text(unit),
        None if dims is None else text(dims),
        None if scale is None or form is None else _numeric(header, f"TSCAL{number}"),
        None if zero is None or form is None else _numeric(header, f"TZERO{number}"),
    ]


_Said = tuple[int, str | None, str | None, str | None, str | None, float | None, float | None]
"""Number of a column, and the values of its cards."""


def _column(said: _Said) -> Column:
    """Read a column from the values of its keywords."""
    number, name, form, unit, dims, scale, zero = said
    tform = parse_tform(form) if form is not None else None
    dtype = _dtype(tform, scale, zero) if tform is not None else None
    return Column(number, name, form, tform, unit, (parse_tdim(dims) or ()) if dims else (), dtype)


_COLUMNS: Final[Values[_Said, Column]] = Values(_column, 4096)
"""Columns by the values of their keywords: tables of many files have the same."""


def _numeric(header: HeaderView, keyword: str) -> float | None:
    value = header.value(keyword)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
