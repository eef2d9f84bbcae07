"""One draft of the drafts of several files of a product: what they share, and what varies among them."""

import re
from collections.abc import Sequence

import msgspec

from jwstprod_check.maintain.draft import Draft, DraftError
from jwstprod_check.spec.schema import ColumnDocument, ColumnTableDocument, Recognise, RowDocument, SetsDocument
from jwstprod_check.text import listed, quoted


def merge(drafts: Sequence[Draft], product: str | None = None) -> Draft:
    """Make one draft of the drafts of several files of a product: what they share, and remarks on what varies.

    Raises ``DraftError`` where the files are of several products and none is named.
    """
    first = drafts[0]
    if len(drafts) == 1:
        return first
    names = list(dict.fromkeys(d.document.product for d in drafts))
    if len(names) > 1 and product is None:
        raise DraftError(f"the files are of several products ({listed(names)}): name one with --product")
    remarks = list(dict.fromkeys(line for d in drafts for line in d.remarks))
    tables: dict[str, ColumnTableDocument] = {}
    rows: dict[str, list[RowDocument]] = {}
    for made in drafts:
        for row in made.document.hdus or ():
            rows.setdefault((row.extname or "").upper(), []).append(row)
        for name, table in made.tables.items():
            tables[name] = _merged_table(tables[name], table, name, remarks) if name in tables else table
    merged = [_merged_row(own, len(drafts), remarks) for own in rows.values()]
    documents = [d.document for d in drafts]
    recognise = Recognise(
        list(dict.fromkeys(s for d in documents for s in d.recognise.suffixes)),
        list(dict.fromkeys(m for d in documents for m in d.recognise.models)),
        list(dict.fromkeys(t for d in documents for t in d.recognise.exp_types)),
        first.document.recognise.name_contains,
    )
    used = {word for row in merged for word in re.findall(r"\w+", row.dims or "")}
    symbols = {name: symbol for d in documents for name, symbol in d.symbols.items() if name in used}
    sets = [d.sets for d in documents if d.sets is not None]
    document = msgspec.structs.replace(
        first.document,
        documentation=f"none; drafted from {len(drafts)} files",
        recognise=recognise,
        hdus=merged,
        symbols=symbols,
        sets=None
        if not sets
        else SetsDocument(
            list(dict.fromkeys(r for one in sets for r in one.rows)),
            [s for s in dict.fromkeys(s for one in sets for s in one.symbols) if s in symbols],
        ),
    )
    needed = {row.columns for row in merged}
    return Draft(document, {n: t for n, t in tables.items() if n in needed}, tuple(remarks), len(drafts))


def _merged_row(rows: Sequence[RowDocument], files: int, remarks: list[str]) -> RowDocument:
    """One row for an HDU of several files: cells that vary are left open, and a remark says how."""
    name = quoted(rows[0].extname or "primary")
    if len(rows) < files:
        remarks.append(f"{name}: in {len(rows)} of {files} files.")

    def same(cell: str, values: Sequence[object]) -> bool:
        found = list(dict.fromkeys(values))
        if len(found) > 1:
            remarks.append(f"{name}: {cell} varies: {listed(str(v) for v in found)}.")
        return len(found) == 1

    first = rows[0]
    dims = {row.dims for row in rows}
    same("dims", [row.dims for row in rows])
    return RowDocument(
        type=first.type if same("type", [row.type for row in rows]) else "IMAGE",
        hdu=first.hdu if len({row.hdu for row in rows}) == 1 else None,
        extname=first.extname,
        dtype=first.dtype if same("dtype", [row.dtype for row in rows]) else None,
        dims=first.dims if len(dims) == 1 else _merged_dims([row.dims or "N/A" for row in rows]),
        optional=len(rows) < files or any(row.optional for row in rows),
        columns=first.columns if same("columns", [row.columns for row in rows]) else None,
    )


def _merged_dims(texts: Sequence[str]) -> str:
    """Dimensions that all of some have: ``any`` for an axis whose length varies, ``variable`` where their number does."""
    parts = [text.split(" x ") for text in texts]
    marked = any(re.search(r"\b(?:rows?|cols?)\b", text) for text in texts)
    if len({len(p) for p in parts}) > 1 or marked or "variable" in texts or "N/A" in texts:
        return "variable"
    return " x ".join(cells[0] if len(set(cells)) == 1 else "any" for cells in zip(*parts, strict=True))


def _merged_table(
    one: ColumnTableDocument, other: ColumnTableDocument, name: str, remarks: list[str]
) -> ColumnTableDocument:
    """Columns of both, those of one alone optional; a type that varies is listed."""
    if one.columns == other.columns:
        return one
    seconds = {c.name.upper(): c for c in other.columns}
    merged: list[ColumnDocument] = []
    for column in one.columns:
        second = seconds.pop(column.name.upper(), None)
        if second is None:
            merged.append(msgspec.structs.replace(column, optional=True))
            remarks.append(f"columns {name}: {quoted(column.name)} is not in every file.")
            continue
        dtypes = list(dict.fromkeys([*_dtypes(column), *_dtypes(second)]))
        if len(dtypes) > 1:
            remarks.append(f"columns {name}: the type of {quoted(column.name)} varies: {listed(dtypes)}.")
        merged.append(
            msgspec.structs.replace(
                column,
                dtype=dtypes[0] if len(dtypes) == 1 else dtypes,
                unit=column.unit if column.unit == second.unit else None,
                optional=column.optional or second.optional,
            )
        )
    for column in seconds.values():
        merged.append(msgspec.structs.replace(column, optional=True))
        remarks.append(f"columns {name}: {quoted(column.name)} is not in every file.")
    return msgspec.structs.replace(one, columns=merged)


def _dtypes(column: ColumnDocument) -> list[str]:
    return [column.dtype] if isinstance(column.dtype, str) else column.dtype
