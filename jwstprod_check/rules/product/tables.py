"""TAB: binary tables. Columns by name, type and unit; counts of columns and rows."""

from collections.abc import Iterator
from operator import itemgetter

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.columns import Comparison, cell, compare, dtypes_of
from jwstprod_check.rules.context import Context, find_tables
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.dims import Factor, evaluate
from jwstprod_check.spec.model import Row
from jwstprod_check.spec.schema import ColumnTableDocument
from jwstprod_check.text import listed, plural, quoted

_READABLE = ("FITS002", "FITS004", "FITS006", "FITS007", "FITS024", "FITS025", "FITS060", "FITS061", "FITS063")
"""Rules that report why columns cannot be read; their findings are not repeated."""


Compared = tuple[Row, Hdu, ColumnTableDocument, Comparison]
"""A row of the spec, a table of the file, the columns that the row lists, and how those of the table differ."""


def compared_tables(context: Context) -> list[Compared]:
    """Every table whose row in the spec lists columns, with how its columns differ from them."""
    return context.kept(context.by_file(_compared), itemgetter(1))


def _compared(context: Context) -> list[Compared]:
    tables = context.by_file(find_tables)
    return [(row, hdu, row.columns, compare(row.columns, hdu)) for row, hdu in tables if row.columns is not None]


@rule("TAB001", "column-count", requires=("HDU004", *_READABLE), gives_way_to=("FITS062",))
def column_count(context: Context) -> Iterator[Outcome]:
    """A table has as many columns as the documented table states.

    With columns missing or added, programs that read columns by number get the wrong ones. Where the columns are known
    by name, the missing or unknown one is reported by name instead (TAB002, TAB003).

    How to fix: write the documented columns.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product).
    """
    for row, hdu in context.tables():
        factor = row.dims.cols
        count = hdu.fields
        if factor is None or count is None or (row.columns and not compare(row.columns, hdu).complete):
            continue
        want = evaluate(factor, context.solution.values(hdu))
        if want is not None and want != (count, 1) and not (factor.at_least and count >= want[0]):
            yield Problem(
                f"{hdu.label} has {plural(count, 'column')}, expected {want[0]}",
                hdu=hdu,
                keyword="TFIELDS",
                expected=f"{want[0]} columns ({row.text})",
                found=plural(count, "column"),
                group_key=context.group_key(row, "columns"),
            )


@rule("TAB002", "missing-column", requires=("HDU004", *_READABLE), gives_way_to=("FITS062",))
def missing_column(context: Context) -> Iterator[Outcome]:
    """Every column that the table needs is present, ignoring the case of names.

    Otherwise the pipeline's reader stops with "Column names don't match schema". The hint names a column with a similar
    name, or an unknown one at the expected place.

    How to fix: write the column, or correct its TTYPEn.
    Source: stdatamodels 6.0.0, schemas of the tables; jwst issues 8832, 6113 and 2915.
    """
    for row, hdu, _, compared in compared_tables(context):
        for column in compared.lost:
            near = compared.renamed.get(column.name)
            yield Problem(
                f"{hdu.label} has no column {column.name}",
                hdu=hdu,
                column=column.name,
                keyword=f"TTYPE{near.number}" if near else None,
                expected=f"{column.name} {' or '.join(dtypes_of(column))}",
                found=quoted(near.name or "") if near else "missing",
                hint=f"column {near.number} is named {quoted(near.name or '')}; correct TTYPE{near.number}"
                if near
                else None,
                group_key=context.group_key(row, column.name),
            )


@rule("TAB003", "unexpected-column", requires=("HDU004", *_READABLE), gives_way_to=("FITS062",))
def unexpected_column(context: Context) -> Iterator[Outcome]:
    """A table has no unknown column, unless its column table allows more.

    The pipeline's reader rejects a table with unknown columns.

    How to fix: remove the column, or correct its TTYPEn.
    Source: stdatamodels 6.0.0, schemas of the tables and util.py (gentle_asarray).
    """
    for row, hdu, table, compared in compared_tables(context):
        for column in compared.extra:
            yield Problem(
                f"{hdu.label} has an unknown column {quoted(column.name or '')}",
                hdu=hdu,
                keyword=f"TTYPE{column.number}",
                column=column.name,
                expected=listed(c.name for c in table.columns),
                found=quoted(column.name or ""),
                group_key=context.group_key(row, column.name or ""),
            )


@rule("TAB004", "column-type", requires=("HDU004", *_READABLE), gives_way_to=("FITS062",))
def column_type(context: Context) -> Iterator[Outcome]:
    """Every column has the type of its column table, as readers return it (TFORMn with TSCALn and TZEROn).

    With another type values lose precision, range or sign. A text column may be wider than listed but not narrower,
    because values would be truncated.

    How to fix: write the column in the expected type.
    Source: stdatamodels 6.0.0, schemas of the tables; FITS Standard 4.0, table 18; jwst issue 9895.
    """
    for row, hdu, _, compared in compared_tables(context):
        for column, found in compared.retyped:
            wanted, shape = " or ".join(dtypes_of(column)), cell(found)
            yield Problem(
                f"{hdu.label} column {column.name} is {shape}, expected {wanted}",
                hdu=hdu,
                keyword=f"TFORM{found.number}",
                column=column.name,
                expected=wanted,
                found=f"{shape} (TFORM{found.number} = {quoted(found.form or '')})",
                group_key=context.group_key(row, column.name),
            )


