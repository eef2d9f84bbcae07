"""WCS: the footprint on the sky that S_REGION states."""

from collections.abc import Iterator
from math import radians
from operator import itemgetter
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.rules.wcs.sphere import (
    MAX_PAIRS,
    Region,
    coincident,
    crossing,
    distance,
    invalid_reason,
    parse_regions,
    tangent_plane,
)
from jwstprod_check.spec.expressions import version_key
from jwstprod_check.text import quoted

NEAR: Final = 1e-6
"""Degrees within which the archive treats two vertices as one."""

OUTSIDE: Final = radians(1 / 3600)
"""How far the reference point may lie outside its footprint: an arc second of rounding and distortion."""

_SHAPE_WORDS: Final = "POLYGON ICRS ra dec ra dec ra dec ..., or CIRCLE ICRS ra dec radius"
IMAGING: Final = frozenset({"NRC_IMAGE", "MIR_IMAGE", "NIS_IMAGE", "FGS_IMAGE"})
"""Exposures of one field by a direct image."""


def _stated(context: Context) -> list[tuple[Hdu, str]]:
    """Headers with an S_REGION that is a string, and its value."""
    return context.kept(context.by_file(_regions), itemgetter(0))


def _regions(context: Context) -> list[tuple[Hdu, str]]:
    stated = [(hdu, hdu.header.string("S_REGION")) for hdu in context.file.hdus]
    return [(hdu, text) for hdu, text in stated if text is not None]


class Footprint(msgspec.Struct, frozen=True):
    """An S_REGION: why it is invalid, None for a valid one; whether it names a frame; its valid regions."""

    reason: str | None
    framed: bool
    regions: tuple[Region, ...]


def _footprint(hdu: Hdu) -> Footprint:
    return hdu.header.memo_by_cards(_parsed)


def _parsed(header: HeaderView) -> Footprint:
    found = parse_regions(header.string("S_REGION") or "")
    if isinstance(found, str):
        return Footprint(found, framed=False, regions=())
    reasons = [invalid_reason(region) for region in found]
    sound = tuple(region for region, reason in zip(found, reasons, strict=True) if reason is None)
    return Footprint(next((f for f in reasons if f is not None), None), bool(found[0].frame), sound)


def _problem(
    hdu: Hdu, message: str, expected: str, found: str, group_key: str, severity: Severity | None = None
) -> Problem:
    card = hdu.header.card("S_REGION")
    return Problem(
        f"{hdu.label}: {message}",
        hdu=hdu,
        keyword="S_REGION",
        expected=expected,
        found=found,
        offset=card.offset if card is not None else None,
        severity=severity,
        group_key=f"{hdu.name} {group_key}",
    )


@rule("WCS009", "footprint-form", scope="walk")
def form(context: Context) -> Iterator[Outcome]:
    """S_REGION is a polygon or a circle of finite coordinates on the sphere, in a named frame.

    The archive finds observations by it, and rejects a file whose footprint it cannot read. An empty one and one
    without a frame are warnings: the archive has to compute the footprint, or to assume a frame. So is any defect in a
    file of a release before 1.4, whose footprints were written in several forms.

    How to fix: write the footprint again (the pipeline's assign_wcs step does), or remove the keyword.
    Source: jwst issues 6691, 9072, 8896 and 1744; IVOA STC-S 1.33; MAST, HLSP Contributor Guide, Common Metadata.
    """
    release = context.facts.keyword("CAL_VER")
    version = version_key(release) if isinstance(release, str) else None
    early = version is not None and version < (1, 4)
    for hdu, text in _stated(context):
        if not text.strip(" "):
            yield _problem(hdu, "S_REGION is empty", _SHAPE_WORDS, "''", "empty", Severity.WARNING)
            continue
        found = _footprint(hdu)
        if found.reason is not None:
            severity = Severity.WARNING if early else None
            message = f"S_REGION is not a valid footprint: {found.reason}"
            yield _problem(hdu, message, _SHAPE_WORDS, quoted(text), "form", severity)
        elif not found.framed:
            message, expected = "S_REGION names no frame", f"{found.regions[0].shape} ICRS ..."
            yield _problem(hdu, message, expected, quoted(text), "frame", Severity.WARNING)


@rule("WCS010", "footprint-crossing", scope="walk", requires=("WCS009",))
def self_crossing(context: Context) -> Iterator[Outcome]:
    """The edges of the S_REGION polygon do not cross each other.

    A polygon with vertices in the wrong order has no inside; the archive rejects it. Edges are great circles. Vertices
    that coincide within 1e-6 degrees are a warning.

    How to fix: write the vertices in order around the footprint.
    Source: jwst issue 6691 ("Vertices intersect").
    """
    pairs = 0
    for hdu, text in _stated(context):
        for region in _footprint(hdu).regions:
            if region.shape != "POLYGON":
                continue
            vertices = region.vertices
            pairs += len(vertices) ** 2 // 2
            if pairs > MAX_PAIRS:
                yield Skip(
                    f"from {hdu.label} on, footprints were not checked for crossings: they have too many vertices"
                )
                return
            plane = tangent_plane(vertices)
            edges = crossing(plane.points) if plane is not None else None
            same = coincident(vertices, NEAR)
            if edges is not None:
                message = f"edges {edges[0]} and {edges[1]} of the S_REGION polygon cross"
                yield _problem(hdu, message, "a polygon without crossing edges", quoted(text), "crossing")
            elif same is not None:
                message = f"vertices {same[0]} and {same[1]} of the S_REGION polygon coincide"
                yield _problem(hdu, message, "different vertices", quoted(text), "same", Severity.WARNING)


@rule(
    "WCS011",
    "footprint-elsewhere",
    Severity.WARNING,
    scope="walk",
    requires=("WCS009",),
    gives_way_to=("WCS010",),
    traits=("one-field",),
)
def elsewhere(context: Context) -> Iterator[Outcome]:
    """The footprint of a direct image contains the reference point RA_REF, DEC_REF of its aperture.

    Otherwise it was computed with another pointing, or copied from another file. The rule checks images of one exposure
    only (rate to crf of the imaging modes): slits, traces and mosaics need not contain the point.

    How to fix: write the footprint again (the pipeline's assign_wcs step does).
    Source: jwst issues 580 and 8896; stdatamodels, wcsinfo.schema.yaml (RA_REF, DEC_REF).
    """
    if not context.has_trait("one-field") or context.facts.keyword("EXP_TYPE") not in IMAGING:
        return
    for hdu, text in _stated(context):
        regions = [r for r in _footprint(hdu).regions if r.shape == "POLYGON"]
        ra, dec = hdu.header.number("RA_REF"), hdu.header.number("DEC_REF")
        if not regions or ra is None or dec is None or not (0 <= ra <= 360 and -90 <= dec <= 90):
            continue
        if all(_outside(region, ra, dec) for region in regions):
            yield _problem(
                hdu,
                f"the S_REGION polygon does not contain RA_REF = {ra:g}, DEC_REF = {dec:g}",
                f"a footprint around RA {ra:.6f}, Dec {dec:.6f}",
                quoted(text),
                "elsewhere",
            )


def _outside(region: Region, ra: float, dec: float) -> bool:
    plane = tangent_plane(region.vertices)
    if plane is None:
        return False
    point = plane.project((ra, dec))
    return point is None or distance(plane.points, point) > OUTSIDE


RULES = (form, self_crossing, elsewhere)
