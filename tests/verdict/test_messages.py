"""Messages name the place: what is lost of a cut file, the HDU that was renamed, the keyword that counts wrongly."""

import gzip
import json

import pytest
from builders import join, offsets, split, with_keywords
from judging import CATALOGUE, DARK, errors, judge_file, loud
from made_files import make

from jwstprod_check.make import file_name
from jwstprod_check.make.defects.layout import SLITS

RAW = DARK.read_bytes()
NAMES = [p.name for p in split(RAW)][1:]


@pytest.mark.parametrize("at", range(1, len(NAMES) + 1), ids=NAMES)
def test_a_cut_file_names_every_hdu_that_is_lost(at):
    _, data, end = offsets(RAW)[at]
    (found,) = errors(judge_file(RAW[: data + 100], DARK.name))
    assert (found.code, found.hdu, found.extname) == ("FILE005", at, NAMES[at - 1])
    assert f"100 bytes of data, needs {end - data:,}" in found.message
    lost = NAMES[at:]
    assert ("lost too" in found.message) is bool(lost)
    assert all(name in found.message.partition("lost too")[2] for name in lost)


@pytest.mark.parametrize("at", range(1, len(NAMES) + 1), ids=NAMES)
def test_a_file_cut_in_a_header_names_every_hdu_that_is_lost(at):
    start, _, _ = offsets(RAW)[at]
    (found,) = errors(judge_file(RAW[: start + 200], DARK.name))
    assert (found.code, found.hdu) == ("FILE004", at)
    assert all(name in found.message.partition("lost: ")[2] for name in NAMES[at - 1 :])
    assert found.found == "the first 200 bytes of it"


