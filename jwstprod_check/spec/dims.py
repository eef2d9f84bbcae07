"""The dimension expressions of the product tables, as in the documentation.

Forms (jwst documentation, data_products): ``ncols x nrows x ngroups x nints`` gives NAXIS1, NAXIS2, ...;
``nints (rows) x 7 cols``, ``4 cols x nstars``, ``1 col x 1 row`` and ``variable x 13 cols`` give NAXIS2 and TFIELDS
of a table, the part without a unit is the other one; ``variable``; ``N/A``. A factor is an integer, a
symbol or arithmetic on them. Amendments may write ``>=nints`` for a lower bound and ``ncols x nrows [x nplanes]`` for a last
axis that may be absent. ``any`` is an axis of any length, so that ``any x any`` says how many axes an array has and no more.
"""

import ast
import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from jwstprod_check.memo import by_value
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.parsing import parse_expression

VARIABLE: Final = "variable"

ANY: Final = "any"
"""An axis of any length."""

_SPLIT = re.compile(r"\s+x\s+")
_UNIT = re.compile(r"(?P<factor>.*?)\s*(?:\((?P<paren>rows?|cols?)\)|(?<![\w])(?P<word>rows?|cols?))\Z")
_LAST = re.compile(r"(?P<axes>[^\[\]]+?)\s*\[\s*x\s+(?P<last>[^\[\]]+?)\s*\]")
_MAX_FACTOR = 100

Rational = tuple[int, int]
"""Numerator and positive denominator; ``fractions`` takes longer to import than all of this module."""


class Linear(msgspec.Struct, frozen=True):
    """``constant + sum(coefficient * symbol)``, exactly."""

    terms: dict[str, Rational]
    constant: Rational


class Factor(msgspec.Struct, frozen=True):
    """One factor: its text and its value as a linear form. ``at_least`` marks a lower bound.

    ``name`` is the symbol of a factor that consists of it alone, None for any other.
    """

    text: str
    linear: Linear
    at_least: bool = False
    name: str | None = None

    @property
    def symbols(self) -> frozenset[str]:
        """Names of the symbols in the factor."""
        return frozenset(self.linear.terms)

    @property
    def anything(self) -> bool:
        """Whether every length agrees with the factor."""
        return self.text == ANY

    def __str__(self) -> str:
        return f">={self.text}" if self.at_least and not self.anything else self.text


class Dims(msgspec.Struct, frozen=True):
    """Parsed dimensions. ``axes`` is in FITS order; a factor that is None is variable; ``symbols`` occur in them.

    ``spare`` marks an image whose last axis may be absent.
    """

    kind: Literal["none", "variable", "image", "table"]
    axes: tuple[Factor, ...] = ()
    cols: Factor | None = None
    rows: Factor | None = None
    symbols: frozenset[str] = frozenset()
    spare: bool = False

    def of_rank(self, rank: int) -> "Dims":
        """Return the dimensions of an image of some number of axes: without the last one where that may be absent."""
        if not self.spare or rank != len(self.axes) - 1:
            return self
        axes = self.axes[:-1]
        return Dims("image", axes=axes, symbols=_symbols(*axes))

    def __str__(self) -> str:
        match self.kind:
            case "none":
                return "N/A"
            case "variable":
                return VARIABLE
            case "image":
                text = " x ".join(str(a) for a in self.axes[: len(self.axes) - self.spare])
                return f"{text} [x {self.axes[-1]}]" if self.spare else text
            case "table":
                return f"{self.cols or VARIABLE} cols x {self.rows or VARIABLE} rows"


@by_value(1024)
def parse_dims(text: str, kind: str) -> Dims:
    """Parse a dimensions cell of a row whose HDU type is ``kind`` (primary, IMAGE or BINTABLE).

    Raises ``SpecError`` where the text has none of the documented forms.
    """
    text = text.strip()
    if text == "N/A":
        return Dims("none")
    if text == VARIABLE:
        return Dims("variable")
    spare = _LAST.fullmatch(text) if kind == "IMAGE" else None
    parts = _SPLIT.split(spare["axes"]) if spare else _SPLIT.split(text)
    if kind != "BINTABLE":
        axes = tuple(parse_factor(p) for p in (*parts, *([spare["last"]] if spare else [])))
        return Dims("image", axes=axes, symbols=_symbols(*axes), spare=spare is not None)
    return _parse_table(text, parts)


def _parse_table(text: str, parts: list[str]) -> Dims:
    if len(parts) != 2:
        raise SpecError(f"a table has columns and rows, not {len(parts)} dimensions: {text!r}")
    units: dict[str, Factor | None] = {}
    bare: list[Factor | None] = []
    for part in parts:
        found = _UNIT.match(part)
        factor = found["factor"].strip() if found else part
        value = None if factor == VARIABLE else parse_factor(factor)
        if found:
            unit = (found["paren"] or found["word"])[:3]
            if unit in units:
                raise SpecError(f"both dimensions of the table are {unit}s: {text!r}")
            units[unit] = value
        else:
            bare.append(value)
    if len(bare) > 1:
        raise SpecError(f"neither dimension of the table is marked rows or cols: {text!r}")
    if bare:
        units["row" if "col" in units else "col"] = bare[0]
    return Dims("table", cols=units["col"], rows=units["row"], symbols=_symbols(units["col"], units["row"]))


