"""Regions of the sky as S_REGION states them (STC-S), and properties of a polygon on the sphere.

A polygon is projected on the tangent plane of its centre, where great circles are straight lines.
"""

from math import cos, hypot, isfinite, radians, sin
from typing import Final

import msgspec

MAX_PAIRS: Final = 250_000
"""Pairs of edges of a file that are compared; a real polygon has 4 to some dozen edges."""

_SHAPES: Final = frozenset({"POLYGON", "CIRCLE"})
_NEAREST: Final = 0.02
"""Cosine of the largest distance from the centre that is projected: beyond it the tangent plane is useless."""

Point = tuple[float, float]


class Region(msgspec.Struct, frozen=True):
    """A region: ``POLYGON`` or ``CIRCLE``, its frame ('' without one), and its numbers in degrees."""

    shape: str
    frame: str
    numbers: tuple[float, ...]

    @property
    def vertices(self) -> list[Point]:
        """Vertices (RA, Dec) of a polygon, the first one not repeated at the end."""
        points = list(zip(self.numbers[::2], self.numbers[1::2], strict=False))
        return points[:-1] if len(points) > 3 and _apart(points[0], points[-1]) < 1e-9 else points


def parse_regions(text: str) -> list[Region] | str:
    """Regions of an S_REGION value, or why it is invalid."""
    tokens = text.replace("(", " ").replace(")", " ").split()
    regions: list[Region] = []
    at = 0
    while at < len(tokens):
        shape = tokens[at].upper()
        if shape not in _SHAPES:
            return "it does not begin with POLYGON or CIRCLE" if not regions else "a word appears among the numbers"
        at += 1
        words = []
        while at < len(tokens) and _number(tokens[at]) is None and tokens[at].upper() not in _SHAPES:
            words.append(tokens[at].upper())
            at += 1
        numbers = []
        while at < len(tokens) and (number := _number(tokens[at])) is not None:
            numbers.append(number)
            at += 1
        regions.append(Region(shape, " ".join(words), tuple(numbers)))
    return regions or "it is empty"


def _number(token: str) -> float | None:
    try:
        return float(token)
    except ValueError:
        return None


def invalid_reason(region: Region) -> str | None:
    """Why a region is invalid; None for a valid one."""
    numbers = region.numbers
    if not all(isfinite(n) for n in numbers):
        return "a coordinate is not a finite number"
    if region.shape == "CIRCLE":
        if len(numbers) != 3:
            return f"a circle has 3 numbers, not {len(numbers)}"
        return _off_sphere([numbers[:2]]) or (None if numbers[2] > 0 else "the radius is not positive")
    if len(numbers) % 2:
        return f"{len(numbers)} numbers are not pairs of RA and Dec"
    if len(region.vertices) < 3:
        return f"a polygon has at least 3 vertices, not {len(region.vertices)}"
    return _off_sphere(region.vertices)


def _off_sphere(points: list[Point] | list[tuple[float, ...]]) -> str | None:
    for ra, dec in points:
        if not 0 <= ra <= 360:
            return f"RA {ra:g} is not between 0 and 360"
        if not -90 <= dec <= 90:
            return f"Dec {dec:g} is not between -90 and 90"
    return None


def _apart(a: Point, b: Point) -> float:
    """Distance of two points in degrees, accurate for small distances."""
    ra = (a[0] - b[0] + 180) % 360 - 180
    return hypot(ra * cos(radians((a[1] + b[1]) / 2)), a[1] - b[1])


class Plane(msgspec.Struct, frozen=True):
    """Points in the tangent plane of a polygon's centre, in units of radians."""

    centre: tuple[float, float, float]
    points: list[Point]

    def project(self, point: Point) -> Point | None:
        """Project another point; None where it is too far away."""
        return _project(_vector(point), self.centre)


def tangent_plane(vertices: list[Point]) -> Plane | None:
    """Project vertices; None where they do not lie on one half of the sphere."""
    vectors = [_vector(v) for v in vertices]
    sums = [sum(v[i] for v in vectors) for i in range(3)]
    length = hypot(*sums)
    if length < 1e-6 * len(vectors):
        return None
    centre = (sums[0] / length, sums[1] / length, sums[2] / length)
    points = [_project(v, centre) for v in vectors]
    return Plane(centre, [p for p in points if p is not None]) if None not in points else None


def _vector(point: Point) -> tuple[float, float, float]:
    ra, dec = radians(point[0]), radians(point[1])
    return cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec)


def _project(vector: tuple[float, float, float], centre: tuple[float, float, float]) -> Point | None:
    x, y, z = vector
    a, b, c = centre
    scale = x * a + y * b + z * c
    if scale < _NEAREST:
        return None
    flat = hypot(a, b)
    east, north = ((-b / flat, a / flat), (-c * a / flat, -c * b / flat)) if flat > 1e-12 else ((0.0, 1.0), (-c, 0.0))
    return (east[0] * x + east[1] * y) / scale, (north[0] * x + north[1] * y + flat * z) / scale


def crossing(points: list[Point]) -> tuple[int, int] | None:
    """Two edges that cross, by the number of their first vertex (from 1); None where no two do."""
    count = len(points)
    edges = [(points[i], points[(i + 1) % count]) for i in range(count)]
    for i in range(count):
        for j in range(i + 2, count):
            if (i or j != count - 1) and _cross(*edges[i], *edges[j]):
                return i + 1, j + 1
    return None


def coincident(vertices: list[Point], within: float) -> tuple[int, int] | None:
    """Two vertices that are nearer than some degrees, by number (from 1)."""
    for i, a in enumerate(vertices):
        for j in range(i + 1, len(vertices)):
            if _apart(a, vertices[j]) < within:
                return i + 1, j + 1
    return None


def _turn(a: Point, b: Point, c: Point) -> int:
    """Whether a-b-c turns left (1), right (-1) or, within rounding, not at all (0)."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    noise = 1e-9 * hypot(b[0] - a[0], b[1] - a[1]) * hypot(c[0] - a[0], c[1] - a[1])
    return 0 if abs(area) <= noise else 1 if area > 0 else -1


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def distance(points: list[Point], point: Point) -> float:
    """How far a point lies outside a polygon of the plane; 0 inside."""
    inside = False
    nearest = float("inf")
    for i, a in enumerate(points):
        b = points[(i + 1) % len(points)]
        if (a[1] > point[1]) != (b[1] > point[1]):
            inside ^= point[0] < a[0] + (point[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        nearest = min(nearest, _to_edge(a, b, point))
    return 0.0 if inside else nearest


def _to_edge(a: Point, b: Point, point: Point) -> float:
    x, y = b[0] - a[0], b[1] - a[1]
    length = x * x + y * y
    along = max(0.0, min(1.0, ((point[0] - a[0]) * x + (point[1] - a[1]) * y) / length)) if length else 0.0
    return hypot(point[0] - a[0] - along * x, point[1] - a[1] - along * y)
