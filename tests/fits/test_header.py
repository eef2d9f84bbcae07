"""A header: cards by position and by keyword, the first of a keyword counts."""

import pytest
from builders import card, header
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from jwstprod_check.fits.cards import Kind, parse_card
from jwstprod_check.fits.columns import read_columns
from jwstprod_check.fits.hdu import read_structure
from jwstprod_check.fits.header import BLOCK, Header


def made(*cards, offset=0):
    return Header(header(cards), offset, len(cards))


def test_cards_know_their_place_in_the_file():
    found = made(card("A", 1), card("B", 2), offset=BLOCK).card("B")
    assert (found.index, found.offset) == (1, BLOCK + 80)


def test_equal_headers_at_different_places_keep_their_own_offsets():
    cards = (card("SHARED", 1),)
    first, second = made(*cards, offset=0), made(*cards, offset=5 * BLOCK)
    assert first.card("SHARED").offset == 0
    assert second.card("SHARED").offset == 5 * BLOCK
    assert first.card("SHARED").offset == 0


def test_first_of_repeated_cards_counts():
    found = made(card("A", 1), card("A", 2))
    assert found.value("A") == 1
    assert found.positions("A") == [0, 1]


def test_absent_keywords_have_no_value():
    found = made(card("A", 1))
    assert "B" not in found
    assert found.card("B") is None
    assert found.value("B") is None
    assert found.integer("B") is None
    assert found.string("B") is None
    assert found.number("B") is None


def test_typed_access_does_not_convert():
    found = made(card("S", "5"), card("F", b"5.0"), card("I", 5), card("L", True), card("M", b"5 5"), card("U", b""))
    assert [found.integer(k) for k in "SFILMU"] == [None, None, 5, None, None, None]
    assert [found.number(k) for k in "SFILMU"] == [None, 5.0, 5.0, None, None, None]
    assert [found.string(k) for k in "SFILMU"] == ["5", None, None, None, None, None]
    assert [found.value(k) for k in "SFILMU"] == ["5", 5.0, 5, True, None, None]
    assert found.card("M").kind is Kind.MALFORMED


def test_integer_beyond_floats_is_no_number():
    assert made(card("A", b"9" * 60)).number("A") == float("9" * 60)


def test_length_counts_the_cards_before_end():
    found = made(*(card(f"K{n}", n) for n in range(40)))
    assert len(found) == 40
    assert len(found.raw) == 2 * BLOCK
    assert [c.value for c in found.cards()] == list(range(40))


def continued(text):
    return f"CONTINUE  '{text}'".ljust(80).encode()


def test_strings_are_continued_over_cards():
    found = made(card("LONG", "one &"), continued("two &"), continued("three"))
    assert found.value("LONG") == "one two three"


def test_ampersand_without_a_continue_card_stays():
    assert made(card("LONG", "one &"), card("B", 1)).value("LONG") == "one &"


def test_endless_continuation_is_bounded():
    cards = [card("LONG", "x" * 60 + "&"), *(continued("x" * 60 + "&") for _ in range(5000))]
    assert len(made(*cards).value("LONG")) < 200_000


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
