"""What headers share: values deduced from cards, never from bytes or offsets."""

import pytest
from builders import card, header
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from jwstprod_check.fits.cards import parse_card
from jwstprod_check.fits.columns import read_columns
from jwstprod_check.fits.hdu import read_structure
from jwstprod_check.fits.header import Header


def made(*cards, offset=0):
    return Header(header(cards), offset, len(cards))


KEYWORDS = ("XTENSION", "BITPIX", "NAXIS", "NAXIS1", "TFIELDS", "TTYPE1", "TFORM1", "EXTNAME", "S", "CONTINUE", "LAST")
VALUES = ("IMAGE", "BINTABLE", 8, 16, 0, 1, 2, "1J", "2A", "it''s &", True, b"broken")


def looked_at(found):
    """A little of everything that may be deduced from cards."""
    table = [astuple(c) for c in read_columns(found)] if found.string("XTENSION") == "BINTABLE" else None
    return astuple(read_structure(found)), table, found.value("S"), found.number("NAXIS1")


@given(st.lists(st.lists(st.sampled_from(VALUES), min_size=len(KEYWORDS), max_size=len(KEYWORDS)), max_size=6))
def test_what_is_deduced_with_a_model_is_what_the_header_alone_says(headers):
    for values in headers:
        raw = header([card(k, v) for k, v in zip(KEYWORDS, values, strict=True)])
        found = Header(raw, 0, len(KEYWORDS))
        assert list(found.cards()) == [parse_card(raw[i * 80 : i * 80 + 80], i, i * 80) for i in range(len(KEYWORDS))]
        assert found.deduce("all", looked_at) == looked_at(found)


def test_deductions_share_a_value_where_only_other_cards_differ():
    asked = []

    def derive(found):
        asked.append(found.value("A"))
        return found.value("A")

    def second(found):
        return found.deduce("shared", derive) + 1

    for b in range(3):
        assert made(card("A", 1), card("B", b), card("SHARES", 1)).deduce("more", second) == 2
    assert asked == [1]
    assert made(card("A", 5), card("B", 0), card("SHARES", 1)).deduce("more", second) == 6


def test_nothing_is_deduced_from_bytes_or_offsets():
    found = made(card("A", 1))
    with pytest.raises(AttributeError):
        found.deduce("raw", lambda h: h.raw)
    with pytest.raises(AttributeError):
        found.deduce("offset", lambda h: h.offset)
