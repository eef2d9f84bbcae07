"""What a file states of its place in a delivery."""

from typing import Final

from jwstprod_check.findings import Identity
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.product import Product

OF_EXPOSURE: Final = (
    "PROGRAM",
    "OBSERVTN",
    "VISIT",
    "INSTRUME",
    "DETECTOR",
    "EXP_TYPE",
    "FILTER",
    "PUPIL",
    "GRATING",
    "SUBARRAY",
    "DATE-OBS",
    "NGROUPS",
    "NINTS",
)
"""Keywords that are the same in all files of one exposure, whatever the stage."""

KEYWORDS: Final = (
    "EXSEGTOT",
    "INTSTART",
    "INTEND",
    "CAL_VER",
    "CRDS_CTX",
    "GSC_VER",
    *OF_EXPOSURE,
    "ASNTABLE",
    "ASNPOOL",
    "TSOVISIT",
)
"""Keywords that the files of a delivery are compared by (stdatamodels, core.schema.yaml)."""


_PLAIN: Final = (str, int, float, bool)


def identity_of(product: Product, facts: FileFacts) -> Identity | None:
    """Return what a file states of its place in a delivery; None for one whose name is not that of a product."""
    name = product.file_name
    if name is None or not name.form:
        return None
    fields = name.fields
    exposure = ""
    if name.form in ("exposure", "exposure_stage3"):
        visit = f"jw{fields['program']}{fields['observation']}{fields['visit']}"
        group = f"{fields['visit_group']}{fields['parallel_seq']}{fields['activity']}"
        exposure = f"{visit}_{group}_{fields['exposure']}_{fields['detector']}"
    segment = int(fields["segment"]) if fields.get("segment") else None
    values = tuple([v if isinstance(v, _PLAIN) else None for v in map(facts.keyword, KEYWORDS)])
    return Identity(exposure, name.suffix or "", segment, values)
