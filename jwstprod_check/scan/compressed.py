"""Tile-compressed images decompressed section by section, so that they are checked like other images.

Only algorithms whose output has a bound that is known in advance are supported. FITS Standard 4.0, section 10.
"""

import warnings
import zlib
from collections.abc import Iterator, Mapping
from math import ceil, prod
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.cards import CARD
from jwstprod_check.fits.columns import WIDTHS, Column, Tform, read_columns
from jwstprod_check.fits.hdu import Hdu, axes_of
from jwstprod_check.fits.header import BLOCK, Header
from jwstprod_check.scan.decoder import DecoderEndedError, NoDecoderError, sections, sections_from_child
from jwstprod_check.scan.tables import layout
from jwstprod_check.text import error_text, plural, quoted

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_STORED: Final = 16 * 2**20
"""Bytes of the largest compressed image that is decompressed: rows and heap."""

MAX_RESTORED: Final = 64 * 2**20
"""Bytes of the largest image that is decompressed."""

MAX_SECTION: Final = 16 * 2**20
"""Bytes of the largest tile, and of the largest section that has to be decompressed at once."""

ALGORITHMS: Final = ("RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "NOCOMPRESS")

MAX_TILES: Final = 2**16
"""Largest number of tiles of an image that is decompressed; each of them costs some time."""

MAX_TILE: Final = 2**16
"""Bytes of the longest tile of an algorithm whose output is not bounded by its input."""

_SECTION = 2**22
_CODES: Final = {
    "COMPRESSED_DATA": "PQ",
    "GZIP_COMPRESSED_DATA": "PQ",
    "UNCOMPRESSED_DATA": "PQ",
    "ZSCALE": "DE",
    "ZZERO": "DE",
    "ZBLANK": "BIJ",
}
_QUANTIZED: Final = ("NONE", "NO_DITHER", "SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2")


class BrokenImageError(Exception):
    """A compressed image that cannot be decompressed."""


def obstacle(hdu: Hdu) -> str:
    """Why a compressed image is not decompressed, '' if it is, by its header alone."""
    algorithm = hdu.header.string("ZCMPTYPE") or ""
    if algorithm not in ALGORITHMS:
        return f"the compression {quoted(algorithm)} is not supported"
    if (hdu.data_size or 0) > MAX_STORED:
        return f"a compressed image of more than {MAX_STORED} bytes is not decompressed"
    if _pixels(hdu) * _width(hdu) > MAX_RESTORED:
        return f"an image of more than {MAX_RESTORED} bytes is not decompressed"
    if _tiles(hdu) > MAX_TILES:
        return f"an image of more than {MAX_TILES} tiles is not decompressed"
    tile = _tile(hdu)
    if prod(tile) * _width(hdu) > MAX_SECTION or _section(hdu) * _plane(hdu) * _width(hdu) > MAX_SECTION:
        return f"tiles of {plural(prod(tile), 'pixel')} are too large to be decompressed"
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


def _tiles(hdu: Hdu) -> int:
    return prod(ceil(axis / length) for axis, length in zip(hdu.axes, _tile(hdu), strict=True))


def _section(hdu: Hdu) -> int:
    """Places of the last axis that are decompressed at once: whole tiles."""
    least = _tile(hdu)[-1]
    return least * max(1, _SECTION // (least * _plane(hdu) * _width(hdu)))


def restore(hdu: Hdu, data: bytes) -> "Iterator[Array]":
    """Decompress an image that has no ``obstacle``; gives its pixels in order, in the byte order of the machine.

    Raises ``BrokenImageError``, and ``NoDecoderError`` where this machine has no process to decode in.
    """
    columns = _columns(hdu)
    header = _plain_header(hdu, columns)
    _check_tiles(hdu, columns, data)
    fits = header + data + bytes(-len(data) % BLOCK)
    rice = (hdu.header.string("ZCMPTYPE") or "").startswith("RICE")
    decode = sections_from_child if rice else sections
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield from decode(fits, hdu.axes[-1], _section(hdu))
    except (NoDecoderError, MemoryError):
        raise
    except DecoderEndedError as error:
        raise BrokenImageError(str(error)) from error
    except Exception as error:
        # Any error of the reader is due to the image, and becomes a finding.
        raise BrokenImageError(error_text(error)) from error


def _columns(hdu: Hdu) -> dict[str, tuple[int, Column]]:
    """Columns of the table by name, each with its place in a row."""
    columns = {}
    position = 0
    for column in hdu.header.memo_by_cards(read_columns):
        if column.tform is None:
            raise BrokenImageError(f"TFORM{column.number} cannot be read")
        columns[(column.name or "").strip().upper()] = position, column
        position += column.tform.width
    for name, codes in _CODES.items():
        form = columns[name][1].tform if name in columns else None
        if form is not None and (form.code not in codes or form.repeat != 1):
            raise BrokenImageError(f"the column {name} has an invalid type")
        if form is not None and form.code in "PQ" and form.rest[:1] != "B" and name != "UNCOMPRESSED_DATA":
            raise BrokenImageError(f"the column {name} does not contain bytes")
    if "COMPRESSED_DATA" not in columns:
        raise BrokenImageError("there is no column COMPRESSED_DATA")
    return columns


def _plain_header(hdu: Hdu, columns: dict[str, tuple[int, Column]]) -> bytes:
    """Header with the required keywords and nothing else.

    The decompressor is written in C and does not validate its input; the header of the file does not reach it.
    """
    header = hdu.header
    width, main, heap = layout(hdu)
    said: dict[str, bool | int | float | str] = {
        "XTENSION": "BINTABLE",
        "BITPIX": 8,
        "NAXIS": 2,
        "NAXIS1": width,
        "NAXIS2": main // width if width else 0,
        "PCOUNT": (hdu.data_size or 0) - main,
        "GCOUNT": 1,
        "TFIELDS": len(columns),
        "THEAP": heap,
        "ZIMAGE": True,
        "ZTENSION": "IMAGE",
        "ZBITPIX": hdu.bitpix or 8,
        "ZNAXIS": len(hdu.axes),
        "ZCMPTYPE": header.string("ZCMPTYPE") or "",
    }
    for number, (name, (_, column)) in enumerate(columns.items(), 1):
        form = column.tform or Tform(0, "B", "")
        said[f"TTYPE{number}"] = name if name in _CODES else f"OTHER{number}"
        said[f"TFORM{number}"] = f"{form.repeat}{form.code}" + (form.rest[:1] + "(0)" if form.code in "PQ" else "")
    for number, (length, tile) in enumerate(zip(hdu.axes, _tile(hdu), strict=True), 1):
        said[f"ZNAXIS{number}"] = length
        said[f"ZTILE{number}"] = tile
    said |= _settings(header)
    said |= {k: v for k in ("BSCALE", "BZERO") if (v := header.number(k)) is not None}
    said |= {k: v for k in ("ZBLANK", "BLANK") if (v := header.integer(k)) is not None and -(2**31) <= v < 2**31}
    start = {"SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "EXTEND": True}
    return _written(start) + _written(said)


def _settings(header: Header) -> dict[str, int | str]:
    """Settings of the algorithm and of the quantization, as far as the standard allows them."""
    settings: dict[str, int | str] = {}
    if (header.string("ZCMPTYPE") or "").startswith("RICE"):
        for number, (name, usual, legal) in enumerate((("BLOCKSIZE", 32, (16, 32)), ("BYTEPIX", 4, (1, 2, 4))), 1):
            value = _setting(header, name, usual)
            if value not in legal:
                raise BrokenImageError(f"{name} is {value}")
            settings |= {f"ZNAME{number}": name, f"ZVAL{number}": value}
    quantized = header.string("ZQUANTIZ")
    if quantized is not None:
        if quantized not in _QUANTIZED:
            raise BrokenImageError(f"ZQUANTIZ is {quoted(quantized)}")
        settings["ZQUANTIZ"] = quantized
    if quantized in {"SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2"}:
        seed = header.integer("ZDITHER0")
        if seed is None or not 1 <= seed <= 10000:
            raise BrokenImageError("ZDITHER0 is not a number from 1 to 10000")
        settings["ZDITHER0"] = seed
    return settings


def _setting(header: Header, name: str, usual: int) -> int:
    """Value of a setting that ZNAMEn and ZVALn give; -1 for one that is not a whole number."""
    for number in range(1, 10):
        if header.string(f"ZNAME{number}") == name:
            value = header.integer(f"ZVAL{number}")
            return -1 if value is None else value
    return usual


def _written(said: Mapping[str, bool | float | str]) -> bytes:
    """Header blocks with cards in fixed format."""
    cards = []
    for keyword, value in said.items():
        if isinstance(value, bool):
            field = f"{'FT'[value]:>20}"
        else:
            field = f"'{value:<8}'" if isinstance(value, str) else f"{value!s:>20}"
        cards.append(f"{keyword:<8}= {field}".upper().ljust(CARD))
    cards.append("END".ljust(CARD))
    raw = "".join(cards).encode("ascii")
    return raw.ljust(-(-len(raw) // BLOCK) * BLOCK)


def _check_tiles(hdu: Hdu, columns: dict[str, tuple[int, Column]], data: bytes) -> None:
    """Check that each tile has a row and lies in the heap, and the decompressed size of tiles in gzip."""
    width, main, heap = layout(hdu)
    tiles = _tiles(hdu)
    rows = main // width if width else 0
    if rows < tiles:
        raise BrokenImageError(f"{plural(rows, 'row')} for {plural(tiles, 'tile')}")
    limit = prod(_tile(hdu)) * max(8, _width(hdu))
    gzip = (hdu.header.string("ZCMPTYPE") or "").startswith("GZIP")
    for name in ("COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"):
        if name not in columns:
            continue
        position, column = columns[name]
        half = 8 if column.tform is not None and column.tform.code == "Q" else 4
        element = WIDTHS.get(column.tform.rest[:1], 1) if column.tform is not None else 1
        for row in range(tiles):
            at = row * width + position
            count = int.from_bytes(data[at : at + half], "big", signed=True)
            start = int.from_bytes(data[at + half : at + 2 * half], "big", signed=True)
            if not count:
                continue
            if count < 0 or start < 0 or heap + start + count * element > len(data):
                raise BrokenImageError(f"tile {row + 1} lies outside the heap")
            if name == "GZIP_COMPRESSED_DATA" or (gzip and name == "COMPRESSED_DATA"):
                _check_gzip(data[heap + start : heap + start + count], limit, row)
            elif name == "COMPRESSED_DATA" and count > MAX_TILE:
                raise BrokenImageError(f"tile {row + 1} has {count} bytes, more than the limit")


def _check_gzip(tile: bytes, limit: int, row: int) -> None:
    stream = zlib.decompressobj(wbits=31)
    try:
        inflated = len(stream.decompress(tile, limit + 1))
    except zlib.error as error:
        raise BrokenImageError(f"tile {row + 1} is not gzip: {error}") from error
    if inflated > limit or stream.unused_data:
        raise BrokenImageError(f"tile {row + 1} expands to more than its pixels")


def has_axes(hdu: Hdu) -> bool:
    """Whether there is an image to decompress: ZNAXISn of some length in a table of rows and columns."""
    return bool(hdu.axes) and 0 not in hdu.axes and len(axes_of(hdu.header)) == 2
