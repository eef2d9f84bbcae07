"""The counts over all files of a run, and the sentence that states them."""

from typing import Any

import msgspec

from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.storage.paths import PassedOver
from jwstprod_check.text import plural, valid_text

UNKNOWN_PRODUCT = "unknown"


class Unread(msgspec.Struct, frozen=True):
    """What could not even be opened: a folder that cannot be listed, a link to nothing, a path that does not exist."""

    path: str
    reason: str


class Summary:
    """Counts that grow with each report; the only thing that a run keeps of a file.

    ``by_code`` counts the findings of each rule and the files that have one, ``by_product`` the files of each product and
    those that do not conform, ``passed_over`` what was found in folders and not looked at. ``complete`` is False where the run was ended before its last file.
    """

    def __init__(self) -> None:
        self.files = 0
        self.verdicts = {"conforming": 0, "nonconforming": 0, "unverified": 0, "left-out": 0}
        self.severities = dict.fromkeys(Severity, 0)
        self.by_code: dict[str, list[int]] = {}
        self.by_product: dict[str, list[int]] = {}
        self.unread: list[Unread] = []
        self.passed_over = PassedOver()
        self.level = "structure"
        self.complete = True
        self.missing = False

    def add(self, report: FileReport) -> None:
        """Count a report."""
        self.files += 1
        verdict = report.verdict
        self.verdicts[verdict] += 1
        self.level = report.level
        seen: set[str] = set()
        for finding in report.findings:
            self.severities[finding.severity] += 1
            counts = self.by_code.setdefault(finding.code, [0, 0])
            counts[0] += finding.count
            if finding.code not in seen:
                seen.add(finding.code)
                counts[1] += 1
        product = self.by_product.setdefault(report.product or UNKNOWN_PRODUCT, [0, 0])
        product[0] += 1
        product[1] += verdict == "nonconforming"

    def trouble(self, path: str, reason: str, named: bool) -> None:
        """Note what could not be opened; what the user named and is not there makes the job impossible."""
        self.unread.append(Unread(path, reason))
        self.missing = self.missing or named

    @property
    def judged(self) -> int:
        """Files that were judged."""
        return self.files - self.verdicts["left-out"]

    @property
    def failed(self) -> bool:
        """Whether a file does not conform, was not verified or could not even be opened."""
        return self.verdicts["nonconforming"] + self.verdicts["unverified"] + len(self.unread) > 0

    def to_dict(self) -> dict[str, Any]:
        """Return the ``summary`` element of the JSON report."""
        return {
            "files": self.files,
            **{verdict.replace("-", "_"): count for verdict, count in self.verdicts.items()},
            **{f"{severity}s": count for severity, count in self.severities.items()},
            "by_code": {code: {"findings": n, "files": files} for code, (n, files) in sorted(self.by_code.items())},
            "by_product": {
                name: {"files": n, "nonconforming": bad} for name, (n, bad) in sorted(self.by_product.items())
            },
            "passed_over": [{"kind": kind, "what": what, "count": n} for kind, what, n in self.passed_over.counts()],
            "complete": self.complete,
        }

    def unread_to_list(self) -> list[dict[str, str]]:
        """Return the ``unread`` element of the JSON report."""
        return [{"path": valid_text(u.path), "reason": u.reason} for u in self.unread]

    def sentence(self) -> str:
        """``3 files checked (structure): 2 conform, 1 does not; 2 errors, 1 warning``."""
        good, bad, open_, out = (self.verdicts[v] for v in ("conforming", "nonconforming", "unverified", "left-out"))
        parts = [f"{good} {'conforms' if good == 1 else 'conform'}"] if good else []
        if bad:
            parts.append(f"{bad} {'does' if bad == 1 else 'do'} not" + ("" if parts else " conform"))
        parts += [f"{open_} unverified"] if open_ else []
        parts += [f"{out} left out"] if out else []
        counted = ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        counts = [plural(self.severities[s], noun) for s, noun in counted if self.severities[s]]
        tail = f"; {', '.join(counts)}" if counts else ""
        cut = "" if self.complete else "; the run was ended before its last file"
        return f"{plural(self.files, 'file')} checked ({self.level}): {', '.join(parts) or 'none'}{tail}{cut}"
