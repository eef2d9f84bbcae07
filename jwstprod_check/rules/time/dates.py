"""TIME: dates and times in headers. ``int_times`` has the rules on the rows of INT_TIMES."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.memo import Values
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted

SAME: Final = 1.0
"""Seconds by which two values of one time may differ."""

MJD_ORIGIN: Final = date(1858, 11, 17).toordinal()

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d*)?)Z?)?\Z", re.ASCII)
_CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d(?:\.\d*)?)\Z", re.ASCII)
_DIGITS = re.compile(r" *[+-]?\d*(?:\.(\d*))?(?:[ED]([+-]?\d{1,2}))?(?!\d)", re.ASCII)
_EXPOSURE = re.compile(r"jw\d{11}_\d{5}_\d{5}", re.ASCII)
_DATES = ("DATE-BEG", "DATE-AVG", "DATE-END")
_MJDS = ("MJD-BEG", "MJD-AVG", "MJD-END")
_EXPOSURES = ("EXPSTART", "EXPMID", "EXPEND")
_TIMES = frozenset({*_DATES, *_MJDS, *_EXPOSURES})


class Moment(msgspec.Struct, frozen=True):
    """A date: its day as an MJD and the seconds of the day; ``whole`` means that no time of day is given."""

    day: int
    seconds: float
    whole: bool = False

    def before(self, other: "Moment") -> float:
        """Seconds by which this moment is before another; negative where it is after."""
        return (other.day - self.day) * 86400 + other.seconds - self.seconds

    def surely_after(self, other: "Moment") -> bool:
        """Whether this moment is after another, a date without a time of day being any moment of that day."""
        late = Moment(other.day, 86400.0) if other.whole else other
        return late.before(self) > 0


def _parse_date(text: str) -> Moment | None:
    """Read an ISO-8601 date of FITS; None for any other form (FITS Standard 4.0, section 9.1.1)."""
    found = _DATE.match(text.strip(" "))
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])).toordinal() - MJD_ORIGIN
    except ValueError:
        return None
    seconds = _seconds(found[4], found[5], found[6]) if found[4] else 0.0
    return Moment(day, seconds, found[4] is None) if seconds is not None else None


def _seconds(hours: str, minutes: str, seconds: str) -> float | None:
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds) if int(hours) < 25 and int(minutes) < 60 else None


MOMENTS: Final[Values[str, Moment | None]] = Values(_parse_date, 1024)
"""Dates in the form of FITS by their text; None for any other text."""


def _time_of_day(text: str) -> float | None:
    """Seconds of the day; None for a text that is not a time of day, a leap second included."""
    found = _CLOCK.match(text)
    if found is None or int(found[1]) > 23 or float(found[3]) >= 61:
        return None
    return _seconds(found[1], found[2], found[3])


def _moment(header: Header, keyword: str) -> Moment | None:
    text = header.string(keyword)
    return MOMENTS[text] if text is not None else None


def _problem(hdu: Hdu, keyword: str, message: str, expected: str, found: str) -> Problem:
    card = hdu.header.card(keyword)
    return Problem(
        message,
        hdu=hdu,
        keyword=keyword,
        expected=expected,
        found=found,
        offset=card.offset if card is not None else None,
        group_key=f"{hdu.name} {keyword}",
    )


def _shown(header: Header, keyword: str) -> str:
    value = header.value(keyword)
    return quoted(value) if isinstance(value, str) else f"{value}"


def _times_in(keyword_index: KeywordIndex) -> set[str]:
    """Times that a header states."""
    return keyword_index.first.keys() & _TIMES


def _clocks(context: Context) -> list[tuple[Hdu, set[str]]]:
    """HDUs that state times, and which."""
    stated = [(hdu, hdu.header.keyword_index.memo(_times_in)) for hdu in context.file.hdus]
    return [(hdu, there) for hdu, there in stated if there]


def _with(context: Context, keywords: tuple[str, ...], least: int = 1) -> Iterator[Hdu]:
    """HDUs that have at least some number of the keywords."""
    for hdu, there in context.by_file(_clocks):
        if len(there.intersection(keywords)) >= least and hdu.index not in context.excluded:
            yield hdu


@rule("TIME001", "date-order", scope="walk")
def dates(context: Context) -> Iterator[Outcome]:
    """DATE-BEG, DATE-AVG and DATE-END are in order.

    The archive's ingest stops at a file that ends before it begins. A date without a time of day counts as the whole
    day.

    How to fix: correct the date.
    Source: FITS Standard 4.0, section 9.5; jwst issues 3548 and 5718.
    """
    for hdu in _with(context, _DATES, 2):
        moments = [(k, m) for k in _DATES if (m := _moment(hdu.header, k)) is not None]
        for (first, early), (second, late) in pairwise(moments):
            if early.surely_after(late):
                yield _order(hdu, first, second)


def _order(hdu: Hdu, first: str, second: str) -> Problem:
    one, other = _shown(hdu.header, first), _shown(hdu.header, second)
    return _problem(hdu, second, f"{second} = {other} is before {first} = {one}", f"{first} = {one} or later", other)


@rule("TIME002", "mjd-order", scope="walk")
def mjds(context: Context) -> Iterator[Outcome]:
    """MJD-BEG, MJD-AVG and MJD-END are in order.

    The archive's ingest stops at a file that ends before it begins.

    How to fix: correct the time.
    Source: FITS Standard 4.0, section 9.5; jwst issue 5718.
    """
    yield from _numbers_in_order(context, _MJDS)


@rule("TIME003", "exposure-order", scope="walk")
def exposure(context: Context) -> Iterator[Outcome]:
    """EXPSTART, EXPMID and EXPEND are in order.

    The archive's ingest stops at an exposure that ends before it begins.

    How to fix: correct the time.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst issue 3548.
    """
    yield from _numbers_in_order(context, _EXPOSURES)


def _numbers_in_order(context: Context, keywords: tuple[str, ...]) -> Iterator[Outcome]:
    for hdu in _with(context, keywords, 2):
        numbers = [(k, n) for k in keywords if (n := hdu.header.number(k)) is not None]
        for (first, early), (second, late) in pairwise(numbers):
            if late < early:
                yield _order(hdu, first, second)


@rule("TIME004", "date-against-mjd", scope="walk", gives_way_to=("TIME001", "TIME002"))
def twins(context: Context) -> Iterator[Outcome]:
    """DATE-BEG, DATE-AVG, DATE-END are the same times as MJD-BEG, MJD-AVG, MJD-END, as far as these are written.

    They may differ by a second, or by half of the last digit of the MJD: one of 4 decimals is right to 4.3 seconds. Where
    the two differ, the result of a program depends on which one it uses. Dates in the primary header apply to the
    SCI of a file with only one. The rule checks UTC only, which is the default of TIMESYS.

    How to fix: correct the keyword that is wrong.
    Source: FITS Standard 4.0, sections 9.2.1 and 9.5; stdatamodels 6.0.0, core.schema.yaml.
    """
    science = context.file.named("SCI")
    for hdu in _with(context, _MJDS):
        for date_keyword, mjd_keyword in zip(_DATES, _MJDS, strict=True):
            home = hdu
            if date_keyword not in hdu.header and science == (hdu,):
                home = context.file.hdus[0]
            moment, mjd = _moment(home.header, date_keyword), hdu.header.number(mjd_keyword)
            if moment is None or moment.whole or mjd is None or not (_utc(home.header) and _utc(hdu.header)):
                continue
            # The whole days are taken off first: a product of MJD and 86400 has no microseconds left.
            apart = (mjd - moment.day) * 86400 - moment.seconds
            if abs(apart) > max(SAME, _half_digit(hdu.header, mjd_keyword)):
                said = _shown(home.header, date_keyword)
                yield _problem(
                    hdu,
                    mjd_keyword,
                    f"{mjd_keyword} = {mjd} is {_span(apart)} {date_keyword} = {said}",
                    f"{moment.day + moment.seconds / 86400:.8f} ({date_keyword} = {said})",
                    f"{mjd}",
                )


def _half_digit(header: Header, keyword: str) -> float:
    """Seconds of half a unit of the last digit that a number of days is written with."""
    card = header.card(keyword)
    written = _DIGITS.match(card.image[10:].decode("latin-1")) if card is not None else None
    if written is None:
        return 0.0
    digits = len(written[1] or "") - int(written[2] or 0)
    return 43200.0 * 10.0 ** -min(max(digits, 0), 20)


def _span(seconds: float) -> str:
    size = abs(seconds)
    text = f"{size / 86400:.6g} days" if size > 2 * 86400 else f"{size:.6g} seconds"
    return f"{text} {'after' if seconds > 0 else 'before'}"


def _utc(header: Header) -> bool:
    return (header.string("TIMESYS") or "UTC").strip(" ").upper().startswith("UTC")


@rule("TIME005", "date-obs-against-date-beg", Severity.WARNING, scope="walk")
def observation(context: Context) -> Iterator[Outcome]:
    """TIME-OBS is a time of day, and DATE-OBS and TIME-OBS are the begin of the exposure, as DATE-BEG states it.

    Archives sort by the first, pipelines compute with the second. A TIME-OBS that is not of the form `hh:mm:ss.sss`
    (`noon`, `25:61:00`, a date) is no time at all. TIME-OBS is compared only in products of one exposure: a combined
    product has the earliest date and, independently, the earliest time of day of its inputs.

    How to fix: correct the keyword that is wrong.
    Source: stdatamodels 6.0.0, core.schema.yaml (mindate, mintime and mindatetime combine the keywords).
    """
    header = context.file.hdus[0].header
    clock = (header.string("TIME-OBS") or "").strip(" ")
    seconds = _time_of_day(clock)
    if clock and seconds is None:
        shown = _shown(header, "TIME-OBS")
        text = f"TIME-OBS = {shown} is not a time of day"
        yield _problem(context.file.hdus[0], "TIME-OBS", text, "hh:mm:ss.sss", shown)
    begin = _moment(header, "DATE-BEG")
    day = _moment(header, "DATE-OBS")
    if begin is None or day is None or not _utc(header):
        return
    single = _EXPOSURE.match(header.string("FILENAME") or "") is not None
    if day.whole and seconds is not None and single:
        day = Moment(day.day, seconds)
    loose = day.whole or begin.whole or not single
    if day.day == begin.day if loose else abs(day.before(begin)) <= SAME:
        return
    keyword = "DATE-OBS" if loose or day.day != begin.day else "TIME-OBS"
    if keyword not in header:
        keyword = "DATE-OBS"
    written, said = _shown(header, keyword), _shown(header, "DATE-BEG")
    message = f"{keyword} = {written} disagrees with DATE-BEG = {said}, the begin of the exposure"
    yield _problem(context.file.hdus[0], keyword, message, said, written)


@rule("TIME006", "date-without-time", Severity.WARNING, scope="walk")
def without_time(context: Context) -> Iterator[Outcome]:
    """DATE-BEG, DATE-AVG and DATE-END have a time of day.

    The standard allows a date alone, but these keywords describe a moment, and the archive's ingest stopped at a date
    without a time.

    How to fix: write `yyyy-mm-ddThh:mm:ss.sss`.
    Source: jwst issues 3548 and 5718; stdatamodels 6.0.0, core.schema.yaml.
    """
    for hdu in _with(context, _DATES):
        for keyword in _DATES:
            moment = _moment(hdu.header, keyword)
            if moment is not None and moment.whole:
                text = _shown(hdu.header, keyword)
                message = f"{keyword} = {text} has no time of day"
                yield _problem(hdu, keyword, message, "yyyy-mm-ddThh:mm:ss.sss", text)


RULES = (dates, mjds, exposure, twins, observation, without_time)
