"""TAB: tables of spectra, as far as their headers state them: units and numbers of rows."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import integrations, is_of_association, is_striped
from jwstprod_check.rules.product.tables import compared_tables
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.model import Row
from jwstprod_check.text import plural, quoted

_INTEGRATION: Final = "INT_NUM"

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
    for row, hdu, _, found in compared_tables(context):
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


@rule("TAB018", "spectrum-rows", Severity.WARNING, requires=READABLE)
def spectrum_rows(context: Context) -> Iterator[Outcome]:
    """A table with a spectrum of each integration has a row for each integration of the file.

    Light curves take the times of a row from the integration of its number. A product of an association has the integrations
    of one exposure or segment in a table, so that no table has more rows than all of them.

    How to fix: extract the spectra of all integrations again, or correct INTSTART and INTEND (NINTS without them).
    Source: jwst documentation, data_products/science_products.rst (x1dints); jwst 1.19.0 (pull request 9430).
    """
    wanted = integrations(context)
    if wanted is None or is_striped(context):
        return
    count, combined = wanted[1] - wanted[0] + 1, is_of_association(context)
    for row, hdu in context.tables():
        if row.columns is None or hdu.rows is None or hdu.rows == count or (combined and hdu.rows < count):
            continue
        if _INTEGRATION not in [column.name for column in row.columns.columns]:
            continue
        stated = "INTSTART and INTEND state" if context.facts.keyword("INTSTART") is not None else "NINTS states"
        yield Problem(
            f"{hdu.label} has {plural(hdu.rows, 'row')}, but {stated} {plural(count, 'integration')}",
            hdu=hdu,
            keyword="NAXIS2",
            expected=f"{'at most ' if combined else ''}{plural(count, 'row')}",
            found=plural(hdu.rows, "row"),
            group_key=context.group_key(row, f"rows {hdu.rows}"),
        )


RULES = (spectrum_unit, spectrum_rows)
