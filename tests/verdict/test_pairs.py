"""A rule that gives way to another, or cannot be checked without it, hides nothing when that other is switched off.

For each pair (rule, first) a file is made that breaks both at one place. Whatever is selected or ignored, the verdict is
not that the file conforms: the rule finds its defect, or the report says that it was not checked.
"""

from functools import cache

import pytest
from made_files import checked as checked_as_made
from made_files import sound

from jwstprod_check.config import Options
from jwstprod_check.findings import Severity
from jwstprod_check.make.defects.catalogue import BREAKS
from jwstprod_check.make.edits import appended_column, chain, delete_cards, on, patch, set_cards, with_rows
from jwstprod_check.make.parts import Part, join, split, table
from jwstprod_check.rules import all_rules


def note(text):
    return lambda part: part.adding(text)


def one_row_more(part):
    return with_rows(part, part.number("NAXIS2") + 1)


def other_form(part):
    """A number of the first column that is one is of another type of the same width."""
    same = {"J": "E", "E": "J", "D": "K", "K": "D", "I": "2B", "B": "L"}
    for n in range(1, part.number("TFIELDS") + 1):
        form = part.text(f"TFORM{n}")
        if form.lstrip("1") in same:
            return part.setting(f"TFORM{n}", same[form.lstrip("1")])
    return part.setting("TFORM1", "Z")


def other_kind(part):
    if part.type == "IMAGE":
        return table(part.name, [("a", "1E")], 3)
    bare = [
        c for c in part.cards if c[:5] not in (b"TTYPE", b"TFORM", b"TFIEL", b"TUNIT", b"TDIM1", b"TZERO", b"TNULL")
    ]
    return Part(tuple(bare), part.data).setting("XTENSION", "IMAGE")


def renamed(part, number):
    return part.setting(f"TTYPE{number}", (part.text(f"TTYPE{number}") or "") + "x")


def last_renamed(part):
    return renamed(part, part.number("TFIELDS"))


def narrower(part):
    return part.setting("NAXIS1", part.number("NAXIS1") + 4).holding(part.data + bytes(4 * part.number("NAXIS2")))


def bytes_for_text(part):
    return part.setting("TFORM1", part.text("TFORM1").replace("A", "B"))


def widened(part):
    return part.resized(part.axes[0] + 4, *part.axes[1:])


def other_bitpix(part):
    if part.text("BITPIX") == "-32":
        return part.setting("BITPIX", 32)
    return part.without("BZERO") if part.text("BZERO") else part.setting("BITPIX", -32)


def stranger_first(raw):
    first, *rest = split(raw)
    return join([first, table("STRANGER", [("x", "1J")], 1), *rest])


AT_ITS_HDU = {
    "FITS002": note(b"exptime =                  5.0"),
    "FITS004": note(b"NOTE    = 'text / comment"),
    "FITS005": note(b"NOTE    =                  NaN"),
    "FITS006": note(b"NOTE    = hello"),
    "FITS007": note(b"NOTE    =                    5 pixels"),
    "FITS022": lambda p: p.setting("XTENSION", b"'IMAGE'"),
    "FITS024": lambda p: p.without("GCOUNT"),
    "FITS025": lambda p: p.setting("TFIELDS", 1000),
    "FITS028": lambda p: p.setting("GCOUNT", 2),
    "FITS040": lambda p: p.setting("EQUINOX", "J2000"),
    "FITS041": lambda p: p.setting("DATAMAX", "1.0"),
    "FITS046": lambda p: p.setting("CHECKSUM", "abc"),
    "FITS056": lambda p: p.without("ZNAXIS1"),
    "FITS057": lambda p: p.setting("ZCMPTYPE", "ZIP"),
    "FITS060": lambda p: p.setting("TTYPE99", "more"),
    "FITS061": lambda p: p.setting("TFORM1", "1Y"),
    "FITS062": narrower,
    "FITS063": lambda p: p.setting("TSCAL1", "5"),
    "FITS084": lambda p: p.setting("PCOUNT", 1).holding(p.data[: p.number("NAXIS1") * p.number("NAXIS2") + 1]),
    "HDU003": None,
    "HDU004": other_kind,
    "ARR001": other_bitpix,
    "ARR002": lambda p: p.resized(*p.axes, 1),
    "ARR003": widened,
    "TAB002": last_renamed,
    "TAB003": lambda p: appended_column(p, "foreign", "J", bytes(4)),
    "TAB004": other_form,
    "TAB006": one_row_more,
    "TAB007": lambda p: with_rows(p, 0),
    "KEY002": lambda p: p.setting("NGROUPS", "5"),
    "KEY003": lambda p: p.setting("NGROUPS", 0),
    "ASDF001": lambda p: with_rows(p, 2),
    "WCS001": lambda p: p.setting("CRPIX3", 1.0),
    "WCS004": lambda p: p.setting("CD1_1", 1.0),
    "WCS009": lambda p: p.setting("S_REGION", "POLYGON ICRS 10 5 10.1 5"),
}
"""What breaks a rule in an HDU that another rule finds something in already."""


LOST_BLOCK = chain(BREAKS["DATA007"].change, patch("SCI", 6 * 2880, bytes(2880)))

