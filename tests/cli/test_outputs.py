"""Where reports go: an output is never an input, a report that could not be written whole is status 2, JSON is valid."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from judging import DARK
from shell import ROOT

GOOD = DARK.read_bytes()
BUFFERED = {"PYTHONUNBUFFERED": ""}
UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
PROGRAM = f"{sys.executable} -m jwstprod_check"


def bash(command, cwd, **env):
    """Run a line of a shell in which ``$J`` is the program."""
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "J": PROGRAM, **env},
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "GOOD.fits").write_bytes(GOOD)
    (tmp_path / "two.fits").write_bytes(GOOD)
    (tmp_path / "bad.fits").write_bytes(GOOD[:5000])
    return tmp_path


def link(folder):
    (folder / "out.json").symlink_to("GOOD.fits")


def link_of_a_link(folder):
    (folder / "between").symlink_to("GOOD.fits")
    (folder / "out.json").symlink_to("between")


def hard_link(folder):
    os.link(folder / "GOOD.fits", folder / "out.json")


def itself(folder):
    return "GOOD.fits"


def same_file(folder):
    (folder / "d").mkdir()
    return "d/../GOOD.fits"


@pytest.mark.parametrize("made", [itself, same_file, link, link_of_a_link, hard_link], ids=lambda made: made.__name__)
@pytest.mark.parametrize(
    "inputs", ["GOOD.fits", ".", "'*.fits'", "$PWD", "'**/*.fits'", "two.fits GOOD.fits", "--files-from list"]
)
@pytest.mark.parametrize("form", ["json", "ndjson", "concise"])
def test_an_output_that_is_an_input_is_refused_before_anything_is_read(folder, made, inputs, form):
    out = made(folder) or "out.json"
    (folder / "list").write_text("GOOD.fits\n")
    done = run_here(folder, f"check --format {form}={out} {inputs}")
    assert done.returncode == 2
    assert "one of the files to check" in done.stderr
    assert done.stdout == ""
    assert (folder / "GOOD.fits").read_bytes() == GOOD


def run_here(folder, line):
    """Run in this process, as the shell would have it, which is much faster."""
    import io
    import shlex
    from contextlib import redirect_stderr, redirect_stdout
    from glob import glob
    from types import SimpleNamespace

    from jwstprod_check.cli.main import run

    before = os.getcwd()
    os.chdir(folder)
    out, err = io.StringIO(), io.StringIO()
    try:
        args = [a.replace("$PWD", str(folder)) for a in shlex.split(line)]
        assert glob
        with redirect_stdout(out), redirect_stderr(err):
            status = run(args)
    finally:
        os.chdir(before)
    return SimpleNamespace(returncode=status, stdout=out.getvalue(), stderr=err.getvalue())


def test_the_list_of_files_is_no_output(folder):
    (folder / "list").write_text("GOOD.fits\n")
    done = run_here(folder, "check --format json=list --files-from list")
    assert (done.returncode, (folder / "list").read_text()) == (2, "GOOD.fits\n")


def test_a_list_on_stdin_names_no_output(folder):
    done = bash("echo GOOD.fits | $J check --format json=GOOD.fits --files-from -", folder)
    assert done.returncode == 2
    assert "one of the files to check" in done.stderr
    assert (folder / "GOOD.fits").read_bytes() == GOOD
    assert len(list(folder.iterdir())) == 3


def test_a_file_named_as_an_option_overwrites_nothing(folder):
    (folder / "--format=json=GOOD.fits").write_bytes(b"")
    done = bash("$J check *.fits; echo $?; $J check -- *.fits; echo $?", folder)
    assert done.stdout.splitlines()[0] == "2"
    assert done.stdout.splitlines()[-1] == "1"
    assert "one of the files to check" in done.stderr
    assert (folder / "GOOD.fits").read_bytes() == GOOD


def test_the_hooks_end_with_what_makes_names_no_options():
    import yaml

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hooks
    assert all(hook["entry"].endswith(" --") for hook in hooks)


@pytest.mark.parametrize("other", ["o.json", "./o.json", "d/../o.json", "link"])
@pytest.mark.parametrize("there", [True, False])
def test_two_outputs_to_one_file_are_refused(folder, other, there):
    (folder / "d").mkdir()
    (folder / "link").symlink_to("o.json")
    if there:
        (folder / "o.json").write_text("before")
    done = run_here(folder, f"check --format json=o.json --format ndjson={other} GOOD.fits")
    assert done.returncode == 2
    assert "two outputs" in done.stderr
    assert (folder / "o.json").exists() is there
    assert not there or (folder / "o.json").read_text() == "before"


def test_an_output_takes_its_place_when_it_is_whole(folder):
    (folder / "o.json").write_text("before")
    done = run_here(folder, "check --format json=o.json --format ndjson=o.ndjson GOOD.fits bad.fits")
    assert done.returncode == 1
    assert json.loads((folder / "o.json").read_text())["summary"]["files"] == 2
    assert len((folder / "o.ndjson").read_text().splitlines()) == 3
    assert not [p for p in folder.iterdir() if p.name.endswith(".part")]


def test_a_run_that_fails_leaves_what_was_there(folder, monkeypatch):
    from jwstprod_check.report.json import JsonReporter

    def full(*_):
        raise OSError(28, "No space left on device")

    (folder / "o.json").write_text("before")
    monkeypatch.setattr(JsonReporter, "finish", full)
    done = run_here(folder, "check --format json=o.json GOOD.fits")
    assert (done.returncode, (folder / "o.json").read_text()) == (2, "before")
    assert "No space left" in done.stderr
    assert not [p for p in folder.iterdir() if p.name.endswith(".part")]


def test_an_output_in_no_folder_is_refused(folder):
    done = run_here(folder, "check --format json=nowhere/o.json GOOD.fits")
    assert done.returncode == 2
    assert "nowhere/o.json" in done.stderr


FULL = [
    "$J check GOOD.fits > /dev/full",
    "$J check bad.fits > /dev/full",
    "$J check --format json GOOD.fits > /dev/full",
    "$J check --format ndjson GOOD.fits > /dev/full",
    "$J check --format rich GOOD.fits > /dev/full",
    "$J check --format json=/dev/full GOOD.fits",
    "$J check -v GOOD.fits two.fits bad.fits > /dev/full",
    "$J info GOOD.fits > /dev/full",
    "$J rule > /dev/full",
    "$J rule FILE001 > /dev/full",
    "$J --help > /dev/full",
]


@pytest.mark.parametrize("env", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", FULL)
def test_a_full_disk_is_status_2(folder, command, env):
    done = bash(command, folder, **env)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_disk_that_fills_up_takes_no_output_for_whole(folder):
    """ndjson that does not fit into the limit of a file's size."""
    done = bash(
        "ulimit -f 1; trap '' XFSZ; $J check --format ndjson GOOD.fits two.fits > out; echo $?", folder, **UNBUFFERED
    )
    assert done.stdout == "2\n"
    assert "Traceback" not in done.stderr


