"""The command itself: usage, version, completion, what it imports."""

import pytest
from judging import DARK
from shell import python, shell

from jwstprod_check import __version__


@pytest.mark.parametrize(
    "args",
    [
        ["check"],
        ["check", "--nonsense", DARK],
        ["check", "--select", "NOPE", DARK],
        ["check", "--ignore", "HDU999", DARK],
        ["check", "--product", "drak", DARK],
        ["check", "--format", "yaml", DARK],
        ["check", "--format", "json", "--format", "ndjson", DARK],
        ["check", "--format", "json=/nowhere/at/all/report.json", DARK],
        ["check", "--specs", "/nowhere", DARK],
        ["check", "--select", "SUM", DARK],
        ["rule", "NOPE"],
        ["spec", "show", "drak"],
        ["info", "/nowhere.fits"],
        ["frobnicate"],
    ],
)
def test_bad_usage_exits_2_and_says_so_on_stderr(args, jwstprod):
    done = jwstprod(*args)
    assert done.status == 2
    assert done.err
    assert "Traceback" not in done.err


def test_version_and_help():
    assert __version__ in shell("--version").stdout
    assert "--strict" in shell("check", "--help").stdout


def test_completion_is_offered():
    done = python("-c", "from jwstprod_check.__main__ import main; main()", _JWSTPROD_COMPLETE="bash_source")
    assert "complete" in done.stdout


@pytest.mark.parametrize("args", [[], ["--format", "ndjson"], ["--jobs", "2"], ["--strict"]])
def test_structure_check_imports_no_heavy_package(args):
    script = (
        "import sys\nfrom jwstprod_check.cli.main import run\n"
        f"run(['check', {str(DARK)!r}, *{args!r}])\n"
        "heavy = {'astropy', 'numpy', 'rich'} & {m.split('.')[0] for m in sys.modules}\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    done = python("-c", script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("args", "unused"),
    [
        (
            [],
            "rules.data rules.profile delivery.baseline delivery.ignores delivery.files engine.observe engine.by_name",
        ),
        (["--select", "KEY001"], "rules.data"),
        (["--ignore", "missing-keyword"], "rules.data"),
    ],
)
def test_a_check_of_one_file_imports_what_it_needs(args, unused):
    script = (
        "import sys\nfrom jwstprod_check.cli.main import run\n"
        f"run(['check', {str(DARK)!r}, *{args!r}])\n"
        f"sys.exit(' '.join(m for m in {unused.split()!r} if 'jwstprod_check.' + m in sys.modules) or 0)\n"
    )
    done = python("-c", script)
    assert (done.returncode, done.stderr) == (0, "")
