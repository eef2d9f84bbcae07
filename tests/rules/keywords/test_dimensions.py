"""KEY001 to KEY005: the counts that dimensions are made of. tests/helpers/damages.py has the table of damages."""

from functools import partial

import judging
import pytest
from builders import edited, split, with_keywords
from judging import CATALOGUE, DATA, codes, errors, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name

WHOLE = make("dark", CATALOGUE)
SEGMENT = make("dark", CATALOGUE, keywords={"INTSTART": 3, "INTEND": 4, "NINTS": 8})
NAME = file_name(CATALOGUE.spec("dark"))
only = partial(judging.only, name=NAME)


def test_missing_count_names_the_size_of_the_arrays():
    found = only(with_keywords(WHOLE, NGROUPS=None))
    assert (found.code, found.keyword, found.hint) == ("KEY001", "NGROUPS", "the arrays have ngroups = 5")


def test_missing_size_is_a_warning():
    found = only(with_keywords(WHOLE, SUBSIZE2=None))
    assert (found.code, found.severity, found.keyword) == ("KEY001", "warning", "SUBSIZE2")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("5", "the string '5'"),
        (b"5.0", "the float '5.0'"),
        (True, "the logical T"),
        (b"", "without a value"),
    ],
)
def test_count_that_is_no_integer_is_one_finding(value, said):
    (found,) = errors(judge_file(with_keywords(WHOLE, NGROUPS=value), NAME))
    assert (found.code, found.message) == ("KEY002", f"NGROUPS is {said}, expected an integer")


def test_malformed_count_is_a_finding_on_the_standard():
    report = judge_file(with_keywords(WHOLE, NGROUPS=b"5 5"), NAME)
    (found,) = errors(report)
    assert (found.code[:4], found.keyword) == ("FITS", "NGROUPS")
    assert [s.reason for s in report.skipped if s.code == "KEY002"] == [
        "NGROUPS: its card is malformed, which the FITS rules report"
    ]


@pytest.mark.parametrize("keyword", ["NGROUPS", "NINTS", "SUBSIZE1", "SUBSIZE2"])
@pytest.mark.parametrize("value", [0, -1])
def test_count_that_is_not_positive_is_one_finding(keyword, value):
    found = only(with_keywords(WHOLE, **{keyword: value}))
    assert (found.code, found.keyword, found.found) == ("KEY003", keyword, str(value))


def test_what_another_finding_speaks_of_is_skipped_and_said():
    report = judge_file(with_keywords(WHOLE, NGROUPS=0), NAME)
    assert [s.reason for s in report.skipped if s.code == "KEY005"] == ["ngroups: another rule reports NGROUPS"]


def test_segment_counts_its_own_integrations():
    report = judge_file(SEGMENT, NAME)
    assert loud(report) == []
    assert report.symbols["nints"] == 2
    assert report.origins["nints"].startswith("INTEND - INTSTART + 1, SCI")


@pytest.mark.parametrize("lost", ["INTSTART", "INTEND"])
def test_half_a_range_is_one_finding(lost):
    found = only(with_keywords(SEGMENT, **{lost: None}))
    assert (found.code, found.keyword) == ("KEY004", lost)


def test_range_out_of_order_is_one_finding():
    assert only(with_keywords(SEGMENT, INTSTART=5)).message == "INTSTART = 5 is after INTEND = 4"


def test_range_beyond_the_exposure_blames_the_end():
    found = only(with_keywords(SEGMENT, INTEND=9))
    assert (found.code, found.keyword, found.expected) == ("KEY004", "INTEND", "at most NINTS = 8")


def test_exposure_shorter_than_a_sound_range_is_blamed_itself():
    found = only(with_keywords(SEGMENT, NINTS=3))
    assert (found.code, found.keyword, found.expected) == ("KEY004", "NINTS", "at least INTEND = 4")


@pytest.mark.parametrize(
    ("keyword", "value"), [("INTSTART", "3"), ("INTEND", 0), ("INTEND", b""), ("INTSTART", b"3.0")]
)
def test_unsound_range_is_one_finding(keyword, value):
    (found,) = errors(judge_file(with_keywords(SEGMENT, **{keyword: value}), NAME))
    assert found.code in {"KEY002", "KEY003"}
    assert found.keyword == keyword


def test_range_that_the_arrays_do_not_have_is_one_finding():
    found = only(with_keywords(SEGMENT, INTEND=6))
    assert (found.code, found.keyword) == ("KEY005", "INTEND")
    assert found.message == (
        "INTEND = 6, INTSTART = 3, so INTEND - INTSTART + 1 = 4, but nints is 2 in SCI, GROUPDQ, ERR and INT_TIMES"
    )


