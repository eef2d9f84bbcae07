"""ASDF: what the newest release of the data models asks of a file that was right when it was written."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule

_QUADS: Final = "OI_Q4"
_FOURTH: Final = "U4COORD"


@rule("ASDF025", "not-for-newest-reader", Severity.INFO, requires=("HDU004", "TAB002"))
def quads(context: Context) -> Iterator[Outcome]:
    """The newest data models can open the file: the table OI_Q4 has the coordinates of a fourth baseline.

    Files of jwst 1.20 to 2.0 do not have U4COORD and V4COORD, as their release wrote it. stdatamodels 6.0.0 and later stop with
    "Column names don't match schema", so that such a file needs an older release, or has to be processed again. It is
    information: the file is what its release made of it.

    How to fix: process the data again with jwst 3.0 or later.
    Source: stdatamodels 6.0.0 (pull request 709), oifits.schema.yaml; jwst 3.0.0 (pull request 10434).
    """
    for hdu in context.file.named(_QUADS):
        names = {(c.name or "").strip(" ").upper() for c in hdu.columns}
        if hdu.type == "BINTABLE" and names and _FOURTH not in names and hdu.index not in context.excluded:
            yield Problem(
                f"{hdu.label} has no column {_FOURTH}, without which stdatamodels 6.0.0 does not open the file",
                hdu=hdu,
                column=_FOURTH,
                expected=_FOURTH,
                found="missing",
            )


RULES = (quads,)
