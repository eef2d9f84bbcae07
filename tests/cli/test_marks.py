"""The marks of the table of a file, and how its page fits the terminal."""

import pytest
from builders import join, split
from judging import CATALOGUE, DATA
from made_files import make
from shell import shell

from jwstprod_check.make import file_name

BAD = DATA / "bad" / "jwst-3.0.0"
NAME = file_name(CATALOGUE.spec("dark"))


@pytest.fixture
def without_dq(tmp_path):
    """A folder with a dark without GROUPDQ."""
    raw = make("dark", CATALOGUE)
    (tmp_path / NAME).write_bytes(join([p for p in split(raw) if p.name != "GROUPDQ"]))
    return tmp_path


def row(text, name):
    (found,) = [
        line for line in text.splitlines() if f" {name} " in line and "IMAGE" in line and "expected" not in line
    ]
    return found.split()[0]


def ignored_by_config(folder):
    (folder / "jwstprod.toml").write_text('[[ignore]]\ncode = "HDU001"\nreason = "known"\n')
    return []


def ignored_by_baseline(folder):
    shell("check", folder, "--write-baseline", folder / "known.json")
    return ["--baseline", folder / "known.json"]


@pytest.mark.parametrize("how", [ignored_by_config, ignored_by_baseline])
def test_an_ignored_finding_does_not_mark_its_row_as_failing(without_dq, how):
    path = without_dq / NAME
    failing = shell("check", "-v", "--format", "rich", path, PYTHONUTF8="1")
    assert (failing.returncode, row(failing.stdout, "GROUPDQ")) == (1, "✗")
    options = how(without_dq)
    done = shell("check", "-v", "--format", "rich", *options, path, PYTHONUTF8="1")
    assert (done.returncode, row(done.stdout, "GROUPDQ"), row(done.stdout, "SCI")) == (0, "~", "✓")
    assert done.stdout.count("~ ignored or not checked") == 1
    assert "✗" not in done.stdout


def test_the_marks_are_explained_once():
    done = shell("check", "--format", "rich", DATA / "bad", PYTHONUTF8="1")
    assert done.stdout.count("as documented") == 1
    assert done.stdout.count("✗ error") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize(
    "command",
    [("check", "--format", "rich", DATA / "bad"), ("info", DATA / "bad"), ("rule",), ("spec", "list")],
    ids=lambda command: " ".join(map(str, command[:2])).removesuffix(str(DATA / "bad")),
)
def test_pages_fit_the_width_and_break_between_words(command, encoding):
    words = set()
    for columns in (80, 100, 120):
        done = shell(*command, COLUMNS=str(columns), PYTHONIOENCODING=encoding, NO_COLOR="1")
        assert [line for line in done.stdout.splitlines() if len(line) > columns and ".fits" not in line] == []
        assert encoding == "utf-8" or done.stdout.isascii()
        words.add(tuple(sorted(done.stdout.split())))
    assert len(words) == 1, "no word is split"


def test_the_verdict_is_not_broken_where_the_path_is_long(tmp_path):
    path = tmp_path / ("x" * 60) / next(BAD.iterdir()).name
    path.parent.mkdir()
    path.write_bytes(next(BAD.iterdir()).read_bytes())
    lines = shell("check", "--format", "rich", path, COLUMNS="80", PYTHONUTF8="1").stdout.splitlines()
    assert lines[0] == f"✗ {path}"
    assert lines[1] == "  dark (Dark exposure): nonconforming"


def test_expected_and_found_are_not_repeated():
    done = shell("check", "--format", "rich", BAD, PYTHONUTF8="1")
    assert "HDU001 GROUP is missing" in done.stdout
    assert "found     missing" not in done.stdout
