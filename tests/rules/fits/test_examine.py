"""What header rules found in one header is not sought again in another that differs in cards that they do not read."""

import pytest
from builders import BLOCK
from fits_faults import FAULTS, GOOD, SCI, value
from judging import judge_file

from jwstprod_check.fits.cards import CARD
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.memo import NoMemo, forget
from jwstprod_check.rules.fits import examine
from jwstprod_check.rules.fits.header_rule import HeaderRule


def remarked(raw, text):
    """The same file with a comment in each card of EXTNAME and TELESCOP, which few rules read."""
    cards = [raw[i : i + CARD] for i in range(0, len(raw), CARD)]
    for i, card in enumerate(cards):
        if card.startswith((b"EXTNAME = '", b"TELESCOP= '")) and b"/" not in card:
            cards[i] = f"{card.decode('latin-1').rstrip()} / {text}".encode("latin-1").ljust(CARD)
    return b"".join(cards)


def findings(raw):
    return [f for f in judge_file(raw, "x.fits").findings if f.code.startswith("FITS")]


@pytest.fixture(autouse=True)
def nothing_remembered():
    forget()
    yield
    forget()


@pytest.fixture
def calls(monkeypatch):
    """Codes of the rules that were run, in order."""
    ran = []

    def counted(rule):
        def check(indexed):
            ran.append(rule.code)
            yield from rule.check(indexed)

        return HeaderRule(rule.code, rule.name, rule.severity, (), (), check, rule.on)

    monkeypatch.setattr(examine, "HEADER_RULES", tuple(map(counted, examine.HEADER_RULES)))
    return ran


def test_rules_that_found_nothing_are_run_until_a_form_is_learned_and_then_no_more(calls):
    headers = [read_fits(remarked(GOOD, n)).hdus[SCI].header for n in range(5)]
    counts = []
    for header in headers:
        calls.clear()
        assert examine.examine(header) == ()
        counts.append(len(calls))
    first, learned, *later = counts
    assert first == learned > 5
    assert later == [0, 0, 0]


def test_a_rule_is_run_again_where_a_card_differs_that_it_reads(calls):
    for n in range(3):
        examine.examine(read_fits(remarked(GOOD, n)).hdus[SCI].header)
    calls.clear()
    found = examine.examine(read_fits(value(SCI, "RADESYS", "FK9")).hdus[SCI].header)
    assert [code for code, _ in found] == ["FITS044"]
    assert "FITS044" in calls


def test_bytes_after_end_are_looked_at_in_every_header():
    for n in range(3):
        findings(remarked(GOOD, n))
    start = GOOD.index(b"END" + b" " * 77)
    raw = bytearray(GOOD)
    raw[start + 40] = ord("x")
    assert [f.code for f in findings(bytes(raw))] == ["FITS009"]
    assert len(GOOD) % BLOCK == 0


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_defect_is_found_after_headers_without_it(fault):
    with NoMemo():
        alone = findings(fault.raw)
    for n in range(3):
        findings(remarked(GOOD, n))
    assert findings(fault.raw) == alone


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_defect_is_found_in_every_header_that_has_it(fault):
    with NoMemo():
        alone = [findings(remarked(fault.raw, n)) for n in range(4)]
    assert [findings(remarked(fault.raw, n)) for n in range(4)] == alone
