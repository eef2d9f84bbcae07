"""Names of all files of a folder, under a profile that has a rule for them."""

import json

import pytest
from hlsp import NAME, file

BASE = NAME.removesuffix("_cat.fits")


@pytest.fixture
def delivery(tmp_path):
    """A folder in which every file has a valid name, or needs none."""
    (tmp_path / "sub").mkdir()
    (tmp_path / NAME).write_bytes(file())
    for name in ("hlsp_my-survey_readme.txt", f"sub/{BASE}_preview.png", "CONTENTS.YML", "index.csv", ".hidden"):
        (tmp_path / name).write_text("x")
    return tmp_path


def judged(done):
    return {f["path"].rpartition("/")[2]: f for f in json.loads(done.out)["files"]}


def test_names_of_all_files_are_checked(delivery, jwstprod):
    done = jwstprod("check", delivery, "--profile", "hlsp", "--format", "json")
    assert done.status == 0, done.out
    assert set(judged(done)) == {NAME, "hlsp_my-survey_readme.txt", f"{BASE}_preview.png", "CONTENTS.YML", "index.csv"}


def test_file_of_another_name_is_reported(delivery, jwstprod):
    (delivery / "sub" / "notes.txt").write_text("x")
    done = jwstprod("check", delivery, "--profile", "hlsp", "--format", "json")
    assert done.status == 1
    found = judged(done)["notes.txt"]
    assert [(f["code"], f["severity"]) for f in found["findings"]] == [("PROD011", "error")]


def test_file_of_an_unknown_product_type_needs_a_review(delivery, jwstprod):
    (delivery / f"{BASE}_thing.csv").write_text("x")
    done = jwstprod("check", delivery, "--profile", "hlsp", "--format", "json")
    assert [f["code"] for f in judged(done)[f"{BASE}_thing.csv"]["findings"]] == ["PROD012"]


def test_fits_in_a_packing_that_is_not_read_is_unverified(delivery, jwstprod):
    (delivery / f"{BASE}_img.fits.bz2").write_bytes(b"BZh9")
    done = jwstprod("check", delivery, "--profile", "hlsp", "--format", "json")
    assert done.status == 1
    assert judged(done)[f"{BASE}_img.fits.bz2"]["verdict"] == "unverified"


def test_without_the_profile_other_files_are_passed_over(delivery, jwstprod):
    done = jwstprod("check", delivery, "--format", "json")
    assert set(judged(done)) == {NAME}
    assert done.err == ""


def test_file_that_is_not_there_is_no_name(tmp_path, jwstprod):
    assert jwstprod("check", tmp_path / "hlsp_my-survey_readme.txt", "--profile", "hlsp").status == 2


@pytest.mark.parametrize(
    ("options", "verdict"),
    [(("--select", "KEY"), "left-out"), (("--ignore", "PROD"), "left-out"), (("--select", "PROD012"), "conforming")],
)
def test_file_of_which_nothing_is_asked_for_is_left_out(options, verdict, delivery, jwstprod):
    done = jwstprod("check", delivery, "--profile", "hlsp", "--format", "json", *options)
    assert done.status == 0
    assert judged(done)["hlsp_my-survey_readme.txt"]["verdict"] == verdict
