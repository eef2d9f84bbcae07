"""The report for a person: the documented table with a mark for each row, the solved dimensions, the findings.

Drawn by rich, which no piped report imports. Marks carry the meaning, colour only repeats it; at 80 columns nothing
is truncated.
"""

from typing import Final, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jwstprod_check.findings import FileReport, Finding, HduSummary, RowSummary, Severity
from jwstprod_check.report.closing import Line, closing
from jwstprod_check.report.repeats import Repeats
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import FROM_CACHE, across, ignored, missed, place, printable_report, sentence
from jwstprod_check.text import plural, printable, times

STYLES: Final = {
    "ok": "green",
    "absent": "dim",
    "missing": "bold red",
    "error": "bold red",
    "warning": "yellow",
    "info": "cyan",
}
_MARKS = {"ok": "✓", "absent": "-", "missing": "✗", "error": "✗", "warning": "!", "info": "i"}
_ASCII = {"ok": "ok", "absent": "-", "missing": "X", "error": "X", "warning": "!", "info": "i"}

MIN_WIDTH: Final = 60
MAX_WIDTH: Final = 120


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the command line decide how it ends; rich would exit with status 1."""
        raise BrokenPipeError


def console_for(stream: TextIO, *, color: bool = True) -> Console:
    """Return a console on a stream: its width within bounds, without markup, colour only where it is wanted."""
    console = _Console(file=stream, markup=False, highlight=False, emoji=False, no_color=not color or None)
    console.width = min(max(console.width, MIN_WIDTH), MAX_WIDTH)
    return console


def marks_for(console: Console) -> dict[str, str]:
    """Marks that the console's encoding can show."""
    return _MARKS if console.encoding.startswith("utf") else _ASCII


