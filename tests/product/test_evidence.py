"""A product is identified on evidence or not at all: no verdict rests on a guess."""

import warnings

import pytest
from builders import edited, image, join, primary, table
from judging import CATALOGUE, DATA, codes, errors, judge_file, loud
from made_files import make
from made_science import array, made, slit

from jwstprod_check import check
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.make import file_name
from jwstprod_check.product import identify

QUALITY = array("DQ", 6, 4, dtype="uint32")
IMAGE = (array("SCI", 6, 4), array("ERR", 6, 4), QUALITY)
VARIANCES = (array("VAR_POISSON", 6, 4), array("VAR_RNOISE", 6, 4))


def told(raw, base=None, origin=None):
    return identify(read_fits(raw, base or ""), CATALOGUE, None, base, origin=origin)


def changed(product, remove=(), **keywords):
    def change(part):
        for keyword, value in keywords.items():
            part = part.with_card(keyword, value)
        return part.without_card(*remove)

    return edited(make(product), "primary", change)


def identity(report):
    return [f.code for f in report.findings if f.code.startswith("PROD") and f.code != "PROD008"]


# A generic model, a name that is none.


@pytest.mark.parametrize("exp_type", ["NRC_IMAGE", "NIS_IMAGE", "MIR_4QPM", "NRS_DARK"])
@pytest.mark.parametrize(("model", "parts"), [("ImageModel", IMAGE), ("QuadModel", [array("SCI", 6, 4, 2, 2)])])
def test_a_generic_model_alone_identifies_nothing(exp_type, model, parts, tmp_path, jwstprod):
    path = tmp_path / "mine.fits"
    path.write_bytes(made(model, "1.18.0", *parts, EXP_TYPE=exp_type))
    report = check(path)
    assert (report.product, report.verdict, codes(report)) == (None, "nonconforming", ["PROD001"])
    assert jwstprod("check", path).status == 1


def test_hdus_of_a_small_table_do_not_single_it_out():
    found = told(made("ImageModel", "1.18.0", *IMAGE, EXP_TYPE="NIS_IMAGE"))
    assert (found.name, found.candidates) == (None, ("wfscmb",))
    (finding,) = errors(judge_file(made("ImageModel", "1.18.0", *IMAGE, EXP_TYPE="NIS_IMAGE")))
    assert "its HDUs fit wfscmb, but do not exclude others" in finding.message


def test_cube_of_four_axes_is_not_taken_for_aligned_psfs():
    parts = [array("SCI", 6, 4, 2, 2), array("ERR", 6, 4, 2, 2), array("DQ", 6, 4, 2, 2, dtype="uint32")]
    assert told(made("QuadModel", "1.15.0", *parts)).name == "psfalign"
    assert told(made("QuadModel", "1.15.0", *parts[:1])).name is None


def test_hdus_that_no_other_table_has_identify_their_product():
    assert told(make("i2d")).name == "i2d"
    lost = edited(make("i2d"), "WHT", lambda p: p.with_card("EXTNAME", "OTHER"))
    assert told(changed("i2d", FILENAME="x.fits")).name == "i2d"
    assert told(lost).name is None


@pytest.mark.parametrize("product", ["trapsfilled", "s3d", "segm", "uncal", "fitopt", "dark"])
def test_a_model_of_one_product_identifies_it(product):
    assert told(changed(product, FILENAME="x.fits")).name == product


def test_planes_decide_between_products_of_one_model():
    flat = made("SlitModel", "1.18.0", *IMAGE, *VARIANCES, array("VAR_FLAT", 6, 4), EXP_TYPE="MIR_LRS-FIXEDSLIT")
    assert told(flat).candidates == ("cal", "crf")
    cube = [array(n, 6, 4, 2) for n in ("SCI", "ERR", "VAR_POISSON", "VAR_RNOISE", "VAR_FLAT")]
    tables = [array("DQ", 6, 4, 2, dtype="uint32"), table("INT_TIMES", [("integration_number", "J", 4)], 2)]
    assert told(made("SlitModel", "1.18.0", *cube, *tables)).candidates == ("calints", "crfints")


# FILENAME, and the name of an HDUList.


@pytest.mark.parametrize("product", ["rate", "bsub", "cal", "crf", "rateints", "x1d", "wfscmb", "psfsub"])
def test_filename_decides_between_products_whose_rows_are_all_there(product):
    report = judge_file(make(product))
    assert (report.product, report.verdict, loud(report)) == (product, "conforming", [])
    without = changed(product, remove=["FILENAME"])
    assert told(without).name is None
    assert told(without, origin=file_name(CATALOGUE.spec(product))).name == product


