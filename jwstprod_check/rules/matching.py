"""Which HDU stands for which row of the spec."""

from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.reader import FitsFile
from jwstprod_check.spec.model import ActiveSpec, Row

NEAR: Final = 0.7
"""Similarity from which a name counts as a misspelling of another."""


class Match(msgspec.Struct, frozen=True):
    """A row and the HDUs of its name, in file order; ``near`` is an HDU that is probably meant for a missing row."""

    row: Row
    hdus: tuple[Hdu, ...]
    near: Hdu | None = None


class Matching(msgspec.Struct, frozen=True):
    """All rows with their HDUs, and the HDUs that no row claims."""

    matches: tuple[Match, ...]
    unclaimed: tuple[Hdu, ...]


def match(file: FitsFile, spec: ActiveSpec) -> Matching:
    """Assign HDUs to rows by EXTNAME, without regard to case and surrounding blanks.

    A required row without an HDU is offered an unclaimed HDU whose name is nearly its own, or which has the
    row's type, dtype and number of axes and stands where the document puts the row.
    """
    claimed: dict[str, list[Hdu]] = {row.name: [] for row in spec.rows if row.extname}
    unclaimed: list[Hdu] = []
    for hdu in file.hdus[1:]:
        claimed.get(hdu.name, unclaimed).append(hdu)
    primary = file.hdus[:1]
    matches: list[Match] = []
    for row in spec.rows:
        found = tuple(claimed[row.name]) if row.extname else primary
        near = None if found or row.optional else _nearest(row, unclaimed)
        if near is not None:
            unclaimed.remove(near)
        matches.append(Match(row, found, near))
    return Matching(tuple(matches), tuple(unclaimed))


def _nearest(row: Row, hdus: list[Hdu]) -> Hdu | None:
    from difflib import SequenceMatcher

    for hdu in hdus:
        if SequenceMatcher(None, hdu.name, row.name).ratio() >= NEAR:
            return hdu
    index = row.hdu if row.hdu is not None else -1
    alike = [h for h in hdus if h.index == index and fits_row(h, row)]
    return alike[0] if len(alike) == 1 else None


def fits_row(hdu: Hdu, row: Row) -> bool:
    """Whether an HDU has the type, the dtype and the number of axes of a row."""
    if hdu.type != row.type or (row.dtypes and hdu.dtype not in row.dtypes):
        return False
    return row.dims.kind != "image" or len(hdu.axes) == len(row.dims.axes)
