"""WCS015 to WCS022: projection, units, scale and place of the celestial coordinates."""

import pytest
from builders import primary
from judging import REAL
from wcs_headers import COORDINATES, wcs_codes, wcs_found
from wcs_headers import sci as made

from jwstprod_check.api import check
from jwstprod_check.rules.wcs.world import World, position

PIXEL = 8.6e-06
CD = {"CD1_1": -PIXEL, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": PIXEL}
NO_PC = ("PC1_1", "PC1_2", "PC2_1", "PC2_2")
NO_MATRIX = (*NO_PC, "CDELT1", "CDELT2")
SIP = {"CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP", "A_ORDER": 2, "B_ORDER": 2, "A_0_2": 1e-6, "B_2_0": 1e-6}
SQUARE = "POLYGON ICRS 259.27 43.12 259.29 43.12 259.29 43.14 259.27 43.14"
"""A footprint that is 0.02 degrees high around CRVAL1, CRVAL2."""

REFERENCE = {"RA_REF": 259.28, "DEC_REF": 43.13}


def sci(axes=(8, 8), without=(), **keywords):
    """SCI with numbers as FITS writes them."""
    words = {**COORDINATES, **keywords}
    fields = {k: f"{v!r:>20}".upper().encode() if isinstance(v, float) else v for k, v in words.items()}
    return made(axes, without, **fields)


def codes(*hdus, product="rate", first=None):
    return wcs_codes(*hdus, product=product, first=first)


@pytest.mark.parametrize(
    "part",
    [
        sci(),
        sci(CUNIT1="deg", CUNIT2="deg", **REFERENCE),
        sci(**SIP),
        sci(without=NO_MATRIX, **CD),
        sci(without=NO_PC, **CD, CDELT1=-PIXEL, CDELT2=PIXEL),
        sci(CTYPE1="RA---SIN", CTYPE2="DEC--SIN"),
        sci(without=("CTYPE1", "CTYPE2", "CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2")),
        sci(PC1_1=-PIXEL, PC2_2=PIXEL, CDELT1=1.0, CDELT2=1.0),
    ],
)
def test_sound_coordinates_are_quiet(part):
    assert [c for c in codes(part) if c > "WCS014"] == []


@pytest.mark.parametrize("release", ["1.11.4", "3.0.0"])
def test_files_of_the_pipeline_are_quiet(release):
    files = [path for path in REAL if path.parent.name == f"jwst-{release}"]
    assert files
    for path in files:
        assert not [f for f in check(path).findings if "WCS015" <= f.code <= "WCS022"]


@pytest.mark.parametrize(
    ("part", "keyword"),
    [
        (sci(**SIP | {"CTYPE2": "DEC--TAN"}), "CTYPE2"),
        (sci(**SIP | {"CTYPE1": "RA---TAN"}), "CTYPE1"),
        (sci(**SIP, without=("A_ORDER",)), "A_ORDER"),
        (sci(**SIP, without=("B_ORDER",)), "B_ORDER"),
        (sci(A_ORDER=2), "A_ORDER"),
        (sci(B_1_1=1e-6), "B_1_1"),
    ],
)
def test_distortion_terms_and_types_go_together(part, keyword):
    (finding,) = wcs_found(part, product="rate")
    assert (finding.code, str(finding.severity), finding.keyword) == ("WCS015", "warning", keyword)


@pytest.mark.parametrize("keyword", ["A_DMAX", "AP_1_0", "BP_ORDER", "A_X_Y", "A_X_0", "A_0_Y", "A_0-1", "A_0_10"])
def test_inverse_terms_and_other_names_are_no_terms(keyword):
    assert codes(sci(**{keyword: 1})) == []


@pytest.mark.parametrize(
    ("first", "second", "keyword"),
    [
        ("GLON-TAN", "GLAT-TAN", "CTYPE1"),
        ("RA---TAN", "RA---TAN", "CTYPE2"),
        ("DEC--TAN", "RA---TAN", "CTYPE1"),
        ("ra---tan", "dec--tan", "CTYPE1"),
        ("", "", "CTYPE1"),
        ("RA", "DEC", "CTYPE1"),
        ("RA---FLT", "DEC--FLT", "CTYPE1"),
        ("RA---TAN", "DEC--SIN", "CTYPE2"),
        ("RA---TAN", "DEC--TAN-X", "CTYPE2"),
    ],
)
def test_axes_that_are_not_those_of_one_projection_are_a_warning(first, second, keyword):
    (finding,) = wcs_found(sci(CTYPE1=first, CTYPE2=second), product="rate")
    assert (finding.code, str(finding.severity), finding.keyword) == ("WCS016", "warning", keyword)


@pytest.mark.parametrize(
    ("diagonal", "increment", "fires"),
    [
        (PIXEL, PIXEL, True),
        (0.71, PIXEL, False),
        (0.70, PIXEL, True),
        (1.41, PIXEL, False),
        (1.42, PIXEL, True),
        (PIXEL, 1.0, False),
    ],
)
def test_the_scale_is_in_the_matrix_or_in_the_increment(diagonal, increment, fires):
    part = sci(PC1_1=-diagonal, PC2_2=diagonal, CDELT1=increment, CDELT2=increment)
    found = [c for c in codes(part) if c != "WCS021"]
    assert found == (["WCS017"] if fires else [])


@pytest.mark.parametrize(
    ("factor", "fires"), [(1.0, False), (1.049, False), (0.951, False), (1.06, True), (0.94, True), (100.0, True)]
)
def test_an_increment_beside_a_matrix_of_scales_is_its_scale(factor, fires):
    part = sci(without=NO_PC, **CD, CDELT1=-PIXEL * factor, CDELT2=PIXEL)
    assert codes(part) == (["WCS018"] if fires else [])


@pytest.mark.parametrize(
    ("said", "fires"), [("WAVE", False), ("WAVE-TAB", False), ("WAVELENGTH", True), ("wave", True), ("", True)]
)
def test_the_third_axis_of_a_cube_is_a_wavelength(said, fires):
    part = sci(axes=(8, 8, 4), WCSAXES=3, CRPIX3=1.0, CRVAL3=2.0, CTYPE3=said)
    assert ("WCS019" in codes(part, product="s3d")) is fires
    assert "WCS019" not in codes(part, product="rate")


@pytest.mark.parametrize(
    ("shift", "product", "target", "fires"),
    [
        (0.049, "rate", "FIXED", False),
        (0.051, "rate", "FIXED", True),
        (0.051, "uncal", "FIXED", True),
        (0.051, "gs-fg-uncal", "FIXED", True),
        (0.051, "crf", None, True),
        (0.051, "i2d", "FIXED", False),
        (0.051, "rate", "MOVING", False),
    ],
)
def test_the_reference_values_are_those_of_the_aperture(shift, product, target, fires):
    part = sci(**REFERENCE | {"DEC_REF": 43.13 + shift})
    first = primary(**({"TARGTYPE": target} if target else {}))
    assert codes(part, product=product, first=first) == (["WCS020"] if fires else [])


def test_the_distance_is_measured_across_ra_zero_and_towards_the_pole():
    assert codes(sci(CRVAL1=359.99, CRVAL2=0.0, RA_REF=0.01, DEC_REF=0.0)) == []
    assert codes(sci(CRVAL1=10.0, CRVAL2=89.0, RA_REF=12.0, DEC_REF=89.0)) == []
    assert codes(sci(CRVAL1=10.0, CRVAL2=0.0, RA_REF=12.0, DEC_REF=0.0)) == ["WCS020"]


@pytest.mark.parametrize(
    ("keywords", "keyword"),
    [
        ({"CUNIT1": "arcsec"}, "CUNIT1"),
        ({"CUNIT2": "rad"}, "CUNIT2"),
        ({"CRVAL1": 360.0}, "CRVAL1"),
        ({"CRVAL1": -0.001}, "CRVAL1"),
        ({"CRVAL2": 90.001}, "CRVAL2"),
        ({"CRVAL2": -90.001}, "CRVAL2"),
        ({"CDELT1": 4.17e-4, "CDELT2": 4.17e-4}, "CDELT1"),
        ({"CDELT1": 1.38e-6, "CDELT2": 1.38e-6}, "CDELT1"),
    ],
)
def test_values_off_the_sphere_or_off_the_scale_are_a_warning(keywords, keyword):
    (finding,) = wcs_found(sci(**keywords), product="rate")
    assert (finding.code, str(finding.severity), finding.keyword) == ("WCS021", "warning", keyword)


@pytest.mark.parametrize(
    "keywords",
    [
        {"CUNIT1": "deg", "CUNIT2": "deg"},
        {"CRVAL1": 0.0},
        {"CRVAL1": 359.999},
        {"CRVAL2": 90.0},
        {"CRVAL2": -90.0},
        {"CDELT1": 4.16e-4, "CDELT2": 4.16e-4},
        {"CDELT1": 1.39e-6, "CDELT2": 1.39e-6},
    ],
)
def test_values_on_the_edge_are_quiet(keywords):
    assert codes(sci(**keywords)) == []


@pytest.mark.parametrize(
    ("centre", "fires"), [(43.13, False), (43.1399, False), (43.1401, True), (43.1201, False), (43.1199, True)]
)
@pytest.mark.parametrize("product", ["cal", "i2d", "uncal"])
def test_the_centre_of_a_direct_image_is_in_the_middle_of_its_footprint(product, centre, fires):
    part = sci(axes=(64, 64), CRPIX1=32.5, CRVAL2=centre, S_REGION=SQUARE)
    found = [c for c in codes(part, product=product, first=primary(EXP_TYPE="NRC_IMAGE")) if c != "WCS011"]
    assert found == (["WCS022"] if fires else [])


def test_spectra_and_images_without_a_footprint_have_no_middle():
    away = {"axes": (64, 64), "CRVAL2": 43.2}
    assert codes(sci(**away, S_REGION=SQUARE), product="cal", first=primary(EXP_TYPE="NRS_IFU")) == []
    assert codes(sci(**away), product="cal", first=primary(EXP_TYPE="NRC_IMAGE")) == []


@pytest.mark.parametrize("dec", [-80.0, 0.0, 43.13, 89.9])
@pytest.mark.parametrize("pixel", [(32.5, 32.5), (1.0, 64.0), (2000.0, 1.0)])
def test_positions_are_those_of_astropy(dec, pixel):
    from astropy.io import fits
    from astropy.wcs import WCS

    keywords = {
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 259.28, "CRVAL2": dec, "CRPIX1": 32.5, "CRPIX2": 32.5,
        "CDELT1": 3e-5, "CDELT2": 3e-5, "PC1_1": -0.8, "PC1_2": 0.6, "PC2_1": 0.6, "PC2_2": 0.8,
    }  # fmt: skip
    header = fits.Header()
    header.update(keywords)
    (ra, expected), *_ = WCS(header).all_pix2world([pixel], 1)
    world = World(
        ("RA---TAN", "DEC--TAN"), (None, None), (259.28, dec), (32.5, 32.5), (3e-5, 3e-5), "PC", (-0.8, 0.6, 0.6, 0.8)
    )
    assert position(world, pixel) == (pytest.approx(ra, abs=1e-9), pytest.approx(expected, abs=1e-9))


def test_what_cannot_be_computed_has_no_position():
    sound = World(("RA---TAN", "DEC--TAN"), (None, None), (1.0, 2.0), (1.0, 1.0), (1.0, 1.0), "", (1.0, 0.0, 0.0, 1.0))
    for changed in (
        {"values": (None, 2.0)},
        {"pixels": (1.0, None)},
        {"increments": (None, 1.0)},
        {"types": ("RA---SIN", "DEC--SIN")},
    ):
        fields = {f: getattr(sound, f) for f in sound.__struct_fields__} | changed
        assert position(World(**fields), (5.0, 5.0)) is None


def test_increments_are_those_of_both_axes():
    world = {"root": "PC", "types": ("RA---TAN", "DEC--TAN"), "matrix": (1.0, 0.0, 0.0, 2.0)}
    known = dict.fromkeys(World.__struct_fields__) | world
    assert World(**known | {"increments": (3.0, 4.0)}).transformation() == (3.0, 0.0, 0.0, 8.0)
    assert World(**known | {"increments": (3.0, None)}).transformation() is None
    assert World(**known | {"increments": (None, 4.0)}).transformation() is None
