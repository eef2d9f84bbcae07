"""The grammar of one card: what is sound passes, what is not is named."""

import pytest

from jwstprod_check.fits.cards import Kind, parse_card
from jwstprod_check.fits.syntax import FLOAT, INTEGER, LOGICAL, STRING, WELL_FORMED, defects_of

NUMBER = frozenset({INTEGER, FLOAT})


def image(text):
    return text.encode("latin-1").ljust(80)


def kinds(text, types=None, fixed=False):
    return [defect.kind for defect in defects_of(image(text), types, fixed)]


SOUND = {
    "KEYWORD = 'text'": STRING,
    "KEYWORD = ''": STRING,
    "KEYWORD = 'it''s' / with a ' in the comment": STRING,
    "KEYWORD = '''quoted'''": STRING,
    "KEYWORD = 'a / b'/no blank before the slash": STRING,
    "KEYWORD =                    T": LOGICAL,
    "KEYWORD = F / free format": LOGICAL,
    "KEYWORD =                   +5": INTEGER,
    "KEYWORD = 007": INTEGER,
    "KEYWORD =                  -.5": FLOAT,
    "KEYWORD =                   5. / a point at the end": FLOAT,
    "KEYWORD =              1.0E-05": FLOAT,
    "KEYWORD =              1D+3": FLOAT,
    "KEYWORD =              1E3": FLOAT,
    "COMMENT = anything = goes '": None,
    "HISTORY": None,
    "": None,
    "        = a blank keyword": None,
    "KEYWORD  has no value": None,
    "CONTINUE  'text&'": None,
    "A-B_C1  = 1": INTEGER,
}


@pytest.mark.parametrize("text", SOUND)
def test_sound_card_has_no_defect(text):
    assert kinds(text) == []


@pytest.mark.parametrize(("text", "kind"), [(t, k) for t, k in SOUND.items() if "= " in t[8:10] and k])
def test_quick_pattern_tells_the_type_of_a_value(text, kind):
    assert WELL_FORMED(image(text)).lastindex == kind


@pytest.mark.parametrize("text", ["KEYWORD = (1, 2)", "KEYWORD = (1.0,-2E5) / complex"])
def test_complex_number_is_sound_though_the_quick_pattern_leaves_it_out(text):
    assert kinds(text) == []
    assert WELL_FORMED(image(text)) is None


FLAWED = {
    "key     = 5": ["name"],
    " KEY    = 5": ["name"],
    "KEY@    = 5": ["name"],
    "K\xe9Y     = 5": ["non-text"],
    "KEYWORD =5": ["indicator"],
    "KEYWORD = 'open": ["quote"],
    "KEYWORD = 'open''": ["quote"],
    "KEYWORD = 5 6": ["slash"],
    "KEYWORD = 'a' b": ["slash"],
    "KEYWORD = (1,2) b": ["slash"],
    "KEYWORD =": [],
    "KEYWORD = ": ["null"],
    "KEYWORD = / comment": ["null"],
    "KEYWORD = nan": ["not-finite"],
    "KEYWORD = +Inf / comment": ["not-finite"],
    "KEYWORD = NaN(0x1)": ["not-finite"],
    "KEYWORD = true": ["logical"],
    "KEYWORD = .T.": ["logical"],
    "KEYWORD = TT": ["unknown"],
    "KEYWORD = 1e5": ["number"],
    "KEYWORD = 5-": ["number"],
    "KEYWORD = .": ["number"],
    "KEYWORD = --5": ["number"],
    "KEYWORD = 1.5E": ["number"],
    "KEYWORD = text": ["unknown"],
    'KEYWORD = "text"': ["unknown"],
    "KEYWORD = (1,": ["complex"],
    "KEYWORD = (1)": ["complex"],
    "KEYWORD = (1,2,3)": ["complex"],
    "KEYWORD = (,)": ["complex"],
    "KEYWORD = 'a\tb' / c\td": ["non-text", "non-text"],
    "key     = NaN": ["name", "not-finite"],
    "COMMENT a\tb": ["non-text"],
}


@pytest.mark.parametrize("text", FLAWED)
def test_defect_is_named(text):
    expected = ["null"] if text == "KEYWORD =" else FLAWED[text]
    assert kinds(text) == expected


@pytest.mark.parametrize("text", [t for t in FLAWED if "\xe9" not in t])
def test_quick_pattern_passes_no_defective_card(text):
    bad_name = FLAWED[text][:1] == ["name"]
    assert bad_name or WELL_FORMED(image(text)) is None


@pytest.mark.parametrize("text", [*SOUND, "KEYWORD = (1, 2)"])
def test_what_the_grammar_passes_the_parser_reads(text):
    assert parse_card(image(text)).kind is not Kind.MALFORMED


def test_wrong_type_of_a_reserved_keyword_hints_at_the_quotes():
    (defect,) = defects_of(image("CRVAL1  = '80.5'"), NUMBER)
    assert (defect.kind, defect.hint) == ("type", "write it without the quotes")
    (defect,) = defects_of(image("CRVAL1  = 'east'"), NUMBER)
    assert (defect.kind, defect.hint) == ("type", None)


def test_integer_is_taken_for_a_number():
    assert kinds("CRVAL1  = 80", NUMBER) == []


def test_absent_value_of_a_reserved_keyword_is_a_wrong_type():
    assert kinds("CRVAL1  =", NUMBER) == ["type"]
    assert kinds("CRVAL1    80", NUMBER) == ["type"]


def test_defective_value_is_not_called_a_wrong_type_too():
    assert kinds("CRVAL1  = east", NUMBER) == ["unknown"]


@pytest.mark.parametrize(
    ("text", "types", "good"),
    [
        ("NAXIS   =                    2", {INTEGER}, True),
        ("NAXIS   =                    2/axes", {INTEGER}, True),
        ("NAXIS   =                   +2 / axes", {INTEGER}, True),
        ("NAXIS   = 2", {INTEGER}, False),
        ("NAXIS   =                     2", {INTEGER}, False),
        ("SIMPLE  =                    T", {LOGICAL}, True),
        ("SIMPLE  = T", {LOGICAL}, False),
        ("XTENSION= 'IMAGE   '", {STRING}, True),
        ("XTENSION=  'IMAGE   '", {STRING}, False),
    ],
)
def test_fixed_format(text, types, good):
    assert kinds(text, frozenset(types), fixed=True) == ([] if good else ["fixed"])


def test_offset_of_a_defect_is_the_byte_of_the_card():
    (defect,) = defects_of(image("KEYWORD =                    5 / caf\xe9"))
    assert defect.at == 36


def test_every_byte_at_every_place_is_survived():
    base = bytearray(image("KEYWORD = 'text' / comment"))
    for at in range(80):
        for byte in range(256):
            changed = bytes((*base[:at], byte, *base[at + 1 :]))
            defects = list(defects_of(changed, frozenset({STRING}), fixed=True))
            assert WELL_FORMED(changed) is None or all(f.kind in {"name", "fixed", "type", "non-text"} for f in defects)
