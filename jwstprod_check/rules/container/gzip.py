"""FILE: a gzip stream around the file."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.defect import Defect
from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.container.defects import defects, lost
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.storage.source import CHECKSUM, LENGTH, SUMS
from jwstprod_check.text import plural

_GZIP: Final = {
    "gzip-truncated": ("the gzip stream is truncated", "download it again"),
    "gzip-corrupt": ("the gzip stream is corrupt", "download it again"),
    CHECKSUM: (
        "the checksum of the gzip stream is wrong",
        "download it again: a byte of the file, or the checksum itself, is not as it was written",
    ),
    LENGTH: ("the length at the end of the gzip stream is wrong", "download it again"),
}

_BEYOND: Final = {
    "gzip-bomb": "the gzip stream expands to more than 100 times its size (beyond 1 GiB), and its rest was not read",
    "gzip-members": "the gzip stream has more than 1,048,576 members, and the rest of them was not read",
}
"""Streams that may be sound, and are not followed to their end."""


@rule("FILE008", "bad-gzip", fact=True, scope="file")
def gzip_broken(context: Context) -> Iterator[Outcome]:
    """A gzip file can be decompressed to its end, and its CRC and length are correct.

    Readers silently stop at the last complete HDU before the damage, so that a truncated download looks like a smaller
    product. A stream that expands to more than a hundred times its size (beyond 1 GiB) is not read to its end: that is no
    finding, and the file is `unverified`.

    How to fix: download the file again; `gzip -t` shows the same error. Decompress what was not read to its end.
    Source: RFC 1952, section 2.3.1.
    """
    for defect, _ in defects(context, *_BEYOND):
        yield Skip(f"{_BEYOND[defect.kind]}; decompress it with gunzip and check the result")
    for defect, hdu in defects(context, *_GZIP):
        detail = defect.text.partition(": ")[2]
        sums = next((one for one in SUMS if detail.endswith(one)), None)
        what, hint = _GZIP[sums or defect.kind]
        yield Problem(
            f"{what} after {plural(defect.at, 'decompressed byte')}"
            + (f" ({detail})" if detail and sums is None else "")
            + ("" if sums else _cut(defect, hdu) + lost(context, hdu)),
            hdu=hdu,
            expected="a gzip stream up to its CRC",
            found=defect.text,
            hint=hint,
            offset=defect.at,
        )


def _cut(defect: Defect, hdu: Hdu | None) -> str:
    """How much of the last HDU of a broken stream is there, '' where all of it is."""
    if hdu is None or hdu.data_size is None or defect.at >= hdu.data_end:
        return ""
    there = max(defect.at - hdu.data_offset, 0)
    return f"; {hdu.label} has {there:,} bytes of data, needs {hdu.data_size:,}"


@rule("FILE009", "bytes-after-gzip", scope="file")
def gzip_trailing(context: Context) -> Iterator[Outcome]:
    """Nothing but zero bytes follows the last gzip member.

    Readers ignore what follows, whatever it is.

    How to fix: compress the file again.
    Source: RFC 1952, section 2.2.
    """
    for defect, _ in defects(context, "gzip-trailing"):
        yield Problem(
            f"{plural(defect.found_bytes or 0, 'byte')} after the end of the gzip stream",
            found=f"{defect.found_bytes} bytes",
        )


@rule("FILE010", "gzip-name", Severity.WARNING, scope="file")
def gzip_name(context: Context) -> Iterator[Outcome]:
    """The name of a gzip file ends in .gz.

    Some programs look at the name only, and take the file for plain FITS; `gunzip` refuses it.

    How to fix: name the file `.fits.gz`, or decompress it.
    Source: GNU gzip 1.12, gzip(1) (names that gunzip accepts).
    """
    for _ in defects(context, "gzip-name"):
        yield Problem("gzip contents under a name that does not end in .gz", expected=".fits.gz", found="gzip contents")


RULES = (gzip_broken, gzip_trailing, gzip_name)
