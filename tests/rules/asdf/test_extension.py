"""ASDF001 and ASDF002: one row, and no HDU after it."""

from dataclasses import replace

from asdf_trees import RAW, asdf_codes, asdf_found
from builders import edited, image, join, split


def test_two_rows_are_found():
    raw = edited(RAW, "ASDF", lambda p: replace(p.with_card("NAXIS2", 2), data=p.data * 2))
    assert asdf_codes(raw) == ["ASDF001"]


def test_no_rows_are_found():
    raw = edited(RAW, "ASDF", lambda p: replace(p.with_card("NAXIS2", 0), data=b""))
    (finding,) = asdf_found(raw)
    assert (finding.code, finding.keyword) == ("ASDF001", "NAXIS2")


def test_hdu_behind_the_tree_is_found():
    raw = join([*split(RAW), image("CHEBY2", (4, 4))])
    assert "ASDF002" in asdf_codes(raw)
