"""Content of a made AMI product beyond its table: keywords of OIFITS, stations, baselines and what refers to them.

OIFITS 2 (Duvert, Young & Hummel 2017, A&A 597, A8); the aperture mask has seven holes.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.defaults import SECONDS, START

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


_COMBINED: Final = {"OI_VIS": 2, "OI_VIS2": 2, "OI_T3": 3, "OI_Q4": 4}
"""Stations of a row."""


def rows_of(extname: str, nints: int) -> int | None:
    """Rows of a table whose number the documentation leaves open; None where any number is valid."""
    return {"OI_ARRAY": HOLES, "SOLNS": nints}.get(extname)


def length_of_cell(extname: str) -> int | None:
    """Length of a vector whose length the documentation leaves open; None where any is valid."""
    return {"SOLNS": COEFFICIENTS}.get(extname)


_STATIONS: Final = ((0.0, -2.64), (-2.29, 0.0), (2.29, -1.32), (-2.29, 1.32), (-1.14, 1.98), (2.29, 1.32), (1.14, 1.98))
"""Metres in the plane of the mask; no two pairs of holes are the same distance and direction apart."""

_WAVELENGTH: Final = 4.8e-6
_BANDWIDTH: Final = 0.3e-6
_CONSTANT: Final[dict[str, float]] = {
    "FLAG": 0.0,
    "TIME": 0.0,
    "INT_TIME": SECONDS,
    "MJD": START,
    "EFF_BAND": _BANDWIDTH,
}
_CONSTANT_TEXT: Final = {"FOVTYPE": "RADIUS", "VELTYP": "UNKNOWN", "VELDEF": "OPTICAL"}
_POSITION: Final = {"RAEP0": "TARG_RA", "DECEP0": "TARG_DEC"}


def cells(extname: str, column: str, rows: int, repeat: int, keywords: Mapping[str, Scalar]) -> Any:
    """Values of a column that refers to another table, or to the file's keywords; None for any other column."""
    import numpy as np

    if extname not in KEYWORDS:
        return None
    if column == "TARGET_ID":
        return np.arange(rows) + 1 if extname == "OI_TARGET" else np.ones(rows)
    if column == "STA_INDEX":
        chosen = _stations(rows, repeat)
        return np.array([c[0] for c in chosen] if repeat == 1 else chosen)
    if column == "STAXYZ" and repeat == 3:
        return np.array([(*_STATIONS[c[0] - 1], 0.0) for c in _stations(rows, 1)])
    if column in _CONSTANT:
        return np.full(rows, _CONSTANT[column])
    if column == "EFF_WAVE":
        return np.full(rows, _WAVELENGTH)
    if column == "EQUINOX":
        return np.full(rows, 2000.0)
    if column in _POSITION:
        stated = keywords.get(_POSITION[column])
        return np.full(rows, stated if isinstance(stated, int | float) else 1.0)
    if column.endswith("COORD") and extname in _COMBINED:
        return _coordinates(_stations(rows, _COMBINED[extname]), column)
    return None


def text(column: str) -> str | None:
    """Value of a column of words of which OIFITS has a list; None for any other."""
    return _CONSTANT_TEXT.get(column)


def _stations(rows: int, combined: int) -> list[tuple[int, ...]]:
    known = list(combinations(range(1, HOLES + 1), combined)) if combined <= HOLES else [(1,)]
    return [known[n % len(known)] for n in range(rows)]


def _coordinates(stations: list[tuple[int, ...]], column: str) -> Any:
    """U or V of a baseline of each row: the station of its number minus the next, the last minus the first."""
    import numpy as np

    axis, number = "UV".index(column[0]), int(column[1]) - 1 if column[1].isdigit() else 0
    ends = [(s[number], s[(number + 1) % len(s)]) for s in stations]
    return np.array([_STATIONS[a - 1][axis] - _STATIONS[b - 1][axis] for a, b in ends])