@pytest.mark.parametrize("stated", ["x_i2d.fits", "x_dark.fits", "x_cal.fits"])
def test_filename_of_a_product_that_does_not_fit_decides_nothing(stated):
    assert told(changed("rate", FILENAME=stated)).name is None


def test_name_of_an_hdulist_comes_before_filename():
    raw = changed("rate", FILENAME="x_bsub.fits")
    assert told(raw).name == "bsub"
    assert told(raw, origin="x_rate.fits").name == "rate"


GOOD = sorted([*DATA.glob("good/*/*.fits*"), *DATA.glob("science/*/*.fits*"), *DATA.glob("guidestar_ami/*/*.fits*")])


@pytest.mark.parametrize("path", GOOD, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_file_has_the_same_verdict_as_an_hdulist(path):
    from astropy.io import fits

    report = check(path)
    with warnings.catch_warnings(), fits.open(path) as hdus:
        warnings.simplefilter("ignore")
        memory = check(hdus)
    if report.conforming:
        assert (memory.product, memory.verdict) == (report.product, "conforming")
    else:
        assert not memory.conforming


def test_hdulist_that_was_read_from_a_file_has_its_name_as_evidence(tmp_path):
    from astropy.io import fits

    path = tmp_path / file_name(CATALOGUE.spec("rate"))
    path.write_bytes(changed("rate", remove=["FILENAME"]))
    with fits.open(path) as hdus:
        report = check(hdus)
        assert report.product == "rate"
        del hdus["DQ"]
        assert errors(check(hdus))


# What is no evidence.


def test_exposure_type_that_many_products_are_made_of_is_no_evidence():
    assert told(make("rate")).evidence_from("EXP_TYPE") is None
    assert told(make("dark")).evidence_from("EXP_TYPE").products == ("dark",)


def test_exposure_type_that_makes_no_such_product_excludes_it():
    assert told(made("ImageModel", "1.18.0", *IMAGE, EXP_TYPE="NRS_IFU")).candidates == ("flat", "wfscmb")
    assert told(made("ImageModel", "1.18.0", *IMAGE, EXP_TYPE="NRC_IMAGE")).candidates == ("wfscmb",)


def test_file_without_extensions_has_no_content_evidence():
    report = judge_file(join([primary(TELESCOP="JWST", DATAMODL="ImageModel")]), "mine.fits")
    assert codes(report) == ["PROD001"]
    assert "content" not in report.findings[0].message
    assert "its name and keywords do not state one" in report.findings[0].message


def test_hdus_are_compared_before_it_is_said_that_they_fit_nothing():
    report = judge_file(join([primary(TELESCOP="JWST"), image("SCI", (4, 4))]), "mine.fits")
    assert codes(report) == ["PROD001"]
    assert "its HDUs fit no known product (content 'HDUs SCI' fits no known product)" in report.findings[0].message


def test_shutter_configuration_is_identified_by_its_hdus():
    report = judge_file(changed("msa", FILENAME="mine.fits"), "mine.fits")
    assert (report.product, codes(report)) == ("msa", ["PROD005"])
    assert report.conforming


def test_name_of_slopes_with_a_model_of_cubes_is_a_contradiction(jwstprod, tmp_path):
    for raw, base in (
        (changed("rate", DATAMODL="CubeModel"), file_name(CATALOGUE.spec("rate"))),
        (changed("rateints", FILENAME="x_rate.fits"), "x_rate.fits"),
    ):
        path = tmp_path / base
        path.write_bytes(raw)
        report = check(path)
        assert "PROD002" in [f.code for f in errors(report)]
        assert report.product in {"rate", "rateints", "bsubints"}
        assert jwstprod("check", path).status == 1


# Several HDUs of one name.


@pytest.mark.parametrize("count", [2, 3])
def test_sets_by_extver_are_evidence_of_a_model_of_several_slits(count):
    parts = [part for n in range(1, count + 1) for part in slit(n, 6, 4)]
    base = "jw01234001001_02101_00001_nrs1_cal.fits"
    with_model = judge_file(made("MultiSlitModel", "1.18.0", *parts), base)
    without = judge_file(edited(made("X", "1.18.0", *parts), "primary", lambda p: p.without_card("DATAMODL")), base)
    assert errors(with_model) == []
    (finding,) = errors(without)
    assert (finding.code, "checked as MultiSlitModel" in finding.message) == ("PROD004", True)


@pytest.mark.parametrize("model", ["ImageModelX", "RampModel", ""])
def test_sets_by_extver_count_where_the_model_is_none_of_the_product(model):
    parts = [part for n in range(1, 4) for part in slit(n, 6, 4)]
    base = "jw01234001001_02101_00001_nrs1_cal.fits"
    (finding,) = errors(judge_file(made(model, "1.18.0", *parts), base))
    assert finding.code in {"PROD002", "PROD004"}


def test_one_set_without_a_model_is_that_of_an_image():
    found = told(changed("cal", remove=["DATAMODL"]), "x_cal.fits")
    assert (found.name, found.model) == ("cal", "ImageModel")
    assert told(make("cal"), "x_cal.fits").model is None


def test_repeats_of_one_extver_are_still_duplicates():
    parts = [*slit(1, 6, 4), *slit(1, 6, 4)]
    base = "jw01234001001_02101_00001_nrs1_cal.fits"
    raw = edited(made("X", "1.18.0", *parts), "primary", lambda p: p.without_card("DATAMODL"))
    assert "HDU003" in [f.code for f in errors(judge_file(raw, base))]


@pytest.mark.parametrize(
    ("base", "exp_type", "name"),
    [
        ("mine_flat.fits", "NRC_IMAGE", None),
        ("mine_flat.fits", "NRS_LAMP", "flat"),
        ("mine_flat.fits", "NOT_KNOWN", "flat"),
        ("jw01234001001_02101_00001_nrca1_flat.fits", "NRC_IMAGE", "flat"),
    ],
)
def test_the_ending_of_any_name_is_no_evidence_against_exp_type(base, exp_type, name):
    raw = changed("flat", DATAMODL="ImageModel", EXP_TYPE=exp_type, remove=["FILENAME"])
    assert told(raw, base).name == name


# Other observatories, reference files.


@pytest.mark.parametrize("base", ["oabc01010_x1d.fits", "oabc01010_x1dints.fits", "ny_cal.fits", "o_flat.fits"])
def test_file_of_another_telescope_is_no_product_whatever_its_suffix(base, tmp_path, jwstprod):
    path = tmp_path / base
    path.write_bytes(join([primary(TELESCOP="HST", INSTRUME="STIS"), table("SCI", [("WAVELENGTH", "1D", 8)])]))
    report = check(path)
    assert (report.product, codes(report)) == (None, ["PROD007"])
    assert jwstprod("check", path).status == 1


def test_reference_file_is_no_product_whatever_its_suffix():
    for model in ("DarkModel", "RampModel"):
        raw = join([primary(TELESCOP="JWST", REFTYPE="DARK", DATAMODL=model), image("SCI", (4, 4, 2))])
        assert codes(judge_file(raw, "jwst_nircam_dark.fits")) == ["PROD007"]


def test_product_whose_name_and_model_agree_is_checked_as_one():
    base = file_name(CATALOGUE.spec("dark"))
    assert told(changed("dark", TELESCOP="HST"), base).name == "dark"
    assert told(changed("dark", TELESCOP="HST", DATAMODL="ImageModel"), base).name is None
    assert told(changed("dark", TELESCOP="HST"), "my_dark.fits").name is None
    assert told(changed("dark", TELESCOP="UNKNOWN"), "my_dark.fits").name == "dark"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([primary(), image("SCI", (4, 4)).with_card("TELESCOP", "HST")], "another telescope (TELESCOP = 'HST')"),
        ([primary(INSTRUME="STIS"), image("SCI", (4, 4))], "another observatory (INSTRUME = 'STIS')"),
        ([primary(), table("OI_VIS2", [("MJD", "1D", 8)])], "an OIFITS file of another observatory"),
        ([primary(), image("SCI", (4, 4))], "no keyword, data model or name in it is one of JWST"),
        ([primary()], "no keyword, data model or name in it is one of JWST"),
    ],
)
def test_what_says_nothing_of_jwst_is_not_a_product(parts, reason):
    report = judge_file(join(parts), "mine.fits")
    assert codes(report) == ["PROD007"]
    assert reason in report.findings[0].message


