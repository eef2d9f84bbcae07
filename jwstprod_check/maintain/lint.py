"""``jwstprod spec lint``: errors in specs that can be loaded.

The loader rejects invalid specs. This finds what is valid but cannot be intended: an amendment that applies to no
file, a patch that changes nothing, an unused symbol or column table.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from jwstprod_check.spec.amend import apply
from jwstprod_check.spec.conditions import compared, idle, outcomes
from jwstprod_check.spec.documents import SHARED, Folder
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import MISSING, Expression
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import Amendment, Patch, Spec
from jwstprod_check.spec.schema import AmendmentDocument, ProductDocument
from jwstprod_check.text import listed

SHARED_TABLES: Final = "columns/"


class Use(msgspec.Struct, frozen=True):
    """A product in which an amendment of some document is in force: its spec, the amendment, and its place there."""

    spec: Spec
    amendment: Amendment
    position: int


class Lint(msgspec.Struct, frozen=True):
    """What a run needs: the documents, the specs, each product's chain, the uses, the known values of keywords."""

    catalogue: Catalogue
    folder: Folder
    documents: dict[str, ProductDocument]
    specs: dict[str, Spec]
    chains: dict[str, tuple[str, ...]]
    uses: dict[tuple[str, int], list[Use]]
    words: dict[str, tuple[str, ...]]

    def defect(self, name: str, where: str, reason: str) -> SpecError:
        """Return something in a document that cannot be intended; it is printed as an error of loading is."""
        return SpecError(reason, self.catalogue.documents.place(name), where)


def packaged_folder() -> Folder:
    """Return the YAML files of the package; in a wheel they are inside it, next to its pack."""
    package = Path(__file__).parents[1]
    inside = package / "specs"
    return Folder(inside if inside.is_dir() else package.parent / "specs")


def load_errors(catalogue: Catalogue, folder: Folder) -> list[SpecError]:
    """Load all specs and return the errors."""
    errors: list[SpecError] = []
    attempts: list[Callable[[], Any]] = [
        lambda: catalogue.symbols,
        lambda: catalogue.dictionary,
        lambda: catalogue.headers,
        lambda: catalogue.steps,
        lambda: catalogue.subarrays,
        lambda: catalogue.exposure_groups,
        lambda: catalogue.undefined_dq_bits,
        *((lambda name=name: catalogue.documents.read(name)) for name in SHARED),
        *((lambda name=name: catalogue.spec(name)) for name in catalogue.names()),
        *((lambda name=name: catalogue.columns(name.removeprefix(SHARED_TABLES))) for name in folder.columns()),
        *((lambda name=name: catalogue.profile(name)) for name in folder.profiles()),
    ]
    for attempt in attempts:
        try:
            attempt()
        except SpecError as error:
            if str(error) not in map(str, errors):
                errors.append(error)
    return errors


def lint(catalogue: Catalogue, folder: Folder) -> list[SpecError]:
    """Return what cannot be intended in the documents in a folder, in the order of their files; raises ``SpecError``."""
    run = _prepare(catalogue, folder)
    own = set(folder.products())
    found: list[SpecError] = []
    for (name, index), uses in run.uses.items():
        if name in own:
            where = f"$.amendments[{index}]"
            found += _amendment(run, name, where, run.documents[name].amendments[index], uses)
    for name in sorted(own):
        found += _product(run, name)
    found += _column_tables(run)
    found += _shared_symbols(run)
    by_place = {(error.place, error.where, error.reason): error for error in found}
    return [by_place[place] for place in sorted(by_place)]


def _prepare(catalogue: Catalogue, folder: Folder) -> Lint:
    documents = {name: catalogue.document(name) for name in catalogue.names()}
    specs = {name: catalogue.spec(name) for name in catalogue.names()}
    chains = {name: _chain(name, documents) for name in documents}
    uses: dict[tuple[str, int], list[Use]] = {
        (name, i): [] for name, document in documents.items() for i, _ in enumerate(document.amendments)
    }
    for product, spec in specs.items():
        owners: dict[str, tuple[str, int]] = {}
        for name in reversed(chains[product]):
            for dropped in documents[name].without:
                owners.pop(dropped, None)
            owners |= {a.id: (name, i) for i, a in enumerate(documents[name].amendments)}
        for position, amendment in enumerate(spec.amendments):
            uses[owners[amendment.id]].append(Use(spec, amendment, position))
    declared = catalogue.documents.read("keywords")
    words = {name: tuple(map(str, keyword.get("values", ()))) for name, keyword in declared.items()}
    return Lint(catalogue, folder, documents, specs, chains, uses, words)


