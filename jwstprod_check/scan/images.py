"""Pixels of one image, fed piece by piece: NaN, Inf, negative values, dead planes, flags.

For most pieces two reductions, smallest and largest value, show that there is nothing to count.
"""

from collections.abc import Callable
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any, Final, Protocol

from jwstprod_check.scan.facts import NONE, Flags, Pixels, Planes

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SMALLEST_PLANE: Final = 64
"""Pixels of the smallest plane that can be called dead: the smallest real subarray has 8 x 8."""

_LARGE_PLANE: Final = 2**13


OnMask = Callable[[int, "Array"], None]
"""Called with the index of the first pixel of a piece, a multiple of 8, and a mask of its pixels."""


class Image(Protocol):
    """A consumer of the pixels of an image in order, in the byte order of the machine."""

    def feed(self, index: int, pixels: "Array") -> None:
        """Take pixels; ``index`` counts the first from the start of the image, a multiple of 8."""
        ...

    def facts(self) -> Pixels | Flags:
        """Results, after the last pixel."""
        ...


class PlaneWatch:
    """Smallest and largest value of each plane, to find planes without information.

    ``zero`` is the stored number that means 0.
    """

    def __init__(self, size: int, zero: float = 0.0) -> None:
        self.size = size
        self.zero = zero
        self._index = 0
        self._filled = 0
        self._low = inf
        self._high = -inf
        self._found = {"zero": NONE, "constant": NONE, "nan": NONE}

    def add(self, low: float, high: float, count: int) -> None:
        """Take extremes (NaN where every pixel was NaN) of ``count`` pixels that all lie in the current plane."""
        if not isnan(low):
            self._low = min(self._low, low)
            self._high = max(self._high, high)
        self._filled += count
        if self._filled < self.size:
            return
        kind = (
            "nan"
            if self._low > self._high
            else ""
            if self._low < self._high
            else "zero"
            if self._low == self.zero
            else "constant"
        )
        if kind:
            self._found[kind] = self._found[kind].plus(1, self._index)
        self._index += 1
        self._filled = 0
        self._low, self._high = inf, -inf

    def add_planes(self, low: "Array", high: "Array") -> None:
        """Take the extremes of whole planes, NaN where every pixel was NaN."""
        dead = {"nan": low != low, "zero": (low == high) & (low == self.zero)}  # noqa: PLR0124
        dead["constant"] = (low == high) & ~dead["zero"]
        for kind, which in dead.items():
            count = int(which.sum())
            self._found[kind] = self._found[kind].plus(count, self._index + int(which.argmax()) if count else -1)
        self._index += len(low)

    def pieces(self, count: int) -> list[tuple[int, int, bool]]:
        """Cut ``count`` pixels at planes: (start, end, whether these are whole planes of a small size)."""
        cuts = []
        start = 0
        while start < count:
            begun = 0 if start else self._filled
            end = min(count, start + self.size - begun)
            whole = not begun and self.size < _LARGE_PLANE and count - start >= self.size
            if whole:
                end = start + (count - start) // self.size * self.size
            cuts.append((start, end, whole))
            start = end
        return cuts

    def facts(self) -> Planes:
        """Results; a plane that was not fed to its end is ignored."""
        return Planes(self._index, self._found["zero"], self._found["constant"], self._found["nan"])


