"""The card parser says what the bytes say, and agrees with astropy on every legal card."""

import math
import re
import string

import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from jwstprod_check.fits.cards import CARD, Kind, parse_card, parse_value
from jwstprod_check.fits.header import BLOCK, Header

KEYWORDS = st.text(string.ascii_uppercase + string.digits + "-_", min_size=1, max_size=8).filter(
    lambda k: k not in {"COMMENT", "HISTORY", "CONTINUE", "HIERARCH", "END"}
)


def printable(without=""):
    return st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=without)


# Of a string with a quote, blanks and a slash ("'/", "a' / b") astropy takes the slash for the start of the comment, though
# the quote is written twice and ends nothing. "a: 1.0" is a record to it, not a string.
MISREAD = re.compile(r"' */|^[A-Za-z_]\w*(\.\w+)*: +[-+.\d]")
TEXTS = st.text(printable(), max_size=30).filter(lambda text: not MISREAD.search(text))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(TEXTS, st.booleans(), st.integers(-(10**18), 10**18), FLOATS, st.builds(complex, FLOATS, FLOATS))
# astropy takes the quote of a comment for the end of an empty string before it.
COMMENTS = st.text(printable("'"), max_size=8).map(str.strip)


def raw(keyword, field):
    return f"{keyword:<8}= {field}".ljust(CARD)[:CARD].encode("latin-1")


def same(a, b):
    return a == b or (isinstance(a, float) and isinstance(b, float) and math.isclose(a, b, rel_tol=1e-15))


@given(KEYWORDS, VALUES, COMMENTS)
def test_parser_agrees_with_astropy_on_written_cards(keyword, value, comment):
    if isinstance(value, complex):
        comment = ""
    image = fits.Card(keyword, value, comment).image
    if len(image) > CARD:
        return
    theirs = fits.Card.fromstring(image)
    ours = parse_card(image.encode("ascii"))
    assert ours.keyword == theirs.keyword
    assert same(ours.value, theirs.value)
    assert type(ours.value) is type(theirs.value)
    assert ours.comment == theirs.comment


@pytest.mark.parametrize("text", ["'/", "a' / b", "''/", "it's / it isn't"])
def test_a_quote_before_a_slash_ends_no_string(text):
    found = parse_card(fits.Card("QUOTED", text, "comment").image.encode("ascii"))
    assert (found.value, found.comment) == (text, "comment")


def test_a_quote_in_the_comment_ends_no_empty_string():
    found = parse_card(raw("EMPTY", "'' / '"))
    assert (found.value, found.comment) == ("", "'")


DIGITS = st.text(string.digits, min_size=1, max_size=15)
SIGNS = st.sampled_from(["", "+", "-"])
INTEGERS = st.builds(lambda s, d: s + d, SIGNS, DIGITS)
DECIMALS = st.builds(
    lambda s, a, b, e: s + a + "." + b + e,
    SIGNS,
    DIGITS,
    st.text(string.digits, max_size=8),
    st.one_of(st.just(""), st.builds(lambda c, s, d: c + s + d, st.sampled_from("ED"), SIGNS, st.just("12"))),
)
QUOTED = TEXTS.map(lambda t: "'" + t.replace("'", "''") + "'")
TOKENS = st.one_of(INTEGERS, DECIMALS, QUOTED, st.sampled_from(["T", "F"]))


@given(KEYWORDS, TOKENS, st.integers(0, 20), st.one_of(st.just(""), COMMENTS.map(lambda c: f" / {c}")))
def test_parser_agrees_with_astropy_on_free_format(keyword, token, blanks, comment):
    field = " " * blanks + token + comment
    if len(field) > CARD - 10:
        return
    theirs = fits.Card.fromstring(raw(keyword, field))
    ours = parse_card(raw(keyword, field))
    assert same(ours.value, theirs.value)
    assert type(ours.value) is type(theirs.value)
    assert ours.comment == theirs.comment


