"""The spectra of a table as its rows are read: wavelengths in order, values that say nothing, errors that are negative.

A table contains one spectrum, an element a row, or a spectrum in each row whose columns are vectors. Such a row may be filled
up beyond its own length.
"""

from math import nan
from typing import TYPE_CHECKING, Any, Final

import msgspec

from jwstprod_check.fits.columns import Column
from jwstprod_check.scan.facts import NONE, Count, SpectrumFacts, Step, Value

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_FLOATS: Final = {"E": ">f4", "D": ">f8"}
_INTEGERS: Final = {"I": (">i2", "uint16", 2**15), "J": (">i4", "uint32", 2**31)}


class SpectrumColumns(msgspec.Struct, frozen=True):
    """Names of the columns of a spectrum, in upper case: what is looked at of it. '' for none.

    ``length`` is the column that says how many elements of a row belong to its spectrum; ``positive`` are columns without
    negative values.
    """

    wavelength: str
    flux: str = ""
    error: str = ""
    length: str = ""
    positive: frozenset[str] = frozenset()


class _Place(msgspec.Struct, frozen=True):
    """Where a column is in a row, and how its cells are stored."""

    column: Column
    start: int
    width: int
    dtype: str
    zero: int = 0

    def values(self, rows: "Array") -> "Array":
        """Cells as numbers, one row of the table in each row."""
        import numpy as np

        cells = np.ascontiguousarray(rows[:, self.start : self.start + self.width]).view(self.dtype)
        return cells.astype(np.int64) + self.zero if self.zero else cells


