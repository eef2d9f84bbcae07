"""Where a rule on coordinates begins to fire: the last number that is right and the first that is not."""

from dataclasses import replace

import pytest
from builders import card, join, primary, table
from judging import found
from wcs_headers import sci, wcs_codes

from jwstprod_check.rules.wcs import sphere
from jwstprod_check.rules.wcs.footprint import NEAR
from jwstprod_check.rules.wcs.sphere import coincident, crossing, distance, invalid_reason, parse_regions, tangent_plane

ARCSECOND = 1 / 3600
SQUARE = "POLYGON ICRS 10 0 10.2 0 10.2 0.2 10 0.2"


def region(text, **keywords):
    part = sci(**keywords)
    return replace(part, cards=(*part.cards, card("S_REGION", text)))


def faulty(text):
    (found,) = parse_regions(text)
    return invalid_reason(found) is not None


@pytest.mark.parametrize(("axis", "fires"), [(1, False), (2, False), (3, True)])
@pytest.mark.parametrize(
    "keyword", ["PV{}_1", "PS{}_0", "CUNIT{}", "CNAME{}", "CRDER{}", "CSYER{}", "CROTA{}", "CD1_{}"]
)
def test_no_keyword_goes_beyond_the_axes(keyword, axis, fires):
    value = "x" if keyword[:2] in ("PS", "CU", "CN") else 1.0
    part = sci(without=("PC1_1", "PC1_2", "PC2_1", "PC2_2"), **{keyword.format(axis): value})
    assert ("WCS001" in wcs_codes(part)) is fires


@pytest.mark.parametrize(("keyword", "value", "fires"), [
    *((k, v, f) for k in ("CRDER1", "CSYER1", "CRDER2", "CSYER2") for v, f in ((0.0, False), (1e-30, False), (-1e-30, True))),
])  # fmt: skip
def test_errors_are_negative_below_zero(keyword, value, fires):
    assert ("WCS007" in wcs_codes(sci(**{keyword: value}))) is fires


@pytest.mark.parametrize("keyword", ["CDELT1", "CDELT2"])
@pytest.mark.parametrize(("value", "fires"), [(0.0, True), (0, True), (1e-30, False), (-1.0, False)])
def test_only_zero_is_no_increment(keyword, value, fires):
    assert ("WCS005" in wcs_codes(sci(**{keyword: value}))) is fires


@pytest.mark.parametrize(("element", "fires"), [(1e-11, False), (1e-13, True), (0.0, True)])
@pytest.mark.parametrize("matrix", ["PC", "CD"])
def test_a_matrix_is_singular_where_a_pivot_vanishes(matrix, element, fires):
    # Of the rows (1, 1) and (1, 1 + x) the second pivot is x.
    rows = {"1_1": 1.0, "1_2": 1.0, "2_1": 1.0, "2_2": 1.0 + element}
    without = () if matrix == "PC" else ("PC1_1", "PC1_2", "PC2_1", "PC2_2")
    words = {f"{matrix}{k}": f"{v:>20.15f}".encode() for k, v in rows.items()}
    assert ("WCS006" in wcs_codes(sci(without=without, **words))) is fires


@pytest.mark.parametrize(("keyword", "fires"), [("PC2_2", True), ("PC1_1", True), ("PC1_2", False)])
def test_an_absent_element_is_that_of_the_unit_matrix(keyword, fires):
    assert wcs_codes(sci(without=(keyword,))) == []
    assert ("WCS006" in wcs_codes(sci(**{keyword: 0.0}))) is fires


def test_an_absent_element_of_cd_is_zero():
    plain = ("PC1_1", "PC1_2", "PC2_1", "PC2_2")
    assert wcs_codes(sci(without=plain, CD1_1=1.0, CD2_2=1.0)) == []
    assert wcs_codes(sci(without=plain, CD1_1=1.0)) == ["WCS006"]


