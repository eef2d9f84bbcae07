"""The walk over headers: offsets, sizes, faults, and no byte of data."""

import gzip

import numpy as np
import pytest
from astropy.io import fits
from builders import BLOCK, Part, card, header, image, join, offsets, padded, primary, split, table
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import DATA

from jwstprod_check.fits.walk import MAX_HDUS, read_fits, read_source
from jwstprod_check.storage.memory import MemorySource

FILES = sorted(DATA.glob("good/*/*.fits"))
SOUND = join([primary(), image("SCI", (30, 20)), image("DQ", (30, 20), 32), table("T", [("A", "1J", 4)], 3)])


class Recorder(MemorySource):
    """Remembers which bytes were asked for."""

    def __init__(self, data):
        super().__init__(data)
        self.asked = []

    def read(self, offset, length):
        self.asked.append((offset, offset + length))
        return super().read(offset, length)


def defects(raw, path=""):
    return [f.kind for f in read_fits(raw, path).defects]


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_offsets_and_sizes_agree_with_astropy(path):
    found = read_fits(str(path))
    with fits.open(path, memmap=True, lazy_load_hdus=False) as theirs:
        infos = [hdu.fileinfo() for hdu in theirs]
        names = [hdu.name for hdu in theirs]
    assert [(h.header_offset, h.data_offset) for h in found.hdus] == [(i["hdrLoc"], i["datLoc"]) for i in infos]
    assert [h.data_end - h.data_offset for h in found.hdus] == [i["datSpan"] for i in infos]
    assert ["PRIMARY", *(h.extname for h in found.hdus[1:])] == names
    assert (found.defects, found.complete) == ((), True)
    assert found.size == found.stored == path.stat().st_size


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_byte_of_data_is_read(path):
    raw = path.read_bytes()
    source = Recorder(raw)
    read_source(source, "x.fits")
    data = [range(start, end) for _, start, end in offsets(raw) if end > start]
    for start, end in source.asked:
        assert not any(start < d.stop and d.start < end for d in data), (start, end)


def test_a_primary_without_data_is_followed_by_the_next_header_whatever_its_length():
    for cards in range(30, 150):
        part = primary(**{f"K{n}": n for n in range(cards)})
        found = read_fits(join([part, image("SCI", (3, 2)), image("DQ", (), 8)]))
        assert [h.name for h in found.hdus] == ["", "SCI", "DQ"]
        assert not found.defects


def test_a_primary_that_says_two_things_of_its_axes_is_followed_where_the_first_leads():
    part = primary().with_axes(2880)
    cards = (part.cards[0], b"NAXIS   =                    1".ljust(80), b"NAXIS   =                    0".ljust(80))
    cards += (card("BITPIX", 8), card("NAXIS1", BLOCK), *(card(f"K{n}", n) for n in range(40)))
    raw = header(cards) + bytes(BLOCK) + join([image("SCI", (3, 2))])
    assert [(h.name, h.header_offset) for h in read_fits(raw).hdus] == [("", 0), ("SCI", 3 * BLOCK)]


def test_gzip_reads_like_the_file_itself():
    plain, packed = read_fits(SOUND), read_fits(gzip.compress(SOUND), "a.fits.gz")
    assert [h.data_offset for h in packed.hdus] == [h.data_offset for h in plain.hdus]
    assert (packed.size, packed.gzipped, packed.defects) == (len(SOUND), True, ())


def test_every_truncation_is_noticed_or_a_shorter_file():
    ends = {end for _, _, end in offsets(SOUND)}
    for length in range(len(SOUND)):
        found = read_fits(SOUND[:length])
        assert bool(found.defects) is (length not in ends), length


def test_every_truncation_of_a_gzip_is_noticed():
    raw = gzip.compress(SOUND)
    for length in range(len(raw)):
        found = read_fits(raw[:length], "a.fits.gz")
        assert found.defects, length
        assert not found.complete, length


def test_header_without_end_is_noticed():
    raw = b"".join((card("SIMPLE", True), card("BITPIX", 8), card("NAXIS", 0)))
    assert defects(padded(raw, b" ")) == ["no-end"]
    assert defects(raw) == ["header-cut"]
    assert defects(padded(raw, b" ") * 3) == ["no-end"]


def test_end_counts_at_the_start_of_a_card_only():
    part = primary(OBJECT="END     ", NOTE=1).with_card("COMMENTS", "x END     ")
    assert [len(h.header) for h in read_fits(join([part])).hdus] == [len(part.cards)]