def _chain(name: str, documents: dict[str, ProductDocument]) -> tuple[str, ...]:
    chain = [name]
    while (parent := documents[chain[-1]].extends) is not None:
        chain.append(parent)
    return tuple(chain)


def _product(run: Lint, name: str) -> Iterator[SpecError]:
    """Flaws of a document besides its amendments: identifiers, symbols, sets, conditions of rows."""
    document = run.documents[name]
    inherited = {a.id: parent for parent in reversed(run.chains[name][1:]) for a in run.documents[parent].amendments}
    for i, amendment in enumerate(document.amendments):
        parent = inherited.get(amendment.id)
        if parent is not None and amendment.id not in document.without:
            reason = f"{amendment.id!r} replaces an amendment of {parent}; list it in 'without' if that is intended"
            yield run.defect(name, f"$.amendments[{i}].id", reason)
    heirs = [spec for product, spec in run.specs.items() if name in run.chains[product]]
    for symbol in document.symbols:
        if not any(symbol in _symbols(spec) for spec in heirs):
            yield run.defect(name, f"$.symbols.{symbol}", f"symbol {symbol!r} appears in no dimensions of the product")
    if document.sets is not None:
        yield from _sets(run, name, "$.sets", document.sets.rows, heirs)
    for i, row in enumerate(document.hdus or ()):
        if row.when is not None:
            condition = run.specs[name].rows[i].when
            yield from _condition(run, name, f"$.hdus[{i}].when", condition, [run.specs[name]])


def _amendment(run: Lint, name: str, where: str, document: AmendmentDocument, uses: list[Use]) -> Iterator[SpecError]:
    for field in ("because", "source"):
        if not getattr(document, field).strip():
            yield run.defect(name, f"{where}.{field}", f"amendment {document.id!r} gives no {field}")
    if not uses:
        yield run.defect(name, where, f"amendment {document.id!r} applies to no product")
        return
    amendment, specs = uses[0].amendment, [use.spec for use in uses]
    if not (amendment.patches or amendment.symbols or amendment.sets or amendment.free_order):
        yield run.defect(name, where, f"amendment {document.id!r} changes nothing")
    yield from _condition(run, name, f"{where}.when", amendment.when, specs)
    for i, patch in enumerate(amendment.patches):
        yield from _patch(run, name, f"{where}.hdus[{i}]", i, patch, uses)
        yield from _condition(run, name, f"{where}.hdus[{i}].when", patch.when, specs)
    for symbol in amendment.symbols:
        if not any(symbol in _symbols(spec) for spec in specs):
            reason = f"symbol {symbol!r} appears in no dimensions of {listed(s.product for s in specs)}"
            yield run.defect(name, f"{where}.symbols.{symbol}", reason)
    if amendment.sets is not None:
        yield from _sets(run, name, f"{where}.sets", amendment.sets.rows, specs)


def _patch(run: Lint, name: str, where: str, index: int, patch: Patch, uses: list[Use]) -> Iterator[SpecError]:
    """A patch that leaves the row as it is, in every product, if no earlier amendment touches the row."""
    states = [(use, _untouched(use, patch.extname)) for use in uses]
    if not all(untouched for _, untouched in states):
        return
    extname = patch.extname.upper()
    rows = [next((row for row in use.spec.rows if row.name == extname), None) for use in uses]
    if any(row is None for row in rows):
        return
    if all(row is not None and row.optional for row in rows) and patch.optional:
        yield run.defect(name, f"{where}.optional", f"{patch.extname} is optional already")
    if all(_same(use, use.amendment.patches[index]) for use in uses):
        yield run.defect(name, where, f"the patch of {patch.extname} changes nothing")


def _untouched(use: Use, extname: str) -> bool:
    earlier = use.spec.amendments[: use.position]
    return not any(patch.extname.upper() == extname.upper() for amendment in earlier for patch in amendment.patches)


