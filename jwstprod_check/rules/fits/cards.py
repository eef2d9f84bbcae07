"""FITS: the grammar of cards. Names, value fields, END and what follows it."""

from collections.abc import Iterator

import msgspec

from jwstprod_check.findings import Severity
from jwstprod_check.fits.cards import CARD
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import card_problem, header_rule, subject
from jwstprod_check.rules.rule import Problem
from jwstprod_check.text import quoted


def _cards(indexed: HeaderIndex, *kinds: str) -> Iterator[Problem]:
    """Defects of single cards, of some kinds; all of one kind become one finding."""
    for index, defect, _ in indexed.defective:
        if defect.kind in kinds:
            name = indexed.names[index]
            yield card_problem(
                f"{subject(name, index)} {defect.text}",
                index,
                name or None,
                defect.expected,
                defect.found,
                hint=defect.hint,
                at=defect.at,
                group_key=defect.kind,
            )


@header_rule("FITS001", "byte-outside-text", on=("!non-text",))
def non_text(indexed: HeaderIndex) -> Iterator[Problem]:
    """A header contains printable ASCII only, the bytes 0x20 to 0x7e.

    Accented names, Greek letters, tabs, line ends and NUL bytes come from writers that do not encode their text. Some
    readers drop the card, some stop, some show other letters.

    How to fix: write the text in ASCII, and pad headers with blanks.
    Source: FITS Standard 4.0, sections 3.3.1 and 4.1.2.3; astropy issue 6074.
    """
    yield from _cards(indexed, "non-text")


@header_rule("FITS002", "bad-keyword-name", on=("!name",))
def bad_name(indexed: HeaderIndex) -> Iterator[Problem]:
    """A keyword begins in byte 1 and consists of `A-Z`, `0-9`, `-` and `_`.

    A keyword in lower case or after a blank is another keyword: readers that look for the correct one do not find it.
    astropy silently converts it to upper case.

    How to fix: write the keyword in upper case from byte 1 on, and `= ` in bytes 9 and 10.
    Source: FITS Standard 4.0, section 4.1.2.1.
    """
    yield from _cards(indexed, "name")


@header_rule("FITS003", "bad-value-indicator", Severity.WARNING, on=("!indicator",))
def indicator(indexed: HeaderIndex) -> Iterator[Problem]:
    """An equals sign in byte 9 is followed by a blank.

    Without the blank the card is commentary and the keyword has no value. For a keyword that the standard reserves, whose value
    readers look for, it is an error: astropy stops at such an EXTEND.

    How to fix: write `= ` in bytes 9 and 10.
    Source: FITS Standard 4.0, section 4.1.2.2; astropy 6.1, verification of the primary header.
    """
    reserved = {index for index, _, keyword in indexed.defective if keyword is not None and keyword.types is not None}
    for problem in _cards(indexed, "indicator"):
        if problem.offset is not None and problem.offset // CARD in reserved:
            yield msgspec.structs.replace(problem, severity=Severity.ERROR, group_key="indicator-reserved")
        else:
            yield problem


@header_rule("FITS004", "open-string", on=("!quote",))
def open_string(indexed: HeaderIndex) -> Iterator[Problem]:
    """A string has a closing quote.

    A quote inside a string is written twice. Without the closing quote, readers take the comment as part of the value.

    How to fix: close the string before byte 81; continue a longer one with CONTINUE cards.
    Source: FITS Standard 4.0, section 4.2.1.1.
    """
    yield from _cards(indexed, "quote")


@header_rule("FITS005", "not-finite-value", on=("!not-finite",))
def not_finite(indexed: HeaderIndex) -> Iterator[Problem]:
    """No card contains NaN or infinity.

    A header cannot represent them. astropy silently opens such a file and stops when it writes it; other readers take
    the value as text.

    How to fix: leave the keyword out, or leave its value field blank.
    Source: FITS Standard 4.0, section 4.2.4; jwst issues 5565 and 5303.
    """
    yield from _cards(indexed, "not-finite")


@header_rule(
    "FITS006",
    "unreadable-value",
    on=(
        "!number",
        "!logical",
        "!complex",
        "!unknown",
    ),
)
def unreadable(indexed: HeaderIndex) -> Iterator[Problem]:
    """A value is a string in quotes, T or F, a number, or two numbers as `(a, b)`.

    `1.0e5` (the exponent is `E` or `D`), `0x10`, `12:30`, `TRUE` and text without quotes are invalid, though some
    readers accept them.

    How to fix: write the number with an upper-case exponent, T or F, or text in single quotes.
    Source: FITS Standard 4.0, sections 4.2.1 to 4.2.6.
    """
    yield from _cards(indexed, "number", "logical", "complex", "unknown")


@header_rule("FITS007", "comment-without-slash", on=("!slash",))
def slash(indexed: HeaderIndex) -> Iterator[Problem]:
    """A slash separates a value from its comment.

    Without it the end of the value is unclear; readers take the first word, all of the text, or nothing.

    How to fix: write ` / ` before the comment.
    Source: FITS Standard 4.0, section 4.1.2.3.
    """
    yield from _cards(indexed, "slash")


@header_rule("FITS008", "value-missing", Severity.WARNING, on=("!null",))
def null(indexed: HeaderIndex) -> Iterator[Problem]:
    """A keyword with `= ` has a value.

    The standard allows a blank value field and calls the value undefined; readers return None, an empty string or zero.
    A keyword that the standard reserves must have a value; where it has none, a wrong type is reported.

    How to fix: write the value, or leave the keyword out.
    Source: FITS Standard 4.0, section 4.1.2.3.
    """
    yield from _cards(indexed, "null")


@header_rule("FITS009", "header-end", on=("!end",))
def end(indexed: HeaderIndex) -> Iterator[Problem]:
    """The END card contains only END, and blanks follow it to the end of the block.

    Zero bytes, line ends or old cards after END show that the header was not written by a FITS library. No reader sees
    cards after END.

    How to fix: fill the block with blanks; move the cards that are after END before it.
    Source: FITS Standard 4.0, sections 3.3.1 and 4.4.1.1.
    """
    header = indexed.header
    start = header.end * CARD
    tail = header.raw[start + 3 :].rstrip(b" ")
    own, rest = tail[: CARD - 3].strip(b" "), tail[CARD - 3 :].lstrip(b" ")
    if own:
        yield card_problem("END has text after it", header.end, "END", "blanks", _quoted(own), at=3, group_key="end")
    if rest:
        at = start + 3 + len(tail) - len(rest)
        what = "zero bytes" if not rest.strip(b"\0 ") else _quoted(rest[:CARD])
        hint = "END appears twice" if rest[:8].rstrip(b" ") == b"END" else None
        text = "is not filled with blanks after END"
        yield card_problem(text, at // CARD, "END", "blanks", what, hint=hint, at=at % CARD, group_key="fill")


def _quoted(text: bytes) -> str:
    return quoted(text.decode("latin-1").rstrip(" "))


HEADER_RULES = (non_text, bad_name, indicator, open_string, not_finite, unreadable, slash, null, end)
