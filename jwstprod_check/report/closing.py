"""How a text report of several files ends: counts by code and by product, what was ignored or left out, which files fail."""

from collections.abc import Iterator

import msgspec

from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import CodeCount, Summary
from jwstprod_check.text import plural, printable

FEW_PATHS = 3
"""Files left out for one reason that are named without ``-v``."""


class Line(msgspec.Struct, frozen=True):
    """A line of the end; ``kind`` is ``heading``, a severity, ``plain`` or ``failing``."""

    kind: str
    text: str


def closing(summary: Summary, hidden: dict[str, int], style: Style) -> Iterator[Line]:
    """Return the lines; none where there is one file, whose findings have all been shown."""
    if summary.files > 1 and summary.by_code:
        yield Line("heading", "by code")
        width = max(len(f"{c.code} {c.name}") for c in summary.by_code.values())
        for count in summary.codes():
            label = f"{count.code} {count.name}".ljust(width)
            yield Line(str(count.severity), f"{count.severity:<7}  {label}  {in_files(count, summary, hidden)}")
    if summary.files > 1:
        yield Line("heading", "by product")
        width = max(len(name) for name in summary.by_product)
        for name, (files, bad) in sorted(summary.by_product.items()):
            yield Line("error" if bad else "plain", f"{printable(name):<{width}}  {_products(files, bad)}")
    yield from _ignored(summary)
    yield from _left_out(summary, style)
    if summary.remote is not None and style.verbosity > 0:
        traffic, files = summary.remote, summary.remote_files
        yield Line("heading", "remote")
        requests = f"{traffic.requests:,} {'request' if traffic.requests == 1 else 'requests'}"
        yield Line("plain", f"{requests}, {traffic.bytes:,} bytes, for {plural(files, 'file')}")
    if summary.files > 1 and summary.failing:
        yield Line("heading", "failing files")
        for failing in summary.failing:
            yield Line("failing", f"{printable(failing.path)}: {failing.why()}")
        if summary.unlisted:
            yield Line("failing", f"and {summary.unlisted:,} more")


def in_files(count: CodeCount, summary: Summary, hidden: dict[str, int]) -> str:
    """``in 795 of 2,107 files, 801 findings (in 10 of them shown; -v lists them)``."""
    files = f"in {count.files:,} of {summary.files:,} files"
    findings = f", {count.findings:,} findings" if count.findings != count.files else ""
    unseen = hidden.get(count.code, 0)
    return f"{files}{findings}" + (f" ({count.files - unseen:,} shown; -v lists them)" if unseen else "")


def _products(files: int, bad: int) -> str:
    return f"{files:,} {'file' if files == 1 else 'files'}" + (f", {bad:,} nonconforming" if bad else "")


def _ignored(summary: Summary) -> Iterator[Line]:
    if summary.ignored:
        yield Line("heading", "ignored")
    for (code, reason, until), count in sorted(summary.ignored.items(), key=lambda item: item[0][:2]):
        end = f" (until {printable(until)})" if until else ""
        times = "finding" if count.findings == 1 else "findings"
        where = "file" if count.files == 1 else "files"
        text = f"{printable(code)}  {count.findings:,} {times} in {count.files:,} {where}: {printable(reason)}{end}"
        yield Line("plain", text)


def _left_out(summary: Summary, style: Style) -> Iterator[Line]:
    if summary.left_out:
        yield Line("heading", "left out")
    for reason, out in summary.left_out.items():
        named = out.paths if style.verbosity > 0 else out.paths[:FEW_PATHS]
        more = f" and {out.files - len(named):,} more" if out.files > len(named) else ""
        paths = ", ".join(printable(path) for path in named)
        yield Line(
            "plain", f"{out.files:,} {'file' if out.files == 1 else 'files'} ({printable(reason)}): {paths}{more}"
        )
