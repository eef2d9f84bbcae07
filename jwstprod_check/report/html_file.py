"""A file as HTML: the documented table with marks, the solved dimensions, the findings. For the HTML report and for notebooks."""

from collections.abc import Iterator
from html import escape
from typing import Final

from jwstprod_check.findings import FileReport, Finding, HduSummary, RowSummary, Severity
from jwstprod_check.report.locations import NAMELESS, inside
from jwstprod_check.report.wording import ignored, sentence
from jwstprod_check.text import plural, printable, times

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


def text(value: str | None) -> str:
    """Text as HTML: no markup, no character that cannot be shown."""
    return "" if value is None else escape(printable(value))


def mark(state: str) -> str:
    """Return the mark of a state, with its name for those who do not see it."""
    return f'<span class="m-{state}" role="img" aria-label="{state}" title="{state}">{MARKS[state]}</span>'


def headline(report: FileReport) -> str:
    """Mark, path, product and verdict."""
    what = f"{report.product} ({report.title})" if report.title else report.product or "unknown product"
    path = text(report.path or NAMELESS)
    return f"{mark(VERDICT_STATES[report.verdict])} <b>{path}</b> {text(what)}: {report.verdict}"


def body(report: FileReport) -> str:
    """All of a file but its headline."""
    return "".join(_parts(report))


def _parts(report: FileReport) -> Iterator[str]:
    if report.left_out:
        yield f"<p>Left out: {text(report.left_out)}</p>"
    if report.findings:
        worst = sorted(report.findings, key=lambda f: -f.severity.rank)
        yield f'<ul class="findings">{"".join(map(finding_html, worst))}</ul>'
    if report.not_checked:
        entries = "".join(
            f"<li>{mark('warning')} <b>{text(entry.code)}</b> {text(entry.extname)} {text(entry.reason)}</li>"
            for entry in report.not_checked
        )
        yield f"<p>Not checked:</p><ul>{entries}</ul>"
    if report.ignored:
        entries = "".join(
            f"<li>{plural(known.count, 'finding')} of {text(ignored(known))}</li>" for known in report.ignored
        )
        yield f"<p>Ignored:</p><ul>{entries}</ul>"
    if report.rows or report.hdus:
        yield _table(report)
    if report.symbols:
        solved = "".join(
            f"<dt>{text(name)} = {value}</dt><dd>{text(report.origins.get(name, ''))}</dd>"
            for name, value in report.symbols.items()
        )
        yield f'<dl class="solved">{solved}</dl>'
    if report.skipped:
        entries = "".join(f"<li>{text(entry.code)} {text(entry.reason)}</li>" for entry in report.skipped)
        count = plural(len(report.skipped), "rule")
        yield f"<details><summary>{count} skipped in whole or in part</summary><ul>{entries}</ul></details>"


def finding_html(finding: Finding) -> str:
    """Return a finding as an item of a list."""
    import msgspec

    where = inside(finding)
    place = f" <code>{text(where)}</code>" if where else ""
    facts = ""
    if finding.severity is not Severity.INFO and finding.expected and finding.found:
        facts = f"<dt>expected</dt><dd>{text(finding.expected)}</dd><dt>found</dt><dd>{text(finding.found)}</dd>"
    if finding.hint:
        facts += f"<dt>hint</dt><dd>{text(finding.hint)}</dd>"
    said = text(sentence(msgspec.structs.replace(finding, hint=None)))
    named = f'<b data-code="{text(finding.code)}">{text(finding.code)}</b> {text(finding.name)}'
    return f"<li>{mark(str(finding.severity))} {named}{place}: {said}{f'<dl>{facts}</dl>' if facts else ''}</li>"


def _table(report: FileReport) -> str:
    known = {index for row in report.rows for index in row.indices}
    rows = [line for row in report.rows for line in _row(row, report)]
    for hdu in report.hdus:
        if hdu.index not in known:
            state = "warning" if report.rows else "present"
            note = " (not in the table)" if report.rows else ""
            rows.append(_line(state, _cells(hdu, note)))
    heads = '<th></th><th class="n">HDU</th><th>EXTNAME</th><th>Type</th><th>Data type</th><th>Dimensions</th>'
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _row(row: RowSummary, report: FileReport) -> Iterator[str]:
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


def _line(state: str, cells: tuple[str, ...]) -> str:
    number, *rest = cells
    shown = "".join(f"<td>{text(cell)}</td>" for cell in rest)
    return f'<tr class="s-{state}"><td>{mark(state) if state else ""}</td><td class="n">{text(number)}</td>{shown}</tr>'
