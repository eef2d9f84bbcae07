"""The closed expression language of specs: Python's own grammar, a whitelist of nodes, no ``eval``.

Used by ``when`` conditions and by the keyword values of symbols. Its semantics are defined by the table
``tests/expressions.yaml``:

* a bare name is a keyword, looked up in the primary header and then in SCI; ``keyword("DATE-BEG")`` is the
  same for names that are not Python names; ``present("ERR")`` tests whether an HDU of that name exists;
* names are declared (``specs/keywords.yaml``); an undeclared one is an error when the spec is loaded;
* a keyword that is missing, undefined or of another type than what it is compared with makes the comparison
  false, whatever the operator; ``X is missing`` and ``X is not missing`` test for absence;
* a keyword of type ``version`` compares as a version: ``CAL_VER >= "1.18"``;
* a group of ``specs/exposures.yaml`` stands for the list of its values: ``EXP_TYPE in imaging``.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from jwstprod_check.memo import by_value
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.parsing import parse_expression

MISSING: Final = None
"""Value of a missing keyword and of arithmetic on one."""

MAX_LENGTH: Final = 1000
MAX_NODES: Final = 200

Value = Any


class Facts(Protocol):
    """What an expression may read from a file."""

    def keyword(self, name: str) -> Value:
        """Value of a keyword, ``MISSING`` if it has none."""
        ...

    def present(self, extname: str) -> bool:
        """Whether an HDU of that name exists."""
        ...


Evaluator = Callable[[Facts], Value]

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_VERSION = re.compile(r"\D*(\d+(?:\.\d+)*)")


@by_value(256)
def version_key(text: Value) -> tuple[int, ...] | None:
    """Sortable form of a version: the leading numbers of ``1.18.1.dev3+g1a2b``; None where there are none.

    Trailing zeros are dropped, so that ``1.18`` equals ``1.18.0``.
    """
    found = _VERSION.match(text) if isinstance(text, str) else None
    if found is None:
        return None
    numbers = [int(n) for n in found[1].split(".")[:6] if len(n) < 10]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


class Expression:
    """A compiled expression. ``names`` are the keywords that it reads, ``full`` is its text with groups written out."""

    def __init__(self, text: str, evaluate: Evaluator, names: frozenset[str], full: str | None = None) -> None:
        self.text = text
        self.full = text if full is None else full
        self.names = names
        self._evaluate = evaluate

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is true of a file."""
        return self._evaluate(facts) is True

    def value(self, facts: Facts) -> Value:
        """Value for a file, ``MISSING`` where a keyword that it needs is missing."""
        return self._evaluate(facts)


def compile_expression(
    text: str, keywords: Mapping[str, str], groups: Mapping[str, tuple[str, ...]] | None = None
) -> Expression:
    """Compile an expression over declared keywords (name -> type) and named ``groups`` of values.

    Raises ``SpecError`` for anything that is not in the language, an undeclared name included.
    """
    return _compiled(text, _parsed(text), keywords, groups or {})


def _parsed(text: str) -> ast.Expression:
    if len(text) > MAX_LENGTH:
        raise SpecError(f"expression longer than {MAX_LENGTH} characters")
    try:
        tree = parse_expression(text.strip())
    except (SyntaxError, ValueError, RecursionError) as error:
        raise SpecError(f"not an expression: {text!r} ({error.__class__.__name__})") from None
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise SpecError(f"expression of more than {MAX_NODES} parts: {text[:60]!r}...")
    return tree


def _compiled(
    text: str, tree: ast.Expression, keywords: Mapping[str, str], groups: Mapping[str, tuple[str, ...]]
) -> Expression:
    written = _write_out(tree, groups)
    compiler = _Compiler(text, keywords)
    evaluate = compiler.compile(tree.body)
    return Expression(text, evaluate, frozenset(compiler.names), ast.unparse(tree) if written else None)


