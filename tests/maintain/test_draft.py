"""``jwstprod spec draft``: a first spec from a file, which that file keeps to."""

from pathlib import PurePath

import pytest
from builders import image, join, primary, table
from hypothesis import given
from hypothesis import strategies as st
from judging import CATALOGUE, DATA, errors, judge_file

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.maintain.draft import DraftError, draft
from jwstprod_check.maintain.lint import lint, packaged_folder
from jwstprod_check.maintain.yaml_text import flow
from jwstprod_check.spec.documents import Folder, Overlay, parse_yaml
from jwstprod_check.spec.loader import Catalogue

BASE = packaged_folder()  # reads each document once for all tests
REAL = sorted(p for p in DATA.rglob("*.fits*") if p.is_file())
NAME = "jw01234001001_02101_00001_nrca1_widget.fits"
EXPOSURE = {"TELESCOP": "JWST", "NGROUPS": 5, "NINTS": 2, "SUBSIZE1": 64, "SUBSIZE2": 32}
TIMES = [("NUMBER", "1J", 4), ("MJD", "2D", 16), ("WHO", "8A", 8)]


def drafted(*parts, name=NAME, product=None, **keywords):
    raw = join([primary(**{**EXPOSURE, **keywords}), *parts])
    return raw, draft(read_fits(raw, name), CATALOGUE, product)


def rows(made):
    return {r.extname: r for r in made.document.hdus}


def specs_of(folder, texts):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Catalogue(Overlay(Folder(folder), BASE))


def agrees(raw, made, folder, name=NAME):
    """The file conforms to its draft, printed in one piece and written into files."""
    for number, texts in enumerate((made.files(), {f"{made.document.product}.yaml": made.text()})):
        (folder / str(number)).mkdir()
        specs = specs_of(folder / str(number), texts)
        report = judge_file(raw, name, specs)
        assert report.product == made.document.product
        assert errors(report) == []
    return specs


@pytest.mark.parametrize("path", REAL, ids=[f"{p.parent.name}-{p.name}" for p in REAL])
def test_a_real_file_conforms_to_its_draft(path, tmp_path):
    made = draft(read_fits(str(path)), CATALOGUE)
    agrees(path.read_bytes(), made, tmp_path, PurePath(path).name)


def test_lengths_that_keywords_state_become_symbols(tmp_path):
    raw, made = drafted(
        image("SCI", (64, 32, 5, 2)),
        image("DQ", (64, 32), 32),
        image("ZEROFRAME", (64, 32, 2)),
        image("REFOUT", (16, 32, 5, 2)),
        image("OTHER", (5, 64, 7)),
        table("INT_TIMES", TIMES, rows=2),
        table("LONGER", TIMES, rows=9),
    )
    assert {name: row.dims for name, row in rows(made).items() if name} == {
        "SCI": "ncols x nrows x ngroups x nints",
        "DQ": "ncols x nrows",
        "ZEROFRAME": "ncols x nrows x nints",
        "REFOUT": "ncols/4 x nrows x ngroups x nints",
        "OTHER": "5 x 64 x 7",
        "INT_TIMES": "nints (rows) x 3 cols",
        "LONGER": "variable x 3 cols",
    }
    assert made.document.symbols == {}
    agrees(raw, made, tmp_path)


def test_a_size_that_the_keywords_contradict_is_a_symbol_without_keywords(tmp_path):
    raw, made = drafted(image("SCI", (128, 32)))
    assert set(made.document.symbols) == {"ncols"}
    agrees(raw, made, tmp_path)


def test_a_product_is_recognised_by_what_the_file_says():
    _, made = drafted(image("SCI", (64, 32)), DATAMODL="WidgetModel", EXP_TYPE="NRC_IMAGE")
    recognise = made.document.recognise
    assert (made.document.product, recognise.suffixes) == ("widget", ["widget"])
    assert (recognise.models, recognise.exp_types) == (["WidgetModel"], ["NRC_IMAGE"])


def test_rows_stand_in_the_order_of_the_file():
    _, made = drafted(image("B", (64, 32)), table("A", TIMES), image("C", (64, 32), 16))
    assert [(r.hdu, r.extname, r.type, r.dtype) for r in made.document.hdus] == [
        (0, None, "primary", None),
        (1, "B", "IMAGE", "float32"),
        (2, "A", "BINTABLE", None),
        (3, "C", "IMAGE", "int16"),
    ]


def test_a_new_column_table_stands_below_in_comments_and_in_a_file(tmp_path):
    raw, made = drafted(image("SCI", (64, 32)), table("TIMES OF ALL", TIMES))
    text = made.text()
    assert "# columns/widget_times_of_all.yaml, for the row of 'TIMES OF ALL' (columns: widget_times_of_all):" in text
    assert '#     - {name: MJD, dtype: "float64[2]"}' in text
    assert "columns" not in parse_yaml(text.encode(), "x")["hdus"][2]
    assert set(made.files()) == {"widget.yaml", "columns/widget_times_of_all.yaml"}
    agrees(raw, made, tmp_path)


