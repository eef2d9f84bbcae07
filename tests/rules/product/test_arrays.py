"""ARR rules: dtype, NAXIS and axes, each number with its origin. tests/helpers/damages.py has the table of damages."""

from functools import partial

import judging
from builders import edited, join, split
from judging import CATALOGUE, codes, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
only = partial(judging.only, name=NAME)


def test_lost_bzero_says_what_it_does_to_the_values():
    found = only(edited(RAW, "PIXELDQ", lambda p: p.without_card("BZERO")))
    assert found.message == "PIXELDQ is int32, expected uint32"
    assert found.hint == "BZERO = 2147483648 is missing: readers return every value too small by 2147483648"
    assert found.found == "int32 (BITPIX 32, BSCALE 1)"


def test_alternatives_of_an_amendment_are_named():
    raw = make("dark", CATALOGUE, optional=("REFOUT",))
    name = split(raw)[0].text("FILENAME")
    found = only(
        edited(raw, "REFOUT", lambda p: p.without_card("BZERO", "BSCALE").with_card("BITPIX", 8).resized(*p.axes)),
        name=name,
    )
    assert found.expected == "uint16 or float32"


def test_wrong_axes_say_where_each_number_came_from():
    found = only(edited(RAW, "GROUPDQ", lambda p: p.resized(16, 12, 4, 2)))
    assert found.message == (
        "GROUPDQ is 16 x 12 x 4 x 2, expected 16 x 12 x 5 x 2 (ngroups = 5 from NGROUPS, SCI, ERR)"
    )
    assert (found.keyword, found.expected) == ("NAXIS3", "16 x 12 x 5 x 2 (ncols x nrows x ngroups x nints)")


def test_swapped_axes_get_a_hint():
    found = only(edited(RAW, "SCI", lambda p: p.with_axes(12, 16, 5, 2)))
    assert (found.code, found.extname, found.hint) == ("ARR003", "SCI", "NAXIS1 and NAXIS2 look swapped")


def test_array_alone_against_the_rest_is_the_one():
    for name in ("SCI", "GROUPDQ", "ERR"):
        found = only(edited(RAW, name, lambda p: p.resized(16, 12, 5, 3)))
        assert (found.code, found.extname) == ("ARR003", name)


def test_keyword_alone_against_all_arrays_is_the_one():
    found = only(edited(RAW, "primary", lambda p: p.with_card("NGROUPS", 7)))
    assert (found.code, found.keyword, found.hdu) == ("KEY005", "NGROUPS", 0)
    assert found.message == "NGROUPS = 7, but ngroups is 5 in SCI, GROUPDQ and ERR"


def test_two_arrays_of_three_decide_against_the_keyword_and_the_third():
    raw = edited(RAW, "GROUPDQ", lambda p: p.resized(16, 12, 7, 2))
    raw = edited(raw, "SCI", lambda p: p.resized(16, 12, 7, 2))
    report = judge_file(raw, NAME)
    assert codes(report) in (["ARR003", "KEY005"], ["ARR003", "ARR003"])


def test_single_integration_keeps_its_axis():
    raw = make("dark", CATALOGUE, symbols={"nints": 1})
    assert loud(judge_file(raw, NAME)) == []
    found = only(edited(raw, "SCI", lambda p: p.with_axes(16, 12, 5)))
    assert (found.code, found.found) == ("ARR002", "3 axes: 16 x 12 x 5")


def test_array_of_wrong_rank_has_no_voice():
    raw = edited(RAW, "SCI", lambda p: p.resized(99, 99))
    report = judge_file(raw, NAME)
    assert codes(report) == ["ARR002"]
    assert (report.symbols["ncols"], report.symbols["nrows"]) == (16, 12)


def test_header_of_an_optional_array_rests_on_an_amendment():
    raw = make("dark", CATALOGUE, optional=("ZEROFRAME",))
    name = split(raw)[0].text("FILENAME")
    empty = edited(edited(raw, "ZEROFRAME", lambda p: p.resized()), "primary", lambda p: p.with_card("ZEROFRAM", False))
    report = judge_file(empty, name)
    assert loud(report) == []
    (said,) = [f for f in report.findings if f.code == "PROD008" and f.extname == "ZEROFRAME"]
    assert said.message.startswith("ZEROFRAME has no data: allowed by amendment header-of-an-optional-array")
    assert [f.code for f in loud(judge_file(empty, name, strict=True)) if f.extname == "ZEROFRAME"] == ["ARR002"]
    assert codes(judge_file(edited(raw, "SCI", lambda p: p.resized()), name)) == ["ARR002"]


def test_announced_array_without_data_is_reported():
    raw = make("dark", CATALOGUE, optional=("ZEROFRAME",))
    (found,) = loud(judge_file(edited(raw, "ZEROFRAME", lambda p: p.resized()), split(raw)[0].text("FILENAME")))
    assert (found.code, found.message) == ("HDU012", "ZEROFRAME has no data, but ZEROFRAM = T")


def test_inexact_division_names_the_width():
    raw = make("dark", CATALOGUE, optional=("REFOUT",))
    parts = [
        p.resized(18, *p.axes[1:]) if p.name and p.axes[0] == 16 and p.text("XTENSION") == "IMAGE" else p
        for p in split(raw)
    ]
    parts[0] = parts[0].with_card("SUBSIZE1", 18)
    found = only(join(parts), name=parts[0].text("FILENAME"))
    assert (found.code, found.extname, found.keyword) == ("ARR004", "REFOUT", "NAXIS1")
    assert "ncols = 18 from SUBSIZE1, SCI" in found.message
    assert found.found == "9/2"


def test_refout_of_wrong_width_is_the_one():
    raw = make("dark", CATALOGUE, optional=("REFOUT",))
    name = split(raw)[0].text("FILENAME")
    found = only(edited(raw, "REFOUT", lambda p: p.resized(5, *p.axes[1:])), name=name)
    assert (found.code, found.extname) == ("ARR003", "REFOUT")
    assert found.expected.startswith("4 x 12 x 5 x 2")


def test_irs2_frames_may_hold_reference_rows():
    plain = {"READPATT": "NRSIRS2RAPID", "EXP_TYPE": "NRS_DARK"}
    raw = make("dark", CATALOGUE, symbols={"nrows": 32}, keywords=plain)
    parts = [p.resized(p.axes[0], 50, *p.axes[2:]) if p.text("XTENSION") == "IMAGE" else p for p in split(raw)]
    assert loud(judge_file(join(parts), parts[0].text("FILENAME"))) == []


def test_nothing_is_solved_from_nothing():
    raw = join([p for p in split(make("trapsfilled", CATALOGUE)) if p.name != "SCI"])
    report = judge_file(raw, "other_trapsfilled.fits")
    assert "HDU001" in codes(report)
    assert report.symbols == {}


def test_giant_axes_are_no_trouble():
    raw = edited(RAW, "ERR", lambda p: p.with_axes(2**60, 2**60, 5, 2))
    assert codes(judge_file(raw, NAME)) == ["FILE006"]
