"""FITS: tables as a whole. TFORMn, the width of a row, the heap, indices, ASCII tables."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.columns import Column
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import broken, card_problem, header_rule, mistyped
from jwstprod_check.rules.rule import Outcome, Problem
from jwstprod_check.text import plural, quoted

COLUMN_KEYWORDS: Final = (
    "TFORMn",
    "TBCOLn",
    "TTYPEn",
    "TUNITn",
    "TDISPn",
    "TDIMn",
    "TSCALn",
    "TZEROn",
    "TNULLn",
    "TDMINn",
    "TDMAXn",
    "TLMINn",
    "TLMAXn",
    "TCTYPn",
    "TCUNIn",
    "TCRVLn",
    "TCDLTn",
    "TCRPXn",
    "TCROTn",
)

_BINARY = re.compile(
    r"(?:[0-9]{0,9}[LXBIJKEDCM][0-9A-Z.()]*"
    r"|[0-9]{0,9}A(?:[0-9]+|:SSTR[0-9]+(?:/[0-9]{3})?)?"
    r"|[01]?[PQ][LXBIJKAEDCM](?:\([0-9]+\))?) *\Z"
).match
_ASCII = r"(?:A([0-9]{1,4})|I([0-9]{1,4})|[FED]([0-9]{1,4})\.([0-9]{1,4})) *\Z"
_LONG_P = r" *([0-9]*)[PQ]"
_SUBSTRING = re.compile(r"([0-9]+)A([0-9]+) *\Z").match


@header_rule("FITS060", "column-index", on=COLUMN_KEYWORDS)
def index(indexed: HeaderIndex) -> Iterator[Problem]:
    """Keywords of columns have an index from 1 to TFIELDS.

    A higher index is left over from a column that was removed, or TFIELDS is wrong and columns are lost.

    How to fix: remove the card, or correct TFIELDS.
    Source: FITS Standard 4.0, sections 7.2.1, 7.2.2, 7.3.1 and 7.3.2; stdatamodels issue 677.
    """
    fields = indexed.fields
    if fields is None or indexed.kind not in {"bintable", "table"}:
        return
    for card, keyword in indexed.each(*COLUMN_KEYWORDS):
        if not 1 <= keyword.number <= fields and not (keyword.root == "TBCOLn" and indexed.kind == "bintable"):
            yield card_problem(
                f"{keyword.name} has no column: TFIELDS is {fields}",
                card,
                keyword.name,
                f"1 to {fields}",
                str(keyword.number),
                group_key="index",
            )


@header_rule("FITS061", "bad-tform", on=("TFIELDS",))
def tform(indexed: HeaderIndex) -> Iterator[Outcome]:
    """Every column of a binary table has a valid TFORMn: a repeat count and a letter, without leading blanks.

    A variable-length column is `1PE(12)`: at most one descriptor, P or Q, the type of the elements, their largest
    number. Without a valid TFORMn readers cannot find the columns after it.

    How to fix: write the format of the column in upper case.
    Source: FITS Standard 4.0, sections 7.3.1 (table 18) and 7.3.5.
    """
    for column in indexed.columns if indexed.fields is not None else ():
        name = f"TFORM{column.number}"
        if column.form is None:
            absent = card_problem(
                f"{name} is missing", None, name, name, "missing", column=column.name, group_key="missing"
            )
            yield from indexed.report_missing(name, absent)
        elif not _BINARY(column.form):
            reason = _tform_reason(column.form)
            yield card_problem(
                f"{name} {quoted(column.form)} {reason}",
                indexed.header.first[name],
                name,
                "a repeat count and one of L X B I J K A E D C M P Q",
                quoted(column.form),
                column=column.name,
                at=10,
                group_key=reason,
            )
    for card, defect, keyword in mistyped(indexed, "form"):
        yield broken(card, defect, keyword, defect.text)


def _tform_reason(form: str) -> str:
    if form.startswith(" "):
        return "begins with a blank"
    descriptor = re.match(_LONG_P, form.upper())
    if descriptor:
        if int(descriptor[1][:9] or 1) > 1:
            return "has more than one descriptor in a row"
        if form == form.upper():
            return "does not state the type and the largest number of elements"
    if _BINARY(form.upper()):
        return "is in lower case"
    return "is not a format of a binary table"


@header_rule(
    "FITS062",
    "row-width",
    on=("TFIELDS",),
    requires=("FITS024", "FITS025", "FITS028", "FITS060", "FITS061"),
)
def width(indexed: HeaderIndex) -> Iterator[Problem]:
    """NAXIS1 of a binary table is the sum of the widths of its columns (TFORMn).

    Otherwise readers that rely on NAXIS1 and readers that rely on TFORMn silently return different values.

    How to fix: correct the TFORMn that was changed, or NAXIS1.
    Source: FITS Standard 4.0, section 7.3.1.
    """
    if indexed.kind != "bintable" or indexed.fields is None or not indexed.sized:
        return
    naxis1 = indexed.header.integer("NAXIS1")
    forms = [column.tform for column in indexed.columns]
    total = sum([form.width for form in forms if form is not None])
    if naxis1 is not None and None not in forms and total != naxis1:
        yield card_problem(
            f"columns need {plural(total, 'byte')} a row, but NAXIS1 is {naxis1}",
            indexed.header.first["NAXIS1"],
            "NAXIS1",
            f"{total}, the sum of the widths in TFORMn",
            str(naxis1),
            at=10,
            group_key="width",
        )


@header_rule("FITS063", "wrong-type-of-column-keyword", on=("!type",))
def types(indexed: HeaderIndex) -> Iterator[Problem]:
    """TTYPEn, TUNITn, TDISPn, TDIMn, TCTYPn, TCUNIn are strings; TSCALn, TZEROn and table coordinates are numbers.

    THEAP is an integer. Readers ignore or misread a value of another type.

    How to fix: write the value in its type.
    Source: FITS Standard 4.0, sections 7.3.2 and 8.
    """
    for card, defect, keyword in mistyped(indexed, "column"):
        yield broken(card, defect, keyword, f"{keyword.root} {defect.text}")


@header_rule("FITS064", "heap", on=("THEAP", "PCOUNT"), requires=("FITS061", "FITS063"))
def heap(indexed: HeaderIndex) -> Iterator[Problem]:
    """THEAP appears only with a heap and points into it; a heap appears only with variable-length columns.

    The heap follows the rows and has PCOUNT bytes. A heap that no column points to is unused, or a TFORMn lost its P;
    that is a warning.

    How to fix: remove THEAP, so that the heap follows the rows; write PCOUNT = 0 where no column has variable length.
    Source: FITS Standard 4.0, sections 7.3.2 and 7.3.5.
    """
    if indexed.kind != "bintable" or not indexed.sized:
        return
    header = indexed.header
    start, pcount = header.integer("THEAP"), header.integer("PCOUNT")
    rows, row = header.integer("NAXIS2"), header.integer("NAXIS1")
    if pcount is None or rows is None or row is None:
        return
    end = rows * row
    text = ""
    if start is not None and pcount == 0:
        text = "but PCOUNT is 0: there is no heap"
    elif start is not None and not end <= start <= end + pcount:
        text = f"outside the heap, which is from {end} to {end + pcount}"
    if text:
        expected = f"{end} to {end + pcount}" if pcount else "no THEAP"
        yield card_problem(
            f"THEAP is {start}, {text}", header.first["THEAP"], "THEAP", expected, str(start), group_key="heap"
        )
    if pcount and indexed.columns and all(c.tform is not None and c.tform.code not in "PQ" for c in indexed.columns):
        yield card_problem(
            f"PCOUNT is {pcount}, but no column has variable length",
            header.first["PCOUNT"],
            "PCOUNT",
            "0",
            str(pcount),
            at=10,
            severity=Severity.WARNING,
            group_key="pcount",
        )


@header_rule("FITS065", "substring-width", Severity.WARNING, on=("TFORMn",))
def substrings(indexed: HeaderIndex) -> Iterator[Problem]:
    """A text column `rAw` contains a whole number of substrings: w divides r.

    Readers that split the text truncate the last substring, or reject the column.

    How to fix: write r as a multiple of w.
    Source: FITS Standard 4.0, section 7.3.1; NOST 100-2.0, appendix B (substring array convention).
    """
    for column in indexed.columns:
        found = _SUBSTRING(column.form or "")
        if found and (int(found[2][:18]) == 0 or int(found[1][:18]) % int(found[2][:18])):
            name = f"TFORM{column.number}"
            text = f"{name} {quoted(column.form or '')} does not contain a whole number of substrings"
            yield card_problem(
                text,
                indexed.header.first[name],
                name,
                f"a multiple of {found[2]}",
                found[1],
                column=column.name,
                group_key="substring",
            )


@header_rule("FITS066", "ascii-table", on=("TBCOLn", "TFORMn", "TNULLn", "TFIELDS"))
def ascii_table(indexed: HeaderIndex) -> Iterator[Outcome]:
    """The columns of an ASCII table have a TBCOLn and a TFORMn that lie within the row.

    No JWST product has ASCII tables, and their values are not checked. TFORMn is `Aw`, `Iw`, `Fw.d`, `Ew.d` or `Dw.d`,
    TNULLn a string.

    How to fix: write a binary table.
    Source: FITS Standard 4.0, section 7.2.1.
    """
    if indexed.kind != "table" or indexed.fields is None:
        return
    row = indexed.header.integer("NAXIS1")
    for n in range(1, indexed.fields + 1):
        form, begin = indexed.header.string(f"TFORM{n}"), indexed.header.integer(f"TBCOL{n}")
        for name, value in ((f"TFORM{n}", form), (f"TBCOL{n}", begin)):
            if value is None:
                text = f"{name} is missing from an ASCII table"
                problem = card_problem(text, None, name, name, "missing", group_key=name[:5])
                yield from indexed.report_missing(name, problem)
        found = re.match(_ASCII, form or "")
        if form is not None and not found:
            text = f"TFORM{n} {quoted(form)} is not a format of an ASCII table"
            yield card_problem(text, None, f"TFORM{n}", "Aw, Iw, Fw.d, Ew.d or Dw.d", quoted(form), group_key="form")
        if found and begin is not None and row is not None:
            wide = int(found[1] or found[2] or found[3])
            if begin < 1 or begin + wide - 1 > row:
                text = f"column {n} (TBCOL{n} = {begin}, width {wide}) is not within the row of {row} bytes"
                yield card_problem(
                    text, None, f"TBCOL{n}", f"1 to {row}", f"{begin} to {begin + wide - 1}", group_key="range"
                )
    for card, keyword in indexed.each("TNULLn"):
        if indexed.header.string(keyword.name) is None:
            text = f"{keyword.name} of an ASCII table is not a string"
            yield card_problem(text, card, keyword.name, "a string", "another type", at=10, group_key="null")


def element(column: Column) -> str:
    """Letter of a column's values: of a variable-length column that of its elements, '' where it cannot be read."""
    if column.tform is None:
        return ""
    return column.tform.rest[:1] if column.tform.code in "PQ" else column.tform.code


HEADER_RULES = (index, tform, width, types, heap, substrings, ascii_table)
