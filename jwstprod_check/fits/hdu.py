"""One header-data unit: what its header states of the data, as a reader sees it."""

from math import prod
from typing import Final

import msgspec

from jwstprod_check.fits.columns import Column, read_columns
from jwstprod_check.fits.header import BLOCK, Header
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.memo import Values, by_value

MAX_NAXIS: Final = 999
"""Largest NAXIS (FITS Standard 4.0, section 4.4.1.1)."""

BITPIX: Final = {8: "uint8", 16: "int16", 32: "int32", 64: "int64", -32: "float32", -64: "float64"}
"""Legal BITPIX values and the type of an unscaled element (section 4.4.1.1, table 8)."""

_OFFSETS = {
    (8, -128): "int8",
    (16, 32768): "uint16",
    (32, 2147483648): "uint32",
    (64, 9223372036854775808): "uint64",
}


class HduStructure(msgspec.Struct, frozen=True, eq=False):
    """What a header states of its HDU apart from its name and its place; see ``Hdu`` for the fields.

    It is equal to itself alone; headers that state the same usually share it.
    """

    xtension: str | None
    compressed: bool
    bitpix: int | None
    axes: tuple[int, ...]
    dtype: str | None
    data_size: int | None
    fields: int | None
    rows: int | None
    simple: bool


