"""Defects of statements in headers that contradict each other, the product or what a reader needs."""

import struct
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.defects.model import Break, defect
from jwstprod_check.make.edits import Change, chain, delete_cards, patch, patch_cell, set_cards
from jwstprod_check.make.parts import BreakError, Edit, Value, join, split

_ASN: Final = "jw01234-o001_20260101t000000_{}_00001_asn.json"
_ASSOCIATION: Final[dict[str, Scalar]] = {"ASNTABLE": _ASN.format("image3"), "ASNPOOL": "jw01234_pool.csv"}
_NIRCAM: Final[dict[str, Scalar]] = {"INSTRUME": "NIRCAM", "DETECTOR": "NRCA1"}
_IMAGE: Final[dict[str, Scalar]] = {**_NIRCAM, "EXP_TYPE": "NRC_IMAGE"}
_SLITS: Final[dict[str, Scalar]] = {
    "DATAMODL": "MultiSlitModel",
    "INSTRUME": "NIRSPEC",
    "DETECTOR": "NRS1",
    "EXP_TYPE": "NRS_FIXEDSLIT",
}
_WORLD: Final[dict[str, Value]] = {
    "WCSAXES": 2,
    "CRPIX1": 8.5,
    "CRPIX2": 6.5,
    "CRVAL1": 259.28,
    "CRVAL2": 43.13,
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CUNIT1": "deg",
    "CUNIT2": "deg",
    "CDELT1": 0.0001,
    "CDELT2": 0.0001,
}
_TURN: Final[dict[str, Value]] = {"PC1_1": -1.0, "PC1_2": 0.0, "PC2_1": 0.0, "PC2_2": 1.0}
_CD: Final[dict[str, Value]] = {"CD1_1": -0.0001, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": 0.0001}
_COMBINED: Final = "jw01234-o001_t001_nircam_clear-f200w_i2d.fits"
_FAR: Final = "POLYGON ICRS 259.3 43.13 259.31 43.13 259.31 43.14 259.3 43.14"


def _world(**keywords: Value) -> Change:
    """World coordinates in the first image, with other values; None leaves one out."""
    words = {**_WORLD, **keywords}
    return set_cards("image", **{k: v for k, v in words.items() if v is not None})


def _moved(keyword: str) -> Change:
    """A card of the primary header in SCI instead."""

    def apply(raw: bytes) -> bytes:
        parts = split(raw)
        at = next((i for i, p in enumerate(parts) if p.name == "SCI"), 0)
        index = parts[0].find(keyword)
        if not at or index is None:
            raise BreakError(f"it has no SCI or no {keyword}")
        parts[at] = parts[at].adding(parts[0].cards[index])
        parts[0] = parts[0].without(keyword)
        return join(parts)

    return apply


def _of_slit(extver: int, edit: Edit) -> Change:
    """Change SCI of one slit."""

    def apply(raw: bytes) -> bytes:
        return join([edit(p) if p.name == "SCI" and p.text("EXTVER") == str(extver) else p for p in split(raw)])

    return apply


def _in_slits(*extvers: int) -> Change:
    return chain(*(_of_slit(n, lambda p: p.setting("SLTNAME", "S200A1")) for n in extvers))


def _third_slit(raw: bytes) -> bytes:
    """The second set once more, as the third."""
    parts = split(raw)
    second = [p.setting("EXTVER", 3) for p in parts if p.text("EXTVER") == "2"]
    if not second:
        raise BreakError("it has no sets")
    return join([*(p for p in parts if p.name != "ASDF"), *second, *(p for p in parts if p.name == "ASDF")])


def _barycentric(days: float) -> Change:
    """The barycentric times of the first integration."""
    cells = enumerate(("int_start_BJD_TDB", "int_mid_BJD_TDB", "int_end_BJD_TDB"))
    return chain(*(patch_cell("INT_TIMES", name, 0, struct.pack(">d", days + n / 86400)) for n, name in cells))


STEPS: Final = {
    "KEY070": defect(delete_cards("primary", "NRESETS"), "uncal"),
    "KEY071": defect(set_cards("primary", FILETYPE="UNCALIBRATED"), "cal"),
    "KEY072": defect(
        set_cards("primary", ASNTABLE=_ASN.format("image2"), FILENAME=_COMBINED),
        "i2d",
        keywords=_ASSOCIATION,
        name=_COMBINED,
    ),
    "KEY073": defect(
        chain(set_cards("primary", TARG_RA=0.0, TARG_DEC=0.0), set_cards("SCI", RA_REF=259.28, DEC_REF=43.13)), "rate"
    ),
    "KEY074": defect(set_cards("primary", ENGQLPTG="PLANNED"), "cal"),
    "KEY075": defect(set_cards("primary", TARGTYPE="MOVING"), "uncal"),
    "KEY076": defect(_moved("CAL_VER"), "rate"),
    "KEY077": defect(delete_cards("SCI", "BUNIT"), "rate"),
    "KEY078": defect(set_cards("EXTRACT1D", SRCTYPE="UNKNOWN"), "x1d"),
    "KEY079": defect(set_cards("primary", CORONMSK="NONE"), "cal", keywords={**_NIRCAM, "EXP_TYPE": "NRC_CORON"}),
    "KEY080": defect(set_cards("SCI", SRCXPOS=2000.5), "cal"),
    "KEY081": defect(chain(_third_slit, _in_slits(1, 3)), "cal", keywords=_SLITS),
    "KEY083": defect(set_cards("primary", CAL_VER="latest"), "cal"),
    "KEY082": defect(set_cards("primary", SUBARRAY="SUB8FP1A"), "uncal", keywords=_NIRCAM),
}

TIMES: Final = {
    "TIME015": defect(set_cards("SCI", XPOSURE=700.0), "rate"),
    "TIME016": defect(
        set_cards("primary", EFFEXPTM=700.0, FILENAME=_COMBINED), "i2d", keywords=_ASSOCIATION, name=_COMBINED
    ),
    "TIME017": defect(_barycentric(61040.9), "rateints"),
}

COORDINATES: Final = {
    "WCS015": defect(_world(**_TURN, A_ORDER=2, B_ORDER=2), "rate"),
    "WCS016": defect(_world(**_TURN, CTYPE1="GLON-TAN"), "rate"),
    "WCS017": defect(_world(**{**_TURN, "PC1_1": -0.0001, "PC2_2": 0.0001}), "rate"),
    "WCS018": defect(_world(**_CD, CDELT1=0.01), "rate"),
    "WCS019": defect(_world(WCSAXES=3, CRPIX3=1.0, CRVAL3=1.0, CTYPE3="WAVELENGTH"), "s3d"),
    "WCS020": defect(_world(**_TURN, RA_REF=200.0, DEC_REF=43.13), "rate"),
    "WCS021": defect(_world(**_TURN, CDELT1=0.36, CDELT2=0.36), "rate"),
    "WCS022": defect(_world(**_TURN, S_REGION=_FAR), "cal", keywords=_IMAGE),
}

DATA: Final = {
    "DATA020": defect(patch("ERR", 0, struct.pack(">f", float("nan"))), "cal"),
}

BREAKS: Final[dict[str, Break]] = {**STEPS, **TIMES, **COORDINATES, **DATA}
