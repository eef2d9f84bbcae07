"""WCS: the celestial coordinates of science images: projection, units, scale, and where they point.

The numbers are those of the first two axes of SCI in the primary description (``world``).
"""

from collections.abc import Iterator
from math import cos, degrees, hypot, radians, sqrt
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.fits.keyword_index import KeywordIndex
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.rules.wcs.footprint import IMAGING
from jwstprod_check.rules.wcs.sphere import invalid_reason, parse_regions, tangent_plane
from jwstprod_check.rules.wcs.world import World, position, type_defect, worlds
from jwstprod_check.text import listed, quoted

NEAR_ONE: Final = (0.5, 2.0)
"""Range of the determinant of a matrix that rotates and does not scale."""

SCALES: Final = (0.005, 1.5)
"""Arc seconds of the smallest and the largest pixel."""

AWAY: Final = 0.05
"""Degrees by which CRVAL may differ from the reference point of the aperture."""

_SAME_SCALE: Final = 0.05
_CUBE_AXES: Final = ("WAVE", "WAVE-TAB")
_ARCSECONDS: Final = 3600.0

_EXPOSED: Final = ("raw", "ramp", "fitted")


def _problem(hdu: Hdu, keyword: str, text: str, expected: str, found: str) -> Problem:
    card = hdu.header.card(keyword)
    return Problem(
        f"{hdu.label}: {text}",
        hdu=hdu,
        keyword=keyword,
        expected=expected,
        found=found,
        offset=card.offset if card is not None else None,
        group_key=f"{hdu.name} {keyword} {expected}",
    )


@rule("WCS015", "distortion-terms", Severity.WARNING)
def distortion(context: Context) -> Iterator[Outcome]:
    """SIP terms appear if and only if both axis types end in -SIP, and A_ORDER and B_ORDER are among them.

    Readers apply the distortion only where both types say so; without the orders they stop. Terms that are left over in a
    header without -SIP are applied by some readers and ignored by others.

    How to fix: write RA---TAN-SIP and DEC--TAN-SIP with A_ORDER and B_ORDER, or remove the terms.
    Source: Shupe et al. 2005, ASP Conference Series 347, 491 (the SIP convention); astropy issue 11248.
    """
    for hdu, world in worlds(context):
        found = _distortion_problem(hdu, world)
        if found is not None:
            yield found


def _distortion_problem(hdu: Hdu, world: World) -> Problem | None:
    ends = [(t or "").endswith("-SIP") for t in world.types]
    terms = hdu.header.keyword_index.memo(_sip_terms)
    if any(ends) and not all(ends):
        n = ends.index(False) + 1
        shown = quoted(world.types[n - 1] or "")
        return _problem(hdu, f"CTYPE{n}", f"CTYPE{n} is {shown}, but the other axis has SIP terms", "-SIP", shown)
    if all(ends):
        lost = [k for k in ("A_ORDER", "B_ORDER") if k not in hdu.header]
        if lost:
            text = f"the axis types end in -SIP, but {listed(lost)} {'is' if len(lost) == 1 else 'are'} missing"
            return _problem(hdu, lost[0], text, "A_ORDER and B_ORDER", "missing")
        return None
    if terms:
        text = f"{listed(terms, 4)} {'is a SIP term' if len(terms) == 1 else 'are SIP terms'}, but CTYPE1 does not end in -SIP"
        return _problem(hdu, terms[0], text, "RA---TAN-SIP", quoted(world.types[0] or ""))
    return None


def _sip_terms(keyword_index: KeywordIndex) -> tuple[str, ...]:
    """Keywords of the polynomials A and B."""
    names = (k for k in keyword_index.first if k[:2] in ("A_", "B_"))
    return tuple(
        k for k in names if k[2:] == "ORDER" or (len(k) == 5 and k[2].isdigit() and k[3] == "_" and k[4].isdigit())
    )


@rule("WCS016", "celestial-axes", Severity.WARNING)
def axes(context: Context) -> Iterator[Outcome]:
    """CTYPE1 is RA---x and CTYPE2 is DEC--x, of one projection that the standard knows.

    All JWST images have the gnomonic projection in ICRS. A type in small letters, blank, in galactic coordinates, twice
    the same, or with an unknown projection leaves a reader with pixels or stops it; two projections have no meaning.

    How to fix: write RA---TAN and DEC--TAN (with -SIP where the header has SIP terms).
    Source: FITS Standard 4.0, sections 8.2 and 8.3 (table 23); stdatamodels 6.0.0, wcsinfo.schema.yaml.
    """
    for hdu, world in worlds(context):
        if None in world.types:
            continue
        defect = type_defect(world.types)
        first, second = world.codes
        if defect is not None:
            keyword = "CTYPE1" if "CTYPE1" in defect else "CTYPE2"
            shown = quoted(world.types[keyword == "CTYPE2"] or "")
            yield _problem(hdu, keyword, defect, "RA---TAN" if keyword == "CTYPE1" else "DEC--TAN", shown)
        elif first != second:
            text = f"CTYPE1 and CTYPE2 have two projections, {first} and {second}"
            yield _problem(hdu, "CTYPE2", text, f"DEC--{first}", quoted(world.types[1] or ""))


