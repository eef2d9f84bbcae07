"""Which rules run: level, --select and --ignore."""

import pytest
from builders import image, join, split
from judging import CATALOGUE, codes, judge_file, use_rules
from made_files import make

from jwstprod_check import check
from jwstprod_check.make import file_name
from jwstprod_check.rules.rule import Problem, rule

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


@rule("TEST008", "of-data", scope="file", level="data")
def of_data(_context):
    """Run with the data only."""
    yield Problem("data")


@pytest.fixture
def run(monkeypatch):
    """Judge the sound dark with given rules."""

    def judged(*rules, raw=RAW, **options):
        use_rules(monkeypatch, rules)
        return judge_file(raw, NAME, **options)

    return judged


def test_rules_of_data_run_with_data_only(monkeypatch):
    use_rules(monkeypatch, (of_data,))
    assert check(RAW).findings == ()
    assert [f.code for f in check(RAW, data=True).findings] == ["TEST008"]
    assert (check(RAW).level, check(RAW, data=True).level) == ("structure", "data")


def test_rules_of_data_say_so_where_no_data_were_read(run):
    report = run(of_data, data=True)
    assert [s.code for s in report.skipped] == ["TEST008"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({}, ["ARR001", "HDU002", "KEY001"]),
        ({"select": ("ARR",)}, ["ARR001"]),
        ({"select": ("arr001", "HDU")}, ["ARR001", "HDU002"]),
        ({"select": ("missing-keyword",)}, ["KEY001"]),
        ({"ignore": ("ARR",)}, ["HDU002", "KEY001"]),
        ({"ignore": ("hdu002", "KEY001")}, ["ARR001"]),
        ({"select": ("ARR", "KEY"), "ignore": ("ARR001",)}, ["KEY001"]),
    ],
)
def test_codes_families_and_names_are_selected_and_ignored(options, left):
    *parts, asdf = split(RAW)
    parts[0] = parts[0].without_card("NGROUPS")
    parts[2] = parts[2].without_card("BZERO")
    assert codes(judge_file(join([*parts, image("EXTRA", (2,)), asdf]), NAME, **options)) == left
