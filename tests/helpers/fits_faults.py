"""Broken headers, one fault each, with what the FITS family must say of them.

``item`` is the number of the check of fitsverify that looks for the same thing, 0 where it has none. The file around
the fault is sound: a primary, an image with coordinates, a binary table, a table with a heap.
"""

from dataclasses import dataclass, replace

from builders import Part, card, header, image, join, primary, table


@dataclass(frozen=True)
class Fault:
    """A broken file and the finding that it must make: code, HDU, keyword, severity."""

    item: int
    name: str
    raw: bytes
    code: str
    hdu: int | None
    keyword: str | None
    severity: str = "error"

    def __str__(self):
        return self.name


PRIMARY, SCI, TAB, HEAP = range(4)


def sound():
    """HDUs of a sound file."""
    sci = image("SCI", (4, 3), -32)
    for keyword, value in (
        ("BUNIT", "MJy/sr"),
        ("RADESYS", "ICRS"),
        ("WCSAXES", 2),
        ("CRPIX1", 2.0),
        ("CRPIX2", 2.0),
        ("CRVAL1", 80.0),
        ("CRVAL2", -69.5),
        ("CTYPE1", "RA---TAN"),
        ("CTYPE2", "DEC--TAN"),
        ("CUNIT1", "deg"),
        ("CUNIT2", "deg"),
        ("CDELT1", -0.0001),
        ("CDELT2", 0.0001),
        ("PC1_1", -0.5),
        ("PC1_2", 0.8660254),
        ("PC2_1", 0.8660254),
        ("PC2_2", 0.5),
    ):
        sci = sci.with_card(keyword, value, "a comment")
    columns = [("number", "1J", 4), ("name", "8A", 8), ("flux", "3E", 12), ("good", "1L", 1), ("bits", "9X", 2)]
    rows = table("TAB", columns, rows=2)
    # CFITSIO takes a logical of zero for undefined, a text of zeros for empty: both are sound.
    rows = rows.with_card("TUNIT3", "Jy").with_card("TNULL1", -1).with_card("TDIM3", "(3)").with_card("TDISP3", "F8.3")
    heap = table("HEAP", [("list", "1PE(2)", 8)], rows=1).with_card("PCOUNT", 8)
    heap = replace(heap, data=(2).to_bytes(4, "big") + (0).to_bytes(4, "big") + bytes(8))
    first = primary(DATE="2026-02-18T10:00:00.000", TELESCOP="JWST", TIMESYS="UTC")
    return [
        replace(first, cards=(*first.cards, b"COMMENT text".ljust(80), b"        / more".ljust(80))),
        sci,
        rows,
        heap,
    ]


GOOD = join(sound())


def change(at, edit):
    """Change one HDU of the sound file."""
    parts = sound()
    parts[at] = edit(parts[at])
    return join(parts)


def field(text):
    """A value field as it stands, from byte 11 on."""
    return text if isinstance(text, bytes) else text.encode("latin-1")


def value(at, keyword, content):
    """Put a value, or a raw value field if it is bytes, into an HDU."""
    return change(at, lambda p: p.with_card(keyword, content))


def raw_card(at, text):
    """Add a card as it stands."""
    made = field(text).ljust(80)[:80]
    return change(at, lambda p: replace(p, cards=(*p.cards, made)))


def lost(at, *keywords):
    return change(at, lambda p: p.without_card(*keywords))


def moved(at, keyword, after):
    def edit(part):
        made = next(c for c in part.cards if c[:8].rstrip() == keyword.encode())
        return part.without_card(keyword).after_card(after, made)

    return change(at, edit)


def twice(at, keyword, second):
    return change(at, lambda p: p.after_card(keyword, card(keyword, second)))


def ended(at, tail):
    """Put bytes into the header from END on."""
    parts = sound()
    raw = header(parts[at].cards)
    end = raw.rindex(b"END     ")
    broken = (raw[:end] + tail).ljust(len(raw))[: len(raw)]
    whole = join(parts)
    return whole.replace(raw, broken, 1)


def form(n, text, **keywords):
    """Another TFORMn, NAXIS1 left alone."""
    return value(TAB, f"TFORM{n}", text)


def exchanged(at, made):
    """Another HDU at a place."""
    parts = sound()
    parts[at] = made
    return join(parts)


def added(made):
    return join([*sound(), made])


def ascii_table(**keywords):
    cards = {
        "XTENSION": "TABLE",
        "BITPIX": 8,
        "NAXIS": 2,
        "NAXIS1": 10,
        "NAXIS2": 1,
        "PCOUNT": 0,
        "GCOUNT": 1,
        "TFIELDS": 1,
        "TBCOL1": 1,
        "TFORM1": "I8",
        "TTYPE1": "a",
        **keywords,
    }
    return Part(tuple(card(k, v) for k, v in cards.items() if v is not None), b"         1")


def compressed(**keywords):
    """A tile-compressed image of two tiles; the tiles themselves are empty."""
    made = table("ZIPPED", [("COMPRESSED_DATA", "1PB(0)", 8)], rows=2)
    cards = {
        "ZIMAGE": True,
        "ZCMPTYPE": "GZIP_1",
        "ZBITPIX": 16,
        "ZNAXIS": 2,
        "ZNAXIS1": 4,
        "ZNAXIS2": 2,
        "ZTILE1": 4,
        "ZTILE2": 1,
        **keywords,
    }
    for keyword, content in cards.items():
        if content is not None:
            made = made.with_card(keyword, content)
    return made


