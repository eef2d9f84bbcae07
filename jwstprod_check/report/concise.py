"""One line for each finding, then a sentence: for pipes, logs and editors.

``path:HDU: severity CODE message``. Every line is safe to print: control characters stand as escapes.
"""

from typing import TextIO

from jwstprod_check.findings import FileReport, Finding
from jwstprod_check.report.reporter import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.text import plural, printable


class ConciseReporter:
    """Writes findings line by line."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style

    def start(self) -> None:
        pass

    def add(self, report: FileReport) -> None:
        path = printable(report.path or "<bytes>")
        for finding in report.findings:
            if self._style.shows(finding):
                self._stream.write(f"{path}:{place(finding)} {finding.severity} {finding.code} {sentence(finding)}\n")
        if self._style.verbosity > 0:
            for skipped in report.skipped:
                self._stream.write(f"{path}: skipped {skipped.code} {printable(skipped.reason)}\n")

    def finish(self, summary: Summary) -> None:
        if self._style.verbosity >= 0 or summary.conforming < summary.files:
            self._stream.write(summary.sentence() + "\n")


def place(finding: Finding) -> str:
    """Return where a finding is: ``SCI:``, ``SCI,2:``, ``HDU 3:``, ``primary:``, or nothing for the whole file."""
    if finding.extname:
        several = finding.extver is not None and finding.extver != 1
        return f"{finding.extname},{finding.extver}:" if several else f"{finding.extname}:"
    if finding.hdu is None:
        return ""
    return "primary:" if finding.hdu == 0 else f"HDU {finding.hdu}:"


def sentence(finding: Finding) -> str:
    """Return the message with how often it holds and where, and the hint."""
    text = finding.message
    if finding.count > 1:
        more = ", ..." if finding.count > len(finding.places) else ""
        places = f": {', '.join(finding.places)}{more}" if finding.places else ""
        text += f" ({plural(finding.count, 'time')}{places})"
    return f"{text} [{finding.hint}]" if finding.hint else text
