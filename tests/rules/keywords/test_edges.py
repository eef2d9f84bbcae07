"""Where a rule on keywords begins to fire: the last value that is right and the first that is not."""

import pytest
from builders import card, edited, with_keywords
from judging import CATALOGUE, DARK, DATA, judge_file, placed, raw_of
from made_files import make

from jwstprod_check.make import file_name
from jwstprod_check.rules.keywords.file_name import _same
from jwstprod_check.rules.keywords.instrument import Names
from jwstprod_check.rules.keywords.required import near_keyword

GOOD = DARK.read_bytes()
RATE = "jw01234001001_02101_00001_nrca1_rate.fits"
RATE_RAW = raw_of(DATA / "good" / "jwst-3.0.0" / f"{RATE}.gz")
ARC = 2.3504431e-11


def keys(raw, name=DARK.name):
    return placed(raw, name, "KEY")


def area(factor, hdu="SCI"):
    """Pixel areas of which the one is the other times a factor."""
    arcseconds = 0.0009609
    numbers = {"PIXAR_SR": f"{arcseconds * ARC * factor:>20.13E}", "PIXAR_A2": f"{arcseconds:>20.13E}"}

    def change(part):
        for keyword, text in numbers.items():
            part = part.with_card(keyword, text.encode())
        return part

    return edited(GOOD, hdu, change)


@pytest.mark.parametrize(("factor", "fires"), [(1.00099, False), (1.00101, True), (0.99901, False), (0.99899, True)])
@pytest.mark.parametrize(("hdu", "index"), [("SCI", 1), ("primary", 0)])
def test_pixel_areas_may_differ_by_a_thousandth(factor, fires, hdu, index):
    assert keys(area(factor, hdu)) == ([("KEY031", "warning", index, "PIXAR_SR")] if fires else [])


def test_negative_areas_are_compared_as_numbers():
    assert keys(area(-1.0)) == [("KEY031", "warning", 1, "PIXAR_SR")]


@pytest.mark.parametrize(
    ("exposure", "fires"),
    [
        *((e, True) for e in ("NRC_TSIMAGE", "NRC_TSGRISM", "NIS_SOSS", "NRS_BRIGHTOBJ")),
        *((e, False) for e in ("NRC_IMAGE", "MIR_LRS-SLITLESS", "NRS_FIXEDSLIT")),
    ],
)
def test_time_series_are_known_by_their_exposure_type(exposure, fires):
    found = [code for code, *_ in keys(with_keywords(RATE_RAW, EXP_TYPE=exposure, TSOVISIT=False), RATE)]
    assert ("KEY032" in found) is fires


SIZE = {"SUBSIZE1": 64, "SUBSIZE2": 64}
MIRI = {"INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE", "EXP_TYPE": "MIR_DARKIMG", "APERNAME": "MIRIM_FULL"}


@pytest.mark.parametrize(
    ("instrument", "axis", "last"), [("NIRCAM", 1, 2048), ("NIRCAM", 2, 2048), ("MIRI", 1, 1032), ("MIRI", 2, 1024)]
)
@pytest.mark.parametrize("beyond", [0, 1])
def test_a_subarray_ends_with_the_detector(instrument, axis, last, beyond):
    name = DARK.name if instrument == "NIRCAM" else DARK.name.replace("nrca1", "mirimage")
    more = {**MIRI, "MODULE": None, "CHANNEL": None, "FILENAME": name} if instrument == "MIRI" else {}
    start = last - 64 + 1 + beyond
    found = keys(with_keywords(GOOD, **more, **{f"SUBSTRT{axis}": start}), name)
    assert found == ([("KEY034", "warning", 0, f"SUBSTRT{axis}")] if beyond else [])


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize(("start", "fires"), [(1, False), (0, True), (-1, True)])
def test_a_subarray_begins_at_pixel_1(axis, start, fires):
    found = keys(with_keywords(GOOD, **{f"SUBSTRT{axis}": start}))
    assert found == ([("KEY034", "warning", 0, f"SUBSTRT{axis}")] if fires else [])


@pytest.mark.parametrize(("number", "fires"), [(0, True), (1, False), (2, False), (3, True)])
def test_segments_are_numbered_from_one_to_the_last(number, fires):
    found = [key for key in keys(with_keywords(GOOD, EXSEGNUM=number, EXSEGTOT=2)) if key[0] != "KEY063"]
    assert found == ([("KEY035", "error", 0, "EXSEGNUM")] if fires else [])


@pytest.mark.parametrize(("value", "fires"), [(None, True), ("", True), ("N/A", True), ("NONE", True), ("x", False)])
@pytest.mark.parametrize("exposure", ["NRS_MSASPEC", "NRS_FIXEDSLIT"])
def test_only_an_msa_exposure_needs_its_file(value, fires, exposure):
    name = RATE.replace("nrca1", "nrs1")
    spectrograph = {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "APERNAME": "NRS_FULL_MSA"}
    raw = with_keywords(
        RATE_RAW,
        MSAMETFL=value,
        MSAMETID=1,
        PATT_NUM=1,
        MODULE=None,
        CHANNEL=None,
        FILENAME=name,
        EXP_TYPE=exposure,
        **spectrograph,
    )
    found = [code for code, *_ in keys(raw, name)]
    assert ("KEY036" in found) is (fires and exposure == "NRS_MSASPEC")


