"""FITS080 to FITS088: what stands in the data, read byte by byte."""

from dataclasses import replace

import numpy as np
import pytest
from builders import BLOCK, card, image, join, offsets, primary, table
from scanning import compressed, findings, noise, not_checked, one, report

from jwstprod_check.scan import chunks, heap, tables

PLANE = (64, 64)


def column(form, *rows):
    """A table of one column whose rows are the bytes given."""
    part = table("T", [("C", form, len(rows[0]))], rows=len(rows))
    return [primary(), replace(part, data=b"".join(rows))]


def variable(form, rows, contents, **changes):
    """A table of one variable-length column: (count, start) of each row, then the heap."""
    code = form.lstrip("01")[0]
    width = 4 if code == "P" else 8
    data = b"".join(n.to_bytes(width, "big", signed=True) for row in rows for n in row)
    part = table("T", [("C", form, 2 * width)], rows=len(rows)).with_card("PCOUNT", len(contents))
    for keyword, value in changes.items():
        part = part.with_card(keyword, value)
    return [primary(), replace(part, data=data + contents)]


class TestFill:
    @pytest.mark.parametrize(
        "part", [image("SCI", (10,)), table("T", [("A", "7B", 7)], rows=3)], ids=["image", "table"]
    )
    def test_bytes_behind_the_data_are_found(self, part):
        raw = bytearray(join([primary(), part, image("ERR", (10,))]))
        size = len(part.data)
        at = offsets(bytes(raw))[1][1] + size
        raw[at + 3] = 32
        raw[at + 9] = 1
        found = one(bytes(raw), "FITS080")
        assert (found.hdu, found.severity, found.offset) == (1, "error", at + 3)
        assert "2 bytes that are not zero in the fill after the data" in found.message

    def test_zero_fill_is_quiet(self):
        assert not findings([primary(), image("SCI", (10,)), image("ERR", (720,))], "FITS080")

    def test_blank_fill_belongs_to_ascii_tables(self):
        cards = [
            card(k, v) for k, v in {"XTENSION": "TABLE", "BITPIX": 8, "NAXIS": 2, "NAXIS1": 4, "NAXIS2": 2}.items()
        ]
        cards += [card(k, v) for k, v in {"PCOUNT": 0, "GCOUNT": 1, "TFIELDS": 1, "TBCOL1": 1, "TFORM1": "I4"}.items()]
        part = replace(image("T", ()), cards=tuple(cards), data=b"   1  22")
        raw = join([primary(), part])
        assert not findings(raw, "FITS080")
        assert not findings(raw, "FITS087")
        assert one(raw[:-1] + b"\0", "FITS080").expected == "blank bytes"
        found = one(raw.replace(b"   1  22", b"   1\0\x80 2"), "FITS087")
        assert "2 bytes outside ASCII 32 to 126" in found.message


class TestCells:
    def test_unused_bits_must_be_zero(self):
        found = one(column("3X", b"\xe0", b"\x40", b"\x10"), "FITS081")
        assert (found.hdu, found.column, found.keyword) == (1, "C", "TFORM1")
        assert "in 1 row of column 1 'C', first in row 3" in found.message

    def test_whole_bytes_have_no_unused_bits(self):
        assert not findings(column("16X", b"\xff\xff"), "FITS081")

    @pytest.mark.parametrize("text", [b"abc\x07e", b"caf\xe9 ", b"\x7f    ", b"\tabcd"])
    def test_text_is_printable_ascii(self, text):
        found = one(column("5A", b"abcde", text, b"     "), "FITS082")
        assert (found.column, found.severity) == ("C", "error")
        assert "first in row 2" in found.message

    @pytest.mark.parametrize("text", [b"abc\0\0", b"abc\0\xff", b"\0\0\0\0\0", b"a ~!\0"])
    def test_a_nul_ends_a_string(self, text):
        assert not findings(column("5A", text), "FITS082")

    def test_a_nul_ends_a_string_of_its_own_only(self):
        assert findings(column("6A3", b"a\0\0\x01bc"), "FITS082")
        assert not findings(column("6A3", b"a\0\x01bcd"), "FITS082")
        parts = column("6A", b"a\0\0\x01bc")
        assert not findings(parts, "FITS082")
        assert findings([parts[0], parts[1].with_card("TDIM1", "(3,2)")], "FITS082")

    @pytest.mark.parametrize("value", [b"T1", b"\x01T", b" F", b"tF"])
    def test_logicals_are_letters(self, value):
        assert "first in row 2" in one(column("2L", b"TF", value), "FITS083").message

    def test_an_undefined_logical_is_nul(self):
        assert not findings(column("3L", b"TF\0"), "FITS083")

    def test_other_columns_are_left_alone(self):
        parts = column("4B", b"\xff\0\x01\x02")
        assert not [f for code in ("FITS081", "FITS082", "FITS083") for f in findings(parts, code)]

    def test_rows_that_span_chunks_are_put_together(self, monkeypatch):
        monkeypatch.setattr(chunks, "CHUNK", 8 * BLOCK)
        rows = [b"x" * 701] * 200
        rows[150] = b"x" * 700 + b"\xff"
        assert "in 1 row of column 1 'C', first in row 151" in one(column("701A", *rows), "FITS082").message

    def test_rows_that_are_too_long_are_said_to_be_unread(self, monkeypatch):
        monkeypatch.setattr(tables, "WIDEST_ROW", 100)
        parts = column("101A", b"\xff" * 101)
        assert not findings(parts, "FITS082")
        assert not_checked(parts, "FITS082") == ["T: rows of 101 bytes are too long to be checked"]

    def test_columns_that_do_not_add_up_are_said_to_be_unread(self):
        part = table("T", [("A", "5A", 5)], rows=2).with_card("TFORM1", "6A")
        assert not_checked([primary(), part], "FITS082") == ["T: the widths of the columns do not add up to NAXIS1"]

    def test_a_cut_table_is_said_to_be_unread(self):
        raw = join(column("701A", *[b"x" * 701] * 20))[:-BLOCK]
        assert not_checked(raw, "FITS082") == ["T: the file is truncated in its data"]


