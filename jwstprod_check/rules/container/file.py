"""FILE: the container. Whether it is FITS, whether it is complete, whether it contains more than its headers state."""

from collections.abc import Iterator

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.sniff import ECSV
from jwstprod_check.rules.container.defects import defects, lost, name_of, unread
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import plural, quoted


@rule("FILE001", "empty-file", fact=True, scope="file")
def empty(context: Context) -> Iterator[Outcome]:
    """The file is not empty.

    An empty file is left behind by an interrupted download or a writer that failed.

    How to fix: download or write the file again.
    Source: FITS Standard 4.0, section 3.1.
    """
    for _ in defects(context, "empty"):
        yield Problem(
            "the file is empty", expected="a FITS file", found="0 bytes", hint="download or write it again", offset=0
        )


@rule("FILE002", "not-fits", fact=True, scope="file")
def not_fits(context: Context) -> Iterator[Outcome]:
    """The file begins with the card ``SIMPLE  =``.

    A failed download often leaves an HTML or JSON error page under the name of the product; test data under Git LFS are
    text pointers of three lines until they are pulled. The message names what the first bytes look like. Catalogues
    that the pipeline writes as ECSV tables are reported by PROD009 instead.

    How to fix: download the file again (`git lfs pull` for a pointer).
    Source: FITS Standard 4.0, section 4.4.1.1; Git LFS specification (pointer files).
    """
    for defect, _ in defects(context, "not-fits"):
        if context.uncovered is not None and defect.text == ECSV:
            continue
        yield Problem(
            f"not a FITS file: it looks like {defect.text}", expected="SIMPLE  =", found=defect.text, offset=defect.at
        )


@rule("FILE003", "header-without-end", fact=True, scope="file")
def no_end(context: Context) -> Iterator[Outcome]:
    """Every header ends with an END card.

    Without END a reader cannot find where the data begin; most readers silently drop the HDU and all HDUs after it.

    How to fix: write the file again; END is a card of its own, followed by blanks to the end of the block.
    Source: FITS Standard 4.0, section 4.4.1.1.
    """
    for defect, hdu in defects(context, "no-end", "header-too-long"):
        long = defect.kind == "header-too-long"
        where = f"within {defect.expected_bytes} bytes" if long else f"before byte {defect.found_bytes}"
        yield Problem(
            f"{name_of(defect, hdu)} has no END card {where}",
            hdu=unread(defect),
            expected="END",
            found=defect.text or ("more cards" if long else "the end of the file"),
            keyword="END",
            offset=defect.at,
        )


@rule("FILE004", "header-cut", fact=True, scope="file")
def header_cut(context: Context) -> Iterator[Outcome]:
    """The file does not end inside a header.

    The HDU is lost, and with it every HDU that followed it.

    How to fix: download the file again.
    Source: FITS Standard 4.0, section 3.1 (a file is a whole number of 2880-byte blocks).
    """
    for defect, hdu in defects(context, "header-cut"):
        yield Problem(
            f"truncated in the header of {name_of(defect, hdu)}, at byte {defect.found_bytes}{lost(context)}",
            hdu=unread(defect),
            expected="a header up to its END card",
            found=f"the first {plural((defect.found_bytes or 0) - (defect.at), 'byte')} of it",
            hint="download it again",
            offset=defect.at,
        )


@rule("FILE005", "truncated", fact=True, scope="file")
def truncated(context: Context) -> Iterator[Outcome]:
    """The file contains all the bytes that its headers describe.

    The data of the last HDU are cut, and the HDUs that followed it are lost. At best readers warn; then they return the
    data that are left.

    How to fix: download the file again, and compare its size with the size in the message.
    Source: FITS Standard 4.0, section 3.3.2; astropy issues 13356 and 8766.
    """
    for defect, hdu in defects(context, "truncated"):
        expected, found = defect.expected_bytes or 0, defect.found_bytes or 0
        start, size = (hdu.data_offset, hdu.data_size) if hdu is not None else (0, None)
        there = max(found - start, 0)
        filled = size is not None and 0 < size <= there
        what = (
            f"its data are there, the zeros after them are not: {there:,} of {expected - start:,} bytes"
            if filled
            else f"{there:,} bytes of data, needs {expected - start:,}"
        )
        yield Problem(
            f"truncated in {name_of(defect, hdu)}: {what}{lost(context, hdu)}",
            hdu=hdu,
            expected=f"a file of at least {expected} bytes",
            found=f"{found} bytes",
            hint="download it again",
            offset=found,
        )


