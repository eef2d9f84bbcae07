"""KEY030 to KEY036: units, areas, flags, counts and places that contradict each other."""

import pytest
from builders import edited, image, join, split, with_keywords
from judging import DARK, DATA, judge_file, placed, raw_of

NAME = DARK.name
GOOD = DARK.read_bytes()
RATE = "jw01234001001_02101_00001_nrca1_rate.fits"
RATE_RAW = raw_of(DATA / "good" / "jwst-3.0.0" / f"{RATE}.gz")
CAL = "jw01234001001_02101_00001_nrca1_cal.fits"


def keys(raw, name=NAME):
    return placed(raw, name, "KEY")


def test_good_files_are_quiet():
    assert placed(GOOD, NAME) == []
    assert placed(RATE_RAW, RATE) == []


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
    raw = with_keywords(RATE_RAW, FILENAME=CAL, S_PHOTOM=done)
    raw = edited(raw, "SCI", lambda p: p.without_card("BUNIT") if unit is None else p.with_card("BUNIT", unit))
    assert ("KEY030" in [code for code, *_ in keys(raw, CAL)]) is fires


def test_the_same_unit_in_many_slits_is_one_finding():
    slits = [image("SCI", (4, 4), extver=n).with_card("BUNIT", "DN") for n in range(1, 5)]
    raw = join([split(with_keywords(GOOD, DATAMODL="MultiSlitModel", FILENAME=CAL))[0], *slits])
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


def test_a_time_series_that_says_it_is_none_is_a_warning():
    raw = with_keywords(RATE_RAW, EXP_TYPE="NRC_TSIMAGE", TSOVISIT=False)
    assert keys(raw, RATE) == [("KEY032", "warning", 0, "TSOVISIT")]


@pytest.mark.parametrize(
    ("exposure", "flag"), [("NRC_TSIMAGE", True), ("NRC_TSIMAGE", None), ("NRC_IMAGE", False), ("NRC_IMAGE", True)]
)
def test_a_flag_that_fits_is_well(exposure, flag):
    assert keys(with_keywords(RATE_RAW, EXP_TYPE=exposure, TSOVISIT=flag), RATE) == []


def test_a_wrong_number_of_extensions_is_an_error():
    count = len(split(GOOD)) - 1
    assert keys(with_keywords(GOOD, NEXTEND=count)) == []
    assert keys(with_keywords(GOOD, NEXTEND=count + 1)) == [("KEY033", "error", 0, "NEXTEND")]


def test_one_extension_too_few_beside_an_asdf_extension_is_a_warning():
    parts = split(GOOD)
    count = len(parts) - 1
    assert parts[-1].name == "ASDF"
    assert keys(with_keywords(GOOD, NEXTEND=count - 1)) == [("KEY033", "warning", 0, "NEXTEND")]
    assert keys(with_keywords(GOOD, NEXTEND=count - 2)) == [("KEY033", "error", 0, "NEXTEND")]


def test_one_extension_too_few_without_an_asdf_extension_is_an_error():
    parts = split(GOOD)[:-1]
    raw = with_keywords(join(parts), NEXTEND=len(parts) - 2)
    assert ("KEY033", "error", 0, "NEXTEND") in keys(raw)


def test_extensions_are_not_counted_in_a_file_that_was_cut():
    raw = with_keywords(GOOD, NEXTEND=len(split(GOOD)) - 1)
    assert "KEY033" not in [code for code, *_ in placed(raw[: len(raw) * 2 // 3], NAME)]


@pytest.mark.parametrize(("start", "fires"), [(0, True), (-3, True), (1, False), (1985, False), (1986, True)])
def test_a_subarray_beyond_the_detector_is_a_warning(start, fires):
    expected = [("KEY034", "warning", 0, "SUBSTRT1")] if fires else []
    assert split(GOOD)[0].number("SUBSIZE1") == 64
    assert keys(with_keywords(GOOD, SUBSTRT1=start)) == expected


def test_the_detector_of_miri_is_smaller():
    assert keys(with_keywords(GOOD, SUBSTRT1=1000)) == []
    miri = {"INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE", "EXP_TYPE": "MIR_DARKIMG", "APERNAME": "MIRIM_FULL"}
    name = NAME.replace("nrca1", "mirimage")
    raw = with_keywords(GOOD, SUBSTRT1=1000, MODULE=None, CHANNEL=None, FILENAME=name, **miri)
    assert keys(raw, name) == [("KEY034", "warning", 0, "SUBSTRT1")]


def test_a_segment_beyond_the_last_is_an_error():
    def segment(number, **keywords):
        name = NAME.replace("_nrca1", f"-seg{number:03d}_nrca1")
        return keys(with_keywords(GOOD, FILENAME=name, EXSEGNUM=number, **keywords), name)

    assert segment(4, EXSEGTOT=3) == [("KEY035", "error", 0, "EXSEGNUM")]
    assert segment(0, EXSEGTOT=3) == [("KEY035", "error", 0, "EXSEGNUM")]
    assert segment(3, EXSEGTOT=3) == []
    assert segment(7) == []


@pytest.mark.parametrize(
    ("value", "fires"), [(None, True), ("", True), ("N/A", True), ("jw01234001001_01_msa.fits", False)]
)
def test_a_multi_object_exposure_without_its_msa_file_is_a_warning(value, fires):
    name = RATE.replace("nrca1", "nrs1")
    nirspec = {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_MSASPEC", "APERNAME": "NRS_FULL_MSA"}
    nirspec |= {"MSAMETID": 1, "PATT_NUM": 1}
    raw = with_keywords(RATE_RAW, MSAMETFL=value, MODULE=None, CHANNEL=None, FILENAME=name, **nirspec)
    assert keys(raw, name) == ([("KEY036", "warning", 0, "MSAMETFL")] if fires else [])


@pytest.mark.parametrize(
    ("keywords", "lost", "found"),
    [
        ({}, "", ""),
        ({"MSAMETID": None}, "MSAMETID is", "missing"),
        ({"MSAMETID": "N/A"}, "MSAMETID is", "blank"),
        ({"PATT_NUM": None}, "PATT_NUM is", "missing"),
        ({"MSAMETFL": "", "PATT_NUM": None}, "MSAMETFL and PATT_NUM are", "missing or blank"),
        ({"MSAMETFL": None, "MSAMETID": None, "PATT_NUM": None}, "MSAMETFL, MSAMETID and PATT_NUM are", "missing"),
        ({"EXP_TYPE": "NRS_FIXEDSLIT", "MSAMETID": None}, "", ""),
    ],
)
def test_the_rows_of_the_msa_file_must_be_singled_out(keywords, lost, found):
    name = RATE.replace("nrca1", "nrs1")
    nirspec = {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_MSASPEC", "APERNAME": "NRS_FULL_MSA"}
    msa = {"MSAMETFL": "jw01234001001_01_msa.fits", "MSAMETID": 1, "PATT_NUM": 2}
    raw = with_keywords(RATE_RAW, MODULE=None, CHANNEL=None, FILENAME=name, **(nirspec | msa | keywords))
    reported = [f.message for f in judge_file(raw, name).findings if f.code == "KEY036"]
    assert reported == ([f"EXP_TYPE is 'NRS_MSASPEC', but {lost} {found}"] if lost else [])


def test_files_that_are_no_product_are_left_alone():
    raw = with_keywords(GOOD, TELESCOP="HST", EXP_TYPE="MIR_DARKIMG", DATAMODL=None)
    assert keys(raw, "other.fits") == []
