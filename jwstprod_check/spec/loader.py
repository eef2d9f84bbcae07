"""Documents -> ``Spec``: types, names and expressions are all checked here, once, when a spec is loaded.

Every error is a ``SpecError`` that says ``reason at file:$.hdus[3].dtype``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from jwstprod_check.spec.amend import apply, applying, unreleased
from jwstprod_check.spec.compile import Compiler, is_column_dtype, listed
from jwstprod_check.spec.documents import SHARED, Documents, packaged
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Facts
from jwstprod_check.spec.model import ActiveSpec, Exposures, Spec, StepKeyword, Symbol
from jwstprod_check.spec.requirements import header_requirements, undeclared, unknown_trait
from jwstprod_check.spec.schema import (
    AmendmentDocument,
    ColumnTableDocument,
    ExposureGroupDocument,
    FlagsDocument,
    HeaderDocument,
    KeywordDocument,
    KnownDocument,
    ModelsDocument,
    ProductDocument,
    Recognise,
    RowDocument,
    SetsDocument,
    StepsDocument,
    SymbolDocument,
)

if TYPE_CHECKING:
    from jwstprod_check.spec.dictionary import KeywordDictionary
    from jwstprod_check.spec.profile import Profile

_MAX_EXTENDS = 8

T = TypeVar("T")


class Catalogue:
    """Every spec of a set of documents; a spec is read when it is asked for and kept."""

    def __init__(self, documents: Documents | None = None) -> None:
        self.documents = documents or packaged()
        self._specs: dict[str, Spec] = {}
        self._columns: dict[str, ColumnTableDocument] = {}
        self._profiles: dict[str, Profile] = {}
        self._amended: dict[tuple[str, tuple[str, ...], frozenset[str]], ActiveSpec] = {}

    @cached_property
    def keywords(self) -> dict[str, str]:
        """Declared keywords and the type of their values."""
        return {name: document.type for name, document in self._declared.items()}

    @cached_property
    def _declared(self) -> dict[str, KeywordDocument]:
        return self._shared("keywords", dict[str, KeywordDocument])

    @cached_property
    def dictionary(self) -> "KeywordDictionary":
        """Declared keywords with their home HDU and their known values."""
        from jwstprod_check.spec.dictionary import KeywordDictionary

        return KeywordDictionary(self._declared)

    @cached_property
    def headers(self) -> dict[str, HeaderDocument]:
        """Groups of keywords that the headers of products must have."""
        if self.documents.read("headers") is None:
            return {}
        groups = self._shared("headers", dict[str, HeaderDocument])
        for name, group in groups.items():
            lists = {"required": group.required, "recommended": group.recommended}
            undeclared(lists, self.keywords, f"$.{name}", self.documents.place("headers"))
            lists = {"traits": group.traits, "unless": group.unless}
            unknown_trait(lists, self.traits, f"$.{name}", self.documents.place("headers"))
        return groups

    @cached_property
    def steps(self) -> dict[str, StepsDocument]:
        """Keywords that steps read, and in which products."""
        if self.documents.read("steps") is None:
            return {}
        place = self.documents.place("steps")
        found = self._shared("steps", dict[str, StepsDocument])
        for name, document in found.items():
            undeclared({"": [name]}, self.keywords, "$", place)
            unknown_trait({"traits": document.traits}, self.traits, f"$.{name}", place)
        return found

    def _step_keywords(self, traits: Collection[str]) -> Iterator[StepKeyword]:
        """Those that are for a product with these traits."""
        compiler = Compiler(self, {})
        for name, document in self.steps.items():
            if not set(document.traits) <= set(traits):
                continue
            when = self._at("steps", f"$.{name}", lambda text: compiler.expression(text, "$.when"), document.when)
            yield StepKeyword(name, tuple(document.steps), when)

    @cached_property
    def traits(self) -> dict[str, str]:
        """What a product can be, with its meaning."""
        return self._shared("traits", dict[str, str]) if self.documents.read("traits") is not None else {}

    @cached_property
    def exposure_groups(self) -> dict[str, tuple[str, ...]]:
        """Types of exposure by the name of their group."""
        if self.documents.read("exposures") is None:
            return {}
        groups = self._shared("exposures", dict[str, ExposureGroupDocument])
        return {name: tuple(group.types) for name, group in groups.items()}

    @cached_property
    def exposure_types(self) -> frozenset[str]:
        """Every type of exposure that is in a group."""
        return frozenset(t for types in self.exposure_groups.values() for t in types)

    @cached_property
    def undefined_dq_bits(self) -> dict[str, int]:
        """Bits of data-quality arrays that no release defines, by EXTNAME."""
        if self.documents.read("dq_flags") is None:
            return {}
        groups = self._shared("dq_flags", dict[str, FlagsDocument])
        named = {array: sum({1 << f.bit for f in g.flags}) for g in groups.values() for array in g.arrays}
        return {array: (2**64 - 1) & ~bits for array, bits in named.items()}

    @cached_property
    def subarrays(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Sizes (SUBSIZE1, SUBSIZE2) of subarrays of a fixed size, by instrument and name."""
        if self.documents.read("subarrays") is None:
            return {}
        return self._shared("subarrays", dict[str, dict[str, tuple[int, int]]])

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """Declared symbols."""
        return self._compile_symbols(self._shared("symbols", dict[str, SymbolDocument]), "symbols", "$")

    @cached_property
    def recognise(self) -> dict[str, Recognise]:
        """How each product is identified, by product name; those of ``known`` come last."""
        own = {
            name: _convert(part, Recognise, self.documents.place(name), "$.recognise")
            for name, part in self.documents.recognise().items()
        }
        return own | {name: Recognise(document.suffixes) for name, document in self.known.items()}

    @cached_property
    def known(self) -> dict[str, KnownDocument]:
        """Products that are known by their suffix and have no spec; a name or suffix that a spec has is left to it."""
        if self.documents.read("known") is None:
            return {}
        own = self.documents.recognise()
        taken = {suffix for part in own.values() if isinstance(part, dict) for suffix in part.get("suffixes", ())}
        listed = self._shared("known", dict[str, KnownDocument]).items()
        left = {name: [s for s in document.suffixes if s not in taken] for name, document in listed if name not in own}
        return {
            name: msgspec.structs.replace(document, suffixes=left[name]) for name, document in listed if left.get(name)
        }

    @cached_property
    def generic_models(self) -> frozenset[str]:
        """Data models that identify no product by themselves."""
        return frozenset(
            self._shared("models", ModelsDocument).generic if self.documents.read("models") is not None else ()
        )

    @cached_property
    def suffixes(self) -> dict[str, tuple[str, ...]]:
        """Products by the suffixes of their names."""
        return _index({name: r.suffixes for name, r in self.recognise.items()})

    @cached_property
    def name_patterns(self) -> tuple[tuple[str, str], ...]:
        """Patterns of whole names in lower case, each with its product."""
        return tuple((pattern.lower(), name) for name, r in self.recognise.items() for pattern in r.names)

    @cached_property
    def name_suffixes(self) -> dict[str, tuple[str, ...]]:
        """Suffixes by the form of the naming grammar in which they appear."""
        found: dict[str, dict[str, None]] = {}
        for recognise in self.recognise.values():
            for form, suffixes in recognise.by_form().items():
                found.setdefault(form, {}).update(dict.fromkeys(suffixes))
        return {form: tuple(suffixes) for form, suffixes in found.items()}

    @cached_property
    def models(self) -> dict[str, tuple[str, ...]]:
        """Products by their values of DATAMODL."""
        return _index({name: r.models for name, r in self.recognise.items()})

    @cached_property
    def exp_types(self) -> dict[str, tuple[str, ...]]:
        """Products that EXP_TYPE identifies, by its values."""
        return _index({name: r.exp_types for name, r in self.recognise.items() if r.own_exposures})

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
        applied, absent = applying(spec, facts, strict), unreleased(spec, facts)
        key = (name, tuple([a.id for a in applied]), absent)
        if key not in self._amended:
            self._amended[key] = apply(spec, applied, absent)
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
                for dtype in listed(column.dtype):
                    if not is_column_dtype(dtype):
                        raise SpecError(f"unknown dtype {dtype!r}", self.documents.place(key), f"$.columns[{i}].dtype")
            self._columns[name] = table
        return self._columns[name]

    def document(self, name: str) -> ProductDocument:
        """Return the document of a product as its file has it, ``extends`` unresolved."""
        content = self.documents.read(name)
        if content is None and name in self.documents.products():
            raise SpecError("the file is empty", self.documents.place(name))
        if content is None or "/" in name or name in SHARED:
            raise SpecError(f"no spec for product {name!r}", self.documents.place(name))
        document = _convert(content, ProductDocument, self.documents.place(name))
        if document.product != name:
            raise SpecError(f"product {document.product!r} is in the file of {name!r}", self.documents.place(name))
        return document

    def check_shared(self, name: str) -> None:
        """Raise ``SpecError`` where a document beside the products cannot be used."""
        getattr(self, {"models": "generic_models", "dq_flags": "undefined_dq_bits"}.get(name, name), None)

    def _shared(self, name: str, kind: type[T]) -> T:
        content = self.documents.read(name)
        if content is None:
            raise SpecError("missing", self.documents.place(name))
        return _convert(content, kind, self.documents.place(name))

    def _load(self, name: str) -> Spec:
        if name in self.known:
            known = self.known[name]
            source = known.documentation or f"jwst, step {name}"
            return Spec(name, known.title, source, self.recognise[name], (), (), (), {}, None, covered=False)
        chain = self._chain(name)
        document = chain[0]
        rows: list[RowDocument] = []
        amendments: dict[str, tuple[AmendmentDocument, str, int]] = {}
        symbols = dict(self.symbols)
        sets: SetsDocument | None = None
        traits: list[str] = []
        for part in reversed(chain):
            place = self.documents.place(part.product)
            rows = part.hdus if part.hdus is not None else rows
            sets = part.sets or sets
            traits = part.traits if part.traits is not None else traits
            unknown_trait({"traits": part.traits or []}, self.traits, "$", place)
            symbols |= self._compile_symbols(part.symbols, part.product, "$.symbols")
            own = {"required": part.keywords.required, "recommended": part.keywords.recommended}
            undeclared(own, self.keywords, "$.keywords", place)
            undeclared({"steps": part.steps or []}, self.keywords, "$", place)
            for dropped in part.without:
                if amendments.pop(dropped, None) is None:
                    raise SpecError(f"no inherited amendment {dropped!r}", place, "$.without")
            for i, amendment in enumerate(part.amendments):
                if any(a is not amendment and a.id == amendment.id for a in part.amendments):
                    raise SpecError(f"two amendments {amendment.id!r}", place, f"$.amendments[{i}].id")
                amendments[amendment.id] = (amendment, part.product, i)
        forms = document.recognise.forms
        for suffix in forms if isinstance(forms, dict) else ():
            if suffix not in document.recognise.suffixes:
                reason = f"forms of {suffix!r}, which is not among the suffixes"
                raise SpecError(reason, self.documents.place(name), "$.recognise.forms")
        recognise = document.recognise
        if not (recognise.suffixes or recognise.names or recognise.models):
            reason = "nothing identifies the product: give suffixes, names or models"
            raise SpecError(reason, self.documents.place(name), "$.recognise")
        if not rows and document.format == "FITS":
            raise SpecError("no hdus", self.documents.place(name), "$.hdus")
        compiled = Compiler(self, symbols)
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
            header=header_requirements(self.headers, chain, traits),
            step_keywords=tuple(self._step_keywords(traits)),
            format=document.format,
            traits=tuple(traits),
            exposures=self._exposures(chain),
            steps=tuple(next((part.steps for part in chain if part.steps is not None), ())),
            retired=document.retired,
            covered=document.format == "FITS",
            documented_at=next((part.documented_at for part in chain if part.documented_at is not None), None),
        )

    def _exposures(self, chain: list[ProductDocument]) -> Exposures:
        """Types of exposure that the nearest document of a chain allows."""
        part = next((p for p in chain if p.exposures is not None), None)
        if part is None or part.exposures is None:
            return Exposures()
        only, never = part.exposures.only, part.exposures.never
        place = self.documents.place(part.product)
        if bool(only) is bool(never):
            raise SpecError("either only or never", place, "$.exposures")
        for i, name in enumerate(only or never):
            if name not in self.exposure_groups:
                raise SpecError(
                    f"unknown group of exposures {name!r}", place, f"$.exposures.{'only' if only else 'never'}[{i}]"
                )
        named = dict.fromkeys(t for name in only or never for t in self.exposure_groups[name])
        types = named if only else sorted(self.exposure_types.difference(named))
        return Exposures(tuple(types), tuple(only or never), barred=bool(never))

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
        compiler = Compiler(self, {})
        return {
            symbol: self._at(name, f"{where}.{symbol}", lambda d, s=symbol: compiler.symbol(s, d), document)
            for symbol, document in documents.items()
        }


def _index(lists: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Lists of words by name -> names by word."""
    found: dict[str, list[str]] = {}
    for name, words in lists.items():
        for word in dict.fromkeys(words):
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


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
