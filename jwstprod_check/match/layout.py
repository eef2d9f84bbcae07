"""What the HDUs of a file are and what its keywords state of their sizes, apart from everything else.

The files of a delivery have a handful of layouts. What follows from the layout alone, such as the solved dimensions, is
found out once for all files that share it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import HduStructure
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.spec.model import ActiveSpec

_MOST_LAYOUTS: Final = 256

_MOST_HDUS: Final = 100
"""HDUs of a file up to which its layout is compared with others."""

T = TypeVar("T")


class Layout:
    """A memory of what follows from one layout. It must hold nothing of a file: an HDU is told by its index."""

    __slots__ = ("_remembered",)

    def __init__(self) -> None:
        self._remembered: dict[str, Any] = {}

    def remember(self, what: str, derive: Callable[[], T]) -> T:
        """Value of a function of the layout, computed once."""
        if what not in self._remembered:
            self._remembered[what] = derive()
        value: T = self._remembered[what]
        return value


def layout_of(file: FitsFile, spec: ActiveSpec, facts: FileFacts) -> Layout:
    """Return the layout of a file under a spec; the same one for files that do not differ in it.

    A file whose HDUs come in sets has its own: the header of each set states sizes as well.
    """
    hdus = file.hdus
    if spec.sets is not None or len(hdus) > _MOST_HDUS:
        return Layout()
    stated = tuple([facts.keyword(name) for name in _asked(spec)])
    return _shared(
        spec,
        tuple([hdu.structure for hdu in hdus]),
        tuple([(hdu.extname, hdu.extver, hdu.sized) for hdu in hdus]),
        tuple([hdu.columns for hdu in hdus if hdu.type == "BINTABLE"]),
        stated,
        tuple(map(type, stated)),
    )


@lru_cache(_MOST_LAYOUTS)
def _shared(
    _spec: ActiveSpec,
    _said: tuple[HduStructure, ...],
    _names: tuple[tuple[str | None, int, bool], ...],
    _columns: tuple[tuple[Column, ...], ...],
    _stated: tuple[Scalar, ...],
    _types: tuple[type, ...],
) -> Layout:
    return Layout()


@lru_cache(_MOST_LAYOUTS)
def _asked(spec: ActiveSpec) -> tuple[str, ...]:
    """Keywords that the symbols and the rows of a spec ask for, amended or not."""
    symbols = (*spec.symbols.values(), *spec.spec.symbols.values())
    stated = [part for symbol in symbols for part in symbol.stated]
    expressions = [e for condition, value, also in stated for e in (condition, value, *also)]
    expressions += [row.when for row in (*spec.rows, *spec.spec.rows)]
    return tuple(sorted({name for e in expressions if e is not None for name in e.names}))
