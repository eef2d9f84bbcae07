"""What ``jwstprod info`` prints: key facts, every HDU next to its row of the table, the solved dimensions."""

import sys
from typing import Any

from rich.table import Table
from rich.text import Text

from jwstprod_check.findings import FileReport, HduSummary, RowSummary, of_container
from jwstprod_check.report.terminal import STYLES, console_for, finding_text, headline, marks_for, size_of
from jwstprod_check.report.wording import printable_report
from jwstprod_check.text import plural, printable


def print_inspection(report: FileReport, facts: dict[str, Any]) -> None:
    """Write the page to the standard output."""
    report = printable_report(report)
    console = console_for(sys.stdout)
    marks = marks_for(console)
    console.print(headline(report, marks), soft_wrap=True)
    for finding in report.findings:
        if of_container(finding):
            console.print(finding_text(finding, marks))
    console.print(_facts(report, facts))
    console.print()
    console.print(_table(report, marks))
    if report.symbols:
        console.print()
        for name, value in report.symbols.items():
            console.print(Text(f"{name} = {value}  from {report.origins.get(name, '')}"))
    counts = [plural(len(report.findings), "finding")] if report.findings else []
    if counts:
        console.print(Text(f"\n{counts[0]}; `jwstprod check -v` shows them", style="dim"))


def _facts(report: FileReport, facts: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    size = facts["size"]
    inflated = f", {size['inflated']} decompressed" if size["gzip"] else ""
    table.add_row("size", f"{plural(size['stored'], 'byte')}{inflated}")
    for vote in report.evidence:
        table.add_row("evidence", Text(vote))
    for name, value in facts["keywords"].items():
        if value is not None:
            table.add_row(Text(printable(name)), Text(printable(str(value))))
    return table


def _table(report: FileReport, marks: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for heading, justify in (
        ("", "left"),
        ("#", "right"),
        ("EXTNAME", "left"),
        ("in the file", "left"),
        ("expected", "left"),
    ):
        table.add_column(heading, justify="right" if justify == "right" else "left", overflow="fold")
    rows = {i: row for row in report.rows for i in row.indices}
    for hdu in report.hdus:
        row = rows.get(hdu.index)
        state = row.state if row is not None else "warning" if report.rows else "absent"
        name = (hdu.extname or "") + (f",{hdu.extver}" if hdu.extver != 1 else "")
        table.add_row(Text(marks[state], style=STYLES[state]), str(hdu.index), name, _is(hdu), _should(row, report))
    for row in report.rows:
        if row.state == "missing":
            table.add_row(
                Text(marks["missing"], style=STYLES["missing"]), "", row.extname or "", "missing", _should(row, report)
            )
        elif row.state == "absent":
            table.add_row(
                Text(marks["absent"], style="dim"), "", row.extname or "", "absent", _should(row, report), style="dim"
            )
    return table


def _is(hdu: HduSummary) -> str:
    return " ".join(part for part in (hdu.type, hdu.dtype or "", size_of(hdu) if hdu.axes else "") if part)


def _should(row: RowSummary | None, report: FileReport) -> str:
    if row is None:
        return "not in the table" if report.rows else ""
    amended = f"(amended: {row.allowed})" if row.allowed is not None else ""
    optional = "(optional)" if row.optional else ""
    parts = (row.type, row.dtype or "", "" if row.type == "primary" else row.dims, optional, amended)
    return " ".join(part for part in parts if part)
