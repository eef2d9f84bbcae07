"""The expression language is what expressions.yaml says."""

import math
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from judging import DATA

from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import MAX_LENGTH, compile_expression, version_key

TABLE = yaml.safe_load((DATA.parent / "expressions.yaml").read_text())
CASES = TABLE["cases"]


class Facts:
    def __init__(self, keywords, hdus):
        self.keywords = keywords
        self.hdus = hdus

    def keyword(self, name):
        return self.keywords.get(name)

    def present(self, extname):
        return extname in self.hdus


def case_id(case):
    return f"{case['when']} {case.get('file', '')}"


def compiled(case):
    return compile_expression(str(case["when"]), case.get("keywords", TABLE["declared"]), TABLE["groups"])


@pytest.mark.parametrize("case", [c for c in CASES if "error" not in c], ids=case_id)
def test_expression_has_the_result_of_the_table(case):
    facts = Facts(case.get("file", {}), case.get("hdus", []))
    expression = compiled(case)
    value = expression.value(facts)
    assert value == case["result"]
    assert type(value) is type(case["result"])
    assert expression.holds(facts) is case.get("holds", case["result"])


@pytest.mark.parametrize("case", [c for c in CASES if "error" in c], ids=case_id)
def test_expression_outside_the_language_is_an_error(case):
    with pytest.raises(SpecError) as caught:
        compiled(case)
    assert case["error"] in str(caught.value)


def test_groups_are_written_out_in_the_full_text():
    found = compile_expression("NGROUPS > 1 and READPATT in deep", TABLE["declared"], TABLE["groups"])
    assert found.text == "NGROUPS > 1 and READPATT in deep"
    assert found.full == "NGROUPS > 1 and READPATT in ['DEEP8', 'DEEP2']"
    assert compile_expression("NGROUPS > 1", TABLE["declared"], TABLE["groups"]).full == "NGROUPS > 1"


def test_names_are_those_that_are_read():
    text = 'keyword("DATE-BEG") > "2022" and NGROUPS in [1, 2] or present("ERR") and INTEND - INTSTART > 2'
    found = compile_expression(text, TABLE["declared"])
    assert found.names == {"DATE-BEG", "NGROUPS", "INTEND", "INTSTART"}


@pytest.mark.parametrize("text", ["1+" * (MAX_LENGTH // 2) + "1", "(" * 300 + "1" + ")" * 300, "not " * 240 + "True"])
def test_length_and_depth_are_bounded(text):
    with pytest.raises(SpecError):
        compile_expression(text, {})


def test_deep_powers_cost_nothing():
    with pytest.raises(SpecError):
        compile_expression("9**9**9**9", {})


@given(st.text(max_size=60))
def test_any_text_compiles_or_is_a_spec_error(text):
    with suppress(SpecError):
        compile_expression(text, TABLE["declared"]).value(Facts({}, []))


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_versions_order_as_their_numbers(a, b):
    width = max(len(a), len(b))
    padded = [(*v, *[0] * (width - len(v))) for v in (a, b)]
    texts = [".".join(map(str, v)) for v in (a, b)]
    assert (version_key(texts[0]) < version_key(texts[1])) is (padded[0] < padded[1])
    assert (version_key(texts[0]) == version_key(texts[1])) is (padded[0] == padded[1])


@given(st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(), st.booleans()))
def test_any_value_may_stand_for_a_version(value):
    key = version_key(value)
    assert key is None or all(n >= 0 and not math.isinf(n) for n in key)
