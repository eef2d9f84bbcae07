"""The columns of a table against a column table: type, order, unit, misspelt names."""

import pytest
from builders import Part, header, table

from jwstprod_check.fits.columns import read_columns
from jwstprod_check.fits.header import Header
from jwstprod_check.match.columns import _compare, cell, fits
from jwstprod_check.spec.schema import ColumnDocument, ColumnTableDocument


def columns(*forms, **keywords):
    part = table("T", [(name, form, 8) for name, form in forms])
    for keyword, value in keywords.items():
        part = part.with_card(keyword, value)
    return read_columns(Header(header(Part(part.cards).cards), 0, len(part.cards)))


def wanted(*names, extra=False, **more):
    listed = [ColumnDocument(name=n, dtype="float64", **more) for n in names]
    return ColumnTableDocument(source="s", columns=listed, extra=extra)


def compared(names, order, extra=False):
    return _compare(wanted(*names, extra=extra), columns(*((n, "1D") for n in order)))


@pytest.mark.parametrize(
    ("want", "form", "right"),
    [
        ("int32", "1J", True),
        ("int32", "J", True),
        ("int32", "2J", False),
        ("int32", "1K", False),
        ("float64[44]", "44D", True),
        ("float64[44]", "43D", False),
        ("float64[nelem]", "5D", True),
        ("float64[nelem]", "5E", False),
        ("float64[*]", "5D", True),
        ("float64[*]", "1PD(5)", True),
        ("float64[*]", "5E", False),
        ("str26", "26A", True),
        ("str26", "27A", True),
        ("str26", "25A", False),
        ("str", "1A", True),
        ("str", "1J", False),
        ("bool", "1L", True),
        ("int32", "?", True),  # a form that cannot be read is not judged
    ],
)
def test_a_column_has_the_type_that_is_listed(want, form, right):
    (column,) = columns(("C", form))
    assert fits(ColumnDocument(name="C", dtype=want), column) is right


def test_one_of_several_types_is_enough():
    (column,) = columns(("C", "1J"))
    assert fits(ColumnDocument(name="C", dtype=["float64", "int32"]), column)
    assert not fits(ColumnDocument(name="C", dtype=["float64", "int16"]), column)


@pytest.mark.parametrize(
    ("form", "text"), [("1J", "int32"), ("44D", "float64[44]"), ("26A", "str26"), ("?", "unknown")]
)
def test_cells_are_written_as_the_column_tables_write_them(form, text):
    (column,) = columns(("C", form))
    assert cell(column) == text


def test_a_vector_of_one_element_is_a_vector_where_tdim_says_so():
    (column,) = columns(("C", "1D"), TDIM1="(1)")
    assert cell(column) == "float64[1]"


@pytest.mark.parametrize(
    ("found", "lost", "extra", "renamed"),
    [
        (["A_ONE", "B_TWO"], [], [], {}),
        (["a_one", " B_TWO"], [], [], {}),
        (["A_ONE"], ["B_TWO"], [], {}),
        (["A_ONE", "B_TWO", "OTHER"], [], ["OTHER"], {}),
        (["A_ONE", "B_TOW"], ["B_TWO"], [], {"B_TWO": "B_TOW"}),
        (["A_ONE", "XYZQW"], ["B_TWO"], [], {"B_TWO": "XYZQW"}),  # at its place
        (["XYZQW", "A_ONE", "OTHER"], ["B_TWO"], ["XYZQW", "OTHER"], {}),
    ],
)
def test_missing_and_unknown_columns_are_paired(found, lost, extra, renamed):
    result = compared(["A_ONE", "B_TWO"], found)
    assert [c.name for c in result.lost] == lost
    assert [c.name for c in result.extra] == extra
    assert {name: c.name for name, c in result.renamed.items()} == renamed
    assert result.complete is not bool(lost or extra)


def test_more_columns_are_allowed_where_the_table_says_so():
    assert compared(["A"], ["A", "OTHER"], extra=True).complete


@pytest.mark.parametrize(
    ("order", "moved"),
    [
        (["A", "B", "C"], None),
        (["B", "A", "C"], 1),
        (["A", "C", "B"], 2),
        (["A", "X", "B", "C"], None),
        (["A", "A", "C"], None),
    ],
)
def test_the_first_column_out_of_order_is_named(order, moved):
    result = compared(["A", "B", "C"], order)
    assert (result.moved.number if result.moved else None) == moved


@pytest.mark.parametrize(("unit", "differs"), [("s", False), ("d", True), (None, True)])
def test_units_that_are_fixed_are_compared(unit, differs):
    keywords = {} if unit is None else {"TUNIT1": unit}
    result = _compare(wanted("A", unit="s"), columns(("A", "1D"), **keywords))
    assert bool(result.units) is differs
    assert not _compare(wanted("A"), columns(("A", "1D"), **keywords)).units