def _write_out(tree: ast.Expression, groups: Mapping[str, tuple[str, ...]]) -> bool:
    """Put the list of its values in the place of each group that a value is looked up in; return whether there was one."""
    found = False
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and all(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            for i, side in enumerate(node.comparators):
                if isinstance(side, ast.Name) and side.id in groups:
                    node.comparators[i] = ast.List([ast.Constant(v) for v in groups[side.id]], ast.Load())
                    found = True
    return found


def compile_condition(
    text: str, keywords: Mapping[str, str], groups: Mapping[str, tuple[str, ...]] | None = None
) -> Expression:
    """Compile an expression that is true or false of a file: a comparison, a logical keyword, ``present("NAME")``.

    Raises ``SpecError`` for one that is a value, or the same for every file.
    """
    tree = _parsed(text)
    condition = _is_condition(tree.body, keywords)
    found = _compiled(text, tree, keywords, groups or {})
    if not condition:
        raise SpecError(f"not a condition: {text!r} is neither true nor false; compare it with something")
    if not found.names and not any(isinstance(node, ast.Call) for node in ast.walk(tree)):
        raise SpecError(f"not a condition: {text!r} is the same for every file")
    return found


def _is_condition(node: ast.expr, keywords: Mapping[str, str]) -> bool:
    match node:
        case ast.Compare() | ast.Call(func=ast.Name(id="present")):
            return True
        case ast.BoolOp(values=values):
            return all(_is_condition(value, keywords) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_condition(operand, keywords)
        case ast.Name(id=name) | ast.Call(args=[ast.Constant(value=str() as name)]):
            return keywords.get(name) == "logical"
    return False


class _Compiler:
    def __init__(self, text: str, keywords: Mapping[str, str]) -> None:
        self.text = text
        self.keywords = keywords
        self.names: set[str] = set()

    def fail(self, reason: str) -> SpecError:
        return SpecError(f"{reason} in {self.text!r}")

    def compile(self, node: ast.expr) -> Evaluator:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return lambda _: value
            case ast.Name(id=name):
                return self.keyword(name)
            case ast.BoolOp(op=op, values=values):
                parts = [self.compile(v) for v in values]
                if isinstance(op, ast.And):
                    return lambda facts: all(p(facts) is True for p in parts)
                return lambda facts: any(p(facts) is True for p in parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self.compile(operand)
                return lambda facts: inner(facts) is not True
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                negated = self.compile(operand)
                return lambda facts: _arithmetic(operator.sub, 0, negated(facts))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                a, b, apply = self.compile(left), self.compile(right), _ARITHMETIC[type(op)]
                return lambda facts: _arithmetic(apply, a(facts), b(facts))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self.compare(left, ops, comparators)
            case ast.Call(func=ast.Name(id="keyword"), args=[ast.Constant(value=str() as name)], keywords=[]):
                return self.keyword(name)
            case ast.Call(func=ast.Name(id="present"), args=[ast.Constant(value=str() as extname)], keywords=[]):
                return lambda facts: facts.present(extname)
        raise self.fail(f"{type(node).__name__} is not allowed")

    def keyword(self, name: str) -> Evaluator:
        if name not in self.keywords:
            raise self.fail(f"unknown name {name!r}")
        self.names.add(name)
        return lambda facts: facts.keyword(name)

    def compare(self, left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr]) -> Evaluator:
        pairs = []
        operands = [left, *comparators]
        for op, a, b in zip(ops, operands, comparators, strict=False):
            pairs.append(self.pair(op, a, b))
        if len(pairs) == 1:
            return pairs[0]
        return lambda facts: all(p(facts) for p in pairs)

    def pair(self, op: ast.cmpop, left: ast.expr, right: ast.expr) -> Evaluator:
        match op, right:
            case ((ast.Is() | ast.IsNot()), ast.Name(id="missing")):
                asked = self.compile(left)
                absent = isinstance(op, ast.Is)
                return lambda facts: (asked(facts) is MISSING) is absent
            case ((ast.In() | ast.NotIn()), ast.List(elts=elts) | ast.Tuple(elts=elts)):
                value, choices = self.compile(left), [self.literal(e) for e in elts]
                inside = isinstance(op, ast.In)
                return lambda facts: _member(value(facts), choices, inside)
            case ((ast.In() | ast.NotIn()), ast.Constant()):
                raise self.fail(f"in takes a list or a keyword: [{right.value!r}]")
            case ((ast.In() | ast.NotIn()), _):
                part, whole = self.compile(left), self.compile(right)
                inside = isinstance(op, ast.In)
                return lambda facts: _substring(part(facts), whole(facts), inside)
        apply = _COMPARE.get(type(op))
        if apply is None:
            raise self.fail(f"{type(op).__name__} is not allowed")
        a, b = self.compile(left), self.compile(right)
        if self.is_version(left) or self.is_version(right):
            for side in (left, right):
                if isinstance(side, ast.Constant) and version_key(side.value) is None:
                    raise self.fail(f"{side.value!r} is not a version")
            return lambda facts: _compared(apply, version_key(a(facts)), version_key(b(facts)))
        return lambda facts: _compared(apply, a(facts), b(facts))

    def literal(self, node: ast.expr) -> Value:
        try:
            value = ast.literal_eval(node)
        except ValueError:
            raise self.fail("a list may contain constants only") from None
        if not isinstance(value, bool | int | float | str):
            raise self.fail("a list may contain constants only")
        return value

    def is_version(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and self.keywords.get(node.id) == "version"


def _number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _alike(a: Value, b: Value) -> bool:
    return a is not MISSING if type(a) is type(b) else _number(a) and _number(b)


def _compared(apply: Callable[[Any, Any], bool], a: Value, b: Value) -> bool:
    return _alike(a, b) and apply(a, b)


def _member(value: Value, choices: list[Value], inside: bool) -> bool:
    if value is MISSING:
        return False
    return any(value == c and _alike(value, c) for c in choices) is inside


def _substring(part: Value, whole: Value, inside: bool) -> bool:
    if not isinstance(part, str) or not isinstance(whole, str):
        return False
    return (part in whole) is inside


def _arithmetic(apply: Callable[[Any, Any], Any], a: Value, b: Value) -> Value:
    if not (_number(a) and _number(b)):
        return MISSING
    try:
        return apply(a, b)
    except (ZeroDivisionError, OverflowError):
        return MISSING
