"""KEY025 and KEY026: the name of the file and what its header states."""

import gzip

import pytest
from builders import with_keywords
from judging import DARK, judge_file, placed

NAME = DARK.name
GOOD = DARK.read_bytes()


def keys(raw, name=NAME):
    return placed(raw, name, "KEY")


def test_a_renamed_copy_is_a_warning():
    assert keys(GOOD, "jw01234001001_02103_00002_nrca1_dark.fits") == [("KEY025", "warning", 0, "FILENAME")]
    assert keys(GOOD, "mine_dark.fits") == [("KEY025", "warning", 0, "FILENAME")]


@pytest.mark.parametrize("name", [NAME, f"{NAME}.gz", f"{NAME}.fz"])
def test_a_compressed_file_keeps_its_name(name):
    raw = gzip.compress(GOOD, mtime=0) if name.endswith(".gz") else GOOD
    assert keys(raw, name) == []


def test_bytes_without_a_name_are_not_held_against_one():
    assert keys(GOOD, "") == []


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("PROGRAM", "01235"), ("OBSERVTN", "002"), ("VISIT", "011"), ("EXPOSURE", "2"), ("DETECTOR", "NRCA2")],
)
def test_a_field_of_the_name_that_the_header_contradicts_is_a_warning(keyword, value):
    assert ("KEY026", "warning", 0, keyword) in keys(with_keywords(GOOD, **{keyword: value}))


def test_several_fields_are_one_finding():
    report = judge_file(with_keywords(GOOD, PROGRAM="01235", VISIT="002"), NAME)
    (found,) = [f for f in report.findings if f.code == "KEY026"]
    assert found.message == (
        "the file name contradicts the header: program '01234', but PROGRAM = '01235'; visit '001', but VISIT = '002'"
    )


@pytest.mark.parametrize("value", ["1234", "1", "00001", 1])
def test_numbers_of_the_name_are_compared_as_numbers(value):
    keyword = "PROGRAM" if value == "1234" else "EXPOSURE"
    assert "KEY026" not in [code for code, *_ in keys(with_keywords(GOOD, **{keyword: value}))]


def test_a_segment_has_its_number_in_name_and_header():
    name = "jw01234001001_02103_00001-seg002_nrca1_dark.fits"
    right = with_keywords(GOOD, FILENAME=name, EXSEGNUM=2, EXSEGTOT=3)
    assert keys(right, name) == []
    assert keys(with_keywords(GOOD, FILENAME=name, EXSEGNUM=1, EXSEGTOT=3), name) == [
        ("KEY026", "warning", 0, "EXSEGNUM")
    ]
