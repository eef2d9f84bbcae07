"""Where a rule of the FITS family begins to fire: the last value that is right and the first that is not."""

import pytest
from builders import image, join, primary, table
from fits_faults import PRIMARY, SCI, TAB, added, ascii_table, change, compressed, form, sound, value
from judging import judge_file

from jwstprod_check.rules.fits import header_index
from jwstprod_check.rules.fits.columns import display_letter
from jwstprod_check.rules.fits.mandatory import REGISTERED
from jwstprod_check.rules.fits.tables import COLUMN_KEYWORDS
from jwstprod_check.rules.fits.time import DATE_FAULTS


def codes(raw):
    return {f.code for f in judge_file(raw, "x.fits").findings}


def severities(raw, code):
    return [str(f.severity) for f in judge_file(raw, "x.fits").findings if f.code == code]


def byte_column(name, form, width):
    return added(table("EDGE", [(name, form, width)]))


def with_null(form, width, null):
    return added(table("EDGE", [("a", form, width)]).with_card("TNULL1", null))


def edges(code, right, wrong):
    """Cases of one rule: what it must pass and what it must report, by their description."""
    for fires, cases in ((False, right), (True, wrong)):
        for name, raw in cases.items():
            yield pytest.param(code, raw, fires, id=f"{code}: {name} {'fires' if fires else 'passes'}")


def values(at, keyword, *contents):
    return {f"{keyword} = {c!r}": value(at, keyword, c) for c in contents}


def axes_of(part, **keywords):
    for keyword, number in keywords.items():
        part = part.with_card(keyword, number)
    return join([primary(), part])


