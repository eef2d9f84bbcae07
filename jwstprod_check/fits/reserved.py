"""Keywords that the FITS standard reserves, with the type of their values.

FITS Standard 4.0, sections 4.4, 6 to 10 and its appendix C. A name is read as root and indices, so that ``TFORM12`` is
the keyword ``TFORMn`` with index 12, and ``PC1_2A`` is ``PCi_ja`` of the description A.
"""

import re
from typing import Final

from jwstprod_check.fits.syntax import FLOAT, INTEGER, LOGICAL, NAME, STRING

Types = frozenset[int]

_TYPES: Final[dict[str, Types | None]] = {
    "string": frozenset({STRING}),
    "logical": frozenset({LOGICAL}),
    "integer": frozenset({INTEGER}),
    "number": frozenset({INTEGER, FLOAT}),
    "any": None,
}

# group, type of the value, keywords. `n` at the end is an index, `i_j` are two; `a` after `:` is the letter of an
# alternative description, which may be absent.
_TABLE: Final = (
    ("mandatory", "logical", "SIMPLE"),
    ("mandatory", "integer", "BITPIX NAXIS NAXISn PCOUNT GCOUNT TFIELDS"),
    ("mandatory", "string", "XTENSION"),
    ("form", "string", "TFORMn"),
    ("form", "integer", "TBCOLn"),
    ("array", "number", "BSCALE BZERO DATAMAX DATAMIN"),
    ("array", "integer", "BLANK"),
    ("array", "string", "BUNIT"),
    ("column", "string", "TTYPEn TUNITn TDISPn TDIMn TCTYPn TCUNIn"),
    ("column", "number", "TSCALn TZEROn TCRVLn TCDLTn TCRPXn TCROTn"),
    ("column", "integer", "THEAP"),
    ("column", "any", "TNULLn TDMINn TDMAXn TLMINn TLMAXn"),
    ("general", "string", "ORIGIN TELESCOP INSTRUME OBSERVER OBJECT AUTHOR REFERENC CREATOR LONGSTRN"),
    ("general", "string", "EXTNAME CHECKSUM DATASUM"),
    ("general", "integer", "EXTVER EXTLEVEL"),
    ("general", "logical", "EXTEND BLOCKED GROUPS INHERIT"),
    ("general", "string", "DATE DATE-OBS DATE-BEG DATE-AVG DATE-END DATEREF"),
    ("general", "string", "TIMESYS TREFPOS TREFDIR PLEPHEM TIMEUNIT OBSORBIT"),
    ("general", "number", "MJD-OBS MJD-BEG MJD-AVG MJD-END MJDREF MJDREFI MJDREFF JDREF JDREFI JDREFF"),
    ("general", "number", "TSTART TSTOP TELAPSE XPOSURE TIMEOFFS TIMEDEL TIMEPIXR TIMSYER TIMRDER BEPOCH JEPOCH"),
    ("general", "number", "EPOCH OBSGEO-X OBSGEO-Y OBSGEO-Z OBSGEO-B OBSGEO-L OBSGEO-H RESTFREQ"),
    ("general", "string", "RADECSYS RADESYS:a SPECSYS:a SSYSOBS:a SSYSSRC:a WCSNAME:a"),
    ("general", "number", "EQUINOX:a RESTFRQ:a RESTWAV:a VELOSYS:a ZSOURCE:a VELANGL:a LONPOLE:a LATPOLE:a"),
    ("general", "integer", "WCSAXES:a"),
    ("general", "string", "CTYPEn:a CUNITn:a CNAMEn:a PSi_j:a"),
    ("general", "number", "CRPIXn:a CRVALn:a CDELTn:a CROTAn CRDERn:a CSYERn:a CZPHSn:a CPERIn:a"),
    ("general", "number", "PCi_j:a CDi_j:a PVi_j:a PSCALn PZEROn"),
    ("general", "string", "PTYPEn"),
    ("compressed", "logical", "ZIMAGE ZTABLE ZSIMPLE ZEXTEND ZBLOCKED"),
    ("compressed", "integer", "ZBITPIX ZNAXIS ZNAXISn ZTILEn ZPCOUNT ZGCOUNT ZDITHER0 ZTILELEN ZTHEAP"),
    ("compressed", "string", "ZCMPTYPE ZQUANTIZ ZMASKCMP ZTENSION ZHECKSUM ZDATASUM ZNAMEn ZFORMn ZCTYPn"),
    ("compressed", "any", "ZVALn"),
    ("commentary", "any", "CONTINUE HIERARCH"),
)

