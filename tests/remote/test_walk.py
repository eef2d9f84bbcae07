"""Which stretches of a remote file are requested: a store in memory counts, and no server is needed."""

import random

import pytest
from builders import BLOCK, image, join, primary, split
from consumers import module
from judging import DARK, judge_file
from large import write_large

from jwstprod_check.fits.walk import read_source
from jwstprod_check.storage.remote import FIRST, FREE, LAST, NEAR, NEXT, RemoteSource, Walk

KIB = 1024


def stored(data, key="x_dark.fits"):
    memory = module("obstore.store").MemoryStore()
    module("obstore").put(memory, key, data)
    return memory


def opened(data, key="x_dark.fits"):
    return RemoteSource(f"s3://bucket/{key}", stored(data, key))


def spans(source):
    """Record what is requested of a source."""
    found = []
    get = source._object.get
    source._object.get = lambda start, stop: found.append((start, stop)) or get(start, stop)
    return found


def test_headers_far_apart_are_one_request_each_and_the_end_is_one_request():
    walk, size = Walk(), 300 * NEAR
    assert walk.first(0) == (0, FIRST)
    for offset in (100 * NEAR, 150 * NEAR, 200 * NEAR):
        assert walk.next(offset, BLOCK, size) == (offset, offset + NEXT)
    assert walk.next(size - LAST, BLOCK, size) == (size - LAST, size)
    assert walk.next(size - LAST - 1, BLOCK, size) == (size - LAST - 1, size - LAST - 1 + NEXT)


def test_requests_grow_where_headers_are_close_together_and_shrink_after_a_long_distance():
    walk, size = Walk(), 1000 * NEAR
    walk.first(0)
    end, lengths = FIRST, []
    for _ in range(FREE + 8):
        start, end = walk.next(end + 50 * KIB, BLOCK, size)
        lengths.append(end - start)
    assert lengths == [NEXT] * FREE + [NEXT * 2**n for n in range(1, 6)] + [NEAR] * 3
    assert walk.next(end + NEAR - 1, BLOCK, size)[1] == end + NEAR - 1 + NEAR
    start, end = walk.next(end + 3 * NEAR, BLOCK, size)
    assert end - start == NEXT


def test_a_request_is_as_long_as_what_is_wanted_of_it():
    walk = Walk()
    walk.first(0)
    assert walk.next(10 * NEAR, 5 * NEAR, 300 * NEAR) == (10 * NEAR, 15 * NEAR)


def test_a_large_dark_takes_five_requests_and_a_thousandth_of_its_bytes(tmp_path):
    path = write_large(tmp_path / "x_dark.fits", side=1024)
    source = opened(path.read_bytes())
    file = read_source(source, "x_dark.fits")
    assert [hdu.name for hdu in file.hdus][1:] == ["SCI", "PIXELDQ", "GROUPDQ", "ERR", "GROUP", "INT_TIMES", "ASDF"]
    assert (file.defects, file.size, source.traffic().requests) == ((), path.stat().st_size, 5)
    assert source.traffic().bytes < 120 * KIB


def test_a_small_file_is_one_request():
    raw = join([primary(), image("SCI", (20, 20))])
    source = opened(raw)
    assert [hdu.name for hdu in read_source(source, "x").hdus] == ["", "SCI"]
    assert source.traffic() == module("jwstprod_check.findings").Traffic(1, len(raw))


def test_many_small_hdus_take_few_requests():
    parts = [primary(), *(image("SCI", (80, 80), extver=n) for n in range(1, 301))]
    raw = join(parts)
    source = opened(raw)
    assert len(read_source(source, "x").hdus) == 301
    assert (source.traffic().requests < 25, source.traffic().bytes <= len(raw)) == (True, True)


def test_a_header_longer_than_a_request_is_read_on():
    part = split(DARK.read_bytes())[0]
    long = part.after_card("NAXIS", *(b"COMMENT padding".ljust(80) for _ in range(2000)))
    raw = join([long, image("SCI", (300, 300))])
    with_disk = read_source(module("jwstprod_check.storage.backends").open_source(raw), "x")
    assert [h.header.raw for h in read_source(opened(raw), "x").hdus] == [h.header.raw for h in with_disk.hdus]


@pytest.mark.parametrize("in_order", [False, True])
def test_any_read_returns_what_the_file_has_there(in_order):
    draw = random.Random(1)
    data = draw.randbytes(3 * NEAR + 12345)
    source = opened(data)
    if in_order:
        source.rewind()
    for _ in range(300):
        offset, length = draw.randrange(len(data) + 100), draw.choice([1, 2880, 100_000, 2 * NEAR])
        assert source.read(offset, length) == data[offset : offset + length]


def test_reading_in_order_is_one_request_for_what_is_not_there_yet():
    data = random.Random(2).randbytes(5 * NEAR)
    source = opened(data)
    source.rewind()
    got = b"".join(source.read(at, 100_000) for at in range(0, len(data), 100_000))
    assert got == data
    assert source.traffic() == module("jwstprod_check.findings").Traffic(2, len(data))


def test_what_is_kept_is_bounded():
    data = bytes(40 * NEAR)
    source = opened(data)
    for at in range(0, len(data), NEAR):
        source.read(at, NEAR)
    assert sum(map(len, source._blocks.values())) <= 4 * NEAR


def test_a_remote_file_has_the_report_of_a_local_one():
    expected = judge_file(DARK)
    from judging import CATALOGUE

    from jwstprod_check.config import Options
    from jwstprod_check.engine.check import check_file

    with opened(DARK.read_bytes(), DARK.name) as source:
        report = check_file(read_source(source, source.name), CATALOGUE, Options(), source)
    assert (report.verdict, report.findings, report.hdus) == (expected.verdict, expected.findings, expected.hdus)
