"""Values of a made file's arrays and columns: small numbers that pass every check of data.

They vary, are finite, and positive where required; variances add up to the square of the error; times lie within the
exposure.
"""

from collections.abc import Mapping
from math import prod
from typing import Any, Final

import msgspec

from jwstprod_check.make.defaults import SECONDS, START
from jwstprod_check.make.oifits import cells, length_of_cell, rows_of, text
from jwstprod_check.make.plan import Plan
from jwstprod_check.spec.dims import Factor, evaluate
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.model import Row
from jwstprod_check.spec.patterns import example
from jwstprod_check.spec.schema import ColumnDocument

_FORMATS: Final = {
    "bool": "L",
    "uint8": "B",
    "int8": "B",
    "int16": "I",
    "uint16": "I",
    "int32": "J",
    "uint32": "J",
    "int64": "K",
    "uint64": "K",
    "float32": "E",
    "float64": "D",
    "complex64": "C",
    "complex128": "M",
}
_ZEROS: Final = {"int8": -128, "uint16": 2**15, "uint32": 2**31, "uint64": 2**63}
_TEXT: Final = 16
_CELL: Final = 4
_UNKNOWN_AXES: Final = (8, 6)
_PERIOD: Final = 97
_INTEGRATION: Final = "INT_NUM"


def length_of(factor: Factor | None, symbols: Mapping[str, int], default: int) -> int:
    """Whole value of a factor; ``default`` for a part that is variable."""
    value = evaluate(factor, symbols) if factor is not None and not factor.anything else (default, 1)
    if value is None or value[1] != 1 or value[0] < 0:
        raise SpecError(f"the dimension {factor} is not a whole number with {dict(symbols)}")
    return value[0]


def axes_of(row: Row, symbols: Mapping[str, int]) -> tuple[int, ...]:
    """Axes of an image in FITS order."""
    if row.dims.kind != "image":
        return _UNKNOWN_AXES
    return tuple(length_of(factor, symbols, _CELL) for factor in row.dims.axes)


def dtype_of(row: Row) -> str:
    """Type of an image: the documented one, which comes first."""
    return row.dtypes[0] if row.dtypes else "float32"


def image(row: Row, axes: tuple[int, ...], variances: int) -> Any:
    """Array of an image, in NumPy order. ``variances`` is the number of variance arrays of an error array."""
    import numpy as np

    count = prod(axes)
    name = row.name
    values: Any
    if name.endswith("DQ") or not count:
        values = np.zeros(count)
    elif name == "CON":
        values = np.ones(count)
    elif name == "ERR" and variances:
        values = np.sqrt(variances * (1.0 + np.arange(count) % _PERIOD))
    else:
        values = 1.0 + np.arange(count) % _PERIOD
    return values.reshape(axes[::-1]).astype(dtype_of(row))


class Field(msgspec.Struct, frozen=True):
    """A column to be made: ``base`` is its type without the length, ``repeat`` the length of a cell, None for a scalar.

    ``value`` is one that a cell may have, where not all may be.
    """

    name: str
    base: str
    repeat: int | None
    unit: str | None
    value: str | float | None = None


def rows_in(row: Row, plan: Plan) -> int:
    """Rows of a table."""
    return length_of(row.dims.rows, plan.symbols, _rows_at_will(row, plan))


def _rows_at_will(row: Row, plan: Plan) -> int:
    """Rows of a table whose dimensions leave them open: those of integrations where it has one in each row."""
    counted = rows_of(row.name, plan.symbols.get("nints", 1))
    if counted:
        return counted
    if row.columns is not None and any(c.name == _INTEGRATION for c in row.columns.columns):
        first, last, count = (plan.keywords.get(k) for k in ("INTSTART", "INTEND", "NINTS"))
        if isinstance(first, int) and isinstance(last, int):
            return max(last - first + 1, row.min_rows)
        if isinstance(count, int):
            return max(count, row.min_rows)
    return max(row.min_rows, 1)


def fields(row: Row, plan: Plan) -> list[Field]:
    """Columns of a table: those that its column table requires, or as many as it has, unnamed."""
    listed = [c for c in row.columns.columns if not c.optional] if row.columns else []
    if listed:
        return [_field(row, plan, c) for c in listed]
    count = length_of(row.dims.cols, plan.symbols, 1)
    return [Field(f"column{n}", "float64", None, None) for n in range(1, count + 1)]


def _field(row: Row, plan: Plan, column: ColumnDocument) -> Field:
    name, unit = example(column.name), column.unit
    cell = column.dtype if isinstance(column.dtype, str) else column.dtype[0]
    value = column.values[0] if column.values else column.low if column.low is not None else column.high
    base, _, length = cell.rstrip("]").partition("[")
    if base.startswith("str"):
        return Field(name, "str", int(base[3:] or _TEXT), unit, value)
    if base not in _FORMATS:
        raise SpecError(f"no column can be made of type {cell!r}")
    if not length:
        return Field(name, base, None, unit, value)
    known = int(length) if length.isdigit() else plan.symbols.get(length)
    return Field(name, base, known or length_of_cell(row.name) or _CELL, unit, value)


def column(row: Row, field: Field, rows: int, plan: Plan) -> Any:
    """Return a column with its values, for astropy."""
    from astropy.io import fits

    if field.base == "str":
        fixed = field.value if field.value is not None else text(field.name.upper())
        texts = [str(fixed or f"{field.name} {n + 1}")[: field.repeat] for n in range(rows)]
        return fits.Column(field.name, f"{field.repeat}A", field.unit, array=texts)
    letter = _FORMATS[field.base]
    form = letter if field.repeat is None else f"{field.repeat}{letter}"
    referring = cells(row.name, field.name.upper(), rows, field.repeat or 1, plan.keywords)
    array = _cells(field, rows, plan) if referring is None else referring.astype(field.base)
    return fits.Column(field.name, form, field.unit, bzero=_ZEROS.get(field.base), array=array)


def _cells(field: Field, rows: int, plan: Plan) -> Any:
    import numpy as np

    repeat = field.repeat or 1
    shape = (rows,) if repeat == 1 else (rows, repeat)
    values: Any
    counts = 1 + np.arange(rows * repeat).reshape(shape) % _PERIOD
    lowered = field.name.lower()
    if field.value is not None:
        values = np.full(shape, field.value)
    elif lowered == "n_alongdisp":
        values = np.full(shape, plan.symbols.get("nelem") or _CELL)
    elif lowered in {"integration_number", _INTEGRATION.lower()}:
        first = plan.keywords.get("INTSTART")
        values = counts - 1 + (first if isinstance(first, int) else 1)
    elif lowered.startswith("int_") and field.base == "float64":
        part = {"start": 0.0, "mid": 0.5, "end": 1.0}.get(lowered.split("_")[1], 0.5)
        values = START + (counts - 1 + part) * SECONDS / 86400 / max(rows, 1)
    elif "dq" in lowered.split("_"):
        values = np.zeros(shape)
    else:
        values = counts
    return values.astype(field.base)
