"""WCS009 to WCS011: S_REGION."""

from dataclasses import replace

import pytest
from builders import card, join, primary, table
from wcs_headers import sci, wcs_codes, wcs_found

from jwstprod_check.api import check

SQUARE = "POLYGON ICRS  259.27 43.12 259.29 43.12 259.29 43.14 259.27 43.14"


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
    assert wcs_codes(with_region(text)) == []


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
    (finding,) = wcs_found(with_region(text))
    assert (finding.code, finding.severity, finding.keyword, finding.hdu) == (code, severity, "S_REGION", 1)


@pytest.mark.parametrize(
    ("release", "severity"),
    [("1.3.3", "warning"), ("0.18.0", "warning"), ("1.4.0", "error"), ("1.4", "error"), (None, "error")],
)
def test_footprint_of_an_early_release_is_a_warning(release, severity):
    first = primary(CAL_VER=release) if release else primary()
    (finding,) = wcs_found(with_region("POLYGON ICRS 10 5 10.1 5"), first=first)
    assert (finding.code, finding.severity) == ("WCS009", severity)


def test_footprint_of_a_spectrum_is_looked_at():
    part = table("EXTRACT1D", [("WAVELENGTH", "1D", 8)])
    (finding,) = wcs_found(replace(part, cards=(*part.cards, card("S_REGION", "POLYGON ICRS 1 2 3"))))
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
    got = wcs_found(part, product=product, first=primary(EXP_TYPE=exp_type))
    got = [f for f in got if f.code != "WCS020"]
    assert [(f.code, f.severity) for f in got] == ([] if quiet else [("WCS011", "warning")])


def test_polygon_of_many_vertices_is_not_searched_for_crossings():
    text = "POLYGON ICRS " + " ".join(f"{i / 10} {i % 2}" for i in range(800))
    report = check(join([primary(), with_region(text)]))
    assert [s.code for s in report.not_checked if "vertices" in s.reason] == ["WCS010"]
