"""KEY020 to KEY024: instrument, detector, exposure type, module, channel and aperture."""

import pytest
from builders import with_keywords
from judging import DARK, judge_file, placed

NAME = DARK.name
GOOD = DARK.read_bytes()


def keys(raw, name=NAME):
    return placed(raw, name, "KEY")


def test_an_exposure_type_of_another_instrument_is_an_error():
    assert keys(with_keywords(GOOD, EXP_TYPE="MIR_DARKIMG")) == [("KEY020", "error", 0, "EXP_TYPE")]


def test_a_detector_of_another_instrument_is_an_error():
    assert keys(with_keywords(GOOD, DETECTOR="NRS1")) == [("KEY021", "error", 0, "DETECTOR")]


def test_the_instrument_is_named_where_it_stands_alone():
    assert keys(with_keywords(GOOD, INSTRUME="MIRI")) == [("KEY022", "error", 0, "INSTRUME")]


def test_two_keywords_are_enough_for_a_contradiction():
    assert ("KEY020", "error", 0, "EXP_TYPE") in keys(with_keywords(GOOD, EXP_TYPE="MIR_DARKIMG", DETECTOR=None))
    assert ("KEY021", "error", 0, "DETECTOR") in keys(with_keywords(GOOD, DETECTOR="NRS1", EXP_TYPE=None))


def test_an_unknown_value_contradicts_nothing():
    assert keys(with_keywords(GOOD, DETECTOR="MULTIPLE")) == []
    assert [code for code, *_ in keys(with_keywords(GOOD, INSTRUME="NIRCAMM"))] == ["KEY011"]


@pytest.mark.parametrize(
    ("instrument", "detector", "exposure", "aperture"),
    [
        ("NIRCAM", "NRCALONG", "NRC_DARK", "NRCA5_FULL"),
        ("NIRISS", "NIS", "NIS_DARK", "NIS_CEN"),
        ("NIRSPEC", "NRS2", "NRS_DARK", "NRS_FULL_MSA"),
        ("NIRSPEC", "NRS2", "NRS_DARK", "NRS1_FULL"),
        ("MIRI", "MIRIFULONG", "MIR_DARKMRS", "MIRIFU_CHANNEL3A"),
        ("FGS", "GUIDER2", "FGS_DARK", "FGS2_FULL"),
        ("NIRCAM", "NRCB3", "NRC_DARK", "NRCBS_FULL"),
        ("NIRCAM", "NRCB3", "NRC_DARK", "NRCALL_FULL"),
        ("MIRI", "MIRIMAGE", "MIR_DARKIMG", "UNKNOWN"),
    ],
)
def test_keywords_of_every_instrument_go_together(instrument, detector, exposure, aperture):
    channels = {"MODULE": None, "CHANNEL": None}
    name = f"jw01234001001_02103_00001_{detector.lower()}_dark.fits"
    raw = with_keywords(
        GOOD, INSTRUME=instrument, DETECTOR=detector, EXP_TYPE=exposure, APERNAME=aperture, FILENAME=name, **channels
    )
    assert keys(raw, name) == []


@pytest.mark.parametrize(("keyword", "value"), [("MODULE", "B"), ("CHANNEL", "LONG")])
def test_a_module_or_channel_of_another_detector_is_an_error(keyword, value):
    assert keys(with_keywords(GOOD, **{keyword: value})) == [("KEY023", "error", 0, keyword)]


def test_the_detector_is_named_where_module_and_channel_both_disagree():
    assert keys(with_keywords(GOOD, DETECTOR="NRCBLONG")) == [("KEY023", "error", 0, "DETECTOR")]


@pytest.mark.parametrize("value", ["MULTIPLE", "N/A", None])
def test_a_module_that_says_nothing_contradicts_nothing(value):
    assert keys(with_keywords(GOOD, MODULE=value)) == []


@pytest.mark.parametrize("aperture", ["FGS2_FULL", "MIRIM_FULL"])
def test_an_aperture_of_another_instrument_is_a_warning(aperture):
    assert keys(with_keywords(GOOD, APERNAME=aperture)) == [("KEY024", "warning", 0, "APERNAME")]


def apertures(raw, name):
    return [(f.code, f.severity, f.keyword) for f in judge_file(raw, name).findings if f.code == "KEY024"]


@pytest.mark.parametrize("aperture", ["NRCB1_FULL", "NRCA5_FULL"])
def test_an_aperture_of_another_detector_is_an_info(aperture):
    assert apertures(with_keywords(GOOD, APERNAME=aperture), NAME) == [("KEY024", "info", "APERNAME")]


def test_an_aperture_of_the_other_guider_is_an_info():
    name = "jw01234001001_02103_00001_guider1_dark.fits"
    said_fgs = {"INSTRUME": "FGS", "DETECTOR": "GUIDER1", "EXP_TYPE": "FGS_DARK", "FILENAME": name}
    raw = with_keywords(GOOD, **said_fgs, APERNAME="FGS2_FULL", MODULE=None, CHANNEL=None)
    assert apertures(raw, name) == [("KEY024", "info", "APERNAME")]


def test_without_a_detector_the_instrument_counts():
    raw = with_keywords(GOOD, DETECTOR=None, APERNAME="MIRIM_FULL")
    assert ("KEY024", "warning", 0, "APERNAME") in keys(raw)
