"""Compressed images come out as astropy shows them, and hostile ones do not reach what is written in C."""

import io
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from builders import join, split
from scanning import compressed, noise
from shell import ROOT, python

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.scan import compressed as tiles
from jwstprod_check.scan import decoder
from jwstprod_check.scan.compressed import BrokenImageError, obstacle, restore
from jwstprod_check.scan.decoder import NoDecoderError

AXES = (40, 30, 5)


def parts_of(raw):
    hdu = read_fits(raw).hdus[1]
    return hdu, raw[hdu.data_offset : hdu.data_offset + hdu.data_size]


def restored(raw):
    return np.concatenate(list(restore(*parts_of(raw))))


def shown(raw):
    from astropy.io import fits

    with fits.open(io.BytesIO(raw)) as hdus:
        return hdus[1].data.copy().ravel()


def holed(values):
    values = values.astype("f4")
    values[[3, 700]] = np.nan
    return values


@pytest.mark.parametrize("tile", [None, (5, 30, 40), (1, 30, 40), (2, 7, 11), (1, 1, 13)])
@pytest.mark.parametrize(
    ("values", "algorithm", "options"),
    [
        (noise(*AXES).astype("f4"), "RICE_1", {}),
        (noise(*AXES).astype("f4"), "RICE_1", {"quantize_method": 1, "dither_seed": 77}),
        (holed(noise(*AXES)), "RICE_1", {"quantize_method": 2, "dither_seed": 10000}),
        (noise(*AXES).astype("f8"), "GZIP_2", {"quantize_level": 0}),
        (holed(noise(*AXES)), "GZIP_1", {"quantize_level": 0}),
        (np.arange(6000, dtype="i2"), "RICE_1", {}),
        (np.arange(6000, dtype="u2") + 30000, "RICE_1", {}),
        (np.arange(6000, dtype="u4") + 2**31, "GZIP_1", {}),
        (np.arange(6000).astype("u1"), "GZIP_2", {}),
        (np.arange(6000, dtype="i4"), "NOCOMPRESS", {}),
    ],
    ids=str,
)
def test_images_come_out_as_astropy_shows_them(values, algorithm, options, tile):
    raw = compressed(AXES, values, algorithm, tile_shape=tile, **options)
    found, expected = restored(raw), shown(raw)
    assert found.dtype == expected.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, expected)


def test_an_image_comes_out_of_a_process_of_its_own(rice):
    np.testing.assert_array_equal(restored(rice), shown(rice))


def changed(raw, **keywords):
    parts = split(raw)
    for keyword, value in keywords.items():
        parts[1] = parts[1].with_card(keyword, value)
    return join(parts)


@pytest.fixture(scope="module")
def rice():
    return compressed(AXES, noise(*AXES).astype("f4"), "RICE_1", quantize_method=1, dither_seed=5)


@pytest.mark.parametrize(
    "keywords",
    [
        {"ZVAL1": 0},
        {"ZVAL1": -1},
        {"ZVAL1": 99999},
        {"ZVAL1": "32"},
        {"ZVAL2": -1},
        {"ZVAL2": 8},
        {"ZDITHER0": -5},
        {"ZDITHER0": 10001},
        {"ZQUANTIZ": "OTHER"},
        {"TTYPE1": "OTHER"},
        {"TFORM1": "1PJ"},
        {"TFORM1": "8B"},
        {"TFORM3": "8B"},
    ],
    ids=str,
)
def test_settings_that_the_standard_does_not_know_are_refused(rice, keywords):
    with pytest.raises(BrokenImageError):
        restored(changed(rice, **keywords))


def test_other_cards_of_the_header_are_not_passed_on(rice):
    raw = changed(rice, ZVAL9=-1, ZBLANK=2**60, ZNAME9="BLOCKSIZE")
    np.testing.assert_array_equal(restored(raw), restored(rice))


