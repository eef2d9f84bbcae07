"""Possible results of a condition, tried with every value that can matter to it.

A condition compares few keywords with few constants, so the values to try are those constants, their neighbours, one
other value, and absence. A condition with more combinations than the limit is not analysed.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

import msgspec

from jwstprod_check.spec.expressions import MISSING, Expression, version_key
from jwstprod_check.spec.parsing import parse_expression

MAX_TRIALS: Final = 20_000
NEWEST: Final = "9999"
"""A CAL_VER after every other."""

Domains = Mapping[str, Sequence[Any]]
"""Keyword -> the values that it can have; a name as in ``present("ERR")`` -> True and False."""


class Trial(msgspec.Struct, frozen=True):
    """The part of a file that a condition reads."""

    keywords: dict[str, Any]
    hdus: dict[str, bool]

    def keyword(self, name: str) -> Any:
        """Value of a keyword."""
        return self.keywords.get(name, MISSING)

    def present(self, extname: str) -> bool:
        """Whether an HDU of that name exists."""
        return self.hdus.get(extname, False)


def outcomes(condition: Expression | None, types: Mapping[str, str], fixed: Domains | None = None) -> frozenset[bool]:
    """Return the possible results of a condition; ``fixed`` limits the values of keywords, ``types`` is the dictionary.

    Both where there are too many combinations to try.
    """
    if condition is None:
        return frozenset({True})
    found: set[bool] = set()
    for trial in trials(condition, types, fixed) or ():
        found.add(condition.holds(trial))
        if len(found) == 2:
            break
    return frozenset(found) or frozenset({True, False})


def idle(condition: Expression, types: Mapping[str, str], fixed: Domains | None = None) -> list[str]:
    """Keywords that a condition names and that never change its result."""
    made = trials(condition, types, fixed)
    if made is None:
        return []
    held: dict[str, dict[tuple[Any, ...], set[bool]]] = {name: {} for name in sorted(condition.names)}
    for trial in made:
        holds = condition.holds(trial)
        for name, seen in held.items():
            others = (*(v for n, v in trial.keywords.items() if n != name), *trial.hdus.values())
            seen.setdefault(tuple(map(repr, others)), set()).add(holds)
    return [name for name, seen in held.items() if all(len(h) == 1 for h in seen.values())]


def trials(condition: Expression, types: Mapping[str, str], fixed: Domains | None = None) -> list[Trial] | None:
    """Every combination of values that can matter to a condition; None where there are too many."""
    tree = parse_expression(condition.full.strip())
    constants = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    domains = {n: _values(n, types.get(n, "string"), constants, fixed or {}) for n in sorted(condition.names)}
    hdus = sorted({call.args[0].value for call in _calls(tree) if isinstance(call.args[0], ast.Constant)}, key=str)
    if prod(map(len, domains.values())) * 2 ** len(hdus) > MAX_TRIALS:
        return None
    return [
        Trial(dict(zip(domains, values, strict=True)), dict(zip(map(str, hdus), there, strict=True)))
        for values in product(*domains.values())
        for there in product((True, False), repeat=len(hdus))
    ]


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "present":
            yield node


def _values(name: str, kind: str, constants: list[Any], fixed: Domains) -> list[Any]:
    if name in fixed:
        return list(fixed[name])
    match kind:
        case "logical":
            return [True, False, MISSING]
        case "version":
            versions = {v: k for v in constants if (k := version_key(v)) is not None}
            return ["0.0.1", *(near for v in versions for near in (v, f"{v}.0.0.1")), NEWEST, MISSING]
        case "integer" | "float":
            numbers = {c for c in constants if isinstance(c, int | float) and not isinstance(c, bool)} | {0, 1}
            return [*sorted({n + step for n in numbers for step in (-1, 0, 1)}), MISSING]
    # No header has a string that ends in a blank (FITS Standard 4.0, section 4.2.1.1).
    return [*dict.fromkeys(c for c in constants if isinstance(c, str) and c.rstrip(" ") == c), "\0", MISSING]


def compared(condition: Expression) -> Iterator[tuple[str, Any]]:
    """Every pair of a keyword and a constant that a condition tests for equality."""
    for node in ast.walk(parse_expression(condition.full.strip())):
        if not isinstance(node, ast.Compare):
            continue
        operands = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, operands, operands[1:], strict=False):
            listed = isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple)
            if not (listed or isinstance(op, ast.Eq | ast.NotEq)):
                continue
            sides = [left, *getattr(right, "elts", [right])]
            names = [name for side in sides if (name := _name(side)) is not None]
            yield from ((n, side.value) for n in names for side in sides if isinstance(side, ast.Constant))


def _name(node: ast.expr) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(id="keyword"), args=[ast.Constant(value=str() as name)]):
            return name
    return None
