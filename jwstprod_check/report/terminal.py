"""The report for a person: the documented table with a mark for each row, the solved dimensions, the findings.

Marks carry the meaning, colour only repeats it. Lines break between words, and the next line is indented.
"""

from collections.abc import Iterator
from typing import TextIO

from jwstprod_check.findings import FileReport, Finding, HduSummary, RowSummary
from jwstprod_check.report.closing import Line, closing
from jwstprod_check.report.layout import Paper, legend, paper_of, table, wrapped
from jwstprod_check.report.repeats import Repeats
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import FROM_CACHE, across, details, ignored, message, missed, place, printable_report
from jwstprod_check.text import plural, printable, times

MARGIN = "  "


class TerminalReporter:
    """Draws each report as it comes; the marks are explained once, at the end."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._paper = paper_of(stream, color=style.color)
        self._style = style
        self._limits = ""
        self._repeats = Repeats(style)
        self._states: set[str] = set()

    def start(self, run: RunInfo) -> None:
        self._limits = run.limits()

    def add(self, report: FileReport) -> None:
        report = printable_report(report)
        shown, more = self._repeats.shown(report)
        if self._style.verbosity < 0 and not shown and report.verdict in ("conforming", "left-out"):
            return
        paper = self._paper
        self._write(headline(report, paper))
        if report.rows and (self._style.detail or self._style.verbosity > 0 or not report.conforming):
            self._write(documented_table(report, paper))
            self._write(solved_dimensions(report, paper))
            self._states |= states_of(report)
        for finding in shown:
            self._write(finding_lines(finding, paper))
        if more:
            self._note(f"and {plural(more, 'finding')} more (--max-findings)")
        if report.not_checked:
            mark = f"{MARGIN}{paper.marks['warning']} "
            text = f"not checked: {missed(report, self._style)}"
            self._write(paper.paint(line, "warning") for line in wrapped(text, paper.width, mark, MARGIN * 2))
        self._skipped(report)
        if shown or self._style.detail or not report.conforming:
            self._stream.write("\n")

    def _skipped(self, report: FileReport) -> None:
        if self._style.verbosity > 0:
            if report.cached:
                self._note(f"- {FROM_CACHE}")
            for known in report.ignored:
                self._note(f"- {plural(known.count, 'finding')} ignored, {ignored(known)}")
            for skipped in report.skipped:
                self._note(f"- {skipped.code} skipped: {skipped.reason}")
            for reason in dict.fromkeys(rule.reason for rule in report.inapplicable):
                codes = ", ".join(rule.code for rule in report.inapplicable if rule.reason == reason)
                self._note(f"- not applicable, {reason}: {codes}")
        elif report.skipped and self._style.verbosity == 0:
            self._note(f"- {plural(len(report.skipped), 'rule')} skipped in whole or in part (-v shows why)")

    def finish(self, summary: Summary) -> None:
        paper = self._paper
        for unread in summary.unread:
            self._marked("error", printable(f"{unread.path}: not read: {unread.reason}"))
        for finding in summary.delivery:
            if self._style.shows(finding):
                self._marked(str(finding.severity), f"delivery: {across(finding)}")
        if self._style.verbosity >= 0:
            for line in closing(summary, self._repeats.hidden, self._style):
                self._write(_closing_lines(line, paper))
        if self._states and self._style.verbosity >= 0:
            text = legend(self._states, paper.marks)
            self._write(paper.paint(line, "dim") for line in wrapped(text, paper.width))
        if self._style.verbosity >= 0 or not summary.complete:
            state = "error" if summary.failed or not summary.judged else "ok"
            self._write([paper.paint(printable(summary.sentence()), state)])
            if self._limits:
                asked = wrapped(printable(f"asked for: {self._limits}"), paper.width, later=MARGIN)
                self._write(paper.paint(line, "warning") for line in asked)

    def _write(self, lines: Iterator[str] | list[str]) -> None:
        for line in lines:
            self._stream.write(f"{line}\n")

    def _note(self, text: str) -> None:
        lines = wrapped(text, self._paper.width, MARGIN, MARGIN * 2)
        self._write(self._paper.paint(line, "dim") for line in lines)

    def _marked(self, state: str, text: str) -> None:
        lines = wrapped(text, self._paper.width, f"{self._paper.marks[state]} ", MARGIN)
        self._write(self._paper.paint(line, state) for line in lines)


def _closing_lines(line: Line, paper: Paper) -> Iterator[str]:
    if line.kind == "heading":
        yield paper.paint(line.text, "bold")
        return
    state = "error" if line.kind == "failing" else line.kind
    for text in wrapped(line.text, paper.width, MARGIN, MARGIN * 3):
        yield paper.paint(text, state)


def headline(report: FileReport, paper: Paper) -> list[str]:
    """``✓ path  dark (Dark exposure): conforming``; the verdict is on the next line where one has no room for both."""
    state = {"conforming": "ok", "unverified": "warning", "left-out": "absent"}.get(report.verdict, "error")
    what = f"{report.product} ({report.title})" if report.title else report.product or "unknown product"
    path = report.path or "<bytes>"
    why = f" ({printable(report.left_out)})" if report.left_out else ""
    mark = paper.marks[state]
    named = f"{paper.paint(mark, state)} {paper.paint(path, 'bold')}"
    judged = f"{what}: {paper.paint(report.verdict, state)}{why}"
    length = len(f"{mark} {path}  {what}: {report.verdict}{why}")
    if length <= paper.width:
        return [f"{named}  {judged}"]
    # The path alone may be wider than the page; product and verdict are not broken.
    fits = len(f"{MARGIN}{what}: {report.verdict}{why}") <= paper.width
    return (
        [named, f"{MARGIN}{judged}"]
        if fits
        else [named, f"{MARGIN}{what}:", f"{MARGIN * 2}{judged.removeprefix(f'{what}: ')}"]
    )


def states_of(report: FileReport) -> set[str]:
    """States whose marks the table of a file shows."""
    known = {i for row in report.rows for i in row.indices}
    extra = any(hdu.index not in known for hdu in report.hdus)
    return {row.state for row in report.rows} | ({"warning"} if extra else set())


Cells = tuple[str, str, tuple[str, ...]]
"""The mark of a line, the state that colours it ('' for none), and the other cells."""


def documented_table(report: FileReport, paper: Paper) -> Iterator[str]:
    """Return the documented rows with a mark each, and what was found under a row that fails."""
    rows: list[Cells] = [("", "bold", ("HDU", "EXTNAME", "Type", "Data type", "Dimensions"))]
    for row in report.rows:
        rows += _row(row, report)
    known = {i for row in report.rows for i in row.indices}
    for hdu in report.hdus:
        if hdu.index not in known:
            size = f"{size_of(hdu)}  (not in the table)"
            rows.append(
                ("warning", "", (str(hdu.index), hdu.extname or "(no EXTNAME)", hdu.type, hdu.dtype or "", size))
            )
    yield from drawn(rows, paper, flexible=(3, 4), right=(0,))


def drawn(rows: list[Cells], paper: Paper, flexible: tuple[int, ...], right: tuple[int, ...] = ()) -> Iterator[str]:
    """Return the lines of a table with a mark before each row."""
    marks = max(len(paper.marks[state]) for state in ("ok", "error"))
    room = paper.width - len(MARGIN) - marks - 1
    before = -1
    for number, line in table([cells for _, _, cells in rows], room, flexible, right):
        state, color, _ = rows[number]
        mark = paper.marks[state] if state and number != before else ""
        before = number
        yield f"{MARGIN}{paper.paint(mark, state)}{' ' * (marks - len(mark))} {paper.paint(line, color)}".rstrip()


def _row(row: RowSummary, report: FileReport) -> Iterator[Cells]:
    name = (row.extname or "") + ("*" if row.optional and row.documented else "")
    dims = "" if row.type == "primary" else row.dims
    dims = dims if row.documented else f"{dims}  (amendment)"
    dim = "dim" if row.state == "absent" else ""
    yield row.state, dim, ("" if row.hdu is None else str(row.hdu), name, row.type, row.dtype or "", dims)
    if row.type == "primary" and row.indices:
        return
    if row.indices and row.state in ("error", "warning", "ignored"):
        for index in row.indices[:3]:
            hdu = report.hdus[index]
            label = "found" if len(row.indices) == 1 else f"found as HDU {index}"
            yield "", row.state, ("", label, hdu.type, hdu.dtype or "", size_of(hdu))
    elif row.state == "ok" and any(f.code == "PROD008" and f.hdu in row.indices for f in report.findings):
        hdu = report.hdus[row.indices[0]]
        yield "", "dim", ("", "", hdu.type, hdu.dtype or "", f"{size_of(hdu)}  (by amendment)")
    elif not row.indices and row.state in ("missing", "ignored"):
        yield "", row.state, ("", "missing", "", "", "")


def size_of(hdu: HduSummary) -> str:
    """Axes of an image; of a table its rows and the bytes of a row."""
    if hdu.type in {"BINTABLE", "TABLE"} and len(hdu.axes) == 2:
        return f"{plural(hdu.axes[1], 'row')} of {plural(hdu.axes[0], 'byte')}"
    return times(hdu.axes) or "no data"


def solved_dimensions(report: FileReport, paper: Paper) -> Iterator[str]:
    """``ncols = 64  from SUBSIZE1, SCI``, one line for each symbol."""
    for name, value in report.symbols.items():
        text = f"{name} = {value}  from {report.origins.get(name, '')}"
        for line in wrapped(text, paper.width, MARGIN, MARGIN * 2):
            yield paper.paint(line, "dim")


def finding_lines(finding: Finding, paper: Paper) -> Iterator[str]:
    """Return a finding over as many lines as it needs: message, expected, found, hint."""
    state = str(finding.severity)
    mark = f"{MARGIN}{paper.marks[state]} {finding.code} "
    where = printable(place(finding))
    shown = "" if not where or finding.message.startswith(where.rstrip(":")) else f"{where} "
    for number, line in enumerate(wrapped(shown + message(finding), paper.width, mark, MARGIN * 2)):
        rest = line.removeprefix(mark)
        yield line if number else paper.paint(mark, state) + _named(rest, shown.rstrip(), paper)
    for label, text in details(finding):
        yield from wrapped(text, paper.width, f"{MARGIN * 2}{label:<10}")


def _named(line: str, where: str, paper: Paper) -> str:
    """Return the line with the place at its beginning in bold."""
    return paper.paint(where, "bold") + line.removeprefix(where) if where and line.startswith(where) else line
