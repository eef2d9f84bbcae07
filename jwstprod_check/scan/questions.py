"""Which checks apply to which arrays of a JWST file: the only module of the data pass that knows their names."""

from collections.abc import Mapping
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.scan.contributions import CONTEXT, ContextImage, Contributions, WeightImage, contributions
from jwstprod_check.scan.error_sets import MAX_SAMPLES, ErrorSet, error_sets
from jwstprod_check.scan.facts import (
    FLAGS,
    FRAMES,
    WEIGHTS,
    ContextFacts,
    ErrorFacts,
    ErrorNanFacts,
    HduFacts,
    NanFacts,
)
from jwstprod_check.scan.images import (
    SMALLEST_PLANE,
    FlagImage,
    FloatImage,
    Image,
    IntegerImage,
    OnMask,
    PlaneWatch,
    Sampler,
)
from jwstprod_check.scan.pairs import (
    MAX_BITMAPS,
    Budget,
    NanGap,
    NanPair,
    nan_gaps,
    nan_pairs,
)
from jwstprod_check.scan.spectra import SpectrumColumns

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_POSITIVE: Final = frozenset(
    {"NPIXELS", "ERROR", *(f"{n}_ERROR" for n in ("FLUX", "SB", "BKGD"))}
    | {f"{n}_VAR_{kind}" for n in ("FLUX", "SB", "BKGD") for kind in ("POISSON", "RNOISE", "FLAT")}
)
_SPECTRA: Final = {
    "EXTRACT1D": SpectrumColumns("WAVELENGTH", "FLUX", "FLUX_ERROR", "N_ALONGDISP", _POSITIVE),
    "COMBINE1D": SpectrumColumns("WAVELENGTH", "FLUX", "ERROR", "N_ALONGDISP", _POSITIVE),
    "WCS-TABLE": SpectrumColumns("WAVELENGTH"),
}


