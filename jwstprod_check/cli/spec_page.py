"""A spec as a page of text: the documented table, then the amendments."""

from collections.abc import Iterator
from textwrap import fill

from jwstprod_check.spec.compile import between, listed
from jwstprod_check.spec.model import Amendment, Spec
from jwstprod_check.spec.schema import ColumnTableDocument, RowDocument

_HEADINGS = ("HDU", "EXTNAME", "HDU Type", "Data Type", "Dimensions")


def spec_page(spec: Spec) -> str:
    """Return the page; an asterisk marks an optional row, as in the documentation."""
    rows = [_HEADINGS, *(_cells(row) for row in spec.documents)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    rule = "  ".join("-" * width for width in widths)
    parts = [f"{spec.product}: {spec.title}", spec.page, *_said(spec), "", lines[0], rule, *lines[1:]]
    for row in spec.documents:
        if row.when:
            parts += ["", f"{row.extname} only if {row.when}"]
        if row.since or row.until:
            parts += ["", f"{row.extname} {between(row.since, row.until)}"]
    for compiled in spec.rows:
        if compiled.columns is not None:
            parts += ["", f"columns of {compiled.extname}", *_columns(compiled.columns)]
    for amendment in spec.amendments:
        parts += ["", *_amendment(amendment)]
    return "\n".join(parts)


def _said(spec: Spec) -> Iterator[str]:
    if spec.traits:
        yield f"traits: {', '.join(spec.traits)}"
    if spec.exposures.groups:
        yield f"made from {'no ' if spec.exposures.barred else ''}exposures: {', '.join(spec.exposures.groups)}"
    if spec.steps:
        yield f"not without {', '.join(spec.steps)} = 'COMPLETE'"
    if spec.retired is not None:
        yield f"not written from jwst {spec.retired.release} on: {spec.retired.source}"
    if spec.header.units:
        yield f"units of SCI: {', '.join(spec.header.units)}"


def _cells(row: RowDocument) -> tuple[str, ...]:
    name = (row.extname or "N/A") + ("*" if row.optional else "")
    return ("" if row.hdu is None else str(row.hdu), name, row.type, row.dtype or "N/A", row.dims or "N/A")


def _columns(table: ColumnTableDocument) -> list[str]:
    """Columns of a table, one a line; an asterisk marks an optional one."""
    rows = [
        (c.name + ("*" if c.optional else ""), " or ".join(listed(c.dtype)), "" if c.unit is None else c.unit)
        for c in table.columns
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = ["  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [*lines, "  others are allowed"] if table.extra else lines


def _amendment(amendment: Amendment) -> list[str]:
    when = f" when {amendment.when.text}" if amendment.when is not None else ", always"
    changes = []
    for patch in amendment.patches:
        cells = [
            patch.type or "",
            " or ".join(patch.dtypes or ()),
            patch.text or "",
            "" if patch.optional is None else "optional" if patch.optional else "required",
        ]
        changes.append(f"  {patch.extname}: {', '.join(c for c in cells if c) or 'listed'}")
    changes += [f"  {name}: {symbol.meaning}" for name, symbol in amendment.symbols.items()]
    if amendment.sets is not None:
        changes.append(f"  sets by EXTVER: {' '.join(amendment.sets.rows)}")
    if amendment.free_order:
        changes.append("  HDUs in any order")
    because = fill(amendment.because, 96, initial_indent="  because ", subsequent_indent="  ")
    source = fill(amendment.source, 96, initial_indent="  source  ", subsequent_indent="  ")
    return [f"amendment {amendment.id}{when}", *changes, because, source]
