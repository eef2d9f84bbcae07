"""A run that was ended early goes on where it stopped, and gives what a run gives that was not."""

import json
import os
import signal
import subprocess
import sys

import pytest
from judging import CATALOGUE
from made_files import make
from shell import ROOT, python, shell

from jwstprod_check import __version__
from jwstprod_check.config import Options
from jwstprod_check.make import file_name
from jwstprod_check.run.journal import MAGIC, Asked, Journal, JournalError
from jwstprod_check.run.packed import pack, unpack
from jwstprod_check.run.program import program_for

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))

CUT = """
import os, signal
from jwstprod_check.run.journal import Journal

keep = Journal.keep
done = []

def counted(self, report):
    keep(self, report)
    done.append(report.path)
    if len(done) == {after}:
        os.kill(os.getpid(), signal.{number})

Journal.keep = counted
from jwstprod_check.__main__ import main
main()
"""
"""A run that gets a signal after some reports."""


@pytest.fixture
def delivery(tmp_path, monkeypatch):
    """60 exposures, some truncated, and one of them once more in another folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "d"
    folder.mkdir()
    for n in range(60):
        (folder / NAME.replace("00001", f"{n:05d}", 1)).write_bytes(RAW if n % 10 else RAW[:-3000])
    (folder / "other").mkdir()
    (folder / "other" / NAME).write_bytes(RAW)
    return folder


def cut(*args, number="SIGKILL", after=25):
    """Run until a signal comes."""
    with open("cut.py", "w", encoding="utf-8") as script:
        script.write(CUT.format(number=number, after=after))
    done = python("cut.py", "check", "d", *args)
    assert done.returncode == (-9 if number == "SIGKILL" else 2), done.stderr
    return done


def whole(*args, name="whole.ndjson"):
    done = shell("check", "d", "--format", f"ndjson={name}", *args)
    assert done.returncode in (0, 1), done.stderr
    with open(name, "rb") as stream:
        return stream.read()


def content(name):
    with open(name, "rb") as stream:
        return stream.read()


@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_was_ended_goes_on_and_gives_what_a_whole_one_gives(delivery, number, jobs):
    if number == "SIGTERM" and signal.getsignal(signal.SIGTERM) is signal.SIG_IGN:
        pytest.skip("the signal is ignored here")
    expected = whole()
    cut("--format", "ndjson=out.ndjson", number=number)
    assert os.path.exists("out.ndjson.resume")
    done = shell("check", "d", "--resume", "out.ndjson", "-j", jobs)
    assert (done.returncode, done.stderr) == (1, "")
    assert content("out.ndjson") == expected
    last = json.loads(expected.splitlines()[-1])
    assert last["summary"]["files"] == 61
    assert [finding["code"] for finding in last["delivery"]["findings"]] == ["SET001"]
    assert done.stdout.splitlines()[-1].startswith("61 files checked")
    assert not [n for n in os.listdir() if n.endswith((".resume", ".part"))]


def test_files_that_are_done_are_not_opened_again(delivery):
    expected = whole()
    cut("--format", "ndjson=out.ndjson")
    for name in sorted(os.listdir(delivery))[:25]:
        (delivery / name).write_bytes(b"")
    shell("check", "d", "--resume", "out.ndjson")
    assert content("out.ndjson") == expected


def test_a_report_on_the_standard_output_goes_on_too(delivery):
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("the system does not name the file of the standard output")
    expected = whole()
    with open("cut.py", "w", encoding="utf-8") as script:
        script.write(CUT.format(number="SIGKILL", after=25))
    command = [sys.executable, "cut.py", "check", "d", "--format", "ndjson"]
    with open("out.ndjson", "wb") as out:
        subprocess.run(command, stdout=out, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    torn = content("out.ndjson")
    assert torn != expected
    assert os.path.exists("out.ndjson.resume")
    assert shell("check", "d", "--resume", "out.ndjson").returncode == 1
    assert content("out.ndjson") == expected


def test_a_run_that_was_ended_twice_goes_on(delivery):
    expected = whole()
    cut("--resume", "out.ndjson")
    cut("--resume", "out.ndjson", after=10)
    shell("check", "d", "--resume", "out.ndjson")
    assert content("out.ndjson") == expected


@pytest.mark.parametrize("torn", [1, 5, 9, 400])
def test_a_torn_end_of_the_record_is_dropped(delivery, torn):
    expected = whole()
    cut("--format", "ndjson=out.ndjson")
    size = os.path.getsize("out.ndjson.resume")
    os.truncate("out.ndjson.resume", size - torn)
    shell("check", "d", "--resume", "out.ndjson")
    assert content("out.ndjson") == expected


@pytest.mark.parametrize("rubbish", [b"\0" * 5000, b"\xff" * 8, b"\0\0\0\x05\0\0\0\0hello"])
def test_rubbish_at_the_end_of_the_record_is_dropped(delivery, rubbish):
    expected = whole()
    cut("--format", "ndjson=out.ndjson")
    with open("out.ndjson.resume", "ab") as stream:
        stream.write(rubbish)
    shell("check", "d", "--resume", "out.ndjson")
    assert content("out.ndjson") == expected


def test_baselines_ignores_and_other_formats_are_those_of_a_whole_run(delivery):
    with open("jwstprod.toml", "w", encoding="utf-8") as config:
        config.write('[[ignore]]\ncode = "FILE005"\nreason = "known"\npaths = ["d/*_00010_*", "d/*_00050_*"]\n')
    outputs = ("csv=NAME.csv", "junit=NAME.xml", "sarif=NAME.sarif", "gitlab=NAME.gitlab")

    def options(name):
        formats = [a for one in outputs for a in ("--format", one.replace("NAME", name))]
        return [*formats, "--write-baseline", f"{name}.baseline"]

    expected = whole(*options("whole"))
    cut("--format", "ndjson=out.ndjson", *options("out"), number="SIGKILL")
    shell("check", "d", "--resume", "out.ndjson", *options("out"))
    assert content("out.ndjson") == expected
    for ending in ("csv", "xml", "gitlab", "baseline"):
        assert content(f"out.{ending}") == content(f"whole.{ending}"), ending
    runs = [json.loads(content(f"{name}.sarif"))["runs"][0]["results"] for name in ("out", "whole")]
    assert runs[0] == runs[1]


def test_files_that_came_and_went_since_are_seen(delivery):
    cut("--format", "ndjson=out.ndjson")
    first, second, *_ = sorted(os.listdir(delivery))
    os.unlink(delivery / second)
    (delivery / ("a" + first)).write_bytes(RAW)
    expected = whole()
    shell("check", "d", "--resume", "out.ndjson")
    assert content("out.ndjson") == expected


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--data"], "other options than the earlier run: data (was false, is true)"),
        (["--strict"], "other options than the earlier run: strict (was false, is true)"),
        (["--ignore", "KEY"], 'other options than the earlier run: ignore (was [], is ["KEY"])'),
        (["--fail-on", "warning"], 'other options than the earlier run: fail-on (was "error", is "warning")'),
        (["--specs", "own"], "the earlier run had other specs in "),
        (["--format", "rich"], "the earlier run kept no tables of files, which rich and html show"),
    ],
)
def test_a_run_with_other_options_is_refused(delivery, args, message):
    os.mkdir("own")
    with open("own/symbols.yaml", "w", encoding="utf-8") as symbols:
        symbols.write("{}\n")
    cut("--format", "ndjson=out.ndjson")
    record = content("out.ndjson.resume")
    done = shell("check", "d", "--resume", "out.ndjson", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert content("out.ndjson.resume") == record


def test_another_version_is_refused_by_name(tmp_path):
    options = Options()
    asked = Asked(program_for(options, None), options)
    import msgspec

    for changes, message in (
        ({"version": "0.0.1"}, f"the earlier run had version 0.0.1 of jwstprod, here it is {__version__}"),
        ({"code": "other"}, f"the earlier run had other modules of jwstprod {__version__}"),
        ({"specs": (("", "other"),)}, "the earlier run had other specs"),
    ):
        before = msgspec.structs.replace(asked, program=msgspec.structs.replace(asked.program, **changes))
        assert asked.difference(before) == message
    assert asked.difference(asked) == ""


def test_a_whole_report_and_one_without_a_record_are_refused(delivery):
    expected = whole(name="out.ndjson")
    done = shell("check", "d", "--resume", "out.ndjson")
    assert done.returncode == 2
    assert "out.ndjson is the report of a whole run; there is nothing to go on with" in done.stderr
    with open("out.ndjson", "wb") as stream:
        stream.write(expected[:1000])
    done = shell("check", "d", "--resume", "out.ndjson")
    assert done.returncode == 2
    assert "out.ndjson has no record beside it (out.ndjson.resume)" in done.stderr
    assert content("out.ndjson") == expected[:1000]


def test_without_an_earlier_run_it_begins(delivery):
    assert shell("check", "d", "--resume", "out.ndjson").returncode == 1
    assert content("out.ndjson") == whole()


def test_a_file_of_that_name_that_is_no_record_is_left_alone(delivery):
    with open("out.ndjson.resume", "wb") as stream:
        stream.write(RAW)
    for args in (("--resume", "out.ndjson"), ("--format", "ndjson=out.ndjson")):
        done = shell("check", "d", *args)
        assert done.returncode == 2
        assert "out.ndjson.resume is no record of a run" in done.stderr
    assert content("out.ndjson.resume") == RAW


def test_two_runs_do_not_write_one_report(delivery):
    pytest.importorskip("fcntl")
    options = Options()
    journal = Journal("out.ndjson.resume", Asked(program_for(options, None), options), resume=False)
    done = shell("check", "d", "--format", "ndjson=out.ndjson")
    assert done.returncode == 2
    assert "another run is writing to " in done.stderr
    journal.close(whole=True)


def test_an_option_that_is_no_text_has_no_record(delivery):
    pattern = b"*\xff*".decode("utf-8", "surrogateescape")
    done = shell("check", "d", "--exclude", pattern, "--format", "ndjson=out.ndjson", "--cache", "c")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-1].startswith("61 files checked")
    done = shell("check", "d", "--exclude", pattern, "--resume", "out2.ndjson")
    assert done.returncode == 2
    assert "cannot be recorded" in done.stderr


def test_one_file_leaves_no_record(delivery):
    shell("check", f"d/{NAME}", "--format", "ndjson=out.ndjson")
    assert sorted(n for n in os.listdir() if "out" in n) == ["out.ndjson"]


def test_reports_are_the_same_when_they_come_back():
    from judging import DATA

    from jwstprod_check.engine.check import check_path

    for path in sorted(DATA.rglob("*.fits*")):
        report = check_path(str(path), Options(delivery=True))
        assert unpack(pack(report)) == report


def test_what_is_no_report_or_not_safe_to_print_does_not_come_back():
    import msgspec
    from judging import DARK

    from jwstprod_check.engine.check import check_path

    report = check_path(str(DARK), Options())
    assert unpack(pack(msgspec.structs.replace(report, product="\x1b[31m"))) is None
    assert unpack(pack(msgspec.structs.replace(report, title="::error::x"))) is None
    assert pack(msgspec.structs.replace(report, symbols={"n": 2**70})) is None
    for raw in (b"", b"\xc1", b"\x92\xc4\x00", b"\x91" * 100_000, pack(report)[:-1]):
        assert unpack(raw) is None
    path = b"/tmp/\xff.fits".decode("utf-8", "surrogateescape")
    assert unpack(pack(msgspec.structs.replace(report, path=path))).path == path


def test_a_record_of_another_layout_is_refused(tmp_path):
    path = tmp_path / "out.ndjson.resume"
    path.write_bytes(MAGIC + b"\0\0\0\x01\0\0\0\0x")
    options = Options()
    with pytest.raises(JournalError, match="does not state what the earlier run was asked for"):
        Journal(str(path), Asked(program_for(options, None), options), resume=True)