TOGETHER = {
    ("FITS043", "ARR001"): ("FITS043", set_cards("PIXELDQ", BSCALE=0.0)),
    ("FITS043", "TAB004"): ("FITS043", set_cards("INT_TIMES", TSCAL1=0.0)),
    ("FITS074", "TAB002"): ("FITS074", delete_cards("INT_TIMES", "TTYPE1")),
    ("FITS076", "TAB002"): ("FITS076", on("INT_TIMES", lambda p: p.setting("TTYPE2", p.text("TTYPE1")))),
    ("HDU001", "FITS002"): (
        "ARR001",
        on("ERR", lambda p: p.without("EXTNAME").adding(b"extname = 'ERR'")),
    ),
    ("HDU001", "FITS040"): ("ARR001", set_cards("ERR", EXTNAME=5)),
    ("HDU002", "HDU005"): ("HDU002", stranger_first),
    ("HDU002", "HDU012"): (
        "HDU012",
        chain(BREAKS["HDU012"].change, lambda raw: join([*split(raw), table("ZEROFRAMES", [("x", "1J")], 1)])),
    ),
    ("HDU004", "FITS022"): ("HDU004", set_cards("INT_TIMES", XTENSION=b"'IMAGE'")),
    ("TAB013", "TAB006"): ("TAB013", on("SOLNS", lambda p: with_rows(p, 0))),
    ("TAB013", "TAB004"): (
        "TAB013",
        chain(BREAKS["TAB013"].change, on("SOLNS", lambda p: p.setting("TFORM1", p.text("TFORM1").replace("D", "K")))),
    ),
    ("KEY023", "KEY021"): (
        "KEY023",
        chain(BREAKS["KEY023"].change, set_cards("primary", INSTRUME="NIRISS", EXP_TYPE="NIS_DARK")),
    ),
    ("KEY026", "KEY023"): ("KEY023", chain(BREAKS["KEY023"].change, BREAKS["KEY026"].change)),
    ("TIME004", "TIME002"): ("TIME004", set_cards("primary", MJD_BEG=61041.5, MJD_AVG=61040.5)),
    ("DATA007", "DATA006"): ("DATA006", LOST_BLOCK),
    ("DATA017", "TAB004"): ("DATA017", chain(BREAKS["DATA017"].change, on("HDRTAB", bytes_for_text))),
    ("WCS018", "WCS004"): ("WCS018", chain(BREAKS["WCS018"].change, set_cards("SCI", PC1_1=1.0))),
    ("WCS022", "WCS020"): (
        "WCS022",
        chain(
            BREAKS["WCS022"].change,
            set_cards("primary", EXP_TYPE="NRC_CORON"),
            set_cards("SCI", RA_REF=200.0, DEC_REF=43.13),
        ),
    ),
    **{("ASDF007", first): ("ASDF007", on("INT_TIMES", AT_ITS_HDU[first])) for first in ("TAB002", "TAB003", "TAB004")},
    **{
        ("ASDF007", first): (first, BREAKS[first].change)
        for first in ("TAB001", "TAB009", "TAB011", "TAB012", "TAB013")
    },
    ("ASDF007", "FITS062"): ("ASDF007", on("INT_TIMES", lambda p: narrower(other_form(p)))),
    ("ASDF007", "TAB006"): ("ASDF007", on("INT_TIMES", lambda p: with_rows(p, 1))),
    **{
        (code, "ASDF001"): (code, chain(BREAKS[code].change, on("ASDF", AT_ITS_HDU["ASDF001"])))
        for code in ("ASDF007", "ASDF008", "ASDF009", "ASDF026")
    },
}
"""Pairs for which one damage breaks both, or the damage of one undoes that of the other: whose file, and the damage."""


OF_OWN_SPECS = {"KEY091"}
"""Rules that only specs of other teams make use of; tests/spec holds their tests."""


def pairs():
    for rule in all_rules():
        if rule.code in OF_OWN_SPECS:
            continue
        for first in dict.fromkeys((*rule.requires, *rule.gives_way_to)):
            yield rule.code, first


@cache
def place(code):
    """HDU in which the broken file of a rule breaks it."""
    report = checked(code, BREAKS[code].change(sound(code)))
    return next(f.hdu for f in report.findings if f.code == code)


def checked(code, raw, **options):
    return checked_as_made(code, raw, Options(data=True, fail_on=Severity.WARNING, **options))


def breaking(code, first):
    """The code whose made file it is, and a file that breaks two rules at one place."""
    if (code, first) in TOGETHER:
        base, change = TOGETHER[code, first]
        return base, change(sound(base))
    raw = BREAKS[code].change(sound(code))
    edit = AT_ITS_HDU.get(first)
    if edit is None:
        return code, BREAKS[first].change(raw)
    at = place(code)
    parts = split(raw)
    return code, join([*parts[:at], edit(parts[at]), *parts[at + 1 :]])


def is_accounted_for(report, code):
    """Whether a rule found something, or the report says that it was not checked, or what comes first."""
    return (
        any(f.code == code for f in report.findings)
        or any(n.code == code for n in report.not_checked)
        or any(s.code == code and "comes first" in s.reason for s in report.skipped)
    )


@pytest.mark.parametrize(("code", "first"), list(pairs()))
def test_what_gives_way_is_found_or_not_checked_where_the_other_is_switched_off(code, first):
    base, raw = breaking(code, first)
    whole = checked(base, raw)
    assert first in {f.code for f in whole.findings}
    assert whole.verdict == "nonconforming"
    for options in (
        {"select": (code,)},
        {"ignore": (first,)},
        {"select": (code.rstrip("0123456789"),), "ignore": (first,)},
    ):
        report = checked(base, raw, **options)
        assert report.verdict in {"nonconforming", "unverified"}, options
        assert is_accounted_for(report, code), options