def test_a_column_table_that_exists_is_named():
    _, made = drafted(image("SCI", (64, 32)), table("ASDF", [("ASDF_METADATA", "9B", 9)]))
    assert (rows(made)["ASDF"].columns, made.tables) == ("asdf", {})


def test_a_table_whose_columns_cannot_be_listed_is_remarked(tmp_path):
    _, made = drafted(image("SCI", (64, 32)), table("BITS", [("A", "8X", 1)]), table("TWICE", [*TIMES, *TIMES]))
    assert made.remarks == ("'BITS': its columns cannot be listed.", "'TWICE': its columns cannot be listed.")
    assert rows(made)["BITS"].dims == "variable x 1 col"
    assert "# 'BITS': its columns cannot be listed." in made.text()
    specs_of(tmp_path, made.files()).spec("widget")


def test_hdus_that_repeat_come_in_sets_of_their_own_size(tmp_path):
    raw, made = drafted(
        *(image("SCI", (60 + n, 10 + n), extver=n) for n in (1, 2)),
        *(image("DQ", (60 + n, 10 + n), 32, extver=n) for n in (1, 2)),
        image("EXTRA", (61, 11)),
        *(table("TIMES", TIMES, extver=n) for n in (1, 2)),
    )
    assert made.document.sets.rows == ["SCI", "DQ", "TIMES"]
    assert made.document.sets.symbols == ["ncols", "nrows"]
    assert all(row.hdu is None for row in made.document.hdus[1:])
    agrees(raw, made, tmp_path)


def test_an_image_that_not_every_set_has_is_optional(tmp_path):
    parts = [image("SCI", (64, 32), extver=n) for n in (1, 2, 3)] + [image("AREA", (64, 32), extver=n) for n in (1, 2)]
    raw, made = drafted(*parts)
    assert [rows(made)[n].optional for n in ("SCI", "AREA")] == [False, True]
    agrees(raw, made, tmp_path)


def test_what_no_row_can_stand_for_is_remarked(tmp_path):
    nameless = image("", (64, 32)).without_card("EXTNAME")
    raw, made = drafted(image("SCI", (64, 32)), nameless, image("EMPTY", (), 8))
    assert made.remarks == ("HDU 2 without EXTNAME ('IMAGE'): no row can describe it.",)
    assert rows(made)["EMPTY"].dims == "N/A"
    agrees(raw, made, tmp_path)


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("x_widget.fits", "widget"),
        ("x_WIDGET.FITS.GZ", "widget"),
        ("some-file_sky-map.fits", "sky-map"),
        ("nothing.fits", "nothing"),
        ("jw01234001001_gs-acq1_2022111122300_uncal.fits", "gs-acq1-uncal"),
        ("x_symbols.fits", None),
    ],
)
def test_the_product_is_what_the_name_says(name, product):
    raw = join([primary(**EXPOSURE), image("SCI", (64, 32))])
    if product is None:
        with pytest.raises(DraftError, match="is not a valid name for a product"):
            draft(read_fits(raw, name), CATALOGUE)
    else:
        assert draft(read_fits(raw, name), CATALOGUE).document.product == product


def test_the_user_may_name_the_product():
    _, made = drafted(image("SCI", (64, 32)), product="gadget")
    assert (made.document.product, made.document.recognise.suffixes) == ("gadget", ["widget"])
    with pytest.raises(DraftError, match=r"is not a valid name for a product"):
        drafted(image("SCI", (64, 32)), product="../x")


def test_nothing_is_drafted_from_what_is_not_fits():
    with pytest.raises(DraftError, match="no HDU can be read"):
        draft(read_fits(b"<html>", NAME), CATALOGUE)


def test_a_draft_has_no_defect(tmp_path):
    _, made = drafted(image("SCI", (64, 32, 5, 2)), table("TIMES", TIMES))
    specs = specs_of(tmp_path, made.files())
    assert lint(specs, Folder(tmp_path)) == []


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", 'a"b\\c', "a: b", "# x", "{x}", "yes", "1e3", "x\x7f\x85", "a\nb", "-"]
)
def test_hostile_names_are_quoted(text, tmp_path):
    raw, made = drafted(image(text, (64, 32)), table("T", [(text, "1J", 4)]), DATAMODL=text)
    assert all(line.isprintable() and line.isascii() for line in made.text().splitlines())
    specs = specs_of(tmp_path, made.files())
    assert specs.spec("widget").rows[1].extname == read_fits(raw, NAME).hdus[1].extname


VALUES = st.recursive(
    st.text() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1).filter(lambda key: key != "<<"), inner),
)


@given(VALUES)
def test_every_value_survives_its_way_through_yaml(value):
    assert parse_yaml(flow({"value": value}).encode(), "x") == {"value": value}