@rule("FILE006", "size-contradicted", fact=True, scope="file")
def misplaced(context: Context) -> Iterator[Outcome]:
    """The next HDU begins where the data end according to the header before it.

    BITPIX, NAXISn, PCOUNT or GCOUNT was changed, or bytes were lost or added in the middle of the file. Readers
    interpret whatever they find at the computed position.

    How to fix: write the HDU again. The message gives the position at which the next header was found.
    Source: FITS Standard 4.0, sections 3.1 and 4.4.1.2.
    """
    for defect, hdu in defects(context, "misplaced"):
        yield Problem(
            f"the header of {name_of(defect, hdu)} gives a wrong size for its data: the next header begins at byte {defect.found_bytes}",
            hdu=hdu,
            expected=f"the next header at byte {defect.expected_bytes}",
            found=f"at byte {defect.found_bytes}",
            hint="BITPIX, NAXISn, PCOUNT or GCOUNT was changed, or bytes were lost or added",
            offset=defect.at,
        )


@rule("FILE007", "trailing-bytes", scope="file")
def trailing(context: Context) -> Iterator[Outcome]:
    """Nothing follows the last HDU.

    Extra bytes come from a failed append or from a second file joined to the first. A damaged extension header looks
    the same, and its HDU is lost.

    How to fix: cut the file at the expected size, or write it again.
    Source: FITS Standard 4.0, section 3.5 (special records are deprecated).
    """
    for defect, _ in defects(context, "trailing"):
        extra = (defect.found_bytes or 0) - (defect.expected_bytes or 0)
        kind = {"zero": "all zero", "blank": "all blank"}.get(defect.text, f"like {defect.text}")
        yield Problem(
            f"{plural(extra, 'byte')} after the last HDU, {kind}",
            expected=f"{defect.expected_bytes} bytes",
            found=f"{defect.found_bytes} bytes",
            offset=defect.at,
        )


@rule("FILE011", "too-many-hdus", fact=True, scope="file")
def too_many(context: Context) -> Iterator[Outcome]:
    """The file has at most 16,000 HDUs.

    The largest real products have a few thousand. HDUs beyond the limit were not read, so the file cannot be called
    conforming.

    How to fix: leave the file out; it is not a JWST product.
    Source: docs/design.md, "Bounds".
    """
    for defect, _ in defects(context, "too-many-hdus"):
        yield Problem(
            f"{defect.text}; the rest was not checked",
            expected=defect.expected,
            offset=defect.at,
        )


@rule("FILE012", "damaged-header-start", fact=True, scope="file")
def bad_start(context: Context) -> Iterator[Outcome]:
    """An extension begins with the card ``XTENSION=``.

    A reader that does not find XTENSION treats the HDU and everything after it as trailing bytes.

    How to fix: write the HDU again; XTENSION must be its first card.
    Source: FITS Standard 4.0, section 4.4.1.2.
    """
    for defect, hdu in defects(context, "bad-start"):
        yield Problem(
            f"{name_of(defect, hdu)} does not begin with XTENSION",
            hdu=hdu,
            keyword="XTENSION",
            expected="XTENSION=",
            found=quoted(defect.text),
            offset=defect.at,
        )


@rule("FILE013", "size-unknown", fact=True, scope="file")
def size_unknown(context: Context) -> Iterator[Outcome]:
    """The size of every HDU can be computed from its header.

    The size follows from BITPIX, NAXIS, every NAXISn, PCOUNT and GCOUNT. Where one of them is missing or invalid, the
    position of the next HDU is unknown.

    How to fix: write a valid value for the keyword that the message names.
    Source: FITS Standard 4.0, sections 4.4.1.1 and 4.4.1.2.
    """
    for defect, hdu in defects(context, "size-unknown"):
        if hdu is None:
            continue
        keyword, found = _unsizable(hdu)
        rest = "" if context.file.complete else "; HDUs after it could not be read"
        yield Problem(
            f"the size of {name_of(defect, hdu)} cannot be computed: {keyword} is {found}{rest}",
            hdu=hdu,
            keyword=keyword,
            expected="a valid integer",
            found=found,
            offset=hdu.header_offset,
        )


def _unsizable(hdu: Hdu) -> tuple[str, str]:
    """Keyword from which the size of an HDU cannot be computed, and its value."""
    header = hdu.header
    naxis = header.integer("NAXIS")
    axes = [f"NAXIS{n}" for n in range(1, min(naxis, 999) + 1)] if naxis is not None and naxis > 0 else []
    for keyword in ("BITPIX", "NAXIS", *axes, "PCOUNT", "GCOUNT"):
        value = header.integer(keyword)
        card = header.card(keyword)
        if card is None and keyword not in ("PCOUNT", "GCOUNT"):
            return keyword, "missing"
        bad = (
            value is None
            or (keyword == "BITPIX" and value not in (8, 16, 32, 64, -32, -64))
            or (keyword != "BITPIX" and value < 0)
        )
        if card is not None and (bad or (keyword == "NAXIS" and value is not None and value > 999)):
            return keyword, quoted(str(card.value)) if card.value is not None else "without a value"
    return "NAXIS", "unreadable"


RULES = (
    empty,
    not_fits,
    no_end,
    header_cut,
    truncated,
    misplaced,
    trailing,
    too_many,
    bad_start,
    size_unknown,
)
