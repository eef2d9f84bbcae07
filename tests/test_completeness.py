"""Every rule has a manual, and a test that makes it fire."""

import re
from pathlib import Path

import pytest
from damages import CODES

from jwstprod_check.rules import FAMILIES, all_rules, find_rule

TESTS = Path(__file__).parent
RULES = all_rules()
HERE = re.compile(r"(FILE|ARR|TOOL)\d+|(HDU|PROD|TAB)00[1-8]|KEY00[1-5]")
"""Rules that the table of damages and the tests beside it make fire."""

ELSEWHERE = {"FILE009", "FILE011", "PROD001", "PROD007", "PROD008", "HDU007", "TAB008", "TOOL001", "TOOL002"}
"""Rules that no single damage makes fire, with a test of their own."""


SOURCES = "\n".join(p.read_text() for kind in ("*.py", "*.yaml") for p in TESTS.rglob(kind) if p != Path(__file__))
NAMED = frozenset(re.findall(r"\b[A-Z]{2,4}\d{3}\b", SOURCES))
"""Codes that the tests and their tables name."""


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_manual_has_its_shape(rule):
    title, _, rest = rule.manual.partition("\n")
    assert title.endswith("."), title
    assert len(title) < 120
    assert rest.startswith("\n"), "a blank line follows the title"
    assert re.search(r"^(Mend|How to fix): \S", rule.manual, re.MULTILINE)
    assert re.search(r"^Source: \S", rule.manual, re.MULTILINE)
    assert rule.manual.index("Mend: " if "\nMend: " in rule.manual else "\nHow to fix: ") < rule.manual.index(
        "\nSource: "
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_code_and_name_have_their_form(rule):
    assert re.fullmatch(r"[A-Z]{2,4}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
    assert rule.family in FAMILIES
    assert find_rule(rule.code) is rule
    assert find_rule(rule.name) is rule


@pytest.mark.parametrize("field", ["code", "name", "title"])
def test_rules_differ(field):
    values = [getattr(r, field) for r in RULES]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_prerequisites_are_rules_that_run_before(rule):
    codes = [r.code for r in RULES]
    for code in rule.requires:
        assert codes.index(code) < codes.index(rule.code)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_some_test_makes_the_rule_fire(rule):
    assert rule.code in CODES or rule.code in NAMED


@pytest.mark.parametrize("rule", [r for r in RULES if HERE.fullmatch(r.code)], ids=lambda r: r.code)
def test_rule_is_in_the_table_of_damages_or_has_its_own_test(rule):
    assert rule.code in CODES | ELSEWHERE


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_rules(family):
    assert [r for r in RULES if r.family == family]


@pytest.mark.parametrize("text", ["", "NOPE001", "HDU", "missing"])
def test_what_is_no_rule_is_not_found(text):
    assert find_rule(text) is None
