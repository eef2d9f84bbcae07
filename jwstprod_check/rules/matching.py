"""Which HDU stands for which row of the spec."""

import sys
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.reader import FitsFile
from jwstprod_check.spec.model import ActiveSpec, Row

NEAR: Final = 0.7
"""Similarity from which a name counts as a misspelling of another."""

_MOST_NEAR: Final = 100


class Match(msgspec.Struct, frozen=True):
    """A row and the HDUs of its name, in file order; ``near`` is an HDU that is probably meant for a missing row.

    ``near_in_sets`` are HDUs that are probably meant for the row in a set that lacks it.
    """

    row: Row
    hdus: tuple[Hdu, ...]
    near: Hdu | None = None
    near_in_sets: tuple[Hdu, ...] = ()

    def standing(self, several: bool) -> tuple[Hdu, ...]:
        """HDUs that stand for the row: the first, or with ``several`` the first of each EXTVER. Others are duplicates."""
        if not several:
            return self.hdus[:1]
        firsts: dict[int, Hdu] = {}
        for hdu in self.hdus:
            firsts.setdefault(hdu.extver, hdu)
        return tuple(firsts.values())


class Matching(msgspec.Struct, frozen=True):
    """All rows with their HDUs, and the HDUs that no row claims."""

    matches: tuple[Match, ...]
    unclaimed: tuple[Hdu, ...]


def match(file: FitsFile, spec: ActiveSpec) -> Matching:
    """Assign HDUs to rows by EXTNAME, without regard to case and surrounding blanks.

    A required row without an HDU is offered an unclaimed HDU whose name is nearly its own, or the only one that has the
    row's type, dtype, number of axes or columns and stands between the HDUs of the rows around it.
    """
    claimed: dict[str, list[Hdu]] = {row.name: [] for row in spec.rows if row.extname}
    unclaimed: list[Hdu] = []
    for hdu in file.hdus[1:]:
        claimed.get(hdu.name, unclaimed).append(hdu)
    primary = file.hdus[:1]
    in_sets = {name.upper() for name in spec.sets.rows} if spec.sets else set()
    matches: list[Match] = []
    for row in spec.rows:
        found = tuple(claimed[row.name]) if row.extname else primary
        near = None if found or row.optional or not unclaimed else _nearest(row, unclaimed, _gap(row, spec, claimed))
        if near is not None:
            unclaimed.remove(near)
        near_in_sets = _misspelt(row, found, unclaimed) if unclaimed and found and row.name in in_sets else ()
        unclaimed = [hdu for hdu in unclaimed if hdu not in near_in_sets] if near_in_sets else unclaimed
        matches.append(Match(row, found, near, near_in_sets))
    return Matching(tuple(matches), tuple(unclaimed))


def is_near(name: str, wanted: str) -> bool:
    """Whether a name is probably a misspelling of another."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, name, wanted).ratio() >= NEAR


def _nearest(row: Row, hdus: list[Hdu], gap: range) -> Hdu | None:
    for hdu in hdus:
        if is_near(hdu.name, row.name):
            return hdu
    alike = [h for h in hdus if h.index in gap and fits_row(h, row)]
    return alike[0] if len(alike) == 1 else None


def _gap(row: Row, spec: ActiveSpec, claimed: dict[str, list[Hdu]]) -> range:
    """Indices between the HDUs of the required rows before and after a row."""
    required = [r for r in spec.rows if r.extname and not r.optional]
    at = next(i for i, r in enumerate(required) if r is row)
    before = [h.index for r in required[:at] for h in claimed[r.name]]
    after = [h.index for r in required[at + 1 :] for h in claimed[r.name]]
    return range(max(before, default=0) + 1, min(after, default=sys.maxsize))


def _misspelt(row: Row, found: tuple[Hdu, ...], unclaimed: list[Hdu]) -> tuple[Hdu, ...]:
    """HDUs of nearly the name of a row, in sets that have none of the right name."""
    extvers = {hdu.extver for hdu in found}
    return tuple(h for h in unclaimed[:_MOST_NEAR] if h.extver not in extvers and is_near(h.name, row.name))


def fits_row(hdu: Hdu, row: Row) -> bool:
    """Whether an HDU has the type of a row, and its dtype and number of axes or most of its columns."""
    if hdu.type != row.type or (row.dtypes and hdu.dtype not in row.dtypes):
        return False
    if row.columns is not None:
        present = {(c.name or "").strip(" ").upper() for c in hdu.columns}
        known = sum(c.name.upper() in present for c in row.columns.columns)
        return 2 * known > len(row.columns.columns)
    return row.dims.kind != "image" or len(hdu.axes) == len(row.dims.axes)