def _same(use: Use, patch: Patch) -> bool:
    alone = msgspec.structs.replace(use.amendment, patches=(patch,))
    return apply(use.spec, (alone,)).rows == use.spec.rows


def _condition(
    run: Lint, name: str, where: str, condition: Expression | None, specs: list[Spec]
) -> Iterator[SpecError]:
    """A condition that no file of any of the products can meet, a value that no file has, a keyword without effect."""
    if condition is None:
        return
    types = run.catalogue.keywords
    strange = [
        f"{keyword} is never {value!r} in {condition.text!r}"
        for keyword, value in dict.fromkeys(compared(condition))
        if (values := _values(keyword, specs) or run.words.get(keyword, ())) and str(value) not in values
    ]
    if strange:
        yield from (run.defect(name, where, reason) for reason in strange)
        return
    domains = [{k: [*v, MISSING] for k in ("DATAMODL", "EXP_TYPE") if (v := _values(k, [spec]))} for spec in specs]
    reached = [outcomes(condition, types, fixed) for fixed in domains]
    if not any(True in outcome for outcome in reached):
        yield run.defect(name, where, f"{condition.text!r} is true for no file")
    elif not any(False in outcome for outcome in reached):
        yield run.defect(name, where, f"{condition.text!r} is true for every file")
    else:
        for keyword in idle(condition, types):
            yield run.defect(name, where, f"{keyword} makes no difference in {condition.text!r}")


def _values(keyword: str, specs: Iterable[Spec]) -> tuple[str, ...]:
    """Values of the keywords that identify a product, where its spec lists them."""
    field = {"DATAMODL": "models", "EXP_TYPE": "exp_types"}.get(keyword)
    lists = [getattr(spec.recognise, field) for spec in specs] if field else []
    return tuple(dict.fromkeys(v for one in lists for v in one)) if lists and all(lists) else ()


def _sets(run: Lint, name: str, where: str, rows: list[str], specs: list[Spec]) -> Iterator[SpecError]:
    for i, extname in enumerate(rows):
        if not any(extname.upper() in _extnames(spec) for spec in specs):
            reason = f"no row and no amendment has {extname}, so that no set can"
            yield run.defect(name, f"{where}.rows[{i}]", reason)


def _extnames(spec: Spec) -> set[str]:
    return {row.name for row in spec.rows} | {p.extname.upper() for a in spec.amendments for p in a.patches}


def _symbols(spec: Spec) -> set[str]:
    """Symbols in the dimensions of a product, its amendments and its column tables."""
    used = {symbol for row in spec.rows for symbol in row.dims.symbols}
    patches = [patch for amendment in spec.amendments for patch in amendment.patches]
    used |= {symbol for patch in patches if patch.dims is not None for symbol in patch.dims.symbols}
    named = [*(row.columns for row in spec.rows), *(patch.columns for patch in patches)]
    tables = [table for table in named if table is not None]
    dtypes = [
        d for table in tables for c in table.columns for d in ([c.dtype] if isinstance(c.dtype, str) else c.dtype)
    ]
    return used | {dtype.partition("[")[2].rstrip("]") for dtype in dtypes if "[" in dtype}


def _column_tables(run: Lint) -> Iterator[SpecError]:
    rows = [row for document in run.documents.values() for row in document.hdus or ()]
    patches = [p for document in run.documents.values() for a in document.amendments for p in a.hdus]
    used = {row.columns for row in rows} | {patch.columns for patch in patches}
    for name in run.folder.columns():
        short = name.removeprefix(SHARED_TABLES)
        if short not in used:
            yield run.defect(name, "$", f"no row and no amendment uses the column table {short!r}")
        if not run.catalogue.columns(short).source.strip():
            yield run.defect(name, "$.source", f"the column table {short!r} gives no source")


def _shared_symbols(run: Lint) -> Iterator[SpecError]:
    used = {symbol for spec in run.specs.values() for symbol in _symbols(spec)}
    for symbol in run.folder.read("symbols") or {}:
        if symbol not in used:
            yield run.defect("symbols", f"$.{symbol}", f"symbol {symbol!r} appears in no dimensions of any product")
