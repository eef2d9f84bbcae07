"""A picture in a terminal, two points to a character, and as a PNG file."""

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.preview.plane import Picture, greys, limits

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

RAMP: Final = " .:-=+*#%@"
"""Greys where there is no colour, from black to white."""

FLAGGED: Final = "x"
NO_NUMBER: Final = "?"

_GREYS: Final = 24
_FIRST_GREY: Final = 232
_RED: Final = 160
_BLUE: Final = 18
_RESET: Final = "\x1b[0m"

_LEVELS: Final = 254
_LARGE: Final = 256
"""Points of the longer side of a picture that is not magnified further."""


def caption(picture: Picture, color: bool) -> str:
    """Return what is drawn, in which greys, and what the marks are."""
    low, high = limits(picture.values)
    flagged, no_number = ("red", "blue") if color else (FLAGGED, NO_NUMBER)
    scale = f"{picture.step:.3g} pixels to a point" if picture.step > 1 else "a point for each pixel"
    flags = "no DQ" if picture.flagged is None else f"{flagged}: DO_NOT_USE ({picture.share:.2%})"
    return f"{picture.label}, {scale}; zscale {low:.4g} to {high:.4g}; {flags}; {no_number}: NaN; row 1 at the bottom"


def in_colour(picture: Picture) -> Iterator[str]:
    """Return lines of half blocks in the greys of 256 colours."""
    points = _magnified(_colours(picture), 32)
    if len(points) % 2:
        points = _padded(points)
    for upper, lower in zip(points[::2], points[1::2], strict=True):
        line, before = [], None
        for one, other in zip(upper.tolist(), lower.tolist(), strict=True):
            if (one, other) != before:
                line.append(
                    _RESET + (f"\x1b[38;5;{one}m" if one >= 0 else "") + (f"\x1b[48;5;{other}m" if other >= 0 else "")
                )
                before = (one, other)
            line.append("▀" if one >= 0 else " ")
        yield "".join(line) + _RESET


def in_text(picture: Picture) -> Iterator[str]:
    """Return lines of ASCII characters, each for two points above each other."""
    grey = _magnified(_marked(picture, len(RAMP), -2), 32)
    for row in grey[1::2] if len(grey) > 1 else grey:
        yield "".join(FLAGGED if n == -2 else NO_NUMBER if n < 0 else RAMP[n] for n in row.tolist())


def png(picture: Picture) -> bytes:
    """Return a PNG of 256 colours: greys, one red for flagged points, one blue for NaN (PNG, third edition)."""
    import numpy as np

    points = _magnified(_marked(picture, _LEVELS, _LEVELS), _LARGE)
    points = np.where(points < 0, _LEVELS + 1, points).astype(np.uint8)
    greys_ = bytes(n * 255 // (_LEVELS - 1) for n in range(_LEVELS) for _ in range(3))
    return _png(points, greys_ + bytes((215, 0, 0)) + bytes((0, 0, 135)))


def line_png(points: "Array") -> bytes:
    """Return a PNG of a line, black on white."""
    import numpy as np

    return _png(points.astype(np.uint8), bytes((255, 255, 255, 0, 0, 0)))


def _png(points: "Array", palette: bytes) -> bytes:
    import numpy as np

    height, width = points.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), points], axis=1).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _marked(picture: Picture, levels: int, flag: int) -> "Array":
    """Greys from the top row down, -1 for NaN and ``flag`` where DO_NOT_USE is."""
    import numpy as np

    grey = greys(picture.values, levels, limits(picture.values))
    marked = grey if picture.flagged is None else np.where(picture.flagged, flag, grey)
    return marked[::-1]


def _colours(picture: Picture) -> "Array":
    import numpy as np

    grey = _marked(picture, _GREYS, -2)
    return np.where(grey == -2, _RED, np.where(grey < 0, _BLUE, grey + _FIRST_GREY))


def _magnified(points: "Array", least: int) -> "Array":
    """Return points, repeated where the picture is smaller than ``least`` on its longer side."""
    times = max(1, least // max(points.shape))
    return points.repeat(times, axis=0).repeat(times, axis=1)


def _padded(points: "Array") -> "Array":
    import numpy as np

    return np.concatenate([points, np.full((1, points.shape[1]), -1, points.dtype)])
