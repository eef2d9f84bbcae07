"""Where a rule on times begins to fire: the last moment that is right and the first that is not."""

from dataclasses import replace

import numpy as np
import pytest
from builders import card, image, join, primary, table
from judging import found

from jwstprod_check.rules.time.dates import MOMENTS, Moment

NAME = "jw01234001001_02101_00001_nrca1_rateints.fits"
NOON = "2022-04-21T12:00:00"
SECOND = 1 / 86400
MINUTE = 1 / 1440


def times(*hdus, data=False):
    return [(f.code, f.keyword or f.column) for f in found(join(hdus), "TIME", data=data)]


@pytest.mark.parametrize(("second", "fires"), [("12:00:00", False), ("12:00:01", False), ("11:59:59.999", True)])
@pytest.mark.parametrize(
    ("early", "late"), [("DATE_BEG", "DATE_AVG"), ("DATE_AVG", "DATE_END"), ("DATE_BEG", "DATE_END")]
)
def test_dates_may_be_equal(early, late, second, fires):
    keyword = late.replace("_", "-")
    found = times(primary(**{early: NOON, late: f"2022-04-21T{second}"}))
    assert found == ([("TIME001", keyword)] if fires else [])


@pytest.mark.parametrize(
    ("begin", "fires"),
    [("2022-04-21T23:59:59", False), ("2022-04-22T00:00:00", False), ("2022-04-22T00:00:00.001", True)],
)
def test_a_date_alone_is_the_whole_day(begin, fires):
    found = times(primary(DATE_BEG=begin, DATE_END="2022-04-21"))
    assert (("TIME001", "DATE-END") in found) is fires


@pytest.mark.parametrize(("late", "fires"), [(59690.5, False), (59690.6, False), (59690.49999999, True)])
@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("MJD_BEG", "MJD_AVG", "TIME002"),
        ("MJD_AVG", "MJD_END", "TIME002"),
        ("MJD_BEG", "MJD_END", "TIME002"),
        ("EXPSTART", "EXPMID", "TIME003"),
        ("EXPMID", "EXPEND", "TIME003"),
        ("EXPSTART", "EXPEND", "TIME003"),
    ],
)
def test_numbers_may_be_equal(first, second, code, late, fires):
    found = times(primary(**{first: 59690.5, second: late}))
    assert found == ([(code, second.replace("_", "-"))] if fires else [])


@pytest.mark.parametrize("place", ["BEG", "AVG", "END"])
@pytest.mark.parametrize(("apart", "fires"), [(0.99, False), (1.01, True), (-0.99, False), (-1.01, True)])
def test_a_date_and_its_mjd_may_differ_by_a_second(place, apart, fires):
    found = times(primary(**{f"DATE_{place}": NOON, f"MJD_{place}": 59690.5 + apart * SECOND}))
    assert found == ([("TIME004", f"MJD-{place}")] if fires else [])


@pytest.mark.parametrize(
    ("scale", "fires"), [("UTC", True), ("utc ", True), ("UTC(NIST)", True), ("TDB", False), ("TT", False)]
)
def test_only_utc_is_compared(scale, fires):
    assert ("TIME004", "MJD-BEG") in times(primary(DATE_BEG=NOON, MJD_BEG=59690.6, TIMESYS=scale)) or not fires
    assert (("TIME004", "MJD-BEG") in times(primary(DATE_BEG=NOON, MJD_BEG=59690.6, TIMESYS=scale))) is fires


def test_a_date_of_the_primary_holds_for_the_only_science_array():
    science = replace(image("SCI", (4, 4)), cards=(*image("SCI", (4, 4)).cards, card("MJD-BEG", 59690.6)))
    other = replace(science, cards=tuple(c for c in science.cards if c[:7] != b"EXTNAME")).with_card("EXTNAME", "ERR")
    own = science.with_card("DATE-BEG", "2022-04-21T14:24:00")
    head = primary(DATE_BEG=NOON)
    assert times(head, science) == [("TIME004", "MJD-BEG")]
    assert times(head, other) == []
    assert times(head, own) == []
    assert times(head, science, science.with_card("EXTVER", 2)) == []


