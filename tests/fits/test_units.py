"""Unit strings: the grammar of the standard against astropy's reader of it."""

import warnings

import pytest

from jwstprod_check.fits.units import unit_fault

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
