"""Real products of the pipeline get the verdict that they deserve."""

import pytest
from judging import CATALOGUE, DATA, REAL, errors, judge_file, loud, real

GOOD = REAL
BAD = {
    "jwst-1.11.4/jw01234001001_02117_00001_nrca1_dark.fits.gz": [("TAB006", "INT_TIMES")],
    "jwst-1.11.4/jw01234001001_04107_00001_nrs1_dark.fits.gz": [("HDU001", "GROUP"), ("HDU001", "INT_TIMES")],
    "jwst-3.0.0/jw01234001001_02105_00001_nrca1_dark.fits.gz": [("HDU001", "GROUP"), ("HDU001", "INT_TIMES")],
}
NO_ERR = ("HDU001", "ERR")
FLOAT_REFOUT = ("ARR001", "REFOUT")
MORE_ROWS = ("TAB006", "INT_TIMES")
SUBARRAY = ("KEY005", None)
STRICT = {
    "jwst-1.11.4/jw01234-o001_t001_nircam_clear-f212n-nrcb4_wfscmb-01.fits": [],
    "jwst-1.11.4/jw01234001001_02102_00001_nrca1_trapsfilled.fits.gz": [],
    "jwst-1.11.4/jw01234001001_02103_00001_nrca1_dark.fits.gz": [],
    "jwst-1.11.4/jw01234001001_02104_00001_nrca1_dark.fits.gz": [],
    "jwst-1.11.4/jw01234001001_02107_00001_mirimage_dark.fits.gz": [FLOAT_REFOUT],
    "jwst-1.11.4/jw01234001001_02108_00001_nis_dark.fits": [],
    "jwst-1.11.4/jw01234001001_02111_00001-seg001_nrca1_dark.fits.gz": [MORE_ROWS],
    "jwst-1.11.4/jw01234001001_02113_00001_nrca1_trapsfilled.fits.gz": [SUBARRAY, SUBARRAY],
    "jwst-1.18.1/jw01234001001_02104_00001_nrca1_dark.fits.gz": [NO_ERR],
    "jwst-1.20.2/jw01234-o001_t001_nircam_clear-f212n-nrcb4_wfscmb-01.fits.gz": [],
    "jwst-3.0.0/jw01234-o001_t001_nircam_clear-f212n-nrcb4_wfscmb-01.fits": [],
    "jwst-3.0.0/jw01234001001_02103_00001_nrca1_dark.fits": [NO_ERR],
    "jwst-3.0.0/jw01234001001_02107_00001_mirimage_dark.fits.gz": [NO_ERR, FLOAT_REFOUT],
    "jwst-3.0.0/jw01234001001_02109_00001_nrs1_dark.fits.gz": [NO_ERR],
    "jwst-3.0.0/jw01234001001_02114_00001_nrca1_dark.fits.gz": [NO_ERR],
    "jwst-3.0.0/jw01234001001_02116_00001-seg003_nrca1_dark.fits.gz": [NO_ERR, MORE_ROWS],
    "jwst-3.0.0/jw01234001001_03103_00001_nis_trapsfilled.fits": [],
    "jwst-1.8.5/jw01234001001_02108_00001_nis_dark.fits.gz": [],
}


def label(path):
    return f"{path.parent.name}/{path.name}"


@pytest.mark.parametrize("path", GOOD, ids=label)
def test_good_files_conform(path):
    report = judge_file(path)
    assert errors(report) == []
    assert report.product in CATALOGUE.names()
    assert report.symbols["ncols"] > 0


@pytest.mark.parametrize("folder", ["good", "warned"])
def test_only_files_of_the_other_folder_have_warnings(jwstprod, folder):
    done = jwstprod("check", DATA / folder)
    assert done.status == 0
    assert ("warning" in done.out) is (folder == "warned")
    files = [p for p in REAL if p.parents[1].name == folder]
    assert all(loud(judge_file(p)) == [] for p in files) is (folder == "good")


@pytest.mark.parametrize("path", GOOD, ids=label)
def test_good_files_conform_with_their_data(path):
    from jwstprod_check import check

    assert errors(check(path, data=True)) == []


@pytest.mark.parametrize("name", BAD)
def test_bad_files_fail_for_their_reason_and_no_other(name):
    report = judge_file(DATA / "bad" / name)
    assert [(f.code, f.extname) for f in errors(report)] == BAD[name]
    assert report.product == "dark"


@pytest.mark.parametrize("name", STRICT)
def test_strict_holds_the_documented_table_as_it_stands(name):
    report = judge_file(real(name), strict=True)
    assert [(f.code, f.extname) for f in errors(report)] == STRICT[name]


def test_every_file_is_in_a_list():
    products = ("dark", "trapsfilled", "wfscmb")
    assert {label(p) for p in GOOD if any(f"_{n}" in p.name for n in products)} == set(STRICT)
    assert {label(p) for p in (DATA / "bad").glob("*/*")} == set(BAD)


def test_moving_target_table_is_allowed_by_an_amendment():
    name = "jwst-3.0.0/jw01234001001_02114_00001_nrca1_dark.fits.gz"
    assert [f.code for f in judge_file(real(name)).findings if f.extname == "MOVING_TARGET_POSITION"] == ["PROD008"]
    strict = judge_file(real(name), strict=True)
    assert [f.code for f in strict.findings if f.extname == "MOVING_TARGET_POSITION"] == ["HDU002"]


def test_every_file_says_how_it_was_made():
    text = (DATA / "README.md").read_text()
    for path in (*GOOD, *(DATA / "bad").glob("*/*")):
        line = f"| {path.parent.name.removeprefix('jwst-')} | `{path.name}` |"
        assert line in text


def test_files_are_small():
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) < 3 * 2**20
