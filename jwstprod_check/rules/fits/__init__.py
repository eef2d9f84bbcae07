"""FITS: the standard on raw cards.

Most rules of the family look at one header. What they find follows from its bytes, so all of them run at once, and
once for all headers of the same bytes.
"""

from collections.abc import Iterator
from functools import partial, update_wrapper
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.memo import by_value
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.fits import (
    cards,
    columns,
    compressed,
    hdus,
    headers,
    mandatory,
    originals,
    placement,
    reserved,
    tables,
    time,
    units,
)
from jwstprod_check.rules.fits.header_rule import MAX_DEFECTIVE, HeaderIndex, HeaderRule, in_hdu
from jwstprod_check.rules.rule import Outcome, Rule, Skip

MAX_PROBLEMS: Final = 10_000
"""Problems of one rule in all headers of a file; more of them are not checked, and the report says so."""

_MODULES = (cards, headers, mandatory, placement, reserved, time, tables, columns, compressed, originals, units)

HEADER_RULES: tuple[HeaderRule, ...] = tuple(r for module in _MODULES for r in module.HEADER_RULES)


class Crash(msgspec.Struct, frozen=True):
    """A header rule that failed, kept until the engine asks for the rule's problems."""

    error: Exception


Found = Outcome | Crash


@by_value(256)
def _triggered(triggers: frozenset[str]) -> tuple[HeaderRule, ...]:
    """Header rules that may find something in a header with these triggers."""
    return tuple(r for r in HEADER_RULES if not r.on or not triggers.isdisjoint(r.on))


def examine(header: Header) -> tuple[tuple[str, Found], ...]:
    """Ask every header rule that may find something in a header; of each, a thousand problems are taken.

    What was not checked is a ``Skip`` of each rule that it concerns. A rule that crashes is remembered as a ``Crash``, for
    the engine to report under its code.
    """
    indexed = HeaderIndex(header)
    found: list[tuple[str, Found]] = []
    if indexed.cut:
        rest = Skip("the rest of the header was not checked", (headers.not_checked.code,))
        found += [(r.code, rest) for r in HEADER_RULES if r is not headers.not_checked]
    for asked in _triggered(indexed.triggers):
        code = asked.code
        try:
            for count, outcome in enumerate(asked.check(indexed)):
                if count == MAX_DEFECTIVE:
                    found.append((code, Skip(f"it stopped after {MAX_DEFECTIVE} problems")))
                    break
                found.append((code, outcome))
        except Exception as error:
            found.append((code, Crash(error.with_traceback(None))))
    return tuple(found)


def examine_headers(context: Context) -> dict[str, list[tuple[Hdu, Found]]]:
    """Problems of all headers of a file by the code of the rule that found them; of each, ten thousand are taken."""
    found: dict[str, list[tuple[Hdu, Found]]] = {}
    for hdu in context.file.hdus:
        for code, outcome in hdu.header.memo_by_bytes(examine):
            problems = found.setdefault(code, [])
            if len(problems) < MAX_PROBLEMS:
                problems.append((hdu, outcome))
            elif len(problems) == MAX_PROBLEMS:
                problems.append((hdu, Skip(f"it stopped after {MAX_PROBLEMS} problems")))
    return found


def _report(code: str, context: Context) -> Iterator[Outcome]:
    for hdu, outcome in context.by_file(examine_headers).get(code, ()):
        if isinstance(outcome, Crash):
            raise outcome.error
        if isinstance(outcome, Skip):
            yield msgspec.structs.replace(outcome, reason=f"{hdu.label}: {outcome.reason}", hdu=hdu)
        elif hdu.index not in context.excluded:
            yield in_hdu(outcome, hdu)


def _as_rule(r: HeaderRule) -> Rule:
    check = partial(_report, r.code)
    update_wrapper(check, r.check)
    return Rule(
        r.code,
        r.name,
        r.severity,
        "structure",
        "walk",
        r.requires,
        check,
        r.gives_way_to,
        examined_by=examine_headers,
    )


RULES: tuple[Rule, ...] = tuple(
    # What was not checked comes first: it says why other rules could not be checked.
    sorted(
        (*map(_as_rule, HEADER_RULES), *mandatory.RULES, *hdus.RULES),
        key=lambda r: (r.code != headers.not_checked.code, r.code),
    )
)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the family that need the bytes of the data."""
    from jwstprod_check.rules.fits import data

    return data.RULES
