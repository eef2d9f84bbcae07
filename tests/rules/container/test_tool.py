"""TOOL001 and TOOL002: what the program itself could not do is an error finding, and leaves the file unverified."""

import msgspec
import pytest
from judging import CATALOGUE, judge_file, loud, use_rules
from made_files import make

from jwstprod_check.make import file_name
from jwstprod_check.rules import all_rules, find_rule
from jwstprod_check.rules.rule import rule

RAW = make("wfscmb", CATALOGUE)
NAME = file_name(CATALOGUE.spec("wfscmb"))


@rule("FILE900", "always-crashes", scope="file", fact=True)
def crashing(_context):
    """Crash."""
    yield from ()
    raise RuntimeError("out of \x1b[31mluck")


def test_crash_is_an_error_finding_and_the_next_rule_runs(monkeypatch):
    use_rules(monkeypatch, (crashing, *all_rules()))
    report = judge_file(RAW, NAME)
    (found,) = loud(report)
    assert (found.code, found.severity) == ("TOOL001", "error")
    assert found.message.startswith("FILE900 always-crashes crashed (RuntimeError: out of \\x1b[31mluck)")
    assert report.verdict == "unverified"
    assert [n.code for n in report.not_checked] == ["FILE900"]
    assert report.rules_run > 10


def test_crash_is_reported_even_where_its_code_is_not_selected(monkeypatch):
    use_rules(monkeypatch, (crashing, *all_rules()))
    for options in ({"select": ("HDU",)}, {"ignore": ("TOOL",)}, {"ignore": ("FILE900",)}):
        report = judge_file(RAW, NAME, **options)
        assert ([f.code for f in loud(report)], report.verdict) == (["TOOL001"], "unverified")


def test_crash_of_a_rule_that_nothing_needs_is_not_reached_where_it_is_not_selected(monkeypatch):
    needless = msgspec.structs.replace(crashing, fact=False)
    use_rules(monkeypatch, (needless, *all_rules()))
    assert judge_file(RAW, NAME, ignore=("FILE900",)).conforming


@pytest.mark.parametrize("code", ["TOOL001", "TOOL002"])
def test_rules_of_the_tool_never_fire_by_themselves(code):
    assert list(find_rule(code).check(None)) == []
