"""KEY: the keywords of instrument, detector, channel and aperture compared with each other."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.pairs import contradiction
from jwstprod_check.rules.rule import Outcome, rule
from jwstprod_check.text import quoted

_PREFIXES: Final = {"NRC": "NIRCAM", "NIS": "NIRISS", "NRS": "NIRSPEC", "MIR": "MIRI", "FGS": "FGS", "GUI": "FGS"}
"""Instrument of a name (EXP_TYPE, DETECTOR, APERNAME) by its first three letters."""

_INSTRUMENTS: Final = frozenset(_PREFIXES.values())
_KEYWORDS: Final = ("EXP_TYPE", "DETECTOR", "INSTRUME", "MODULE", "CHANNEL", "APERNAME")
_INSTRUMENT_CODES: Final = ("KEY020", "KEY021", "KEY022", "KEY023")


class Names(msgspec.Struct, frozen=True):
    """Values of the keywords, '' where one has none."""

    exp_type: str
    detector: str
    instrume: str
    module: str
    channel: str
    apername: str

    def instruments(self) -> dict[str, str]:
        """Instrument that each keyword belongs to, where it is a known one."""
        said = {
            "EXP_TYPE": _PREFIXES.get(self.exp_type[:3], ""),
            "DETECTOR": _PREFIXES.get(self.detector[:3], ""),
            "INSTRUME": self.instrume if self.instrume in _INSTRUMENTS else "",
        }
        return {k: v for k, v in said.items() if v}

    def wrong_channel(self) -> list[str]:
        """Which of MODULE and CHANNEL are not those of a NIRCam detector."""
        if self.detector[:3] != "NRC" or self.detector[3:4] not in ("A", "B"):
            return []
        wrong = []
        if self.module in ("A", "B") and self.module != self.detector[3:4]:
            wrong.append("MODULE")
        if self.channel in ("LONG", "SHORT") and self.channel != _channel_of(self.detector):
            wrong.append("CHANNEL")
        return wrong

    def strange_aperture(self, said: Mapping[str, str]) -> bool:
        """Whether APERNAME is an aperture of another instrument, or of another detector where it names one.

        ``said`` are the instruments that the keywords belong to.
        """
        owner = _PREFIXES.get(self.apername[:3]) if self.apername[:3] != "GUI" else None
        own = said.get("DETECTOR") or said.get("INSTRUME")
        if owner is None or own is None:
            return False
        detector = self.detector.replace("LONG", "5").replace("GUIDER", "FGS")
        place = self.apername.partition("_")[0]
        exact = owner == own and place[-1:].isdigit() and detector[-1:].isdigit() and own in ("NIRCAM", "FGS")
        return owner != own or (exact and place != detector)


def _channel_of(detector_name: str) -> str:
    return "LONG" if detector_name.endswith("LONG") else "SHORT"


def _names(header: HeaderView) -> Names:
    return Names(*[header.string(k) or "" for k in _KEYWORDS])


def _named(context: Context) -> Names:
    return context.primary.memo_by_cards(_names)


def _said(context: Context) -> dict[str, str]:
    return context.by_file(_instruments)


def _instruments(context: Context) -> dict[str, str]:
    return _named(context).instruments()


def _against(context: Context, keyword: str, others: tuple[str, str]) -> Iterator[Outcome]:
    """Report a keyword that contradicts INSTRUME, or two others that agree."""
    said = _said(context)
    own = said.get(keyword)
    witnesses = [k for k in others if k in said]
    if own is None or not witnesses or any(said[k] == own for k in witnesses):
        return
    if keyword == "INSTRUME" and (len(witnesses) < 2 or said[witnesses[0]] != said[witnesses[1]]):
        return
    if keyword != "INSTRUME" and "INSTRUME" not in witnesses:
        return
    header = context.primary
    stand = " and ".join(f"{k} = {quoted(header.string(k) or '')}" for k in witnesses)
    yield contradiction(
        context,
        keyword,
        f"{keyword} = {quoted(header.string(keyword) or '')} belongs to {own}, but {stand}",
        f"a value of {said[witnesses[0]]}",
    )


@rule("KEY020", "exposure-type-of-another-instrument")
def exposure_type(context: Context) -> Iterator[Outcome]:
    """EXP_TYPE belongs to the instrument that INSTRUME names.

    The pipeline chooses its steps by EXP_TYPE and its reference files by INSTRUME; where they disagree, the result is
    wrong. The rule compares DETECTOR too, and reports the keyword that contradicts the two others.

    How to fix: correct EXP_TYPE; it begins with the letters of the instrument (`NRC_`, `NIS_`, `NRS_`, `MIR_`, `FGS_`).
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    return _against(context, "EXP_TYPE", ("INSTRUME", "DETECTOR"))