@pytest.mark.parametrize(("count", "start"), [(-1, 0), (10, -1), (2**31 - 1, 0), (10, 2**31 - 1), (60000, 0)])
def test_tiles_beyond_the_heap_are_refused(rice, count, start):
    hdu, data = parts_of(rice)
    moved = count.to_bytes(4, "big", signed=True) + start.to_bytes(4, "big", signed=True) + data[8:]
    with pytest.raises(BrokenImageError, match="outside the heap"):
        list(restore(hdu, moved))


def test_long_tiles_of_rice_are_refused(monkeypatch, rice):
    monkeypatch.setattr(tiles, "MAX_TILE", 10)
    with pytest.raises(BrokenImageError, match="more than the limit"):
        restored(rice)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("MAX_STORED", "compressed image of more than 100 bytes"),
        ("MAX_RESTORED", "an image of more than 100 bytes"),
        ("MAX_SECTION", "too large to be decompressed"),
        ("MAX_TILES", "more than 100 tiles"),
    ],
)
def test_large_images_are_not_restored(monkeypatch, rice, limit, reason):
    hdu, _ = parts_of(rice)
    assert obstacle(hdu) == ""
    monkeypatch.setattr(tiles, limit, 100)
    assert reason in obstacle(hdu)


@pytest.mark.parametrize("axis", [2**31, 2**62])
@pytest.mark.parametrize("keyword", ["ZNAXIS1", "ZNAXIS3"])
def test_hostile_axes_are_an_obstacle(rice, keyword, axis):
    hdu, _ = parts_of(changed(rice, **{keyword: axis}))
    assert "is not decompressed" in obstacle(hdu)


def test_a_tile_larger_than_the_image_is_the_image():
    raw = compressed((20, 10), np.arange(200, dtype="i4"), tile_shape=(10, 20))
    assert (restored(changed(raw, ZTILE1=2**62)) == np.arange(200)).all()


READY = "import os, signal, sys\nsys.stdout.write('ready\\n')\nsys.stdout.flush()\nsys.stdin.buffer.readline()\n"


def with_decoder(monkeypatch, tmp_path, text):
    script = tmp_path / "decoder.py"
    script.write_text(text)
    monkeypatch.setattr(decoder, "SCRIPT", str(script))


@pytest.mark.usefixtures("no_child_waits")
def test_a_decoder_that_a_broken_tile_stops_is_the_state_of_the_image(monkeypatch, tmp_path, rice):
    with_decoder(monkeypatch, tmp_path, READY + "os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(BrokenImageError, match="stopped by signal 11"):
        restored(rice)


@pytest.mark.usefixtures("no_child_waits")
def test_a_decoder_that_fails_says_why(monkeypatch, tmp_path, rice):
    with_decoder(monkeypatch, tmp_path, READY + "raise OSError('tile 3')")
    with pytest.raises(BrokenImageError, match="OSError: tile 3"):
        restored(rice)


LACKS = """
import resource
sections = decoder.sections
def lacking(*given):
    list(sections(*given))
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used, used))
    yield bytearray(2**30)
decoder.sections = lacking
"""


@pytest.mark.usefixtures("no_child_waits")
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="a limit of memory as Linux has it")
@pytest.mark.parametrize("change", ["", "del os.fork"], ids=["in forks", "without fork"])
def test_a_decoder_without_memory_says_nothing_of_the_image(monkeypatch, tmp_path, rice, change):
    with_change(monkeypatch, tmp_path, LACKS + change)
    with pytest.raises(MemoryError):
        restored(rice)


@pytest.mark.usefixtures("no_child_waits")
def test_a_decoder_that_ends_in_the_middle_of_an_image_is_noticed(monkeypatch, tmp_path, rice):
    with_decoder(monkeypatch, tmp_path, READY + "print('<f4 6000')\nprint('too little')")
    with pytest.raises(BrokenImageError):
        restored(rice)


