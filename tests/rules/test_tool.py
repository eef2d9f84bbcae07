"""TOOL rules: what the program itself could not do is an error finding."""

import pytest
from judging import CATALOGUE, judge_file, loud, use_rules

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_path
from jwstprod_check.make import file_name, make
from jwstprod_check.rules import all_rules, find_rule
from jwstprod_check.rules.rule import rule

RAW = make("wfscmb", CATALOGUE)
NAME = file_name(CATALOGUE.spec("wfscmb"))


@rule("TOOL900", "always-crashes", scope="file")
def crashing(_context):
    """Crash."""
    yield from ()
    raise RuntimeError("out of \x1b[31mluck")


def test_crash_is_an_error_finding_and_the_next_rule_runs(monkeypatch):
    use_rules(monkeypatch, (crashing, *all_rules()))
    report = judge_file(RAW, NAME)
    (found,) = loud(report)
    assert (found.code, found.severity) == ("TOOL001", "error")
    assert found.message.startswith("TOOL900 always-crashes crashed (RuntimeError: out of \\x1b[31mluck)")
    assert not report.conforming
    assert [s.code for s in report.skipped] == ["TOOL900"]
    assert report.rules_run > 10


def test_crash_is_told_even_where_its_code_is_not_selected(monkeypatch):
    use_rules(monkeypatch, (crashing, *all_rules()))
    assert not judge_file(RAW, NAME, select=("HDU",)).conforming
    assert not judge_file(RAW, NAME, ignore=("TOOL",)).conforming


def test_file_that_cannot_be_read_is_a_finding(tmp_path):
    folder = tmp_path / "x_dark.fits"
    folder.mkdir()
    report = check_path(str(folder), Options(), None)
    (found,) = report.findings
    assert (found.code, found.severity) == ("TOOL002", "error")
    assert not report.conforming


@pytest.mark.parametrize("code", ["TOOL001", "TOOL002"])
def test_rules_of_the_tool_never_fire_by_themselves(code):
    assert list(find_rule(code).check(None)) == []
