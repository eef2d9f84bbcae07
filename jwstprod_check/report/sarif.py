"""SARIF 2.1.0, for code scanning: a result for each finding, with its rule's manual and a place inside the file.

GitHub takes 25,000 results a run and shows 5,000 of them: errors are written before warnings, and what is beyond
the limit is left out from the end and counted in a notification. Not checked, left out and unread files are in it too.
"""

import zlib
from typing import Any, Final, TextIO

import msgspec

from jwstprod_check import __version__
from jwstprod_check.findings import FileReport, Finding, Ignored, Severity
from jwstprod_check.report.json import encode
from jwstprod_check.report.locations import Checkout, inside, is_url
from jwstprod_check.report.run_info import Manual, RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import sentence
from jwstprod_check.text import plural, printable

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
HOME: Final = "https://pypi.org/project/jwstprod/"

MAX_RESULTS: Final = 25_000
"""Results that GitHub takes of a run."""

MAX_BYTES: Final = 9_000_000
"""Compressed bytes of the results; GitHub takes a file of 10 MB."""

MAX_NOTIFICATIONS: Final = 1000

LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}

LEAST_FIRST: Final = ("note", "warning", "error")

UNVERIFIED: Final = Manual(
    "UNVERIFIED",
    "not-checked",
    Severity.ERROR,
    "Everything that was asked for was checked.",
    "Everything that was asked for was checked.\n\nSomething that was asked for could not be checked, so that the file is "
    "not called conforming. The message names the rule and the reason.",
)
UNREAD: Final = Manual(
    "UNREAD",
    "not-read",
    Severity.ERROR,
    "Every path could be opened.",
    "Every path could be opened.\n\nA folder that cannot be listed, a link to nothing or a path that does not exist was among "
    "what was to be checked.",
)


