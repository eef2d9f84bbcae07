"""Results of the data pass: immutable facts, of a size that does not depend on the file."""

from collections.abc import Mapping
from typing import Final

import msgspec

from jwstprod_check.fits.hdu import Hdu

FLAGS: Final = frozenset({"DQ", "PIXELDQ", "GROUPDQ"})
"""Arrays of flags."""

FRAMES: Final = frozenset({"SCI", "REFOUT", "ZEROFRAME"})
"""Arrays of measured or derived values, in which a run of NUL bytes is not expected."""

WEIGHTS: Final = frozenset({"WHT", "WMAP"})
"""Arrays of weights."""

NARROW: Final = 8
"""Bytes of the widest column that is kept of a table that is too large to be kept whole."""

MAX_RUNS: Final = 64
"""Runs of NUL bytes that are kept; an image with more of them is sparse, not damaged."""


class Count(msgspec.Struct, frozen=True):
    """How many, and the index (from 0) of the first; ``first`` is -1 where there is none."""

    count: int = 0
    first: int = -1

    def __bool__(self) -> bool:
        return self.count > 0

    def plus(self, count: int, first: int) -> "Count":
        """Return the count with later ones added."""
        return Count(self.count + count, first if self.first < 0 else self.first) if count else self


NONE = Count()


class Sums(msgspec.Struct, frozen=True):
    """One's-complement sums of 32-bit words (FITS Standard 4.0, appendix J): of the header and of data with fill.

    Only computed where the header states a sum. ``restored`` is that of a compressed image as it was before, computed
    where DATASUM is not that of the data.
    """

    header: int
    data: int
    restored: int | None = None


class NulRun(msgspec.Struct, frozen=True):
    """A run of NUL bytes that contains a whole block: first byte and the byte after the last, from the start of the data."""

    start: int
    end: int


class Holes(msgspec.Struct, frozen=True):
    """The first runs of NUL bytes of an array, how many there are, and whether any other byte was seen."""

    runs: tuple[NulRun, ...]
    count: int
    otherwise: bool


class Planes(msgspec.Struct, frozen=True):
    """Planes (NAXIS1 x NAXIS2) without information: every pixel zero, every pixel the same, every pixel NaN."""

    total: int
    zero: Count = NONE
    constant: Count = NONE
    nan: Count = NONE


class Pixels(msgspec.Struct, frozen=True):
    """Pixels of an image; ``seen`` is how many there were. Indices count in FITS order, NAXIS1 first."""

    seen: int
    nan: Count = NONE
    infinite: Count = NONE
    negative: Count = NONE
    planes: Planes | None = None


class Flags(msgspec.Struct, frozen=True):
    """Pixels of a DQ array that carry one of the watched bits, and which of them occur."""

    seen: int
    watched: Count = NONE
    bits: int = 0


class ColumnFacts(msgspec.Struct, frozen=True):
    """Content of the cells of a column of a binary table. Indices count rows.

    ``bad`` are rows whose bytes the type of the column does not allow: a text byte outside 32 to 126, a logical
    other than T, F and NUL, unused bits that are set. ``low`` and ``high`` are the extremes in physical values.
    ``heap_bad`` are bytes of variable-length cells that the element type does not allow; its ``first`` is a byte of
    the data.
    """

    number: int
    bad: Count = NONE
    negative: Count = NONE
    beyond: Count = NONE
    longer: Count = NONE
    longest: int = 0
    heap_bad: Count = NONE
    low: float | None = None
    high: float | None = None
    low_row: int = -1
    high_row: int = -1


class Value(msgspec.Struct, frozen=True):
    """A number and its row, counted from 0."""

    row: int
    value: float


class Step(msgspec.Struct, frozen=True):
    """Two neighbours of a column or of a vector, and the row of the second, counted from 0."""

    row: int
    before: float
    after: float


