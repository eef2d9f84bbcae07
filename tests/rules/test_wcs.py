"""WCS: each contradiction among the keywords of world coordinates is found; what is legal stays quiet."""

from dataclasses import replace

import pytest
from builders import card, image, join, primary, table
from judging import DATA

from jwstprod_check.api import check
from jwstprod_check.rules.wcs.sphere import crossing, distance, flaw, parse_regions, tangent_plane

GOOD = {
    "WCSAXES": 2,
    "CRPIX1": 32.5,
    "CRPIX2": 32.5,
    "CRVAL1": 259.28,
    "CRVAL2": 43.13,
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CDELT1": 8.6e-06,
    "CDELT2": 8.6e-06,
    "PC1_1": -1.0,
    "PC1_2": 0.0,
    "PC2_1": 0.0,
    "PC2_2": 1.0,
}
THIRD = {"CRPIX3": 1.0, "CRVAL3": 5.0, "CTYPE3": "WAVE", "PC3_1": 1.0, "PC3_2": 0.0}
SQUARE = "POLYGON ICRS  259.27 43.12 259.29 43.12 259.29 43.14 259.27 43.14"


def sci(axes=(8, 8), without=(), **keywords):
    words = {k: v for k, v in {**GOOD, **keywords}.items() if k not in without}
    part = image("SCI", axes)
    return replace(part, cards=part.cards + tuple(card(k, v) for k, v in words.items()))


def found(*hdus, product=None, first=None):
    report = check(join([first or primary(), *hdus]), product=product)
    assert not [f for f in report.findings if f.code == "TOOL001"]
    return [f for f in report.findings if f.code.startswith("WCS")]


def codes(*hdus, **options):
    return [f.code for f in found(*hdus, **options)]


@pytest.mark.parametrize(
    "part",
    [
        sci(),
        sci(axes=(8, 8, 5, 2)),
        sci(without=("CDELT1", "CDELT2")),
        sci(without=("PC1_1", "PC1_2", "PC2_1", "PC2_2"), CD1_1=1e-5, CD1_2=0.0, CD2_1=0.0, CD2_2=1e-5),
        sci(WCSAXES=3, **THIRD),
        sci(WCSAXESA=1, CRPIX1A=1.0, CTYPE1A="WAVE"),
        sci(CRDER1=0.0, CSYER1=1e-9),
        sci(WCSAXES="2"),
        sci(axes=(8, 8, 5, 2), without=("WCSAXES",)),
        image("SCI", (8, 8)),
    ],
)
def test_legal_coordinates_are_quiet(part):
    assert codes(part) == []


@pytest.mark.parametrize(
    ("part", "code", "keyword", "severity"),
    [
        (sci(CRPIX3=1.0), "WCS001", "CRPIX3", "error"),
        (sci(axes=(8, 8, 2), **THIRD), "WCS001", "CRPIX3", "error"),
        (sci(PC3_1=1.0), "WCS001", "PC3_1", "error"),
        (sci(PV3_1=1.0), "WCS001", "PV3_1", "error"),
        (sci(WCSAXESA=1, CRPIX2A=1.0), "WCS001", "CRPIX2A", "error"),
        (sci(WCSAXES=-1), "WCS001", "CRPIX1", "error"),
        (sci(without=("WCSAXES",), CTYPE3="WAVE", CRPIX3=1.0, CRVAL3=1.0), "WCS001", "CTYPE3", "warning"),
        (sci(without=("CTYPE2",)), "WCS002", "CTYPE2", "warning"),
        (sci(without=("CRVAL1", "CRPIX1")), "WCS002", "CRPIX1", "warning"),
        (sci(WCSAXES=3), "WCS002", "CTYPE3", "warning"),
        (sci(CD1_1=1e-5), "WCS004", "CD1_1", "error"),
        (sci(CROTA2=5.0), "WCS004", "CROTA2", "error"),
        (sci(CDELT2=0.0), "WCS005", "CDELT2", "error"),
        (sci(CDELT1=0.0, CDELT2=0), "WCS005", "CDELT1", "error"),
        (sci(PC1_1=0.0), "WCS006", "PC1_1", "warning"),
        (sci(PC1_1=1.0, PC1_2=1.0, PC2_1=1.0, PC2_2=1.0), "WCS006", "PC1_1", "warning"),
        (sci(CRDER2=-1.0), "WCS007", "CRDER2", "error"),
        (sci(CSYER1A=-1.0), "WCS007", "CSYER1A", "error"),
    ],
)
def test_contradiction_is_one_finding(part, code, keyword, severity):
    (finding,) = found(part)
    assert (finding.code, finding.keyword, finding.severity, finding.hdu) == (code, keyword, severity, 1)


