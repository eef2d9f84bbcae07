"""The cells of a small binary table that the data pass kept, by column."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.asdf.reading import kept
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Skip
from jwstprod_check.scan.tables import is_narrow

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_STORED: Final = {"B": ">u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
_UNSIGNED: Final = {"uint16": 2**15, "uint32": 2**31}


class Cells:
    """A table: its HDU, and its columns of numbers and text by name in upper case.

    A column of vectors has two axes. Numbers are as readers see them, with TSCALn and TZEROn; text is without trailing
    blanks. Columns of other types, of variable length or of 64-bit unsigned integers are left out, and of a large table the
    wide ones.
    """

    def __init__(self, hdu: Hdu, rows: int, columns: "dict[str, Array]") -> None:
        self.hdu = hdu
        self.rows = rows
        self.columns = columns

    def written(self, name: str) -> str:
        """Return the name of a column as its TTYPE has it."""
        return next((c.name for c in self.hdu.columns if c.name and upper_name(c) == name), name)

    def having(self, *names: str) -> "tuple[Array, ...] | None":
        """Return some columns, one value a row; None where one of them is missing or has vectors."""
        found = [self.columns.get(name) for name in names]
        given = tuple([column for column in found if column is not None and column.ndim == 1])
        return given if len(given) == len(names) else None


def upper_name(column: Column) -> str:
    """Name of a column as readers compare it: in upper case, without surrounding blanks."""
    return (column.name or "").strip(" ").upper()


def cells_of(context: Context, hdu: Hdu) -> Cells | Skip | None:
    """Read the cells of a table; None where it has no rows or another rule reports why it cannot be read."""
    return context.by_file(_read_cells, hdu.index)


def _read_cells(context: Context, index: int) -> Cells | Skip | None:
    import numpy as np

    hdu = context.file.hdus[index]
    if hdu.type != "BINTABLE" or not hdu.sized or not hdu.rows or len(hdu.axes) != 2:
        return None
    width, rows = hdu.axes
    if any(c.tform is None for c in hdu.columns) or sum(c.tform.width for c in hdu.columns if c.tform) != width:
        return Skip(f"the widths of the columns of {hdu.label} do not add up to its row width")
    data, present = kept(context, hdu), hdu.columns
    if data is None and context.scan is not None:
        # Of a large table the narrow columns alone.
        data, present = context.scan.narrow.get(index), tuple(c for c in hdu.columns if is_narrow(c))
        width = sum(c.tform.width for c in present if c.tform is not None)
    if data is None:
        return Skip(f"{hdu.label} is too large, or could not be read")
    if len(data) < width * rows:
        return Skip(f"{hdu.label} could not be read to its end")
    cells = np.frombuffer(data, np.uint8, width * rows).reshape(rows, width)
    columns: dict[str, Array] = {}
    start = 0
    for column, tform in ((c, c.tform) for c in present if c.tform is not None):
        read = _reader(hdu, column)
        if read is not None and tform.width:
            columns.setdefault(upper_name(column), read(np.ascontiguousarray(cells[:, start : start + tform.width])))
        start += tform.width
    return Cells(hdu, rows, columns)


def _reader(hdu: Hdu, column: Column) -> "Callable[[Array], Array] | None":
    """How the bytes of a column become values, None for a type that is not read."""
    code = column.tform.code if column.tform is not None else ""
    if code == "A":
        return _text
    if code not in _STORED or column.dtype is None or column.dtype == "uint64":
        return None
    scale = hdu.header.number(f"TSCAL{column.number}")
    zero = hdu.header.number(f"TZERO{column.number}")

    def numbers(piece: "Array") -> "Array":
        import numpy as np

        values: Array = piece.view(_STORED[code])
        values = values[:, 0] if values.shape[1] == 1 else values
        if column.dtype in _UNSIGNED:
            return values.astype(np.int64) + _UNSIGNED[column.dtype]
        if scale in {None, 1.0} and not zero:
            return values.astype(values.dtype.newbyteorder("="))
        return values.astype(np.float64) * (1.0 if scale is None else scale) + (zero or 0.0)

    return numbers


def _text(piece: "Array") -> "Array":
    """Strings of a column of text: a NUL ends one, and blanks at its end do not count."""
    import numpy as np

    found = [bytes(row).partition(b"\0")[0].decode("latin-1").rstrip(" ") for row in piece]
    return np.array(found, dtype=object)
