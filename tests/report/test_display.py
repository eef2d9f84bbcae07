"""A report in Python: as text, in a notebook, and as an exception."""

import pickle

import pytest
from shared_run import BAD, EVIL, GOOD, UNVERIFIED

import jwstprod_check


def test_text_of_a_report_is_the_concise_report():
    lines = str(BAD).splitlines()
    assert lines[0] == "bad\\x1b[31m_dark.fits:PIXELDQ: error HDU001 PIXELDQ is missing [write it]"
    assert lines[-1] == "1 file checked (structure): 1 does not conform; 2 errors, 1 warning"


def test_conforming_report_raises_nothing():
    GOOD.raise_for_findings()


@pytest.mark.parametrize("report", [BAD, UNVERIFIED])
def test_report_that_does_not_conform_raises_with_its_text(report):
    with pytest.raises(jwstprod_check.NonconformingError) as caught:
        report.raise_for_findings()
    assert str(caught.value) == str(report)
    assert caught.value.report is report


def test_exception_can_be_sent_to_another_process():
    error = pickle.loads(pickle.dumps(jwstprod_check.NonconformingError(BAD)))
    assert error.report == BAD
    assert str(error) == str(BAD)


def test_notebook_shows_the_documented_table_with_marks():
    html = BAD._repr_html_()
    for part in ('aria-label="missing"', "PIXELDQ", "ncols x nrows x ngroups x nints", "nints = 2", "ARR001"):
        assert part in html


def test_notebook_shows_no_markup_of_a_file():
    html = EVIL._repr_html_()
    assert "<img" not in html
    assert "<script" not in html
