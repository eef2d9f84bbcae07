"""PROD011 to PROD013: the name of a file of the archive."""

import pytest
from builders import Part, card, join, primary
from hlsp import MORE, NAME, REQUIRED, file, findings, messages
from judging import judge_file, loud

LONG = f"hlsp_{'a' * 20}_jwst_nircam-niriss_abc{'d' * 13}_f115w-f200w_v1.0_spec.fits.gz"


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        "hlsp_my-survey_jwst_nircam-niriss_deep-field_f115w-f200w_v1.0.1_cat.fits.gz",
        "hlsp_my-survey_v1_cat.fits",
        "hlsp_my-survey_jwst_deep-field_v12_cat.fits",
        "hlsp_my-survey_hst-jwst_multi_m31.f+2_multi_v1.0_cat.fits.bz2",
        "hlsp_my-survey_m31.f+2_v1.0_cat.fits",
        "hlsp_my-survey_v100_cat.fits",
        "hlsp_my-survey_readme.txt",
        LONG.replace("abc", "ab"),
    ],
)
def test_names_that_keep_to_the_rule(name):
    assert [f for f in findings(file(HLSPVER=None, HLSPID=None), name) if f[0] in ("PROD011", "PROD012")] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my-survey_v1_cat.fits", "does not begin with hlsp_"),
        ("hlsp_My-Survey_v1_cat.fits", "is not in lower case"),
        ("hlsp_my-survey.fits", "has 3 fields, expected 4 to 9"),
        ("hlsp_a_b_c_d_e_f_v1_cat.fits", "has 10 fields, expected 4 to 9"),
        (f"hlsp_{'a' * 21}_v1_cat.fits", "has 21 characters, expected at most 20"),
        ("hlsp_my-survey_1.0_cat.fits", "version '1.0' is invalid"),
        ("hlsp_my-survey_v1.0.1.2_cat.fits", "version 'v1.0.1.2' is invalid"),
        ("hlsp_1survey_v1_cat.fits", "proj-id '1survey' is invalid"),
        ("hlsp_my-survey_jwst_nircam_-m31_f115w_v1_cat.fits", "target '-m31' is invalid"),
        ("hlsp_my-survey_jwst__m31_f115w_v1_cat.fits", "instrument is empty"),
        ("hlsp_my-survey_v1_cat.fit", "unknown extension 'fit'"),
        ("hlsp_my-survey_v1_cat.v2.fits", "unknown extension 'v2.fits'"),
        ("hlsp_my-survey_v1.0.1a_cat.fits", "version 'v1.0.1a' is invalid"),
        ("hlsp_my-survey_v1000_cat.fits", "version 'v1000' is invalid"),
        ("hlsp_my+survey_v1_cat.fits", "proj-id 'my+survey' is invalid"),
        ("hlsp_my-survey_jwst_nircam_m31_f115w+_v1_cat.fits", "opt-elem 'f115w+' is invalid"),
        ("hlsp_my-survey_jw.st_nircam_m31_f115w_v1_cat.fits", "observatory 'jw.st' is invalid"),
        ("hlsp_my-survey_jwst_nircam_m31_f115w_v1_c+t.fits", "product-type 'c+t' is invalid"),
        ("hlsp_my-survey_cat.fits", "has no version"),
        (LONG, "has 91 characters, expected at most 90"),
    ],
)
def test_names_that_break_the_rule(name, said):
    report = judge_file(file(HLSPVER=None, HLSPID=None), name, profile="hlsp")
    found = [f for f in report.findings if f.code == "PROD011"]
    assert len(found) == 1
    assert said in found[0].message
    assert str(found[0].severity) == "error"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hlsp_my-survey_v1p0p1_cat.fits", "version 'v1p0p1' has p for a point"),
        ("hlsp_my-survey_v1_cat.fits.fz", "unknown extension 'fits.fz'"),
    ],
)
def test_names_that_need_a_review(name, said):
    report = judge_file(file(HLSPVER=None, HLSPID=None), name, profile="hlsp")
    (found,) = [f for f in report.findings if f.code == "PROD011"]
    assert said in found.message
    assert str(found.severity) == "warning"


