"""TIME: the times of spectra, one row for each integration."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.cells import cells_of
from jwstprod_check.rules.product.spectra import READABLE
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural

_TIMES: Final = (("MJD-BEG", "MJD-AVG", "MJD-END"), ("TDB-BEG", "TDB-MID", "TDB-END"))


@rule("TIME011", "spectrum-times", Severity.WARNING, level="data", requires=(*READABLE, "TAB004"))
def spectrum_times(context: Context) -> Iterator[Outcome]:
    """The times of a spectrum are in order: begin, middle, end.

    Light curves take the time of a value from them. Times that were not computed are NaN, which is no time; they may be
    equal.

    How to fix: write the times of the integration as in INT_TIMES.
    Source: jwst documentation, data_products/science_products.rst (columns of x1dints); jwst 1.19.0 (pull request 9430).
    """
    for row, hdu in context.tables():
        has_times = row.columns is not None and any(c.name.upper() == _TIMES[0][0] for c in row.columns.columns)
        cells = cells_of(context, hdu) if has_times else None
        if isinstance(cells, Skip):
            yield cells
        if cells is None or isinstance(cells, Skip):
            continue
        import numpy as np

        for names in _TIMES:
            found = cells.having(*names)
            if found is None:
                continue
            begin, middle, end = found
            with np.errstate(invalid="ignore"):
                bad = np.flatnonzero((begin > middle) | (middle > end) | (begin > end))
            if len(bad):
                at = int(bad[0])
                more = f", as in {plural(len(bad) - 1, 'more row')}" if len(bad) > 1 else ""
                yield Problem(
                    f"{hdu.label}: {listed(names)} are not in order in row {at + 1}{more}",
                    hdu=hdu,
                    column=cells.written(names[1]),
                    expected="times that do not fall",
                    found=listed(f"{float(c[at]):.8f}" for c in found),
                    group_key=names[0],
                )


RULES = (spectrum_times,)
