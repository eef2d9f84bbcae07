"""What specs of other teams say: data in the primary HDU, axes of any length, names by pattern, keywords of an HDU."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from builders import image, join, primary, split, table, with_keywords
from judging import CATALOGUE, judge_file, loud
from made_files import make

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.product import identify
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.dims import fits_factor, parse_dims, parse_factor
from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.patterns import example, is_pattern, matches

HEAD = "product: lab-sci\ntitle: Laboratory image\ndocumentation: none\n"
NAMED = "recognise: {names: ['lab_*.fits']}\n"
NAME = "lab_one.fits"
CODES = ("HDU", "ARR", "TAB", "KEY091", "PROD")


def own(folder, text, columns=None):
    """A catalogue with a spec of one's own."""
    (Path(folder) / "lab-sci.yaml").write_text(HEAD + text)
    if columns is not None:
        (Path(folder) / "columns").mkdir(exist_ok=True)
        (Path(folder) / "columns" / "lab.yaml").write_text(f"source: the laboratory\ncolumns: {columns}\n")
    return Catalogue(Overlay(Folder(folder), CATALOGUE.documents))


def found(raw, specs, name=NAME):
    report = judge_file(raw, name, specs)
    return [(f.code, f.hdu, f.keyword or f.column) for f in loud(report) if f.code.startswith(CODES)]


def with_data(dtype=">f4", axes=(4, 3), **keywords):
    """A file with data in its primary HDU."""
    data = np.ones(axes[::-1], dtype)
    head = primary(**keywords)
    bitpix = {">f4": -32, ">i2": 16}[dtype]
    part = head.with_card("BITPIX", bitpix).with_axes(*axes)
    return join([part.__class__(part.cards, data.tobytes())])


PRIMARY = NAMED + "hdus: [{hdu: 0, type: primary, dtype: float32, dims: any x any}]\n"


def test_data_in_the_primary_are_held_against_their_row(tmp_path):
    specs = own(tmp_path, PRIMARY)
    assert found(with_data(), specs) == []
    assert found(with_data(axes=(7, 9)), specs) == []
    assert found(with_data(">i2"), specs) == [("ARR001", 0, "BITPIX")]
    assert found(with_data(axes=(4, 3, 2)), specs) == [("ARR002", 0, "NAXIS")]
    assert found(join([primary()]), specs) == [("ARR002", 0, "NAXIS")]


def test_data_in_the_primary_are_solved_with_the_extensions(tmp_path):
    specs = own(
        tmp_path,
        NAMED
        + "symbols: {ncols: {meaning: c}, nrows: {meaning: r}}\n"
        + "hdus: [{hdu: 0, type: primary, dims: ncols x nrows}, {extname: ERR, type: IMAGE, dims: ncols x nrows}, "
        + "{extname: DQ, type: IMAGE, dims: ncols x nrows}]\n",
    )
    (head,) = split(with_data())
    assert found(join([head, image("ERR", (4, 3)), image("DQ", (4, 3))]), specs) == []
    assert found(join([head, image("ERR", (4, 5)), image("DQ", (4, 3))]), specs) == [("ARR003", 1, "NAXIS2")]


def test_without_such_a_row_data_in_the_primary_are_reported(tmp_path):
    specs = own(tmp_path, NAMED + "hdus: [{hdu: 0, type: primary}, {extname: SCI, type: IMAGE, dims: any x any}]\n")
    (head,) = split(with_data())
    assert found(join([head, image("SCI", (4, 3))]), specs) == [("HDU008", 0, "NAXIS")]


@pytest.mark.parametrize(
    "text", [PRIMARY, NAMED + "hdus: [{type: primary}, {extname: 'S*', type: IMAGE, dims: any}]\n"]
)
def test_a_made_file_conforms_to_a_spec_of_this_kind(text, tmp_path):
    specs = own(tmp_path, text)
    assert found(make("lab-sci", specs), specs) == []


def test_any_is_an_axis_of_any_length():
    factor = parse_factor("any")
    assert str(parse_dims("any x any", "IMAGE")) == "any x any"
    assert factor.symbols == frozenset()
    assert all(fits_factor(factor, n, {}) for n in (0, 1, 10**9))
    assert str(parse_dims("any x 3 cols", "BINTABLE")) == "3 cols x any rows"


REPEATED = """hdus:
  - {hdu: 0, type: primary}
  - {extname: 'SPEC_*', type: IMAGE, dtype: float32, dims: any}
  - {extname: 'MAP?', type: IMAGE, dims: any x any, optional: true}
"""