@pytest.mark.parametrize(("change", "severity"), [(-2, "error"), (-1, "warning"), (0, None), (1, "error")])
def test_extensions_are_counted_and_that_of_the_tree_need_not_be(change, severity):
    count = len(judge_file(GOOD, DARK.name).hdus) - 1 + change
    assert keys(with_keywords(GOOD, NEXTEND=count)) == ([("KEY033", severity, 0, "NEXTEND")] if severity else [])


@pytest.mark.parametrize(
    ("written", "wanted", "near"),
    [
        # Of 8 and 8 letters 13 must be shared, of 7 and 8 12.
        ("ABCDEFGH", "ABCDEFXH", True),
        ("ABCDEFGH", "ABCDEXYH", False),
        ("ABCD", "ABCDE", True),
        ("ABC", "ABCDE", False),
    ],
)
def test_a_keyword_is_misspelt_from_four_fifths_of_its_letters_on(written, wanted, near):
    from jwstprod_check.fits.walk import read_fits

    header = read_fits(with_keywords(GOOD, **{written: 1})).hdus[0].header
    known = CATALOGUE.dictionary.names | {wanted}
    assert near_keyword(header, wanted, known) == (written if near else None)


@pytest.mark.parametrize(("name", "near"), [("AB", None), ("ABC", "ABC")])
def test_keywords_of_two_letters_are_nobodys_misspelling(name, near):
    from jwstprod_check.fits.walk import read_fits

    header = read_fits(with_keywords(GOOD, **{name: 1})).hdus[0].header
    assert near_keyword(header, "ABD" if near else "AC", CATALOGUE.dictionary.names) is None
    assert near_keyword(header, "ABCD" if near else "ABC", CATALOGUE.dictionary.names) == near


@pytest.mark.parametrize(("value", "near"), [("RAXYZ", None), ("RAPXY", None), ("RAPYD", "'RAPID'")])
def test_the_nearest_value_shares_three_quarters_of_its_letters(value, near):
    (found,) = [f for f in judge_file(with_keywords(GOOD, READPATT=value), DARK.name).findings if f.code == "KEY011"]
    assert found.hint == (f"the most similar known value is {near}" if near else None)


@pytest.mark.parametrize(
    ("text", "value", "same"),
    [
        ("001", "1", True),
        ("001", "2", False),
        ("001", 1, True),
        ("nrca1", "NRCA1", True),
        ("nrca1", "NRCA2", False),
        ("1", f"{'0' * 18}1", True),
        ("1", f"{'0' * 19}1", False),
        ("1a", "1A", True),
        ("1", "\u0661", False),
    ],
)
def test_fields_of_a_name_are_compared_as_numbers_or_as_words(text, value, same):
    assert _same(text, value) is same


def names(**said):
    parts = {"exp_type": "", "detector": "", "instrume": "", "module": "", "channel": "", "apername": "", **said}
    return Names(**parts)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"detector": "NRCA1", "module": "A", "channel": "SHORT"}, []),
        ({"detector": "NRCALONG", "module": "A", "channel": "LONG"}, []),
        ({"detector": "NRCB4", "module": "A", "channel": "LONG"}, ["MODULE", "CHANNEL"]),
        ({"detector": "NRCBLONG", "module": "B", "channel": "SHORT"}, ["CHANNEL"]),
        ({"detector": "NRCA1", "module": "B"}, ["MODULE"]),
        ({"detector": "NRCA1", "module": "MULTIPLE", "channel": "MULTIPLE"}, []),
        ({"detector": "NRCC1", "module": "A", "channel": "LONG"}, []),
        ({"detector": "NRS1", "module": "A", "channel": "LONG"}, []),
        ({"detector": "NRC", "module": "A", "channel": "LONG"}, []),
    ],
)
def test_module_and_channel_are_those_of_the_detector(said, wrong):
    assert names(**said).wrong_channel() == wrong


@pytest.mark.parametrize(
    ("said", "strange"),
    [
        ({"detector": "NRCA1", "apername": "NRCA1_FULL"}, False),
        ({"detector": "NRCA1", "apername": "NRCA2_FULL"}, True),
        ({"detector": "NRCALONG", "apername": "NRCA5_FULL"}, False),
        ({"detector": "NRCALONG", "apername": "NRCA4_FULL"}, True),
        ({"detector": "NRCA1", "apername": "NRCAS_FULL"}, False),
        ({"detector": "GUIDER1", "apername": "FGS1_FULL"}, False),
        ({"detector": "GUIDER1", "apername": "FGS2_FULL"}, True),
        ({"detector": "NRS1", "apername": "NRS2_FULL"}, False),
        ({"detector": "NRCA1", "apername": "MIRIM_FULL"}, True),
        ({"instrume": "NIRCAM", "apername": "MIRIM_FULL"}, True),
        ({"instrume": "NIRCAM", "apername": "NRCA2_FULL"}, False),
        ({"apername": "MIRIM_FULL"}, False),
        ({"detector": "NRCA1", "apername": "GUIDER1"}, False),
        ({"detector": "NRCA1", "apername": "UNKNOWN"}, False),
    ],
)
def test_an_aperture_is_one_of_the_detector(said, strange):
    stated = names(**said)
    assert stated.strange_aperture(stated.instruments()) is strange


