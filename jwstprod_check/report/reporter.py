"""The interface of a reporter: it gets one report at a time, writes it, and keeps nothing."""

from collections.abc import Callable
from typing import Final, Protocol, TextIO

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


def _rich(stream: TextIO, style: Style) -> Reporter:
    from jwstprod_check.report.terminal import TerminalReporter

    return TerminalReporter(stream, style)


def _concise(stream: TextIO, style: Style) -> Reporter:
    from jwstprod_check.report.concise import ConciseReporter

    return ConciseReporter(stream, style)


def _json(stream: TextIO, _style: Style) -> Reporter:
    from jwstprod_check.report.json import JsonReporter

    return JsonReporter(stream)


def _ndjson(stream: TextIO, _style: Style) -> Reporter:
    from jwstprod_check.report.json import NdjsonReporter

    return NdjsonReporter(stream)


REPORTERS: Final[dict[str, Callable[[TextIO, Style], Reporter]]] = {
    "rich": _rich,
    "concise": _concise,
    "json": _json,
    "ndjson": _ndjson,
}
"""Format name -> maker of its reporter, which imports what it needs when it is made."""

WITHOUT_TABLE: Final = frozenset({"concise", "json", "ndjson"})
"""Formats that do not show the table of a file."""
