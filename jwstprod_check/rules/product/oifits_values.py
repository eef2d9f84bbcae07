"""Interferometry: numbers in the OIFITS tables that refer to rows of another table; by values (``--data``)."""

from collections.abc import Iterator, Mapping
from typing import Final

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.oifits import MEASUREMENTS, oi_tables
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural

_SHOWN: Final = 5


@rule("TAB022", "unknown-target", requires=("HDU004", "TAB002", "TAB004"), level="data")
def target(context: Context) -> Iterator[Outcome]:
    """TARGET_ID of every measurement is the TARGET_ID of a row of OI_TARGET.

    A measurement without its target has no name and no position on the sky.

    How to fix: write the TARGET_ID of the observed target, or add the missing row to OI_TARGET.
    Source: OIFITS 2 (A&A 597, A8), sections 5.1 and 6.1.
    """
    yield from _unlisted(context, "TARGET_ID", "OI_TARGET")


@rule("TAB023", "unknown-station", requires=("HDU004", "TAB002", "TAB004"), level="data")
def station(context: Context) -> Iterator[Outcome]:
    """STA_INDEX of every measurement names stations of OI_ARRAY.

    A baseline or triangle with a station that is not in the array has no coordinates.

    How to fix: write the STA_INDEX of the holes that were combined, or add the missing row to OI_ARRAY.
    Source: OIFITS 2 (A&A 597, A8), sections 5.2 and 6.1.
    """
    yield from _unlisted(context, "STA_INDEX", "OI_ARRAY")


def _unlisted(context: Context, name: str, home: str) -> Iterator[Outcome]:
    """Numbers of a column that are not in the column of the same name of another table."""
    referring, homes = oi_tables(context, *MEASUREMENTS), oi_tables(context, home)
    if not referring:
        return
    kept = _kept(context)
    known: set[int] = set()
    for hdu in homes:
        numbers = _numbers(hdu, name, kept)
        if numbers is None:
            yield Skip(f"{name} of {hdu.label} was not read")
            return
        known.update(n for row in numbers for n in row)
    if not homes:
        yield Skip(f"no {home} to compare {name} with", ("HDU001", "HDU004"))
        return
    for hdu in referring:
        numbers = _numbers(hdu, name, kept)
        if numbers is None:
            yield Skip(f"{name} of {hdu.label} was not read")
            continue
        wrong = [(at, n) for at, row in enumerate(numbers, 1) for n in row if n not in known]
        if wrong:
            values = sorted({n for _, n in wrong})
            shown = listed((str(n) for n in values), _SHOWN)
            rows = len({at for at, _ in wrong})
            yield Problem(
                f"{hdu.label} has {name} {shown} in {plural(rows, 'row')}, first in row {wrong[0][0]}; "
                f"{home} has {listed((str(n) for n in sorted(known)), 2 * _SHOWN) or 'none'}",
                hdu=hdu,
                column=name,
                expected=f"{name} of {home}: {listed((str(n) for n in sorted(known)), 2 * _SHOWN)}",
                found=shown,
            )


def _kept(context: Context) -> Mapping[int, bytes]:
    """Bytes of the small tables by HDU index, as the data pass kept them; empty without it."""
    kept: Mapping[int, bytes] | None = getattr(getattr(context, "scan", None), "kept", None)
    return kept or {}


def _numbers(hdu: Hdu, name: str, kept: Mapping[int, bytes]) -> list[tuple[int, ...]] | None:
    """Cells of a column of 16-bit integers, None where they cannot be read."""
    raw, width, rows = kept.get(hdu.index), hdu.header.integer("NAXIS1"), hdu.rows
    found = _column(hdu, name)
    if raw is None or found is None or not width or rows is None or len(raw) < width * rows:
        return None
    offset, count = found
    if offset + 2 * count > width:
        return None
    cells = (raw[at * width + offset : at * width + offset + 2 * count] for at in range(rows))
    return [tuple(int.from_bytes(c[i : i + 2], "big", signed=True) for i in range(0, 2 * count, 2)) for c in cells]


def _column(hdu: Hdu, name: str) -> tuple[int, int] | None:
    """Offset in the row and number of values of a column of 16-bit integers."""
    offset = 0
    for column in hdu.columns:
        if column.tform is None:
            return None
        if _is(column, name):
            return (offset, column.tform.repeat) if column.dtype == "int16" else None
        offset += column.tform.width
    return None


def _is(column: Column, name: str) -> bool:
    return (column.name or "").strip(" ").upper() == name


RULES = (target, station)
