"""The small pictures of a report with ``--data``: which images have one, how large they are, and that they change nothing else."""

import base64
import json
import re
import zlib

import numpy as np
import pytest
from astropy.io import fits
from judging import DATA

from jwstprod_check.fits.walk import read_source
from jwstprod_check.preview.thumbnails import MAX_IMAGES, MAX_POINTS, thumbnails
from jwstprod_check.storage.backends import open_source

RATE = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02101_00001_nrca1_rate.fits.gz"


def drawn(*hdus, tmp_path):
    path = tmp_path / "x.fits"
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path, overwrite=True)
    with open_source(str(path)) as source:
        return thumbnails(source, read_source(source, "x.fits"))


def science(height=300, width=200, name="SCI", ver=1):
    return fits.ImageHDU(np.arange(height * width, dtype="f4").reshape(height, width), name=name, ver=ver)


def test_each_science_image_has_a_picture_and_no_other_has(tmp_path):
    found = drawn(science(), science(name="ERR"), science(ver=2), tmp_path=tmp_path)
    assert [one.hdu for one in found] == [1, 3]
    assert [one.caption.partition(" (")[2][:6] for one in found] == ["1 of 2", "2 of 2"]


def test_pictures_are_small(tmp_path):
    (found,) = drawn(science(), tmp_path=tmp_path)
    width, height = np.frombuffer(found.png[16:24], ">u4")
    assert (width, height) == (MAX_POINTS * 2, MAX_POINTS * 3) or max(width, height) <= 256


@pytest.mark.parametrize(("images", "pictures"), [(MAX_IMAGES, MAX_IMAGES), (MAX_IMAGES + 1, MAX_IMAGES)])
def test_a_dozen_images_of_a_file_are_drawn(images, pictures, tmp_path):
    assert len(drawn(*(science(4, 4, ver=n + 1) for n in range(images)), tmp_path=tmp_path)) == pictures


def test_what_cannot_be_drawn_says_why(tmp_path):
    wide = fits.ImageHDU(np.zeros((1, 2**18 + 1), "f4"), name="SCI")
    (found,) = drawn(wide, tmp_path=tmp_path)
    assert found.png == b""
    assert "SCI is not drawn: the rows of SCI have 1048580 bytes" in found.caption


def test_a_fault_of_the_drawing_leaves_the_verdict_as_it_is(jwstprod, tmp_path, monkeypatch):
    def broken(*_):
        raise ValueError("no picture today")

    monkeypatch.setattr("jwstprod_check.preview.thumbnails.picture_of", broken)
    page = tmp_path / "report.html"
    done = jwstprod("check", "--data", "--jobs", 1, "--format", f"html={page}", "--format", "json", str(RATE))
    (file,) = json.loads(done.out)["files"]
    assert (done.status, file["verdict"]) == (0, "conforming")
    assert "SCI is not drawn: ValueError: no picture today" in pages(page)[0]


def test_tables_and_images_without_pixels_have_none(tmp_path):
    table = fits.BinTableHDU.from_columns([fits.Column("A", "J", array=[1])], name="SCI")
    assert drawn(table, fits.ImageHDU(name="SCI"), tmp_path=tmp_path) == ()


def pages(path):
    packed = re.search(r'id="data">([^<]*)<', path.read_text())[1]
    return zlib.decompress(base64.b64decode(packed), 31).decode().splitlines()[1::2]


@pytest.mark.parametrize(("options", "pictures"), [(("--data",), 1), ((), 0)])
def test_html_report_has_pictures_where_the_data_are_read(options, pictures, jwstprod, tmp_path):
    page = tmp_path / "report.html"
    done = jwstprod("check", *options, "--format", f"html={page}", "--format", "json", str(RATE))
    assert done.status == 0
    assert "thumbnails" not in done.out
    (text,) = pages(page)
    assert text.count("data:image/png;base64,") == pictures


def test_verdict_and_findings_are_those_without_pictures(jwstprod, tmp_path):
    page = tmp_path / "report.html"
    path = str(DATA / "bad" / "jwst-3.0.0")
    alone = json.loads(jwstprod("check", "--data", "--format", "json", path).out)
    beside = json.loads(jwstprod("check", "--data", "--format", f"html={page}", "--format", "json", path).out)
    assert beside["files"] == alone["files"]
