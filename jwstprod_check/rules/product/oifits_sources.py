"""Interferometry: targets, stations and wavelengths of the OIFITS tables, by content."""

import re
from collections.abc import Iterator, Mapping
from math import asin, cos, degrees, isfinite, radians, sin, sqrt
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.product.oifits import TRAITS, oi_tables
from jwstprod_check.rules.product.oifits_rows import READABLE, Bad, problem, rows_of, shown
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, quoted

SHORTEST: Final = 0.1e-6
LONGEST: Final = 30e-6
"""Metres of the wavelengths that telescopes of this kind are used at."""

OF_FILTER: Final = 0.1
"""Part of the filter's wavelength by which EFF_WAVE may differ from it."""

SAME_POSITION: Final = 0.01
"""Degrees between the target's position in OI_TARGET and in the primary header."""

EARLIEST_EQUINOX: Final = 1900.0

_VOCABULARY: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "OI_ARRAY": {"FOVTYPE": ("FWHM", "RADIUS")},
    "OI_TARGET": {
        "VELTYP": ("LSR", "HELIOCEN", "BARYCENT", "GEOCENTR", "TOPOCENT", "UNKNOWN"),
        "VELDEF": ("RADIO", "OPTICAL"),
    },
}
_FILTER: Final = r"F(\d{3,4})[WMN]\d?\Z"


@rule("TAB034", "effective-wavelength", requires=READABLE, level="tables", traits=TRAITS)
def wavelength(context: Context) -> Iterator[Outcome]:
    """EFF_WAVE of OI_WAVELENGTH is a number of metres, from 0.1 to 30 micrometres.

    Spatial frequencies are baselines divided by this number: with micrometres in its place every model is wrong by a factor
    of a million.

    How to fix: write the wavelength in metres.
    Source: OIFITS 2 (A&A 597, A8), section 5.3; OITools, rule OI_WAVELENGTH_EFF_WAVE.
    """
    for table in rows_of(context, "OI_WAVELENGTH"):
        if isinstance(table, Skip):
            yield table
            continue
        cells = table.numbers.get("EFF_WAVE", ())
        wrong = (Bad(n, shown(v)) for n, cell in enumerate(cells, 1) for v in cell if not SHORTEST <= v <= LONGEST)
        says = "EFF_WAVE is no wavelength in metres"
        yield from problem(table.hdu, "EFF_WAVE", wrong, says, "1e-07 to 3e-05", "metres are the unit")


@rule("TAB037", "effective-bandwidth", Severity.WARNING, requires=(*READABLE, "TAB034"), level="tables", traits=TRAITS)
def bandwidth(context: Context) -> Iterator[Outcome]:
    """EFF_BAND of OI_WAVELENGTH is positive and at most EFF_WAVE.

    It states over which wavelengths an observable is averaged; models that smear fringes need it in metres.

    How to fix: write the bandwidth in metres.
    Source: OIFITS 2 (A&A 597, A8), section 5.3.
    """
    for table in rows_of(context, "OI_WAVELENGTH"):
        if isinstance(table, Skip):
            yield table
            continue
        pairs = zip(table.numbers.get("EFF_BAND", ()), table.numbers.get("EFF_WAVE", ()), strict=False)
        wrong = (
            Bad(n, f"{shown(b)} of {shown(w)}")
            for n, (band, wave) in enumerate(pairs, 1)
            for b, w in zip(band, wave, strict=False)
            if not 0 < b <= w
        )
        yield from problem(table.hdu, "EFF_BAND", wrong, "EFF_BAND is no bandwidth of EFF_WAVE", "above 0, to EFF_WAVE")


@rule("TAB038", "wavelength-of-filter", Severity.WARNING, requires=(*READABLE, "TAB034"), level="tables", traits=TRAITS)
def of_filter(context: Context) -> Iterator[Outcome]:
    """EFF_WAVE of OI_WAVELENGTH is within 10 % of the wavelength in the name of FILTER.

    The name of a filter has its wavelength in hundredths of a micrometre: F480M is at 4.8. Another wavelength is that of
    another observation.

    How to fix: correct EFF_WAVE or FILTER.
    Source: JWST documentation, NIRISS filters; jwst 3.0.0, ami/instrument_data.py.
    """
    name = context.facts.keyword("FILTER")
    found = re.match(_FILTER, name, re.ASCII) if isinstance(name, str) else None
    if found is None:
        return
    central = int(found[1]) * 1e-8
    for table in rows_of(context, "OI_WAVELENGTH"):
        if isinstance(table, Skip):
            yield table
            continue
        cells = table.numbers.get("EFF_WAVE", ())
        far = (
            Bad(n, shown(v)) for n, cell in enumerate(cells, 1) for v in cell if abs(v - central) > OF_FILTER * central
        )
        says = f"EFF_WAVE is not that of FILTER = {quoted(str(name))}"
        yield from problem(table.hdu, "EFF_WAVE", far, says, f"{central:.3g} within 10 %")


