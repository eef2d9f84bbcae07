"""KEY071 to KEY074: keywords of another level, targets and pointings that nobody filled in."""

import pytest
from builders import with_keywords
from judging import CATALOGUE, judge_file, placed
from made_files import make

from jwstprod_check.make import file_name

COMBINED = "jw01234-o001_t001_nircam_clear-f200w_{}.fits"
ASN = "jw01234-o001_20260101t000000_{}_00001_asn.json"


def keys(product, name=None, at="primary", codes="KEY07", **keywords):
    name = name or file_name(CATALOGUE.spec(product))
    raw = with_keywords(make(product, CATALOGUE, keywords={"FILENAME": name}), at, **keywords)
    return [(code, severity, keyword) for code, severity, _, keyword in placed(raw, name, codes)]


@pytest.mark.parametrize("said", ["uncalibrated", "UNCALIBRATED", "raw", "Raw"])
@pytest.mark.parametrize("product", ["rate", "cal", "i2d", "ramp"])
def test_a_processed_file_is_not_raw(product, said):
    assert keys(product, FILETYPE=said) == [("KEY071", "warning", "FILETYPE")]


@pytest.mark.parametrize(
    ("product", "said"), [("uncal", "UNCALIBRATED"), ("gs-fg-uncal", "raw"), ("cal", "calibrated"), ("cal", "")]
)
def test_a_file_type_that_fits_is_quiet(product, said):
    assert keys(product, FILETYPE=said) == []


@pytest.mark.parametrize(
    ("product", "name", "association", "fires"),
    [
        ("i2d", COMBINED.format("i2d"), "image2", True),
        ("i2d", COMBINED.format("i2d"), "wfs-image2", True),
        ("i2d", COMBINED.format("i2d"), "image3", False),
        ("i2d", None, "image2", False),
        ("i2d", None, "image3", False),
        ("x1d", COMBINED.format("x1d"), "spec2", True),
        ("x1d", COMBINED.format("x1d"), "tso3", False),
        ("cal", None, "image3", True),
        ("cal", None, "spec3", True),
        ("cal", None, "image2", False),
        ("crf", None, "image3", False),
        ("crf", "jw01234001001_02101_00001_nrca1_o001_crf.fits", "image3", False),
        ("crf", "jw01234001001_02101_00001_nrca1_o001_crf.fits", "image2", True),
        ("cal", "jw01234-o001_s000000001_nirspec_clear-prism_cal.fits", "spec3", False),
    ],
)
def test_the_association_is_of_the_stage_of_the_product(product, name, association, fires):
    found = keys(product, name, codes="KEY072", ASNTABLE=ASN.format(association))
    assert found == ([("KEY072", "warning", "ASNTABLE")] if fires else [])


@pytest.mark.parametrize("text", ["singleton", "", "None", "image2_asn.json", "mine.json"])
def test_a_name_that_is_no_association_of_the_pipeline_is_left_alone(text):
    assert keys("i2d", COMBINED.format("i2d"), codes="KEY072", ASNTABLE=text) == []


@pytest.mark.parametrize(
    ("target", "pointing", "fires"),
    [
        ((0.0, 0.0), (259.28, 43.13), True),
        ((0.0, 0.0), (1.1, 0.0), True),
        ((0.0, 0.0), (0.9, 0.0), False),
        ((0.0, 0.0), (359.1, 0.0), False),
        ((0.0, 0.0), (0.0, 1.1), True),
        ((0.0, 0.0), (180.0, 0.0), True),
        ((0.0, 43.13), (0.1, 43.13), False),
        ((259.28, 0.0), (259.28, 0.1), False),
        ((0, 0), (259.28, 43.13), True),
    ],
)
def test_a_target_at_zero_is_reported_where_the_pointing_is_elsewhere(target, pointing, fires):
    name = file_name(CATALOGUE.spec("rate"))
    raw = with_keywords(make("rate", CATALOGUE), TARG_RA=target[0], TARG_DEC=target[1])
    raw = with_keywords(raw, "SCI", RA_REF=pointing[0], DEC_REF=pointing[1])
    assert placed(raw, name, "KEY07") == ([("KEY073", "warning", 0, "TARG_RA")] if fires else [])


def test_without_a_reference_point_a_target_at_zero_is_no_contradiction():
    assert keys("rate", TARG_RA=0.0, TARG_DEC=0.0) == []


@pytest.mark.parametrize(
    ("product", "severity"),
    [("uncal", "info"), ("ramp", "info"), ("rate", "info"), ("cal", "warning"), ("x1d", "warning"), ("i2d", "warning")],
)
def test_a_planned_pointing_is_a_warning_from_the_calibrated_data_on(product, severity):
    raw = with_keywords(make(product, CATALOGUE), ENGQLPTG="PLANNED")
    found = [f for f in judge_file(raw, file_name(CATALOGUE.spec(product))).findings if f.code == "KEY074"]
    assert [str(f.severity) for f in found] == [severity]


def test_a_combined_product_of_any_kind_is_warned_of_a_planned_pointing():
    name = COMBINED.format("psfstack")
    assert keys("psfstack", name, codes="KEY074", ENGQLPTG="PLANNED") == [("KEY074", "warning", "ENGQLPTG")]


@pytest.mark.parametrize(("product", "said"), [("cal", "CALCULATED"), ("gs-fg-uncal", "PLANNED"), ("cal", None)])
def test_a_measured_pointing_and_guide_stars_are_quiet(product, said):
    raw = with_keywords(make(product, CATALOGUE), ENGQLPTG=said)
    assert "KEY074" not in {f.code for f in judge_file(raw, file_name(CATALOGUE.spec(product))).findings}
