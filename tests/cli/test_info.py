"""``jwstprod info``."""

import json

import pytest
from judging import DARK, DATA
from shell import python, shell

BAD = DATA / "bad" / "jwst-1.11.4"


def test_info_shows_the_table_and_the_solved_dimensions():
    done = shell("info", DARK, COLUMNS="100", PYTHONUTF8="1")
    assert done.returncode == 0
    for text in ("SCI", "ngroups = ", "NGROUPS", "CAL_VER", "CRDS_CTX", "float32"):
        assert text in done.stdout


def test_info_prints_the_cards_of_an_hdu(jwstprod):
    by_name, by_number = jwstprod("info", "--header", "sci", DARK), jwstprod("info", "--header", "1", DARK)
    assert by_name.out == by_number.out
    assert by_name.out.startswith("XTENSION= 'IMAGE")
    assert by_name.out.rstrip().endswith("END")


def test_info_of_a_header_that_is_not_there_lists_those_that_are(jwstprod):
    done = jwstprod("info", "--header", "NOPE", DARK)
    assert done.status == 2
    assert "SCI" in done.err


def test_info_prints_the_cards_of_several_files_each_under_its_path(jwstprod):
    done = jwstprod("info", "--header", "SCI", BAD)
    assert done.status == 0
    assert [line for line in done.out.splitlines() if line.endswith(".gz:")] == [f"{p}:" for p in sorted(BAD.iterdir())]
    assert done.out.count("\nEND") == 2


def test_info_json_has_the_report_and_the_facts(jwstprod):
    content = json.loads(jwstprod("info", "--format", "json", DARK).out)
    assert content["product"] == "dark"
    assert content["keywords"]["DATAMODL"] == "RampModel"
    assert content["evidence"]
    assert content["what"] is None
    assert len(content["cards"]) == len(content["columns"]) == len(content["hdus"])


def test_info_shows_columns_with_type_and_unit_and_counts_cards(jwstprod):
    from astropy.io import fits

    with fits.open(DARK) as hdus:
        index = hdus.index_of("INT_TIMES")
        columns = [(c.name, c.format, c.unit) for c in hdus[index].columns]
    content = json.loads(jwstprod("info", "--format", "json", DARK).out)
    assert [(c["name"], c["form"], c["unit"]) for c in content["columns"][index]] == columns
    cards = jwstprod("info", "--header", str(index), DARK).out.splitlines()
    assert content["cards"][index] == len(cards) - 1
    page = jwstprod("info", DARK).out
    assert "columns of INT_TIMES" in page
    assert "int_mid_MJD_UTC" in page


def test_info_shows_findings_in_full(jwstprod):
    page = jwstprod("info", BAD).out
    assert "HDU001 GROUP is missing (documented as HDU 5)" in page
    assert "KEY082" in page, "info findings too"


def test_info_of_a_folder_is_a_page_for_each_file_and_a_list_in_json(jwstprod):
    files = sorted(map(str, BAD.iterdir()))
    page = jwstprod("info", BAD)
    assert page.status == 0
    assert [line.split(" ", 1)[1] for line in page.out.splitlines() if line.endswith(".fits.gz")] == files
    assert page.out.count("as documented") == 1, "the marks are explained once"
    assert [one["path"] for one in json.loads(jwstprod("info", "--format", "json", *files).out)] == files


def test_info_of_a_folder_without_fits_files_exits_2(jwstprod, tmp_path):
    done = jwstprod("info", tmp_path)
    assert done.status == 2
    assert "no FITS file" in done.err


def test_info_goes_on_after_a_path_that_does_not_exist_and_exits_2(jwstprod, tmp_path):
    done = jwstprod("info", "--format", "json", tmp_path / "gone.fits", DARK)
    assert done.status == 2
    assert "gone.fits" in done.err
    assert [one["product"] for one in json.loads(done.out)] == ["dark"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "an empty file"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a git-lfs pointer"),
        (b"#ASDF 1.0.0\n", "an ASDF file"),
        (b"words\n", "a text file"),
        (b"\x00" * 5000, "zero bytes"),
    ],
)
def test_info_says_what_a_file_is_that_is_not_fits(jwstprod, tmp_path, content, what):
    path = tmp_path / "x_dark.fits"
    path.write_bytes(content)
    done = jwstprod("info", path)
    assert done.status == 1
    first, second, *_ = done.out.splitlines()
    assert first.endswith("not a FITS file (FILE001)" if not content else "not a FITS file (FILE002)")
    assert second.strip().startswith(what)
    data = jwstprod("info", "--format", "json", path)
    assert data.status == 1
    assert json.loads(data.out)["what"].startswith(what)


def test_info_reads_stdin():
    import subprocess
    import sys

    with DARK.open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "jwstprod_check", "info", "-"], stdin=stream, capture_output=True, check=False
        )
    assert done.returncode == 0
    assert b"ngroups = 5" in done.stdout


def test_info_imports_no_heavy_package():
    script = (
        "import sys\nfrom jwstprod_check.cli.main import run\n"
        f"run(['info', {str(DARK)!r}])\n"
        "heavy = {'astropy', 'numpy', 'rich'} & {m.split('.')[0] for m in sys.modules}\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr
