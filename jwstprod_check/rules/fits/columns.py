"""FITS: single columns of a binary table. TDIMn, TDISPn, TNULLn, scaling, names, limits."""

import re
from collections.abc import Iterator
from math import prod
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import Kind
from jwstprod_check.fits.columns import Column, parse_tdim
from jwstprod_check.fits.reserved import Keyword
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule, shown
from jwstprod_check.rules.fits.tables import element
from jwstprod_check.rules.rule import Outcome, Problem
from jwstprod_check.text import quoted

_DISPLAY = r"(EN|ES|[ALIBOZFEDG])([0-9]+)(?:\.([0-9]+))?(E[0-9]+)? *\Z"
_SUITS: Final = {"A": "A", "L": "L", **dict.fromkeys("IBOZ", "XBIJKL"), "G": "AXBIJKLEDCM"}
_NUMBERS: Final = "XBIJKEDCM"
_NULLABLE: Final = {"B": (0, 255), "I": (-(2**15), 2**15 - 1), "J": (-(2**31), 2**31 - 1), "K": (-(2**63), 2**63 - 1)}
_NAME = re.compile(r"[A-Za-z0-9_-]*+\Z", re.ASCII).match


def _columns(indexed: HeaderIndex, *roots: str) -> Iterator[tuple[int, Keyword, Column]]:
    """Cards of column keywords, each with its column."""
    columns = indexed.columns
    for card, keyword in indexed.each(*roots):
        if 1 <= keyword.number <= len(columns):
            yield card, keyword, columns[keyword.number - 1]


@header_rule("FITS070", "bad-tdim", on=("TDIMn",), requires=("FITS061", "FITS063"))
def tdim(indexed: HeaderIndex) -> Iterator[Problem]:
    """TDIMn is `(n1,n2,...)`, and its product is the repeat count of TFORMn.

    A larger product is an error; with a smaller one the last elements of a cell have no place in the array, which is a
    warning.

    How to fix: write the dimensions of the column in TDIMn.
    Source: FITS Standard 4.0, section 7.3.2; jwst issue 6118.
    """
    for card, keyword, column in _columns(indexed, "TDIMn"):
        text = indexed.header.string(keyword.name)
        if text is None or column.tform is None:
            continue
        dims = None if text.startswith(" ") else parse_tdim(text)
        if dims is None:
            yield card_problem(
                f"{keyword.name} {quoted(text)} cannot be read",
                card,
                keyword.name,
                "(n1,n2,...)",
                quoted(text),
                column=column.name,
                at=10,
                group_key="form",
            )
        elif column.tform.code not in "PQ" and prod(dims) != column.tform.repeat:
            less = prod(dims) < column.tform.repeat
            yield card_problem(
                f"{keyword.name} {quoted(text)} makes {prod(dims)} elements, TFORM{column.number} has {column.tform.repeat}",
                card,
                keyword.name,
                f"{column.tform.repeat} elements",
                str(prod(dims)),
                column=column.name,
                at=10,
                severity=Severity.WARNING if less else None,
                group_key=f"count {less}",
            )


@header_rule("FITS071", "bad-tdisp", on=("TDISPn",), requires=("FITS061", "FITS063"))
def tdisp(indexed: HeaderIndex) -> Iterator[Problem]:
    """TDISPn is a display format of the standard that suits the type of the column.

    The formats are Aw for text, Lw for logicals, Iw.m, Bw.m, Ow.m and Zw.m for integers, Fw.d, Ew.d, ENw.d, ESw.d and
    Dw.d for numbers, and Gw.d for all types.

    How to fix: write such a format, in upper case and without leading blanks.
    Source: FITS Standard 4.0, section 7.3.4 (table 20).
    """
    for card, keyword, column in _columns(indexed, "TDISPn"):
        text = indexed.header.string(keyword.name)
        code = element(column)
        if not text or not code:
            continue
        letter = display_letter(text)
        if letter and code in _SUITS.get(letter, _NUMBERS):
            continue
        reason = "is not a display format"
        if letter:
            reason = f"does not suit TFORM{column.number} {quoted(column.form or '')}"
        yield card_problem(
            f"{keyword.name} {quoted(text)} {reason}",
            card,
            keyword.name,
            "Aw, Lw, Iw.m, Fw.d, Ew.d, Gw.d ... for the type of the column",
            quoted(text),
            column=column.name,
            at=10,
            group_key=reason,
        )


