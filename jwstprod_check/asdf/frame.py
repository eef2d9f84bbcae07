"""The bytes of an ASDF file: header line, YAML tree, binary blocks, block index.

ASDF Standard 1.6.0, "Low-level file layout". Nothing is decoded, and nothing is raised for what the bytes hold.
"""

import re
from hashlib import md5
from struct import Struct
from typing import Final

import msgspec

from jwstprod_check.defect import Defect

MAX_PREAMBLE: Final = 16 * 2**10
"""Bytes before the ``---`` line; a longer list of directives costs a YAML parser quadratic time."""

MAX_BLOCKS: Final = 100_000

_MAGIC = b"\xd3BLK"
_INDEX = b"#ASDF BLOCK INDEX"
_HEADER = Struct(">I4sQQQ16s")
_STREAMED = 1
_FIRST_LINE = re.compile(rb"#ASDF (\d+\.\d+\.\d+)\r?\n(?:#[^\n]{0,200}\n){0,20}")
_STANDARD = re.compile(rb"^#ASDF_STANDARD ([^\r\n]{0,40})", re.MULTILINE)
_START = re.compile(rb"(?:\A|\n)---(?=[ \r\n])")
_END = re.compile(rb"\n\.\.\.(?:\r?\n|\r?\Z)")
_OFFSET = re.compile(rb"\d{1,18}")


class Block(msgspec.Struct, frozen=True):
    """A binary block: first byte of its header and of its payload, bytes set aside and bytes used."""

    offset: int
    start: int
    allocated: int
    used: int
    size: int
    compression: bytes
    checksum: bytes


class Frame(msgspec.Struct, frozen=True):
    """Where the tree is, ``start`` its first byte and ``end`` the byte after its ``...`` line; and the blocks.

    ``defect`` says why there is no tree to read, its ``kind`` one of: empty, no-magic, no-tree, preamble, no-end; ``defects``
    are those of the blocks, each one of: block-header, block-cut, block-size, block-checksum, too-many-blocks, index, rest.
    ``version`` is that of the file format, ``standard`` that of the ASDF standard, None where the file does not state it.
    """

    start: int
    end: int
    blocks: tuple[Block, ...] = ()
    defect: Defect | None = None
    defects: tuple[Defect, ...] = ()
    version: str = ""
    standard: str | None = None


def read_frame(data: bytes) -> Frame:
    """Find tree and blocks of an ASDF file."""
    first = _FIRST_LINE.match(data)
    if first is None:
        kind = "no-magic" if data.strip(b"\0 \r\n") else "empty"
        return Frame(0, 0, defect=Defect(kind, data[:40].decode("latin-1")))
    start = first.end()
    if not data.startswith((b"%YAML", b"---"), start):
        return Frame(start, start, defect=Defect("no-tree", data[start : start + 40].decode("latin-1"), at=start))
    if _START.search(data[start : start + MAX_PREAMBLE]) is None:
        return Frame(start, start, defect=Defect("preamble", at=start))
    found = _END.search(data, start)
    if found is None:
        return Frame(start, start, defect=Defect("no-end", at=len(data)))
    blocks, defects = _read_blocks(data, found.end())
    standard = _STANDARD.search(first[0])
    return Frame(
        start,
        found.end(),
        tuple(blocks),
        defects=tuple(defects),
        version=first[1].decode("ascii"),
        standard=standard[1].decode("latin-1").strip() if standard else None,
    )


def payload(data: bytes, block: Block) -> bytes | None:
    """Content of a block, inflated; None where it cannot be inflated to the size that it states, or by this program."""
    stored = data[block.start : block.start + block.used]
    label = block.compression.rstrip(b"\0")
    if not label:
        return stored
    import bz2
    import zlib

    if label not in {b"zlib", b"bzp2"}:
        return None
    try:
        inflater = zlib.decompressobj() if label == b"zlib" else bz2.BZ2Decompressor()
        content = inflater.decompress(stored, block.size + 1)
    except (zlib.error, OSError, EOFError, ValueError):
        return None
    return content if len(content) == block.size else None


def _read_blocks(data: bytes, end: int) -> tuple[list[Block], list[Defect]]:
    blocks: list[Block] = []
    defects: list[Defect] = []
    at = _skip_padding(data, end)
    while data.startswith(_MAGIC, at):
        if len(blocks) == MAX_BLOCKS:
            return blocks, [*defects, Defect("too-many-blocks", at=at)]
        length = int.from_bytes(data[at + 4 : at + 6], "big")
        if length < _HEADER.size or at + 6 + length > len(data):
            return blocks, [*defects, Defect("block-header", str(length), at=at)]
        flags, compression, allocated, used, size, checksum = _HEADER.unpack_from(data, at + 6)
        start = at + 6 + length
        if flags & _STREAMED:
            rest = len(data) - start
            return [*blocks, Block(at, start, rest, rest, rest, compression, checksum)], defects
        if start + allocated > len(data):
            return blocks, [*defects, Defect("block-cut", str(start + allocated - len(data)), at=at)]
        block = Block(at, start, allocated, used, size, compression, checksum)
        defect = _block_defect(data, block)
        defects += [defect] if defect is not None else []
        blocks.append(block)
        at = start + allocated
    defects += _rest_defects(data, at, blocks)
    return blocks, defects


def _skip_padding(data: bytes, at: int) -> int:
    """Step over the padding that may be between the tree and the first block."""
    found = data.find(_MAGIC, at)
    return found if found > 0 and not data[at:found].strip(b"\0 \r\n") else at


def _block_defect(data: bytes, block: Block) -> Defect | None:
    plain = not block.compression.strip(b"\0")
    if block.used > block.allocated or (plain and block.used != block.size):
        return Defect("block-size", f"{block.allocated} {block.used} {block.size}", at=block.offset)
    if plain and any(block.checksum):
        payload = memoryview(data)[block.start : block.start + block.used]
        if md5(payload, usedforsecurity=False).digest() != block.checksum:
            return Defect("block-checksum", at=block.offset)
    return None


def _rest_defects(data: bytes, at: int, blocks: list[Block]) -> list[Defect]:
    """Defects of what follows the last block: nothing, or an index that repeats where the blocks are."""
    if data.startswith(_INDEX, at):
        listing = data[at : at + 64 + 24 * len(blocks)].partition(b"---")[2].partition(b"...")[0]
        offsets = [int(n) for n in _OFFSET.findall(listing)]
        if offsets != [b.offset for b in blocks]:
            return [Defect("index", at=at)]
        last = _END.search(data, at)
        at = last.end() if last is not None else len(data)
    if data[at : at + MAX_PREAMBLE].strip(b"\0 \r\n"):
        return [Defect("rest", str(len(data) - at), at=at)]
    return []
