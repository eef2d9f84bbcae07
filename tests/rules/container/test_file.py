"""FILE rules: messages that name the HDU, the bytes and what to do. tests/helpers/damages.py has the table of damages."""

import gzip
from functools import partial

import judging
import pytest
from builders import BLOCK, image, join, offsets, primary, split
from judging import CATALOGUE, codes, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
only = partial(judging.only, name=NAME)


def test_cut_names_the_hdu_the_missing_bytes_and_both_sizes():
    _, data, end = offsets(RAW)[1]
    found = only(RAW[: data + 100])
    lost = "PIXELDQ, GROUPDQ, ERR, GROUP, INT_TIMES and ASDF"
    assert found.message == f"truncated in HDU 1 (SCI): 100 bytes of data, needs {end - data:,} (lost too: {lost})"
    assert (found.expected, found.found) == (f"a file of at least {end} bytes", f"{data + 100} bytes")
    assert found.hint


def test_lying_header_names_the_computed_and_the_real_place():
    parts = split(RAW)
    parts[1] = parts[1].with_card("NAXIS3", 1)
    start = offsets(RAW)[2][0]
    found = only(join(parts))
    assert found.code == "FILE006"
    assert found.found == f"at byte {start}"
    assert found.expected != found.found


def test_trailing_bytes_are_counted():
    found = only(RAW + b"x" * 7)
    assert found.message == "7 bytes after the last HDU, like a text file"
    assert (found.expected, found.found) == (f"{len(RAW)} bytes", f"{len(RAW) + 7} bytes")
    assert found.offset == len(RAW)


def test_second_file_is_named():
    assert "another FITS file" in only(RAW + RAW).message


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<html><body>404</body></html>", "an HTML page"),
        (b'{"message": "denied"}', "a JSON document"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"simple text", "a text file"),
    ],
)
def test_what_is_not_fits_is_named(raw, said):
    found = only(raw)
    assert found.code == "FILE002"
    assert said in found.message


def test_nothing_of_a_file_that_is_not_fits_is_called_checked():
    report = judge_file(b"<html></html>", NAME)
    assert not report.conforming
    assert {s.code for s in report.skipped} >= {"HDU001", "ARR001", "KEY001"}


def test_hdus_beyond_a_cut_are_not_called_missing():
    _, data, _ = offsets(RAW)[1]
    report = judge_file(RAW[: data + 100], NAME)
    (skip,) = [s for s in report.skipped if s.code == "HDU001"]
    assert "PIXELDQ" in skip.reason
    assert "ASDF" in skip.reason


