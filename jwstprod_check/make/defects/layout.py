"""Defects of the product's layout: which product, HDUs, arrays, tables."""

from math import inf
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.defects.model import Break, defect
from jwstprod_check.make.edits import (
    appended_column,
    chain,
    delete_cards,
    drop,
    duplicate_hdu,
    extra,
    first_of,
    number_cell,
    on,
    patch_cell,
    set_cards,
    swap,
    with_rows,
)
from jwstprod_check.make.parts import BreakError, Edit, Part, image, join, split, table, width

SLITS: Final[dict[str, Scalar]] = {
    "DATAMODL": "MultiSlitModel",
    "INSTRUME": "NIRSPEC",
    "DETECTOR": "NRS1",
    "EXP_TYPE": "NRS_FIXEDSLIT",
}
_SAME_WIDTH: Final = {"J": "E", "E": "J", "D": "K", "K": "D", "I": "2B", "B": "L"}
_EXAMPLE: Final = "jw01234001001_02101_1_nrca1_dark.fits"
_SHORT: Final = "jw01234-o001_s00042_nircam_clear-f200w_s2d.fits"
_ACTIVE: Final = "jw01234-o001_t001_nircam_clear-f200w_s2d-04.fits"
_CATALOGUE: Final = "jw01234-o001_t001_nircam_clear-f200w_cat.ecsv"


def _of_set(name: str, extver: int, edit: Edit | None) -> Edit:
    """Edit that changes only one HDU of a set."""

    def apply(part: Part) -> Part:
        here = part.name == name and part.text("EXTVER") == str(extver)
        return edit(part) if here and edit is not None else part

    return apply


def _lost_of_set(raw: bytes) -> bytes:
    parts = split(raw)
    kept = [p for p in parts if not (p.name == "ERR" and p.text("EXTVER") == "2")]
    if len(kept) == len(parts):
        raise BreakError("it has no sets with ERR")
    return join(kept)


def _each(wanted: str, edit: Edit) -> Edit:
    return lambda part: edit(part) if part.text("EXTVER") == wanted and part.name != "ASDF" else part


