"""Markdown, for the page of a run, an issue or a mail: the verdict, the counts, and the files that fail with their findings.

Header text is put in code spans, in which nothing is markup, a link, or the name of a user.
"""

import re
from collections.abc import Iterator
from typing import Final, TextIO

from jwstprod_check.findings import FileReport, Finding
from jwstprod_check.report.closing import in_files
from jwstprod_check.report.locations import NAMELESS, inside
from jwstprod_check.report.repeats import Repeats
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import ignored, missed, sentence
from jwstprod_check.text import plural, printable

_TICKS: Final = re.compile("`+")


class MarkdownReporter:
    """Keeps what it shows of the first files that fail, or have warnings, and writes the page at the end, the verdict first."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._repeats = Repeats(style)
        self._limits = ""
        self._pages: dict[str, list[str]] = {"nonconforming": [], "unverified": [], "conforming": []}
        self._more = dict.fromkeys(self._pages, 0)

    def start(self, run: RunInfo) -> None:
        self._limits = run.limits()

    def add(self, report: FileReport) -> None:
        if report.left_out:
            return
        shown, more = self._repeats.shown(report)
        verdict = report.verdict
        if verdict == "conforming" and not (shown or report.ignored):
            return
        pages = self._pages[verdict]
        if self._style.most and len(pages) >= self._style.most:
            self._more[verdict] += 1
            return
        pages.append("\n".join(self._page(report, shown, more)))

    def _page(self, report: FileReport, shown: list[Finding], more: int) -> Iterator[str]:
        yield f"### {span(report.path or NAMELESS)}\n"
        product = f"{span(report.product)}: " if report.product else ""
        yield f"{product}**{report.verdict}**\n"
        for finding in shown:
            where = inside(finding)
            place = f" {span(where)}" if where else ""
            yield f"- {finding.severity} **{finding.code}** {finding.name}{place}: {span(sentence(finding))}"
        if more:
            yield f"- and {plural(more, 'finding')} more"
        if report.not_checked:
            yield f"- not checked: {span(missed(report, self._style))}"
        for known in report.ignored:
            yield f"- {plural(known.count, 'finding')} ignored: {span(ignored(known))}"
        yield ""

    def finish(self, summary: Summary) -> None:
        for line in self._lines(summary):
            self._stream.write(line + "\n")

    def _lines(self, summary: Summary) -> Iterator[str]:
        failing = summary.verdicts["nonconforming"] + summary.verdicts["unverified"]
        fails = f"{failing:,} of {plural(summary.files, 'file')} {'fails' if failing == 1 else 'fail'}"
        yield f"# jwstprod: {fails}\n"
        yield f"{summary.sentence()}.\n"
        if self._limits:
            yield f"Asked for: {span(self._limits)}.\n"
        for unread in summary.unread:
            yield f"- not read: {span(unread.path)}: {span(unread.reason)}"
        if summary.unread:
            yield ""
        headings = {"nonconforming": "Nonconforming", "unverified": "Unverified", "conforming": "Other findings"}
        for verdict, heading in headings.items():
            pages, more = self._pages[verdict], self._more[verdict]
            if pages:
                yield f"## {heading}\n"
                yield from pages
            if more:
                yield f"And {plural(more, 'file')} more.\n"
        yield from self._counts(summary)

    def _counts(self, summary: Summary) -> Iterator[str]:
        if summary.by_code:
            yield "## By code\n\n| severity | code | name | files |\n|---|---|---|---|"
            for count in summary.codes():
                where = in_files(count, summary, self._repeats.hidden)
                yield f"| {count.severity} | {count.code} | {count.name} | {where} |"
            yield ""
        if summary.by_product:
            yield "## By product\n\n| product | files | nonconforming |\n|---|---:|---:|"
            for name, (files, bad) in sorted(summary.by_product.items()):
                yield f"| {cell(name)} | {files:,} | {bad:,} |"
            yield ""
        if summary.left_out:
            yield "## Left out\n"
            for reason, out in summary.left_out.items():
                named = ", ".join(span(path) for path in out.paths)
                more = f" and {out.files - len(out.paths):,} more" if out.files > len(out.paths) else ""
                yield f"- {plural(out.files, 'file')} ({span(reason)}): {named}{more}"
            yield ""
        if summary.failing:
            yield "## Failing files\n"
            for failing in summary.failing:
                yield f"- {span(failing.path)}: {failing.why()}"
            if summary.unlisted:
                yield f"- and {summary.unlisted:,} more"


def span(text: str) -> str:
    """Text as a code span, with a fence that is longer than any in the text."""
    shown = printable(text)
    longest = max((len(ticks) for ticks in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """Text as a code span in a table, where a bar would end the cell."""
    return span(text).replace("|", "\\|")
