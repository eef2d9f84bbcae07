"""What of a file is drawn: each SCI image and each spectrum, the first few; without one, its first image."""

from typing import Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.preview.plane import NoPictureError, is_image, is_science
from jwstprod_check.preview.spectrum import is_spectrum

MOST: Final = 4
"""Pictures of a file."""


def subjects(file: FitsFile, extver: int | None = None) -> tuple[list[Hdu], int]:
    """Return the HDUs to draw, of one EXTVER or of all, and how many more there are.

    Raises ``NoPictureError`` where there is none.
    """
    found = [h for h in file.hdus if is_science(h) or is_spectrum(h)]
    found = found or [h for h in file.hdus if is_image(h)][:1]
    if not found:
        raise NoPictureError("no HDU is an image of two or more axes, or a spectrum")
    if extver is not None:
        known = ", ".join(str(h.extver) for h in found[:20]) + (" ..." if len(found) > 20 else "")
        found = [h for h in found if h.extver == extver]
        if not found:
            raise NoPictureError(f"nothing to draw has EXTVER {extver}; the file has {known}")
    return found[:MOST], len(found) - MOST if len(found) > MOST else 0