@pytest.mark.parametrize(("axes", "looked"), [(9, True), (10, False)])
def test_descriptions_of_more_than_nine_axes_are_not_looked_into(axes, looked):
    part = sci(axes=(2,) * axes, WCSAXES=axes, PC1_1=0.0)
    assert wcs_codes(part) == (["WCS002", "WCS006"] if looked else [])


@pytest.mark.parametrize("root", ["CTYPE", "CRPIX", "CRVAL"])
@pytest.mark.parametrize("axis", [1, 2])
def test_each_axis_has_its_three_keywords(root, axis):
    assert wcs_codes(sci(without=(f"{root}{axis}",))) == ["WCS002"]


@pytest.mark.parametrize(
    ("version", "extver", "fires"), [(None, 1, False), (1, 1, False), (2, 2, False), (2, 1, True), (None, 2, True)]
)
def test_a_lookup_table_has_the_version_that_is_named(version, extver, fires):
    cube = {"WCSAXES": 3, "CRPIX3": 1.0, "CRVAL3": 1.0, "CTYPE3": "WAVE-TAB", "PS3_0": "T", "PS3_1": "w"}
    more = {} if version is None else {"PV3_1": version}
    lookup = table("T", [("w", "5E", 20)], extver=extver)
    assert ("WCS008" in wcs_codes(sci(axes=(8, 8, 8), **cube, **more), lookup)) is fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("POLYGON ICRS 0 0 10 0 10 10", False),
        ("POLYGON ICRS 360 0 350 0 350 10", False),
        ("POLYGON ICRS 360.0001 0 350 0 350 10", True),
        ("POLYGON ICRS -0.0001 0 10 0 10 10", True),
        ("POLYGON ICRS 0 90 10 80 20 80", False),
        ("POLYGON ICRS 0 90.0001 10 80 20 80", True),
        ("POLYGON ICRS 0 -90 10 -80 20 -80", False),
        ("POLYGON ICRS 0 -90.0001 10 -80 20 -80", True),
        ("POLYGON ICRS 0 0 10 0", True),
        ("POLYGON ICRS 0 0 10 0 10 10 0 0", False),
        ("POLYGON ICRS 0 0 10 0 0 0", False),  # three vertices: the first is repeated only after three others
        ("CIRCLE ICRS 0 0 1e-9", False),
        ("CIRCLE ICRS 0 0 0", True),
        ("CIRCLE ICRS 0 0 -1", True),
        ("CIRCLE ICRS 360 90 1", False),
        ("CIRCLE ICRS 361 90 1", True),
        ("CIRCLE ICRS 0 91 1", True),
        ("CIRCLE ICRS 0 0", True),
        ("CIRCLE ICRS 0 0 1 1", True),
    ],
)
def test_regions_lie_on_the_sphere(text, fires):
    assert faulty(text) is fires


@pytest.mark.parametrize(("text", "fires"), [
    ("CIRCLE ICRS 10 5 0.1", False), ("CIRCLE 10 5 0.1", True), ("circle icrs 10 5 0.1", False),
])  # fmt: skip
def test_a_region_names_its_frame(text, fires):
    assert wcs_codes(region(text)) == (["WCS009"] if fires else [])


@pytest.mark.parametrize(("apart", "same"), [(0.99 * NEAR, (1, 2)), (1.01 * NEAR, None)])
def test_vertices_coincide_within_a_millionth_of_a_degree(apart, same):
    assert coincident([(10.0, 0.0), (10.0 + apart, 0.0), (10.0, 1.0)], NEAR) == same
    assert coincident([(10.0, 0.0), (10.0, apart), (11.0, 1.0)], NEAR) == same
    # Near the pole a degree of right ascension is short.
    assert coincident([(10.0, 60.0), (10.0 + 2 * apart, 60.0), (10.0, 61.0)], NEAR) == same


