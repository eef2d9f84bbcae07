"""The pass itself: order, sums, what is kept, cut and hostile files, memory."""

import gzip
import io
import tracemalloc

import numpy as np
import pytest
from builders import BLOCK, card, image, join, padded, primary, split, table
from judging import DATA

from jwstprod_check import check
from jwstprod_check.fits.walk import read_fits, read_source
from jwstprod_check.scan import chunks, error_sets, pairs, run, watch
from jwstprod_check.scan.facts import Count
from jwstprod_check.scan.run import scan_data
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.memory import MemorySource
from jwstprod_check.storage.source import Source

GOOD = sorted(DATA.glob("good/**/*.fits"))


def scanned(target, **options):
    with open_source(target, again=True) as source:
        return scan_data(source, read_source(source, source.name), **options)


def floats(*axes, seed=0):
    count = int(np.prod(axes))
    return np.random.default_rng(seed).normal(100, 10, count).astype(">f4")


def science(*axes, values=None, name="SCI", extver=1):
    values = floats(*axes) if values is None else values
    return image(name, axes, -32, values.astype(">f4").tobytes(), extver)


def summed(raw):
    """The same file with DATASUM and CHECKSUM by astropy."""
    from astropy.io import fits

    made = io.BytesIO()
    with fits.open(io.BytesIO(raw)) as hdus:
        hdus.writeto(made, checksum=True)
    return made.getvalue()


class Zeros(Source):
    """A source that holds a header and then zeros, without end and without memory."""

    name = ""

    def __init__(self, start, size):
        self._start = start
        self.stored = size

    def read(self, offset, length):
        length = max(0, min(length, self.stored - offset))
        head = self._start[offset : offset + length]
        return head + bytes(length - len(head))


def test_a_file_without_hdus_has_no_facts():
    found = scanned(b"<html>")
    assert not found.hdus
    assert not found.kept


def test_every_hdu_has_facts():
    raw = join([primary(), science(8, 8), table("T", [("A", "1J", 4)])])
    assert sorted(scanned(raw).hdus) == [0, 1, 2]


def test_sums_are_those_that_astropy_writes():
    raw = summed(join([primary(), science(50, 30), table("T", [("A", "3A", 3)], rows=7)]))
    file = read_fits(raw)
    for index, facts in scanned(raw).hdus.items():
        assert facts.sums.data == int(file.hdus[index].header.string("DATASUM"))
        assert (facts.sums.header + facts.sums.data) % 0xFFFFFFFF == 0


def test_sums_are_only_made_where_the_header_states_one():
    found = scanned(join([primary(), science(8, 8)]))
    assert {f.sums for f in found.hdus.values()} == {None}


@pytest.mark.parametrize("chunk", [1, 2, 7])
def test_the_size_of_the_chunks_makes_no_difference(monkeypatch, chunk):
    values = floats(16, 16, 40)
    values[[3, 5000, 9999]] = np.nan
    values[256:512] = 7
    flags = np.zeros(10240, ">u4")
    flags[3] = 1
    parts = [primary(), science(16, 16, 40, values=values), image("DQ", (16, 16, 40), 32, flags.tobytes())]
    parts += [science(16, 16, 40, values=values, name=n) for n in ("ERR", "VAR_POISSON", "VAR_RNOISE")]
    raw = summed(join([*parts, table("T", [("A", "7A", 7), ("L", "1L", 1)], rows=3000)]))
    whole = scanned(raw)
    monkeypatch.setattr(chunks, "CHUNK", 8 * BLOCK * chunk)
    monkeypatch.setattr(watch, "PIECE", 4096)
    assert scanned(raw) == whole


@pytest.mark.parametrize("path", GOOD, ids=lambda p: p.name)
def test_a_path_its_bytes_and_its_gzip_give_the_same_facts(path, tmp_path):
    raw = path.read_bytes()
    packed = tmp_path / "x.fits.gz"
    packed.write_bytes(gzip.compress(raw, 1))
    found = scanned(str(path))
    assert found == scanned(raw)
    assert found == scanned(str(packed))


