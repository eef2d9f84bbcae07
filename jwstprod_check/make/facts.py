"""The file as planned, for the expressions of a spec."""

from collections.abc import Mapping

from jwstprod_check.fits.cards import Scalar


class PlannedFacts:
    """Keywords and EXTNAMEs (in upper case) that a file is to have."""

    def __init__(self, keywords: Mapping[str, Scalar], names: frozenset[str]) -> None:
        self._keywords = keywords
        self._names = names

    def keyword(self, name: str) -> Scalar:
        """Value of a planned keyword."""
        return self._keywords.get(name)

    def present(self, extname: str) -> bool:
        """Whether an HDU is planned."""
        return extname.upper() in self._names
