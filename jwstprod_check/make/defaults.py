"""Keywords that a made file has besides those of its dimensions: who observed what, when and how it was read out."""

import ast
from collections.abc import Mapping
from typing import Final

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.make.facts import PlannedFacts
from jwstprod_check.spec.model import Spec
from jwstprod_check.spec.parsing import parse_expression

CAL_VER: Final = "1.17.0"
"""Release that a made file names: the last to which the documented tables apply without amendment."""

START: Final = 61041.0
"""MJD at which a made exposure begins, 2026-01-01."""

SECONDS: Final = 600.0
"""Duration of a made exposure."""

_PREFIXES: Final = {"NRC": "NIRCAM", "NIS": "NIRISS", "NRS": "NIRSPEC", "MIR": "MIRI", "FGS": "FGS"}
_INSTRUMENTS: Final = {
    "NIRCAM": ("NRCA1", "NRC_IMAGE"),
    "NIRISS": ("NIS", "NIS_IMAGE"),
    "NIRSPEC": ("NRS1", "NRS_FIXEDSLIT"),
    "MIRI": ("MIRIMAGE", "MIR_IMAGE"),
    "FGS": ("GUIDER1", "FGS_IMAGE"),
}
_MODELS: Final = {"output_pers": "RampModel"}
"""Data models of products that are not recognised by theirs."""

_APERTURES: Final = {
    "NIRISS": "NIS_CEN",
    "NIRSPEC": "NRS_FULL_MSA",
    "MIRI": "MIRIM_FULL",
}
_FILTERS: Final = {"NIRSPEC": "CLEAR", "MIRI": "F770W"}
_FIXED: Final[dict[str, Scalar]] = {
    "DATE": "2026-01-02T00:00:00.000",
    "ORIGIN": "STSCI",
    "TELESCOP": "JWST",
    "CAL_VER": CAL_VER,
    "PROGRAM": "01234",
    "OBSERVTN": "001",
    "VISIT": "001",
    "VISIT_ID": "01234001001",
    "DATE-OBS": "2026-01-01",
    "TIME-OBS": "00:00:00.000",
    "DATE-BEG": "2026-01-01T00:00:00.000",
    "DATE-END": "2026-01-01T00:10:00.000",
    "EXPSTART": START,
    "EXPMID": START + SECONDS / 2 / 86400,
    "EXPEND": START + SECONDS / 86400,
}
_READOUT: Final[dict[str, Scalar]] = {
    "NRESETS": 1,
    "NFRAMES": 1,
    "GROUPGAP": 0,
    "TFRAME": 10.0,
    "TGROUP": 10.0,
    "READPATT": "RAPID",
    "SUBARRAY": "FULL",
    "EFFEXPTM": SECONDS,
}
"""Keywords that steps read, where the product needs them."""


def defaults(spec: Spec, own: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Keywords that identify the file, in agreement with the requested ones."""
    types = _exposures(spec)
    instrument = own.get("INSTRUME")
    if not isinstance(instrument, str):
        instrument = _PREFIXES.get(str(own.get("EXP_TYPE") or (types or [""])[0])[:3], "NIRCAM")
    detector, exp_type = _INSTRUMENTS.get(instrument, _INSTRUMENTS["NIRCAM"])
    fitting = [t for t in types if _PREFIXES.get(t[:3]) == instrument]
    if exp_type in fitting and not spec.recognise.exp_types:
        fitting = [exp_type]
    model = spec.recognise.models[0] if spec.recognise.models else _MODELS.get(spec.product)
    return {
        **_FIXED,
        **({"DATAMODL": model} if model else {}),
        "INSTRUME": instrument,
        "DETECTOR": detector,
        "EXP_TYPE": (fitting or types or [exp_type])[0],
        **dict.fromkeys(spec.steps, "COMPLETE"),
    }


def implied_by(spec: Spec, asked: frozenset[str]) -> dict[str, Scalar]:
    """Keyword values without which a requested HDU is not documented: ``INSTRUME == "MIRI"`` for REFOUT."""
    implied: dict[str, Scalar] = {}
    documented = [(r.extname, r.when) for r in spec.rows]
    for extname, when in (*documented, *((p.extname, p.when) for a in spec.amendments for p in a.patches)):
        if when is None or (extname or "").upper() not in asked:
            continue
        equal = _equalities(when.text)
        if not equal and when.names == {"EXP_TYPE"}:
            equal = {
                "EXP_TYPE": next(
                    (t for t in _exposures(spec) if when.holds(PlannedFacts({"EXP_TYPE": t}, asked))), None
                )
            }
        implied.update(equal)
    instrument = implied.get("INSTRUME")
    if _PREFIXES.get(str(implied.get("EXP_TYPE"))[:3]) != instrument and isinstance(instrument, str):
        # The default of the instrument does for both.
        implied.pop("EXP_TYPE", None)
    return implied


def _exposures(spec: Spec) -> list[str]:
    """Types of exposure that a product is made from, where it states them; those of NIRCam first."""
    return spec.recognise.exp_types or sorted(spec.exposures.types, key=lambda t: t[:3] != "NRC")


def _equalities(text: str) -> dict[str, Scalar]:
    """Keyword values that a condition of the form ``A == 1 and B == "x"`` requires; other parts are ignored."""
    body = parse_expression(text.strip()).body
    parts = body.values if isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And) else [body]
    asked: dict[str, Scalar] = {}
    for part in parts:
        match part:
            case ast.Compare(
                left=ast.Name(id=name),
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=bool() | int() | float() | str() as value)],
            ):
                asked[name] = value
    return asked


def readout(written: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Values of the keywords that steps read, for the detector of the file."""
    instrument = str(written.get("INSTRUME"))
    place = str(written.get("DETECTOR")).replace("LONG", "5").replace("GUIDER", "FGS")
    aperture = _APERTURES.get(instrument, f"{place}_FULL")
    return {**_READOUT, "APERNAME": aperture, "FILTER": _FILTERS.get(instrument, "F200W")}