def test_progress_goes_up_to_the_end_of_the_data():
    raw = join([primary(), science(300, 300), table("T", [("A", "1J", 4)])])
    seen = []
    scanned(raw, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == len(raw)


def test_small_tables_are_kept_without_fill():
    found = scanned(join([primary(), table("INT_TIMES", [("A", "1J", 4)], rows=3), science(8, 8)]))
    assert found.kept == {1: bytes(12)}


def test_large_tables_are_not_kept(monkeypatch):
    monkeypatch.setattr(run, "KEEP_TABLE", 100)
    monkeypatch.setattr(run, "KEEP_TABLES", 150)
    parts = [primary(), *(table("T", [("A", "10J", 40)], rows=r) for r in (3, 2, 2, 1))]
    assert sorted(scanned(join(parts)).kept) == [2, 4]


def test_the_asdf_tree_has_room_of_its_own(monkeypatch):
    monkeypatch.setattr(run, "KEEP_TABLE", 100)
    parts = [primary(), table("ASDF", [("ASDF_METADATA", "200B", 200)])]
    assert sorted(scanned(join(parts)).kept) == [1]


def test_a_cut_hdu_is_looked_at_as_far_as_it_goes():
    values = floats(64, 64)
    values[2] = np.inf
    raw = join([primary(), science(64, 64, values=values)])[:-BLOCK]
    facts = scanned(raw).hdus[1]
    assert facts.not_read == "the file is truncated in its data"
    assert facts.pixels.infinite == Count(1, 2)
    assert facts.pixels.seen < 4096
    assert facts.sums is None


def test_a_cut_table_is_not_kept():
    raw = join([primary(), table("T", [("A", "100J", 400)], rows=20)])[:-BLOCK]
    assert not scanned(raw).kept


def test_an_hdu_whose_header_lies_about_its_size_is_not_read():
    raw = join([primary(), science(64, 64), science(8, 8, name="ERR")])
    raw = raw.replace(card("NAXIS2", 64), card("NAXIS2", 65 * 64))
    assert scanned(raw).hdus[1].not_read == "its data do not end where its header states"


def test_a_file_that_shrinks_under_the_reader_is_cut():
    raw = join([primary(), science(64, 64)])
    facts = scan_data(MemorySource(raw[: -2 * BLOCK]), read_fits(raw)).hdus[1]
    assert facts.not_read == "the file ended while it was read"


def test_an_error_of_the_source_reaches_the_caller():
    class Broken(Zeros):
        def read(self, offset, length):
            if offset > BLOCK * 1000:
                raise OSError("no more")
            return super().read(offset, length)

    head = join([primary(), image("SCI", (2048, 2048), -32, b"")])
    source = Broken(head, len(head) + 16777216 + 2816)
    with pytest.raises(OSError, match="no more"):
        scan_data(source, read_source(Zeros(head, source.stored), "x.fits"))


def test_memory_does_not_grow_with_the_file(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", BLOCK * 8)
    monkeypatch.setattr(watch, "PIECE", 8192)
    head = join([primary(), image("SCI", (512, 512, 64), -32, b"")])
    size = 512 * 512 * 64 * 4
    source = Zeros(head, len(head) + size + -size % BLOCK)
    file = read_source(source, "x.fits")
    scan_data(source, file)
    tracemalloc.start()
    found = scan_data(source, file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.hdus[1].pixels.planes.zero == Count(64, 0)
    assert peak < 2**20


@pytest.mark.parametrize(
    "change",
    [
        {"NAXIS1": 2**60},
        {"NAXIS1": 0},
        {"NAXIS2": 2**60},
        {"PCOUNT": 2**60},
        {"TFORM1": "2147483647PE"},
        {"TFORM1": "999999999999999999X"},
        {"TFORM1": "1PA(999999999999999999999)"},
        {"TFORM1": "1QX(-1)"},
        {"TFORM1": "8"},
        {"THEAP": 2**62},
        {"THEAP": -5},
        {"TFIELDS": 999},
        {"TDMIN1": float("1e300")},
        {"BITPIX": -64},
    ],
    ids=str,
)
def test_hostile_tables_raise_nothing_and_allocate_nothing(change):
    part = table("T", [("A", "1PA(5)", 8), ("B", "1D", 8)], rows=50)
    for keyword, value in change.items():
        part = part.with_card(keyword, value)
    raw = join([primary(), part, science(8, 8)])
    tracemalloc.start()
    scanned(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * 2**20


@pytest.mark.parametrize("axes", [(2**31, 2**31), (2**60,), (0, 5), (1,) * 999, (3, 0, 2**60)], ids=str)
@pytest.mark.parametrize("name", ["SCI", "ERR", "DQ", "GROUPDQ"])
def test_hostile_axes_raise_nothing_and_allocate_nothing(axes, name):
    part = image(name, axes[:3], 32 if "DQ" in name else -32, bytes(5000))
    parts = [primary(), part, image("DQ", axes[:3], 32, b""), image("VAR_POISSON", axes[:3], -32, b"")]
    tracemalloc.start()
    scanned(join(parts), undefined_dq_bits={"GROUPDQ": 16, "DQ": 16})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * 2**20


def test_bitmaps_are_bounded(monkeypatch):
    monkeypatch.setattr(pairs, "MAX_BITMAPS", 10)
    monkeypatch.setattr("jwstprod_check.scan.questions.MAX_BITMAPS", 10)
    values = floats(16, 16)
    values[0] = np.nan
    raw = join([primary(), science(16, 16, values=values), image("DQ", (16, 16), 32)])
    (found,) = scanned(raw).nans
    assert found.not_decoded == pairs.TOO_LARGE
    assert not found.unflagged


def test_samples_are_bounded(monkeypatch):
    monkeypatch.setattr("jwstprod_check.scan.questions.MAX_SAMPLES", 300)
    parts = [science(16, 16, name=n) for n in ("ERR", "VAR_POISSON", "VAR_RNOISE")]
    (found,) = scanned(join([primary(), *parts])).errors
    assert found.not_decoded == pairs.TOO_LARGE


def test_a_large_array_is_sampled_at_every_column(monkeypatch):
    monkeypatch.setattr(error_sets, "SAMPLE", 1000)
    values = np.full(64 * 64, 2.0)
    parts = [science(64, 64, name=n, values=values) for n in ("ERR", "VAR_POISSON", "VAR_RNOISE")]
    (found,) = scanned(join([primary(), *parts])).errors
    assert found.every == 5
    assert found.compared == 820
    assert found.ratio == 1.0


@pytest.mark.parametrize("order", [("SCI", "DQ"), ("DQ", "SCI")])
def test_sets_are_held_together_by_extver_in_either_order(order):
    parts = [primary()]
    for extver in (1, 2, 3):
        values, flags = floats(8, 8, seed=extver), np.zeros(64, ">u4")
        values[[extver, 20]] = np.nan
        flags[20] = 1
        made = {
            "SCI": science(8, 8, values=values, extver=extver),
            "DQ": image("DQ", (8, 8), 32, flags.tobytes(), extver),
        }
        parts += [made[name] for name in order]
    found = scanned(join(parts)).nans
    assert [(f.nan, f.seen, f.unflagged) for f in found] == [(2, 64, Count(1, v)) for v in (1, 2, 3)]


def test_unsigned_flags_are_compared_as_readers_see_them():
    values, flags = floats(8, 8), np.full(64, 1, ">u4") ^ np.uint32(2**31)
    values[5] = np.nan
    quality = image("DQ", (8, 8), 32, flags.astype(">u4").tobytes()).with_card("BZERO", 2147483648)
    (found,) = scanned(join([primary(), science(8, 8, values=values), quality])).nans
    assert not found.unflagged
    assert found.nan == 1


def test_trailing_bytes_are_no_data():
    raw = join([primary(), science(8, 8)]) + padded(b"junk")
    assert not scanned(raw).hdus[1].fill


def test_real_files_are_read_whole():
    for path in GOOD:
        found = scanned(str(path))
        assert len(found.hdus) == len(split(path.read_bytes()))
        assert not any(f.not_read or f.not_decoded or f.decode_error for f in found.hdus.values())


@pytest.mark.parametrize("size", [0, 2**62])
def test_a_crash_of_the_pass_is_a_finding(monkeypatch, size):
    def crash(*_):
        raise ArithmeticError("no")

    monkeypatch.setattr(run, "_scan", crash)
    monkeypatch.setattr(run, "IN_THREAD", size)
    report = check(join([primary(), science(8, 8)]), data=True)
    (found,) = [f for f in report.findings if f.code == "TOOL001"]
    assert found.message == "the data pass crashed (ArithmeticError: no); what it should check was not checked"
    assert report.level == "structure"
    assert {s.reason for s in report.skipped if s.code == "SUM001"} == {"the data were not read"}


@pytest.mark.parametrize("size", [0, 2**62])
def test_a_file_that_cannot_be_read_raises(monkeypatch, size, tmp_path):
    def crash(*_):
        raise OSError("gone")

    path = tmp_path / "x.fits"
    path.write_bytes(join([primary(), science(8, 8)]))
    monkeypatch.setattr(run, "_scan", crash)
    monkeypatch.setattr(run, "IN_THREAD", size)
    with pytest.raises(OSError, match="gone"):
        check(path, data=True)


def test_what_belongs_to_an_unread_hdu_is_undone():
    values = floats(64, 64)
    values[5] = np.nan
    parts = [primary(), science(64, 64, values=values), image("DQ", (64, 64), 32), science(8, 8, name="X")]
    raw = bytearray(join(parts))
    at = raw.index(b"PCOUNT", raw.index(b"'DQ"[:3]) - 2880)
    raw[at + 10 : at + 30] = b"28800".rjust(20)
    (found,) = scanned(bytes(raw)).nans
    assert found.not_decoded
    assert not found.unflagged


def test_where_no_thread_can_be_started_the_pass_does_without(monkeypatch):
    import threading

    def fail(_):
        raise RuntimeError("can't start new thread")

    raw = join([primary(), science(64, 64)])
    expected = check(raw, data=True)
    monkeypatch.setattr(run, "IN_THREAD", 0)
    assert check(raw, data=True) == expected
    monkeypatch.setattr(threading.Thread, "start", fail)
    assert check(raw, data=True) == expected


def test_a_pass_that_nobody_waits_for_is_stopped_before_its_source_is_closed(monkeypatch):
    from jwstprod_check.engine import check as engine

    monkeypatch.setattr(run, "IN_THREAD", 0)
    monkeypatch.setattr(chunks, "CHUNK", BLOCK * 8)
    head = join([primary(), image("SCI", (2048, 2048, 2000), -32, b"")])
    read_after, closed = [], []

    class Slow(Zeros):
        def read(self, offset, length):
            if closed:
                read_after.append(offset)
            return super().read(offset, length)

        def close(self):
            closed.append(True)

    def crash(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "open_stored", lambda *_, **__: Slow(head, len(head) + 2048 * 2048 * 2000 * 4))
    monkeypatch.setattr(engine, "identify", crash)
    with pytest.raises(ZeroDivisionError):
        check("x.fits", data=True)
    assert closed
    assert not read_after
