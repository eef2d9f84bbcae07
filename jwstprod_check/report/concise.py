"""One line for each finding, then a sentence: for pipes, logs and editors.

``path:HDU: severity CODE message``. Every line is safe to print: control characters are escaped.
"""

from typing import TextIO

from jwstprod_check.findings import FileReport
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import missed, place, sentence
from jwstprod_check.text import printable


class ConciseReporter:
    """Writes findings line by line."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._limits = ""

    def start(self, run: RunInfo) -> None:
        self._limits = run.limits()

    def add(self, report: FileReport) -> None:
        path = printable(report.path or "<bytes>")
        for finding in report.findings:
            if self._style.shows(finding, report.failing):
                self._stream.write(f"{path}:{place(finding)} {finding.severity} {finding.code} {sentence(finding)}\n")
        if report.not_checked:
            self._stream.write(f"{path}: not checked: {missed(report, self._style)}\n")
        if report.left_out and self._style.verbosity >= 0:
            self._stream.write(f"{path}: left out: {printable(report.left_out)}\n")
        if self._style.verbosity > 0:
            for skipped in report.skipped:
                self._stream.write(f"{path}: skipped {skipped.code} {printable(skipped.reason)}\n")
            for rule in report.inapplicable:
                self._stream.write(f"{path}: not applicable {rule.code} {printable(rule.reason)}\n")

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            self._stream.write(f"{printable(unread.path)}: not read: {unread.reason}\n")
        if self._style.verbosity >= 0 or summary.failed:
            self._stream.write(summary.sentence() + "\n")
            if self._limits:
                self._stream.write(f"asked for: {self._limits}\n")