CARDS = (
    Fault(9, "NUL byte", raw_card(SCI, b"NOTE    = 'a'    / x\0y"), "FITS001", SCI, "NOTE"),
    Fault(11, "keyword shifted", raw_card(SCI, "  NOTE  = 5"), "FITS002", SCI, "  NOTE"),
    Fault(12, "keyword in lower case", raw_card(SCI, "exptime = 5"), "FITS002", SCI, "exptime"),
    Fault(12, "point in keyword", raw_card(SCI, "EXP.TIME= 5"), "FITS002", SCI, "EXP.TIME"),
    Fault(12, "equals sign in byte 8", raw_card(SCI, "EXPTIME=5"), "FITS002", SCI, "EXPTIME="),
    Fault(12, "blank in keyword", raw_card(SCI, "EXP TIME= 5"), "FITS002", SCI, "EXP TIME"),
    Fault(13, "tab in COMMENT", raw_card(SCI, "COMMENT a\tb"), "FITS001", SCI, "COMMENT"),
    Fault(13, "accent in HISTORY", raw_card(SCI, "HISTORY caf\xe9"), "FITS001", SCI, "HISTORY"),
    Fault(13, "line end in blank card", raw_card(SCI, "         a\nb"), "FITS001", SCI, None),
    Fault(13, "bell in HIERARCH", raw_card(SCI, "HIERARCH A = '\a'"), "FITS001", SCI, "HIERARCH"),
    Fault(14, "accent in card without value", raw_card(SCI, "NOTE     caf\xe9"), "FITS001", SCI, "NOTE"),
    Fault(15, "text after END", ended(SCI, b"END      junk"), "FITS009", SCI, "END"),
    Fault(16, "accent in string", raw_card(SCI, "NOTE    = 'caf\xe9'"), "FITS001", SCI, "NOTE"),
    Fault(17, "closing quote lost", raw_card(SCI, "NOTE    = 'text / comment"), "FITS004", SCI, "NOTE"),
    Fault(18, "TRUE", raw_card(SCI, "NOTE    =                 TRUE"), "FITS006", SCI, "NOTE"),
    Fault(18, "t", raw_card(SCI, "NOTE    =                    t"), "FITS006", SCI, "NOTE"),
    Fault(19, "two points", raw_card(SCI, "NOTE    =                1.2.3"), "FITS006", SCI, "NOTE"),
    Fault(19, "time without quotes", raw_card(SCI, "NOTE    =             12:30:00"), "FITS006", SCI, "NOTE"),
    Fault(20, "exponent in lower case", raw_card(SCI, "NOTE    =                1.0e5"), "FITS006", SCI, "NOTE"),
    Fault(20, "double exponent in lower case", raw_card(SCI, "NOTE    =                1.0d5"), "FITS006", SCI, "NOTE"),
    Fault(21, "complex without end", raw_card(SCI, "NOTE    = (1.0, 2.0"), "FITS006", SCI, "NOTE"),
    Fault(22, "complex without comma", raw_card(SCI, "NOTE    = (1.0 2.0)"), "FITS006", SCI, "NOTE"),
    Fault(23, "complex of three", raw_card(SCI, "NOTE    = (1.0, 2.0, 3.0)"), "FITS006", SCI, "NOTE"),
    Fault(24, "bad real part", raw_card(SCI, "NOTE    = (x, 2.0)"), "FITS006", SCI, "NOTE"),
    Fault(25, "bad imaginary part", raw_card(SCI, "NOTE    = (1.0, x)"), "FITS006", SCI, "NOTE"),
    Fault(26, "comment without slash", raw_card(SCI, "NOTE    =                    5 pixels"), "FITS007", SCI, "NOTE"),
    Fault(26, "comment after string", raw_card(SCI, "NOTE    = 'five' pixels"), "FITS007", SCI, "NOTE"),
    Fault(27, "accent in comment", raw_card(SCI, "NOTE    =                    5 / caf\xe9"), "FITS001", SCI, "NOTE"),
    Fault(28, "text without quotes", raw_card(SCI, "NOTE    = hello"), "FITS006", SCI, "NOTE"),
    Fault(28, "NaN", raw_card(SCI, "NOTE    =                  NaN"), "FITS005", SCI, "NOTE"),
    Fault(28, "minus infinity", raw_card(SCI, "NOTE    =                 -inf"), "FITS005", SCI, "NOTE"),
    Fault(29, "no value", raw_card(SCI, "NOTE    =                      / nothing"), "FITS008", SCI, "NOTE", "warning"),
    Fault(0, "equals sign without blank", raw_card(SCI, "NOTE    =5"), "FITS003", SCI, "NOTE", "warning"),
    Fault(0, "reserved keyword without blank", raw_card(SCI, "TELESCOP='JWST'"), "FITS003", SCI, "TELESCOP"),
    Fault(30, "no value for a string", value(PRIMARY, "TELESCOP", b" "), "FITS040", PRIMARY, "TELESCOP"),
    Fault(31, "no value for an integer", value(SCI, "EXTVER", b" "), "FITS040", SCI, "EXTVER"),
    Fault(32, "no value for a float", value(SCI, "CRVAL1", b" "), "FITS040", SCI, "CRVAL1"),
    Fault(
        0,
        "reserved keyword without equals",
        change(
            SCI,
            lambda p: replace(
                p.without_card("BUNIT"), cards=(*p.without_card("BUNIT").cards, b"BUNIT     'Jy'".ljust(80))
            ),
        ),
        "FITS041",
        SCI,
        "BUNIT",
    ),
    Fault(39, "zero bytes after END", ended(SCI, b"END".ljust(80) + bytes(160)), "FITS009", SCI, "END"),
    Fault(39, "card after END", ended(SCI, b"END".ljust(80) + card("LATE", 1)), "FITS009", SCI, "END"),
    Fault(39, "END twice", ended(SCI, b"END".ljust(80) + b"END"), "FITS009", SCI, "END"),
    Fault(
        93,
        "repeated with another value",
        change(SCI, lambda p: replace(p, cards=(*p.cards, card("NOTE", 1), card("NOTE", 2)))),
        "FITS012",
        SCI,
        "NOTE",
    ),
    Fault(
        93,
        "repeated with the same value",
        change(SCI, lambda p: replace(p, cards=(*p.cards, card("NOTE", 1), card("NOTE", 1)))),
        "FITS012",
        SCI,
        "NOTE",
        "warning",
    ),
    Fault(
        0,
        "CHECKSUM twice",
        change(SCI, lambda p: replace(p, cards=(*p.cards, card("DATASUM", "1"), card("DATASUM", "2")))),
        "FITS012",
        SCI,
        "DATASUM",
    ),
    Fault(
        0,
        "CONTINUE after nothing",
        change(SCI, lambda p: replace(p, cards=(*p.cards, card("NOTE", "a"), b"CONTINUE  'text'".ljust(80)))),
        "FITS010",
        SCI,
        "CONTINUE",
        "warning",
    ),
    Fault(0, "CONTINUE after a reserved number", raw_card(SCI, "CONTINUE  'text'"), "FITS010", SCI, "CONTINUE"),
    Fault(
        0,
        "CONTINUE without string",
        change(SCI, lambda p: replace(p, cards=(*p.cards, card("NOTE", "a&"), b"CONTINUE  text".ljust(80)))),
        "FITS010",
        SCI,
        "CONTINUE",
    ),
    Fault(
        0,
        "CONTINUE without string after a reserved keyword",
        change(SCI, lambda p: p.after_card("EXTNAME", b"CONTINUE= 'b'".ljust(80))),
        "FITS010",
        SCI,
        "CONTINUE",
    ),
    Fault(
        0,
        "CONTINUE with equals",
        change(SCI, lambda p: replace(p, cards=(*p.cards, card("NOTE", "a&"), card("CONTINUE", "b")))),
        "FITS010",
        SCI,
        "CONTINUE",
    ),
    Fault(
        0,
        "EXTNAME continued",
        change(SCI, lambda p: p.with_card("EXTNAME", "SC&").after_card("EXTNAME", b"CONTINUE  'I'".ljust(80))),
        "FITS011",
        SCI,
        "EXTNAME",
    ),
    Fault(98, "HIERARCH without equals", raw_card(SCI, "HIERARCH ESO DET"), "FITS014", SCI, "HIERARCH", "warning"),
    Fault(96, "HIERARCH without blank", raw_card(SCI, "HIERARCHESO = 5"), "FITS014", SCI, "HIERARCH", "warning"),
    Fault(97, "HIERARCH in lower case", raw_card(SCI, "HIERARCH eso = 5"), "FITS014", SCI, "HIERARCH", "warning"),
    Fault(99, "HIERARCH with bad value", raw_card(SCI, "HIERARCH ESO DET = 5x"), "FITS014", SCI, "HIERARCH"),
    Fault(
        100,
        "HIERARCH twice",
        change(SCI, lambda p: replace(p, cards=(*p.cards, *[b"HIERARCH ESO DET = 5".ljust(80)] * 2))),
        "FITS014",
        SCI,
        "HIERARCH",
        "warning",
    ),
)

