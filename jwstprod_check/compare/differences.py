"""Two files beside each other: HDUs are paired by name and EXTVER, columns and keywords by name."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from jwstprod_check.compare.keywords import differing, matters
from jwstprod_check.findings import FileReport, Finding, Severity
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.spec.dictionary import KeywordDictionary
from jwstprod_check.text import printable, times

Kind = Literal[
    "product", "verdict", "dimension", "hdu", "order", "type", "dtype", "axes", "column", "keyword", "finding"
]


class Side(msgspec.Struct, frozen=True):
    """One of the two files: its headers and its report."""

    file: FitsFile
    report: FileReport


class Difference(msgspec.Struct, frozen=True):
    """Something that the two files do not have alike.

    ``name`` is that of the dimension, column, keyword or rule, '' where there is none; ``first`` and ``second`` are what each
    file has, None where it has nothing. ``extname`` and ``extver`` are the HDU, None for the whole file.
    """

    kind: Kind
    name: str
    first: Any
    second: Any
    extname: str | None = None
    extver: int | None = None


class Comparison(msgspec.Struct, frozen=True):
    """What differs; ``others`` counts the keywords with other values that state which exposure it is, or a measured number."""

    differences: tuple[Difference, ...]
    others: int

    @property
    def same(self) -> bool:
        """Whether the two are the same as products."""
        return not self.differences


def compare(one: Side, other: Side, dictionary: KeywordDictionary, every_keyword: bool = False) -> Comparison:
    """Compare two files as products; with ``every_keyword`` the values of all keywords."""
    found = [*_of_the_file(one, other), *_hdus(one.file, other.file)]
    others = 0
    for a, b in pairs(one.file, other.file)[0]:
        found += _layout(a, b)
        found += _columns(a, b)
        for name, first, second, both in differing(a, b):
            if every_keyword or matters(name, a, dictionary):
                found.append(_at(a, "keyword", name, _present(first, name, a), _present(second, name, b)))
            else:
                others += both
    found += _findings(one.report, other.report)
    return Comparison(tuple(found), others)


def _of_the_file(one: Side, other: Side) -> Iterator[Difference]:
    if one.report.product != other.report.product:
        yield Difference("product", "", one.report.product, other.report.product)
    if one.report.verdict != other.report.verdict:
        yield Difference("verdict", "", one.report.verdict, other.report.verdict)
    first, second = one.report.symbols, other.report.symbols
    for name in [*first, *(n for n in second if n not in first)]:
        if first.get(name) != second.get(name):
            yield Difference("dimension", name, first.get(name), second.get(name))


def pairs(one: FitsFile, other: FitsFile) -> tuple[list[tuple[Hdu, Hdu]], list[Hdu], list[Hdu]]:
    """Return the HDUs that both files have, and those that only one has; of several of one name and EXTVER, in order."""
    waiting: dict[tuple[str, int], list[Hdu]] = {}
    for hdu in other.hdus:
        waiting.setdefault(_key(hdu), []).append(hdu)
    both, alone = [], []
    for hdu in one.hdus:
        group = waiting.get(_key(hdu))
        if group:
            both.append((hdu, group.pop(0)))
        else:
            alone.append(hdu)
    left = [hdu for group in waiting.values() for hdu in group]
    return both, alone, sorted(left, key=lambda hdu: hdu.index)


def _key(hdu: Hdu) -> tuple[str, int]:
    return ("PRIMARY" if hdu.index == 0 else hdu.name, hdu.extver)


def _hdus(one: FitsFile, other: FitsFile) -> Iterator[Difference]:
    both, alone, left = pairs(one, other)
    for hdu in alone:
        yield _at(hdu, "hdu", "", described(hdu), None)
    for hdu in left:
        yield _at(hdu, "hdu", "", None, described(hdu))
    order = [b.index for _, b in both]
    if order != sorted(order):
        names = [a.label for a, _ in both]
        by_second = [a.label for a, _ in sorted(both, key=lambda pair: pair[1].index)]
        yield Difference("order", "", _printables(names), _printables(by_second))


def _printables(names: list[str]) -> list[str]:
    return [printable(name) for name in names]


def described(hdu: Hdu) -> str:
    """``IMAGE float32 64 x 64``; of a table its type and its rows."""
    size = f"{hdu.rows} rows" if hdu.type == "BINTABLE" else times(hdu.axes)
    return " ".join(part for part in (printable(hdu.type), hdu.dtype or "", size) if part)


def _layout(a: Hdu, b: Hdu) -> Iterator[Difference]:
    if a.type != b.type:
        yield _at(a, "type", "", printable(a.type), printable(b.type))
        return
    if a.dtype != b.dtype:
        yield _at(a, "dtype", "", a.dtype, b.dtype)
    # The bytes of a row follow from the columns, which are compared themselves.
    first, second = (list(h.axes[1:] if h.type == "BINTABLE" else h.axes) for h in (a, b))
    if first != second:
        yield _at(a, "axes", "", first, second)


def _columns(a: Hdu, b: Hdu) -> Iterator[Difference]:
    if a.name == b.name == "ASDF":
        # One row of as many bytes as the tree has.
        return
    first, second = _by_name(a), _by_name(b)
    for name in [*first, *(n for n in second if n not in first)]:
        one, other = first.get(name), second.get(name)
        if one != other:
            yield _at(a, "column", printable(name), one, other)
    common = [name for name in first if name in second]
    if common != [name for name in second if name in first]:
        order = [[printable(name) for name in names] for names in (first, second)]
        yield _at(a, "order", "columns", *order)


def _by_name(hdu: Hdu) -> dict[str, str]:
    """Type, unit and shape of each column; further columns of a name get a number."""
    found: dict[str, str] = {}
    for column in hdu.columns:
        name = column.name or f"column {column.number}"
        found[name if name not in found else f"{name} ({column.number})"] = _column(column)
    return found


def _column(column: Column) -> str:
    shape = f"({times(column.dims)})" if column.dims else ""
    unit = f"[{column.unit}]" if column.unit else ""
    repeat = column.tform.repeat if column.tform is not None and column.tform.code not in "AX" else 1
    length = f"x {repeat}" if repeat != 1 and not shape else ""
    return printable(
        " ".join(part for part in (column.dtype or column.form or "no TFORM", length, shape, unit) if part)
    )


def _present(value: Scalar, name: str, hdu: Hdu) -> Any:
    """Value of a keyword as JSON has it; None for one that the HDU lacks, 'undefined' for one without a value."""
    if name not in hdu.header.first:
        return None
    if value is None:
        return "undefined"
    return (
        printable(value) if isinstance(value, str) else value if isinstance(value, bool | int | float) else str(value)
    )


def _findings(one: FileReport, other: FileReport) -> Iterator[Difference]:
    """Findings above info that only one file has, compared by rule and place."""
    first, second = _placed(one), _placed(other)
    for key in [*first, *(k for k in second if k not in first)]:
        if (key in first) != (key in second):
            messages = (_message(first.get(key)), _message(second.get(key)))
            yield Difference("finding", key[0], *messages, key[1], key[2])


_Place = tuple[str, str | None, int | None, str | None, str | None]


def _placed(report: FileReport) -> dict[_Place, Finding]:
    found = (f for f in report.findings if f.severity is not Severity.INFO)
    return {(f.code, f.extname, f.extver, f.keyword, f.column): f for f in found}


def _message(finding: Finding | None) -> str | None:
    return None if finding is None else f"{finding.severity}: {finding.message}"


def _at(hdu: Hdu, kind: Kind, name: str, first: Any, second: Any) -> Difference:
    label = "PRIMARY" if hdu.index == 0 else hdu.name or f"HDU {hdu.index}"
    return Difference(kind, name, first, second, printable(label), hdu.extver)