class Questions:
    """The questions about one file, and the answers that take more than one HDU."""

    def __init__(self, file: FitsFile, undefined_dq_bits: Mapping[str, int]) -> None:
        self._odd_flags = undefined_dq_bits
        bitmaps, samples = Budget(MAX_BITMAPS), Budget(MAX_SAMPLES)
        self._pairs: dict[int, NanPair] = {}
        for science, quality in nan_pairs(file):
            pair = NanPair(science, quality, bitmaps)
            self._pairs.setdefault(science.index, pair)
            self._pairs.setdefault(quality.index, pair)
        self._gaps: dict[int, NanGap] = {}
        bits = Budget(MAX_BITMAPS)
        for subject, others in nan_gaps(file):
            gap = NanGap(subject, others, bits)
            for hdu in gap.members:
                self._gaps.setdefault(hdu.index, gap)
        self._sets: dict[int, ErrorSet] = {}
        for error, variances in error_sets(file):
            together = ErrorSet(error, variances, samples)
            for hdu in together.members:
                self._sets.setdefault(hdu.index, together)
        self._contributions: dict[int, Contributions] = {}
        for found in contributions(file, bitmaps):
            for hdu in found.members:
                self._contributions.setdefault(hdu.index, found)
        self._nans: list[NanFacts] = []
        self._contexts: list[ContextFacts] = []
        self._errors: list[ErrorFacts] = []
        self._error_nans: list[ErrorNanFacts] = []

    def image(self, hdu: Hdu, restored: bool = False) -> Image | None:
        """Consumers of the pixels of an HDU, called when its data are read.

        ``restored`` (decompressed) pixels have BZERO applied to integers, others are as stored.
        """
        floating = (hdu.bitpix or 0) < 0
        if hdu.name in FLAGS and not floating:
            return self._flags(hdu, restored)
        if hdu.name == "SCI":
            if not floating:
                planes = _planes(hdu, restored)
                return IntegerImage(planes) if planes is not None else None
            return FloatImage(_planes(hdu, restored), on_nan=_all_of(self._on_nan(hdu), self._on_gap(hdu)))
        if hdu.name == "ZEROFRAME":
            planes = _planes(hdu, restored)
            return FloatImage(planes) if floating else IntegerImage(planes) if planes is not None else None
        both = self._contributions.get(hdu.index)
        if hdu.name == CONTEXT and both is not None and hdu.index == both.context.index:
            return ContextImage(both)
        if floating and hdu.name in WEIGHTS:
            image: Image = FloatImage(negative=True)
            return image if both is None else WeightImage(image, both, hdu)
        if floating and (hdu.name == "ERR" or hdu.name.startswith("VAR_")):
            image = FloatImage(negative=True, on_nan=_all_of(self._on_gap(hdu)))
            together = self._sets.get(hdu.index)
            room = together.room(hdu) if together is not None else None
            return image if together is None or room is None else Sampler(image, room, together.every)
        return FloatImage() if floating and hdu.name in FRAMES else None

    def spectrum(self, hdu: Hdu) -> SpectrumColumns | None:
        """Columns of the spectra of a table, None for a table that has none."""
        return _SPECTRA.get(hdu.name) if hdu.type == "BINTABLE" else None

    def wants_holes(self, hdu: Hdu) -> bool:
        """Whether runs of NUL bytes are searched."""
        return hdu.name in FRAMES

    def _flags(self, hdu: Hdu, restored: bool) -> Image | None:
        bits = hdu.bitpix or 8
        shifted = (hdu.header.number("BZERO") or 0.0) != 0 and not restored
        watched = self._odd_flags.get(hdu.name, 0) & (2**bits - 1)
        pair = self._pairs.get(hdu.index)
        on_unused = None
        if pair is not None and pair.quality.index == hdu.index:
            if pair.science.index > hdu.index:
                on_unused = pair.store
            elif pair.ready(hdu.index):
                on_unused = pair.compare_unused
        wanted = _all_of(on_unused, self._on_gap(hdu))
        return FlagImage(watched, 2 ** (bits - 1) if shifted else 0, wanted) if watched or wanted else None

    def _on_gap(self, hdu: Hdu) -> OnMask | None:
        gap = self._gaps.get(hdu.index)
        return partial(gap.store, hdu) if gap is not None and gap.asks(hdu) else None

    def _on_nan(self, hdu: Hdu) -> OnMask | None:
        pair = self._pairs.get(hdu.index)
        if pair is None:
            return None
        if pair.quality.index > hdu.index:
            return pair.store
        return pair.compare_nan if pair.ready(hdu.index) else None

    def close(self, hdu: Hdu, found: HduFacts) -> None:
        """Record that an HDU was read, and answer the questions for which it was the last one."""
        lost = found.not_read or found.not_decoded or found.decode_error
        pair = self._pairs.get(hdu.index)
        if pair is not None:
            if lost:
                pair.spoil(f"{hdu.label}: {lost}")
            if hdu.index == pair.science.index and found.pixels is not None:
                pair.count_nan(found.pixels.nan.count, found.pixels.seen)
            if hdu.index == max(pair.science.index, pair.quality.index):
                self._nans.append(pair.finish())
        gap = self._gaps.get(hdu.index)
        if gap is not None:
            if lost:
                gap.spoil(f"{hdu.label}: {lost}")
            if hdu.index == gap.subject.index and found.pixels is not None:
                gap.nan = found.pixels.nan.count
            if hdu.index == max(h.index for h in gap.members):
                self._close(gap)
        together = self._sets.get(hdu.index)
        if together is not None:
            if lost:
                together.spoil(f"{hdu.label}: {lost}")
            if hdu.index == max(h.index for h in together.members):
                self._errors.append(together.finish())

        both = self._contributions.get(hdu.index)
        if both is not None:
            if lost:
                both.spoil(f"{hdu.label}: {lost}")
            if hdu.index == max(h.index for h in both.members):
                self._contexts.append(both.finish())

    def _close(self, gap: NanGap) -> None:
        subject, (first, *rest), seen = gap.subject.index, gap.others, prod(gap.subject.axes)
        unflagged, undone = gap.finish()
        if gap.subject.name == "SCI":
            self._nans.append(NanFacts(subject, first.index, gap.nan, seen, unflagged, undone))
        else:
            self._error_nans.append(ErrorNanFacts(subject, first.index, rest[0].index, seen, unflagged, undone))

    def finish(
        self,
    ) -> tuple[tuple[NanFacts, ...], tuple[ErrorFacts, ...], tuple[ErrorNanFacts, ...], tuple[ContextFacts, ...]]:
        """All answers."""
        return tuple(self._nans), tuple(self._errors), tuple(self._error_nans), tuple(self._contexts)


def _all_of(*wanted: OnMask | None) -> OnMask | None:
    """One consumer of masks for several; None where there is none."""
    asked = [one for one in wanted if one is not None]
    if len(asked) < 2:
        return asked[0] if asked else None

    def each(index: int, mask: "Array") -> None:
        for one in asked:
            one(index, mask)

    return each


def _planes(hdu: Hdu, restored: bool) -> PlaneWatch | None:
    """Return what watches the planes of an array of two or more axes, if they have a size worth it."""
    size = hdu.axes[0] * hdu.axes[1] if len(hdu.axes) > 1 else 0
    if size < SMALLEST_PLANE:
        return None
    zero = hdu.header.number("BZERO") or 0.0
    scale = hdu.header.number("BSCALE") or 1.0
    return PlaneWatch(size, 0.0 if restored or (hdu.bitpix or 0) < 0 else -zero / scale)


def stored_type(hdu: Hdu) -> str:
    """NumPy type of the pixels of an uncompressed image as they are in the file; flags are unsigned."""
    bitpix = hdu.bitpix or 8
    kind = "f" if bitpix < 0 else "u" if hdu.name in FLAGS or bitpix == 8 else "i"
    return f">{kind}{abs(bitpix) // 8}"