EDGES = [
    *edges(
        "FITS022",
        {
            **{name: change(SCI, lambda p, n=name: p.with_card("XTENSION", n)) for name in sorted(REGISTERED)},
            "quote in byte 20": value(SCI, "XTENSION", b"'IMAGE   '"),
        },
        {
            "quote in byte 19": value(SCI, "XTENSION", b"'IMAGE  '"),
            "quote in byte 17": value(SCI, "XTENSION", b"'IMAGE'"),
            "unknown": value(SCI, "XTENSION", "PICTURE"),
        },
    ),
    *edges("FITS025", values(TAB, "TFIELDS", 0, 999), values(TAB, "TFIELDS", -1, 1000)),
    *edges(
        "FITS027",
        {"NAXIS2 of two": join(sound())},
        {**values(SCI, "NAXIS3", 1), "NAXIS1 of none": change(PRIMARY, lambda p: p.with_card("NAXIS1", 1))},
    ),
    *edges(
        "FITS028",
        {"as it is": join(sound())},
        {
            **values(SCI, "PCOUNT", 1),
            "NAXIS of a table": change(TAB, lambda p: p.with_axes(27, 2, 1)),
            "PCOUNT of an ASCII table": added(ascii_table(PCOUNT=1)),
        },
    ),
    *edges("FITS031", {}, {k: value(SCI, k, True) for k in ("SIMPLE", "EXTEND", "BLOCKED")}),
    *edges(
        "FITS032",
        values(PRIMARY, "LONGSTRN", "OGIP"),
        {**values(PRIMARY, "PCOUNT", 0, 1), **values(PRIMARY, "GCOUNT", 1)},
    ),
    *edges(
        "FITS036",
        {"PTYPE1 of one": join([primary(GROUPS=False)])},
        {
            "GROUPS": join([primary(GROUPS=True, PCOUNT=1, GCOUNT=1)]),
            **{k: value(SCI, k, 1.0) for k in ("PSCAL1", "PZERO1")},
            "PTYPE1": value(SCI, "PTYPE1", "UU"),
        },
    ),
    *edges(
        "FITS033",
        {},
        {
            k: value(SCI, k, 1)
            for k in (
                *(
                    "TFIELDS",
                    "THEAP",
                    "TBCOL1",
                    "TFORM1",
                    "TSCAL1",
                    "TZERO1",
                    "TNULL1",
                    "TTYPE1",
                    "TUNIT1",
                    "TDISP1",
                    "TDIM1",
                ),
                *("TDMIN1", "TDMAX1", "TLMIN1", "TLMAX1", "TCTYP1", "TCUNI1", "TCRVL1", "TCDLT1", "TCRPX1", "TCROT1"),
            )
        },
    ),
    *edges(
        "FITS034",
        {
            "BUNIT of a compressed image": added(
                compressed(BUNIT="DN/s", BZERO=1, BSCALE=1, BLANK=1, DATAMAX=1, DATAMIN=1)
            )
        },
        {
            **{k: value(TAB, k, 1) for k in ("BSCALE", "BZERO", "BUNIT", "BLANK", "DATAMAX", "DATAMIN", "TBCOL1")},
            **{f"{k} of an ASCII table": added(ascii_table(**{k: 1})) for k in ("TDIM1", "THEAP", "BSCALE")},
        },
    ),
    *edges(
        "FITS035",
        {"CROTA2 beside a matrix": value(SCI, "CROTA2", 1.0), "BLOCKED in an extension": value(SCI, "BLOCKED", True)},
        {
            **{k: value(SCI, k, 2000.0) for k in ("EPOCH", "RESTFREQ")},
            "RADECSYS": value(SCI, "RADECSYS", "ICRS"),
            "BLOCKED": value(PRIMARY, "BLOCKED", True),
            "CROTA2": change(
                SCI, lambda p: p.without_card("PC1_1", "PC1_2", "PC2_1", "PC2_2").with_card("CROTA2", 1.0)
            ),
        },
    ),
    *edges("FITS042", {"BLANK of integers": axes_of(image("SCI", (2,), 16), BLANK=-1)}, values(SCI, "BLANK", 0)),
    *edges(
        "FITS044",
        {
            **values(SCI, "RADESYS", "ICRS", "FK5", "FK4", "FK4-NO-E", "GAPPT"),
            **{
                f"{k} = {v}": value(SCI, k, v)
                for k in ("SPECSYS", "SSYSOBS", "SSYSSRC")
                for v in ("TOPOCENT", "GEOCENTR", "BARYCENT", "HELIOCEN", "LSRK", "LSRD", "GALACTOC", "LOCALGRP")
            },
            **values(SCI, "SPECSYS", "CMBDIPOL", "SOURCE"),
        },
        {k: value(SCI, k, "ICRF") for k in ("RADESYS", "SPECSYS", "SSYSOBS", "SSYSSRC")},
    ),
    *edges("FITS043", values(SCI, "BSCALE", 1e-30, -1.0), values(SCI, "BSCALE", 0.0, 0)),
    *edges(
        "FITS046",
        {
            **values(SCI, "DATASUM", "0", "4294967295", "         1", "0000000001", ""),
            **values(SCI, "CHECKSUM", "0123456789abcdeZ", ""),
        },
        {
            **values(SCI, "DATASUM", "4294967296", "00000000001", "-1", "1.0"),
            **values(SCI, "CHECKSUM", "0123456789abcde", "0123456789abcdefg", "0123456789abcde-"),
        },
    ),
    *edges("FITS052", values(PRIMARY, "TIMEPIXR", 0, 1, 0.5), values(PRIMARY, "TIMEPIXR", -0.01, 1.01)),
    *edges(
        "FITS052",
        {
            **values(
                PRIMARY, "TIMESYS", "TAI", "TT", "TDT", "ET", "IAT", "UT", "UT1", "UTC", "GMT", "GPS", "TCG", "TCB"
            ),
            **values(PRIMARY, "TIMESYS", "TDB", "LOCAL", "TT(TAI)", "UT(USNO)", f"TT({'x' * 30})"),
            **values(
                PRIMARY, "TREFPOS", "TOPOCENTER", "GEOCENTER", "BARYCENTER", "RELOCATABLE", "CUSTOM", "HELIOCENTER"
            ),
            **values(PRIMARY, "TREFPOS", "GALACTIC", "EMBARYCENTER", "MERCURY", "VENUS", "MARS", "JUPITER", "SATURN"),
            **values(PRIMARY, "TREFPOS", "URANUS", "NEPTUNE", "TOPOCENT", "topocenter"),
            **values(PRIMARY, "TIMEUNIT", "s", "d", "a", "cy", "min", "h", "yr", "ta", "Ba"),
        },
        {
            **values(PRIMARY, "TIMESYS", "XT(TAI)", "TT()", f"TT({'x' * 31})", "TT(TAI"),
            **values(PRIMARY, "TREFPOS", "TOPOCEN", "PLUTO"),
            **values(PRIMARY, "TIMEUNIT", "S", "day"),
        },
    ),
    *edges(
        "FITS053",
        {
            **{f"{k} alone": value(PRIMARY, k, 5.0) for k in ("MJDREF", "JDREF")},
            "MJDREFI and MJDREFF": change(PRIMARY, lambda p: p.with_card("MJDREFI", 5).with_card("MJDREFF", 0.5)),
            "JDREFI and JDREFF": change(PRIMARY, lambda p: p.with_card("JDREFI", 5).with_card("JDREFF", 0.5)),
        },
        {
            "MJDREF and MJDREFI": change(PRIMARY, lambda p: p.with_card("MJDREF", 5.0).with_card("MJDREFI", 5)),
            "JDREF and JDREFF": change(PRIMARY, lambda p: p.with_card("JDREF", 5.0).with_card("JDREFF", 0.5)),
            "MJDREF and JDREF": change(PRIMARY, lambda p: p.with_card("MJDREF", 5.0).with_card("JDREF", 5.0)),
            "MJDREFI and DATEREF": change(
                PRIMARY, lambda p: p.with_card("MJDREFI", 5).with_card("DATEREF", "2000-01-01")
            ),
        },
    ),
    *edges(
        "FITS057",
        {
            **{f"ZBITPIX {n}": added(compressed(ZBITPIX=n)) for n in (8, 16, 32, 64, -32, -64)},
            **{f"ZDITHER0 {n}": added(compressed(ZDITHER0=n)) for n in (1, 10000)},
            **{f"ZCMPTYPE {n}": added(compressed(ZCMPTYPE=n)) for n in ("RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2")},
            **{f"ZCMPTYPE {n}": added(compressed(ZCMPTYPE=n)) for n in ("PLIO_1", "HCOMPRESS_1", "NOCOMPRESS")},
            **{f"ZQUANTIZ {n}": added(compressed(ZQUANTIZ=n)) for n in ("NO_DITHER", "SUBTRACTIVE_DITHER_1", "NONE")},
            "ZQUANTIZ 2": added(compressed(ZQUANTIZ="SUBTRACTIVE_DITHER_2")),
            "ZTENSION": added(compressed(ZTENSION="BINTABLE")),
            "ZTILE1 of 1": added(compressed(ZTILE1=1)),
            "ZNAXIS2 of 0": added(compressed(ZNAXIS2=0)),
        },
        {
            **{f"ZDITHER0 {n}": added(compressed(ZDITHER0=n)) for n in (0, 10001)},
            **{f"ZBITPIX {n}": added(compressed(ZBITPIX=n)) for n in (0, -8, 128)},
            "ZTILE1 of 0": added(compressed(ZTILE1=0)),
            "ZNAXIS2 of -1": added(compressed(ZNAXIS2=-1)),
            "ZTENSION": added(compressed(ZTENSION="TABLE")),
            "ZIMAGE": added(compressed(ZTABLE=False)),
        },
    ),
    *edges(
        "FITS058",
        {
            "as it is": added(compressed()),
            "no ZTILE": added(compressed(ZTILE1=None, ZTILE2=None)),
            "tiles of a part": added(compressed(ZNAXIS1=5, ZTILE1=3, ZTILE2=2)),
            "one column": added(compressed(TTYPE1="GZIP_COMPRESSED_DATA")),
            "other column": added(compressed(TTYPE1="UNCOMPRESSED_DATA")),
            "lower case": added(compressed(TTYPE1="compressed_data")),
        },
        {
            "a tile more": added(compressed(ZNAXIS2=3)),
            "a tile less": added(compressed(ZNAXIS2=1)),
            "no axes": added(compressed(ZNAXIS=0)),
            "another column": added(compressed(TTYPE1="DATA")),
        },
    ),
    *edges(
        "FITS059",
        {"ZTILE2 of two": added(compressed()), "pair": added(compressed(ZNAME1="BLOCKSIZE", ZVAL1=32))},
        {
            "ZTILE3 of two": added(compressed(ZTILE3=1)),
            "ZNAXIS3 of two": added(compressed(ZNAXIS3=1)),
            "ZVAL1 alone": added(compressed(ZVAL1=32)),
            "ZNAME1 alone": added(compressed(ZNAME1="BLOCKSIZE")),
            **{
                f"{k} in HDU {at}": value(at, k, 1)
                for k in (
                    "ZCMPTYPE",
                    "ZBITPIX",
                    "ZNAXIS",
                    "ZNAXIS1",
                    "ZTILE1",
                    "ZQUANTIZ",
                    "ZTENSION",
                    "ZFORM1",
                    "ZCTYP1",
                )
                for at in (PRIMARY, SCI, TAB)
            },
            **{f"{k} in an image": value(SCI, k, True) for k in ("ZIMAGE", "ZTABLE")},
        },
    ),
    *edges(
        "FITS060",
        {"the last column": join(sound())},
        {k: value(TAB, k.replace("n", "6"), 1) for k in COLUMN_KEYWORDS if k != "TBCOLn"},
    ),
    *edges("FITS062", {"as it is": join(sound())}, {n: change(TAB, lambda p, n=n: p.resized(n, 2)) for n in (26, 28)}),
    *edges(
        "FITS064",
        {n: change(3, lambda p, n=n: p.with_card("THEAP", n)) for n in (8, 16)},
        {n: change(3, lambda p, n=n: p.with_card("THEAP", n)) for n in (7, 17)},
    ),
    *edges(
        "FITS065",
        {n: form(2, n) for n in ("8A8", "8A4", "8A1", "8A")},
        {n: form(2, n) for n in ("8A3", "8A0", "8A9")},
    ),
    *edges(
        "FITS066",
        {"first byte": added(ascii_table(TBCOL1=1)), "last byte": added(ascii_table(TBCOL1=3))},
        {"byte 0": added(ascii_table(TBCOL1=0)), "beyond": added(ascii_table(TBCOL1=4))},
    ),
    *edges("FITS070", values(TAB, "TDIM3", "(3)", "(1,3)"), values(TAB, "TDIM3", "(2)", "(4)", "(3", "3")),
    *edges(
        "FITS072",
        {
            **{f"B {n}": with_null("1B", 1, n) for n in (0, 255)},
            **{f"I {n}": with_null("1I", 2, n) for n in (-32768, 32767)},
            **{f"J {n}": with_null("1J", 4, n) for n in (-(2**31), 2**31 - 1)},
            **{f"K {n}": with_null("1K", 8, n) for n in (-(2**63), 2**63 - 1)},
        },
        {
            **{f"B {n}": with_null("1B", 1, n) for n in (-1, 256)},
            **{f"I {n}": with_null("1I", 2, n) for n in (-32769, 32768)},
            **{f"J {n}": with_null("1J", 4, n) for n in (-(2**31) - 1, 2**31)},
            **{f"K {n}": with_null("1K", 8, n) for n in (-(2**63) - 1, 2**63)},
            "D": with_null("1D", 8, 1),
        },
    ),
    *edges(
        "FITS077",
        {
            f"{k}MIN1 at most": change(TAB, lambda p, k=k: p.with_card(f"{k}MIN1", 5).with_card(f"{k}MAX1", 5))
            for k in ("TL", "TD")
        },
        {
            f"{k}MIN1 above": change(TAB, lambda p, k=k: p.with_card(f"{k}MIN1", 6).with_card(f"{k}MAX1", 5))
            for k in ("TL", "TD")
        },
    ),
    *edges(
        "FITS090",
        {
            "another EXTVER": join([primary(), image("A", (2,)), image("A", (2,), extver=2)]),
            "another EXTLEVEL": join([primary(), image("A", (2,)), image("A", (2,)).with_card("EXTLEVEL", 2)]),
            "another type": join([primary(), image("A", (2,)), table("A", [("x", "1J", 4)])]),
            "another name": join([primary(), image("A", (2,)), image("B", (2,))]),
        },
        {
            "the same": join([primary(), image("A", (2,)), image("A", (2,))]),
            "the same EXTLEVEL": join([primary(), *[image("A", (2,)).with_card("EXTLEVEL", 2)] * 2]),
            "EXTLEVEL 1 and none": join([primary(), image("A", (2,)), image("A", (2,)).with_card("EXTLEVEL", 1)]),
        },
    ),
    *edges(
        "FITS091",
        {"EXTEND F alone": join([primary(EXTEND=False)]), "EXTEND T": join(sound())},
        {"EXTEND F and one extension": join([primary(EXTEND=False), image("A", (2,))])},
    ),
    *edges(
        "FITS092",
        {
            "no data": join([primary(), image("A", (2,)).with_card("INHERIT", True)]),
            "INHERIT F": join([primary().resized(2), image("A", (2,)).with_card("INHERIT", False)]),
        },
        {"data": join([primary().resized(1), image("A", (2,)).with_card("INHERIT", True)])},
    ),
]


