"""Cells of the tables of a file changed by name."""

import struct
from dataclasses import replace

from builders import edited, width_of, with_rows

PACKED = {"B": ">B", "I": ">h", "J": ">i", "K": ">q", "E": ">f", "D": ">d"}


def with_cell(part, column, row, value, element=0):
    """The table with one number, or one text, of a column replaced. Rows and elements count from 0."""
    at = 0
    for n in range(1, part.number("TFIELDS") + 1):
        form = part.text(f"TFORM{n}")
        if part.text(f"TTYPE{n}").upper() == column.upper():
            break
        at += width_of(form)
    else:
        raise LookupError(column)
    code = form.lstrip("0123456789")
    if code == "A":
        data = value.encode().ljust(width_of(form))
    else:
        data = struct.pack(PACKED[code], value - int(part.text(f"TZERO{n}") or 0) if code != "D" else value)
        at += element * len(data)
    at += row * part.number("NAXIS1")
    return replace(part, data=part.data[:at] + data + part.data[at + len(data) :])


def with_cells(raw, extname, *cells, rows=None):
    """The file with cells of a table replaced: ``(column, row, value)`` or ``(column, row, value, element)``.

    ``rows`` gives the table another number of rows first, which repeat those that it has.
    """

    def change(part):
        part = part if rows is None else with_rows(part, rows)
        for cell in cells:
            part = with_cell(part, *cell)
        return part

    return edited(raw, extname, change)
