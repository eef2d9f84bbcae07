"""``jwstprod spec diff --models``: specs against the schemas of data models."""

from pathlib import Path

import pytest

from jwstprod_check.maintain.compare_models import compare_model, compare_models
from jwstprod_check.maintain.known_differences import FILE, Explanation, explanations, unexplained
from jwstprod_check.maintain.lint import packaged_folder
from jwstprod_check.maintain.schemas import schema_hdus
from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue

BASE = packaged_folder()  # reads each document once for all tests

SPEC = """
product: widget
title: Widget
documentation: none
recognise: {suffixes: [widget], models: [WidgetModel]}
hdus:
  - {hdu: 0, type: primary}
  - {hdu: 1, extname: SCI, type: IMAGE, dtype: float32, dims: ncols x nrows x ngroups x nints}
  - {hdu: 2, extname: DQ, type: IMAGE, dtype: uint32, dims: ncols x nrows}
  - {hdu: 3, extname: TIMES, type: BINTABLE, dims: nints (rows) x 3 cols, columns: widget_times}
  - {extname: ASDF, type: BINTABLE, dims: variable}
amendments:
"""
TIMES = """
source: a test
columns:
  - {name: NUMBER, dtype: int32}
  - {name: Start, dtype: "float64[2]"}
  - {name: NAME, dtype: str8}
  - {name: FLAG, dtype: bool, optional: true}
"""
SCI = {"fits_hdu": "SCI", "datatype": "float32", "ndim": 4}
DQ = {"fits_hdu": "DQ", "datatype": "uint32", "ndim": 2}
COLUMNS = [
    {"name": "number", "datatype": "int32"},
    {"name": "start", "datatype": "float64", "shape": [2]},
    {"name": "name", "datatype": ["ascii", 8]},
]
TABLE = {"fits_hdu": "Times", "datatype": COLUMNS}


def schema(**properties):
    """A schema of arrays, in the way that stdatamodels has them after its references are resolved."""
    return {"type": "object", "allOf": [{"properties": {"meta": {"properties": {}}}}, {"properties": properties}]}


def without(mapping, *keys):
    return {k: v for k, v in mapping.items() if k not in keys}


@pytest.fixture
def differ(tmp_path):
    def run(model, *amendments):
        (tmp_path / "columns").mkdir(exist_ok=True)
        lines = "\n".join(f"  - {{because: b, source: s, {a}}}" for a in amendments) or "  []"
        (tmp_path / "widget.yaml").write_text(SPEC + lines)
        (tmp_path / "columns" / "widget_times.yaml").write_text(TIMES)
        specs = Catalogue(Overlay(Folder(tmp_path), BASE))
        hdus = tuple(schema_hdus(model))
        return [str(d) for d in compare_model(specs.spec("widget"), "WidgetModel", hdus, specs)]

    return run


def test_a_schema_that_the_spec_restates_has_no_difference(differ):
    assert differ(schema(data=SCI, dq=DQ, times=TABLE)) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"data": {**SCI, "datatype": "float64"}}, "SCI: float64 in the schema, float32 in the spec"),
        (
            {"dq": {**DQ, "ndim": 3}},
            "DQ: 3 axes in the schema, ncols x nrows in the spec",
        ),
        (
            {"dq": {**without(DQ, "ndim"), "max_ndim": 1}},
            "DQ: at most 1 axes in the schema, ncols x nrows in the spec",
        ),
        (
            {"err": {"fits_hdu": "ERR", "datatype": "float32"}},
            "ERR: in the schema (IMAGE float32), in no row and no amendment",
        ),
        ({"dq": {**TABLE, "fits_hdu": "DQ"}}, "DQ: BINTABLE in the schema, IMAGE in the spec"),
        ({"dq": {}}, "DQ: required by the spec, not in the schema"),
        (
            {"times": {**TABLE, "datatype": [*COLUMNS, {"name": "more", "datatype": "int16"}]}},
            "TIMES: 4 columns in the schema, 3 in the spec",
        ),
        (
            {"times": {**TABLE, "datatype": [{"name": "number", "datatype": "int16"}, *COLUMNS[1:]]}},
            "TIMES: column number is int16 in the schema, int32 in the spec",
        ),
        (
            {"times": {**TABLE, "datatype": [COLUMNS[0], {**COLUMNS[1], "shape": [3]}, COLUMNS[2]]}},
            "TIMES: column start is float64[3] in the schema, float64[2] in the spec",
        ),
        (
            {"times": {**TABLE, "datatype": [*COLUMNS[:2], {"name": "name", "datatype": ["ascii", 4]}]}},
            "TIMES: column name is str4 in the schema, str8 in the spec",
        ),
        (
            {"times": {**TABLE, "datatype": [COLUMNS[0], COLUMNS[2], COLUMNS[1]]}},
            "TIMES: columns in another order than in the schema",
        ),
        (
            {"slits": {"type": "array", "items": {"properties": {"dq": DQ}}}, "dq": {}},
            "DQ: the schema has one for each item of a list, the spec has it in no set",
        ),
    ],
)
def test_what_a_schema_has_otherwise_is_named(differ, changed, message):
    lines = differ(schema(**{"data": SCI, "dq": DQ, "times": TABLE, **changed}))
    assert lines == [f"widget (WidgetModel): {message}"]


