"""Specs are loaded strictly: every mistake is named with its file and its place."""

from contextlib import suppress

import pytest
from judging import CATALOGUE

from jwstprod_check.spec.documents import Folder, Overlay, Pack, build_pack, packaged, parse_yaml
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue

SYMBOLS = "ncols: {meaning: columns, stated: [{value: SUBSIZE1}], keywords: [SUBSIZE1]}\n"
KEYWORDS = "SUBSIZE1: {type: integer}\nCAL_VER: {type: version}\n"
COLUMNS = "source: here\ncolumns:\n  - {name: a, dtype: int32}\n"
PRODUCT = """product: x
title: X
documentation: page
recognise: {suffixes: [x]}
hdus:
  - {hdu: 0, type: primary}
  - {hdu: 1, extname: SCI, type: IMAGE, dtype: float32, dims: ncols x 3}
  - {hdu: 2, extname: T, type: BINTABLE, dims: variable, columns: t}
"""
AMENDMENT = """amendments:
  - {id: a, because: b, source: c, when: 'CAL_VER > "1"', hdus: [{extname: SCI, dtype: float64}]}
"""


@pytest.fixture
def folder(tmp_path):
    """Write documents, the given ones in place of sound ones, and return their catalogue."""

    def write(**documents):
        sound = {"symbols": SYMBOLS, "keywords": KEYWORDS, "columns/t": COLUMNS, "x": PRODUCT}
        (tmp_path / "columns").mkdir(exist_ok=True)
        for name, text in {**sound, **{k.replace("__", "/"): v for k, v in documents.items()}}.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return Catalogue(Folder(tmp_path))

    return write


def test_sound_documents_load(folder):
    spec = folder(x=PRODUCT + AMENDMENT).spec("x")
    assert [r.name for r in spec.rows] == ["", "SCI", "T"]
    assert spec.amendments[0].id == "a"
    assert spec.rows[2].columns.columns[0].name == "a"


def changed(old, new):
    assert old in PRODUCT + AMENDMENT
    return (PRODUCT + AMENDMENT).replace(old, new)


