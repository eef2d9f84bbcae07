"""HDUs with world coordinates, and what the WCS family finds in them."""

from dataclasses import replace

from builders import card, image, join, primary
from judging import found

COORDINATES = {
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
"""Keywords of a sound tangent plane."""


def sci(axes=(8, 8), without=(), **keywords):
    """A SCI with coordinates; ``without`` are keywords to be left out."""
    words = {k: v for k, v in {**COORDINATES, **keywords}.items() if k not in without}
    part = image("SCI", axes)
    return replace(part, cards=part.cards + tuple(card(k, v) for k, v in words.items()))


def wcs_found(*hdus, product=None, first=None):
    """Findings of the WCS family in a file of these HDUs."""
    return found(join([first or primary(), *hdus]), "WCS", product=product)


def wcs_codes(*hdus, **options):
    return [f.code for f in wcs_found(*hdus, **options)]
