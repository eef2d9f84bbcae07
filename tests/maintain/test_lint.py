"""``jwstprod spec lint``: what loads and cannot be meant."""

from pathlib import Path

import pytest

from jwstprod_check.maintain.lint import lint, load_errors, packaged_folder
from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.loader import Catalogue

BASE = packaged_folder()  # reads each document once for all tests

HEAD = """
product: {name}
title: Test
documentation: none
recognise: {{suffixes: [{name}], models: [RampModel, CubeModel]}}
"""
ROWS = """
hdus:
  - {hdu: 0, type: primary}
  - {hdu: 1, extname: SCI, type: IMAGE, dtype: float32, dims: ncols x nrows}
  - {hdu: 2, extname: ERR, type: IMAGE, dtype: float32, dims: ncols x nrows}
  - {extname: MASK, optional: true, type: IMAGE, dtype: uint8, dims: ncols x nrows}
"""


@pytest.fixture
def defects(tmp_path):
    def run(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        folder = Folder(tmp_path)
        specs = Catalogue(Overlay(folder, BASE))
        assert load_errors(specs, folder) == []
        return [str(f).replace(f"{tmp_path}/", "") for f in lint(specs, folder)]

    return run


def amended(*amendments, name="widget", more=""):
    lines = [f"  - {a if a.startswith('{') else '{because: b, source: s, ' + a + '}'}\n" for a in amendments]
    return HEAD.format(name=name) + ROWS + more + ("amendments:\n" + "".join(lines) if lines else "")


def test_the_packaged_specs_have_no_defect():
    specs = Catalogue(BASE)
    assert load_errors(specs, BASE) == []
    assert [str(f) for f in lint(specs, BASE)] == []


def test_a_spec_without_defect(defects):
    text = amended(
        'id: a, when: CAL_VER >= "1.18", hdus: [{extname: ERR, optional: true}]',
        'id: b, when: DATAMODL == "CubeModel", hdus: [{extname: SCI, dims: ncols x nrows x nints}]',
        "id: c, hdus: [{extname: NEW, type: IMAGE, dtype: float32, dims: ncols x nrows}]",
        "id: d, order: free",
    )
    assert defects({"widget.yaml": text}) == []


@pytest.mark.parametrize(
    ("amendment", "reason", "where"),
    [
        (
            'id: a, when: CAL_VER >= "1.18" and CAL_VER < "1.17", hdus: [{extname: ERR, optional: true}]',
            """'CAL_VER >= "1.18" and CAL_VER < "1.17"' is true for no file""",
            ".when",
        ),
        (
            'id: a, when: DATAMODL == "SlitModel", hdus: [{extname: ERR, optional: true}]',
            """DATAMODL is never 'SlitModel' in 'DATAMODL == "SlitModel"'""",
            ".when",
        ),
        (
            'id: a, when: "INSTRUME in [\\"MIRI\\", \\"MIIRI\\"]", hdus: [{extname: ERR, optional: true}]',
            """INSTRUME is never 'MIIRI' in 'INSTRUME in ["MIRI", "MIIRI"]'""",
            ".when",
        ),
        (
            "id: a, when: NINTS > 1 or NINTS <= 1 or NINTS is missing, hdus: [{extname: ERR, optional: true}]",
            "'NINTS > 1 or NINTS <= 1 or NINTS is missing' is true for every file",
            ".when",
        ),
        (
            'id: a, when: CAL_VER < "2" and (NINTS > 1 or NINTS <= 1 or NINTS is missing), hdus: [{extname: ERR, optional: true}]',
            """NINTS makes no difference in 'CAL_VER < "2" and (NINTS > 1 or NINTS <= 1 or NINTS is missing)'""",
            ".when",
        ),
        ("id: a, hdus: [{extname: ERR, dtype: float32}]", "the patch of ERR changes nothing", ".hdus[0]"),
        ("id: a, hdus: [{extname: err, dims: ncols x nrows}]", "the patch of err changes nothing", ".hdus[0]"),
        ("id: a", "amendment 'a' changes nothing", ""),
        (
            "id: a, hdus: [{extname: MASK, optional: true, dtype: uint16}]",
            "MASK is optional already",
            ".hdus[0].optional",
        ),
        (
            "id: a, symbols: {nints: {meaning: x}}, hdus: [{extname: ERR, optional: true}]",
            "symbol 'nints' appears in no dimensions of widget",
            ".symbols.nints",
        ),
        (
            "id: a, sets: {rows: [SCI, WHT]}",
            "no row and no amendment has WHT, so that no set can",
            ".sets.rows[1]",
        ),
        (
            "id: a, hdus: [{extname: NEW, type: IMAGE, when: NINTS > 2 and NINTS < 2}]",
            "'NINTS > 2 and NINTS < 2' is true for no file",
            ".hdus[0].when",
        ),
        (
            '{id: a, because: " ", source: s, hdus: [{extname: ERR, optional: true}]}',
            "amendment 'a' gives no because",
            ".because",
        ),
        (
            '{id: a, because: b, source: " ", hdus: [{extname: ERR, optional: true}]}',
            "amendment 'a' gives no source",
            ".source",
        ),
    ],
)
def test_an_amendment_that_cannot_be_meant_is_told_with_its_place(defects, amendment, reason, where):
    found = defects({"widget.yaml": amended("id: first, order: free", amendment)})
    assert f"{reason} at widget.yaml:$.amendments[1]{where}" in found


def test_an_unreachable_amendment_is_told_once(defects):
    text = amended('id: a, when: CAL_VER > "3" and CAL_VER < "2", hdus: [{extname: ERR, optional: true}]')
    assert len(defects({"widget.yaml": text})) == 1


def test_a_value_that_no_file_has_is_told_once(defects):
    text = amended('id: a, when: DATAMODL == "SlitModel", hdus: [{extname: ERR, optional: true}]')
    assert len(defects({"widget.yaml": text})) == 1


def test_a_patch_of_a_row_that_an_earlier_amendment_changes_may_restore_it(defects):
    text = amended(
        'id: a, when: CAL_VER >= "1.18", hdus: [{extname: ERR, optional: true, dtype: float64}]',
        'id: b, when: CAL_VER >= "2", hdus: [{extname: ERR, optional: false, dtype: float32}]',
    )
    assert defects({"widget.yaml": text}) == []


def test_an_amendment_that_only_an_heir_can_meet_is_reachable(defects):
    parent = amended('id: a, when: DATAMODL == "SlitModel", hdus: [{extname: ERR, optional: true}]')
    child = (
        "product: child\ntitle: t\ndocumentation: n\nextends: widget\nrecognise: {suffixes: [c], models: [SlitModel]}\n"
    )
    assert defects({"widget.yaml": parent, "child.yaml": child}) == []


def test_an_identifier_that_takes_the_place_of_an_inherited_one_must_be_announced(defects):
    one = "id: a, hdus: [{extname: ERR, optional: true}]"
    parent, child = amended(one), amended(one, name="child", more="extends: widget\n")
    assert defects({"widget.yaml": parent, "child.yaml": child}) == [
        "'a' replaces an amendment of widget; list it in 'without' if that is intended at child.yaml:$.amendments[0].id"
    ]
    announced = amended(one, name="child", more="extends: widget\nwithout: [a]\n")
    assert defects({"widget.yaml": parent, "child.yaml": announced}) == []


def test_an_amendment_that_every_heir_and_nobody_else_drops_is_still_in_force(defects):
    parent = amended("id: a, hdus: [{extname: ERR, optional: true}]")
    child = "product: child\ntitle: t\ndocumentation: n\nextends: widget\nwithout: [a]\nrecognise: {suffixes: [c]}\n"
    assert defects({"widget.yaml": parent, "child.yaml": child}) == []


def test_symbols_that_stand_in_no_dimensions(defects):
    files = {
        "symbols.yaml": "nlost: {meaning: lost}\nnused: {meaning: used}\nnvector: {meaning: length}\n",
        "columns/vectors.yaml": 'source: s\ncolumns: [{name: A, dtype: "float32[nvector]"}]\n',
        "widget.yaml": amended(
            "id: a, hdus: [{extname: NEW, type: BINTABLE, dims: variable x 1 col, columns: vectors}]",
            "id: b, hdus: [{extname: SCI, dims: nused x nrows}]",
            more="symbols: {ngroups: {meaning: g}}\n",
        ),
    }
    assert defects(files) == [
        "symbol 'nlost' appears in no dimensions of any product at symbols.yaml:$.nlost",
        "symbol 'ngroups' appears in no dimensions of the product at widget.yaml:$.symbols.ngroups",
    ]


def test_a_column_table_that_no_row_names(defects):
    files = {"columns/lost.yaml": 'source: " "\ncolumns: [{name: A, dtype: int32}]\n', "widget.yaml": amended()}
    assert defects(files) == [
        "no row and no amendment uses the column table 'lost' at columns/lost.yaml:$",
        "the column table 'lost' gives no source at columns/lost.yaml:$.source",
    ]


def test_a_condition_of_a_row_is_tried_too(defects):
    text = amended().replace("optional: true, type", "optional: true, when: NINTS > 2 and NINTS < 2, type")
    assert defects({"widget.yaml": text}) == [
        "'NINTS > 2 and NINTS < 2' is true for no file at widget.yaml:$.hdus[3].when"
    ]


def test_defects_of_packaged_specs_are_not_told_of_a_folder(defects):
    assert defects({"widget.yaml": amended()}) == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"widget.yaml": amended().replace("ncols x nrows}", "ncols x nrox}")}, "unknown symbol 'nrox'"),
        (
            {"widget.yaml": amended(), "columns/bad.yaml": "source: s\ncolumns: [{name: A, dtype: in}]\n"},
            "unknown dtype",
        ),
        ({"widget.yaml": amended(), "symbols.yaml": "ncols: {value: 3}\n"}, "unknown field `value`"),
        ({"widget.yaml": amended('id: a, when: CAL_VERS > "1", order: free')}, "unknown name 'CAL_VERS'"),
    ],
)
def test_what_cannot_be_loaded_is_told_once(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    folder = Folder(Path(tmp_path))
    errors = [str(e) for e in load_errors(Catalogue(Overlay(folder, BASE)), folder)]
    assert len(errors) == 1
    assert message in errors[0]
