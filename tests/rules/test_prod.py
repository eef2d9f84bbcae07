"""PROD rules: which product it is, said with the evidence."""

import pytest
from builders import edited, image, join, primary, split
from judging import CATALOGUE, DATA, codes, errors, judge_file, loud

from jwstprod_check.make import file_name, make

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


def head(**keywords):
    def change(part):
        for keyword, value in keywords.items():
            part = part.with_card(keyword, value)
        return part

    return edited(RAW, "primary", change)


def infos(report, code="PROD008"):
    return [f for f in report.findings if f.code == code]


def test_nothing_to_tell_by_is_never_a_pass():
    report = judge_file(join([primary(), image("SCI", (4, 4))]), "mine.fits")
    assert report.product is None
    assert codes(report) == ["PROD007"]
    assert {s.code for s in report.skipped} >= {"HDU001", "ARR001", "KEY001"}


def test_contradiction_lists_the_votes():
    (found,) = loud(judge_file(head(DATAMODL="MultiSpecModel"), NAME))
    assert found.code == "PROD002"
    assert "file name '_dark' fits dark" in found.message
    assert "DATAMODL 'MultiSpecModel'" in found.message
    assert found.expected == "RampModel or SuperstripeRampModel"


def test_forced_product_is_held_against_the_model():
    report = judge_file(RAW, NAME, product="wfscmb")
    assert report.product == "wfscmb"
    assert "PROD002" in codes(report)


def test_forced_product_is_held_against_the_name():
    report = judge_file(RAW, "other_trapsfilled.fits", product="dark")
    (found,) = [f for f in loud(report) if f.code == "PROD002"]
    assert found.severity == "warning"
    assert report.conforming


def test_forced_product_needs_no_name():
    report = judge_file(head(FILENAME="x.fits"), "x.fits", product="dark")
    assert loud(report) == []


def test_unusual_exposure_type_is_a_warning():
    (found,) = loud(judge_file(head(EXP_TYPE="FGS_IMAGE"), NAME))
    assert (found.code, found.severity, found.keyword) == ("PROD003", "warning", "EXP_TYPE")


def test_missing_model_says_which_it_should_be():
    raw = edited(RAW, "primary", lambda p: p.without_card("DATAMODL"))
    (found,) = errors(judge_file(raw, NAME))
    assert (found.code, found.keyword) == ("PROD004", "DATAMODL")
    assert "RampModel" in found.expected


@pytest.mark.parametrize("name", ["mine.fits", "a.b.c", "dark_of_mine.fits"])
def test_name_without_a_product_is_a_warning(name):
    report = judge_file(head(FILENAME=name), name)
    assert codes(report) == ["PROD005"]
    assert report.product == "dark"


def test_bytes_have_no_name_to_be_warned_of():
    assert loud(judge_file(RAW)) == []


@pytest.mark.parametrize("name", ["jw01234001001_02101_1_nrca1_dark.fits", "jw1_dark.fits"])
def test_malformed_names_are_warnings(name):
    assert codes(judge_file(head(FILENAME=name), name)) == ["PROD006"]


@pytest.mark.parametrize("name", ["my_dark.fits", "jwst_dark.fits", "nrca1_dark.fits"])
def test_names_of_users_own_are_their_business(name):
    assert loud(judge_file(head(FILENAME=name), name)) == []


@pytest.mark.parametrize(
    ("keywords", "said"), [({"TELESCOP": "HST"}, "TELESCOP = 'HST'"), ({"REFTYPE": "DARK"}, "REFTYPE = 'DARK'")]
)
def test_other_files_are_named_as_what_they_are(keywords, said):
    report = judge_file(join([primary(**keywords)]), "x_0001.fits")
    assert codes(report) == ["PROD007"]
    assert said in loud(report)[0].message


REFOUT = "jwst-1.11.4/jw01234001001_02107_00001_mirimage_dark.fits.gz"


def test_amendment_that_was_needed_is_told_at_its_hdu():
    report = judge_file(DATA / "good" / REFOUT)
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


def test_strict_needs_no_amendment():
    for path in (DATA / "good").glob("jwst-*/*_dark.fits*"):
        assert infos(judge_file(path, strict=True)) == []


def test_documented_table_needs_no_amendment():
    assert infos(judge_file(RAW, NAME)) == []


def test_hostile_keywords_are_quoted():
    report = judge_file(head(DATAMODL="::error x"), NAME)
    assert all(f.message.isprintable() for f in report.findings)
    assert "PROD002" in codes(report)


def test_votes_are_evidence_of_the_report():
    report = judge_file(RAW, NAME)
    assert [e.partition(" '")[0] for e in report.evidence] == ["file name", "DATAMODL", "EXP_TYPE"]
    assert split(RAW)[0].text("DATAMODL") in report.evidence[1]
