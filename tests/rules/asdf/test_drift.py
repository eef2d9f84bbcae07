"""ASDF009: keywords in the tree and in the headers."""

import re
from dataclasses import replace

import pytest
from asdf_trees import HEAD, RAW, asdf_codes, asdf_found, with_bytes
from builders import edited, image, join, primary, split, table
from judging import CATALOGUE

from jwstprod_check.api import check
from jwstprod_check.asdf.tree import read_tree
from jwstprod_check.rules.asdf.reading import keyword_paths


@pytest.mark.parametrize(
    ("keyword", "value", "hdu"),
    [
        ("EFFEXPTM", 107.3678, "primary"),
        ("TARGPROP", "M-93", "primary"),
        ("DATAPROB", True, "primary"),
        ("CRVAL1", 259.29, "SCI"),
        ("NFRAMES", 2, "primary"),
    ],
)
def test_header_edited_after_the_tree_is_a_warning(keyword, value, hdu):
    (finding,) = asdf_found(edited(RAW, hdu, lambda p: p.with_card(keyword, value)))
    assert (finding.code, finding.severity, finding.keyword) == ("ASDF009", "warning", keyword)
    assert "ASDF tree" in finding.expected


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("EFFEXPTM", 107.36770000000001), ("TARGPROP", "M-92   "), ("NFRAMES", b"                 1.0")],
)
def test_same_value_written_otherwise_is_no_drift(keyword, value):
    assert asdf_codes(edited(RAW, "primary", lambda p: p.with_card(keyword, value))) == []


def test_many_drifted_keywords_end_in_one_finding():
    tree = split(RAW)[-1].data
    raw = with_bytes(RAW, lambda _: re.sub(rb"(pc\d_\d|crval\d|crpix\d|cdelt\d|ra_ref|dec_ref): -?", rb"\1: 7", tree))
    drifted = asdf_found(raw)
    assert {f.code for f in drifted} == {"ASDF009"}
    assert len(drifted) == 11
    assert "more keyword" in drifted[-1].message


def test_keywords_of_a_slit_are_those_of_its_own_header():
    tree = (
        b"slits:\n- {data: {source: 'fits:SCI,1', shape: [2, 3]}, name: S1600}\n"
        b"- {data: {source: 'fits:SCI,2', shape: [2, 3]}, name: S400}\n...\n"
    )
    read = read_tree(b"---\n" + tree)
    assert [read.text(read.at("slits", n, "name")) for n in (0, 1)] == ["S1600", "S400"]
    slits = [image("SCI", (3, 2), extver=n).with_card("SLTNAME", name) for n, name in ((1, "S1600"), (2, "OTHER"))]
    data = HEAD + tree
    asdf = table("ASDF", [("ASDF_METADATA", f"{len(data)}B", len(data))])
    report = check(join([primary(), *slits, replace(asdf, data=data)]), data=True)
    (finding,) = [f for f in report.findings if f.code == "ASDF009"]
    assert (finding.hdu, finding.keyword) == (2, "SLTNAME")


def test_table_of_keywords_names_every_path_once():
    tables = keyword_paths(CATALOGUE)
    assert tables["PRIMARY"]["meta"]["exposure"]["ngroups"] == "NGROUPS"
    assert tables["SCI"]["meta"]["wcsinfo"]["crval1"] == "CRVAL1"