@rule("TAB005", "column-order", Severity.WARNING, requires=("HDU004", *_READABLE))
def column_order(context: Context) -> Iterator[Outcome]:
    """Columns are in the order of their column table.

    Programs that read columns by number get the wrong one; the pipeline's reader silently reorders them.

    How to fix: write the columns in the order of the column table.
    Source: stdatamodels 6.0.0, schemas of the tables and util.py (gentle_asarray).
    """
    for row, hdu, table, compared in compared_tables(context):
        moved = compared.moved
        if moved is not None:
            yield Problem(
                f"{hdu.label} has its columns in another order, from column {moved.number} on",
                hdu=hdu,
                column=moved.name,
                expected=listed(c.name for c in table.columns),
                found=listed(c.name or "" for c in hdu.columns),
                group_key=context.group_key(row, "column order"),
            )


@rule("TAB006", "row-count", requires=("HDU004",))
def row_count(context: Context) -> Iterator[Outcome]:
    """A table has as many rows as the documented table states.

    INT_TIMES has a row for each integration of the file; an amendment allows more, because the table of a segment may
    contain those of its neighbours. With fewer rows, times are lost, and the pipeline silently drops the table.

    How to fix: write a row for each integration.
    Source: jwst documentation, data_products/product_types.rst (leads to the table of the product); jwst issues 1881,
    5320 and 4338.
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


@rule("TAB007", "empty-table", Severity.WARNING, requires=("HDU004",))
def empty_table(context: Context) -> Iterator[Outcome]:
    """A table of variable length has at least one row.

    The data models write a table without rows where a schema names it and nothing fills it; programs that expect rows
    fail.

    How to fix: fill the table, or leave the HDU out if it is optional.
    Source: jwst issue 1711.
    """
    for row, hdu in context.tables():
        if hdu.rows == 0 and row.min_rows == 0 and row.dims.rows is None:
            yield Problem(
                f"{hdu.label} has no rows",
                hdu=hdu,
                keyword="NAXIS2",
                expected="at least 1 row",
                found="0 rows",
                group_key=context.group_key(row, "empty"),
            )


@rule("TAB008", "column-unit", Severity.WARNING, requires=("HDU004", *_READABLE))
def column_unit(context: Context) -> Iterator[Outcome]:
    """A column with a fixed unit has that unit.

    Programs that convert values by TUNITn, and programs that assume the documented unit, return different numbers.

    How to fix: write the expected TUNITn.
    Source: stdatamodels 6.0.0, schemas of the tables (unit).
    """
    for row, hdu, _, compared in compared_tables(context):
        for column, found in compared.units:
            yield Problem(
                f"{hdu.label} column {column.name} has the unit {quoted(found.unit or '')}, expected {quoted(column.unit or '')}",
                hdu=hdu,
                keyword=f"TUNIT{found.number}",
                column=column.name,
                expected=column.unit,
                found=found.unit or "no unit",
                group_key=context.group_key(row, column.name),
            )


@rule("TAB009", "vector-length", requires=("HDU004", *_READABLE), gives_way_to=("FITS062",))
def vector_length(context: Context) -> Iterator[Outcome]:
    """Vector columns that belong together have cells of the same length.

    The spectra of a time series are in vector columns with an element for each wavelength; the wavelength table of a
    cube has one for each plane. Where one column is shorter, its values are assigned to wrong wavelengths.

    How to fix: write all of them with the length that the message names.
    Source: stdatamodels 6.0.0, tso_spectable.schema.yaml and ifucube.schema.yaml.
    """
    for row, hdu, _, compared in compared_tables(context):
        vectors = compared.vectors
        if not vectors:
            continue
        lengths = [(name, column, column.tform.repeat) for name, column in vectors if column.tform is not None]
        for name in dict.fromkeys(name for name, _ in vectors):
            own = [(column, length) for other, column, length in lengths if other == name]
            solved = context.solution.solved(hdu).get(name)
            evidence = [length for _, length in own]
            want = solved.value if solved is not None else max(evidence, key=evidence.count)
            why = (
                f"{name} from {solved.origin}" if solved is not None else f"as in {evidence.count(want)} other columns"
            )
            for column, length in own:
                if length != want:
                    yield Problem(
                        f"{hdu.label} column {quoted(column.name or '')} has cells of {length} elements, expected {want} ({why})",
                        hdu=hdu,
                        keyword=f"TFORM{column.number}",
                        column=column.name,
                        expected=f"{want} elements",
                        found=f"{length} (TFORM{column.number} = {quoted(column.form or '')})",
                        group_key=context.group_key(row, f"length of {column.name}"),
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
    vector_length,
)
