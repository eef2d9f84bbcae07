"""Interferometry: baselines of the OIFITS tables, by content: their lengths, their stations, the closed triangles.

Rows that are flagged are left out. UCOORD and VCOORD are metres; the baseline of stations a and b is that of b and a with the
other sign.
"""

from collections.abc import Iterator, Mapping
from math import dist, hypot, isfinite
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.oifits import MEASUREMENTS, TRAITS
from jwstprod_check.rules.product.oifits_rows import (
    READABLE,
    Bad,
    OiRows,
    Vector,
    pairs_of,
    problem,
    read_rows,
    rows_of,
)
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed

LONGEST: Final = 10.0
"""Metres: no two points of the primary mirror are farther apart (6.6 m)."""

SAME: Final = 0.01
"""Metres by which two statements of one baseline may differ."""

SAME_LENGTH: Final = 0.05
"""Part of its length by which a baseline may differ from the distance of its stations: the fit may scale the mask."""

_SOUND: Final = (*READABLE, "TAB023", "TAB031", "TAB032", "TAB033")

Baselines = Mapping[tuple[int, int], list[Vector]]


@rule("TAB041", "baseline-length", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def length(context: Context) -> Iterator[Outcome]:
    """No baseline is longer than 10 metres, and not all of a table are zero.

    The mirror measures 6.6 metres across. Longer ones are mostly coordinates in wavelengths, which OIFITS does not have.

    How to fix: write UCOORD and VCOORD in metres.
    Source: OIFITS 2 (A&A 597, A8), section 6.1.
    """
    for table in rows_of(context, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
            continue
        found = [(row, hypot(*uv)) for row, _, _, uv in pairs_of(table)]
        column = "UCOORD" if "UCOORD" in table.numbers else "U1COORD"
        beyond = (Bad(row + 1, f"{metres:.4g} m") for row, metres in found if metres > LONGEST)
        hint = f"{column} in wavelengths? metres are the unit"
        yield from problem(table.hdu, column, beyond, "a baseline is longer than 10 m", "at most 10 m", hint)
        if found and not any(metres for _, metres in found):
            yield Problem(
                f"{table.hdu.label}: every baseline has the length 0",
                hdu=table.hdu,
                column=column,
                expected="metres between the stations",
                found="0 in every row",
            )


@rule("TAB044", "baseline-twice", Severity.WARNING, requires=_SOUND, level="tables", traits=TRAITS)
def twice(context: Context) -> Iterator[Outcome]:
    """No baseline, triangle or quad of stations is measured twice at one time in a table.

    Two rows of the same stations, target and time count twice in a fit, or contradict each other.

    How to fix: keep one of the rows, or write the stations that were combined.
    Source: OIFITS 2 (A&A 597, A8), section 6.1.
    """
    for table in rows_of(context, *MEASUREMENTS):
        if isinstance(table, Skip):
            yield table
            continue
        seen: set[object] = set()
        wrong: list[Bad] = []
        stations, others = table.numbers.get("STA_INDEX", ()), [table.numbers.get(n, ()) for n in ("TARGET_ID", "MJD")]
        for row in table.unflagged if stations else ():
            key = frozenset(stations[row]), *(cells[row] for cells in others if cells)
            if key in seen:
                wrong.append(Bad(row + 1, listed(str(n) for n in stations[row])))
            seen.add(key)
        says = "the same stations are combined more than once"
        yield from problem(table.hdu, "STA_INDEX", wrong, says, "one row for each combination")


@rule(
    "TAB043",
    "stations-and-baselines",
    Severity.WARNING,
    requires=(*_SOUND, "TAB041", "TAB044"),
    level="tables",
    traits=TRAITS,
)
def stations(context: Context) -> Iterator[Outcome]:
    """Baselines of OI_VIS and OI_VIS2 are as long as their stations in OI_ARRAY are apart, within 5 %.

    STAXYZ states where the holes of the mask are and STA_INDEX which of them a row combines: a baseline of another length is
    that of other stations.

    How to fix: correct STAXYZ, STA_INDEX or the coordinates.
    Source: OIFITS 2 (A&A 597, A8), sections 5.2 and 6.1; jwst 3.0.0, ami/oifits.py.
    """
    arrays = read_rows(context, "OI_ARRAY")
    for table in rows_of(context, "OI_VIS", "OI_VIS2"):
        if isinstance(table, Skip):
            yield table
            continue
        places = _places(arrays, table)
        wrong = []
        for row, _, (one, other), uv in pairs_of(table):
            if one in places and other in places:
                apart, metres = dist(places[one], places[other]), hypot(*uv)
                if isfinite(metres) and abs(apart - metres) > SAME + SAME_LENGTH * apart:
                    wrong.append(Bad(row + 1, f"{metres:.4g} m for stations {one} and {other}, {apart:.4g} m apart"))
        yield from problem(table.hdu, "UCOORD", wrong, "a baseline does not fit STAXYZ", "the distance of the stations")


def _places(arrays: list[OiRows], table: OiRows) -> dict[int, tuple[float, ...]]:
    """Positions of the stations of the array that a table of measurements refers to."""
    named = table.hdu.header.string("ARRNAME")
    chosen = [a for a in arrays if len(arrays) == 1 or a.hdu.header.string("ARRNAME") == named]
    return {
        int(index[0]): place
        for array in chosen[:1]
        for index, place in zip(array.numbers.get("STA_INDEX", ()), array.numbers.get("STAXYZ", ()), strict=False)
        if len(place) == 3
    }


@rule(
    "TAB042",
    "coordinates-differ",
    Severity.WARNING,
    requires=(*_SOUND, "TAB041", "TAB043", "TAB044"),
    level="tables",
    traits=TRAITS,
)
def differ(context: Context) -> Iterator[Outcome]:
    """The coordinates of a baseline are those that OI_VIS states for its stations, within 1 cm.

    OI_VIS2 repeats them; U1COORD, V1COORD of a triangle or quad are those of its first two stations, and so on. The fourth
    baseline of OI_Q4, which is that of no stations side by side, is compared with the others of its row (TAB053).

    How to fix: write the coordinates of the stations in STA_INDEX, in their order.
    Source: OIFITS 2 (A&A 597, A8), section 6.1; jwst 3.0.0, ami/oifits.py.
    """
    stated = _stated(read_rows(context, "OI_VIS"))
    for table in rows_of(context, "OI_VIS2", "OI_T3", "OI_Q4"):
        if isinstance(table, Skip):
            yield table
            continue
        wrong = []
        for row, number, ends, uv in pairs_of(table):
            known = stated.get(ends)
            if known and not any(_near(uv, other) for other in known):
                column = "UCOORD" if table.hdu.name == "OI_VIS2" else f"U{number + 1}COORD"
                found = f"{column} {uv[0]:.4g}, V {uv[1]:.4g} for stations {ends[0]} and {ends[1]}"
                wrong.append(Bad(row + 1, f"{found}, in OI_VIS {known[0][0]:.4g}, {known[0][1]:.4g}"))
        column = "UCOORD" if table.hdu.name == "OI_VIS2" else "U1COORD"
        yield from problem(table.hdu, column, wrong, "a baseline is unlike that of OI_VIS", "coordinates of OI_VIS")


@rule(
    "TAB045",
    "triangle-open",
    Severity.WARNING,
    requires=(*_SOUND, "TAB041", "TAB042", "TAB043", "TAB044"),
    level="tables",
    traits=TRAITS,
)
def closed(context: Context) -> Iterator[Outcome]:
    """The baselines of each triangle of OI_T3 close: the first two add up to the third in OI_VIS or OI_VIS2.

    A closure phase is the sum of the phases around a triangle; baselines that do not close belong to other stations.

    How to fix: write the coordinates of the stations in STA_INDEX.
    Source: OIFITS 2 (A&A 597, A8), section 6.1.
    """
    if any(hdu.index in context.excluded for name in ("OI_VIS", "OI_VIS2") for hdu in context.file.named(name)):
        # The engine states the reason.
        return
    stated = _stated(read_rows(context, "OI_VIS", "OI_VIS2"))
    for table in rows_of(context, "OI_T3"):
        if isinstance(table, Skip):
            yield table
            continue
        wrong = []
        sides = {(row, number): (ends, uv) for row, number, ends, uv in pairs_of(table)}
        for (row, number), (ends, first) in sides.items():
            if number or (row, 1) not in sides:
                continue
            (_, last), second = sides[row, 1]
            total = first[0] + second[0], first[1] + second[1]
            known = stated.get((ends[0], last))
            if known and not any(_near(total, other) for other in known):
                found = f"{total[0]:.4g}, {total[1]:.4g} for stations {ends[0]} and {last}"
                wrong.append(Bad(row + 1, f"{found}, the third baseline is {known[0][0]:.4g}, {known[0][1]:.4g}"))
        yield from problem(table.hdu, "U1COORD", wrong, "a triangle is not closed", "sides that add up")


@rule(
    "TAB053",
    "quad-open",
    Severity.WARNING,
    requires=(*_SOUND, "TAB041", "TAB042", "TAB043", "TAB044"),
    level="tables",
    traits=TRAITS,
)
def quads(context: Context) -> Iterator[Outcome]:
    """The fourth baseline of a row of OI_Q4 follows from the other three, within 1 cm.

    It leads from the last station back to the first, or to the second: OIFITS has no quads, and the pipeline writes the
    second. Release 3.0.0 writes it with U and V exchanged, U4COORD = -(V2COORD + V3COORD), which is not reported. Other
    coordinates belong to other stations.

    How to fix: write -(U2COORD + U3COORD) and -(V2COORD + V3COORD).
    Source: jwst issue 10319; jwst 3.0.0, ami/oifits.py; stdatamodels 709.
    """
    for table in rows_of(context, "OI_Q4"):
        if isinstance(table, Skip):
            yield table
            continue
        u4, v4 = (table.numbers.get(name) for name in ("U4COORD", "V4COORD"))
        if u4 is None or v4 is None:
            continue
        sides: dict[int, list[Vector]] = {}
        for row, _, _, uv in pairs_of(table):
            sides.setdefault(row, []).append(uv)
        wrong = []
        for row, three in sides.items():
            last = u4[row][0], v4[row][0]
            if len(three) == 3 and not any(_near(last, other) for other in _fourths(three)):
                expected = " or ".join(f"{u:.4g}, {v:.4g}" for u, v in _fourths(three)[:2])
                wrong.append(Bad(row + 1, f"{last[0]:.4g}, {last[1]:.4g}, expected {expected}"))
        yield from problem(table.hdu, "U4COORD", wrong, "a quad is not closed", "what the other baselines add up to")


def _fourths(sides: list[Vector]) -> tuple[Vector, ...]:
    """Fourth baselines that fit the three others of a row: to the first station, to the second, and that as written."""
    u, v = -sum(side[0] for side in sides[1:]), -sum(side[1] for side in sides[1:])
    return (u - sides[0][0], v - sides[0][1]), (u, v), (v, u)


def _stated(tables: list[OiRows]) -> Baselines:
    """Coordinates of the baselines of tables by their stations, in both directions."""
    found: dict[tuple[int, int], list[Vector]] = {}
    for table in tables:
        for _, _, (one, other), (u, v) in pairs_of(table):
            if isfinite(u) and isfinite(v):
                found.setdefault((one, other), []).append((u, v))
                found.setdefault((other, one), []).append((-u, -v))
    return found


def _near(one: Vector, other: Vector) -> bool:
    return not (abs(one[0] - other[0]) > SAME or abs(one[1] - other[1]) > SAME)


RULES = (length, twice, stations, differ, closed, quads)
