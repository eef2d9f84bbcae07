"""HDU rules: presence, duplicates, type, order, names. tests/helpers/damages.py has the table of damages."""

from functools import partial

import judging
import pytest
from builders import edited, image, index_of, join, split, table, with_keywords
from judging import CATALOGUE, codes, errors, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
only = partial(judging.only, name=NAME)
NEW = make("dark", CATALOGUE, keywords={"CAL_VER": "3.0.0"})


def renamed(raw, old, new):
    return edited(raw, old, lambda p: p.with_card("EXTNAME", new))


def test_missing_hdu_says_what_and_where_it_should_be():
    found = only(join([p for p in split(RAW) if p.name != "GROUPDQ"]))
    assert found.message == "GROUPDQ is missing (documented as HDU 3)"
    assert found.expected == "IMAGE uint8 ncols x nrows x ngroups x nints"
    assert (found.hdu, found.extname, found.extver, found.found, found.hint) == (None, "GROUPDQ", 1, "missing", None)


def test_each_missing_hdu_is_a_finding():
    found = errors(judge_file(join([p for p in split(RAW) if p.name not in {"GROUP", "INT_TIMES"}]), NAME))
    assert [(f.code, f.extname) for f in found] == [("HDU001", "GROUP"), ("HDU001", "INT_TIMES")]


def test_misspelt_name_gets_a_hint():
    found = only(renamed(RAW, "INT_TIMES", "INT_TIME"))
    assert (found.code, found.extname, found.hdu, found.found) == ("HDU001", "INT_TIMES", 6, "'INT_TIME'")
    assert "has a similar name" in found.hint


def test_foreign_name_on_the_right_hdu_gets_a_hint():
    found = only(renamed(RAW, "GROUPDQ", "FOREIGN"))
    assert (found.code, found.extname, found.hdu) == ("HDU001", "GROUPDQ", 3)
    assert "has the expected data at the expected place" in found.hint


@pytest.mark.parametrize("name", ["GROUP", "INT_TIMES", "ASDF"])
def test_place_is_counted_between_neighbours_where_an_optional_hdu_is_absent(name):
    found = only(renamed(NEW, name, "FOREIGN"))
    assert (found.code, found.extname, found.hdu) == ("HDU001", name, index_of(split(NEW), name))


def test_foreign_hdu_of_another_form_is_not_taken_for_the_missing_one():
    parts = [p if p.name != "GROUPDQ" else image("FOREIGN", (3, 3), 16) for p in split(RAW)]
    assert codes(judge_file(join(parts), NAME)) == ["HDU001", "HDU002"]


def test_foreign_table_is_not_taken_for_one_of_other_columns():
    parts = [p if p.name != "GROUP" else table("FOREIGN", [("a", "1J", 4)]) for p in split(RAW)]
    assert codes(judge_file(join(parts), NAME)) == ["HDU001", "HDU002"]


def test_unexpected_hdus_of_one_name_fold():
    *parts, asdf = split(RAW)
    report = judge_file(join([*parts, *(image("EXTRA", (2,), extver=n) for n in range(1, 16)), asdf]), NAME)
    (found,) = loud(report)
    assert (found.code, found.count, len(found.places)) == ("HDU002", 15, 10)
    assert found.places[:2] == ("EXTRA", "EXTRA,2")
    assert report.conforming


def test_hdus_without_a_name_are_told_by_their_number():
    *parts, asdf = split(RAW)
    found = only(join([*parts, image("X", (2,)).without_card("EXTNAME", "EXTVER"), asdf]))
    assert found.message.startswith("HDU 7 without EXTNAME")


def test_duplicates_name_both_places():
    parts = split(RAW)
    found = only(join([*parts[:-1], parts[2], parts[-1]]))
    assert (found.code, found.hdu, found.extname) == ("HDU003", 7, "PIXELDQ")
    assert found.found == "HDU 2 and HDU 7"


def test_other_extver_is_a_duplicate_too_where_there_are_no_sets():
    parts = split(RAW)
    found = only(join([*parts[:-1], parts[2].with_card("EXTVER", 2), parts[-1]]))
    assert found.code == "HDU003"
    assert "EXTVER 1 and 2" in found.message


def test_absent_extver_counts_as_1():
    assert loud(judge_file(edited(RAW, "SCI", lambda p: p.without_card("EXTVER")), NAME)) == []


def test_duplicate_is_not_checked_against_the_table():
    parts = split(RAW)
    bad = parts[1].resized(3, 3)
    assert codes(judge_file(join([*parts[:2], bad, *parts[2:]]), NAME)) == ["HDU003"]


def test_wrong_type_is_not_checked_further():
    parts = [p if p.name != "SCI" else table("SCI", [("a", "1J", 4)]) for p in split(RAW)]
    report = judge_file(join(parts), NAME)
    assert codes(report) == ["HDU004"]
    assert "SCI is a BINTABLE, expected an IMAGE" in loud(report)[0].message


