"""KEY051 to KEY054: the keywords that the profile of an archive asks for, on top of any FITS file."""

import pytest
from builders import image, join, primary
from hlsp import MORE, NAME, REQUIRED, file, findings, messages
from judging import DARK, judge_file, loud

from jwstprod_check import check
from jwstprod_check.spec.errors import SpecError

IMAGE = "hlsp_my-survey_jwst_nircam_deep-field_f115w_v1.0_img.fits"
WORLD = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRPIX1": 2.5,
    "CRPIX2": 2.5,
    "CRVAL1": 10.5,
    "CRVAL2": 20.5,
    "CDELT1": 0.5,
    "CDELT2": 0.5,
}


def test_a_good_product_passes():
    assert findings(file()) == []
    assert judge_file(file(), NAME, profile="hlsp").conforming


def test_without_the_profile_no_rule_of_it_runs():
    report = judge_file(file(HLSPID=None), NAME)
    assert not [
        f
        for f in (*report.findings, *report.skipped)
        if f.code in {"KEY051", "KEY052", "KEY053", "KEY054", "PROD011", "PROD012", "PROD013"}
    ]
    assert [f.code for f in loud(report)] == ["PROD001"]


def test_the_product_need_not_be_known():
    report = judge_file(file(), NAME, profile="hlsp")
    assert report.product is None
    assert "PROD001" in [s.code for s in report.skipped]


def test_a_file_of_another_telescope_is_not_refused():
    name = NAME.replace("jwst_nircam", "hst_acs")
    assert findings(file(TELESCOP="HST", INSTRUME="ACS", OBSERVAT="HST"), name) == []


def test_the_table_of_a_known_product_holds_as_well():
    raw = DARK.read_bytes()
    found = findings(raw, DARK.name)
    assert ("KEY051", "error", 0, "HLSPID") in found
    assert ("PROD011", "error", None, None) in found
    report = judge_file(raw, DARK.name, profile="hlsp")
    assert (report.product, report.symbols["ngroups"]) == ("dark", 5)


def test_a_name_of_the_profile_is_no_product_unless_the_user_says_so():
    raw = DARK.read_bytes()
    name = "hlsp_my-survey_jwst_nircam_none_none_v1_dark.fits"
    assert judge_file(raw, name, profile="hlsp").product is None
    assert judge_file(raw, name).product == "dark"
    assert judge_file(raw, name, profile="hlsp", product="dark").product == "dark"


def test_the_api_takes_a_profile(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(file(LICENSE="mine"))
    report = check(path, profile="hlsp")
    assert [f.code for f in loud(report)] == ["KEY053"]
    with pytest.raises(SpecError, match="no profile 'nonsense'"):
        check(path, profile="nonsense")


@pytest.mark.parametrize("keyword", REQUIRED)
def test_a_missing_required_keyword_fails(keyword):
    raw = file(**{keyword.replace("-", "_"): None})
    assert findings(raw) == [("KEY051", "error", 0, keyword)]
    assert not judge_file(raw, NAME, profile="hlsp").conforming


@pytest.mark.parametrize("value", ["", b"", b"'      '"])
def test_a_blank_keyword_is_missing(value):
    (message,) = [m for m in messages(file(HLSPTARG=value)) if "HLSPTARG" in m and "no value" not in m]
    assert message == "HLSPTARG is blank"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("HSLPNAME", "HLSPNAME"), ("HLSP_VER", "HLSPVER"), ("HLSPTRG", "HLSPTARG"), ("LICENCE", "LICENSE")],
)
def test_a_misspelt_keyword_is_named_with_the_one_that_is_missing(wrong, right):
    raw = file(**{right: None, wrong: REQUIRED[right]})
    assert findings(raw) == [("KEY051", "error", 0, right)]
    assert messages(raw) == [f"{right} is missing; '{wrong}' may be it"]


def test_modified_julian_dates_do_as_well():
    assert findings(file(DATE_BEG=None, DATE_END=None, MJD_BEG=59905.1, MJD_END=59905.6)) == []


def test_missing_recommended_keywords_need_review_in_one_finding():
    raw = file(TELAPSE=None, MJD_MID=None)
    assert findings(raw) == [("KEY051", "warning", 0, "MJD-MID")]
    assert messages(raw) == ["missing recommended keywords: MJD-MID and TELAPSE"]
    assert judge_file(raw, NAME, profile="hlsp").conforming


def test_missing_suggested_keywords_are_only_said():
    assert findings(file(PROPOSID=None, REFERENC=None)) == [("KEY051", "info", 0, "PROPOSID")]


def test_a_keyword_of_any_header_may_stand_in_an_extension():
    extension = image("SCI", (4, 4)).with_card("XPOSURE", 1.5)
    assert findings(file(extension, XPOSURE=None)) == []


