"""Mistyped words, completion, help and the manual page."""

import os
import shutil
import subprocess
import sys

import click
import pytest
from judging import DARK
from shell import ROOT, python, shell

from jwstprod_check.cli.help import CHECK_SECTIONS
from jwstprod_check.cli.main import COMMANDS, cli
from jwstprod_check.report.reporter import REPORTERS
from jwstprod_check.rules import all_rules
from jwstprod_check.spec.catalogue import catalogue


@pytest.mark.parametrize(
    ("args", "meant"),
    [
        (["chek", "x"], "'check'"),
        (["rulle", "ARR003"], "'rule'"),
        (["rule", "HDU01"], "'HDU001'"),
        (["rule", "hdu1"], "'HDU001'"),
        (["rule", "HDU-001"], "'HDU001'"),
        (["rule", "missing-hd"], "'missing-hdu'"),
        (["rule", "HDUU"], "'HDU"),
        (["check", "--select", "HDU01", DARK], "'HDU001'"),
        (["check", "--ignore", "SET1", DARK], "'SET001'"),
        (["check", "--selct", "HDU", DARK], "'--select'"),
        (["check", "--format", "jsno", DARK], "'json'"),
        (["check", "--product", "DRAK", DARK], "'dark'"),
        (["check", "--profile", "hslp", DARK], "'hlsp'"),
        (["info", "--product", "drak", DARK], "'dark'"),
        (["spec", "show", "Dakr"], "'dark'"),
        (["make", "drak", "."], "'dark'"),
        (["spec", "shwo", "dark"], "'show'"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_right_one(jwstprod, args, meant):
    done = jwstprod(*args)
    assert done.status == 2
    assert "id you mean" in done.err
    assert meant in done.err


@pytest.mark.parametrize("word", ["frobnicate", "\x1b[31mred", "rule\n::error::x"])
def test_a_word_that_is_like_none_is_refused_without_a_guess(jwstprod, word):
    done = jwstprod(word)
    assert done.status == 2
    assert "\x1b" not in done.err
    assert "::error" not in done.err


@pytest.mark.parametrize(
    "args",
    [
        [DARK],
        [DARK, "--data"],
        ["--data", DARK],
        ["--format", "concise", DARK],
        ["-q", DARK],
        ["--json", DARK],
        ["--select", "HDU", DARK, "--data"],
        ["--", DARK],
    ],
)
def test_a_file_is_checked_without_the_word_check_with_options_before_and_after(jwstprod, args):
    assert jwstprod(*args).status == jwstprod("check", *args).status == 0
    if "--json" not in args:
        assert jwstprod(*args).out == jwstprod("check", *args).out


@pytest.mark.parametrize("args", [["--nonsense"], ["-v", "info", DARK], ["--strict"]])
def test_options_before_a_command_or_without_a_path_are_refused(jwstprod, args):
    done = jwstprod(*args)
    assert done.status == 2
    assert "No such option" in done.err


def completed(typed, *words, form="bash"):
    """What the shell is offered after some words, as its completion script asks for it."""
    line = " ".join(["jwstprod", *words, typed])
    environment = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) + 1), "_JWSTPROD_COMPLETE": f"{form}_complete"}
    if form == "fish":
        environment["COMP_CWORD"] = typed
    done = python("-m", "jwstprod_check", **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_commands_are_completed_and_anything_else_may_be_a_path():
    assert completed("in") == ["plain,info"]
    assert completed("") == [f"plain,{name}" for name in COMMANDS]
    assert completed("x_dark") == ["file,x_dark"]


@pytest.mark.parametrize(
    "words", [("check", "--product"), ("info", "--product"), ("diff", "--product"), ("spec", "show"), ("make",)]
)
def test_products_are_completed(words):
    assert completed("da", *words) == ["plain,dark"]
    assert completed("", *words) == [f"plain,{name}" for name in catalogue().names()]


@pytest.mark.parametrize(
    "words", [("check", "--select"), ("check", "--ignore"), ("rule",), ("make", "dark", "--break")]
)
def test_codes_are_completed(words):
    typed = "arr00"
    expected = [f"plain,{rule.code}" for rule in all_rules() if rule.code.startswith("ARR00")]
    found = completed(typed, *words) if words[0] != "make" else completed(typed, "make", "--break")
    assert found == expected


def test_the_last_of_several_codes_is_completed():
    assert completed("HDU,arr003", "check", "--select") == ["plain,HDU,ARR003"]


def test_formats_are_completed_and_then_a_path():
    assert completed("", "check", "--format") == [f"plain,{name}" for name in REPORTERS]
    assert completed("json=re", "check", "--format") == ["file,json=re"]


def test_paths_are_left_to_the_shell():
    assert completed("x", "check") == ["file,x"]
    assert completed("x", "info") == ["file,x"]


def test_zsh_and_fish_get_descriptions():
    assert completed("dar", "spec", "show", form="zsh") == ["plain", "dark", "Dark exposure"]
    assert completed("dar", "spec", "show", form="fish") == ["plain,dark\tDark exposure"] or completed(
        "dar", "spec", "show", form="fish"
    ) == ["plain", "dark", "Dark exposure"]


@pytest.mark.parametrize("form", ["bash", "zsh", "fish"])
def test_the_line_of_the_guide_prints_a_script_that_the_shell_takes(form):
    done = python("-m", "jwstprod_check", _JWSTPROD_COMPLETE=f"{form}_source")
    assert done.returncode == 0
    assert "_JWSTPROD_COMPLETE" in done.stdout
    if shutil.which(form):
        subprocess.run([form, "-n"], input=done.stdout, text=True, check=True, capture_output=True)


def test_bash_completes_with_the_script(tmp_path):
    bash = shutil.which("bash")
    if bash is None:
        assert not os.environ.get("JWSTPROD_CONSUMERS"), "bash is missing"
        pytest.skip("bash is missing")
    program = tmp_path / "jwstprod"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m jwstprod_check "$@"\n')
    program.chmod(0o755)
    script = python("-m", "jwstprod_check", _JWSTPROD_COMPLETE="bash_source").stdout
    script += (
        "COMP_WORDS=(jwstprod check --product dar)\nCOMP_CWORD=3\n_jwstprod_completion jwstprod\necho $COMPREPLY\n"
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([bash], input=script, text=True, capture_output=True, env=environment, check=False)
    assert done.stdout.splitlines() == ["dark"], done.stderr


def every_command():
    """Each command with the words that call it."""
    waiting = [((), cli)]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            waiting += [((*words, name), command.get_command(context, name)) for name in command.list_commands(context)]


@pytest.mark.parametrize("columns", ["80", "100", "120"])
@pytest.mark.parametrize("words", [words for words, _ in every_command()])
def test_help_fits_its_width_and_is_not_cut(words, columns):
    done = shell(*words, "--help", COLUMNS=columns)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert not [line for line in lines if line.endswith("...") and not line.startswith("Usage")]


def test_each_option_of_check_is_below_one_heading():
    check = dict(every_command())[("check",)]
    options = {p.name for p in check.params if isinstance(p, click.Option)}
    listed = [name for names in CHECK_SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(options)


def test_the_manual_page_has_each_command_and_each_option(jwstprod):
    page = jwstprod("man").out
    assert page.startswith('.TH "JWSTPROD" "1"')
    for words, command in every_command():
        assert ".SH " + ('"' + " ".join(("jwstprod", *words)).upper() + '"' if words else "SYNOPSIS") in page
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert option.opts[-1].replace("-", "\\-") in page


def test_groff_takes_the_manual_page_without_a_warning(jwstprod):
    groff = shutil.which("groff")
    if groff is None:
        assert not os.environ.get("JWSTPROD_CONSUMERS"), "groff is missing"
        pytest.skip("groff is missing")
    page = jwstprod("man").out
    done = subprocess.run([groff, "-man", "-ww", "-Tascii"], input=page, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "EXIT STATUS" in done.stdout.replace("\b", "") or "EEXXIITT" in done.stdout.replace("\b", "")
