"""HDUs whose readers are noted."""

from typing import Any

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.observed import ObservedHeader, Observer

_PLACES = frozenset({"data_offset", "data_end"})
_SIZES = frozenset({"structure", "axes", "data_length", "data_size", "rows"})
_STATED_BY = frozenset({"BITPIX", "PCOUNT", "GCOUNT", "THEAP"})


class ObservedHdu(Hdu):
    """An HDU whose readers are noted. Where it is, differs from file to file; of a variable table its size does too.

    Who reads the size reads the cards that state it. All else is the same in all files of a structure.
    """

    def __init__(self, base: Hdu, observer: Observer, variable: bool) -> None:
        hidden = _PLACES | _SIZES if variable else _PLACES
        self.__dict__.update((name, value) for name, value in base.__dict__.items() if name not in hidden)
        self.header = ObservedHeader(base.header, base.index, observer)
        self._base = base
        self._observer = observer

    def __getattr__(self, name: str) -> Any:
        if name in _SIZES:
            first = self._base.header.first.items()
            cards = (place for card, place in first if card in _STATED_BY or card.startswith("NAXIS"))
            self._observer.reads.add(self._base.index, sum(1 << place for place in cards))
        else:
            self._observer.reads.beyond = True
        return getattr(self._base, name)
