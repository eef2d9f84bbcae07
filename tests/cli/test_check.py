"""The command line as a shell sees it: exit status, streams, options."""

import gzip
import json
import os

from judging import DARK, DATA
from shell import shell

BAD = next(p for p in sorted((DATA / "bad").rglob("*_dark.fits.gz")))


def test_conforming_file_exits_0():
    done = shell("check", DARK)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 file checked (structure): 1 conforms")


def test_nonconforming_file_exits_1_and_names_the_place():
    done = shell("check", BAD)
    assert done.returncode == 1
    assert "error" in done.stdout


def test_folder_of_good_files_exits_0(jwstprod):
    done = jwstprod("check", DATA / "good")
    assert done.status == 0, done.out


def test_path_that_does_not_exist_exits_2_and_the_others_are_checked(jwstprod):
    done = jwstprod("check", DARK, DATA / "nowhere.fits")
    assert done.status == 2
    assert "nowhere.fits: no such file or folder" in done.err
    assert "1 file checked" in done.out


def test_folder_without_fits_files_exits_2(tmp_path, jwstprod):
    assert jwstprod("check", tmp_path).status == 2


def test_pattern_that_matches_nothing_exits_2(tmp_path, jwstprod):
    done = jwstprod("check", tmp_path / "*.fits")
    assert done.status == 2
    assert "no file matches" in done.err


def test_pattern_and_folder_and_jobs_check_the_same_files(jwstprod):
    folder = jwstprod("check", DATA / "good", "--format", "ndjson")
    pattern = jwstprod("check", str(DATA / "good" / "**" / "*.fits*"), "--format", "ndjson")
    jobs = jwstprod("check", DATA / "good", "--format", "ndjson", "--jobs", "2")
    assert folder.out == jobs.out
    assert sorted(folder.out.splitlines()) == sorted(pattern.out.splitlines())


def test_what_a_folder_has_besides_is_counted_on_stderr(tmp_path, jwstprod):
    (tmp_path / DARK.name).write_bytes(DARK.read_bytes())
    (tmp_path / "x_dark.fits.bz2").write_bytes(b"")
    (tmp_path / ".git").mkdir()
    done = jwstprod("check", tmp_path)
    assert (done.status, done.err) == (0, "jwstprod: not looked at: 1 file (.fits.bz2), 1 folder (.git)\n")
    assert jwstprod("check", tmp_path, "-q").err == ""


def test_a_path_given_twice_is_checked_once(tmp_path, jwstprod):
    (tmp_path / DARK.name).write_bytes(DARK.read_bytes())
    done = jwstprod("check", tmp_path, tmp_path / DARK.name, tmp_path / "**")
    assert "1 file checked" in done.out


def test_unreadable_fits_is_a_finding_and_exits_1(tmp_path, jwstprod):
    page = tmp_path / "x_dark.fits"
    page.write_text("<!DOCTYPE html><html><body>404</body></html>")
    done = jwstprod("check", page, "--format", "json")
    assert done.status == 1
    findings = json.loads(done.out)["files"][0]["findings"]
    assert [f["code"] for f in findings] == ["FILE002"]
    assert "HTML" in findings[0]["message"]


def test_quiet_is_silent_where_all_conform_and_speaks_where_not(jwstprod):
    assert jwstprod("check", "-q", DARK).out == ""
    failing = jwstprod("check", "-q", BAD).out.splitlines()
    assert failing
    assert all(line.startswith(f"{BAD}:") and " error " in line for line in failing)


def test_fail_on_lowers_the_bar(tmp_path, jwstprod):
    odd = tmp_path / "odd.fits"
    odd.write_bytes(DARK.read_bytes())
    assert jwstprod("check", odd).status == 0
    assert jwstprod("check", odd, "--fail-on", "warning").status == 1


def test_ignored_family_is_not_reported(jwstprod):
    codes = {f["code"] for f in json.loads(jwstprod("check", BAD, "--format", "json").out)["files"][0]["findings"]}
    assert any(c.startswith(("HDU", "TAB")) for c in codes)
    done = jwstprod("check", BAD, "--ignore", "HDU,TAB", "--format", "json")
    assert not any(f["code"][:3] in {"HDU", "TAB"} for f in json.loads(done.out)["files"][0]["findings"])


def test_two_outputs_in_one_run(tmp_path, jwstprod):
    report = tmp_path / "report.json"
    done = jwstprod("check", BAD, "--format", "concise", "--format", f"json={report}")
    assert "error" in done.out
    assert json.loads(report.read_text())["summary"]["nonconforming"] == 1


def test_report_to_a_file_leaves_the_default_on_stdout(tmp_path, jwstprod):
    done = jwstprod("check", DARK, "--format", f"ndjson={tmp_path / 'report.ndjson'}")
    assert "1 conforms" in done.out


def test_broken_own_spec_exits_2_with_its_place(tmp_path, jwstprod):
    (tmp_path / "dark.yaml").write_text("product: dark\ntitel: x\n")
    done = jwstprod("check", "--specs", tmp_path, DARK)
    assert done.status == 2
    assert "dark.yaml" in done.err


def test_rich_output_without_colour_in_80_columns():
    done = shell("check", "--format", "rich", BAD, NO_COLOR="1", COLUMNS="80", PYTHONUTF8="1")
    assert "\x1b" not in done.stdout
    assert "EXTNAME" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()[1:]) <= 80


def test_output_survives_an_ascii_terminal():
    done = shell("check", "--format", "rich", BAD, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 1
    assert done.stdout.isascii()


def test_gzip_file_is_checked_as_what_it_holds(tmp_path, jwstprod):
    packed = tmp_path / (DARK.name + ".gz")
    packed.write_bytes(gzip.compress(DARK.read_bytes()))
    assert jwstprod("check", packed).status == 0


def test_unreadable_file_is_a_finding(tmp_path, jwstprod):
    (tmp_path / "x_dark.fits").mkdir()
    fifo = tmp_path / "y_dark.fits"
    os.mkfifo(fifo)
    done = jwstprod("check", fifo)
    assert done.status == 1
    assert "TOOL002" in done.out


def test_file_without_a_command_is_checked(jwstprod):
    assert jwstprod(DARK).out == jwstprod("check", DARK).out
    assert jwstprod("no/such.fits").status == 2


def test_word_that_is_no_path_is_an_unknown_command(jwstprod):
    done = jwstprod("chek")
    assert done.status == 2
    assert "'chek' is no command and no file; did you mean 'check'?" in done.err