@rule("WCS017", "scale-in-matrix-and-increment", Severity.WARNING, requires=("WCS004", "WCS005", "WCS006"))
def scale_twice(context: Context) -> Iterator[Outcome]:
    """The pixel scale is in PCi_j or in CDELTi, not in both.

    Both are multiplied: with a scale in each of them the image is a million times too small. The determinant of PCi_j is
    near 1 (0.5 to 2) where CDELTi has the scale.

    How to fix: divide PCi_j by the scale, or write CDELTi = 1.
    Source: FITS Standard 4.0, section 8.1 (equation 9); jwst issue 4589.
    """
    for hdu, world in worlds(context):
        first, second = world.increments
        if world.root != "PC" or not first or not second:
            continue
        low, high = NEAR_ONE
        size, scale = abs(world.determinant), abs(first * second)
        if size and not low <= size <= high and not low <= scale <= high:
            text = f"the pixel scale is in PC and in CDELT: the determinant of PC is {size:.3g}, CDELT1 is {first:.3g}"
            yield _problem(hdu, "PC1_1", text, f"a determinant of {low:g} to {high:g}", f"{size:.3g}")


@rule("WCS018", "increment-unlike-matrix", Severity.WARNING, requires=("WCS004",))
def increments(context: Context) -> Iterator[Outcome]:
    """CDELTi, where it appears beside CDi_j, is the scale of its axis.

    Readers of CDi_j ignore CDELTi, older ones take the scale from it. A difference of 5 % is tolerated.

    How to fix: remove CDELTi, or correct it.
    Source: FITS Standard 4.0, section 8.2 (CDELTi beside CDi_j).
    """
    for hdu, world in worlds(context):
        if world.root != "CD":
            continue
        a, b, c, d = world.matrix
        for n, (own, row, column) in enumerate(
            ((world.increments[0], hypot(a, b), hypot(a, c)), (world.increments[1], hypot(c, d), hypot(b, d))), 1
        ):
            if own is not None and all(abs(abs(own) - size) > _SAME_SCALE * size for size in (row, column)):
                text = f"CDELT{n} is {own:.4g}, but CDi_j has {column:.4g} along axis {n}"
                yield _problem(hdu, f"CDELT{n}", text, f"{column:.4g}", f"{own:.4g}")


@rule("WCS019", "cube-axis", Severity.WARNING, traits=("resampled",))
def cube_axis(context: Context) -> Iterator[Outcome]:
    """CTYPE3 of a spectral cube is WAVE or WAVE-TAB.

    Readers find the wavelengths by it: linear ones with WAVE, those of the table WCS-TABLE with WAVE-TAB. Any other type,
    as WAVELENGTH, is a linear axis without a meaning.

    How to fix: write WAVE for a linear axis, WAVE-TAB for one in a table.
    Source: FITS Standard 4.0, section 8.4 (tables 25 and 26); jwst documentation, cube_build/main.rst.
    """
    for hdu in context.file.named("SCI"):
        said = hdu.header.string("CTYPE3")
        if hdu.type == "IMAGE" and said is not None and said not in _CUBE_AXES:
            text = f"CTYPE3 is {quoted(said)}, expected {listed(_CUBE_AXES).replace('and', 'or')}"
            yield _problem(hdu, "CTYPE3", text, " or ".join(_CUBE_AXES), quoted(said))


@rule("WCS020", "reference-value-elsewhere", Severity.WARNING, requires=("WCS011", "WCS016", "WCS021"), traits=_EXPOSED)
def elsewhere(context: Context) -> Iterator[Outcome]:
    """CRVAL1 and CRVAL2 of one exposure are near RA_REF and DEC_REF.

    Both are the position of the aperture's reference point, one for the FITS coordinates, one for the pipeline. They
    differ by 0.05 degrees at most, which is more than any correction of the pointing; a larger difference means that one
    of them was computed for another exposure. Moving targets are not compared.

    How to fix: run set_telescope_pointing on the raw data.
    Source: stdatamodels 6.0.0, wcsinfo.schema.yaml; jwst documentation, lib/set_telescope_pointing.rst.
    """
    if context.facts.keyword("TARGTYPE") == "MOVING":
        return
    for hdu, world in worlds(context):
        ra, dec = hdu.header.number("RA_REF"), hdu.header.number("DEC_REF")
        x, y = world.values
        if ra is None or dec is None or x is None or y is None or not world.celestial or abs(y) > 90:
            continue
        apart = hypot(((x - ra + 180) % 360 - 180) * cos(radians(y)), y - dec)
        if apart > AWAY:
            text = f"CRVAL1, CRVAL2 = {x:g}, {y:g} is {apart:.3g} degrees away from RA_REF, DEC_REF = {ra:g}, {dec:g}"
            yield _problem(hdu, "CRVAL1", text, f"within {AWAY:g} degrees of the reference point", f"{x:g}, {y:g}")


