"""A header: cards by position and by keyword, the first of a keyword counts."""

from builders import card, header

from jwstprod_check.fits.cards import Kind
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
