"""TIME: contradictions among dates, and the rows of INT_TIMES."""

from dataclasses import replace

import numpy as np
import pytest
from builders import card, join, primary, table
from builders import image as made_image
from judging import DATA

from jwstprod_check.api import check
from jwstprod_check.rules.time.dates import parse_date

NAME = "jw01234001001_02101_00001_nrca1_rateints.fits"


def found(first, *hdus, data=False, product=None):
    report = check(join([first, *hdus]), data=data, product=product)
    assert not [f for f in report.findings if f.code == "TOOL001"]
    return [f for f in report.findings if f.code.startswith("TIME")]


def head(**keywords):
    return primary(
        **{k.replace("_", "-") if k.startswith(("DATE", "MJD", "TIME_")) else k: v for k, v in keywords.items()}
    )


@pytest.mark.parametrize(
    ("text", "mjd"),
    [
        ("1858-11-17T00:00:00", 0.0),
        ("2022-04-21T12:00:00.000", 59690.5),
        ("2000-01-01", 51544.0),
        ("2016-12-31T23:59:60", 57754.0),
        ("2022-02-30T00:00:00", None),
        ("21/04/22", None),
        ("2022-04-21T12:00", None),
        ("2022-04-21T99:00:00", None),
        ("", None),
    ],
)
def test_dates_are_read(text, mjd):
    moment = parse_date(text)
    assert mjd is None if moment is None else moment.day + moment.seconds / 86400 == mjd


@pytest.mark.parametrize(
    "keywords",
    [
        {"DATE_BEG": "2022-04-21T12:20:02.000", "DATE_END": "2022-04-21T12:25:02.000"},
        {"DATE_BEG": "2022-04-21T12:20:02", "DATE_AVG": "2022-04-21T12:20:02", "DATE_END": "2022-04-21T12:20:02"},
        {"EXPSTART": 1.0, "EXPMID": 1.5, "EXPEND": 2.0},
        {"EXPSTART": 2.0},
        {"DATE_BEG": "2022-04-21T12:20:02.000", "MJD_BEG": 59690.5139120},
        {"DATE_BEG": "2022-04-21T12:20:02.000", "MJD_BEG": 1.0, "TIMESYS": "TDB"},
        {"DATE_BEG": "2022-04-21T23:59:59.9", "DATE_OBS": "2022-04-21", "TIME_OBS": "23:59:59.900", "FILENAME": NAME},
        {
            "DATE_BEG": "2022-04-21T12:00:00",
            "DATE_OBS": "2022-04-21",
            "TIME_OBS": "01:00:00",
            "FILENAME": "jw01_i2d.fits",
        },
        {"DATE_BEG": "nonsense", "DATE_END": "2022-04-21T12:20:02"},
    ],
)
def test_agreeing_times_are_quiet(keywords):
    assert found(head(**keywords)) == []


@pytest.mark.parametrize(
    ("keywords", "code", "keyword", "severity"),
    [
        ({"DATE_BEG": "2022-04-21T12:20:02", "DATE_END": "2022-04-21T12:20:01"}, "TIME001", "DATE-END", "error"),
        ({"DATE_BEG": "2022-04-21T12:20:02", "DATE_AVG": "2021-04-21T12:20:02"}, "TIME001", "DATE-AVG", "error"),
        ({"MJD_BEG": 59690.5, "MJD_END": 59690.4}, "TIME002", "MJD-END", "error"),
        ({"EXPSTART": 59690.5, "EXPEND": 59690.4}, "TIME003", "EXPEND", "error"),
        ({"EXPSTART": 59690.5, "EXPMID": 59690.4, "EXPEND": 59690.6}, "TIME003", "EXPMID", "error"),
        ({"DATE_BEG": "2022-04-21T12:00:00", "MJD_BEG": 59690.50002}, "TIME004", "MJD-BEG", "error"),
        ({"DATE_BEG": "2022-04-21T12:00:00", "MJD_BEG": 59691.5, "TIMESYS": "UTC"}, "TIME004", "MJD-BEG", "error"),
        ({"DATE_BEG": "2022-04-21T12:00:00", "DATE_OBS": "2022-04-20"}, "TIME005", "DATE-OBS", "warning"),
        (
            {"DATE_BEG": "2022-04-21T12:00:00", "DATE_OBS": "2022-04-21", "TIME_OBS": "12:00:02", "FILENAME": NAME},
            "TIME005",
            "TIME-OBS",
            "warning",
        ),
        ({"DATE_BEG": "2022-04-21T12:00:00", "DATE_END": "2022-04-21"}, "TIME006", "DATE-END", "warning"),
        ({"DATE_END": "2022-04-21"}, "TIME006", "DATE-END", "warning"),
    ],
)
def test_contradicting_times_are_one_finding(keywords, code, keyword, severity):
    (finding,) = found(head(**keywords))
    assert (finding.code, finding.keyword, finding.severity, finding.hdu) == (code, keyword, severity, 0)


def test_mjd_of_the_science_header_is_held_against_the_date_of_the_primary():
    part = made_image("SCI", (4, 4))
    science = replace(part, cards=(*part.cards, card("MJD-BEG", 59690.6)))
    first = head(DATE_BEG="2022-04-21T12:00:00")
    (finding,) = found(first, science)
    assert (finding.code, finding.hdu) == ("TIME004", 1)
    second = replace(made_image("SCI", (4, 4), extver=2), cards=(*science.cards, card("MJD-BEG", 59690.6)))
    assert found(first, science, second) == []


COLUMNS = [
    ("integration_number", "1J", 4),
    *((f"int_{place}_{scale}", "1D", 8) for scale in ("MJD_UTC", "BJD_TDB") for place in ("start", "mid", "end")),
]
STEP = 0.001


