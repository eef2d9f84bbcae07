"""A folder of own specs that cannot be used is an error: what the user asked for is never lost in silence."""

import os
import resource
from itertools import pairwise

import pytest
from judging import DARK
from shell import ROOT, shell

from jwstprod_check import check
from jwstprod_check.spec.errors import SpecError

SPEC = (ROOT / "specs" / "dark.yaml").read_text()
WHEN = 'when: CAL_VER >= "1.18"'


def empty(folder):
    pass


def text_only(folder):
    (folder / "readme.txt").write_text("specs")


def yml(folder):
    (folder / "dark.yml").write_text(SPEC)


def yml_beside(folder):
    (folder / "dark.yaml").write_text(SPEC)
    (folder / "rate.yml").write_text(SPEC)


def too_high(folder):
    (folder / "own").mkdir()
    (folder / "own" / "dark.yaml").write_text(SPEC)


def dangling(folder):
    (folder / "dark.yaml").symlink_to(folder / "nowhere")


def fifo(folder):
    os.mkfifo(folder / "dark.yaml")


def folder_of_the_name(folder):
    (folder / "dark.yaml").mkdir()


def no_bytes(folder):
    (folder / "dark.yaml").write_bytes(b"")


def comment(folder):
    (folder / "dark.yaml").write_text("# to be written\n")


def device(folder):
    (folder / "dark.yaml").symlink_to("/dev/zero")


def no_columns(folder):
    (folder / "dark.yaml").write_text(SPEC)
    (folder / "columns").mkdir()
    (folder / "columns" / "int_times.yaml").symlink_to(folder / "nowhere")


UNUSABLE = {
    empty: "no specs (NAME.yaml) in this folder at",
    text_only: "no specs (NAME.yaml) in this folder at",
    yml: "a spec is named NAME.yaml; this would not be read at",
    yml_beside: "rate.yml",
    too_high: "own' has some at",
    dangling: "a link to nothing at",
    fifo: "not a file at",
    device: "not a file at",
    folder_of_the_name: "not a file at",
    no_bytes: "empty at",
    comment: "empty at",
    no_columns: "a link to nothing at",
}


@pytest.mark.parametrize("made", UNUSABLE, ids=lambda made: made.__name__)
def test_a_folder_with_nothing_usable_is_a_spec_error(jwstprod, tmp_path, made):
    made(tmp_path)
    result = jwstprod("check", "--specs", tmp_path, "--format", f"json={tmp_path / 'out.json'}", DARK)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("jwstprod: spec error: ")
    assert UNUSABLE[made] in result.err
    assert not (tmp_path / "out.json").exists()


def test_a_usable_folder_is_used(jwstprod, tmp_path):
    (tmp_path / "dark.yaml").write_text(SPEC.replace("extname: PIXELDQ,", "extname: FLAGS,"))
    result = jwstprod("check", "--specs", tmp_path, DARK)
    assert result.status == 1
    assert "HDU001 FLAGS is missing" in result.out


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("when: '1'", "not a condition"),
        ("when: \"'x'\"", "not a condition"),
        ("when: DATAMODL", "not a condition"),
        ("when: NGROUPS", "not a condition"),
        ("when: CAL_VER", "not a condition"),
        ('when: keyword("DATE-BEG")', "not a condition"),
        ('when: DATAMODL and CAL_VER >= "1.18"', "not a condition"),
        ("when: not NGROUPS", "not a condition"),
        ("when: 'True'", "not a condition"),
        ("when: 1 == 1", "the same for every file"),
        ('when: \'"a" in ["a"]\'', "the same for every file"),
        ('when: NGROUPS == "5"', "can never be true"),
        ("when: DATAMODL == 5", "can never be true"),
        ('when: DATAMODL == "RampModel "', "can never be true"),
        ('when: DATAMODL in "RampModel"', "in takes a list or a keyword"),
        ('when: CAL_VER >= "1.18" and CAL_VER < "1.10"', "can never be true"),
        ("when: ZEROFRAM == True and ZEROFRAM == False", "can never be true"),
    ],
)
def test_a_condition_that_is_none_or_never_true_is_a_spec_error(jwstprod, tmp_path, when, reason):
    assert WHEN in SPEC
    (tmp_path / "dark.yaml").write_text(SPEC.replace(WHEN, when))
    result = jwstprod("check", "--specs", tmp_path, DARK)
    assert (result.status, result.out) == (2, "")
    assert reason in result.err
    assert "dark.yaml:$" in result.err


@pytest.mark.parametrize(
    "when", [WHEN, "when: ZEROFRAM", 'when: present("ERR") or not ZEROFRAM', "when: NGROUPS is missing"]
)
def test_a_condition_that_can_be_true_is_used(jwstprod, tmp_path, when):
    (tmp_path / "dark.yaml").write_text(SPEC.replace(WHEN, when))
    assert jwstprod("check", "--specs", tmp_path, "--select", "FILE", DARK).status == 0


def test_the_api_raises(tmp_path):
    with pytest.raises(SpecError, match="no specs"):
        check(DARK, specs=str(tmp_path))


def bomb(levels, width=9):
    names = "abcdefghijklmnop"
    lines = [f"a: &a [{','.join('x' * width)}]"]
    lines += [f"{b}: &{b} [{','.join([f'*{a}'] * width)}]" for a, b in pairwise(names[:levels])]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [bomb(12), bomb(2), SPEC + "\nmore: &a 1\nless: *a\n", "a: &a [*a]\n"],
    ids=["bomb", "alias", "word", "itself"],
)
def test_aliases_are_refused_in_bounded_time_and_memory(tmp_path, text):
    (tmp_path / "dark.yaml").write_text(text)
    done = limited(tmp_path)
    assert done.returncode == 2
    assert "not allowed" in done.stderr
    assert len(done.stderr) < 1000


def test_the_bomb_is_a_small_one():
    assert len(bomb(12)) < 500


def test_a_deep_nesting_is_refused(tmp_path):
    (tmp_path / "dark.yaml").write_text("[" * 200_000)
    done = limited(tmp_path)
    assert (done.returncode, "nest" in done.stderr) == (2, True)


def limited(specs):
    """A check in a process that may use 10 s and 512 MiB."""
    import subprocess
    import sys

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
        resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))

    command = [sys.executable, "-m", "jwstprod_check", "check", "--specs", specs, DARK]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit, cwd=ROOT)


def test_the_shipped_specs_are_usable_as_own_ones(tmp_path):
    import shutil

    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    done = shell("check", "--specs", tmp_path / "specs", DARK)
    assert (done.returncode, done.stderr) == (0, "")
