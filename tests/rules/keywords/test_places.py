"""KEY076, KEY077 and KEY081: keywords in the wrong HDU, units that are missing, slits that differ."""

from dataclasses import replace

import pytest
from builders import join, split, with_keywords
from judging import CATALOGUE, judge_file, placed
from made_files import make

from jwstprod_check.make import file_name

NAME = file_name(CATALOGUE.spec("rate"))
GOOD = make("rate", CATALOGUE)
SLITS = {"DATAMODL": "MultiSlitModel", "INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_FIXEDSLIT"}


def moved(keyword, raw=GOOD, source=0, target=1, keep=False):
    parts = split(raw)
    (card,) = [c for c in parts[source].cards if c[:8].rstrip().decode() == keyword]
    parts[target] = replace(parts[target], cards=(*parts[target].cards, card))
    if not keep:
        parts[source] = parts[source].without_card(keyword)
    return join(parts)


PRIMARY = ["EXP_TYPE", "DETECTOR", "INSTRUME", "DATE-BEG", "DATE-OBS", "TIME-OBS", "CAL_VER", "DATAMODL", "PROGRAM"]
SCIENCE = {
    "RA_REF": 259.28,
    "DEC_REF": 43.13,
    "CRVAL1": 259.28,
    "EPH_TYPE": "Predicted",
}


@pytest.mark.parametrize("keyword", [*PRIMARY, "OBSERVTN", "VISIT", "EXPSTART", "FILTER", "SUBARRAY", "APERNAME"])
@pytest.mark.parametrize("target", [1, 2])
def test_a_keyword_of_the_primary_header_elsewhere_is_an_error(keyword, target):
    found = placed(moved(keyword, target=target), NAME, "KEY076")
    assert found == [("KEY076", "error", target, keyword)]


@pytest.mark.parametrize("keyword", SCIENCE)
def test_a_keyword_of_the_science_header_in_the_primary_is_an_error(keyword):
    raw = with_keywords(GOOD, **{keyword: SCIENCE[keyword]})
    assert placed(raw, NAME, "KEY076") == [("KEY076", "error", 0, keyword)]
    raw = with_keywords(raw, "SCI", **{keyword: SCIENCE[keyword]})
    assert placed(raw, NAME, "KEY076") == []


def test_a_copy_beside_the_original_is_quiet():
    assert placed(moved("EXP_TYPE", keep=True), NAME, "KEY076") == []


def test_what_a_misspelt_hdu_contains_is_not_reported():
    parts = split(with_keywords(GOOD, "SCI", V3I_YANG=1.5, RA_REF=1.5, DEC_REF=1.5))
    raw = join([parts[0], parts[1].with_card("EXTNAME", "SCIENCE"), *parts[2:]])
    assert placed(raw, NAME, "KEY076") == []


def test_one_keyword_in_the_wrong_hdu_is_one_finding():
    found = [f.code for f in judge_file(moved("DATE-BEG"), NAME).findings if f.severity != "info"]
    assert found == ["KEY076"]


@pytest.mark.parametrize("keyword", ["BUNIT", "EXTNAME", "EXTVER", "WHATEVER", "PIXAR_SR", "PHOTMJSR"])
def test_keywords_of_several_hdus_and_unknown_ones_may_be_anywhere(keyword):
    raw = with_keywords(GOOD, "ERR", WHATEVER=1)
    raw = with_keywords(raw, PIXAR_SR=2.3504431e-14, PIXAR_A2=0.001)
    assert keyword not in [k for *_, k in placed(raw, NAME, "KEY076")]


def test_a_keyword_whose_hdu_the_file_does_not_have_is_left_alone():
    x1d = with_keywords(make("x1d", CATALOGUE), RA_REF=259.28, DEC_REF=43.13)
    assert placed(x1d, file_name(CATALOGUE.spec("x1d")), "KEY076") == []


def test_the_message_names_both_places():
    (found,) = [f for f in judge_file(moved("EXP_TYPE"), NAME).findings if f.code == "KEY076"]
    assert found.message == "EXP_TYPE is in SCI, expected in the primary header"


@pytest.mark.parametrize("value", [None, ""])
def test_science_without_a_unit_is_a_warning(value):
    assert placed(with_keywords(GOOD, "SCI", BUNIT=value), NAME, "KEY") == [("KEY077", "warning", 1, "BUNIT")]


@pytest.mark.parametrize("product", ["trapsfilled", "segm", "fitopt"])
def test_products_without_units_need_none(product):
    raw = make(product, CATALOGUE)
    raw = with_keywords(raw, "SCI", BUNIT=None) if any(p.name == "SCI" for p in split(raw)) else raw
    assert placed(raw, file_name(CATALOGUE.spec(product)), "KEY077") == []


def slits(count, *without, keyword="SLTNAME"):
    """A cal of some slits, all of which but some have a keyword."""
    parts = split(make("cal", CATALOGUE, keywords=SLITS, sets=count))
    for i, part in enumerate(parts):
        if part.name == "SCI" and part.number("EXTVER") not in without:
            parts[i] = part.with_card(keyword, "S200A1")
    return placed(join(parts), file_name(CATALOGUE.spec("cal"), SLITS), "KEY081")


def test_a_keyword_that_one_slit_lacks_is_a_warning():
    ((code, severity, _, keyword),) = slits(3, 2)
    assert (code, severity, keyword) == ("KEY081", "warning", "SLTNAME")


@pytest.mark.parametrize(("count", "without"), [(3, ()), (3, (1, 2, 3)), (3, (1, 2)), (4, (1, 2)), (2, (1,)), (1, ())])
def test_slits_that_do_not_differ_in_one_alone_are_quiet(count, without):
    assert slits(count, *without) == []


def test_a_keyword_that_no_data_model_has_is_not_compared():
    assert slits(3, 2, keyword="MYSLIT") == []