class Hdu:
    """An HDU: its header, where its bytes are, and what kind of data they are.

    Attributes:
        index: counts from 0 (the primary).
        structure: what the header states, apart from EXTNAME and EXTVER.
        type: ``primary``, ``IMAGE``, ``BINTABLE``, ``TABLE``, another XTENSION or ``unknown``. A tile-compressed
            image is the IMAGE that its readers show.
        xtension: value of XTENSION, None in a primary or where it is not a string.
        compressed: whether a binary table holds a tile-compressed image (FITS Standard 4.0, section 10.1).
        extname: EXTNAME as written, trailing blanks removed; None without one.
        name: EXTNAME as readers compare it: upper case, without surrounding blanks; '' without one.
        extver: EXTVER; its default is 1 (section 4.4.2.6).
        bitpix: BITPIX of the image, that is ZBITPIX of a compressed one.
        axes: NAXIS1, NAXIS2, ... in FITS order; of a compressed image the ZNAXISn.
        dtype: type of an array element as a reader sees it; None for tables, empty and illegal arrays. ``uint16``
            is BITPIX 16 with BZERO 32768, ``uint32`` is BITPIX 32 with BZERO 2147483648 (section 5.2.5). Any
            other scaling makes floating-point numbers.
        data_offset: byte at which the data begin.
        data_end: byte after the data and their fill, as the header states it.
        data_length: bytes of data with their fill, as the header states them.
        data_size: bytes of data without fill, None where the header does not state it (see ``data_size_of``).
        fields: TFIELDS, None where it is not an integer.
        rows: NAXIS2, which counts the rows of a table; None where it is not an integer.
        sized: False where the bytes of the file contradict ``data_size``.

    Offsets and sizes are bytes in the inflated file.
    """

    structure: HduStructure
    type: str
    xtension: str | None
    compressed: bool
    bitpix: int | None
    axes: tuple[int, ...]
    dtype: str | None
    data_length: int
    data_size: int | None
    fields: int | None
    rows: int | None
    sized: bool

    def __init__(self, index: int, header: Header) -> None:
        structure = header.memo_by_cards(read_structure)
        # One step for all that the structure states: it is that of many HDUs.
        self.__dict__.update(_STATED[structure])
        self.index = index
        self.header = header
        self.extname = header.string("EXTNAME")
        self.name = (self.extname or "").strip(" ").upper()
        extver = header.integer("EXTVER")
        self.extver = 1 if extver is None else extver
        self.data_offset = header.offset + len(header.raw)
        self.data_end = self.data_offset + self.data_length
        if index == 0 and structure.xtension is None:
            self.type, self.dtype = "primary", structure.dtype

    @property
    def header_offset(self) -> int:
        """Byte at which the header begins."""
        return self.header.offset

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of a binary table, () for anything else."""
        return self.header.memo_by_cards(read_columns) if self.type == "BINTABLE" else ()

    @property
    def label(self) -> str:
        """How a message names the HDU: ``SCI,2``, ``SCI``, ``HDU 3`` or ``primary``."""
        if self.type == "primary":
            return "primary"
        if not self.name:
            return f"HDU {self.index}"
        return self.name if self.extver == 1 else f"{self.name},{self.extver}"


def read_structure(header: HeaderView) -> HduStructure:
    """Read what a header states of its HDU; a function of its bytes alone."""
    xtension = header.string("XTENSION")
    compressed = xtension == "BINTABLE" and header.value("ZIMAGE") is True
    bitpix = header.integer("ZBITPIX" if compressed else "BITPIX")
    axes = axes_of(header, "Z" if compressed else "")
    return _structure(
        xtension,
        compressed,
        bitpix,
        axes,
        None if bitpix not in BITPIX or not axes else _dtype(header, bitpix),
        data_size_of(header, axes_of(header) if compressed else axes),
        header.integer("TFIELDS"),
        header.integer("NAXIS2"),
        header.names[:1] == ["SIMPLE"],
    )


_structure = by_value(4096)(HduStructure)


def _stated(structure: HduStructure) -> dict[str, object]:
    """Attributes of an HDU that follow from its structure."""
    kind = "primary" if structure.simple else "IMAGE" if structure.compressed else structure.xtension or "unknown"
    return {
        "structure": structure,
        "xtension": structure.xtension,
        "compressed": structure.compressed,
        "bitpix": structure.bitpix,
        "axes": structure.axes,
        "data_size": structure.data_size,
        "data_length": -(-(structure.data_size or 0) // BLOCK) * BLOCK,
        "fields": structure.fields,
        "rows": structure.rows,
        "sized": structure.data_size is not None,
        "type": kind,
        "dtype": structure.dtype if kind in {"primary", "IMAGE"} else None,
    }


_STATED: Final = Values(_stated, 4096)


def _dtype(header: HeaderView, bitpix: int) -> str:
    scale, zero = header.number("BSCALE"), header.number("BZERO")
    if bitpix < 0 or (scale in {None, 1.0} and zero in {None, 0.0}):
        return BITPIX[bitpix]
    if scale in {None, 1.0}:
        for (stored, offset), dtype in _OFFSETS.items():
            if stored == bitpix and zero == offset:
                return dtype
    return "float32" if bitpix in {8, 16} else "float64"


MAX_SIZE: Final = 2**63 - 1
"""No file is larger; a header that declares more is limited to this, so that every size can be printed."""


def axes_of(header: HeaderView, prefix: str = "") -> tuple[int, ...]:
    """NAXIS1..NAXISn of a header in FITS order, up to the first that is missing or negative."""
    axes: list[int] = []
    for n in range(1, min(header.integer(f"{prefix}NAXIS") or 0, MAX_NAXIS) + 1):
        length = header.integer(f"{prefix}NAXIS{n}")
        if length is None or length < 0:
            break
        axes.append(length)
    return tuple(axes)


def data_size_of(header: HeaderView, axes: tuple[int, ...]) -> int | None:
    """Bytes of data that a header with these axes declares, without fill; None where it declares none that makes sense.

    ``|BITPIX|/8 x GCOUNT x (PCOUNT + NAXIS1 x ... x NAXISn)`` (FITS Standard 4.0, sections 4.4.1.1 and
    4.4.1.2), with NAXIS1 left out for random groups (section 6). Absent PCOUNT and GCOUNT count as 0 and 1.
    """
    bitpix, naxis = header.integer("BITPIX"), header.integer("NAXIS")
    if bitpix not in BITPIX or naxis is None or not 0 <= naxis <= MAX_NAXIS:
        return None
    if len(axes) != naxis:
        return None
    counts = [header.integer(k) if k in header else default for k, default in (("PCOUNT", 0), ("GCOUNT", 1))]
    pcount, gcount = counts
    if pcount is None or gcount is None or pcount < 0 or gcount < 0:
        return None
    if axes and axes[0] == 0 and header.value("GROUPS") is True:
        axes = axes[1:]
    elif not axes:
        return 0
    return min(abs(bitpix) // 8 * gcount * (pcount + prod(axes)), MAX_SIZE)
