"""KEY020 to KEY036: keywords that contradict each other, the file's name, or its HDUs."""

import gzip

import pytest
from builders import edited, image, join, split
from judging import DATA, judge_file, loud

NAME = "jw01234001001_02103_00001_nrca1_dark.fits"
GOOD = (DATA / "good" / "jwst-3.0.0" / NAME).read_bytes()
RATE = "jw01234001001_02101_00001_nrca1_rate.fits"
RATE_RAW = gzip.decompress((DATA / "good" / "jwst-3.0.0" / f"{RATE}.gz").read_bytes())
CAL = "jw01234001001_02101_00001_nrca1_cal.fits"


def findings(raw, name=NAME):
    return [(f.code, str(f.severity), f.hdu, f.keyword) for f in loud(judge_file(raw, name))]


def keys(raw, name=NAME):
    return [f for f in findings(raw, name) if f[0][:3] == "KEY"]


def said(raw=GOOD, **keywords):
    """The file with other keywords in its primary header; None removes one."""

    def change(part):
        for keyword, value in keywords.items():
            name = keyword.replace("_OBS", "-OBS")
            part = part.without_card(name) if value is None else part.with_card(name, value)
        return part

    return edited(raw, "primary", change)


def test_good_files_are_quiet():
    assert findings(GOOD) == []
    assert findings(RATE_RAW, RATE) == []


# The instrument, told by three keywords.


def test_an_exposure_type_of_another_instrument_is_an_error():
    assert keys(said(EXP_TYPE="MIR_DARKIMG")) == [("KEY020", "error", 0, "EXP_TYPE")]


def test_a_detector_of_another_instrument_is_an_error():
    assert keys(said(DETECTOR="NRS1")) == [("KEY021", "error", 0, "DETECTOR")]


def test_the_instrument_is_named_where_it_stands_alone():
    assert keys(said(INSTRUME="MIRI")) == [("KEY022", "error", 0, "INSTRUME")]


def test_two_keywords_are_enough_for_a_contradiction():
    assert ("KEY020", "error", 0, "EXP_TYPE") in keys(said(EXP_TYPE="MIR_DARKIMG", DETECTOR=None))
    assert ("KEY021", "error", 0, "DETECTOR") in keys(said(DETECTOR="NRS1", EXP_TYPE=None))


def test_an_unknown_value_contradicts_nothing():
    assert keys(said(DETECTOR="MULTIPLE")) == []
    assert [code for code, *_ in keys(said(INSTRUME="NIRCAMM"))] == ["KEY011"]


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
    raw = said(INSTRUME=instrument, DETECTOR=detector, EXP_TYPE=exposure, APERNAME=aperture, FILENAME=name, **channels)
    assert keys(raw, name) == []


# NIRCam's channels.


@pytest.mark.parametrize(("keyword", "value"), [("MODULE", "B"), ("CHANNEL", "LONG")])
def test_a_module_or_channel_of_another_detector_is_an_error(keyword, value):
    assert keys(said(**{keyword: value})) == [("KEY023", "error", 0, keyword)]


def test_the_detector_is_named_where_module_and_channel_both_disagree():
    assert keys(said(DETECTOR="NRCBLONG")) == [("KEY023", "error", 0, "DETECTOR")]


@pytest.mark.parametrize("value", ["MULTIPLE", "N/A", None])
def test_a_module_that_says_nothing_contradicts_nothing(value):
    assert keys(said(MODULE=value)) == []


# The aperture.


@pytest.mark.parametrize("aperture", ["FGS2_FULL", "MIRIM_FULL"])
def test_an_aperture_of_another_instrument_is_a_warning(aperture):
    assert keys(said(APERNAME=aperture)) == [("KEY024", "warning", 0, "APERNAME")]


def apertures(raw, name):
    return [(f.code, f.severity, f.keyword) for f in judge_file(raw, name).findings if f.code == "KEY024"]


@pytest.mark.parametrize("aperture", ["NRCB1_FULL", "NRCA5_FULL"])
def test_an_aperture_of_another_detector_is_an_info(aperture):
    assert apertures(said(APERNAME=aperture), NAME) == [("KEY024", "info", "APERNAME")]


def test_an_aperture_of_the_other_guider_is_an_info():
    name = "jw01234001001_02103_00001_guider1_dark.fits"
    said_fgs = {"INSTRUME": "FGS", "DETECTOR": "GUIDER1", "EXP_TYPE": "FGS_DARK", "FILENAME": name}
    raw = said(**said_fgs, APERNAME="FGS2_FULL", MODULE=None, CHANNEL=None)
    assert apertures(raw, name) == [("KEY024", "info", "APERNAME")]


