"""The table of damages: what is done to a sound file, and the one finding that it must give.

A damage is a function of bytes. ``at`` names the HDU of the finding (``primary`` for HDU 0), ``lost`` an EXTNAME that is not
there any more, neither means the whole file. ``place`` gives the finding's HDU index where it is not that of ``at`` in
the sound file. ``needs`` are HDUs that the file must have for the damage to mean anything.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from builders import (
    BLOCK,
    Part,
    columns_of,
    edited,
    image,
    index_of,
    join,
    offsets,
    padded,
    split,
    table,
    width_of,
    with_columns,
    with_rows,
)

ANYWHERE = "*"
"""Place of a finding that may name any HDU."""


@dataclass(frozen=True)
class Damage:
    name: str
    apply: Callable[[bytes], bytes]
    code: str
    severity: str = "error"
    at: str | None = None
    lost: str | None = None
    place: Callable[[list[Part]], int] | None = None
    keyword: str | None = None
    column: str | None = None
    needs: tuple[str, ...] = ()
    fits: Callable[[list[Part]], bool] | None = None
    base: str | None = None
    products: tuple[str, ...] = ()

    def applies(self, product, parts):
        names = {p.name for p in parts}
        return (
            (not self.products or product in self.products)
            and all(n in names for n in self.needed)
            and (self.fits is None or self.fits(parts))
        )

    @property
    def needed(self):
        return self.needs if self.place or self.at in {None, "primary", ANYWHERE} else (self.at, *self.needs)

    def index(self, parts):
        """Index of the HDU that the finding names."""
        if self.place:
            return self.place(parts)
        return None if self.at is None else index_of(parts, self.at)

    @property
    def extname(self):
        return self.lost or (None if self.at == "primary" else self.at)


def on(name, change):
    return lambda raw: edited(raw, name, change)


def set_card(name, keyword, value):
    return on(name, lambda part: part.with_card(keyword, value))


def delete_card(name, *keywords):
    return on(name, lambda part: part.without_card(*keywords))


def drop(name):
    return lambda raw: join([p for p in split(raw) if p.name != name])


def duplicate(name):
    def apply(raw):
        parts = split(raw)
        at = index_of(parts, name)
        return join([*parts[: at + 1], parts[at], *parts[at + 1 :]])

    return apply


def swap(first, second):
    def apply(raw):
        parts = split(raw)
        a, b = index_of(parts, first), index_of(parts, second)
        parts[a], parts[b] = parts[b], parts[a]
        return join(parts)

    return apply


def retype(name, bitpix, *cards):
    def change(part):
        part = part.without_card("BZERO", "BSCALE").with_card("BITPIX", bitpix).resized(*part.axes)
        return part.after_card("GCOUNT", *cards)

    return on(name, change)


def grow(name, axis, by):
    """One axis longer or shorter, the data with it."""

    def change(part):
        axes = list(part.axes)
        axes[axis - 1] += by
        return part.resized(*axes)

    return on(name, change)


def reaxed(name, order):
    return on(name, lambda part: part.with_axes(*(part.axes[n] for n in order)))


def restate(keyword, by):
    """A count in the primary header changed by some."""
    return on("primary", lambda part: part.with_card(keyword, part.number(keyword) + by))


def cut_data(name):
    """Cut halfway through the data."""

    def apply(raw):
        _, data, end = offsets(raw)[index_of(split(raw), name)]
        return raw[: (data + end) // 2]

    return apply


def cut_fill(raw):
    return raw[:-1]


def cut_header(name, cards):
    def apply(raw):
        start, _, _ = offsets(raw)[index_of(split(raw), name)]
        return raw[: start + 80 * cards + 7]

    return apply


def cut_before(name):
    def apply(raw):
        return raw[: offsets(raw)[index_of(split(raw), name)][0]]

    return apply


def lose_end(name):
    """END overwritten with blanks, so that the header runs into its data."""

    def apply(raw):
        at, data, _ = offsets(raw)[index_of(split(raw), name)]
        end = raw.rfind(b"END".ljust(80), at, data)
        return raw[:end] + b" " * 3 + raw[end + 3 :]

    return apply


def damage_xtension(name):
    def apply(raw):
        at = offsets(raw)[index_of(split(raw), name)][0]
        return raw[:at] + b"XTENSIOM" + raw[at + 8 :]

    return apply


def header_only(name, axis, length):
    """NAXISn changed in the header, the data left as they are."""

    def apply(raw):
        return edited(raw, name, lambda part: part.with_card(f"NAXIS{axis}", length(part)))

    return apply


def change_columns(name, change):
    return on(name, lambda part: with_columns(part, change(columns_of(part))))


def rename_column(name, number, new):
    return change_columns(name, lambda cs: [(new if i == number else n, f, c) for i, (n, f, c) in enumerate(cs, 1)])


def retype_column(name, number, form):
    def change(columns):
        title, _, cells = columns[number - 1]
        changed = (title, form, [bytes(width_of(form)) for _ in cells])
        return [*columns[: number - 1], changed, *columns[number:]]

    return change_columns(name, change)


def add(part):
    """Another HDU before the last, which is ASDF."""
    return lambda raw: join([*split(raw)[:-1], part, *split(raw)[-1:]])


@cache
def compressed(raw):
    return gzip.compress(raw, mtime=0)


def fraction(of):
    """A gzip stream cut at a fraction of its length."""
    return lambda raw: compressed(raw)[: max(1, int(len(compressed(raw)) * of))]


def with_byte(raw, at):
    return raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]


def blocks(data, times=1):
    """Blocks that data fill, or would if they were some times as long."""
    return -(-len(data) * times // BLOCK)


def has(name):
    return lambda parts: name in {p.name for p in parts}


def before_last(name):
    """Whether at least one HDU follows."""
    return lambda parts: index_of(parts, name) < len(parts) - 1


def several_blocks(name):
    return lambda parts: len(parts[index_of(parts, name)].data) > BLOCK


def with_keyword(*keywords):
    return lambda parts: all(parts[0].text(k) is not None for k in keywords)


def not_square(parts):
    axes = parts[1].axes
    return axes[0] != axes[1]


def _last(parts):
    return len(parts) - 1


EXTENSIONS = ("SCI", "PIXELDQ", "GROUPDQ", "ERR", "DQ", "GROUP", "INT_TIMES", "ASDF")
IMAGES = ("SCI", "PIXELDQ", "GROUPDQ", "ERR", "DQ", "ZEROFRAME", "REFOUT")
SIZED = ("dark", "wfscmb")
SEGMENT = with_keyword("INTSTART", "INTEND")


def _hdu_damages():
    for x in EXTENSIONS:
        yield Damage(f"{x} dropped", drop(x), "HDU001", lost=x, needs=(x,))
        yield Damage(
            f"{x} duplicated", duplicate(x), "HDU003", at=x, place=lambda parts, x=x: index_of(parts, x) + 1, needs=(x,)
        )
        near = x[:1] + x if len(x) < 4 else x + "S"
        for how, new in (("misspelt", near), ("renamed", "FOREIGN"), ("named by blanks", "   ")):
            yield Damage(f"{x} {how}", set_card(x, "EXTNAME", new), "HDU001", at=x, keyword="EXTNAME")
        yield Damage(f"{x} without EXTNAME", delete_card(x, "EXTNAME"), "HDU001", at=x, keyword="EXTNAME")
        yield Damage(f"{x} in lower case", set_card(x, "EXTNAME", x.lower()), "HDU006", at=x, keyword="EXTNAME")
        yield Damage(f"{x} with a leading blank", set_card(x, "EXTNAME", " " + x), "HDU006", at=x, keyword="EXTNAME")
    for x, second in (("SCI", "PIXELDQ"), ("SCI", "ERR"), ("SCI", "ASDF")):
        yield Damage(
            f"SCI and {second} swapped",
            swap("SCI", second),
            "HDU005",
            at=x,
            place=lambda parts, second=second: index_of(parts, second),
            needs=("SCI", second),
        )
    yield Damage(
        "DQ arrays swapped",
        swap("PIXELDQ", "GROUPDQ"),
        "HDU005",
        "warning",
        at="GROUPDQ",
        place=lambda _: 2,
        needs=("GROUPDQ",),
    )
    yield Damage(
        "ERR and DQ swapped", swap("ERR", "DQ"), "HDU005", "warning", at="DQ", place=lambda _: 2, needs=("ERR", "DQ")
    )
    yield Damage("extra image", add(image("EXTRA", (3, 2))), "HDU002", "warning", at="EXTRA", place=_last)
    yield Damage("extra table", add(table("MORE", [("A", "1J", 4)])), "HDU002", "warning", at="MORE", place=_last)
    yield Damage(
        "ASDF as an image",
        on("ASDF", lambda p: image("ASDF", (len(p.data),), 8, p.data)),
        "HDU004",
        at="ASDF",
        keyword="XTENSION",
    )
    yield Damage(
        "INT_TIMES as an image",
        on("INT_TIMES", lambda _: image("INT_TIMES", (4, 2))),
        "HDU004",
        at="INT_TIMES",
        keyword="XTENSION",
    )
    for x in ("SCI", "GROUPDQ", "DQ"):
        yield Damage(
            f"{x} as a table", on(x, lambda _, x=x: table(x, [("A", "1E", 4)], 3)), "HDU004", at=x, keyword="XTENSION"
        )
        yield Damage(f"{x} of unknown type", set_card(x, "XTENSION", "FOREIGN"), "HDU004", at=x, keyword="XTENSION")
    yield Damage(
        "data in the primary", on("primary", lambda p: p.resized(4, 4)), "HDU008", at="primary", keyword="NAXIS"
    )


def _array_damages():
    types = {"SCI": (-64, 16), "ERR": (-64, 32), "GROUPDQ": (16, -32), "PIXELDQ": (16, -32), "DQ": (8, -64)}
    for x, others in types.items():
        for bitpix in others:
            yield Damage(f"{x} with BITPIX {bitpix}", retype(x, bitpix), "ARR001", at=x, keyword="BITPIX")
    for x in ("PIXELDQ", "DQ"):
        yield Damage(f"{x} without BZERO", delete_card(x, "BZERO"), "ARR001", at=x, keyword="BZERO")
        yield Damage(f"{x} without scaling", delete_card(x, "BZERO", "BSCALE"), "ARR001", at=x, keyword="BZERO")
        yield Damage(f"{x} with another BZERO", set_card(x, "BZERO", 32768), "ARR001", at=x, keyword="BZERO")
        yield Damage(f"{x} with a BSCALE", set_card(x, "BSCALE", 2), "ARR001", at=x, keyword="BSCALE")
    for x in IMAGES:
        for axis in range(1, 5):
            for by in (-1, 1) if axis > 2 else (4,):
                yield Damage(
                    f"{x} NAXIS{axis} {by:+}",
                    grow(x, axis, by),
                    "ARR003",
                    at=x,
                    keyword=f"NAXIS{axis}",
                    products=SIZED,
                    fits=lambda parts, x=x, axis=axis, by=by: (
                        x in {p.name for p in parts}
                        and len(parts[index_of(parts, x)].axes) >= axis
                        and parts[index_of(parts, x)].axes[axis - 1] + by > 0
                    ),
                )
        yield Damage(
            f"{x} with an axis more",
            on(x, lambda p: p.resized(*p.axes, 1)),
            "ARR002",
            at=x,
            keyword="NAXIS",
        )
        yield Damage(
            f"{x} with an axis less", on(x, lambda p: p.resized(*p.axes[:-1])), "ARR002", at=x, keyword="NAXIS"
        )
    for x in ("SCI", "GROUPDQ", "ERR"):
        yield Damage(
            f"{x} with columns and rows swapped",
            reaxed(x, (1, 0, 2, 3)),
            "ARR003",
            at=x,
            products=("dark",),
            fits=not_square,
        )
    for x in ("SCI", "ERR", "DQ"):
        yield Damage(
            f"{x} with columns and rows swapped",
            reaxed(x, (1, 0)),
            "ARR003",
            at=x,
            products=("wfscmb",),
            fits=not_square,
        )
    for x in ("SCI", "ERR"):
        yield Damage(f"{x} without data", on(x, lambda p: p.resized()), "ARR002", at=x, keyword="NAXIS")
    for by in (-1, 1):
        yield Damage(
            f"trap families {by:+}", grow("SCI", 3, by), "ARR003", at="SCI", keyword="NAXIS3", products=("trapsfilled",)
        )

    def widened(raw):
        """Every array two columns wider, the keyword too: REFOUT has no whole width any more."""
        parts = split(raw)
        wide = parts[index_of(parts, "SCI")].axes[0]
        changed = [
            p.resized(wide + 2, *p.axes[1:]) if p.text("XTENSION") == "IMAGE" and p.axes[0] == wide else p
            for p in parts
        ]
        changed[0] = changed[0].with_card("SUBSIZE1", wide + 2)
        return join(changed)

    yield Damage("width that four does not divide", widened, "ARR004", at="REFOUT", keyword="NAXIS1")


def _table_damages():
    names = ("INT_TIMES", "GROUP")
    for x in names:
        first, last = ("integration_number", "helio_end_time" if x == "GROUP" else "int_end_BJD_TDB")
        count = 13 if x == "GROUP" else 7
        yield Damage(f"{x} without its first column", change_columns(x, lambda c: c[1:]), "TAB002", at=x, column=first)
        yield Damage(f"{x} without its last column", change_columns(x, lambda c: c[:-1]), "TAB002", at=x, column=last)
        for how, new in (("misspelt", first[:-1]), ("renamed", "number of it")):
            yield Damage(
                f"{x} column 1 {how}", rename_column(x, 1, new), "TAB002", at=x, column=first, keyword="TTYPE1"
            )
        yield Damage(
            f"{x} column 1 without a name", delete_card(x, "TTYPE1"), "TAB002", at=x, column=first, keyword="TTYPE1"
        )
        for form in ("1E", "2J", "10A"):
            yield Damage(
                f"{x} column 1 as {form}", retype_column(x, 1, form), "TAB004", at=x, column=first, keyword="TFORM1"
            )
        yield Damage(
            f"{x} last column as 1E",
            retype_column(x, count, "1E"),
            "TAB004",
            at=x,
            column=last,
            keyword=f"TFORM{count}",
        )
        yield Damage(
            f"{x} columns reversed", change_columns(x, lambda c: c[::-1]), "TAB005", "warning", at=x, column=last
        )
        yield Damage(
            f"{x} with a foreign column",
            change_columns(x, lambda c: [*c, ("foreign", "1J", [bytes(4) for _ in c[0][2]])]),
            "TAB003",
            at=x,
            column="foreign",
            keyword=f"TTYPE{count + 1}",
        )
    yield Damage(
        "INT_TIMES with a column twice",
        change_columns("INT_TIMES", lambda c: [*c, c[0]]),
        "TAB001",
        at="INT_TIMES",
        keyword="TFIELDS",
    )
    yield Damage(
        "INT_TIMES with a row less",
        on("INT_TIMES", lambda p: with_rows(p, p.number("NAXIS2") - 1)),
        "TAB006",
        at="INT_TIMES",
        keyword="NAXIS2",
    )
    yield Damage(
        "INT_TIMES without rows", on("INT_TIMES", lambda p: with_rows(p, 0)), "TAB006", at="INT_TIMES", keyword="NAXIS2"
    )
    yield Damage(
        "GROUP without rows", on("GROUP", lambda p: with_rows(p, 0)), "TAB007", "warning", at="GROUP", keyword="NAXIS2"
    )


def _keyword_damages():
    def key(name, apply, code, keyword, severity="error", fits=None, products=("dark",)):
        return Damage(name, apply, code, severity, "primary", keyword=keyword, fits=fits, products=products)

    whole = lambda parts: not SEGMENT(parts)  # noqa: E731
    for by in (-1, 1, 100):
        yield key(f"NGROUPS {by:+}", restate("NGROUPS", by), "KEY005", "NGROUPS")
        yield key(f"SUBSIZE1 {by:+}", restate("SUBSIZE1", by), "KEY005", "SUBSIZE1", products=SIZED)
        yield key(f"SUBSIZE2 {by:+}", restate("SUBSIZE2", by), "KEY005", "SUBSIZE2", products=SIZED)
    yield key("NINTS +1", restate("NINTS", 1), "KEY005", "NINTS", fits=whole)
    yield key("NINTS -1", restate("NINTS", -1), "KEY005", "NINTS", fits=lambda p: whole(p) and p[0].number("NINTS") > 1)
    yield key(
        "NINTS below INTEND",
        restate("NINTS", -1),
        "KEY004",
        "NINTS",
        fits=lambda p: SEGMENT(p) and p[0].number("NINTS") > 1 and p[0].number("NINTS") == p[0].number("INTEND"),
    )
    yield key("INTEND beyond NINTS", restate("INTEND", 9), "KEY004", "INTEND", fits=SEGMENT)
    yield key(
        "INTEND -1",
        restate("INTEND", -1),
        "KEY005",
        "INTEND",
        fits=lambda p: SEGMENT(p) and p[0].number("INTEND") > p[0].number("INTSTART"),
    )
    yield key(
        "INTSTART after INTEND",
        on("primary", lambda p: p.with_card("INTSTART", p.number("INTEND") + 1)),
        "KEY004",
        "INTEND",
        fits=SEGMENT,
    )
    for keyword in ("INTSTART", "INTEND"):
        yield key(f"{keyword} lost", delete_card("primary", keyword), "KEY004", keyword, fits=SEGMENT)
        yield key(f"{keyword} zero", set_card("primary", keyword, 0), "KEY003", keyword, fits=SEGMENT)
        yield key(f"{keyword} as text", set_card("primary", keyword, "1"), "KEY002", keyword, fits=SEGMENT)
    for keyword in ("NGROUPS", "NINTS"):
        yield key(f"{keyword} lost", delete_card("primary", keyword), "KEY001", keyword)
    for keyword in ("SUBSIZE1", "SUBSIZE2"):
        yield key(f"{keyword} lost", delete_card("primary", keyword), "KEY001", keyword, "warning", products=SIZED)
    for keyword in ("NGROUPS", "NINTS", "SUBSIZE1", "SUBSIZE2"):
        products = SIZED if keyword.startswith("SUB") else ("dark",)
        for how, value in (
            ("as text", "5"),
            ("as a float", b"5.0"),
            ("as a logical", True),
            ("without a value", b""),
            ("malformed", b"5 5"),
        ):
            code = "FITS007" if how == "malformed" else "KEY002"
            yield key(f"{keyword} {how}", set_card("primary", keyword, value), code, keyword, products=products)
        for value in (0, -1):
            yield key(f"{keyword} = {value}", set_card("primary", keyword, value), "KEY003", keyword, products=products)


def _container_damages():
    for x in EXTENSIONS:
        yield Damage(f"cut in the data of {x}", cut_data(x), "FILE005", at=x)
        yield Damage(f"cut in the header of {x}", cut_header(x, 3), "FILE004", at=x)
        yield Damage(f"END of {x} lost", lose_end(x), "FILE003", at=x, keyword="END")
        yield Damage(f"XTENSION of {x} damaged", damage_xtension(x), "FILE012", at=x, keyword="XTENSION")
        yield Damage(
            f"{x} longer in its header than in the file",
            header_only(x, 2, lambda p: p.axes[1] + 8 * BLOCK),
            "FILE006",
            at=x,
            fits=lambda parts, x=x: x in {p.name for p in parts} and before_last(x)(parts),
        )
        yield Damage(
            f"{x} shorter in its header than in the file",
            header_only(x, 1, lambda p: p.axes[0] - 1),
            "FILE006",
            at=x,
            fits=lambda parts, x=x: (
                x in {p.name for p in parts}
                and before_last(x)(parts)
                and len(padded(parts[index_of(parts, x)].data))
                > len(
                    padded(
                        parts[index_of(parts, x)].data[
                            : -len(parts[index_of(parts, x)].data) // parts[index_of(parts, x)].axes[0] or None
                        ]
                    )
                )
            ),
        )
    yield Damage(
        "GROUPDQ with an integration more in its header, within the block",
        header_only("GROUPDQ", 4, lambda p: p.axes[3] + 1),
        "ARR003",
        at="GROUPDQ",
        keyword="NAXIS4",
        fits=lambda parts: (
            has("GROUPDQ")(parts)
            and len(padded(parts[index_of(parts, "GROUPDQ")].data)) == BLOCK
            and len(parts[index_of(parts, "GROUPDQ")].data) * 3 <= BLOCK * 2
        ),
    )
    for bitpix in (8, -64):
        yield Damage(
            f"SCI with BITPIX {bitpix} in its header only",
            set_card("SCI", "BITPIX", bitpix),
            "FILE006",
            at="SCI",
            fits=lambda parts, bitpix=bitpix: blocks(parts[1].data, abs(bitpix) / 32) != blocks(parts[1].data),
        )
    yield Damage("ASDF with a heap in its header only", set_card("ASDF", "PCOUNT", 10**6), "FILE005", at="ASDF")
    for keyword, value in (("BITPIX", 7), ("NAXIS", -1), ("NAXIS1", b"  'x'"), ("PCOUNT", -5), ("GCOUNT", b"")):
        yield Damage(
            f"SCI with {keyword} = {value}", set_card("SCI", keyword, value), "FILE013", at="SCI", keyword=keyword
        )
    for keyword in ("BITPIX", "NAXIS", "NAXIS2"):
        yield Damage(f"SCI without {keyword}", delete_card("SCI", keyword), "FILE013", at="SCI", keyword=keyword)
    yield Damage("cut at the last HDU", cut_before("ASDF"), "HDU001", lost="ASDF")
    yield Damage("cut in the fill of the last block", cut_fill, "FILE005", at="ASDF")
    yield Damage("cut in the primary header", lambda raw: raw[:1000], "FILE004", at="primary")
    yield Damage("END of the primary lost", lose_end("primary"), "FILE003", at="primary", keyword="END")
    for how, extra in (
        ("junk", b"junk" * 1000),
        ("a text", b"and so on\n"),
        ("zeros", bytes(BLOCK)),
        ("a few zeros", bytes(10)),
        ("blanks", b" " * BLOCK),
    ):
        yield Damage(f"{how} appended", lambda raw, extra=extra: raw + extra, "FILE007")
    yield Damage("a second file appended", lambda raw: raw + raw, "FILE007")
    yield Damage("empty", lambda _: b"", "FILE001")
    for how, text in (
        ("HTML", b"<!DOCTYPE html><html><title>404</title></html>"),
        ("JSON", b'{"error": "not found"}'),
        ("LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        ("ASDF", b"#ASDF 1.0.0\n"),
        ("zeros", bytes(BLOCK)),
        ("one byte", b"S"),
    ):
        yield Damage(how + " instead", lambda _, text=text: text, "FILE002")
    yield Damage("without its first block", lambda raw: raw[BLOCK:], "FILE002")
    yield Damage("SIMPLE damaged", lambda raw: b"SIMPLF" + raw[6:], "FILE002")


def _gzip_damages():
    zipped = "{}.gz"
    for part in (0.05, 0.3, 0.6, 0.9, 0.999):
        yield Damage(f"gzip cut at {part}", fraction(part), "FILE008", at=ANYWHERE, base=zipped)
    yield Damage("gzip without its length", lambda raw: compressed(raw)[:-1], "FILE008", at=ANYWHERE, base=zipped)
    yield Damage(
        "gzip with a wrong CRC", lambda raw: with_byte(compressed(raw), -8), "FILE008", at=ANYWHERE, base=zipped
    )
    yield Damage(
        "gzip with a wrong length", lambda raw: with_byte(compressed(raw), -2), "FILE008", at=ANYWHERE, base=zipped
    )
    yield Damage(
        "gzip corrupt in the middle",
        lambda raw: with_byte(compressed(raw), len(compressed(raw)) // 2),
        "FILE008",
        at=ANYWHERE,
        base=zipped,
    )
    yield Damage("gzip with junk after it", lambda raw: compressed(raw) + b"junk", "FILE009", base=zipped)
    yield Damage("gzip without the ending of one", compressed, "FILE010", "warning")
    yield Damage("gzip of nothing", lambda _: compressed(b""), "FILE001", base=zipped)
    yield Damage("gzip of a gzip", lambda raw: compressed(compressed(raw)), "FILE002", base=zipped)
    yield Damage("gzip of a cut file", lambda raw: compressed(cut_data("SCI")(raw)), "FILE005", at="SCI", base=zipped)
    yield Damage("gzip of a file with junk", lambda raw: compressed(raw + b"junk"), "FILE007", base=zipped)
    yield Damage(
        "gzip of a file with a shorter SCI header",
        lambda raw: compressed(header_only("SCI", 2, lambda p: p.axes[1] // 2)(raw)),
        "FILE006",
        at="SCI",
        base=zipped,
        fits=several_blocks("SCI"),
    )


def _product_damages():
    yield Damage(
        "another DATAMODL",
        set_card("primary", "DATAMODL", "MultiSpecModel"),
        "PROD002",
        at="primary",
        keyword="DATAMODL",
    )
    yield Damage(
        "DATAMODL that nobody knows",
        set_card("primary", "DATAMODL", "Nonsense"),
        "PROD002",
        at="primary",
        keyword="DATAMODL",
    )
    yield Damage("DATAMODL lost", delete_card("primary", "DATAMODL"), "PROD004", at="primary", keyword="DATAMODL")
    yield Damage(
        "EXP_TYPE of an image",
        on("primary", lambda p: p.with_card("EXP_TYPE", p.text("EXP_TYPE")[:3] + "_IMAGE")),
        "PROD003",
        "warning",
        at="primary",
        keyword="EXP_TYPE",
        products=("dark",),
    )
    for product, products in (
        ("trapsfilled", SIZED),
        ("dark", ("trapsfilled", "wfscmb")),
        ("wfscmb", ("trapsfilled", "dark")),
    ):
        base = f"other_{product}.fits"
        yield Damage(f"named {product}", set_card("primary", "FILENAME", base), "PROD002", base=base, products=products)
    for how, base, code in (
        ("name of no product", "mine.fits", "PROD005"),
        ("name that breaks the rule", "jw01234001001_02101_1_nrca1_dark.fits", "PROD006"),
    ):
        yield Damage(how, set_card("primary", "FILENAME", base), code, "warning", base=base, products=("dark",))


DAMAGES = (
    *_hdu_damages(),
    *_array_damages(),
    *_table_damages(),
    *_keyword_damages(),
    *_container_damages(),
    *_gzip_damages(),
    *_product_damages(),
)

CODES = frozenset(d.code for d in DAMAGES)
