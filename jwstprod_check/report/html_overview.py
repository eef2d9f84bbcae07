"""A run as markup: its title, the counts by code and by product, and what concerns no single file."""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from jwstprod_check.report.html_file import mark
from jwstprod_check.report.markup import Element, Node, tag, tags
from jwstprod_check.report.summary import Summary
from jwstprod_check.report.wording import across
from jwstprod_check.text import plural

MAX_ACROSS: Final = 100
"""Findings across files that are listed."""


def state(summary: Summary) -> str:
    """Return the state of a run as the states of rows are called: ``error`` where it fails."""
    return "error" if summary.failed or not summary.complete or not summary.judged else "ok"


def title(summary: Summary) -> str:
    """``2 of 7 files fail``."""
    failing = summary.verdicts["nonconforming"] + summary.verdicts["unverified"]
    if not summary.judged:
        return "Nothing was checked"
    if failing:
        noun = "file" if summary.files == 1 else "files"
        return f"{failing:,} of {summary.files:,} {noun} {'fails' if failing == 1 else 'fail'}"
    if summary.unread:
        return f"{plural(len(summary.unread), 'path')} could not be read"
    early = "" if summary.complete else ", and the run was ended early"
    together = ", but the files do not fit together" if summary.failed else ""
    return f"{plural(summary.files, 'file')}: none fails{together}{early}"


def unread(summary: Summary) -> Iterator[Element]:
    """What could not be opened, and what was found across files."""
    if summary.unread:
        yield _section("Not read", tag("ul", *tags("li", (f"{u.path}: {u.reason}" for u in summary.unread))))
    if summary.delivery:
        first = summary.delivery[:MAX_ACROSS]
        items = [tag("li", mark(str(finding.severity)), " ", across(finding)) for finding in first]
        more = len(summary.delivery) - len(first)
        items += [tag("li", f"and {more:,} more")] if more else []
        yield _section("Across files", tag("ul", *items))


def counts(summary: Summary) -> tuple[Element, ...]:
    """By code and by product, what was ignored, what was left out; the codes and products link to their files."""
    return (*_codes(summary), *_products(summary), *_others(summary))


def _section(heading: str, *parts: Node) -> Element:
    return tag("section", tag("h2", heading), *parts)


def _table(heads: Iterable[Element], rows: Iterable[Element]) -> Element:
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))


def _number(count: int) -> Element:
    return tag("td", f"{count:,}", class_="n")


def _heads(texts: Iterable[str], numbers: Iterable[str]) -> Iterator[Element]:
    yield from tags("th", texts)
    yield from tags("th", numbers, class_="n")


def _codes(summary: Summary) -> Iterator[Element]:
    if not summary.by_code:
        return
    rows = (
        tag(
            "tr",
            tag("td", mark(str(c.severity))),
            tag("td", tag("a", c.code, href=f"#code={quote(c.code)}")),
            tag("td", c.name),
            _number(c.files),
            _number(c.findings),
        )
        for c in summary.codes()
    )
    heads = _heads(("", "Code", "Rule"), ("Files", "Findings"))
    yield _section("By code", _table(heads, rows))


def _products(summary: Summary) -> Iterator[Element]:
    if not summary.by_product:
        return
    rows = (
        tag("tr", tag("td", tag("a", name, href=f"#product={quote(name, safe='')}")), _number(files), _number(bad))
        for name, (files, bad) in sorted(summary.by_product.items())
    )
    yield _section("By product", _table(_heads(("Product",), ("Files", "Nonconforming")), rows))


def _others(summary: Summary) -> Iterator[Element]:
    if summary.ignored:
        items = (
            f"{plural(count.findings, 'finding')} of {code} in {plural(count.files, 'file')}: {reason}"
            + (f" (until {until})" if until else "")
            for (code, reason, until), count in summary.ignored.items()
        )
        yield _section("Ignored", tag("ul", *tags("li", items)))
    if summary.left_out:
        items = (
            f"{plural(out.files, 'file')} ({reason}): {', '.join(out.paths)}"
            + (f" and {out.files - len(out.paths):,} more" if out.files > len(out.paths) else "")
            for reason, out in summary.left_out.items()
        )
        yield _section("Left out", tag("ul", *tags("li", items)))