@pytest.mark.parametrize(
    ("field", "other", "near"),
    [
        ("jwst", "webb", None),
        ("nircam", "nircan", "nircam"),
        ("cat", "catt", "cat"),
        ("f115w", "f115ww", "f115w"),
        ("nircam", "acs-foo", None),
    ],
)
def test_unknown_parts_of_a_name_need_review(field, other, near):
    report = judge_file(file(), NAME.replace(f"_{field}", f"_{other}"), profile="hlsp")
    (found,) = loud(report)
    assert (found.code, str(found.severity), found.found) == ("PROD012", "warning", f"'{other}'")
    assert near is None or near in found.hint


@pytest.mark.parametrize(
    ("keyword", "value", "fires"),
    [
        ("HLSPVER", "v1.0", False),
        ("HLSPVER", "1", False),
        ("HLSPVER", "1.1", True),
        ("HLSPID", "my-survey", False),
        ("HLSPID", "other", True),
    ],
)
def test_name_and_header_agree_on_project_and_version(keyword, value, fires):
    assert findings(file(**{keyword: value})) == ([("PROD013", "warning", 0, keyword)] if fires else [])


@pytest.mark.parametrize(
    ("old", "new", "keywords", "keyword"),
    [
        ("jwst_nircam", "hst_wfc3", {}, ["TELESCOP", "INSTRUME"]),
        ("jwst_nircam", "hst_nircam", {}, ["TELESCOP"]),
        ("jwst_nircam", "hst_nircam", {"OBSERVAT": "HST"}, []),
        ("jwst_nircam", "hst-jwst_nircam", {}, []),
        ("jwst_nircam", "multi_multi", {}, []),
        ("jwst_nircam", "jwst_miri", {}, ["INSTRUME"]),
        ("jwst_nircam", "jwst_miri", {"INSTRUME": "MULTI"}, []),
        ("jwst_nircam", "jwst_miri", {"INSTRUME": "NIRCAM, MIRI"}, []),
        ("jwst_nircam", "sdss_camera", {"TELESCOP": "SDSS 2.5-M", "OBSERVAT": "APO"}, []),
        ("jwst_nircam", "k2_kepler", {"TELESCOP": "Kepler", "OBSERVAT": "Kepler", "INSTRUME": "Kepler Photometer"}, []),
        ("_f115w", "_f115w", {"FILTER": "F115W"}, []),
        ("_f115w", "_f115w", {"FILTER": "F200W"}, ["FILTER"]),
        ("_f115w", "_f115w-f200w", {"FILTER": "F200W"}, []),
        ("_f115w", "_multi", {"FILTER": "F200W"}, []),
        ("_f115w", "_f115w", {"FILTER": "CLEAR", "PUPIL": "F200W"}, []),
        ("_f115w", "_f115w", {"FILTER": "GR150C", "PUPIL": "F115W"}, []),
        ("_deep-field", "_m31", {}, ["HLSPTARG"]),
        ("_deep-field", "_m31", {"HLSPTARG": "M 31"}, []),
        ("_deep-field", "_m31", {"HLSPTARG": "multi"}, []),
    ],
)
def test_name_and_header_agree_on_what_was_observed(old, new, keywords, keyword):
    found = findings(file(**keywords), NAME.replace(old, new))
    assert [f for f in found if f[0] == "PROD013"] == [("PROD013", "warning", 0, k) for k in keyword]


def test_short_name_states_no_observatory():
    assert findings(file(TELESCOP="HST", OBSERVAT="HST"), "hlsp_my-survey_jwst_v1.0_cat.fits") == []


def test_bytes_without_a_name_are_checked_but_for_the_name():
    report = judge_file(file(), "", profile="hlsp")
    assert loud(report) == []
    assert [(n.code, n.reason) for n in report.not_checked] == [("PROD011", "the file has no name")]


def test_text_of_the_file_is_printed_escaped():
    raw = join([Part((*primary(**REQUIRED, **MORE).without_card("LICENSE").cards, card("LICENSE", b"'\x1b[2J'")))])
    assert all(m.isprintable() for m in messages(raw, "hlsp_\x1b[2J_v1_cat.fits"))
