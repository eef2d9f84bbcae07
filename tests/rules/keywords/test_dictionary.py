"""KEY010 and KEY011: types and values of the keyword dictionary."""

import gzip

import pytest
from builders import card, edited, image, join, split
from judging import CATALOGUE, DARK, REAL, judge_file, loud, placed

from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.loader import Catalogue

NAME = DARK.name
GOOD = DARK.read_bytes()


def heard(raw, name=NAME, **options):
    """Findings on keywords; what the FITS family says of odd cards is not the matter here."""
    return [f for f in loud(judge_file(raw, name, **options)) if f.code.startswith("KEY")]


def findings(raw, name=NAME, **options):
    return placed(raw, name, "KEY", **options)


def primary(change, raw=GOOD):
    return edited(raw, "primary", change)


def only(raw, name=NAME, **options):
    (finding,) = heard(raw, name, **options)
    return finding


def test_a_good_file_is_quiet():
    assert loud(judge_file(GOOD, NAME)) == []


@pytest.mark.parametrize("path", REAL, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_real_files_have_the_types_and_values_of_the_vocabulary(path):
    report = judge_file(path)
    assert not [f for f in report.findings if f.code in ("KEY010", "KEY011", "KEY012", "KEY013")]


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("NFRAMES", "3", "an integer"),
        ("NFRAMES", 3.0, "an integer"),
        ("NFRAMES", True, "an integer"),
        ("NFRAMES", "MULTIPLE", "an integer"),
        ("TFRAME", "10.7", "a number"),
        ("TFRAME", False, "a number"),
        ("TFRAME", b"          (1.0, 2.0)", "a number"),
        ("ZEROFRAM", "F", "a logical (T or F)"),
        ("ZEROFRAM", 0, "a logical (T or F)"),
        ("PROGRAM", 1234, "a string"),
        ("CAL_VER", 3.0, "a string"),
        ("FILENAME", 1, "a string"),
        ("EXP_TYPE", 1, "a string"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(keyword, value, expected):
    report = judge_file(primary(lambda p: p.with_card(keyword, value)), NAME)
    found = [f for f in loud(report) if f.code == "KEY010"]
    assert [(str(f.severity), f.hdu, f.keyword, f.expected) for f in found] == [("error", 0, keyword, expected)]
    assert f"expected {expected}" in found[0].message


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("TFRAME", 11),
        ("TFRAME", b"1.5"),
        ("TFRAME", b"              1.5D+01"),
        ("TFRAME", b" -11"),
        ("NFRAMES", b"  8 / frames"),
        ("NFRAMES", b"-8"),
        ("NFRAMES", b""),
        ("ZEROFRAM", b"F"),
        ("PROGRAM", b"   '01234'"),
        ("TITLE", b"'it''s'"),
    ],
)
def test_free_format_undefined_values_and_integers_for_floats_are_well(keyword, value):
    assert "KEY010" not in [code for code, *_ in findings(primary(lambda p: p.with_card(keyword, value)))]


def test_counts_are_left_to_their_own_rule():
    assert [code for code, *_ in findings(primary(lambda p: p.with_card("NGROUPS", "5")))] == ["KEY002"]


def test_types_that_the_standard_fixes_are_left_to_it():
    raw = primary(lambda p: p.with_card("DATE-OBS", 2022).with_card("TELESCOP", 1).with_card("DATE", 5))
    assert "KEY010" not in [code for code, *_ in findings(raw)]


def test_a_wrong_type_in_sci_is_found_there():
    raw = edited(GOOD, "SCI", lambda p: p.with_card("RA_REF", "5.5"))
    assert ("KEY010", "error", 1, "RA_REF") in findings(raw)


def test_a_keyword_away_from_its_home_is_not_held_against_the_vocabulary():
    raw = edited(GOOD, "PIXELDQ", lambda p: p.with_card("RA_REF", "5.5"))
    assert findings(raw) == []


def test_the_second_card_of_a_keyword_does_not_count():
    raw = primary(lambda p: p.after_card("NFRAMES", card("NFRAMES", "3")))
    assert "KEY010" not in [code for code, *_ in findings(raw)]


def test_the_same_wrong_type_in_many_slits_is_one_finding():
    science = [image("SCI", (4, 4), extver=n) for n in range(1, 6)]
    science = [p.with_card("SLTSTRT1", "1") for p in science]
    raw = join([split(GOOD)[0].with_card("DATAMODL", "MultiSlitModel"), *science])
    report = judge_file(raw, "jw01234001001_02103_00001_nrs1_cal.fits")
    (found,) = [f for f in report.findings if f.code == "KEY010"]
    assert (found.count, found.hdu, found.keyword) == (5, 1, "SLTSTRT1")


def test_an_unknown_value_is_a_warning_with_the_nearest_known_one():
    finding = only(primary(lambda p: p.with_card("READPATT", "RAPIDO")))
    assert (finding.code, str(finding.severity), finding.hdu, finding.keyword) == ("KEY011", "warning", 0, "READPATT")
    assert finding.hint == "the most similar known value is 'RAPID'"
    assert finding.found == "'RAPIDO'"


