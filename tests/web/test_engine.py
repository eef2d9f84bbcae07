"""The page's checker in Node: Pyodide, the wheel and the code that the page's worker calls report what the shell does."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All files of the repository's data that the shell takes from a folder, as a folder to drop on the page."""
    folder = tmp_path_factory.mktemp("all")
    shutil.copytree(DATA, folder / "data")
    return folder


def output(*command, cwd, **environment):
    done = subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    return done.stdout


def in_node(built, paths, cwd):
    return output(shutil.which("node"), ROOT / "web" / "check.mjs", built, *paths, cwd=cwd)


def in_shell(cwd):
    command = (sys.executable, "-m", "jwstprod_check", "check", "--no-config", "--format", "json", "data")
    return output(*command, cwd=cwd, PYTHONPATH=str(ROOT))


def of_files(report):
    """The bytes of a report from its first file on; what comes before them states when the run was made."""
    return report[report.index(b'"files"') :]


def test_reports_in_node_are_byte_for_byte_those_of_the_shell(built, folder):
    paths = sorted(str(path.relative_to(folder)) for path in (folder / "data").rglob("*") if path.is_file())
    node, shell = in_node(built, paths, folder), in_shell(folder)
    assert len(json.loads(shell)["files"]) > 50
    assert of_files(node) == of_files(shell)
