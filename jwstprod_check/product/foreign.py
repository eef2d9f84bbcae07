"""Whether a file is one of JWST at all, and what it is if not."""

import re
from typing import TYPE_CHECKING, Final

from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile

if TYPE_CHECKING:
    from jwstprod_check.spec.loader import Catalogue

_UNSAID: Final = frozenset({"", "UNKNOWN", "N/A", "NONE", "ANY"})
"""Values of TELESCOP that name no telescope."""

_NAME: Final = re.compile(r"jw\d", re.IGNORECASE)


def telescope(file: FitsFile, facts: FileFacts) -> str:
    """Value of TELESCOP in capitals, that of the first HDU that has it; '' where none names a telescope."""
    stated = facts.keyword("TELESCOP")
    if stated is None:
        headers = (h.header for h in file.hdus if "TELESCOP" in h.header.first)
        stated = next((value for header in headers if (value := header.string("TELESCOP"))), None)
    name = stated.strip().upper() if isinstance(stated, str) else ""
    return "" if name in _UNSAID else "JWST" if name.startswith("JWST") else name


def other_origin(file: FitsFile, facts: FileFacts, catalogue: "Catalogue") -> str:
    """What a file is whose keywords state that it is no product of JWST, '' where none does."""
    reference = facts.keyword("REFTYPE")
    if isinstance(reference, str) and reference:
        return f"a calibration reference file (REFTYPE = {reference!r})"
    stated = telescope(file, facts)
    if stated and stated != "JWST":
        return f"a file of another telescope (TELESCOP = {stated!r})"
    instrument = facts.keyword("INSTRUME")
    if not stated and isinstance(instrument, str) and instrument and facts.keyword("DATAMODL") not in catalogue.models:
        known = catalogue.dictionary.words(0, "").get("INSTRUME")
        if known is not None and known.values and instrument.strip().upper() not in known.values:
            return f"a file of another observatory (INSTRUME = {instrument!r})"
    return ""


def without_sign(file: FitsFile, facts: FileFacts, catalogue: "Catalogue", names: tuple[object, ...]) -> str:
    """What a file is in which no keyword, model or name is one of JWST, '' where there is such a sign.

    ``names`` are its file name and those that it states of itself.
    """
    if telescope(file, facts) or isinstance(facts.keyword("DATAMODL"), str):
        return ""
    words = catalogue.dictionary.words(0, "")
    for keyword in ("EXP_TYPE", "INSTRUME"):
        if keyword in words and facts.keyword(keyword) in words[keyword].values:
            return ""
    if any(isinstance(name, str) and _NAME.match(name) for name in names):
        return ""
    if any(name.startswith("OI_") for name in file.by_name):
        return "an OIFITS file of another observatory (it has no keyword, data model or name of JWST)"
    return "no keyword, data model or name in it is one of JWST"