class TestHeap:
    @pytest.mark.parametrize("form", ["1PJ(3)", "PJ(3)", "1QJ(3)"])
    def test_arrays_inside_the_heap_are_quiet(self, form):
        parts = variable(form, [(3, 0), (0, 999), (1, 12), (2, 8)], bytes(16))
        for code in ("FITS084", "FITS085", "FITS086"):
            assert not findings(parts, code)

    @pytest.mark.parametrize("row", [(3, 8), (1, 17), (5, 0), (2**30, 0), (1, 2**31 - 1), (2**31 - 1, 2**31 - 1)])
    def test_arrays_beyond_the_heap_are_found(self, row):
        found = one(variable("1PJ(9999999999)", [(1, 0), row], bytes(16)), "FITS084")
        assert (found.hdu, found.column, found.severity) == (1, "C", "error")
        assert "outside the heap in 1 row of column 1 'C', first in row 2" in found.message

    @pytest.mark.parametrize("row", [(2**62, 0), (1, 2**62), (2**62, 2**62), (2**61, 8)])
    def test_sizes_that_overflow_are_beyond_the_heap(self, row):
        assert "outside the heap" in one(variable("1QM", [row], bytes(16)), "FITS084").message

    @pytest.mark.parametrize("row", [(-1, 0), (1, -1), (-1, -1)])
    def test_negative_descriptors_are_found(self, row):
        assert "negative descriptors in 1 row" in one(variable("1PB", [row], bytes(16)), "FITS084").message

    def test_bits_of_the_heap_count_by_eight(self):
        assert not findings(variable("1PX", [(128, 0), (5, 15)], bytes(16)), "FITS084")
        assert findings(variable("1PX", [(129, 0)], bytes(16)), "FITS084")

    def test_the_heap_begins_at_theap(self):
        rows = [(8, 0)]
        assert not findings(variable("1PB", rows, bytes(16), THEAP=16), "FITS084")
        assert findings(variable("1PB", rows, bytes(16), THEAP=18), "FITS084")

    def test_an_array_longer_than_stated_is_found(self):
        found = one(variable("1PB(3)", [(3, 0), (4, 0)], bytes(16)), "FITS085")
        assert found.found == "4 elements"
        assert "first in row 2" in found.message

    @pytest.mark.parametrize("contents", [b"abcdefgh\xff2345678", b"abcdefgh12345\n78"])
    def test_variable_text_is_printable_ascii(self, contents):
        found = one(variable("1PA", [(8, 0), (8, 8)], contents), "FITS086")
        assert "1 byte that the type does not allow in variable-length cells of column 1 'C'" in found.message
        assert found.offset == 2 * BLOCK + 16 + next(i for i, c in enumerate(contents) if not 32 <= c <= 126)

    @pytest.mark.parametrize(
        ("rows", "contents"),
        [
            ([(8, 0)], b"abcdefgh\xff\xff"),
            ([(8, 0)], b"abc\0\xff\xff\0\xff"),
            ([(3, 0), (3, 5)], b"abc\xff\xffdef"),
            ([(4, 4), (4, 0)], b"ab\0\xffcd\0\xff"),
        ],
    )
    def test_bytes_that_no_cell_counts_are_quiet(self, rows, contents):
        assert not findings(variable("1PA", rows, contents), "FITS086")

    def test_a_nul_of_another_cell_ends_nothing(self):
        assert one(variable("1PA", [(4, 0), (4, 4)], b"abc\0\x01bcd"), "FITS086")

    def test_a_nul_in_an_earlier_chunk_counts(self, monkeypatch):
        monkeypatch.setattr(chunks, "CHUNK", 8 * BLOCK)
        contents = b"a\0" + b"\xff" * 30_000
        assert not findings(variable("1PA", [(len(contents), 0)], contents), "FITS086")
        assert one(variable("1PA", [(2, 0), (len(contents) - 2, 2)], contents), "FITS086").found == "30000 other bytes"

    def test_variable_logicals_are_letters(self):
        assert not findings(variable("1PL", [(3, 0)], b"TF\0x"), "FITS086")
        assert one(variable("1PL", [(4, 0)], b"TF\0x"), "FITS086")

    def test_too_many_cells_are_said_to_be_unread(self, monkeypatch):
        monkeypatch.setattr(heap, "MAX_CELLS", 2)
        parts = variable("1PA", [(1, 0)] * 3, b"\xff")
        assert not findings(parts, "FITS086")
        assert "too many to be checked" in not_checked(parts, "FITS086")[0]

    def test_descriptors_are_checked_whatever_their_number(self, monkeypatch):
        monkeypatch.setattr(tables, "GROUP", 64)
        assert "first in row 40" in one(variable("1PB", [(1, 0)] * 39 + [(2, 0)], b"x"), "FITS084").message