def test_a_keyword_of_the_primary_header_in_an_extension_needs_review():
    extension = image("SCI", (4, 4)).with_card("HLSPID", "MY-SURVEY")
    assert findings(file(extension, HLSPID=None)) == [("KEY052", "warning", 1, "HLSPID")]


def test_an_image_needs_its_coordinates_and_its_unit():
    raw = file(BUNIT="MJy/sr", FILTER="F115W", PSFSIZE=0.5, WCSAXES=2, RA_TARG=1.5, DEC_TARG=2.5, **WORLD)
    raw_more = file(
        APERTURE="x",
        DETECTOR="y",
        BUNIT="MJy/sr",
        FILTER="F115W",
        PSFSIZE=0.5,
        WCSAXES=2,
        RA_TARG=1.5,
        DEC_TARG=2.5,
        **WORLD,
    )
    assert findings(raw, IMAGE) == [("KEY051", "info", 0, "APERTURE")]
    assert findings(raw_more, IMAGE) == []
    required = {k for code, severity, _, k in findings(file(), IMAGE) if severity == "error"}
    assert required == {"CTYPE1", "CTYPE2", "CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2", "CD1_1", "CD2_2", "BUNIT", "FILTER"}


def test_a_light_curve_and_a_spectrum_have_groups_of_their_own():
    for kind, keyword in (("lc", "RA_TARG"), ("spec", "DISPRSR")):
        (said,) = [m for m in messages(file(), NAME.replace("cat", kind)) if keyword in m]
        assert "missing" in said


@pytest.mark.parametrize(
    ("keyword", "value", "severity"),
    [
        ("LICENSE", "CC BY 3.0", "error"),
        ("LICENURL", "http://example.org", "error"),
        ("HLSPVER", "final", "warning"),
        ("DOI", "none", "warning"),
    ],
)
def test_a_value_that_the_profile_fixes_is_held_to(keyword, value, severity):
    found = [f for f in findings(file(**{keyword: value})) if f[0] != "PROD013"]
    assert found == [("KEY053", severity, 0, keyword)]


@pytest.mark.parametrize("doi", ["10.17909/t9-abc", "doi:10.17909/t9-abc", "https://doi.org/10.17909/t9-abc"])
def test_a_doi_may_be_written_as_a_link(doi):
    assert findings(file(DOI=doi)) == []


def test_a_long_value_is_joined_before_it_is_compared():
    url = REQUIRED["LICENURL"]
    part = primary(**{**REQUIRED, **MORE})
    part = part.with_card("LICENURL", f"{url[:20]}&").after_card(
        "LICENURL", f"CONTINUE  '{url[20:]}'".ljust(80).encode()
    )
    assert [f for f in findings(join([part])) if f[0] == "KEY053"] == []


def test_simulated_data_are_marked():
    name = NAME.replace("cat", "sim")
    assert findings(file(), name) == [("KEY051", "error", 0, "SIMULATD")]
    for mark in ("T", True):
        assert findings(file(SIMULATD=mark), name) == []
    assert ("KEY053", "error", 0, "SIMULATD") in findings(file(SIMULATD="F"), name)
    assert findings(file(SIMULATD=False)) == []
    assert findings(file(SIMULATD="yes")) == [("KEY053", "error", 0, "SIMULATD")]


def test_the_profile_of_simulations_asks_for_the_mark_of_any_file():
    assert findings(file(), profile="hlsp-simulation") == [("KEY051", "error", 0, "SIMULATD")]
    assert findings(file(SIMULATD="T"), profile="hlsp-simulation") == []


def test_no_equinox_with_the_icrs():
    assert findings(file(EQUINOX=2000.0)) == [("KEY054", "error", 0, "EQUINOX")]
    assert findings(file(EQUINOX=2000.0, RADESYS="FK5")) == []
    assert findings(file(RADESYS="FK5")) == [("KEY051", "warning", 0, "EQUINOX")]


def test_each_header_has_its_own_frame():
    other = image("SCI", (4, 4)).with_card("RADESYS", "FK5").with_card("EQUINOX", 2000.0)
    assert findings(file(other)) == []
    same = [image("SCI", (4, 4), extver=n).with_card("EQUINOX", 2000.0) for n in (1, 2)]
    report = judge_file(file(*same), NAME, profile="hlsp")
    (found,) = loud(report)
    assert (found.code, found.hdu, found.count) == ("KEY054", 1, 2)


def test_the_number_of_extensions_is_held_against_nextend():
    assert findings(file(NEXTEND=3)) == [("KEY033", "error", 0, "NEXTEND")]