@pytest.mark.parametrize(
    ("clock", "fires"), [("12:00:01", False), ("12:00:01.01", True), ("11:59:59", False), ("11:59:58.99", True)]
)
def test_the_time_of_an_exposure_may_differ_by_a_second(clock, fires):
    head = {"DATE_BEG": NOON, "DATE_OBS": "2022-04-21", "TIME_OBS": clock}
    assert times(primary(**head, FILENAME=NAME)) == ([("TIME005", "TIME-OBS")] if fires else [])
    assert times(primary(**head, FILENAME="jw01234-o001_t001_nircam_f200w_i2d.fits")) == []


@pytest.mark.parametrize(("day", "fires"), [("2022-04-20", True), ("2022-04-21", False), ("2022-04-22", True)])
def test_the_day_of_an_observation_is_that_of_its_beginning(day, fires):
    assert times(primary(DATE_BEG=NOON, DATE_OBS=day)) == ([("TIME005", "DATE-OBS")] if fires else [])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-04-21T24:59:60", (24, 59, 60)),
        ("2022-04-21T25:00:00", None),
        ("2022-04-21T24:60:00", None),
        ("2022-04-21T00:00:00.5", (0, 0, 0.5)),
        ("2022-04-21T00:00:00Z", (0, 0, 0)),
    ],
)
def test_hours_and_minutes_are_bounded(text, moment):
    day = Moment(59690, moment[0] * 3600 + moment[1] * 60 + moment[2]) if moment else None
    assert MOMENTS[text] == day


COLUMNS = [
    ("integration_number", "1J", 4),
    *((f"int_{place}_{scale}", "1D", 8) for scale in ("MJD_UTC", "BJD_TDB") for place in ("start", "mid", "end")),
]


def int_times(numbers, **cells):
    """INT_TIMES of integrations of 0.001 days from MJD 59690.5 on; ``cells`` are (row, value) by column."""
    rows = np.zeros(len(numbers), [(n, ">i4" if f.endswith("J") else ">f8") for n, f, _ in COLUMNS])
    rows["integration_number"] = numbers
    for scale in ("MJD_UTC", "BJD_TDB"):
        for place, part in (("start", 0.0), ("mid", 0.4), ("end", 0.8)):
            rows[f"int_{place}_{scale}"] = 59690.5 + 0.001 * (np.arange(len(numbers)) + part)
    for name, (row, value) in cells.items():
        rows[name][row] = value
    return replace(table("INT_TIMES", COLUMNS, rows=len(numbers)), data=rows.tobytes())


def codes(first, part):
    return [code for code, _ in times(first, part, data=True)]


@pytest.mark.parametrize(("seconds", "fires"), [(0, False), (59, False), (61, True)])
def test_integrations_may_lie_a_minute_outside_the_exposure(seconds, fires):
    part = int_times([1, 2])
    start = primary(EXPSTART=59690.5 + seconds * SECOND, EXPEND=59690.6, NINTS=2)
    end = primary(EXPSTART=59690.5, EXPEND=59690.5018 - seconds * SECOND, NINTS=2)
    assert codes(start, part) == (["TIME010"] if fires else [])
    assert codes(end, part) == (["TIME010"] if fires else [])


def test_an_exposure_that_ends_as_it_begins_is_compared_and_one_that_ends_before_is_not():
    part = int_times([1, 2], int_start_MJD_UTC=(0, 59690.0))
    assert codes(primary(EXPSTART=59690.5, EXPEND=59690.5, NINTS=2), part).count("TIME010") == 1
    assert "TIME010" not in codes(primary(EXPSTART=59690.5, EXPEND=59690.4, NINTS=2), part)


