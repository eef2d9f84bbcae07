"""The program as it may be run: without docstrings, from a zip file or an unpacked wheel, with little of everything."""

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile

import pytest
from judging import DARK
from shell import ROOT, python, shell

from jwstprod_check.spec.documents import PACK, build_pack


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_manuals_survive_without_docstrings(option):
    usual = shell("rule", "--format", "json")
    done = python(option, "-m", "jwstprod_check", "rule", "--format", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == json.loads(usual.stdout)
    assert all("Source:" in rule["manual"] for rule in json.loads(done.stdout))


@pytest.mark.parametrize(
    "args", [("rule", "FITS062"), ("rule", "HDU001"), ("rule",), ("check", "--help"), ("info", "--help")]
)
def test_pages_are_the_same_without_docstrings(args):
    assert python("-OO", "-m", "jwstprod_check", *args).stdout == shell(*args).stdout


def test_verdicts_are_the_same_without_docstrings(tmp_path):
    (tmp_path / "cut.fits").write_bytes(DARK.read_bytes()[:9000])
    for args in (("check", "--data", DARK), ("check", tmp_path)):
        assert python("-OO", "-m", "jwstprod_check", *args).stdout == shell(*args).stdout


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The content of a wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "jwstprod_check", folder / "jwstprod_check", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "jwstprod_check" / PACK).write_bytes(build_pack(ROOT / "specs"))
    return folder


@pytest.fixture(scope="module")
def packed(unpacked, tmp_path_factory):
    """The same as a zip file."""
    path = tmp_path_factory.mktemp("zip") / "jwstprod.zip"
    with zipfile.ZipFile(path, "w") as made:
        for file in sorted(unpacked.rglob("*")):
            made.write(file, file.relative_to(unpacked))
    return path


WHERE = "import jwstprod_check, sys; sys.stdout.write(jwstprod_check.__file__)"


@pytest.mark.parametrize("how", ["unpacked", "packed"])
def test_the_specs_are_found(how, request):
    place = request.getfixturevalue(how)
    assert python("-P", "-c", WHERE, PYTHONPATH=place).stdout.startswith(str(place))
    for args in (
        ("check", DARK),
        ("check", "--data", DARK),
        ("rule", "HDU001"),
        ("spec", "show", "dark"),
        ("info", DARK),
    ):
        done = python("-P", "-m", "jwstprod_check", *args, PYTHONPATH=place)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == shell(*args).stdout


def test_several_processes_work_from_a_zip_file(packed):
    done = python("-P", "-m", "jwstprod_check", "check", "-j", "2", DARK.parent, PYTHONPATH=packed)
    assert done.returncode == 0
    assert done.stdout == shell("check", DARK.parent).stdout


def test_missing_specs_are_said(unpacked, tmp_path):
    shutil.copytree(unpacked / "jwstprod_check", tmp_path / "jwstprod_check", ignore=shutil.ignore_patterns(PACK))
    done = python("-P", "-m", "jwstprod_check", "check", DARK, PYTHONPATH=tmp_path)
    assert done.returncode == 2
    assert "conform" not in done.stdout
    assert "specs that belong to the program are missing" in done.stderr


EARLY = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.{number})
        return None

sys.meta_path.insert(0, Interrupt())
sys.argv = ["jwstprod", "check", "--format", "json", {path!r}]
from jwstprod_check.__main__ import main
main()
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    "module",
    [
        "jwstprod_check.cli.main",
        "click",
        "jwstprod_check.cli.check",
        "jwstprod_check.engine.plan",
        "jwstprod_check.rules.fits.cards",
        "jwstprod_check.product.identify",
    ],
)
def test_a_signal_while_the_program_starts_gives_no_traceback(module, number):
    if signal.getsignal(getattr(signal, number)) is signal.SIG_IGN:
        pytest.skip("the signal is ignored here, as nohup has it")
    done = python("-c", EARLY.format(module=module, number=number, path=str(DARK)))
    assert "Traceback" not in done.stderr
    assert done.returncode in {2, -getattr(signal, number)}
    assert done.returncode != 2 or done.stderr == "jwstprod: interrupted\n"
    if done.returncode == 2 and done.stdout:
        assert json.loads(done.stdout)["summary"]["complete"] is False


def test_a_signal_that_is_ignored_from_the_start_stays_so():
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + EARLY
    done = python("-c", code.format(module="jwstprod_check.engine.plan", number="SIGINT", path=str(DARK)))
    assert (done.returncode, done.stderr) == (0, "")


def limited(command, limit):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "J": f"{sys.executable} -m jwstprod_check"}
    return subprocess.run(
        ["bash", "-c", f"{limit}; $J {command}"], capture_output=True, text=True, check=False, env=env, timeout=120
    )


@pytest.mark.parametrize("command", ["check", "check --data", "check -j 2", "check -j 2 --data"])
def test_with_ten_open_files_the_result_is_right_or_it_is_said(command):
    done = limited(f"{command} {DARK.parent}", "ulimit -n 10")
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1, 2}
    if done.returncode == 0:
        assert "4 files checked" in done.stdout
    elif done.returncode == 1:
        assert "TOOL" in done.stdout
        assert "does not conform" not in done.stdout
    else:
        assert "jwstprod: " in done.stderr


@pytest.mark.parametrize("command", ["check", "check --data", "check -j 2", "info"])
@pytest.mark.parametrize("size", [30_000, 40_000, 60_000, 100_000, 150_000, 400_000])
def test_with_little_memory_the_result_is_right_or_it_is_said(command, size):
    done = limited(f"{command} {DARK}", f"ulimit -v {size}")
    if done.returncode in {0, 1}:
        assert done.stdout
        assert "Traceback" not in done.stderr
    else:
        # Below what Python needs to start, it speaks for itself.
        assert done.stderr
        assert "spec error" not in done.stderr
        assert "internal error" not in done.stderr
    assert done.returncode != 1 or "TOOL" in done.stdout