def test_row_of_several_names_stands_for_all_hdus_of_such_a_name(tmp_path):
    specs = own(tmp_path, NAMED + REPEATED)
    good = [primary(), image("SPEC_A", (4,)), image("SPEC_B", (9,)), image("MAP1", (2, 2))]
    assert found(join(good), specs) == []
    assert found(join([primary(), image("MAP1", (2, 2))]), specs)[0][0] == "HDU001"
    assert found(join([*good, image("MAP12", (2, 2))]), specs) == [("HDU002", 4, None)]
    assert found(join([*good, image("SPEC_C", (4, 4))]), specs) == [("ARR002", 4, "NAXIS")]
    assert found(join([*good, image("SPEC_A", (4,))]), specs) == [("HDU003", 4, None)]
    assert found(join([*good, image("SPEC_A", (4,), extver=2)]), specs) == []
    assert found(join([*good, table("SPEC_T", [("a", "1J", 4)])]), specs) == [("HDU004", 4, "XTENSION")]
    assert found(join([*good, image("spec_c", (4,))]), specs) == [("HDU006", 4, "EXTNAME")]


def test_an_exact_name_is_of_its_own_row(tmp_path):
    specs = own(tmp_path, NAMED + REPEATED + "  - {extname: SPEC_X, type: IMAGE, dims: any x any}\n")
    assert found(join([primary(), image("SPEC_A", (4,)), image("SPEC_X", (3, 3))]), specs) == []


def test_columns_by_pattern(tmp_path):
    columns = (
        "[{name: WAVE, dtype: float64}, {name: 'FLUX_*', dtype: float32}, {name: 'Q?', dtype: int16, optional: true}]"
    )
    specs = own(tmp_path, NAMED + "hdus: [{type: primary}, {extname: T, type: BINTABLE, columns: lab}]\n", columns)

    def file(*names):
        forms = {"W": ("1D", 8), "F": ("1E", 4), "Q": ("1I", 2), "X": ("1J", 4)}
        return join([primary(), table("T", [(n, *forms[n[0]]) for n in names], 2)])

    assert found(file("WAVE", "FLUX_R", "FLUX_G", "Q1"), specs) == []
    assert found(file("WAVE"), specs) == [("TAB002", 1, "FLUX_*")]
    assert found(file("WAVE", "FLUX_R", "XTRA"), specs) == [("TAB003", 1, "TTYPE3")]
    wrong = join([primary(), table("T", [("WAVE", "1D", 8), ("FLUX_R", "1D", 8)], 2)])
    assert [f[:2] for f in found(wrong, specs)] == [("TAB004", 1)]


KEYWORDS = """hdus:
  - {type: primary, keywords: {SURVEY: DEEP, VERSION: [1, 2], DEPTH: {least: 20, most: 30}, SIMULATD: false}}
  - {extname: SCI, type: IMAGE, dims: any x any, keywords: {BUNIT: Jy}}
"""
STATED = {"SURVEY": "DEEP", "VERSION": 1, "DEPTH": 25.5, "SIMULATD": False}


def judged_against_keywords(unit="Jy", **keywords):
    with tempfile.TemporaryDirectory() as folder:
        specs = own(folder, NAMED + KEYWORDS)
        said = {k: v for k, v in {**STATED, **keywords}.items() if v is not None}
        return judge_file(join([primary(**said), image("SCI", (2, 2)).with_card("BUNIT", unit)]), NAME, specs)


@pytest.mark.parametrize(
    ("keywords", "keyword", "said"),
    [
        ({}, None, None),
        ({"SURVEY": "WIDE"}, "SURVEY", "SURVEY is 'WIDE' in primary, expected 'DEEP'"),
        ({"SURVEY": None}, "SURVEY", "SURVEY is missing in primary, expected 'DEEP'"),
        ({"SURVEY": "DEEP  "}, None, None),
        ({"VERSION": 2}, None, None),
        ({"VERSION": 2.0}, None, None),
        ({"VERSION": 3}, "VERSION", "VERSION is 3 in primary, expected 1 or 2"),
        ({"VERSION": True}, "VERSION", "VERSION is T in primary, expected 1 or 2"),
        ({"VERSION": "1"}, "VERSION", "VERSION is '1' in primary, expected 1 or 2"),
        ({"DEPTH": 20}, None, None),
        ({"DEPTH": 30.0}, None, None),
        ({"DEPTH": 19.9}, "DEPTH", "DEPTH is 19.9 in primary, expected 20 to 30"),
        ({"DEPTH": 30.1}, "DEPTH", "DEPTH is 30.1 in primary, expected 20 to 30"),
        ({"DEPTH": "25"}, "DEPTH", "DEPTH is '25' in primary, expected 20 to 30"),
        ({"SIMULATD": True}, "SIMULATD", "SIMULATD is T in primary, expected F"),
        ({"SIMULATD": 0}, "SIMULATD", "SIMULATD is 0 in primary, expected F"),
        ({"unit": "mJy"}, "BUNIT", "BUNIT is 'mJy' in SCI, expected 'Jy'"),
    ],
)
def test_keywords_of_an_hdu_have_the_values_of_the_spec(keywords, keyword, said):
    report = judged_against_keywords(**keywords)
    problems = [(f.keyword, f.message) for f in report.findings if f.code == "KEY091"]
    assert problems == ([(keyword, said)] if said else [])


