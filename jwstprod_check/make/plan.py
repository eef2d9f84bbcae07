"""Content of a made file: its HDUs, the values of its symbols, and its keywords.

Amendments depend on keywords and keywords on amendments, so both are settled together.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.defaults import defaults, implied_by, readout
from jwstprod_check.make.facts import PlannedFacts
from jwstprod_check.make.names import name_for
from jwstprod_check.make.sizes import contain_segment, state, values_of
from jwstprod_check.product.file_name import parse_name
from jwstprod_check.spec.amend import amend
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.model import ActiveSpec, Row, Spec

_ROUNDS: Final = 8


class Plan(msgspec.Struct, frozen=True):
    """A file to be made. ``keywords`` are those of the primary header; ``rows`` the extensions in order.

    ``asked`` are the keywords that were requested, which are written into the primary header wherever their home is.
    ``needed`` are other keywords that the product requires or recommends, in their home header. ``sets`` counts the EXTVERs of rows that come in sets; ``set_rows`` are their names in upper case.
    """

    spec: Spec
    active: ActiveSpec
    rows: tuple[Row, ...]
    symbols: dict[str, int]
    keywords: dict[str, Scalar]
    asked: frozenset[str]
    needed: tuple[str, ...]
    sets: int
    set_rows: frozenset[str]


def make_plan(
    spec: Spec,
    *,
    symbols: Mapping[str, int] | None = None,
    keywords: Mapping[str, Scalar] | None = None,
    optional: Iterable[str] = (),
    sets: int = 2,
    strict: bool = False,
) -> Plan:
    """Determine the content of a file of a product.

    ``symbols`` and ``keywords`` are requested values (a keyword of None is left out), ``optional`` the
    EXTNAMEs of optional rows to be written, ``sets`` the number of EXTVERs where HDUs come in sets; ``strict`` ignores
    amendments.
    Raises ``SpecError`` for a symbol or a row that the spec does not have.
    """
    asked = frozenset(n.upper() for n in optional)
    given, sizes = dict(keywords or {}), dict(symbols or {})
    own = {**implied_by(spec, asked), **given}
    written = {**defaults(spec, own), **own}
    names: frozenset[str] = asked
    for _ in range(_ROUNDS):
        before = dict(written), names
        active = amend(spec, PlannedFacts(written, names), strict)
        rows = _rows(active, asked)
        names = frozenset(r.name for r in rows)
        described = (*rows, *(r for r in active.rows if r.type == "primary"))
        values = values_of(active, described, sizes, PlannedFacts(written, names), own)
        for name, value in {**sizes, **values}.items():
            state(active.symbols[name], value, written, own, names)
            if name in spec.symbols:
                # So that the documented table applies without amendments too, where an amendment unbinds the symbol.
                state(spec.symbols[name], value, written, own, names)
        if (written, names) == before:
            break
    contain_segment(written, own)
    unknown = sorted(asked - names)
    if unknown:
        raise SpecError(f"{spec.product} has no row {unknown[0]!r}")
    name = str(written.setdefault("FILENAME", name_for(spec, written)))
    read = _read_by_steps(spec, written, names)
    written.update((k, v) for k, v in readout(written).items() if k in read and k not in written)
    needed = [k for k in dict.fromkeys([*_needed(spec, name), *read]) if k not in written]
    in_sets = frozenset(n.upper() for n in active.sets.rows) if active.sets else frozenset()
    kept: dict[str, Scalar] = {k: v for k, v in written.items() if v is not None}
    return Plan(spec, active, rows, values, kept, frozenset(given), tuple(needed), sets, in_sets)


def file_name(spec: Spec, keywords: Mapping[str, Scalar] | None = None, optional: Iterable[str] = ()) -> str:
    """Return the base name of a file made with these arguments, which is its FILENAME too; raises ``SpecError``."""
    return str(make_plan(spec, keywords=keywords, optional=optional).keywords["FILENAME"])


def _needed(spec: Spec, name: str) -> list[str]:
    """Keywords that the product requires or recommends, besides those of its dimensions."""
    needs = spec.header
    words = [*needs.required, *needs.recommended]
    if parse_name(name, spec.recognise.by_form()).of_association:
        words += [*needs.combined_required, *needs.combined_recommended]
    return words


def _read_by_steps(spec: Spec, written: Mapping[str, Scalar], names: frozenset[str]) -> list[str]:
    """Keywords that steps read in such a file."""
    facts = PlannedFacts({"BUNIT": next(iter(spec.header.units), None), **written}, names)
    return [need.keyword for need in spec.step_keywords if need.when is None or need.when.holds(facts)]


def _rows(active: ActiveSpec, asked: frozenset[str]) -> tuple[Row, ...]:
    """Extensions to be written, in documented order, ASDF last."""
    rows = [r for r in active.rows if r.extname and (not r.optional or r.name in asked)]
    return tuple(sorted(rows, key=lambda r: r.name == "ASDF"))
