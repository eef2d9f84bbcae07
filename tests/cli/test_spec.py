"""``jwstprod spec``: its commands as a shell sees them."""

import json
import sys
from types import ModuleType

import pytest
from judging import DATA

PAGE = DATA / "nonscience_products.rst"
RATE = next(DATA.rglob("jw01234001001_02101_00001_nrca1_rate.fits.gz"))
SPEC = """
product: widget
title: Widget
documentation: none
recognise: {suffixes: [widget]}
hdus:
  - {hdu: 0, type: primary}
  - {hdu: 1, extname: SCI, type: IMAGE, dtype: float32, dims: ncols x nrows}
"""
FLAW = "amendments: [{id: a, because: b, source: s, hdus: [{extname: SCI, dtype: float32}]}]\n"


def test_list_names_every_product(jwstprod, catalogue):
    done = jwstprod("spec", "list", "--format", "json")
    assert done.status == 0
    assert [entry["product"] for entry in json.loads(done.out)] == catalogue.names()


def test_show_keeps_to_its_contract(jwstprod):
    shown = json.loads(jwstprod("spec", "show", "trapsfilled", "--format", "json").out)
    keys = {"product", "title", "documentation", "documented_at", "traits", "exposures", "units", "hdus", "releases"}
    keys |= {"columns", "amendments"}
    assert set(shown) == keys
    assert shown["hdus"][:2] == [
        {"hdu": 0, "extname": None, "type": "primary", "dtype": None, "dims": None, "optional": False},
        {
            "hdu": 1,
            "extname": "SCI",
            "type": "IMAGE",
            "dtype": "float32",
            "dims": "ncols x nrows x 3",
            "optional": False,
        },
    ]


def test_show_has_the_columns_of_tables(jwstprod):
    shown = json.loads(jwstprod("spec", "show", "x1d", "--format", "json").out)
    columns = shown["columns"]["EXTRACT1D"]
    assert columns[:2] == [
        {"name": "WAVELENGTH", "dtypes": ["float64"], "unit": "um", "optional": False},
        {"name": "FLUX", "dtypes": ["float64"], "unit": None, "optional": False},
    ]
    assert len(columns) == 18
    page = jwstprod("spec", "show", "x1d").out
    assert "\ncolumns of EXTRACT1D\n  WAVELENGTH " in page
    for column in columns:
        assert f"\n  {column['name']} " in page
    assert "\n  others are allowed\n" in jwstprod("spec", "show", "i2d").out


def test_schema_is_a_json_schema(jwstprod):
    assert "$defs" in json.loads(jwstprod("spec", "schema").out)


def test_lint_of_the_packaged_specs_finds_nothing(jwstprod, catalogue):
    done = jwstprod("spec", "lint")
    assert (done.status, done.out) == (0, f"{len(catalogue.names())} specs: all load\n")


@pytest.mark.parametrize("option", [[], ["--specs"]])
def test_lint_of_a_folder_exits_1_where_it_finds_something(jwstprod, tmp_path, option):
    (tmp_path / "widget.yaml").write_text(SPEC + FLAW)
    done = jwstprod("spec", "lint", *option, tmp_path)
    assert done.status == 1
    lines = done.out.splitlines()
    assert lines[0] == f"the patch of SCI changes nothing at {tmp_path}/widget.yaml:$.amendments[0].hdus[0]"
    assert lines[1].endswith("specs: all load, 1 defect")


def test_lint_of_a_folder_exits_0_where_it_finds_nothing(jwstprod, tmp_path):
    (tmp_path / "widget.yaml").write_text(SPEC)
    assert jwstprod("spec", "lint", tmp_path).status == 0


def test_lint_exits_2_where_a_spec_cannot_be_loaded(jwstprod, tmp_path):
    (tmp_path / "widget.yaml").write_text(SPEC.replace("float32", "float31"))
    done = jwstprod("spec", "lint", tmp_path)
    assert done.status == 2
    assert done.out.startswith(f"unknown dtype 'float31' at {tmp_path}/widget.yaml:$.hdus[1].dtype\n")
    assert done.out.endswith("specs: 1 cannot be used\n")


def test_lint_of_a_folder_without_specs_exits_2(jwstprod, tmp_path):
    done = jwstprod("spec", "lint", tmp_path)
    assert done.status == 2
    assert "nothing to check" in done.err


def test_diff_of_a_page_that_the_specs_restate_exits_0(jwstprod):
    done = jwstprod("spec", "diff", PAGE)
    assert (done.status, done.out) == (0, "3 tables of 3 products in 1 page: no difference\n")


def test_diff_of_a_changed_page_exits_1(jwstprod, tmp_path):
    page = tmp_path / "nonscience_products.rst"
    page.write_text(PAGE.read_text().replace("x nrows x 3 |", "x nrows x 4 |"))
    done = jwstprod("spec", "diff", page, PAGE)
    assert done.status == 1
    assert done.out.splitlines() == [
        "nonscience_products.rst:64: trapsfilled: SCI: Dimensions is 'ncols x nrows x 4' in the page, "
        "'ncols x nrows x 3' in the spec",
        "6 tables of 3 products in 2 pages: 1 difference",
    ]
    content = json.loads(jwstprod("spec", "diff", "--format", "json", page).out)
    assert content["schema"] == "jwstprod-diff/1"
    assert content["differences"][0] == {
        "product": "trapsfilled",
        "extname": "SCI",
        "cell": "dims",
        "documented": "ncols x nrows x 4",
        "spec": "ncols x nrows x 3",
        "place": "nonscience_products.rst:64",
        "message": "Dimensions is 'ncols x nrows x 4' in the page, 'ncols x nrows x 3' in the spec",
    }


