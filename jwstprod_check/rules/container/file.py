"""FILE: the container. Whether it is FITS, whether it is whole, whether it holds more than its headers say."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.sniff import ECSV
from jwstprod_check.fits.walk import Fault
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import plural, quoted


def _faulty(context: Context) -> bool:
    """Whether the walk met anything that it could not follow."""
    return bool(context.file.faults)


def _faults(context: Context, *kinds: str) -> Iterator[tuple[Fault, Hdu | None]]:
    for fault in context.file.faults:
        if fault.kind in kinds:
            hdus = context.file.hdus
            yield fault, hdus[fault.hdu] if fault.hdu is not None and fault.hdu < len(hdus) else None


def _unread(fault: Fault) -> Hdu | None:
    """Stand-in for an HDU whose header could not be read, so that a finding can name its place."""
    return None if fault.hdu is None else Hdu(fault.hdu, Header(b"", fault.offset or 0, 0))


def _name(fault: Fault, hdu: Hdu | None) -> str:
    return (
        f"HDU {fault.hdu}"
        if hdu is None
        else hdu.label
        if hdu.label.startswith("HDU")
        else f"HDU {hdu.index} ({hdu.label})"
    )


@rule("FILE001", "empty-file", scope="file", gate=_faulty)
def empty(context: Context) -> Iterator[Outcome]:
    """The file holds at least one byte.

    An empty file is what an interrupted download or a failed writer leaves behind.

    Mend: fetch or write the file again.
    Source: FITS Standard 4.0, section 3.1.
    """
    for _ in _faults(context, "empty"):
        yield Problem(
            "the file is empty", expected="a FITS file", found="0 bytes", hint="fetch or write it again", offset=0
        )


@rule("FILE002", "not-fits", scope="file", gate=_faulty)
def not_fits(context: Context) -> Iterator[Outcome]:
    """The file begins with the card ``SIMPLE  =``.

    Downloads that failed leave an HTML or JSON error page under the name of the product; test data under git-lfs are
    pointers of three lines until they are pulled. The message names what the first bytes look like. The catalogues that
    the pipeline writes as ECSV tables have their own finding (PROD009).

    Mend: fetch the file again (`git lfs pull` for a pointer).
    Source: FITS Standard 4.0, section 4.4.1.1.
    """
    for fault, _ in _faults(context, "not-fits"):
        if context.uncovered is not None and fault.text == ECSV:
            continue
        yield Problem(
            f"not a FITS file: it looks like {fault.text}", expected="SIMPLE  =", found=fault.text, offset=fault.offset
        )


@rule("FILE003", "header-without-end", scope="file", gate=_faulty)
def no_end(context: Context) -> Iterator[Outcome]:
    """Every header ends with an END card.

    Without END a reader cannot know where the data begin; most drop the HDU and all that follow it in silence.

    Mend: write the file again; END is a card of its own, padded with blanks to the end of the block.
    Source: FITS Standard 4.0, section 4.4.1.1.
    """
    for fault, hdu in _faults(context, "no-end", "header-too-long"):
        long = fault.kind == "header-too-long"
        where = f"within {fault.expected} bytes" if long else f"before byte {fault.found}"
        yield Problem(
            f"{_name(fault, hdu)} has no END card {where}",
            hdu=_unread(fault),
            expected="END",
            found=fault.text or ("a header without end" if long else "the end of the file"),
            keyword="END",
            offset=fault.offset,
        )


@rule("FILE004", "header-cut", scope="file", gate=_faulty)
def header_cut(context: Context) -> Iterator[Outcome]:
    """The file does not end inside a header.

    The HDU is lost, and with it everything that followed it.

    Mend: fetch the file again.
    Source: FITS Standard 4.0, section 3.1 (a file is a whole number of 2880-byte blocks).
    """
    for fault, hdu in _faults(context, "header-cut"):
        yield Problem(
            f"the file ends inside the header of {_name(fault, hdu)}, at byte {fault.found}",
            hdu=_unread(fault),
            expected="a header up to its END card",
            found=f"{plural((fault.found or 0) - (fault.offset or 0), 'byte')} of it",
            hint="the file was cut; fetch it again",
            offset=fault.offset,
        )


@rule("FILE005", "truncated", scope="file", gate=_faulty)
def truncated(context: Context) -> Iterator[Outcome]:
    """The file is as long as its headers say.

    Readers warn at most, and then hand out what is there; HDUs beyond the cut vanish without a word.

    Mend: fetch the file again, and compare its size with the one that the message gives.
    Source: FITS Standard 4.0, section 3.3.2; astropy issues 13356 and 8766.
    """
    for fault, hdu in _faults(context, "truncated"):
        expected, found = fault.expected or 0, fault.found or 0
        yield Problem(
            f"the file is cut in the data of {_name(fault, hdu)}: {plural(expected - found, 'byte')} missing",
            hdu=hdu,
            expected=f"at least {expected} bytes",
            found=f"{found} bytes",
            hint="the file was cut; fetch it again",
            offset=found,
        )


@rule("FILE006", "size-contradicted", scope="file", gate=_faulty)
def misplaced(context: Context) -> Iterator[Outcome]:
    """The next HDU begins where the header before it says that its data end.

    BITPIX, NAXISn, PCOUNT or GCOUNT was changed, or bytes were lost or added in the middle of the file. Readers
    take whatever stands at the computed place.

    Mend: write the HDU again. The message gives the computed place and the place at which the next header was found.
    Source: FITS Standard 4.0, section 3.1 and 4.4.1.2.
    """
    for fault, hdu in _faults(context, "misplaced"):
        yield Problem(
            f"the data of {_name(fault, hdu)} do not end where its header says: the next header begins at byte {fault.found}",
            hdu=hdu,
            expected=f"the next header at byte {fault.expected}",
            found=f"at byte {fault.found}",
            hint="BITPIX, NAXISn, PCOUNT or GCOUNT was changed, or bytes were lost",
            offset=fault.offset,
        )


@rule("FILE007", "trailing-bytes", scope="file", gate=_faulty)
def trailing(context: Context) -> Iterator[Outcome]:
    """Nothing follows the last HDU.

    Extra bytes are what a broken append or a second file glued to the first leaves; a damaged extension header
    looks the same, and its HDU is lost.

    Mend: cut the file at the size given, or write it again.
    Source: FITS Standard 4.0, section 3.5 (special records are deprecated).
    """
    for fault, _ in _faults(context, "trailing"):
        extra = (fault.found or 0) - (fault.expected or 0)
        kind = {"zero": "all zero", "blank": "all blank"}.get(fault.text, f"like {fault.text}")
        yield Problem(
            f"{plural(extra, 'byte')} after the last HDU, {kind}",
            expected=f"{fault.expected} bytes",
            found=f"{fault.found} bytes",
            offset=fault.offset,
        )


_GZIP: Final = {
    "gzip-truncated": ("the gzip stream is cut", "fetch the file again"),
    "gzip-corrupt": ("the gzip stream is corrupt", "fetch the file again"),
    "gzip-bomb": (
        "the gzip stream inflates beyond all measure and was not followed to its end",
        "inflate it yourself and check the result",
    ),
    "gzip-members": (
        "the gzip stream has more than 1,048,576 members and was not followed to its end",
        "compress the file again, as one member",
    ),
}


@rule("FILE008", "bad-gzip", scope="file", gate=_faulty)
def gzip_broken(context: Context) -> Iterator[Outcome]:
    """A gzip file can be inflated to its end, and its CRC and length are right.

    Readers stop at the last whole HDU before the damage and say nothing, so that a cut download looks like a
    smaller product. A stream that grows more than a hundredfold (beyond 256 MiB) is not followed.

    Mend: fetch the file again; `gzip -t` shows the same error.
    Source: RFC 1952, section 2.3.1.
    """
    for fault, hdu in _faults(context, *_GZIP):
        what, hint = _GZIP[fault.kind]
        detail = fault.text.partition(": ")[2]
        yield Problem(
            f"{what} after {plural(fault.offset or 0, 'byte')} of contents" + (f" ({detail})" if detail else ""),
            hdu=hdu,
            expected="a gzip stream up to its CRC",
            found=fault.text,
            hint=hint,
            offset=fault.offset,
        )


@rule("FILE009", "bytes-after-gzip", scope="file", gate=_faulty)
def gzip_trailing(context: Context) -> Iterator[Outcome]:
    """Nothing but zero bytes follows the last gzip member.

    Readers ignore what follows, whatever it is.

    Mend: compress the file again.
    Source: RFC 1952, section 2.2.
    """
    for fault, _ in _faults(context, "gzip-trailing"):
        yield Problem(
            f"{plural(fault.found or 0, 'byte')} after the end of the gzip stream", found=f"{fault.found} bytes"
        )


@rule("FILE010", "gzip-name", Severity.WARNING, scope="file", gate=_faulty)
def gzip_name(context: Context) -> Iterator[Outcome]:
    """A gzip file says so in its name.

    Some readers look at the name only, and a pipeline that expects plain FITS cannot read single headers of it.

    Mend: name the file `.fits.gz`, or inflate it.
    Source: practice of astropy, CFITSIO and MAST.
    """
    for _ in _faults(context, "gzip-name"):
        yield Problem("gzip contents under a name that does not end in .gz", expected=".fits.gz", found="gzip contents")


@rule("FILE011", "too-many-hdus", scope="file", gate=_faulty)
def too_many(context: Context) -> Iterator[Outcome]:
    """The file has at most 16,000 HDUs.

    The largest real products have a few thousand. What lies beyond the limit was not read, so the file cannot be
    called conforming.

    Mend: none; such a file is not a JWST product.
    Source: a limit of this program, for untrusted input.
    """
    for fault, _ in _faults(context, "too-many-hdus"):
        yield Problem(
            f"more than {fault.expected} HDUs; the rest was not checked",
            expected=f"at most {fault.expected}",
            offset=fault.offset,
        )


@rule("FILE012", "damaged-header-start", scope="file", gate=_faulty)
def bad_start(context: Context) -> Iterator[Outcome]:
    """An extension begins with the card ``XTENSION=``.

    A reader that does not find XTENSION takes the HDU and everything after it for trailing bytes.

    Mend: write the HDU again; XTENSION must be its first card.
    Source: FITS Standard 4.0, section 4.4.1.2.
    """
    for fault, hdu in _faults(context, "bad-start"):
        yield Problem(
            f"{_name(fault, hdu)} does not begin with XTENSION",
            hdu=hdu,
            keyword="XTENSION",
            expected="XTENSION=",
            found=quoted(fault.text),
            offset=fault.offset,
        )


@rule("FILE013", "size-unknown", scope="file", gate=_faulty)
def size_unknown(context: Context) -> Iterator[Outcome]:
    """The size of every HDU can be computed from its header.

    It takes BITPIX, NAXIS, every NAXISn, PCOUNT and GCOUNT. Where one is missing or is not a whole number that makes
    sense, the place of the next HDU is not known.

    Mend: write the keyword that the message names.
    Source: FITS Standard 4.0, sections 4.4.1.1 and 4.4.1.2.
    """
    for fault, hdu in _faults(context, "size-unknown"):
        if hdu is None:
            continue
        keyword, found = _unsizable(hdu)
        rest = "" if context.file.complete else "; HDUs after it could not be read"
        yield Problem(
            f"the size of {_name(fault, hdu)} cannot be computed: {keyword} is {found}{rest}",
            hdu=hdu,
            keyword=keyword,
            expected="a whole number that makes sense",
            found=found,
            offset=hdu.header_offset,
        )


def _unsizable(hdu: Hdu) -> tuple[str, str]:
    """Keyword that keeps the size of an HDU from being computed, and what it holds."""
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
    return "NAXIS", "not to be read"


RULES = (
    empty,
    not_fits,
    no_end,
    header_cut,
    truncated,
    misplaced,
    trailing,
    gzip_broken,
    gzip_trailing,
    gzip_name,
    too_many,
    bad_start,
    size_unknown,
)
