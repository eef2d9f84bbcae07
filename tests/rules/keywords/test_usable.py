"""KEY075, KEY078 to KEY080, KEY082 and KEY083: values that no reader can use."""

import pytest
from builders import edited, join, split, table, with_keywords, with_rows
from judging import CATALOGUE, judge_file, placed
from made_files import make

from jwstprod_check.make import file_name

NIRCAM = {"INSTRUME": "NIRCAM", "DETECTOR": "NRCA1"}


def keys(product, code, at="primary", made=None, **keywords):
    raw = with_keywords(make(product, CATALOGUE, keywords=made), at, **keywords)
    return placed(raw, file_name(CATALOGUE.spec(product), made), code)


def moving(said, rows, product="uncal"):
    """A file with a table of positions of some rows, None for no table."""
    if rows is None:
        return keys(product, "KEY075", TARGTYPE=said)
    raw = make(product, CATALOGUE, optional=["MOVING_TARGET_POSITION"])
    raw = edited(with_keywords(raw, TARGTYPE=said), "MOVING_TARGET_POSITION", lambda p: with_rows(p, rows))
    return placed(raw, file_name(CATALOGUE.spec(product)), "KEY075")


FOUND = [("KEY075", "warning", 0, "TARGTYPE")]


@pytest.mark.parametrize(
    ("said", "rows", "expected"),
    [
        ("MOVING", None, FOUND),
        ("MOVING", 0, FOUND),
        ("MOVING", 1, []),
        ("FIXED", 1, FOUND),
        ("GENERIC", 1, FOUND),
        ("FIXED", 0, []),
        ("FIXED", None, []),
        (None, 1, []),
    ],
)
def test_positions_are_those_of_a_moving_target(said, rows, expected):
    assert moving(said, rows) == expected


def test_a_later_product_that_has_the_table_needs_rows_in_it():
    raw = with_keywords(make("cal", CATALOGUE), TARGTYPE="MOVING")
    raw = join([*split(raw), table("MOVING_TARGET_POSITION", [("time", "1D", 8)], rows=0)])
    assert placed(raw, file_name(CATALOGUE.spec("cal")), "KEY075") == FOUND


@pytest.mark.parametrize("product", ["cal", "x1d", "gs-fg-uncal"])
def test_later_products_and_guide_stars_need_no_positions(product):
    assert keys(product, "KEY075", TARGTYPE="MOVING") == []


@pytest.mark.parametrize(("said", "fires"), [("UNKNOWN", True), ("POINT", False), ("EXTENDED", False), (None, False)])
@pytest.mark.parametrize("product", ["x1d", "x1dints"])
def test_a_spectrum_has_a_source_type_that_can_be_used(product, said, fires):
    found = keys(product, "KEY078", "EXTRACT1D", SRCTYPE=said)
    assert [(c, s, k) for c, s, _, k in found] == ([("KEY078", "warning", "SRCTYPE")] if fires else [])


def test_before_extraction_the_source_type_may_be_unknown():
    assert keys("cal", "KEY078", "SCI", SRCTYPE="UNKNOWN") == []


@pytest.mark.parametrize(
    ("exposure", "said", "fires"),
    [
        ("NRC_CORON", "NONE", True),
        ("MIR_LYOT", "NONE", True),
        ("MIR_4QPM", "NONE", True),
        ("NRC_CORON", "MASKA335R", False),
        ("NRC_CORON", None, False),
        ("NRC_IMAGE", "NONE", False),
    ],
)
def test_a_coronagraphic_exposure_has_a_mask(exposure, said, fires):
    made = NIRCAM if exposure[:3] == "NRC" else {"INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE"}
    found = keys("cal", "KEY079", made={**made, "EXP_TYPE": exposure}, CORONMSK=said)
    assert found == ([("KEY079", "warning", 0, "CORONMSK")] if fires else [])


