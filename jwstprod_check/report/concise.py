"""One line for each finding, then the counts of the run and a sentence: for pipes, logs and editors.

``path:HDU: severity CODE message``. Every line is safe to print: control characters are escaped.
"""

from typing import TextIO

from jwstprod_check.findings import FileReport
from jwstprod_check.report.closing import closing
from jwstprod_check.report.repeats import Repeats
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import FROM_CACHE, across, ignored, missed, place, sentence
from jwstprod_check.text import plural, printable


class ConciseReporter:
    """Writes findings line by line."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._limits = ""
        self._repeats = Repeats(style)

    def start(self, run: RunInfo) -> None:
        self._limits = run.limits()

    def add(self, report: FileReport) -> None:
        path = report.path or "<bytes>"
        shown, more = self._repeats.shown(report)
        for finding in shown:
            self._line(f"{path}:{place(finding)} {finding.severity} {finding.code} {sentence(finding)}")
        if more:
            self._line(f"{path}: and {plural(more, 'finding')} more (--max-findings)")
        if report.not_checked:
            self._line(f"{path}: not checked: {missed(report, self._style)}")
        if report.left_out and self._style.verbosity > 0:
            self._line(f"{path}: left out: {report.left_out}")
        if self._style.verbosity > 0:
            if report.cached:
                self._line(f"{path}: {FROM_CACHE}")
            for known in report.ignored:
                self._line(f"{path}: ignored {plural(known.count, 'finding')} of {ignored(known)}")
            for skipped in report.skipped:
                self._line(f"{path}: skipped {skipped.code} {skipped.reason}")
            for rule in report.inapplicable:
                self._line(f"{path}: not applicable {rule.code} {rule.reason}")

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            self._line(f"{unread.path}: not read: {unread.reason}")
        for finding in summary.delivery:
            if self._style.shows(finding):
                self._line(f"delivery: {across(finding)}")
        if self._style.verbosity >= 0:
            for line in closing(summary, self._repeats.hidden, self._style):
                self._line(f"{line.text}:" if line.kind == "heading" else f"  {line.text}")
        if self._style.verbosity >= 0 or not summary.complete:
            self._line(summary.sentence())
            if self._limits:
                self._line(f"asked for: {self._limits}")

    def _line(self, text: str) -> None:
        """Write a line, whatever it is made of, so that it is safe to print."""
        self._stream.write(printable(text) + "\n")
