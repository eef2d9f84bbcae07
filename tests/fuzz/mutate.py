"""Mutations of FITS bytes: what transport, broken writers and hostile hands do to them.

All are functions of a seeded ``random.Random`` and the bytes, so that a case can be made again from its number.
"""

import gzip
import random
from collections.abc import Callable

BLOCK = 2880
CARD = 80

HOSTILE = (
    b"1152921504606846976", b"-1", b"0", b"9" * 60, b"NaN", b"INF", b"T", b"F", b"''", b"'\x1b[31mred\x1b[0m'", b"'a''",
    b"'unclosed", b"(1.0,", b"1e309", b"2147483647PE", b"'2147483647PE(9)'", b"'999999999999D'", b"'1PQ'", b"'(1,2,3'",
    b"'(999999999,999999999)'", b"'A\n::error::x'", b"'\x00\x00'", b"'&'", b"999", b"1000", b"-2147483648", b"1D400",
    b"'<script>'", b"'%s%n'", b"'POLYGON ICRS 1 2 3 nan'", b"'1.18.' ", b"'../../etc/passwd'", b"0.1.2", b"+", b"'\xff\xfe'",
)  # fmt: skip
"""Values that have broken readers, or look as if they could."""

NAMES = (
    b"NAXIS", b"NAXIS1", b"NAXIS2", b"NAXIS999", b"BITPIX", b"PCOUNT", b"GCOUNT", b"TFIELDS", b"TFORM1", b"TDIM1", b"THEAP",
    b"EXTNAME", b"EXTVER", b"XTENSION", b"SIMPLE", b"END", b"CONTINUE", b"HIERARCH", b"ZIMAGE", b"ZNAXIS", b"ZBITPIX",
    b"BSCALE", b"BZERO", b"GROUPS", b"DATAMODL", b"CAL_VER", b"NGROUPS", b"NINTS", b"INTSTART", b"INTEND", b"SSTR_NST",
    b"WCSAXES", b"CTYPE1", b"PS3_0", b"S_REGION", b"DATE-BEG", b"DATASUM", b"CHECKSUM", b"TZERO1", b"TNULL1", b"SUBSIZE1",
)  # fmt: skip


def _card(raw: bytearray, r: random.Random) -> int:
    """Offset of some card."""
    return r.randrange(max(1, len(raw) // CARD)) * CARD


def flip_bits(raw: bytearray, r: random.Random) -> None:
    for _ in range(r.choice((1, 1, 2, 8, 64))):
        if raw:
            raw[r.randrange(len(raw))] ^= 1 << r.randrange(8)


def set_bytes(raw: bytearray, r: random.Random) -> None:
    for _ in range(r.choice((1, 4, 80))):
        if raw:
            raw[r.randrange(len(raw))] = r.choice((0, 10, 27, 32, 39, 47, 61, 127, 255, r.randrange(256)))


def hostile_value(raw: bytearray, r: random.Random) -> None:
    for _ in range(r.choice((1, 1, 3))):
        at = _card(raw, r)
        if raw[at + 8 : at + 10] == b"= ":
            raw[at + 10 : at + CARD] = r.choice(HOSTILE).rjust(r.choice((0, 20)))[:70].ljust(70)


def named_card(raw: bytearray, r: random.Random) -> None:
    """Overwrite a card by a keyword that readers act on, with a hostile or plain value."""
    at = _card(raw, r)
    value = r.choice((*HOSTILE, b"1", b"2", b"'SCI     '", b"'ASDF'", b"'IMAGE   '", b"'BINTABLE'"))
    raw[at : at + CARD] = (r.choice(NAMES).ljust(8) + b"= " + value.rjust(20))[:CARD].ljust(CARD)


def swap_cards(raw: bytearray, r: random.Random) -> None:
    a, b = _card(raw, r), _card(raw, r)
    raw[a : a + CARD], raw[b : b + CARD] = raw[b : b + CARD], raw[a : a + CARD]


def copy_card(raw: bytearray, r: random.Random) -> None:
    a, b = _card(raw, r), _card(raw, r)
    raw[b : b + CARD] = raw[a : a + CARD]


def delete_card(raw: bytearray, r: random.Random) -> None:
    at = _card(raw, r)
    del raw[at : at + CARD]


def copy_block(raw: bytearray, r: random.Random) -> None:
    blocks = max(1, len(raw) // BLOCK)
    a, b = r.randrange(blocks) * BLOCK, r.randrange(blocks) * BLOCK
    raw[b:b] = raw[a : a + BLOCK * r.choice((1, 1, 2, 5))]


def delete_block(raw: bytearray, r: random.Random) -> None:
    at = r.randrange(max(1, len(raw) // BLOCK)) * BLOCK
    del raw[at : at + BLOCK * r.choice((1, 1, 3))]


def fill_block(raw: bytearray, r: random.Random) -> None:
    at = r.randrange(max(1, len(raw) // BLOCK)) * BLOCK
    raw[at : at + BLOCK] = bytes([r.choice((0, 32, 255, 39))]) * len(raw[at : at + BLOCK])


def cut(raw: bytearray, r: random.Random) -> None:
    del raw[r.choice((r.randrange(len(raw) + 1), r.randrange(max(1, len(raw) // BLOCK)) * BLOCK)) :]


def append(raw: bytearray, r: random.Random) -> None:
    raw += r.choice((b"\0", b" ", b"XTENSION= 'IMAGE   '", bytes(range(256)))) * r.choice((1, 100, 3000))


def damage_text(raw: bytearray, r: random.Random) -> None:
    """Damage inside the ASDF tree, where there is one."""
    at = raw.find(b"#ASDF")
    if at >= 0:
        end = min(len(raw), at + 4000)
        for _ in range(r.choice((1, 3, 20))):
            raw[r.randrange(at, end)] = r.choice(b"&*!{}[]:-#|>'\"% \n\t\0aA0\xff")


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip_bits, set_bytes, hostile_value, hostile_value, named_card, named_card, swap_cards, copy_card, delete_card,
    copy_block, delete_block, fill_block, cut, append, damage_text,
)  # fmt: skip


def mutated(seeds: list[bytes], seed: int, number: int) -> bytes:
    """Case ``number`` of a run: one of the seeds, damaged one to six times, sometimes gzipped and damaged again."""
    r = random.Random(f"{seed}/{number}")
    raw = bytearray(r.choice(seeds))
    for _ in range(r.choice((1, 1, 1, 2, 3, 6))):
        r.choice(MUTATIONS)(raw, r)
    if r.random() < 0.05:
        raw = bytearray(gzip.compress(bytes(raw), 1))
        if r.random() < 0.7:
            r.choice((flip_bits, cut, append, set_bytes))(raw, r)
    return bytes(raw)
