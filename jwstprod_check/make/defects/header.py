"""Defects of keywords: KEY and TIME, coordinates, the archive's profile."""

import re
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.defects.model import Break, defect
from jwstprod_check.make.edits import Change, add_to, chain, delete_cards, in_tree, on, patch_cell, set_cards, with_rows
from jwstprod_check.make.parts import Value

_NIRCAM: Final[dict[str, Scalar]] = {"INSTRUME": "NIRCAM", "DETECTOR": "NRCA1"}
_SEGMENT: Final[dict[str, Scalar]] = {"INTSTART": 1, "INTEND": 2, "NINTS": 2}
_SLITS: Final[dict[str, Scalar]] = {
    "INSTRUME": "NIRSPEC",
    "DETECTOR": "NRS1",
    "EXP_TYPE": "NRS_MSASPEC",
    "MSAMETFL": "jw01234001001_01_msa.fits",
    "MSAMETID": 1,
    "PATT_NUM": 1,
}


def _grown(name: str, rows: int) -> Change:
    """Give a table of one row more of them, and the tree the new number."""
    link = rb"(?s)(fits:%b,1\n.*?shape: \[)1\b" % name.encode()
    told = in_tree(lambda tree: re.sub(link, rb"\g<1>%d" % rows, tree))
    return chain(on(name, lambda p: with_rows(p, rows)), told)


COUNTS: Final = {
    "KEY001": defect(delete_cards("primary", "NGROUPS")),
    "KEY002": defect(set_cards("primary", NGROUPS="5")),
    "KEY003": defect(set_cards("primary", NGROUPS=0)),
    "KEY004": defect(add_to("INTEND", 9), keywords=_SEGMENT),
    "KEY005": defect(add_to("NGROUPS", 1)),
}

WORDS: Final = {
    "KEY010": defect(set_cards("primary", NFRAMES="3")),
    "KEY011": defect(set_cards("primary", READPATT="RAPIDO")),
    "KEY012": defect(chain(delete_cards("primary", "TELESCOP"), set_cards("primary", TELSCOP="JWST"))),
    "KEY013": defect(delete_cards("primary", "PROGRAM")),
    "KEY020": defect(set_cards("primary", EXP_TYPE="MIR_DARKIMG")),
    "KEY021": defect(set_cards("primary", DETECTOR="NRS1")),
    "KEY022": defect(set_cards("primary", INSTRUME="MIRI")),
    "KEY023": defect(set_cards("primary", MODULE="B"), keywords=_NIRCAM),
    "KEY024": defect(set_cards("primary", APERNAME="MIRIM_FULL"), keywords=_NIRCAM),
    "KEY025": defect(set_cards("primary", FILENAME="jw01234001001_02101_00009_nrca1_dark.fits")),
    "KEY026": defect(set_cards("primary", PROGRAM="04321")),
    "KEY030": defect(set_cards("SCI", BUNIT="MJy")),
    "KEY031": defect(set_cards("SCI", PIXAR_SR=b"             1.0E-14", PIXAR_A2=b"             9.6E-04")),
    "KEY032": defect(set_cards("primary", TSOVISIT=False), "rate", keywords={**_NIRCAM, "EXP_TYPE": "NRC_TSIMAGE"}),
    "KEY033": defect(set_cards("primary", NEXTEND=99)),
    "KEY034": defect(set_cards("primary", SUBSTRT1=0)),
    "KEY035": defect(set_cards("primary", EXSEGNUM=4, EXSEGTOT=3)),
    "KEY036": defect(delete_cards("primary", "MSAMETFL"), "rate", keywords=_SLITS),
    "KEY060": defect(chain(set_cards("SCI", BUNIT="DN/s"), set_cards("ERR", BUNIT="DN")), "rate"),
    "KEY061": defect(_grown("GROUP", 4), symbols={"ngroups": 3, "nints": 1}),
    "KEY062": defect(set_cards("primary", ERREXT="ERRORS"), "s3d"),
    "KEY063": defect(set_cards("primary", EXSEGTOT=3)),
    "KEY064": defect(set_cards("primary", S_OUTLIR="SKIPPED"), "crf"),
    "KEY041": defect(delete_cards("OI_VIS", "DATE-OBS"), "ami-oi"),
    "KEY042": defect(set_cards("OI_ARRAY", FRAME="SKYE"), "ami-oi"),
    "KEY043": defect(set_cards("OI_VIS", ARRNAME="elsewhere"), "ami-oi"),
    "KEY044": defect(set_cards("OI_VIS", INSNAME="elsewhere"), "ami-oi"),
}

_HLSP_NAME: Final = "hlsp_my-survey_jwst_nircam_deep-field_f115w_v1.0_{}.fits"
_HLSP: Final[dict[str, Scalar]] = {
    **_NIRCAM,
    "HLSPID": "MY-SURVEY",
    "HLSPNAME": "My survey",
    "HLSPLEAD": "A. Person",
    "HLSPTARG": "Deep Field",
    "HLSPVER": "1.0",
    "DOI": "10.17909/abcd-ef01",
    "LICENSE": "CC BY 4.0",
    "LICENURL": "https://creativecommons.org/licenses/by/4.0/",
    "OBSERVAT": "JWST",
    "TIMESYS": "UTC",
    "XPOSURE": 100.5,
    "MJD-MID": 61041.00347,
    "TELAPSE": 600.5,
    "RADESYS": "ICRS",
    "PROPOSID": "1234",
    "REFERENC": "2022ApJ",
}


