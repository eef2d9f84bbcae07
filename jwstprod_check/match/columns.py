"""The columns of a table compared with a column table, once for all tables of the same columns."""

import re
from typing import Final

import msgspec

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.units import same_unit, unit_factors
from jwstprod_check.memo import Values, by_value
from jwstprod_check.near import nearest
from jwstprod_check.spec.patterns import is_pattern, matches
from jwstprod_check.spec.schema import ColumnDocument, ColumnTableDocument

_COUNT: Final = "DN"

NEAR: Final = 0.7
"""Similarity from which a column's name is treated as a misspelling of another."""

_WANTED = re.compile(r"(?P<base>[a-z]+\d*)(?:\[(?P<length>\w+|\*)\])?\Z")


class Comparison(msgspec.Struct, frozen=True):
    """How the columns of an HDU differ from a column table.

    ``lost`` are missing columns, ``renamed`` gives by the lost name the unknown column that is probably its misspelling;
    ``extra`` are the other unknown ones; ``retyped`` have another type; ``moved`` is the first column out of
    order; ``units`` are columns whose fixed unit differs; ``vectors`` are the columns that name a length. ``misstated`` are
    columns that state a unit which is none of theirs, with those that are; ``uncalibrated`` those that state counts of a
    detector where they need not.
    """

    lost: tuple[ColumnDocument, ...]
    renamed: dict[str, Column]
    extra: tuple[Column, ...]
    retyped: tuple[tuple[ColumnDocument, Column], ...]
    moved: Column | None
    units: tuple[tuple[ColumnDocument, Column], ...]
    vectors: tuple[tuple[str, Column], ...] = ()
    misstated: tuple[tuple[ColumnDocument, Column, str], ...] = ()
    uncalibrated: tuple[tuple[ColumnDocument, Column], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the table has the listed columns and no other, by name."""
        return not (self.lost or self.extra)

    @property
    def same(self) -> bool:
        """Whether the table has the listed columns, as they are listed, and none that names a length."""
        return self.complete and not (self.retyped or self.moved or self.units or self.vectors)

    @property
    def departures(self) -> list[str]:
        """Names of the columns that are missing, unknown or of another type."""
        others = [c.name or "" for c in self.extra]
        return [*(c.name for c in self.lost), *others, *(c.name for c, _ in self.retyped)]


def compare(table: ColumnTableDocument, hdu: Hdu) -> Comparison:
    """Compare the columns of an HDU with a column table. Names are compared without regard to case."""
    return _compare(table, hdu.columns)


def _name(column: Column) -> str:
    return (column.name or "").strip(" ").upper()


class _Listed(msgspec.Struct, frozen=True):
    """The columns of a column table by name in capitals: all, those of a pattern, the others; the lengths that these name."""

    every: dict[str, ColumnDocument]
    several: dict[str, ColumnDocument]
    single: dict[str, ColumnDocument]
    lengths: dict[str, str]


@by_value(256)
def _listed(table: ColumnTableDocument) -> _Listed:
    every = {c.name.upper(): c for c in table.columns}
    several = {name: c for name, c in every.items() if is_pattern(name)}
    lengths = {c.name: length for c in table.columns if (length := _length_name(c))}
    return _Listed(every, several, {name: c for name, c in every.items() if name not in several}, lengths)


@by_value(512)
def _compare(table: ColumnTableDocument, columns: tuple[Column, ...]) -> Comparison:
    listed = _listed(table)
    single = listed.single
    names = [_name(c) for c in columns]
    present = dict(zip(reversed(names), reversed(columns), strict=True))
    repeated = _repeated(listed, names, columns)
    found_of = {c.name for c, _ in repeated}
    absent = (c for name, c in listed.every.items() if name not in present and c.name not in found_of)
    lost = tuple(c for c in absent if _is_needed(c, present))
    taken = {column.number for _, column in repeated}
    unknown = [c for name, c in zip(names, columns, strict=True) if name not in single and c.number not in taken]
    renamed = _renamed(table, lost, unknown, columns) if lost and unknown else {}
    meant = {c.number for c in renamed.values()}
    shared = [*((c, present[name]) for name, c in single.items() if name in present), *repeated]
    fitting = [fits(c, found) for c, found in shared]
    stating = [(c, found) for c, found in shared if found.unit]
    return Comparison(
        lost=lost,
        renamed=renamed,
        extra=() if table.extra else tuple(c for c in unknown if c.number not in meant),
        retyped=tuple(pair for pair, good in zip(shared, fitting, strict=True) if not good),
        moved=_moved([name for name in names if name in single], list(single), present),
        units=tuple((c, found) for c, found in shared if c.unit is not None and found.unit != c.unit),
        vectors=_vectors(listed, shared, fitting),
        misstated=tuple((c, found, right) for c, found in stating if (right := _right_unit(c, found, present))),
        uncalibrated=tuple((c, found) for c, found in stating if _counts(c, found)),
    )


def _repeated(listed: _Listed, names: list[str], columns: tuple[Column, ...]) -> list[tuple[ColumnDocument, Column]]:
    """Columns of which a table may have several, each with its pattern."""
    if not listed.several:
        return []
    found = ((_of_several(n, listed.single, listed.several), c) for n, c in zip(names, columns, strict=True))
    return [(pattern, column) for pattern, column in found if pattern is not None]


def _vectors(
    listed: _Listed, shared: list[tuple[ColumnDocument, Column]], fitting: list[bool]
) -> tuple[tuple[str, Column], ...]:
    """Columns that name a length and have the listed type."""
    if not listed.lengths:
        return ()
    named = ((listed.lengths.get(c.name), found) for (c, found), good in zip(shared, fitting, strict=True) if good)
    return tuple((length, found) for length, found in named if length is not None)


def _is_needed(column: ColumnDocument, present: dict[str, Column]) -> bool:
    """Whether a table must have a column: one that is not optional, or one that comes with another that is there."""
    return not column.optional or (column.beside is not None and column.beside.upper() in present)


def _right_unit(column: ColumnDocument, found: Column, present: dict[str, Column]) -> str:
    """Unit that a column should state, '' where it states a right one, or none, or none can be identified."""
    stated = (found.unit or "").strip(" ")
    if not stated:
        return ""
    if column.units:
        return "" if any(same_unit(stated, unit) for unit in column.units) else " or ".join(column.units)
    name, _, power = (column.unit_like or "").partition("^")
    other = present.get(name.upper())
    unit = (other.unit or "").strip(" ") if other is not None else ""
    if not unit or same_unit(stated, unit, int(power or 1)):
        return ""
    return f"({unit})^{power}" if power else unit


def _counts(column: ColumnDocument, found: Column) -> bool:
    """Whether a column states counts of a detector, where it may have another unit too."""
    factors = dict(unit_factors(found.unit or "") or ()) if column.units else {}
    return _COUNT in factors and not all(_COUNT in unit for unit in column.units)


def _of_several(
    name: str, listed: dict[str, ColumnDocument], several: dict[str, ColumnDocument]
) -> ColumnDocument | None:
    """Listed column of a pattern that a name is one of; a name that is listed itself is of none."""
    if name in listed:
        return None
    return next((c for pattern, c in several.items() if matches(name, pattern)), None)


def _length_name(column: ColumnDocument) -> str | None:
    """Name of the length that a listed column shares with others: ``nelem`` of ``float64[nelem]``."""
    length = _PARTS[dtypes_of(column)[0]][1]
    return length if length.isidentifier() else None


def _renamed(
    table: ColumnTableDocument, lost: tuple[ColumnDocument, ...], unknown: list[Column], columns: tuple[Column, ...]
) -> dict[str, Column]:
    """Unknown columns that are probably meant for a lost one: of nearly its name, at its place, or the only one of its type."""
    left = {_name(c): c for c in unknown}
    meant: dict[str, Column] = {}
    for column in lost:
        near = nearest(column.name.upper(), left, NEAR)
        place = table.columns.index(column)
        there = _name(columns[place]) if len(columns) == len(table.columns) else None
        if near:
            meant[column.name] = left.pop(near)
        elif there is not None and there in left:
            meant[column.name] = left.pop(there)
        elif len(lost) == len(unknown) == 1 and fits(column, unknown[0]):
            meant[column.name] = unknown[0]
    return meant


def _moved(found: list[str], order: list[str], present: dict[str, Column]) -> Column | None:
    wanted = [n for n in order if n in present]
    if len(set(found)) != len(found) or found == wanted:
        return None
    return next(present[a] for a, b in zip(found, wanted, strict=True) if a != b)


def dtypes_of(column: ColumnDocument) -> list[str]:
    """Types that a listed column may have."""
    return [column.dtype] if isinstance(column.dtype, str) else column.dtype


def cell(column: Column) -> str:
    """Type of a column's cell as the column tables write it: ``int32``, ``float64[44]``, ``str26``."""
    if column.tform is None or column.dtype is None:
        return "unknown"
    repeat = column.tform.repeat
    vector = repeat != 1 or bool(column.dims)
    return f"{column.dtype}[{repeat}]" if vector and column.tform.code not in "APQ" else column.dtype


def fits(listed: ColumnDocument, found: Column) -> bool:
    """Whether a column has a listed type; true where its TFORMn cannot be read."""
    if found.tform is None or found.dtype is None:
        return True
    return any(_has(want, found) for want in dtypes_of(listed))


def _has(want: str, found: Column) -> bool:
    base, length = _PARTS[want]
    if not base or found.tform is None or found.dtype is None:
        return False
    if base.startswith("str"):
        return found.tform.code == "A" and found.tform.repeat >= int(base[3:] or 0)
    if length == "*":
        return found.dtype.removesuffix("[]") == base
    if length.isidentifier():
        return found.dtype == base
    return cell(found) == want


def _split(want: str) -> tuple[str, str]:
    wanted = _WANTED.match(want)
    return (wanted["base"], wanted["length"] or "") if wanted is not None else ("", "")


_PARTS: Final = Values(_split, 256)
"""Type and length of a cell as a column table has it, '' where it has none."""
