"""The dimensions of a file, solved from every array and every keyword that states them.

Each axis of each HDU gives a value of a symbol, and so does a keyword. Where they agree, the value is known and
its origins are all of them. Where they disagree, the value of most arrays is used, with a keyword counting as one
array and the rows of a table as half an array; then the disagreeing one is reported: the keyword if it contradicts
all arrays, otherwise the array that contradicts the others.
"""

from collections.abc import Iterable, Mapping

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.lookup import HeaderFacts
from jwstprod_check.match.rows import Matching
from jwstprod_check.memo import by_value
from jwstprod_check.spec.dims import Factor, solve
from jwstprod_check.spec.expressions import Facts
from jwstprod_check.spec.model import ActiveSpec, Row, Symbol


class Measurement(msgspec.Struct, frozen=True):
    """The value that an HDU, by index and label, gives a symbol. ``array`` is False for the rows of a table."""

    hdu: int
    label: str
    value: int
    array: bool


class Statement(msgspec.Struct, frozen=True):
    """What the keywords of the file state about a symbol: the value, other valid values, the expression."""

    value: int
    also: tuple[int, ...]
    text: str
    names: tuple[str, ...]

    def allows(self, value: int) -> bool:
        """Whether a value agrees with the statement."""
        return value == self.value or value in self.also


class SolvedSymbol(msgspec.Struct, frozen=True):
    """A symbol's value with its origins: the HDUs that agree, and the keyword statement, agreeing or not."""

    name: str
    value: int
    measurements: tuple[Measurement, ...]
    statement: Statement | None

    @property
    def origin(self) -> str:
        """Where the value comes from, for a message: ``NGROUPS, SCI, GROUPDQ``."""
        agreeing = [v.label for v in self.measurements if v.value == self.value]
        named = agreeing if len(agreeing) <= 4 else [*agreeing[:3], f"{len(agreeing) - 3} more"]
        stated = self.statement is not None and self.statement.allows(self.value)
        return ", ".join(([self.statement.text] if self.statement and stated else []) + named)

    @property
    def contradicted(self) -> bool:
        """Whether the keywords state another value."""
        return self.statement is not None and not self.statement.allows(self.value)


class Solution(msgspec.Struct, frozen=True):
    """Solved symbols of the file, and of each set (by EXTVER) where HDUs come in sets.

    ``sets`` has the symbols of a set alone, ``merged`` those of the file as well.
    """

    symbols: dict[str, SolvedSymbol]
    sets: dict[int, dict[str, SolvedSymbol]]
    merged: dict[int, dict[str, SolvedSymbol]]
    numbers: dict[int | None, dict[str, int]]

    def values(self, hdu: Hdu) -> dict[str, int]:
        """Values that apply to an HDU."""
        return self.numbers[hdu.extver if hdu.extver in self.merged else None]

    def solved(self, hdu: Hdu) -> dict[str, SolvedSymbol]:
        """Solved symbols that apply to an HDU."""
        return self.merged.get(hdu.extver, self.symbols)


def _solution(symbols: dict[str, SolvedSymbol], sets: dict[int, dict[str, SolvedSymbol]]) -> Solution:
    merged = {extver: {**symbols, **own} for extver, own in sets.items()}
    numbers: dict[int | None, dict[str, int]] = {None: {name: s.value for name, s in symbols.items()}}
    for extver, solved in merged.items():
        numbers[extver] = {name: s.value for name, s in solved.items()}
    return Solution(symbols, sets, merged, numbers)


@by_value(256)
def used_symbols(spec: ActiveSpec, present: tuple[bool, ...]) -> tuple[Symbol, ...]:
    """Symbols that occur in rows which are required or present (``Matching.present``)."""
    names = {
        s for row, there in zip(spec.rows, present, strict=True) for s in row.dims.symbols if there or not row.optional
    }
    return tuple(symbol for name, symbol in spec.symbols.items() if name in names)


