"""``jwstprod spec draft FILE.fits``: a first spec for a product that has none, from one of its files.

A draft describes this one file: a length that a keyword states becomes the symbol of that keyword, any other stays
a number. One file does not show which HDUs are optional and which numbers are constant: ``maintain.merge`` makes one draft
of those of several files.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import PurePath
from typing import Final

import msgspec

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.maintain.yaml_text import columns_text, product_text
from jwstprod_check.match.columns import cell, compare
from jwstprod_check.match.dimensions import state
from jwstprod_check.product import identify
from jwstprod_check.product.file_name import EXTENSIONS, parse_name
from jwstprod_check.spec.compile import DTYPES
from jwstprod_check.spec.documents import SHARED
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.schema import (
    ColumnDocument,
    ColumnTableDocument,
    ProductDocument,
    Recognise,
    RowDocument,
    SetsDocument,
    SymbolDocument,
)
from jwstprod_check.text import plural, quoted

EXPOSURE: Final = {"ngroups": 2, "nints": 3}
"""Symbols that only keywords state, and the axis of a four-dimensional array that has their length."""

_SIZES: Final = ("ncols", "nrows")
_BASE = re.compile(r"([a-z]+\d*)(?:\[(\d+|)\])?")


class DraftError(ValueError):
    """A file from which no draft can be made, or an invalid name for a product."""


class Draft(msgspec.Struct, frozen=True):
    """A drafted spec, the column tables that its rows name and that do not exist yet, and what it had to leave out."""

    document: ProductDocument
    tables: dict[str, ColumnTableDocument]
    remarks: tuple[str, ...]
    files_read: int = 1

    def files(self) -> dict[str, str]:
        """Text of every file, by its name in a folder of specs."""
        product = self._heading() + product_text(self.document)
        tables = {f"columns/{name}.yaml": columns_text(table) for name, table in self.tables.items()}
        return {f"{self.document.product}.yaml": product, **tables}

    def text(self) -> str:
        """Everything in one text, which can be loaded as it is: new column tables follow in comments."""
        rows = self.document.hdus or []
        bare = [msgspec.structs.replace(r, columns=None) if r.columns in self.tables else r for r in rows]
        product = self._heading() + product_text(msgspec.structs.replace(self.document, hdus=bare))
        parts = [product]
        for name, table in self.tables.items():
            users = " and ".join(quoted(r.extname or "") for r in rows if r.columns == name)
            lines = columns_text(table).splitlines()
            parts.append(f"# columns/{name}.yaml, for the row of {users} (columns: {name}):\n")
            parts += [f"#   {line}\n" for line in lines]
        return "".join(parts[:1] + (["\n"] if self.tables else []) + parts[1:])

    def _heading(self) -> str:
        lines = [
            f"A first draft, from {plural(self.files_read, 'file')}. Mark what is optional, name what is not constant,",
            "and add the documentation and the conditions.",
            *self.remarks,
        ]
        return "".join(f"# {line}\n" for line in lines)


def draft(file: FitsFile, catalogue: Catalogue, product: str | None = None) -> Draft:
    """Draft the spec of a file; raises ``DraftError`` where it has no HDU or the name is invalid for a product."""
    if not file.hdus:
        raise DraftError("no HDU can be read, so no draft can be made")
    base = PurePath(file.path).name
    work = _Draft(file, catalogue, base)
    name, suffix, contains = work.told(product)
    if not name or name in SHARED or _word(name) != name:
        raise DraftError(f"{quoted(name)} is not a valid name for a product: use lower-case letters, digits, - and _")
    document = ProductDocument(
        product=name,
        title=f"Draft of {name}",
        documentation=f"none; drafted from {base}" if base else "none; a draft",
        recognise=Recognise([suffix], work.stated("DATAMODL"), work.stated("EXP_TYPE"), contains),
        hdus=[work.primary(), *work.rows(name)],
        symbols=work.symbols,
        sets=work.sets(),
    )
    return Draft(document, work.tables, tuple(work.remarks))


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")


class _Draft:
    """The rows of a draft as they are made: ``tables``, ``symbols`` and ``remarks`` fill up on the way."""

    def __init__(self, file: FitsFile, catalogue: Catalogue, base: str) -> None:
        self.file = file
        self.catalogue = catalogue
        self.base = base
        self.facts = FileFacts(file)
        self.tables: dict[str, ColumnTableDocument] = {}
        self.symbols: dict[str, SymbolDocument] = {}
        self.remarks: list[str] = [f"HDU {f.hdu}: {f.kind}" for f in file.defects if f.hdu is not None]
        self.named: dict[str, list[Hdu]] = {}
        for hdu in file.hdus[1:]:
            if hdu.type not in {"IMAGE", "BINTABLE"} or not hdu.name:
                what = quoted(hdu.extname) if hdu.name and hdu.extname else "without EXTNAME"
                self.remarks.append(f"HDU {hdu.index} {what} ({quoted(hdu.type)}): no row can describe it.")
                continue
            self.named.setdefault(hdu.name, []).append(hdu)
        self.several = {n: {h.extver for h in hdus} for n, hdus in self.named.items() if len(hdus) > 1}
        self.in_sets = {n for n in self.named if len(self.several.get(n, ())) > 1}
        self.lengths = self._lengths()

    def told(self, product: str | None) -> tuple[str, str, list[str]]:
        """Return the product, the suffix of the file's name, and what else the name of a known product must have."""
        known = self.catalogue.recognise
        suffixes = {**self.catalogue.name_suffixes, "": frozenset((product,) if product else ())}
        suffix = parse_name(self.base, suffixes).suffix
        if suffix is None:
            ending = next((e for e in EXTENSIONS if self.base.lower().endswith(e)), "")
            stem = self.base[: len(self.base) - len(ending)].lower()
            suffix = stem.rpartition("_")[2] or product or "draft"
        found = product or identify(self.file, self.catalogue, None, self.base).name
        if found in known and suffix in known[found].suffixes:
            return found, suffix, known[found].name_contains
        return product or _word(suffix), suffix, []

    def stated(self, keyword: str) -> list[str]:
        """Value of a keyword that identifies the product, if it has one."""
        value = self.facts.keyword(keyword)
        return [value] if isinstance(value, str) and value else []

    def _lengths(self) -> dict[str, int]:
        """Values of the symbols: the size of SCI, or of the first image, and what the keywords state."""
        extensions = [h for hdus in self.named.values() for h in hdus]
        images = [h for h in (*self.file.hdus[:1], *extensions) if h.type != "BINTABLE" and len(h.axes) > 1]
        first = sorted(images, key=lambda h: (h.name != "SCI", h.index))[:1]
        lengths = {name: hdu.axes[i] for hdu in first for i, name in enumerate(_SIZES)}
        for name in EXPOSURE:
            statement = state(self.catalogue.symbols[name], self.facts) if name in self.catalogue.symbols else None
            if statement is not None:
                lengths[name] = statement.value
        return lengths

    def primary(self) -> RowDocument:
        """Return the row of the primary HDU, which says what data it has if it has any."""
        first = self.file.hdus[0]
        if first.type != "primary" or not first.axes:
            return RowDocument("primary", hdu=0)
        return RowDocument("primary", hdu=0, dtype=first.dtype, dims=self._image("", [first]))

    def rows(self, product: str) -> Iterable[RowDocument]:
        """Return a row for each EXTNAME, in the order of the file."""
        everywhere = {v for name in self.in_sets for v in self.several[name]}
        for name, hdus in self.named.items():
            first = hdus[0]
            dtypes = {h.dtype for h in hdus}
            yield RowDocument(
                type="IMAGE" if first.type == "IMAGE" else "BINTABLE",
                hdu=None if self.in_sets else first.index,
                extname=(first.extname or "").strip(" "),
                dtype=first.dtype if len(dtypes) == 1 else None,
                dims=self._image(name, hdus) if first.type == "IMAGE" else self._table(name, hdus),
                optional=name in self.in_sets and self.several[name] != everywhere,
                columns=self._columns(name, hdus, product) if first.type == "BINTABLE" else None,
            )

    def sets(self) -> SetsDocument | None:
        """EXTNAMEs that appear once for each EXTVER."""
        if not self.in_sets:
            return None
        own = [s for s, d in self.symbols.items() if d.meaning.endswith("of a set")]
        return SetsDocument([n for n in self.named if n in self.in_sets], own)

    def _image(self, name: str, hdus: Sequence[Hdu]) -> str:
        axes = hdus[0].axes
        if not axes:
            return "N/A"
        if any(h.axes != axes for h in hdus):
            return self._image_of_set(name, hdus)
        return " x ".join(self._factor(name, i, length, len(axes)) for i, length in enumerate(axes))

    def _factor(self, name: str, index: int, length: int, count: int) -> str:
        if index < len(_SIZES):
            symbol = _SIZES[index]
            if self.lengths.get(symbol) == length:
                return self._used(symbol)
            quarter = name == "REFOUT" and index == 0 and self.lengths.get(symbol) == 4 * length
            return f"{self._used(symbol)}/4" if quarter else str(length)
        order = sorted(EXPOSURE, key=lambda s: (EXPOSURE[s] != index + (4 - count), s))
        return next((s for s in order if self.lengths.get(s) == length), str(length))

    def _used(self, symbol: str) -> str:
        """Add a symbol of the size, bound to its keywords only if these state its length in this file."""
        shared = self.catalogue.symbols.get(symbol)
        statement = state(shared, self.facts) if shared is not None else None
        if statement is None or not statement.allows(self.lengths[symbol]):
            self.symbols.setdefault(symbol, SymbolDocument(shared.meaning if shared is not None else symbol))
        return symbol

    def _image_of_set(self, name: str, hdus: Sequence[Hdu]) -> str:
        """Dimensions of images whose size differs from set to set: each axis a symbol that SCI of the set has too."""
        lead = next(iter(n for n in self.named if n in self.in_sets))
        sizes = {h.extver: h.axes for h in self.named[lead]}
        if name not in self.in_sets or any(h.axes != sizes.get(h.extver) for h in hdus):
            return "variable"
        names = [*_SIZES, *(f"naxis{i}" for i in range(3, len(hdus[0].axes) + 1))][: len(hdus[0].axes)]
        if len({len(h.axes) for h in hdus}) > 1:
            return "variable"
        for symbol in names:
            self.symbols[symbol] = SymbolDocument(f"{symbol} of a set")
        return " x ".join(names)

    def _table(self, name: str, hdus: Sequence[Hdu]) -> str:
        counts = {h.fields for h in hdus}
        if name == "ASDF" or len(counts) > 1 or None in counts:
            return "variable"
        rows, nints = {h.rows for h in hdus}, self.lengths.get("nints")
        timed = rows == {nints} and (nints != 1 or name == "INT_TIMES")
        return f"{'nints (rows)' if timed else 'variable'} x {plural(next(iter(counts)) or 0, 'col')}"

    def _columns(self, name: str, hdus: Sequence[Hdu], product: str) -> str | None:
        """Name of a column table: one that a packaged row of this EXTNAME has, else a new one."""
        for known in self._known.get(name, ()):
            results = [compare(self.catalogue.columns(known), h) for h in hdus]
            if all(r.complete and not (r.retyped or r.moved or r.units) for r in results):
                return known
        table = _listed(hdus[0].columns, self.base)
        if table is None or any(_listed(h.columns, self.base) != table for h in hdus):
            self.remarks.append(f"{quoted(name)}: its columns cannot be listed.")
            return None
        title = re.sub(r"[^a-z0-9]+", "_", f"{product}_{name}".lower()).strip("_")
        title += "_" * sum(title == other for other in self.tables)
        self.tables[title] = table
        return title

    @cached_property
    def _known(self) -> Mapping[str, list[str]]:
        """Column tables that exist, by the EXTNAME of the rows that use them."""
        found: dict[str, list[str]] = {}
        for product in self.catalogue.names():
            document = self.catalogue.document(product)
            for part in (*(document.hdus or ()), *(p for a in document.amendments for p in a.hdus)):
                if part.columns is not None and part.extname is not None:
                    found.setdefault(part.extname.upper(), []).append(part.columns)
        return {name: list(dict.fromkeys(tables)) for name, tables in found.items()}


def _listed(columns: Sequence[Column], base: str) -> ColumnTableDocument | None:
    """Return the columns as a column table; None where one of them has no name or no type that a table can list."""
    names = [(c.name or "").strip(" ") for c in columns]
    if not columns or not all(names) or len({n.upper() for n in names}) < len(names):
        return None
    dtypes = [_dtype(c) for c in columns]
    if None in dtypes:
        return None
    listed = [ColumnDocument(n, d or "", c.unit or None) for n, d, c in zip(names, dtypes, columns, strict=True)]
    return ColumnTableDocument(f"drafted from {base}" if base else "a draft", listed)


def _dtype(column: Column) -> str | None:
    """Type of a column as a column table writes it: ``int32``, ``float64[44]``, ``float32[*]``, ``str26``."""
    found = _BASE.fullmatch(cell(column))
    if found is None:
        return None
    base, length = found[1], found[2]
    if base.startswith("str"):
        return base if length is None else None
    if base not in DTYPES:
        return None
    return base if length is None else f"{base}[{length or '*'}]"
