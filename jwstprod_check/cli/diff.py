"""``jwstprod diff A B``: what differs between two files as products."""

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import click
import msgspec

from jwstprod_check.cli.settings import check_named
from jwstprod_check.cli.words import complete_paths, complete_products
from jwstprod_check.compare import Comparison, Difference, Side, compare
from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_file
from jwstprod_check.fits.walk import read_source
from jwstprod_check.report.layout import GAP, Paper, paper_of, table, wrapped
from jwstprod_check.report.terminal import MARGIN, headline
from jwstprod_check.report.wording import printable_report
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.urls import shown
from jwstprod_check.text import plural, printable, times

SCHEMA: Final = "jwstprod-diff/1"

GROUPS: Final = {
    "product": "product",
    "verdict": "product",
    "dimension": "dimensions",
    "hdu": "HDUs",
    "order": "HDUs",
    "type": "HDUs",
    "dtype": "HDUs",
    "axes": "HDUs",
    "column": "columns",
    "keyword": "keywords",
    "finding": "findings",
}
"""Kind of a difference -> the heading below which it is listed."""


@click.command("diff")
@click.argument("first", metavar="FIRST", shell_complete=complete_paths)
@click.argument("second", metavar="SECOND", shell_complete=complete_paths)
@click.option("--all-keywords", is_flag=True, help="Also compare times, positions, names and measured numbers.")
@click.option(
    "--product",
    metavar="NAME",
    shell_complete=complete_products,
    help="Take both as this product instead of identifying them.",
)
@click.option("--strict", is_flag=True, help="Use the documented table without amendments.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="text, or json for programs."
)
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
def command(
    first: str, second: str, all_keywords: bool, product: str | None, strict: bool, form: str, specs: str | None
) -> int:
    """Show what differs between two files as products: HDUs, types, axes, columns, dimensions, findings, and keywords that matter.

    No pixel is read: fitsdiff compares those. Which exposure the files are of (times, positions, names) does not matter,
    unless --all-keywords is given. Exit status: 0 the same, 1 they differ, 2 a file could not be compared whole.
    """
    check_named(product, None, specs)
    options = Options(strict=strict, product=product)
    one, other = (_side(path, options, specs) for path in (first, second))
    found = compare(one, other, catalogue(specs).dictionary, all_keywords)
    if form == "json":
        from jwstprod_check.report.json import pretty

        click.echo(pretty(_object(one, other, found)))
    else:
        for line in page(one, other, found, paper_of(sys.stdout)):
            click.echo(line)
    if found.same:
        for side in (one, other):
            if not side.file.complete or side.file.changed:
                raise click.ClickException(f"{side.file.path} could not be read to its end, so that nothing is certain")
    return int(not found.same)


def _side(path: str, options: Options, specs: str | None) -> Side:
    try:
        with open_source(path) as source:
            file = read_source(source, shown(path))
            report = check_file(file, catalogue(specs), options, source)
    except OSError as error:
        raise click.ClickException(printable(f"{shown(path)}: {error.strerror or error}")) from None
    if not file.hdus:
        what = file.defects[0].text if file.defects and file.defects[0].text else "no header can be read"
        raise click.ClickException(printable(f"{shown(path)} is not a FITS file: {what}"))
    return Side(file, report)


def _object(one: Side, other: Side, found: Comparison) -> dict[str, Any]:
    sides = [
        {"path": side.report.to_dict()["path"], "product": side.report.product, "verdict": side.report.verdict}
        for side in (one, other)
    ]
    return {
        "schema": SCHEMA,
        "same": found.same,
        "first": sides[0],
        "second": sides[1],
        "differences": msgspec.to_builtins(found.differences),
        "other_keywords": found.others,
    }


def page(one: Side, other: Side, found: Comparison, paper: Paper) -> Iterator[str]:
    """Return the lines of a comparison: both files, then the differences under headings."""
    for sign, side in (("-", one), ("+", other)):
        first, *rest = headline(printable_report(side.report), paper)
        yield f"{sign} {first}"
        yield from (MARGIN + line for line in rest)
    headings = list(dict.fromkeys(GROUPS.values()))
    ordered = sorted(found.differences, key=lambda d: headings.index(GROUPS[d.kind]))
    for heading, group in groupby(ordered, key=lambda d: GROUPS[d.kind]):
        yield ""
        yield paper.paint(heading, "bold")
        yield from _lines(list(group), heading, paper)
    if found.others:
        yield ""
        text = (
            f"not listed: {plural(found.others, 'keyword')} with another time, position, name or measured number "
            "(--all-keywords lists them)"
        )
        yield from (paper.paint(line, "dim") for line in wrapped(text, paper.width))
    yield ""
    count = plural(len(found.differences), "difference")
    yield paper.paint("the same as products", "ok") if found.same else paper.paint(f"they differ: {count}", "error")


def _lines(group: list[Difference], heading: str, paper: Paper) -> Iterator[str]:
    if heading == "findings":
        for one in group:
            sign, text = ("-", one.first) if one.second is None else ("+", one.second)
            yield from wrapped(f"{one.name} {text}", paper.width, f"{MARGIN}{sign} ", MARGIN * 3)
        return
    cells = [(_place(d), d.name or d.kind, _shown(d, d.first), _shown(d, d.second)) for d in group]
    empty = [n for n in range(4) if not any(row[n] for row in cells)]
    heads = ("", "", "- first", "+ second")
    rows = [tuple(cell for n, cell in enumerate(row) if n not in empty) for row in (heads, *cells)]
    width = len(rows[0])
    for number, line in table(rows, paper.width - GAP, flexible=(width - 2, width - 1)):
        yield MARGIN + paper.paint(line, "" if number else "dim")


def _place(found: Difference) -> str:
    if found.extname is None:
        return ""
    return found.extname if found.extver in (None, 1) else f"{found.extname},{found.extver}"


def _shown(found: Difference, value: Any) -> str:
    """Return what a file has as text."""
    if value is None:
        return "absent"
    if found.kind == "axes":
        return f"{value[0]} rows" if found.extname and len(value) == 1 else times(value)
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "T" if value else "F"
    if found.kind == "keyword" and isinstance(value, str) and value != "undefined":
        return f"'{value.rpartition('/')[2] if found.name.startswith('R_') else value}'"
    return printable(str(value))
