"""Which amendments a verdict relies on: where the file differs from the documented table and is allowed to."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.match.columns import compare
from jwstprod_check.match.dimensions import state
from jwstprod_check.match.rows import is_header_only
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.hdus import displaced
from jwstprod_check.spec.dims import Dims, fits_factor
from jwstprod_check.spec.model import Amendment, Patch, Row
from jwstprod_check.spec.schema import SetsDocument
from jwstprod_check.text import listed, quoted

HEADER_ONLY: Final = Amendment(
    id="header-of-an-optional-array",
    because="the data models leave the header of an array that they do not have, where it contains keywords",
    source="stdatamodels 6.0.0, fits_support.py (keywords with a fits_hdu are written without the array)",
    when=None,
    patches=(),
    symbols={},
    sets=None,
    free_order=False,
)
"""The amendment of every table: whichever row is optional may be a header without data."""


class Difference(msgspec.Struct, frozen=True):
    """Where a file differs from the documented table as an amendment allows, at an HDU (by index) or at a missing EXTNAME."""

    text: str
    hdu: int | None = None
    extname: str | None = None


def rests_on(context: Context) -> list[tuple[Amendment, list[Difference]]]:
    """Amendments without which the verdict would be different, each with what it allows.

    Differences that the amendment does not allow are not included: they have findings of their own.
    """
    return context.by_structure(_all_differences)


def _all_differences(context: Context) -> list[tuple[Amendment, list[Difference]]]:
    return list(_rests_on(context))


def _rests_on(context: Context) -> Iterator[tuple[Amendment, list[Difference]]]:
    applied = context.spec.applied
    documented = {row.name: row for row in context.spec.spec.rows}
    moved = displaced(context) if any(amendment.free_order for amendment in applied) else None
    found = {m.row.name: m.hdus for m in context.matching.found}
    for amendment in applied:
        differences: list[Difference] = []
        for patch in amendment.patches:
            name = patch.extname.upper()
            row, hdus = documented.get(name), found.get(name, ())
            if row is None:
                differences += [Difference(f"{name} is not in the documented table", h.index) for h in hdus[:1]]
            elif not hdus:
                allowed = patch.optional and not row.optional
                differences += [Difference(f"{name} is missing", extname=name)] if allowed else []
            else:
                differences += _differences(context, patch, row, hdus[0])
        differences += _keywords(context, amendment)
        if amendment.free_order and moved is not None:
            differences.append(Difference(f"{moved.label} is HDU {moved.index}", moved.index))
        if amendment.sets is not None and context.spec.spec.sets is None:
            differences += _in_sets(amendment.sets, found)
        if differences:
            yield amendment, differences
    empty = [] if context.strict else [hdu for row, hdu in context.images() if is_header_only(row, hdu)]
    if empty:
        yield HEADER_ONLY, [Difference(f"{hdu.label} has no data", hdu.index) for hdu in empty]


def _in_sets(sets: SetsDocument, found: Mapping[str, Sequence[Hdu]]) -> list[Difference]:
    """The first HDU of a second set, where the documented table has one HDU of each name."""
    second = [hdu for name in sets.rows for hdu in found.get(name.upper(), ())[1:2]]
    return [Difference(f"{hdu.label} is there beside {hdu.name}", hdu.index) for hdu in second[:1]]


def _differences(context: Context, patch: Patch, row: Row, hdu: Hdu) -> list[Difference]:
    differences = []
    if patch.dtypes and hdu.dtype in patch.dtypes and hdu.dtype not in row.dtypes:
        differences.append(f"{hdu.label} is {hdu.dtype}")
    if patch.dims is not None and not _has(row.dims, hdu, context) and _has(patch.dims, hdu, context):
        differences.append(f"{hdu.label} is not {row.dims}")
    if patch.columns is not None and row.columns is not None and not compare(patch.columns, hdu).departures:
        names = compare(row.columns, hdu).departures
        differences += [f"{hdu.label} differs in {listed(quoted(n) for n in names)}"] if names else []
    return [Difference(text, hdu.index) for text in differences]


def _has(dims: Dims, hdu: Hdu, context: Context) -> bool:
    """Whether an HDU has given dimensions, as far as their symbols are solved."""
    values = context.solution.values(hdu)
    if dims.kind == "image":
        dims = dims.of_rank(len(hdu.axes))
        return len(hdu.axes) == len(dims.axes) and all(map(fits_factor, dims.axes, hdu.axes, repeat(values)))
    if dims.kind == "table":
        pairs = ((dims.cols, hdu.fields), (dims.rows, hdu.rows))
        return all(f is None or n is None or fits_factor(f, n, values) for f, n in pairs)
    return True


def _keywords(context: Context, amendment: Amendment) -> list[Difference]:
    """Symbols whose documented keywords contradict the arrays."""
    differences = []
    for name in amendment.symbols:
        solved = context.solution.symbols.get(name)
        original = context.spec.spec.symbols.get(name)
        statement = state(original, context.facts) if original is not None else None
        if solved is not None and statement is not None and not statement.allows(solved.value):
            text = f"{statement.text} = {statement.value} while {name} is {solved.value}"
            differences.append(
                Difference(text, next((v.hdu for v in solved.measurements if v.value == solved.value), None))
            )
    return differences
