"""The counts over all files of a run, and the sentence that states them."""

from typing import Any

import msgspec

from jwstprod_check.findings import FileReport, Ignored, SetFinding, Severity, Traffic
from jwstprod_check.report.passed_over import PassedOver
from jwstprod_check.text import plural, printable, valid_text

UNKNOWN_PRODUCT = "unknown"

MAX_LISTED = 100
"""Files that the summary names, by default."""

MAX_CODES = 5
"""Codes that the summary names for a file."""


class Unread(msgspec.Struct, frozen=True):
    """What could not even be opened: a folder that cannot be listed, a link to nothing, a path that does not exist."""

    path: str
    reason: str


class CodeCount(msgspec.Struct):
    """How often a rule found something, in how many files, and the worst severity of it."""

    code: str
    name: str
    severity: Severity
    findings: int = 0
    files: int = 0


class FailingFile(msgspec.Struct, frozen=True):
    """A file that fails: its verdict, and the codes of what was found or not checked, the worst first."""

    path: str
    verdict: str
    codes: tuple[str, ...]
    more: int = 0

    def why(self) -> str:
        """``nonconforming: HDU001, ARR001 and 2 more``."""
        more = f" and {self.more} more" if self.more else ""
        return f"{self.verdict}: {', '.join(self.codes)}{more}"


class IgnoredCount(msgspec.Struct):
    """Findings that the user declared known, and the files that have them."""

    findings: int = 0
    files: int = 0


class LeftOut(msgspec.Struct):
    """Files left out for one reason, and the first of them."""

    files: int
    paths: list[str]