def _all(edit: Edit, wanted: str) -> Break:
    """Break of all HDUs of a set."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        if not any(p.text("EXTVER") == "2" for p in parts):
            raise BreakError("it has no sets")
        return join(map(_each(wanted, edit), parts))

    return defect(apply, "cal", keywords=SLITS)


def _other_type(part: Part) -> Part:
    if part.text("BITPIX") == "-32":
        return part.setting("BITPIX", 32)
    return part.without("BZERO", "BSCALE")


def _other_cells(part: Part) -> Part:
    for n in range(1, part.number("TFIELDS") + 1):
        form = part.text(f"TFORM{n}") or ""
        if form in _SAME_WIDTH and part.text(f"TZERO{n}") is None:
            return part.setting(f"TFORM{n}", _SAME_WIDTH[form])
    raise BreakError(f"{part.name} has no column of numbers")


def _two_columns(part: Part) -> Part:
    """Names of two neighbours of one type exchanged."""
    for n in range(1, part.number("TFIELDS")):
        alike = all(part.text(f"{k}{n}") == part.text(f"{k}{n + 1}") for k in ("TFORM", "TUNIT", "TZERO"))
        if alike:
            one, other = part.text(f"TTYPE{n}") or "", part.text(f"TTYPE{n + 1}") or ""
            return part.setting(f"TTYPE{n}", other).setting(f"TTYPE{n + 1}", one)
    raise BreakError(f"{part.name} has no neighbouring columns of one type")


def _misspelt(part: Part) -> Part:
    return part.setting("TTYPE1", (part.text("TTYPE1") or "") + "x")


def _shorter(name: str) -> Edit:
    """Cells of a column of 8-byte numbers one element shorter, or longer if they have but one."""

    def edit(part: Part) -> Part:
        number, at = part.column(name)
        form = part.text(f"TFORM{number}") or ""
        old, wide = width(form), part.number("NAXIS1")
        count = old // 8
        new = count - 1 if count > 1 else 2
        rows = [part.data[i : i + wide] for i in range(0, len(part.data), wide)]
        cut = [r[:at] + (r[at : at + old] * 2)[: 8 * new] + r[at + old :] for r in rows]
        changed = part.setting(f"TFORM{number}", f"{new}{form[-1]}").setting("NAXIS1", wide + 8 * new - old)
        return changed.holding(b"".join(cut))

    return edit


def _widened(raw: bytes) -> bytes:
    """Every array two columns wider, and the keyword too, so that a quarter of it is not a whole number."""
    parts = split(raw)
    wide = parts[0].number("SUBSIZE1")
    changed = [p.resized(wide + 2, *p.axes[1:]) if p.type == "IMAGE" and p.axes[0] == wide else p for p in parts]
    return join([changed[0].setting("SUBSIZE1", wide + 2), *changed[1:]])


def _as_array(part: Part) -> Part:
    return image(part.name, (len(part.data),), 8).holding(part.data)


def _quarter(part: Part) -> Part:
    return part.resized(part.axes[0] + 4, *part.axes[1:])


PRODUCT: Final = {
    "PROD001": defect(
        chain(
            delete_cards("primary", "DATAMODL"),
            delete_cards("primary", "EXP_TYPE"),
            set_cards("primary", FILENAME="mine.fits"),
        ),
        name="mine.fits",
    ),
    "PROD002": defect(set_cards("primary", DATAMODL="MultiSpecModel")),
    "PROD003": defect(on("primary", lambda p: p.setting("EXP_TYPE", (p.text("EXP_TYPE") or "")[:3] + "_IMAGE"))),
    "PROD004": defect(delete_cards("primary", "DATAMODL")),
    "PROD005": defect(set_cards("primary", FILENAME="mine.fits"), name="mine.fits"),
    "PROD006": defect(set_cards("primary", FILENAME=_EXAMPLE), name=_EXAMPLE),
    "PROD007": defect(
        chain(delete_cards("primary", "DATAMODL"), set_cards("primary", TELESCOP="HST", FILENAME="mine.fits")),
        name="mine.fits",
    ),
    "PROD008": defect(lambda raw: raw, keywords={"CAL_VER": "1.20.2"}),
    "PROD010": defect(lambda raw: raw, "trapsfilled", keywords={"CAL_VER": "3.0.0"}),
    "PROD014": defect(set_cards("primary", FILENAME=_SHORT), "s2d", keywords={"CAL_VER": "3.0.0"}, name=_SHORT),
    "PROD015": defect(set_cards("primary", FILENAME=_ACTIVE), "s2d", name=_ACTIVE),
    "PROD009": defect(
        chain(delete_cards("primary", "DATAMODL"), set_cards("primary", FILENAME=_CATALOGUE)), name=_CATALOGUE
    ),
}

HDUS: Final = {
    "HDU001": defect(first_of(drop("ERR"), drop("ASDF"))),
    "HDU002": defect(extra(("a", "1J"))),
    "HDU003": defect(first_of(duplicate_hdu("image"), duplicate_hdu("table"))),
    "HDU004": defect(first_of(on("image", lambda p: table(p.name, [("a", "1E")], 3)), on("ASDF", _as_array))),
    "HDU005": defect(first_of(swap("PIXELDQ", "GROUPDQ"), swap("image", "image2"))),
    "HDU006": defect(on("ASDF", lambda p: p.setting("EXTNAME", "asdf"))),
    "HDU007": defect(set_cards("primary", ZEROFRAM=False), optional=("ZEROFRAME",)),
    "HDU008": defect(on("primary", lambda p: p.resized(4, 4))),
    "HDU012": defect(set_cards("primary", ZEROFRAM=True)),
    "HDU013": defect(set_cards("ERR", EXTVER=2)),
    "HDU009": defect(_lost_of_set, "cal", keywords=SLITS),
    "HDU010": _all(lambda p: p.setting("EXTVER", 3), "2"),
    "HDU011": _all(lambda p: p.without("EXTVER"), "1"),
}

ARRAYS: Final = {
    "ARR001": defect(on("image", _other_type)),
    "ARR002": defect(on("image", lambda p: p.resized(*p.axes, 1))),
    "ARR003": defect(on("image2", _quarter)),
    "ARR004": defect(_widened, optional=("REFOUT",)),
}

TABLES: Final = {
    "TAB001": defect(on("INT_TIMES", lambda p: appended_column(p, p.text("TTYPE1") or "", "J", bytes(4)))),
    "TAB002": defect(on("table", _misspelt)),
    "TAB003": defect(on("table", lambda p: appended_column(p, "foreign", "J", bytes(4)))),
    "TAB004": defect(on("table", _other_cells)),
    "TAB005": defect(on("table", _two_columns)),
    "TAB006": defect(on("INT_TIMES", lambda p: with_rows(p, p.number("NAXIS2") - 1))),
    "TAB007": defect(on("table", lambda p: with_rows(p, 0))),
    "TAB008": defect(set_cards("EXTRACT1D", TUNIT1="nm"), "x1d"),
    "TAB009": defect(on("EXTRACT1D", _shorter("FLUX")), "x1dints", keywords={"CAL_VER": "3.0.0"}),
    "TAB011": defect(on("OI_VIS", _shorter("VISPHI")), "amimulti-oi"),
    "TAB012": defect(on("OI_WAVELENGTH", lambda p: with_rows(p, 2)), "ami-oi"),
    "TAB013": defect(on("SOLNS", _shorter("coeffs")), "amilg"),
    "TAB017": defect(set_cards("EXTRACT1D", TUNIT2="Jy", TUNIT3="mJy"), "x1d"),
    "TAB020": defect(set_cards("INT_TIMES", TLMIN1=100)),
    "TAB021": defect(set_cards("INT_TIMES", TDMIN1=-100)),
}

_TARGET: Final[dict[str, Scalar]] = {"TARG_RA": 10.0, "TARG_DEC": 20.0}
_FARTHEST: Final = 5
"""Row of the baseline of the first and the last station, which is the third side of its triangles and no other."""

OIFITS: Final = {
    "TAB022": defect(number_cell("OI_VIS", "TARGET_ID", 0, 99), "ami-oi"),
    "TAB023": defect(number_cell("OI_VIS", "STA_INDEX", 0, 99), "ami-oi"),
    "TAB030": defect(number_cell("OI_VIS2", "VIS2ERR", 0, -0.1), "ami-oi"),
    "TAB031": defect(number_cell("OI_VIS", "STA_INDEX", 0, 0), "ami-oi"),
    "TAB032": defect(number_cell("OI_ARRAY", "STA_INDEX", 1, 1), "ami-oi"),
    "TAB033": defect(number_cell("OI_VIS", "STA_INDEX", 0, 1, 1), "ami-oi"),
    "TAB034": defect(number_cell("OI_WAVELENGTH", "EFF_WAVE", 0, 4.8), "ami-oi"),
    "TAB035": defect(patch_cell("OI_ARRAY", "FOVTYPE", 0, b"WIDE  "), "ami-oi"),
    "TAB036": defect(number_cell("OI_TARGET", "DECEP0", 0, 100.0), "ami-oi"),
    "TAB037": defect(number_cell("OI_WAVELENGTH", "EFF_BAND", 0, 0.0), "ami-oi"),
    "TAB038": defect(number_cell("OI_WAVELENGTH", "EFF_WAVE", 0, 3.8e-6), "ami-oi", keywords={"FILTER": "F480M"}),
    "TAB039": defect(number_cell("OI_VIS", "VISAMP", 0, inf), "ami-oi"),
    "TAB041": defect(number_cell("OI_VIS2", "UCOORD", 0, 5e5), "ami-oi"),
    "TAB042": defect(number_cell("OI_T3", "U1COORD", 0, 1.0), "ami-oi"),
    "TAB043": defect(number_cell("OI_ARRAY", "STAXYZ", 0, 1.0), "ami-oi"),
    "TAB044": defect(number_cell("OI_VIS", "STA_INDEX", 1, 1, 2), "ami-oi"),
    "TAB045": defect(
        chain(*(number_cell(name, "VCOORD", _FARTHEST, 4.62) for name in ("OI_VIS", "OI_VIS2"))), "ami-oi"
    ),
    "TAB046": defect(number_cell("OI_VIS", "MJD", 0, 50000.0), "ami-oi"),
    "TAB047": defect(number_cell("OI_VIS", "TIME", 0, 1.0), "ami-oi"),
    "TAB048": defect(number_cell("OI_VIS", "INT_TIME", 0, -1.0), "ami-oi"),
    "TAB049": defect(patch_cell("OI_TARGET", "TARGET", 0, b" " * 16), "ami-oi"),
    "TAB050": defect(number_cell("OI_TARGET", "RAEP0", 0, 100.0), "ami-oi", keywords=_TARGET),
    "TAB051": defect(number_cell("OI_TARGET", "EQUINOX", 0, 0.0), "ami-oi"),
    "TAB052": defect(set_cards("OI_WAVELENGTH", TUNIT1="um"), "ami-oi"),
    "TAB053": defect(number_cell("OI_Q4", "U4COORD", 0, 3.0), "ami-oi", keywords={"CAL_VER": "3.0.0"}),
    "KEY090": defect(set_cards("OI_VIS", DATE_OBS="2025-01-01"), "ami-oi"),
}

BREAKS: Final[dict[str, Break]] = {**PRODUCT, **HDUS, **ARRAYS, **TABLES, **OIFITS}
