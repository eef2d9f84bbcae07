"""KEY: keywords against what the product is, against its HDUs, against the name of the file."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import integrations, is_striped
from jwstprod_check.rules.keywords.file_name import without_compression
from jwstprod_check.rules.keywords.pairs import contradiction, primary
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import plural, quoted

_NO_NAME: Final = frozenset({"", "N/A", "NONE"})


def most_groups(context: Context) -> tuple[int, int] | None:
    """Groups in an integration, and the number of the last integration of the exposure; None where they are not stated."""
    groups, whole, known = context.facts.keyword("NGROUPS"), context.facts.keyword("NINTS"), integrations(context)
    last = max(known[1] if known else 0, whole if type(whole) is int else 0)
    if type(groups) is not int or groups < 1 or last < 1 or is_striped(context):
        return None
    return groups, last


@rule("KEY061", "group-rows", Severity.WARNING, requires=("HDU004",), traits=("ramp",))
def group_rows(context: Context) -> Iterator[Outcome]:
    """GROUP has at most a row for each group of each integration, NGROUPS x NINTS.

    The table has the times of some or all groups. With more rows than groups it is that of another exposure, or the keywords
    are.

    How to fix: correct NGROUPS or NINTS, or write the table of this exposure.
    Source: jwst documentation, data_products/science_products.rst (GROUP of uncal and ramp).
    """
    most = most_groups(context)
    counts = [context.solution.symbols.get(name) for name in ("ngroups", "nints")]
    if any(solved is not None and solved.contradicted for solved in counts):
        yield Skip("the arrays contradict NGROUPS or NINTS", ("KEY005",))
        return
    for row, hdu in context.tables() if most is not None else ():
        if most is not None and row.name == "GROUP" and hdu.rows is not None and hdu.rows > most[0] * most[1]:
            yield Problem(
                f"{hdu.label} has {plural(hdu.rows, 'row')}, but {plural(most[0], 'group')} in {plural(most[1], 'integration')} "
                f"are at most {most[0] * most[1]}",
                hdu=hdu,
                keyword="NAXIS2",
                expected=f"at most {most[0] * most[1]} rows",
                found=plural(hdu.rows, "row"),
            )


_EXTENSIONS: Final = ("FLUXEXT", "ERREXT", "MASKEXT")


@rule("KEY062", "named-extension")
def named_extension(context: Context) -> Iterator[Outcome]:
    """FLUXEXT, ERREXT and MASKEXT name HDUs of the file.

    Programs that read cubes find flux, errors and mask by these keywords. A required HDU that is missing is reported by
    HDU001 alone.

    How to fix: write the EXTNAME of the HDU.
    Source: jwst documentation, data_products/science_products.rst (s3d).
    """
    for keyword in _EXTENSIONS:
        name = primary(context).string(keyword)
        wanted = (name or "").strip(" ").upper()
        if name is None or wanted in _NO_NAME or context.file.named(wanted) or not context.file.complete:
            continue
        row = context.spec.row(wanted)
        if row is None or row.optional:
            yield contradiction(
                context, keyword, f"{keyword} is {quoted(name)}, but the file has no such HDU", "the EXTNAME of an HDU"
            )


@rule("KEY063", "segment-statements", Severity.WARNING, requires=("KEY035",))
def segment_statements(context: Context) -> Iterator[Outcome]:
    """EXSEGTOT, EXSEGNUM and the name agree on whether the file is a segment of an exposure.

    An exposure of several segments (EXSEGTOT more than 1) has the number of the segment in EXSEGNUM and in the name
    (`-seg002`). Stage 3 puts segments together by them; a file without them is taken for the whole exposure. Segments whose
    total is not stated are not reported, and names of combined products have no segment.

    How to fix: write EXSEGNUM and EXSEGTOT, and rename the file.
    Source: jwst documentation, data_products/file_naming.rst (segmented products).
    """
    header, name = primary(context), context.product.file_name
    number, total = header.integer("EXSEGNUM"), header.integer("EXSEGTOT")
    given = name.base if name is not None and name.form in {"exposure", "exposure_stage3"} else None
    said = header.string("FILENAME") or given
    # The name of a copy says nothing (KEY025).
    of_exposure = given is not None and said is not None and without_compression(said) == without_compression(given)
    segment = name.fields.get("segment") if name is not None and of_exposure else None
    if context.excluded:
        return
    several = total is not None and total > 1
    if several and number is None and "EXSEGNUM" not in header:
        yield contradiction(context, "EXSEGTOT", f"EXSEGTOT is {total}, but EXSEGNUM is missing", "EXSEGNUM beside it")
    elif (several or (number is not None and number > 1)) and of_exposure and segment is None:
        keyword = "EXSEGNUM" if number is not None else "EXSEGTOT"
        yield contradiction(
            context,
            keyword,
            f"{keyword} is {header.integer(keyword)}, but the name of the file has no segment",
            f"-seg{number or 1:03d} in the name",
        )
    elif total == 1 and segment is not None:
        yield contradiction(
            context, "EXSEGTOT", f"EXSEGTOT is 1, but the file is segment {segment} by its name", "more than 1"
        )


@rule("KEY064", "step-not-done", Severity.WARNING)
def step_not_done(context: Context) -> Iterator[Outcome]:
    """The step that writes the product was done, by its keyword.

    Outlier detection alone writes crf and crfints files. Where S_OUTLIR is not COMPLETE, the file is a renamed one of an
    earlier step, and no cosmic ray is flagged in it.

    How to fix: run the step, or give the file the name of its product.
    Source: jwst documentation, data_products/science_products.rst (crf).
    """
    for keyword in context.spec.spec.steps:
        value = primary(context).string(keyword)
        if value != "COMPLETE":
            found = "missing" if value is None else quoted(value)
            yield contradiction(
                context,
                keyword,
                f"{keyword} is {found}, expected 'COMPLETE' in {context.spec.product} files",
                "'COMPLETE'",
            )


RULES = (group_rows, named_extension, segment_statements, step_not_done)