def test_cut_gzip_says_how_much_came_out():
    packed = gzip.compress(RAW)
    found = only(packed[: len(packed) // 2], name=NAME + ".gz")
    assert found.code == "FILE008"
    assert "decompressed bytes" in found.message


@pytest.mark.parametrize(("back", "said"), [(8, "the checksum"), (1, "the length at the end")])
@pytest.mark.parametrize("members", [1, 2])
def test_gzip_with_wrong_sums_says_that_all_bytes_came_out(back, said, members):
    half = len(RAW) // members
    packed = b"".join(gzip.compress(RAW[n * half : (n + 1) * half or None]) for n in range(members - 1))
    packed = bytearray(packed + gzip.compress(RAW[half * (members - 1) :]))
    packed[-back] ^= 1
    for data in (False, True):
        found = judging.only(bytes(packed), NAME + ".gz", data=data)
        assert found.code == "FILE008"
        assert f"{said} of the gzip stream is wrong after {len(RAW)} decompressed bytes" in found.message
        assert "has" not in found.message


def test_gzip_with_one_wrong_bit_says_how_much_came_out_and_which_hdu_is_cut():
    plain = join([primary(), image("SCI", (300, 200), -32, bytes(n * n % 251 for n in range(240000)))])
    packed = bytearray(gzip.compress(plain, compresslevel=0))
    # Stored blocks: a byte, the length of the block and its complement, the bytes (RFC 1951, section 3.2.4).
    at, came = 10, 0
    while came < 100_000:
        length = int.from_bytes(packed[at + 1 : at + 3], "little")
        at, came = at + 5 + length, came + length
    packed[at + 1] ^= 1
    report = judge_file(bytes(packed), "x.fits.gz")
    (found,) = [f for f in report.findings if f.code == "FILE008"]
    assert f"the gzip stream is corrupt after {came} decompressed bytes" in found.message
    assert f"; SCI has {came - offsets(plain)[1][1]:,} bytes of data, needs 240,000" in found.message
    assert (found.extname, found.offset) == ("SCI", came)


@pytest.mark.parametrize("args", [{}, {"select": ("HDU",)}, {"ignore": ("FILE008",)}, {"select": ("FILE",)}], ids=str)
def test_gzip_that_expands_very_much_is_not_verified_and_not_broken(monkeypatch, args):
    from jwstprod_check.storage import gzip as source

    monkeypatch.setattr(source, "INFLATE_FREE", 10**5)
    monkeypatch.setattr(source, "INFLATE_RATIO", 2)
    packed = gzip.compress(RAW + bytes(10**6))
    report = judge_file(packed, NAME + ".gz", **args)
    assert (codes(report), report.verdict) == ([], "unverified")
    if not args:
        (said,) = report.not_checked
        assert said.code == "FILE008"
        assert "expands to more than 100 times its size" in said.reason


def test_zero_padding_after_a_gzip_is_no_finding():
    assert loud(judge_file(gzip.compress(RAW) + bytes(512), NAME + ".gz")) == []


def test_too_many_hdus_are_reported(monkeypatch):
    from jwstprod_check.fits import walk as reader

    monkeypatch.setattr(reader, "MAX_HDUS", 4)
    report = judge_file(RAW, NAME)
    assert codes(report) == ["FILE011"]
    assert "at most 4" in loud(report)[0].expected


@pytest.mark.parametrize(
    ("keyword", "value", "found"),
    [("BITPIX", 7, "'7'"), ("NAXIS1", -4, "'-4'"), ("NAXIS2", None, "missing"), ("GCOUNT", b"", "without a value")],
)
def test_unsizable_hdu_names_the_keyword(keyword, value, found):
    parts = split(RAW)
    parts[2] = parts[2].without_card(keyword) if value is None else parts[2].with_card(keyword, value)
    finding = only(join(parts))
    assert (finding.code, finding.hdu, finding.keyword, finding.found) == ("FILE013", 2, keyword, found)


def test_header_text_is_shown_as_escapes():
    raw = bytearray(RAW)
    start = offsets(RAW)[2][0]
    raw[start : start + 8] = b"\x1b[31mXX "
    (found,) = [f for f in judge_file(bytes(raw), NAME).findings if f.code == "FILE012"]
    assert "\\x1b" in found.found
    assert found.found.isprintable()


def test_file_of_one_block_is_a_fits_file():
    report = judge_file(join([primary()]), NAME)
    assert not [f for f in report.findings if f.code.startswith("FILE")]
    assert len(join([primary()])) == BLOCK


def test_several_defects_are_several_findings():
    parts = split(RAW)
    parts[2] = parts[2].without_card("BZERO")
    raw = join([*parts[:-1], image("MORE", (4,)), parts[-1]]) + b"junk"
    assert codes(judge_file(raw, NAME)) == ["ARR001", "FILE007", "HDU002"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (-1, "255 bytes of data, needs 2,880"),
        (0, "its data are there, the zeros after them are not: 256 of 2,880 bytes"),
        (2623, "its data are there, the zeros after them are not: 2,879 of 2,880 bytes"),
    ],
)
def test_a_cut_in_the_fill_after_the_data_is_said_to_be_one(more, message):
    raw = join([primary(), image("SCI", (8, 8), -32)])
    found = [f for f in judge_file(raw[: len(raw) - 2880 + 256 + more], "x.fits").findings if f.code == "FILE005"]
    assert message in found[0].message
