"""The counts over all files of a run, and the sentence that states them."""

from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.text import plural


class Summary:
    """Counts that grow with each report; the only thing that a run keeps of a file."""

    def __init__(self) -> None:
        self.files = 0
        self.conforming = 0
        self.unverified = 0
        self.errors = 0
        self.warnings = 0
        self.infos = 0
        self.skipped = 0
        self.worst = -1
        self.level = "structure"

    def add(self, report: FileReport) -> None:
        """Count a report."""
        self.files += 1
        self.skipped += bool(report.skipped)
        self.level = report.level
        severities = [finding.severity for finding in report.findings]
        errors = severities.count(Severity.ERROR)
        self.conforming += report.conforming
        self.unverified += report.verdict == "unverified"
        if severities:
            self.errors += errors
            self.warnings += severities.count(Severity.WARNING)
            self.infos += severities.count(Severity.INFO)
            self.worst = max(self.worst, report.worst())

    def to_dict(self) -> dict[str, int]:
        """Return the ``summary`` element of the JSON report."""
        return {
            "files": self.files,
            "conforming": self.conforming,
            "nonconforming": self.files - self.conforming,
            "errors": self.errors,
            "warnings": self.warnings,
            "infos": self.infos,
        }

    def sentence(self) -> str:
        """``3 files checked (structure): 2 conform, 1 does not; 2 errors, 1 warning``."""
        bad = self.files - self.conforming
        verdicts = []
        if self.conforming:
            verdicts.append(f"{self.conforming} {'conforms' if self.conforming == 1 else 'conform'}")
        if bad:
            verdicts.append(
                f"{bad} {'does' if bad == 1 else 'do'} not conform"
                if not verdicts
                else f"{bad} {'does' if bad == 1 else 'do'} not"
            )
        counts = [plural(n, noun) for n, noun in ((self.errors, "error"), (self.warnings, "warning")) if n]
        tail = f"; {', '.join(counts)}" if counts else ""
        return f"{plural(self.files, 'file')} checked ({self.level}): {', '.join(verdicts)}{tail}"
