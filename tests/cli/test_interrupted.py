"""A run that is ended by a signal: what was written is whole, and says that it is incomplete."""

import json
import os
import signal
import subprocess
import sys

import pytest
from judging import DARK
from shell import ROOT, python

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs the signals of POSIX")

AFTER = 40
"""Reports after which the signal comes."""

SCRIPT = """
import os, signal
from jwstprod_check.report.summary import Summary

add = Summary.add

def end(self, report):
    add(self, report)
    if self.files == {after}:
        os.kill(os.getpid(), signal.{number})

Summary.add = end
from jwstprod_check.__main__ import main
main()
"""


def ended(tmp_path, number, *args):
    """A check of 200 files that gets a signal in the middle."""
    folder = tmp_path / "d"
    folder.mkdir()
    for n in range(200):
        os.link(DARK, folder / f"{n:03}.fits") if can_link(folder) else (folder / f"{n:03}.fits").write_bytes(b"")
    script = tmp_path / "run.py"
    script.write_text(SCRIPT.format(after=AFTER, number=number))
    return python(script, "check", *args, folder)


def can_link(folder):
    return os.stat(folder).st_dev == os.stat(DARK).st_dev


def skip_ignored(number):
    if signal.getsignal(getattr(signal, number)) is signal.SIG_IGN:
        pytest.skip("the signal is ignored here, as nohup has it")


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGINT"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_was_written_is_whole_json_that_says_that_it_is_incomplete(tmp_path, number, jobs):
    skip_ignored(number)
    out, lines = tmp_path / "o.json", tmp_path / "o.ndjson"
    done = ended(
        tmp_path, number, "-j", jobs, "--format", "json", "--format", f"json={out}", "--format", f"ndjson={lines}"
    )
    assert (done.returncode, done.stderr) == (2, "jwstprod: interrupted\n")
    for text in (done.stdout, out.read_text()):
        report = json.loads(text)
        assert report["summary"]["complete"] is False
        assert AFTER - 1 <= len(report["files"]) <= AFTER
        assert report["summary"]["files"] == AFTER
    rows = [json.loads(line) for line in lines.read_text().splitlines()]
    assert AFTER - 1 <= len(rows) <= AFTER
    assert not any("summary" in row for row in rows)
    assert not [p for p in tmp_path.iterdir() if p.name.endswith(".part")]


@pytest.mark.parametrize("form", ["concise", "rich"])
def test_a_text_says_that_the_run_was_ended(tmp_path, form):
    done = ended(tmp_path, "SIGTERM", "--format", form)
    assert (done.returncode, done.stderr) == (2, "jwstprod: interrupted\n")
    assert done.stdout.splitlines()[-1].endswith("the run was ended before its last file")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_no_worker_holds_the_output_of_a_parent_that_was_ended(tmp_path, number):
    """The pipe of the output is at its end as soon as the parent has gone: ``communicate`` would wait for a worker."""
    skip_ignored(number)
    done = ended(tmp_path, number, "-j", "2", "--format", "ndjson")
    assert done.returncode == (-9 if number == "SIGKILL" else 2)
    for line in done.stdout.splitlines()[:-1]:
        assert json.loads(line)


def test_no_module_of_python_is_loaded_before_ctrl_c_is_answered():
    """What is imported before ``main`` is in the interpreter already, so the time in which a traceback appears is short."""
    code = "import sys; before = set(sys.modules); import jwstprod_check.__main__; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) <= {"jwstprod_check", "jwstprod_check.__main__", "gc"}
