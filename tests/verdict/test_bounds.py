"""Bounds of the program: the flood of one rule hides no other rule's error, and what was cut off is not called checked."""

import pytest
from builders import CARD, card, edited, header, image, join, primary
from judging import DARK, errors, judge_file

from jwstprod_check.engine import run as engine
from jwstprod_check.findings import Severity
from jwstprod_check.rules.fits.header_index import MAX_CARDS, MAX_DEFECTIVE


def with_cards(*cards):
    return header((card("SIMPLE", True), card("BITPIX", 8), card("NAXIS", 0), *cards))


def odd(n):
    """A card with a misspelt keyword."""
    return f"key{n:05d}= 5".encode().ljust(CARD)


NO_TEXT = b"NOTE    = 'caf\xe9'".ljust(CARD)


def left(report):
    return {(n.code, n.hdu) for n in report.not_checked}


def test_a_flood_of_one_rule_in_a_header_hides_no_error_of_another():
    raw = with_cards(*(odd(n) for n in range(900)), NO_TEXT)
    assert {f.code for f in judge_file(raw, "x.fits", select=("FITS",)).findings} == {"FITS001", "FITS002"}
    report = judge_file(raw, "x.fits", ignore=("FITS002", "PROD"))
    assert [(f.code, f.hdu) for f in errors(report)] == [("FITS001", 0)]


@pytest.mark.parametrize("code", ["FITS001", "FITS062", "FITS012"])
@pytest.mark.parametrize(
    "cards",
    [[odd(n) for n in range(MAX_DEFECTIVE + 5)], [card(f"K{n:06d}", n) for n in range(MAX_CARDS)]],
    ids=["invalid cards", "cards"],
)
def test_what_follows_in_a_header_that_was_cut_off_is_not_checked_by_any_rule(cards, code):
    report = judge_file(with_cards(*cards, NO_TEXT), "x.fits", select=(code,))
    assert report.verdict == "unverified"
    assert left(report) == {(code, 0)}
    whole = judge_file(with_cards(*cards, NO_TEXT), "x.fits", select=("FITS",))
    assert (whole.verdict, whole.findings[0].code, whole.findings[0].hdu) == ("nonconforming", "FITS013", 0)


def test_a_flood_in_the_first_hdus_hides_no_error_in_the_last():
    parts = [primary(), *(image("SCI", (), extver=n) for n in range(1, 16))]
    flooded = [parts[0], *(with_flood(p) for p in parts[1:])]
    raw = edited(join([*flooded, image("ERR", (), extver=1)]), "ERR", lambda p: p.with_card("EQUINOX", "J2000"))
    report = judge_file(raw, "x.fits", select=("FITS",))
    assert [(f.code, f.hdu) for f in report.findings if f.code != "FITS002"] == [("FITS040", 16)]
    alone = judge_file(raw, "x.fits", ignore=("FITS002", "PROD"))
    assert [(f.code, f.hdu, f.keyword) for f in errors(alone)] == [("FITS040", 16, "EQUINOX")]


def with_flood(part):
    return part.__class__((*part.cards, *(odd(n) for n in range(MAX_DEFECTIVE - 1))), part.data)


@pytest.mark.parametrize(("last", "severity"), [(6, "error"), (5, "warning")])
def test_the_last_of_many_repeats_counts(last, severity):
    raw = with_cards(*[card("NOTE", 5)] * (MAX_DEFECTIVE + 500), card("NOTE", last))
    (found,) = judge_file(raw, "x.fits", select=("FITS012",)).findings
    assert (found.code, str(found.severity), found.hdu, found.keyword) == ("FITS012", severity, 0, "NOTE")


def test_a_repeat_after_a_thousand_others_is_not_passed_over():
    names = [f"K{n:05d}" for n in range(MAX_DEFECTIVE + 2)]
    raw = with_cards(*(card(n, 1) for n in names), *(card(n, 1) for n in names), card(names[0], 2))
    report = judge_file(raw, "x.fits", select=("FITS012",))
    assert report.verdict == "nonconforming"
    assert "FITS012" in {n.code for n in report.not_checked}


def test_problems_beyond_the_bound_of_a_rule_are_not_checked(monkeypatch):
    monkeypatch.setattr(engine, "MAX_PROBLEMS", 3)
    parts = [primary(), *(image("SCI", (), extver=n).with_card("BUNIT", 5) for n in range(1, 9))]
    report = judge_file(
        join([*parts, image("ERR", (), extver=1).with_card("EQUINOX", "x")]), "x.fits", select=("FITS",)
    )
    assert {f.code for f in report.findings} == {"FITS040", "FITS041"}
    assert ("FITS041", None) in left(report)


def test_a_flood_of_warnings_is_taken_whole_because_nothing_else_fails_the_file(monkeypatch):
    monkeypatch.setattr(engine, "MAX_PROBLEMS", 3)
    parts = [primary(), *(image("SCI", (), extver=n).with_card("SPECSYS", "X") for n in range(1, 9))]
    report = judge_file(join(parts), "x.fits", select=("FITS044",))
    assert [(f.code, f.count) for f in report.findings] == [("FITS044", 8)]
    assert report.verdict == "conforming"


def test_a_warning_elsewhere_is_no_cause_for_what_could_not_be_checked():
    raw = edited(DARK.read_bytes(), "primary", lambda p: p.with_card("NGROUPS", b"hello"))
    raw = edited(raw, "SCI", lambda p: p.with_card("SPECSYS", "X"))
    report = judge_file(raw, DARK.name, ignore=("FITS006",))
    assert {f.code for f in report.findings if f.severity is Severity.WARNING} >= {"FITS044"}
    assert report.verdict == "unverified"
    assert ("KEY002", 0) in left(report)