def test_a_cut_gzip_names_every_hdu_that_is_lost():
    packed = gzip.compress(RAW)
    (found,) = errors(judge_file(packed[: len(packed) // 2], DARK.name + ".gz"))
    assert (found.code, found.hdu) == ("FILE008", 1)
    assert "SCI has " in found.message
    assert "needs 163,840" in found.message
    assert all(name in found.message.partition("lost too: ")[2] for name in NAMES[1:])


def test_an_unknown_product_is_cut_without_names():
    raw = with_keywords(RAW, DATAMODL=None, EXP_TYPE=None, FILENAME="x.fits")
    (found,) = [f for f in errors(judge_file(raw[:100_000], "x.fits")) if f.code == "FILE005"]
    assert "lost" not in found.message


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (RAW[:100_000], "FILE005"),
        (RAW[:9000], "FILE004"),
        (b"", "FILE001"),
        (b"<html></html>", "FILE002"),
        (gzip.compress(RAW)[:-9], "FILE008"),
    ],
    ids=["cut", "cut in a header", "empty", "page", "cut gzip"],
)
def test_info_says_that_a_file_is_cut_or_no_fits_file(jwstprod, tmp_path, form, content, code):
    path = tmp_path / "x_dark.fits.gz"
    path.write_bytes(content)
    result = jwstprod("info", "--format", form, path)
    assert (result.status, result.err) == (1, "")
    if form == "json":
        assert code in {f["code"] for f in json.loads(result.out)["findings"]}
    else:
        assert code in result.out


def test_info_of_a_whole_file_is_status_0_also_where_it_does_not_conform(jwstprod, tmp_path):
    path = tmp_path / DARK.name
    path.write_bytes(with_keywords(RAW, NGROUPS=99))
    assert jwstprod("info", path).status == 0
    assert jwstprod("info", DARK).status == 0


MULTI = [
    ("x1d", {}, "EXTRACT1D"),
    ("cal", SLITS, "DQ"),
    ("cal", SLITS, "SCI"),
    ("cal", SLITS, "VAR_FLAT"),
]


def renamed(product, keywords, extname, new, which):
    """A file of three sets in which an HDU has another name, in some of them."""
    parts = split(make(product, CATALOGUE, keywords=keywords, sets=3))
    changed = [
        p.with_card("EXTNAME", new) if p.name == extname and int(p.text("EXTVER")) in which else p for p in parts
    ]
    places = [i for i, p in enumerate(parts) if p.name == extname and int(p.text("EXTVER")) in which]
    return judge_file(join(changed), file_name(CATALOGUE.spec(product), keywords)), places


@pytest.mark.parametrize("suffix", ["_OLD", "S", "1"])
@pytest.mark.parametrize("which", [(1,), (2,), (3,), (1, 2, 3)], ids=str)
@pytest.mark.parametrize(("product", "keywords", "extname"), MULTI)
def test_a_renamed_hdu_of_a_set_is_one_finding_with_its_name(product, keywords, extname, suffix, which):
    report, places = renamed(product, keywords, extname, extname + suffix, which)
    (found,) = loud(report)
    assert found.code == ("HDU001" if len(which) == 3 else "HDU009")
    assert (found.hdu, found.extname, found.keyword) == (places[0], extname, "EXTNAME")
    assert f"HDU {places[0]} '{extname}{suffix}'" in found.hint
    assert all(f"HDU {place}" in found.hint for place in places)


@pytest.mark.parametrize("which", [(1,), (2,), (3,), (1, 2, 3)], ids=str)
@pytest.mark.parametrize(("product", "keywords", "extname"), MULTI)
def test_an_hdu_of_a_set_under_a_foreign_name_is_known_by_its_place(product, keywords, extname, which):
    report, places = renamed(product, keywords, extname, "FOREIGN", which)
    (found,) = loud(report)
    assert (found.hdu, found.extname) == (places[0], extname)
    assert "'FOREIGN' has the expected data at the expected place" in found.hint


def test_an_unknown_hdu_beside_the_sets_is_no_member_of_them():
    from builders import image

    parts = split(make("cal", CATALOGUE, keywords=SLITS, sets=3))
    raw = join([*parts[:-1], image("EXTRA", (16, 12), extver=9), parts[-1]])
    report = judge_file(raw, file_name(CATALOGUE.spec("cal"), SLITS))
    assert [(f.code, f.extname) for f in loud(report)] == [("HDU002", "EXTRA")]


EXPOSURE = {"INTSTART": 1, "INTEND": 2, "NINTS": 2}


OF_EXPOSURES = [
    *("amilg", "bsub", "bsubints", "cal", "calints", "crf", "crfints", "dark", "fitopt", "flat", "i2d", "output_pers"),
    *("psfalign", "psfsub", "ramp", "rate", "rateints", "s2d", "s3d", "trapsfilled", "uncal", "x1d", "x1dints"),
    *("gs-acq1-cal", "gs-acq1-uncal", "gs-fg-cal", "gs-fg-uncal", "gs-id-image-cal", "gs-track-cal"),
]
"""Products that are made of one exposure, or may be."""


@pytest.mark.parametrize("product", OF_EXPOSURES)
def test_integrations_that_contradict_each_other_are_found_in_every_product(product):
    raw, name = make(product, CATALOGUE, keywords=EXPOSURE), file_name(CATALOGUE.spec(product), EXPOSURE)
    assert "KEY004" not in {f.code for f in loud(judge_file(raw, name))}
    wrong = judge_file(with_keywords(raw, NINTS=7), name)
    (found,) = [f for f in errors(wrong) if f.code == "KEY004"]
    assert (found.hdu, found.keyword, found.expected, found.found) == (0, "NINTS", "2", "7")
    beyond = judge_file(with_keywords(raw, INTEND=9), name)
    assert {f.code for f in errors(beyond)} & {"KEY004", "KEY005"}
    assert beyond.verdict == wrong.verdict == "nonconforming"


@pytest.mark.parametrize(
    "keywords", [{"EXSEGNUM": 1, "EXSEGTOT": 4}, {"FILENAME": "jw01234001001_02101_00001-seg001_nrca1_rate.fits"}]
)
def test_a_segment_has_fewer_integrations_than_its_exposure(keywords):
    raw, name = make("rate", CATALOGUE, keywords=EXPOSURE), file_name(CATALOGUE.spec("rate"), EXPOSURE)
    report = judge_file(with_keywords(raw, NINTS=7, **keywords), name)
    assert "KEY004" not in {f.code for f in report.findings}


@pytest.mark.parametrize("product", ["crf", "amilg", "psfalign"])
def test_a_file_of_one_exposure_of_an_association_has_its_integrations(product):
    raw = make(product, CATALOGUE, keywords=EXPOSURE)
    name = f"jw01234001001_02101_00001_nrca1_o001_{product}.fits"
    assert "KEY004" not in {f.code for f in judge_file(raw, name).findings}
    (found,) = [f for f in errors(judge_file(with_keywords(raw, NINTS=7), name)) if f.code == "KEY004"]
    assert (found.keyword, found.expected, found.found) == ("NINTS", "2", "7")


def test_too_large_nints_of_what_was_combined_is_a_warning():
    """The range is that of all exposures, NINTS that of one of them: it may be smaller."""
    name = "jw01234-o001_t001_nircam_clear-f200w_i2d.fits"
    for nints, found in ((7, ["warning"]), (1, [])):
        report = judge_file(with_keywords(make("i2d", CATALOGUE, keywords=EXPOSURE), NINTS=nints), name)
        assert [str(f.severity) for f in report.findings if f.code == "KEY004"] == found