def test_without_a_detector_the_instrument_counts():
    raw = said(DETECTOR=None, APERNAME="MIRIM_FULL")
    assert ("KEY024", "warning", 0, "APERNAME") in keys(raw)


# The file's name.


def test_a_renamed_copy_is_a_warning():
    assert keys(GOOD, "jw01234001001_02103_00002_nrca1_dark.fits") == [("KEY025", "warning", 0, "FILENAME")]
    assert keys(GOOD, "mine_dark.fits") == [("KEY025", "warning", 0, "FILENAME")]


@pytest.mark.parametrize("name", [NAME, f"{NAME}.gz", f"{NAME}.fz"])
def test_a_compressed_file_keeps_its_name(name):
    raw = gzip.compress(GOOD, mtime=0) if name.endswith(".gz") else GOOD
    assert keys(raw, name) == []


def test_bytes_without_a_name_are_not_held_against_one():
    assert keys(GOOD, "") == []


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("PROGRAM", "01235"), ("OBSERVTN", "002"), ("VISIT", "011"), ("EXPOSURE", "2"), ("DETECTOR", "NRCA2")],
)
def test_a_field_of_the_name_that_the_header_contradicts_is_a_warning(keyword, value):
    assert ("KEY026", "warning", 0, keyword) in keys(said(**{keyword: value}))


def test_several_fields_are_one_finding():
    report = judge_file(said(PROGRAM="01235", VISIT="002"), NAME)
    (found,) = [f for f in report.findings if f.code == "KEY026"]
    assert found.message == "the name says program '01234', but PROGRAM = '01235'; visit '001', but VISIT = '002'"


@pytest.mark.parametrize("value", ["1234", "1", "00001", 1])
def test_numbers_of_the_name_are_compared_as_numbers(value):
    keyword = "PROGRAM" if value == "1234" else "EXPOSURE"
    assert "KEY026" not in [code for code, *_ in keys(said(**{keyword: value}))]


def test_a_segment_has_its_number_in_name_and_header():
    name = "jw01234001001_02103_00001-seg002_nrca1_dark.fits"
    right = said(FILENAME=name, EXSEGNUM=2, EXSEGTOT=3)
    assert keys(right, name) == []
    assert keys(said(FILENAME=name, EXSEGNUM=1, EXSEGTOT=3), name) == [("KEY026", "warning", 0, "EXSEGNUM")]


# Units and areas.


@pytest.mark.parametrize(
    ("raw", "name", "unit"), [(GOOD, NAME, "DN/s"), (RATE_RAW, RATE, "DN"), (RATE_RAW, RATE, "MJy")]
)
def test_a_unit_of_another_stage_is_a_warning(raw, name, unit):
    assert keys(edited(raw, "SCI", lambda p: p.with_card("BUNIT", unit)), name) == [("KEY030", "warning", 1, "BUNIT")]


@pytest.mark.parametrize(
    ("unit", "done", "fires"),
    [
        ("DN/s", "COMPLETE", True),
        ("DN/s", "SKIPPED", False),
        ("DN/s", None, False),
        ("MJy/sr", "COMPLETE", False),
        ("MJy", "COMPLETE", False),
        ("MJy / sr", "COMPLETE", False),
        ("UNITLESS", None, True),
        (None, "COMPLETE", False),
        ("", "COMPLETE", False),
    ],
)
def test_calibrated_values_are_not_in_counts(unit, done, fires):
    raw = said(RATE_RAW, FILENAME=CAL, S_PHOTOM=done)
    raw = edited(raw, "SCI", lambda p: p.without_card("BUNIT") if unit is None else p.with_card("BUNIT", unit))
    assert ("KEY030" in [code for code, *_ in keys(raw, CAL)]) is fires


def test_the_same_unit_in_many_slits_is_one_finding():
    slits = [image("SCI", (4, 4), extver=n).with_card("BUNIT", "DN") for n in range(1, 5)]
    raw = join([split(said(DATAMODL="MultiSlitModel", FILENAME=CAL))[0], *slits])
    (found,) = [f for f in judge_file(raw, CAL).findings if f.code == "KEY030"]
    assert found.count == 4


def areas(steradians, arcseconds):
    def field(value):
        return f"{value:>20.12E}".encode()

    sized = {"PIXAR_SR": field(steradians), "PIXAR_A2": field(arcseconds)}
    return edited(
        GOOD, "SCI", lambda p: p.with_card("PIXAR_SR", sized["PIXAR_SR"]).with_card("PIXAR_A2", sized["PIXAR_A2"])
    )


def test_two_pixel_areas_that_differ_are_a_warning():
    assert keys(areas(1e-14, 0.00096)) == [("KEY031", "warning", 1, "PIXAR_SR")]
    assert keys(areas(0.0, 0.00096)) == [("KEY031", "warning", 1, "PIXAR_SR")]