SEGMENT = make("dark", CATALOGUE, keywords={"INTSTART": 3, "INTEND": 4, "NINTS": 8})
WHOLE = make("dark", CATALOGUE, keywords={"INTSTART": 1, "INTEND": 2, "NINTS": 2})
DARK_NAME = file_name(CATALOGUE.spec("dark"))


@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ({"NINTS": 4}, []),
        ({"NINTS": 3}, [("KEY004", "error", 0, "NINTS")]),
        ({"INTSTART": 4}, [("KEY005", "error", 0, "INTEND")]),
        ({"INTSTART": 5}, [("KEY004", "error", 0, "INTEND")]),
        ({"INTEND": 8}, [("KEY005", "error", 0, "INTEND")]),
        ({"INTEND": 9}, [("KEY004", "error", 0, "INTEND")]),
    ],
)
def test_a_range_lies_within_the_exposure(keywords, found):
    assert keys(with_keywords(SEGMENT, **keywords), DARK_NAME) == found


@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ({"NINTS": 3}, [("KEY004", "error", 0, "NINTS")]),
        ({"NINTS": 3, "EXSEGTOT": 1}, [("KEY004", "error", 0, "NINTS")]),
        ({"NINTS": 3, "EXSEGNUM": 1, "EXSEGTOT": 1}, [("KEY004", "error", 0, "NINTS")]),
        ({"NINTS": 3, "EXSEGTOT": 2}, [("KEY063", "warning", 0, "EXSEGTOT")]),
        ({"NINTS": 3, "EXSEGNUM": 1}, []),
    ],
)
def test_more_integrations_than_the_file_has_are_those_of_a_segment(keywords, found):
    assert keys(with_keywords(WHOLE, **keywords), DARK_NAME) == found


@pytest.mark.parametrize("keyword", ["NGROUPS", "NINTS", "SUBSIZE1", "SUBSIZE2"])
@pytest.mark.parametrize(("value", "code"), [(1, "KEY005"), (0, "KEY003"), (-1, "KEY003")])
def test_counts_begin_at_one(keyword, value, code):
    raw = make("dark", CATALOGUE)
    assert [c for c, *_ in keys(with_keywords(raw, **{keyword: value}), DARK_NAME)] == [code]


@pytest.mark.parametrize(
    ("unit", "done", "fires"),
    [
        ("DN/s", "COMPLETE", True),
        ("MJy/sr", "COMPLETE", False),
        ("MJy", "COMPLETE", False),
        ("MJy/sr", "SKIPPED", False),
        ("DN/s", "SKIPPED", False),
        ("DN", "SKIPPED", True),
        ("DN", "COMPLETE", True),
    ],
)
def test_units_of_a_calibrated_product(unit, done, fires):
    name = RATE.replace("_rate", "_cal")
    raw = with_keywords(RATE_RAW, FILENAME=name, S_PHOTOM=done)
    raw = edited(raw, "SCI", lambda p: p.with_card("BUNIT", unit))
    assert ("KEY030" in [code for code, *_ in keys(raw, name)]) is fires


def test_a_keyword_of_the_second_card_is_not_looked_at():
    raw = edited(GOOD, "primary", lambda p: p.after_card("TELESCOP", card("TELESCOP", "HST")))
    assert keys(raw) == []


@pytest.mark.parametrize(
    ("keywords", "by", "severity"),
    [
        ({"APERNAME": "MIRIM_FULL"}, "DETECTOR = 'NRCA1'", "warning"),
        ({"APERNAME": "MIRIM_FULL", "DETECTOR": None}, "INSTRUME = 'NIRCAM'", "warning"),
        ({"APERNAME": "NRCB1_FULL"}, "DETECTOR = 'NRCA1'", "info"),
    ],
)
def test_an_aperture_is_compared_with_the_detector_or_else_with_the_instrument(keywords, by, severity):
    findings = judge_file(with_keywords(GOOD, **keywords), DARK.name).findings
    (found,) = [f for f in findings if f.code == "KEY024"]
    assert by in found.message
    assert found.severity == severity


@pytest.mark.parametrize("name", ["EXPTIME", "OBSERVAT", "OBSMODE", "OBSTYPE", "PROPOSID", "ROOTNAME"])
def test_keywords_of_other_archives_are_nobodys_misspelling(name):
    from jwstprod_check.fits.walk import read_fits

    header = read_fits(with_keywords(GOOD, **{name: 1})).hdus[0].header
    known = CATALOGUE.dictionary.names - {name}
    assert near_keyword(header, f"{name[:-1]}Q", known) is None
