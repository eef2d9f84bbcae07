"""Small pictures of the science images of a file, for a report that shows them."""

from typing import Final

from jwstprod_check.findings import Thumbnail
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.preview.draw import caption, png
from jwstprod_check.preview.plane import NoPictureError, is_science, picture_of
from jwstprod_check.storage.source import Source
from jwstprod_check.text import error_text, printable

MAX_IMAGES: Final = 12
"""Science images of a file that are drawn: the slits of a multi-object exposure can be hundreds."""

MAX_POINTS: Final = 96
"""Points of the longer side of a picture."""


def thumbnails(source: Source, file: FitsFile) -> tuple[Thumbnail, ...]:
    """Draw a plane of each SCI image of a file, of the first twelve, in at most 96 x 96 points.

    What cannot be drawn has an empty ``png`` and the reason as its ``caption``: a picture is no check, so that the verdict stays
    what it is, whatever fails here.
    """
    images = [hdu for hdu in file.hdus if is_science(hdu)]
    return tuple(_drawn(source, file, hdu) for hdu in images[:MAX_IMAGES])


def _drawn(source: Source, file: FitsFile, hdu: Hdu) -> Thumbnail:
    try:
        picture = picture_of(source, file, MAX_POINTS, MAX_POINTS, hdu)
        return Thumbnail(hdu.index, printable(caption(picture, True)), png(picture))
    except (NoPictureError, OSError) as error:
        reason = str(error)
    except Exception as error:
        reason = error_text(error)
    return Thumbnail(hdu.index, printable(f"{hdu.label} is not drawn: {reason}"))
