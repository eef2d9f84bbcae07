"""What headers share: values of cards are computed once, without bytes or offsets."""

import pytest
from builders import card, header
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from jwstprod_check.fits.cards import parse_card
from jwstprod_check.fits.columns import read_columns
from jwstprod_check.fits.hdu import read_structure
from jwstprod_check.fits.header import Header
from jwstprod_check.memo import NoMemo


def made(*cards, offset=0):
    return Header(header(cards), offset, len(cards))


KEYWORDS = ("XTENSION", "BITPIX", "NAXIS", "NAXIS1", "TFIELDS", "TTYPE1", "TFORM1", "EXTNAME", "S", "CONTINUE", "LAST")
VALUES = ("IMAGE", "BINTABLE", 8, 16, 0, 1, 2, "1J", "2A", "it''s &", True, b"broken")


def looked_at(found):
    """A little of everything that may be computed from cards."""
    table = [astuple(c) for c in read_columns(found)] if found.string("XTENSION") == "BINTABLE" else None
    return astuple(read_structure(found)), table, found.value("S"), found.number("NAXIS1")


@given(st.lists(st.lists(st.sampled_from(VALUES), min_size=len(KEYWORDS), max_size=len(KEYWORDS)), max_size=6))
def test_what_is_remembered_by_cards_is_what_the_header_alone_gives(headers):
    for values in headers:
        raw = header([card(k, v) for k, v in zip(KEYWORDS, values, strict=True)])
        found = Header(raw, 0, len(KEYWORDS))
        assert list(found.cards()) == [parse_card(raw[i * 80 : i * 80 + 80], i, i * 80) for i in range(len(KEYWORDS))]
        assert found.memo_by_cards(looked_at) == looked_at(found)


ASKED = []


def derive(found):
    ASKED.append(found.value("A"))
    return found.value("A")


def second(found):
    return found.memo_by_cards(derive) + 1


def test_values_are_shared_where_only_other_cards_differ():
    ASKED.clear()
    for b in range(3):
        assert made(card("A", 1), card("B", b), card("SHARES", 1)).memo_by_cards(second) == 2
    assert ASKED == [1]
    assert made(card("A", 5), card("B", 0), card("SHARES", 1)).memo_by_cards(second) == 6


def test_without_memory_each_header_is_read_again():
    ASKED.clear()
    with NoMemo():
        for _ in range(2):
            assert made(card("A", 1)).memo_by_cards(derive) == 1
    assert ASKED == [1, 1]


def raw_of(found):
    return found.raw


def offset_of(found):
    return found.offset


def test_what_is_remembered_by_cards_sees_neither_bytes_nor_offset():
    found = made(card("A", 1))
    with pytest.raises(AttributeError):
        found.memo_by_cards(raw_of)
    with pytest.raises(AttributeError):
        found.memo_by_cards(offset_of)


def test_function_within_a_function_is_no_key():
    found = made(card("A", 1))
    with pytest.raises(TypeError, match="top of a module"):
        found.memo_by_cards(lambda h: h.value("A"))
    with pytest.raises(TypeError, match="top of a module"):
        found.memo_by_bytes(lambda h: h.value("A"))
