"""What ``jwstprod info`` prints of a file: key facts, every HDU next to its row of the table, columns, dimensions, findings."""

from collections.abc import Iterator
from typing import Any

import msgspec

from jwstprod_check.findings import FileReport, HduSummary, RowSummary, Severity
from jwstprod_check.report.layout import Paper, legend, table, wrapped
from jwstprod_check.report.terminal import (
    MARGIN,
    Cells,
    drawn,
    finding_lines,
    headline,
    size_of,
    solved_dimensions,
    states_of,
)
from jwstprod_check.report.wording import printable_report
from jwstprod_check.text import plural, printable


class ColumnFacts(msgspec.Struct, frozen=True):
    """A column of a table: TTYPEn, TFORMn, TUNITn and TDIMn as they are in the header, None where absent."""

    number: int
    name: str | None
    form: str | None
    unit: str | None
    dims: str | None


class HduFacts(msgspec.Struct, frozen=True):
    """What ``info`` shows of an HDU beside its summary: the number of its cards without END, and its columns."""

    cards: int
    columns: tuple[ColumnFacts, ...] = ()


class FileFacts(msgspec.Struct, frozen=True):
    """What ``info`` shows of a file beside its report.

    ``stored`` and ``inflated`` are bytes; ``what`` is what a file that is not FITS is, '' for one that is; ``keywords`` are
    values of the primary header, ``hdus`` are in file order.
    """

    stored: int
    inflated: int
    gzipped: bool
    what: str
    keywords: dict[str, Any]
    hdus: tuple[HduFacts, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what the JSON of ``info`` has beside the report."""
        return {
            "what": self.what or None,
            "size": {"stored": self.stored, "inflated": self.inflated, "gzip": self.gzipped},
            "keywords": self.keywords,
            "cards": [hdu.cards for hdu in self.hdus],
            "columns": [msgspec.to_builtins(hdu.columns) for hdu in self.hdus],
        }


def inspection(report: FileReport, facts: FileFacts, paper: Paper) -> Iterator[str]:
    """Return the lines of the page of a file."""
    report = printable_report(report)
    if facts.what:
        yield from _not_fits(report, facts, paper)
        return
    yield from headline(report, paper)
    yield from _key_facts(report, facts, paper)
    yield ""
    yield from _hdus(report, facts, paper)
    yield from _columns(report, facts, paper)
    if report.symbols:
        yield ""
        yield from solved_dimensions(report, paper)
    if report.findings:
        yield ""
        for finding in sorted(report.findings, key=lambda f: -f.severity.rank):
            yield from finding_lines(finding, paper)
    for missed in report.not_checked:
        text = f"not checked: {missed.code} {missed.reason}"
        for line in wrapped(text, paper.width, f"{MARGIN}{paper.marks['warning']} ", MARGIN * 2):
            yield paper.paint(line, "warning")


def legend_of(reports: set[str], paper: Paper) -> Iterator[str]:
    """Return the line that explains the marks of the pages."""
    for line in wrapped(legend(reports, paper.marks), paper.width):
        yield paper.paint(line, "dim")


def states(report: FileReport) -> set[str]:
    """States whose marks the page of a file shows."""
    return states_of(report) if report.rows else set()


def _not_fits(report: FileReport, facts: FileFacts, paper: Paper) -> Iterator[str]:
    path = report.path or "<bytes>"
    codes = ", ".join(finding.code for finding in report.findings if finding.severity is Severity.ERROR)
    yield f"{paper.mark('error')} {paper.paint(path, 'bold')}  not a FITS file ({codes})"
    yield from wrapped(f"{printable(facts.what)}, {plural(facts.stored, 'byte')}", paper.width, MARGIN, MARGIN * 2)
    for finding in report.findings:
        if finding.hint:
            yield from wrapped(finding.hint, paper.width, MARGIN, MARGIN * 2)


def _key_facts(report: FileReport, facts: FileFacts, paper: Paper) -> Iterator[str]:
    size = plural(facts.stored, "byte") + (f", {facts.inflated} decompressed" if facts.gzipped else "")
    rows = [("size", size), *(("evidence", evidence) for evidence in report.evidence)]
    rows += [(printable(n), printable(str(v))) for n, v in facts.keywords.items() if v is not None]
    for _, line in table(rows, paper.width - len(MARGIN), flexible=(1,)):
        yield MARGIN + line


def _hdus(report: FileReport, facts: FileFacts, paper: Paper) -> Iterator[str]:
    rows: list[Cells] = [("", "bold", ("#", "EXTNAME", "cards", "in the file", "documented"))]
    by_index = {i: row for row in report.rows for i in row.indices}
    for hdu in report.hdus:
        row = by_index.get(hdu.index)
        state = row.state if row is not None else "warning" if report.rows else ""
        name = (hdu.extname or "") + (f",{hdu.extver}" if hdu.extver != 1 else "")
        cards = str(facts.hdus[hdu.index].cards) if hdu.index < len(facts.hdus) else ""
        rows.append((state, "", (str(hdu.index), name, cards, _is(hdu), _should(row, report))))
    for row in report.rows:
        if not row.indices:
            state = "absent" if row.state == "absent" else "missing"
            color = "dim" if row.state == "absent" else row.state
            rows.append((row.state, color, ("", row.extname or "", "", state, _should(row, report))))
    yield from drawn(rows, paper, flexible=(3, 4), right=(0, 2))


def _columns(report: FileReport, facts: FileFacts, paper: Paper) -> Iterator[str]:
    """Return the columns of each table; those of a table with the same columns as the one before are not repeated."""
    before: tuple[ColumnFacts, ...] = ()
    for hdu, own in zip(report.hdus, facts.hdus, strict=False):
        if not own.columns:
            continue
        name = hdu.extname or f"HDU {hdu.index}"
        label = name + (f",{hdu.extver}" if hdu.extver != 1 else "")
        yield ""
        if own.columns == before:
            yield MARGIN + paper.paint(f"columns of {label}: the same", "bold")
            continue
        before = own.columns
        yield MARGIN + paper.paint(f"columns of {label}", "bold")
        shown = [(str(c.number), c.name, c.form, c.unit, c.dims) for c in own.columns]
        cells = [tuple(printable(cell or "") for cell in row) for row in shown]
        rows = [("#", "TTYPE", "TFORM", "TUNIT", "TDIM"), *cells]
        if not any(row[4] for row in cells):
            rows = [row[:4] for row in rows]
        for number, line in table(rows, paper.width - 4, right=(0,)):
            yield MARGIN * 2 + paper.paint(line, "" if number else "dim")


def _is(hdu: HduSummary) -> str:
    return " ".join(part for part in (hdu.type, hdu.dtype or "", size_of(hdu) if hdu.axes else "") if part)


def _should(row: RowSummary | None, report: FileReport) -> str:
    if row is None:
        return "not in the table" if report.rows else ""
    amended = f"(amended: {row.allowed})" if row.allowed is not None else ""
    optional = "(optional)" if row.optional else ""
    parts = (row.type, row.dtype or "", "" if row.type == "primary" else row.dims, optional, amended)
    return " ".join(part for part in parts if part)
