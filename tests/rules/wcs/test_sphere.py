"""Polygons on the sphere and in their tangent plane."""

from jwstprod_check.rules.wcs.sphere import crossing, distance, invalid_reason, parse_regions, tangent_plane


def test_wide_polygon_has_no_plane():
    (region,) = parse_regions("POLYGON ICRS 0 0 120 0 240 0")
    assert invalid_reason(region) is None
    assert tangent_plane(region.vertices) is None


def test_plane_geometry():
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert crossing(square) is None
    assert crossing([square[0], square[2], square[1], square[3]]) == (1, 3)
    # Of vertices far from the origin as well: only their differences count.
    far = [(x + 7.0, y - 40.0) for x, y in square]
    assert crossing(far) is None
    assert crossing([far[0], far[2], far[1], far[3]]) == (1, 3)
    assert distance(square, (0.5, 0.5)) == 0
    assert distance(square, (2.0, 0.5)) == 1