def _symbols(*factors: Factor | None) -> frozenset[str]:
    return frozenset(name for factor in factors if factor is not None for name in factor.linear.terms)


def parse_factor(text: str) -> Factor:
    """Parse a factor such as ``2048``, ``ncols/4``, ``2*nints+1`` or ``>=nints``; raises ``SpecError``."""
    text = text.strip()
    at_least = text.startswith(">=")
    if at_least:
        text = text[2:].strip()
    if text == ANY:
        return Factor(ANY, Linear({}, (0, 1)), at_least=True)
    if not text or len(text) > _MAX_FACTOR:
        raise SpecError(f"not a dimension: {text[:40]!r}")
    try:
        tree = parse_expression(text)
        linear = _linear(tree.body, text)
        return Factor(text, linear, at_least, text if text in linear.terms else None)
    except (SyntaxError, ValueError, RecursionError):
        raise SpecError(f"not a dimension: {text!r}") from None


def _rational(numerator: int, denominator: int) -> Rational:
    a, b = abs(numerator), abs(denominator)
    while b:
        a, b = b, a % b
    sign = -1 if denominator < 0 else 1
    return sign * numerator // (a or 1), abs(denominator) // (a or 1)


def _linear(node: ast.expr, text: str) -> Linear:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return Linear({}, (value, 1))
        case ast.Name(id=name):
            return Linear({name: (1, 1)}, (0, 1))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _scale(_linear(operand, text), (-1, 1))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            a, b = _linear(left, text), _linear(right, text)
            return _add(a, b if isinstance(op, ast.Add) else _scale(b, (-1, 1)))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            a, b = _linear(left, text), _linear(right, text)
            if a.terms and b.terms:
                raise SpecError(f"a product of two symbols cannot be solved: {text!r}")
            return _scale(a, b.constant) if a.terms else _scale(b, a.constant)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            a, b = _linear(left, text), _linear(right, text)
            if b.terms or b.constant[0] == 0:
                raise SpecError(f"only a number other than 0 can divide: {text!r}")
            return _scale(a, _rational(b.constant[1], b.constant[0]))
    raise SpecError(f"not a dimension: {text!r}")


def _sum(a: Rational, b: Rational) -> Rational:
    return _rational(a[0] * b[1] + b[0] * a[1], a[1] * b[1])


def _times(a: Rational, b: Rational) -> Rational:
    return _rational(a[0] * b[0], a[1] * b[1])


def _add(a: Linear, b: Linear) -> Linear:
    terms = dict(a.terms)
    for name, coefficient in b.terms.items():
        terms[name] = _sum(terms.get(name, (0, 1)), coefficient)
    return Linear({n: c for n, c in terms.items() if c[0]}, _sum(a.constant, b.constant))


def _scale(a: Linear, by: Rational) -> Linear:
    if by[0] == 0:
        return Linear({}, (0, 1))
    return Linear({n: _times(c, by) for n, c in a.terms.items()}, _times(a.constant, by))


def evaluate(factor: Factor, values: Mapping[str, int]) -> Rational | None:
    """Exact value of a factor; None where a symbol has no value. A denominator above 1 is an inexact division."""
    if factor.name is not None:
        single = values.get(factor.name)
        return None if single is None else (single, 1)
    total = factor.linear.constant
    for name, coefficient in factor.linear.terms.items():
        value = values.get(name)
        if value is None:
            return None
        total = _sum(total, _times(coefficient, (value, 1)))
    return total


def fits_factor(factor: Factor, length: int, values: Mapping[str, int]) -> bool:
    """Whether a length agrees with a factor, as far as its symbols have values."""
    if factor.name is not None:
        want = values.get(factor.name)
    else:
        exact = evaluate(factor, values)
        if exact is not None and exact[1] != 1:
            return False
        want = None if exact is None else exact[0]
    return want is None or length == want or (factor.at_least and length > want)


def solve(factor: Factor, length: int, values: Mapping[str, int]) -> tuple[str, Rational] | None:
    """Return the one symbol without a value and the value that makes the factor equal ``length``.

    None where no symbol is unknown or more than one is. A denominator above 1 means that there is no whole
    number.
    """
    if factor.name is not None:
        return None if factor.name in values else (factor.name, (length, 1))
    unknown = [n for n in factor.linear.terms if n not in values]
    if len(unknown) != 1:
        return None
    known = Linear({n: c for n, c in factor.linear.terms.items() if n != unknown[0]}, factor.linear.constant)
    rest = evaluate(Factor(factor.text, known), values)
    if rest is None:
        return None
    difference = _sum((length, 1), (-rest[0], rest[1]))
    coefficient = factor.linear.terms[unknown[0]]
    return unknown[0], _times(difference, _rational(coefficient[1], coefficient[0]))