class SarifReporter:
    """Keeps at most as many results as GitHub takes, as text, and writes them at the end with the worst first."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        del style
        self._stream = stream
        self._run: RunInfo | None = None
        self._checkout = Checkout()
        self._results: dict[str, list[str]] = {"error": [], "warning": [], "note": []}
        self._kept = 0
        self._dropped = 0
        self._rules: dict[str, tuple[int, Manual]] = {}
        self._left_out: list[dict[str, Any]] = []
        self._more_left_out = 0
        self._seen: dict[str, int] = {}

    def start(self, run: RunInfo) -> None:
        self._run = run

    def add(self, report: FileReport) -> None:
        if report.left_out:
            self._leave_out(report)
            return
        if not (report.findings or report.not_checked or report.ignored):
            return
        place = self._place(report.path)
        for finding in report.findings:
            if self._has_room(LEVELS[finding.severity]):
                self._keep(LEVELS[finding.severity], self._result(report, finding, place))
        for entry in report.not_checked:
            finding = Finding(
                UNVERIFIED.code,
                UNVERIFIED.name,
                Severity.ERROR,
                f"{entry.code} was not checked: {printable(entry.reason)}",
                entry.hdu,
                entry.extname,
            )
            if self._has_room("error"):
                self._keep("error", self._result(report, finding, place, UNVERIFIED))
        for ignored in report.ignored:
            if self._has_room("note"):
                self._keep("note", self._ignored(report, ignored, place))

    def _place(self, path: str) -> dict[str, Any]:
        uri = self._checkout.uri(path)
        artifact = {"uri": uri} if is_url(uri) else {"uri": uri, "uriBaseId": "%SRCROOT%"}
        # A FITS file has no lines; readers ask for one.
        return {"artifactLocation": artifact, "region": {"startLine": 1}}

    def _has_room(self, level: str) -> bool:
        """Make room for a result, if need be at the cost of a less serious one; count what is left out."""
        if self._kept < MAX_RESULTS:
            self._kept += 1
            return True
        self._dropped += 1
        least = next(name for name in LEAST_FIRST if self._results[name])
        if LEAST_FIRST.index(level) <= LEAST_FIRST.index(least):
            return False
        self._results[least].pop()
        return True

    def _keep(self, level: str, result: dict[str, Any]) -> None:
        self._results[level].append(encode(result))

    def _result(
        self, report: FileReport, finding: Finding, place: dict[str, Any], manual: Manual | None = None
    ) -> dict[str, Any]:
        location: dict[str, Any] = {"physicalLocation": place}
        where = inside(finding)
        if where:
            kind = "member" if "/" in where else "module"
            name = where.rpartition("/")[2]
            location["logicalLocations"] = [{"name": name, "fullyQualifiedName": where, "kind": kind}]
        properties = {
            "product": report.product,
            "verdict": report.verdict,
            "expected": finding.expected,
            "found": finding.found,
            "hint": finding.hint,
            "offset": finding.offset,
            "count": finding.count,
            "places": list(finding.places),
        }
        return {
            "ruleId": finding.code,
            "ruleIndex": self._rule(finding, manual),
            "level": LEVELS[finding.severity],
            "message": {"text": _message(finding)},
            "locations": [location],
            "partialFingerprints": self._fingerprints(finding.fingerprint(report.path)),
            "properties": {name: value for name, value in properties.items() if value is not None and value != []},
        }

    def _ignored(self, report: FileReport, ignored: Ignored, place: dict[str, Any]) -> dict[str, Any]:
        text = f"{plural(ignored.count, 'finding')} ignored"
        finding = Finding(ignored.code, ignored.code, Severity.INFO, text, found="ignored")
        until = f" (until {printable(ignored.until)})" if ignored.until else ""
        result = self._result(report, finding, place)
        result["properties"] = {"product": report.product, "verdict": report.verdict, "count": ignored.count}
        justification = printable(ignored.reason) + until
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
        return result

    def _fingerprints(self, fingerprint: str) -> dict[str, str]:
        """Under our own name, and under the one by which GitHub recognises a result again; equal ones are numbered."""
        number = self._seen[fingerprint] = self._seen.get(fingerprint, 0) + 1
        return {"jwstprod/v1": fingerprint, "primaryLocationLineHash": f"{fingerprint}:{number}"}

    def _rule(self, finding: Finding, manual: Manual | None) -> int:
        known = self._rules.get(finding.code)
        if known is None:
            found = manual or (self._run.manual(finding.code) if self._run is not None else None)
            found = found or Manual(finding.code, finding.name, finding.severity, finding.name, finding.name)
            known = self._rules[finding.code] = (len(self._rules), found)
        return known[0]

    def _leave_out(self, report: FileReport) -> None:
        if len(self._left_out) >= MAX_NOTIFICATIONS:
            self._more_left_out += 1
            return
        uri = self._checkout.uri(report.path)
        self._left_out.append(_notification("note", f"left out: {printable(report.left_out)}", uri))

    def finish(self, summary: Summary) -> None:
        notifications = list(self._left_out)
        if self._more_left_out:
            notifications.append(_notification("note", f"{plural(self._more_left_out, 'more file')} left out"))
        for unread in summary.unread:
            place = self._place(unread.path)
            finding = Finding(UNREAD.code, UNREAD.name, Severity.ERROR, f"not read: {printable(unread.reason)}")
            report = FileReport(unread.path, None, summary.level, {}, (), (), ())
            result = self._result(report, finding, place, UNREAD)
            del result["properties"]["verdict"]
            if self._has_room("error"):
                self._keep("error", result)
        if not summary.complete:
            notifications.append(_notification("error", "the run was ended before its last file"))
        head = {"$schema": SCHEMA, "version": "2.1.0"}
        self._stream.write(encode(head)[:-1] + ',"runs":[{"results":[')
        self._write_results()
        if self._dropped:
            text = f"{self._dropped:,} results are left out, the least serious ones; see another format for all"
            notifications.append(_notification("warning", text))
        invocation: dict[str, Any] = {"executionSuccessful": summary.complete and not summary.missing}
        if self._run is not None:
            invocation["startTimeUtc"] = self._run.started.replace("+00:00", "Z")
            invocation["properties"] = {"options": self._run.to_dict()["options"]}
        invocation["toolExecutionNotifications"] = notifications
        tail = {
            "tool": {"driver": self._driver()},
            "automationDetails": {"id": "jwstprod/"},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder of the checkout."}}},
            "invocations": [invocation],
            "properties": {"summary": summary.to_dict()},
        }
        self._stream.write("\n]," + encode(tail)[1:] + "]}\n")

    def _write_results(self) -> None:
        packed, size, separator = zlib.compressobj(1), 0, "\n"
        for results in self._results.values():
            for result in results:
                size += len(packed.compress(result.encode()))
                if size > MAX_BYTES:
                    self._dropped += 1
                    continue
                self._stream.write(separator + result)
                separator = ",\n"

    def _driver(self) -> dict[str, Any]:
        rules = [_rule_to_dict(manual) for _, manual in self._rules.values()]
        return {
            "name": "jwstprod",
            "version": __version__,
            "semanticVersion": __version__,
            "informationUri": HOME,
            "rules": rules,
        }


def _message(finding: Finding) -> str:
    """Return the message as one paragraph that ends with a full stop; in SARIF braces and ``[text](link)`` have a meaning."""
    text = sentence(msgspec.structs.replace(finding, hint=None))
    if finding.hint:
        text += f". How to fix: {finding.hint}"
    text = printable(text).replace("](", "\\](").replace("{", "{{").replace("}", "}}")
    return text if text.endswith(".") else f"{text}."


def _rule_to_dict(manual: Manual) -> dict[str, Any]:
    title = manual.title if manual.title.endswith(".") else f"{manual.title}."
    rest = manual.text.removeprefix(manual.title).strip()
    return {
        "id": manual.code,
        "name": "".join(part.capitalize() for part in manual.name.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        **({"helpUri": manual.url} if manual.url else {}),
        "help": {"text": manual.text, "markdown": f"**{title}**\n\n{rest}" if rest else f"**{title}**"},
        "defaultConfiguration": {"level": LEVELS[manual.severity]},
        "properties": {
            "tags": ["jwst", "fits", manual.code.rstrip("0123456789")],
            "precision": "very-high",
            "problem.severity": {"note": "recommendation"}.get(LEVELS[manual.severity], LEVELS[manual.severity]),
        },
    }


def _notification(level: str, text: str, uri: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"level": level, "message": {"text": text if text.endswith(".") else f"{text}."}}
    if uri is not None:
        found["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri}}}]
    return found
