"""Which plane of a file is drawn, and its pixels made small: a few rows are read at a time, of large images some rows alone."""

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Final

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.storage.source import Source
from jwstprod_check.text import plural, printable

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_ROW: Final = 2**20
"""Bytes of the longest row that is read; the largest mosaics have rows of 200 kB."""

MAX_READ: Final = 64 * 2**20
"""Bytes of a plane that are read where that is more than one row for each row of the picture."""

FLAGS: Final = ("DQ", "PIXELDQ", "GROUPDQ")
"""Arrays with data-quality flags; the first that fits the image is drawn over it."""

DO_NOT_USE: Final = 1
"""Flag of a pixel that is not to be used: bit 0 of every data-quality array (jwst documentation, references_general.rst)."""


class NoPictureError(Exception):
    """A file that nothing can be drawn of, with the reason."""


class Picture(msgspec.Struct, frozen=True):
    """A plane made small, row 0 at the bottom of the image as in FITS viewers.

    ``values`` has the mean of the finite pixels of each point, NaN where there is none; ``flagged`` is True where at least half
    of the pixels are DO_NOT_USE, None without an array of flags. ``label`` is what is drawn; ``step`` is the number of
    pixels of the image to a point along each axis, and ``share`` that of DO_NOT_USE among the pixels that were read.
    """

    values: "Array"
    flagged: "Array | None"
    label: str
    step: float
    share: float


class Sampling(msgspec.Struct, frozen=True):
    """The rows of a plane that are read, for each row of the picture, and the number of its columns."""

    rows: tuple[tuple[int, ...], ...]
    columns: int


def picture_of(source: Source, file: FitsFile, width: int, height: int, hdu: Hdu | None = None) -> Picture:
    """Return an image of a file in at most ``width`` x ``height`` points, by default its first SCI, or its first image.

    Raises ``NoPictureError`` where there is none that can be drawn, ``OSError`` where the file cannot be read.
    """
    import numpy as np

    hdu = hdu or _image(file)
    reason = obstacle(hdu)
    if reason:
        raise NoPictureError(reason)
    place = _place(hdu)
    step = max(1.0, hdu.axes[0] / width, hdu.axes[1] / height)
    sampling = sampled(hdu, step)
    values, share = _means(source, hdu, place, sampling), 0.0
    flagged = None
    flags = _flags(file, hdu)
    if flags is not None and not obstacle(flags):
        parts = _flag_shares(source, flags, place[: len(flags.axes) - 2], sampling)
        flagged = parts >= 0.5
        share = float(np.nanmean(parts)) if parts.size else 0.0
    return Picture(values, flagged, _label(file, hdu, place), step, share)


def is_image(hdu: Hdu) -> bool:
    """Whether an HDU is an image of two or more axes with pixels."""
    return len(hdu.axes) >= 2 and hdu.dtype is not None and 0 not in hdu.axes


def is_science(hdu: Hdu) -> bool:
    """Whether an HDU is a science image."""
    return hdu.name == "SCI" and is_image(hdu)


def _image(file: FitsFile) -> Hdu:
    images = [h for h in file.hdus if is_image(h)]
    if not images:
        raise NoPictureError("no HDU is an image of two or more axes")
    return next((h for h in images if h.name == "SCI"), images[0])


def obstacle(hdu: Hdu) -> str:
    """Why an image is not drawn, '' if it is, by its header alone."""
    row = hdu.axes[0] * abs(hdu.bitpix or 8) // 8
    if row > MAX_ROW:
        return f"the rows of {hdu.label} have {plural(row, 'byte')}; rows of more than {MAX_ROW} are not drawn"
    if not hdu.compressed:
        return ""
    from jwstprod_check.scan import compressed

    return compressed.obstacle(hdu) if compressed.has_axes(hdu) else "the compressed image has no pixels"


