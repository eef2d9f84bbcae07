"""TAB: binary tables. Columns by name, type and unit; counts of columns and rows."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from jwstprod_check.findings import Severity
from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.dims import Factor, evaluate
from jwstprod_check.spec.model import ColumnDocument, ColumnTableDocument
from jwstprod_check.text import listed, plural, quoted


def _name(column: Column) -> str:
    return (column.name or "").strip(" ").upper()


def _by_name(hdu: Hdu) -> dict[str, Column]:
    return {_name(c): c for c in reversed(hdu.columns)}


def _lost(table: ColumnTableDocument, hdu: Hdu) -> list[ColumnDocument]:
    present = _by_name(hdu)
    return [c for c in table.columns if not c.optional and c.name.upper() not in present]


def _extra(table: ColumnTableDocument, hdu: Hdu) -> list[Column]:
    known = {c.name.upper() for c in table.columns}
    return [c for c in hdu.columns if _name(c) not in known]


def _renamed(table: ColumnTableDocument, hdu: Hdu) -> dict[str, Column]:
    """Unknown columns that are probably meant for a missing one, by the missing name."""
    lost, extra = _lost(table, hdu), {_name(c): c for c in _extra(table, hdu)}
    meant: dict[str, Column] = {}
    for column in lost:
        near = get_close_matches(column.name.upper(), list(extra), n=1, cutoff=0.7)
        position = hdu.columns[i] if (i := table.columns.index(column)) < len(hdu.columns) else None
        if near:
            meant[column.name] = extra.pop(near[0])
        elif position is not None and len(hdu.columns) == len(table.columns) and _name(position) in extra:
            meant[column.name] = extra.pop(_name(position))
    return meant


@rule("TAB001", "column-count", after=("HDU004",))
def column_count(context: Context) -> Iterator[Outcome]:
    """A table has as many columns as its row of the documented table says.

    Where the columns are known by name, the missing or unknown one is reported by name instead (TAB002, TAB003).

    Mend: write the columns that the document lists.
    Source: the product's documented table.
    """
    for row, hdu in context.tables():
        factor = row.dims.cols
        count = hdu.fields
        if factor is None or count is None or (row.columns and (_lost(row.columns, hdu) or _extra(row.columns, hdu))):
            continue
        want = evaluate(factor, context.solution.values(hdu))
        if want is not None and want != (count, 1):
            yield Problem(
                f"{hdu.label} has {plural(count, 'column')}, expected {want[0]}",
                hdu=hdu,
                keyword="TFIELDS",
                expected=f"{want[0]} columns ({row.text})",
                found=plural(count, "column"),
            )


@rule("TAB002", "missing-column", after=("HDU004",))
def missing_column(context: Context) -> Iterator[Outcome]:
    """Every column that the table needs is there. Names are compared without regard to case.

    The pipeline's reader stops with "Column names don't match schema". A column of nearly the right name, or an unknown
    one at the right place, is named in the hint.

    Mend: write the column, or correct its TTYPEn.
    Source: the column table of the spec (`jwstprod spec show`); jwst issues 8832, 6113 and 2915.
    """
    for row, hdu in context.tables():
        if row.columns is None:
            continue
        renamed = _renamed(row.columns, hdu)
        for column in _lost(row.columns, hdu):
            near = renamed.get(column.name)
            yield Problem(
                f"{hdu.label} has no column {column.name}",
                hdu=hdu,
                column=column.name,
                keyword=f"TTYPE{near.number}" if near else None,
                expected=f"{column.name} {_dtypes(column)}",
                found=quoted(near.name or "") if near else "missing",
                hint=f"column {near.number} is called {quoted(near.name or '')}; correct TTYPE{near.number}"
                if near
                else None,
            )


@rule("TAB003", "unexpected-column", after=("HDU004",))
def unexpected_column(context: Context) -> Iterator[Outcome]:
    """A table has no column that its column table does not list, unless that allows more.

    The pipeline's reader refuses such a table.

    Mend: remove the column, or correct its TTYPEn.
    Source: the column table of the spec; stdatamodels, gentle_asarray.
    """
    for row, hdu in context.tables():
        if row.columns is None or row.columns.extra:
            continue
        meant = {c.number for c in _renamed(row.columns, hdu).values()}
        for column in _extra(row.columns, hdu):
            if column.number not in meant:
                yield Problem(
                    f"{hdu.label} has an unknown column {quoted(column.name or '')}",
                    hdu=hdu,
                    keyword=f"TTYPE{column.number}",
                    column=column.name,
                    expected=listed(c.name for c in row.columns.columns),
                    found=quoted(column.name or ""),
                )


@rule("TAB004", "column-type", after=("HDU004",))
def column_type(context: Context) -> Iterator[Outcome]:
    """Every column has the type that its column table gives, as a reader sees it (TFORMn with TSCALn and TZEROn).

    A text column may be wider than listed, not narrower: values would be cut.

    Mend: write the column in the type that is expected.
    Source: the column table of the spec; FITS Standard 4.0, table 18; jwst issue 9895.
    """
    for row, hdu in context.tables():
        if row.columns is None:
            continue
        present = _by_name(hdu)
        for column in row.columns.columns:
            found = present.get(column.name.upper())
            if found is None or found.tform is None or found.dtype is None:
                continue
            shape = cell(found)
            if not any(_fits(want, found, shape) for want in _listed(column)):
                yield Problem(
                    f"{hdu.label} column {column.name} is {shape}, expected {_dtypes(column)}",
                    hdu=hdu,
                    keyword=f"TFORM{found.number}",
                    column=column.name,
                    expected=_dtypes(column),
                    found=f"{shape} (TFORM{found.number} = {quoted(found.form or '')})",
                )


def _listed(column: ColumnDocument) -> list[str]:
    return [column.dtype] if isinstance(column.dtype, str) else column.dtype


def _dtypes(column: ColumnDocument) -> str:
    return " or ".join(_listed(column))


def cell(column: Column) -> str:
    """Type of a column's cell as the column tables write it: ``int32``, ``float64[44]``, ``str26``."""
    if column.tform is None or column.dtype is None:
        return "unknown"
    repeat = column.tform.repeat
    vector = repeat != 1 or bool(column.dims)
    return f"{column.dtype}[{repeat}]" if vector and column.tform.code not in "APQ" else column.dtype


