"""Spectra as lines, several pictures of a file, and which of them are drawn."""

import io

import numpy as np
import pytest
from astropy.io import fits

from jwstprod_check.fits.walk import read_source
from jwstprod_check.preview.plane import NoPictureError
from jwstprod_check.preview.spectrum import in_braille, in_stars, line_of, traced
from jwstprod_check.preview.subjects import MOST, subjects
from jwstprod_check.storage.backends import open_source


def written(path, *hdus):
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(out)
    path.write_bytes(out.getvalue())
    return path


def spectrum(wavelength, flux, ver=1):
    wide = f"{len(wavelength[0])}E" if np.ndim(wavelength) == 2 else "E"
    columns = [
        fits.Column("SOURCE", "J", array=np.zeros(len(wavelength))),
        fits.Column("WAVELENGTH", wide, unit="um", array=wavelength),
        fits.Column("FLUX", wide, unit="Jy", array=flux),
    ]
    return fits.BinTableHDU.from_columns(columns, name="EXTRACT1D", ver=ver)


def images(count):
    return [fits.ImageHDU(np.full((8, 8), n, "f4"), name="SCI", ver=n + 1) for n in range(count)]


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right():
    points = traced(np.linspace(1, 2, 10), np.linspace(0, 5, 10), 20, 20)
    assert points[19, 0]
    assert points[0, 19]
    assert not points[0, 0]
    assert points.any(axis=0).all()


def test_a_peak_in_one_of_many_samples_is_drawn():
    flux = np.zeros(10_000)
    flux[5000] = 7
    points = traced(np.arange(10_000.0), flux, 20, 10)
    assert points[0].sum() == 1


def test_the_line_is_broken_where_the_flux_is_nan():
    flux = np.ones(40)
    flux[15:25] = np.nan
    assert not traced(np.arange(40.0), flux, 40, 8)[:, 16:24].any()


def test_characters_have_two_by_four_points(tmp_path):
    path = written(tmp_path / "x.fits", spectrum([1, 2, 3], [4, 9, 5]))
    with open_source(str(path)) as source:
        line = line_of(source, read_source(source, "x.fits").hdus[1], 20, 12)
    assert "FLUX (Jy) 4 to 9" in line.label
    assert "WAVELENGTH (um) 1 to 3" in line.label
    assert [len(row) for row in in_braille(line)] == [10, 10, 10]
    assert set("".join(in_stars(line))) == {" ", "*"}


def test_of_a_table_with_a_spectrum_in_each_row_the_first_is_drawn(jwstprod, tmp_path):
    path = written(tmp_path / "x.fits", spectrum([[1.0, 2, 3], [1, 2, 3]], [[4.0, 5, 6], [40, 50, 60]]))
    out = " ".join(jwstprod("info", "--preview", path).out.split())
    assert "EXTRACT1D row 1 of 2, 3 points; upwards FLUX (Jy) 4 to 6" in out


def test_a_spectrum_without_numbers_has_a_reason(jwstprod, tmp_path):
    path = written(tmp_path / "x.fits", spectrum([1, 2], [np.nan, np.nan]))
    assert "EXTRACT1D has no flux that is a number" in jwstprod("info", "--preview", path).out


@pytest.mark.parametrize(("count", "more"), [(MOST, 0), (MOST + 1, 1)])
def test_the_first_pictures_are_drawn_and_the_others_counted(jwstprod, tmp_path, count, more):
    path = written(tmp_path / "x.fits", *images(count))
    done = jwstprod("info", "--preview", "--png", tmp_path / "a.png", path)
    assert done.out.count("a point for each pixel") == MOST
    assert ("more not drawn" in done.out) == bool(more)
    assert sorted(p.name for p in tmp_path.glob("*.png")) == ["a.2.png", "a.3.png", "a.4.png", "a.png"]


def test_extver_chooses_a_picture(jwstprod, tmp_path):
    path = written(tmp_path / "x.fits", *images(6))
    done = jwstprod("info", "--preview", "--extver", 6, path)
    assert "(6 of 6)" in done.out
    assert done.out.count("a point for each pixel") == 1
    assert "nothing to draw has EXTVER 9" in jwstprod("info", "--preview", "--extver", 9, path).out
    assert jwstprod("info", "--extver", 6, path).status == 2


def test_without_an_image_or_a_spectrum_there_is_a_reason(tmp_path):
    path = written(tmp_path / "x.fits")
    with open_source(str(path)) as source, pytest.raises(NoPictureError, match="no HDU is an image"):
        subjects(read_source(source, "x.fits"))