def _place(hdu: Hdu) -> tuple[int, ...]:
    """Indices along NAXIS3 and further, from 0: the last group of the first integration, the middle plane of a cube."""
    further = hdu.axes[2:]
    if len(further) == 1:
        return (further[0] // 2,)
    return tuple(length - 1 if n == 0 else 0 for n, length in enumerate(further))


def _label(file: FitsFile, hdu: Hdu, place: tuple[int, ...]) -> str:
    same = [h for h in file.hdus if h.name == hdu.name]
    name = printable(hdu.label) + (f" ({same.index(hdu) + 1} of {len(same)})" if len(same) > 1 and hdu.name else "")
    plane = f"[*, *, {', '.join(str(n + 1) for n in place)}]" if place else ""
    return f"{name}{plane}, {' x '.join(map(str, hdu.axes))} pixels"


def _flags(file: FitsFile, image: Hdu) -> Hdu | None:
    """Return the array of flags of an image: of the same EXTVER and size; its further axes are those of the image or absent."""
    for name in FLAGS:
        for hdu in file.named(name):
            same = hdu.extver == image.extver and hdu.axes[:2] == image.axes[:2]
            if same and hdu.axes in (image.axes, image.axes[:2]) and "int" in (hdu.dtype or ""):
                return hdu
    return None


def sampled(hdu: Hdu, step: float) -> Sampling:
    """Return which rows are read: all of them up to ``MAX_READ`` bytes, else as many of each step as that allows, and one at least."""
    width, height = hdu.axes[0], hdu.axes[1]
    lines = max(1, round(height / step))
    row = max(1, width * abs(hdu.bitpix or 8) // 8)
    most = max(1, MAX_READ // (row * lines))
    rows = []
    for line in range(lines):
        first, last = line * height // lines, (line + 1) * height // lines
        count = min(most, last - first)
        rows.append(tuple(first + n * (last - first) // count for n in range(count)))
    return Sampling(tuple(rows), max(1, round(width / step)))


def _means(source: Source, hdu: Hdu, place: tuple[int, ...], sampling: Sampling) -> "Array":
    import numpy as np

    means = np.full((len(sampling.rows), sampling.columns), np.nan)
    starts = _starts(hdu.axes[0], sampling.columns)
    with np.errstate(all="ignore"):
        for line, pixels in enumerate(_blocks(source, hdu, place, sampling)):
            finite = np.isfinite(pixels)
            count = np.add.reduceat(finite.sum(axis=0), starts)
            total = np.add.reduceat(np.where(finite, pixels, 0.0).sum(axis=0), starts)
            means[line] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return means


def _flag_shares(source: Source, hdu: Hdu, place: tuple[int, ...], sampling: Sampling) -> "Array":
    """Share of DO_NOT_USE among the pixels of each point."""
    import numpy as np

    shares = np.zeros((len(sampling.rows), sampling.columns))
    starts = _starts(hdu.axes[0], sampling.columns)
    widths = np.diff(np.append(starts, hdu.axes[0]))
    with np.errstate(all="ignore"):
        for line, pixels in enumerate(_blocks(source, hdu, place, sampling)):
            unused = np.nan_to_num(pixels).astype(np.int64) & DO_NOT_USE
            shares[line] = np.add.reduceat(unused.sum(axis=0), starts) / (widths * len(pixels))
    return shares


def _starts(width: int, columns: int) -> "Array":
    import numpy as np

    return np.arange(columns) * width // columns


def _blocks(source: Source, hdu: Hdu, place: tuple[int, ...], sampling: Sampling) -> "Iterator[Array]":
    """Return the pixels of each row of the picture, as a reader sees them; what a truncated file lacks is NaN."""
    import numpy as np

    index = sum(n * prod(hdu.axes[2 : 2 + axis]) for axis, n in enumerate(place))
    source.rewind()
    if hdu.compressed:
        plane = _restored(source, hdu, index)
        for rows in sampling.rows:
            yield plane[list(rows)]
        return
    width = hdu.axes[0]
    stored = np.dtype(
        f">{'f' if (hdu.bitpix or 8) < 0 else 'u' if hdu.bitpix == 8 else 'i'}{abs(hdu.bitpix or 8) // 8}"
    )
    first = hdu.data_offset + index * width * hdu.axes[1] * stored.itemsize
    for rows in sampling.rows:
        block = np.full((len(rows), width), np.nan)
        for number, row in enumerate(rows):
            raw = source.read(first + row * width * stored.itemsize, width * stored.itemsize)
            pixels = np.frombuffer(raw, stored, len(raw) // stored.itemsize)
            block[number, : len(pixels)] = _scaled(pixels, hdu)
        yield block


def _scaled(pixels: "Array", hdu: Hdu) -> "Array":
    """Pixels as a reader sees them: BSCALE, BZERO, and NaN for BLANK."""
    import numpy as np

    values = pixels.astype(np.float64)
    scale, zero = hdu.header.number("BSCALE"), hdu.header.number("BZERO")
    blank = hdu.header.integer("BLANK") if (hdu.bitpix or 0) > 0 else None
    scaled = values * (1.0 if scale is None else scale) + (zero or 0.0)
    return scaled if blank is None else np.where(values == blank, np.nan, scaled)


def _restored(source: Source, hdu: Hdu, index: int) -> "Array":
    """Return one plane of a tile-compressed image."""
    import numpy as np

    from jwstprod_check.scan.compressed import BrokenImageError, restore
    from jwstprod_check.scan.decoder import NoDecoderError

    width, height = hdu.axes[:2]
    plane = np.full(width * height, np.nan)
    at, first = 0, index * width * height
    try:
        for section in restore(hdu, source.read(hdu.data_offset, hdu.data_size or 0)):
            low, high = max(first, at), min(first + len(plane), at + len(section))
            if low < high:
                plane[low - first : high - first] = section[low - at : high - at]
            at += len(section)
            if at >= first + len(plane):
                break
    except (BrokenImageError, NoDecoderError) as error:
        raise NoPictureError(f"{hdu.label} cannot be decompressed: {printable(str(error))}") from None
    return plane.reshape(height, width)


def limits(values: "Array") -> tuple[float, float]:
    """Return the values that are black and white, by the zscale algorithm of IRAF; equal ones where all values are."""
    import numpy as np

    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 0.0
    from astropy.visualization import ZScaleInterval

    with np.errstate(all="ignore"):
        low, high = ZScaleInterval().get_limits(finite)
    return float(low), float(high)


def greys(values: "Array", levels: int, bounds: Sequence[float]) -> "Array":
    """Return the grey of each point, 0 for black to ``levels`` - 1, and -1 for NaN."""
    import numpy as np

    low, high = bounds
    with np.errstate(all="ignore"):
        part = (values - low) / (high - low) if high > low else np.full(values.shape, 0.5)
        grey = np.clip(part * levels, 0, levels - 1)
    return np.where(np.isfinite(values), np.nan_to_num(grey), -1).astype(np.int64)
