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
from jwstprod_check.rules.fits.header_rule import MAX_FLAWED, Flaw, HeaderIndex, HeaderRule, problem
from jwstprod_check.rules.rule import Outcome, Rule

MAX_FLAWS: Final = 10_000
"""Flaws of one file after which its headers are not looked at any more."""

_MODULES = (cards, headers, mandatory, placement, reserved, time, tables, columns, compressed, originals, units)

HEADER_RULES: tuple[HeaderRule, ...] = tuple(r for module in _MODULES for r in module.HEADER_RULES)


class Crash(msgspec.Struct, frozen=True):
    """A header rule that failed, kept until the engine asks for the rule's problems."""

    error: Exception


@by_value(256)
def _triggered(triggers: frozenset[str]) -> tuple[HeaderRule, ...]:
    """Header rules that may find something in a header with these triggers."""
    return tuple(r for r in HEADER_RULES if not r.on or not triggers.isdisjoint(r.on))


def examine(header: Header) -> tuple[tuple[str, Flaw | Crash], ...]:
    """Ask every header rule that may find something in a header; of each, a thousand flaws are taken.

    A rule that crashes is remembered as a ``Crash``, for the engine to report under its code.
    """
    indexed = HeaderIndex(header)
    found: list[tuple[str, Flaw | Crash]] = []
    for asked in _triggered(indexed.triggers):
        code = asked.code
        try:
            for count, flaw in enumerate(asked.check(indexed)):
                if count == MAX_FLAWED:
                    if not indexed.cut:
                        found.append((headers.not_checked.code, headers.too_many(code)))
                    break
                found.append((code, flaw))
        except Exception as error:
            found.append((code, Crash(error.with_traceback(None))))
    return tuple(found)


def examine_headers(context: Context) -> dict[str, list[tuple[Hdu, Flaw | Crash]]]:
    """Flaws of all headers of a file by the code of the rule that found them; after ten thousand it stops."""
    found: dict[str, list[tuple[Hdu, Flaw | Crash]]] = {}
    count = 0
    for hdu in context.file.hdus:
        if count >= MAX_FLAWS:
            found.setdefault(headers.not_checked.code, []).append((hdu, headers.stopped(MAX_FLAWS)))
            break
        for code, flaw in hdu.header.memo_by_bytes(examine):
            found.setdefault(code, []).append((hdu, flaw))
            count += 1
    return found


def _report(code: str, context: Context) -> Iterator[Outcome]:
    for hdu, flaw in context.by_file(examine_headers).get(code, ()):
        if isinstance(flaw, Crash):
            raise flaw.error
        if hdu.index not in context.excluded:
            yield problem(hdu, flaw)


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
    sorted((*map(_as_rule, HEADER_RULES), *mandatory.RULES, *hdus.RULES), key=lambda r: r.code)
)


def data_rules() -> tuple[Rule, ...]:
    """Rules of the family that need the bytes of the data."""
    from jwstprod_check.rules.fits import data

    return data.RULES
