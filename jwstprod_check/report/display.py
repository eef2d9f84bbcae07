"""A report as Python shows it: as text, and as HTML in a notebook."""

from io import StringIO

from jwstprod_check.findings import FileReport
from jwstprod_check.report.html_file import STYLE, body, headline
from jwstprod_check.report.markup import html, tag


def as_text(report: FileReport) -> str:
    """Return the concise report of one file."""
    from jwstprod_check.report.concise import ConciseReporter
    from jwstprod_check.report.style import Style
    from jwstprod_check.report.summary import Summary

    stream = StringIO()
    reporter, summary = ConciseReporter(stream, Style()), Summary()
    summary.add(report)
    reporter.add(report)
    reporter.finish(summary)
    return stream.getvalue().rstrip("\n")


def as_html(report: FileReport) -> str:
    """Return the headline, the documented table with its marks and the findings of one file."""
    return f'<div class="jwstprod"><style>{STYLE}</style>{html(tag("p", *headline(report)), *body(report))}</div>'