def test_exposure_longer_than_the_segment_is_right():
    assert loud(judge_file(with_keywords(SEGMENT, NINTS=1000), NAME)) == []


def test_exposure_without_a_range_states_its_integrations():
    found = only(with_keywords(WHOLE, NINTS=3))
    assert (found.code, found.keyword) == ("KEY005", "NINTS")


def test_counts_are_found_in_sci_where_the_primary_has_none():
    raw = edited(with_keywords(WHOLE, NGROUPS=None), "SCI", lambda p: p.with_card("NGROUPS", 5))
    assert "KEY001" not in codes(judge_file(raw, NAME))


def test_product_without_counts_needs_none():
    raw = make("wfscmb", CATALOGUE)
    name = split(raw)[0].text("FILENAME")
    report = judge_file(edited(raw, "primary", lambda p: p.with_card("NGROUPS", 0).with_card("NINTS", "x")), name)
    assert not {"KEY001", "KEY002", "KEY003", "KEY004", "KEY005"} & set(codes(report))


def test_subarray_of_the_traps_is_compared_in_strict_only():
    path = DATA / "good/jwst-1.11.4/jw01234001001_02113_00001_nrca1_trapsfilled.fits.gz"
    assert "KEY005" not in codes(judge_file(path))
    found = [f for f in judge_file(path, strict=True).findings if f.code == "KEY005"]
    assert [f.keyword for f in found] == ["SUBSIZE1", "SUBSIZE2"]


def test_giant_counts_are_compared_as_numbers():
    found = only(with_keywords(WHOLE, NGROUPS=b"9" * 60))
    assert (found.code, found.keyword) == ("KEY005", "NGROUPS")


ALL_OF_IT = make("dark", CATALOGUE, keywords={"INTSTART": 1, "INTEND": 2, "NINTS": 2})


def test_too_large_nints_of_an_exposure_in_one_piece_is_one_finding_on_nints():
    found = only(with_keywords(ALL_OF_IT, NINTS=7))
    assert (found.code, found.severity, found.hdu, found.keyword) == ("KEY004", "error", 0, "NINTS")


@pytest.mark.parametrize("sign", [{"EXSEGNUM": 1}, {"EXSEGTOT": 4}])
def test_nints_of_the_whole_exposure_is_right_in_a_first_segment(sign):
    assert not errors(judge_file(with_keywords(ALL_OF_IT, NINTS=7, **sign), NAME))


def test_name_of_a_segment_allows_the_nints_of_the_whole_exposure():
    assert "KEY004" not in codes(
        judge_file(with_keywords(ALL_OF_IT, NINTS=7), NAME.replace("_00001_", "_00001-seg001_"))
    )


COMBINED = ("i2d", "c1d", "x1d", "s2d", "s3d", "segm", "wfscmb")
RANGE = {"INTSTART": 1, "INTEND": 2, "NINTS": 2}


def of_association(product, **keywords):
    """Findings on integrations in a product that was combined from several exposures."""
    raw = with_keywords(make(product, CATALOGUE), **keywords)
    name = f"jw01234-o009_t001_nirspec_f290lp-g395h_{product if product != 'wfscmb' else 'wfscmb-01'}.fits"
    report = judge_file(raw, name)
    assert report.product == product
    return [
        (f.code, str(f.severity), f.keyword) for f in report.findings if f.keyword in RANGE and f.severity != "info"
    ]


@pytest.mark.parametrize("product", COMBINED)
@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ({}, []),
        ({"NINTS": 1}, []),  # the first of exposures of different lengths
        ({"NINTS": 7}, [("KEY004", "warning", "NINTS")]),
        ({"NINTS": 7, "EXSEGNUM": 1}, []),
        ({"NINTS": 7, "EXSEGTOT": 4}, []),
        ({"NINTS": "MULTIPLE"}, []),
        ({"INTSTART": 3}, [("KEY004", "error", "INTEND")]),
        ({"NINTS": 0}, [("KEY003", "error", "NINTS")]),
        ({"INTSTART": 0}, [("KEY003", "error", "INTSTART")]),
        ({"INTEND": None}, [("KEY004", "error", "INTEND")]),
    ],
    ids=str,
)
def test_integrations_of_a_combined_product(product, keywords, found):
    assert [one for one in of_association(product, **RANGE | keywords) if one[0] != "KEY010"] == found


def test_keyword_in_lower_case_is_one_finding_on_the_card():
    raw = WHOLE.replace(b"NGROUPS =", b"ngroups =", 1)
    assert [f.code for f in errors(judge_file(raw, NAME))] == ["FITS002"]