# Without apostrophes: astropy may part the two that stand for one, and what it writes then is no legal card. Without
# an ampersand at the end: astropy takes it for a mark of continuation even where nothing follows.
@given(KEYWORDS, st.text(printable("'&"), min_size=60, max_size=400))
def test_long_strings_are_joined_as_astropy_joins_them(keyword, text):
    images = fits.Card(keyword, text).image.encode("ascii")
    assert len(images) % CARD == 0
    header = Header(images + b"END".ljust(CARD) + b" " * (-(len(images) + CARD) % BLOCK), 0, len(images) // CARD)
    assert header.value(keyword) == fits.Card.fromstring(images).value == text.rstrip(" ")


@given(st.binary(min_size=CARD, max_size=CARD))
def test_any_bytes_make_a_card(image):
    card = parse_card(image, 3, 240)
    assert (card.index, card.offset, card.image) == (3, 240, image)
    assert len(card.keyword) <= 8


@pytest.mark.parametrize(
    ("field", "kind", "value"),
    [
        ("                   5", Kind.INTEGER, 5),
        ("5", Kind.INTEGER, 5),
        ("+5 / five", Kind.INTEGER, 5),
        ("-0", Kind.INTEGER, 0),
        ("5.", Kind.FLOAT, 5.0),
        (".5", Kind.FLOAT, 0.5),
        ("1.5E3", Kind.FLOAT, 1500.0),
        ("1.5D3", Kind.FLOAT, 1500.0),
        ("1E3", Kind.FLOAT, 1000.0),
        ("1.5e3", Kind.MALFORMED, "1.5e3"),
        ("NaN", Kind.MALFORMED, "NaN"),
        ("NAN", Kind.MALFORMED, "NAN"),
        ("inf", Kind.MALFORMED, "inf"),
        ("5 5", Kind.MALFORMED, "5 5"),
        ("0x5", Kind.MALFORMED, "0x5"),
        ("1_000", Kind.MALFORMED, "1_000"),
        ("\u0665", Kind.MALFORMED, "\u0665"),
        ("T", Kind.LOGICAL, True),
        ("F / no", Kind.LOGICAL, False),
        ("t", Kind.MALFORMED, "t"),
        ("TRUE", Kind.MALFORMED, "TRUE"),
        ("(1, 2.5)", Kind.COMPLEX, 1 + 2.5j),
        ("(1, x)", Kind.MALFORMED, "(1, x)"),
        ("", Kind.UNDEFINED, None),
        ("   / nothing", Kind.UNDEFINED, None),
        ("'SCI     '", Kind.STRING, "SCI"),
        ("' SCI'", Kind.STRING, " SCI"),
        ("''", Kind.STRING, ""),
        ("'it''s'", Kind.STRING, "it's"),
        ("''''", Kind.STRING, "'"),
        ("'open", Kind.MALFORMED, "'open"),
        ("'a' b", Kind.MALFORMED, "'a' b"),
        ("'a'/b", Kind.STRING, "a"),
    ],
)
def test_value_field_is_read_as_it_stands(field, kind, value):
    found, got, _ = parse_value(field)
    assert (found, got) == (kind, value)


@pytest.mark.parametrize(
    "image", ["COMMENT = 5", "HISTORY a", "        = 5", "END", "NAXIS =5", "NAXIS   5", "HIERARCH A = 5"]
)
def test_cards_without_a_value_indicator_are_commentary(image):
    assert parse_card(image.ljust(CARD).encode()).kind is Kind.COMMENTARY


def test_lower_case_keywords_are_not_repaired():
    assert parse_card(raw("naxis", "5")).keyword == "naxis"


def test_bytes_outside_ascii_are_kept():
    assert parse_card(b"OBJECT  = '" + b"\xe9" + b"'".ljust(68)).value == "\xe9"


def test_huge_integers_do_not_stop_the_parser():
    assert parse_card(raw("BIG", "9" * 70)).value == int("9" * 70)
