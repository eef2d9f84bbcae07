"""Which HDU belongs to which row of the spec."""

import sys
from collections.abc import Iterator
from itertools import compress
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.memo import by_value
from jwstprod_check.near import is_near as is_similar
from jwstprod_check.spec.model import ActiveSpec, Row

NEAR: Final = 0.7
"""Similarity from which a name is treated as a misspelling of another."""

_MOST_NEAR: Final = 100
_MOST_OFFERED: Final = 1000

_REMEMBERED: Final = 100
"""Largest number of HDUs in a file for which the assignment of names to rows is remembered."""


class Match(msgspec.Struct, frozen=True):
    """A row and the HDUs of its name, in file order; ``near`` is an HDU that is probably a missing row.

    ``near_in_sets`` are HDUs that are probably the row in a set that lacks it.
    """

    row: Row
    hdus: tuple[Hdu, ...]
    near: Hdu | None = None
    near_in_sets: tuple[Hdu, ...] = ()

    def standing(self, several: bool) -> tuple[Hdu, ...]:
        """HDUs of the row: the first, or with ``several`` the first of each EXTVER. Others are duplicates.

        Of a row of several names it is the first of each name and EXTVER.
        """
        if not (several or self.row.repeats):
            return self.hdus[:1]
        firsts: dict[tuple[str, int], Hdu] = {}
        for hdu in self.hdus:
            firsts.setdefault((hdu.name, hdu.extver), hdu)
        return tuple(firsts.values())


class Matching(msgspec.Struct, frozen=True):
    """All rows with their HDUs, and the HDUs of no row.

    ``present`` states for each row whether it has any; ``found`` are the rows that have.
    """

    matches: tuple[Match, ...]
    unclaimed: tuple[Hdu, ...]
    present: tuple[bool, ...]
    found: tuple[Match, ...]


def match(file: FitsFile, spec: ActiveSpec) -> Matching:
    """Assign HDUs to rows by EXTNAME, ignoring case and surrounding blanks.

    A required row without an HDU gets an unclaimed HDU with a similar name, or the only one that has the row's type,
    dtype, number of axes or columns and is between the HDUs of the rows around it.
    """
    hdus = file.hdus
    names = tuple([hdu.name for hdu in hdus])
    places, left = _claims(spec, names) if len(names) <= _REMEMBERED else _claim(spec, names)
    found = [tuple(map(hdus.__getitem__, own)) for own in places]
    present = tuple(map(bool, places))
    if left:
        matches, unclaimed = _with_misspelt(spec, found, [hdus[i] for i in left])
    else:
        matches, unclaimed = list(map(Match, spec.rows, found)), []
    return Matching(tuple(matches), tuple(unclaimed), present, tuple(compress(matches, present)))


def _claim(spec: ActiveSpec, names: tuple[str, ...]) -> tuple[list[tuple[int, ...]], list[int]]:
    """Indices of the HDUs of each row, and of those of no row."""
    claimed: dict[str, list[int]] = {row.name: [] for row in spec.rows if row.extname}
    unclaimed: list[int] = []
    several = [row for row in spec.rows if row.repeats]
    for index, name in enumerate(names[1:], 1):
        own = claimed.get(name)
        if own is None and several:
            own = next((claimed[row.name] for row in several if row.claims(name)), None)
        (unclaimed if own is None else own).append(index)
    return [tuple(claimed[row.name]) if row.extname else (0,) * bool(names) for row in spec.rows], unclaimed


_claims = by_value(256)(_claim)


def _with_misspelt(
    spec: ActiveSpec, found: list[tuple[Hdu, ...]], unclaimed: list[Hdu]
) -> tuple[list[Match], list[Hdu]]:
    """Assign HDUs of no row to rows that lack one."""
    claimed = {row.name: own for row, own in zip(spec.rows, found, strict=True) if row.extname}
    matches: list[Match] = []
    for row, own in zip(spec.rows, found, strict=True):
        near: Hdu | None = None
        near_in_sets: tuple[Hdu, ...] = ()
        if unclaimed and row.name in spec.set_rows and not row.optional:
            near_in_sets = _nearest_in_sets(row, own, unclaimed, spec, claimed)
            near = near_in_sets[0] if near_in_sets and not own else None
        elif unclaimed and not own and not row.optional:
            near = _nearest(row, unclaimed, _gap(row, spec, claimed))
        if near is not None or near_in_sets:
            unclaimed = [hdu for hdu in unclaimed if hdu is not near and hdu not in near_in_sets]
        matches.append(Match(row, own, near, near_in_sets))
    return matches, unclaimed


