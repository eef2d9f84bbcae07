"""PROD rules: which product it is, said with the evidence."""

import pytest
from builders import edited, image, join, primary, split, with_keywords
from judging import CATALOGUE, codes, errors, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


def test_nothing_to_tell_by_is_never_a_pass():
    report = judge_file(join([primary(), image("SCI", (4, 4))]), "mine.fits")
    assert report.product is None
    assert codes(report) == ["PROD007"]
    assert {s.code for s in report.skipped} >= {"HDU001", "ARR001", "KEY001"}


def test_contradiction_lists_the_votes():
    (found,) = loud(judge_file(with_keywords(RAW, DATAMODL="MultiSpecModel"), NAME))
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
    report = judge_file(with_keywords(RAW, FILENAME="x.fits"), "x.fits", product="dark")
    assert loud(report) == []


def test_unusual_exposure_type_is_a_warning():
    (found,) = loud(judge_file(with_keywords(RAW, EXP_TYPE="FGS_IMAGE"), NAME))
    assert (found.code, found.severity, found.keyword) == ("PROD003", "warning", "EXP_TYPE")


EXPOSURES = [
    # What each product is documented to be made from, and the nearest type that it is not.
    ("s3d", "NRS_IFU", "NRS_FIXEDSLIT"),
    ("s3d", "NRS_LAMP", "MIR_LRS-FIXEDSLIT"),
    ("s2d", "NRS_MSASPEC", "NRS_IFU"),
    ("x1d", "NIS_WFSS", "NIS_IMAGE"),
    ("x1d", "NRS_AUTOWAVE", "NRS_DARK"),
    ("x1d", "NIS_SOSS", "NIS_AMI"),
    ("c1d", "MIR_MRS", "MIR_LYOT"),
    ("x1dints", "MIR_LRS-SLITLESS", "MIR_LRS-FIXEDSLIT"),
    ("i2d", "NRC_CORON", "NRC_TACQ"),
    ("i2d", "MIR_IMAGE", "MIR_MRS"),
    ("segm", "NRC_IMAGE", "NRC_CORON"),
    ("wfscmb", "NRC_IMAGE", "NRC_FOCUS"),
    ("psfstack", "NRC_CORON", "NRC_IMAGE"),
    ("psfalign", "MIR_4QPM", "MIR_IMAGE"),
    ("psfsub", "MIR_LYOT", "MIR_CORONCAL"),
    ("cal", "NRC_TACQ", "NRC_DARK"),
    ("cal", "NRS_LAMP", "NRC_LED"),
    ("crf", "NRC_IMAGE", "NRC_TACQ"),
    ("calints", "NIS_AMI", "NIS_DARK"),
    ("crfints", "NRC_TSIMAGE", "NRC_WFSS"),
    ("rate", "NRC_FLAT", "NRC_DARK"),
    ("rateints", "MIR_TACQ", "FGS_TRACK"),
    ("bsub", "NRC_WFSS", "NRC_DARK"),
]


@pytest.mark.parametrize(("product", "right", "wrong"), EXPOSURES)
def test_exposure_type_that_a_product_is_not_made_from_is_a_warning(product, right, wrong):
    def warned(exposure):
        raw = make(product, CATALOGUE, keywords={"EXP_TYPE": exposure})
        return [(f.severity, f.found) for f in judge_file(raw, product=product).findings if f.code == "PROD003"]

    assert warned(right) == []
    assert warned(wrong) == [("warning", f"'{wrong}'")]


@pytest.mark.parametrize("exposure", ["", "N/A", "MULTIPLE", "NRC_NOVEL"])
@pytest.mark.parametrize("product", ["x1d", "cal"])
def test_exposure_type_that_no_release_knows_is_no_contradiction(product, exposure):
    raw = with_keywords(make(product, CATALOGUE), EXP_TYPE=exposure)
    assert not [f for f in judge_file(raw, product=product).findings if f.code == "PROD003"]


def test_every_known_exposure_type_is_in_a_group():
    known = set(CATALOGUE.dictionary.homes["PRIMARY"]["EXP_TYPE"].values) - {"N/A", "ANY"}
    assert known == CATALOGUE.exposure_types


def test_missing_model_says_which_it_should_be():
    raw = edited(RAW, "primary", lambda p: p.without_card("DATAMODL"))
    (found,) = errors(judge_file(raw, NAME))
    assert (found.code, found.keyword) == ("PROD004", "DATAMODL")
    assert "RampModel" in found.expected


@pytest.mark.parametrize("name", ["mine.fits", "a.b.c", "dark_of_mine.fits"])
def test_name_without_a_product_is_a_warning(name):
    report = judge_file(with_keywords(RAW, FILENAME=name), name)
    assert codes(report) == ["PROD005"]
    assert report.product == "dark"


def test_bytes_have_no_name_to_be_warned_of():
    assert loud(judge_file(RAW)) == []


@pytest.mark.parametrize("name", ["jw01234001001_02101_1_nrca1_dark.fits", "jw1_dark.fits"])
def test_malformed_names_are_warnings(name):
    assert codes(judge_file(with_keywords(RAW, FILENAME=name), name)) == ["PROD006"]


@pytest.mark.parametrize("name", ["my_dark.fits", "jwst_dark.fits", "nrca1_dark.fits"])
def test_names_of_users_own_are_their_business(name):
    assert loud(judge_file(with_keywords(RAW, FILENAME=name), name)) == []


@pytest.mark.parametrize(
    ("keywords", "said"), [({"TELESCOP": "HST"}, "TELESCOP = 'HST'"), ({"REFTYPE": "DARK"}, "REFTYPE = 'DARK'")]
)
def test_other_files_are_named_as_what_they_are(keywords, said):
    report = judge_file(join([primary(**keywords)]), "x_0001.fits")
    assert codes(report) == ["PROD007"]
    assert said in loud(report)[0].message


def test_hostile_keywords_are_quoted():
    report = judge_file(with_keywords(RAW, DATAMODL="::error x"), NAME)
    assert all(f.message.isprintable() for f in report.findings)
    assert "PROD002" in codes(report)


def test_votes_are_evidence_of_the_report():
    report = judge_file(RAW, NAME)
    assert [e.partition(" '")[0] for e in report.evidence] == ["file name", "DATAMODL", "EXP_TYPE"]
    assert split(RAW)[0].text("DATAMODL") in report.evidence[1]