def display_letter(text: str) -> str:
    """Letter of a TDISPn value, '' where it is not a display format."""
    found = re.match(_DISPLAY, text)
    if found is None or int(found[2]) == 0:
        return ""
    letter, decimals, exponent = found[1], found[3] is not None, found[4] is not None
    allowed = {"A": (False, False), "L": (False, False), "F": (True, False)}.get(letter)
    if letter in "IBOZ":
        good = not exponent
    elif allowed is not None:
        good = (decimals, exponent) == allowed
    else:
        good = decimals
    return letter if good else ""


@header_rule("FITS072", "bad-tnull", on=("TNULLn",), requires=("FITS061",))
def tnull(indexed: HeaderIndex) -> Iterator[Problem]:
    """TNULLn is an integer in the range of its column, and appears with integer columns only.

    Floating-point columns use NaN for null values, text columns an empty string. A value that the column cannot contain
    never occurs, which is a warning.

    How to fix: remove TNULLn, or write an integer in the range of the column.
    Source: FITS Standard 4.0, section 7.3.2.
    """
    for card, keyword, column in _columns(indexed, "TNULLn"):
        code = element(column)
        if not code:
            continue
        value = indexed.header.integer(keyword.name)
        severity = None
        if code not in _NULLABLE:
            text, expected = (
                f"is given for TFORM{column.number} {quoted(column.form or '')}",
                "TFORM of type B, I, J or K",
            )
        elif value is None:
            text, expected = "is not an integer", "an integer"
        elif not _NULLABLE[code][0] <= value <= _NULLABLE[code][1]:
            low, high = _NULLABLE[code]
            text, expected = f"is {value}, which is out of range for type {code}", f"{low} to {high}"
            severity = Severity.WARNING
        else:
            continue
        yield card_problem(
            f"{keyword.name} {text}",
            card,
            keyword.name,
            expected,
            shown(indexed, card),
            column=column.name,
            at=10,
            severity=severity,
            group_key=expected,
        )


@header_rule("FITS073", "scaled-text", on=("TSCALn", "TZEROn"), requires=("FITS061",))
def scaled(indexed: HeaderIndex) -> Iterator[Problem]:
    """Columns of text, logicals or bits have no TSCALn and TZEROn.

    There is nothing to scale; a reader that tries to fails, or turns text into numbers.

    How to fix: remove TSCALn and TZEROn.
    Source: FITS Standard 4.0, section 7.3.2.
    """
    for card, keyword, column in _columns(indexed, "TSCALn", "TZEROn"):
        if element(column) in {"A", "L", "X"}:
            yield card_problem(
                f"{keyword.name} is given for TFORM{column.number} {quoted(column.form or '')}",
                card,
                keyword.name,
                "TFORM of a numeric type",
                quoted(column.form or ""),
                column=column.name,
                group_key=keyword.root,
            )


@header_rule("FITS074", "column-without-name", Severity.WARNING, on=("TFIELDS",), gives_way_to=("TAB002",))
def unnamed(indexed: HeaderIndex) -> Iterator[Outcome]:
    """Every column has a name, TTYPEn.

    Readers that look up columns by name never find one without it.

    How to fix: write TTYPEn.
    Source: FITS Standard 4.0, section 7.3.2.
    """
    for column in indexed.columns if indexed.fields is not None else ():
        if column.name:
            continue
        name = f"TTYPE{column.number}"
        text = f"column {column.number} has no name"
        if column.name is None:
            yield from indexed.report_missing(name, card_problem(text, None, name, name, "missing", group_key="name"))
        else:
            yield card_problem(text, indexed.header.first[name], name, name, "missing", group_key="name")


