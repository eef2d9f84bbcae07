"""TAB rules: columns by name, type and unit; rows. tests/helpers/damages.py has the table of damages."""

from functools import partial

import judging
import pytest
from builders import columns_of, edited, split, with_columns, with_rows
from judging import CATALOGUE, codes, errors, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name
from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.loader import Catalogue

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
only = partial(judging.only, name=NAME)


def changed(name, change):
    return edited(RAW, name, lambda part: with_columns(part, change(columns_of(part))))


def test_misspelt_column_gets_a_hint():
    found = only(
        changed("INT_TIMES", lambda c: [("int_start_MJD", *c[1][1:]) if i == 1 else x for i, x in enumerate(c)])
    )
    assert (found.code, found.column, found.keyword) == ("TAB002", "int_start_MJD_UTC", "TTYPE2")
    assert found.hint == "column 2 is named 'int_start_MJD'; correct TTYPE2"


def test_names_are_compared_without_case():
    assert loud(judge_file(changed("INT_TIMES", lambda c: [(n.upper(), f, d) for n, f, d in c]), NAME)) == []


def test_lost_column_is_one_finding_and_no_count():
    found = only(changed("INT_TIMES", lambda c: c[:3] + c[4:]))
    assert (found.code, found.column) == ("TAB002", "int_end_MJD_UTC")


def test_count_of_columns_speaks_where_the_names_are_right():
    (found,) = errors(judge_file(changed("INT_TIMES", lambda c: [*c, c[0]]), NAME))
    assert (found.code, found.found) == ("TAB001", "8 columns")


def test_type_is_named_with_its_tform():
    found = only(changed("INT_TIMES", lambda c: [(c[0][0], "1K", [bytes(8)] * 2), *c[1:]]))
    assert (found.code, found.found) == ("TAB004", "int64 (TFORM1 = '1K')")


@pytest.mark.parametrize(("width", "code"), [(26, []), (40, []), (25, ["TAB004"])])
def test_text_may_be_wider_not_narrower(width, code):
    raw = changed(
        "GROUP",
        lambda c: [(n, f"{width}A", [bytes(width)] * len(d)) if n == "group_end_time" else (n, f, d) for n, f, d in c],
    )
    assert codes(judge_file(raw, NAME)) == code


def test_scaled_column_is_not_what_it_seems():
    raw = edited(RAW, "INT_TIMES", lambda p: p.with_card("TZERO1", 2147483648))
    found = only(raw)
    assert (found.code, found.found) == ("TAB004", "uint32 (TFORM1 = 'J')")


def test_rows_say_where_their_number_came_from():
    found = only(edited(RAW, "INT_TIMES", lambda p: with_rows(p, 1)))
    assert found.message == "INT_TIMES has 1 row, expected at least 2 (nints = 2 from NINTS, SCI, GROUPDQ, ERR)"


def test_more_rows_are_allowed_unless_strict():
    raw = edited(RAW, "INT_TIMES", lambda p: with_rows(p, 5))
    assert loud(judge_file(raw, NAME)) == []
    assert only(raw, strict=True).code == "TAB006"


def test_empty_table_of_open_length_is_a_warning():
    found = only(edited(RAW, "GROUP", lambda p: with_rows(p, 0)))
    assert (found.code, found.severity) == ("TAB007", "warning")


SPEC = """product: mine
title: M
documentation: d
recognise: {suffixes: [mine]}
hdus:
  - {hdu: 0, type: primary}
  - {hdu: 1, extname: T, type: BINTABLE, dims: 2 cols x 3 rows, columns: t}
  - {hdu: 2, extname: BARE, type: BINTABLE, dims: 4 cols x variable, min_rows: 2}
"""
TABLE = "source: s\ncolumns:\n  - {name: a, dtype: int32, unit: s}\n  - {name: b, dtype: float64}\n"


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "columns").mkdir()
    (tmp_path / "mine.yaml").write_text(SPEC)
    (tmp_path / "columns/t.yaml").write_text(TABLE)
    return Catalogue(Overlay(Folder(tmp_path), packaged()))


def test_own_tables_are_made_and_checked(mine):
    raw = make("mine", mine)
    assert not [f for f in judge_file(raw, "x_mine.fits", mine).findings if f.code.startswith("TAB")]


def test_unit_that_is_fixed_is_held(mine):
    raw = edited(make("mine", mine), "T", lambda p: p.with_card("TUNIT1", "d"))
    found = [f for f in judge_file(raw, "x_mine.fits", mine).findings if f.code.startswith("TAB")]
    assert [(f.code, f.severity, f.keyword, f.found) for f in found] == [("TAB008", "warning", "TUNIT1", "d")]


def test_least_rows_are_held(mine):
    raw = edited(make("mine", mine), "BARE", lambda p: with_rows(p, 1))
    found = [f for f in judge_file(raw, "x_mine.fits", mine).findings if f.code.startswith("TAB")]
    assert [(f.code, f.expected) for f in found] == [("TAB006", "at least 2 rows (4 cols x variable)")]


def test_unnamed_columns_are_counted(mine):
    raw = make("mine", mine)
    raw = edited(raw, "BARE", lambda p: with_columns(p, columns_of(p)[:3]))
    found = [f for f in judge_file(raw, "x_mine.fits", mine).findings if f.code.startswith("TAB")]
    assert [(f.code, f.found) for f in found] == [("TAB001", "3 columns")]


def test_made_table_has_the_rows_of_the_integrations():
    part = next(p for p in split(make("dark", CATALOGUE, symbols={"nints": 4})) if p.name == "INT_TIMES")
    assert part.number("NAXIS2") == 4
