"""FITS: units of arrays, columns and coordinates."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.units import unit_fault
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import quoted

_UNITS = ("BUNIT", "TUNITn", "CUNITn", "TCUNIn")


@header_rule("FITS055", "bad-unit", Severity.WARNING, on=_UNITS)
def unit(indexed: HeaderIndex) -> Iterator[Problem]:
    """BUNIT, TUNITn, CUNITn and TCUNIn are units that programs can read.

    They are units of the standard with a prefix, multiplied by a blank, `*` or `.`, divided by `/`, raised by `**`, `^`
    or a digit: `MJy/sr`, `DN^2 / s^2`, `10**-7 J.m-2`. DN, electron and micron are accepted too, though the standard
    does not list them. A program that cannot read the unit ignores it.

    How to fix: write the unit in that form.
    Source: FITS Standard 4.0, section 4.3.1; jwst issues 4901 and 5714.
    """
    for index, keyword in indexed.each(*_UNITS):
        value = indexed.header.string(keyword.name)
        reason = unit_fault(value) if value else None
        if reason:
            yield card_problem(
                f"{keyword.name} {quoted(value or '')} {reason}",
                index,
                keyword.name,
                "a unit of the standard",
                quoted(value or ""),
                at=10,
                group_key=f"{keyword.root} {value}",
            )


HEADER_RULES = (unit,)
