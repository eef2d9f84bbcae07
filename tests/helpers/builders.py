"""FITS files taken apart into header cards and data, and put together again, with nothing mended on the way.

Independent of the package's own reader: blocks and cards only, for files that are sound to begin with.
"""

import re
from dataclasses import dataclass, replace

CARD = 80
BLOCK = 2880
SIZES = {"8": 1, "16": 2, "32": 4, "64": 8, "-32": 4, "-64": 8}


@dataclass(frozen=True)
class Part:
    """An HDU: cards of 80 bytes without END, and the data without fill."""

    cards: tuple[bytes, ...]
    data: bytes = b""

    def text(self, keyword):
        """Value of a keyword as written, quotes and blanks removed; None without one."""
        for card in self.cards:
            if card[:8].rstrip() == keyword.encode() and card[8:10] == b"= ":
                value = card[10:].decode("latin-1")
                if value.lstrip().startswith("'"):
                    return value.lstrip()[1:].partition("'")[0].rstrip()
                return value.partition("/")[0].strip()
        return None

    def number(self, keyword):
        return int(self.text(keyword))

    @property
    def name(self):
        return self.text("EXTNAME")

    @property
    def axes(self):
        return tuple(self.number(f"NAXIS{n}") for n in range(1, self.number("NAXIS") + 1))

    def with_card(self, keyword, value, comment=""):
        """Replace the first card of a keyword where it stands, or add one at the end."""
        made = card(keyword, value, comment)
        for i, old in enumerate(self.cards):
            if old[:8].rstrip() == keyword.encode():
                return replace(self, cards=(*self.cards[:i], made, *self.cards[i + 1 :]))
        return replace(self, cards=(*self.cards, made))

    def without_card(self, *keywords):
        gone = {k.encode() for k in keywords}
        return replace(self, cards=tuple(c for c in self.cards if c[:8].rstrip() not in gone))

    def after_card(self, keyword, *cards):
        """Insert cards after that of a keyword."""
        at = next(i for i, c in enumerate(self.cards) if c[:8].rstrip() == keyword.encode()) + 1
        return replace(self, cards=(*self.cards[:at], *cards, *self.cards[at:]))

    def with_axes(self, *axes):
        """Change NAXIS and NAXISn in place, the data left alone."""
        part = self.without_card(*(f"NAXIS{n}" for n in range(1, 10))).with_card("NAXIS", len(axes))
        return part.after_card("NAXIS", *(card(f"NAXIS{n}", length) for n, length in enumerate(axes, 1)))

    def resized(self, *axes):
        """Other axes with data of that size."""
        count = 1
        for length in axes:
            count *= length
        size = count * SIZES[self.text("BITPIX")] if axes else 0
        data = self.data or bytes(1)
        return replace(self.with_axes(*axes), data=(data * (size // len(data) + 1))[:size])


def card(keyword, value, comment=""):
    """A card in fixed format; ``value`` may be bytes, which are taken as the value field as it stands."""
    if isinstance(value, bytes):
        field = value.decode("latin-1")
    elif isinstance(value, bool):
        field = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        quoted = value.replace("'", "''")
        field = f"'{quoted:<8}'"
    else:
        # The exponent of the standard is in upper case.
        field = f"{str(value).upper() if isinstance(value, float) else value!s:>20}"
    text = f"{keyword:<8}= {field}" + (f" / {comment}" if comment else "")
    return text.ljust(CARD)[:CARD].encode("latin-1")


def padded(data, fill=b"\0"):
    return data + fill * (-len(data) % BLOCK)


def header(cards):
    return padded(b"".join((*cards, b"END".ljust(CARD))), b" ")


def split(raw):
    """HDUs of a sound file."""
    parts, at = [], 0
    while at < len(raw):
        cards = []
        while raw[at : at + 8] != b"END     ":
            cards.append(raw[at : at + CARD])
            at += CARD
        at += CARD
        at += -at % BLOCK
        part = Part(tuple(cards))
        size = SIZES[part.text("BITPIX")] * int(part.text("PCOUNT") or 0)
        if part.axes:
            count = SIZES[part.text("BITPIX")]
            for length in part.axes:
                count *= length
            size += count
        parts.append(replace(part, data=raw[at : at + size]))
        at += size + -size % BLOCK
    return parts


def fill_of(part):
    return b" " if part.text("XTENSION") == "TABLE" else b"\0"


def join(parts):
    return b"".join(header(p.cards) + padded(p.data, fill_of(p)) for p in parts)


def offsets(raw):
    """(header offset, data offset, end) of each HDU of a sound file."""
    found, at = [], 0
    for part in split(raw):
        start = at
        at += len(header(part.cards))
        data = at
        at += len(padded(part.data))
        found.append((start, data, at))
    return found


def index_of(parts, name):
    """Index of the HDU of a name, 0 for ``primary``."""
    if name == "primary":
        return 0
    return next(i for i, p in enumerate(parts) if p.name == name)


def edited(raw, name, change):
    """The file with one HDU replaced by ``change(part)``."""
    parts = split(raw)
    at = index_of(parts, name)
    parts[at] = change(parts[at])
    return join(parts)


def with_keywords(raw, at="primary", **keywords):
    """The file with other keywords in one header; None removes one. ``DATE_OBS`` and its like stand for ``DATE-OBS``."""

    def change(part):
        for keyword, value in keywords.items():
            name = hyphened(keyword)
            part = part.without_card(name) if value is None else part.with_card(name, value)
        return part

    return edited(raw, at, change)


HYPHENED = re.compile(r"(DATE|MJD|TIME)_(?=OBS|BEG|AVG|MID|END)")


def hyphened(keyword):
    """A keyword with the hyphen that a name in Python cannot have."""
    return HYPHENED.sub(r"\1-", keyword)


def image(extname, axes, bitpix=-32, data=None, extver=1):
    """An image HDU of made-up numbers."""
    count = 1
    for length in axes:
        count *= length
    size = count * SIZES[str(bitpix)] if axes else 0
    cards = [
        card("XTENSION", "IMAGE"),
        card("BITPIX", bitpix),
        card("NAXIS", len(axes)),
        *(card(f"NAXIS{n}", length) for n, length in enumerate(axes, 1)),
        card("PCOUNT", 0),
        card("GCOUNT", 1),
        card("EXTNAME", extname),
        card("EXTVER", extver),
    ]
    return Part(tuple(cards), bytes(size) if data is None else data)


def table(extname, columns, rows=1, extver=1):
    """A binary table of zeros; ``columns`` are (TTYPE, TFORM, width in bytes)."""
    width = sum(w for _, _, w in columns)
    cards = [
        card("XTENSION", "BINTABLE"),
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", width),
        card("NAXIS2", rows),
        card("PCOUNT", 0),
        card("GCOUNT", 1),
        card("TFIELDS", len(columns)),
    ]
    for n, (name, form, _) in enumerate(columns, 1):
        cards += [card(f"TTYPE{n}", name), card(f"TFORM{n}", form)]
    return Part((*cards, card("EXTNAME", extname), card("EXTVER", extver)), bytes(width * rows))


def primary(**keywords):
    """A primary HDU without data; ``DATE_OBS`` and its like stand for ``DATE-OBS``."""
    fixed = {"SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "EXTEND": True}
    return Part(tuple(card(hyphened(k), v) for k, v in {**fixed, **keywords}.items()))


def width_of(form):
    digits = form.rstrip("LXBIJKAEDCMPQ")
    size = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16, "P": 8, "Q": 16}
    return int(digits or 1) * size[form[len(digits)]]


def columns_of(part):
    """Columns of a table as (TTYPE, TFORM, cells of every row)."""
    rows, width, at, found = part.number("NAXIS2"), part.number("NAXIS1"), 0, []
    for n in range(1, part.number("TFIELDS") + 1):
        form = part.text(f"TFORM{n}")
        wide = width_of(form)
        cells = [part.data[r * width + at : r * width + at + wide] for r in range(rows)]
        found.append((part.text(f"TTYPE{n}"), form, cells))
        at += wide
    return found


def with_columns(part, columns):
    """The table with other columns, as ``columns_of`` gives them; keywords of columns besides name and form go."""
    indexed = ("TTYPE", "TFORM", "TUNIT", "TZERO", "TSCAL", "TDIM", "TNULL", "TDISP")
    kept = tuple(c for c in part.cards if not (c[:5].decode() in indexed and c[5:8].strip().isdigit()))
    data = b"".join(b"".join(cells) for cells in zip(*(cells for _, _, cells in columns), strict=True))
    bare = Part(kept, data).with_card("NAXIS1", sum(width_of(f) for _, f, _ in columns))
    bare = bare.with_card("TFIELDS", len(columns))
    made = [
        card(f"{key}{n}", value)
        for n, (name, form, _) in enumerate(columns, 1)
        for key, value in (("TTYPE", name), ("TFORM", form))
    ]
    return bare.after_card("TFIELDS", *made)


def with_rows(part, rows):
    """The table with another number of rows; added ones repeat the data."""
    width = part.number("NAXIS1")
    return part.resized(width, rows)