class SpectrumFacts(msgspec.Struct, frozen=True):
    """The spectra of a table: one, an element a row, or with ``each_row`` one in the vectors of each row.

    ``not_positive`` counts wavelengths of zero or less, ``unordered`` the steps (the spectra, with ``each_row``) against the
    direction of the first step, ``without_flux`` the spectra whose flux is all NaN, ``without_error`` those that have a flux
    and errors of zero; ``negative`` are columns, by number, with negative values. Indices count rows.
    """

    spectra: int
    each_row: bool = False
    not_positive: Count = NONE
    not_positive_value: Value | None = None
    unordered: Count = NONE
    unordered_step: Step | None = None
    without_flux: Count = NONE
    without_error: Count = NONE
    negative: tuple[tuple[int, Count, Value], ...] = ()


class TableFacts(msgspec.Struct, frozen=True):
    """Columns of a binary table that were read; ``not_read`` states why none was, ``heap_unread`` why no heap was."""

    rows: int
    columns: tuple[ColumnFacts, ...]
    not_read: str = ""
    heap_unread: str = ""
    spectrum: SpectrumFacts | None = None


class HduFacts(msgspec.Struct, frozen=True):
    """Results of the pass for the data of one HDU.

    ``not_read`` states why the data were not read to their end, '' where they were; ``not_decoded`` why they were read
    but not decoded (a compression that is not supported); ``decode_error`` why a compressed image cannot be
    decompressed. ``fill`` counts invalid fill bytes after the data; its ``first`` is a byte of the data. ``text``
    counts bytes of an ASCII table that are not text.
    """

    index: int
    seen: int = 0
    not_read: str = ""
    not_decoded: str = ""
    decode_error: str = ""
    sums: Sums | None = None
    fill: Count = NONE
    text: Count = NONE
    pixels: Pixels | None = None
    flags: Flags | None = None
    holes: Holes | None = None
    table: TableFacts | None = None


class NanFacts(msgspec.Struct, frozen=True):
    """NaN pixels of a SCI array that its DQ array does not flag DO_NOT_USE. ``not_decoded`` states why it is unknown."""

    science: int
    quality: int
    nan: int = 0
    seen: int = 0
    unflagged: Count = NONE
    not_decoded: str = ""


class ErrorNanFacts(msgspec.Struct, frozen=True):
    """Pixels of ERR that are NaN where SCI is a number and DQ has no DO_NOT_USE. ``not_decoded`` states why it is unknown."""

    error: int
    science: int
    quality: int
    seen: int = 0
    unflagged: Count = NONE
    not_decoded: str = ""


class ErrorFacts(msgspec.Struct, frozen=True):
    """ERR squared compared with the sum of the variances at evenly spaced pixels.

    ``compared`` pixels were finite and not zero in both, ``different`` differ by more than 1 %; ``ratio`` is the median
    of ERR squared over the sum; ``every`` is the distance of the compared pixels (1: all of them).
    """

    error: int
    variances: tuple[int, ...]
    compared: int = 0
    different: Count = NONE
    ratio: float = 1.0
    every: int = 1
    not_decoded: str = ""


class ContextFacts(msgspec.Struct, frozen=True):
    """The bits that are set in planes of a context image, and pixels that have a weight and no bit.

    ``bits`` are pairs of a plane, counted from 0, and the bits in it. ``weight`` is the index of the weights, -1 where there
    are none of the same size. ``not_decoded`` states why pixels could not be compared.
    """

    context: int
    weight: int = -1
    bits: tuple[tuple[int, int], ...] = ()
    alone: Count = NONE
    not_decoded: str = ""


class Scan(msgspec.Struct, frozen=True):
    """The facts of one file. ``kept`` holds the data bytes, without fill, of small tables, by index of their HDU.

    ``narrow`` holds of larger ones the columns of at most ``NARROW`` bytes, row by row. ``changed`` states how the file
    changed while it was read, '' where it did not.
    """

    hdus: Mapping[int, HduFacts]
    kept: Mapping[int, bytes] = {}
    narrow: Mapping[int, bytes] = {}
    nans: tuple[NanFacts, ...] = ()
    errors: tuple[ErrorFacts, ...] = ()
    error_nans: tuple[ErrorNanFacts, ...] = ()
    contexts: tuple[ContextFacts, ...] = ()
    changed: str = ""

    def of(self, hdu: Hdu) -> HduFacts:
        """Return the facts of an HDU; one that the pass did not reach was not read."""
        return self.hdus.get(hdu.index) or HduFacts(hdu.index, not_read="it was not reached")
