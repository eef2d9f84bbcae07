"""What the documents beside the products declare: keywords, traits, symbols, types of exposure, column tables."""

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from jwstprod_check.spec.compile import Translate, compile_symbols, is_column_dtype, listed
from jwstprod_check.spec.convert import convert
from jwstprod_check.spec.documents import SHARED, Documents
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Expression
from jwstprod_check.spec.model import Symbol
from jwstprod_check.spec.requirements import undeclared, unknown_trait
from jwstprod_check.spec.schema import (
    ColumnTableDocument,
    ExposureGroupDocument,
    FlagsDocument,
    HeaderDocument,
    KeywordDocument,
    KnownDocument,
    ModelsDocument,
    ProductDocument,
    StepsDocument,
    SymbolDocument,
)

if TYPE_CHECKING:
    from jwstprod_check.spec.dictionary import KeywordDictionary

T = TypeVar("T")


class SharedDocuments:
    """The shared documents of a set; each is read when it is asked for and kept. ``expressions`` are those compiled so far."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.expressions: dict[tuple[Translate, str], Expression] = {}
        self._columns: dict[str, ColumnTableDocument] = {}

    @cached_property
    def keywords(self) -> dict[str, str]:
        """Declared keywords and the type of their values."""
        return {name: document.type for name, document in self._declared.items()}

    @cached_property
    def _declared(self) -> dict[str, KeywordDocument]:
        return self.read("keywords", dict[str, KeywordDocument])

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
        groups = self.read("headers", dict[str, HeaderDocument])
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
        found = self.read("steps", dict[str, StepsDocument])
        for name, document in found.items():
            undeclared({"": [name]}, self.keywords, "$", place)
            unknown_trait({"traits": document.traits}, self.traits, f"$.{name}", place)
        return found

    @cached_property
    def traits(self) -> dict[str, str]:
        """What a product can be, with its meaning."""
        return self.read("traits", dict[str, str]) if self.documents.read("traits") is not None else {}

    @cached_property
    def exposure_groups(self) -> dict[str, tuple[str, ...]]:
        """Types of exposure by the name of their group."""
        if self.documents.read("exposures") is None:
            return {}
        groups = self.read("exposures", dict[str, ExposureGroupDocument])
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
        groups = self.read("dq_flags", dict[str, FlagsDocument])
        named = {array: sum({1 << f.bit for f in g.flags}) for g in groups.values() for array in g.arrays}
        return {array: (2**64 - 1) & ~bits for array, bits in named.items()}

    @cached_property
    def subarrays(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Sizes (SUBSIZE1, SUBSIZE2) of subarrays of a fixed size, by instrument and name."""
        if self.documents.read("subarrays") is None:
            return {}
        return self.read("subarrays", dict[str, dict[str, tuple[int, int]]])

    @cached_property
    def symbols(self) -> dict[str, Symbol]:
        """Declared symbols."""
        return compile_symbols(
            self, self.read("symbols", dict[str, SymbolDocument]), self.documents.place("symbols"), "$"
        )

    @cached_property
    def known(self) -> dict[str, KnownDocument]:
        """Products that are known by their suffix and have no spec; a name or suffix that a spec has is left to it."""
        if self.documents.read("known") is None:
            return {}
        own = self.documents.recognise()
        taken = {suffix for part in own.values() if isinstance(part, dict) for suffix in part.get("suffixes", ())}
        listed = self.read("known", dict[str, KnownDocument]).items()
        left = {name: [s for s in document.suffixes if s not in taken] for name, document in listed if name not in own}
        return {
            name: msgspec.structs.replace(document, suffixes=left[name]) for name, document in listed if left.get(name)
        }

    @cached_property
    def generic_models(self) -> frozenset[str]:
        """Data models that identify no product by themselves."""
        return frozenset(
            self.read("models", ModelsDocument).generic if self.documents.read("models") is not None else ()
        )

    def columns(self, name: str) -> ColumnTableDocument:
        """Return a shared column table by name; raises ``SpecError``."""
        if name not in self._columns:
            key = f"columns/{name}"
            content = self.documents.read(key)
            if content is None:
                raise SpecError(f"no column table {name!r}")
            table = convert(content, ColumnTableDocument, self.documents.place(key))
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
        document = convert(content, ProductDocument, self.documents.place(name))
        if document.product != name:
            raise SpecError(f"product {document.product!r} is in the file of {name!r}", self.documents.place(name))
        return document

    def check_shared(self, name: str) -> None:
        """Raise ``SpecError`` where a document beside the products cannot be used."""
        getattr(self, {"models": "generic_models", "dq_flags": "undefined_dq_bits"}.get(name, name), None)

    def read(self, name: str, kind: type[T]) -> T:
        """Return a document as a type; raises ``SpecError`` where it is missing or does not fit."""
        content = self.documents.read(name)
        if content is None:
            raise SpecError("missing", self.documents.place(name))
        return convert(content, kind, self.documents.place(name))
