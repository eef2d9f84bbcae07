"""Expressions are parsed whatever else the process does at the time."""

import ast
import gc

import pytest

from jwstprod_check.spec.parsing import parse_expression


class Parses:
    """Garbage that parses when it is collected."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        ast.parse("f(a) + g(b)", mode="eval")


@pytest.fixture
def eager_collector():
    before = gc.get_threshold()
    gc.set_threshold(5)
    yield
    gc.set_threshold(*before)
    gc.collect()


@pytest.mark.usefixtures("eager_collector")
def test_garbage_that_parses_does_not_disturb():
    for _ in range(200):
        Parses()
        tree = parse_expression("a.b(c, d[1]) + 3*x if y else [z for q in r]")
        assert isinstance(tree.body, ast.IfExp)


@pytest.mark.parametrize(("text", "error"), [("a +", SyntaxError), ("a\0b", (SyntaxError, ValueError))])
def test_what_is_no_expression_is_an_error(text, error):
    with pytest.raises(error):
        parse_expression(text)
