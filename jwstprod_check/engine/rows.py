"""The rows of a spec beside the HDUs that stand for them: what a drawn table shows."""

from collections.abc import Iterable
from typing import Final

import msgspec

from jwstprod_check.findings import Finding, HduSummary, RowSummary, state_of
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.memo import Values
from jwstprod_check.rules.context import Context
from jwstprod_check.spec.model import Row
from jwstprod_check.text import printable

_PRINTABLE: Final = Values(printable, 1024)
"""Names and types of HDUs, safe to print: most files have the same."""


def summarise_hdus(file: FitsFile) -> tuple[HduSummary, ...]:
    """HDUs of a file as they are."""
    return tuple(
        [
            HduSummary(
                hdu.index,
                _PRINTABLE[hdu.extname] if hdu.extname is not None else None,
                hdu.extver,
                _PRINTABLE[hdu.type],
                hdu.dtype,
                hdu.axes,
            )
            for hdu in file.hdus
        ]
    )


def summarise_rows(context: Context, findings: list[Finding]) -> Iterable[RowSummary]:
    """Documented rows, and those that an amendment adds where the file has them, each with its state."""
    documented = {row.name: row for row in context.spec.spec.rows}
    for found in context.matching.matches:
        row = documented.get(found.row.name, found.row)
        hdus = (found.near,) if found.near is not None else found.hdus
        indices = tuple(h.index for h in hdus)
        if not found.row.documented and not hdus:
            continue
        shown = RowSummary(
            hdu=found.row.hdu,
            extname=found.row.extname,
            type=found.row.type,
            dtype=" or ".join(row.dtypes) or None,
            dims=row.text,
            optional=row.optional,
            documented=found.row.documented,
            indices=indices,
            state="ok",
            allowed=_allowed(row, found.row),
        )
        # An amendment may make a documented row optional.
        state = state_of(msgspec.structs.replace(shown, optional=found.row.optional), findings)
        yield msgspec.structs.replace(shown, state=state)


def _allowed(documented: Row, amended: Row) -> str | None:
    """What an amendment makes of the cells of a row, None where it changes none."""
    parts = []
    if amended.dtypes != documented.dtypes:
        parts.append(" or ".join(amended.dtypes))
    if amended.text != documented.text:
        parts.append(amended.text)
    if amended.optional != documented.optional:
        parts.append("optional" if amended.optional else "required")
    return ", ".join(parts) or None
