"""Documents -> ``Spec``: types, names and expressions are all checked here, once, when a spec is loaded.

Every error is a ``SpecError`` that says ``reason at file:$.hdus[3].dtype``.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

import msgspec

from jwstprod_check.spec.amend import apply, applying
from jwstprod_check.spec.dims import Dims, parse_dims
from jwstprod_check.spec.documents import SHARED, Documents, packaged
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Expression, Facts, compile_expression
from jwstprod_check.spec.model import ActiveSpec, Amendment, Patch, Row, Spec, Symbol
from jwstprod_check.spec.needs import header_needs, undeclared
from jwstprod_check.spec.schema import (
    AmendmentDocument,
    ColumnTableDocument,
    FlagsDocument,
    HeaderDocument,
    KeywordDocument,
    PatchDocument,
    ProductDocument,
    Recognise,
    RowDocument,
    SetsDocument,
    SymbolDocument,
)

if TYPE_CHECKING:
    from jwstprod_check.spec.profile import Profile
    from jwstprod_check.spec.vocabulary import Vocabulary

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

_COLUMN_DTYPE = re.compile(r"(?P<base>[a-z]+\d*)(?:\[(?P<length>\w+|\*)\])?\Z")
_MAX_EXTENDS = 8

T = TypeVar("T")


class Catalogue:
    """Every spec of a set of documents; a spec is read when it is asked for and kept."""

    def __init__(self, documents: Documents | None = None) -> None:
        self.documents = documents or packaged()
        self._specs: dict[str, Spec] = {}
        self._columns: dict[str, ColumnTableDocument] = {}
        self._profiles: dict[str, Profile] = {}
        self._amended: dict[tuple[str, tuple[str, ...]], ActiveSpec] = {}

    @cached_property
    def keywords(self) -> dict[str, str]:
        """Declared keywords and the type of their values."""
        return {name: document.type for name, document in self._declared.items()}

    @cached_property
    def _declared(self) -> dict[str, KeywordDocument]:
        return self._shared("keywords", dict[str, KeywordDocument])

    @cached_property
    def vocabulary(self) -> "Vocabulary":
        """Declared keywords with their home HDU and their known values."""
        from jwstprod_check.spec.vocabulary import Vocabulary

        return Vocabulary(self._declared)

    @cached_property
    def headers(self) -> dict[str, HeaderDocument]:
        """Groups of keywords that the headers of products must have."""
        if self.documents.read("headers") is None:
            return {}
        groups = self._shared("headers", dict[str, HeaderDocument])
        for name, group in groups.items():
            lists = {"required": group.required, "recommended": group.recommended}
            undeclared(lists, self.keywords, f"$.{name}", self.documents.place("headers"))
        return groups

    @cached_property
    def odd_flags(self) -> dict[str, int]:
        """Bits of data-quality arrays that no release defines, by EXTNAME."""
        if self.documents.read("dq_flags") is None:
            return {}
        groups = self._shared("dq_flags", dict[str, FlagsDocument])
        named = {array: sum({1 << f.bit for f in g.flags}) for g in groups.values() for array in g.arrays}
        return {array: (2**64 - 1) & ~bits for array, bits in named.items()}

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """Declared symbols."""
        return self._compile_symbols(self._shared("symbols", dict[str, SymbolDocument]), "symbols", "$")

    @cached_property
    def recognise(self) -> dict[str, Recognise]:
        """How each product is told, by product name."""
        return {
            name: _convert(part, Recognise, self.documents.place(name), "$.recognise")
            for name, part in self.documents.recognise().items()
        }

    @cached_property
    def suffixes(self) -> dict[str, tuple[str, ...]]:
        """Products by the suffixes of their names."""
        return _index({name: r.suffixes for name, r in self.recognise.items()})

    @cached_property
    def models(self) -> dict[str, tuple[str, ...]]:
        """Products by their values of DATAMODL."""
        return _index({name: r.models for name, r in self.recognise.items()})

    @cached_property
    def exp_types(self) -> dict[str, tuple[str, ...]]:
        """Products that are made of some exposures only, by their values of EXP_TYPE."""
        return _index({name: r.exp_types for name, r in self.recognise.items()})

    def profile(self, name: str) -> "Profile":
        """Return a profile by name; raises ``SpecError``."""
        from jwstprod_check.spec.profile import load_profile

        if name not in self._profiles:
            self._profiles[name] = load_profile(name, self.documents.read, self.documents.place)
        return self._profiles[name]

    def profiles(self) -> list[str]:
        """Names of all profiles, sorted."""
        return self.documents.profiles()

    def names(self) -> list[str]:
        """Names of all products, sorted."""
        return self.documents.products()

    def spec(self, name: str) -> Spec:
        """Return the spec of a product; raises ``SpecError``, also for a product that has none."""
        if name not in self._specs:
            self._specs[name] = self._load(name)
        return self._specs[name]

    def amended(self, name: str, facts: Facts, strict: bool = False) -> ActiveSpec:
        """Return the spec of a product as amended for a file; the same amendments give the same object."""
        spec = self.spec(name)
        applied = applying(spec, facts, strict)
        key = (name, tuple(a.id for a in applied))
        if key not in self._amended:
            self._amended[key] = apply(spec, applied)
        return self._amended[key]

    def columns(self, name: str) -> ColumnTableDocument:
        """Return a shared column table by name; raises ``SpecError``."""
        if name not in self._columns:
            key = f"columns/{name}"
            content = self.documents.read(key)
            if content is None:
                raise SpecError(f"no column table {name!r}")
            table = _convert(content, ColumnTableDocument, self.documents.place(key))
            for i, column in enumerate(table.columns):
                for dtype in _listed(column.dtype):
                    if not _is_column_dtype(dtype):
                        raise SpecError(f"unknown dtype {dtype!r}", self.documents.place(key), f"$.columns[{i}].dtype")
            self._columns[name] = table
        return self._columns[name]

    def document(self, name: str) -> ProductDocument:
        """Return the document of a product as it stands in its file, ``extends`` unresolved."""
        content = self.documents.read(name)
        if content is None or "/" in name or name in SHARED:
            raise SpecError(f"no spec for product {name!r}", self.documents.place(name))
        document = _convert(content, ProductDocument, self.documents.place(name))
        if document.product != name:
            raise SpecError(f"product {document.product!r} stands in the file of {name!r}", self.documents.place(name))
        return document

    def _shared(self, name: str, kind: type[T]) -> T:
        content = self.documents.read(name)
        if content is None:
            raise SpecError("missing", self.documents.place(name))
        return _convert(content, kind, self.documents.place(name))

    def _load(self, name: str) -> Spec:
        chain = self._chain(name)
        document = chain[0]
        rows: list[RowDocument] = []
        amendments: dict[str, tuple[AmendmentDocument, str, int]] = {}
        symbols = dict(self.symbols)
        sets: SetsDocument | None = None
        for part in reversed(chain):
            place = self.documents.place(part.product)
            rows = part.hdus if part.hdus is not None else rows
            sets = part.sets or sets
            symbols |= self._compile_symbols(part.symbols, part.product, "$.symbols")
            own = {"required": part.keywords.required, "recommended": part.keywords.recommended}
            undeclared(own, self.keywords, "$.keywords", place)
            for dropped in part.without:
                if amendments.pop(dropped, None) is None:
                    raise SpecError(f"no inherited amendment {dropped!r}", place, "$.without")
            for i, amendment in enumerate(part.amendments):
                if any(a is not amendment and a.id == amendment.id for a in part.amendments):
                    raise SpecError(f"two amendments {amendment.id!r}", place, f"$.amendments[{i}].id")
                amendments[amendment.id] = (amendment, part.product, i)
        if not rows and document.format == "FITS":
            raise SpecError("no hdus", self.documents.place(name), "$.hdus")
        compiled = _Compiler(self, symbols)
        return Spec(
            product=name,
            title=document.title,
            documentation=document.documentation,
            recognise=document.recognise,
            documents=tuple(rows),
            rows=tuple(self._at(name, f"$.hdus[{i}]", compiled.row, row) for i, row in enumerate(rows)),
            amendments=tuple(
                self._at(owner, f"$.amendments[{i}]", compiled.amendment, a) for a, owner, i in amendments.values()
            ),
            symbols=symbols,
            sets=sets,
            header=header_needs(self.headers, chain, document.recognise.suffixes),
            format=document.format,
        )

    def _chain(self, name: str) -> list[ProductDocument]:
        chain = [self.document(name)]
        while (parent := chain[-1].extends) is not None:
            if len(chain) >= _MAX_EXTENDS or any(d.product == parent for d in chain):
                raise SpecError(f"extends {parent!r} in a circle", self.documents.place(name), "$.extends")
            try:
                chain.append(self.document(parent))
            except SpecError as error:
                raise SpecError(error.reason, self.documents.place(name), "$.extends") from None
        return chain

    def _at(self, product: str, where: str, build: Any, document: Any) -> Any:
        try:
            return build(document)
        except SpecError as error:
            if error.place:
                raise
            raise error.at(where + error.where.removeprefix("$"), self.documents.place(product)) from None

    def _compile_symbols(self, documents: Mapping[str, SymbolDocument], name: str, where: str) -> dict[str, Symbol]:
        compiler = _Compiler(self, {})
        return {
            symbol: self._at(name, f"{where}.{symbol}", lambda d, s=symbol: compiler.symbol(s, d), document)
            for symbol, document in documents.items()
        }


class _Compiler:
    """Parses the cells and expressions of a spec against the declared names."""

    def __init__(self, catalogue: Catalogue, symbols: Mapping[str, Symbol]) -> None:
        self.catalogue = catalogue
        self.known = symbols

    def expression(self, text: str | None, where: str) -> Expression | None:
        if text is None:
            return None
        try:
            return compile_expression(text, self.catalogue.keywords)
        except SpecError as error:
            raise error.at(where) from None

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
        for one in _listed(dtype):
            if one not in DTYPES:
                raise SpecError(f"unknown dtype {one!r}", where="$.dtype")
        return tuple(_listed(dtype))

    def table(self, name: str | None) -> ColumnTableDocument | None:
        try:
            return None if name is None else self.catalogue.columns(name)
        except SpecError as error:
            raise error if error.place else error.at("$.columns") from None

    def row(self, row: RowDocument) -> Row:
        if row.type != "primary" and not row.extname:
            raise SpecError("an extension needs an extname", where="$.extname")
        return Row(
            name=(row.extname or "").upper(),
            extname=row.extname,
            type=row.type,
            hdu=row.hdu,
            dtypes=self.dtypes(row.dtype),
            dims=self.dims(row.dims, row.type),
            optional=row.optional,
            when=self.expression(row.when, "$.when"),
            columns=self.table(row.columns),
            min_rows=row.min_rows,
            documented=True,
            text=row.dims or "N/A",
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
            when=self.expression(patch.when, "$.when"),
            columns=self.table(patch.columns),
            min_rows=patch.min_rows,
        )

    def amendment(self, amendment: AmendmentDocument) -> Amendment:
        patches = []
        symbols = {n: self.symbol(n, d) for n, d in amendment.symbols.items()}
        inner = _Compiler(self.catalogue, {**self.known, **symbols})
        for i, patch in enumerate(amendment.hdus):
            try:
                patches.append(inner.patch(patch))
            except SpecError as error:
                raise error.at(f"$.hdus[{i}]{error.where.removeprefix('$')}") from None
        return Amendment(
            id=amendment.id,
            because=amendment.because,
            source=amendment.source,
            when=self.expression(amendment.when, "$.when"),
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
            condition = self.expression(binding.when, f"{where}.when")
            stated.append((condition, value, tuple(e for e in also if e is not None)))
        for keyword in document.keywords:
            if keyword not in self.catalogue.keywords:
                raise SpecError(f"unknown name {keyword!r}", where="$.keywords")
        return Symbol(
            name=name,
            meaning=document.meaning,
            stated=tuple((c, v, a) for c, v, a in stated if v is not None),
            keywords=tuple(document.keywords),
            presence=document.presence,
            scope=document.scope,
        )


def _index(lists: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Lists of words by name -> names by word."""
    found: dict[str, list[str]] = {}
    for name, words in lists.items():
        for word in dict.fromkeys(words):
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def _listed(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def _is_column_dtype(dtype: str) -> bool:
    found = _COLUMN_DTYPE.match(dtype)
    return found is not None and (found["base"] in DTYPES or re.fullmatch(r"str\d*", found["base"]) is not None)


def _convert(content: Any, kind: type[T], place: str, where: str = "$") -> T:
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        entry = get_args(kind)[1:]
        if entry and isinstance(content, dict):
            # msgspec does not name the key of a mapping in which something is wrong.
            for name, part in content.items():
                _convert(part, entry[0], place, f"{where}.{name}")
        reason, _, path = str(error).partition(" - at `")
        raise SpecError(reason, place, where + path.rstrip("`").removeprefix("$")) from None