@rule("TAB035", "oifits-vocabulary", requires=READABLE, level="tables", traits=TRAITS)
def vocabulary(context: Context) -> Iterator[Outcome]:
    """FOVTYPE, VELTYP and VELDEF have values of the OIFITS standard's lists.

    They state what the field of view and the velocity mean: FWHM or RADIUS; LSR, HELIOCEN, BARYCENT, GEOCENTR or TOPOCENT;
    RADIO or OPTICAL. UNKNOWN is accepted for VELTYP: the pipeline writes it, and readers know it.

    How to fix: write a value of the list.
    Source: OIFITS 2 (A&A 597, A8), sections 5.1 and 5.2; jwst 3.0.0, ami/oifits.py.
    """
    for table in rows_of(context, *_VOCABULARY):
        if isinstance(table, Skip):
            yield table
            continue
        for name, values in _VOCABULARY[table.hdu.name].items():
            texts = enumerate(table.texts.get(name, ()), 1)
            wrong = (Bad(row, quoted(text)) for row, text in texts if text.strip(" ") not in values)
            yield from problem(table.hdu, name, wrong, f"{name} is not in the standard's list", listed(values))


@rule("TAB036", "target-position", requires=READABLE, level="tables", traits=TRAITS)
def position(context: Context) -> Iterator[Outcome]:
    """RAEP0 and DECEP0 of OI_TARGET are degrees on the sphere: 0 to 360, and -90 to 90.

    How to fix: write the position of the target in degrees.
    Source: OIFITS 2 (A&A 597, A8), section 5.1; OITools, rule OI_TARGET_COORD_EXIST.
    """
    for table in rows_of(context, "OI_TARGET"):
        if isinstance(table, Skip):
            yield table
            continue
        for name, low, high in (("RAEP0", 0, 360), ("DECEP0", -90, 90)):
            cells = enumerate(table.numbers.get(name, ()), 1)
            wrong = (Bad(row, shown(v)) for row, cell in cells for v in cell if not low <= v <= high)
            yield from problem(table.hdu, name, wrong, f"{name} is not on the sphere", f"{low} to {high} degrees")


@rule("TAB050", "target-of-header", Severity.WARNING, requires=(*READABLE, "TAB036"), level="tables", traits=TRAITS)
def of_header(context: Context) -> Iterator[Outcome]:
    """One of the targets of OI_TARGET is at TARG_RA, TARG_DEC of the primary header, within 0.01 degrees.

    How to fix: correct RAEP0, DECEP0 or the keywords.
    Source: jwst 3.0.0, ami/oifits.py (the table has the keywords' values).
    """
    ra, dec = (context.file.hdus[0].header.number(keyword) for keyword in ("TARG_RA", "TARG_DEC"))
    if ra is None or dec is None:
        return
    for table in rows_of(context, "OI_TARGET"):
        if isinstance(table, Skip):
            yield table
            continue
        places = [
            (a[0], d[0]) for a, d in zip(table.numbers.get("RAEP0", ()), table.numbers.get("DECEP0", ()), strict=False)
        ]
        apart = [_separation(ra, dec, *place) for place in places]
        if apart and min(apart) > SAME_POSITION:
            nearest = places[apart.index(min(apart))]
            found = f"RAEP0, DECEP0 = {nearest[0]:.6g}, {nearest[1]:.6g}"
            yield Problem(
                f"{table.hdu.label}: {found}, but TARG_RA, TARG_DEC = {ra:.6g}, {dec:.6g} ({min(apart):.3g} degrees apart)",
                hdu=table.hdu,
                column="RAEP0",
                expected=f"{ra:.6g}, {dec:.6g}",
                found=found,
            )


def _separation(ra: float, dec: float, other_ra: float, other_dec: float) -> float:
    """Degrees between two places of the sphere (haversine)."""
    a, d, b, e = (radians(angle) for angle in (ra, dec, other_ra, other_dec))
    square = sin((e - d) / 2) ** 2 + cos(d) * cos(e) * sin((b - a) / 2) ** 2
    return degrees(2 * asin(min(1.0, sqrt(square)))) if isfinite(square) else 180.0