MANDATORY = (
    Fault(40, "SIMPLE misspelt", GOOD.replace(b"SIMPLE  =", b"SIMPLEX =", 1), "FITS020", PRIMARY, "SIMPLE"),
    Fault(41, "SIMPLE is F", value(PRIMARY, "SIMPLE", False), "FITS021", PRIMARY, "SIMPLE"),
    Fault(43, "blank before XTENSION", value(SCI, "XTENSION", b"' IMAGE  '"), "FITS022", SCI, "XTENSION"),
    Fault(44, "unregistered XTENSION", value(SCI, "XTENSION", "PICTURE"), "FITS022", SCI, "XTENSION"),
    Fault(44, "XTENSION in lower case", value(SCI, "XTENSION", "Image"), "FITS022", SCI, "XTENSION"),
    Fault(45, "XTENSION too long", value(TAB, "XTENSION", "BINTABLES"), "FITS022", TAB, "XTENSION"),
    Fault(46, "T before byte 30", value(PRIMARY, "SIMPLE", b"T"), "FITS026", PRIMARY, "SIMPLE"),
    Fault(47, "BITPIX before byte 30", value(SCI, "BITPIX", b"-32"), "FITS026", SCI, "BITPIX"),
    Fault(47, "NAXIS1 after byte 30", value(SCI, "NAXIS1", b"                      4"), "FITS026", SCI, "NAXIS1"),
    Fault(47, "TFIELDS before byte 30", value(TAB, "TFIELDS", b"5"), "FITS026", TAB, "TFIELDS"),
    Fault(48, "XTENSION after byte 11", value(SCI, "XTENSION", b"  'IMAGE   '"), "FITS026", SCI, "XTENSION"),
    Fault(50, "XTENSION closed before byte 20", value(SCI, "XTENSION", b"'IMAGE'"), "FITS022", SCI, "XTENSION"),
    Fault(47, "GCOUNT before byte 30", value(SCI, "GCOUNT", b"1"), "FITS026", SCI, "GCOUNT"),
    Fault(49, "XTENSION without closing quote", value(SCI, "XTENSION", b"'IMAGE"), "FITS004", SCI, "XTENSION"),
    Fault(53, "NAXIS1 twice", twice(SCI, "NAXIS1", 4), "FITS029", SCI, "NAXIS1"),
    Fault(54, "NAXIS3 of two axes", change(SCI, lambda p: p.with_card("NAXIS3", 5)), "FITS027", SCI, "NAXIS3"),
    Fault(55, "NAXIS2 before NAXIS1", moved(SCI, "NAXIS1", "NAXIS2"), "FITS023", SCI, "NAXIS1"),
    Fault(56, "NAXIS before BITPIX", moved(SCI, "BITPIX", "NAXIS"), "FITS023", SCI, "BITPIX"),
    Fault(56, "NAXIS before BITPIX in the primary", moved(PRIMARY, "BITPIX", "NAXIS"), "FITS023", PRIMARY, "BITPIX"),
    Fault(
        56,
        "comment among the first",
        change(SCI, lambda p: p.after_card("BITPIX", b"COMMENT x".ljust(80))),
        "FITS023",
        SCI,
        "NAXIS",
    ),
    Fault(56, "SIMPLE twice", twice(PRIMARY, "SIMPLE", True), "FITS029", PRIMARY, "SIMPLE"),
    Fault(56, "BITPIX twice", twice(SCI, "BITPIX", -32), "FITS029", SCI, "BITPIX"),
    Fault(58, "PCOUNT missing", lost(SCI, "PCOUNT"), "FITS024", SCI, "PCOUNT"),
    Fault(59, "GCOUNT missing", lost(SCI, "GCOUNT"), "FITS024", SCI, "GCOUNT"),
    Fault(60, "PCOUNT late", moved(SCI, "PCOUNT", "EXTNAME"), "FITS023", SCI, "PCOUNT"),
    Fault(61, "GCOUNT before PCOUNT", moved(SCI, "PCOUNT", "GCOUNT"), "FITS023", SCI, "PCOUNT"),
    Fault(62, "PCOUNT of an image", value(SCI, "PCOUNT", 5), "FITS028", SCI, "PCOUNT"),
    Fault(63, "GCOUNT of an image", value(SCI, "GCOUNT", 2), "FITS028", SCI, "GCOUNT"),
    Fault(64, "TFIELDS missing", lost(TAB, "TFIELDS"), "FITS024", TAB, "TFIELDS"),
    Fault(64, "TFIELDS is a string", value(TAB, "TFIELDS", "5"), "FITS025", TAB, "TFIELDS"),
    Fault(64, "TFIELDS too large", value(TAB, "TFIELDS", 1000), "FITS025", TAB, "TFIELDS"),
    Fault(69, "table of BITPIX 16", change(HEAP, lambda p: p.with_card("BITPIX", 16)), "FITS028", HEAP, "BITPIX"),
    Fault(69, "table of GCOUNT 2", value(HEAP, "GCOUNT", 2), "FITS028", HEAP, "GCOUNT"),
    Fault(69, "table of one axis", change(HEAP, lambda p: p.with_axes(8)), "FITS028", HEAP, "NAXIS"),
)

