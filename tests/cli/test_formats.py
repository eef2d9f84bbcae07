"""Every format from one run of the command, and what the command adds to them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jwstprod_check.report.reporter import REPORTERS

DATA = Path(__file__).parent.parent / "data"


def jwstprod(*args, **environment):
    command = [sys.executable, "-m", "jwstprod_check", *map(str, args)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, encoding="utf-8", env={**os.environ, **environment}
    )


def test_one_run_writes_every_format(tmp_path: Path):
    files = {name: tmp_path / f"report.{name}" for name in REPORTERS}
    formats = [word for name, path in files.items() for word in ("--format", f"{name}={path}")]
    done = jwstprod("check", DATA / "bad", DATA / "good", *formats)
    assert done.returncode == 1, done.stderr
    for name, path in files.items():
        assert "HDU001" in path.read_text(encoding="utf-8"), name
    rules = json.loads(files["sarif"].read_text())["runs"][0]["tool"]["driver"]["rules"]
    missing = next(rule for rule in rules if rule["id"] == "HDU001")
    assert missing["name"] == "MissingHdu"
    assert "How to fix" in missing["help"]["text"]


def test_failing_files_are_capped_by_an_option():
    done = jwstprod("check", DATA / "bad", "--format", "concise", "--max-findings", 1)
    listed = done.stdout.partition("failing files:\n")[2]
    assert len(re.findall(r": nonconforming: ", listed)) == 1
    assert re.search(r"^  and \d+ more$", listed, re.MULTILINE)


def test_json_has_the_same_counts_as_the_text():
    text = jwstprod("check", DATA / "bad", "--format", "concise").stdout
    summary = json.loads(jwstprod("check", DATA / "bad", "--format", "json").stdout)["summary"]
    for code, count in summary["by_code"].items():
        assert re.search(rf"{code} \S+ +in {count['files']} of {summary['files']} files", text)


def test_github_writes_the_summary_of_the_step(tmp_path: Path):
    page = tmp_path / "page.md"
    done = jwstprod("check", DATA / "bad", "--format", "github", GITHUB_STEP_SUMMARY=str(page))
    assert "::error file=" in done.stdout
    assert page.read_text(encoding="utf-8").startswith("# jwstprod: ")


def test_summary_of_the_step_that_cannot_be_written_is_an_error(tmp_path: Path):
    done = jwstprod("check", DATA / "good", "--format", "github", GITHUB_STEP_SUMMARY=str(tmp_path / "no" / "page.md"))
    assert done.returncode == 2


@pytest.mark.parametrize("name", ["csv", "junit", "sarif", "github", "gitlab", "markdown", "concise"])
def test_formats_without_colour_import_neither_rich_nor_numpy(name: str):
    code = (
        "import sys; from jwstprod_check.cli.main import run; "
        f"run(['check', {str(DATA / 'good')!r}, '--format', {name!r}]); "
        "heavy = {'rich', 'numpy', 'astropy'} & set(sys.modules); assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
