"""KEY: keywords against what the product is, against its HDUs, against the name of the file."""

from collections.abc import Iterator
from typing import Final

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.keywords.counting import integrations, is_striped
from jwstprod_check.rules.keywords.file_name import without_compression
from jwstprod_check.rules.keywords.pairs import contradiction
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
        name = context.primary.string(keyword)
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
    """EXSEGTOT is more than 1 if and only if EXSEGNUM and the name have the number of a segment.

    An exposure of several segments has their number in EXSEGTOT, that of this one in EXSEGNUM and in the name (`-seg002`).
    Stage 3 puts segments together by them; a file without them is taken for the whole exposure, and nobody notices that a
    segment is missing. It is an error where FILENAME has the name too, because the header then contradicts itself; segment
    1 of 1 is a warning. A total that is missing is information: the pipeline does not add one that its input lacks, and
    each of the 32 segments among the files that this program is tested with lacks it. Names of combined products have no
    segment.

    How to fix: write EXSEGNUM and EXSEGTOT, and rename the file.
    Source: jwst documentation, data_products/file_naming.rst (segmented products); jwst issues 1850 and 3078.
    """
    if context.excluded:
        return
    header, segment = context.primary, _segment_of_name(context)
    number, total = header.integer("EXSEGNUM"), header.integer("EXSEGTOT")
    named = Severity.ERROR if header.string("FILENAME") else Severity.WARNING
    if total is not None and total > 1 and "EXSEGNUM" not in header:
        yield _statement(context, "EXSEGTOT", f"EXSEGTOT is {total}, but EXSEGNUM is missing", "EXSEGNUM beside it")
    elif segment == 0 and max(number or 1, total or 1) > 1:
        keyword = "EXSEGNUM" if number is not None else "EXSEGTOT"
        text = f"{keyword} is {header.integer(keyword)}, but the name of the file has no segment"
        yield _statement(context, keyword, text, f"-seg{number or 1:03d} in the name", named)
    elif segment and total == 1:
        text = f"EXSEGTOT is 1, but the file is segment {segment:03d} by its name"
        yield _statement(context, "EXSEGTOT", text, "more than 1", named if segment > 1 else Severity.WARNING)
    elif (segment or number is not None) and "EXSEGTOT" not in header:
        text = (
            f"the file is segment {number if number is not None else segment} of an exposure, but EXSEGTOT is missing"
        )
        yield _statement(context, "EXSEGTOT", text, "the number of segments", Severity.INFO)


def _segment_of_name(context: Context) -> int | None:
    """Return the segment that the name of an exposure has, 0 where it has none; None where it is no such name, or a copy's.

    The name of a copy says nothing (KEY025).
    """
    name = context.product.file_name
    if name is None or name.form not in {"exposure", "exposure_stage3"}:
        return None
    said = context.primary.string("FILENAME") or name.base
    same = without_compression(said) == without_compression(name.base)
    return int(name.fields.get("segment") or 0) if same else None


def _statement(
    context: Context, keyword: str, message: str, expected: str, severity: Severity = Severity.WARNING
) -> Problem:
    problem = contradiction(context, keyword, message, expected)
    found = problem.found if keyword in context.primary else "missing"
    return msgspec.structs.replace(problem, severity=severity, found=found)


@rule("KEY064", "step-not-done", Severity.WARNING)
def step_not_done(context: Context) -> Iterator[Outcome]:
    """The step that writes the product was done, by its keyword.

    Outlier detection alone writes crf and crfints files. Where S_OUTLIR is not COMPLETE, the file is a renamed one of an
    earlier step, and no cosmic ray is flagged in it.

    How to fix: run the step, or give the file the name of its product.
    Source: jwst documentation, data_products/science_products.rst (crf).
    """
    for keyword in context.spec.spec.steps:
        value = context.primary.string(keyword)
        if value != "COMPLETE":
            found = "missing" if value is None else quoted(value)
            yield contradiction(
                context,
                keyword,
                f"{keyword} is {found}, expected 'COMPLETE' in {context.spec.product} files",
                "'COMPLETE'",
            )


RULES = (group_rows, named_extension, segment_statements, step_not_done)