@pytest.mark.parametrize(
    ("keywords", "base"),
    [
        ({"TELESCOP": "JWST"}, "mine.fits"),
        ({"DATAMODL": "SomeModel"}, "mine.fits"),
        ({"EXP_TYPE": "NRC_IMAGE"}, "mine.fits"),
        ({"INSTRUME": "MIRI"}, "mine.fits"),
        ({}, "jw01234001001_02101_00001_nrca1.fits"),
        ({"FILENAME": "jw01234001001_x.fits"}, "mine.fits"),
    ],
)
def test_one_sign_of_jwst_makes_it_an_unknown_product(keywords, base):
    assert codes(judge_file(join([primary(**keywords), image("SCI", (4, 4))]), base)) == ["PROD001"]


def test_telescope_in_an_extension_is_that_of_the_file():
    raw = join([primary(), image("SCI", (4, 4)).with_card("TELESCOP", "JWST"), image("ERR", (4, 4))])
    assert codes(judge_file(raw, "mine.fits")) == ["PROD001"]


# Known products that no spec covers.


KNOWN = ["median", "blot", "outlier_i2d", "jump", "interpolatedflat", "mbsub", "resamplestep"]


@pytest.mark.parametrize("suffix", KNOWN)
def test_output_of_a_step_is_named_and_unverified(suffix, tmp_path, jwstprod):
    path = tmp_path / f"jw01234001001_02101_00001_nrca1_{suffix}.fits"
    path.write_bytes(made("ImageModel", "1.18.0", *IMAGE, FILENAME=path.name, EXP_TYPE="NRC_IMAGE"))
    report = check(path)
    assert report.verdict == "unverified"
    assert not report.conforming
    assert loud(report) == []
    assert identity(report) == ["PROD009"]
    assert suffix in CATALOGUE.recognise[report.product].suffixes
    assert jwstprod("check", path).status == 1


