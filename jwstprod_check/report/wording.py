"""The wording of a finding: its place, and one sentence."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from jwstprod_check.findings import FileReport, Finding, Ignored, SetFinding, Severity
from jwstprod_check.report.style import Style
from jwstprod_check.text import plural, printable

FROM_CACHE: Final = "not opened, for it did not change: this report is from the cache"


def printable_report(report: FileReport) -> FileReport:
    """Return a report all of whose strings are safe to print, whatever they come from."""
    return msgspec.convert(_printable(msgspec.to_builtins(report)), FileReport)


def _printable(value: Any) -> Any:
    match value:
        case str():
            return printable(value)
        case dict():
            return {_printable(key): _printable(part) for key, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
    return value


def place(finding: Finding) -> str:
    """Return where a finding is: ``SCI:``, ``SCI,2:``, ``HDU 3:``, ``primary:``, or nothing for the whole file."""
    if finding.extname:
        several = finding.extver is not None and finding.extver != 1
        return f"{finding.extname},{finding.extver}:" if several else f"{finding.extname}:"
    if finding.hdu is None:
        return ""
    return "primary:" if finding.hdu == 0 else f"HDU {finding.hdu}:"


def message(finding: Finding) -> str:
    """Return the message with its number of occurrences and their places."""
    if finding.count == 1:
        return finding.message
    more = ", ..." if finding.count > len(finding.places) else ""
    places = f": {', '.join(_numbered(finding.places))}{more}" if finding.places else ""
    noun = "HDU" if len(set(finding.places)) == len(finding.places) > 0 else "time"
    return f"{finding.message} ({plural(finding.count, noun)}{places})"


def sentence(finding: Finding) -> str:
    """Return the message with its number of occurrences and their places, and the hint."""
    text = message(finding)
    return f"{text} [{finding.hint}]" if finding.hint else text


def details(finding: Finding) -> Iterator[tuple[str, str]]:
    """Return what a finding has beside its message, with labels: expected and found where the message does not contain them."""
    for label, text in (("expected", finding.expected), ("found", finding.found)):
        if text and finding.severity is not Severity.INFO and not _contains(finding.message, text):
            yield label, text
    if finding.hint:
        yield "hint", finding.hint


def _contains(sentence: str, text: str) -> bool:
    """Whether a sentence contains a text as whole words."""
    pattern = rf"(?<![\w.]){re.escape(text.lower())}(?![\w]|\.\d)"
    return re.search(pattern, sentence.lower()) is not None


def across(finding: SetFinding) -> str:
    """Return a finding about several files as one line, with the first of their paths."""
    named = ", ".join(printable(path) for path in finding.paths[:3])
    more = f" and {len(finding.paths) - 3} more" if len(finding.paths) > 3 else ""
    hint = f" [{finding.hint}]" if finding.hint else ""
    return f"{finding.severity} {finding.code} {finding.message}: {named}{more}{hint}"


def _numbered(places: tuple[str, ...]) -> list[str]:
    """HDUs of a list by name and EXTVER: ``SCI[1]``, ``SCI[2]``; a name without others of its kind stays as it is."""
    names = [place.rpartition(",")[0] or place for place in places]
    numbers = [place.rpartition(",")[2] if "," in place else "1" for place in places]
    several = {name for name, number in zip(names, numbers, strict=True) if number != "1"}
    return [f"{n}[{v}]" if n in several else n for n, v in zip(names, numbers, strict=True)]


def missed(report: FileReport, style: Style) -> str:
    """Return what could not be checked in a file, on one line: the first of it, all with ``-v``."""
    entries = [f"{entry.code} {entry.reason}" for entry in report.not_checked]
    shown = entries if style.verbosity > 0 else entries[:1]
    more = len(entries) - len(shown)
    return "; ".join(shown) + (f"; and {more} more (-v lists them)" if more else "")


def ignored(known: Ignored) -> str:
    """``KEY024: the reason (until 2027-01-31)``."""
    end = f" (until {printable(known.until)})" if known.until else ""
    return f"{known.code}: {printable(known.reason)}{end}"