@pytest.mark.parametrize(("code", "raw", "fires"), EDGES)
def test_edge(code, raw, fires):
    assert (code in codes(raw)) is fires


@pytest.mark.parametrize(
    ("keyword", "number", "severity"),
    [("PCOUNT", 0, "warning"), ("PCOUNT", 1, "error"), ("GCOUNT", 1, "warning"), ("GCOUNT", 0, "error")],
)
def test_only_counts_that_change_nothing_are_harmless_in_the_primary(keyword, number, severity):
    assert severities(value(PRIMARY, keyword, number), "FITS032") == [severity]


@pytest.mark.parametrize("count", [1, 999])
def test_the_width_of_a_row_is_compared_up_to_the_last_column_that_may_be(count):
    """TFIELDS is at most 999 (FITS Standard 4.0, section 7.3.1)."""
    wide = table("TAB", [(f"c{n}", "1B", 1) for n in range(1, count + 1)], rows=1)
    assert severities(join([primary(), wide]), "FITS062") == []
    assert severities(join([primary(), wide.with_card("TFORM1", "2B")]), "FITS062") == ["error"]


@pytest.mark.parametrize(("text", "severity"), [("(2)", "warning"), ("(4)", "error")])
def test_fewer_elements_than_the_column_has_are_a_warning_and_more_an_error(text, severity):
    assert severities(value(TAB, "TDIM3", text), "FITS070") == [severity]


