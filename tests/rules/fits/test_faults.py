"""Every fault of the table makes one finding of the FITS family, at its place; sound files make none."""

from collections import Counter

import pytest
from builders import join, primary
from fits_faults import FAULTS, GOOD, OTHERS, PRIMARY, SCI, ascii_table, compressed, raw_card, sound, value
from judging import REAL, judge_file

from jwstprod_check.engine.plan import in_order
from jwstprod_check.rules import all_rules
from jwstprod_check.rules import fits as fits_family

CONTAINER = ("FITS", "FILE", "TOOL")
ELSEWHERE = {
    "FITS013": "what is too much to be checked (test_header_rule)",
}


def findings(raw, *families):
    return [f for f in judge_file(raw, "x.fits").findings if f.code.startswith(families or CONTAINER)]


def test_sound_file_has_no_finding():
    assert findings(GOOD) == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_fault_makes_one_finding(fault):
    found = [(f.code, f.hdu, f.keyword, f.severity) for f in findings(fault.raw)]
    assert found == [(fault.code, fault.hdu, fault.keyword, fault.severity)]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_message_says_what_was_expected_and_where(fault):
    (found,) = findings(fault.raw)
    assert found.expected
    assert found.found
    assert found.message.isprintable()


@pytest.mark.parametrize("fault", OTHERS, ids=str)
def test_fault_of_another_family_is_not_reported_again(fault):
    assert findings(fault.raw, "FITS") == []
    assert fault.code in {f.code for f in judge_file(fault.raw, "x.fits").findings}


def test_every_rule_of_the_family_fires_in_the_table():
    codes = {r.code for r in fits_family.RULES}
    assert codes - {f.code for f in FAULTS} == set(ELSEWHERE)


def test_rules_run_after_those_that_they_wait_for():
    order = [r.code for r in in_order(all_rules())]
    late = [
        (r.code, a)
        for r in all_rules()
        if r.family == "FITS"
        for a in r.requires
        if order.index(a) > order.index(r.code)
    ]
    assert late == []


def test_codes_are_unique():
    codes = Counter(r.code for r in all_rules())
    assert [c for c, n in codes.items() if n > 1] == []


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.name)
def test_real_file_has_no_finding(path):
    assert [f for f in judge_file(path).findings if f.code.startswith(("FITS", "TOOL"))] == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_offset_lies_in_the_header_of_the_hdu(fault):
    (found,) = findings(fault.raw)
    if found.offset is not None:
        assert 0 <= found.offset < len(fault.raw)


SOUND = {
    "long string": [
        b"NOTE    = 'one &'".ljust(80),
        b"CONTINUE  'two &' / comment".ljust(80),
        b"CONTINUE  'three'".ljust(80),
    ],
    "ampersand at the end of a string": [b"NOTE    = 'this & that &'".ljust(80)],
    "HIERARCH": [b"HIERARCH ESO DET CHIP1 NX = 2048 / pixels".ljust(80)],
    "HIERARCH with a string": [b"HIERARCH ESO DET NAME = 'it''s'".ljust(80)],
    "commentary": [b"COMMENT a".ljust(80), b"COMMENT a".ljust(80), b"HISTORY = 'b".ljust(80), b"".ljust(80)],
    "card without value": [b"NOTE     anything at all".ljust(80)],
    "undefined checksums": [b"CHECKSUM= ''".ljust(80), b"DATASUM = '4294967295'".ljust(80)],
    "complex number": [b"NOTE    = (1.0, -2.0E5)".ljust(80)],
    "leap second": [b"DATE-OBS= '2016-12-31T23:59:60.5'".ljust(80)],
    "far date": [b"DATEREF = '-04713-11-24T12:00:00'".ljust(80)],
    "day alone": [b"DATE-OBS= '2024-02-29'".ljust(80)],
    "time scale with realisation": [b"TIMESYS = 'TT(BIPM2017)'".ljust(80)],
    "truncated position": [b"TREFPOS = 'BARYCENT'".ljust(80)],
    "integer and fraction of a time": [b"MJDREFI = 50000".ljust(80), b"MJDREFF = 0.5".ljust(80)],
    "another description": [b"WCSAXESA= 2".ljust(80), b"CTYPE1A = 'LINEAR'".ljust(80)],
    "free format": [b"NOTE    = 5".ljust(80)],
}


@pytest.mark.parametrize("cards", SOUND.values(), ids=SOUND)
def test_sound_cards_have_no_finding(cards):
    parts = sound()
    taken = {c[:8] for c in cards}
    kept = tuple(c for c in parts[PRIMARY].cards if c[:8] not in taken or c[:8] in {b"COMMENT ", b" " * 8})
    parts[PRIMARY] = type(parts[PRIMARY])((*kept, *cards))
    assert findings(join(parts)) == []


@pytest.mark.parametrize(
    "parts",
    [
        [*sound(), compressed()],
        [*sound(), compressed(ZCMPTYPE="RICE_1", ZNAME1="BLOCKSIZE", ZVAL1=32, ZQUANTIZ="NO_DITHER", ZTENSION="IMAGE")],
        [*sound(), compressed(ZTILE1=None, ZTILE2=None)],
        [*sound(), compressed(BUNIT="DN/s", BZERO=32768, BLANK=-1, CRPIX1=1.0)],
        [*sound(), ascii_table()],
        [*sound(), ascii_table(TNULL1="-")],
        [primary()],
    ],
    ids=["compressed", "with parameters", "without tiles", "with keywords of an image", "ASCII", "TNULL1", "alone"],
)
def test_sound_hdus_have_no_finding(parts):
    assert findings(join(parts)) == []


def test_control_characters_are_never_printed():
    raw = raw_card(SCI, b"NOTE    = '\x1b[31mred\x1b[0m' ")
    raw = raw.replace(b"UTC", b"\x1b[2J"[:3], 1)
    for found in judge_file(raw, "x.fits").findings:
        for text in (found.message, found.expected, found.found, found.hint, found.keyword):
            assert text is None or text.isprintable()


def test_hint_tells_of_a_number_in_quotes():
    (found,) = findings(value(SCI, "CRVAL1", "80.0"))
    assert found.hint == "write it without the quotes"
