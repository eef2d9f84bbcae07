"""PROD008: a verdict that rests on an amendment says so."""

from judging import CATALOGUE, DATA, REAL, codes, judge_file, real
from made_files import make

from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


def infos(report, code="PROD008"):
    return [f for f in report.findings if f.code == code]


REFOUT = "jwst-1.11.4/jw01234001001_02107_00001_mirimage_dark.fits.gz"


def test_amendment_that_was_needed_is_told_at_its_hdu():
    report = judge_file(real(REFOUT))
    (found,) = infos(report)
    index = next(h.index for h in report.hdus if h.extname == "REFOUT")
    assert (found.severity, found.hdu, found.extname) == ("info", index, "REFOUT")
    assert "refout-is-float32" in found.message
    assert found.hint


def test_amendment_that_lets_an_hdu_go_names_it():
    report = judge_file(DATA / "good/jwst-3.0.0/jw01234001001_02103_00001_nrca1_dark.fits")
    (found,) = infos(report)
    assert (found.hdu, found.extname) == (None, "ERR")


def test_amendment_that_is_itself_not_kept_is_not_told():
    report = judge_file(DATA / "bad/jwst-1.11.4/jw01234001001_02117_00001_nrca1_dark.fits.gz")
    assert "TAB006" in codes(report)
    assert infos(report) == []


def test_amendment_of_a_symbol_is_told_at_the_array():
    report = judge_file(DATA / "good/jwst-1.11.4/jw01234001001_02113_00001_nrca1_trapsfilled.fits.gz")
    (found,) = infos(report)
    assert (found.hdu, found.extname) == (1, "SCI")
    assert "SUBSIZE1 = 64 while ncols is 256" in found.message


def test_sets_that_an_amendment_allows_are_told_at_the_second_of_them():
    (found,) = infos(judge_file(make("flat", CATALOGUE), file_name(CATALOGUE.spec("flat"))))
    assert (found.extname, found.extver) == ("SCI", 2)
    assert found.message.startswith("SCI,2 is there beside SCI: allowed by amendment slits")


def test_strict_needs_no_amendment():
    for path in (path for path in REAL if "_dark." in path.name):
        assert infos(judge_file(path, strict=True)) == []


def test_documented_table_needs_no_amendment():
    assert infos(judge_file(RAW, NAME)) == []