PATCHED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from jwstprod_check.scan import decoder
{change}
decoder.main()
"""


def with_change(monkeypatch, tmp_path, change):
    """Have the real decoder run with something changed."""
    with_decoder(monkeypatch, tmp_path, PATCHED.format(root=str(ROOT), change=change))


def children():
    return [child.process.pid for child in decoder._WAITING.get(os.getpid(), [])]


@pytest.mark.usefixtures("no_child_waits")
@pytest.mark.parametrize("change", ["", "del os.fork"], ids=["in forks", "without fork"])
def test_one_process_decodes_image_after_image(monkeypatch, tmp_path, rice, change):
    with_change(monkeypatch, tmp_path, change)
    first, (child,) = restored(rice), children()
    assert all((restored(rice) == first).all() for _ in range(3))
    assert children() == [child]


STOPS = """
sections = decoder.sections
def stopped(fits, places, step):
    for pixels in sections(fits, places, step):
        yield pixels
        if places == 3:
            os.kill(os.getpid(), signal.SIGSEGV)
decoder.sections = stopped
"""


@pytest.mark.usefixtures("no_child_waits")
@pytest.mark.parametrize(("change", "stays"), [("", True), ("del os.fork", False)], ids=["in forks", "without fork"])
def test_an_image_that_stops_the_decoder_is_broken_and_the_next_is_decoded(monkeypatch, tmp_path, rice, change, stays):
    with_change(monkeypatch, tmp_path, STOPS + change)
    whole, (child,) = restored(rice), children()
    with pytest.raises(BrokenImageError, match="the decoder was stopped by signal 11"):
        restored(compressed((40, 30, 3), noise(40, 30, 3).astype("f4"), "RICE_1"))
    assert (restored(rice) == whole).all()
    assert (children() == [child]) is stays


@pytest.mark.usefixtures("no_child_waits")
def test_a_waiting_decoder_that_was_stopped_by_others_is_replaced(rice):
    whole, (child,) = restored(rice), children()
    os.kill(child, signal.SIGKILL)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert (restored(rice) == whole).all()
    assert children() != [child]


@pytest.mark.usefixtures("no_child_waits")
def test_a_decoder_that_is_stopped_by_others_says_nothing_of_the_image(monkeypatch, tmp_path, rice):
    with_change(monkeypatch, tmp_path, "decoder._relay_fork = lambda *_: os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(NoDecoderError, match="stopped by signal 9"):
        restored(rice)


@pytest.mark.usefixtures("no_child_waits")
def test_an_image_that_is_left_half_way_leaves_no_pixels_to_the_next(rice):
    whole = restored(rice)
    pieces = restore(*parts_of(rice))
    next(pieces)
    pieces.close()
    assert children() == []
    assert (restored(rice) == whole).all()


@pytest.mark.usefixtures("no_child_waits")
def test_a_decoder_ends_with_the_process_that_started_it(tmp_path, rice):
    path = tmp_path / "x.fits"
    path.write_bytes(rice)
    program = (
        "import os, sys; from jwstprod_check import check; check(sys.argv[1], data=True);"
        "from jwstprod_check.scan import decoder;"
        "print(*[c.process.pid for c in decoder._WAITING[os.getpid()]], flush=True); os.kill(os.getpid(), 9)"
    )
    child = int(python("-c", program, path).stdout)
    end = time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not Path(f"/proc/{child}").exists()


@pytest.mark.usefixtures("no_child_waits")
@pytest.mark.parametrize("text", ["import nothing_of_this_name", "raise SystemExit(0)"])
def test_without_a_decoder_nothing_is_said_of_the_image(monkeypatch, tmp_path, rice, text):
    with_decoder(monkeypatch, tmp_path, text)
    with pytest.raises(NoDecoderError):
        restored(rice)


@pytest.mark.usefixtures("no_child_waits")
def test_without_python_to_run_nothing_is_said_of_the_image(monkeypatch, rice):
    monkeypatch.setattr(decoder.sys, "executable", "/no/such/python")
    with pytest.raises(NoDecoderError):
        restored(rice)
