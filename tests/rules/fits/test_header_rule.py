"""Repeats fold, and what is too much to be checked is said; the FITS family gives way to a finding that says more."""

from types import SimpleNamespace

import pytest
from builders import CARD, card, edited, header, image, join, primary, split
from fits_faults import GOOD, SCI, change, sound, value
from judging import DARK, judge_file, loud

from jwstprod_check.fits.header import Header
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.memo import forget
from jwstprod_check.rules.fits import cards as fits_cards
from jwstprod_check.rules.fits import examine as fits_family
from jwstprod_check.rules.fits.header_index import MAX_CARDS, MAX_DEFECTIVE
from jwstprod_check.rules.fits.header_rule import HeaderRule


def fits(raw):
    return [f for f in judge_file(raw, "x.fits").findings if f.code.startswith("FITS")]


def places(raw, name=DARK.name):
    return [(f.code, f.extname, f.keyword) for f in loud(judge_file(raw, name))]


def with_cards(*cards):
    return header((card("SIMPLE", True), card("BITPIX", 8), card("NAXIS", 0), *cards))


def test_defects_of_one_kind_fold_into_one_finding_that_names_ten_places():
    (found,) = fits(with_cards(*(f"key{n:05d}= 5".encode().ljust(CARD) for n in range(230))))
    assert (found.code, found.count, found.keyword) == ("FITS002", 230, "key00000")
    assert found.places == ("primary", *(f"primary key{n:05d}" for n in range(1, 10)))


def test_defects_of_different_kinds_stay_apart():
    found = fits(with_cards(b"NOTE    = 1.0e5".ljust(CARD), b"OTHER   = TRUE".ljust(CARD), b"more    = 1".ljust(CARD)))
    assert [(f.code, f.count) for f in found] == [("FITS002", 1), ("FITS006", 1), ("FITS006", 1)]


def test_the_same_defect_of_many_hdus_is_one_finding():
    parts = [primary(), *(image("SCI", (), extver=n).with_card("BUNIT", 5) for n in range(1, 31))]
    (found,) = fits(join(parts))
    assert (found.code, found.count, found.hdu) == ("FITS041", 30, 1)
    assert found.places[:3] == ("SCI", "SCI,2", "SCI,3")


def test_header_of_garbage_is_checked_for_a_thousand_cards_and_says_so():
    found = fits(with_cards(*(f"KEY{n:05d}= \x01".encode().ljust(CARD) for n in range(3000))))
    assert [f.code for f in found] == ["FITS013", "FITS001"]
    assert MAX_DEFECTIVE <= found[1].count < 3000
    assert "not checked" in found[0].message


def test_header_of_too_many_cards_says_so():
    (found,) = fits(with_cards(*(card(f"K{n:06d}", n) for n in range(MAX_CARDS))))
    assert (found.code, found.severity) == ("FITS013", "error")


def test_more_problems_of_a_rule_than_are_taken_are_not_checked():
    cards = [card("NOTE", "a"), *[b"CONTINUE  'text'".ljust(CARD)] * (MAX_DEFECTIVE + 5)]
    report = judge_file(with_cards(*cards), "x.fits", select=("FITS",))
    assert [(f.code, f.count) for f in report.findings] == [("FITS010", MAX_DEFECTIVE)]
    assert [(n.code, n.hdu) for n in report.not_checked] == [("FITS010", 0)]
    assert report.verdict == "unverified"


@pytest.mark.parametrize(("bound", "left"), [(5, [("FITS041", 6)]), (30, [])])
def test_more_problems_of_a_rule_in_a_file_than_are_taken_are_not_checked(monkeypatch, bound, left):
    monkeypatch.setattr(fits_family, "MAX_PROBLEMS", bound)
    parts = [primary(), *(image("SCI", (), extver=n).with_card("BUNIT", 5) for n in range(1, 31))]
    report = judge_file(join(parts), "x.fits", select=("FITS",))
    assert [(f.code, f.count) for f in report.findings] == [("FITS041", bound)]
    assert [(n.code, n.hdu) for n in report.not_checked] == left


def test_rule_that_crashes_is_reported_alone(monkeypatch):
    def crash(indexed):
        raise ValueError("boom")

    broken = fits_cards.bad_name
    rules = tuple(
        HeaderRule(r.code, r.name, r.severity, (), (), crash, ()) if r is broken else r
        for r in fits_family.HEADER_RULES
    )
    monkeypatch.setattr(fits_family, "HEADER_RULES", rules)
    forget()
    raw = change(SCI, lambda p: p.with_card("UNSEEN", "header").with_card("BUNIT", 5))
    report = judge_file(raw, "x.fits")
    forget()
    codes = [f.code for f in report.findings]
    assert codes.count("TOOL001") == 1
    assert "FITS041" in codes


def test_equal_headers_are_examined_once(monkeypatch):
    seen = []
    original = fits_family.examine

    def examine(header):
        seen.append(header)
        return original(header)

    examine.__qualname__ = "examine"
    monkeypatch.setattr(fits_family, "examine", examine)
    hdu = image("NEVER", (3,)).with_card("SEEN", "before")
    file = read_fits(join([primary(NEVER=1), *[hdu] * 20]))
    fits_family.examine_headers(SimpleNamespace(file=file))
    assert len(seen) == 2


def test_offset_counts_from_the_start_of_the_file():
    raw = value(SCI, "BUNIT", 5)
    (found,) = fits(raw)
    assert raw[found.offset - 10 : found.offset - 2] == b"BUNIT   "


