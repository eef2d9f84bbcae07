"""KEY: the keywords that name instrument, detector, channel and aperture against each other."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.header import Header
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keyword_pairs import contradiction, primary
from jwstprod_check.rules.rule import Outcome, rule
from jwstprod_check.text import quoted

_PREFIXES: Final = {"NRC": "NIRCAM", "NIS": "NIRISS", "NRS": "NIRSPEC", "MIR": "MIRI", "FGS": "FGS", "GUI": "FGS"}
"""Instrument of a name (EXP_TYPE, DETECTOR, APERNAME) by its first three letters."""

_INSTRUMENTS: Final = frozenset(_PREFIXES.values())
_INSTRUMENT_CODES: Final = ("KEY020", "KEY021", "KEY022", "KEY023")


def _instruments(header: Header) -> dict[str, str]:
    """Instrument that each keyword speaks of, where it names a known one."""
    said = {k: _PREFIXES.get((header.string(k) or "")[:3], "") for k in ("EXP_TYPE", "DETECTOR")}
    name = header.string("INSTRUME") or ""
    said["INSTRUME"] = name if name in _INSTRUMENTS else ""
    return {k: v for k, v in said.items() if v}


def _said(context: Context) -> dict[str, str]:
    return primary(context).remember("instruments", _instruments)


def _against(context: Context, keyword: str, others: tuple[str, str]) -> Iterator[Outcome]:
    """Report a keyword that stands alone against INSTRUME, or against two others that agree."""
    said = _said(context)
    own = said.get(keyword)
    witnesses = [k for k in others if k in said]
    if own is None or not witnesses or any(said[k] == own for k in witnesses):
        return
    if keyword == "INSTRUME" and (len(witnesses) < 2 or said[witnesses[0]] != said[witnesses[1]]):
        return
    if keyword != "INSTRUME" and "INSTRUME" not in witnesses:
        return
    header = primary(context)
    stand = " and ".join(f"{k} = {quoted(header.string(k) or '')}" for k in witnesses)
    yield contradiction(
        context,
        keyword,
        f"{keyword} = {quoted(header.string(keyword) or '')} is of {own}, but {stand}",
        f"a value of {said[witnesses[0]]}",
    )


@rule("KEY020", "exposure-type-of-another-instrument")
def exposure_type(context: Context) -> Iterator[Outcome]:
    """EXP_TYPE is one of the instrument that INSTRUME names.

    The pipeline chooses its steps by EXP_TYPE and its reference files by INSTRUME; where they differ, nothing fits. The
    keyword that stands alone against the two others (DETECTOR is the third) is the one that is named.

    Mend: correct EXP_TYPE; its first letters are those of the instrument (`NRC_`, `NIS_`, `NRS_`, `MIR_`, `FGS_`).
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    return _against(context, "EXP_TYPE", ("INSTRUME", "DETECTOR"))


@rule("KEY021", "detector-of-another-instrument")
def detector(context: Context) -> Iterator[Outcome]:
    """DETECTOR is one of the instrument that INSTRUME names.

    Reference files are chosen by both. The keyword that stands alone against the two others (EXP_TYPE is the third) is the
    one that is named.

    Mend: correct DETECTOR.
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    return _against(context, "DETECTOR", ("INSTRUME", "EXP_TYPE"))


@rule("KEY022", "instrument-contradicted")
def instrument(context: Context) -> Iterator[Outcome]:
    """INSTRUME is the instrument that EXP_TYPE and DETECTOR speak of.

    Archives sort files by INSTRUME, and reference files are chosen by it first.

    Mend: correct INSTRUME.
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    return _against(context, "INSTRUME", ("DETECTOR", "EXP_TYPE"))


@rule("KEY023", "nircam-channel", after=("KEY020", "KEY021", "KEY022"))
def channel(context: Context) -> Iterator[Outcome]:
    """MODULE and CHANNEL of NIRCam are those of the detector.

    NRCA1 to NRCA4 and NRCALONG are module A, the LONG detectors are channel LONG, the others SHORT. Where both
    keywords disagree with DETECTOR, it is DETECTOR that is wrong.

    Mend: correct the keyword that is named.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst documentation, data_products/file_naming.rst (detector names).
    """
    header = primary(context)
    name = header.string("DETECTOR") or ""
    if context.excluded or name[:3] != "NRC" or name[3:4] not in ("A", "B"):
        return
    own = {"MODULE": name[3:4], "CHANNEL": "LONG" if name.endswith("LONG") else "SHORT"}
    known = {"MODULE": ("A", "B"), "CHANNEL": ("LONG", "SHORT")}
    said = {k: header.string(k) for k in own}
    wrong = [k for k, value in own.items() if said[k] in known[k] and said[k] != value]
    if len(wrong) == 2:
        stand = " and ".join(f"{k} = {quoted(said[k] or '')}" for k in wrong)
        yield contradiction(
            context,
            "DETECTOR",
            f"DETECTOR = {quoted(name)} contradicts {stand}",
            "a detector of that module and channel",
        )
    elif wrong:
        keyword = wrong[0]
        yield contradiction(
            context,
            keyword,
            f"{keyword} = {quoted(said[keyword] or '')} contradicts DETECTOR = {quoted(name)}",
            own[keyword],
        )


@rule("KEY024", "aperture-of-another-detector", Severity.WARNING, after=_INSTRUMENT_CODES)
def aperture(context: Context) -> Iterator[Outcome]:
    """APERNAME is an aperture of the instrument, for NIRCam of the detector and for the guiders of the guider.

    The pointing is computed from the place of the aperture in the focal plane; with an aperture of another detector every
    coordinate is off by arc minutes. NIRCam calls its long-wave detectors 5: NRCA5_FULL is an aperture of NRCALONG.

    Mend: write the aperture of the detector, and have the pointing computed again.
    Source: jwst issue 3540; jwst documentation, the set_telescope_pointing script.
    """
    header = primary(context)
    name = header.string("APERNAME") or ""
    owner = _PREFIXES.get(name[:3]) if name[:3] != "GUI" else None
    said = _said(context)
    own = said.get("DETECTOR") or said.get("INSTRUME")
    if context.excluded or owner is None or own is None:
        return
    detector_name = (header.string("DETECTOR") or "").replace("LONG", "5").replace("GUIDER", "FGS")
    place = name.partition("_")[0]
    exact = owner == own and place[-1:].isdigit() and detector_name[-1:].isdigit() and own in ("NIRCAM", "FGS")
    if owner != own or (exact and place != detector_name):
        by = "DETECTOR" if "DETECTOR" in said else "INSTRUME"
        yield contradiction(
            context,
            "APERNAME",
            f"APERNAME = {quoted(name)} is not an aperture of {by} = {quoted(header.string(by) or '')}",
            f"an aperture of {header.string(by)}",
        )


RULES = (exposure_type, detector, instrument, channel, aperture)
