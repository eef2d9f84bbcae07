"""``Spec`` + facts of a file -> ``ActiveSpec``: the documented rows as its amendments leave them."""

import msgspec

from jwstprod_check.spec.dims import Dims
from jwstprod_check.spec.expressions import Facts
from jwstprod_check.spec.model import ActiveSpec, Amendment, Patch, Row, Spec


def amend(spec: Spec, facts: Facts, strict: bool = False) -> ActiveSpec:
    """Apply the amendments whose condition is true for a file; with ``strict``, none of them."""
    return apply(spec, applying(spec, facts, strict), unreleased(spec, facts))


def applying(spec: Spec, facts: Facts, strict: bool = False) -> tuple[Amendment, ...]:
    """Return the amendments whose condition is true for a file, in order; with ``strict``, none."""
    return () if strict else tuple(a for a in spec.amendments if a.when is None or a.when.holds(facts))


def unreleased(spec: Spec, facts: Facts) -> frozenset[str]:
    """Return the names of the rows that are not asked for in a file of its release."""
    return frozenset([r.name for r in spec.rows if r.released is not None and not r.released.holds(facts)])


def apply(spec: Spec, applied: tuple[Amendment, ...], unreleased: frozenset[str] = frozenset()) -> ActiveSpec:
    """Apply given amendments in order; a later one wins where two change the same cell.

    Rows that are ``unreleased`` are optional.
    """
    rows = {
        row.name: msgspec.structs.replace(row, optional=True) if row.name in unreleased else row for row in spec.rows
    }
    symbols, sets, free_order = spec.symbols, spec.sets, False
    for amendment in applied:
        for patch in amendment.patches:
            name = patch.extname.upper()
            rows[name] = _patched(rows[name], patch) if name in rows else _added(patch)
        if amendment.symbols:
            symbols = {**symbols, **amendment.symbols}
        sets = amendment.sets or sets
        free_order = free_order or amendment.free_order
    set_rows = frozenset(name.upper() for name in sets.rows) if sets else frozenset()
    return ActiveSpec(spec, tuple(rows.values()), symbols, sets, applied, free_order, rows, set_rows)


def _patched(row: Row, patch: Patch) -> Row:
    return msgspec.structs.replace(
        row,
        type=patch.type or row.type,
        dtypes=row.dtypes if patch.dtypes is None else patch.dtypes,
        dims=row.dims if patch.dims is None else patch.dims,
        text=row.text if patch.text is None else patch.text,
        optional=row.optional if patch.optional is None else patch.optional,
        when=patch.when or row.when,
        columns=patch.columns or row.columns,
        min_rows=row.min_rows if patch.min_rows is None else patch.min_rows,
    )


def _added(patch: Patch) -> Row:
    return Row(
        name=patch.extname.upper(),
        extname=patch.extname,
        type=patch.type or "IMAGE",
        hdu=None,
        dtypes=patch.dtypes or (),
        dims=patch.dims or Dims("variable"),
        optional=True if patch.optional is None else patch.optional,
        when=patch.when,
        columns=patch.columns,
        min_rows=patch.min_rows or 0,
        documented=False,
        text=patch.text or "variable",
    )