def _hlsp(change: Change, kind: str = "cat", name: str = _HLSP_NAME) -> Break:
    base = name.format(kind)
    return defect(chain(change, set_cards("primary", FILENAME=base)), keywords=_HLSP, name=base, profile="hlsp")


def _unchanged(raw: bytes) -> bytes:
    return raw


PROFILE: Final = {
    "KEY051": _hlsp(delete_cards("primary", "HLSPLEAD")),
    "KEY052": _hlsp(chain(delete_cards("primary", "HLSPLEAD"), set_cards("image", HLSPLEAD="A. Person"))),
    "KEY053": _hlsp(set_cards("primary", LICENSE="mine")),
    "KEY054": _hlsp(set_cards("primary", EQUINOX=2000.0)),
    "PROD011": _hlsp(_unchanged, name=_HLSP_NAME.replace("deep-field", "Deep-Field")),
    "PROD012": _hlsp(_unchanged, "xyz"),
    "PROD013": _hlsp(set_cards("primary", HLSPVER="2.0")),
}

_EARLIER: Final[dict[str, Scalar]] = {"EXPSTART": 61040.0, "EXPMID": 61040.003472222222, "EXPEND": 61040.006944444445}
_NAN: Final = b"\x7f\xf8" + bytes(6)

TIMES: Final = {
    "TIME001": defect(set_cards("primary", DATE_END="2025-12-31T23:59:59.000")),
    "TIME002": defect(
        set_cards("primary", MJD_BEG=61041.0, MJD_AVG=61040.5),
    ),
    "TIME003": defect(set_cards("primary", EXPMID=61041.5)),
    "TIME004": defect(set_cards("primary", MJD_BEG=61041.5)),
    "TIME005": defect(set_cards("primary", DATE_OBS="2025-12-31")),
    "TIME006": defect(set_cards("primary", DATE_END="2026-01-02")),
    "TIME007": defect(patch_cell("INT_TIMES", "integration_number", 1, b"\0\0\0\x09")),
    "TIME008": defect(patch_cell("INT_TIMES", "int_mid_MJD_UTC", 1, bytes(8))),
    "TIME009": defect(patch_cell("INT_TIMES", "int_mid_MJD_UTC", 1, _NAN)),
    "TIME010": defect(lambda raw: raw, keywords=_EARLIER),
}

_WORLD: Final[dict[str, Value]] = {
    "WCSAXES": 2,
    "CRPIX1": 8.5,
    "CRPIX2": 6.5,
    "CRVAL1": 259.28,
    "CRVAL2": 43.13,
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CDELT1": 0.0001,
    "CDELT2": 0.0001,
    "PC1_1": -1.0,
    "PC1_2": 0.0,
    "PC2_1": 0.0,
    "PC2_2": 1.0,
}
_SQUARE: Final = "POLYGON ICRS 259.27 43.12 259.29 43.12 259.29 43.14 259.27 43.14"


def _world(without: tuple[str, ...] = (), late: bool = False, **keywords: Value) -> Change:
    """World coordinates in the first image, with other values."""
    words = {k: v for k, v in {**_WORLD, **keywords}.items() if k not in without}
    if late:
        words["WCSAXES"] = words.pop("WCSAXES")
    return set_cards("image", **words)


COORDINATES: Final = {
    "WCS001": defect(_world(CRPIX3=1.0)),
    "WCS002": defect(_world(("CTYPE2",))),
    "WCS003": defect(_world(late=True)),
    "WCS004": defect(_world(CD1_1=1.0)),
    "WCS005": defect(_world(CDELT2=0.0)),
    "WCS006": defect(_world(PC1_1=0.0)),
    "WCS007": defect(_world(CRDER2=-1.0)),
    "WCS008": defect(_world(WCSAXES=3, CRPIX3=1.0, CRVAL3=1.0, CTYPE3="WAVE-TAB", PS3_0="NOWHERE", PS3_1="wavelength")),
    "WCS009": defect(set_cards("image", S_REGION="POLYGON ICRS 10 5 10.1 5")),
    "WCS010": defect(set_cards("image", S_REGION="POLYGON ICRS 10 5 10.1 5.1 10.1 5 10 5.1")),
    "WCS011": defect(
        set_cards("SCI", S_REGION=_SQUARE, RA_REF=259.4, DEC_REF=43.13),
        "cal",
        keywords={**_NIRCAM, "EXP_TYPE": "NRC_IMAGE"},
    ),
}

BREAKS: Final[dict[str, Break]] = {**COUNTS, **WORDS, **PROFILE, **TIMES, **COORDINATES}