PLACEMENT = (
    Fault(70, "XTENSION in the primary", value(PRIMARY, "XTENSION", "IMAGE"), "FITS032", PRIMARY, "XTENSION"),
    Fault(70, "INHERIT in the primary", value(PRIMARY, "INHERIT", True), "FITS032", PRIMARY, "INHERIT"),
    Fault(71, "PCOUNT in the primary", value(PRIMARY, "PCOUNT", 0), "FITS032", PRIMARY, "PCOUNT", "warning"),
    Fault(72, "GCOUNT in the primary", value(PRIMARY, "GCOUNT", 3), "FITS032", PRIMARY, "GCOUNT"),
    Fault(73, "EXTEND is F", value(PRIMARY, "EXTEND", False), "FITS091", PRIMARY, "EXTEND"),
    Fault(74, "BLOCKED", value(PRIMARY, "BLOCKED", True), "FITS035", PRIMARY, "BLOCKED", "warning"),
    Fault(75, "SIMPLE in an extension", value(SCI, "SIMPLE", True), "FITS031", SCI, "SIMPLE"),
    Fault(75, "EXTEND in an extension", value(SCI, "EXTEND", True), "FITS031", SCI, "EXTEND"),
    Fault(75, "BLOCKED in an extension", value(SCI, "BLOCKED", True), "FITS031", SCI, "BLOCKED"),
    Fault(76, "PTYPE1 without groups", value(PRIMARY, "PTYPE1", "UU"), "FITS036", PRIMARY, "PTYPE1"),
    Fault(0, "random groups that are not there", value(PRIMARY, "GROUPS", True), "FITS036", PRIMARY, "GROUPS"),
    Fault(80, "TFIELDS in an image", value(SCI, "TFIELDS", 1), "FITS033", SCI, "TFIELDS"),
    Fault(80, "TTYPE1 in an image", value(SCI, "TTYPE1", "a"), "FITS033", SCI, "TTYPE1"),
    Fault(81, "BSCALE in a table", value(TAB, "BSCALE", 1.0), "FITS034", TAB, "BSCALE"),
    Fault(81, "BUNIT in a table", value(TAB, "BUNIT", "Jy"), "FITS034", TAB, "BUNIT"),
    Fault(82, "TDIM1 in an ASCII table", added(ascii_table(TDIM1="(1)")), "FITS034", 4, "TDIM1"),
    Fault(83, "TBCOL1 in a binary table", value(TAB, "TBCOL1", 1), "FITS034", TAB, "TBCOL1"),
    Fault(
        84,
        "INHERIT with primary data",
        join([primary().resized(2), sound()[SCI].with_card("INHERIT", True)]),
        "FITS092",
        1,
        "INHERIT",
        "warning",
    ),
    Fault(85, "INHERIT is a number", value(SCI, "INHERIT", 1), "FITS040", SCI, "INHERIT"),
    Fault(86, "EPOCH", value(SCI, "EPOCH", 2000.0), "FITS035", SCI, "EPOCH", "warning"),
    Fault(0, "RADECSYS", value(SCI, "RADECSYS", "ICRS"), "FITS035", SCI, "RADECSYS", "warning"),
    Fault(66, "TBCOL1 missing", added(ascii_table(TBCOL1=None)), "FITS066", 4, "TBCOL1"),
    Fault(66, "TBCOL1 outside the row", added(ascii_table(TBCOL1=5)), "FITS066", 4, "TBCOL1"),
    Fault(68, "PCOUNT of an ASCII table", added(ascii_table(PCOUNT=4)), "FITS028", 4, "PCOUNT"),
    Fault(134, "TNULL1 of an ASCII table", added(ascii_table(TNULL1=5)), "FITS066", 4, "TNULL1"),
)