_FIXED: Final = frozenset({"mandatory", "form"})
_INDEXED = re.compile(r"([A-Z]+?)([0-9]+)(?:_([0-9]+))?([A-Z]?)\Z").match
_MAX_MEMORY = 8192


class Keyword:
    """A reserved keyword as a card has it, or one whose name is not legal.

    ``root`` is how the standard writes it (``TFORMn``, ``PCi_j``), '' for an illegal name and ``DATExxxx`` for other
    names that begin with DATE, ``!padded`` for an index with leading zeros; ``numbers`` are its indices, ``number`` the
    first of them, 0 without one; ``alt`` is the letter of an alternative description. ``types`` is None where the value may be anything.
    """

    __slots__ = ("alt", "fixed", "group", "name", "number", "numbers", "root", "types")

    def __init__(self, name: str, root: str, group: str, types: Types | None) -> None:
        self.name = name
        self.root = root
        self.group = group
        self.types = types
        self.fixed = group in _FIXED
        self.numbers: tuple[int, ...] = ()
        self.number = 0
        self.alt = ""


def _read_table() -> tuple[dict[str, tuple[str, Types | None]], frozenset[str]]:
    reserved: dict[str, tuple[str, Types | None]] = {}
    alternative = set()
    for group, kind, names in _TABLE:
        for word in names.split():
            root, _, alt = word.partition(":")
            reserved[root] = (group, _TYPES[kind])
            if alt:
                alternative.add(root)
    return reserved, frozenset(alternative)


RESERVED, _ALTERNATIVE = _read_table()
"""Keyword as the standard writes it -> group and types of its value."""

_STARTS: Final = frozenset(root[:2] for root in RESERVED) | {"DA"}


def classify(name: str) -> Keyword | None:
    """Read a keyword; None for a legal name that the standard does not reserve."""
    if not NAME(name):
        return Keyword(name, "", "illegal", None)
    if name[:2] not in _STARTS:
        return None
    if name in RESERVED:
        return Keyword(name, name, *RESERVED[name])
    if name[:-1] in _ALTERNATIVE and name[-1:].isalpha():
        found = Keyword(name, name[:-1], *RESERVED[name[:-1]])
        found.alt = name[-1]
        return found
    if name.startswith("DATE"):
        return Keyword(name, "DATExxxx", "general", None)
    return _classify_indexed(name)


def _classify_indexed(name: str) -> Keyword | None:
    parts = _INDEXED(name)
    if parts is None:
        return None
    first, second, alt = parts[2], parts[3], parts[4]
    root = f"{parts[1]}n" if second is None else f"{parts[1]}i_j"
    if root not in RESERVED or (alt and root not in _ALTERNATIVE):
        return None
    indices = [first] if second is None else [first, second]
    if any(n[0] == "0" and len(n) > 1 for n in indices):
        return Keyword(name, "!padded", "padded", None)
    found = Keyword(name, root, *RESERVED[root])
    found.numbers = tuple(int(n) for n in indices)
    found.number = found.numbers[0]
    found.alt = alt
    return found


class _Memory(dict[str, Keyword | None]):
    """Keywords that were read before; it forgets all when it is full."""

    def __missing__(self, name: str) -> Keyword | None:
        if len(self) >= _MAX_MEMORY:
            self.clear()
        found = self[name] = classify(name)
        return found


KEYWORDS: Final = _Memory()
"""Name on a card -> ``Keyword``, None for a legal name that is not reserved."""
