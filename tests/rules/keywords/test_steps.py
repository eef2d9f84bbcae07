"""KEY070: the keywords that steps of the pipeline read."""

from dataclasses import replace

import pytest
from builders import edited, split, with_keywords
from judging import CATALOGUE, judge_file, placed
from made_files import make

from jwstprod_check.make import file_name
from jwstprod_check.rules import find_rule

READOUT = ("NRESETS", "NFRAMES", "GROUPGAP", "TGROUP", "TFRAME", "READPATT")
EXPOSURE = ("EXPSTART", "EXPMID", "EXPEND", "APERNAME", "SUBARRAY", "EFFEXPTM", "FILTER")
IMAGE = {"EXP_TYPE": "NRC_IMAGE", "S_PHOTOM": "COMPLETE"}


def steps(product, at="primary", keywords=None, **changed):
    """Findings on a made product with other keywords."""
    spec = CATALOGUE.spec(product)
    raw = with_keywords(make(product, CATALOGUE, keywords=keywords), at, **changed)
    return placed(raw, file_name(spec, keywords), "KEY070")


@pytest.mark.parametrize(
    "product", ["uncal", "ramp", "dark", "rate", "rateints", "cal", "calints", "crf", "i2d", "x1d"]
)
def test_made_products_have_what_steps_read(product):
    assert steps(product) == []


@pytest.mark.parametrize("keyword", [*READOUT, *EXPOSURE])
def test_an_exposure_without_a_keyword_that_steps_read_is_a_warning(keyword):
    assert steps("uncal", **{keyword: None}) == [("KEY070", "warning", 0, keyword)]


@pytest.mark.parametrize("keyword", ["APERNAME", "SUBARRAY", "FILTER"])
def test_a_blank_keyword_is_missing(keyword):
    (finding,) = [
        f
        for f in judge_file(
            with_keywords(make("crf", CATALOGUE), **{keyword: ""}), file_name(CATALOGUE.spec("crf"))
        ).findings
        if f.code == "KEY070"
    ]
    assert (finding.keyword, finding.found) == (keyword, "blank")


@pytest.mark.parametrize(
    ("field", "blank"),
    [
        ("''", True),
        ("'   '", True),
        ("   '        '", True),
        ("'", False),
        ("''''", False),
        ("'  x'", False),
        ("   'x'", False),
        ("                  12", False),
        ("", False),
        (" / no value", False),
    ],
)
def test_only_a_blank_text_is_blank(field, blank):
    def written(part):
        image = f"FILTER  = {field:70}".encode()
        return replace(part, cards=tuple(image if card[:8] == b"FILTER  " else card for card in part.cards))

    raw = edited(make("crf", CATALOGUE), "primary", written)
    found = [f.keyword for f in judge_file(raw, file_name(CATALOGUE.spec("crf"))).findings if f.code == "KEY070"]
    assert found == (["FILTER"] if blank else [])


@pytest.mark.parametrize("keyword", READOUT)
def test_what_only_earlier_steps_read_is_not_asked_for(keyword):
    assert steps("rate", **{keyword: None}) == []


@pytest.mark.parametrize("product", ["ramp", "dark"])
def test_the_number_of_resets_is_asked_for_before_the_first_step_only(product):
    assert steps(product, NRESETS=None) == []


def test_several_missing_keywords_are_one_finding():
    assert steps("uncal", EXPSTART=None, EXPEND=None, NFRAMES=None) == [("KEY070", "warning", 0, "NFRAMES")]


@pytest.mark.parametrize("product", ["i2d", "x1d", "gs-fg-uncal", "trapsfilled"])
def test_other_products_are_not_asked(product):
    assert steps(product, EXPSTART=None, FILTER=None, NFRAMES=None) == []


@pytest.mark.parametrize(
    ("instrument", "detector", "exposure", "asked"),
    [
        ("MIRI", "MIRIMAGE", "MIR_IMAGE", True),
        ("MIRI", "MIRIFULONG", "MIR_MRS", False),
        ("FGS", "GUIDER1", "FGS_IMAGE", False),
        ("NIRSPEC", "NRS1", "NRS_IFU", True),
        ("NIRISS", "NIS", "NIS_SOSS", True),
    ],
)
def test_a_filter_is_asked_for_where_there_are_filters(instrument, detector, exposure, asked):
    who = {"INSTRUME": instrument, "DETECTOR": detector, "EXP_TYPE": exposure}
    assert steps("uncal", keywords=who) == []
    assert steps("uncal", keywords=who, FILTER=None) == ([("KEY070", "warning", 0, "FILTER")] if asked else [])


@pytest.mark.parametrize(
    ("changed", "unit", "fires"),
    [
        ({}, "MJy/sr", True),
        ({"S_PHOTOM": "SKIPPED"}, "MJy/sr", False),
        ({"S_PHOTOM": None}, "MJy/sr", False),
        ({"EXP_TYPE": "NRC_WFSS"}, "MJy/sr", False),
        ({}, "DN/s", False),
    ],
)
@pytest.mark.parametrize("product", ["cal", "i2d"])
def test_a_calibrated_image_states_the_area_of_its_pixels(product, changed, unit, fires):
    name = file_name(CATALOGUE.spec(product), IMAGE)
    good = make(product, CATALOGUE, keywords=IMAGE)
    assert placed(good, name, "KEY070") == []
    raw = with_keywords(with_keywords(good, **changed), "SCI", PIXAR_SR=None, PIXAR_A2=None, BUNIT=unit)
    assert placed(raw, name, "KEY070") == ([("KEY070", "warning", 0, "PIXAR_SR")] if fires else [])


def test_a_misspelt_keyword_is_named():
    raw = with_keywords(make("uncal", CATALOGUE), NFRAMES=None, NFRAME=1)
    (finding,) = [f for f in judge_file(raw, file_name(CATALOGUE.spec("uncal"))).findings if f.code == "KEY070"]
    assert finding.hint == "write NFRAMES instead of 'NFRAME'"


def test_a_keyword_in_small_letters_is_another_finding():
    raw = make("uncal", CATALOGUE)
    parts = split(raw)
    assert parts[0].text("NFRAMES") == "1"
    raw = raw.replace(b"NFRAMES =", b"nframes =", 1)
    assert placed(raw, file_name(CATALOGUE.spec("uncal")), "KEY070") == []


def test_the_manual_shows_the_table():
    lines = [line.replace(",", " ").split() for line in find_rule("KEY070").manual.splitlines() if line[:4] == "    "]
    starts = [i for i, words in enumerate(lines) if words[0].isupper()]
    ends = [*starts[1:], len(lines)]
    rows = {lines[i][0]: {w for words in lines[i:j] for w in words} for i, j in zip(starts, ends, strict=True)}
    assert rows.keys() == CATALOGUE.steps.keys()
    for keyword, document in CATALOGUE.steps.items():
        assert set(document.steps) <= rows[keyword]