def test_a_renamed_column_is_missed_and_unknown(differ):
    renamed = [{"name": "count", "datatype": "int32"}, *COLUMNS[1:]]
    assert differ(schema(data=SCI, dq=DQ, times={**TABLE, "datatype": renamed})) == [
        "widget (WidgetModel): TIMES: column count in the schema, not in the column table of the spec",
        "widget (WidgetModel): TIMES: column NUMBER in the column table of the spec, not in the schema",
    ]


def test_each_layout_that_a_table_may_have_is_compared(differ):
    other = [{"name": "other", "datatype": "int32"}, *COLUMNS[1:]]
    both = {"fits_hdu": "TIMES", "anyOf": [{"datatype": COLUMNS}, {"datatype": other}]}
    assert len(differ(schema(data=SCI, dq=DQ, times=both))) == 2


def test_a_flag_of_a_schema_is_a_logical_column_in_a_file(differ):
    columns = [*COLUMNS, {"name": "flag", "datatype": "int8"}]
    amended = "id: a, hdus: [{extname: TIMES, dims: variable}]"
    assert differ(schema(data=SCI, dq=DQ, times={**TABLE, "datatype": columns}), amended) == []


def test_a_keyword_is_no_hdu():
    keyword = {"fits_hdu": "SCI", "fits_keyword": "BUNIT", "type": "string"}
    assert list(schema_hdus(schema(unit=keyword))) == []


@pytest.mark.parametrize(
    "amendment",
    [
        "id: a, hdus: [{extname: ERR, type: IMAGE, dtype: float32, dims: ncols x nrows}]",
        'id: a, when: CAL_VER >= "3.0", hdus: [{extname: ERR, type: IMAGE, dtype: float32, dims: variable}]',
        'id: a, when: DATAMODL == "WidgetModel", hdus: [{extname: err, type: IMAGE, dtype: float32, dims: variable}]',
        'id: a, when: INSTRUME == "MIRI", hdus: [{extname: ERR, type: IMAGE, dtype: [uint16, float32], dims: variable}]',
    ],
)
def test_an_amendment_that_may_hold_explains_an_hdu(differ, amendment):
    assert differ(schema(data=SCI, dq=DQ, times=TABLE, err={"fits_hdu": "ERR", "datatype": "float32"}), amendment) == []


@pytest.mark.parametrize("when", ['CAL_VER < "3.0"', 'DATAMODL == "OtherModel"'])
def test_an_amendment_of_other_files_explains_nothing(differ, when):
    amendment = f"id: a, when: '{when}', hdus: [{{extname: DQ, optional: true, dtype: uint8}}]"
    assert differ(schema(data=SCI, times=TABLE), amendment) == [
        "widget (WidgetModel): DQ: required by the spec, not in the schema"
    ]


def test_an_amendment_that_may_hold_leaves_both_types(differ):
    amendment = "id: a, when: NINTS > 1, hdus: [{extname: DQ, dtype: uint8}]"
    for dtype in ("uint8", "uint32"):
        assert differ(schema(data=SCI, dq={**DQ, "datatype": dtype}, times=TABLE), amendment) == []


def test_an_amendment_that_always_holds_leaves_its_own_type(differ):
    amendment = "id: a, hdus: [{extname: DQ, dtype: uint8}]"
    assert differ(schema(data=SCI, dq=DQ, times=TABLE), amendment) == [
        "widget (WidgetModel): DQ: uint32 in the schema, uint8 in the spec"
    ]


def test_explanations_are_of_hdus_that_only_one_of_the_two_has(differ, tmp_path):
    differ(schema())
    specs = Catalogue(Overlay(Folder(tmp_path), BASE))
    hdus = tuple(
        schema_hdus(schema(data={**SCI, "ndim": 3}, dq=DQ, times=TABLE, x={"fits_hdu": "X", "datatype": "int8"}))
    )
    found = list(compare_model(specs.spec("widget"), "WidgetModel", hdus, specs))
    reasons = [Explanation("WidgetModel", "b", "s", {"widget": ["X", "SCI"], "elsewhere": ["X"]})]
    assert [str(d) for d in unexplained(found, reasons, ["widget"])] == [
        "widget (WidgetModel): SCI: 3 axes in the schema, ncols x nrows x ngroups x nints in the spec",
        "widget (WidgetModel): SCI: explained in known_differences.yaml, but there is no difference",
    ]


def test_every_explanation_names_known_products_and_models(catalogue):
    for explanation in explanations():
        for product in explanation.hdus:
            assert explanation.model in catalogue.spec(product).recognise.models


def test_a_bad_explanation_is_told_by_its_place(tmp_path):
    path = tmp_path / "known_differences.yaml"
    path.write_text("- {model: X, because: b, source: s, hdus: {dark: [1]}}")
    with pytest.raises(SpecError, match=r"Expected `str`, got `int` at .*known_differences\.yaml:\$\[0\]\.hdus"):
        explanations(path)
    assert Path(FILE).is_file()


def test_the_specs_have_no_unexplained_difference_from_the_installed_data_models(catalogue):
    pytest.importorskip("stdatamodels")
    result = compare_models(catalogue)
    assert [str(d) for d in unexplained(result.differences, explanations(), catalogue.names())] == []
