"""``jwstprod spec diff PAGE.rst``: how the documented rows of the specs differ from the tables of the pages.

A table is assigned to a product as follows: a section has the label that a spec's ``documentation`` names, or the product in double
backquotes in its title. Of several products of one section, the paragraph before the table identifies one,
by name (``rateints``) or in words (an uncalibrated ID "image" product). A table that nothing distinguishes belongs to
all of them (``x1d`` and ``x1dints``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Final

import msgspec

from jwstprod_check.maintain.pages import CELLS, DocumentedRow, DocumentedTable, Page, documented
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import Spec
from jwstprod_check.text import listed, quoted

TEXT_ONLY: Final = frozenset({"segm"})
"""Products whose section describes the rows in its text and has no table."""

WORDS: Final = {"cal": "calibrated", "uncal": "uncalibrated", "fg": "fineguide"}
"""Parts of product names that the pages write out in words."""


class Difference(msgspec.Struct, frozen=True):
    """A cell, a row or a table that a page and a spec do not share; None where one of them has none."""

    product: str | None
    extname: str | None
    cell: str | None
    documented: str | None
    spec: str | None
    place: str
    message: str

    def __str__(self) -> str:
        subject = ": ".join(part for part in (self.product, self.extname) if part)
        return f"{self.place}: {subject}: {self.message}" if subject else f"{self.place}: {self.message}"


class Comparison(msgspec.Struct, frozen=True):
    """Results of comparing pages: the differences, the tables read, and their products."""

    differences: tuple[Difference, ...]
    tables: int
    products: tuple[str, ...]


def compare_pages(pages: Iterable[Page], catalogue: Catalogue) -> Comparison:
    """Compare pages with the specs of all products; raises ``SpecError`` where one cannot be used."""
    specs = [catalogue.spec(name) for name in catalogue.names()]
    differences: list[Difference] = []
    found: dict[str, None] = {}
    tables = 0
    for page in pages:
        differences += [
            _note(f"{page.name}:{line}", "a table of HDUs that cannot be read: its lines do not form a grid")
            for line in page.malformed
        ]
        on_page: set[str] = set()
        for table in page.tables:
            tables += 1
            place = f"{page.name}:{table.line}"
            owners = owners_of(table, page, specs)
            if not owners:
                differences.append(_note(place, _nobody(table, specs)))
            for spec in owners:
                if spec.product in on_page:
                    differences.append(_note(place, "a second table of the product", spec.product))
                on_page.add(spec.product)
                differences += compare_table(table, spec, place)
        for name in _expected(page, specs, catalogue):
            if name not in on_page:
                differences.append(_note(page.name, "the page has no table of the product", name))
        found |= dict.fromkeys(sorted(on_page))
    return Comparison(tuple(differences), tables, tuple(found))


def owners_of(table: DocumentedTable, page: Page, specs: Sequence[Spec]) -> list[Spec]:
    """Return the specs that a table belongs to; none where the section and the text before it do not identify one."""
    candidates = _candidates(table, specs)
    if len(candidates) < 2:
        return candidates
    for text, literals in zip(table.captions, table.literals, strict=True):
        named = [s for s in candidates if s.product in literals]
        if named:
            return named
        described = _described(candidates, text)
        if described:
            return described
    alone = sum(other.labels == table.labels for other in page.tables) == 1
    return candidates if alone else []


def _candidates(table: DocumentedTable, specs: Sequence[Spec]) -> list[Spec]:
    for labels in table.labels:
        found = [s for s in specs if _label(s) in labels or s.product in labels]
        if found:
            return found
    return []


def _label(spec: Spec) -> str | None:
    page, _, label = spec.documentation.partition("#")
    return label if page.endswith(".rst") and label else None


def _described(candidates: Sequence[Spec], text: str) -> list[Spec]:
    """Candidates whose distinguishing words (those that not all of them have) all appear in a text."""
    words = set(re.findall(r"[a-z0-9]+", text.lower()))
    parts = {s.product: {WORDS.get(p, p) for p in s.product.split("-")} for s in candidates}
    common = set.intersection(*parts.values())
    return [s for s in candidates if parts[s.product] - common and parts[s.product] - common <= words]


def _expected(page: Page, specs: Sequence[Spec], catalogue: Catalogue) -> Iterator[str]:
    """Products that have a table of their own, on this page by its name or by the label of a section."""
    for spec in specs:
        label = _label(spec)
        here = spec.documentation.startswith(f"{PurePath(page.name).name}#") or label in page.labels
        own = catalogue.document(spec.product).hdus is not None
        if label is not None and here and own and spec.product not in TEXT_ONLY:
            yield spec.product


def _nobody(table: DocumentedTable, specs: Sequence[Spec]) -> str:
    candidates = _candidates(table, specs)
    if candidates:
        names = listed(s.product for s in candidates)
        return f"a table of HDUs of {quoted(table.title)}: the text before it does not identify which of {names} it is"
    return f"a table of HDUs of {quoted(table.title)}, which no spec has as its documentation"


def _note(place: str, message: str, product: str | None = None) -> Difference:
    return Difference(product, None, None, None, None, place, message)


def compare_table(table: DocumentedTable, spec: Spec, place: str) -> Iterator[Difference]:
    """Compare a table with the documented rows of a spec, cell by cell."""
    theirs, ours = _numbered(table.rows), _numbered(documented(row) for row in spec.documents)
    for cell in CELLS:
        if cell not in table.cells:
            yield _note(place, f"the table has no column {CELLS[cell]}", spec.product)
    for key, row in theirs.items():
        label = row.extname or key[0]
        if key not in ours:
            message = f"the spec has no such row ({_shown(str(row))})"
            yield Difference(spec.product, _shown(label), None, str(row), None, place, message)
            continue
        yield from _cells(row, ours[key], table.cells, spec.product, place)
    for key, row in ours.items():
        if key not in theirs:
            message = f"the page has no such row ({row})"
            yield Difference(spec.product, row.extname or key[0], None, None, str(row), place, message)
    shared, order = [k for k in theirs if k in ours], [k for k in ours if k in theirs]
    if shared != order:
        moved = next(a[0] for a, b in zip(shared, order, strict=True) if a != b)
        page, own = " ".join(_shown(k[0]) for k in shared), " ".join(k[0] for k in order)
        message = f"rows are in another order, from {_shown(moved)} on"
        yield Difference(spec.product, None, "order", page, own, place, message)


def _cells(
    theirs: DocumentedRow, ours: DocumentedRow, present: frozenset[str], product: str, place: str
) -> Iterator[Difference]:
    label = _shown(theirs.extname or theirs.name)
    for cell, word in CELLS.items():
        page, own = getattr(theirs, cell), getattr(ours, cell)
        if cell in present and page != own:
            message = f"{word} is {_quoted(page)} in the page, {_quoted(own)} in the spec"
            yield Difference(product, label, cell, page, own, place, message)
    if theirs.optional != ours.optional:
        page, own = ("optional" if row.optional else "required" for row in (theirs, ours))
        message = f"{page} in the page, {own} in the spec (an asterisk at EXTNAME means optional)"
        yield Difference(product, label, "optional", page, own, place, message)


def _numbered(rows: Iterable[DocumentedRow]) -> dict[tuple[str, int], DocumentedRow]:
    """Rows by name; a name that appears twice is numbered."""
    numbered: dict[tuple[str, int], DocumentedRow] = {}
    for row in rows:
        count = sum(name == row.name for name, _ in numbered)
        numbered[row.name, count] = row
    return numbered


def _shown(text: str) -> str:
    return quoted(text)[1:-1]


def _quoted(cell: str | None) -> str:
    return "empty" if cell is None else quoted(cell)
