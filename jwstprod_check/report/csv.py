"""CSV, for spreadsheets and databases: one line a finding; a file without findings has one line with empty cells.

What was not checked, ignored, left out or not read has a line too: its severity, or its verdict, says which.
"""

import csv
import re
from typing import Final, TextIO

from jwstprod_check.findings import FileReport
from jwstprod_check.report.locations import NAMELESS
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.text import printable

COLUMNS: Final = (
    "path",
    "product",
    "verdict",
    "code",
    "severity",
    "extname",
    "extver",
    "keyword",
    "column",
    "count",
    "message",
    "expected",
    "found",
    "hint",
)

_NUMBER: Final = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?")


class CsvReporter:
    """Writes the lines of each report as it comes."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        del style
        self._writer = csv.writer(stream, lineterminator="\n")

    def start(self, run: RunInfo) -> None:
        del run
        self._writer.writerow(COLUMNS)

    def add(self, report: FileReport) -> None:
        head = (report.path or NAMELESS, report.product, report.verdict)
        found = False
        for f in report.findings:
            found = True
            place = (f.extname, f.extver, f.keyword, f.column, f.count)
            self._write(head, (f.code, str(f.severity), *place, f.message, f.expected, f.found, f.hint))
        for entry in report.not_checked:
            found = True
            self._write(head, (entry.code, "not-checked", entry.extname, *[None] * 4, entry.reason, None, None, None))
        for known in report.ignored:
            found = True
            text = known.reason + (f" (until {known.until})" if known.until else "")
            self._write(head, (known.code, "ignored", *[None] * 4, known.count, text, None, None, None))
        if not found:
            self._write(head, (*[None] * 7, report.left_out or None, None, None, None))

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            self._write((unread.path, None, "not-read"), (*[None] * 7, unread.reason, None, None, None))

    def _write(self, head: tuple[str, str | None, str], rest: tuple[str | int | None, ...]) -> None:
        self._writer.writerow([_path(head[0]), *map(_cell, (*head[1:], *rest))])


def _path(path: str) -> str:
    """Return a path that a spreadsheet does not take for a formula; it names the same file."""
    text = printable(path)
    return f"./{text}" if text.startswith(("=", "+", "-", "@")) else text


def _cell(value: str | int | None) -> str:
    """Return a cell that a spreadsheet does not take for a formula."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = printable(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) and not _NUMBER.fullmatch(text) else text