_WANTED = re.compile(r"(?P<base>[a-z]+\d*)(?:\[(?P<length>\w+|\*)\])?\Z")


def _fits(want: str, found: Column, shape: str) -> bool:
    wanted = _WANTED.match(want)
    if wanted is None or found.tform is None or found.dtype is None:
        return False
    if wanted["base"].startswith("str"):
        least = int(wanted["base"][3:] or 0)
        return found.tform.code == "A" and found.tform.repeat >= least
    if wanted["length"] == "*":
        return found.dtype.removesuffix("[]") == wanted["base"]
    return shape == want


@rule("TAB005", "column-order", Severity.WARNING, after=("HDU004",))
def column_order(context: Context) -> Iterator[Outcome]:
    """Columns stand in the order of their column table.

    Programs that read columns by number take the wrong one; the pipeline's reader sorts them in silence.

    Mend: write the columns in the order of the column table.
    Source: the column table of the spec; stdatamodels, gentle_asarray.
    """
    for row, hdu in context.tables():
        if row.columns is None:
            continue
        order = [c.name.upper() for c in row.columns.columns]
        found = [_name(c) for c in hdu.columns if _name(c) in order]
        wanted = [n for n in order if n in found]
        if len(set(found)) == len(found) and found != wanted:
            at = next(i for i, (a, b) in enumerate(zip(found, wanted, strict=True)) if a != b)
            column = _by_name(hdu)[found[at]]
            yield Problem(
                f"{hdu.label} has its columns in another order, from column {column.number} on",
                hdu=hdu,
                column=column.name,
                expected=listed(wanted),
                found=listed(found),
            )


@rule("TAB006", "row-count", after=("HDU004",))
def row_count(context: Context) -> Iterator[Outcome]:
    """A table has as many rows as its row of the documented table says.

    INT_TIMES has a row for each integration of the file; an amendment allows more, because the table of a segment may
    hold those of its neighbours. With fewer, times are lost, and the pipeline drops the table in silence.

    Mend: write a row for each integration.
    Source: the product's documented table; jwst issues 1881, 5320 and 4338.
    """
    for row, hdu in context.tables():
        factor = row.dims.rows
        count = hdu.rows
        if count is None:
            continue
        if factor is None:
            if count < row.min_rows:
                yield _row_problem(hdu, count, f"at least {row.min_rows}", row.text, "")
            continue
        want = evaluate(factor, context.solution.values(hdu))
        if want is not None and want[1] == 1 and not (count >= want[0] if factor.at_least else count == want[0]):
            yield _row_problem(hdu, count, _bound(factor, want[0]), row.text, _why(context, hdu, factor))


def _bound(factor: Factor, value: int) -> str:
    return f"at least {value}" if factor.at_least else str(value)


def _why(context: Context, hdu: Hdu, factor: Factor) -> str:
    solved = context.solution.solved(hdu)
    parts = [f"{n} = {solved[n].value} from {solved[n].origin}" for n in sorted(factor.symbols) if n in solved]
    return f" ({'; '.join(parts)})" if parts else ""


def _row_problem(hdu: Hdu, count: int, expected: str, text: str, why: str) -> Problem:
    return Problem(
        f"{hdu.label} has {plural(count, 'row')}, expected {expected}{why}",
        hdu=hdu,
        keyword="NAXIS2",
        expected=f"{expected} rows ({text})",
        found=plural(count, "row"),
    )


@rule("TAB007", "empty-table", Severity.WARNING, after=("HDU004", "TAB006"))
def empty_table(context: Context) -> Iterator[Outcome]:
    """A table of variable length has at least one row.

    The data models write a table without rows where a schema names it and nobody fills it.

    Mend: fill the table, or leave the HDU out if it is optional.
    Source: jwst issue 1711.
    """
    for row, hdu in context.tables():
        if hdu.rows == 0 and row.min_rows == 0 and row.dims.rows is None:
            yield Problem(
                f"{hdu.label} has no rows", hdu=hdu, keyword="NAXIS2", expected="at least 1 row", found="0 rows"
            )


@rule("TAB008", "column-unit", Severity.WARNING, after=("HDU004",))
def column_unit(context: Context) -> Iterator[Outcome]:
    """A column whose unit is fixed has that unit.

    Mend: write the TUNITn that is expected.
    Source: the column table of the spec.
    """
    for row, hdu in context.tables():
        present = _by_name(hdu)
        for column in row.columns.columns if row.columns else ():
            found = present.get(column.name.upper())
            if found is None or column.unit is None or found.unit == column.unit:
                continue
            yield Problem(
                f"{hdu.label} column {column.name} has the unit {quoted(found.unit or '')}, expected {quoted(column.unit)}",
                hdu=hdu,
                keyword=f"TUNIT{found.number}",
                column=column.name,
                expected=column.unit,
                found=found.unit or "no unit",
            )


RULES = (
    column_count,
    missing_column,
    unexpected_column,
    column_type,
    column_order,
    row_count,
    empty_table,
    column_unit,
)
