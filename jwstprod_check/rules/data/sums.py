"""SUM: DATASUM and CHECKSUM compared with the bytes of each HDU."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import looked_at, not_read
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.sums import added, same, stated_sum
from jwstprod_check.text import listed, plural

_CODED: Final = re.compile(r"[0-9A-Za-z]{16}\Z", re.ASCII)


def _has_checksum(hdu: Hdu) -> bool:
    return bool(_CODED.match(hdu.header.string("CHECKSUM") or ""))


@rule("SUM001", "datasum-mismatch", scope="walk", level="data", requires=("FITS040", "FITS046"))
def datasum(context: Context) -> Iterator[Outcome]:
    """The sum of an HDU's data equals its DATASUM.

    The data changed after they were written: a broken transfer or disk, or a program that changed pixels but not the
    sum. Where CHECKSUM is present the message also reports whether the header changed. A compressed image whose DATASUM is
    that of the image before it was compressed is a warning: there it is ZDATASUM.

    How to fix: download the file again; if the data were changed on purpose, write both keywords again (`fitscheck
    --write`).
    Source: FITS Standard 4.0, sections 4.4.2.7 and 10.1.2 (ZDATASUM), and appendix J.
    """
    yield from not_read(context, lambda hdu: stated_sum(hdu.header) is not None)
    within = [hdu.label for hdu, _ in looked_at(context) if hdu.compressed and "ZDATASUM" in hdu.header]
    if within:
        yield Skip(f"{listed(within)}: ZDATASUM and ZHECKSUM, of the image before it was compressed, are not verified")
    for hdu, facts in looked_at(context):
        stated = stated_sum(hdu.header)
        if stated is None or facts.sums is None or same(stated, facts.sums.data):
            continue
        if facts.sums.restored is not None and same(stated, facts.sums.restored):
            yield Problem(
                f"{hdu.label}: DATASUM is that of the image before it was compressed; write it as ZDATASUM",
                hdu=hdu,
                keyword="DATASUM",
                expected=f"{facts.sums.data}, and ZDATASUM = {stated}",
                found=str(stated),
                hint="rename DATASUM to ZDATASUM and CHECKSUM to ZHECKSUM, and write the sums of the table",
                severity=Severity.WARNING,
                offset=hdu.data_offset,
            )
            continue
        what = "the data changed after DATASUM was written"
        if _has_checksum(hdu):
            intact = same(added(facts.sums.header, stated), 0)
            what = "the data changed" if intact else "the data and the header changed"
        yield Problem(
            f"{hdu.label}: {what}: DATASUM is {stated}, the data sum to {facts.sums.data}",
            hdu=hdu,
            keyword="DATASUM",
            expected=str(stated),
            found=str(facts.sums.data),
            hint="download the file again; if the change was intended, write the sums again",
            offset=hdu.data_offset,
        )


@rule("SUM002", "checksum-mismatch", scope="walk", level="data", requires=("FITS040", "FITS046"))
def checksum(context: Context) -> Iterator[Outcome]:
    """The 32-bit words of an HDU with CHECKSUM sum to minus zero.

    If DATASUM is correct, the header changed, mostly because a program edited keywords and did not update the sum; a
    value may be wrong. If DATASUM is wrong, SUM001 reports it instead.

    How to fix: download the file again; if the header was edited on purpose, write the sum again (`fitscheck --write`).
    Source: FITS Standard 4.0, section 4.4.2.7 and appendix J.
    """
    yield from not_read(context, _has_checksum)
    for hdu, facts in looked_at(context):
        if not _has_checksum(hdu) or facts.sums is None:
            continue
        stated = stated_sum(hdu.header)
        total = added(facts.sums.header, facts.sums.data)
        if same(total, 0) or (stated is not None and not same(stated, facts.sums.data)):
            continue
        what = "the header or the data changed" if stated is None else "the header changed, the data did not"
        yield Problem(
            f"{hdu.label}: {what}: CHECKSUM is wrong",
            hdu=hdu,
            keyword="CHECKSUM",
            expected="a sum of FFFFFFFF",
            found=f"{total:08X}",
            hint="if the header was edited on purpose, write the sums again",
            offset=hdu.header_offset,
        )


@rule("SUM003", "no-sums", Severity.INFO, scope="walk", level="data")
def absent(context: Context) -> Iterator[Outcome]:
    """Every HDU has DATASUM and CHECKSUM.

    Products of the pipeline have neither. Without them a changed byte cannot be detected: the bytes of the file were
    read but not verified.

    How to fix: nothing needs fixing; `fitscheck --write` adds the sums before files are copied.
    Source: FITS Standard 4.0, section 4.4.2.7 (strongly recommended).
    """
    hdus = [hdu for hdu, _ in looked_at(context)]
    without = [h for h in hdus if stated_sum(h.header) is None and not _has_checksum(h)]
    if without:
        some = "no HDU has" if len(without) == len(hdus) else f"{len(without)} of {plural(len(hdus), 'HDU')} have no"
        yield Problem(
            f"{some} DATASUM or CHECKSUM, so that changed bytes cannot be detected",
            expected="DATASUM and CHECKSUM",
            found="neither",
        )


RULES = (datasum, checksum, absent)
