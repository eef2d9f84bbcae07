"""``jwstprod diff``: what differs between two files as products."""

import io
import json

import numpy as np
import pytest
from astropy.io import fits
from judging import CATALOGUE, DARK, DATA
from made_files import make

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
OTHER = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02114_00001_nrca1_dark.fits.gz"
OLDER = DATA / "warned" / "jwst-1.11.4" / "jw01234001001_02103_00001_nrca1_dark.fits.gz"


@pytest.fixture
def differing(jwstprod, tmp_path):
    """Compare a made dark with what a change makes of it; return the status and the differences."""

    def compare(change=lambda hdus: None, *args):
        paths = [tmp_path / side / NAME for side in ("a", "b")]
        with fits.open(io.BytesIO(RAW)) as hdus:
            for path in paths:
                path.parent.mkdir(exist_ok=True)
                hdus.writeto(path, overwrite=True)
                if path == paths[0]:
                    change(hdus)
        done = jwstprod("diff", "--format", "json", *args, *paths)
        return done.status, json.loads(done.out)

    return compare


def brief(found):
    return [(d["kind"], d["extname"], d["name"], d["first"], d["second"]) for d in found["differences"]]


def test_a_file_and_its_copy_are_the_same(differing):
    status, found = differing()
    assert (status, found["same"], found["differences"]) == (0, True, [])


def test_a_plain_file_and_its_gzip_are_the_same(jwstprod, tmp_path):
    import gzip

    path = tmp_path / f"{DARK.name}.gz"
    path.write_bytes(gzip.compress(DARK.read_bytes()))
    done = jwstprod("diff", DARK, path)
    assert done.status == 0
    assert done.out.splitlines()[-1] == "the same as products"


def test_a_missing_hdu_is_one_difference_and_its_finding(differing):
    def change(hdus):
        del hdus["GROUPDQ"]

    status, found = differing(change)
    assert status == 1
    assert ("hdu", "GROUPDQ", "", "IMAGE uint8 16 x 12 x 5 x 2", None) in brief(found)
    assert {d["kind"] for d in found["differences"]} == {"verdict", "hdu", "finding"}


def test_another_type_and_other_axes_are_reported_at_the_hdu(differing):
    def change(hdus):
        hdus["PIXELDQ"].data = hdus["PIXELDQ"].data.astype("uint16")
        hdus["ERR"].data = hdus["ERR"].data[:1]

    _, found = differing(change)
    assert ("dtype", "PIXELDQ", "", "uint32", "uint16") in brief(found)
    assert [d for d in brief(found) if d[0] == "axes"] == [("axes", "ERR", "", [16, 12, 5, 2], [16, 12, 5, 1])]


def test_columns_are_compared_by_name_type_and_unit(differing):
    def change(hdus):
        old = hdus["INT_TIMES"]
        columns = list(old.columns)
        columns[0] = fits.Column("integration_number", "I", array=old.data["integration_number"])
        columns[1] = fits.Column(columns[1].name, columns[1].format, unit="d", array=old.data[columns[1].name])
        columns[2] = fits.Column("another", "J", array=np.arange(len(old.data)))
        hdus["INT_TIMES"] = fits.BinTableHDU.from_columns(columns, name="INT_TIMES")

    _, found = differing(change)
    columns = {d[2]: d[3:] for d in brief(found) if d[0] == "column"}
    assert columns["integration_number"] == ("int32", "int16")
    assert columns["int_start_MJD_UTC"][1] == "float64 [d]"
    assert columns["another"] == (None, "int32")
    assert columns["int_mid_MJD_UTC"][1] is None


def test_another_order_of_hdus_is_one_difference(differing):
    def change(hdus):
        hdus.insert(2, hdus.pop(3))

    _, found = differing(change)
    order = [d for d in found["differences"] if d["kind"] == "order"]
    assert len(order) == 1
    assert order[0]["first"][2:4] == order[0]["second"][3:1:-1] == ["PIXELDQ", "GROUPDQ"]


@pytest.mark.parametrize(
    ("keyword", "value", "listed"),
    [
        ("EXP_TYPE", "NRC_IMAGE", True),
        ("CAL_VER", "1.8.5", True),
        ("READPATT", "DEEP8", True),
        ("R_DARK", "crds://jwst_nircam_dark_0999.fits", True),
        ("R_DARK", "N/A", False),
        ("DATE", "2001-01-01T00:00:00.000", False),
        ("VISIT_ID", "01234001009", False),
        ("EXPMID", 59000.5, False),
        ("MYKEY", "x", False),
    ],
)
def test_keywords_that_matter_are_listed_and_those_of_the_exposure_are_not(differing, keyword, value, listed):
    def change(hdus):
        hdus[0].header[keyword] = value

    status, found = differing(change)
    assert (keyword in {d["name"] for d in found["differences"]}) is listed
    assert status == int(bool(found["differences"]))