def test_sci_that_does_not_come_first_is_an_error():
    parts = split(RAW)
    found = only(join([parts[0], *parts[2:4], parts[1], *parts[4:]]))
    assert (found.code, found.severity, found.hdu) == ("HDU005", "error", 3)


def test_other_order_is_a_warning():
    parts = split(RAW)
    found = only(join([*parts[:4], parts[5], parts[4], *parts[6:]]))
    assert (found.code, found.severity) == ("HDU005", "warning")
    assert found.expected.split() == ["SCI", "PIXELDQ", "GROUPDQ", "ERR", "GROUP", "INT_TIMES"]
    assert found.found.split() == ["SCI", "PIXELDQ", "GROUPDQ", "GROUP", "ERR", "INT_TIMES"]


def test_optional_hdus_may_stand_anywhere():
    raw = make("dark", CATALOGUE, optional=("ZEROFRAME",))
    parts = split(raw)
    at = index_of(parts, "ZEROFRAME")
    name = parts[0].text("FILENAME")
    moved = [*parts[:4], parts[at], *(p for i, p in enumerate(parts[4:], 4) if i != at)]
    assert loud(judge_file(join(moved), name)) == []


@pytest.mark.parametrize("name", ["sci", "Sci", " SCI", "  sci"])
def test_names_are_compared_without_case_and_blanks_and_reported(name):
    found = only(renamed(RAW, "SCI", name))
    assert (found.code, found.keyword, found.expected, found.found) == ("HDU006", "EXTNAME", "'SCI'", repr(name))


def test_condition_that_does_not_hold_is_a_warning():
    raw = make("dark", CATALOGUE, optional=("ZEROFRAME",))
    name = split(raw)[0].text("FILENAME")
    found = only(edited(raw, "primary", lambda p: p.with_card("ZEROFRAM", False)), name=name)
    assert (found.code, found.severity, found.extname) == ("HDU007", "warning", "ZEROFRAME")
    assert "ZEROFRAM = F" in found.message


def test_condition_on_a_missing_keyword_says_missing():
    raw = make("dark", CATALOGUE, optional=("ZEROFRAME",))
    name = split(raw)[0].text("FILENAME")
    found = only(edited(raw, "primary", lambda p: p.without_card("ZEROFRAM")), name=name)
    assert (found.code, found.found) == ("HDU007", "ZEROFRAM = missing")


def test_data_in_the_primary_are_an_error():
    found = only(edited(RAW, "primary", lambda p: p.resized(4, 4)))
    assert (found.code, found.hdu, found.keyword) == ("HDU008", 0, "NAXIS")


def test_compressed_image_counts_as_an_image():
    from io import BytesIO

    import numpy as np
    from astropy.io import fits

    raw = make("wfscmb", CATALOGUE, symbols={"ncols": 64, "nrows": 64})
    name = split(raw)[0].text("FILENAME")
    with fits.open(BytesIO(raw)) as hdus:
        packed = fits.HDUList([h.copy() for h in hdus])
        header = hdus["SCI"].header
        packed["SCI"] = fits.CompImageHDU(np.asarray(hdus["SCI"].data, "f4"), header, compression_type="GZIP_2")
        buffer = BytesIO()
        packed.writeto(buffer)
    report = judge_file(buffer.getvalue(), name)
    assert errors(report) == []
    assert (report.hdus[1].type, report.hdus[1].axes) == ("IMAGE", (64, 64))


@pytest.mark.parametrize("product", ["cal", "calints"])
@pytest.mark.parametrize("extname", ["BARSHADOW", "PATHLOSS_PS", "PATHLOSS_UN", "WAVELENGTH"])
@pytest.mark.parametrize(
    ("instrument", "exposure", "allowed"),
    [
        ("NIRSPEC", "NRS_FIXEDSLIT", "BARSHADOW PATHLOSS_PS PATHLOSS_UN WAVELENGTH"),
        ("NIRSPEC", "NRS_MSASPEC", "BARSHADOW PATHLOSS_PS PATHLOSS_UN WAVELENGTH"),
        ("MIRI", "MIR_MRS", "PATHLOSS_PS PATHLOSS_UN WAVELENGTH"),
        ("MIRI", "MIR_LRS-FIXEDSLIT", "PATHLOSS_PS PATHLOSS_UN WAVELENGTH"),
        ("NIRISS", "NIS_SOSS", "PATHLOSS_PS PATHLOSS_UN WAVELENGTH"),
        ("NIRCAM", "NRC_IMAGE", ""),
        ("NIRCAM", "NRC_TACQ", ""),
        ("MIRI", "MIR_4QPM", ""),
    ],
)
def test_hdu_of_another_mode_is_a_warning(product, extname, instrument, exposure, allowed):
    if product == "calints" and extname != "WAVELENGTH":
        return
    keywords = {"INSTRUME": instrument, "EXP_TYPE": exposure}
    raw = make(product, CATALOGUE, keywords=keywords, optional=(extname,))
    found = [(f.severity, f.extname) for f in judge_file(raw, product=product).findings if f.code == "HDU007"]
    assert found == ([] if extname in allowed.split() else [("warning", extname)])