GIVES_WAY = {
    "column of another type": (lambda p: p.with_card("TFORM1", "K"), ("FITS062", "INT_TIMES", "NAXIS1")),
    "column without a name": (lambda p: p.without_card("TTYPE3"), ("TAB002", "INT_TIMES", "TTYPE3")),
    "column named twice": (lambda p: p.with_card("TTYPE3", "int_start_MJD_UTC"), ("TAB002", "INT_TIMES", None)),
    "TFIELDS missing": (lambda p: p.without_card("TFIELDS"), ("FITS024", "INT_TIMES", "TFIELDS")),
    "TFIELDS a string": (lambda p: p.with_card("TFIELDS", "7"), ("FITS025", "INT_TIMES", "TFIELDS")),
    "TFIELDS too small": (lambda p: p.with_card("TFIELDS", 6), ("FITS060", "INT_TIMES", "TFORM7")),
    "TFORM3 missing": (lambda p: p.without_card("TFORM3"), ("FITS061", "INT_TIMES", "TFORM3")),
    "TTYPE3 a number": (lambda p: p.with_card("TTYPE3", 3), ("FITS063", "INT_TIMES", "TTYPE3")),
    "TTYPE3 open": (lambda p: p.with_card("TTYPE3", b"'int"), ("FITS004", "INT_TIMES", "TTYPE3")),
}


@pytest.mark.parametrize(("damage", "finding"), GIVES_WAY.values(), ids=GIVES_WAY)
def test_damaged_table_header_makes_one_finding(damage, finding):
    assert places(edited(DARK.read_bytes(), "INT_TIMES", damage)) == [finding]


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda p: p.with_card("BZERO", "2147483648"), "FITS041"),
        (lambda p: p.with_card("BZERO", b"                 NaN"), "FITS005"),
        (lambda p: p.with_card("BSCALE", 0), "ARR001"),
        (lambda p: p.with_card("XTENSION", "Image"), "FITS022"),
        (lambda p: p.with_card("GCOUNT", 2), "FILE006"),
        (lambda p: p.with_card("PCOUNT", 5), "FITS028"),
    ],
    ids=["BZERO a string", "BZERO NaN", "BSCALE 0", "XTENSION in lower case", "GCOUNT 2", "PCOUNT 5"],
)
def test_damaged_image_header_makes_one_finding(damage, code):
    assert [f[0] for f in places(edited(DARK.read_bytes(), "PIXELDQ", damage))] == [code]


def test_repeated_hdu_that_the_product_lists_is_left_to_its_own_rule():
    parts = split(DARK.read_bytes())
    twice = [*parts[:-1], next(p for p in parts if p.name == "PIXELDQ"), parts[-1]]
    assert [f[0] for f in places(join(twice))] == ["HDU003"]


def test_repeated_hdu_that_no_product_lists_is_reported():
    found = fits(join([*sound(), sound()[SCI]]))
    assert [(f.code, f.hdu, f.severity) for f in found] == [("FITS090", 4, "warning")]


def test_unnamed_hdus_are_not_of_one_name():
    nameless = image("", (2,)).without_card("EXTNAME", "EXTVER")
    assert fits(join([primary(), nameless, nameless])) == []


def test_header_that_is_not_whole_blocks_is_survived():
    assert fits_family.examine(Header(b"", 0, 0)) == ()


def test_good_header_after_a_defective_one_is_not_tainted():
    assert fits(value(SCI, "BUNIT", 5)) != []
    assert fits(GOOD) == []


def test_keywords_of_random_groups_are_counted_by_pcount():
    first = primary(NAXIS=1, NAXIS1=0, GROUPS=True, PCOUNT=1, GCOUNT=1, PTYPE1="UU", PTYPE2="VV", PSCAL1=1.0)
    found = [f for f in fits(join([first])) if f.code == "FITS036"]
    assert [(f.keyword, f.severity) for f in found] == [("GROUPS", "warning"), ("PTYPE2", "error")]


RECORDS = ("EXTVER: 1", "NAXES: 2", "AXIS.1: 1", "AXIS.2: 2.0", "SCALE.1: -1.5E-3")


@pytest.mark.parametrize("keyword", ["DP1", "DP2", "DQ1", "D2IM1"])
def test_records_of_the_distortion_convention_are_no_repeats(keyword):
    assert fits(with_cards(*(card(keyword, record) for record in RECORDS))) == []


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("DP1", ("EXTVER: 1", "EXTVER: 2")),
        ("DP1", ("EXTVER: 1", "text")),
        ("DP1", ("EXTVER: 1", "NAXES: two")),
        ("NOTE", ("EXTVER: 1", "NAXES: 2")),
    ],
)
def test_repeats_that_are_no_records_are_found(keyword, values):
    (found,) = fits(with_cards(*(card(keyword, value) for value in values)))
    assert (found.code, found.severity, found.keyword) == ("FITS012", "error", keyword)


@pytest.mark.parametrize(("written", "right"), [("1.0e5", "1.0E5"), ("-2d-3", "-2D-3")])
def test_small_exponent_letter_is_named_as_the_fault(written, right):
    (found,) = fits(with_cards(f"NOTE    = {written}".encode().ljust(CARD)))
    letter = "e" if "e" in written else "d"
    assert found.code == "FITS006"
    assert f"the exponent letter is a small {letter}" in found.message
    assert found.expected == right
