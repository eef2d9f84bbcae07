"""What a reporter is: it gets one report at a time, writes it, and forgets it."""

from collections.abc import Callable
from typing import Final, Protocol, TextIO

import msgspec

from jwstprod_check.findings import FileReport, Finding, Severity
from jwstprod_check.report.summary import Summary


class Style(msgspec.Struct, frozen=True):
    """How much a text reporter says.

    ``verbosity`` is -1 with ``-q`` (silent on success), 0, or 1 and more with ``-v`` (info findings, what was
    skipped, every table); ``detail`` draws the table of a conforming file too; ``color`` allows colour.
    """

    verbosity: int = 0
    detail: bool = False
    color: bool = True

    def shows(self, finding: Finding) -> bool:
        """Whether a finding is printed."""
        if self.verbosity > 0:
            return True
        return finding.severity is not Severity.INFO and (self.verbosity == 0 or finding.severity is Severity.ERROR)


class Reporter(Protocol):
    """Writes reports to a stream as they come."""

    def start(self) -> None:
        """Write what stands before the first report."""
        ...

    def add(self, report: FileReport) -> None:
        """Write one report."""
        ...

    def finish(self, summary: Summary) -> None:
        """Write what stands after the last report."""
        ...


def _rich(stream: TextIO, style: Style) -> Reporter:
    from jwstprod_check.report.terminal import TerminalReporter

    return TerminalReporter(stream, style)


def _concise(stream: TextIO, style: Style) -> Reporter:
    from jwstprod_check.report.concise import ConciseReporter

    return ConciseReporter(stream, style)


def _json(stream: TextIO, _style: Style) -> Reporter:
    from jwstprod_check.report.machine import JsonReporter

    return JsonReporter(stream)


def _ndjson(stream: TextIO, _style: Style) -> Reporter:
    from jwstprod_check.report.machine import NdjsonReporter

    return NdjsonReporter(stream)


REPORTERS: Final[dict[str, Callable[[TextIO, Style], Reporter]]] = {
    "rich": _rich,
    "concise": _concise,
    "json": _json,
    "ndjson": _ndjson,
}
"""Format name -> maker of its reporter, which imports what it needs when it is made."""

WITHOUT_TABLE: Final = frozenset({"concise", "json", "ndjson"})
"""Formats that do not show the table of a file, so that it need not be made."""
