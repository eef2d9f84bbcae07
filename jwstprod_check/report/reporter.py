"""The interface of a reporter: it gets one report at a time, writes it, and keeps nothing or little of it."""

from importlib import import_module
from typing import Final, Protocol, TextIO

import msgspec

from jwstprod_check.findings import FileReport
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary


class Reporter(Protocol):
    """Writes reports to a stream as they come."""

    def start(self, run: RunInfo) -> None:
        """Write what comes before the first report."""
        ...

    def add(self, report: FileReport) -> None:
        """Write one report."""
        ...

    def finish(self, summary: Summary) -> None:
        """Write what comes after the last report."""
        ...


class Format(msgspec.Struct, frozen=True):
    """A format: the module of its reporter, imported when one is made.

    ``table`` is whether it shows the table of a file, ``thumbnails`` whether it shows pictures of the images.
    """

    module: str
    reporter: str
    table: bool = False
    thumbnails: bool = False

    def __call__(self, stream: TextIO, style: Style) -> Reporter:
        made: Reporter = getattr(import_module(f"jwstprod_check.report.{self.module}"), self.reporter)(stream, style)
        return made


REPORTERS: Final = {
    "rich": Format("terminal", "TerminalReporter", table=True),
    "concise": Format("concise", "ConciseReporter"),
    "json": Format("json", "JsonReporter"),
    "ndjson": Format("json", "NdjsonReporter"),
    "markdown": Format("markdown", "MarkdownReporter"),
    "github": Format("github", "GithubReporter"),
    "csv": Format("csv", "CsvReporter"),
    "junit": Format("junit", "JunitReporter"),
    "gitlab": Format("gitlab", "GitlabReporter"),
    "sarif": Format("sarif", "SarifReporter"),
    "html": Format("html", "HtmlReporter", table=True, thumbnails=True),
}
"""Format name -> its reporter."""

WITHOUT_TABLE: Final = frozenset(name for name, form in REPORTERS.items() if not form.table)
"""Formats that do not show the table of a file."""
