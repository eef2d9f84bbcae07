"""KEY: keywords of a header that contradict each other, or the HDUs of the file."""

from collections.abc import Iterator
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, plural, quoted


def contradiction(context: Context, keyword: str, message: str, expected: str) -> Problem:
    """Make a problem at a keyword of the primary header."""
    card = context.primary.card(keyword)
    value = card.value if card is not None else None
    return Problem(
        message,
        hdu=context.file.hdus[0],
        keyword=keyword,
        expected=expected,
        found=quoted(value) if isinstance(value, str) else str(value),
        offset=card.offset if card is not None else None,
    )


@rule("KEY030", "brightness-unit", Severity.WARNING)
def brightness_unit(context: Context) -> Iterator[Outcome]:
    """BUNIT of SCI is a unit that the product can have at its stage.

    The unit is DN before ramp fitting, DN/s after it, MJy/sr or MJy after the photometric calibration; where S_PHOTOM
    is COMPLETE, DN/s is wrong. Photometry computes with the unit in BUNIT.

    How to fix: write the unit of the values.
    Source: jwst documentation, data_products/science_products.rst; jwst issues 4901, 1651, 5714 and 7127.
    """
    units = context.spec.spec.header.units
    if not units:
        return
    done = context.primary.string("S_PHOTOM") == "COMPLETE"
    calibrated = tuple(u for u in units if not u.startswith("DN"))
    allowed = calibrated if done and calibrated else units
    for hdu in context.file.named("SCI"):
        unit = hdu.header.string("BUNIT")
        if unit and unit.replace(" ", "") not in allowed:
            why = " (S_PHOTOM = 'COMPLETE')" if allowed is not units and unit in units else ""
            card = hdu.header.card("BUNIT")
            yield Problem(
                f"BUNIT of {hdu.label} is {quoted(unit)}, expected {' or '.join(allowed)}{why}",
                hdu=hdu,
                keyword="BUNIT",
                expected=" or ".join(allowed),
                found=quoted(unit),
                offset=card.offset if card else None,
                group_key=f"BUNIT {unit}",
            )


_STERADIANS: Final = 2.3504431e-11
"""Steradians in a square arc second."""

_AREA_TOLERANCE: Final = 1e-3


@rule("KEY031", "pixel-area", Severity.WARNING)
def pixel_area(context: Context) -> Iterator[Outcome]:
    """PIXAR_SR and PIXAR_A2 are the same area, in steradians and in square arc seconds.

    Fluxes are computed from one or the other. Their ratio is 2.3504e-11 for every pixel size; a relative difference of
    0.001 is tolerated.

    How to fix: write both from the pixel area of the photometric reference file, or of the resampled grid.
    Source: jwst pull request 5529.
    """
    for hdu in (*context.file.hdus[:1], *context.file.named("SCI")):
        steradians, arcseconds = hdu.header.number("PIXAR_SR"), hdu.header.number("PIXAR_A2")
        if steradians is None or not arcseconds:
            continue
        right = arcseconds * _STERADIANS
        if not abs(steradians - right) <= _AREA_TOLERANCE * abs(right):
            card = hdu.header.card("PIXAR_SR")
            yield Problem(
                f"PIXAR_SR = {steradians:g} and PIXAR_A2 = {arcseconds:g} are not the same area",
                hdu=hdu,
                keyword="PIXAR_SR",
                expected=f"{right:g}",
                found=f"{steradians:g}",
                offset=card.offset if card else None,
                group_key="area",
            )


_TIME_SERIES: Final = frozenset({"NRC_TSIMAGE", "NRC_TSGRISM", "NIS_SOSS", "NRS_BRIGHTOBJ"})


@rule("KEY032", "time-series-flag", Severity.WARNING)
def time_series(context: Context) -> Iterator[Outcome]:
    """A time-series exposure does not have TSOVISIT = F.

    The pipeline identifies time series by TSOVISIT and processes them differently (no dithers, separate integrations).

    How to fix: write TSOVISIT = T, or correct EXP_TYPE.
    Source: jwst issues 3424, 5621 and 5656, pull request 5657.
    """
    header = context.primary
    if header.value("TSOVISIT") is False and header.string("EXP_TYPE") in _TIME_SERIES:
        exposure = quoted(header.string("EXP_TYPE") or "")
        yield contradiction(context, "TSOVISIT", f"TSOVISIT is F, but EXP_TYPE = {exposure} is a time series", "T")


