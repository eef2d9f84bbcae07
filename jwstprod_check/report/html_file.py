"""A file as markup: the documented table with marks, the solved dimensions, the findings. For HTML reports and notebooks."""

from base64 import standard_b64encode
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from jwstprod_check.findings import FileReport, Finding, HduSummary, NotChecked, RowSummary, Severity, Thumbnail
from jwstprod_check.report.locations import NAMELESS, inside
from jwstprod_check.report.markup import Element, Node, tag, tags
from jwstprod_check.report.wording import ignored, sentence
from jwstprod_check.text import plural, times

MARKS: Final = {
    "ok": "\u2713",
    "absent": "\u2013",
    "ignored": "~",
    "missing": "\u2717",
    "error": "\u2717",
    "warning": "!",
    "info": "i",
    "present": "\u00b7",
}
"""State of a row -> its mark."""

VERDICT_STATES: Final = {"conforming": "ok", "nonconforming": "error", "unverified": "warning", "left-out": "absent"}

STYLE: Final = """
.jwstprod table{border-collapse:collapse;margin:.4em 0}
.jwstprod th,.jwstprod td{padding:.1em .7em .1em 0;text-align:left;vertical-align:top;border:0;background:none}
.jwstprod .n{text-align:right}
.jwstprod ul{padding-left:1.2em;margin:.4em 0}
.jwstprod dl{display:grid;grid-template-columns:max-content 1fr;gap:0 .8em;margin:.2em 0 .4em}
.jwstprod dd{margin:0}
.jwstprod .s-absent,.jwstprod .s-ignored{opacity:.7}
.jwstprod .m-ok{color:#1a7f37}.jwstprod .m-missing,.jwstprod .m-error{color:#cf222e;font-weight:bold}
.jwstprod .m-warning{color:#9a6700}.jwstprod .m-info{color:#0969da}
@media(prefers-color-scheme:dark){.jwstprod .m-ok{color:#3fb950}.jwstprod .m-missing,.jwstprod .m-error{color:#ff7b72}
.jwstprod .m-warning{color:#d29922}.jwstprod .m-info{color:#58a6ff}}
"""


def mark(state: str) -> Element:
    """Return the mark of a state, with its name for those who do not see it."""
    return tag("span", MARKS[state], class_=f"m-{state}", role="img", aria_label=state, title=state)


def headline(report: FileReport) -> tuple[Node, ...]:
    """Mark, path, product and verdict."""
    path = tag("b", report.path or NAMELESS)
    return (mark(VERDICT_STATES[report.verdict]), " ", path, f" {product_of(report)}: {report.verdict}")


def product_of(report: FileReport) -> str:
    """Return the product with its title: ``dark (Dark exposure)``."""
    return f"{report.product} ({report.title})" if report.title else report.product or "unknown product"


def body(report: FileReport) -> tuple[Element, ...]:
    """All of a file but its headline."""
    return tuple(_parts(report))


def _parts(report: FileReport) -> Iterator[Element]:
    if report.left_out:
        yield tag("p", f"Left out: {report.left_out}")
    if report.findings:
        worst = sorted(report.findings, key=lambda f: -f.severity.rank)
        yield tag("ul", *map(finding_item, worst), class_="findings")
    if report.not_checked:
        yield tag("p", "Not checked:")
        yield tag("ul", *(tag("li", mark("warning"), " ", *missed(entry)) for entry in report.not_checked))
    if report.ignored:
        yield tag("p", "Ignored:")
        yield tag(
            "ul", *tags("li", (f"{plural(known.count, 'finding')} of {ignored(known)}" for known in report.ignored))
        )
    if report.rows or report.hdus:
        yield _table(report)
    if report.symbols:
        solved = (
            part
            for name, value in report.symbols.items()
            for part in (tag("dt", f"{name} = {value}"), tag("dd", report.origins.get(name, "")))
        )
        yield tag("dl", *solved, class_="solved")
    yield from map(_figure, report.thumbnails)
    if report.skipped:
        count = plural(len(report.skipped), "rule")
        entries = tags("li", (f"{entry.code} {entry.reason}" for entry in report.skipped))
        yield tag("details", tag("summary", f"{count} skipped in whole or in part"), tag("ul", *entries))


def _figure(thumbnail: Thumbnail) -> Element:
    caption = tag("figcaption", thumbnail.caption)
    if not thumbnail.png:
        return tag("figure", caption)
    source = f"data:image/png;base64,{standard_b64encode(thumbnail.png).decode()}"
    return tag("figure", tag("img", src=source, alt=thumbnail.caption, loading="lazy"), caption)


def missed(entry: NotChecked) -> tuple[Node, ...]:
    """What was not checked, and why."""
    return (tag("b", entry.code), f" {entry.extname or ''} {entry.reason}")


def finding_item(finding: Finding) -> Element:
    """Return a finding as an item of a list."""
    facts: dict[str, str] = {}
    if finding.severity is not Severity.INFO and finding.expected and finding.found:
        facts = {"expected": finding.expected, "found": finding.found}
    if finding.hint:
        facts["hint"] = finding.hint
    where = inside(finding)
    return tag(
        "li",
        mark(str(finding.severity)),
        " ",
        tag("b", finding.code, data_code=finding.code),
        f" {finding.name}",
        *((" ", tag("code", where)) if where else ()),
        f": {sentence(msgspec.structs.replace(finding, hint=None))}",
        *(
            [tag("dl", *(part for name, fact in facts.items() for part in (tag("dt", name), tag("dd", fact))))]
            if facts
            else ()
        ),
    )


def _table(report: FileReport) -> Element:
    known = {index for row in report.rows for index in row.indices}
    lines = [line for row in report.rows for line in _row(row, report)]
    for hdu in report.hdus:
        if hdu.index not in known:
            state = "warning" if report.rows else "present"
            note = " (not in the table)" if report.rows else ""
            lines.append(_line(state, _cells(hdu, note)))
    heads = (tag("th"), tag("th", "HDU", class_="n"), *tags("th", ("EXTNAME", "Type", "Data type", "Dimensions")))
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *lines))


def _row(row: RowSummary, report: FileReport) -> Iterator[Element]:
    name = (row.extname or "") + ("*" if row.optional and row.documented else "")
    dims = "" if row.type == "primary" else row.dims
    dims += "" if row.documented else " (amendment)"
    if row.allowed is not None:
        dims += f" (amended: {row.allowed})"
    number = "" if row.hdu is None else str(row.hdu)
    yield _line(row.state, (number, name, row.type, row.dtype or "", dims))
    if row.state in ("error", "warning") and row.type != "primary":
        for index in row.indices[:3]:
            if index < len(report.hdus):
                yield _line("", _cells(report.hdus[index], " (found)"))


def _cells(hdu: HduSummary, note: str) -> tuple[str, ...]:
    name = (hdu.extname or "") + (f",{hdu.extver}" if hdu.extver != 1 else "")
    return (str(hdu.index), name, hdu.type, hdu.dtype or "", _size(hdu) + note)


def _size(hdu: HduSummary) -> str:
    if hdu.type in {"BINTABLE", "TABLE"} and len(hdu.axes) == 2:
        return f"{plural(hdu.axes[1], 'row')} of {plural(hdu.axes[0], 'byte')}"
    return times(hdu.axes) or "no data"


def _line(state: str, cells: Iterable[str]) -> Element:
    number, *rest = cells
    marked = tag("td", *([mark(state)] if state else ()))
    return tag("tr", marked, tag("td", number, class_="n"), *tags("td", rest), class_=f"s-{state}")