@pytest.mark.parametrize("extname", ["BARSHADOW", "PATHLOSS_PS"])
def test_slits_of_time_series_have_the_hdus_of_their_mode(extname):
    keywords = {"DATAMODL": "SlitModel", "INSTRUME": "NIRSPEC", "EXP_TYPE": "NRS_BRIGHTOBJ"}
    raw = make("calints", CATALOGUE, keywords=keywords, optional=(extname,))
    assert not [f for f in judge_file(raw, product="calints").findings if f.code == "HDU007"]
    other = with_keywords(raw, INSTRUME="NIRCAM", EXP_TYPE="NRC_TSIMAGE")
    assert [f.extname for f in judge_file(other, product="calints").findings if f.code == "HDU007"] == [extname]


def test_a_missing_exposure_type_excludes_no_hdu():
    raw = with_keywords(make("cal", CATALOGUE, optional=("WAVELENGTH",)), EXP_TYPE=None)
    assert not [f for f in judge_file(raw, product="cal").findings if f.code == "HDU007"]


@pytest.mark.parametrize("product", ["uncal", "ramp", "dark"])
@pytest.mark.parametrize(("value", "fires"), [(True, True), (False, False), (None, False), ("T", False)])
def test_zero_frames_that_were_downlinked_are_needed(product, value, fires):
    raw = with_keywords(make(product, CATALOGUE), ZEROFRAM=value)
    found = [(f.severity, f.extname) for f in judge_file(raw, product=product).findings if f.code == "HDU012"]
    assert found == ([("warning", "ZEROFRAME")] if fires else [])
    whole = make(product, CATALOGUE, optional=("ZEROFRAME",))
    assert not [f for f in judge_file(whole, product=product).findings if f.code in {"HDU007", "HDU012"}]


def test_later_products_have_no_zero_frames():
    raw = with_keywords(make("rate", CATALOGUE), ZEROFRAM=True)
    assert not [f for f in judge_file(raw, product="rate").findings if f.code == "HDU012"]


def test_zero_frames_of_a_file_that_is_cut_may_be_there():
    raw = with_keywords(make("dark", CATALOGUE), ZEROFRAM=True)[:-2880]
    report = judge_file(raw, product="dark")
    assert not [f for f in report.findings if f.code == "HDU012"]


@pytest.mark.parametrize(
    ("at", "found"), [(1, [("HDU005", "error", "STRANGER")]), (2, [("HDU002", "warning", "STRANGER")])]
)
def test_a_stranger_is_one_finding_before_sci_and_after_it(at, found):
    parts = list(split(RAW))
    parts.insert(at, table("STRANGER", [("x", "1J", 4)], 1))
    report = judge_file(join(parts), NAME)
    assert [(f.code, str(f.severity), f.extname) for f in loud(report)] == found
    if at == 1:
        assert loud(report)[0].message == "SCI is HDU 2, expected HDU 1; 'STRANGER' before it is not in the table"
        assert [f.code for f in loud(judge_file(join(parts), NAME, ignore=("HDU005",)))] == ["HDU002"]


def test_an_hdu_is_not_blamed_for_a_wrong_instrument():
    raw = make("cal", CATALOGUE, keywords={"DATAMODL": "MultiSlitModel"}, optional=("BARSHADOW",))
    name = split(raw)[0].text("FILENAME")
    wrong = with_keywords(raw, INSTRUME="MIRI")
    found = [f.code for f in judge_file(wrong, name).findings if f.code in {"HDU007", "KEY022"}]
    assert found == ["KEY022"]
    assert "HDU007" in [f.code for f in judge_file(wrong, name, ignore=("KEY022",)).findings]


def test_an_announced_hdu_under_a_similar_name_is_one_finding():
    raw = make("dark", CATALOGUE, optional=("ZEROFRAME",))
    renamed = edited(raw, "ZEROFRAME", lambda p: p.with_card("EXTNAME", "ZEROFRAMES"))
    (found,) = loud(judge_file(renamed, split(raw)[0].text("FILENAME")))
    assert (found.code, found.keyword, found.hint) == (
        "HDU012",
        "EXTNAME",
        f"HDU {found.hdu} 'ZEROFRAMES' has a similar name and may be it; correct its EXTNAME",
    )