@rule("KEY033", "extension-count", scope="walk")
def extension_count(context: Context) -> Iterator[Outcome]:
    """NEXTEND, where it is present, is the number of extensions.

    Otherwise the file was truncated at an HDU boundary, or an HDU was added. One too few in a file with an ASDF extension
    is a warning: the data models write the number that they read, before they add ASDF.

    How to fix: write the number of HDUs after the primary, or remove NEXTEND.
    Source: spacetelescope/ullyses, ullyses_coadd_abut_wrapper.py (writes NEXTEND = 3 for two extensions); stdatamodels
    6.0.0, fits_support.py (the ASDF extension is added when a model is saved).
    """
    said = context.primary.integer("NEXTEND")
    count = len(context.file.hdus) - 1
    if said is not None and said != count and context.file.complete:
        added = said == count - 1 and bool(context.file.named("ASDF"))
        problem = contradiction(
            context, "NEXTEND", f"NEXTEND is {said}, but the file has {plural(count, 'extension')}", str(count)
        )
        yield msgspec.structs.replace(problem, severity=Severity.WARNING) if added else problem


_MIRI_SIZE: Final = (1032, 1024)
_SIZE: Final = (2048, 2048)


@rule("KEY034", "subarray-beyond-detector", Severity.WARNING, requires=("KEY002", "KEY003"), gives_way_to=("KEY005",))
def subarray(context: Context) -> Iterator[Outcome]:
    """The subarray begins at pixel 1 or later and ends within the detector.

    SUBSTRTn counts from 1. The pipeline cuts reference files by SUBSTRTn and SUBSIZEn, which fails beyond the edge. The
    detectors have 2048 x 2048 pixels, those of MIRI 1032 x 1024.

    How to fix: correct SUBSTRTn or SUBSIZEn; they may be swapped.
    Source: jwst issues 2743, 3424 and 3518; jwst pull request 142.
    """
    if context.excluded:
        return
    header = context.primary
    sizes = _MIRI_SIZE if header.string("INSTRUME") == "MIRI" else _SIZE
    for axis, size in enumerate(sizes, 1):
        start, length = header.integer(f"SUBSTRT{axis}"), header.integer(f"SUBSIZE{axis}")
        if start is not None and start < 1:
            yield contradiction(
                context, f"SUBSTRT{axis}", f"SUBSTRT{axis} is {start}, expected at least 1", "at least 1"
            )
        elif start is not None and length is not None and start + length - 1 > size:
            yield contradiction(
                context,
                f"SUBSTRT{axis}",
                f"SUBSTRT{axis} = {start} and SUBSIZE{axis} = {length} end at pixel {start + length - 1}, beyond the {size} pixels of the detector",
                f"at most {max(size - length + 1, 1)}",
            )


@rule("KEY035", "segment-number")
def segment_number(context: Context) -> Iterator[Outcome]:
    """EXSEGNUM is a number from 1 to EXSEGTOT.

    Segments of an exposure are combined in this order; a number beyond the last belongs to another exposure.

    How to fix: write the number of this segment, and the number of all segments of the exposure.
    Source: jwst documentation, data_products/file_naming.rst (segmented products); jwst issue 5316.
    """
    header = context.primary
    number, total = header.integer("EXSEGNUM"), header.integer("EXSEGTOT")
    if number is None:
        return
    if number < 1:
        yield contradiction(context, "EXSEGNUM", f"EXSEGNUM is {number}, expected at least 1", "at least 1")
    elif total is not None and number > total:
        yield contradiction(
            context, "EXSEGNUM", f"EXSEGNUM = {number} is beyond EXSEGTOT = {total}", f"at most {total}"
        )


_MSA_KEYWORDS: Final = ("MSAMETFL", "MSAMETID", "PATT_NUM")
"""Keywords that single out the rows of an MSA metadata file for an exposure."""

_NO_VALUE: Final = frozenset({None, "", "N/A", "NONE"})


@rule("KEY036", "no-msa-file", Severity.WARNING)
def msa_file(context: Context) -> Iterator[Outcome]:
    """A NIRSpec multi-object exposure names its MSA metadata file, the configuration and the dither position.

    The pipeline takes the slits of an exposure from the rows of the file MSAMETFL whose MSA_METADATA_ID and
    DITHER_POINT_INDEX are MSAMETID and PATT_NUM. Without one of the three keywords it stops.

    How to fix: write the name of the `_msa.fits` file into MSAMETFL, and the numbers of its rows into MSAMETID and PATT_NUM.
    Source: jwst documentation, data_products/msa_metadata.rst; jwst pull requests 2110 and 2143.
    """
    header = context.primary
    if header.string("EXP_TYPE") != "NRS_MSASPEC":
        return
    lost = [k for k in _MSA_KEYWORDS if header.value(k) in _NO_VALUE]
    if lost:
        blank = [k for k in lost if k in header]
        found = "blank" if len(blank) == len(lost) else "missing or blank" if blank else "missing"
        yield Problem(
            f"EXP_TYPE is 'NRS_MSASPEC', but {listed(lost)} {'is' if len(lost) == 1 else 'are'} {found}",
            hdu=context.file.hdus[0],
            keyword=lost[0],
            expected="the name of an _msa.fits file" if lost == ["MSAMETFL"] else listed(lost),
            found=found,
        )


RULES = (
    brightness_unit,
    pixel_area,
    time_series,
    extension_count,
    subarray,
    segment_number,
    msa_file,
)
