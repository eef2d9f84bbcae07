"""PROD: names and products that a release of the pipeline gave up."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.spec.expressions import version_key
from jwstprod_check.text import quoted

_SHORT_SOURCE: Final = r"_([sbv]\d{5,8})_"
_LONG_SOURCES: Final = "1.15"
"""Release from which source numbers in names have nine digits."""


def _from(context: Context, release: str) -> bool:
    """Whether the file states that it was written by a release or a later one."""
    written, wanted = version_key(context.facts.keyword("CAL_VER")), version_key(release)
    return written is not None and wanted is not None and written >= wanted


@rule("PROD010", "retired-product", Severity.INFO)
def retired(context: Context) -> Iterator[Outcome]:
    """The product is one that its release of the pipeline writes.

    The persistence step of jwst 3.0.0 keeps no state of charge traps, so that trapsfilled files of that release were not
    written by it. Such a file is no error; something else wrote it, or CAL_VER is wrong.

    How to fix: correct CAL_VER; nothing if it was intended.
    Source: jwst 3.0.0 (pull request 10091); `jwstprod spec show PRODUCT`.
    """
    given_up = context.spec.spec.retired
    if given_up is not None and _from(context, given_up.release):
        written = str(context.facts.keyword("CAL_VER"))
        yield Problem(
            f"{context.spec.product} files are not written from jwst {given_up.release} on, but CAL_VER is {quoted(written)}",
            hdu=context.file.hdus[0],
            keyword="CAL_VER",
            expected=f"a release before {given_up.release}",
            found=quoted(written),
            hint=given_up.source,
        )


@rule("PROD014", "short-source-number", Severity.WARNING)
def short_source(context: Context) -> Iterator[Outcome]:
    """The number of a source in the name of a source-based product has nine digits, in files of jwst 1.15 or later.

    Names with fewer digits sort among those of other sources, and programs that read the number at its place get another one.

    How to fix: rename the file; `s00042` becomes `s000000042`.
    Source: jwst documentation, data_products/file_naming.rst (SourceID); jwst 1.15.0 (pull request 8442).
    """
    name = context.product.file_name
    short = re.search(_SHORT_SOURCE, name.base) if name is not None and name.form == "source_legacy" else None
    if name is not None and short is not None and _from(context, _LONG_SOURCES):
        number = short[1]
        right = f"{number[0]}{number[1:].zfill(9)}"
        yield Problem(
            f"the source number {quoted(number)} in the name has {len(number) - 1} digits, expected 9",
            expected=right,
            found=quoted(number),
            hint=f"rename the file to {quoted(name.base.replace(number, right, 1))}",
        )


@rule("PROD015", "activity-in-name", Severity.WARNING)
def activity(context: Context) -> Iterator[Outcome]:
    """Only names of wavefront-sensing products end in the number of an activity (`_wfscmb-04`).

    Other associations are not made by activity, so that such a name is one that no association asks for.

    How to fix: rename the file without the number.
    Source: jwst documentation, data_products/file_naming.rst (ACT_ID).
    """
    name = context.product.file_name
    if name is not None and name.form == "source" and "act_id" in name.fields:
        number = name.fields["act_id"]
        yield Problem(
            f"the name ends in the number of an activity, {quoted('-' + number)}, which only wavefront sensing has",
            expected="a name without it",
            found=quoted("-" + number),
            hint=f"rename the file to {quoted(name.base.replace(f'-{number}.', '.'))}",
        )


RULES = (retired, short_source, activity)
