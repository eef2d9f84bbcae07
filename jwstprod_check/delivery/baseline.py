"""The baseline: findings that were there before, which do not fail a file; new ones do, and vanished ones are reported.

A finding is recognised by its fingerprint (name of the file without its folder, code, place, what was expected and found),
so that files may move, but a value may not change. What a known finding kept from being checked is known as well, and
nothing else: where more is left unchecked than before, the file is ``unverified``, as it is without a broken fact.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Final, Literal

import msgspec

from jwstprod_check import __version__
from jwstprod_check.delivery.ignores import without
from jwstprod_check.findings import FileReport, Finding, NotChecked, SetFinding, Severity, Skipped
from jwstprod_check.storage.local import LocalSource
from jwstprod_check.text import listed, plural, printable, valid_text

SCHEMA: Final = "jwstprod-baseline/1"


class BaselineError(Exception):
    """A baseline that cannot be read or is none."""


class Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known finding: ``count`` is how often it is in one file; ``message`` is for people. ``file`` has no folder."""

    file: str
    code: str
    fingerprint: str
    count: Annotated[int, msgspec.Meta(ge=1)]
    message: str = ""


class Unchecked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """What known findings keep from being checked in a file."""

    file: str
    code: str
    reason: str


class BaselineDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file, sorted by file and code."""

    schema: Literal["jwstprod-baseline/1"]
    findings: list[Known]
    unchecked: list[Unchecked] = []
    tool: str = ""


class Baseline:
    """The known findings, and which of them the run has met. ``source`` is the file, ``reason`` why they are accepted."""

    reason: Final = "baseline"

    def __init__(self, document: BaselineDocument, source: str) -> None:
        self._document = document
        self._source = source
        self._known = {entry.fingerprint: entry for entry in document.findings}
        self._unchecked = {(entry.file, entry.code, entry.reason) for entry in document.unchecked}
        self._files = {entry.file for entry in document.findings}
        self._met: set[str] = set()
        self._seen: set[str] = set()

    def apply(self, report: FileReport) -> FileReport:
        """Return a report in which the known findings are listed as ignored."""
        base = base_name(report.path)
        if base not in self._files or report.left_out:
            return report
        self._seen.add(base)
        kept: list[Finding] = []
        known: list[Finding] = []
        counts: dict[str, int] = {}
        for finding in report.findings:
            mark = finding.fingerprint(report.path)
            entry = self._known.get(mark)
            counts[mark] = counts.get(mark, 0) + finding.count
            if entry is not None and counts[mark] <= entry.count and finding.code[:-3] != "TOOL":
                known.append(finding)
                self._met.add(mark)
            else:
                kept.append(finding)
                # The entry is met, though there is more of it than was known.
                self._met.add(mark)
        if not known:
            return report
        missed = (*report.not_checked, *self._left(base, known, report.skipped))
        changed = without(report, kept, known, [(self.reason, None)] * len(known))
        return msgspec.structs.replace(changed, not_checked=missed)

    def _left(self, base: str, known: list[Finding], skipped: Iterable[Skipped]) -> Iterator[NotChecked]:
        """What is not checked because of findings that do not count."""
        from jwstprod_check.rules import find_rule

        for finding in known:
            rule = find_rule(finding.code)
            if rule is not None and rule.fact:
                yield NotChecked(finding.code, f"what rests on it was not checked: {finding.message}", finding.hdu)
        for skip in skipped:
            if (base, skip.code, skip.reason) not in self._unchecked:
                yield NotChecked(skip.code, f"{skip.reason}; the baseline does not list this as unchecked")

    def across(self, finding: SetFinding) -> bool:
        """Whether a finding about several files is known."""
        mark = across_mark(finding)
        self._met.add(mark)
        return mark in self._known

    def vanished(self, runs: Callable[[str], bool]) -> list[Known]:
        """Entries of files that were checked, with their rule, which were not found; ``runs`` is whether a rule was asked for."""
        there = (e for e in self._document.findings if e.file in self._seen and e.fingerprint not in self._met)
        return [entry for entry in there if runs(entry.code)]

    def finish(self, runs: Callable[[str], bool]) -> Iterator[SetFinding]:
        """Report the entries that have vanished."""
        gone = self.vanished(runs)
        if gone:
            what = listed(f"{printable(e.code)} in {printable(e.file)}" for e in gone)
            message = f"{plural(len(gone), 'known finding')} no longer found: {what}"
            hint = "--prune-baseline removes such entries"
            paths = (valid_text(self._source),)
            yield SetFinding("TOOL005", "baseline-entry-vanished", Severity.INFO, message, hint=hint, paths=paths)

    def pruned(self, runs: Callable[[str], bool]) -> bytes:
        """Return the file without the entries that have vanished."""
        gone = {entry.fingerprint for entry in self.vanished(runs)}
        return encoded([e for e in self._document.findings if e.fingerprint not in gone], self._document.unchecked)


class Recorder:
    """Collects the findings of a run for a new baseline: those of warning severity or above, or what fails a file."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._unchecked: set[Unchecked] = set()

    def add(self, report: FileReport) -> None:
        """Take the findings of a file."""
        base = base_name(report.path)
        least = min(report.failing.rank, Severity.WARNING.rank)
        counts: dict[str, int] = {}
        for finding in report.findings:
            if finding.severity.rank < least or finding.code[:-3] == "TOOL":
                continue
            mark = finding.fingerprint(report.path)
            counts[mark] = counts.get(mark, 0) + finding.count
            self._take(mark, base, finding, counts[mark])
        if counts:
            self._unchecked.update(Unchecked(base, skip.code, skip.reason) for skip in report.skipped)

    def add_across(self, finding: SetFinding) -> None:
        """Take a finding about several files."""
        self._take(across_mark(finding), "", finding, finding.count)

    def _take(self, mark: str, base: str, finding: Finding, count: int) -> None:
        before = self._known.get(mark)
        if before is None or before.count < count:
            self._known[mark] = Known(base, finding.code, mark, count, finding.message)

    def encoded(self) -> bytes:
        """Return the file."""
        return encoded(self._known.values(), self._unchecked)


def encoded(findings: Iterable[Known], unchecked: Iterable[Unchecked]) -> bytes:
    """Return a baseline as JSON, an entry a line, in an order that depends on nothing else."""
    entries = sorted(findings, key=lambda e: (e.file, e.code, e.fingerprint))
    files = {entry.file for entry in entries}
    document = BaselineDocument(
        "jwstprod-baseline/1", entries, sorted(u for u in unchecked if u.file in files), f"jwstprod {__version__}"
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def read_baseline(path: str) -> Baseline:
    """Return the baseline of a file. Raises ``BaselineError``."""
    try:
        with LocalSource(path) as source:
            raw = source.read(0, source.stored)
        return Baseline(msgspec.json.decode(raw, type=BaselineDocument), path)
    except OSError as error:
        raise BaselineError(f"{printable(path)}: {error.strerror or error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BaselineError(f"{printable(path)} is no baseline of jwstprod: {printable(str(error))}") from None


def base_name(path: str) -> str:
    """Return the name of a file without its folder, as its fingerprints contain it."""
    return valid_text(path.replace("\\", "/").rpartition("/")[2])


def across_mark(finding: SetFinding) -> str:
    """Return the fingerprint of a finding about several files, whatever their folders."""
    return finding.fingerprint("|".join(sorted(map(base_name, finding.paths))))
