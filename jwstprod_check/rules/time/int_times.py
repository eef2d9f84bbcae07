"""TIME: the rows of INT_TIMES, one for each integration."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.cells import Cells, cells_of
from jwstprod_check.rules.keywords.counting import integrations
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

MINUTE: Final = 1 / 1440
"""Days by which an integration may extend beyond the exposure."""

LARGEST_INT16: Final = 32767

AHEAD: Final = 69.2
"""Seconds by which TDB is ahead of UTC, since the leap second of 2017."""

LIGHT: Final = 520.0
"""Seconds that light needs at most from the barycentre of the solar system to the telescope."""

SAME_DELAY: Final = 5.0
"""Seconds by which BARTDELT may differ: the correction changes by some seconds a day."""

_NUMBER = "INTEGRATION_NUMBER"
_MJD = ("INT_START_MJD_UTC", "INT_MID_MJD_UTC", "INT_END_MJD_UTC")
_BJD = ("INT_START_BJD_TDB", "INT_MID_BJD_TDB", "INT_END_BJD_TDB")


class Table(Cells):
    """INT_TIMES of a file."""

    def having(self, *names: str) -> "tuple[Numbers, ...] | None":
        """Return some columns of numbers; None also where one of them has text."""
        found = super().having(*names)
        return None if found is None or any(column.dtype.hasobject for column in found) else found

    def times(self, names: tuple[str, ...]) -> "Numbers | None":
        """Begin, middle and end of each row; None where a column is missing."""
        import numpy as np

        found = self.having(*names)
        return None if found is None else np.stack(found, axis=1).astype(np.float64)

    def barycentric(self) -> "Numbers | None":
        """Barycentric times; None also where they were not computed, which leaves all of them NaN or all of them zero."""
        import numpy as np

        times = self.times(_BJD)
        computed = times is not None and not bool(np.isnan(times).all()) and bool((times != 0).any())
        return times if computed else None


def _table(context: Context) -> Table | Skip | None:
    """Read the first INT_TIMES; None where there is none, where it has no rows, or where another rule reports it."""
    hdu = next(iter(context.file.named("INT_TIMES")), None)
    if hdu is None or hdu.index in context.excluded:
        return None
    found = cells_of(context, hdu)
    return Table(found.hdu, found.rows, found.columns) if isinstance(found, Cells) else found


_AFTER: Final = ("HDU004", "TAB002", "TAB004")


@rule("TIME007", "int-times-numbers", level="data", scope="walk", requires=_AFTER)
def numbers(context: Context) -> Iterator[Outcome]:
    """INT_TIMES numbers the integrations consecutively and contains all integrations of the file.

    The pipeline finds the row of an integration by its number: it uses INTSTART minus the number in the first row as
    the offset. Numbers that wrap at 32767, start again or skip an integration give an integration the times of another.
    More rows than integrations are valid: the table of a segment often contains those of its neighbours, or of the
    whole exposure.

    How to fix: number the rows, from 1 for the first integration of the exposure.
    Source: jwst issues 5316, 8067 (wrap, JP-3460), 1881 and 4338.
    """
    found = _table(context)
    if isinstance(found, Skip):
        yield found
    column = found.having(_NUMBER) if isinstance(found, Table) else None
    if not isinstance(found, Table) or column is None:
        return
    import numpy as np

    values = column[0].astype(np.int64)
    steps = np.flatnonzero(np.diff(values) != 1) + 1
    if len(steps):
        yield _broken(found, values, steps)
        return
    first, last = int(values[0]), int(values[-1])
    wanted = integrations(context)
    # Fewer rows than integrations are reported by TAB006.
    if wanted is not None and len(values) > wanted[1] - wanted[0] and (first > wanted[0] or last < wanted[1]):
        said = "INTSTART and INTEND state" if context.facts.keyword("INTSTART") is not None else "NINTS states"
        yield Problem(
            f"INT_TIMES contains integrations {first} to {last}, but {said} {wanted[0]} to {wanted[1]}",
            hdu=found.hdu,
            column=found.written(_NUMBER),
            expected=f"{wanted[0]} to {wanted[1]}",
            found=f"{first} to {last}",
        )


def _broken(table: Table, values: "Numbers", steps: "Numbers") -> Problem:
    at = int(steps[0])
    before, after = int(values[at - 1]), int(values[at])
    reason = " (the number wrapped as a 16-bit integer)" if before == LARGEST_INT16 else ""
    more = f" and at {plural(len(steps) - 1, 'more row')}" if len(steps) > 1 else ""
    return Problem(
        f"integration_number of INT_TIMES goes from {before} to {after} at row {at + 1}{more}{reason}",
        hdu=table.hdu,
        column=table.written(_NUMBER),
        expected=f"{before + 1} in row {at + 1}",
        found=str(after),
    )


@rule("TIME008", "int-times-order", level="data", scope="walk", requires=_AFTER)
def order(context: Context) -> Iterator[Outcome]:
    """Each row of INT_TIMES has begin, middle and end in order, and begins after the row before it.

    Times that jump back make an impossible light curve. Rows that are not finite are reported by TIME009.

    How to fix: write the times in the order of the integrations.
    Source: jwst issues 5320 and 10755; stdatamodels 6.0.0, int_times.schema.yaml.
    """
    found = _table(context)
    if isinstance(found, Skip):
        yield found
    if isinstance(found, Skip) or found is None:
        return
    import numpy as np

    for scale, names, times in (("MJD", _MJD, found.times(_MJD)), ("BJD", _BJD, found.barycentric())):
        if times is None:
            continue
        with np.errstate(invalid="ignore"):
            inside = np.flatnonzero((times[:, 1] <= times[:, 0]) | (times[:, 2] <= times[:, 1]))
            steps = np.flatnonzero(times[1:, 0] <= times[:-1, 0]) + 1
        for rows, what, column in (
            (inside, "does not have begin, middle and end in order", 1),
            (steps, "does not begin after the row before it", 0),
        ):
            if len(rows):
                row = int(rows[0])
                more = f", as {plural(len(rows) - 1, 'more row')}" if len(rows) > 1 else ""
                cells = times[row] if column else times[row - 1 : row + 1, 0]
                yield Problem(
                    f"row {row + 1} of INT_TIMES {what} ({scale}){more}",
                    hdu=found.hdu,
                    column=names[column]
                    .lower()
                    .replace(scale.lower(), scale)
                    .replace("_utc", "_UTC")
                    .replace("_tdb", "_TDB"),
                    expected="increasing times",
                    found=listed(f"{cell:.8f}" for cell in cells.tolist()),
                )


@rule("TIME009", "int-times-not-finite", Severity.WARNING, level="data", scope="walk", requires=_AFTER)
def not_finite(context: Context) -> Iterator[Outcome]:
    """The times of INT_TIMES are finite.

    Without them the integrations have no time, and the times of spectra become NaN. The barycentric times may all be
    missing (NaN or 0), because they need the spacecraft's ephemeris, but not only some of them.

    How to fix: fill in the times (the pipeline's set_bary_helio_times does so for the barycentric ones).
    Source: jwst issues 8067 and 10755 (JP-4426); files of jwst 1.4.6 to 3.0.0.
    """
    found = _table(context)
    if isinstance(found, Skip):
        yield found
    if isinstance(found, Skip) or found is None:
        return
    import numpy as np

    for names, what, times in ((_MJD, "times", found.times(_MJD)), (_BJD, "barycentric times", found.barycentric())):
        if times is None:
            continue
        bad = np.flatnonzero(~np.isfinite(times).all(axis=1))
        if len(bad):
            count = "every row" if len(bad) == len(times) else plural(len(bad), "row")
            yield Problem(
                f"INT_TIMES has no finite {what} in {count}, first in row {bad[0] + 1}",
                hdu=found.hdu,
                column=found.written(names[0]),
                expected="finite times",
                found=f"{plural(len(bad), 'row')} of {len(times)}",
            )


@rule(
    "TIME010",
    "int-times-outside",
    Severity.WARNING,
    level="data",
    scope="walk",
    requires=_AFTER,
    gives_way_to=("TIME003", "TIME008"),
)
def outside(context: Context) -> Iterator[Outcome]:
    """The integrations of INT_TIMES lie between EXPSTART and EXPEND, within a minute.

    A segment is no exception: its EXPSTART and EXPEND are those of the whole exposure. Times outside are possible, but
    either the table or the keywords are probably those of another exposure.

    How to fix: correct the table or the keywords.
    Source: stdatamodels 6.0.0, core.schema.yaml and int_times.schema.yaml; jwst issue 10755.
    """
    found = _table(context)
    if isinstance(found, Skip):
        yield found
    if isinstance(found, Skip) or found is None:
        return
    import numpy as np

    header = context.file.hdus[0].header
    start, end = header.number("EXPSTART"), header.number("EXPEND")
    times = found.times(_MJD)
    if times is None or start is None or end is None or end < start:
        return
    with np.errstate(invalid="ignore"):
        early, late = times[:, 0] < start - MINUTE, times[:, 2] > end + MINUTE
    bad = np.flatnonzero(early | late)
    if len(bad):
        row = int(bad[0])
        side = f"begins {(start - times[row, 0]) * 1440:.1f} minutes before EXPSTART = {start}"
        if not early[row]:
            side = f"ends {(times[row, 2] - end) * 1440:.1f} minutes after EXPEND = {end}"
        yield Problem(
            f"{plural(len(bad), 'row')} of INT_TIMES {'is' if len(bad) == 1 else 'are'} outside the exposure: row {row + 1} {side}",
            hdu=found.hdu,
            column=found.written(_MJD[0] if early[row] else _MJD[2]),
            expected=f"{start} to {end}",
            found=f"{times[row, 0]:.8f} to {times[row, 2]:.8f}",
        )


@rule("TIME017", "barycentric-correction", Severity.WARNING, level="data", scope="walk", requires=(*_AFTER, "TIME008"))
def correction(context: Context) -> Iterator[Outcome]:
    """The barycentric times of INT_TIMES differ from UTC by a light travel time, and by BARTDELT where it is written.

    TDB is 69.2 s ahead of UTC, and light needs at most 520 s from the barycentre to the telescope. A larger difference is
    a Julian date without its offset, a correction in days, or a table of another exposure. BARTDELT is the correction at
    the start of the exposure, with or without the 69.2 s; a difference of 5 s is tolerated. Times that were not computed
    (all NaN or all zero) are not compared.

    How to fix: compute the barycentric times again (the pipeline's set_bary_helio_times does).
    Source: stdatamodels 6.0.0, int_times.schema.yaml and core.schema.yaml (BARTDELT); Eastman et al. 2010, PASP 122, 935.
    """
    found = _table(context)
    if isinstance(found, Skip):
        yield found
    if isinstance(found, Skip) or found is None:
        return
    import numpy as np

    utc, tdb = found.times(_MJD), found.barycentric()
    if utc is None or tdb is None:
        return
    with np.errstate(invalid="ignore"):
        late = (tdb - utc) * 86400 - AHEAD
        bad = np.flatnonzero((np.abs(late) > LIGHT).any(axis=1))
    said = context.file.hdus[0].header.number("BARTDELT")
    begin = float(late[0, 0])
    if len(bad):
        row = int(bad[0])
        worst = float(late[row][np.nanargmax(np.abs(late[row]))])
        text = (
            f"the barycentric times of INT_TIMES differ from UTC + {AHEAD:g} s by {worst:.6g} s in row {row + 1}, "
            f"more than the light travel time"
        )
        yield _off(found, text, f"at most {LIGHT:g} s", f"{worst:.6g} s")
    elif said is not None and np.isfinite(begin) and min(abs(begin - said), abs(begin + AHEAD - said)) > SAME_DELAY:
        text = f"the barycentric correction in row 1 of INT_TIMES is {begin:.6g} s, but BARTDELT is {said:g} s"
        yield _off(found, text, f"{said:g} s (BARTDELT)", f"{begin:.6g} s")


def _off(table: Table, text: str, expected: str, found: str) -> Problem:
    return Problem(text, hdu=table.hdu, column=table.written(_BJD[0]), expected=expected, found=found)


RULES = (numbers, order, not_finite, outside, correction)