def test_all_keywords_are_compared_on_request(differing):
    def change(hdus):
        hdus[0].header["DATE"] = "2001-01-01T00:00:00.000"
        hdus["SCI"].header["MYKEY"] = True

    assert differing(change)[0] == 0
    status, found = differing(change, "--all-keywords")
    assert status == 1
    assert {d[1:3] for d in brief(found)} == {("PRIMARY", "DATE"), ("SCI", "MYKEY")}
    assert found["other_keywords"] == 0


@pytest.mark.parametrize(
    ("first", "second", "listed"),
    [
        ("crds://jwst_a_0001.fits", "/cache/jwst_a_0001.fits", False),
        ("crds://jwst_a_0001.fits", "crds://jwst_a_0002.fits", True),
        ("N/A", None, False),
        (None, "crds://jwst_a_0001.fits", True),
    ],
)
def test_a_reference_file_is_the_same_wherever_it_was_read_from(first, second, listed):
    from jwstprod_check.compare.keywords import differing as keywords_of

    def hdu(value):
        header = fits.Header()
        if value is not None:
            header["R_DARK"] = value
        out = io.BytesIO()
        fits.PrimaryHDU(header=header).writeto(out)
        return read_fits(out.getvalue()).hdus[0]

    assert [name for name, *_ in keywords_of(hdu(first), hdu(second))] == ["R_DARK"] * listed


def test_dimensions_that_differ_are_listed(jwstprod):
    rate = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02101_00001_nrca1_rate.fits.gz"
    found = json.loads(jwstprod("diff", "--format", "json", DARK, rate).out)
    assert ("product", None, "", "dark", "rate") in brief(found)
    assert ("dimension", None, "ngroups", 5, None) in brief(found)


def test_two_releases_of_one_exposure(jwstprod):
    done = jwstprod("diff", DARK, OLDER)
    assert done.status == 1
    headings = [line for line in done.out.splitlines() if line and not line.startswith((" ", "-", "+"))]
    assert headings[:3] == ["HDUs", "columns", "keywords"]
    assert "ERR  hdu" in done.out
    assert "integration_number" in done.out
    assert "'1.11.4'" in done.out
    assert "R_MASK" not in done.out
    assert "ASDF_METADATA" not in done.out


def test_the_order_of_the_files_decides_which_is_the_first(jwstprod):
    one, other = (
        json.loads(jwstprod("diff", "--format", "json", *pair).out) for pair in ((DARK, OTHER), (OTHER, DARK))
    )
    turned = [(k, e, n, second, first) for k, e, n, first, second in brief(other)]
    assert sorted(map(str, turned)) == sorted(map(str, brief(one)))


@pytest.mark.parametrize("content", [b"", b"words", b"SIMPLE  =                    T" + b" " * 2850])
def test_what_is_no_fits_file_exits_2(jwstprod, tmp_path, content):
    path = tmp_path / "x_dark.fits"
    path.write_bytes(content)
    done = jwstprod("diff", DARK, path)
    assert done.status == 2
    assert "is not a FITS file" in done.err


def test_a_missing_file_exits_2(jwstprod):
    assert jwstprod("diff", DARK, "/nowhere.fits").status == 2


def test_two_files_that_are_cut_alike_are_not_called_the_same(jwstprod, tmp_path):
    path = tmp_path / NAME
    path.write_bytes(RAW[:9000])
    done = jwstprod("diff", path, path)
    assert done.status == 2
    assert "nothing is certain" in done.err


def test_a_file_that_is_cut_differs_from_the_whole_one(jwstprod, tmp_path):
    path = tmp_path / DARK.name
    path.write_bytes(DARK.read_bytes()[:100_000])
    done = jwstprod("diff", DARK, path)
    assert done.status == 1
    assert "FILE005" in done.out


def test_hostile_text_is_escaped(jwstprod, tmp_path):
    raw = RAW.replace(b"EXTNAME = 'GROUPDQ '", b"EXTNAME = 'GR\x1b[1mDQ'")
    path = tmp_path / NAME
    path.write_bytes(raw)
    for form in ("text", "json"):
        done = jwstprod("diff", "--format", form, DARK, path)
        assert done.status == 1
        assert "\x1b" not in done.out + done.err