class FloatImage:
    """Pixels of floating-point numbers.

    ``negative`` states whether negative ones are counted, ``on_nan`` gets the NaN mask of every piece with a NaN.
    """

    def __init__(
        self,
        planes: PlaneWatch | None = None,
        negative: bool = False,
        on_nan: OnMask | None = None,
    ) -> None:
        self._planes = planes
        self._count_negative = negative
        self._on_nan = on_nan
        self._seen = 0
        self._nan = NONE
        self._infinite = NONE
        self._negative = NONE

    def feed(self, index: int, pixels: "Array") -> None:
        """Take pixels."""
        low, high = self._extremes(pixels)
        self._seen += len(pixels)
        if isnan(low):
            import numpy as np

            mask = np.isnan(pixels)
            self._nan = self._nan.plus(int(np.count_nonzero(mask)), index + int(mask.argmax()))
            if self._on_nan is not None:
                self._on_nan(index, mask)
            low, high = float(np.fmin.reduce(pixels)), float(np.fmax.reduce(pixels))
        if low == -inf or high == inf:
            import numpy as np

            mask = np.isinf(pixels)
            self._infinite = self._infinite.plus(int(mask.sum()), index + int(mask.argmax()))
        if self._count_negative and low < 0:
            mask = pixels < 0
            self._negative = self._negative.plus(int(mask.sum()), index + int(mask.argmax()))

    def _extremes(self, pixels: "Array") -> tuple[float, float]:
        """Smallest and largest value, NaN if any pixel is; also passes them to the planes."""
        if self._planes is None:
            return float(pixels.min()), float(pixels.max())
        import numpy as np

        planes = self._planes
        lows, highs = [], []
        for start, end, whole in planes.pieces(len(pixels)):
            part = pixels[start:end]
            if whole:
                rows = part.reshape(-1, planes.size)
                planes.add_planes(np.fmin.reduce(rows, axis=1), np.fmax.reduce(rows, axis=1))
                lows.append(float(part.min()))
                highs.append(float(part.max()))
                continue
            low, high = float(part.min()), float(part.max())
            lows.append(low)
            highs.append(high)
            if isnan(low):
                low, high = float(np.fmin.reduce(part)), float(np.fmax.reduce(part))
            planes.add(low, high, end - start)
        if any(map(isnan, lows)):
            return nan, nan
        return min(lows), max(highs)

    def facts(self) -> Pixels:
        """What was found."""
        planes = self._planes.facts() if self._planes is not None else None
        return Pixels(self._seen, self._nan, self._infinite, self._negative, planes)


class IntegerImage:
    """Pixels of integers, as stored: only their planes are checked."""

    def __init__(self, planes: PlaneWatch) -> None:
        self._planes = planes
        self._seen = 0

    def feed(self, _index: int, pixels: "Array") -> None:
        """Take pixels."""
        planes = self._planes
        self._seen += len(pixels)
        for start, end, whole in planes.pieces(len(pixels)):
            part = pixels[start:end]
            if whole:
                rows = part.reshape(-1, planes.size)
                planes.add_planes(rows.min(axis=1), rows.max(axis=1))
            else:
                planes.add(int(part.min()), int(part.max()), end - start)

    def facts(self) -> Pixels:
        """What was found."""
        return Pixels(self._seen, planes=self._planes.facts())


class FlagImage:
    """Pixels of a DQ array; ``watched`` are the bits that are counted, ``flip`` the bits in which stored numbers differ.

    ``on_unused`` gets the DO_NOT_USE mask of every piece.
    """

    def __init__(self, watched: int, flip: int = 0, on_unused: OnMask | None = None) -> None:
        self._watched = watched
        self._flip = flip
        self._on_unused = on_unused
        self._seen = 0
        self._bits = 0
        self._count = NONE

    def feed(self, index: int, pixels: "Array") -> None:
        """Take pixels."""
        import numpy as np

        if pixels.dtype.kind == "i":
            pixels = pixels.view(f"u{pixels.itemsize}")
        self._seen += len(pixels)
        if self._watched:
            flags = pixels ^ pixels.dtype.type(self._flip) if self._flip & self._watched else pixels
            bits = int(np.bitwise_or.reduce(flags)) & self._watched
            if bits:
                mask = (flags & flags.dtype.type(self._watched)) != 0
                self._count = self._count.plus(int(mask.sum()), index + int(mask.argmax()))
                self._bits |= bits
        if self._on_unused is not None:
            self._on_unused(index, (pixels & pixels.dtype.type(1)).astype(bool))

    def facts(self) -> Flags:
        """What was found."""
        return Flags(self._seen, self._count, self._bits)


class Sampler:
    """Every n-th pixel of an image, kept as it is read."""

    def __init__(self, inner: Image, kept: "Array", every: int) -> None:
        self._inner = inner
        self._kept = kept
        self._every = every

    def feed(self, index: int, pixels: "Array") -> None:
        """Take pixels and hand them on."""
        start = -index % self._every
        taken = pixels[start :: self._every]
        at = (index + start) // self._every
        self._kept[at : at + len(taken)] = taken
        self._inner.feed(index, pixels)

    def facts(self) -> Pixels | Flags:
        """What the image itself found."""
        return self._inner.facts()
