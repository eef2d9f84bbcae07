"""Interferometry: observables, errors and times of the OIFITS tables, by content, in rows that are not flagged."""

from collections.abc import Iterator
from math import isinf, isnan
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.oifits import MEASUREMENTS, TRAITS, oi_tables
from jwstprod_check.rules.product.oifits_rows import READABLE, Bad, good_cells, problem, rows_of, shown
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.rules.time.dates import MOMENTS
from jwstprod_check.text import quoted

_ERRORS: Final = {
    "OI_ARRAY": ("PIST_ERR",),
    "OI_TARGET": ("RA_ERR", "DEC_ERR", "PMRA_ERR", "PMDEC_ERR", "PARA_ERR"),
    "OI_VIS": ("VISAMPERR", "VISPHIERR"),
    "OI_VIS2": ("VIS2ERR",),
    "OI_T3": ("T3AMPERR", "T3PHIERR"),
    "OI_Q4": ("Q4AMPERR", "Q4PHIERR"),
}
_VALUES: Final = {
    "OI_VIS": ("VISAMP", "VISPHI"),
    "OI_VIS2": ("VIS2DATA",),
    "OI_T3": ("T3AMP", "T3PHI"),
    "OI_Q4": ("Q4AMP", "Q4PHI"),
}
_DURATIONS: Final = {"OI_ARRAY": "DIAMETER", **dict.fromkeys(MEASUREMENTS, "INT_TIME")}

DAYS: Final = 2.0
"""Days between MJD of a measurement and the exposure. The pipeline writes the day on which the exposure began."""


@rule("TAB030", "negative-oifits-error", requires=READABLE, level="tables", traits=TRAITS)
def negative_error(context: Context) -> Iterator[Outcome]:
    """Errors in the OIFITS tables are not negative, apart from flagged values.

    Programs weight by the inverse square of the error, and some take a negative one for a flag. Errors of zero are not
    reported: the pipeline writes them for single integrations.

    How to fix: correct the error, or set FLAG.
    Source: OIFITS 2 (A&A 597, A8), section 6; OITools, rule OI_*_ERR (negative or NaN where not flagged).
    """
    for table in rows_of(context, *_ERRORS):
        if isinstance(table, Skip):
            yield table
            continue
        for name in _ERRORS[table.hdu.name]:
            wrong = (Bad(row + 1, shown(value)) for row, value in good_cells(table, name) if value < 0)
            yield from problem(table.hdu, name, wrong, f"{name} is negative", "0 or greater")


@rule("TAB039", "not-finite-observable", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def not_finite(context: Context) -> Iterator[Outcome]:
    """No observable or error that is not flagged is infinite, and no column of them has NaN alone.

    Single NaN are right: the pipeline writes them where a fit failed.

    How to fix: set FLAG for values that are not to be used, or compute the column.
    Source: OIFITS 2 (A&A 597, A8), section 6 (FLAG).
    """
    for table in rows_of(context, *_VALUES):
        if isinstance(table, Skip):
            yield table
            continue
        for name in (*_VALUES[table.hdu.name], *_ERRORS[table.hdu.name]):
            values = list(good_cells(table, name))
            endless = (Bad(row + 1, shown(value)) for row, value in values if isinf(value))
            yield from problem(table.hdu, name, endless, f"{name} is infinite, and FLAG is F", "finite, or FLAG = T")
            if values and all(isnan(value) for _, value in values):
                says = f"{name} is NaN in every row that is not flagged"
                yield Problem(
                    f"{table.hdu.label}: {says}", hdu=table.hdu, column=name, expected="numbers", found="NaN alone"
                )


@rule("TAB046", "oifits-mjd", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def day(context: Context) -> Iterator[Outcome]:
    """MJD of every measurement is within 2 days of the exposure.

    It is compared with EXPSTART and EXPEND, and with DATE-OBS. A Julian date, or the date of another observation, puts the
    measurement at another orbital phase.

    How to fix: write the modified Julian date of the observation.
    Source: OIFITS 2 (A&A 597, A8), section 6.1; jwst 3.0.0, ami/oifits.py.
    """
    spans = list(_spans(context))
    for table in rows_of(context, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
            continue
        for says, first, last in spans:
            values = good_cells(table, "MJD")
            wrong = [Bad(r + 1, f"{v:.10g}") for r, v in values if not first - DAYS <= v <= last + DAYS]
            if wrong:
                expected = f"{first:.10g} to {last:.10g}, within 2 days"
                yield from problem(table.hdu, "MJD", wrong, f"MJD is not within 2 days of {says}", expected)
                break


def _spans(context: Context) -> Iterator[tuple[str, float, float]]:
    header = context.file.hdus[0].header
    start, end = header.number("EXPSTART"), header.number("EXPEND")
    if start is not None and end is not None and start <= end:
        yield f"EXPSTART..EXPEND = {start:.10g}..{end:.10g}", start, end
    stated = header.string("DATE-OBS")
    moment = MOMENTS[stated] if stated is not None else None
    if moment is not None:
        yield f"DATE-OBS = {quoted(stated or '')}", float(moment.day), moment.day + 1.0


@rule("TAB047", "oifits-time", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def time(context: Context) -> Iterator[Outcome]:
    """TIME of every measurement is zero.

    OIFITS 2 keeps the column for old readers and gives the time in MJD.

    How to fix: write 0 in TIME, and the time in MJD.
    Source: OIFITS 2 (A&A 597, A8), section 6.1.
    """
    for table in rows_of(context, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
            continue
        wrong = (Bad(row + 1, shown(value)) for row, value in good_cells(table, "TIME") if value != 0)
        yield from problem(table.hdu, "TIME", wrong, "TIME is not 0", "0")


@rule("TAB048", "negative-oifits-size", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def negative_size(context: Context) -> Iterator[Outcome]:
    """INT_TIME of measurements and DIAMETER of stations are not negative.

    The pipeline writes 0 for a DIAMETER that is not known.

    How to fix: write the seconds of the integration, the metres of the hole.
    Source: OIFITS 2 (A&A 597, A8), sections 5.2 and 6.1.
    """
    for table in rows_of(context, *_DURATIONS):
        if isinstance(table, Skip):
            yield table
            continue
        name = _DURATIONS[table.hdu.name]
        wrong = (Bad(row + 1, shown(value)) for row, value in good_cells(table, name) if value < 0)
        yield from problem(table.hdu, name, wrong, f"{name} is negative", "0 or greater")


@rule("KEY090", "oifits-date", Severity.WARNING, requires=("HDU004", "KEY041", "KEY042"), traits=TRAITS)
def date(context: Context) -> Iterator[Outcome]:
    """DATE-OBS of every table of measurements is the day of DATE-OBS in the primary header.

    How to fix: write the date of the observation in all of them.
    Source: OIFITS 2 (A&A 597, A8), section 6.1; jwst 3.0.0, ami/oifits.py.
    """
    stated = context.file.hdus[0].header.string("DATE-OBS")
    wanted = MOMENTS[stated] if stated is not None else None
    if wanted is None:
        return
    for hdu in oi_tables(context, *MEASUREMENTS):
        written = hdu.header.string("DATE-OBS")
        moment = MOMENTS[written] if written is not None else None
        if moment is None or moment.day != wanted.day:
            yield Problem(
                f"DATE-OBS of {hdu.label} is {quoted(written or '')}, that of the primary header is {quoted(stated or '')}",
                hdu=hdu,
                keyword="DATE-OBS",
                expected=quoted(stated or ""),
                found=quoted(written or ""),
            )


RULES = (negative_error, not_finite, day, time, negative_size, date)
