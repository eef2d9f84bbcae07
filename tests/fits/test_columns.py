"""Columns of binary tables: TFORMn as a reader sees it."""

import numpy as np
import pytest
from astropy.io import fits
from builders import Part, header, table
from hypothesis import given
from hypothesis import strategies as st

from jwstprod_check.fits.columns import MAX_COLUMNS, parse_tdim, parse_tform, read_columns
from jwstprod_check.fits.header import Header


def columns(part):
    return read_columns(Header(header(part.cards), 0, len(part.cards)))


@pytest.mark.parametrize(
    ("form", "parsed", "width"),
    [
        ("J", (1, "J", ""), 4),
        ("1J", (1, "J", ""), 4),
        ("26A", (26, "A", ""), 26),
        ("0D", (0, "D", ""), 0),
        ("11X", (11, "X", ""), 2),
        ("1PE(12)", (1, "P", "E(12)"), 8),
        ("QD", (1, "Q", "D"), 16),
        ("3M", (3, "M", ""), 48),
        ("2147483647PE", (2147483647, "P", "E"), 2147483647 * 8),
        (" 2I ", (2, "I", ""), 4),
    ],
)
def test_tform_is_parsed(form, parsed, width):
    tform = parse_tform(form)
    assert (tform.repeat, tform.code, tform.rest) == parsed
    assert tform.width == width


@pytest.mark.parametrize("form", ["", "5", "j", "1Z", "-1J", "J5J"[::-1], "9" * 30 + "J", "1.5E"])
def test_what_is_no_tform_is_refused(form):
    found = parse_tform(form)
    assert found is None or found.rest


@pytest.mark.parametrize(
    ("text", "dims"),
    [("(3,4)", (3, 4)), ("( 3 , 4 )", (3, 4)), ("(5)", (5,)), ("3,4", None), ("(a)", None), ("", None)],
)
def test_tdim_is_parsed(text, dims):
    assert parse_tdim(text) == dims


@given(st.text(max_size=30))
def test_any_text_may_stand_in_tform_and_tdim(text):
    parse_tform(text)
    parse_tdim(text)


@pytest.mark.parametrize(
    ("form", "zero", "scale", "dtype"),
    [
        ("J", None, None, "int32"),
        ("J", 2147483648, None, "uint32"),
        ("I", 32768, 1, "uint16"),
        ("K", b"9223372036854775808", None, "uint64"),
        ("B", -128, None, "int8"),
        ("B", None, None, "uint8"),
        ("I", None, 2, "float64"),
        ("I", 5, None, "float64"),
        ("L", None, None, "bool"),
        ("X", None, None, "bit"),
        ("26A", None, None, "str26"),
        ("A", None, None, "str1"),
        ("PE(3)", None, None, "float32[]"),
        ("PA(3)", None, None, "str[]"),
        ("C", None, None, "complex64"),
        ("M", None, None, "complex128"),
    ],
)
def test_dtype_of_a_column_is_what_a_reader_sees(form, zero, scale, dtype):
    part = table("T", [("A", form, 1)])
    if zero is not None:
        part = part.with_card("TZERO1", zero)
    if scale is not None:
        part = part.with_card("TSCAL1", scale)
    assert columns(part)[0].dtype == dtype


def test_columns_agree_with_astropy():
    made = fits.BinTableHDU.from_columns(
        [
            fits.Column("n", "J", array=np.arange(2)),
            fits.Column("wide", "4D", unit="um", dim="(2,2)", array=np.zeros((2, 2, 2))),
            fits.Column("text", "7A", array=["a", "b"]),
            fits.Column("flag", "L", array=[True, False]),
        ]
    )
    cards = tuple(c.image.encode() for c in made.header.cards)
    found = columns(Part(cards))
    assert [(c.name, c.dtype, c.unit, c.dims) for c in found] == [
        ("n", "int32", None, ()),
        ("wide", "float64", "um", (2, 2)),
        ("text", "str7", None, ()),
        ("flag", "bool", None, ()),
    ]
    assert sum(c.tform.width for c in found) == made.header["NAXIS1"]


def test_missing_tform_leaves_the_column():
    found = columns(table("T", [("A", "J", 4)]).without_card("TFORM1"))
    assert (found[0].name, found[0].form, found[0].tform, found[0].dtype) == ("A", None, None, None)


@pytest.mark.parametrize(("count", "read"), [(-1, 0), (0, 0), (10**9, MAX_COLUMNS)])
def test_tfields_is_bounded(count, read):
    assert len(columns(table("T", [("A", "J", 4)]).with_card("TFIELDS", count))) == read
