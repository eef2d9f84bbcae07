"""The context image of a resampled image, in which each bit of a pixel is an input that contributed to it, and the weights.

Plane 1 has the bits of inputs 1 to 32, plane 2 those of 33 to 64. Which pixels have any input, and which have a weight, are
separate HDUs in either order: both leave a bitmap, which are compared when the last has been read.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.scan.facts import NONE, ContextFacts, Count, Pixels
from jwstprod_check.scan.images import Image
from jwstprod_check.scan.pairs import TOO_LARGE, Budget

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CONTEXT: Final = "CON"
WEIGHT: Final = "WHT"
_BITS: Final = 32


class Contributions:
    """The context image and the weights of one EXTVER."""

    def __init__(self, context: Hdu, weight: Hdu | None, budget: Budget) -> None:
        self.context = context
        self.weight = weight
        self.size = context.axes[0] * context.axes[1]
        self._budget = budget
        self._taken = 0
        self._bits: dict[int, int] = {}
        self._maps: dict[int, Array] = {}
        self._spoilt = ""

    @property
    def members(self) -> tuple[Hdu, ...]:
        """The context image, and the weights where there are any."""
        return (self.context,) if self.weight is None else (self.context, self.weight)

    def add_bits(self, plane: int, bits: int) -> None:
        """Take bits that are set in a plane."""
        self._bits[plane] = self._bits.get(plane, 0) | bits

    def mark(self, hdu: Hdu, at: int, mask: "Array") -> None:
        """Mark pixels of a plane, of which ``at`` is the index of the first."""
        if self.weight is None or self._spoilt or not mask.any():
            return
        import numpy as np

        bitmap = self._maps.get(hdu.index)
        if bitmap is None:
            need = (self.size + 7) // 8
            if not self._budget.take(need):
                self.spoil(TOO_LARGE)
                return
            self._taken += need
            bitmap = self._maps[hdu.index] = np.zeros(need, np.uint8)
        bits = np.packbits(np.concatenate([np.zeros(at % 8, bool), mask]))
        bitmap[at // 8 : at // 8 + len(bits)] |= bits

    def spoil(self, reason: str) -> None:
        """Record that one of the two could not be read."""
        self._spoilt = self._spoilt or reason

    def finish(self) -> ContextFacts:
        """Compare, release the bitmaps and return the results."""
        facts = ContextFacts(
            self.context.index,
            self.weight.index if self.weight is not None else -1,
            tuple(sorted(self._bits.items())),
            self._alone(),
            self._spoilt,
        )
        self._maps = {}
        self._budget.give(self._taken)
        self._taken = 0
        return facts

    def _alone(self) -> Count:
        """Pixels with a weight and without an input."""
        weighted = self._maps.get(self.weight.index) if self.weight is not None else None
        if weighted is None or self._spoilt:
            return NONE
        import numpy as np

        inputs = self._maps.get(self.context.index)
        alone = weighted if inputs is None else np.bitwise_and(weighted, np.bitwise_not(inputs))
        if not alone.any():
            return NONE
        byte = int(np.flatnonzero(alone)[0])
        count = int(np.bitwise_count(alone).sum()) if hasattr(np, "bitwise_count") else int(np.unpackbits(alone).sum())
        return Count(count, byte * 8 + int(np.unpackbits(alone[byte : byte + 1]).argmax()))


class ContextImage:
    """Pixels of a context image; planes may begin anywhere in a piece."""

    def __init__(self, contributions: Contributions) -> None:
        self._contributions = contributions
        self._seen = 0

    def feed(self, index: int, pixels: "Array") -> None:
        """Take pixels."""
        import numpy as np

        size = self._contributions.size
        values = pixels.view(f"u{pixels.itemsize}")
        self._seen += len(values)
        start = 0
        while start < len(values):
            plane, at = divmod(index + start, size)
            part = values[start : start + size - at]
            bits = int(np.bitwise_or.reduce(part))
            if bits:
                self._contributions.add_bits(plane, bits)
                self._contributions.mark(self._contributions.context, at, part != 0)
            start += len(part)

    def facts(self) -> Pixels:
        """How many pixels there were."""
        return Pixels(self._seen)


class WeightImage:
    """Pixels of the weights, looked at by another consumer too."""

    def __init__(self, inner: Image, contributions: Contributions, hdu: Hdu) -> None:
        self._inner = inner
        self._contributions = contributions
        self._hdu = hdu

    def feed(self, index: int, pixels: "Array") -> None:
        """Take pixels and hand them on."""
        self._contributions.mark(self._hdu, index, pixels > 0)
        self._inner.feed(index, pixels)

    def facts(self) -> Any:
        """What the other consumer found."""
        return self._inner.facts()


def contributions(file: FitsFile, budget: Budget) -> Iterator[Contributions]:
    """Context images of integers with planes, each with the weights of its EXTVER and size."""
    weights = {h.extver: h for h in reversed(file.named(WEIGHT)) if h.type == "IMAGE" and (h.bitpix or 0) < 0}
    seen: set[int] = set()
    for context in file.named(CONTEXT):
        planes = context.type == "IMAGE" and len(context.axes) == 3 and 0 not in context.axes
        if planes and context.bitpix == _BITS and context.dtype in {"int32", "uint32"} and context.extver not in seen:
            seen.add(context.extver)
            weight = weights.get(context.extver)
            yield Contributions(context, weight if weight and weight.axes == context.axes[:2] else None, budget)