@rule("WCS021", "celestial-values", Severity.WARNING, requires=("WCS016", "WCS017"))
def values(context: Context) -> Iterator[Outcome]:
    """The celestial coordinates are in degrees, on the sphere, and of a pixel scale that JWST can have.

    CUNITi is deg, CRVAL1 from 0 to less than 360, CRVAL2 from -90 to 90, and a pixel 0.005 to 1.5 arc seconds wide:
    detectors have 0.03 to 0.2, resampled images and cubes 0.01 to 1. Values in hours, radians or arc seconds are off by
    factors that no reader notices.

    How to fix: write the coordinates in degrees.
    Source: FITS Standard 4.0, section 8.3 (celestial coordinates are in degrees); jwst documentation, resample/arguments.rst.
    """
    for hdu, world in worlds(context):
        if world.celestial:
            yield from _value_problems(hdu, world)


def _value_problems(hdu: Hdu, world: World) -> Iterator[Problem]:
    others = [n for n, unit in enumerate(world.units, 1) if unit is not None and unit.strip(" ") != "deg"]
    for n in others:
        shown = quoted(world.units[n - 1] or "")
        yield _problem(hdu, f"CUNIT{n}", f"CUNIT{n} is {shown}, expected deg", "deg", shown)
    x, y = world.values
    if x is not None and not 0 <= x < 360:
        yield _problem(hdu, "CRVAL1", f"CRVAL1 is {x:g}, expected 0 to 360", "0 to less than 360", f"{x:g}")
    if y is not None and not -90 <= y <= 90:
        yield _problem(hdu, "CRVAL2", f"CRVAL2 is {y:g}, expected -90 to 90", "-90 to 90", f"{y:g}")
    matrix = world.transformation()
    if others or matrix is None:
        return
    a, b, c, d = matrix
    scale = sqrt(abs(a * d - b * c)) * _ARCSECONDS
    low, high = SCALES
    if scale and not low <= scale <= high:
        keyword = "CD1_1" if world.root == "CD" else "CDELT1"
        text = f"a pixel is {scale:.3g} arc seconds wide"
        yield _problem(hdu, keyword, text, f"{low:g} to {high:g} arc seconds", f"{scale:.3g}")


@rule(
    "WCS022", "array-outside-footprint", Severity.WARNING, requires=("WCS009", "WCS010", "WCS016", "WCS020", "WCS021")
)
def centre(context: Context) -> Iterator[Outcome]:
    """The centre of a direct image by its FITS coordinates is in the middle of its S_REGION.

    The footprint is computed from the coordinates of the image. Where the centre of the array lies further from the
    mean of the vertices than half the height of the footprint, one of the two was copied from another file, or CRPIX is
    that of another subarray.

    How to fix: compute the FITS coordinates and the footprint again (the pipeline's assign_wcs step does).
    Source: jwst issues 580 and 9072; jwst 3.0.0, assign_wcs/util.py (S_REGION from the coordinates).
    """
    if context.facts.keyword("EXP_TYPE") not in IMAGING:
        return
    for hdu, world in worlds(context):
        if len(hdu.axes) < 2 or not world.celestial:
            continue
        found = hdu.header.memo_by_cards(_middle)
        point = position(world, ((hdu.axes[0] + 1) / 2, (hdu.axes[1] + 1) / 2))
        if found is None or point is None:
            continue
        plane = tangent_plane(list(found))
        projected = plane.project(point) if plane is not None else None
        if plane is None or projected is None:
            continue
        heights = [p[1] for p in plane.points]
        middle = [sum(p[i] for p in plane.points) / len(plane.points) for i in (0, 1)]
        apart = hypot(projected[0] - middle[0], projected[1] - middle[1])
        if apart > (max(heights) - min(heights)) / 2:
            text = (
                f"the centre of the array is at RA {point[0]:.5f}, Dec {point[1]:.5f}, "
                f"{degrees(apart) * _ARCSECONDS:.3g} arc seconds from the middle of S_REGION"
            )
            yield _problem(hdu, "S_REGION", text, "a footprint around the array", f"{point[0]:.5f}, {point[1]:.5f}")


def _middle(header: HeaderView) -> tuple[tuple[float, float], ...] | None:
    """Vertices of the polygon of S_REGION; None where it has none."""
    regions = parse_regions(header.string("S_REGION") or "")
    if isinstance(regions, str):
        return None
    polygons = [r for r in regions if r.shape == "POLYGON" and invalid_reason(r) is None]
    return tuple(polygons[0].vertices) if polygons else None


RULES = (distortion, axes, scale_twice, increments, cube_axis, values, elsewhere, centre)
