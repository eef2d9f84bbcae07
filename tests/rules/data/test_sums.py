"""SUM001 to SUM003: DATASUM and CHECKSUM."""

import numpy as np
import pytest
from builders import card, offsets, primary, split, table
from scanning import compressed, findings, floats, not_checked, one, report, summed


@pytest.fixture(scope="module")
def good():
    return summed([primary(), floats("SCI", (30, 20)), table("T", [("A", "3A", 3)], rows=5), floats("ERR", (0,))])


def edited(raw, index, at, byte):
    """The file with one byte of an HDU's data or header changed."""
    made = bytearray(raw)
    made[at(offsets(raw)[index])] = byte
    return bytes(made)


def with_value(raw, keyword, field, index=1):
    """The file with another value field in one card."""
    start, end, _ = offsets(raw)[index]
    made = bytearray(raw)
    at = next(i for i in range(start, end, 80) if raw[i : i + 10] == f"{keyword:<8}= ".encode())
    made[at + 10 : at + 80] = field.ljust(70).encode()
    return bytes(made)


def codes(raw):
    return [f.code for f in report(raw).findings if f.code.startswith("SUM")]


def test_sums_written_by_astropy_are_right(good):
    assert codes(good) == []
    assert not [s for s in report(good).skipped if s.code.startswith("SUM")]


@pytest.mark.parametrize("index", [1, 2])
def test_a_changed_byte_of_the_data_breaks_datasum(good, index):
    found = one(edited(good, index, lambda o: o[1] + 4, 99), "SUM001")
    assert (found.hdu, found.keyword, found.severity) == (index, "DATASUM", "error")
    assert "the data changed:" in found.message
    assert found.expected == split(good)[index].text("DATASUM")


def test_a_changed_byte_of_the_fill_breaks_datasum(good):
    raw = edited(good, 1, lambda o: o[2] - 1, 1)
    assert codes(raw) == ["SUM001"]
    assert one(raw, "FITS080").hdu == 1


def test_changed_data_and_header_are_both_named(good):
    raw = edited(good, 1, lambda o: o[1] + 4, 99)
    raw = edited(raw, 1, lambda o: o[1] - 1, ord("x"))
    assert "the data and the header changed" in one(raw, "SUM001").message
    assert codes(raw) == ["SUM001"]


def test_a_changed_header_breaks_checksum_only(good):
    raw = with_value(good, "EXTVER", f"{2:20}", index=2)
    assert codes(raw) == ["SUM002"]
    found = one(raw, "SUM002")
    assert (found.hdu, found.keyword, found.severity) == (2, "CHECKSUM", "error")
    assert "the header changed, the data did not" in found.message


def test_without_datasum_a_wrong_checksum_leaves_open_what_changed(good):
    raw = with_value(good, "DATASUM", "'        '")
    assert "the header or the data changed" in one(raw, "SUM002").message


@pytest.mark.parametrize("field", ["12345", "'-1'", "'1e5'", "'4294967296'", "'12 34'", "", "T"])
def test_a_malformed_datasum_is_reported(good, field):
    raw = with_value(good, "DATASUM", field)
    said = {f.code for f in report(raw).findings if f.hdu == 1 and f.keyword == "DATASUM"}
    assert said & {"FITS001", "FITS040", "FITS046", "FITS008"}
    assert not said & {"SUM001"}


@pytest.mark.parametrize("field", ["'abc'", "16", "'0123456789abcde*'", ""])
def test_a_malformed_checksum_is_reported(good, field):
    raw = with_value(good, "CHECKSUM", field)
    said = {f.code for f in report(raw).findings if f.hdu == 1 and f.keyword == "CHECKSUM"}
    assert said & {"FITS001", "FITS040", "FITS046", "FITS008"}
    assert not said & {"SUM002"}


