"""Interferometry: numbers and names that identify targets and stations in the OIFITS tables, by content.

The tables take a few kilobytes and are read together with the headers.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.oifits import MEASUREMENTS, TRAITS
from jwstprod_check.rules.product.oifits_rows import READABLE, Bad, OiRows, problem, read_rows, rows_of
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural, quoted

_SHOWN: Final = 5
_NUMBERED: Final = {"OI_TARGET": ("TARGET_ID",), "OI_ARRAY": ("STA_INDEX",)}


@rule("TAB031", "oifits-number", requires=READABLE, level="tables", traits=TRAITS)
def number(context: Context) -> Iterator[Outcome]:
    """TARGET_ID and STA_INDEX are 1 or greater in every row that is not flagged.

    Readers take other numbers for missing ones, or count from the wrong row.

    How to fix: number targets and stations from 1.
    Source: OIFITS 2 (A&A 597, A8), sections 5.1 and 5.2; OITools, rules OI_TARGET_TARGETID_MIN and OI_ARRAY_STA_INDEX_MIN.
    """
    for table in rows_of(context, *_NUMBERED, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
            continue
        for name in _NUMBERED.get(table.hdu.name, ("TARGET_ID", "STA_INDEX")):
            cells = table.numbers.get(name, ())
            wrong = (Bad(row + 1, str(n)) for row in table.unflagged if cells for n in cells[row] if n < 1)
            yield from problem(table.hdu, name, wrong, f"{name} is below 1", "1 or greater")


@rule("TAB032", "oifits-duplicate", requires=(*READABLE, "TAB031"), level="tables", traits=TRAITS)
def duplicate(context: Context) -> Iterator[Outcome]:
    """No TARGET_ID appears twice in OI_TARGET, and no STA_INDEX or STA_NAME twice in OI_ARRAY.

    A measurement that refers to a number that two rows have cannot be assigned to one of them.

    How to fix: give each target and each station a number and a name of its own.
    Source: OIFITS 2 (A&A 597, A8), sections 5.1 and 5.2; OITools, rules OI_TARGET_TARGETID_UNIQ, OI_ARRAY_STA_INDEX_UNIQ and
    OI_ARRAY_STA_NAME_UNIQ.
    """
    for table in rows_of(context, *_NUMBERED):
        if isinstance(table, Skip):
            yield table
            continue
        for name in _NUMBERED[table.hdu.name]:
            values = [str(cell[0]) for cell in table.numbers.get(name, ())]
            yield from problem(table.hdu, name, _repeated(values), f"{name} appears more than once", "one row each")
        names = [quoted(text) for text in table.texts.get("STA_NAME", ())]
        yield from problem(table.hdu, "STA_NAME", _repeated(names), "STA_NAME appears more than once", "one row each")


def _repeated(values: list[str]) -> Iterator[Bad]:
    seen: set[str] = set()
    for row, value in enumerate(values, 1):
        if value in seen:
            yield Bad(row, value)
        seen.add(value)


@rule("TAB033", "station-twice", requires=(*READABLE, "TAB031"), level="tables", traits=TRAITS)
def station_twice(context: Context) -> Iterator[Outcome]:
    """No measurement has the same station twice in its STA_INDEX.

    A baseline joins two stations, a triangle three, a quad four. Flagged rows are left out.

    How to fix: write the stations that were combined.
    Source: OIFITS 2 (A&A 597, A8), section 6.1; OITools, rule OI_DATA_STA_INDEX_UNIQ.
    """
    for table in rows_of(context, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
            continue
        cells = table.numbers.get("STA_INDEX", ())
        twice = [(row, cells[row]) for row in table.unflagged if cells and max(Counter(cells[row]).values()) > 1]
        wrong = (Bad(row + 1, listed(str(n) for n in cell)) for row, cell in twice)
        yield from problem(table.hdu, "STA_INDEX", wrong, "a station is combined with itself", "different stations")


@rule("TAB022", "unknown-target", requires=(*READABLE, "TAB031", "TAB032"), level="tables", traits=TRAITS)
def target(context: Context) -> Iterator[Outcome]:
    """TARGET_ID of every measurement is the TARGET_ID of a row of OI_TARGET.

    A measurement without its target has no name and no position on the sky. Flagged rows are left out.

    How to fix: write the TARGET_ID of the observed target, or add the missing row to OI_TARGET.
    Source: OIFITS 2 (A&A 597, A8), sections 5.1 and 6.1.
    """
    yield from _unlisted(context, "TARGET_ID", "OI_TARGET")


@rule("TAB023", "unknown-station", requires=(*READABLE, "TAB031", "TAB032"), level="tables", traits=TRAITS)
def station(context: Context) -> Iterator[Outcome]:
    """STA_INDEX of every measurement names stations of OI_ARRAY.

    A baseline or triangle with a station that is not in the array has no coordinates. Flagged rows are left out.

    How to fix: write the STA_INDEX of the holes that were combined, or add the missing row to OI_ARRAY.
    Source: OIFITS 2 (A&A 597, A8), sections 5.2 and 6.1.
    """
    yield from _unlisted(context, "STA_INDEX", "OI_ARRAY")


def _unlisted(context: Context, name: str, home: str) -> Iterator[Outcome]:
    """Numbers of a column that are not in the column of the same name of another table."""
    homes = read_rows(context, home)
    known = {n for table in homes for cell in table.numbers.get(name, ()) for n in cell}
    for table in rows_of(context, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
        elif not homes:
            yield Skip(
                f"{home} is missing or cannot be read, so there is nothing to compare {name} with",
                ("HDU001", *READABLE),
            )
            return
        elif not any(table.hdu.rows for table in homes):
            yield Skip(f"{home} has no rows to compare {name} with", ("TAB006", "TAB007"))
            return
        else:
            yield from _strangers(table, name, home, known)


def _strangers(table: OiRows, name: str, home: str, known: set[float]) -> Iterator[Outcome]:
    cells = table.numbers.get(name, ())
    wrong = [(row + 1, n) for row in table.unflagged if cells for n in cells[row] if n not in known]
    if wrong:
        values = sorted({n for _, n in wrong})
        shown = listed((str(n) for n in values), _SHOWN)
        rows = len({row for row, _ in wrong})
        there = listed((str(n) for n in sorted(known)), 2 * _SHOWN)
        yield Problem(
            f"{table.hdu.label} has {name} {shown} in {plural(rows, 'row')}, first in row {wrong[0][0]}; "
            f"{home} has {there or 'none'}",
            hdu=table.hdu,
            column=name,
            expected=f"{name} of {home}: {there}",
            found=shown,
            group_key=f"{name} {shown}",
        )


RULES = (number, duplicate, station_twice, target, station)
