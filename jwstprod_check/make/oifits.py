"""Content of a made AMI product beyond its table: keywords of OIFITS, stations that the measurements refer to.

OIFITS 2 (Duvert, Young & Hummel 2017, A&A 597, A8); the aperture mask has seven holes.
"""

from itertools import combinations
from typing import Any, Final

from jwstprod_check.fits.cards import Scalar

HOLES: Final = 7
COEFFICIENTS: Final = 44

PRIMARY_KEYWORDS: Final[dict[str, Scalar]] = {
    "CONTENT": "OIFITS2",
    "OBSERVER": "UNKNOWN",
    "OBJECT": "UNKNOWN",
    "INSMODE": "NRM",
    "PI_NAME": "UNKNOWN",
    "TARGPROP": "UNKNOWN",
}
_MEASURED: Final[dict[str, Scalar]] = {
    "OI_REVN": 2,
    "DATE-OBS": "2026-01-01",
    "ARRNAME": "NRM",
    "INSNAME": "NIRISS",
}
KEYWORDS: Final[dict[str, dict[str, Scalar]]] = {
    "OI_ARRAY": {"OI_REVN": 2, "ARRNAME": "NRM", "FRAME": "SKY", "ARRAYX": 0.0, "ARRAYY": 0.0, "ARRAYZ": 0.0},
    "OI_TARGET": {"OI_REVN": 2},
    "OI_WAVELENGTH": {"OI_REVN": 2, "INSNAME": "NIRISS"},
    "OI_VIS": _MEASURED,
    "OI_VIS2": _MEASURED,
    "OI_T3": _MEASURED,
    "OI_Q4": _MEASURED,
}
"""Keywords of the tables, by EXTNAME."""


def rows_of(extname: str, nints: int) -> int | None:
    """Rows of a table whose number the documentation leaves open; None where any number is valid."""
    return {"OI_ARRAY": HOLES, "SOLNS": nints}.get(extname)


def length_of_cell(extname: str) -> int | None:
    """Length of a vector whose length the documentation leaves open; None where any is valid."""
    return {"SOLNS": COEFFICIENTS}.get(extname)


def cells(extname: str, column: str, rows: int, repeat: int) -> Any:
    """Values of a column that refers to another table; None for any other column."""
    import numpy as np

    if extname not in KEYWORDS:
        return None
    if column == "TARGET_ID":
        return np.ones(rows)
    if column == "STA_INDEX":
        stations = range(1, HOLES + 1)
        known = [[n] for n in stations] if repeat == 1 else [list(c) for c in combinations(stations, repeat)]
        chosen = np.array([known[n % len(known)] for n in range(rows)])
        return chosen[:, 0] if repeat == 1 else chosen
    return None
