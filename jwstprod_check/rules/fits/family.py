"""FITS: the standard on raw cards. The modules of the family, and one header through all its header rules."""

from functools import lru_cache
from typing import Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.rules.fits import cards as fits_cards
from jwstprod_check.rules.fits import columns as fits_columns
from jwstprod_check.rules.fits import compressed as fits_compressed
from jwstprod_check.rules.fits import hdus as fits_hdus
from jwstprod_check.rules.fits import headers as fits_headers
from jwstprod_check.rules.fits import late as fits_late
from jwstprod_check.rules.fits import mandatory as fits_mandatory
from jwstprod_check.rules.fits import placement as fits_placement
from jwstprod_check.rules.fits import reserved as fits_reserved
from jwstprod_check.rules.fits import tables as fits_tables
from jwstprod_check.rules.fits import time as fits_time
from jwstprod_check.rules.fits import units as fits_units
from jwstprod_check.rules.fits.header_rule import MAX_FLAWED, Crash, Flaw, HeaderIndex, HeaderRule
from jwstprod_check.rules.rule import Rule

_MODULES = (
    fits_cards,
    fits_headers,
    fits_mandatory,
    fits_placement,
    fits_reserved,
    fits_time,
    fits_tables,
    fits_columns,
    fits_compressed,
    fits_units,
)

_HEADER_RULES: tuple[HeaderRule, ...] = tuple(r for module in _MODULES for r in module.HEADER_RULES)

_EARLY = (r.rule for r in _HEADER_RULES if r.rule not in fits_late.RULES)

RULES: tuple[Rule, ...] = tuple(sorted((*_EARLY, *fits_mandatory.RULES, *fits_hdus.RULES), key=lambda r: r.code))
"""The family but for ``fits_late``."""


MAX_FLAWS: Final = 10_000
"""Flaws of one file after which its headers are not looked at any more."""

_NOT_CHECKED = fits_headers.not_checked.rule.code


@lru_cache(256)
def _asked(triggers: frozenset[str]) -> tuple[HeaderRule, ...]:
    """Header rules that may have something to say about a header with these signs."""
    return tuple(r for r in _HEADER_RULES if not r.on or not triggers.isdisjoint(r.on))


def examine(header: Header) -> tuple[tuple[str, Flaw | Crash], ...]:
    """Ask every header rule that may have something to say about a header; of each, a thousand flaws are taken.

    A rule that crashes is remembered as a ``Crash``, for the engine to report under its code.
    """
    indexed = HeaderIndex(header)
    found: list[tuple[str, Flaw | Crash]] = []
    for asked in _asked(indexed.triggers):
        code = asked.rule.code
        try:
            for count, flaw in enumerate(asked.check(indexed)):
                if count == MAX_FLAWED:
                    if not indexed.cut:
                        found.append((_NOT_CHECKED, fits_headers.too_many(code)))
                    break
                found.append((code, flaw))
        except Exception as error:
            found.append((code, Crash(error.with_traceback(None))))
    return tuple(found)


def flaws_by_code(hdus: tuple[Hdu, ...]) -> dict[str, list[tuple[Hdu, Flaw | Crash]]]:
    """Flaws of all headers of a file by the code of the rule that found them; after ten thousand it stops."""
    found: dict[str, list[tuple[Hdu, Flaw | Crash]]] = {}
    count = 0
    for hdu in hdus:
        if count >= MAX_FLAWS:
            found.setdefault(_NOT_CHECKED, []).append((hdu, fits_headers.stopped(MAX_FLAWS)))
            break
        for code, flaw in hdu.header.remember("flaws", examine):
            found.setdefault(code, []).append((hdu, flaw))
            count += 1
    return found