def solve_dims(spec: ActiveSpec, matching: Matching, facts: Facts) -> Solution:
    """Solve the symbols of a spec for a file. HDUs of the wrong type or rank are ignored."""
    in_sets = frozenset(spec.sets.symbols) if spec.sets else frozenset()
    measurements: dict[str, list[Measurement]] = {}
    set_voices: dict[int, dict[str, list[Measurement]]] = {}
    for match in matching.found:
        row = match.row
        if not row.dims.symbols:
            continue
        several = row.name in spec.set_rows
        for hdu in match.standing(several):
            if not hdu.sized:
                continue
            for name, value in _observed(hdu, row, spec.symbols):
                voice = Measurement(hdu.index, hdu.label, value, row.type != "BINTABLE")
                if several and name in in_sets:
                    set_voices.setdefault(hdu.extver, {}).setdefault(name, []).append(voice)
                else:
                    measurements.setdefault(name, []).append(voice)
    headers = {hdu.index: hdu.header for match in matching.matches for hdu in match.hdus} if set_voices else {}
    symbols = {}
    for symbol in used_symbols(spec, matching.present):
        if symbol.name not in in_sets:
            solved = _decide(symbol, measurements.get(symbol.name, []), facts)
            if solved is not None:
                symbols[symbol.name] = solved
    sets = {}
    for extver, heard in set_voices.items():
        # The first HDU of a set is its SCI, and only its own header states its size.
        one = {n: _decide(spec.symbols[n], v, HeaderFacts(headers[v[0].hdu])) for n, v in heard.items()}
        sets[extver] = {n: s for n, s in one.items() if s is not None}
    return _solution(symbols, sets)


def _observed(hdu: Hdu, row: Row, symbols: Mapping[str, Symbol]) -> list[tuple[str, int]]:
    """Values that an HDU gives to symbols, as far as each factor has one unknown."""
    dims = row.dims.of_rank(len(hdu.axes)) if row.dims.spare else row.dims
    pairs: Iterable[tuple[Factor | None, int | None]] = ()
    if dims.kind == "image" and hdu.type in ("IMAGE", "primary") and len(hdu.axes) == len(dims.axes):
        pairs = zip(dims.axes, hdu.axes, strict=True)
    elif dims.kind == "table" and hdu.type == "BINTABLE":
        pairs = ((dims.rows, hdu.rows), (dims.cols, hdu.fields))
    observed = []
    for factor, length in pairs:
        answer = solve(factor, length, {}) if factor is not None and length is not None else None
        if answer is None or symbols[answer[0]].scope == "hdu":
            continue
        name, (numerator, denominator) = answer
        if denominator == 1 and numerator >= 0:
            observed.append((name, numerator))
    return observed


def state(symbol: Symbol, facts: Facts) -> Statement | None:
    """What the keywords of a file state about a symbol; None without a whole number."""
    for condition, value, also in symbol.stated:
        if condition is not None and not condition.holds(facts):
            continue
        number = _whole(value.value(facts))
        if number is None:
            return None
        others = tuple(n for n in (_whole(e.value(facts)) for e in also) if n is not None)
        return Statement(number, others, value.text, tuple(sorted(value.names)))
    return None


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)


def _decide(symbol: Symbol, measurements: list[Measurement], facts: Facts | None) -> SolvedSymbol | None:
    statement = state(symbol, facts) if facts is not None else None
    if not measurements:
        return None if statement is None else SolvedSymbol(symbol.name, statement.value, (), statement)
    value = measurements[0].value
    if len({v.value for v in measurements}) == 1 and (statement is None or statement.allows(value)):
        return SolvedSymbol(symbol.name, value, tuple(measurements), statement)
    arrays = [v for v in measurements if v.array]
    weights: dict[int, float] = {}
    for voice in measurements:
        weights[voice.value] = weights.get(voice.value, 0.0) + (1.0 if voice.array else 0.5)
    if statement is not None:
        agreed = [v for v in weights if statement.allows(v)] or [statement.value]
        for value in agreed:
            weights[value] = weights.get(value, 0.0) + 1.0
    first = (arrays or measurements)[0].value
    in_arrays = {v.value for v in arrays}
    # A tie is decided for an array, among arrays for the keyword's value, then for the first, which is SCI.
    best = max(
        weights,
        key=lambda v: (
            weights[v],
            v in in_arrays,
            statement is not None and statement.allows(v),
            v == first,
        ),
    )
    return SolvedSymbol(symbol.name, best, tuple(measurements), statement)
