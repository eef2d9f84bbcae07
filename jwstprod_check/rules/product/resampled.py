"""ARR: the context image of a resampled image, as far as its header states it."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import plural

_BITS: Final = 32
_BY_INTEGRATION: Final = "coronagraphic"


def inputs(context: Context) -> int | None:
    """Inputs of a combined image, by the rows of HDRTAB; None without it, and where each integration was an input."""
    tables = context.file.named("HDRTAB")
    if not tables or tables[0].type != "BINTABLE" or not tables[0].sized or not tables[0].rows:
        return None
    split = context.facts.keyword("EXP_TYPE") in context.catalogue.exposure_groups.get(_BY_INTEGRATION, ())
    return None if split else tables[0].rows


@rule("ARR005", "context-planes", Severity.WARNING, requires=("HDU004",), traits=("resampled",))
def context_planes(context: Context) -> Iterator[Outcome]:
    """The context image has a plane for every 32 inputs that HDRTAB lists.

    Each bit of a pixel of CON is an input that contributed to it, so that 33 inputs take two planes. With too few planes the
    last inputs cannot be named; with too many, the table is that of another combination. Of coronagraphic images each
    integration is an input, which HDRTAB does not list.

    How to fix: resample the inputs again.
    Source: jwst documentation, data_products/science_products.rst (CON and HDRTAB of i2d and s2d); jwst 3.0.0,
    calwebb_coron3.py (integrations are resampled).
    """
    images = [(row, hdu) for row, hdu in context.images() if row.name == "CON" and len(hdu.axes) == 3]
    count = inputs(context) if images else None
    if count is None:
        return
    want = -(-count // _BITS)
    for row, hdu in images:
        if hdu.axes[2] != want:
            yield Problem(
                f"{hdu.label} has {plural(hdu.axes[2], 'plane')}, expected {want} for the {plural(count, 'input')} of HDRTAB",
                hdu=hdu,
                keyword="NAXIS3",
                expected=plural(want, "plane"),
                found=plural(hdu.axes[2], "plane"),
                group_key=context.group_key(row, "planes"),
            )


RULES = (context_planes,)