@pytest.mark.parametrize("keyword", ["DATASUM", "CHECKSUM"])
def test_an_empty_string_says_that_the_sum_is_not_known(good, keyword):
    said = report(with_value(good, keyword, "'        '"))
    assert not [f for f in said.findings if f.keyword == keyword and f.severity == "error"]


def test_files_without_sums_are_said_to_be_unverified():
    found = one([primary(), floats("SCI", (8, 8))], "SUM003")
    assert found.severity == "info"
    assert found.message.startswith("no HDU has")


def test_some_hdus_without_sums_are_counted(good):
    parts = split(good)
    found = one([*parts, floats("SCI", (8, 8))], "SUM003")
    assert found.message.startswith("1 of 5 HDUs")


def test_sums_of_a_cut_hdu_are_not_judged(good):
    raw = good[: offsets(good)[1][2] - 2880]
    assert codes(raw) == []
    assert not_checked(raw, "SUM001") == ["SCI: the file is truncated in its data"]
    assert not_checked(raw, "SUM002") == ["SCI: the file is truncated in its data"]


def test_a_sum_of_zero_has_two_forms():
    part = floats("SCI", (8, 8), np.zeros(64)).with_card("DATASUM", "4294967295")
    assert not findings([primary(), part], "SUM001")


def test_checksum_is_not_told_by_its_comment(good):
    raw = good.replace(card("EXTNAME", "SCI"), card("EXTNAME", "SCI", "CHECKSUM"))
    assert codes(raw) == ["SUM002"]


def test_sums_of_the_image_before_compression_are_said_to_be_unverified():
    parts = split(compressed((8, 8), np.zeros(64, "i2")))
    parts[1] = parts[1].with_card("ZDATASUM", "1").with_card("ZHECKSUM", "0" * 16)
    (reason,) = not_checked(parts, "SUM001")
    assert reason.startswith("SCI: ZDATASUM and ZHECKSUM")


def packed(values, name, stated, changed=False):
    """A tile-compressed image whose DATASUM is a given one."""
    import io

    from astropy.io import fits

    made, other = io.BytesIO(), io.BytesIO()
    image = fits.CompImageHDU(values, name=name, compression_type="GZIP_1", quantize_level=0)
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(made)
    made.seek(0)
    with fits.open(made, disable_image_compression=True) as hdus:
        hdus[1].header["DATASUM"] = stated
        hdus.writeto(other)
    raw = bytearray(other.getvalue())
    if changed:
        raw[raw.rindex(b"\x1f\x8b") + 12] ^= 1
    return bytes(raw)


def sum_of(values):
    from astropy.io import fits

    image = fits.ImageHDU(values)
    image.add_datasum()
    return image.header["DATASUM"]


@pytest.mark.parametrize("kind", [">i2", "u2", ">i4", "u4", "u1", ">f4", ">f8"])
@pytest.mark.parametrize("name", ["SCI", "AREA"])
def test_a_sum_of_the_image_before_it_was_compressed_is_a_warning(kind, name):
    values = np.arange(61 * 63).astype(kind).reshape(61, 63)
    found = one(packed(values, name, sum_of(values)), "SUM001")
    assert (found.hdu, found.keyword, found.severity) == (1, "DATASUM", "warning")
    assert "write it as ZDATASUM" in found.message


@pytest.mark.parametrize("name", ["SCI", "AREA"])
def test_a_sum_of_neither_is_an_error(name):
    values = np.arange(61 * 63, dtype=">i2").reshape(61, 63)
    found = one(packed(values, name, "12345"), "SUM001")
    assert (found.severity, found.found != "12345") == ("error", True)


def test_a_broken_tile_beside_a_wrong_sum_is_an_error():
    values = np.arange(61 * 63, dtype=">i2").reshape(61, 63)
    raw = packed(values, "AREA", sum_of(values), changed=True)
    assert one(raw, "SUM001").severity == "error"
    damaged = one(raw, "FITS088")
    assert (damaged.severity, damaged.hdu, damaged.found) == ("error", 1, "damaged data")
