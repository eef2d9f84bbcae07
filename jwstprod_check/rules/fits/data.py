"""FITS: the data as the standard defines them. Fill, cells of binary tables, heaps, compressed images."""

from collections.abc import Callable, Iterator

from jwstprod_check.fits.columns import Column, read_columns
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import looked_at, not_read
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.facts import ColumnFacts, Count
from jwstprod_check.text import plural, printable, quoted, times


def _cells(
    context: Context, codes: str, of: Callable[[ColumnFacts], Count]
) -> Iterator[tuple[Hdu, Column, ColumnFacts, Count]]:
    """Columns of some types with cells in which something was counted."""
    for hdu, facts in looked_at(context):
        for found in facts.table.columns if facts.table is not None else ():
            column = _columns(hdu)[found.number - 1]
            count = of(found)
            if count and column.tform is not None and column.tform.code in codes:
                yield hdu, column, found, count


def _columns(hdu: Hdu) -> tuple[Column, ...]:
    return hdu.header.memo_by_cards(read_columns)


def _unread(context: Context, codes: str) -> Iterator[Skip]:
    """Tables with columns of some types that could not be read."""
    yield from not_read(context, lambda hdu: _has(hdu, codes))
    yield from not_read(
        context, lambda hdu: _has(hdu, codes), lambda facts: facts.table.not_read if facts.table else ""
    )


def _has(hdu: Hdu, codes: str) -> bool:
    """Whether a binary table has a column of some types, or may have."""
    return hdu.xtension == "BINTABLE" and any(c.tform is None or c.tform.code in codes for c in _columns(hdu))


def _named(column: Column) -> str:
    return f"column {column.number} {quoted(column.name)}" if column.name else f"column {column.number}"


def _problem(hdu: Hdu, column: Column, count: Count, what: str, expected: str, found: str) -> Problem:
    return Problem(
        f"{hdu.label}: {what} in {plural(count.count, 'row')} of {_named(column)}, first in row {count.first + 1}",
        hdu=hdu,
        keyword=f"TFORM{column.number}",
        column=column.name,
        expected=expected,
        found=found,
    )


@rule("FITS080", "data-fill", scope="walk", level="data")
def data_fill(context: Context) -> Iterator[Outcome]:
    """The bytes from the end of the data to the end of their last block are zero (blanks in an ASCII table).

    Other bytes mean that the data are longer than the header states (rows that were not counted), or that old content
    was left over.

    How to fix: correct NAXISn or PCOUNT, or write the HDU again.
    Source: FITS Standard 4.0, sections 3.3.2, 7.2.3 and 7.3.3.
    """
    yield from not_read(context, lambda hdu: bool((hdu.data_size or 0) % 2880))
    for hdu, facts in looked_at(context):
        if facts.fill:
            fill = "blank" if hdu.type == "TABLE" else "zero"
            yield Problem(
                f"{hdu.label}: {plural(facts.fill.count, 'byte')} that are not {fill} in the fill after the data, first at byte "
                f"{hdu.data_offset + facts.fill.first} of the file",
                hdu=hdu,
                expected=f"{fill} bytes",
                found=plural(facts.fill.count, "other byte"),
                offset=hdu.data_offset + facts.fill.first,
            )


@rule("FITS081", "bit-column-fill", scope="walk", level="data")
def bit_fill(context: Context) -> Iterator[Outcome]:
    """The unused bits in the last byte of an X column are zero.

    The bits are packed from the left. A set unused bit means that they were packed from the right, so that all of them
    are read incorrectly.

    How to fix: pack the bits from the most significant one on.
    Source: FITS Standard 4.0, section 7.3.3.1.
    """
    yield from _unread(context, "X")
    for hdu, column, _, count in _cells(context, "X", lambda c: c.bad):
        yield _problem(hdu, column, count, "set unused bits", "zero", "set bits")


@rule("FITS082", "text-column-bytes", scope="walk", level="data")
def text_bytes(context: Context) -> Iterator[Outcome]:
    """A text column contains printable ASCII only; a NUL may end a string.

    Letters of other alphabets and control characters stop some readers, and others interpret them differently.

    How to fix: write the text in ASCII.
    Source: FITS Standard 4.0, section 7.3.3.1.
    """
    yield from _unread(context, "A")
    for hdu, column, _, count in _cells(context, "A", lambda c: c.bad):
        yield _problem(hdu, column, count, "bytes outside ASCII 32 to 126", "printable ASCII", "other bytes")


@rule("FITS083", "logical-column-values", scope="walk", level="data")
def logical_values(context: Context) -> Iterator[Outcome]:
    """A logical column contains T, F, or NUL for undefined.

    Some programs write the numbers 0 and 1, which are read as undefined or as false.

    How to fix: write the letters T and F.
    Source: FITS Standard 4.0, section 7.3.3.1.
    """
    yield from _unread(context, "L")
    for hdu, column, _, count in _cells(context, "L", lambda c: c.bad):
        yield _problem(hdu, column, count, "values other than T, F and NUL", "T, F or NUL", "other bytes")