@pytest.mark.parametrize(
    ("text", "reason", "where"),
    [
        (changed("dtype: float32", "dtyp: float32"), "unknown field `dtyp`", "$.hdus[1]"),
        (changed("dtype: float32", "dtype: float99"), "unknown dtype 'float99'", "$.hdus[1].dtype"),
        (changed("dtype: float32", "dtype: 5"), "Expected `str | null`, got `int`", "$.hdus[1].dtype"),
        (changed("ncols x 3", "nclos x 3"), "unknown symbol 'nclos'", "$.hdus[1].dims"),
        (changed("ncols x 3", "ncols x"), "not a dimension: 'ncols x'", "$.hdus[1].dims"),
        (changed("ncols x 3", "ncols*ncols"), "a product of two symbols cannot be solved", "$.hdus[1].dims"),
        (changed("columns: t", "columns: u"), "no column table 'u'", "$.hdus[2].columns"),
        (changed("type: IMAGE", "type: TABLE"), "Invalid enum value 'TABLE'", "$.hdus[1].type"),
        (changed("extname: SCI, type: IMAGE", "type: IMAGE"), "an extension needs an extname", "$.hdus[1].extname"),
        (changed("title: X\n", ""), "missing required field `title`", "$"),
        (changed("title: X", "title: ''"), "Expected `str` of length >= 1", "$.title"),
        (changed("suffixes: [x]", "suffix: [x]"), "unknown field `suffix`", "$.recognise"),
        (changed("product: x", "product: y"), "product 'y' is in the file of 'x'", "$"),
        (changed("CAL_VER >", "CALVER >"), "unknown name 'CALVER'", "$.amendments[0].when"),
        (changed('> "1"', "> 1 +"), "not an expression", "$.amendments[0].when"),
        (changed("dtype: float64", "dtype: [float32, int]"), "unknown dtype 'int'", "$.amendments[0].hdus[0].dtype"),
        (changed("dtype: float64", "dims: many"), "unknown symbol 'many'", "$.amendments[0].hdus[0].dims"),
        (changed("source: c, ", ""), "missing required field `source`", "$.amendments[0]"),
        (changed("hdus: [{extname: SCI, dtype: float64}]", "hdu: []"), "unknown field `hdu`", "$.amendments[0]"),
        (PRODUCT + "without: [nothing]\n", "no inherited amendment 'nothing'", "$.without"),
        (PRODUCT + "extends: x\n", "extends 'x' in a circle", "$.extends"),
        (PRODUCT + "extends: nothing\n", "no spec for product 'nothing'", "$.extends"),
        (
            PRODUCT + "symbols: {many: {meaning: m, stated: [{value: NMANY}]}}\n",
            "unknown name 'NMANY'",
            "$.symbols.many.stated[0].value",
        ),
        (
            PRODUCT + "symbols: {many: {meaning: m, keywords: [NMANY]}}\n",
            "unknown name 'NMANY'",
            "$.symbols.many.keywords",
        ),
        (PRODUCT + "symbols: {m-n: {meaning: m}}\n", "'m-n' is not a name", "$.symbols.m-n"),
        (
            PRODUCT + "amendments:\n" + "  - {id: a, because: b, source: c}\n" * 2,
            "two amendments 'a'",
            "$.amendments[0].id",
        ),
        (PRODUCT + "title: again\n", "duplicate key 'title' (line 9)", "$"),
        (changed("dtype: float32", "dtype: float32, dtype: int16"), "duplicate key 'dtype' (line 7)", "$.hdus[1]"),
        (PRODUCT.partition("hdus:")[0], "no hdus", "$.hdus"),
        ("[1, 2]", "Expected `object`, got `array`", "$"),
        ("", "the file is empty", "$"),
    ],
)
def test_mistakes_in_a_product_are_named_with_their_place(folder, text, reason, where, tmp_path):
    with pytest.raises(SpecError) as caught:
        folder(x=text).spec("x")
    assert reason in caught.value.reason
    assert str(caught.value).endswith(f" at {tmp_path / 'x.yaml'}:{where}")


@pytest.mark.parametrize(
    ("document", "text", "reason", "where"),
    [
        ("columns/t", "source: s\ncolumns: [{name: a, dtype: int3}]\n", "unknown dtype 'int3'", "$.columns[0].dtype"),
        ("columns/t", "columns: []\n", "missing required field `source`", "$"),
        ("symbols", "ncols: {means: c}\n", "unknown field `means`", "$.ncols"),
        ("symbols", "ncols: {meaning: c, stated: [{value: SIZE}]}\n", "unknown name 'SIZE'", "$.ncols.stated[0].value"),
        ("symbols", "ncols: {meaning: c, presence: must}\n", "Invalid enum value 'must'", "$.ncols.presence"),
        ("symbols", "a: 1\na: 2\n", "duplicate key 'a' (line 2)", "$"),
    ],
)
def test_mistakes_in_shared_documents_are_named_with_their_place(folder, document, text, reason, where, tmp_path):
    with pytest.raises(SpecError) as caught:
        folder(**{document.replace("/", "__"): text}).spec("x")
    assert reason in caught.value.reason
    assert str(caught.value) == f"{caught.value.reason} at {tmp_path / (document + '.yaml')}:{where}"


def test_long_circles_are_found(folder):
    documents = {
        f"p{i}": PRODUCT.replace("product: x", f"product: p{i}") + f"extends: p{(i + 1) % 3}\n" for i in range(3)
    }
    with pytest.raises(SpecError, match="in a circle"):
        folder(**documents).spec("p0")


