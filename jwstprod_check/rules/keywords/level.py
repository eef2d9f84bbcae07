"""KEY: keywords that refer to another level of processing, or that were never filled in."""

import re
from collections.abc import Iterator
from math import cos, hypot, radians
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import is_of_association
from jwstprod_check.rules.keywords.pairs import contradiction
from jwstprod_check.rules.rule import Outcome, rule
from jwstprod_check.text import quoted

_RAW: Final = ("raw", "uncalibrated")
_STAGE = r"(?:^|[_-])[a-z]*(2|3)_\d+_asn\.json\Z"
_FAR: Final = 1.0
"""Degrees from a target at 0, 0 beyond which the pointing contradicts it."""


@rule("KEY071", "file-type-of-another-level", Severity.WARNING)
def file_type(context: Context) -> Iterator[Outcome]:
    """FILETYPE does not call a processed file raw or uncalibrated.

    Programs that sort files by FILETYPE process such a file again from the start. The pipeline has not written the
    keyword since jwst 1.5.0; files that have it got it earlier, or from another writer.

    How to fix: remove FILETYPE, or write what the file is.
    Source: jwst 1.5.0 (pull request 6772, FILETYPE removed); stdatamodels 1.3.1, core.schema.yaml.
    """
    said = context.primary.string("FILETYPE") or ""
    if said.strip(" ").lower() in _RAW and not context.has_trait("raw"):
        title = context.spec.product
        yield contradiction(
            context, "FILETYPE", f"FILETYPE is {quoted(said)}, but the product is {title}", f"another value in {title}"
        )


@rule("KEY072", "association-of-another-level", Severity.WARNING)
def association(context: Context) -> Iterator[Outcome]:
    """ASNTABLE is an association of the stage that made the product.

    A combined product (its name has an association candidate) is made from an association of stage 3 (`image3`,
    `spec3`, `coron3`, `ami3`, `tso3`, `wfs-image3`), the calibrated data of one exposure from one of stage 2 (`image2`,
    `spec2`). The archive finds the inputs of a product by it; with an association of the other stage it finds others.

    How to fix: write the name of the association from which the product was made.
    Source: jwst documentation, associations/jwst_conventions.rst (names of association files) and
    data_products/stages.rst.
    """
    said = context.primary.string("ASNTABLE") or ""
    found = re.search(_STAGE, said.strip(" "), re.ASCII)
    name = context.product.file_name
    if found is None or name is None or not name.form:
        return
    wanted = "3" if name.of_association else "2" if context.has_trait("stage-2") else found[1]
    if found[1] != wanted:
        what = "a combined product" if wanted == "3" else "made from one exposure"
        text = f"ASNTABLE = {quoted(said)} is an association of stage {found[1]}, but the file is {what}"
        yield contradiction(context, "ASNTABLE", text, f"an association of stage {wanted}")


@rule("KEY073", "target-at-zero", Severity.WARNING)
def target(context: Context) -> Iterator[Outcome]:
    """TARG_RA and TARG_DEC are not both 0 where the telescope pointed elsewhere.

    Both are 0 where nobody filled them in. Archives take the position of the target from them, source types and
    extraction regions are computed from them. The rule compares them with the reference point RA_REF, DEC_REF; a target
    within a degree of 0, 0 may be right.

    How to fix: write the coordinates of the target, or remove the keywords.
    Source: stdatamodels 6.0.0, core.schema.yaml (TARG_RA, TARG_DEC) and wcsinfo.schema.yaml (RA_REF, DEC_REF).
    """
    header = context.primary
    if header.number("TARG_RA") != 0 or header.number("TARG_DEC") != 0:
        return
    ra, dec = context.facts.keyword("RA_REF"), context.facts.keyword("DEC_REF")
    if not isinstance(ra, int | float) or not isinstance(dec, int | float):
        return
    around = (ra + 180) % 360 - 180
    if hypot(around * cos(radians(dec)), dec) > _FAR or abs(around) > 90:
        text = f"TARG_RA and TARG_DEC are 0, but the reference point is RA_REF = {ra:g}, DEC_REF = {dec:g}"
        yield contradiction(context, "TARG_RA", text, "the coordinates of the target")


@rule("KEY074", "planned-pointing", Severity.WARNING)
def pointing(context: Context) -> Iterator[Outcome]:
    """ENGQLPTG does not say that the pointing is the planned one.

    Where the telemetry was not available the coordinates are those of the plan, off by up to some arc seconds. In the
    products up to the slopes this is information, since the pointing may be computed again; from the calibrated data
    on it is a warning.

    How to fix: run set_telescope_pointing on the raw data, and the pipeline again.
    Source: jwst documentation, lib/set_telescope_pointing.rst; stdatamodels 6.0.0, core.schema.yaml (ENGQLPTG).
    """
    if context.primary.string("ENGQLPTG") != "PLANNED" or context.has_trait("guide-star"):
        return
    late = context.has_trait("calibrated", "spectrum") or is_of_association(context)
    problem = contradiction(
        context, "ENGQLPTG", "ENGQLPTG is 'PLANNED': the pointing was not measured", "a measured pointing"
    )
    yield problem if late else msgspec.structs.replace(problem, severity=Severity.INFO)


RULES = (file_type, association, target, pointing)
