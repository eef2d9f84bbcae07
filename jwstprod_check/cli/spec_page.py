"""A spec as a page of text: the documented table, then the amendments."""

from collections.abc import Iterator

from jwstprod_check.report.layout import table, wrapped
from jwstprod_check.spec.compile import between, listed
from jwstprod_check.spec.model import Amendment, Spec
from jwstprod_check.spec.schema import ColumnTableDocument, RowDocument

_HEADINGS = ("HDU", "EXTNAME", "HDU Type", "Data Type", "Dimensions")


def spec_page(spec: Spec, width: int) -> str:
    """Return the page, ``width`` characters wide; an asterisk marks an optional row, as in the documentation."""
    rows = [_HEADINGS, *(_cells(row) for row in spec.documents)]
    heading, *lines = [line for _, line in table(rows, width, flexible=(3, 4))]
    rule = "-" * max(map(len, [heading, *lines]))
    parts = [f"{spec.product}: {spec.title}", spec.page, *_said(spec), "", heading, rule, *lines]
    for row in spec.documents:
        if row.when:
            parts += ["", f"{row.extname} only if {row.when}"]
        if row.since or row.until:
            parts += ["", f"{row.extname} {between(row.since, row.until)}"]
    for compiled in spec.rows:
        if compiled.columns is not None:
            parts += ["", f"columns of {compiled.extname}", *_columns(compiled.columns, width)]
    for amendment in spec.amendments:
        parts += ["", *_amendment(amendment)]
    return "\n".join(line for part in parts for line in _broken(part, width))


def _broken(line: str, width: int) -> list[str]:
    """Break a line that is wider than the page; the next is indented further."""
    if len(line) <= width:
        return [line]
    text = line.lstrip(" ")
    indent = line[: len(line) - len(text)]
    return list(wrapped(text, width, indent, f"{indent}  "))


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


def _columns(columns: ColumnTableDocument, width: int) -> list[str]:
    """Columns of a table, one a line; an asterisk marks an optional one."""
    rows = [
        (c.name + ("*" if c.optional else ""), " or ".join(listed(c.dtype)), "" if c.unit is None else c.unit)
        for c in columns.columns
    ]
    lines = [f"  {line}" for _, line in table(rows, width - 2, flexible=(1, 2))]
    return [*lines, "  others are allowed"] if columns.extra else lines


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
    because = f"  because {amendment.because}"
    source = f"  source  {amendment.source}"
    return [f"amendment {amendment.id}{when}", *changes, because, source]
