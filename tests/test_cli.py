"""The command line as a shell sees it: exit status, streams, options."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jwstprod_check import __version__

DATA = Path(__file__).parent / "data"
GOOD = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02103_00001_nrca1_dark.fits"
BAD = next(p for p in sorted((DATA / "bad").rglob("*_dark.fits.gz")))


def jwstprod(*args: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jwstprod_check", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **env},
    )


def test_conforming_file_exits_0():
    done = jwstprod("check", GOOD)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 file checked (structure): 1 conforms")


def test_nonconforming_file_exits_1_and_names_the_place():
    done = jwstprod("check", BAD)
    assert done.returncode == 1
    assert "error" in done.stdout


def test_folder_of_good_files_exits_0():
    done = jwstprod("check", DATA / "good")
    assert done.returncode == 0, done.stdout


def test_path_that_does_not_exist_exits_2_and_the_others_are_checked():
    done = jwstprod("check", GOOD, DATA / "nowhere.fits")
    assert done.returncode == 2
    assert "nowhere.fits: no such file or folder" in done.stderr
    assert "1 file checked" in done.stdout


def test_folder_without_fits_files_exits_2(tmp_path: Path):
    assert jwstprod("check", tmp_path).returncode == 2


def test_pattern_that_matches_nothing_exits_2(tmp_path: Path):
    done = jwstprod("check", tmp_path / "*.fits")
    assert done.returncode == 2
    assert "no file matches" in done.stderr


def test_pattern_and_folder_and_jobs_check_the_same_files():
    folder = jwstprod("check", DATA / "good", "--format", "ndjson")
    pattern = jwstprod("check", str(DATA / "good" / "**" / "*.fits*"), "--format", "ndjson")
    jobs = jwstprod("check", DATA / "good", "--format", "ndjson", "--jobs", "2")
    assert folder.stdout == jobs.stdout
    assert sorted(folder.stdout.splitlines()) == sorted(pattern.stdout.splitlines())


def test_unreadable_fits_is_a_finding_and_exits_1(tmp_path: Path):
    page = tmp_path / "x_dark.fits"
    page.write_text("<!DOCTYPE html><html><body>404</body></html>")
    done = jwstprod("check", page, "--format", "json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)["files"][0]["findings"]
    assert [f["code"] for f in findings] == ["FILE002"]
    assert "HTML" in findings[0]["message"]


def test_quiet_is_silent_where_all_conform_and_speaks_where_not():
    assert jwstprod("check", "-q", GOOD).stdout == ""
    assert "error" in jwstprod("check", "-q", BAD).stdout


def test_fail_on_lowers_the_bar(tmp_path: Path):
    odd = tmp_path / "odd.fits"
    odd.write_bytes(GOOD.read_bytes())
    assert jwstprod("check", odd).returncode == 0
    assert jwstprod("check", odd, "--fail-on", "warning").returncode == 1


def test_ignored_family_is_not_reported():
    codes = {f["code"] for f in json.loads(jwstprod("check", BAD, "--format", "json").stdout)["files"][0]["findings"]}
    assert any(c.startswith(("HDU", "TAB")) for c in codes)
    done = jwstprod("check", BAD, "--ignore", "HDU,TAB", "--format", "json")
    assert not any(f["code"][:3] in {"HDU", "TAB"} for f in json.loads(done.stdout)["files"][0]["findings"])


@pytest.mark.parametrize(
    "args",
    [
        ["check"],
        ["check", "--nonsense", GOOD],
        ["check", "--select", "NOPE", GOOD],
        ["check", "--ignore", "HDU999", GOOD],
        ["check", "--product", "drak", GOOD],
        ["check", "--format", "yaml", GOOD],
        ["check", "--format", "json", "--format", "ndjson", GOOD],
        ["check", "--format", "json=/nowhere/at/all/report.json", GOOD],
        ["check", "--specs", "/nowhere", GOOD],
        ["check", "--select", "SUM", GOOD],
        ["check", "https://example.org/x_dark.fits"],
        ["rule", "NOPE"],
        ["spec", "show", "drak"],
        ["info", "/nowhere.fits"],
        ["frobnicate"],
    ],
)
def test_bad_usage_exits_2_and_says_so_on_stderr(args: list[object]):
    done = jwstprod(*args)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_two_outputs_in_one_run(tmp_path: Path):
    report = tmp_path / "report.json"
    done = jwstprod("check", BAD, "--format", "concise", "--format", f"json={report}")
    assert "error" in done.stdout
    assert json.loads(report.read_text())["summary"]["nonconforming"] == 1


def test_report_to_a_file_leaves_the_default_on_stdout(tmp_path: Path):
    done = jwstprod("check", GOOD, "--format", f"ndjson={tmp_path / 'report.ndjson'}")
    assert "1 conforms" in done.stdout


def test_broken_own_spec_exits_2_with_its_place(tmp_path: Path):
    (tmp_path / "dark.yaml").write_text("product: dark\ntitel: x\n")
    done = jwstprod("check", "--specs", tmp_path, GOOD)
    assert done.returncode == 2
    assert "dark.yaml" in done.stderr


def test_rich_output_without_colour_in_80_columns():
    done = jwstprod("check", "--format", "rich", BAD, NO_COLOR="1", COLUMNS="80", PYTHONUTF8="1")
    assert "\x1b" not in done.stdout
    assert "EXTNAME" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()[1:]) <= 80


def test_output_survives_an_ascii_terminal():
    done = jwstprod("check", "--format", "rich", BAD, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 1
    assert done.stdout.isascii()


def test_info_shows_the_table_and_the_solved_dimensions():
    done = jwstprod("info", GOOD, COLUMNS="100", PYTHONUTF8="1")
    assert done.returncode == 0
    for text in ("SCI", "ngroups = ", "NGROUPS", "CAL_VER", "CRDS_CTX", "float32"):
        assert text in done.stdout


def test_info_prints_the_cards_of_an_hdu():
    by_name, by_number = jwstprod("info", "--header", "sci", GOOD), jwstprod("info", "--header", "1", GOOD)
    assert by_name.stdout == by_number.stdout
    assert by_name.stdout.startswith("XTENSION= 'IMAGE")
    assert by_name.stdout.rstrip().endswith("END")


def test_info_of_a_header_that_is_not_there_lists_those_that_are():
    done = jwstprod("info", "--header", "NOPE", GOOD)
    assert done.returncode == 2
    assert "SCI" in done.stderr


def test_info_json_has_the_report_and_the_facts():
    content = json.loads(jwstprod("info", "--format", "json", GOOD).stdout)
    assert content["product"] == "dark"
    assert content["keywords"]["DATAMODL"] == "RampModel"
    assert content["evidence"]


def test_spec_show_json_is_the_documented_table():
    content = json.loads(jwstprod("spec", "show", "dark", "--format", "json").stdout)
    assert set(content) == {"product", "hdus", "amendments"} | {"title", "documentation", "traits", "units"}
    assert len(content["hdus"]) == 10
    assert content["hdus"][0] == {
        "hdu": 0, "extname": None, "type": "primary", "dtype": None, "dims": None, "optional": False,
        "columns": None,
    }  # fmt: skip
    assert content["hdus"][8]["dims"] == "ncols/4 x nrows x ngroups x nints"


def test_spec_list_names_the_products():
    assert {"dark", "trapsfilled", "wfscmb"} <= {
        line.split()[0] for line in jwstprod("spec", "list").stdout.splitlines() if line.strip()
    }


def test_spec_schema_is_a_json_schema():
    assert "$defs" in json.loads(jwstprod("spec", "schema").stdout)


def test_rule_prints_the_manual_and_the_list():
    manual = jwstprod("rule", "hdu001").stdout
    assert "missing-hdu" in manual
    assert "Mend:" in manual
    assert "HDU001" in jwstprod("rule").stdout


def test_version_and_help():
    assert __version__ in jwstprod("--version").stdout
    assert "--strict" in jwstprod("check", "--help").stdout


def test_completion_is_offered():
    done = subprocess.run(
        [sys.executable, "-c", "from jwstprod_check.__main__ import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "_JWSTPROD_COMPLETE": "bash_source"},
    )
    assert "complete" in done.stdout


@pytest.mark.parametrize("args", [[], ["--format", "ndjson"], ["--jobs", "2"], ["--strict"]])
def test_structure_check_imports_no_heavy_package(args: list[str]):
    script = (
        "import sys\nfrom jwstprod_check.cli.main import run\n"
        f"run(['check', {str(GOOD)!r}, *{args!r}])\n"
        "heavy = {'astropy', 'numpy', 'rich'} & {m.split('.')[0] for m in sys.modules}\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr


def test_gzip_file_is_checked_as_what_it_holds(tmp_path: Path):
    packed = tmp_path / (GOOD.name + ".gz")
    packed.write_bytes(gzip.compress(GOOD.read_bytes()))
    assert jwstprod("check", packed).returncode == 0


def test_unreadable_file_is_a_finding(tmp_path: Path):
    (tmp_path / "x_dark.fits").mkdir()
    fifo = tmp_path / "y_dark.fits"
    os.mkfifo(fifo)
    done = jwstprod("check", fifo)
    assert done.returncode == 1
    assert "TOOL002" in done.stdout