RESERVED = (
    Fault(33, "TELESCOP is a number", value(PRIMARY, "TELESCOP", 5), "FITS040", PRIMARY, "TELESCOP"),
    Fault(34, "EXTVER is a string", value(SCI, "EXTVER", "1"), "FITS040", SCI, "EXTVER"),
    Fault(35, "CRVAL1 is a string", value(SCI, "CRVAL1", "80.0"), "FITS040", SCI, "CRVAL1"),
    Fault(36, "EXTEND is a string", value(PRIMARY, "EXTEND", "T"), "FITS040", PRIMARY, "EXTEND"),
    Fault(87, "DATE is a number", value(PRIMARY, "DATE", 20260218), "FITS040", PRIMARY, "DATE"),
    Fault(88, "30 February", value(PRIMARY, "DATE-OBS", "2026-02-30"), "FITS050", PRIMARY, "DATE-OBS"),
    Fault(88, "date with Z", value(PRIMARY, "DATE", "2026-02-18T10:00:00Z"), "FITS050", PRIMARY, "DATE"),
    Fault(88, "date with a blank", value(PRIMARY, "DATE", "2026-02-18 10:00:00"), "FITS050", PRIMARY, "DATE"),
    Fault(88, "hour 25", value(PRIMARY, "DATE", "2026-02-18T25:00:00"), "FITS050", PRIMARY, "DATE"),
    Fault(88, "old date of month 13", value(PRIMARY, "DATE", "18/13/99"), "FITS050", PRIMARY, "DATE"),
    Fault(89, "old date", value(PRIMARY, "DATE", "18/02/05"), "FITS050", PRIMARY, "DATE", "warning"),
    Fault(88, "DATE_MAP is no date", value(PRIMARY, "DATEMAP", "yesterday"), "FITS051", PRIMARY, "DATEMAP", "warning"),
    Fault(90, "OBJECT is a logical", value(PRIMARY, "OBJECT", True), "FITS040", PRIMARY, "OBJECT"),
    Fault(90, "EXTNAME is a number", value(HEAP, "EXTNAME", 7), "FITS040", HEAP, "EXTNAME"),
    Fault(91, "EXTVER is a float", value(SCI, "EXTVER", 1.0), "FITS040", SCI, "EXTVER"),
    Fault(92, "EQUINOX is a string", value(SCI, "EQUINOX", "J2000"), "FITS040", SCI, "EQUINOX"),
    Fault(92, "MJD-OBS is a string", value(SCI, "MJD-OBS", "60000.5"), "FITS040", SCI, "MJD-OBS"),
    Fault(95, "two HDUs of one name", join([*sound(), sound()[HEAP]]), "FITS090", 4, "EXTVER", "warning"),
    Fault(
        0,
        "EXTVER absent and 1",
        join([*sound(), sound()[HEAP].without_card("EXTVER")]),
        "FITS090",
        4,
        "EXTNAME",
        "warning",
    ),
    Fault(
        101, "BLANK is a float", exchanged(SCI, image("SCI", (2,), 16).with_card("BLANK", 1.5)), "FITS041", SCI, "BLANK"
    ),
    Fault(102, "BLANK with floats", value(SCI, "BLANK", -1), "FITS042", SCI, "BLANK"),
    Fault(103, "BSCALE is a string", value(SCI, "BSCALE", "1.0"), "FITS041", SCI, "BSCALE"),
    Fault(103, "DATAMAX is a string", value(SCI, "DATAMAX", "1.0"), "FITS041", SCI, "DATAMAX"),
    Fault(104, "BSCALE is 0", value(SCI, "BSCALE", 0.0), "FITS043", SCI, "BSCALE", "warning"),
    Fault(105, "BUNIT is a number", value(SCI, "BUNIT", 5), "FITS041", SCI, "BUNIT"),
    Fault(106, "CRPIX1 is a logical", value(SCI, "CRPIX1", True), "FITS040", SCI, "CRPIX1"),
    Fault(107, "PC1_1 is a string", value(SCI, "PC1_1", "1.0"), "FITS040", SCI, "PC1_1"),
    Fault(108, "CTYPE1 is a number", value(SCI, "CTYPE1", 5), "FITS040", SCI, "CTYPE1"),
    Fault(109, "RESTFRQ is a string", value(SCI, "RESTFRQ", "1.4E9"), "FITS040", SCI, "RESTFRQ"),
    Fault(109, "OBSGEO-X is a string", value(SCI, "OBSGEO-X", "1.4E9"), "FITS040", SCI, "OBSGEO-X"),
    Fault(112, "WCSAXES is a string", value(SCI, "WCSAXES", "2"), "FITS040", SCI, "WCSAXES"),
    Fault(91, "EXTLEVEL is a string", value(SCI, "EXTLEVEL", "1"), "FITS040", SCI, "EXTLEVEL"),
    Fault(122, "unknown RADESYS", value(SCI, "RADESYS", "J2000"), "FITS044", SCI, "RADESYS", "warning"),
    Fault(123, "unknown SPECSYS", value(SCI, "SPECSYS", "BARYCENTER"), "FITS044", SCI, "SPECSYS", "warning"),
    Fault(0, "leading zero", value(SCI, "CRVAL01", 5.0), "FITS045", SCI, "CRVAL01", "warning"),
    Fault(0, "DATASUM is no number", value(SCI, "DATASUM", "0x12"), "FITS046", SCI, "DATASUM"),
    Fault(0, "CHECKSUM too short", value(SCI, "CHECKSUM", "abc"), "FITS046", SCI, "CHECKSUM"),
    Fault(0, "unknown TIMESYS", value(PRIMARY, "TIMESYS", "utc"), "FITS052", PRIMARY, "TIMESYS", "warning"),
    Fault(0, "unknown TREFPOS", value(PRIMARY, "TREFPOS", "MOON"), "FITS052", PRIMARY, "TREFPOS", "warning"),
    Fault(0, "unknown TIMEUNIT", value(PRIMARY, "TIMEUNIT", "sec"), "FITS052", PRIMARY, "TIMEUNIT", "warning"),
    Fault(0, "TIMEPIXR of 2", value(PRIMARY, "TIMEPIXR", 2.0), "FITS052", PRIMARY, "TIMEPIXR", "warning"),
    Fault(0, "MJDREF is a string", value(PRIMARY, "MJDREF", "50000"), "FITS040", PRIMARY, "MJDREF"),
    Fault(0, "DATEREF is no date", value(PRIMARY, "DATEREF", "J2000"), "FITS050", PRIMARY, "DATEREF"),
    Fault(
        0,
        "reference time twice",
        change(PRIMARY, lambda p: p.with_card("MJDREF", 5.0).with_card("DATEREF", "2000-01-01")),
        "FITS053",
        PRIMARY,
        "DATEREF",
        "warning",
    ),
    Fault(0, "bad BUNIT", value(SCI, "BUNIT", "counts per second"), "FITS055", SCI, "BUNIT", "warning"),
    Fault(0, "bad TUNIT3", value(TAB, "TUNIT3", "Jy/"), "FITS055", TAB, "TUNIT3", "warning"),
    Fault(0, "bad CUNIT1", value(SCI, "CUNIT1", "(deg"), "FITS055", SCI, "CUNIT1", "warning"),
)

