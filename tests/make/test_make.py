"""Made files conform to their spec, say the same every time, and hold what was asked for."""

from hashlib import sha256
from io import BytesIO

import pytest
import yaml
from astropy.io import fits
from builders import split
from judging import CATALOGUE, errors, judge_file, loud

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.make import file_name, make, make_plan
from jwstprod_check.spec.errors import SpecError

PRODUCTS = [n for n in CATALOGUE.names() if CATALOGUE.spec(n).rows]
DOCUMENTED = ("dark", "trapsfilled", "wfscmb")
RELEASES = ("1.4.6", "1.11.4", "1.17.0", "1.20.2", "3.0.0")


def optional_rows(product):
    return tuple(r.extname for r in CATALOGUE.spec(product).rows if r.optional)


def judged(product, **how):
    raw = make(product, CATALOGUE, **how)
    name = split(raw)[0].text("FILENAME")
    return judge_file(raw, name), raw


@pytest.mark.parametrize("product", PRODUCTS)
def test_made_file_conforms_and_is_quiet(product):
    report, _ = judged(product)
    assert report.product == product
    assert loud(report) == []


@pytest.mark.parametrize("product", PRODUCTS)
def test_made_file_with_every_optional_hdu_conforms(product):
    report, raw = judged(product, optional=optional_rows(product), checksums=True)
    assert report.product == product
    assert errors(report) == []
    assert {n.upper() for n in optional_rows(product)} <= {(p.name or "").upper() for p in split(raw)}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("product", PRODUCTS)
def test_made_file_of_a_release_conforms(product, release):
    report, _ = judged(product, keywords={"CAL_VER": release})
    assert errors(report) == []


@pytest.mark.parametrize("product", DOCUMENTED)
def test_made_file_holds_the_documented_table_as_it_stands(product):
    raw = make(product, CATALOGUE, optional=optional_rows(product), strict=True)
    name = split(raw)[0].text("FILENAME")
    assert loud(judge_file(raw, name, strict=True)) == []
    assert loud(judge_file(raw, name)) == []
    rows = [r for r in CATALOGUE.spec(product).documents if r.extname]
    assert [p.name for p in split(raw)[1:]] == [r.extname for r in rows]


@pytest.mark.parametrize("product", PRODUCTS)
def test_same_arguments_give_the_same_bytes(product):
    assert make(product, CATALOGUE, checksums=True) == make(product, CATALOGUE, checksums=True)


@pytest.mark.parametrize("product", DOCUMENTED)
def test_checksums_hold(product):
    raw = make(product, CATALOGUE, optional=optional_rows(product), checksums=True)
    with fits.open(BytesIO(raw), checksum=True) as hdus:
        hdus.verify("exception")
        for hdu in hdus:
            assert hdu.verify_checksum() == hdu.verify_datasum() == 1


@pytest.mark.parametrize("product", DOCUMENTED)
def test_every_hdu_is_linked_in_the_tree(product):
    raw = make(product, CATALOGUE, optional=optional_rows(product))
    with fits.open(BytesIO(raw)) as hdus:
        assert hdus["ASDF"].header["TTYPE1"] == "ASDF_METADATA"
        assert hdus["ASDF"].header["NAXIS2"] == 1
        text = bytes(hdus["ASDF"].data[0][0]).decode("ascii")
        shapes = {h.name: list(h.data.shape) for h in hdus[1:] if h.name != "ASDF"}
    assert text.startswith("#ASDF 1.0.0\n#ASDF_STANDARD 1.5.0\n%YAML 1.1\n")
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("", lambda at, _, node: at.construct_mapping(node, deep=True))
    tree = yaml.load(text, loader)
    links = {v["source"]: v["shape"] for v in tree.values() if isinstance(v, dict) and "source" in v}
    assert links == {f"fits:{name},1": shape for name, shape in shapes.items()}
    assert tree["meta"]["model_type"] == CATALOGUE.spec(product).recognise.models[0]