@rule("FITS084", "descriptor", scope="walk", level="data")
def descriptor(context: Context) -> Iterator[Outcome]:
    """The descriptors of a variable-length column point into the heap, and no number in them is negative.

    A reader that follows an invalid descriptor takes bytes of another HDU for data, or fails.

    How to fix: write the table again; if rows were lost, correct PCOUNT and THEAP.
    Source: FITS Standard 4.0, section 7.3.5.
    """
    yield from _unread(context, "PQ")
    for hdu, column, _, count in _cells(context, "PQ", lambda c: c.negative):
        yield _problem(hdu, column, count, "negative descriptors", "numbers of 0 or more", "negative numbers")
    for hdu, column, _, count in _cells(context, "PQ", lambda c: c.beyond):
        yield _problem(
            hdu, column, count, "descriptors that point outside the heap", "arrays inside the heap", "arrays outside it"
        )


@rule("FITS085", "array-longer-than-stated", scope="walk", level="data")
def longer(context: Context) -> Iterator[Outcome]:
    """No array of a variable-length column is longer than the maximum in its TFORMn.

    Readers allocate memory by that number.

    How to fix: write the length of the longest array in the parentheses of TFORMn.
    Source: FITS Standard 4.0, section 7.3.5.
    """
    yield from _unread(context, "PQ")
    for hdu, column, found, count in _cells(context, "PQ", lambda c: c.longer):
        form = quoted(column.form or "")
        yield _problem(hdu, column, count, f"arrays longer than {form} allows", form, f"{found.longest} elements")


@rule("FITS086", "variable-array-bytes", scope="walk", level="data")
def heap_bytes(context: Context) -> Iterator[Outcome]:
    """Variable-length text contains printable ASCII only, variable-length logicals T, F and NUL only.

    The rule is that of columns of fixed length (FITS082, FITS083), applied to the bytes in the heap.

    How to fix: write the text in ASCII, the logicals as letters.
    Source: FITS Standard 4.0, sections 7.3.3.1 and 7.3.5.
    """
    yield from _unread(context, "PQ")
    yield from not_read(
        context, lambda hdu: _has(hdu, "PQ"), lambda facts: facts.table.heap_unread if facts.table else ""
    )
    for hdu, column, _, count in _cells(context, "PQ", lambda c: c.heap_bad):
        yield Problem(
            f"{hdu.label}: {plural(count.count, 'byte')} that the type does not allow in variable-length cells of "
            f"{_named(column)}, first at byte {hdu.data_offset + count.first} of the file",
            hdu=hdu,
            keyword=f"TFORM{column.number}",
            column=column.name,
            expected="printable ASCII, or T, F and NUL",
            found=plural(count.count, "other byte"),
            offset=hdu.data_offset + count.first,
        )


@rule("FITS087", "ascii-table-bytes", scope="walk", level="data")
def ascii_table(context: Context) -> Iterator[Outcome]:
    """An ASCII table (TABLE extension) contains printable ASCII only.

    Readers parse numbers and text from these bytes; other bytes stop them.

    How to fix: write the text in ASCII, or the table as a BINTABLE.
    Source: FITS Standard 4.0, section 7.2.3.
    """
    yield from not_read(context, lambda hdu: hdu.type == "TABLE")
    for hdu, facts in looked_at(context):
        if facts.text:
            yield Problem(
                f"{hdu.label}: {plural(facts.text.count, 'byte')} outside ASCII 32 to 126, first at byte "
                f"{hdu.data_offset + facts.text.first} of the file",
                hdu=hdu,
                expected="printable ASCII",
                found=plural(facts.text.count, "other byte"),
                offset=hdu.data_offset + facts.text.first,
            )


@rule("FITS088", "compressed-image", scope="walk", requires=("FITS056", "FITS084"), level="data")
def compressed_image(context: Context) -> Iterator[Outcome]:
    """A tile-compressed image can be decompressed.

    Where tiles are damaged or missing, their part of the image is lost. Images compressed with HCOMPRESS_1 or PLIO_1,
    and very large ones, are not decompressed by this rule; their checksums and descriptors are still checked.

    How to fix: compress the image again (`fpack`), or download the file again.
    Source: FITS Standard 4.0, section 10.
    """
    yield from not_read(context, lambda hdu: hdu.compressed, lambda facts: facts.not_read or facts.not_decoded)
    for hdu, facts in looked_at(context):
        if facts.decode_error:
            yield Problem(
                f"{hdu.label}: the compressed image cannot be decompressed: {printable(facts.decode_error)[:200]}",
                hdu=hdu,
                expected=f"an image of {times(hdu.axes)} pixels",
                found="damaged data",
                offset=hdu.data_offset,
            )


RULES = (
    data_fill,
    bit_fill,
    text_bytes,
    logical_values,
    descriptor,
    longer,
    heap_bytes,
    ascii_table,
    compressed_image,
)
