"""What a run writes is none of its inputs, and no file of the delivery; what it reads is a file or says why not."""

import hashlib
import json
import os
import stat
import subprocess
import sys

import pytest
from builders import edited
from judging import DARK
from shell import ROOT

GOOD = DARK.read_bytes()
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
    """A delivery ``d`` with its manifest, and a folder ``sp`` of specs."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / DARK.name).write_bytes(GOOD)
    (tmp_path / "d" / "m.sum").write_text(f"{hashlib.sha256(GOOD).hexdigest()}  {DARK.name}\n")
    (tmp_path / "sp").mkdir()
    (tmp_path / "sp" / "dark.yaml").write_bytes((ROOT / "specs" / "dark.yaml").read_bytes())
    (tmp_path / "jwstprod.toml").write_text('specs = "sp"\n')
    return tmp_path


@pytest.mark.parametrize("option", ["--format json=", "--format csv=", "--write-baseline "])
@pytest.mark.parametrize(
    ("inputs", "out"),
    [
        ("--no-config --manifest d/m.sum", "d/m.sum"),
        ("--no-config --manifest d/m.sum", "link"),
        ("--no-config --specs sp", "sp/dark.yaml"),
        ("", "sp/dark.yaml"),
    ],
)
def test_an_output_is_no_manifest_and_no_spec_of_the_run(folder, option, inputs, out):
    (folder / "link").symlink_to("d/m.sum")
    before = (folder / out).read_bytes()
    done = bash(f"$J check {inputs} {option}{out} d", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{out} is one of the files to check, or else read by the run" in done.stderr
    assert (folder / out).read_bytes() == before


@pytest.mark.parametrize(
    "outputs",
    [
        "--format json=d/r.json",
        "--resume d/r.ndjson",
        "--write-baseline d/b.json",
        "--format csv=d/r.csv --format html=d/h.html",
    ],
)
@pytest.mark.parametrize("manifest", ["--manifest d/m.sum", ""])
def test_what_a_run_writes_is_no_file_of_the_delivery(folder, outputs, manifest):
    # A run that came to its end has nothing to go on with.
    for _ in range(1 if "--resume" in outputs else 2):
        done = bash(f"$J check --no-config {manifest} --format concise {outputs} d", folder)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--baseline", "--config", "--manifest"])
@pytest.mark.parametrize("what", ["pipe", "/dev/zero"])
def test_what_is_no_file_is_not_read(folder, option, what):
    os.mkfifo(folder / "pipe")
    done = bash(f"timeout 20 $J check {option} {what} d", folder)
    assert done.returncode == 2
    assert "not a regular file" in done.stderr


def test_a_list_without_paths_ends(folder):
    done = bash("timeout 20 $J check --no-config --files-from /dev/zero", folder)
    assert done.returncode == 2
    assert "no list of paths" in done.stderr


def test_a_closed_standard_input_is_said(folder):
    done = bash("$J check --no-config --files-from - <&-", folder)
    assert done.returncode == 2
    assert "the standard input is closed" in done.stderr
    done = bash("$J check --no-config - d <&-", folder)
    assert done.returncode == 1
    assert "-: error TOOL002 the file cannot be read: the standard input is closed" in done.stdout


@pytest.mark.parametrize(
    "command",
    [
        "$J check --no-config --format json=out --format concise d > out",
        "$J check --no-config --format json --format csv=/dev/stdout d > out",
        "$J check --no-config --format json --format csv=/dev/stdout d | cat",
        "$J check --no-config --format json=/proc/self/fd/1 d > out",
    ],
)
def test_the_standard_output_and_a_file_are_not_one(folder, command):
    done = bash(f"set -o pipefail; {command}", folder)
    assert done.returncode == 2
    assert "two outputs go to one file: the standard output and" in done.stderr


@pytest.mark.parametrize("command", ["--format json=/dev/null d > /dev/null", "--format json=other d > out"])
def test_other_outputs_beside_the_standard_output_are_written(folder, command):
    assert bash(f"$J check --no-config {command}", folder).returncode == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp037", "utf-7"])
@pytest.mark.parametrize("form", ["json", "junit", "concise"])
def test_reports_are_in_utf_8_where_the_encoding_is_none_of_a_terminal(folder, encoding, form):
    done = bash(f"$J check --no-config --format {form} d", folder, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    assert "dark" in done.stdout or "conforms" in done.stdout
    assert form != "json" or json.loads(done.stdout)["summary"]


def test_a_name_that_is_not_utf_8_is_in_no_label(folder):
    os.rename(folder / "d" / DARK.name, os.fsencode(folder / "d") + b"/\xff_dark.fits")
    done = bash("$J label d", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: \\xff_dark.fits: the name is not UTF-8\n"


@pytest.mark.parametrize("what", ["pipe", "null"])
def test_a_baseline_leaves_a_pipe_and_a_device_what_they_are(folder, what):
    """A run as root replaced /dev/null by a file; so root has a device of its own here."""
    if os.geteuid() == 0:
        os.mknod(folder / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    else:
        (folder / "null").symlink_to("/dev/null")
    os.mkfifo(folder / "pipe")
    done = bash(
        f"exec 3<>pipe; $J check -q --write-baseline {what} d; status=$?; echo END >&3; sed /END/q <&3; exit $status",
        folder,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "pipe").is_fifo()
    assert (folder / "null").is_char_device()
    if what == "pipe":
        assert json.loads(done.stdout.removesuffix("END\n"))["schema"] == "jwstprod-baseline/1"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("pipe", "the baseline pipe cannot be written: No such device or address"),
        ("no/b.json", "does not exist"),
        ("d", "is a folder"),
    ],
)
def test_a_baseline_that_cannot_be_written_is_status_2(folder, target, reason):
    os.mkfifo(folder / "pipe")
    done = bash(f"$J check -q --write-baseline {target} d", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert (folder / "pipe").is_fifo()


@pytest.mark.parametrize("out", ["/dev/stdout", "out.txt"])
def test_a_baseline_does_not_go_where_the_report_goes(folder, out):
    done = bash(f"$J check --write-baseline {out} d > out.txt", folder)
    assert done.returncode == 2
    assert "two outputs go to one file" in done.stderr
    assert (folder / "out.txt").read_text() == ""


def test_a_manifest_on_the_standard_output_replaces_no_file(folder):
    done = bash("(echo before; $J manifest d -o /dev/stdout; echo after) > out.txt", folder)
    lines = (folder / "out.txt").read_text().splitlines()
    assert (lines[0], lines[-1], done.stderr) == ("before", "after", "")
    assert any(DARK.name in line for line in lines)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("check - --files-from - < list", "either a file to check or the list of --files-from"),
        ("check --format json=- d", "a format without a file goes to the standard output"),
        ("check --select HDU --ignore HDU d", "no rule would run\n"),
        ("check --select DATA d", "no rule would run without --data"),
        ("check --write-baseline d/m.sum --manifest d/m.sum", "Invalid value for --write-baseline: d/m.sum is one of"),
        ("label --lint pipe", "it is not a regular file"),
        ("make dark pipe --force", "cannot be written (No such device or address)"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(folder, command, reason):
    os.mkfifo(folder / "pipe")
    (folder / "list").write_text(f"d/{DARK.name}\n")
    before = (folder / "d" / "m.sum").read_bytes()
    done = bash(f"$J {command}", folder)
    assert done.returncode == 2
    assert reason in done.stderr
    assert (folder / "d" / "m.sum").read_bytes() == before
    assert not (folder / "-").exists()


def test_a_made_file_that_cannot_be_written_whole_leaves_the_old_one(folder):
    (folder / "x_dark.fits").write_bytes(GOOD)
    done = bash("ulimit -f 1; $J make dark x_dark.fits --force", folder)
    assert done.returncode == 2
    assert (folder / "x_dark.fits").read_bytes() == GOOD
    assert sorted(path.name for path in folder.iterdir()) == ["d", "jwstprod.toml", "sp", "x_dark.fits"]


@pytest.mark.parametrize("where", ["spec", "config"])
def test_an_integer_that_python_does_not_read_is_an_error_of_its_file(folder, where):
    number = "1" * 5000
    if where == "spec":
        (folder / "sp" / "dark.yaml").write_text(f"product: dark\ntitle: {number}\n")
    else:
        (folder / "jwstprod.toml").write_text(f"jobs = {number}\n")
    done = bash("$J check d", folder)
    assert done.returncode == 2
    assert "internal error" not in done.stderr
    assert ("sp/dark.yaml" if where == "spec" else "jwstprod.toml") in done.stderr


@pytest.mark.parametrize("command", ["manifest m", "spec draft m/*"])
def test_no_mark_of_a_log_is_in_a_manifest_or_a_draft(folder, command):
    (folder / "m").mkdir()
    raw = edited(GOOD, "PIXELDQ", lambda part: part.with_card("EXTNAME", "##[error]DQ"))
    (folder / "m" / "##[error]x_dark.fits").write_bytes(raw)
    done = bash(f"$J {command}", folder)
    assert done.returncode == 0
    assert "##[" not in done.stdout
    assert "#\\u0023[error]" in done.stdout