def test_symbols_become_axes_and_keywords():
    report, raw = judged("dark", symbols={"ncols": 20, "nrows": 8, "ngroups": 3, "nints": 4})
    assert errors(report) == []
    assert report.symbols == {"ncols": 20, "nrows": 8, "ngroups": 3, "nints": 4}
    head = split(raw)[0]
    assert [head.number(k) for k in ("SUBSIZE1", "SUBSIZE2", "NGROUPS", "NINTS")] == [20, 8, 3, 4]


def test_keywords_become_symbols():
    report, raw = judged("dark", keywords={"NGROUPS": 2, "INTSTART": 3, "INTEND": 5, "EXSEGNUM": 2, "EXSEGTOT": 3})
    assert errors(report) == []
    assert (report.symbols["ngroups"], report.symbols["nints"]) == (2, 3)
    assert split(raw)[0].number("NINTS") == 5
    assert "-seg002_" in split(raw)[0].text("FILENAME")


def test_optional_hdu_brings_its_condition():
    _, raw = judged("dark", optional=("refout", "zeroframe"))
    head = split(raw)[0]
    assert (head.text("INSTRUME"), head.text("DETECTOR"), head.text("ZEROFRAM")) == ("MIRI", "MIRIMAGE", "T")
    assert head.text("EXP_TYPE").startswith("MIR_")
    assert [p.axes[0] for p in split(raw)[1:] if p.name in {"SCI", "REFOUT"}] == [16, 4]


def test_divided_symbol_gets_a_size_that_divides():
    plan = make_plan(CATALOGUE.spec("dark"), optional=("REFOUT",))
    assert plan.symbols["ncols"] % 4 == 0


def test_superstripes_are_made_of_their_keywords():
    report, _ = judged("dark", keywords={"DATAMODL": "SuperstripeRampModel", "SSTR_NST": 3}, symbols={"nstriped": 6})
    assert errors(report) == []


def test_keyword_of_none_is_left_out():
    _, raw = judged("dark", keywords={"NGROUPS": None})
    assert split(raw)[0].text("NGROUPS") is None


def test_sets_come_once_for_each_extver():
    for product in PRODUCTS:
        spec = CATALOGUE.spec(product)
        if spec.sets is None:
            continue
        report, raw = judged(product, sets=3)
        assert errors(report) == []
        versions = [p.text("EXTVER") for p in split(raw) if p.name == spec.sets.rows[0]]
        assert versions == ["1", "2", "3"]


def test_name_is_the_one_in_the_header():
    for product in PRODUCTS:
        name = file_name(CATALOGUE.spec(product))
        assert split(make(product, CATALOGUE))[0].text("FILENAME") == name


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"symbols": {"nclos": 3}}, "unknown symbol 'nclos'"),
        ({"optional": ("ERRR",)}, "dark has no row 'ERRR'"),
    ],
)
def test_what_does_not_exist_is_an_error(how, reason):
    with pytest.raises(SpecError, match=reason):
        make("dark", CATALOGUE, **how)


def test_product_without_a_spec_is_an_error():
    with pytest.raises(SpecError, match="no spec for product"):
        make("nothing", CATALOGUE)


def test_primary_holds_no_data():
    assert read_fits(make("wfscmb", CATALOGUE)).hdus[0].axes == ()


@pytest.mark.parametrize(("product", "frames"), [("cal", 4), ("calints", 4), ("i2d", 2), ("segm", 2)])
def test_images_have_world_coordinates_where_their_header_says_so(product, frames):
    parts = split(make(product, CATALOGUE))
    assert parts[0].text("S_WCS") == "COMPLETE"
    assert parts[-1].data.count(b"gwcs/step-") == frames


@pytest.mark.parametrize("how", [{"keywords": {"S_WCS": "SKIPPED"}}, {"keywords": {"DATAMODL": "SlitModel"}}])
def test_world_coordinates_are_left_out_where_they_do_not_belong(how):
    assert b"gwcs/wcs-" not in split(make("cal", CATALOGUE, **how))[-1].data


def test_tree_has_the_hash_of_the_headers_before_it():
    raw = make("dark", CATALOGUE, checksums=True)
    file = read_fits(raw, "x_dark.fits")
    digest = sha256(b"".join(h.header.raw for h in file.hdus if h.name != "ASDF")).hexdigest()
    assert f"_fits_hash: '{digest}'".encode() in split(raw)[-1].data
