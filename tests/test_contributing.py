"""What CONTRIBUTING.md says is done as written, in a copy of the repository: it suffices, and the named tests pass.

Before a block of the page stands what it is: ``write PATH``, ``add to PATH after: LINE`` (or ``before:``, where LINE is how the
line begins), ``add to PATH at the end``, or ``run``.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = {
    part.partition("\n")[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if part.startswith("Add a ")
}
BLOCK = re.compile(
    r"^ *<!-- (?P<what>[^\n]+) -->\n(?P<text>(?P<indent> *)```(?P<language>\w+)\n.*?\n(?P=indent)```\n)",
    re.MULTILINE | re.DOTALL,
)
COPIED = ("jwstprod_check", "specs", "tests", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml", "LICENSE",
          "hatch_build.py", "web", "benchmarks", "action.yml", ".pre-commit-hooks.yaml")  # fmt: skip


def blocks(section):
    """What each block of a section is, and its text."""
    for found in BLOCK.finditer(SECTIONS[section]):
        lines = dedent(found["text"]).split("\n")
        yield found["what"], "\n".join(lines[1:-2]) + "\n"


def add(path, text, where):
    """Add text to a file, at the end or beside the line that begins as ``after: ...`` or ``before: ...``."""
    content = path.read_text(encoding="utf-8")
    if where == "at the end":
        path.write_text(content + text, encoding="utf-8")
        return
    how, _, beginning = where.partition(": ")
    lines = content.splitlines(keepends=True)
    (at,) = [n for n, line in enumerate(lines) if line.startswith(beginning)]
    at += how == "after"
    path.write_text("".join([*lines[:at], text, *lines[at:]]), encoding="utf-8")


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository with the programs that the page calls."""
    root = tmp_path / "copy"
    root.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, root / name)
    programs = root / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, call in (("python", ""), ("jwstprod", " -m jwstprod_check")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable}{call} "$@"\n')
        (programs / name).chmod(0o755)
    return root


@pytest.mark.skipif(os.name == "nt", reason="the commands are those of a shell of POSIX")
@pytest.mark.parametrize("section", SECTIONS)
def test_what_the_page_says_suffices(section, copy):
    commands = []
    for what, text in blocks(section):
        task, _, rest = what.partition(" ")
        if task == "run":
            commands.append(text)
        elif task == "write":
            assert not (copy / rest).exists()
            (copy / rest).write_text(text, encoding="utf-8")
        else:
            path, _, where = rest.removeprefix("to ").partition(" ")
            add(copy / path, text, where)
    assert commands
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(commands)],
        cwd=copy,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST")} | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_page_has_the_four_additions():
    assert sorted(SECTIONS) == ["Add a format", "Add a product", "Add a rule", "Add a storage backend"]
    assert all(len(list(blocks(section))) > 1 for section in SECTIONS)