def test_late_wcsaxes_is_found():
    part = sci(without=("WCSAXES",))
    (finding,) = found(replace(part, cards=(*part.cards, card("WCSAXES", 2))))
    assert (finding.code, finding.keyword) == ("WCS003", "WCSAXES")


def test_same_fault_in_many_slits_is_one_finding():
    slits = [image("SCI", (8, 8), extver=n) for n in range(1, 31)]
    slits = [replace(s, cards=(*s.cards, card("WCSAXES", 2), card("CTYPE3", "WAVE"))) for s in slits]
    assert [(f.code, f.count) for f in found(*slits)] == [("WCS001", 30), ("WCS002", 30)]


CUBE = {"WCSAXES": 3, "CRPIX3": 1.0, "CRVAL3": 1.0, "CTYPE3": "WAVE-TAB", "PS3_0": "WCS-TABLE", "PS3_1": "wavelength"}
LOOKUP = table("WCS-TABLE", [("wavelength", "5E", 20)])


@pytest.mark.parametrize(
    ("cube", "lookup", "keyword"),
    [
        (sci(**CUBE), LOOKUP, None),
        (sci(**{**CUBE, "PS3_1": "WAVELENGTH"}), LOOKUP, None),
        (sci(**CUBE, without=("PS3_0",)), LOOKUP, "PS3_0"),
        (sci(**CUBE, without=("PS3_1",)), LOOKUP, "PS3_1"),
        (sci(**CUBE), image("OTHER", (3,)), "PS3_0"),
        (sci(**CUBE), image("WCS-TABLE", (3,)), "PS3_0"),
        (sci(**CUBE, PV3_1=2), LOOKUP, "PS3_0"),
        (sci(**CUBE), table("WCS-TABLE", [("lambda", "5E", 20)]), "PS3_1"),
    ],
)
def test_lookup_table_must_be_there(cube, lookup, keyword):
    assert [(f.code, f.keyword) for f in found(cube, lookup)] == ([("WCS008", keyword)] if keyword else [])


def with_region(text, **keywords):
    cards = []
    if len(text) > 60:
        pieces = [text[i : i + 60] for i in range(0, len(text), 60)]
        cards = [card("S_REGION", pieces[0] + "&")]
        cards += [f"CONTINUE  '{p}{'&' if p is not pieces[-1] else ''}'".ljust(80).encode() for p in pieces[1:]]
    part = sci(**keywords)
    return replace(part, cards=(*part.cards, *(cards or [card("S_REGION", text)])))


@pytest.mark.parametrize(
    "text",
    [
        SQUARE,
        SQUARE.lower(),
        SQUARE + " 259.27 43.12",
        "CIRCLE ICRS 259.28 43.13 0.01",
        "POLYGON ICRS 359.99 0.01 0.01 0.01 0.01 -0.01 359.99 -0.01",
        "POLYGON ICRS 0 89.9 90 89.9 180 89.9 270 89.9",
        "POLYGON ICRS 10 5 10.1 5 10.05 5.1 POLYGON ICRS 20 5 20.1 5 20.05 5.1",
        "POLYGON ICRS 10 0 10.2 0 10.2 0.2 10.1 0.05 10 0.2",
    ],
)
def test_good_footprint_is_quiet(text):
    assert codes(with_region(text)) == []


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        ("", "WCS009", "warning"),
        ("POLYGON 10 5 10.1 5 10.05 5.1", "WCS009", "warning"),
        ("10 5 10.1 5 10.05 5.1", "WCS009", "error"),
        ("POLYGON ICRS 10 5 10.1 5", "WCS009", "error"),
        ("POLYGON ICRS 10 5 10.1 5 10.05", "WCS009", "error"),
        ("POLYGON ICRS nan nan nan nan nan nan nan nan", "WCS009", "error"),
        ("POLYGON ICRS 10 5 10.1 5 inf 5.1", "WCS009", "error"),
        ("POLYGON ICRS -0.1 5 10.1 5 10.05 5.1", "WCS009", "error"),
        ("POLYGON ICRS 10 5 10.1 95 10.05 5.1", "WCS009", "error"),
        ("CIRCLE ICRS 10 5", "WCS009", "error"),
        ("CIRCLE ICRS 10 5 0", "WCS009", "error"),
        ("POLYGON ICRS 10 5 10.1 5 x 10.05 5.1", "WCS009", "error"),
        ("POLYGON ICRS 10 5 10.1 5.1 10.1 5 10 5.1", "WCS010", "error"),
        ("POLYGON ICRS 359.9 0.1 0.1 -0.1 0.1 0.1 359.9 -0.1", "WCS010", "error"),
        ("POLYGON ICRS 10 5 10.1 5 10.1000001 5 10.1 5.1", "WCS010", "warning"),
    ],
)
def test_bad_footprint_is_one_finding(text, code, severity):
    (finding,) = found(with_region(text))
    assert (finding.code, finding.severity, finding.keyword, finding.hdu) == (code, severity, "S_REGION", 1)


