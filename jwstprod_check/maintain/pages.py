"""The tables of HDUs in the pages of the product documentation (reStructuredText, written for Sphinx).

A page is parsed with docutils. A table is used if its header has EXTNAME and HDU Type; it keeps its section and the
paragraphs before it, which identify its product.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from jwstprod_check.spec.schema import RowDocument

CELLS: Final = {"hdu": "HDU", "extname": "EXTNAME", "type": "HDU Type", "dtype": "Data Type", "dims": "Dimensions"}
"""Cells of a row and the words of the header above them."""

_HEADERS = {
    "hdu": "hdu",
    "hdu index": "hdu",
    "extname": "extname",
    "extension name": "extname",
    "hdu type": "type",
    "extension type": "type",
    "xtension": "type",
    "data type": "dtype",
    "datatype": "dtype",
    "dimensions": "dims",
    "dimension": "dims",
}
_EMPTY = frozenset({"", "N/A", "-"})
_DIRECTIVE = re.compile(r"^\s*\.\. +([A-Za-z][\w.:+-]*?)::(?:\s|$)", re.MULTILINE)
_MALFORMED = re.compile(r"\bEXTNAME\b")


class DocumentedRow(msgspec.Struct, frozen=True):
    """A row of a documented table; None where the cell is empty or N/A. ``optional`` is the asterisk."""

    hdu: str | None
    extname: str | None
    type: str | None
    dtype: str | None
    dims: str | None
    optional: bool

    @property
    def name(self) -> str:
        """What identifies a row: EXTNAME in upper case, ``primary`` for the first."""
        return (self.extname or "").upper() or (self.type or "primary")

    def __str__(self) -> str:
        cells = (self.type, self.dtype, self.dims, "optional" if self.optional else None)
        place = "" if self.hdu is None else f"HDU {self.hdu}, "
        return place + ", ".join(cell for cell in cells if cell)


class DocumentedTable(msgspec.Struct, frozen=True):
    """A table of HDUs. ``labels`` are those of its section and of the sections around it, the innermost first.

    ``captions`` are the paragraphs between the table and what precedes it, the nearest first; ``literals`` are the
    words that each of them has in double backquotes. ``cells`` are the columns that the table has.
    """

    line: int
    title: str
    labels: tuple[frozenset[str], ...]
    captions: tuple[str, ...]
    literals: tuple[frozenset[str], ...]
    cells: frozenset[str]
    rows: tuple[DocumentedRow, ...]


class Page(msgspec.Struct, frozen=True):
    """A page: its tables of HDUs, the labels of all its sections, and the lines of tables that cannot be read."""

    name: str
    tables: tuple[DocumentedTable, ...]
    labels: frozenset[str]
    malformed: tuple[int, ...]


def documented(row: RowDocument) -> DocumentedRow:
    """Return the row of a spec as the table of its page would have it."""
    return DocumentedRow(
        hdu=None if row.hdu is None else str(row.hdu),
        extname=_cell(row.extname or "") if row.type != "primary" else None,
        type=row.type,
        dtype=_cell(row.dtype or ""),
        dims=_cell(row.dims or ""),
        optional=row.optional,
    )


def parse_page(text: str, name: str) -> Page:
    """Parse a page; raises ``ImportError`` where docutils is not installed."""
    from docutils import nodes
    from docutils.core import publish_doctree

    _admit_directives(text)
    tree = publish_doctree(
        text,
        source_path=name,
        settings_overrides={
            "_disable_config": True,
            "doctitle_xform": False,
            "file_insertion_enabled": False,
            "halt_level": 5,
            "input_encoding": "unicode",
            "raw_enabled": False,
            # Roles and references of Sphinx are unknown here; errors in a table are read from the tree.
            "report_level": 5,
        },
    )
    tables = [t for t in (_table(node) for node in tree.findall(nodes.table)) if t is not None]
    labels = frozenset(label for section in tree.findall(nodes.section) for label in _labels(section))
    broken = (m for m in [*tree.findall(nodes.system_message), *tree.parse_messages] if m["level"] >= 3)
    lines = {int(m.get("line", 0)) for m in broken if "table" in m.astext() and _MALFORMED.search(m.astext())}
    return Page(name, tuple(tables), labels, tuple(sorted(lines)))


def _admit_directives(text: str) -> None:
    """Parse the content of directives that docutils does not know as part of the page."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives
    from docutils.parsers.rst.languages import get_language
    from docutils.utils import new_document

    def run(self: Any) -> list[Any]:
        container = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]

    members = {"has_content": True, "optional_arguments": 1, "final_argument_whitespace": True, "run": run}
    scratch = new_document("")
    english: Any = get_language("en")
    scratch.settings.report_level = 5
    for name in sorted(set(_DIRECTIVE.findall(text))):
        if directives.directive(name, english, scratch)[0] is None:
            directives.register_directive(name, type("Passage", (Directive,), members))


def _table(node: Any) -> DocumentedTable | None:
    from docutils import nodes

    rows = [[_text(entry) for entry in row.findall(nodes.entry)] for row in node.findall(nodes.row)]
    header = [_HEADERS.get(word.lower(), "") for word in rows[0]] if rows else []
    if not {"extname", "type"} <= set(header):
        return None
    section = _section(node)
    captions = list(_captions(node))
    return DocumentedTable(
        line=int(node.line or 0),
        title="" if section is None else _text(section[0]),
        labels=tuple(_around(node)),
        captions=tuple(_text(c) for c in captions),
        literals=tuple(frozenset(_text(word) for word in c.findall(nodes.literal)) for c in captions),
        cells=frozenset(header) & frozenset(CELLS),
        rows=tuple(_row(dict(zip(header, cells, strict=False))) for cells in rows[1:]),
    )


def _row(cells: dict[str, str]) -> DocumentedRow:
    written = cells.get("extname", "")
    kind = _cell(cells.get("type", ""))
    extname = written.rstrip("* ")
    return DocumentedRow(
        hdu=_cell(cells.get("hdu", "")),
        extname=None if kind == "primary" else _cell(extname),
        type=kind,
        dtype=_cell(cells.get("dtype", "")),
        dims=_cell(cells.get("dims", "")),
        optional="*" in written,
    )


def _cell(text: str) -> str | None:
    words = " ".join(text.split())
    return None if words in _EMPTY else words


def _text(node: Any) -> str:
    return " ".join(node.astext().split())


def _section(node: Any) -> Any:
    """Return the section of a node, None before the first."""
    from docutils import nodes

    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def _around(node: Any) -> Iterator[frozenset[str]]:
    section = _section(node)
    while section is not None:
        yield _labels(section)
        section = _section(section.parent)


def _labels(section: Any) -> frozenset[str]:
    """Labels before a section, the one that docutils makes of its title, and the literal words of the title."""
    from docutils import nodes

    return frozenset([*section["ids"], *section["names"], *(_text(word) for word in section[0].findall(nodes.literal))])


def _captions(node: Any) -> Iterator[Any]:
    """Paragraphs before a table, the nearest first, up to the table before it or the start of the section."""
    from docutils import nodes

    while node is not None and not isinstance(node, nodes.section):
        siblings = node.parent.children[: node.parent.index(node)] if node.parent is not None else []
        for before in reversed(siblings):
            if isinstance(before, nodes.table):
                return
            if isinstance(before, nodes.paragraph):
                yield before
        node = node.parent
