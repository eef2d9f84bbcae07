"""ASDF: the table that contains the embedded tree, by its header."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, plural, quoted


def extension(context: Context) -> Hdu | None:
    """Return the ASDF extension that readers use: the first of the name, if it is a binary table."""
    for hdu in context.file.named("ASDF")[:1]:
        if hdu.type == "BINTABLE" and hdu.index not in context.excluded:
            return hdu
    return None


@rule("ASDF001", "asdf-rows", scope="walk", requires=("HDU004",))
def rows(context: Context) -> Iterator[Outcome]:
    """The ASDF extension has one row, which contains the whole ASDF file.

    The reader takes the first cell for the tree. Without a row it silently continues with an empty tree, and the world
    coordinates are lost.

    How to fix: write the extension again from the data model.
    Source: stdatamodels 1.0.0 and later, fits_support.py; jwst documentation, data_products/stages.rst.
    """
    hdu = extension(context)
    if hdu is not None and hdu.rows is not None and (hdu.rows != 1 or hdu.axes[:1] == (0,)):
        found = plural(hdu.rows, "row") if hdu.rows != 1 else "a row of 0 bytes"
        yield Problem(
            f"the ASDF extension has {found}",
            hdu=hdu,
            keyword="NAXIS2" if hdu.rows != 1 else "NAXIS1",
            expected="1 row of bytes",
            found=found,
        )


@rule("ASDF002", "asdf-not-last", Severity.WARNING, scope="walk")
def last(context: Context) -> Iterator[Outcome]:
    """The ASDF extension is the last HDU.

    The data models write it last. HDUs after it were appended by another program, and the tree does not contain them.

    How to fix: nothing if it was intended; otherwise open and save the file with the data models.
    Source: stdatamodels, fits_support.py; files of jwst 1.4.6 to 3.0.0.
    """
    hdu = extension(context)
    after = context.file.hdus[hdu.index + 1 :] if hdu is not None else ()
    if hdu is not None and after:
        yield Problem(
            f"{plural(len(after), 'HDU')} after the ASDF extension: {listed(quoted(h.label) for h in after)}",
            hdu=hdu,
            expected="the last HDU",
            found=f"HDU {hdu.index} of {len(context.file.hdus) - 1}",
        )


RULES = (rows, last)