@pytest.fixture(params=["RICE_1", "GZIP_1", "GZIP_2"])
def raw(request):
    return compressed(PLANE, noise(*PLANE).astype("f4"), request.param)


class TestCompressed:
    def test_a_sound_image_is_quiet(self, raw):
        codes = {"FITS080", "FITS084", "FITS085", "FITS088"}
        checked = report(raw)
        assert not [f for f in checked.findings if f.code in codes or f.code == "TOOL001"]
        assert not [s for s in checked.skipped if s.code in codes]

    def test_an_image_without_its_tiles_is_found(self, raw):
        # The second axis grows; the table keeps its 64 rows.
        found = one(raw.replace(card("ZNAXIS2", 64, "")[:30], card("ZNAXIS2", 65)[:30]), "FITS088")
        assert (found.hdu, found.severity) == (1, "error")
        assert "64 rows for 65 tiles" in found.message

    def test_damaged_gzip_tiles_are_found(self):
        raw = compressed(PLANE, noise(*PLANE).astype("f4"), "GZIP_1", quantize_level=0)
        at = raw.index(b"\x1f\x8b", offsets(raw)[1][1])
        assert "is not gzip" in one(raw[:at] + b"\0\0\0\0" + raw[at + 4 :], "FITS088").message

    def test_a_tile_that_inflates_without_measure_is_not_followed(self):
        import gzip

        raw = compressed(PLANE, np.zeros(4096, "i4"), "GZIP_1", tile_shape=PLANE)
        bomb = gzip.compress(bytes(2**24))
        data = offsets(raw)[1][1]
        width = int.from_bytes(raw[data : data + 4], "big")
        made = bytearray(raw + bytes(2 * BLOCK * 4))
        made[data : data + 4] = len(bomb).to_bytes(4, "big")
        made[data + 8 : data + 8 + len(bomb)] = bomb
        field = b"PCOUNT  = " + f"{width:20}".encode()
        assert field in made
        text = bytes(made).replace(field, b"PCOUNT  = " + f"{len(bomb):20}".encode())
        size = data + 8 + len(bomb)
        found = one(text[: size + -size % BLOCK], "FITS088")
        assert "expands to more than its pixels" in found.message

    @pytest.mark.parametrize(
        ("keyword", "value", "reason"),
        [
            ("ZNAXIS1", 2**40, "is not decompressed"),
            ("ZCMPTYPE", "'BZIP_9  '", "the compression 'BZIP_9' is not supported"),
        ],
    )
    def test_what_is_not_restored_is_said(self, raw, keyword, value, reason):
        from builders import split

        parts = split(raw)
        parts[1] = parts[1].with_card(keyword, value.encode() if isinstance(value, str) else value)
        assert any(reason in s for s in not_checked(parts, "FITS088"))

    def test_whatever_the_bytes_nothing_escapes(self, raw):
        draw = np.random.default_rng(3)
        start, _, end = offsets(raw)[1]
        for _ in range(60):
            made = bytearray(raw)
            for at in draw.integers(start, end, 6):
                made[at] = draw.integers(0, 256)
            findings(bytes(made), "FITS088")
