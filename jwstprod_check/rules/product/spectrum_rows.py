"""TAB: tables with a spectrum in each row: numbers of integrations and sources, lengths of the spectra."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.cells import Cells, cells_of
from jwstprod_check.rules.keywords.counting import integrations, is_striped
from jwstprod_check.rules.product.spectra import READABLE
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, plural

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_NUMBER: Final = "INT_NUM"
_LENGTH: Final = "N_ALONGDISP"
_SOURCE: Final = "SOURCE_ID"
_NAMES: Final = frozenset({_NUMBER, _LENGTH, _SOURCE})


@rule("TAB019", "spectrum-row", Severity.WARNING, level="data", requires=(*READABLE, "TAB004"))
def spectrum_row(context: Context) -> Iterator[Outcome]:
    """Rows that contain a spectrum each have rising integration numbers or different sources, and a length that fits.

    INT_NUM rises from row to row, from INTSTART to INTEND where these are stated (1 to NINTS without them). N_ALONGDISP is at
    most the length of the vectors, since nothing lies beyond them. In a table of slitless spectra a SOURCE_ID appears once,
    because later steps look a source up by it.

    How to fix: write the number that the message expects, or extract the spectra again.
    Source: jwst documentation, data_products/science_products.rst (columns of x1dints, slitless x1d); stdatamodels 6.0.0,
    tso_spectable.schema.yaml and wfss_spectable.schema.yaml.
    """
    for row, hdu in context.tables():
        listed_names = {c.name.upper() for c in row.columns.columns} if row.columns else set()
        cells = cells_of(context, hdu) if listed_names & _NAMES else None
        if isinstance(cells, Skip):
            yield cells
        elif cells is not None:
            yield from _numbers(context, cells)
            yield from _lengths(cells)
            yield from _sources(cells)


def _numbers(context: Context, cells: Cells) -> Iterator[Problem]:
    import numpy as np

    found = cells.having(_NUMBER)
    if found is None or is_striped(context):
        return
    numbers = found[0]
    steps = np.flatnonzero(np.diff(numbers) <= 0) + 1
    if len(steps):
        at = int(steps[0])
        yield _problem(
            cells,
            _NUMBER,
            f"goes from {numbers[at - 1]} to {numbers[at]} at row {at + 1}{_more(len(steps))}",
            f"more than {numbers[at - 1]} in row {at + 1}",
            str(numbers[at]),
        )
        return
    wanted = integrations(context)
    if wanted is None:
        return
    outside = np.flatnonzero((numbers < wanted[0]) | (numbers > wanted[1]))
    if len(outside):
        at = int(outside[0])
        stated = "INTSTART and INTEND" if context.facts.keyword("INTSTART") is not None else "NINTS"
        yield _problem(
            cells,
            _NUMBER,
            f"is {numbers[at]} in row {at + 1}{_more(len(outside))}, beyond the integrations {wanted[0]} to {wanted[1]} of {stated}",
            f"{wanted[0]} to {wanted[1]}",
            str(numbers[at]),
        )


def _lengths(cells: Cells) -> Iterator[Problem]:
    import numpy as np

    found = cells.having(_LENGTH)
    vectors = [c.tform.repeat for c in cells.hdu.columns if c.tform is not None and c.tform.code in "ED"]
    longest = max(vectors, default=0)
    if found is None or longest < 2:
        return
    bad = np.flatnonzero(found[0] > longest)
    if len(bad):
        at = int(bad[0])
        yield _problem(
            cells,
            _LENGTH,
            f"is {found[0][at]} in row {at + 1}{_more(len(bad))}, but the vectors have {plural(longest, 'element')}",
            f"at most {longest}",
            str(found[0][at]),
        )


def _sources(cells: Cells) -> Iterator[Problem]:
    found = cells.having(_SOURCE)
    twice = [n for n, count in Counter(found[0].tolist()).items() if count > 1] if found is not None else []
    if twice:
        yield _problem(
            cells,
            _SOURCE,
            f"{listed(map(str, twice), 5)} {'appears' if len(twice) == 1 else 'appear'} in more than one row",
            "one row for each source",
            listed(map(str, twice), 5),
        )


def _more(count: int) -> str:
    return f", as in {plural(count - 1, 'more row')}" if count > 1 else ""


def _problem(cells: Cells, name: str, what: str, expected: str, found: str) -> Problem:
    return Problem(
        f"{cells.hdu.label}: {name} {what}",
        hdu=cells.hdu,
        column=cells.written(name),
        expected=expected,
        found=found,
        group_key=name,
    )


RULES = (spectrum_row,)
