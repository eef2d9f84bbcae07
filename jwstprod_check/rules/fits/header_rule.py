"""Rules that look at one header at a time, and the problems that they make.

All that a header rule finds follows from the bytes of one header, so it runs once for all headers of the same
bytes (``Header.memo_by_bytes``), and only rules that concern a keyword of the header run.
"""

from collections.abc import Callable, Iterator

import msgspec
from msgspec.structs import replace

from jwstprod_check.defect import Defect
from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import CARD
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.reserved import Keyword
from jwstprod_check.fits.syntax import NAME
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.rule import Outcome, Problem
from jwstprod_check.text import printable, quoted

Check = Callable[[HeaderIndex], Iterator[Outcome]]


class HeaderRule(msgspec.Struct, frozen=True):
    """A rule about one header, whatever file it is in; ``check`` has the manual.

    It runs where one of ``on`` is among the triggers of the header, or always without.
    """

    code: str
    name: str
    severity: Severity
    requires: tuple[str, ...]
    gives_way_to: tuple[str, ...]
    check: Check
    on: tuple[str, ...]


def header_rule(
    code: str,
    name: str,
    severity: Severity = Severity.ERROR,
    *,
    on: tuple[str, ...] = (),
    requires: tuple[str, ...] = (),
    gives_way_to: tuple[str, ...] = (),
) -> Callable[[Check], HeaderRule]:
    """Make a header rule of a generator function; its docstring is the rule's manual."""

    def made(check: Check) -> HeaderRule:
        return HeaderRule(code, name, severity, requires, gives_way_to, check, on)

    return made


def card_problem(
    text: str,
    card: int | None = None,
    keyword: str | None = None,
    expected: str | None = None,
    found: str | None = None,
    *,
    at: int = 0,
    column: str | None = None,
    hint: str | None = None,
    severity: Severity | None = None,
    group_key: str | None = None,
) -> Problem:
    """Make the problem of a header: ``text`` is what follows the name of the HDU, ``card`` the index of the card, ``at`` a byte of it.

    Its ``offset`` counts from the first byte of the header, until ``in_hdu`` states it for each place where the header appears.
    """
    offset = None if card is None else card * CARD + at
    return Problem(
        text,
        keyword=keyword,
        column=column,
        expected=expected,
        found=found,
        hint=hint,
        offset=offset,
        severity=severity,
        group_key=group_key,
    )


def in_hdu(problem: Problem, hdu: Hdu) -> Problem:
    """Return the problem of a header as that of an HDU with this header."""
    offset = None if problem.offset is None else hdu.header_offset + problem.offset
    return replace(problem, message=f"{hdu.label} {problem.message}", hdu=hdu, offset=offset)


def mistyped(indexed: HeaderIndex, *groups: str) -> Iterator[tuple[int, Defect, Keyword]]:
    """Cards of keywords of some groups whose value is of the wrong type, by index, with what is wrong."""
    for index, defect, keyword in indexed.defective:
        if defect.kind == "type" and keyword is not None and keyword.group in groups:
            yield index, defect, keyword


def broken(index: int, defect: Defect, keyword: Keyword, group_key: str) -> Problem:
    """Make the problem of a defective card of a reserved keyword."""
    return card_problem(
        f"{keyword.name} {defect.text}",
        index,
        keyword.name,
        defect.expected,
        defect.found,
        at=defect.at,
        hint=defect.hint,
        group_key=group_key,
    )


def subject(name: str, index: int) -> str:
    """How a message names a card: its keyword, or its number where it has none."""
    if not name:
        return f"card {index + 1}"
    return name if NAME(name) else f"{quoted(name)} (card {index + 1})"


def shown(indexed: HeaderIndex, index: int) -> str:
    """Return what the value field of a card holds, for a message."""
    card = indexed.header.at(index)
    return quoted(card.value) if isinstance(card.value, str) else printable(card.image[10:30].decode("latin-1").strip())
