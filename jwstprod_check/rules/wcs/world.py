"""The celestial coordinates of an image: the first two axes of its primary description, and what they give for a pixel.

A linear transformation and the gnomonic projection are enough to find the centre of an array to a fraction of the footprint.
"""

from itertools import product
from math import asin, atan2, cos, degrees, hypot, radians, sin
from operator import itemgetter
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.rules.context import Context
from jwstprod_check.text import quoted

PROJECTIONS: Final = frozenset(
    (
        *("AZP", "SZP", "TAN", "STG", "SIN", "ARC", "ZPN"),
        *("ZEA", "AIR", "CYP", "CEA", "CAR", "MER", "COP"),
        *("COE", "COD", "COO", "SFL", "PAR", "MOL", "AIT"),
        *("BON", "PCO", "TSC", "CSC", "QSC", "HPX", "XPH"),
    )
)
"""Codes of the projections of the standard (section 8.3, table 23)."""

CONVENTIONS: Final = frozenset({"TPV", "TNX", "ZPX"})
"""Registered conventions that take the place of a projection."""

_KNOWN: Final = PROJECTIONS | CONVENTIONS

_LOOKED_UP: Final = "WAVE-TAB"
"""Axis type of wavelengths that are in a table (s2d after jwst 3.0.0)."""


class World(msgspec.Struct, frozen=True):
    """The first two axes of a description: the values as they are, None where a keyword is missing or of another type.

    ``matrix`` are the elements of PCi_j or CDi_j in rows, with the default of the standard for a missing one; ``root`` is
    PC or CD, '' where there is no matrix.
    """

    types: tuple[str | None, str | None]
    units: tuple[str | None, str | None]
    values: tuple[float | None, float | None]
    pixels: tuple[float | None, float | None]
    increments: tuple[float | None, float | None]
    root: str
    matrix: tuple[float, float, float, float]

    @property
    def codes(self) -> tuple[str, str]:
        """Codes of the projections, '' where a type has none."""
        first, second = ((t or "")[5:8] for t in self.types)
        return first, second

    @property
    def celestial(self) -> bool:
        """Whether both types are those of RA and Dec in a known projection."""
        return type_defect(self.types) is None

    @property
    def determinant(self) -> float:
        """Determinant of the matrix."""
        a, b, c, d = self.matrix
        return a * d - b * c

    def transformation(self) -> tuple[float, float, float, float] | None:
        """Degrees for each pixel, in rows; None where the increments are not known."""
        if self.root == "CD":
            return self.matrix
        first, second = self.increments
        if first is None or second is None:
            return None
        a, b, c, d = self.matrix
        return a * first, b * first, c * second, d * second


def read_world(header: HeaderView) -> World | None:
    """Read the first two axes; None where one of them has no type."""
    if "CTYPE1" not in header or "CTYPE2" not in header:
        return None
    names = [f"{i}_{j}" for i, j in product((1, 2), (1, 2))]
    root = next((r for r in ("CD", "PC") if any(f"{r}{n}" in header for n in names)), "")
    unit = (1.0, 0.0, 0.0, 1.0) if root != "CD" else (0.0, 0.0, 0.0, 0.0)
    elements = [header.number(f"{root}{n}") if root else None for n in names]
    a, b, c, d = (usual if n is None else n for n, usual in zip(elements, unit, strict=True))
    return World(
        (header.string("CTYPE1"), header.string("CTYPE2")),
        (header.string("CUNIT1"), header.string("CUNIT2")),
        (header.number("CRVAL1"), header.number("CRVAL2")),
        (header.number("CRPIX1"), header.number("CRPIX2")),
        (header.number("CDELT1"), header.number("CDELT2")),
        root,
        (a, b, c, d),
    )


def worlds_of(context: Context) -> list[tuple[Hdu, World]]:
    """SCI images with coordinates on the sky, or of unknown types; not those with wavelengths that are looked up in a table."""
    images = [hdu for hdu in context.file.named("SCI") if hdu.type == "IMAGE"]
    found = [(hdu, hdu.header.memo_by_cards(read_world)) for hdu in images]
    return [(hdu, world) for hdu, world in found if world is not None and _LOOKED_UP not in world.types]


def worlds(context: Context) -> list[tuple[Hdu, World]]:
    """The same, but for the HDUs that a rule is kept from."""
    return context.kept(context.by_file(worlds_of), itemgetter(0))


def type_defect(types: tuple[str | None, str | None]) -> str | None:
    """Why two axis types are not those of RA and Dec; None for valid ones."""
    for n, (text, start) in enumerate(zip(types, ("RA---", "DEC--"), strict=True), 1):
        if text is None:
            continue
        code = text[5:8]
        if not text.startswith(start):
            return f"CTYPE{n} is {quoted(text)}, expected {start}TAN"
        if code not in _KNOWN or text[8:] not in ("", "-SIP"):
            return f"CTYPE{n} = {quoted(text)} has no known projection"
    return None if None not in types else "a type is not a string"


def position(world: World, pixel: tuple[float, float]) -> tuple[float, float] | None:
    """RA and Dec of a pixel in the gnomonic projection; None where a number is missing or the projection is another."""
    matrix = world.transformation()
    if matrix is None or world.codes != ("TAN", "TAN"):
        return None
    ra, dec = world.values
    first, second = world.pixels
    if ra is None or dec is None or first is None or second is None:
        return None
    a, b, c, d = matrix
    u, v = pixel[0] - first, pixel[1] - second
    x, y = radians(a * u + b * v), radians(c * u + d * v)
    rho = hypot(x, y)
    if rho == 0:
        return ra, dec
    # The plane touches the sphere at CRVAL; x points east and y north.
    away, start = atan2(rho, 1.0), radians(dec)
    south = cos(away) * sin(start) + y * sin(away) * cos(start) / rho
    east = atan2(x * sin(away), rho * cos(start) * cos(away) - y * sin(start) * sin(away))
    return (ra + degrees(east)) % 360, degrees(asin(max(-1.0, min(1.0, south))))
