"""ASDF006 to ASDF008: links from the tree to the HDUs."""

import re

import pytest
from asdf_trees import RAW, asdf_codes, asdf_found, with_bytes, with_tree
from builders import edited, index_of, join, split, table
from judging import CATALOGUE
from made_files import make

from jwstprod_check.api import check


def test_link_to_an_hdu_that_is_gone_is_found_once():
    raw = with_tree(
        RAW,
        b"pixeldq: !core",
        b"zero: !core/ndarray-1.1.0 {source: 'fits:ZEROFRAME,1', datatype: float32, byteorder: big, shape: [1]}\npixeldq: !core",
    )
    (finding,) = asdf_found(raw)
    assert finding.code == "ASDF006"
    assert "ZEROFRAME,1" in finding.message


@pytest.mark.parametrize("change", ["delete", "rename"])
def test_hdu_that_the_table_misses_is_not_reported_again(change):
    parts = split(RAW)
    at = index_of(parts, "GROUPDQ")
    parts[at : at + 1] = [] if change == "delete" else [parts[at].with_card("EXTNAME", "GRPDQ")]
    report = check(join(parts), data=True, product="dark")
    assert [f.code for f in report.findings if f.severity == "error"] == ["HDU001"]
    assert [s.reason for s in report.skipped if s.code == "ASDF006"] == ["GROUPDQ: a finding of HDU001 comes first"]
    assert asdf_codes(join(parts)) == []


def test_many_lost_hdus_end_in_one_finding():
    many = b"".join(
        b"x%d: !core/ndarray-1.1.0 {source: 'fits:X%d,1', datatype: float32, byteorder: big, shape: [1]}\n" % (i, i)
        for i in range(40)
    )
    findings = asdf_found(with_tree(RAW, b"pixeldq: !core", many + b"pixeldq: !core"))
    assert [(f.code, f.count) for f in findings] == [("ASDF006", 1)] * 10 + [("ASDF006", 30)]


def test_renamed_extver_is_a_dangling_link():
    assert asdf_codes(edited(RAW, "INT_TIMES", lambda p: p.with_card("EXTVER", 3))) == ["ASDF006"]


def test_link_without_a_version_is_found():
    assert asdf_codes(with_tree(RAW, b"source: fits:SCI,1", b"source: fits:SCI")) == ["ASDF006"]


def test_link_by_index_is_good():
    assert asdf_codes(with_tree(RAW, b"source: fits:SCI,1", b"source: fits:1")) == []
    assert asdf_codes(with_tree(RAW, b"source: fits:SCI,1", b"source: fits:99")) == ["ASDF006"]


def test_two_links_to_one_lost_hdu_are_one_finding():
    raw = with_tree(
        RAW,
        b"pixeldq: !core",
        b"other: !core/ndarray-1.1.0 {source: 'fits:X,1', datatype: float32, byteorder: big, shape: [1]}\npixeldq: !core",
    )
    raw = with_tree(
        raw,
        b"other: !core",
        b"more: !core/ndarray-1.1.0 {source: 'fits:X,1', datatype: float32, byteorder: big, shape: [1]}\nother: !core",
    )
    (finding,) = asdf_found(raw)
    assert (finding.code, finding.count) == ("ASDF006", 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"shape: [2, 5, 64, 64]", b"shape: [2, 5, 64, 32]"),
        (b"datatype: float32", b"datatype: float64"),
        (b"datatype: uint32", b"datatype: int32"),
        (b"shape: [10]", b"shape: [11]"),
        (b"name: group_number", b"name: group_nr"),
        (
            b"{byteorder: big, datatype: int16, name: group_number}",
            b"{byteorder: big, datatype: int32, name: group_number}",
        ),
    ],
)
def test_shape_or_type_that_contradicts_the_hdu_is_found(old, new):
    (finding,) = asdf_found(with_tree(RAW, old, new))
    assert finding.code == "ASDF007"
    assert finding.severity == "error"


def test_array_that_breaks_the_table_is_not_reported_again():
    raw = edited(RAW, "PIXELDQ", lambda p: p.resized(64, 32))
    assert asdf_codes(raw) == []


def without_link(data, name):
    """The tree without the array of an HDU."""
    return re.sub(rb"\n\w+: !core/ndarray-1.\d.0\n  source: fits:%b,1\n(  .*\n)+" % name, b"\n", data)


def test_array_of_the_model_without_a_link_is_an_error():
    (finding,) = asdf_found(with_bytes(RAW, lambda d: without_link(d, b"GROUPDQ")))
    assert (finding.code, finding.severity, finding.extname) == ("ASDF008", "error", "GROUPDQ")


def test_other_hdu_without_a_link_is_a_warning():
    raw = with_bytes(RAW, lambda d: without_link(d, b"GROUPDQ"))
    raw = edited(raw, "primary", lambda p: p.with_card("DATAMODL", "NobodysModel"))
    findings = [f for f in asdf_found(raw) if f.code == "ASDF008"]
    assert [(f.severity, f.extname) for f in findings] == [("warning", "GROUPDQ")]


def test_hdu_that_no_table_lists_is_not_reported_as_unlinked():
    parts = split(RAW)
    raw = join([*parts[:-1], table("NOBODY", [("x", "1J", 4)]), parts[-1]])
    assert asdf_codes(raw) == []


@pytest.mark.parametrize("extver", [3, 2**40])
def test_links_to_a_set_that_is_left_out_are_one_finding_however_far_the_next_is(extver):
    """A list of all numbers in between would not fit into any memory."""
    raw = make("cal", CATALOGUE, keywords={"DATAMODL": "MultiSlitModel", "EXP_TYPE": "NRS_MSASPEC"}, sets=2)
    parts = [p.with_card("EXTVER", extver) if p.text("EXTVER") == "2" else p for p in split(raw)]
    report = check(join(parts), data=True, product="cal")
    assert [f.code for f in report.findings if f.code in {"HDU010", "ASDF006", "TOOL001"}] == ["HDU010"]
