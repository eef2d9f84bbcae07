"""TAB: the numbers of a table compared with the ranges that its header states."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.fits.columns import Column
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import looked_at, not_read
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.facts import ColumnFacts
from jwstprod_check.text import listed, quoted

_SINGLE: Final = 1e-6
_DOUBLE: Final = 1e-12


def _stated(hdu: Hdu, keyword: str, number: int) -> tuple[float | None, float | None]:
    """Least and largest value that a pair of keywords states; neither where they are reversed (section 7.3.2)."""
    low, high = hdu.header.number(f"{keyword}MIN{number}"), hdu.header.number(f"{keyword}MAX{number}")
    if low is not None and high is not None and low > high:
        return None, None
    return low, high


def _columns(context: Context, keyword: str) -> Iterator[tuple[Hdu, Column, ColumnFacts, float | None, float | None]]:
    for hdu, facts in looked_at(context):
        for found in facts.table.columns if facts.table is not None and not facts.not_read else ():
            low, high = _stated(hdu, keyword, found.number)
            if found.low is not None and (low is not None or high is not None) and hdu.columns:
                yield hdu, hdu.columns[found.number - 1], found, low, high


def _unread(context: Context, keyword: str) -> Iterator[Skip]:
    """Tables whose numbers could not be read, and columns of types that have no order or no fixed length."""

    def states(hdu: Hdu) -> bool:
        return any(f"{keyword}{end}{c.number}" in hdu.header for c in hdu.columns for end in ("MIN", "MAX"))

    yield from not_read(context, states)
    yield from not_read(context, states, lambda facts: facts.table.not_read if facts.table is not None else "")
    for hdu, _ in looked_at(context):
        other = [
            c.number
            for c in hdu.columns
            if c.tform is not None
            and c.tform.code in "PQCM"
            and any(f"{keyword}{end}{c.number}" in hdu.header for end in ("MIN", "MAX"))
        ]
        if other:
            named = listed(str(n) for n in other)
            yield Skip(f"{hdu.label}: columns {named} are complex or of variable length, their ranges are not checked")


def _near(one: float, other: float, column: Column) -> bool:
    """Whether two numbers are the same within the precision of the column's type."""
    single = column.tform is not None and column.tform.code == "E"
    return abs(one - other) <= (_SINGLE if single else _DOUBLE) * max(abs(one), abs(other))


def _name(column: Column) -> str:
    return f"column {column.number} {quoted(column.name)}" if column.name else f"column {column.number}"


@rule("TAB020", "value-outside-limits", scope="walk", level="data")
def outside_limits(context: Context) -> Iterator[Outcome]:
    """The numbers of a column lie within its legal limits, TLMINn and TLMAXn.

    Otherwise the file contradicts itself: either the limit or the number is wrong.

    How to fix: correct the limit or the number.
    Source: FITS Standard 4.0, section 7.3.2 (TLMINn, TLMAXn).
    """
    yield from _unread(context, "TL")
    for hdu, column, found, low, high in _columns(context, "TL"):
        for end, limit, value, row in (
            ("MIN", low, found.low, found.low_row),
            ("MAX", high, found.high, found.high_row),
        ):
            if limit is None or value is None or _near(limit, value, column):
                continue
            if value < limit if end == "MIN" else value > limit:
                keyword = f"TL{end}{column.number}"
                word = "at least" if end == "MIN" else "at most"
                yield Problem(
                    f"{hdu.label}: {_name(column)} has the value {value:.10g} in row {row + 1}, {keyword} is {limit:.10g}",
                    hdu=hdu,
                    keyword=keyword,
                    column=column.name,
                    expected=f"{word} {limit:.10g}",
                    found=f"{value:.10g}",
                )


@rule("TAB021", "stated-extremes", scope="walk", level="data")
def stated_extremes(context: Context) -> Iterator[Outcome]:
    """The smallest and the largest number of a column are TDMINn and TDMAXn.

    Programs plot and select by these keywords. They are wrong after rows were changed, added or lost.

    How to fix: write TDMINn and TDMAXn again, or remove them.
    Source: FITS Standard 4.0, section 7.3.2 (TDMINn, TDMAXn).
    """
    yield from _unread(context, "TD")
    for hdu, column, found, low, high in _columns(context, "TD"):
        for end, stated, value, row in (
            ("MIN", low, found.low, found.low_row),
            ("MAX", high, found.high, found.high_row),
        ):
            if stated is None or value is None or _near(stated, value, column):
                continue
            keyword = f"TD{end}{column.number}"
            word = "smallest" if end == "MIN" else "largest"
            yield Problem(
                f"{hdu.label}: the {word} value of {_name(column)} is {value:.10g}, in row {row + 1}; "
                f"{keyword} is {stated:.10g}",
                hdu=hdu,
                keyword=keyword,
                column=column.name,
                expected=f"{stated:.10g}",
                found=f"{value:.10g}",
            )


RULES = (outside_limits, stated_extremes)
