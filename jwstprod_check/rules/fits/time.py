"""FITS: dates and the time frame, as section 9 of the standard defines them."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.memo import Values
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import listed, quoted

DATES: Final = ("DATE", "DATE-OBS", "DATE-BEG", "DATE-AVG", "DATE-END", "DATEREF")
"""Keywords whose value is a date according to the standard."""

_ISO = re.compile(
    r"(?:[0-9]{4}|[+-][0-9]{5})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*+)?)?\Z", re.ASCII
).match
_OLD = r"([0-9]{2})/([0-9]{2})/([0-9]{2})\Z"
_SCALES: Final = frozenset(
    ["TAI", "TT", "TDT", "ET", "IAT", "UT", "UT1", "UTC", "GMT", "GPS", "TCG", "TCB", "TDB", "LOCAL"]
)
_REALISED = r"[A-Z0-9]+\([!-'*-~]{1,30}\)\Z"
_POSITIONS: Final = frozenset(
    name[:8]
    for name in (
        "TOPOCENTER",
        "GEOCENTER",
        "BARYCENTER",
        "RELOCATABLE",
        "CUSTOM",
        "HELIOCENTER",
        "GALACTIC",
        "EMBARYCENTER",
        "MERCURY",
        "VENUS",
        "MARS",
        "JUPITER",
        "SATURN",
        "URANUS",
        "NEPTUNE",
    )
)
_TIME_UNITS: Final = frozenset({"s", "d", "a", "cy", "min", "h", "yr", "ta", "Ba"})
_REFERENCES: Final = (("MJDREF", "MJDREFI", "MJDREFF"), ("JDREF", "JDREFI", "JDREFF"), ("DATEREF",))


def _date_fault(text: str) -> str | None:
    parts = _ISO(text)
    if parts is None:
        old = re.match(_OLD, text)
        if old and 1 <= int(old[1]) <= 31 and 1 <= int(old[2]) <= 12:
            return ""
        if text.endswith("Z") and _ISO(text[:-1]):
            return "ends with Z"
        return "is not of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"
    year = int(text[: text.index("-", 1)])
    month, day = int(parts[1]), int(parts[2])
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month):
        return "is not a valid day"
    if parts[3] is not None and (int(parts[3]) > 23 or int(parts[4]) > 59 or int(parts[5]) > 60):
        return "is not a valid time of day"
    return None


DATE_FAULTS: Final[Values[str, str | None]] = Values(_date_fault, 1024)
"""Why a text is not a valid date; '' for the old form ``dd/mm/yy``, None for a valid one."""


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


@header_rule("FITS050", "bad-date", on=(*DATES, "DATExxxx"))
def dates(indexed: HeaderIndex) -> Iterator[Problem]:
    """DATE, DATE-OBS, DATE-BEG, DATE-AVG, DATE-END and DATEREF are dates as `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ss`.

    Archives sort files by these dates. A `Z`, a blank in the middle or 30 February is invalid. The old form `dd/mm/yy`
    means a year 19yy, which is rarely intended; it is a warning.

    How to fix: write the date in that form.
    Source: FITS Standard 4.0, sections 4.4.2.1, 4.4.2.2 and 9.1.1.
    """
    for index, keyword in indexed.each(*DATES, "DATExxxx"):
        value = indexed.header.string(keyword.name)
        reason = DATE_FAULTS[value] if value is not None else None
        if value is None or reason is None or (reason and keyword.root == "DATExxxx"):
            continue
        yield card_problem(
            f"{keyword.name} {quoted(value)} {reason or f'has the old form and means 19{value[-2:]}'}",
            index,
            keyword.name,
            "YYYY-MM-DD or YYYY-MM-DDThh:mm:ss[.s...]",
            quoted(value),
            at=10,
            severity=None if reason else Severity.WARNING,
            group_key=f"{keyword.root} {reason}",
        )


@header_rule("FITS051", "keyword-like-a-date", Severity.WARNING, on=("DATExxxx",))
def like_dates(indexed: HeaderIndex) -> Iterator[Problem]:
    """Other keywords that begin with DATE contain dates in the same form.

    The standard reserves keywords that begin with DATE for dates; for any other content use another name.

    How to fix: write the date as `YYYY-MM-DD`, or rename the keyword.
    Source: FITS Standard 4.0, section 4.4.2.2.
    """
    for index, keyword in indexed.each("DATExxxx"):
        value = indexed.header.string(keyword.name)
        if value is None or DATE_FAULTS[value]:
            found = quoted(value) if value is not None else "not a string"
            text = f"{keyword.name} is not a date: {found}"
            yield card_problem(text, index, keyword.name, "a date", found, at=10, group_key="DATExxxx")


def _is_scale(text: str) -> bool:
    return text in _SCALES or (text.partition("(")[0] in _SCALES and re.match(_REALISED, text) is not None)


def _is_position(text: str) -> bool:
    return text.strip(" ")[:8].upper() in _POSITIONS


_FRAME: Final[dict[str, tuple[Callable[[str], bool], str]]] = {
    "TIMESYS": (_is_scale, "UTC, TAI, TT, TDB, TCB, TCG, UT1, GPS or LOCAL"),
    "TREFPOS": (_is_position, "TOPOCENTER, GEOCENTER, BARYCENTER, HELIOCENTER, a planet, CUSTOM or RELOCATABLE"),
    "TIMEUNIT": (_TIME_UNITS.__contains__, listed(sorted(_TIME_UNITS))),
}


@header_rule("FITS052", "unknown-time-frame", Severity.WARNING, on=("TIMESYS", "TREFPOS", "TIMEUNIT", "TIMEPIXR"))
def time_frame(indexed: HeaderIndex) -> Iterator[Problem]:
    """TIMESYS, TREFPOS and TIMEUNIT have a value that the standard lists, and TIMEPIXR is from 0 to 1.

    A time scale may name its realisation, as in TT(TAI). Only the first eight characters of a position are compared.
    With an unknown value readers use the default (UTC, TOPOCENTER, s), or stop.

    How to fix: write the value as the standard lists it, in upper case (TIMEUNIT in lower case).
    Source: FITS Standard 4.0, sections 9.2.1 (table 30), 9.2.3 (table 31), 9.3 (table 34) and 9.4.2.
    """
    for index, keyword in indexed.each(*_FRAME):
        value = indexed.header.string(keyword.name)
        good, expected = _FRAME[keyword.name]
        if value is not None and not good(value):
            text = f"{keyword.name} is {quoted(value)}, expected {expected}"
            yield card_problem(text, index, keyword.name, expected, quoted(value), at=10, group_key=keyword.name)
    ratio = indexed.header.number("TIMEPIXR")
    if ratio is not None and not 0 <= ratio <= 1:
        index, _ = indexed.keys["TIMEPIXR"][0]
        yield card_problem(
            f"TIMEPIXR is {ratio:g}, expected 0 to 1", index, "TIMEPIXR", "0 to 1", f"{ratio:g}", group_key="TIMEPIXR"
        )


@header_rule(
    "FITS053", "time-reference-twice", Severity.WARNING, on=("MJDREF", "JDREF", "DATEREF", "MJDREFI", "JDREFI")
)
def reference(indexed: HeaderIndex) -> Iterator[Problem]:
    """The reference time is stated once: by MJDREF, by JDREF, by their integer and fraction, or by DATEREF.

    Where it is stated twice the standard defines an order of precedence; a reader that does not follow it computes
    times that are wrong by days.

    How to fix: keep one of them.
    Source: FITS Standard 4.0, section 9.2.2.
    """
    stated = [[name for name in names if name in indexed.header] for names in _REFERENCES]
    given = [names for names in stated if names]
    whole = next((names for names in given if len(names) > 1 and names[0] in {"MJDREF", "JDREF"}), None)
    if len(given) > 1 or whole:
        names = [name for group in given for name in group]
        text = f"states its reference time more than once: {listed(names)}"
        yield card_problem(
            text, indexed.header.first[names[-1]], names[-1], "one of them", listed(names), group_key="reference"
        )


HEADER_RULES = (dates, like_dates, time_frame, reference)