def test_rules_of_fits_run_on_a_known_product():
    raw = made("ImageModel", "1.18.0", *IMAGE, EXP_TYPE="NRC_IMAGE")
    raw = edited(raw, "SCI", lambda p: p.with_card("NOTE", b"1.0e5"))
    report = judge_file(raw, "jw01234001001_02101_00001_nrca1_median.fits")
    assert (report.product, report.verdict, codes(report)) == ("median", "nonconforming", ["FITS006"])


def test_filename_names_a_known_product():
    raw = made("ImageModel", "1.18.0", *IMAGE, FILENAME="jw01234001001_02101_00001_nrca1_median.fits")
    assert (told(raw).name, told(raw).covered) == ("median", False)
    assert (told(raw, "mine.fits").name, told(make("dark")).covered) == ("median", True)


def test_output_of_a_step_is_no_product_though_it_has_its_model():
    assert told(changed("ramp", FILENAME="mine.fits")).name == "ramp"
    assert told(changed("ramp", FILENAME="jw01234001001_02101_00001_nrca1_jump.fits")).name == "jump"


def test_suffix_of_a_step_in_a_file_of_nobody_is_no_evidence():
    report = judge_file(join([primary(), image("SCI", (4, 4))]), "sky_background.fits")
    assert codes(report) == ["PROD007"]
    named = told(join([primary(TELESCOP="JWST"), image("SCI", (4, 4))]), "sky_background.fits")
    assert (named.name, named.covered) == ("background", False)


def test_catalogue_of_sources_is_unverified(tmp_path, jwstprod):
    path = tmp_path / "jw01234-o001_t001_nircam_clear-f212n_cat.ecsv"
    path.write_bytes(b"# %ECSV 1.0\n# ---\nx\n1\n")
    report = check(path)
    assert (report.product, report.verdict, identity(report)) == ("cat", "unverified", ["PROD009"])
    assert jwstprod("check", path).status == 1


def test_known_suffixes_leave_those_of_the_specs_alone(tmp_path):
    from jwstprod_check.spec.documents import Folder, Overlay, packaged
    from jwstprod_check.spec.loader import Catalogue

    specs = {s for n in CATALOGUE.names() for s in CATALOGUE.recognise[n].suffixes}
    assert not specs & {s for document in CATALOGUE.known.values() for s in document.suffixes}
    assert not set(CATALOGUE.names()) & CATALOGUE.known.keys()
    text = (
        "product: ours\ntitle: t\ndocumentation: d\nrecognise: {suffixes: [median]}\nhdus: [{hdu: 0, type: primary}]\n"
    )
    (tmp_path / "ours.yaml").write_text(text)
    own = Catalogue(Overlay(Folder(tmp_path), packaged()))
    assert own.suffixes["median"] == ("ours",)
    assert "median" not in own.known
    assert own.spec("blot").covered is False
