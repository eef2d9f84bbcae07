"""Which product a file is: votes of the name, of DATAMODL, of EXP_TYPE and of the content."""

import pytest
from builders import edited, image, join, primary, table
from judging import CATALOGUE, DATA
from made_files import make

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.make import file_name
from jwstprod_check.product import identify

DARK = make("dark")
NAME = file_name(CATALOGUE.spec("dark"))
ASDF = table("ASDF", [("ASDF_METADATA", "10B", 10)])


def told(raw, base=None, forced=None):
    return identify(read_fits(raw, base or ""), CATALOGUE, forced, base)


def with_model(model):
    return edited(DARK, "primary", lambda p: p.with_card("DATAMODL", model))


def without(*keywords):
    return edited(DARK, "primary", lambda p: p.without_card(*keywords))


@pytest.mark.parametrize(
    "path", sorted([*DATA.glob("good/*/*.fits*"), *DATA.glob("bad/*/*.fits*")]), ids=lambda p: p.name
)
def test_real_files_are_identified(path):
    file = read_fits(str(path))
    found = identify(file, CATALOGUE, None, path.name)
    suffix = path.name.removesuffix(".gz").removesuffix(".fits").rpartition("_")[2]
    known = [n for n in CATALOGUE.names() if suffix in {n, f"{n}-01"}]
    assert known in ([], [found.name])


@pytest.mark.parametrize("product", [n for n in CATALOGUE.names() if CATALOGUE.spec(n).rows])
def test_made_name_says_the_product(product):
    found = told(join([primary(TELESCOP="JWST")]), file_name(CATALOGUE.spec(product)))
    assert product in found.evidence_from("file name").products


def test_name_and_model_agree():
    found = told(DARK, NAME)
    assert found.name == "dark"
    assert "dark" in found.evidence_from("file name").products
    assert "dark" in found.evidence_from("DATAMODL").products
    assert found.evidence_from("EXP_TYPE").products == ("dark",)
    assert found.evidence_from("content") is None


def test_bytes_without_a_name_are_told_by_their_headers():
    found = told(DARK)
    assert (found.name, found.file_name) == ("dark", None)


def test_name_alone_decides():
    assert told(without("DATAMODL", "EXP_TYPE"), NAME).name == "dark"


def test_model_that_is_no_model_of_the_name_does_not_decide():
    found = told(with_model("ImageModel"), NAME)
    assert found.name == "dark"
    assert "dark" not in found.evidence_from("DATAMODL").products


def test_content_decides_against_the_name():
    found = told(DARK, "other_wfscmb.fits")
    assert found.name == "dark"
    assert found.evidence_from("file name").products == ("wfscmb",)


def test_nothing_tells_nothing():
    found = told(join([primary(), image("SCI", (4, 4))]), "mine.fits")
    assert (found.name, found.candidates) == (None, ())
    assert [(e.source, e.products) for e in found.evidence] == [("content", ())]


def test_shared_model_alone_does_not_decide():
    found = told(join([primary(DATAMODL="RampModel"), image("XYZ", (4, 4))]), "mine.fits")
    assert found.name is None or len(found.candidates) == 1


def test_user_overrides_and_votes_are_kept():
    found = told(DARK, NAME, "wfscmb")
    assert (found.name, found.forced) == ("wfscmb", True)
    assert "dark" in found.evidence_from("file name").products


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"TELESCOP": "HST"}, "another telescope"),
        ({"TELESCOP": "JWST", "REFTYPE": "DARK", "DATAMODL": "DarkModel"}, "reference file"),
    ],
)
def test_foreign_files_are_told(keywords, said):
    found = told(join([primary(**keywords), image("SCI", (4, 4))]), "jwst_x_0001.fits")
    assert found.name is None
    assert said in found.not_jwst_reason


def test_votes_are_shown_in_words():
    words = [str(v) for v in told(with_model("Nonsense"), NAME).evidence]
    assert words[1] == "DATAMODL 'Nonsense' fits no known product"


def test_file_without_hdus_is_told_by_its_name():
    assert told(b"", NAME).name == "dark"
    assert told(b"").name is None


def test_hostile_values_are_no_model():
    for value in ("\x1b[31m", "x" * 60, 5, True, b"5 5"):
        assert told(with_model(value), NAME).name == "dark"


def test_content_vote_names_the_hdus():
    found = told(join([primary(DATAMODL="ImageModel"), image("SCI", (4, 4)), ASDF]), "other_trapsfilled.fits")
    assert "SCI ASDF" in found.evidence_from("content").said