@header_rule("FITS075", "column-name-characters", Severity.WARNING, on=("TTYPEn",))
def name_characters(indexed: HeaderIndex) -> Iterator[Problem]:
    """Column names consist of letters, digits and underscores.

    Many programs need quotes for other names or cannot use them. The rule accepts a hyphen, as in `MJD-BEG`, which JWST
    products use.

    How to fix: rename the column.
    Source: FITS Standard 4.0, section 7.3.2.
    """
    for card, keyword, column in _columns(indexed, "TTYPEn"):
        if column.name and not _NAME(column.name):
            yield card_problem(
                f"column {column.number} is named {quoted(column.name)}",
                card,
                keyword.name,
                "letters, digits and _",
                quoted(column.name),
                column=column.name,
                at=10,
                group_key="characters",
            )


@header_rule("FITS076", "columns-of-one-name", Severity.WARNING, on=("TTYPEn",), gives_way_to=("TAB002",))
def same_name(indexed: HeaderIndex) -> Iterator[Problem]:
    """No two columns have the same name, ignoring case.

    Readers ignore the case of column names and take the first.

    How to fix: rename one of the columns.
    Source: FITS Standard 4.0, section 7.3.2.
    """
    names = [c.name.upper() for c in indexed.columns if c.name]
    if len(set(names)) == len(names):
        return
    seen: dict[str, Column] = {}
    for column in indexed.columns:
        name = (column.name or "").upper()
        if name and name in seen:
            keyword = f"TTYPE{column.number}"
            yield card_problem(
                f"columns {seen[name].number} and {column.number} are both named {quoted(column.name or '')}",
                indexed.header.first[keyword],
                keyword,
                "different names",
                quoted(column.name or ""),
                column=column.name,
                at=10,
                group_key=name,
            )
        seen.setdefault(name, column)


_LIMITS = (("TLMINn", "TLMAXn"), ("TDMINn", "TDMAXn"))


@header_rule("FITS077", "column-limits", on=("TLMINn", "TLMAXn", "TDMINn", "TDMAXn"), requires=("FITS061",))
def limits(indexed: HeaderIndex) -> Iterator[Problem]:
    """TLMINn, TLMAXn, TDMINn and TDMAXn have the type of their column, and no minimum exceeds its maximum.

    Where the minimum exceeds the maximum, both are undefined, which is a warning.

    How to fix: write the limits in the type of the column, or leave them out.
    Source: FITS Standard 4.0, section 7.3.2.
    """
    for card, keyword, column in _columns(indexed, *_LIMITS[0], *_LIMITS[1]):
        kind = indexed.header.at(card).kind
        number = kind in {Kind.INTEGER, Kind.FLOAT}
        code = element(column)
        if kind is Kind.MALFORMED or not code or (code != "A" and number) or (code == "A" and kind is Kind.STRING):
            continue
        yield card_problem(
            f"{keyword.name} does not have the type of column {column.number}, TFORM{column.number} {quoted(column.form or '')}",
            card,
            keyword.name,
            "a string" if code == "A" else "a number",
            shown(indexed, card),
            column=column.name,
            at=10,
            group_key=keyword.root,
        )
    for least, largest in _LIMITS:
        for card, keyword, column in _columns(indexed, least):
            other = f"{largest[:-1]}{keyword.number}"
            low, high = indexed.header.number(keyword.name), indexed.header.number(other)
            if low is not None and high is not None and low > high:
                yield card_problem(
                    f"{keyword.name} = {low:g} exceeds {other} = {high:g}, so both are undefined",
                    card,
                    keyword.name,
                    f"at most {high:g}",
                    f"{low:g}",
                    column=column.name,
                    at=10,
                    severity=Severity.WARNING,
                    group_key=f"{least} undefined",
                )


HEADER_RULES = (tdim, tdisp, tnull, scaled, unnamed, name_characters, same_name, limits)
