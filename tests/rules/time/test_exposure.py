"""TIME015 and TIME016: exposure times that contradict each other."""

import pytest
from builders import with_keywords
from judging import CATALOGUE, placed
from made_files import make

from jwstprod_check.make import file_name

COMBINED = "jw01234-o001_t001_nircam_clear-f200w_i2d.fits"


@pytest.mark.parametrize(
    ("own", "fires"),
    [(600.0, False), (606.0, False), (594.1, False), (606.1, True), (593.9, True), (0.0, True), (None, False)],
)
def test_two_statements_of_the_exposure_time_agree_within_a_percent(own, fires):
    raw = with_keywords(make("rate", CATALOGUE, keywords={"EFFEXPTM": 600.0}), "SCI", XPOSURE=own)
    found = placed(raw, file_name(CATALOGUE.spec("rate")), "TIME")
    assert found == ([("TIME015", "warning", 1, "XPOSURE")] if fires else [])


def test_without_one_of_the_two_there_is_no_contradiction():
    raw = with_keywords(make("rate", CATALOGUE), EFFEXPTM=None)
    assert placed(with_keywords(raw, "SCI", XPOSURE=5.0), file_name(CATALOGUE.spec("rate")), "TIME") == []


@pytest.mark.parametrize(
    ("name", "seconds", "fires"),
    [
        (COMBINED, 600.0, False),
        (COMBINED, 606.0, False),
        (COMBINED, 606.1, True),
        (COMBINED, 1.0, False),
        (None, 700.0, False),
    ],
)
def test_a_combined_product_is_not_exposed_for_longer_than_it_lasts(name, seconds, fires):
    raw = with_keywords(make("i2d", CATALOGUE), EFFEXPTM=seconds)
    name = name or file_name(CATALOGUE.spec("i2d"))
    assert placed(raw, name, "TIME") == ([("TIME016", "warning", 0, "EFFEXPTM")] if fires else [])


def test_an_exposure_that_ends_before_it_begins_is_reported_once():
    raw = with_keywords(make("i2d", CATALOGUE), EFFEXPTM=700.0, EXPEND=61040.0, EXPMID=None)
    assert [code for code, *_ in placed(raw, COMBINED, "TIME")] == ["TIME003"]
