"""FITS: what the header of a tile-compressed image says of the HDU that was compressed."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule, shown
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import listed

_OF_PRIMARY: Final = ("ZSIMPLE", "ZEXTEND", "ZBLOCKED")


@header_rule("FITS100", "primary-and-extension-compressed", Severity.WARNING, on=("ZTENSION",))
def original(indexed: HeaderIndex) -> Iterator[Problem]:
    """ZSIMPLE, ZEXTEND and ZBLOCKED do not appear beside ZTENSION.

    They are the SIMPLE, EXTEND and BLOCKED of a primary that was compressed, ZTENSION is the XTENSION of an extension. An
    image was one of the two; a program that decompresses it cannot write both.

    How to fix: keep ZTENSION for an image extension, ZSIMPLE and ZEXTEND for a primary.
    Source: FITS Standard 4.0, section 10.1.2 (keywords that must not be used where the original had no such keyword).
    """
    names = [keyword.name for _, keyword in indexed.each(*_OF_PRIMARY)]
    tension = next(iter(indexed.each("ZTENSION")), None)
    if names and tension is not None:
        text = f"has {listed(names)} of a primary beside ZTENSION of an extension"
        first = indexed.header.first[names[0]]
        yield card_problem(
            text, first, names[0], "ZTENSION, or ZSIMPLE and ZEXTEND", listed([*names, "ZTENSION"]), group_key="both"
        )


@header_rule("FITS101", "null-value-of-compressed-integers", Severity.WARNING, on=("ZIMAGE",))
def null_value(indexed: HeaderIndex) -> Iterator[Problem]:
    """ZBLANK appears in compressed images of floating-point numbers only.

    It is the integer that stands for NaN where floating-point pixels were quantised. In an image of integers (ZBITPIX
    positive) BLANK states the undefined value; readers disagree on which of the two counts.

    How to fix: write BLANK instead, with the value that it had in the image.
    Source: FITS Standard 4.0, sections 10.1.3 and 10.2 (null pixels).
    """
    bitpix = indexed.header.integer("ZBITPIX")
    if indexed.compressed and "ZBLANK" in indexed.header and bitpix is not None and bitpix > 0:
        index = indexed.header.first["ZBLANK"]
        text = f"has ZBLANK = {shown(indexed, index)}, but its pixels are integers (ZBITPIX = {bitpix})"
        yield card_problem(text, index, "ZBLANK", "BLANK", f"ZBITPIX = {bitpix}", at=10, group_key="ZBLANK")


HEADER_RULES = (original, null_value)
