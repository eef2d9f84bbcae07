"""SUM: what DATASUM and CHECKSUM say of the bytes, and what the bytes say."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import looked_at, not_read
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.sums import ALL_ONES, added
from jwstprod_check.text import listed, plural

_NUMBER: Final = re.compile(r" *\d{1,10} *\Z", re.ASCII)
_CODED: Final = re.compile(r"[0-9A-Za-z]{16}\Z", re.ASCII)


def _datasum(hdu: Hdu) -> int | None:
    """DATASUM as a number, None where it is absent, empty or malformed."""
    text = hdu.header.string("DATASUM")
    if text is None or not _NUMBER.match(text) or int(text) > ALL_ONES:
        return None
    return int(text)


def _has_checksum(hdu: Hdu) -> bool:
    return bool(_CODED.match(hdu.header.string("CHECKSUM") or ""))


def _same(one: int, other: int) -> bool:
    """Whether two one's-complement numbers are equal; 0 has two forms."""
    return one % ALL_ONES == other % ALL_ONES


@rule("SUM001", "datasum-mismatch", scope="walk", level="data", requires=("FITS040", "FITS046"))
def datasum(context: Context) -> Iterator[Outcome]:
    """The data of an HDU have the sum that its DATASUM states.

    Somewhere between the writer and here the data changed: a broken transfer or disk, or a program that changed pixels
    and left the sum. With CHECKSUM the message also says whether the header is still the one that was written.

    Mend: fetch the file again; where the data were changed on purpose, write both keywords anew (`fitscheck --write`).
    Source: FITS Standard 4.0, section 4.4.2.7 and appendix J.
    """
    yield from not_read(context, lambda hdu: _datasum(hdu) is not None)
    within = [hdu.label for hdu, _ in looked_at(context) if hdu.compressed and "ZDATASUM" in hdu.header]
    if within:
        yield Skip(f"{listed(within)}: ZDATASUM and ZHECKSUM, of the image before it was compressed, are not verified")
    for hdu, facts in looked_at(context):
        stated = _datasum(hdu)
        if stated is None or facts.sums is None or _same(stated, facts.sums.data):
            continue
        what = "the data changed after DATASUM was written"
        if _has_checksum(hdu):
            intact = _same(added(facts.sums.header, stated), 0)
            what = "the data changed" if intact else "the data changed, and the header as well"
        yield Problem(
            f"{hdu.label}: {what}: DATASUM is {stated}, the sum of the data is {facts.sums.data}",
            hdu=hdu,
            keyword="DATASUM",
            expected=str(stated),
            found=str(facts.sums.data),
            hint="fetch the file again; if the change was meant, write the sums anew",
            offset=hdu.data_offset,
        )


@rule("SUM002", "checksum-mismatch", scope="walk", level="data", requires=("FITS040", "FITS046"))
def checksum(context: Context) -> Iterator[Outcome]:
    """All words of an HDU whose CHECKSUM is set add up to minus zero.

    With a right DATASUM it is the header that was changed, mostly by a program that edits keywords and leaves the sum;
    a value may be wrong then. A wrong DATASUM is reported instead of this.

    Mend: fetch the file again; if the header was edited on purpose, write the sum anew (`fitscheck --write`).
    Source: FITS Standard 4.0, section 4.4.2.7 and appendix J.
    """
    yield from not_read(context, _has_checksum)
    for hdu, facts in looked_at(context):
        if not _has_checksum(hdu) or facts.sums is None:
            continue
        stated = _datasum(hdu)
        total = added(facts.sums.header, facts.sums.data)
        if _same(total, 0) or (stated is not None and not _same(stated, facts.sums.data)):
            continue
        what = "the header or the data changed" if stated is None else "the header changed, the data did not"
        yield Problem(
            f"{hdu.label}: {what}: CHECKSUM is wrong",
            hdu=hdu,
            keyword="CHECKSUM",
            expected="a sum of FFFFFFFF",
            found=f"{total:08X}",
            hint="if the header was edited on purpose, write the sums anew",
            offset=hdu.header_offset,
        )


@rule("SUM003", "no-sums", Severity.INFO, scope="walk", level="data")
def absent(context: Context) -> Iterator[Outcome]:
    """Every HDU carries DATASUM and CHECKSUM.

    Products of the pipeline carry neither. Without them a changed byte cannot be told from a right one, so that a file
    without this finding's keywords has been read, but its bytes have not been verified.

    Mend: none needed; `fitscheck --write` adds them before files are copied.
    Source: FITS Standard 4.0, section 4.4.2.7 (strongly recommended).
    """
    hdus = [hdu for hdu, _ in looked_at(context)]
    without = [h for h in hdus if _datasum(h) is None and not _has_checksum(h)]
    if without:
        some = "no HDU has" if len(without) == len(hdus) else f"{len(without)} of {plural(len(hdus), 'HDU')} have not"
        yield Problem(
            f"{some} a DATASUM or CHECKSUM, so that changed bytes cannot be told from right ones",
            expected="DATASUM and CHECKSUM",
            found="neither",
        )


RULES = (datasum, checksum, absent)
