"""DATA: the numbers of GROUP."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.cells import cells_of
from jwstprod_check.rules.keywords.statements import most_groups
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import plural

_COLUMNS: Final = (("GROUP_NUMBER", 0, "NGROUPS"), ("INTEGRATION_NUMBER", 1, "NINTS"))


@rule(
    "DATA018", "group-number", Severity.WARNING, level="data", requires=("HDU004", "TAB002", "TAB004"), traits=("ramp",)
)
def group_number(context: Context) -> Iterator[Outcome]:
    """The rows of GROUP have group numbers from 1 to NGROUPS and integration numbers from 1 to NINTS.

    Times of groups are looked up by these numbers. Where they lie beyond, the table is that of another exposure. In a segment
    the integrations may be those of the whole exposure.

    How to fix: correct the numbers, or write the table of this exposure.
    Source: jwst documentation, data_products/science_products.rst (GROUP of uncal and ramp); stdatamodels 6.0.0,
    group.schema.yaml.
    """
    most = most_groups(context)
    hdu = next((hdu for row, hdu in context.tables() if row.name == "GROUP"), None) if most is not None else None
    cells = cells_of(context, hdu) if hdu is not None else None
    if isinstance(cells, Skip):
        yield cells
    if most is None or cells is None or isinstance(cells, Skip):
        return
    import numpy as np

    for name, place, keyword in _COLUMNS:
        found = cells.having(name)
        if found is None:
            continue
        bad = np.flatnonzero((found[0] < 1) | (found[0] > most[place]))
        if len(bad):
            at = int(bad[0])
            more = f", as in {plural(len(bad) - 1, 'more row')}" if len(bad) > 1 else ""
            yield Problem(
                f"{cells.hdu.label}: {cells.written(name)} is {found[0][at]} in row {at + 1}{more}; {keyword} states {most[place]}",
                hdu=cells.hdu,
                column=cells.written(name),
                expected=f"1 to {most[place]}",
                found=str(found[0][at]),
            )


RULES = (group_number,)
