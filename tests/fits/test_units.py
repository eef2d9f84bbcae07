"""Unit strings: the grammar of the standard against astropy's reader of it."""

import warnings

import pytest

from jwstprod_check.fits.units import same_unit, unit_factors, unit_fault

REAL = ["MJy/sr", "DN", "DN/s", "deg", "DN^2 / s^2", "(DN/s)^2", "d", "um", "(MJy/sr)^2", "pix", "Jy^2", "Jy", "MJy"]
STANDARD = [
    "",
    " ",
    "m",
    "km s-1",
    "km/s",
    "erg/s/cm**2/Angstrom",
    "10**-17 erg/s/cm2",
    "10**(-17) erg s-1",
    "count/s",
    "W m-2 um-1",
    "m**(1/2)",
    "m^+2",
    "sqrt(Hz)",
    "mas/yr",
    "photon s-1",
    "solLum.pc-2",
    "K km s**-1",
    "/s",
    "J*m",
    "adu",
    "mag/arcsec**2",
    "kpc",
    "dam",
]
BAD = [
    "counts per second",
    "UNITLESS",
    "Jy/",
    "(deg",
    "deg)",
    "m**",
    "**2",
    "m//s",
    "m*/s",
    "()",
    "JY",
    "degrees",
    "%",
    "m 5",
    "m\x1b[31m",
    "x" * 300,
]


@pytest.mark.parametrize(
    "text", [*REAL, *STANDARD, "electron/s", "electrons", "e-/s", "micron", "pix3", "1/s", "log(Hz)"]
)
def test_unit_is_read(text):
    assert unit_fault(text) is None


@pytest.mark.parametrize("text", BAD)
def test_unit_cannot_be_read(text):
    assert unit_fault(text)


def test_reason_is_safe_to_print():
    assert all(unit_fault(text).isprintable() for text in BAD)


def test_every_unit_that_astropy_reads_is_known():
    from astropy.units.format import FITS

    assert [name for name in FITS._units if unit_fault(name)] == []


@pytest.mark.parametrize("text", STANDARD)
def test_astropy_reads_what_is_standard(text):
    from astropy import units

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", units.UnitsWarning)
        if text == "10**-17 erg/s/cm2":
            text = "10**-17 erg/(s cm2)"
        units.Unit(text, format="fits")


def test_long_text_takes_linear_time():
    for text in ("m" * 200, "(" * 200, "m." * 100, "m**(" * 50, "- " * 100):
        unit_fault(text)


@pytest.mark.parametrize("text", [t for t in STANDARD if not t.startswith("10**") and "sqrt" not in t])
def test_factors_are_those_that_astropy_reads(text):
    from astropy import units

    product = units.dimensionless_unscaled
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, power in unit_factors(text):
            product = product * units.Unit(name, format="fits") ** power
        whole = units.Unit(text.strip(), format="fits") if not text.startswith("/") else units.s**-1
    assert product == whole


@pytest.mark.parametrize("text", ["10**-17 erg/s/cm2", "sqrt(Hz)", "nonsense", "m/"])
def test_what_is_no_product_of_names_has_no_factors(text):
    assert unit_factors(text) is None


@pytest.mark.parametrize(
    ("one", "other", "power", "same"),
    [
        ("Jy", "Jy", 1, True),
        ("Jy", "mJy", 1, False),
        ("Jy", "Jy", 2, False),
        ("Jy^2", "Jy", 2, True),
        ("DN^2 / s^2", "DN/s", 2, True),
        ("(DN/s)^2", "DN / s", 2, True),
        ("MJy^2/sr", "MJy/sr", 2, False),
        ("MJy/sr", "MJy sr-1", 1, True),
        ("MJy / sr2", "MJy/sr", 1, False),
        ("((m/s)^2/kg)^2", "m2 s-2 kg-1", 2, True),
        ("10**-7 Jy", "10**-7 Jy ", 1, True),
        ("10**-7 Jy", "Jy", 1, False),
        ("nonsense", "nonsense", 2, False),
    ],
)
def test_units_are_compared_by_their_factors(one, other, power, same):
    assert same_unit(one, other, power) is same
