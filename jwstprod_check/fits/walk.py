"""Bytes -> ``FitsFile``: a walk over blocks and headers that reads no data.

FITS Standard 4.0, section 3.1 and 3.3: each HDU is a whole number of 2880-byte blocks, its data follow
its header, and the next HDU follows its data. What the walk cannot follow becomes a ``Defect``; nothing is
raised for what a file holds. ``OSError`` is raised where the file itself cannot be read.
"""

import re
from typing import Final

import msgspec

from jwstprod_check.defect import Defect
from jwstprod_check.fits.cards import CARD
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.header import BLOCK, Header
from jwstprod_check.fits.sniff import what_is_it
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.source import Source

MAX_HEADER: Final = 16 * 2**20
"""Bytes of the longest header that is read: 200,000 cards, where the largest real one has some thousand."""

MAX_HDUS: Final = 16_000
"""HDUs that are walked; the largest real products (NIRSpec MOS, WFSS) have a few thousand."""

MAX_DEFECTS: Final = 100
"""Defects after which the walk stops: nothing that follows can be trusted."""

_SEARCH: Final = 64 * 2**20
"""Bytes searched for the next header where it is not at the place that the header before states."""

_END = re.compile(rb"END     ").search
"""A regular expression finds this in a block of text several times as fast as ``bytes.find``."""

_NO_AXES = b"NAXIS   =                    0"

_HEADER_LIKE = rb"(?s).{80}(BITPIX  |SIMPLE  |NAXIS   |EXTEND  )="


class FitsFile(msgspec.Struct, frozen=True):
    """A FITS file as its headers describe it: no data byte has been read.

    ``size`` is that of the inflated file, ``stored`` that on disk, both in bytes; ``complete`` is False where the walk had to
    stop before the end, so that HDUs may exist that are not listed. ``defects`` are the places where the container could not be
    followed, each ``kind`` one of: empty, not-fits, no-end, header-cut, header-too-long, size-unknown, truncated, misplaced,
    bad-start, trailing, too-many-hdus, gzip-truncated, gzip-corrupt, gzip-bomb, gzip-members, gzip-trailing, gzip-name.
    ``by_name`` has the HDUs of each name, compared as readers do, in file order. ``changed`` states how the file changed while
    its headers were read, '' where it did not.
    """

    path: str
    size: int
    stored: int
    gzipped: bool
    hdus: tuple[Hdu, ...]
    defects: tuple[Defect, ...]
    complete: bool
    by_name: dict[str, tuple[Hdu, ...]]
    changed: str = ""

    @property
    def primary(self) -> Header | None:
        """Header of the primary HDU, None in a file without one."""
        return self.hdus[0].header if self.hdus else None

    def named(self, name: str) -> tuple[Hdu, ...]:
        """HDUs of a name, compared as readers do, in file order."""
        return self.by_name.get(name, ())


def read_fits(target: str | bytes, path: str | None = None) -> FitsFile:
    """Read the headers of a local file or of bytes.

    ``path`` is the name to report; it defaults to the file's own. Raises ``OSError`` where the file cannot
    be opened or read.
    """
    with open_source(target, path) as source:
        return read_source(source, path or source.name)


def read_source(source: Source, path: str) -> FitsFile:
    """Walk a source of bytes; ``read_fits`` is the same for a path."""
    start = source.read(0, BLOCK)
    if not start.startswith(b"SIMPLE"):
        return _not_fits(source, path, start)
    hdus, defects, complete = _walk_hdus(source)
    size = source.size()
    if source.packing:
        defects, complete = _packing_defects(source, path, hdus, defects, complete)
    return FitsFile(
        path,
        size,
        source.stored,
        bool(source.packing),
        tuple(hdus),
        tuple(defects),
        complete,
        _by_name(hdus),
        source.changed(),
    )


def _by_name(hdus: list[Hdu]) -> dict[str, tuple[Hdu, ...]]:
    groups: dict[str, list[Hdu]] = {}
    for hdu in hdus:
        groups.setdefault(hdu.name, []).append(hdu)
    return {name: tuple(group) for name, group in groups.items()}


def _not_fits(source: Source, path: str, start: bytes) -> FitsFile:
    if source.fault and b"SIMPLE  =".startswith(start):
        defect = _packing_defect(source, None)
    elif not start:
        defect = Defect("empty")
    else:
        defect = Defect("not-fits", what_is_it(start))
    return FitsFile(
        path, source.stored, source.stored, bool(source.packing), (), (defect,), False, {}, source.changed()
    )