TABLES = (
    Fault(65, "TFORM1 missing", lost(TAB, "TFORM1"), "FITS061", TAB, "TFORM1"),
    Fault(65, "TFORM1 of no type", form(1, "1Y"), "FITS061", TAB, "TFORM1"),
    Fault(67, "row width", form(1, "1K"), "FITS062", TAB, "NAXIS1"),
    Fault(124, "TCRVL1 is a string", value(TAB, "TCRVL1", "5"), "FITS063", TAB, "TCRVL1"),
    Fault(125, "TCTYP1 is a number", value(TAB, "TCTYP1", 5), "FITS063", TAB, "TCTYP1"),
    Fault(126, "TCRVL9 of five columns", value(TAB, "TCRVL9", 5.0), "FITS060", TAB, "TCRVL9"),
    Fault(127, "TTYPE9 of five columns", value(TAB, "TTYPE9", "x"), "FITS060", TAB, "TTYPE9"),
    Fault(127, "TFORM9 of five columns", value(TAB, "TFORM9", "1E"), "FITS060", TAB, "TFORM9"),
    Fault(127, "TUNIT9 of five columns", value(TAB, "TUNIT9", "m"), "FITS060", TAB, "TUNIT9"),
    Fault(127, "TDIM9 of five columns", value(TAB, "TDIM9", "(2)"), "FITS060", TAB, "TDIM9"),
    Fault(127, "TNULL9 of five columns", value(TAB, "TNULL9", 1), "FITS060", TAB, "TNULL9"),
    Fault(0, "TLMIN9 of five columns", value(TAB, "TLMIN9", 1), "FITS060", TAB, "TLMIN9"),
    Fault(128, "TTYPE1 is a number", value(TAB, "TTYPE1", 5), "FITS063", TAB, "TTYPE1"),
    Fault(128, "TFORM1 is a number", value(TAB, "TFORM1", 5), "FITS061", TAB, "TFORM1"),
    Fault(128, "TUNIT1 is a number", value(TAB, "TUNIT1", 5), "FITS063", TAB, "TUNIT1"),
    Fault(128, "TSCAL1 is a string", value(TAB, "TSCAL1", "5"), "FITS063", TAB, "TSCAL1"),
    Fault(128, "TNULL1 is a float", value(TAB, "TNULL1", 1.5), "FITS072", TAB, "TNULL1"),
    Fault(128, "THEAP is a string", value(HEAP, "THEAP", "8"), "FITS063", HEAP, "THEAP"),
    Fault(129, "blank before TFORM1", form(1, b"' 1J'"), "FITS061", TAB, "TFORM1"),
    Fault(129, "blank before TDISP3", value(TAB, "TDISP3", b"' F8.3'"), "FITS071", TAB, "TDISP3"),
    Fault(129, "blank before TDIM3", value(TAB, "TDIM3", b"' (3)'"), "FITS070", TAB, "TDIM3"),
    Fault(130, "TFORM1 in lower case", form(1, "1j"), "FITS061", TAB, "TFORM1"),
    Fault(130, "TFORM1 with a sign", form(1, "1J*"), "FITS061", TAB, "TFORM1"),
    Fault(131, "TDISP3 of no format", value(TAB, "TDISP3", "Q5"), "FITS071", TAB, "TDISP3"),
    Fault(131, "TDISP3 without decimals", value(TAB, "TDISP3", "F8"), "FITS071", TAB, "TDISP3"),
    Fault(131, "TDISP3 without width", value(TAB, "TDISP3", "E.3"), "FITS071", TAB, "TDISP3"),
    Fault(132, "TDISP2 of numbers for text", value(TAB, "TDISP2", "I8"), "FITS071", TAB, "TDISP2"),
    Fault(132, "TDISP3 of text for numbers", value(TAB, "TDISP3", "A8"), "FITS071", TAB, "TDISP3"),
    Fault(133, "TNULL3 of floats", value(TAB, "TNULL3", 5), "FITS072", TAB, "TNULL3"),
    Fault(
        134,
        "TNULL out of range",
        added(table("BYTE", [("b", "1B", 1)]).with_card("TNULL1", 300)),
        "FITS072",
        4,
        "TNULL1",
        "warning",
    ),
    Fault(135, "TSCAL1 is 0", value(TAB, "TSCAL1", 0.0), "FITS043", TAB, "TSCAL1", "warning"),
    Fault(136, "TSCAL2 of text", value(TAB, "TSCAL2", 2.0), "FITS073", TAB, "TSCAL2"),
    Fault(136, "TSCAL5 of bits", value(TAB, "TSCAL5", 2.0), "FITS073", TAB, "TSCAL5"),
    Fault(137, "TZERO4 of logicals", value(TAB, "TZERO4", 2.0), "FITS073", TAB, "TZERO4"),
    Fault(138, "THEAP without heap", value(TAB, "THEAP", 54), "FITS064", TAB, "THEAP"),
    Fault(0, "THEAP within the rows", value(HEAP, "THEAP", 4), "FITS064", HEAP, "THEAP"),
    Fault(
        139,
        "heap without variable column",
        added(replace(table("ONE", [("a", "1J", 4)]).with_card("PCOUNT", 4), data=bytes(8))),
        "FITS064",
        4,
        "PCOUNT",
        "warning",
    ),
    Fault(140, "TDIM3 too large", value(TAB, "TDIM3", "(2,2)"), "FITS070", TAB, "TDIM3"),
    Fault(140, "TDIM3 too small", value(TAB, "TDIM3", "(1,2)"), "FITS070", TAB, "TDIM3", "warning"),
    Fault(140, "TDIM3 unreadable", value(TAB, "TDIM3", "3"), "FITS070", TAB, "TDIM3"),
    Fault(141, "substrings do not fit", form(2, "8A3"), "FITS065", TAB, "TFORM2", "warning"),
    Fault(142, "TTYPE1 missing", lost(TAB, "TTYPE1"), "FITS074", TAB, "TTYPE1", "warning"),
    Fault(143, "blank in column name", value(TAB, "TTYPE1", "a b"), "FITS075", TAB, "TTYPE1", "warning"),
    Fault(143, "ampersand in column name", value(TAB, "TTYPE1", "a&b"), "FITS075", TAB, "TTYPE1", "warning"),
    Fault(144, "two columns of one name", value(TAB, "TTYPE1", "NAME"), "FITS076", TAB, "TTYPE2", "warning"),
    Fault(145, "two descriptors", value(HEAP, "TFORM1", "2PE(2)"), "FITS061", HEAP, "TFORM1"),
    Fault(146, "descriptor of no type", value(HEAP, "TFORM1", "1PY(2)"), "FITS061", HEAP, "TFORM1"),
    Fault(147, "largest length unreadable", value(HEAP, "TFORM1", "1PE(x)"), "FITS061", HEAP, "TFORM1"),
    Fault(147, "largest length not closed", value(HEAP, "TFORM1", "1PE(2"), "FITS061", HEAP, "TFORM1"),
    Fault(0, "TLMIN1 is a string", value(TAB, "TLMIN1", "5"), "FITS077", TAB, "TLMIN1"),
    Fault(0, "TDMIN2 of text is a number", value(TAB, "TDMIN2", 5), "FITS077", TAB, "TDMIN2"),
    Fault(
        0,
        "TDMIN1 above TDMAX1",
        change(TAB, lambda p: p.with_card("TDMIN1", 9).with_card("TDMAX1", 5)),
        "FITS077",
        TAB,
        "TDMIN1",
        "warning",
    ),
    Fault(0, "ZCMPTYPE missing", added(compressed(ZCMPTYPE=None)), "FITS056", 4, "ZCMPTYPE"),
    Fault(0, "ZNAXIS2 missing", added(compressed(ZNAXIS2=None)), "FITS056", 4, "ZNAXIS2"),
    Fault(0, "unknown ZCMPTYPE", added(compressed(ZCMPTYPE="ZIP")), "FITS057", 4, "ZCMPTYPE"),
    Fault(0, "ZBITPIX is a string", added(compressed(ZBITPIX="16")), "FITS057", 4, "ZBITPIX"),
    Fault(0, "ZBITPIX 15", added(compressed(ZBITPIX=15)), "FITS057", 4, "ZBITPIX"),
    Fault(0, "ZDITHER0 of 0", added(compressed(ZDITHER0=0)), "FITS057", 4, "ZDITHER0"),
    Fault(
        0, "ZSIMPLE and ZTENSION", added(compressed(ZSIMPLE=True, ZTENSION="IMAGE")), "FITS100", 4, "ZSIMPLE", "warning"
    ),
    Fault(0, "ZBLANK of integers", added(compressed(ZBLANK=-1)), "FITS101", 4, "ZBLANK", "warning"),
    Fault(0, "ZQUANTIZ unknown", added(compressed(ZQUANTIZ="SOME")), "FITS057", 4, "ZQUANTIZ"),
    Fault(0, "ZTILE2 of 2", added(compressed(ZTILE2=2)), "FITS058", 4, "NAXIS2"),
    Fault(0, "no column of tiles", added(compressed(TTYPE1="DATA")), "FITS058", 4, "TTYPE1"),
    Fault(0, "ZTILE3 of two axes", added(compressed(ZTILE3=1)), "FITS059", 4, "ZTILE3", "warning"),
    Fault(0, "ZNAME1 without ZVAL1", added(compressed(ZNAME1="BLOCKSIZE")), "FITS059", 4, "ZNAME1", "warning"),
    Fault(0, "ZNAXIS in an image", value(SCI, "ZNAXIS", 2), "FITS059", SCI, "ZNAXIS", "warning"),
    Fault(0, "compressed table without ZFORM1", value(TAB, "ZTABLE", True), "FITS056", TAB, "ZNAXIS1"),
)