def int_times(numbers, change=None, columns=COLUMNS):
    """An INT_TIMES table of rows that are 0.001 days long, from MJD 59690.5 on."""
    rows = np.zeros(len(numbers), [(n, ">i4" if f.endswith("J") else ">f8") for n, f, _ in columns])
    rows[columns[0][0]] = numbers
    for scale, first in (("MJD_UTC", 59690.5), ("BJD_TDB", 59690.503)):
        for place, part in (("start", 0.0), ("mid", 0.4), ("end", 0.8)):
            name = f"int_{place}_{scale}"
            if name in (rows.dtype.names or ()):
                rows[name] = first + STEP * (np.arange(len(numbers)) + part)
    if change is not None:
        change(rows)
    return replace(table("INT_TIMES", columns, rows=len(numbers)), data=rows.tobytes())


def exposure(**keywords):
    return primary(**{"EXPSTART": 59690.5, "EXPEND": 59690.5 + 1.0, **keywords})


def set_cell(column, row, value):
    def change(rows):
        rows[column][row] = value

    return change


@pytest.mark.parametrize(
    ("first", "part"),
    [
        (exposure(NINTS=3), int_times([1, 2, 3])),
        (exposure(NINTS=3), int_times([1, 2, 3, 4])),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times([4, 5, 6])),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times([3, 4, 5, 6, 7])),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times(range(1, 10))),
        (exposure(NINTS=9), int_times([])),
        (exposure(), int_times([32767, 32768])),
        (exposure(NINTS=2), int_times([1, 2], lambda r: [r[n].fill(np.nan) for n in r.dtype.names[4:]])),
        (exposure(NINTS=2), int_times([1, 2], columns=COLUMNS[:1])),
        (primary(NINTS=2), int_times([1, 2])),
    ],
)
def test_good_int_times_are_quiet(first, part):
    assert found(first, part, data=True) == []


@pytest.mark.parametrize(
    ("first", "part", "code", "severity"),
    [
        (exposure(NINTS=3), int_times([1, 2, 4]), "TIME007", "error"),
        (exposure(NINTS=3), int_times([1, 2, 2]), "TIME007", "error"),
        (exposure(), int_times([32766, 32767, -32768]), "TIME007", "error"),
        (exposure(), int_times([32766, 32767, 1]), "TIME007", "error"),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times([1, 2, 3]), "TIME007", "error"),
        (exposure(NINTS=3), int_times([2, 3, 4]), "TIME007", "error"),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_mid_MJD_UTC", 1, 59690.0)), "TIME008", "error"),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_end_BJD_TDB", 0, 0.0)), "TIME008", "error"),
        (
            exposure(NINTS=2),
            int_times([1, 2], lambda r: r.__setitem__(slice(None, None, -1), r.copy())),
            "TIME007",
            "error",
        ),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_mid_MJD_UTC", 1, np.nan)), "TIME009", "warning"),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_mid_BJD_TDB", 1, np.nan)), "TIME009", "warning"),
        (
            exposure(NINTS=2),
            int_times([1, 2], lambda r: [r[n].fill(np.nan) for n in r.dtype.names[1:]]),
            "TIME009",
            "warning",
        ),
        (exposure(NINTS=2, EXPSTART=59690.502), int_times([1, 2]), "TIME010", "warning"),
        (exposure(NINTS=2, EXPEND=59690.5005), int_times([1, 2]), "TIME010", "warning"),
    ],
)
def test_bad_int_times_are_found_in_their_hdu(first, part, code, severity):
    findings = found(first, part, data=True)
    assert (findings[0].code, findings[0].severity, findings[0].extname) == (code, severity, "INT_TIMES")
    assert findings[0].column is not None


def test_wrapped_number_is_named():
    (finding,) = found(exposure(), int_times([32767, -32768]), data=True)
    assert "16-bit" in finding.message


def test_rows_out_of_order_are_counted():
    backwards = int_times(
        [1, 2, 3], lambda r: [r[n].__setitem__(slice(None), r[n][::-1].copy()) for n in r.dtype.names[1:]]
    )
    findings = found(exposure(NINTS=3), backwards, data=True)
    assert [f.code for f in findings] == ["TIME008", "TIME008"]
    assert "1 more row" in findings[0].message


def test_table_that_does_not_add_up_is_skipped_visibly():
    part = int_times([1, 2]).with_card("TFORM2", "2D")
    report = check(join([exposure(NINTS=2), part]), data=True)
    assert "TIME007" in {s.code for s in report.skipped}
    assert not [f for f in report.findings if f.code.startswith("TIME")]


def test_real_int_times_have_no_error():
    for path in sorted(DATA.glob("good/*/*.fits*")):
        report = check(str(path), data=True)
        assert {f.code for f in report.findings if f.code.startswith("TIME")} <= {"TIME010"}
        assert not [s for s in report.skipped if s.code.startswith("TIME")]


BARY = [f"int_{place}_BJD_TDB" for place in ("start", "mid", "end")]


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_barycentric_times_that_were_not_computed_are_quiet(value):
    part = int_times([1, 2], lambda rows: [rows[name].fill(value) for name in BARY])
    assert found(exposure(NINTS=2), part, data=True) == []


def test_one_barycentric_time_that_is_zero_is_found():
    part = int_times([1, 2], set_cell("int_start_BJD_TDB", 1, 0.0))
    assert [f.code for f in found(exposure(NINTS=2), part, data=True)] == ["TIME008"]


def test_times_that_are_all_zero_are_found():
    names = [name.replace("BJD_TDB", "MJD_UTC") for name in BARY]
    part = int_times([1, 2], lambda rows: [rows[name].fill(0.0) for name in names])
    assert "TIME008" in [f.code for f in found(exposure(NINTS=2), part, data=True)]
