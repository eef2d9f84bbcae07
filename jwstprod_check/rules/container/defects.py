"""The defects that the walk over a file met, for the rules that report them."""

from collections.abc import Iterator

from jwstprod_check.defect import Defect
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.rules.context import Context
from jwstprod_check.text import listed


def defects(context: Context, *kinds: str) -> Iterator[tuple[Defect, Hdu | None]]:
    """Defects of the container of some kinds, each with the HDU that it concerns, if that could be read."""
    for defect in context.file.defects:
        if defect.kind in kinds:
            hdus = context.file.hdus
            yield defect, hdus[defect.hdu] if defect.hdu is not None and defect.hdu < len(hdus) else None


def unread(defect: Defect) -> Hdu | None:
    """Stand-in for an HDU whose header could not be read, so that a finding can name its place."""
    return None if defect.hdu is None else Hdu(defect.hdu, Header(b"", defect.at, 0))


def name_of(defect: Defect, hdu: Hdu | None) -> str:
    """How a message names the HDU of a defect."""
    return (
        f"HDU {defect.hdu}"
        if hdu is None
        else hdu.label
        if hdu.label.startswith("HDU")
        else f"HDU {hdu.index} ({hdu.label})"
    )


def lost(context: Context, instead: Hdu | None = None) -> str:
    """HDUs that the table of the product requires and the file does not have, for the end of a message."""
    if not context.known or context.uncovered is not None:
        return ""
    too = " too" if instead is not None else ""
    missing = [m.row.name for m in context.matching.matches if not m.hdus and not m.row.optional and m.row.extname]
    return f" (lost{too}: {listed(missing, 20)})" if missing else ""
