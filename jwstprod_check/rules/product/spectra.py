"""TAB: tables of spectra, as far as their headers tell: units and numbers of rows."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.columns import compare
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.model import Row
from jwstprod_check.text import quoted

READABLE: Final = ("HDU004", "FITS060", "FITS061", "FITS063", "TAB002")
"""Rules that report why the columns of a table cannot be read."""


@rule("TAB017", "spectrum-unit", Severity.WARNING, requires=(*READABLE, "FITS055"))
def spectrum_unit(context: Context) -> Iterator[Outcome]:
    """The units of flux, surface brightness and background are documented ones, and agree with each other.

    FLUX is in Jy or DN/s, surface brightness and background in MJy/sr or DN/s; an error has the unit of its values and a
    variance the square of it, written in any way (`(DN/s)^2`, `DN^2 / s^2`). Where S_PHOTOM is COMPLETE the values are
    calibrated, so that counts (DN) are wrong. Programs that convert spectra multiply by these units. A column without a
    unit states none.

    How to fix: write the TUNITn that the message expects.
    Source: jwst documentation, data_products/science_products.rst (columns of x1d, x1dints and c1d); jwst 1.10.0 and 3.0.0,
    extract_1d/extract.py.
    """
    done: bool | None = None
    for row, hdu in context.tables():
        if row.columns is None:
            continue
        found = compare(row.columns, hdu)
        for listed, column, expected in found.misstated:
            yield _unit_problem(context, row, hdu, column, listed.name, expected, "")
        if found.uncalibrated:
            done = context.facts.keyword("S_PHOTOM") == "COMPLETE" if done is None else done
            for listed, column in found.uncalibrated if done else ():
                expected = " or ".join(unit for unit in listed.units if "DN" not in unit)
                yield _unit_problem(context, row, hdu, column, listed.name, expected, " (S_PHOTOM = 'COMPLETE')")


def _unit_problem(context: Context, row: Row, hdu: Hdu, column: Column, name: str, expected: str, why: str) -> Problem:
    return Problem(
        f"{hdu.label} column {name} has the unit {quoted(column.unit or '')}, expected {expected}{why}",
        hdu=hdu,
        keyword=f"TUNIT{column.number}",
        column=column.name,
        expected=expected,
        found=quoted(column.unit or ""),
        group_key=context.group_key(row, f"{name} {column.unit}"),
    )


RULES = (spectrum_unit,)