class TerminalReporter:
    """Draws each report as it comes."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._console = console_for(stream, color=style.color)
        self._marks = marks_for(self._console)
        self._style = style
        self._limits = ""
        self._repeats = Repeats(style)

    def start(self, run: RunInfo) -> None:
        self._limits = run.limits()

    def add(self, report: FileReport) -> None:
        report = printable_report(report)
        shown, more = self._repeats.shown(report)
        if self._style.verbosity < 0 and not shown and report.verdict in ("conforming", "left-out"):
            return
        self._console.print(headline(report, self._marks), soft_wrap=True)
        if report.rows and (self._style.detail or self._style.verbosity > 0 or not report.conforming):
            self._console.print(Padding(documented_table(report, self._marks), (0, 0, 0, 2)))
            dimensions = solved_dimensions(report)
            if dimensions is not None:
                self._console.print(Padding(dimensions, (0, 0, 0, 2)))
        for finding in shown:
            self._console.print(Padding(finding_text(finding, self._marks), (0, 0, 0, 2)))
        if more:
            self._console.print(Text(f"  and {plural(more, 'finding')} more (--max-findings)", style="dim"))
        if report.not_checked:
            text = Text(f"{self._marks['warning']} not checked: {missed(report, self._style)}", style=STYLES["warning"])
            self._console.print(Padding(text, (0, 0, 0, 2)))
        self._skipped(report)
        if shown or self._style.detail or not report.conforming:
            self._console.print()

    def _skipped(self, report: FileReport) -> None:
        if self._style.verbosity > 0:
            if report.cached:
                self._console.print(Text(f"  - {FROM_CACHE}", style="dim"))
            for known in report.ignored:
                text = f"  - {plural(known.count, 'finding')} ignored, {ignored(known)}"
                self._console.print(Text(text, style="dim"))
            for skipped in report.skipped:
                self._console.print(Text(f"  - {skipped.code} skipped: {skipped.reason}", style="dim"))
            for rule in report.inapplicable:
                self._console.print(Text(f"  - {rule.code} not applicable: {rule.reason}", style="dim"))
        elif report.skipped and self._style.verbosity == 0:
            text = f"  - {plural(len(report.skipped), 'rule')} skipped in whole or in part (-v shows why)"
            self._console.print(Text(text, style="dim"))

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            text = f"{self._marks['error']} {printable(f'{unread.path}: not read: {unread.reason}')}"
            self._console.print(Text(text, style=STYLES["error"]), soft_wrap=True)
        for finding in summary.delivery:
            if self._style.shows(finding):
                text = f"{self._marks[str(finding.severity)]} delivery: {across(finding)}"
                self._console.print(Text(text, style=STYLES[str(finding.severity)]), soft_wrap=True)
        if self._style.verbosity >= 0:
            for line in closing(summary, self._repeats.hidden, self._style):
                self._console.print(_closing_text(line), soft_wrap=True)
        if self._style.verbosity >= 0 or summary.failed:
            style = STYLES["error" if summary.failed or not summary.judged else "ok"]
            self._console.print(Text(printable(summary.sentence()), style=style), soft_wrap=True)
            if self._limits:
                self._console.print(Text(printable(f"asked for: {self._limits}"), style=STYLES["warning"]))


def _closing_text(line: Line) -> Text:
    if line.kind == "heading":
        return Text(line.text, style="bold")
    return Text(f"  {line.text}", style=STYLES.get("error" if line.kind == "failing" else line.kind, ""))


def headline(report: FileReport, marks: dict[str, str]) -> Text:
    """``✓ path  dark, Dark exposure: conforming``."""
    state = {"conforming": "ok", "unverified": "warning", "left-out": "absent"}.get(report.verdict, "error")
    what = f"{report.product} ({report.title})" if report.title else report.product or "unknown product"
    return Text.assemble(
        (f"{marks[state]} ", STYLES[state]),
        (report.path or "<bytes>", "bold"),
        f"  {what}: ",
        (report.verdict, STYLES[state]),
        f" ({printable(report.left_out)})" if report.left_out else "",
    )


def documented_table(report: FileReport, marks: dict[str, str]) -> Table:
    """Return the documented rows with a mark each, and what was found under a row that fails."""
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    table.add_column("")
    table.add_column("HDU", justify="right")
    for heading in ("EXTNAME", "Type", "Data type", "Dimensions"):
        table.add_column(heading, overflow="fold")
    known = {i for row in report.rows for i in row.indices}
    for row in report.rows:
        _add_row(table, row, report, marks)
    for hdu in report.hdus:
        if hdu.index not in known:
            name = hdu.extname or "(no EXTNAME)"
            table.add_row(
                Text(marks["warning"], style=STYLES["warning"]),
                str(hdu.index),
                name,
                hdu.type,
                hdu.dtype or "",
                f"{size_of(hdu)}  (not in the table)",
            )
    return table


def _add_row(table: Table, row: RowSummary, report: FileReport, marks: dict[str, str]) -> None:
    name = (row.extname or "") + ("*" if row.optional and row.documented else "")
    dims = "" if row.type == "primary" else row.dims
    table.add_row(
        Text(marks[row.state], style=STYLES[row.state]),
        "" if row.hdu is None else str(row.hdu),
        name,
        row.type,
        row.dtype or "",
        dims if row.documented else f"{dims}  (amendment)",
        style="dim" if row.state == "absent" else None,
    )
    if row.type == "primary" and row.indices:
        return
    if row.state == "error" or (row.state == "warning" and row.indices):
        for index in row.indices[:3]:
            hdu = report.hdus[index]
            found = (str(index), hdu.extname or "", hdu.type, hdu.dtype or "", size_of(hdu))
            table.add_row("", *(Text(cell, style=STYLES[row.state]) for cell in found))
    elif row.state == "ok" and any(f.code == "PROD008" and f.hdu in row.indices for f in report.findings):
        hdu = report.hdus[row.indices[0]]
        table.add_row("", "", "", hdu.type, hdu.dtype or "", f"{size_of(hdu)}  (by amendment)", style="dim")
    elif row.state == "missing":
        table.add_row("", "", Text("missing", style=STYLES["missing"]), "", "", "")


def size_of(hdu: HduSummary) -> str:
    """Axes of an image; of a table its rows and the bytes of a row."""
    if hdu.type in {"BINTABLE", "TABLE"} and len(hdu.axes) == 2:
        return f"{plural(hdu.axes[1], 'row')} of {plural(hdu.axes[0], 'byte')}"
    return times(hdu.axes) or "no data"


def solved_dimensions(report: FileReport) -> Text | None:
    """``ncols = 64 (SUBSIZE1, SCI, ...)``, one line for each symbol."""
    if not report.symbols:
        return None
    lines = [f"{name} = {value}  from {report.origins.get(name, '')}" for name, value in report.symbols.items()]
    return Text("\n".join(lines), style="dim")


def finding_text(finding: Finding, marks: dict[str, str]) -> Text:
    """Return a finding over as many lines as it needs: message, expected, found, hint."""
    style = STYLES[str(finding.severity)]
    where = printable(place(finding))
    text = Text.assemble(
        (f"{marks[str(finding.severity)]} {finding.code} ", style),
        ("" if finding.message.startswith(where.rstrip(":")) else f"{where} ", "bold"),
    )
    text.append(sentence(_without_hint(finding)))
    if finding.expected and finding.found and finding.severity is not Severity.INFO:
        text.append(f"\n    expected  {finding.expected}\n    found     {finding.found}")
    if finding.hint:
        text.append(f"\n    hint      {finding.hint}", style="italic")
    return text


def _without_hint(finding: Finding) -> Finding:
    import msgspec

    return msgspec.structs.replace(finding, hint=None)
