"""``jwstprod spec diff --models``: the specs compared with the schemas of an installed stdatamodels.

Each product is compared with the data models that its ``recognise`` names, as its amendments leave it for a file of the
newest release with that DATAMODL. An amendment that may or may not apply to such a file leaves both possibilities.
Content of a schema that no row and no amendment allows is a difference.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from jwstprod_check.maintain.schemas import SchemaColumn, SchemaHdu, schema_of
from jwstprod_check.spec.conditions import NEWEST, outcomes
from jwstprod_check.spec.dims import Dims
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import Patch, Row, Spec
from jwstprod_check.spec.schema import ColumnTableDocument
from jwstprod_check.text import listed

BESIDE_THE_SCHEMA: Final = {
    "ASDF": "written by the file writer",
    "HDRTAB": "made by the blender of headers when inputs are combined",
}
"""HDUs that no schema has, and why."""

WRITTEN: Final = {"int8": ("int8", "bool"), "bool8": ("bool",)}
"""Types of columns in a file where a schema has another: the writer makes logical columns of flags."""

_LISTED = re.compile(r"(?P<base>[a-z]+\d*)(?:\[(?P<length>\w+|\*)\])?\Z")


class Possible(msgspec.Struct, frozen=True):
    """What a spec allows of an EXTNAME: the values that each cell may have."""

    types: frozenset[str]
    dtypes: frozenset[str]
    dims: tuple[Dims, ...]
    columns: tuple[ColumnTableDocument | None, ...]
    optional: frozenset[bool]


class ModelDifference(msgspec.Struct, frozen=True):
    """What a data model defines for an HDU of a product and its spec does not.

    ``presence`` marks an HDU that only one of them has.
    """

    product: str
    model: str
    extname: str | None
    message: str
    presence: bool = False

    def __str__(self) -> str:
        subject = f"{self.product} ({self.model})"
        return f"{subject}: {self.extname}: {self.message}" if self.extname else f"{subject}: {self.message}"


class ModelComparison(msgspec.Struct, frozen=True):
    """Results: the differences, the number of pairs of product and model, products without a model."""

    differences: tuple[ModelDifference, ...]
    pairs: int
    without: tuple[str, ...]


def compare_models(catalogue: Catalogue) -> ModelComparison:
    """Compare all specs with the installed stdatamodels; raises ``ImportError`` without one, and ``SpecError``."""
    differences: list[ModelDifference] = []
    without: list[str] = []
    known: dict[str, tuple[SchemaHdu, ...] | None] = {}
    pairs = 0
    for name in catalogue.names():
        spec = catalogue.spec(name)
        if spec.format != "FITS":
            continue
        if not spec.recognise.models:
            without.append(name)
        for model in spec.recognise.models:
            pairs += 1
            if model not in known:
                known[model] = schema_of(model)
            schema = known[model]
            if schema is None:
                message = "stdatamodels has no data model of that name"
                differences.append(ModelDifference(name, model, None, message))
            else:
                differences += compare_model(spec, model, schema, catalogue)
    return ModelComparison(tuple(differences), pairs, tuple(without))


def compare_model(
    spec: Spec, model: str, schema: Iterable[SchemaHdu], catalogue: Catalogue
) -> Iterator[ModelDifference]:
    """Compare a product with the HDUs of one of its data models."""
    rows, sets = possible(spec, model, catalogue)
    written = {}
    for hdu in schema:
        written[hdu.extname] = hdu
        row = rows.get(hdu.extname)
        if row is None:
            message = f"in the schema ({hdu.type} {hdu.dtype or ''}".rstrip() + "), in no row and no amendment"
            yield ModelDifference(spec.product, model, hdu.extname, message, presence=True)
            continue
        if hdu.repeats and hdu.extname not in sets:
            message = "the schema has one for each item of a list, the spec has it in no set"
            yield ModelDifference(spec.product, model, hdu.extname, message)
        for message in _disagreements(row, hdu):
            yield ModelDifference(spec.product, model, hdu.extname, message)
    for name, row in rows.items():
        if name and name not in written and True not in row.optional and name not in BESIDE_THE_SCHEMA:
            yield ModelDifference(spec.product, model, name, "required by the spec, not in the schema", presence=True)


def possible(spec: Spec, model: str, catalogue: Catalogue) -> tuple[dict[str, Possible], frozenset[str]]:
    """What a spec allows of each EXTNAME of a file of a data model and of the newest release; names of its sets."""
    fixed = {"DATAMODL": [model], "CAL_VER": [NEWEST]}
    rows = {row.name: _documented(row) for row in spec.rows}
    sets = [spec.sets] if spec.sets else []
    for amendment in spec.amendments:
        holds = outcomes(amendment.when, catalogue.keywords, fixed)
        if True not in holds:
            continue
        for patch in amendment.patches:
            name = patch.extname.upper()
            before = rows.get(name)
            after = _patched(before, patch)
            rows[name] = after if False not in holds or before is None else _either(before, after)
        sets += [amendment.sets] if amendment.sets else []
    return rows, frozenset(name.upper() for one in sets for name in one.rows)


def _documented(row: Row) -> Possible:
    return Possible(
        types=frozenset({row.type}),
        dtypes=frozenset(row.dtypes),
        dims=(row.dims,),
        columns=(row.columns,),
        optional=frozenset({row.optional}),
    )


def _patched(row: Possible | None, patch: Patch) -> Possible:
    if row is None:
        row = Possible(frozenset({"IMAGE"}), frozenset(), (Dims("variable"),), (None,), frozenset({True}))
    return Possible(
        types=row.types if patch.type is None else frozenset({patch.type}),
        dtypes=row.dtypes if patch.dtypes is None else frozenset(patch.dtypes),
        dims=row.dims if patch.dims is None else (patch.dims,),
        columns=row.columns if patch.columns is None else (patch.columns,),
        optional=row.optional if patch.optional is None else frozenset({patch.optional}),
    )


def _either(a: Possible, b: Possible) -> Possible:
    return Possible(
        a.types | b.types, a.dtypes | b.dtypes, a.dims + b.dims, a.columns + b.columns, a.optional | b.optional
    )


def _disagreements(row: Possible, hdu: SchemaHdu) -> Iterator[str]:
    if hdu.type not in row.types:
        yield f"{hdu.type} in the schema, {listed(sorted(row.types))} in the spec"
        return
    if hdu.layouts:
        yield from _columns(row, hdu)
        return
    if hdu.dtype is not None and hdu.dtype not in row.dtypes:
        yield f"{hdu.dtype} in the schema, {listed(sorted(row.dtypes)) or 'no type'} in the spec"
    counts = {len(d.axes) for d in row.dims if d.kind == "image"}
    if any(d.kind == "variable" for d in row.dims):
        return
    allowed = f"{listed(str(d) for d in dict.fromkeys(map(str, row.dims)))} in the spec"
    if hdu.ndim is not None and hdu.ndim not in counts:
        yield f"{hdu.ndim} axes in the schema, {allowed}"
    if hdu.max_ndim is not None and counts and min(counts) > hdu.max_ndim:
        yield f"at most {hdu.max_ndim} axes in the schema, {allowed}"


def _columns(row: Possible, hdu: SchemaHdu) -> Iterator[str]:
    """For each layout of the schema, the differences from the column table that fits it best."""
    tables = [table for table in row.columns if table is not None]
    counts = [int(d.cols.text) for d in row.dims if d.kind == "table" and d.cols is not None and d.cols.text.isdigit()]
    free = any(d.kind == "variable" or (d.kind == "table" and d.cols is None) for d in row.dims)
    for layout in hdu.layouts:
        if counts and not free and len(layout) not in counts:
            yield f"{len(layout)} columns in the schema, {listed(map(str, counts))} in the spec"
        elif not tables:
            yield f"{len(layout)} columns in the schema, the spec lists none"
        else:
            yield from min((list(misfits(table, layout)) for table in tables), key=len)


def misfits(table: ColumnTableDocument, layout: Iterable[SchemaColumn]) -> Iterator[str]:
    """Differences of the columns of a schema from a column table."""
    written = {column.name.upper(): column for column in layout}
    wanted = {column.name.upper(): column for column in table.columns}
    for name, column in written.items():
        if name not in wanted:
            if not table.extra:
                yield f"column {column.name} in the schema, not in the column table of the spec"
            continue
        dtypes = wanted[name].dtype
        choices = [dtypes] if isinstance(dtypes, str) else dtypes
        if not any(_fits(choice, column) for choice in choices):
            yield f"column {column.name} is {_form(column)} in the schema, {' or '.join(choices)} in the spec"
    for name, document in wanted.items():
        if name not in written and not document.optional:
            yield f"column {document.name} in the column table of the spec, not in the schema"
    order = [n for n in wanted if n in written]
    if order != [n for n in written if n in wanted]:
        yield "columns in another order than in the schema"


def _form(column: SchemaColumn) -> str:
    return column.dtype if column.length is None else f"{column.dtype}[{column.length or '*'}]"


def _fits(listed_as: str, column: SchemaColumn) -> bool:
    """Whether a column of a schema gives a column of the file that the column table allows.

    A schema that does not define a vector allows both; text may be longer than listed.
    """
    want = _LISTED.match(listed_as)
    if want is None:
        return False
    if want["base"].startswith("str"):
        return column.dtype.startswith("str") and int(column.dtype[3:] or 0) >= int(want["base"][3:] or 0)
    if want["base"] not in WRITTEN.get(column.dtype, (column.dtype,)):
        return False
    if column.length is None:
        return True
    if want["length"] is None:
        return False
    return not want["length"].isdigit() or column.length in {0, int(want["length"])}