@pytest.mark.parametrize(
    ("keyword", "value", "fires"),
    [
        ("SRCXPOS", -1.0, False),
        ("SRCXPOS", -1.01, True),
        ("SRCXPOS", 16.0, False),
        ("SRCXPOS", 16.01, True),
        ("SRCYPOS", 12.0, False),
        ("SRCYPOS", 12.01, True),
        ("SRCYPOS", -2, True),
    ],
)
def test_a_source_is_within_its_cutout(keyword, value, fires):
    raw = make("cal", CATALOGUE)
    assert next(p for p in split(raw) if p.name == "SCI").axes == (16, 12)
    found = keys("cal", "KEY080", "SCI", **{keyword: value})
    assert found == ([("KEY080", "warning", 1, keyword)] if fires else [])


def sized(name, wide, high, instrument="NIRCAM"):
    detector = {"NIRCAM": "NRCA1", "MIRI": "MIRIMAGE", "NIRSPEC": "NRS1", "NIRISS": "NIS"}[instrument]
    who = {"INSTRUME": instrument, "DETECTOR": detector, "SUBARRAY": name}
    raw = make("rate", CATALOGUE, keywords=who, symbols={"ncols": wide, "nrows": high})
    found = judge_file(raw, file_name(CATALOGUE.spec("rate"), who)).findings
    return [(str(f.severity), f.keyword) for f in found if f.code == "KEY082"]


@pytest.mark.parametrize(
    ("instrument", "name", "wide", "high", "expected"),
    [
        ("NIRCAM", "SUB64P", 64, 64, []),
        ("NIRCAM", "SUB64P", 64, 65, [("warning", "SUBARRAY")]),
        ("NIRCAM", "SUB64P", 64, 63, [("warning", "SUBARRAY")]),
        ("NIRCAM", "FULL", 64, 64, []),
        ("NIRCAM", "SUBNEW", 64, 64, []),
        ("MIRI", "SUB64", 72, 64, []),
        ("MIRI", "SUB64", 64, 72, [("warning", "SUBARRAY")]),
        ("MIRI", "SUB64", 64, 64, [("warning", "SUBARRAY")]),
        ("NIRISS", "SUB64", 64, 64, []),
        ("NIRISS", "WFSS64R", 64, 2048, []),
        ("NIRISS", "WFSS64R", 2048, 64, [("warning", "SUBARRAY")]),
        ("NIRISS", "WFSS128C", 2048, 128, []),
        ("NIRISS", "WFSS128C", 128, 2048, [("warning", "SUBARRAY")]),
        ("NIRSPEC", "SUB512S", 512, 16, []),
        ("NIRSPEC", "SUB512S", 16, 512, [("warning", "SUBARRAY")]),
    ],
)
def test_a_subarray_has_its_size(instrument, name, wide, high, expected):
    assert sized(name, wide, high, instrument) == expected


def test_every_listed_subarray_is_a_known_value():
    known = CATALOGUE.dictionary.homes["PRIMARY"]["SUBARRAY"].values
    assert {name for sizes in CATALOGUE.subarrays.values() for name in sizes} <= set(known)


@pytest.mark.parametrize(
    ("keyword", "value", "fires"),
    [
        ("CAL_VER", "latest", True),
        ("CAL_VER", "1.20.2", False),
        ("CAL_VER", "v2.0", False),
        ("CAL_VER", "2", True),
        ("APERNAME", "NRCA1_SUB64P", False),
        ("APERNAME", "FULL", True),
        ("APERNAME", "N/A", False),
        ("APERNAME", "UNKNOWN", False),
        ("MSAMETFL", "jw01234001001_01_msa.fits", False),
        ("MSAMETFL", "msa.fits", True),
        ("MSAMETFL", "N/A", False),
        ("MSAMETFL", "", False),
    ],
)
def test_a_value_that_cannot_be_read_is_a_warning(keyword, value, fires):
    found = keys("rate", "KEY083", **{keyword: value})
    assert found == ([("KEY083", "warning", 0, keyword)] if fires else [])