@pytest.mark.parametrize(("index", "fires"), [(1, False), (2, False), (3, True)])
def test_parameters_of_random_groups_are_counted(index, fires):
    raw = join([primary(GROUPS=True, PCOUNT=2, GCOUNT=1, NAXIS=1, NAXIS1=0).with_card(f"PTYPE{index}", "UU")])
    assert severities(raw, "FITS036") == ["warning"] + ["error"] * fires


@pytest.mark.parametrize(
    ("keywords", "lacking"),
    [
        ({"PCOUNT": 0, "GCOUNT": 1}, "NAXIS1 = 0"),
        ({"NAXIS": 1, "NAXIS1": 0, "GCOUNT": 1}, "PCOUNT"),
        ({"NAXIS": 1, "NAXIS1": 0, "PCOUNT": 0}, "GCOUNT"),
        ({}, "NAXIS1 = 0, PCOUNT and GCOUNT"),
    ],
)
def test_groups_that_are_stated_and_not_there_are_an_error(keywords, lacking):
    """astropy takes such an HDU for random groups and finds it incomplete."""
    report = judge_file(join([primary(GROUPS=True, **keywords)]), "x.fits")
    found = [(str(f.severity), f.message) for f in report.findings if f.code == "FITS036"]
    assert found == [("error", f"primary GROUPS is T, but random groups need {lacking}")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2023-02-28", None),
        ("2023-02-29", "is not a valid day"),
        ("2024-02-29", None),
        ("2024-02-30", "is not a valid day"),
        ("1900-02-29", "is not a valid day"),
        ("2000-02-29", None),
        ("2023-00-10", "is not a valid day"),
        ("2023-13-10", "is not a valid day"),
        ("2023-01-00", "is not a valid day"),
        *(
            (f"2023-{month:02}-{day}", None)
            for month, day in enumerate((31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1)
        ),
        *((f"2023-{month:02}-31", "is not a valid day") for month in (2, 4, 6, 9, 11)),
        ("2023-01-32", "is not a valid day"),
        ("2023-01-01T23:59:60", None),
        ("2023-01-01T00:00:00", None),
        ("2023-01-01T24:00:00", "is not a valid time of day"),
        ("2023-01-01T23:60:00", "is not a valid time of day"),
        ("2023-01-01T23:59:61", "is not a valid time of day"),
        ("01/01/99", ""),
        ("31/12/99", ""),
        ("00/01/99", "is not of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"),
        ("32/01/99", "is not of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"),
        ("01/00/99", "is not of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"),
        ("01/13/99", "is not of the form YYYY-MM-DD or YYYY-MM-DDThh:mm:ss"),
        ("2023-01-01Z", "ends with Z"),
        ("+12345-01-01", None),
        ("-00001-02-28", None),
    ],
)
def test_days_and_times_are_those_of_the_calendar(text, fault):
    assert DATE_FAULTS[text] == fault


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A8", "A"), ("A0", ""), ("A8.2", ""), ("L1", "L"), ("L1.1", ""), ("I8", "I"), ("I8.3", "I"), ("I8E2", ""),
        ("B8", "B"), ("O8.2", "O"), ("Z8", "Z"), ("Z8.1E3", ""), ("F8.3", "F"), ("F8", ""), ("F8.3E2", ""),
        ("E8.3", "E"), ("E8.3E2", "E"), ("E8", ""), ("EN8.3", "EN"), ("ES8.3", "ES"), ("D8.3E2", "D"), ("G8.3", "G"),
        ("G8", ""), ("F0.3", ""), ("F1.0", "F"), ("", ""), ("X8", ""),
    ],
)  # fmt: skip
def test_display_formats_have_the_parts_that_they_may_have(text, letter):
    assert display_letter(text) == letter


@pytest.mark.parametrize(("count", "fires"), [(20, False), (21, True)])
def test_cards_are_looked_at_up_to_the_limit(monkeypatch, count, fires):
    monkeypatch.setattr(header_index, "MAX_CARDS", 20)
    first = primary()
    for number in range(count - len(first.cards)):
        first = first.with_card(f"EDGE{number}", f"{count} cards")
    assert len(first.cards) == count
    assert ("FITS013" in codes(join([first]))) is fires