@pytest.mark.parametrize(("value", "near"), [("rapid", "'RAPID'"), (" RAPID", "'RAPID'"), ("Q", None)])
def test_case_and_blanks_matter_and_a_far_value_has_no_hint(value, near):
    finding = only(primary(lambda p: p.with_card("READPATT", value)))
    assert finding.code == "KEY011"
    assert finding.hint == (f"the most similar known value is {near}" if near else None)


def test_a_blank_value_is_not_a_placeholder():
    finding = only(primary(lambda p: p.with_card("VISITYPE", "")))
    assert (finding.code, finding.message) == ("KEY011", "VISITYPE is blank")


@pytest.mark.parametrize("value", ["N/A", "NONE", "MULTIPLE"])
def test_placeholders_stand_for_no_value(value):
    assert findings(primary(lambda p: p.with_card("SUBARRAY", value))) == []


def test_a_value_that_nobody_knows_is_not_a_placeholder():
    assert only(primary(lambda p: p.with_card("VISITYPE", "UNKNOWN"))).code == "KEY011"


def test_an_undefined_value_says_nothing():
    assert findings(primary(lambda p: p.with_card("READPATT", b""))) == []


def test_a_value_outside_a_closed_list_is_an_error():
    finding = only(primary(lambda p: p.with_card("FASTAXIS", 3)))
    assert (finding.code, str(finding.severity), finding.keyword) == ("KEY011", "error", "FASTAXIS")


def test_enumerated_integers_are_compared_as_numbers():
    assert findings(primary(lambda p: p.with_card("NOUTPUTS", 4))) == []
    assert [c for c, *_ in findings(primary(lambda p: p.with_card("NOUTPUTS", 3)))] == ["KEY011"]


def test_a_value_of_control_characters_is_printed_escaped():
    finding = only(primary(lambda p: p.with_card("READPATT", b"'\x1b[31mRAPID'")))
    assert finding.message.isprintable()


def test_a_vocabulary_of_ones_own_is_used(tmp_path):
    (tmp_path / "keywords.yaml").write_text("READPATT: {type: string, values: [MINE], closed: true}\n")
    own = Catalogue(Overlay(Folder(tmp_path), CATALOGUE.documents))
    assert findings(GOOD, specs=own) == [("KEY011", "error", 0, "READPATT")]
    assert findings(GOOD) == []


def test_more_cards_than_are_compared_give_the_same_findings():
    cards = tuple(card(f"K{n:07d}"[:8], n) for n in range(2000))
    part = split(GOOD)[0].with_card("NFRAMES", "3")
    raw = join([part.after_card("NFRAMES", *cards), *split(GOOD)[1:]])
    assert findings(raw) == findings(raw) == [("KEY010", "error", 0, "NFRAMES")]


def test_a_good_file_after_a_bad_one_of_the_same_keywords_is_good_and_the_other_way_round():
    bad = primary(lambda p: p.with_card("READPATT", "RAPIDO").with_card("MODELNAM", "first"))
    good = primary(lambda p: p.with_card("MODELNAM", "second"))
    for raw, expected in [(bad, ["KEY011"]), (good, []), (bad, ["KEY011"]), (good, [])]:
        assert [f.code for f in heard(raw)] == expected


def test_a_gzip_file_is_the_same():
    raw = primary(lambda p: p.with_card("READPATT", "RAPIDO"))
    assert findings(gzip.compress(raw), f"{NAME}.gz") == [("KEY011", "warning", 0, "READPATT")]


@pytest.mark.parametrize("value", ["N/A", "UNKNOWN", ""])
def test_one_placeholder_in_many_keywords_is_one_finding(value):
    keywords = ("TFRAME", "TGROUP", "NFRAMES", "ZEROFRAM", "GROUPGAP")

    def change(part):
        for keyword in keywords:
            part = part.with_card(keyword, value)
        return part

    finding = only(primary(change))
    assert (finding.code, finding.count) == ("KEY010", len(keywords))
    named = " ".join((finding.keyword, *finding.places))
    assert all(keyword in named for keyword in keywords)


def test_different_texts_in_keywords_of_numbers_are_findings_each():
    raw = primary(lambda part: part.with_card("TFRAME", "1.5").with_card("TGROUP", "2.5").with_card("NFRAMES", "N/A"))
    assert [(f.code, f.count) for f in heard(raw)] == [("KEY010", 1)] * 3


@pytest.mark.parametrize(
    ("keyword", "value", "hint"),
    [
        ("FILTER", "MIRIMAGE", "'MIRIMAGE' is a value of DETECTOR"),
        ("DETECTOR", "NRC_IMAGE", "'NRC_IMAGE' is a value of EXP_TYPE"),
        ("READPATT", "RAPIDO", "the most similar known value is 'RAPID'"),
        ("READPATT", "PADIR", None),
        ("READPATT", "FAR AWAY FROM ANY", None),
    ],
)
def test_the_hint_names_the_keyword_that_knows_a_value_or_a_near_value(keyword, value, hint):
    raw = primary(lambda p: p.with_card(keyword, value))
    (found,) = [f for f in judge_file(raw, NAME).findings if f.code == "KEY011"]
    assert found.hint == hint