CLOSED = [
    "$J check GOOD.fits >&-",
    "$J check bad.fits >&-",
    "$J check --format json GOOD.fits >&-",
    "$J info GOOD.fits >&-",
    "$J rule >&-",
]


@pytest.mark.parametrize("env", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", CLOSED)
def test_a_closed_output_is_status_2(folder, command, env):
    done = bash(command, folder, **env)
    assert (done.returncode, done.stderr) == (2, "jwstprod: the standard output is closed\n")
    assert bash(command + " 2>&-", folder, **env).returncode == 2


@pytest.mark.parametrize(
    "command",
    [
        "$J check GOOD.fits two.fits 2>&-",
        "$J check --data GOOD.fits two.fits 2>&-",
        "$J check -j 2 GOOD.fits two.fits 2>&-",
    ],
)
def test_a_closed_stderr_changes_nothing(folder, command):
    done = bash(command, folder)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("2 files checked")


@pytest.mark.parametrize(
    "command", ["$J check nosuch 2>/dev/full", "$J nosuch 2>/dev/full", "$J check --select X GOOD.fits 2>/dev/full"]
)
def test_a_full_stderr_is_no_traceback(folder, command):
    assert bash(command, folder, **BUFFERED).returncode == 2


GONE = [
    "$J check --format json GOOD.fits",
    "$J check bad.fits",
    "$J check -v GOOD.fits bad.fits",
    "$J check --format rich GOOD.fits",
    "$J check --format ndjson GOOD.fits",
    "$J check -j 2 GOOD.fits two.fits bad.fits",
    "$J info GOOD.fits",
    "$J info --header 0 GOOD.fits",
    "$J rule",
    "$J --help",
    "$J check --help",
]


@pytest.mark.parametrize("env", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", GONE)
def test_a_reader_that_goes_away_is_status_2(folder, command, env):
    read, write = os.pipe()
    os.close(read)
    try:
        args = [sys.executable, "-m", "jwstprod_check", *command.split()[1:]]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **env}
        done = subprocess.run(args, stdout=write, stderr=subprocess.PIPE, cwd=folder, env=env, check=False)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (2, b"")


def test_head_of_a_long_report_is_status_2(folder):
    files = "GOOD.fits bad.fits two.fits"
    for n in range(300):
        os.link(folder / "bad.fits", folder / f"bad{n}.fits")
    done = bash(f"$J check -v {files} bad*.fits | head -1; echo ${{PIPESTATUS[0]}}", folder)
    assert done.stdout.splitlines()[-1] == "2"
    assert done.stderr == ""


@pytest.mark.parametrize("form", ["json", "ndjson", "concise", "rich"])
def test_a_pipe_without_reader_is_not_waited_for(folder, form):
    os.mkfifo(folder / "pipe")
    done = bash(f"$J check --format {form}=pipe GOOD.fits", folder)
    assert done.returncode == 2
    assert "pipe" in done.stderr


def test_a_pipe_with_reader_gets_the_report(folder):
    os.mkfifo(folder / "pipe")
    done = bash("cat pipe > got & sleep 0.5; $J check --format json=pipe GOOD.fits; s=$?; wait; exit $s", folder)
    assert done.returncode == 0
    assert json.loads((folder / "got").read_text())["summary"]["conforming"] == 1


NAMES = [
    "na\u00efve.fits",
    "\udcff_bad.fits",
    "\U0001f52d.fits",
    "a\nb.fits",
    "a\x1b[31m.fits",
    "::error::x.fits",
    "##[error]x.fits",
    "\u2028.fits",
    "a'b\"c\\.fits",
]


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["utf-8", "ascii", "C", "latin-1"],
)
def test_json_is_valid_whatever_the_name_and_the_encoding(tmp_path, env):
    for name in NAMES:
        (tmp_path / name).write_bytes(GOOD)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "jwstprod_check",
            "check",
            "--format",
            "json",
            "--format",
            "ndjson=n",
            *map(os.fsencode, NAMES),
        ],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    report = json.loads(done.stdout.decode("utf-8"))
    wanted = [n.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for n in NAMES]
    assert [f["path"] for f in report["files"]] == wanted
    lines = [json.loads(line) for line in (tmp_path / "n").read_bytes().decode("utf-8").splitlines()]
    assert [f["path"] for f in lines[:-1]] == wanted
    for raw in (done.stdout, (tmp_path / "n").read_bytes()):
        assert raw.isascii()
        assert b"::" not in raw
        assert b"##[" not in raw


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("env", [{}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}], ids=["utf-8", "ascii"])
def test_info_is_valid_whatever_the_name_and_the_encoding(tmp_path, name, env):
    (tmp_path / name).write_bytes(GOOD)
    outs = []
    for form in ("json", "text"):
        done = subprocess.run(
            [sys.executable, "-m", "jwstprod_check", "info", "--format", form, os.fsencode(name)],
            capture_output=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        )
        assert (done.returncode, done.stderr) == (0, b"")
        outs.append(done.stdout)
    assert json.loads(outs[0].decode("utf-8"))["path"] == name.encode("utf-8", "surrogateescape").decode(
        "utf-8", "backslashreplace"
    )
    assert b"::" not in outs[1]


@pytest.mark.parametrize("args", ["empty", "nosuch", "'*.nothing'", "--files-from none", "--exclude '*' GOOD.fits"])
def test_with_nothing_to_check_json_is_whole_and_the_status_is_2(folder, args):
    (folder / "empty").mkdir()
    (folder / "none").write_text("")
    done = run_here(folder, f"check --format json --format ndjson=n {args}")
    assert done.returncode == 2
    report = json.loads(done.stdout)
    assert report["summary"]["complete"] is True
    assert report["summary"]["conforming"] == 0
    last = json.loads((folder / "n").read_text().splitlines()[-1])
    assert last["summary"] == report["summary"]
    assert last["unread"] == report["unread"]


def test_quiet_prints_what_made_the_file_fail(folder):
    done = run_here(folder, "check -q --fail-on warning GOOD.fits")
    assert done.returncode == 1
    assert "KEY025" in done.stdout
    assert run_here(folder, "check -q GOOD.fits").stdout == ""


def test_nothing_is_ever_written_to_a_checked_file(folder):
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    for args in ("check .", "check --data .", "info GOOD.fits", "check --format json=o.json ."):
        run_here(folder, args)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in before} == before
    assert isinstance(folder, Path)