# What other families speak of: the FITS family must keep quiet. The finding is not asserted here.
OTHERS = (
    Fault(4, "cut in the data", GOOD[:-2880], "FILE005", HEAP, None),
    Fault(6, "bytes after the last HDU", GOOD + b"x" * 2880, "FILE007", None, None),
    Fault(42, "XTENSION misspelt", GOOD.replace(b"XTENSION=", b"XTENSIUN=", 1), "FILE012", SCI, "XTENSION"),
    Fault(51, "BITPIX 15", value(SCI, "BITPIX", 15), "FILE013", SCI, "BITPIX"),
    Fault(51, "BITPIX missing", lost(SCI, "BITPIX"), "FILE013", SCI, "BITPIX"),
    Fault(51, "BITPIX is a string", value(SCI, "BITPIX", "16"), "FILE013", SCI, "BITPIX"),
    Fault(51, "BITPIX unreadable", value(SCI, "BITPIX", b"                 16x"), "FILE013", SCI, "BITPIX"),
    Fault(51, "BITPIX in lower case", GOOD.replace(b"BITPIX ", b"bitpix ", 2), "FILE013", PRIMARY, "BITPIX"),
    Fault(51, "NAXIS missing", lost(SCI, "NAXIS"), "FILE013", SCI, "NAXIS"),
    Fault(51, "NAXIS 1000", value(SCI, "NAXIS", 1000), "FILE013", SCI, "NAXIS"),
    Fault(52, "NAXIS2 missing", lost(SCI, "NAXIS2"), "FILE013", SCI, "NAXIS2"),
    Fault(52, "NAXIS2 negative", value(SCI, "NAXIS2", -3), "FILE013", SCI, "NAXIS2"),
    Fault(57, "END missing", GOOD.replace(b"END     ", b"ENDE    ", 1), "FILE003", PRIMARY, "END"),
    Fault(60, "PCOUNT is a string", value(SCI, "PCOUNT", "0"), "FILE013", SCI, "PCOUNT"),
    Fault(61, "GCOUNT without value", value(SCI, "GCOUNT", b" "), "FILE013", SCI, "GCOUNT"),
    Fault(110, "CDELT1 is 0", value(SCI, "CDELT1", 0.0), "WCS005", SCI, "CDELT1"),
    Fault(111, "CRDER1 negative", value(SCI, "CRDER1", -1.0), "WCS007", SCI, "CRDER1"),
    Fault(113, "CRPIX3 of two axes", value(SCI, "CRPIX3", 1.0), "WCS001", SCI, "CRPIX3"),
    Fault(
        114,
        "CRPIX3 without WCSAXES",
        change(SCI, lambda p: p.without_card("WCSAXES").with_card("CRPIX3", 1.0)),
        "WCS001",
        SCI,
        "CRPIX3",
        "warning",
    ),
    Fault(115, "PC3_3 of two axes", value(SCI, "PC3_3", 1.0), "WCS001", SCI, "PC3_3"),
    Fault(116, "CRPIX2 missing", lost(SCI, "CRPIX2"), "WCS002", SCI, "CRPIX2", "warning"),
    Fault(117, "CRVAL2 missing", lost(SCI, "CRVAL2"), "WCS002", SCI, "CRVAL2", "warning"),
    Fault(118, "CTYPE2 missing", lost(SCI, "CTYPE2"), "WCS002", SCI, "CTYPE2", "warning"),
    Fault(119, "PC and CD", value(SCI, "CD1_1", 1.0), "WCS004", SCI, "CD1_1"),
    Fault(120, "PC and CROTA2", value(SCI, "CROTA2", 1.0), "WCS004", SCI, "CROTA2"),
    Fault(121, "WCSAXES late", moved(SCI, "WCSAXES", "PC2_2"), "WCS003", SCI, "WCSAXES"),
)

FAULTS = (*CARDS, *MANDATORY, *PLACEMENT, *RESERVED, *TABLES)