def _walk_hdus(source: Source) -> tuple[list[Hdu], list[Defect], bool]:
    hdus: list[Hdu] = []
    defects: list[Defect] = []
    offset = 0
    complete = True
    ahead = b""
    while len(defects) < MAX_DEFECTS:
        # What was read beyond a header without data is the start of the next.
        follows = len(ahead) == BLOCK and offset == hdus[-1].data_offset
        block = ahead if follows else source.read(offset, BLOCK)
        ahead = b""
        if not block:
            return hdus, defects, complete
        if hdus and block.startswith(b"SIMPLE  ="):
            defects.append(_trailing(source, len(hdus), offset, "another FITS file"))
            return hdus, defects, False
        if hdus and not block.startswith(b"XTENSION"):
            if not re.match(_HEADER_LIKE, block):
                found = _find_header(source, hdus[-1], offset)
                # What cannot step back is not searched backwards: HDUs before this place may have been passed over.
                complete = complete and source.seekable
                if found is None:
                    defects.append(_trailing(source, len(hdus), offset, _kind(block)))
                    return hdus, defects, complete
                defects.append(
                    Defect("misplaced", at=found, hdu=hdus[-1].index, expected_bytes=offset, found_bytes=found)
                )
                hdus[-1].sized = False
                offset = found
                continue
            defects.append(Defect("bad-start", block[:CARD].decode("latin-1").rstrip(), at=offset, hdu=len(hdus)))
        if len(hdus) >= MAX_HDUS:
            defects.append(Defect("too-many-hdus", f"more than {MAX_HDUS} HDUs", f"at most {MAX_HDUS}", at=offset))
            return hdus, defects, False
        header, ahead = _read_header(source, offset, block, 1 if hdus or not _has_no_data(block) else 2)
        if isinstance(header, Defect):
            defects.append(msgspec.structs.replace(header, hdu=len(hdus), at=offset))
            return hdus, defects, False
        hdu = Hdu(len(hdus), header)
        hdus.append(hdu)
        if hdu.data_size is None:
            found = _find_header(source, hdu, hdu.data_offset)
            defects.append(Defect("size-unknown", at=hdu.data_offset, hdu=hdu.index))
            if found is None:
                return hdus, defects, False
            offset = found
            continue
        offset = hdu.data_end
        short = _shortage(source, hdu)
        if short is not None:
            hdu.sized = False
            defects.append(short)
            if short.kind == "truncated":
                return hdus, defects, False
            offset = short.found_bytes or offset
    return hdus, defects, False


def _has_no_data(block: bytes) -> bool:
    """Whether a primary header begins as one without data, so that the next header follows it."""
    return block[160:190] == _NO_AXES


def _read_header(source: Source, offset: int, block: bytes, step: int) -> tuple[Header | Defect, bytes]:
    """Read blocks up to the one that holds END, ``step`` at a time; return what was read beyond it too."""
    blocks = [block]
    length = 0
    ahead = b""
    while True:
        if len(block) < BLOCK:
            return Defect("header-cut", found_bytes=offset + length + len(block)), b""
        found = _END(block)
        while found:
            # END counts only at the start of a card; what follows it in its card is another rule's matter.
            end = found.start()
            if end % CARD == 0:
                raw = block if not length else b"".join(blocks)
                return Header(raw, offset, (length + end) // CARD), ahead
            found = _END(block, end + 1)
        length += BLOCK
        if length >= MAX_HEADER:
            return Defect("header-too-long", expected_bytes=MAX_HEADER), b""
        piece = ahead or source.read(offset + length, step * BLOCK)
        block, ahead = piece[:BLOCK], piece[BLOCK:]
        if not block:
            return Defect("no-end", found_bytes=offset + length), b""
        if block.startswith(b"XTENSION= "):
            return Defect("no-end", "the next header begins instead", found_bytes=offset + length), b""
        blocks.append(block)


def _shortage(source: Source, hdu: Hdu) -> Defect | None:
    """Defect where the file ends before the data of an HDU do."""
    end = hdu.data_end
    if end == hdu.data_offset:
        return None
    if source.size() >= end if source.seekable else source.read(end - 1, 1):
        return None
    size = source.size()
    if source.seekable:
        # A header inside the declared data means that the header lies, not that bytes are missing.
        found = _find_header(source, hdu, size)
        if found is not None:
            return Defect("misplaced", at=found, hdu=hdu.index, expected_bytes=end, found_bytes=found)
    if source.fault:
        return Defect("truncated", source.packing, at=size, hdu=hdu.index, expected_bytes=end, found_bytes=size)
    return Defect("truncated", at=hdu.data_offset, hdu=hdu.index, expected_bytes=end, found_bytes=size)


def _find_header(source: Source, hdu: Hdu, until: int) -> int | None:
    """Offset of the next block that begins an extension, searched from the data of an HDU on.

    Only a damaged file comes here; at most 64 MiB are searched. What cannot step back is searched from
    ``until`` on.
    """
    if source.seekable:
        start = hdu.data_offset
        stop = min(max(until, start) + _SEARCH // 2, source.size(), start + _SEARCH)
    else:
        start, stop = until, until + _SEARCH
    offset, length = start, BLOCK * 16
    while offset < stop:
        piece = source.read(offset, min(length, stop - offset))
        if not piece:
            return None
        at = piece.find(b"XTENSION= '")
        while at >= 0:
            if at % BLOCK == 0:
                return offset + at
            at = piece.find(b"XTENSION= '", at + 1)
        offset += length
        length = min(length * 2, BLOCK * 512)
    return None


def _trailing(source: Source, index: int, offset: int, kind: str) -> Defect:
    return Defect("trailing", kind, at=offset, hdu=index, expected_bytes=offset, found_bytes=source.size())


def _kind(block: bytes) -> str:
    return "zero" if not block.strip(b"\0") else "blank" if not block.strip(b" ") else what_is_it(block)


def _packing_defect(source: Source, hdu: int | None) -> Defect:
    return Defect(f"{source.packing}-{source.fault.split(':')[0]}", source.fault, at=source.size(), hdu=hdu)


def _packing_defects(
    source: Source, path: str, hdus: list[Hdu], defects: list[Defect], complete: bool
) -> tuple[list[Defect], bool]:
    """Replace what a broken packed stream causes by its cause."""
    if source.fault:
        kept = [f for f in defects if f.kind not in ("truncated", "header-cut", "no-end", "trailing")]
        return [*kept, _packing_defect(source, len(hdus) - 1 if hdus else None)], False
    if source.trailing:
        defects = [*defects, Defect(f"{source.packing}-trailing", found_bytes=source.trailing)]
    if path and not path.lower().endswith(source.endings):
        defects = [*defects, Defect(f"{source.packing}-name")]
    return defects, complete