def test_diff_holds_a_page_against_own_specs(jwstprod, tmp_path):
    (tmp_path / "wfscmb.yaml").write_text(
        SPEC.replace("widget", "wfscmb").replace("documentation: none", "documentation: nonscience_products.rst#wfscmb")
    )
    done = jwstprod("spec", "diff", "--specs", tmp_path, PAGE)
    assert done.status == 1
    assert "wfscmb: DQ: the spec has no such row" in done.out


@pytest.mark.parametrize("args", [[], ["nowhere.rst"], ["--format", "xml", PAGE]])
def test_diff_of_nothing_exits_2(jwstprod, args):
    assert jwstprod("spec", "diff", *args).status == 2


def test_diff_of_pages_without_a_table_of_hdus_exits_2(jwstprod, tmp_path):
    page = tmp_path / "index.rst"
    page.write_text("Title\n=====\n\nText.\n")
    done = jwstprod("spec", "diff", page)
    assert done.status == 2
    assert "no page has a table of HDUs" in done.err


def test_diff_of_a_page_that_is_no_text_exits_2(jwstprod, tmp_path):
    page = tmp_path / "page.rst"
    page.write_bytes(b"\xff\xfe")
    assert jwstprod("spec", "diff", page).status == 2


@pytest.mark.parametrize(("args", "package"), [([PAGE], "docutils"), (["--models"], "stdatamodels")])
def test_diff_says_what_must_be_installed(jwstprod, monkeypatch, args, package):
    monkeypatch.setattr("jwstprod_check.cli.spec_tools.find_spec", lambda _: None)
    done = jwstprod("spec", "diff", *args)
    assert done.status == 2
    assert f"needs {package}, which is not installed" in done.err


class TrapsFilledModel:
    """A data model in the way that stdatamodels has them."""

    def __init__(self):
        self.schema = {"properties": {"data": {"fits_hdu": "SCI", "datatype": "float64", "ndim": 3}}}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_diff_with_the_data_models_names_pairs_and_differences(jwstprod, monkeypatch):
    models = ModuleType("stdatamodels.jwst.datamodels")
    models.TrapsFilledModel = TrapsFilledModel
    parent = ModuleType("stdatamodels.jwst")
    parent.datamodels = models
    for module in (ModuleType("stdatamodels"), parent, models):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("jwstprod_check.cli.spec_tools.find_spec", lambda _: object())
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9")
    done = jwstprod("spec", "diff", "--models")
    assert done.status == 1
    lines = done.out.splitlines()
    assert [line for line in lines if line.startswith("trapsfilled ")] == [
        "trapsfilled (TrapsFilledModel): SCI: float64 in the schema, float32 in the spec"
    ]
    assert "dark (RampModel): stdatamodels has no data model of that name" in lines
    assert lines[-1].startswith("stdatamodels 9.9, ")


def test_draft_prints_a_spec_that_its_file_conforms_to(jwstprod, tmp_path):
    done = jwstprod("spec", "draft", RATE)
    assert (done.status, done.err) == (0, "")
    (tmp_path / "rate.yaml").write_text(done.out)
    assert jwstprod("check", "--specs", tmp_path, RATE).status == 0


def test_draft_writes_a_folder_and_nothing_over(jwstprod, tmp_path):
    folder = tmp_path / "new" / "specs"
    done = jwstprod("spec", "draft", RATE, "--to", folder, "--product", "gadget")
    assert (done.status, done.out) == (0, f"wrote {folder}/gadget.yaml\n")
    assert jwstprod("check", "--specs", folder, "--product", "gadget", RATE).status == 0
    again = jwstprod("spec", "draft", RATE, "--to", folder, "--product", "gadget")
    assert again.status == 2
    assert "exists already" in again.err


@pytest.mark.parametrize("args", [[PAGE], ["nowhere.fits"], [RATE, "--product", "A/B"]])
def test_draft_of_what_cannot_be_drafted_exits_2(jwstprod, args):
    done = jwstprod("spec", "draft", *args)
    assert (done.status, done.out) == (2, "")
    assert done.err


def test_draft_of_a_damaged_file_says_so(jwstprod, tmp_path):
    cut = tmp_path / "x_widget.fits"
    cut.write_bytes(next(DATA.rglob("*_dark.fits")).read_bytes()[:40_000])
    done = jwstprod("spec", "draft", cut)
    assert done.status == 0
    assert "is damaged" in done.err


def test_spec_show_json_is_the_documented_table(jwstprod):
    content = json.loads(jwstprod("spec", "show", "dark", "--format", "json").out)
    about = {"title", "documentation", "documented_at", "traits", "exposures", "units", "columns", "releases"}
    assert set(content) == {"product", "hdus", "amendments"} | about
    assert len(content["hdus"]) == 10
    assert content["hdus"][0] == {
        "hdu": 0, "extname": None, "type": "primary", "dtype": None, "dims": None, "optional": False,
    }  # fmt: skip
    assert content["hdus"][8]["dims"] == "ncols/4 x nrows x ngroups x nints"


def test_spec_list_names_the_products(jwstprod):
    assert {"dark", "trapsfilled", "wfscmb"} <= {
        line.split()[0] for line in jwstprod("spec", "list").out.splitlines() if line.strip()
    }


def test_spec_schema_is_a_json_schema(jwstprod):
    assert "$defs" in json.loads(jwstprod("spec", "schema").out)
