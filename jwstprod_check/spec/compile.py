"""The cells and expressions of one document -> rows, amendments and symbols, checked against the declared names."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Protocol, TypeVar

from jwstprod_check.spec.dims import Dims, parse_dims
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Expression, compile_condition, compile_expression
from jwstprod_check.spec.model import Amendment, Patch, Row, Symbol
from jwstprod_check.spec.patterns import is_pattern
from jwstprod_check.spec.schema import (
    AmendmentDocument,
    ColumnTableDocument,
    KeywordRange,
    PatchDocument,
    RowDocument,
    SymbolDocument,
)

DTYPES: Final = frozenset(
    [
        "bool",
        "uint8",
        "int8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
        "float32",
        "float64",
        "complex64",
        "complex128",
    ]
)
"""Types that a row or a column may have, besides ``strN`` for a column of text."""

_RELEASE = re.compile(r"\d+(?:\.\d+){0,3}\Z", re.ASCII)
_KEYWORD = re.compile(r"[A-Z0-9_-]{1,8}\Z")
_COLUMN_DTYPE = re.compile(r"(?P<base>[a-z]+\d*)(?:\[(?P<length>\w+|\*)\])?\Z")

D = TypeVar("D")
T = TypeVar("T")


Translate = Callable[[str, Mapping[str, str], Mapping[str, tuple[str, ...]]], Expression]
"""Makes an expression of a text, with the declared keywords and the groups of values."""


class Declared(Protocol):
    """What documents may name, and the expressions of it that were compiled: many products share a condition."""

    @property
    def expressions(self) -> dict[tuple[Translate, str], Expression]:
        """Expressions by what they were compiled as, and their text."""
        ...

    @property
    def keywords(self) -> Mapping[str, str]:
        """Declared keywords and the type of their values."""
        ...

    @property
    def exposure_groups(self) -> Mapping[str, tuple[str, ...]]:
        """Types of exposure by the name of their group."""
        ...

    def columns(self, name: str) -> ColumnTableDocument:
        """Return a column table by name; raises ``SpecError``."""
        ...


class Compiler:
    """Parses the cells and expressions of a spec against the declared names."""

    def __init__(self, declared: Declared, symbols: Mapping[str, Symbol]) -> None:
        self.declared = declared
        self.known = symbols

    def expression(self, text: str | None, where: str) -> Expression | None:
        return None if text is None else self._compiled(compile_expression, text, where)

    def condition(self, text: str | None, where: str) -> Expression | None:
        return None if text is None else self._compiled(compile_condition, text, where)

    def _compiled(self, translate: Translate, text: str, where: str) -> Expression:
        declared = self.declared
        known = declared.expressions.get((translate, text))
        if known is None:
            try:
                known = translate(text, declared.keywords, declared.exposure_groups)
            except SpecError as error:
                raise error.at(where) from None
            declared.expressions[translate, text] = known
        return known

    def released(self, since: str | None, until: str | None) -> Expression | None:
        """Condition that a file is of the releases from one up to another; one that states none is of the latest."""
        bounds = _bounds(since, until)
        return self.condition(f"CAL_VER is missing or ({bounds})", "$.since") if bounds else None

    def conditions(self, amendment: AmendmentDocument) -> Expression | None:
        """Condition of an amendment, within its releases."""
        bounds = _bounds(amendment.since, amendment.until)
        # Compiled alone first, so that no parenthesis of it ends ours.
        own = self.condition(amendment.when, "$.when")
        if not bounds:
            return own
        return self.condition(bounds if own is None else f"({amendment.when}) and {bounds}", "$.since")

    def dims(self, text: str | None, kind: str) -> Dims:
        try:
            dims = parse_dims(text or ("N/A" if kind == "primary" else "variable"), kind)
        except SpecError as error:
            raise error.at("$.dims") from None
        for symbol in sorted(dims.symbols):
            if symbol not in self.known:
                raise SpecError(f"unknown symbol {symbol!r}", where="$.dims")
        return dims

    def dtypes(self, dtype: str | list[str] | None) -> tuple[str, ...]:
        for one in listed(dtype):
            if one not in DTYPES:
                raise SpecError(f"unknown dtype {one!r}", where="$.dtype")
        return tuple(listed(dtype))

    def table(self, name: str | None) -> ColumnTableDocument | None:
        try:
            return None if name is None else self.declared.columns(name)
        except SpecError as error:
            raise error if error.place else error.at("$.columns") from None

    def row(self, row: RowDocument) -> Row:
        if row.type != "primary" and not row.extname:
            raise SpecError("an extension needs an extname", where="$.extname")
        if row.needed and row.when is None:
            raise SpecError("needed without a condition", where="$.needed")
        _check_row(row)
        return Row(
            name=(row.extname or "").upper(),
            extname=row.extname,
            type=row.type,
            hdu=row.hdu,
            dtypes=self.dtypes(row.dtype),
            dims=self.dims(row.dims, row.type),
            optional=row.optional,
            when=self.condition(row.when, "$.when"),
            columns=self.table(row.columns),
            min_rows=row.min_rows,
            documented=True,
            text=row.dims or "N/A",
            needed=row.needed,
            repeats=is_pattern(row.extname or ""),
            keywords=row.keywords,
            released=self.released(row.since, row.until),
            releases=between(row.since, row.until),
        )

    def patch(self, patch: PatchDocument) -> Patch:
        kind = patch.type or ("BINTABLE" if patch.dims and re.search(r"\b(rows?|cols?)\b", patch.dims) else "IMAGE")
        return Patch(
            extname=patch.extname,
            type=patch.type,
            dtypes=None if patch.dtype is None else self.dtypes(patch.dtype),
            dims=None if patch.dims is None else self.dims(patch.dims, kind),
            text=patch.dims,
            optional=patch.optional,
            when=self.condition(patch.when, "$.when"),
            columns=self.table(patch.columns),
            min_rows=patch.min_rows,
        )

    def amendment(self, amendment: AmendmentDocument) -> Amendment:
        patches = []
        symbols = {n: self.symbol(n, d) for n, d in amendment.symbols.items()}
        inner = Compiler(self.declared, {**self.known, **symbols})
        for i, patch in enumerate(amendment.hdus):
            try:
                patches.append(inner.patch(patch))
            except SpecError as error:
                raise error.at(f"$.hdus[{i}]{error.where.removeprefix('$')}") from None
        return Amendment(
            id=amendment.id,
            because=amendment.because,
            source=amendment.source,
            when=self.conditions(amendment),
            patches=tuple(patches),
            symbols=symbols,
            sets=amendment.sets,
            free_order=amendment.order == "free",
        )

    def symbol(self, name: str, document: SymbolDocument) -> Symbol:
        if not name.isidentifier():
            raise SpecError(f"{name!r} is not a name")
        stated = []
        for i, binding in enumerate(document.stated):
            where = f"$.stated[{i}]"
            value = self.expression(binding.value, f"{where}.value")
            also = [self.expression(text, f"{where}.also") for text in binding.also]
            condition = self.condition(binding.when, f"{where}.when")
            stated.append((condition, value, tuple(e for e in also if e is not None)))
        for keyword in document.keywords:
            if keyword not in self.declared.keywords:
                raise SpecError(f"unknown name {keyword!r}", where="$.keywords")
        return Symbol(
            name=name,
            meaning=document.meaning,
            stated=tuple((c, v, a) for c, v, a in stated if v is not None),
            keywords=tuple(document.keywords),
            presence=document.presence,
            scope=document.scope,
        )


def _bounds(since: str | None, until: str | None) -> str:
    for release in (since, until):
        if release is not None and not _RELEASE.match(release):
            raise SpecError(f"{release!r} is no release", where="$.since" if release == since else "$.until")
    parts = ((">=", since), ("<", until))
    return " and ".join(f'CAL_VER {sign} "{release}"' for sign, release in parts if release is not None)


def between(since: str | None, until: str | None) -> str:
    """How a message names the releases of a row: ``since 3.0``, ``until 1.18``, '' for all."""
    return " ".join(f"{word} {release}" for word, release in (("since", since), ("until", until)) if release)


def _check_row(row: RowDocument) -> None:
    """Raise ``SpecError`` for cells that would be read and mean nothing."""
    if row.type == "primary":
        for cell, given in (("extname", row.extname), ("columns", row.columns), ("min_rows", row.min_rows)):
            if given:
                raise SpecError(f"a primary HDU has no {cell}", where=f"$.{cell}")
        if row.dtype is not None and row.dims in (None, "N/A"):
            raise SpecError("a dtype without dims: a primary HDU with data needs both", where="$.dtype")
    elif row.type == "IMAGE" and (row.columns is not None or row.min_rows):
        cell = "columns" if row.columns is not None else "min_rows"
        raise SpecError(f"an image has no {cell}", where=f"$.{cell}")
    for keyword, value in row.keywords.items():
        if not _KEYWORD.match(keyword):
            raise SpecError(f"{keyword!r} is not a keyword", where="$.keywords")
        if value == [] or (isinstance(value, KeywordRange) and value.least is None and value.most is None):
            raise SpecError(
                "no value is allowed" if value == [] else "a range without an end", where=f"$.keywords.{keyword}"
            )


def listed(value: str | list[str] | None) -> list[str]:
    """Return the types of a cell, which may be one, several or none."""
    return [] if value is None else [value] if isinstance(value, str) else value


def is_column_dtype(dtype: str) -> bool:
    """Whether a column may be declared to have a type."""
    found = _COLUMN_DTYPE.match(dtype)
    return found is not None and (found["base"] in DTYPES or re.fullmatch(r"str\d*", found["base"]) is not None)


def build_at(place: str, where: str, build: Callable[[D], T], document: D) -> T:
    """Build something from a part of a document; a ``SpecError`` without a place gets this one."""
    try:
        return build(document)
    except SpecError as error:
        if error.place:
            raise
        raise error.at(where + error.where.removeprefix("$"), place) from None


def compile_symbols(
    declared: Declared, documents: Mapping[str, SymbolDocument], place: str, where: str
) -> dict[str, Symbol]:
    """Return symbols by name; raises ``SpecError``."""
    compiler = Compiler(declared, {})
    return {
        name: build_at(place, f"{where}.{name}", partial(compiler.symbol, name), document)
        for name, document in documents.items()
    }