@pytest.mark.parametrize(
    ("numbers", "keywords", "fires"),
    [
        ([1, 2, 3], {"NINTS": 3}, False),
        ([2, 3, 4], {"NINTS": 3}, True),
        ([1, 2, 3], {"NINTS": 4}, False),  # TAB006 speaks of missing rows
        ([1, 2, 3, 4], {"NINTS": 3}, False),
        ([2, 3, 4, 5], {"NINTS": 3}, True),
        ([4, 5], {"INTSTART": 4, "INTEND": 5}, False),
        ([3, 4, 5], {"INTSTART": 4, "INTEND": 5}, False),
        ([4, 5, 6], {"INTSTART": 4, "INTEND": 5}, False),
        ([5, 6], {"INTSTART": 4, "INTEND": 5}, True),
        ([3, 4], {"INTSTART": 4, "INTEND": 5}, True),
        ([5], {"INTSTART": 4, "INTEND": 4}, True),
        ([4], {"INTSTART": 4, "INTEND": 4}, False),
        ([9], {"INTSTART": 5, "INTEND": 4}, False),
        ([9], {"INTSTART": 0, "INTEND": 0}, False),
        ([9], {"INTSTART": 1}, False),
        ([9], {"NINTS": 0}, False),
        ([9], {"NINTS": 1}, True),
    ],
)
def test_the_table_has_the_integrations_of_the_file(numbers, keywords, fires):
    assert ("TIME007" in codes(primary(**keywords), int_times(numbers))) is fires


@pytest.mark.parametrize("scale", ["MJD_UTC", "BJD_TDB"])
@pytest.mark.parametrize(
    ("place", "value", "fires"),
    [
        ("mid", 59690.5, True),  # the middle is the beginning
        ("mid", 59690.50000001, False),
        ("mid", 59690.5008, True),  # the middle is the end
        ("mid", 59690.50079999, False),
    ],
)
def test_each_integration_runs_from_begin_to_middle_to_end(scale, place, value, fires):
    part = int_times([1, 2], **{f"int_{place}_{scale}": (0, value)})
    assert ("TIME008" in codes(primary(NINTS=2), part)) is fires


@pytest.mark.parametrize(("value", "fires"), [(59690.5, True), (59690.50000001, False)])
def test_each_integration_begins_after_the_one_before(value, fires):
    part = int_times([1, 2], int_start_MJD_UTC=(1, value))
    assert ("TIME008" in codes(primary(NINTS=2), part)) is fires


@pytest.mark.parametrize(("before", "reason"), [(32767, True), (32766, False)])
def test_only_the_largest_16_bit_number_wraps(before, reason):
    (finding,) = found(join([primary(), int_times([before, -32768])]), "TIME", data=True)
    assert ("16-bit" in finding.message) is reason


def test_a_file_whose_dates_are_out_of_order_has_no_second_finding_on_them():
    assert times(primary(DATE_BEG=NOON, DATE_END="2022-04-21T11:00:00", MJD_BEG=59691.0)) == [("TIME001", "DATE-END")]


@pytest.mark.parametrize(
    ("form", "width", "fires"), [("1J", 4, True), ("1I", 2, True), ("1K", 8, True), ("2J", 8, False), ("1A", 1, False)]
)
def test_only_columns_of_single_numbers_are_read(form, width, fires):
    """Numbers that go from 1 to 3, in the first bytes of cells of some type."""
    cells = {"1J": ">i4", "1I": ">i2", "1K": ">i8", "2J": ">i4", "1A": "S1"}[form]
    data = b"".join(np.array([n], cells).tobytes().ljust(width, b"\0") for n in (1, 3))
    part = replace(table("INT_TIMES", [("integration_number", form, width)], rows=2), data=data)
    assert ("TIME007" in codes(primary(), part)) is fires


def test_columns_of_text_that_should_be_numbers_crash_no_rule():
    words = [(name, "4A", 4) for name, _, _ in COLUMNS]
    part = replace(table("INT_TIMES", words, rows=2), data=b"what" * 2 * len(words))
    assert codes(primary(EXPSTART=59690.5, EXPEND=59690.6, NINTS=2), part) == []