def test_made_file_has_the_keywords(tmp_path):
    specs = own(tmp_path, NAMED + KEYWORDS)
    assert found(make("lab-sci", specs), specs) == []


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("lab_one.fits", "lab-sci"),
        ("LAB_ONE.fits", "lab-sci"),
        ("lab_jw01234001001_02101_00001_nrca1_dark.fits", "lab-sci"),
        ("xlab_one.fits", None),
        ("lab_one.fits.gz", None),
    ],
)
def test_a_pattern_of_names_identifies_the_product_of_any_observatory(name, product, tmp_path):
    specs = own(tmp_path, PRIMARY)
    for keywords in ({}, {"TELESCOP": "HST", "INSTRUME": "WFC3"}, {"TELESCOP": "JWST", "DATAMODL": "ImageModel"}):
        raw = with_data(**keywords)
        told = identify(read_fits(raw, name), specs, base=name)
        assert told.name == product or product is None
        if product:
            assert [f for f in found(raw, specs, name) if f[0].startswith("PROD")] == []


BROKEN = [
    (PRIMARY.replace(", dims: any x any", ""), "a dtype without dims", "$.hdus[0].dtype"),
    (PRIMARY.replace("dims: any x any", "dims: N/A"), "a dtype without dims", "$.hdus[0].dtype"),
    (NAMED + "hdus: [{type: primary, columns: lab}]\n", "a primary HDU has no columns", "$.hdus[0].columns"),
    (
        NAMED + "hdus: [{type: primary}, {extname: A, type: IMAGE, columns: asdf}]\n",
        "an image has no columns",
        "$.hdus[1]",
    ),
    (
        NAMED + "hdus: [{type: primary}, {extname: A, type: IMAGE, min_rows: 2}]\n",
        "an image has no min_rows",
        "$.hdus[1]",
    ),
    (NAMED + "hdus: [{type: primary, keywords: {lower: 1}}]\n", "'lower' is not a keyword", "$.hdus[0].keywords"),
    (NAMED + "hdus: [{type: primary, keywords: {A: []}}]\n", "no value is allowed", "$.hdus[0].keywords.A"),
    (NAMED + "hdus: [{type: primary, keywords: {A: {}}}]\n", "a range without an end", "$.hdus[0].keywords.A"),
    ("recognise: {}\nhdus: [{type: primary}]\n", "nothing identifies the product", "$.recognise"),
    (NAMED + "hdus: [{type: primary, dim: any}]\n", "unknown field `dim`", "$.hdus[0]"),
]


@pytest.mark.parametrize(("text", "reason", "where"), BROKEN)
def test_a_spec_that_means_nothing_is_an_error_with_its_place(text, reason, where, tmp_path, jwstprod):
    (tmp_path / "lab-sci.yaml").write_text(HEAD + text)
    with pytest.raises(SpecError) as error:
        catalogue(str(tmp_path))
    assert reason in str(error.value)
    assert where in str(error.value)
    (tmp_path / "x.fits").write_bytes(with_data())
    for options in ((), ("--product", "lab-sci"), ("--product", "dark")):
        done = jwstprod("check", tmp_path / "x.fits", "--specs", tmp_path, *options)
        assert done.status == 2
        assert reason in done.err


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "no specs (NAME.yaml) in this folder"),
        ({"lab.yml": HEAD}, "a spec is named NAME.yaml"),
        ({"lab-sci.yaml": HEAD + PRIMARY, "more.yml": HEAD}, "a spec is named NAME.yaml"),
        ({"lab.yaml": HEAD + PRIMARY}, "'lab-sci'"),
        ({"lab.yaml": ""}, "empty"),
        ({"lab.yaml": "- a list\n"}, "Expected `object`"),
        ({"lab.yaml": "product: lab\n"}, "missing required field `title`"),
        ({"lab.yaml": "product: [lab"}, "not YAML"),
    ],
)
def test_a_folder_of_specs_that_cannot_be_used_says_what_is_broken(files, reason, tmp_path, jwstprod):
    folder = tmp_path / "specs"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    (tmp_path / "x.fits").write_bytes(with_data())
    for options in ((), ("--product", "lab-sci")):
        done = jwstprod("check", tmp_path / "x.fits", "--specs", folder, *options)
        assert (done.status, reason in done.err) == (2, True), done.err