@pytest.mark.parametrize(
    ("release", "severity"),
    [("1.3.3", "warning"), ("0.18.0", "warning"), ("1.4.0", "error"), ("1.4", "error"), (None, "error")],
)
def test_footprint_of_an_early_release_is_a_warning(release, severity):
    first = primary(CAL_VER=release) if release else primary()
    (finding,) = found(with_region("POLYGON ICRS 10 5 10.1 5"), first=first)
    assert (finding.code, finding.severity) == ("WCS009", severity)


def test_description_of_an_image_without_data_is_looked_at():
    part = sci(axes=(), without=("CRPIX2",), CDELT1=0.0)
    assert codes(part) == ["WCS002", "WCS005"]
    assert codes(sci(axes=())) == []
    assert codes(sci(axes=(), **THIRD)) == ["WCS001"]


def test_footprint_of_a_spectrum_is_looked_at():
    part = table("EXTRACT1D", [("WAVELENGTH", "1D", 8)])
    (finding,) = found(replace(part, cards=(*part.cards, card("S_REGION", "POLYGON ICRS 1 2 3"))))
    assert finding.code == "WCS009"


@pytest.mark.parametrize(
    ("ra", "product", "exp_type", "quiet"),
    [
        (259.28, "cal", "NRC_IMAGE", True),
        (259.2900001, "cal", "NRC_IMAGE", True),
        (259.4, "cal", "NRC_IMAGE", False),
        (79.28, "rate", "MIR_IMAGE", False),
        (259.4, "cal", "NRC_WFSS", True),
        (259.4, "i2d", "NRC_IMAGE", True),
    ],
)
def test_footprint_around_another_place_is_a_warning(ra, product, exp_type, quiet):
    part = with_region(SQUARE, RA_REF=ra, DEC_REF=43.13)
    got = found(part, product=product, first=primary(EXP_TYPE=exp_type))
    assert [(f.code, f.severity) for f in got] == ([] if quiet else [("WCS011", "warning")])


def test_polygon_of_many_vertices_is_not_searched_for_crossings():
    text = "POLYGON ICRS " + " ".join(f"{i / 10} {i % 2}" for i in range(800))
    report = check(join([primary(), with_region(text)]))
    assert [s.code for s in report.skipped if "vertices" in s.reason] == ["WCS010"]


def test_wide_polygon_has_no_plane():
    (region,) = parse_regions("POLYGON ICRS 0 0 120 0 240 0")
    assert flaw(region) is None
    assert tangent_plane(region.vertices) is None


def test_plane_geometry():
    square = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert crossing(square) is None
    assert crossing([square[0], square[2], square[1], square[3]]) == (1, 3)
    assert distance(square, (0.5, 0.5)) == 0
    assert distance(square, (2.0, 0.5)) == 1


@pytest.mark.parametrize("path", sorted(DATA.glob("*/*/*.fits*")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_headers_are_quiet(path):
    report = check(str(path))
    assert [f for f in report.findings if f.code.startswith(("WCS", "TIME"))] == []
