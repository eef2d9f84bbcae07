"""FITS: the mandatory keywords. Their presence, order, format and values."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.rules.context import Context
from jwstprod_check.rules.fits.header_index import HeaderIndex
from jwstprod_check.rules.fits.header_rule import broken, card_problem, header_rule, mistyped, shown
from jwstprod_check.rules.fits.headers import repeated_keywords
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, quoted

REGISTERED: Final = frozenset({"IMAGE", "TABLE", "BINTABLE", "IUEIMAGE", "A3DTABLE", "FOREIGN", "DUMP", "FILEMARK"})
"""Registered values of XTENSION (FITS Standard 4.0, appendix F)."""


@rule("FITS020", "primary-without-simple", scope="walk")
def first_keyword(context: Context) -> Iterator[Outcome]:
    """The first keyword of the primary header is SIMPLE.

    Readers identify a FITS file by it. For extensions FILE012 checks XTENSION.

    How to fix: write the primary header again.
    Source: FITS Standard 4.0, section 4.4.1.1.
    """
    primary = context.file.hdus[0]
    names = primary.header.names
    if names[:1] != ["SIMPLE"]:
        yield Problem(
            "the primary header does not begin with SIMPLE",
            hdu=primary,
            keyword="SIMPLE",
            expected="SIMPLE",
            found=quoted(names[0]) if names else "END",
            offset=0,
        )


@header_rule("FITS021", "simple-is-false", on=("SIMPLE",))
def simple(indexed: HeaderIndex) -> Iterator[Problem]:
    """SIMPLE is T.

    F states that the file does not conform to the standard. astropy takes all bytes after the header for data then, so that the
    file has no extension for whoever reads it.

    How to fix: write T once the file conforms.
    Source: FITS Standard 4.0, section 4.4.1.1; astropy 6.1, io.fits (NonstandardHDU).
    """
    if indexed.header.value("SIMPLE") is False:
        yield card_problem(
            "SIMPLE is F, which states that the file does not conform to FITS",
            0,
            "SIMPLE",
            "T",
            "F",
            group_key="simple",
        )


@header_rule("FITS022", "unknown-xtension", on=("XTENSION",))
def xtension(indexed: HeaderIndex) -> Iterator[Problem]:
    """XTENSION is IMAGE, BINTABLE, TABLE or another registered type, in quotes that reach to byte 20.

    Readers compare it exactly: in lower case or after a blank the type is unknown, and the data cannot be read.

    How to fix: write the registered name, padded to 8 characters.
    Source: FITS Standard 4.0, sections 3.4.1.1, 4.2.1.1 and appendix F.
    """
    value = indexed.header.string("XTENSION")
    index, _ = indexed.keys["XTENSION"][0]
    if value is None or indexed.kind == "primary":
        return
    expected = "'IMAGE   ', 'BINTABLE' or 'TABLE   '"
    if value not in REGISTERED:
        meant = value.strip(" ").upper()
        hint = f"write {quoted(meant.ljust(8))}" if meant in REGISTERED else None
        what = "begins with a blank" if value.startswith(" ") else "is not a registered type"
        yield card_problem(
            f"XTENSION {what}: {quoted(value)}",
            index,
            "XTENSION",
            expected,
            quoted(value),
            hint=hint,
            at=10,
            group_key=what,
        )
    elif re.match(rb"'[^']{0,7}'", indexed.header.at(index).image[10:]):
        yield card_problem(
            "XTENSION has its closing quote before byte 20",
            index,
            "XTENSION",
            expected,
            quoted(value),
            at=10,
            group_key="short",
        )


@header_rule("FITS023", "mandatory-order", on=("!order",))
def order(indexed: HeaderIndex) -> Iterator[Problem]:
    """The mandatory keywords are the first of the header, in the order of the standard.

    The order is SIMPLE or XTENSION, BITPIX, NAXIS, NAXIS1 to NAXISn, in an extension PCOUNT and GCOUNT, in a table
    TFIELDS. Readers that rely on the order read another size, or stop.

    How to fix: write the header again with a FITS library.
    Source: FITS Standard 4.0, sections 4.4.1.1, 4.4.1.2, 7.2.1 and 7.3.1.
    """
    # A header that does not begin with SIMPLE or XTENSION is FILE012.
    if not indexed.sized or indexed.cut or indexed.names[:1] not in (["SIMPLE"], ["XTENSION"]):
        return
    first, known = indexed.header.first, set(indexed.sequence)
    wanted = [name for name in indexed.sequence if name in first]
    # A repeated keyword is another rule's; here only its first card counts.
    found = [name for i, name in enumerate(indexed.names) if name not in known or first[name] == i][: len(wanted)]
    at = next((n for n, (a, b) in enumerate(zip(wanted, found, strict=True)) if a != b), None)
    if at is not None:
        yield card_problem(
            f"{wanted[at]} is card {first[wanted[at]] + 1}, expected card {at + 1}",
            first[wanted[at]],
            wanted[at],
            listed(wanted, 12),
            listed((quoted(n) for n in found), 12),
            group_key="order",
        )


@header_rule("FITS024", "mandatory-keyword-missing", on=("!order",))
def missing(indexed: HeaderIndex) -> Iterator[Outcome]:
    """An extension has PCOUNT and GCOUNT, a table has TFIELDS.

    Without them readers cannot determine the size of the data or the number of columns. For BITPIX, NAXIS and NAXISn
    FILE013 reports it.

    How to fix: write the keyword; PCOUNT = 0 and GCOUNT = 1 in an image.
    Source: FITS Standard 4.0, sections 4.4.1.2, 7.2.1 and 7.3.1.
    """
    for name in ("PCOUNT", "GCOUNT", "TFIELDS"):
        if name in indexed.sequence:
            problem = card_problem(f"{name} is missing", None, name, name, "missing", group_key=name)
            yield from indexed.report_missing(name, problem)


@header_rule(
    "FITS025",
    "mandatory-keyword-value",
    on=(
        "!type",
        "TFIELDS",
    ),
)
def value(indexed: HeaderIndex) -> Iterator[Problem]:
    """A mandatory keyword has the correct type: SIMPLE a logical, XTENSION a string, TFIELDS 0 to 999.

    Readers reject the header, or read another size. Where BITPIX, NAXIS, NAXISn, PCOUNT or GCOUNT leave the size of the
    data unknown, FILE013 reports it.

    How to fix: write the value without quotes; XTENSION in quotes.
    Source: FITS Standard 4.0, sections 4.4.1.1, 4.4.1.2 and 7.3.1.
    """
    for index, defect, keyword in mistyped(indexed, "mandatory"):
        yield broken(index, defect, keyword, keyword.root)
    fields = indexed.header.integer("TFIELDS")
    if fields is not None and not 0 <= fields <= 999:
        index, _ = indexed.keys["TFIELDS"][0]
        yield card_problem(
            f"TFIELDS is {fields}, expected 0 to 999",
            index,
            "TFIELDS",
            "0 to 999",
            str(fields),
            at=10,
            group_key="range",
        )


@header_rule("FITS026", "not-in-fixed-format", on=("!fixed",))
def fixed(indexed: HeaderIndex) -> Iterator[Problem]:
    """Mandatory keywords have the fixed format: integers, T and F end in byte 30, strings begin in byte 11.

    Old readers rely on these positions and read another number, or none.

    How to fix: write the header again with a FITS library.
    Source: FITS Standard 4.0, sections 4.2 and 4.4.1.
    """
    for index, defect, keyword in indexed.defective:
        if defect.kind == "fixed" and keyword is not None:
            yield broken(index, defect, keyword, "fixed")


@header_rule("FITS027", "axis-beyond-naxis", on=("NAXISn",))
def axes(indexed: HeaderIndex) -> Iterator[Problem]:
    """Every NAXISn has an index from 1 to NAXIS.

    A higher index is left over from another array, or NAXIS is wrong.

    How to fix: remove the keyword, or correct NAXIS.
    Source: FITS Standard 4.0, section 4.4.1.1.
    """
    naxis = indexed.header.integer("NAXIS")
    if naxis is None or (not indexed.sized and naxis < 0):
        return
    for index, keyword in indexed.each("NAXISn"):
        if not 1 <= keyword.number <= naxis:
            yield card_problem(
                f"{keyword.name} is present, but NAXIS is {naxis}",
                index,
                keyword.name,
                f"NAXIS1 to NAXIS{naxis}" if naxis else "no NAXISn",
                keyword.name,
                group_key="index",
            )


@header_rule("FITS028", "structure-of-an-extension", on=("XTENSION",), gives_way_to=("FILE005", "FILE006"))
def structure(indexed: HeaderIndex) -> Iterator[Problem]:
    """An image has PCOUNT = 0 and GCOUNT = 1; a table has BITPIX = 8, NAXIS = 2, GCOUNT = 1 and, if ASCII, PCOUNT = 0.

    NAXIS1 of a table is the number of bytes in a row, NAXIS2 the number of rows; only a binary table has a heap, of
    PCOUNT bytes. With other values readers disagree on the size of the data.

    How to fix: write the extension again with a FITS library.
    Source: FITS Standard 4.0, sections 7.1.1, 7.2.1 and 7.3.1.
    """
    table = {"BITPIX": 8, "NAXIS": 2, "GCOUNT": 1}
    wanted = {"image": {"PCOUNT": 0, "GCOUNT": 1}, "bintable": table, "table": {**table, "PCOUNT": 0}}
    yield from _fixed_values(indexed, wanted.get(indexed.kind, {}))


def _fixed_values(indexed: HeaderIndex, wanted: dict[str, int]) -> Iterator[Problem]:
    for name, number in wanted.items():
        found = indexed.header.integer(name)
        if indexed.sized and found is not None and found != number:
            index = indexed.header.first[name]
            what = "an image" if indexed.kind == "image" else "a table"
            yield card_problem(
                f"{name} is {found}, expected {number} in {what}",
                index,
                name,
                str(number),
                str(found),
                at=10,
                group_key=name,
            )


@header_rule("FITS029", "mandatory-keyword-repeated", on=("!repeated",))
def repeated(indexed: HeaderIndex) -> Iterator[Problem]:
    """A mandatory keyword appears once.

    Readers that rely on the order take the second card for the next keyword and stop, or read another size.

    How to fix: remove the second card.
    Source: FITS Standard 4.0, section 4.1.2.3.
    """
    for name, indices in repeated_keywords(indexed, mandatory=True).items():
        index = indices[1]
        text = f"{name} appears again in card {index + 1}"
        yield card_problem(
            text, index, name, f"once, in card {indices[0] + 1}", shown(indexed, index), group_key="repeated"
        )


HEADER_RULES = (simple, xtension, order, missing, value, fixed, axes, structure, repeated)
RULES = (first_keyword,)