@rule("KEY021", "detector-of-another-instrument")
def detector(context: Context) -> Iterator[Outcome]:
    """DETECTOR belongs to the instrument that INSTRUME names.

    Reference files are chosen by both. The rule compares EXP_TYPE too, and reports the keyword that contradicts the two
    others.

    How to fix: correct DETECTOR.
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    return _against(context, "DETECTOR", ("INSTRUME", "EXP_TYPE"))


@rule("KEY022", "instrument-contradicted")
def instrument(context: Context) -> Iterator[Outcome]:
    """INSTRUME is the instrument that EXP_TYPE and DETECTOR belong to.

    Archives sort files by INSTRUME, and reference files are chosen by it first.

    How to fix: correct INSTRUME.
    Source: stdatamodels 6.0.0, core.schema.yaml.
    """
    return _against(context, "INSTRUME", ("DETECTOR", "EXP_TYPE"))


@rule("KEY023", "nircam-channel", gives_way_to=("KEY020", "KEY021", "KEY022"))
def channel(context: Context) -> Iterator[Outcome]:
    """MODULE and CHANNEL of NIRCam agree with the detector.

    NRCA1 to NRCA4 and NRCALONG are module A, the LONG detectors are channel LONG, the others SHORT. Reference files are
    chosen by them. Where both keywords disagree with DETECTOR, DETECTOR is wrong.

    How to fix: correct the keyword that the message names.
    Source: stdatamodels 6.0.0, core.schema.yaml; jwst documentation, data_products/file_naming.rst (detector names).
    """
    names = _named(context)
    wrong = names.wrong_channel() if not context.excluded else []
    name = names.detector
    said = {"MODULE": names.module, "CHANNEL": names.channel}
    if len(wrong) == 2:
        stand = " and ".join(f"{k} = {quoted(said[k])}" for k in wrong)
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
            f"{keyword} = {quoted(said[keyword])} contradicts DETECTOR = {quoted(name)}",
            name[3:4] if keyword == "MODULE" else _channel_of(name),
        )


@rule("KEY024", "aperture-of-another-detector", Severity.WARNING, gives_way_to=_INSTRUMENT_CODES)
def aperture(context: Context) -> Iterator[Outcome]:
    """APERNAME is an aperture of the instrument, for NIRCam of the detector and for FGS of the guider.

    The pointing is computed from the position of the aperture in the focal plane; with an aperture of another detector
    every coordinate is wrong by arc minutes. The apertures of NIRCam's long-wave detectors have the number 5:
    NRCA5_FULL is an aperture of NRCALONG. Simulators write one aperture into the files of all detectors, so an aperture
    of another detector of the same instrument is only shown with `-v`.

    How to fix: write the aperture of the detector, and compute the pointing again.
    Source: jwst issue 3540; jwst documentation, lib/set_telescope_pointing.rst.
    """
    header = context.primary
    names = _named(context)
    said = _said(context)
    if not context.excluded and names.strange_aperture(said):
        by = "DETECTOR" if "DETECTOR" in said else "INSTRUME"
        found = contradiction(
            context,
            "APERNAME",
            f"APERNAME = {quoted(names.apername)} is not an aperture of {by} = {quoted(header.string(by) or '')}",
            f"an aperture of {header.string(by)}",
        )
        same = _PREFIXES.get(names.apername[:3]) == said.get(by)
        yield msgspec.structs.replace(found, severity=Severity.INFO) if same else found


RULES = (exposure_type, detector, instrument, channel, aperture)
