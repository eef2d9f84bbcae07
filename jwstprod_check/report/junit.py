"""JUnit XML, for Jenkins, GitLab and others: a suite for each file, a case for each rule that has something to say.

What fails the file is a failure; what could not be checked is skipped with its reason, and makes the file an error where
nothing else fails it. The rules that found nothing share one case: with two hundred rules, 5,000 files
would have a million.
"""

from html import escape
from typing import Final, TextIO

import msgspec

from jwstprod_check.findings import FileReport, Finding
from jwstprod_check.report.locations import NAMELESS, inside
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import ignored, sentence
from jwstprod_check.text import plural, printable

OTHERS: Final = "all other rules"
VERDICT: Final = "verdict"


class _Case(msgspec.Struct):
    """A case: its name, and the elements in it."""

    name: str
    failures: list[str] = []
    errors: list[str] = []
    skipped: list[str] = []
    notes: list[str] = []

    def write(self, suite: str) -> str:
        inner = []
        notes = self.notes
        if self.errors or self.failures:
            notes = [*notes, *self.skipped]
        if self.errors:
            inner.append(_element("error", self.errors))
        elif self.failures:
            inner.append(_element("failure", self.failures))
        elif self.skipped:
            inner.append(f'<skipped message="{_text("; ".join(self.skipped))}"/>')
        if notes:
            inner.append(f"<system-out>{_text(chr(10).join(notes))}</system-out>")
        start = f'<testcase classname="{suite}" name="{_text(self.name)}"'
        return f"{start}>{''.join(inner)}</testcase>" if inner else f"{start}/>"


class JunitReporter:
    """Writes a suite as each report comes."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style

    def start(self, run: RunInfo) -> None:
        del run
        self._stream.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="jwstprod">\n')

    def add(self, report: FileReport) -> None:
        properties = {"product": report.product or "unknown", "verdict": report.verdict, "level": report.level}
        self._suite(report.path or NAMELESS, self._cases(report), properties)

    def _cases(self, report: FileReport) -> list[_Case]:
        if report.left_out:
            return [_Case(VERDICT, skipped=[f"left out: {report.left_out}"])]
        cases: dict[str, _Case] = {}

        def case(code: str) -> _Case:
            return cases.setdefault(code, _Case(code))

        names = {f.code: f.name for f in report.findings}
        for finding in report.findings:
            one = case(finding.code)
            if finding.code.startswith("TOOL"):
                one.errors.append(_line(finding))
            elif finding.severity.rank >= report.failing.rank:
                one.failures.append(_line(finding))
            elif self._style.shows(finding, report.failing):
                one.notes.append(_line(finding))
        for entry in report.not_checked:
            place = f"{entry.extname}: " if entry.extname else ""
            case(entry.code).skipped.append(f"not checked: {place}{entry.reason}")
        for known in report.ignored:
            case(known.code).skipped.append(f"{plural(known.count, 'finding')} ignored, {ignored(known)}")
        for skipped in report.skipped:
            case(skipped.code).skipped.append(skipped.reason)
        for code, one in cases.items():
            one.name = f"{code} {names[code]}" if code in names else code
        last = _Case(OTHERS, notes=[f"{plural(report.rules_run, 'rule')} ran"])
        if report.verdict == "unverified":
            why = [f"{entry.code}: {entry.reason}" for entry in report.not_checked]
            return [*cases.values(), last, _Case(VERDICT, errors=["unverified", *why])]
        return [*cases.values(), last]

    def _suite(self, path: str, cases: list[_Case], properties: dict[str, str]) -> None:
        name = _text(path)
        errors = sum(bool(case.errors) for case in cases)
        failures = sum(bool(case.failures and not case.errors) for case in cases)
        skipped = sum(bool(case.skipped and not case.failures and not case.errors) for case in cases)
        counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
        self._stream.write(f'<testsuite name="{name}" {counts}>')
        if properties:
            listed = "".join(f'<property name="{k}" value="{_text(v)}"/>' for k, v in properties.items())
            self._stream.write(f"<properties>{listed}</properties>")
        for case in cases:
            self._stream.write("\n" + case.write(name))
        self._stream.write("\n</testsuite>\n")

    def finish(self, summary: Summary) -> None:
        for unread in summary.unread:
            self._suite(unread.path, [_Case(VERDICT, errors=[f"not read: {unread.reason}"])], {})
        if not summary.complete:
            self._suite("jwstprod", [_Case(VERDICT, errors=["the run was ended before its last file"])], {})
        self._stream.write("</testsuites>\n")


def _line(finding: Finding) -> str:
    where = inside(finding)
    return f"{where + ': ' if where else ''}{finding.severity}: {sentence(finding)}"


def _element(name: str, lines: list[str]) -> str:
    return f'<{name} message="{_text(lines[0])}" type="{name}">{_text(chr(10).join(lines))}</{name}>'


def _text(text: str) -> str:
    """Text for XML: markup as entities, and characters that XML cannot have as escapes."""
    return "\n".join(escape(printable(line)) for line in text.split("\n"))
