"""Interferometry: rows of the OIFITS tables, as the rules on their content read them, and which of them are not flagged."""

from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.oifits import MEASUREMENTS, oi_tables
from jwstprod_check.rules.rule import Outcome, Problem, Skip
from jwstprod_check.scan.records import Records, records_of
from jwstprod_check.text import plural

READABLE: Final = ("HDU004", "TAB002", "TAB004")
"""Rules that report why a table of the product cannot be read."""

_CAUSES: Final = ("FILE", "FITS", *READABLE)
"""Rules and families that report why the rows of a table were not read."""

SPANS: Final = {"OI_VIS": (0, 1), "OI_VIS2": (0, 1), "OI_T3": (0, 2), "OI_Q4": (0, 3)}
"""First and last station of the baselines of a row: each station with the next one."""

Vector = tuple[float, float]


class OiRows(Records, frozen=True):
    """The rows of a table of the product.

    ``unflagged`` are the rows, from 0, that FLAG does not mark as bad as a whole; all rows of a table that has no FLAG.
    """

    unflagged: tuple[int, ...]


class Bad(msgspec.Struct, frozen=True):
    """A row in which something is wrong (from 1), and the value there as text."""

    row: int
    found: str


def rows_of(context: Context, *names: str) -> Iterator[OiRows | Skip]:
    """Rows of the OIFITS tables of some names in the file; a ``Skip`` for each that was not read."""
    for hdu in oi_tables(context, *names):
        found = context.by_file(_records, hdu.index)
        if isinstance(found, OiRows):
            yield found
        else:
            yield Skip(f"{hdu.label} was not read: {found}", _CAUSES, hdu)


def read_rows(context: Context, *names: str) -> list[OiRows]:
    """Rows of the tables of some names that were read, for rules whose own tables others only explain."""
    return [found for found in rows_of(context, *names) if isinstance(found, OiRows)]


def _records(context: Context, index: int) -> "OiRows | str":
    tables = context.small_tables
    if tables is None:
        return "only headers were given"
    if index not in tables.kept:
        return tables.not_read.get(index, "its size is not known")
    found = records_of(context.file.hdus[index], tables.kept[index])
    return found if isinstance(found, str) else with_unflagged(found)


def with_unflagged(table: Records) -> OiRows:
    """Add to the rows of a table which of them are not flagged."""
    flags = table.logicals.get("FLAG") if table.hdu.name in MEASUREMENTS else None
    unflagged = tuple([row for row in range(table.rows) if flags is None or not all(flags[row])])
    return OiRows(table.hdu, table.rows, table.numbers, table.logicals, table.texts, unflagged)


def good_cells(table: OiRows, name: str) -> Iterator[tuple[int, float]]:
    """Values of a column of numbers that are not flagged, each with its row from 0."""
    flags = table.logicals.get("FLAG", ())
    cells = table.numbers.get(name)
    if cells is None:
        return
    for row in table.unflagged:
        cell = cells[row]
        if len(cell) == 1:
            yield row, cell[0]
            continue
        marks = flags[row] if flags and len(flags[row]) == len(cell) else ()
        if any(marks):
            yield from ((row, value) for value, mark in zip(cell, marks, strict=True) if not mark)
        else:
            yield from zip(repeat(row), cell)


def problem(
    hdu: Hdu, column: str, wrong: Iterable[Bad], says: str, expected: str, hint: str | None = None
) -> Iterator[Outcome]:
    """One problem for all the wrong rows of a table; ``says`` is followed by the first of them.

    What is wrong in the same column of several tables becomes one finding.
    """
    bad = list(wrong)
    if bad:
        rows = len({b.row for b in bad})
        more = f", and in {plural(rows - 1, 'more row')}" if rows > 1 else ""
        yield Problem(
            f"{hdu.label}: {says}: {bad[0].found} in row {bad[0].row}{more}",
            hdu=hdu,
            column=column,
            expected=expected,
            found=f"{bad[0].found} in row {bad[0].row}",
            hint=hint,
            group_key=says,
        )


def shown(value: float) -> str:
    """Write a value of a cell."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def pairs_of(table: OiRows) -> Iterator[tuple[int, int, tuple[int, int], Vector]]:
    """Baselines of the rows that are not flagged: row, number of the baseline in its row, stations, and its U and V."""
    stations = table.numbers.get("STA_INDEX", ())
    span = SPANS.get(table.hdu.name)
    if span is None or not stations:
        return
    for number in range(span[1]):
        names = ("UCOORD", "VCOORD") if span[1] == 1 else (f"U{number + 1}COORD", f"V{number + 1}COORD")
        u, v = (table.numbers.get(name) for name in names)
        if u is None or v is None:
            continue
        for row in table.unflagged:
            ends = stations[row]
            if len(ends) > number + 1:
                yield row, number, (int(ends[number]), int(ends[number + 1])), (u[row][0], v[row][0])