class Summary:
    """Counts that grow with each report; the only thing that a run keeps of a file.

    ``by_code`` counts the findings of each rule and the files that have one, ``by_product`` the files of each product and
    those that do not conform, ``ignored`` what was ignored by code, reason and date, ``left_out`` the files left out by
    reason, ``associations`` how many association files were read, ``passed_over`` what was found in folders and not looked at,
    ``cached`` the files that were not opened, because their reports were in the cache, ``remote`` what servers were asked for by
    ``remote_files``. ``most`` is how many failing files are named, 0 for
    all. ``complete`` is False where the run was ended before its last file.
    """

    def __init__(self, most: int = MAX_LISTED) -> None:
        self.files = 0
        self.associations = 0
        self.cached = 0
        self.verdicts = {"conforming": 0, "nonconforming": 0, "unverified": 0, "left-out": 0}
        self.severities = dict.fromkeys(Severity, 0)
        self.by_code: dict[str, CodeCount] = {}
        self.by_product: dict[str, list[int]] = {}
        self.ignored: dict[tuple[str, str, str | None], IgnoredCount] = {}
        self.left_out: dict[str, LeftOut] = {}
        self.unread: list[Unread] = []
        self.delivery: list[SetFinding] = []
        self.delivery_ignored: list[Ignored] = []
        self._concerned: dict[str, set[str]] = {}
        self._failing_severity = Severity.ERROR
        self.passed_over = PassedOver()
        self.level = "structure"
        self.complete = True
        self.missing = False
        self.remote: Traffic | None = None
        self.remote_files = 0
        self._most = most
        self._failing: dict[str, list[FailingFile]] = {"nonconforming": [], "unverified": []}

    def add(self, report: FileReport) -> None:
        """Count a report."""
        self.files += 1
        self.cached += report.cached
        verdict = report.verdict
        self.verdicts[verdict] += 1
        self.level = report.level
        seen: set[str] = set()
        for finding in report.findings:
            severity, code = finding.severity, finding.code
            self.severities[severity] += 1
            counts = self.by_code.get(code)
            if counts is None:
                counts = self.by_code[code] = CodeCount(code, finding.name, severity)
            elif counts.severity is not severity and counts.severity.rank < severity.rank:
                counts.severity = severity
            counts.findings += finding.count
            if code not in seen:
                seen.add(code)
                counts.files += 1
        if report.remote is not None:
            self._count_remote(report.remote)
        product = self.by_product.setdefault(report.product or UNKNOWN_PRODUCT, [0, 0])
        product[0] += 1
        product[1] += verdict == "nonconforming"
        for ignored in report.ignored:
            known = self.ignored.setdefault((ignored.code, ignored.reason, ignored.until), IgnoredCount())
            known.findings += ignored.count
            known.files += 1
        if verdict == "left-out":
            self._leave_out(report)
        elif verdict != "conforming":
            self._fail(report, self._failing[verdict])

    def _count_remote(self, traffic: Traffic) -> None:
        before = self.remote or Traffic()
        self.remote = Traffic(before.requests + traffic.requests, before.bytes + traffic.bytes)
        self.remote_files += 1

    def _leave_out(self, report: FileReport) -> None:
        out = self.left_out.setdefault(report.left_out, LeftOut(0, []))
        out.files += 1
        if not self._most or len(out.paths) < self._most:
            out.paths.append(report.path)

    def _fail(self, report: FileReport, listed: list[FailingFile]) -> None:
        if self._most and len(listed) >= self._most:
            return
        worst = sorted(report.findings, key=lambda f: -f.severity.rank)
        failing = [f.code for f in worst if f.severity.rank >= report.failing.rank]
        codes = list(dict.fromkeys([*failing, *(entry.code for entry in report.not_checked)]))
        named = tuple(codes[:MAX_CODES])
        listed.append(FailingFile(report.path or "<bytes>", report.verdict, named, len(codes) - len(named)))

    def add_across(self, finding: SetFinding, failing: Severity) -> None:
        """Count a finding about several files; at or above ``failing`` it makes the run fail."""
        self._failing_severity = failing
        self.delivery.append(finding)
        self.severities[finding.severity] += 1
        counts = self.by_code.setdefault(finding.code, CodeCount(finding.code, finding.name, finding.severity))
        counts.findings += 1
        concerned = self._concerned.setdefault(finding.code, set())
        counts.files += len(set(finding.paths) - concerned)
        concerned.update(finding.paths)

    def ignore_across(self, finding: SetFinding, reason: str, until: str | None) -> None:
        """Count a finding about several files that the user declared known."""
        known = self.ignored.setdefault((finding.code, reason, until), IgnoredCount())
        known.findings += finding.count
        known.files += len(finding.paths)
        self.delivery_ignored.append(Ignored(finding.code, finding.count, reason, until))

    def delivery_to_dict(self) -> dict[str, Any]:
        """Return the ``delivery`` element of the JSON report."""
        return {
            "findings": msgspec.to_builtins(self.delivery),
            "ignored": msgspec.to_builtins(self.delivery_ignored),
            "associations": self.associations,
        }

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
        least = self._failing_severity.rank
        across = any(finding.severity.rank >= least for finding in self.delivery)
        return across or self.verdicts["nonconforming"] + self.verdicts["unverified"] + len(self.unread) > 0

    @property
    def failing(self) -> list[FailingFile]:
        """The first of the files that fail, nonconforming ones before unverified ones."""
        files = [*self._failing["nonconforming"], *self._failing["unverified"]]
        return files[: self._most] if self._most else files

    @property
    def unlisted(self) -> int:
        """How many files fail beside those that are named."""
        return self.verdicts["nonconforming"] + self.verdicts["unverified"] - len(self.failing)

    def codes(self) -> list[CodeCount]:
        """Return the counts by code: errors before warnings, what most files have before what few have."""
        return sorted(self.by_code.values(), key=lambda c: (-c.severity.rank, -c.files, c.code))

    def to_dict(self) -> dict[str, Any]:
        """Return the ``summary`` element of the JSON report."""
        return {
            "files": self.files,
            **{verdict.replace("-", "_"): count for verdict, count in self.verdicts.items()},
            **{f"{severity}s": count for severity, count in self.severities.items()},
            "by_code": {
                code: {"findings": count.findings, "files": count.files} for code, count in sorted(self.by_code.items())
            },
            "by_product": {
                name: {"files": n, "nonconforming": bad} for name, (n, bad) in sorted(self.by_product.items())
            },
            "passed_over": [{"kind": kind, "what": what, "count": n} for kind, what, n in self.passed_over.counts()],
            **({"cached": self.cached} if self.cached else {}),
            "complete": self.complete,
            **({} if self.remote is None else {"remote": msgspec.to_builtins(self.remote)}),
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
        also = f" and {plural(self.associations, 'association')}" if self.associations else ""
        return f"{plural(self.files, 'file')}{also} checked ({printable(self.level)}): {', '.join(parts) or 'none'}{tail}{cut}"