@rule("TAB051", "early-equinox", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def equinox(context: Context) -> Iterator[Outcome]:
    """EQUINOX of OI_TARGET is a year, 1900 or later.

    How to fix: write 2000 for positions of ICRS or FK5.
    Source: OIFITS 2 (A&A 597, A8), section 5.1.
    """
    for table in rows_of(context, "OI_TARGET"):
        if isinstance(table, Skip):
            yield table
            continue
        cells = enumerate(table.numbers.get("EQUINOX", ()), 1)
        wrong = (Bad(row, shown(v)) for row, cell in cells for v in cell if not v >= EARLIEST_EQUINOX)
        yield from problem(table.hdu, "EQUINOX", wrong, "EQUINOX is no year", "1900 or later")


@rule("TAB049", "nameless-target", Severity.WARNING, requires=READABLE, level="tables", traits=TRAITS)
def nameless(context: Context) -> Iterator[Outcome]:
    """Every row of OI_TARGET has a TARGET.

    Programs list and merge observations by the name of the target.

    How to fix: write the name of the target.
    Source: OIFITS 2 (A&A 597, A8), section 5.1; OITools, rule OI_TARGET_TARGET.
    """
    for table in rows_of(context, "OI_TARGET"):
        if isinstance(table, Skip):
            yield table
            continue
        blank = (Bad(row, "''") for row, text in enumerate(table.texts.get("TARGET", ()), 1) if not text.strip(" "))
        yield from problem(table.hdu, "TARGET", blank, "a target has no name", "the name of the target")


_METRES: Final = ("m", "meter", "meters", "metre", "metres")
_SECONDS: Final = ("s", "sec", "second", "seconds")
_DEGREES: Final = ("deg", "degree", "degrees")
_UNITS: Final = {
    "TIME": _SECONDS,
    "INT_TIME": _SECONDS,
    "MJD": ("day", "days", "d"),
    **dict.fromkeys(("DIAMETER", "STAXYZ", "EFF_WAVE", "EFF_BAND", "UCOORD", "VCOORD"), _METRES),
    **dict.fromkeys((f"{axis}{n}COORD" for axis in "UV" for n in range(1, 5)), _METRES),
    **dict.fromkeys(("VISPHI", "VISPHIERR", "T3PHI", "T3PHIERR", "Q4PHI", "Q4PHIERR"), _DEGREES),
    **dict.fromkeys(("RAEP0", "DECEP0", "RA_ERR", "DEC_ERR", "PARALLAX", "PARA_ERR"), _DEGREES),
    **dict.fromkeys(("PMRA", "PMDEC", "PMRA_ERR", "PMDEC_ERR"), ("deg/yr", "deg/year", "deg yr-1", "deg / yr")),
    "FOV": ("arcsec", "arcseconds"),
    "EQUINOX": ("yr", "year", "years", "a"),
    "SYSVEL": ("m/s", "m s-1", "m / s"),
}
"""Units of the columns of the standard, as it or other writers spell them."""


@rule("TAB052", "oifits-unit", Severity.WARNING, requires=("HDU004", "TAB002"), traits=TRAITS)
def unit(context: Context) -> Iterator[Outcome]:
    """TUNITn of a column of the OIFITS tables, where it is written, is the unit of the standard.

    The standard fixes the units; readers do not look at TUNITn, so that another unit there means that the values are in
    another unit, or that the keyword is wrong.

    How to fix: write the values in the standard's unit, or correct TUNITn.
    Source: OIFITS 2 (A&A 597, A8), tables of sections 5 and 6; OITools, Units.
    """
    for hdu in oi_tables(context):
        for column in hdu.columns:
            name = (column.name or "").strip(" ").upper()
            accepted = _UNITS.get(name)
            written = (column.unit or "").strip(" ")
            if accepted is not None and written and written.lower() not in accepted:
                yield Problem(
                    f"TUNIT{column.number} of {hdu.label} ({name}) is {quoted(written)}, the standard's unit is {accepted[0]}",
                    hdu=hdu,
                    keyword=f"TUNIT{column.number}",
                    column=name,
                    expected=accepted[0],
                    found=quoted(written),
                )


RULES = (wavelength, bandwidth, of_filter, vocabulary, position, of_header, equinox, nameless, unit)