@by_value(4096)
def is_near(name: str, wanted: str) -> bool:
    """Whether a name is probably a misspelling of another, or the other with a word or a number added (``DQ_OLD``, ``DQ2``)."""
    added = (
        name.startswith(f"{wanted}_")
        or name.endswith(f"_{wanted}")
        or (name.startswith(wanted) and name[len(wanted) :].isdecimal())
    )
    return (bool(wanted) and added) or is_similar(name, wanted, NEAR)


def _nearest(row: Row, hdus: list[Hdu], gap: range) -> Hdu | None:
    for hdu in hdus[:_MOST_OFFERED]:
        if is_near(hdu.name, row.name):
            return hdu
    alike = [h for h in hdus if h.index in gap and fits_row(h, row)]
    return alike[0] if len(alike) == 1 else None


def _gap(row: Row, spec: ActiveSpec, claimed: dict[str, tuple[Hdu, ...]], extver: int | None = None) -> range:
    """Indices between the HDUs of the required rows before and after a row, those of one set where ``extver`` is given."""
    in_sets = {name.upper() for name in spec.sets.rows} if spec.sets and extver is not None else set()
    required = [r for r in spec.rows if r.extname and (not r.optional or r is row)]
    at = next(i for i, r in enumerate(required) if r is row)

    def places(rows: list[Row]) -> Iterator[int]:
        return (h.index for r in rows for h in claimed[r.name] if r.name not in in_sets or h.extver == extver)

    return range(max(places(required[:at]), default=0) + 1, min(places(required[at + 1 :]), default=sys.maxsize))


def _nearest_in_sets(
    row: Row, found: tuple[Hdu, ...], unclaimed: list[Hdu], spec: ActiveSpec, claimed: dict[str, tuple[Hdu, ...]]
) -> tuple[Hdu, ...]:
    """HDUs that are probably a row in the sets that lack it: of a similar name, or the only one that fits the place.

    By its place alone an image is only taken for a member of a set that has others.
    """
    extvers = {hdu.extver for hdu in found}
    sets = {name.upper() for name in spec.sets.rows} if spec.sets else set()
    others = {hdu.extver for name in sets for hdu in claimed.get(name, ())}
    offered: dict[int, list[Hdu]] = {}
    for hdu in unclaimed[:_MOST_NEAR]:
        if hdu.extver not in extvers:
            offered.setdefault(hdu.extver, []).append(hdu)
    near = []
    for extver, hdus in offered.items():
        similar = [h for h in hdus if is_near(h.name, row.name)]
        gap = _gap(row, spec, claimed, extver)
        certain = extver in others or row.columns is not None
        alike = similar[:1] or [h for h in hdus if certain and h.index in gap and fits_row(h, row)]
        near += alike if len(alike) == 1 else []
    return tuple(near)


def fits_row(hdu: Hdu, row: Row) -> bool:
    """Whether an HDU has the type of a row, and its dtype and number of axes or most of its columns."""
    if hdu.type != row.type or (row.dtypes and hdu.dtype not in row.dtypes):
        return False
    if row.columns is not None:
        present = {(c.name or "").strip(" ").upper() for c in hdu.columns}
        known = sum(c.name.upper() in present for c in row.columns.columns)
        return 2 * known > len(row.columns.columns)
    return row.dims.kind != "image" or len(hdu.axes) == len(row.dims.of_rank(len(hdu.axes)).axes)


def is_header_only(row: Row, hdu: Hdu) -> bool:
    """Whether an HDU of an optional row is a header without data, as the data models leave it."""
    return row.optional and row.dims.kind == "image" and not hdu.axes and hdu.header.integer("NAXIS") == 0