def test_long_header_without_end_is_given_up():
    raw = card("SIMPLE", True) + card("FILL", 1) * (36 * 6000)
    found = read_fits(padded(raw, b" "))
    assert [f.kind for f in found.defects] == ["header-too-long"]
    assert not found.complete


@pytest.mark.parametrize("axes", [(2**60,), (2**60, 2**60), (2**31, 2**31, 2**31)])
def test_giant_axes_allocate_nothing(axes):
    found = read_fits(join([primary(), image("SCI", ()).with_axes(*axes)]))
    assert [f.kind for f in found.defects] == ["truncated"]
    assert found.defects[0].expected_bytes > 2**40
    assert not found.hdus[1].sized


def test_999_axes_are_read():
    axes = (1,) * 999
    part = Part((*primary().cards, *(card(f"NAXIS{n}", 1) for n in range(1, 1000)))).with_card("NAXIS", 999)
    found = read_fits(header(part.cards) + bytes(BLOCK))
    assert found.hdus[0].axes == axes
    assert found.defects == ()


def test_1000_axes_have_no_size():
    assert defects(join([primary(), image("SCI", ()).with_card("NAXIS", 1000)])) == ["size-unknown"]


def test_hdus_beyond_the_limit_are_not_read():
    raw = header(primary().cards) + header(image("A", ()).cards) * (MAX_HDUS + 5)
    found = read_fits(raw)
    assert len(found.hdus) == MAX_HDUS
    assert [f.kind for f in found.defects] == ["too-many-hdus"]
    assert not found.complete


def test_lost_bytes_are_told_from_a_cut_file():
    parts = split(SOUND)
    _, data, end = offsets(SOUND)[1]
    found = read_fits(SOUND[: data + BLOCK * 0] + SOUND[end:])
    assert [f.kind for f in found.defects] == ["misplaced"]
    assert (found.defects[0].hdu, found.defects[0].found_bytes) == (1, data)
    assert len(found.hdus) == len(parts)


def test_added_bytes_are_told_from_trailing_ones():
    _, _, end = offsets(SOUND)[1]
    found = read_fits(SOUND[:end] + bytes(BLOCK) + SOUND[end:])
    assert [(f.kind, f.hdu) for f in found.defects] == [("misplaced", 1)]
    assert [h.name for h in found.hdus] == ["", "SCI", "DQ", "T"]


def test_added_bytes_in_a_gzip_leave_it_incomplete():
    _, _, end = offsets(SOUND)[1]
    found = read_fits(gzip.compress(SOUND[:end] + bytes(BLOCK) + SOUND[end:]), "a.fits.gz")
    assert [(f.kind, f.hdu) for f in found.defects] == [("misplaced", 1)]
    assert [h.name for h in found.hdus] == ["", "SCI", "DQ", "T"]
    assert not found.complete


def test_hdus_after_one_of_unknown_size_are_found():
    parts = split(SOUND)
    parts[1] = parts[1].without_card("NAXIS1")
    found = read_fits(join(parts))
    assert [(f.kind, f.hdu) for f in found.defects] == [("size-unknown", 1)]
    assert [h.name for h in found.hdus] == ["", "SCI", "DQ", "T"]


def test_second_file_is_trailing_bytes():
    found = read_fits(SOUND + SOUND)
    assert [(f.kind, f.text) for f in found.defects] == [("trailing", "another FITS file")]
    assert len(found.hdus) == 4


def test_heap_belongs_to_the_data():
    column = fits.Column("v", "PE()", array=np.array([[1.0, 2.0], [3.0]], dtype=object))
    hdus = fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column]), fits.ImageHDU(np.zeros(3))])
    from io import BytesIO

    buffer = BytesIO()
    hdus.writeto(buffer)
    found = read_fits(buffer.getvalue())
    assert found.defects == ()
    assert len(found.hdus) == 3


def test_name_of_a_gzip_matters():
    assert defects(gzip.compress(SOUND), "a.fits") == ["gzip-name"]
    assert defects(gzip.compress(SOUND), "A.FITS.GZ") == []
    assert defects(gzip.compress(SOUND), "") == []


@settings(max_examples=300)
@given(st.data())
def test_no_damage_raises(data):
    raw = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    for content in (bytes(raw), bytes(raw[:cut]), gzip.compress(bytes(raw))[:cut]):
        found = read_fits(content, "x.fits")
        assert found.defects or found.hdus


def test_file_that_cannot_be_read_raises(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        read_fits(str(tmp_path / "none.fits"))
