"""GitHub's workflow commands: annotations of a run, and its summary page.

GitHub shows ten annotations of a kind; the first finding of each file comes before the second of any. What they leave out
is counted in the last line. Where the runner names a file for the summary page, it is given the Markdown report.
"""

import os
from io import StringIO
from typing import Final, TextIO

from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.report.locations import Checkout, inside
from jwstprod_check.report.markdown import MarkdownReporter
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import missed, sentence
from jwstprod_check.text import plural, printable

MAX_SHOWN: Final = 10
"""Annotations of a kind that GitHub shows of a step."""

MAX_PAGE: Final = 1_000_000
"""Bytes of the summary page; GitHub takes 1 MiB."""

KINDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}

PAGE: Final = "GITHUB_STEP_SUMMARY"


class GithubReporter:
    """Keeps at most ten annotations of a kind and writes them at the end, the errors first."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._checkout = Checkout()
        self._first: dict[str, list[str]] = {kind: [] for kind in KINDS.values()}
        self._other: dict[str, list[str]] = {kind: [] for kind in KINDS.values()}
        self._count = 0
        self._page = StringIO()
        self._markdown = MarkdownReporter(self._page, style) if os.environ.get(PAGE) else None

    def start(self, run: RunInfo) -> None:
        if self._markdown is not None:
            self._markdown.start(run)

    def add(self, report: FileReport) -> None:
        if self._markdown is not None:
            self._markdown.add(report)
        if report.left_out:
            # A line of the log: no annotation, of which GitHub shows few.
            self._stream.write(f"{_data(self._checkout.shown(report.path))}: left out: {_data(report.left_out)}\n")
        seen: set[str] = set()
        for finding in sorted(report.findings, key=lambda f: -f.severity.rank):
            if self._style.shows(finding, report.failing):
                where = inside(finding)
                text = f"{where + ': ' if where else ''}{sentence(finding)}"
                title = f"{finding.code} {finding.name}"
                self._keep(KINDS[finding.severity], report.path, title, text, seen)
        if report.not_checked:
            self._keep("error", report.path, "not checked", missed(report, self._style), seen)

    def _keep(self, kind: str, path: str, title: str, text: str, seen: set[str]) -> None:
        self._count += 1
        kept = self._other[kind] if kind in seen else self._first[kind]
        seen.add(kind)
        if len(kept) < MAX_SHOWN:
            place = f"file={_property(self._checkout.shown(path))},title={_property(title)}"
            kept.append(f"::{kind} {place}::{_data(text)}\n")

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            self._keep("error", unread.path, "not read", unread.reason, set())
        shown = 0
        for kind, first in self._first.items():
            for line in (*first, *self._other[kind])[:MAX_SHOWN]:
                self._stream.write(line)
                shown += 1
        hidden = f"; {self._count - shown:,} more are not annotated" if self._count > shown else ""
        self._stream.write(f"{summary.sentence()}{hidden}\n")
        if self._markdown is not None:
            self._markdown.finish(summary)
            self._write_page()

    def _write_page(self) -> None:
        page = self._page.getvalue().encode(errors="backslashreplace")
        if len(page) > MAX_PAGE:
            whole = page[:MAX_PAGE].rpartition(b"\n")[0]
            page = whole + f"\n\nThe page is truncated: {plural(len(page) - len(whole), 'byte')} more.\n".encode()
        with open(os.environ[PAGE], "ab") as stream:
            stream.write(page)


def _data(text: str) -> str:
    """Text of a command: no line ends it, and ``##[`` begins no other."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
