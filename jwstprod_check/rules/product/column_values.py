"""TAB: the cells of a table compared with the values that its column table allows, and the shutters and sources of the MSA."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.cells import Cells, cells_of
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.spec.schema import ColumnDocument
from jwstprod_check.text import listed, plural, quoted

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_TYPED: Final = ("HDU004", "TAB002", "TAB004")


@rule("TAB014", "column-value", Severity.WARNING, level="data", requires=_TYPED)
def column_value(context: Context) -> Iterator[Outcome]:
    """The cells of a column have values that the documentation allows.

    In the table of shutters SHUTTER_STATE is OPEN or CLOSED, flags are Y or N, a quadrant is 1 to 4 with 365 rows and 171
    columns of shutters, a source lies from 0 to 1 in its shutter, FIXED_SLIT is one of four slits or NONE. In the table of
    sources RA and DEC are on the sphere and STELLARITY is at most 1. The pipeline compares the words as they are written,
    and computes the place of a slit from the numbers. NaN is no value.

    How to fix: write the value that the message expects.
    Source: jwst documentation, data_products/msa_metadata.rst and srctype/description.rst; jwst 3.0.0,
    assign_wcs/nirspec.py (365 shutters in a column).
    """
    for row, hdu in context.tables():
        limited = [c for c in row.columns.columns if _is_limited(c)] if row.columns else []
        cells = cells_of(context, hdu) if limited else None
        if isinstance(cells, Skip):
            yield cells
        elif cells is not None:
            yield from (p for c in limited if (p := _value_problem(cells, c)) is not None)


def _is_limited(column: ColumnDocument) -> bool:
    return bool(column.values) or column.low is not None or column.high is not None


def _value_problem(cells: Cells, column: ColumnDocument) -> Problem | None:
    """The first cell of a column that has another value than is allowed."""
    import numpy as np

    values = cells.columns.get(column.name.upper())
    if values is None or values.ndim != 1:
        return None
    bad: Array = np.zeros(cells.rows, bool)
    if column.values:
        bad |= ~np.isin(values.astype(str), column.values)
    elif values.dtype.kind != "O":
        with np.errstate(invalid="ignore"):
            bad |= values < (-np.inf if column.low is None else column.low)
            bad |= values > (np.inf if column.high is None else column.high)
    for name, wanted in column.where.items():
        other = cells.columns.get(name.upper())
        if other is not None:
            bad &= other.astype(str) == wanted
    rows = np.flatnonzero(bad)
    if not len(rows):
        return None
    found = values[rows[0]]
    shown = quoted(found) if isinstance(found, str) else f"{found:.10g}"
    more = f", as {plural(len(rows) - 1, 'more row')}" if len(rows) > 1 else ""
    expected = _allowed(column)
    return Problem(
        f"{cells.hdu.label}: {column.name} is {shown} in row {rows[0] + 1}{more}; expected {expected}",
        hdu=cells.hdu,
        column=cells.written(column.name.upper()),
        expected=expected,
        found=shown,
    )


def _allowed(column: ColumnDocument) -> str:
    if column.values:
        return " or ".join(column.values)
    if column.low is None or column.high is None:
        return f"at most {column.high:g}" if column.low is None else f"at least {column.low:g}"
    return f"{column.low:g} to {column.high:g}"


_SHUTTERS: Final = "SHUTTER_INFO"
_SOURCES: Final = "SOURCE_INFO"
_PRIMARY: Final = "PRIMARY_SOURCE"
_SOURCE: Final = "SOURCE_ID"
_SLITLET: Final = ("SLITLET_ID", "MSA_METADATA_ID", "DITHER_POINT_INDEX")


def _named(context: Context, name: str) -> Hdu | None:
    return next((hdu for row, hdu in context.tables() if row.name == name), None)


def _read(context: Context, name: str) -> Cells | Skip | None:
    hdu = _named(context, name)
    return cells_of(context, hdu) if hdu is not None else None


@rule("TAB015", "primary-shutter", Severity.WARNING, level="data", requires=_TYPED, traits=("planning",))
def primary_shutter(context: Context) -> Iterator[Outcome]:
    """A slitlet has at most one primary shutter in each configuration and dither position.

    The primary shutter is the one that contains the source, so it gives the slit its place. The pipeline stops where a
    slitlet has two. A slitlet without one contains background.

    How to fix: set PRIMARY_SOURCE to N in all other shutters of the slitlet.
    Source: jwst documentation, data_products/msa_metadata.rst (PRIMARY_SOURCE); jwst 3.0.0, assign_wcs/nirspec.py
    (get_open_msa_slits).
    """
    cells = _read(context, _SHUTTERS)
    if isinstance(cells, Skip):
        yield cells
    columns = cells.having(_PRIMARY, *_SLITLET) if isinstance(cells, Cells) else None
    if not isinstance(cells, Cells) or columns is None:
        return
    fixed = cells.having("FIXED_SLIT")
    slits = fixed[0].tolist() if fixed is not None else ["NONE"] * cells.rows
    ids = zip(slits, *(c.tolist() for c in columns[1:]), strict=True)
    marked = Counter(key for key, flag in zip(ids, columns[0].tolist(), strict=True) if flag == "Y")
    several = [(key, count) for key, count in marked.items() if count > 1]
    if several:
        (slit, slitlet, configuration, dither), count = several[0]
        named = f"slitlet {slitlet}" if slit == "NONE" else f"fixed slit {quoted(slit)}"
        more = f", as {plural(len(several) - 1, 'more slitlet')}" if len(several) > 1 else ""
        yield Problem(
            f"{cells.hdu.label}: {named} has {count} primary shutters in configuration {configuration}, dither position "
            f"{dither}{more}",
            hdu=cells.hdu,
            column=cells.written(_PRIMARY),
            expected="at most 1 primary shutter",
            found=str(count),
        )


@rule("TAB016", "msa-source", Severity.WARNING, level="data", requires=_TYPED, traits=("planning",))
def msa_source(context: Context) -> Iterator[Outcome]:
    """Every source of SHUTTER_INFO is in SOURCE_INFO, once.

    Name, position and stellarity of a source are looked up by its SOURCE_ID; without them its spectra have none, and of two
    rows the first counts. Background slitlets have the number 0 and virtual ones negative numbers; neither is a source.

    How to fix: write the row of the source into SOURCE_INFO, or correct SOURCE_ID.
    Source: jwst documentation, data_products/msa_metadata.rst (SOURCE_ID, slitlets without a catalog source).
    """
    shutters, sources = _read(context, _SHUTTERS), _read(context, _SOURCES)
    yield from (cells for cells in (shutters, sources) if isinstance(cells, Skip))
    if not isinstance(sources, Cells) or (known := sources.having(_SOURCE)) is None:
        return
    counted = Counter(known[0].tolist())
    twice = [number for number, count in counted.items() if count > 1]
    if twice:
        yield Problem(
            f"{sources.hdu.label}: {_SOURCE} {listed(map(str, twice), 5)} {'appears' if len(twice) == 1 else 'appear'} in "
            "more than one row",
            hdu=sources.hdu,
            column=sources.written(_SOURCE),
            expected="one row for each source",
            found=plural(counted[twice[0]], "row"),
        )
    used = shutters.having(_SOURCE) if isinstance(shutters, Cells) else None
    if used is None or not isinstance(shutters, Cells):
        return
    lost = sorted({n for n in used[0].tolist() if n > 0 and n not in counted})
    if lost:
        yield Problem(
            f"{shutters.hdu.label}: {_SOURCE} {listed(map(str, lost), 5)} {'is' if len(lost) == 1 else 'are'} not in "
            f"{sources.hdu.label}",
            hdu=shutters.hdu,
            column=shutters.written(_SOURCE),
            expected=f"a {_SOURCE} of {sources.hdu.label}",
            found=listed(map(str, lost), 5),
        )


RULES = (column_value, primary_shutter, msa_source)
