"""GitLab's code quality report: a JSON array with an object for each finding, written as it comes."""

from hashlib import sha256
from typing import Any, Final, TextIO

from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.report.json import encode
from jwstprod_check.report.locations import Checkout, inside
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import ignored, sentence
from jwstprod_check.text import plural, printable

SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


class GitlabReporter:
    """Writes an object a finding; ``fingerprint`` is unique in the report, as GitLab asks."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._checkout = Checkout()
        self._separator = "\n"
        self._seen: dict[bytes, int] = {}

    def start(self, run: RunInfo) -> None:
        del run
        self._stream.write("[")

    def add(self, report: FileReport) -> None:
        path = report.path
        for finding in report.findings:
            if self._style.shows(finding, report.failing):
                where = inside(finding)
                text = f"{where + ': ' if where else ''}{sentence(finding)}"
                mark = finding.fingerprint(path)
                self._write(path, f"{finding.code} {finding.name}", text, SEVERITIES[finding.severity], mark)
        for entry in report.not_checked:
            place = f"{entry.extname}: " if entry.extname else ""
            text = f"not checked: {entry.code}: {place}{entry.reason}"
            self._write(path, entry.code, text, SEVERITIES[Severity.ERROR])
        for known in report.ignored:
            text = f"{plural(known.count, 'finding')} ignored: {ignored(known)}"
            self._write(path, known.code, text, SEVERITIES[Severity.INFO])
        if report.left_out:
            self._write(path, "left-out", f"left out: {report.left_out}", SEVERITIES[Severity.INFO])

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            self._write(unread.path, "not-read", f"not read: {unread.reason}", "blocker")
        if not summary.complete:
            self._write(".", "incomplete", "the run was ended before its last file", "blocker")
        self._stream.write("\n]\n")

    def _write(self, path: str, check: str, text: str, severity: str, mark: str | None = None) -> None:
        shown, said = self._checkout.shown(path), printable(text)
        entry: dict[str, Any] = {
            "description": said,
            "check_name": check,
            "fingerprint": self._unique(
                mark or sha256(f"{shown.rpartition('/')[2]}\0{check}\0{said}".encode()).hexdigest()
            ),
            "severity": severity,
            "location": {"path": shown, "lines": {"begin": 1}},
        }
        self._stream.write(self._separator + encode(entry))
        self._separator = ",\n"

    def _unique(self, mark: str) -> str:
        """Number what occurs again: files of one name in several folders, the same twice in one file."""
        key = bytes.fromhex(mark[:32])
        number = self._seen[key] = self._seen.get(key, 0) + 1
        return mark[:32] if number == 1 else sha256(f"{mark}:{number}".encode()).hexdigest()[:32]
