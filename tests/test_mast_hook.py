"""The hook of MAST's uploader; CI also runs the uploader itself with it."""

from pathlib import Path

import pytest
from astropy.io import fits

from jwstprod_check.mast_hook import check_file

DATA = Path(__file__).parent / "data"
GOOD = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02103_00001_nrca1_dark.fits"
BAD = DATA / "bad" / "jwst-3.0.0" / "jw01234001001_02105_00001_nrca1_dark.fits.gz"


def test_file_that_conforms_has_no_failure():
    with fits.open(GOOD) as hdus:
        assert check_file(hdus, None) == {}


def test_what_fails_a_file_is_returned_by_place():
    with fits.open(BAD) as hdus:
        found = check_file(hdus, None)
    assert {key.partition("/")[2] for key in found} == {"HDU001 missing-hdu"}
    assert all("missing" in text for texts in found.values() for text in texts)


def test_hdus_without_a_file_are_checked_as_they_are():
    with fits.open(GOOD) as hdus:
        copy = fits.HDUList([hdu.copy() for hdu in hdus if hdu.name != "GROUPDQ"])
    assert any("HDU001" in key for key in check_file(copy, None))


@pytest.mark.parametrize("cut", [100, 20_000])
def test_truncated_file_fails(tmp_path, cut):
    path = tmp_path / GOOD.name
    path.write_bytes(GOOD.read_bytes()[:-cut])
    with fits.open(path, ignore_missing_end=True) as hdus:
        assert any("/FILE0" in key for key in check_file(hdus, None))
