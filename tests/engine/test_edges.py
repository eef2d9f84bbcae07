"""Where the engine begins to fold places and to stop a rule."""

import pytest
from judging import CATALOGUE, judge_file, use_rules
from made_files import make

from jwstprod_check.engine.run import MAX_PROBLEMS
from jwstprod_check.findings import MAX_PLACES, Severity
from jwstprod_check.make import file_name
from jwstprod_check.rules.rule import Problem, rule

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


def repeating(count, severity, group_key=None):
    @rule("TEST001", "repeating", severity, scope="file")
    def problems(context):
        """Problems."""
        for number in range(count):
            yield Problem(f"problem {number}", hdu=context.file.hdus[1], group_key=group_key)

    return problems


@pytest.mark.parametrize(("count", "places"), [(1, 1), (MAX_PLACES, MAX_PLACES), (MAX_PLACES + 1, MAX_PLACES)])
def test_ten_places_are_named(monkeypatch, count, places):
    use_rules(monkeypatch, [repeating(count, Severity.WARNING, "all")])
    (found,) = judge_file(RAW, NAME).findings
    assert (found.count, len(found.places)) == (count, places)


@pytest.mark.parametrize(
    ("count", "severity", "stopped"),
    [
        (MAX_PROBLEMS, Severity.ERROR, False),
        (MAX_PROBLEMS + 1, Severity.ERROR, True),
        (MAX_PROBLEMS + 1, Severity.WARNING, False),
        (MAX_PROBLEMS + 1, Severity.INFO, False),
    ],
)
def test_a_rule_is_stopped_at_its_limit_where_the_file_does_not_conform(monkeypatch, count, severity, stopped):
    use_rules(monkeypatch, [repeating(count, severity)])
    report = judge_file(RAW, NAME)
    assert len(report.findings) == (MAX_PROBLEMS if stopped else count)
    assert [n.code for n in report.not_checked] == ["TEST001"] * stopped


@pytest.mark.parametrize(("severity", "conforms", "state"), [
    (Severity.INFO, True, "ok"), (Severity.WARNING, True, "warning"), (Severity.ERROR, False, "error"),
])  # fmt: skip
def test_only_an_error_fails_a_file(monkeypatch, severity, conforms, state):
    use_rules(monkeypatch, [repeating(1, severity)])
    report = judge_file(RAW, NAME)
    assert report.conforming is conforms
    assert next(r.state for r in report.rows if r.extname == "SCI") == state
