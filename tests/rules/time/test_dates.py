"""TIME001 to TIME006: contradictions among dates."""

from dataclasses import replace

import pytest
from builders import card, join, primary
from builders import image as made_image
from judging import found

from jwstprod_check.rules.time.dates import MOMENTS

NAME = "jw01234001001_02101_00001_nrca1_rateints.fits"


def time_found(first, *hdus, data=False):
    return found(join([first, *hdus]), "TIME", data=data)


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
    moment = MOMENTS[text]
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
        {"DATE_BEG": "2022-04-21T12:20:02", "MJD_BEG": "59690.5"},
    ],
)
def test_agreeing_times_are_quiet(keywords):
    assert time_found(primary(**keywords)) == []


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
    (finding,) = time_found(primary(**keywords))
    assert (finding.code, finding.keyword, finding.severity, finding.hdu) == (code, keyword, severity, 0)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (b"59690.5140", False),
        (b"59690.5139", True),
        (b"59690.5138", False),
        (b"59690.51388", False),
        (b"59690.51391", True),
        (b"59690.513903", True),
        (b"59690.513900", False),
        (b"5.96905139D4", True),
        (b"5.96905138E+04", False),
        (b"59690.5", True),
        (b"59691.0", False),
        (b"59690", False),
        (b"59691", True),
    ],
)
def test_an_mjd_is_as_exact_as_its_digits(written, right):
    # 59690.5139120
    found = time_found(primary(DATE_BEG="2022-04-21T12:20:02.000", MJD_BEG=written.rjust(20)))
    assert [f.code for f in found] == ([] if right else ["TIME004"])


def test_mjd_of_the_science_header_is_held_against_the_date_of_the_primary():
    part = made_image("SCI", (4, 4))
    science = replace(part, cards=(*part.cards, card("MJD-BEG", 59690.6)))
    first = primary(DATE_BEG="2022-04-21T12:00:00")
    (finding,) = time_found(first, science)
    assert (finding.code, finding.hdu) == ("TIME004", 1)
    second = replace(made_image("SCI", (4, 4), extver=2), cards=(*science.cards, card("MJD-BEG", 59690.6)))
    assert time_found(first, science, second) == []


@pytest.mark.parametrize(
    "text",
    ["noon", "25:61:00.0", "24:00:00", "23:60:00", "23:59:61.0", "2022-04-20T12:20:02.000", "12:20", "12h20m02s"],
)
def test_a_time_of_day_that_cannot_be_read_is_a_warning(text):
    (finding,) = time_found(primary(TIME_OBS=text))
    assert (finding.code, finding.keyword, finding.severity) == ("TIME005", "TIME-OBS", "warning")
    assert finding.message == f"TIME-OBS = '{text}' is not a time of day"


@pytest.mark.parametrize("text", ["00:00:00", "23:59:59.999", "23:59:60.5", "12:20:02.", " 12:20:02"])
def test_a_time_of_day_is_quiet(text):
    assert time_found(primary(TIME_OBS=text)) == []
