"""What a header says of its HDU: type, dtype as a reader sees it, size of the data."""

import numpy as np
import pytest
from astropy.io import fits
from builders import Part, header, image, primary, table
from hypothesis import given
from hypothesis import strategies as st

from jwstprod_check.fits.hdu import MAX_SIZE, Hdu
from jwstprod_check.fits.header import Header


def hdu(part, index=1):
    return Hdu(index, Header(header(part.cards), 0, len(part.cards)))


@pytest.mark.parametrize(
    ("bitpix", "bscale", "bzero", "dtype"),
    [
        (8, None, None, "uint8"),
        (8, 1, -128, "int8"),
        (16, None, None, "int16"),
        (16, 1, 32768, "uint16"),
        (16, None, b"32768.0", "uint16"),
        (32, 1, 2147483648, "uint32"),
        (32, None, None, "int32"),
        (64, None, None, "int64"),
        (64, None, 9223372036854775808, "uint64"),
        (-32, None, None, "float32"),
        (-64, None, None, "float64"),
        (-32, 2, 5, "float32"),
        (16, 2, 0, "float32"),
        (8, 1, 5, "float32"),
        (32, 1, 32768, "float64"),
        (16, 1, 0, "int16"),
        (7, None, None, None),
    ],
)
def test_dtype_is_what_a_reader_sees(bitpix, bscale, bzero, dtype):
    part = image("SCI", (2, 2), bitpix if bitpix != 7 else 8).with_card("BITPIX", bitpix)
    for keyword, value in (("BSCALE", bscale), ("BZERO", bzero)):
        if value is not None:
            part = part.with_card(keyword, value)
    assert hdu(part).dtype == dtype


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64"]
)
def test_dtype_agrees_with_astropy(dtype):
    their = fits.ImageHDU(np.zeros((2, 3), dtype)).header
    cards = tuple(c.image.encode() for c in their.cards)
    assert hdu(Part(cards)).dtype == dtype
    assert hdu(Part(cards)).axes == (3, 2)


@pytest.mark.parametrize(("axes", "filled"), [((), 0), ((0,), 0), ((1,), 2880), ((2880,), 2880), ((2881,), 5760)])
def test_data_end_with_their_block(axes, filled):
    part = hdu(image("SCI", axes, 8))
    assert (part.data_length, part.data_end - part.data_offset) == (filled, filled)


def test_tables_and_empty_arrays_have_no_dtype():
    assert hdu(table("T", [("A", "1J", 4)])).dtype is None
    assert hdu(image("SCI", ())).dtype is None


@pytest.mark.parametrize(
    ("part", "index", "kind"),
    [
        (primary(), 0, "primary"),
        (image("A", (1,)), 1, "IMAGE"),
        (table("A", [("A", "1J", 4)]), 1, "BINTABLE"),
        (image("A", (1,)).with_card("XTENSION", "FOREIGN"), 1, "FOREIGN"),
        (image("A", (1,)).with_card("XTENSION", 5), 1, "unknown"),
        (image("A", (1,)).without_card("XTENSION"), 2, "unknown"),
    ],
)
def test_type_is_that_of_xtension(part, index, kind):
    assert hdu(part, index).type == kind


def test_compressed_image_is_the_image_that_readers_show():
    part = table("SCI", [("COMPRESSED_DATA", "1PB(9)", 8)])
    for keyword, value in (("ZIMAGE", True), ("ZBITPIX", -32), ("ZNAXIS", 2), ("ZNAXIS1", 7), ("ZNAXIS2", 5)):
        part = part.with_card(keyword, value)
    found = hdu(part)
    assert (found.type, found.axes, found.dtype, found.columns) == ("IMAGE", (7, 5), "float32", ())


def test_names_are_compared_without_case_and_blanks():
    found = hdu(image(" sci ", (1,)))
    assert (found.extname, found.name, found.label) == (" sci", "SCI", "SCI")


def test_labels_name_the_version_and_the_nameless():
    assert hdu(image("SCI", (1,), extver=3)).label == "SCI,3"
    assert hdu(image("SCI", (1,)).without_card("EXTNAME"), 4).label == "HDU 4"
    assert hdu(primary(), 0).label == "primary"


def test_absent_extver_is_1():
    assert hdu(image("SCI", (1,)).without_card("EXTVER")).extver == 1


@given(st.lists(st.integers(0, 9), max_size=6), st.sampled_from([8, 16, 32, 64, -32, -64]), st.integers(0, 100))
def test_size_is_that_of_the_standard(axes, bitpix, pcount):
    part = image("A", ()).with_axes(*axes).with_card("BITPIX", bitpix).with_card("PCOUNT", pcount)
    count = 1
    for length in axes:
        count *= length
    expected = abs(bitpix) // 8 * (pcount + count) if axes else 0
    assert hdu(part).data_size == expected


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("BITPIX", 7),
        ("NAXIS", -1),
        ("NAXIS", 1000),
        ("NAXIS1", -1),
        ("NAXIS1", b"2.0"),
        ("PCOUNT", -1),
        ("GCOUNT", b"x"),
    ],
)
def test_size_of_nonsense_is_not_known(keyword, value):
    assert hdu(image("A", (2, 2)).with_card(keyword, value)).data_size is None


def test_missing_axis_leaves_the_size_unknown():
    assert hdu(image("A", (2, 2)).without_card("NAXIS1")).data_size is None


def test_random_groups_leave_their_first_axis_out():
    part = primary().with_axes(0, 10).with_card("GROUPS", True).with_card("PCOUNT", 3).with_card("GCOUNT", 2)
    assert hdu(part, 0).data_size == 2 * (3 + 10)


def test_sizes_beyond_all_files_are_cut():
    assert hdu(image("A", (1,)).with_axes(2**60, 2**60, 2**60)).data_size == MAX_SIZE
