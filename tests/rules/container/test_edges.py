"""Where a rule on the container begins to fire: the last byte and number that is right and the first that is not."""

import gzip
import re
from pathlib import Path

import judging
import msgspec
import pytest
from builders import BLOCK, edited, image, join, primary
from judging import judge_file

from jwstprod_check.defect import Defect
from jwstprod_check.fits import walk
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.storage import gzip as gzip_storage

RAW = join([primary(), image("SCI", (8, 8)), image("ERR", (8, 8))])


def codes(raw, name="x.fits"):
    return [f.code for f in judge_file(raw, name).findings if f.code.startswith("FILE")]


@pytest.mark.parametrize(("change", "found"), [(-1, ["FILE005"]), (0, []), (1, ["FILE007"])])
def test_a_file_is_as_long_as_its_headers_say(change, found):
    raw = RAW[:change] if change < 0 else RAW + b"\0" * change
    assert codes(raw) == found


@pytest.mark.parametrize(("blocks", "found"), [(0, []), (1, ["FILE007"])])
def test_blocks_after_the_last_hdu_are_found(blocks, found):
    assert codes(RAW + bytes(BLOCK * blocks)) == found


@pytest.mark.parametrize(
    ("keyword", "value", "found"),
    [
        *(("BITPIX", n, []) for n in (8, 16, 32, 64, -32, -64)),
        *(("BITPIX", n, ["FILE013"]) for n in (0, 7, -8, -16, 128)),
        ("NAXIS1", 0, []),
        ("NAXIS1", -1, ["FILE013"]),
        ("NAXIS", -1, ["FILE013"]),
        ("NAXIS", 1000, ["FILE013"]),
        ("PCOUNT", -1, ["FILE013"]),
        ("GCOUNT", -1, ["FILE013"]),
    ],
)
def test_sizes_are_made_of_numbers_that_make_sense(keyword, value, found):
    raw = edited(join([primary(), image("SCI", (8, 8))]), "SCI", lambda p: p.with_card(keyword, value))
    assert [c for c in codes(raw) if c == "FILE013"] == found


@pytest.mark.parametrize(("most", "found"), [(4, []), (3, []), (2, ["FILE011"])])
def test_hdus_are_read_up_to_the_limit(monkeypatch, most, found):
    monkeypatch.setattr(walk, "MAX_HDUS", most)
    assert codes(RAW) == found


@pytest.mark.parametrize(
    ("tail", "found"), [(b"", []), (b"\0", []), (bytes(512), []), (b"\1", ["FILE009"]), (b"\0\1", ["FILE009"])]
)
def test_only_zero_bytes_may_follow_a_gzip_stream(tail, found):
    assert codes(gzip.compress(RAW) + tail, "x.fits.gz") == found


@pytest.mark.parametrize(("name", "found"), [("x.fits.gz", []), ("x.FITS.GZ", []), ("x.fits", ["FILE010"])])
def test_gzip_files_say_so_in_their_name(name, found):
    assert codes(gzip.compress(RAW), name) == found


@pytest.mark.parametrize(("free", "missed"), [(len(RAW), []), (len(RAW) - 1, ["FILE008"])])
def test_streams_are_inflated_freely_up_to_the_limit(monkeypatch, free, missed):
    monkeypatch.setattr(gzip_storage, "INFLATE_FREE", free)
    monkeypatch.setattr(gzip_storage, "INFLATE_RATIO", 1)
    assert codes(gzip.compress(RAW), "x.fits.gz") == []
    report = judge_file(gzip.compress(RAW), "x.fits.gz")
    assert [n.code for n in report.not_checked if n.code.startswith("FILE")] == missed


@pytest.mark.parametrize(("cards", "found"), [(68, []), (71, []), (72, ["FILE003"])])
def test_headers_are_read_up_to_the_limit(monkeypatch, cards, found):
    """A header of 72 cards and END is three blocks, and two may be read."""
    monkeypatch.setattr(walk, "MAX_HEADER", 2 * BLOCK)
    first = primary()
    for number in range(cards - len(first.cards)):
        first = first.with_card(f"FILL{number}", number)
    report = judge_file(join([first]), "x.fits")
    assert [f.code for f in report.findings if f.code.startswith("FILE")] == found
    assert report.conforming is False or not found


KINDS = sorted(
    {
        *re.findall(r'Defect\("([a-z-]+)"', Path(walk.__file__).read_text()),
        *("gzip-truncated", "gzip-corrupt", "gzip-bomb", "gzip-members", "gzip-trailing", "gzip-name"),
    }
)
BEYOND = {"gzip-bomb", "gzip-members"}
"""Bounds of the program, of a stream that may be sound."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_defect_of_the_walk_is_reported_by_some_rule(monkeypatch, kind):
    """A defect that no rule reports would make a file conforming that was not read to its end."""
    file = read_fits(RAW, "x.fits")
    defect = Defect(kind, "text", hdu=1, expected_bytes=1, found_bytes=2)
    monkeypatch.setattr(judging, "read_source", lambda *_: msgspec.structs.replace(file, defects=(defect,)))
    report = judge_file(RAW, "x.fits")
    found = [str(f.severity) for f in report.findings if f.code.startswith("FILE")]
    if kind in BEYOND:
        assert found == []
        assert "FILE008" in {n.code for n in report.not_checked}
    else:
        assert found == ["warning" if kind == "gzip-name" else "error"]


def test_all_kinds_of_defects_were_found():
    assert {"empty", "not-fits", "no-end", "header-too-long", "header-cut", "truncated", "misplaced"} <= set(KINDS)
    assert {"bad-start", "size-unknown", "too-many-hdus", "trailing", "gzip-trailing", "gzip-name"} <= set(KINDS)


@pytest.mark.parametrize("bitpix", [8, 16, 32, 64, -32, -64])
def test_a_sound_bitpix_is_not_what_keeps_the_size_unknown(bitpix):
    raw = edited(join([primary(), image("SCI", (8, 8), bitpix)]), "SCI", lambda p: p.with_card("NAXIS2", -4))
    (found,) = [f for f in judge_file(raw, "x.fits").findings if f.code == "FILE013"]
    assert (found.keyword, found.found) == ("NAXIS2", "'-4'")