@pytest.mark.parametrize("area", [0.000960997253567766, 0.0004, 0.012])
def test_one_pixel_area_in_two_units_is_well(area):
    assert keys(areas(area * 2.3504431e-11 * 1.0005, area)) == []


def test_no_pixel_area_is_no_contradiction():
    assert keys(areas(1e-14, 0)) == []
    assert keys(edited(GOOD, "SCI", lambda p: p.with_card("PIXAR_SR", b"1E-14"))) == []


# The rest.


def test_a_time_series_that_says_it_is_none_is_a_warning():
    raw = said(RATE_RAW, EXP_TYPE="NRC_TSIMAGE", TSOVISIT=False)
    assert keys(raw, RATE) == [("KEY032", "warning", 0, "TSOVISIT")]


@pytest.mark.parametrize(
    ("exposure", "flag"), [("NRC_TSIMAGE", True), ("NRC_TSIMAGE", None), ("NRC_IMAGE", False), ("NRC_IMAGE", True)]
)
def test_a_flag_that_fits_is_well(exposure, flag):
    assert keys(said(RATE_RAW, EXP_TYPE=exposure, TSOVISIT=flag), RATE) == []


def test_a_wrong_number_of_extensions_is_an_error():
    count = len(split(GOOD)) - 1
    assert keys(said(NEXTEND=count)) == []
    assert keys(said(NEXTEND=count + 1)) == [("KEY033", "error", 0, "NEXTEND")]


def test_one_extension_too_few_beside_an_asdf_extension_is_a_warning():
    parts = split(GOOD)
    count = len(parts) - 1
    assert parts[-1].name == "ASDF"
    assert keys(said(NEXTEND=count - 1)) == [("KEY033", "warning", 0, "NEXTEND")]
    assert keys(said(NEXTEND=count - 2)) == [("KEY033", "error", 0, "NEXTEND")]
    without = said(join(parts[:-1]), NEXTEND=count - 2)
    assert ("KEY033", "error", 0, "NEXTEND") in keys(without)


def test_extensions_are_not_counted_in_a_file_that_was_cut():
    raw = said(NEXTEND=len(split(GOOD)) - 1)
    assert "KEY033" not in [code for code, *_ in findings(raw[: len(raw) * 2 // 3])]


@pytest.mark.parametrize(("start", "fires"), [(0, True), (-3, True), (1, False), (1985, False), (1986, True)])
def test_a_subarray_beyond_the_detector_is_a_warning(start, fires):
    expected = [("KEY034", "warning", 0, "SUBSTRT1")] if fires else []
    assert split(GOOD)[0].number("SUBSIZE1") == 64
    assert keys(said(SUBSTRT1=start)) == expected


def test_the_detector_of_miri_is_smaller():
    assert keys(said(SUBSTRT1=1000)) == []
    miri = {"INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE", "EXP_TYPE": "MIR_DARKIMG", "APERNAME": "MIRIM_FULL"}
    name = NAME.replace("nrca1", "mirimage")
    raw = said(SUBSTRT1=1000, MODULE=None, CHANNEL=None, FILENAME=name, **miri)
    assert keys(raw, name) == [("KEY034", "warning", 0, "SUBSTRT1")]


def test_a_segment_beyond_the_last_is_an_error():
    assert keys(said(EXSEGNUM=4, EXSEGTOT=3)) == [("KEY035", "error", 0, "EXSEGNUM")]
    assert keys(said(EXSEGNUM=0, EXSEGTOT=3)) == [("KEY035", "error", 0, "EXSEGNUM")]
    assert keys(said(EXSEGNUM=3, EXSEGTOT=3)) == []
    assert keys(said(EXSEGNUM=7)) == []


@pytest.mark.parametrize(
    ("value", "fires"), [(None, True), ("", True), ("N/A", True), ("jw01234001001_01_msa.fits", False)]
)
def test_a_multi_object_exposure_without_its_msa_file_is_a_warning(value, fires):
    name = RATE.replace("nrca1", "nrs1")
    nirspec = {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_MSASPEC", "APERNAME": "NRS_FULL_MSA"}
    raw = said(RATE_RAW, MSAMETFL=value, MODULE=None, CHANNEL=None, FILENAME=name, **nirspec)
    assert keys(raw, name) == ([("KEY036", "warning", 0, "MSAMETFL")] if fires else [])


def test_files_that_are_no_product_are_left_alone():
    raw = said(TELESCOP="HST", EXP_TYPE="MIR_DARKIMG", DATAMODL=None)
    assert keys(raw, "other.fits") == []