@pytest.mark.parametrize(("vertices", "searched"), [(4, True), (5, False)])
def test_footprints_of_too_many_vertices_are_not_searched(monkeypatch, vertices, searched):
    monkeypatch.setattr("jwstprod_check.rules.wcs.footprint.MAX_PAIRS", 8)
    points = " ".join(f"{10 + i * 0.1:.1f} {0.1 * (i % 2):.1f}" for i in range(vertices))
    from jwstprod_check.api import check

    report = check(join([primary(), region(f"POLYGON ICRS {points}")]))
    assert ("WCS010" in {s.code for s in report.not_checked}) is not searched
    assert sphere.MAX_PAIRS == 250_000


@pytest.mark.parametrize(
    ("beyond", "fires"), [(0.9 * ARCSECOND, False), (1.1 * ARCSECOND, True), (-1.0 * ARCSECOND, False)]
)
@pytest.mark.parametrize(
    ("ra", "dec", "sign"), [(10.2, 0.1, (1, 0)), (10.0, 0.1, (-1, 0)), (10.1, 0.2, (0, 1)), (10.1, 0.0, (0, -1))]
)
def test_the_reference_point_may_lie_an_arc_second_outside(ra, dec, sign, beyond, fires):
    at = {"RA_REF": ra + sign[0] * beyond, "DEC_REF": dec + sign[1] * beyond}
    raw = join([primary(EXP_TYPE="NRC_IMAGE"), region(SQUARE, **at)])
    assert [f.code for f in found(raw, "WCS011", product="cal")] == (["WCS011"] if fires else [])


@pytest.mark.parametrize(
    ("product", "exposure", "fires"),
    [
        *((p, "NRC_IMAGE", True) for p in ("rate", "rateints", "cal", "calints", "crf", "crfints")),
        *((p, "NRC_IMAGE", False) for p in ("i2d", "uncal", "x1d")),
        *(("cal", e, True) for e in ("MIR_IMAGE", "NIS_IMAGE", "FGS_IMAGE")),
        *(("cal", e, False) for e in ("NRS_IMAGE", "NRC_CORON")),
    ],
)
def test_only_images_of_one_field_contain_their_point(product, exposure, fires):
    raw = join([primary(EXP_TYPE=exposure), region(SQUARE, RA_REF=11.0, DEC_REF=0.1)])
    assert [f.code for f in found(raw, "WCS011", product=product)] == (["WCS011"] if fires else [])


@pytest.mark.parametrize(
    ("ra", "dec", "fires"),
    [(360.0, 0.0, True), (360.1, 0.0, False), (0.0, 90.0, True), (0.0, 90.1, False), (0.0, -90.1, False)],
)
def test_a_point_off_the_sphere_is_no_point(ra, dec, fires):
    raw = join(
        [primary(EXP_TYPE="NRC_IMAGE"), region("POLYGON ICRS 100 0 100.2 0 100.2 0.2 100 0.2", RA_REF=ra, DEC_REF=dec)]
    )
    assert [f.code for f in found(raw, "WCS011", product="cal")] == (["WCS011"] if fires else [])


@pytest.mark.parametrize(("degrees", "flat"), [(88.8, True), (88.9, False)])
def test_a_polygon_far_from_its_centre_has_no_plane(degrees, flat):
    # A corner this far from the centre, whose cosine is just above or just below 0.02.
    ring = [(i * 90.0, 90.0 - degrees) for i in range(4)]
    assert (tangent_plane(ring) is not None) is flat


def test_edges_that_touch_do_not_cross():
    assert crossing([(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 0.0), (0.0, 1.0)]) is None
    assert crossing([(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, -0.01), (0.0, 1.0)]) is not None


def test_distance_is_that_of_the_nearest_edge_or_corner():
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert distance(square, (2.0, 2.0)) == pytest.approx(2**0.5)
    assert distance(square, (0.5, -3.0)) == 3
    assert distance(square, (0.999, 0.999)) == 0