def test_patterns():
    assert is_pattern("A*")
    assert is_pattern("A?")
    assert not is_pattern("A[1]")
    assert matches("A[1]", "A[1]")
    assert matches("AB", "A?")
    assert not matches("A", "A?")
    assert matches("A", "A*")
    assert not matches("a" * 5000, "*a" * 20 + "b")
    assert example("lab_*_v?.fits") == "lab_1_v1.fits"


def draft_text(jwstprod, *args):
    done = jwstprod("spec", "draft", *args)
    assert done.status == 0, done.err
    return done.out


def test_a_draft_of_a_file_with_data_in_its_primary_fits_the_file(tmp_path, jwstprod):
    path = tmp_path / "x_lab.fits"
    path.write_bytes(with_data())
    text = draft_text(jwstprod, path, "--product", "lab")
    assert "dtype: float32, dims: ncols x nrows" in text
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "lab.yaml").write_text(text)
    done = jwstprod("check", path, "--specs", tmp_path / "specs", "--product", "lab", "--select", "HDU,ARR,TAB")
    assert done.status == 0, done.out


def test_a_draft_of_several_files_says_what_varies_and_fits_all(tmp_path, jwstprod):
    columns = {"a": [("a", "1J", 4), ("b", "1E", 4)], "b": [("a", "1K", 8), ("c", "1E", 4)]}
    parts = {
        "a": [image("SCI", (4, 5)), image("MAP", (3, 7, 2)), table("T", columns["a"], 2)],
        "b": [image("SCI", (6, 5)), image("MAP", (3, 9, 2)), table("T", columns["b"], 3), image("MORE", (2,))],
        "c": [image("SCI", (4, 5), bitpix=16), image("MAP", (3, 7, 2)), table("T", columns["a"], 2)],
    }
    paths = []
    for name, hdus in parts.items():
        paths.append(tmp_path / f"{name}_lab.fits")
        paths[-1].write_bytes(join([primary(), *hdus]))
    text = draft_text(jwstprod, *paths, "--product", "lab")
    for line in (
        "A first draft, from 3 files.",
        "'MORE': in 1 of 3 files.",
        "'SCI': dtype varies: float32 and int16.",
        "'MAP': dims varies: 3 x 7 x 2 and 3 x 9 x 2.",
        "columns lab_t: the type of 'a' varies: int32 and int64.",
        "columns lab_t: 'b' is not in every file.",
        "columns lab_t: 'c' is not in every file.",
    ):
        assert line in text
    assert "extname: MAP" in text
    assert "3 x any x 2" in text
    done = jwstprod("spec", "draft", *paths, "--product", "lab", "--to", tmp_path / "specs")
    assert done.status == 0, done.err
    done = jwstprod(
        "check",
        *paths,
        "--specs",
        tmp_path / "specs",
        "--product",
        "lab",
        "--select",
        "HDU,ARR,TAB",
        "--fail-on",
        "warning",
    )
    assert done.status == 0, done.out


def test_files_of_several_products_need_a_name(tmp_path, jwstprod):
    for name in ("a_one.fits", "a_two.fits"):
        (tmp_path / name).write_bytes(join([primary(), image("SCI", (4, 5))]))
    done = jwstprod("spec", "draft", tmp_path / "a_one.fits", tmp_path / "a_two.fits")
    assert done.status != 0
    assert "several products (one and two)" in done.err


def test_keyword_that_is_there_twice_is_read_as_readers_do(tmp_path):
    specs = own(tmp_path, NAMED + KEYWORDS)
    raw = with_keywords(join([primary(**STATED), image("SCI", (2, 2)).with_card("BUNIT", "Jy")]), BUNIT="x")
    assert [f for f in found(raw, specs) if f[0] == "KEY091"] == []
