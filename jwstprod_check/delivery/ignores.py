"""The ignores of a config, applied to the findings of a run: what they match is listed with the reason, and does not count.

The rules have run by then, and none was kept from running by what is ignored.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import msgspec

from jwstprod_check.config.file import Ignore
from jwstprod_check.findings import FileReport, Finding, Ignored, RowSummary, SetFinding, Severity, state_of
from jwstprod_check.text import printable, valid_text


class Ignores:
    """The ignores of a run. ``source`` is the config file; the first ignore that matches a finding takes it."""

    def __init__(self, ignores: Iterable[Ignore], source: str, today: date) -> None:
        self._all = tuple(ignores)
        self._source = source
        self._expired = [one for one in self._all if one.expired(today)]
        self._active = [one for one in self._all if not one.expired(today)]
        self._used: set[Ignore] = set()
        self._concerned = {one for one in self._active if not one.where}

    def apply(self, report: FileReport) -> FileReport:
        """Return a report without the findings that are ignored."""
        if not self._active or report.left_out:
            return report
        holding = [one for one in self._active if one.holds(report.path)]
        self._concerned.update(holding)
        if not (holding and report.findings):
            return report
        kept: list[Finding] = []
        ignored: list[Finding] = []
        by: list[Ignore] = []
        for finding in report.findings:
            first = next((one for one in holding if is_named(finding, one.code)), None)
            if first is None:
                kept.append(finding)
            else:
                ignored.append(finding)
                by.append(first)
        if not ignored:
            return report
        self._used.update(by)
        return without(report, kept, ignored, [(one.reason, one.until) for one in by])

    def across(self, finding: SetFinding) -> Ignore | None:
        """Return the ignore of a finding about several files, all of which it must be for; None without one."""
        for one in self._active:
            if is_named(finding, one.code) and all(map(one.holds, finding.paths)):
                self._used.add(one)
                return one
        return None

    def finish(self, runs: Callable[[str], bool]) -> Iterator[SetFinding]:
        """Return what is wrong with the ignores; ``runs`` is whether a rule of a code, name or family was asked for."""
        for one in self._expired:
            if runs("TOOL004"):
                message = f"the ignore of {_of(one)} expired after {one.until}: {printable(one.reason)}"
                yield self._finding("TOOL004", "expired-ignore", message)
        for one in self._active:
            if runs("TOOL003") and one in self._concerned - self._used and runs(one.code):
                message = f"the ignore of {_of(one)} matched no finding: {printable(one.reason)}"
                yield self._finding("TOOL003", "unused-ignore", message)

    def _finding(self, code: str, name: str, message: str) -> SetFinding:
        return SetFinding(code, name, Severity.WARNING, message, paths=(valid_text(self._source),))


def _of(one: Ignore) -> str:
    return f"{printable(one.code)} at {one.key}"


def is_named(finding: Finding, code: str) -> bool:
    """Whether a code, name or family names the rule of a finding."""
    return code.upper() in {finding.code, finding.name.upper(), finding.code[:-3]}


def without(
    report: FileReport, kept: list[Finding], ignored: list[Finding], reasons: list[tuple[str, date | None]]
) -> FileReport:
    """Return a report in which some findings are listed as ignored, each for its reason and until its date."""
    counts: dict[tuple[str, str, str | None], int] = {}
    for finding, (reason, until) in zip(ignored, reasons, strict=True):
        key = (finding.code, printable(reason), until.isoformat() if until is not None else None)
        counts[key] = counts.get(key, 0) + finding.count
    entries = tuple(Ignored(code, count, reason, until) for (code, reason, until), count in counts.items())
    rows = tuple(_row_without(row, kept) for row in report.rows)
    return msgspec.structs.replace(report, findings=tuple(kept), ignored=(*report.ignored, *entries), rows=rows)


def _row_without(row: RowSummary, kept: list[Finding]) -> RowSummary:
    """Return a row whose mark says what is left; one that had nothing but ignored findings is marked as ignored."""
    if row.state not in ("missing", "error", "warning"):
        return row
    state = state_of(row, kept)
    return msgspec.structs.replace(row, state="ignored" if state == "ok" else state)