def test_long_chains_are_bounded(folder):
    documents = {f"p{i}": PRODUCT.replace("product: x", f"product: p{i}") + f"extends: p{i + 1}\n" for i in range(20)}
    with pytest.raises(SpecError):
        folder(**documents).spec("p0")


@pytest.mark.parametrize("name", ["symbols", "keywords", "columns/t", "nothing", "../x", ""])
def test_only_products_have_specs(folder, name):
    with pytest.raises(SpecError, match="no spec for product"):
        folder().spec(name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a: [1", "not YAML"),
        (b"<<: {a: 1}", "a key must be a plain word"),
        (b"? [a]\n: 1\n", "a key must be a plain word"),
        (b"a: 1\na: 2", "duplicate key 'a' (line 2)"),
    ],
)
def test_yaml_is_read_strictly(text, reason):
    with pytest.raises(SpecError) as caught:
        parse_yaml(text, "x.yaml")
    assert reason in str(caught.value)


def test_yaml_cannot_run_code(tmp_path):
    made = tmp_path / "made"
    for tag in ("object/apply:os.mkdir", "object/new:os.mkdir"):
        with suppress(SpecError):
            parse_yaml(f"a: !!python/{tag} ['{made}']".encode(), "x.yaml")
    assert not made.exists()


def test_yaml_nested_deeply_is_no_trouble():
    with suppress(SpecError):
        parse_yaml(b"a: " + b"[" * 5000 + b"]" * 5000, "x.yaml")


def test_child_takes_rows_and_amendments_of_its_parent(folder):
    child = "product: y\ntitle: Y\ndocumentation: p\nrecognise: {suffixes: [y]}\nextends: x\n"
    found = folder(x=PRODUCT + AMENDMENT, y=child)
    assert [r.name for r in found.spec("y").rows] == ["", "SCI", "T"]
    assert [a.id for a in found.spec("y").amendments] == ["a"]
    assert [a.id for a in folder(x=PRODUCT + AMENDMENT, y=child + "without: [a]\n").spec("y").amendments] == []


def test_child_replaces_rows_and_an_amendment_of_the_same_name(folder):
    child = (
        "product: y\ntitle: Y\ndocumentation: p\nrecognise: {suffixes: [y]}\nextends: x\n"
        "hdus: [{hdu: 0, type: primary}]\n"
        "amendments: [{id: a, because: other, source: c}]\n"
    )
    spec = folder(x=PRODUCT + AMENDMENT, y=child).spec("y")
    assert [r.name for r in spec.rows] == [""]
    assert [a.because for a in spec.amendments] == ["other"]


def test_own_documents_stand_before_the_packaged_ones(folder, tmp_path):
    folder(dark=PRODUCT.replace("product: x", "product: dark"))
    found = Catalogue(Overlay(Folder(tmp_path), packaged()))
    assert found.spec("dark").title == "X"
    assert found.spec("wfscmb").title == CATALOGUE.spec("wfscmb").title
    assert {"x", "dark", "wfscmb"} <= set(found.names())
    assert {"SUBSIZE1", "NGROUPS"} <= set(found.keywords)


def test_pack_of_a_wheel_says_what_the_folder_says(tmp_path):
    source = packaged()
    pack = tmp_path / "specs.msgpack"
    pack.write_bytes(build_pack(source.path))
    packed = Catalogue(Pack(pack))
    assert packed.names() == CATALOGUE.names()
    assert packed.recognise == CATALOGUE.recognise
    for name in CATALOGUE.names():
        assert packed.spec(name).documents == CATALOGUE.spec(name).documents
        assert [a.id for a in packed.spec(name).amendments] == [a.id for a in CATALOGUE.spec(name).amendments]


@pytest.mark.parametrize("name", CATALOGUE.names())
def test_every_packaged_spec_loads(name):
    spec = CATALOGUE.spec(name)
    assert spec.recognise.suffixes
    for amendment in spec.amendments:
        assert amendment.because
        assert amendment.source
