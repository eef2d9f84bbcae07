"""TIME: exposure times compared with each other and with the time between begin and end."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule

SHARE: Final = 0.01
"""Part by which two statements of one exposure time may differ."""

_DAY: Final = 86400.0


@rule("TIME015", "exposure-times-differ", Severity.WARNING)
def effective(context: Context) -> Iterator[Outcome]:
    """XPOSURE of SCI and EFFEXPTM of the primary header are the same time, within 1 %.

    Both are the effective exposure time, one for archives and the FITS standard, one for the pipeline's weights. Where
    they differ, the result of a program depends on which one it uses.

    How to fix: correct the keyword that is wrong.
    Source: stdatamodels 6.0.0, core.schema.yaml (EFFEXPTM, XPOSURE); FITS Standard 4.0, section 9.7 (XPOSURE).
    """
    time = context.file.hdus[0].header.number("EFFEXPTM")
    for hdu in context.file.named("SCI") if time is not None else ():
        own = hdu.header.number("XPOSURE")
        if time is None or own is None or abs(own - time) <= SHARE * max(abs(own), abs(time)):
            continue
        card = hdu.header.card("XPOSURE")
        yield Problem(
            f"XPOSURE of {hdu.label} is {own:g} s, but EFFEXPTM is {time:g} s",
            hdu=hdu,
            keyword="XPOSURE",
            expected=f"{time:g} (EFFEXPTM)",
            found=f"{own:g}",
            offset=card.offset if card is not None else None,
            group_key="XPOSURE",
        )


@rule("TIME016", "exposure-longer-than-its-span", Severity.WARNING, requires=("TIME003",))
def span(context: Context) -> Iterator[Outcome]:
    """EFFEXPTM of a combined product is at most the time from EXPSTART to EXPEND.

    A combined product begins with its first exposure and ends with its last; what was exposed longer than that was
    counted twice, or begin and end are those of one input. A difference of 1 % is tolerated.

    How to fix: compute EFFEXPTM, EXPSTART and EXPEND from all inputs again.
    Source: jwst 3.0.0, resample/resample.py (times of combined products); stdatamodels 6.0.0, core.schema.yaml.
    """
    name = context.product.file_name
    if context.excluded or name is None or not name.of_association:
        return
    header = context.file.hdus[0].header
    time, start, end = (header.number(k) for k in ("EFFEXPTM", "EXPSTART", "EXPEND"))
    if time is None or start is None or end is None or end < start:
        return
    longest = (end - start) * _DAY
    if time > longest * (1 + SHARE):
        card = header.card("EFFEXPTM")
        yield Problem(
            f"EFFEXPTM is {time:g} s, but EXPSTART and EXPEND are {longest:g} s apart",
            hdu=context.file.hdus[0],
            keyword="EFFEXPTM",
            expected=f"at most {longest:g}",
            found=f"{time:g}",
            offset=card.offset if card is not None else None,
        )


RULES = (effective, span)
