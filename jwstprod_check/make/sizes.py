"""Values of the symbols of a made file, and the keywords that state them.

A symbol's value is the requested one, else what the given keywords state, else a small default. Keywords follow from
the spec's own statements (``nints``: ``INTEND - INTSTART + 1``, else ``NINTS``) solved for the keyword: it gets the
value with which the statement gives the symbol.
"""

from collections.abc import Mapping
from math import lcm
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.facts import PlannedFacts
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Expression
from jwstprod_check.spec.model import ActiveSpec, Row, Symbol

_SIZES: Final = {"ncols": 16, "nrows": 12, "ngroups": 5, "nints": 2, "nplanes": 1}
_SIZE: Final = 4


def values_of(
    active: ActiveSpec, rows: tuple[Row, ...], sizes: Mapping[str, int], facts: PlannedFacts, own: Mapping[str, Scalar]
) -> dict[str, int]:
    """Values of all symbols that occur in the rows; one that is divided gets a value that divides."""
    unknown = sorted(set(sizes) - set(active.symbols))
    if unknown:
        raise SpecError(f"unknown symbol {unknown[0]!r}")
    divisors: dict[str, int] = {}
    for row in rows:
        parts = (*row.dims.axes, *(f for f in (row.dims.rows, row.dims.cols) if f is not None))
        for factor in parts:
            for name, (_, denominator) in factor.linear.terms.items():
                divisors[name] = lcm(divisors.get(name, 1), denominator)
    values = {}
    for name in active.symbols:
        if name in divisors:
            size = sizes.get(name) or _stated(active.symbols[name], facts, own)
            values[name] = size or -(-_SIZES.get(name, _SIZE) // divisors[name]) * divisors[name]
    return values


def _stated(symbol: Symbol, facts: PlannedFacts, own: Mapping[str, Scalar]) -> int | None:
    """Value of a symbol that the requested keywords state."""
    for condition, value, _ in symbol.stated:
        if condition is None or condition.holds(facts):
            number = value.value(facts)
            whole = isinstance(number, int) and not isinstance(number, bool) and number > 0
            return number if whole and value.names & set(own) else None
    return None


def state(
    symbol: Symbol, value: int, written: dict[str, Scalar], own: Mapping[str, Scalar], names: frozenset[str]
) -> None:
    """Write keywords with which the valid statement gives the value, and those that are always required."""
    facts = PlannedFacts(written, names)
    for condition, expression, _ in symbol.stated:
        if condition is None or condition.holds(facts):
            if expression.value(facts) != value:
                written.update(_inverse(expression, value, written, own, names))
            break
    for keyword in symbol.keywords:
        if keyword in written:
            continue
        for _, expression, _ in symbol.stated:
            if expression.names == {keyword}:
                written.update(_inverse(expression, value, written, own, names))
                break


def _inverse(
    expression: Expression, value: int, written: Mapping[str, Scalar], own: Mapping[str, Scalar], names: frozenset[str]
) -> dict[str, Scalar]:
    """Keyword values that make an expression equal ``value``, with the requested ones unchanged; {} if there are none.

    The expression is assumed to be linear in the one keyword that is varied, and the answer is tested.
    """
    free = sorted(expression.names - set(own), key=expression.text.find)
    if not free:
        return {}
    trial: dict[str, Scalar] = {**dict.fromkeys(free, 1), **{n: v for n, v in written.items() if n in free[1:]}}

    def at(number: int) -> Scalar:
        result: Scalar = expression.value(PlannedFacts({**written, **trial, free[0]: number}, names))
        return result

    zero, one = at(0), at(1)
    if not isinstance(zero, int | float) or not isinstance(one, int | float) or zero == one:
        return {}
    number = round((value - zero) / (one - zero))
    return {**trial, free[0]: number} if at(number) == value else {}


def contain_segment(written: dict[str, Scalar], own: Mapping[str, Scalar]) -> None:
    """NINTS counts the whole exposure, so it is at least the last integration of a segment."""
    last, whole = written.get("INTEND"), written.get("NINTS")
    if isinstance(last, int) and isinstance(whole, int) and whole < last and "NINTS" not in own:
        written["NINTS"] = last
