"""WCS001 to WCS008: each contradiction among the keywords of coordinates is found; what is legal stays quiet."""

from dataclasses import replace

import pytest
from builders import card, image, table
from judging import DATA
from wcs_headers import sci, wcs_codes, wcs_found

from jwstprod_check.api import check

THIRD = {"CRPIX3": 1.0, "CRVAL3": 5.0, "CTYPE3": "WAVE", "PC3_1": 1.0, "PC3_2": 0.0}


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
    assert wcs_codes(part) == []


def test_a_negative_number_of_axes_alone_describes_no_axis():
    part = image("SCI", (8, 8)).with_card("WCSAXES", -1)
    assert [f.code for f in wcs_found(part) if f.code in {"WCS001", "TOOL001"}] == []


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
    (finding,) = wcs_found(part)
    assert (finding.code, finding.keyword, finding.severity, finding.hdu) == (code, keyword, severity, 1)


def test_coordinates_of_an_image_without_data_are_checked():
    assert wcs_codes(sci(axes=(), without=("CRPIX2",), CDELT1=0.0)) == ["WCS002", "WCS005"]
    assert wcs_codes(sci(axes=())) == []
    assert wcs_codes(sci(axes=(), **THIRD)) == ["WCS001"]


def test_late_wcsaxes_is_found():
    part = sci(without=("WCSAXES",))
    (finding,) = wcs_found(replace(part, cards=(*part.cards, card("WCSAXES", 2))))
    assert (finding.code, finding.keyword) == ("WCS003", "WCSAXES")


def test_same_fault_in_many_slits_is_one_finding():
    slits = [image("SCI", (8, 8), extver=n) for n in range(1, 31)]
    slits = [replace(s, cards=(*s.cards, card("WCSAXES", 2), card("CTYPE3", "WAVE"))) for s in slits]
    assert [(f.code, f.count) for f in wcs_found(*slits)] == [("WCS001", 30), ("WCS002", 30)]


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
    assert [(f.code, f.keyword) for f in wcs_found(cube, lookup)] == ([("WCS008", keyword)] if keyword else [])


@pytest.mark.parametrize("path", sorted(DATA.glob("*/*/*.fits*")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_headers_are_quiet(path):
    report = check(str(path))
    assert [f for f in report.findings if f.code.startswith(("WCS", "TIME"))] == []
