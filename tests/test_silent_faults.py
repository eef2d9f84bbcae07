"""The faults that readers pass in silence: each in a file with checksums, found by name and place, exit status 1.

The list is that of an experiment with astropy 8.0.2, which is silent on most of them when it opens the file.
"""

import gzip
import io
import json
from functools import cache

import numpy as np
import pytest
from astropy.io import fits
from builders import BLOCK, card, edited, join, offsets, split
from judging import CATALOGUE
from made_files import make

from jwstprod_check.cli.main import run

NAME = "jw01234001001_02101_00001_nrca1_uncal.fits"
HDUS = ("PRIMARY", "SCI", "GROUP", "INT_TIMES", "ASDF")


@cache
def sound():
    """A small file with pixels and checksums."""
    made = make("uncal", CATALOGUE, symbols={"ncols": 64, "nrows": 64, "ngroups": 3, "nints": 2})
    buffer = io.BytesIO()
    with fits.open(io.BytesIO(made)) as hdus:
        hdus["SCI"].data[...] = np.arange(hdus["SCI"].data.size).reshape(hdus["SCI"].shape) % 5000 + 1
        hdus.writeto(buffer, checksum=True)
    return buffer.getvalue()


def place(name, part):
    """Header offset (0), data offset (1) or end (2) of an HDU."""
    return offsets(sound())[HDUS.index(name)][part]


def cut_inside_sci():
    return sound()[: place("SCI", 1) + 5000]


def cut_at_an_hdu_boundary():
    return sound()[: place("GROUP", 0)]


def cut_inside_a_header():
    return sound()[: place("INT_TIMES", 0) + 1000]


def half_of_sci_zero_filled():
    start, end = place("SCI", 1), place("SCI", 2)
    half = (end - start) // 2
    return sound()[: start + half] + bytes(end - start - half) + sound()[end:]


def tail_zero_filled():
    start = place("INT_TIMES", 0)
    return sound()[:start] + bytes(len(sound()) - start)


def nul_appended():
    return sound() + bytes(BLOCK)


def junk_appended():
    return sound() + b"junk" * 1000


def xtension_damaged():
    at = place("SCI", 0)
    return sound()[:at] + b"XTENSIOM" + sound()[at + 8 :]


def value_nan():
    return edited(sound(), "primary", lambda p: p.with_card("EFFEXPTM", b"NaN"))


def integer_as_string():
    return edited(sound(), "primary", lambda p: p.with_card("NINTS", "2"))


def value_edited():
    return sound().replace(b"TELESCOP= 'JWST", b"TELESCOP= 'jwst", 1)


def lower_case_keyword():
    return sound().replace(b"NGROUPS =", b"ngroups =", 1)


def duplicate_keyword():
    part = split(sound())[0]
    return join([part.after_card("NINTS", card("NINTS", 7)), *split(sound())[1:]])


def non_ascii_byte():
    return sound().replace(b"TELESCOP= 'JWST", b"TELESCOP= 'JW\xffT", 1)


def nul_padded_header():
    start, end = (place("SCI", k) for k in (0, 1))
    header = sound()[start:end].rstrip(b" ")
    return sound()[:start] + header.ljust(end - start, b"\0") + sound()[end:]


def two_sci():
    parts = split(sound())
    return join([*parts[:2], parts[1], *parts[2:]])


def bzero_lost():
    return edited(sound(), "SCI", lambda p: p.without_card("BZERO"))


def tform_widened():
    return edited(sound(), "INT_TIMES", lambda p: p.with_card("TFORM1", "K"))


def naxis2_too_large():
    return edited(sound(), "INT_TIMES", lambda p: p.with_card("NAXIS2", 3))


def html():
    return b"<!DOCTYPE html><html><body>404 Not Found</body></html>"


def zero_bytes():
    return b""


FAULTS = [
    (cut_inside_sci, (), [("FILE005", "SCI")]),
    (cut_at_an_hdu_boundary, (), [("HDU001", "GROUP"), ("HDU001", "INT_TIMES"), ("HDU001", "ASDF")]),
    (cut_inside_a_header, (), [("FILE004", 3)]),
    (half_of_sci_zero_filled, ("--data",), [("SUM001", "SCI")]),
    (tail_zero_filled, (), [("FILE007", None), ("HDU001", "INT_TIMES"), ("HDU001", "ASDF")]),
    (nul_appended, (), [("FILE007", None)]),
    (junk_appended, (), [("FILE007", None)]),
    (xtension_damaged, (), [("FILE012", "SCI")]),
    (value_edited, ("--data",), [("SUM002", 0)]),
    (value_nan, (), [("FITS005", 0)]),
    (lower_case_keyword, (), [("FITS002", 0)]),
    (integer_as_string, (), [("KEY002", 0)]),
    (duplicate_keyword, (), [("FITS012", 0)]),
    (non_ascii_byte, (), [("FITS001", 0)]),
    (nul_padded_header, (), [("FILE003", 1)]),
    (two_sci, (), [("HDU003", "SCI")]),
    (html, (), [("FILE002", None)]),
    (zero_bytes, (), [("FILE001", None)]),
    (bzero_lost, (), [("ARR001", "SCI")]),
    (tform_widened, (), [("FITS062", "INT_TIMES")]),
]


def judged(folder, raw, name=NAME, *options):
    path, out = folder / name, folder / "report.ndjson"
    path.write_bytes(raw)
    status = run(["check", str(path), "--format", f"ndjson={out}", "-q", *options])
    found = json.loads(out.read_text().splitlines()[0])["findings"]
    return status, {s: [(f["code"], f["extname"] or f["hdu"]) for f in found if f["severity"] == s] for s in SEVERITIES}


SEVERITIES = ("error", "warning")


@pytest.mark.parametrize("options", [(), ("--data",)], ids=["structure", "data"])
def test_the_sound_file_is_quiet(tmp_path, options):
    assert judged(tmp_path, sound(), NAME, *options) == (0, {"error": [], "warning": []})


@pytest.mark.parametrize(("fault", "options", "findings"), FAULTS, ids=[f.__name__ for f, _, _ in FAULTS])
def test_fault_is_found_at_its_place(tmp_path, fault, options, findings):
    status, found = judged(tmp_path, fault(), NAME, *options)
    assert (status, found["error"]) == (1, findings)


@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_cut_gzip_is_found_wherever_it_is_cut(tmp_path, fraction, ending):
    packed = gzip.compress(sound())
    status, found = judged(tmp_path, packed[: int(len(packed) * fraction)], NAME + ending)
    assert (status, [code for code, _ in found["error"]]) == (1, ["FILE008"])


def test_gzip_bytes_under_a_plain_name_are_a_warning(tmp_path):
    assert judged(tmp_path, gzip.compress(sound())) == (0, {"error": [], "warning": [("FILE010", None)]})


def test_a_row_too_many_is_found_in_its_values(tmp_path):
    status, found = judged(tmp_path, naxis2_too_large(), NAME, "--data")
    assert status == 1
    assert ("TIME007", "INT_TIMES") in found["error"]
    assert {place for _, place in found["error"]} == {"INT_TIMES"}
