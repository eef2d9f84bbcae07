"""FITS: values of reserved keywords. Their types, and the values that the standard allows."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import broken, card_problem, header_rule, mistyped, shown
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import listed, quoted

_EQUATORIAL: Final = frozenset({"ICRS", "FK5", "FK4", "FK4-NO-E", "GAPPT"})
_SPECTRAL: Final = frozenset(
    {
        "TOPOCENT",
        "GEOCENTR",
        "BARYCENT",
        "HELIOCEN",
        "LSRK",
        "LSRD",
        "GALACTOC",
        "LOCALGRP",
        "CMBDIPOL",
        "SOURCE",
    }
)
_CHECKSUM = r"[0-9A-Za-z]{16}\Z"
_DATASUM = r" *[0-9]{1,10} *\Z"


def _types(indexed: HeaderIndex, *groups: str) -> Iterator[Problem]:
    for index, defect, keyword in mistyped(indexed, *groups):
        yield broken(index, defect, keyword, f"{keyword.root} {defect.text}")


@header_rule("FITS040", "wrong-value-type", on=("!type",))
def general(indexed: HeaderIndex) -> Iterator[Problem]:
    """A keyword that the standard reserves has a value of the type that the standard gives it.

    Names and dates are strings, coordinates and times are numbers, EXTVER is an integer, INHERIT a logical. An integer
    is accepted as a float. A blank value field has no type. Readers drop or misread a value of another type.

    How to fix: write the value in its type; a hint is given where only the quotes are wrong.
    Source: FITS Standard 4.0, sections 4.4.2, 8 and 9; mirage issue 704.
    """
    yield from _types(indexed, "general")


@header_rule("FITS041", "wrong-type-of-array-keyword", on=("!type",))
def array(indexed: HeaderIndex) -> Iterator[Problem]:
    """BSCALE, BZERO, DATAMAX and DATAMIN are numbers, BLANK is an integer, BUNIT a string.

    Where BZERO or BSCALE cannot be read, every pixel has a wrong value.

    How to fix: write the number without quotes.
    Source: FITS Standard 4.0, section 4.4.2.5.
    """
    yield from _types(indexed, "array")


@header_rule("FITS042", "blank-in-float-array", on=("BLANK",))
def blank(indexed: HeaderIndex) -> Iterator[Problem]:
    """BLANK appears with integer arrays only.

    Floating-point arrays use NaN for undefined values. A tile-compressed image has ZBLANK for its integers.

    How to fix: remove BLANK.
    Source: FITS Standard 4.0, section 4.4.2.5.
    """
    bitpix = indexed.header.integer("ZBITPIX" if indexed.compressed else "BITPIX")
    # Compressed floats are stored as scaled integers, whose BLANK old writers of ZBLANK give.
    if bitpix is not None and bitpix < 0 and indexed.kind in {"primary", "image"}:
        for index, _ in indexed.each("BLANK"):
            yield card_problem(
                f"BLANK appears with BITPIX = {bitpix}",
                index,
                "BLANK",
                "no BLANK with floating-point data",
                shown(indexed, index),
                group_key="blank",
            )


@header_rule(
    "FITS043", "zero-scale", Severity.WARNING, on=("BSCALE", "TSCALn", "PSCALn"), gives_way_to=("ARR001", "TAB004")
)
def zero_scale(indexed: HeaderIndex) -> Iterator[Problem]:
    """BSCALE, TSCALn and PSCALn are not zero.

    With a scale of zero all values are equal.

    How to fix: write the scale, or leave the keyword out for a scale of 1.
    Source: FITS Standard 4.0, sections 4.4.2.5, 6.1.2 and 7.3.2.
    """
    for index, keyword in indexed.each("BSCALE", "TSCALn", "PSCALn"):
        if indexed.header.number(keyword.name) == 0:
            yield card_problem(
                f"{keyword.name} is 0, which makes all values equal",
                index,
                keyword.name,
                "not 0",
                "0",
                group_key=keyword.root,
            )


@header_rule("FITS044", "unknown-frame", Severity.WARNING, on=("RADESYS", "RADECSYS", "SPECSYS", "SSYSOBS", "SSYSSRC"))
def frame(indexed: HeaderIndex) -> Iterator[Problem]:
    """RADESYS names a celestial frame of the standard; SPECSYS, SSYSOBS and SSYSSRC name a spectral frame.

    With an unknown name readers use a default, or reject the coordinates.

    How to fix: write one of the names that the message lists.
    Source: FITS Standard 4.0, sections 8.3 (table 24) and 8.4.1 (table 27).
    """
    for index, keyword in indexed.each("RADESYS", "RADECSYS", "SPECSYS", "SSYSOBS", "SSYSSRC"):
        known = _EQUATORIAL if keyword.root.startswith("RADE") else _SPECTRAL
        value = indexed.header.string(keyword.name)
        if value is not None and value not in known:
            yield card_problem(
                f"{keyword.name} is {quoted(value)}, expected {listed(sorted(known), 12)}",
                index,
                keyword.name,
                listed(sorted(known), 12),
                quoted(value),
                group_key=keyword.root,
            )


@header_rule("FITS045", "index-with-leading-zeros", Severity.WARNING, on=("!padded",))
def padded(indexed: HeaderIndex) -> Iterator[Problem]:
    """The index of a keyword has no leading zeros: TFORM1, not TFORM01.

    Readers do not find a keyword with leading zeros.

    How to fix: write the index without leading zeros.
    Source: FITS Standard 4.0, section 4.1.2.1.
    """
    for index, keyword in indexed.each("!padded"):
        text = f"{keyword.name} has an index with leading zeros"
        yield card_problem(
            text, index, keyword.name, "an index without leading zeros", keyword.name, group_key="padded"
        )


@header_rule("FITS046", "checksum-form", on=("CHECKSUM", "DATASUM"))
def checksum(indexed: HeaderIndex) -> Iterator[Problem]:
    """CHECKSUM is 16 letters and digits, DATASUM a number up to 4294967295 in quotes; either may be an empty string.

    A value of another form cannot be a checksum, so changes of the HDU are not detected.

    How to fix: write both sums again once the HDU is final.
    Source: FITS Standard 4.0, section 4.4.2.7 and appendix J.
    """
    for index, keyword in indexed.each("CHECKSUM", "DATASUM"):
        value = indexed.header.string(keyword.name)
        if not value:
            continue
        good = (
            re.match(_CHECKSUM, value)
            if keyword.name == "CHECKSUM"
            else re.match(_DATASUM, value) and int(value) < 2**32
        )
        if not good:
            expected = "16 letters and digits" if keyword.name == "CHECKSUM" else "'0' to '4294967295'"
            text = f"{keyword.name} is {quoted(value)}, which is not a valid checksum"
            yield card_problem(text, index, keyword.name, expected, quoted(value), at=10, group_key=keyword.name)


HEADER_RULES = (general, array, blank, zero_scale, frame, padded, checksum)
