"""A file for the script of a page: what its row in the list shows and is filtered by, and the markup of its own page."""

from collections.abc import Iterator
from typing import Any

from jwstprod_check.findings import FileReport
from jwstprod_check.report.html_file import body, headline
from jwstprod_check.report.locations import NAMELESS, inside
from jwstprod_check.report.markup import Element, tag
from jwstprod_check.text import printable


def page(report: FileReport) -> tuple[Element, ...]:
    """All of a file, under its headline."""
    return (tag("h3", *headline(report)), *body(report))


def record(report: FileReport) -> dict[str, Any]:
    """Return what the script needs of a file to filter it and to draw its row."""
    codes = {f.code: str(f.severity) for f in sorted(report.findings, key=lambda f: f.severity.rank)}
    for entry in report.not_checked:
        codes.setdefault(entry.code, "not-checked")
    return {
        "p": printable(report.path or NAMELESS),
        "s": printable(report.product or "unknown"),
        "v": report.verdict,
        "c": codes,
        "m": _matrix(report),
        "t": " ".join(_words(report)),
    }


def _words(report: FileReport) -> Iterator[str]:
    """Texts that a reader may look for."""
    for f in report.findings:
        yield f"{f.name} {inside(f)} {printable(f.message)}"
    for entry in report.not_checked:
        yield printable(entry.reason)
    for known in report.ignored:
        yield f"{known.code} {printable(known.reason)}"
    yield printable(report.left_out)


def _matrix(report: FileReport) -> list[list[Any]]:
    """Return name, state and number of HDUs of each row, and of the HDUs that have none."""
    cells: dict[str, list[Any]] = {}
    known = {index for row in report.rows for index in row.indices}
    entries = [(row.extname or "primary", row.state, len(row.indices)) for row in report.rows]
    other = "warning" if report.rows else "present"
    entries += [
        (h.extname or ("primary" if h.index == 0 else "(no EXTNAME)"), other, 1)
        for h in report.hdus
        if h.index not in known
    ]
    order = ("absent", "present", "ok", "ignored", "warning", "error", "missing")
    for name, state, count in entries:
        cell = cells.setdefault(name, [printable(name), state, 0])
        cell[1] = max(cell[1], state, key=order.index)
        cell[2] += count
    return list(cells.values())
