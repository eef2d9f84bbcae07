"""Tile-compressed images restored section by section, so that they are looked at as the images they are.

Only algorithms whose output has a bound that is known before are followed. FITS Standard 4.0, section 10.
"""

import warnings
import zlib
from collections.abc import Iterator
from math import ceil, prod
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.columns import read_columns
from jwstprod_check.fits.hdu import Hdu, axes_of
from jwstprod_check.fits.header import BLOCK, Header
from jwstprod_check.scan.tables import layout
from jwstprod_check.text import plural, quoted

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_STORED: Final = 16 * 2**20
"""Bytes of the largest compressed image that is restored: rows and heap."""

MAX_RESTORED: Final = 64 * 2**20
"""Bytes of the largest image that is restored."""

MAX_SECTION: Final = 16 * 2**20
"""Bytes of the largest tile, and of the largest section that has to be restored at once."""

ALGORITHMS: Final = ("RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "NOCOMPRESS")

_SECTION = 2**22


class BrokenImageError(Exception):
    """A compressed image that cannot be restored."""


def obstacle(hdu: Hdu) -> str:
    """Why a compressed image is not restored, '' if it is: judged by its header alone."""
    algorithm = hdu.header.string("ZCMPTYPE") or ""
    if algorithm not in ALGORITHMS:
        return f"the compression {quoted(algorithm)} is not restored"
    if (hdu.data_size or 0) > MAX_STORED:
        return f"a compressed image of more than {MAX_STORED} bytes is not restored"
    if _pixels(hdu) * _width(hdu) > MAX_RESTORED:
        return f"an image of more than {MAX_RESTORED} bytes is not restored"
    tile = _tile(hdu)
    if prod(tile) * _width(hdu) > MAX_SECTION or _section(hdu) * _plane(hdu) * _width(hdu) > MAX_SECTION:
        return f"tiles of {plural(prod(tile), 'pixel')} are too large to be restored"
    return ""


def _pixels(hdu: Hdu) -> int:
    return prod(hdu.axes)


def _plane(hdu: Hdu) -> int:
    """Pixels at one place of the last axis."""
    return prod(hdu.axes[:-1])


def _width(hdu: Hdu) -> int:
    return max(4, abs(hdu.bitpix or 8) // 8)


def _tile(hdu: Hdu) -> tuple[int, ...]:
    """Axes of a tile in FITS order; without ZTILEn a tile is a row (section 10.1)."""
    lengths = [hdu.header.integer(f"ZTILE{n}") for n in range(1, len(hdu.axes) + 1)]
    usual = [hdu.axes[0], *[1] * (len(hdu.axes) - 1)]
    return tuple(
        max(1, min(length or other, axis)) for length, other, axis in zip(lengths, usual, hdu.axes, strict=True)
    )


def _section(hdu: Hdu) -> int:
    """Places of the last axis that are restored at once: whole tiles."""
    least = _tile(hdu)[-1]
    return least * max(1, _SECTION // (least * _plane(hdu) * _width(hdu)))


def restore(hdu: Hdu, data: bytes) -> "Iterator[Array]":
    """Restore an image that has no ``obstacle``; gives its pixels in order, in the byte order of the machine.

    Raises ``BrokenImageError``.
    """
    _check_tiles(hdu, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from _sections(hdu, data)
    except Exception as error:
        # Whatever the reader stumbles over is the state of the image, and becomes a finding.
        raise BrokenImageError(f"{type(error).__name__}: {error}") from error


def _sections(hdu: Hdu, data: bytes) -> "Iterator[Array]":
    from io import BytesIO

    import numpy as np
    from astropy.io import fits

    start = b"".join(c.ljust(80) for c in (b"SIMPLE  =                    T", b"BITPIX  =                    8"))
    start += b"".join(
        c.ljust(80) for c in (b"NAXIS   =                    0", b"EXTEND  =                    T", b"END")
    )
    fill = bytes(-len(data) % BLOCK)
    with fits.open(BytesIO(start.ljust(BLOCK) + hdu.header.raw + data + fill), memmap=False) as hdus:
        image = hdus[1]
        step = _section(hdu)
        for first in range(0, hdu.axes[-1], step):
            pixels = np.asarray(image.section[first : first + step])
            yield np.ascontiguousarray(pixels, pixels.dtype.newbyteorder("=")).reshape(-1)


def _check_tiles(hdu: Hdu, data: bytes) -> None:
    """See that there is a row for each tile, and that no gzip tile inflates beyond its pixels."""
    width, main, heap = layout(hdu)
    tiles = prod(ceil(axis / length) for axis, length in zip(hdu.axes, _tile(hdu), strict=True))
    rows = main // width if width else 0
    if rows < tiles:
        raise BrokenImageError(f"{plural(rows, 'row')} for {plural(tiles, 'tile')}")
    limit = prod(_tile(hdu)) * max(8, _width(hdu))
    for position, wide in _gzip_columns(hdu.header):
        for row in range(rows):
            at = row * width + position
            half = 8 if wide else 4
            count = int.from_bytes(data[at : at + half], "big", signed=True)
            start = heap + int.from_bytes(data[at + half : at + 2 * half], "big", signed=True)
            if count > 0:
                _check_gzip(data[start : start + count], limit, row)


def _check_gzip(tile: bytes, limit: int, row: int) -> None:
    stream = zlib.decompressobj(wbits=31)
    try:
        inflated = len(stream.decompress(tile, limit + 1))
    except zlib.error as error:
        raise BrokenImageError(f"tile {row + 1} is not gzip: {error}") from error
    if inflated > limit or stream.unused_data:
        raise BrokenImageError(f"tile {row + 1} inflates beyond its pixels")


def _gzip_columns(header: Header) -> Iterator[tuple[int, bool]]:
    """Places in a row of the descriptors of gzip streams, and whether they have 64 bits."""
    names = {"GZIP_COMPRESSED_DATA"}
    if (header.string("ZCMPTYPE") or "").startswith("GZIP"):
        names.add("COMPRESSED_DATA")
    position = 0
    for column in header.remember("columns", read_columns):
        if column.tform is None:
            return
        if (column.name or "").strip().upper() in names and column.tform.code in "PQ":
            yield position, column.tform.code == "Q"
        position += column.tform.width


def has_axes(hdu: Hdu) -> bool:
    """Whether there is an image to restore: ZNAXISn of some length in a table of rows and columns."""
    return bool(hdu.axes) and 0 not in hdu.axes and len(axes_of(hdu.header)) == 2