class SpectrumWatch:
    """The spectra of one table. ``places`` are the columns and where each begins in a row."""

    def __init__(self, wanted: SpectrumColumns, places: list[tuple[Column, int]]) -> None:
        named: dict[str, tuple[Column, int]] = {}
        for column, start in places:
            named.setdefault((column.name or "").strip(" ").upper(), (column, start))
        self._wavelength = _float(named.get(wanted.wavelength))
        self._flux = _float(named.get(wanted.flux))
        self._error = _float(named.get(wanted.error))
        self._length = _integer(named.get(wanted.length))
        self._positive = [p for n in named if n in wanted.positive and (p := _float(named[n])) is not None]
        main = self._wavelength or self._flux
        self._each_row = main is not None and (_repeat(main) > 1 or self._length is not None)
        self._order = _Order()
        self._unordered = self._no_flux = self._no_error = NONE
        self._step: Step | None = None
        self._bad = NONE
        self._value: Value | None = None
        self._negative: dict[int, tuple[Count, Value]] = {}
        self._seen = self._numbers = self._nonzero = self._erroneous = 0

    @property
    def idle(self) -> bool:
        """Whether the table has none of the columns."""
        return not (self._wavelength or self._flux or self._positive)

    def look(self, row: int, rows: "Array") -> None:
        """Take rows, of which ``row`` is the number of the first, from 0."""
        lengths = self._lengths(rows)
        for place in self._positive:
            self._look_for_negative(place, row, rows)
        if self._wavelength is not None:
            self._look_at_wavelengths(row, self._wavelength.values(rows), lengths)
        if self._flux is not None:
            flux = self._flux.values(rows)
            error = self._error.values(rows) if self._error is not None else None
            self._look_at_flux(row, flux, error, lengths)

    def _lengths(self, rows: "Array") -> "Array | None":
        if self._length is None or not self._each_row:
            return None
        return self._length.values(rows)[:, 0]

    def _look_for_negative(self, place: _Place, row: int, rows: "Array") -> None:
        import numpy as np

        values = place.values(rows)
        bad = values < 0
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            at = Value(row + first // values.shape[1], float(values.flat[first]))
            count, before = self._negative.get(place.column.number, (NONE, at))
            self._negative[place.column.number] = (count.plus(int(bad.sum()), at.row), before)

    def _look_at_wavelengths(self, row: int, values: "Array", lengths: "Array | None") -> None:
        import numpy as np

        used = _used(values, lengths)
        bad = (values <= 0) & used
        if bad.any():
            first = int(np.flatnonzero(bad)[0])
            if self._value is None:
                self._value = Value(row + first // values.shape[1], float(values.flat[first]))
            self._bad = self._bad.plus(int(bad.sum()), row + first // values.shape[1])
        if not self._each_row:
            self._take_steps(*self._order.steps(row, values[:, 0][used[:, 0]], np.flatnonzero(used[:, 0])))
            return
        steps = np.diff(values, axis=1)
        doubtful = ~((steps > 0).all(axis=1) | (steps < 0).all(axis=1))
        for i in np.flatnonzero(doubtful).tolist():
            spectrum = values[i][used[i]]
            order = _Order()
            count, step = order.steps(row + i, spectrum, np.zeros(len(spectrum), np.int64))
            self._take_steps(1 if count else 0, step)

    def _take_steps(self, count: int, step: "Step | None") -> None:
        if count and step is not None:
            self._step = self._step or step
            self._unordered = self._unordered.plus(count, step.row)

    def _look_at_flux(self, row: int, flux: "Array", error: "Array | None", lengths: "Array | None") -> None:
        import numpy as np

        used = _used(flux, lengths, finite=False)
        number, nonzero = ~np.isnan(flux) & used, (flux != 0) & ~np.isnan(flux) & used
        erroneous = (error != 0) & used if error is not None and error.shape == flux.shape else used
        if not self._each_row:
            self._seen += int(used.sum())
            self._numbers += int(number.sum())
            self._nonzero += int(nonzero.sum())
            self._erroneous += int(erroneous.sum())
            return
        empty = np.asarray(used.any(axis=1) & ~number.any(axis=1))
        self._no_flux = _more(self._no_flux, empty, row)
        alone = np.asarray(nonzero.any(axis=1) & ~erroneous.any(axis=1))
        self._no_error = _more(self._no_error, alone, row)

    def facts(self, rows: int) -> SpectrumFacts:
        """What was found in a table of ``rows`` rows."""
        if not self._each_row and self._seen:
            self._no_flux = self._no_flux.plus(int(not self._numbers), 0)
            self._no_error = self._no_error.plus(int(bool(self._nonzero) and not self._erroneous), 0)
        return SpectrumFacts(
            spectra=rows if self._each_row else min(rows, 1),
            each_row=self._each_row,
            not_positive=self._bad,
            not_positive_value=self._value,
            unordered=self._unordered,
            unordered_step=self._step,
            without_flux=self._no_flux,
            without_error=self._no_error,
            negative=tuple((number, *found) for number, found in sorted(self._negative.items())),
        )


class _Order:
    """Whether the numbers of one spectrum, as they come, all rise or all fall."""

    def __init__(self) -> None:
        self._last = nan
        self._direction = 0

    def steps(self, row: int, values: "Array", offsets: "Array") -> "tuple[int, Step | None]":
        """Count the steps against the direction of the first; ``offsets`` are the rows of the numbers, after ``row``."""
        import numpy as np

        numbers = values.astype(np.float64)
        begun = self._last == self._last
        whole = np.concatenate([[self._last], numbers]) if begun else numbers
        if len(numbers):
            self._last = float(numbers[-1])
        signs = np.sign(np.diff(whole))
        if not self._direction and signs.any():
            self._direction = int(signs[np.flatnonzero(signs)[0]])
        bad = np.flatnonzero(signs != self._direction) if self._direction else np.flatnonzero(signs == 0)
        if not len(bad):
            return 0, None
        at = int(bad[0])
        after = at if begun else at + 1
        return len(bad), Step(row + int(offsets[after]), float(whole[at]), float(whole[at + 1]))


def _used(values: "Array", lengths: "Array | None", finite: bool = True) -> "Array":
    """Mask of the elements that belong to a spectrum."""
    import numpy as np

    used: Array = np.isfinite(values) if finite else np.ones(values.shape, bool)
    if lengths is not None:
        used &= np.arange(values.shape[1]) < lengths[:, np.newaxis]
    return used


def _more(count: Count, which: "Array", row: int) -> Count:
    return count.plus(int(which.sum()), row + int(which.argmax()))


def _repeat(place: _Place) -> int:
    return place.column.tform.repeat if place.column.tform is not None else 0


def _float(found: tuple[Column, int] | None) -> _Place | None:
    """Return the place of a column of floating-point numbers that are not scaled."""
    column, start = found or (None, 0)
    if column is None or column.tform is None or not column.tform.width or column.tform.code not in _FLOATS:
        return None
    if column.dtype not in {"float32", "float64"}:
        return None
    return _Place(column, start, column.tform.width, _FLOATS[column.tform.code])


def _integer(found: tuple[Column, int] | None) -> _Place | None:
    """Return the place of a column of one integer a row."""
    column, start = found or (None, 0)
    if column is None or column.tform is None or column.tform.code not in _INTEGERS or column.tform.repeat != 1:
        return None
    dtype, unsigned, offset = _INTEGERS[column.tform.code]
    return _Place(column, start, column.tform.width, dtype, offset if column.dtype == unsigned else 0)
