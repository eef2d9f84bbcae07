"""A file is opened once and a gzip stream inflated once, also where every byte is read."""

import gzip
import os
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from builders import BLOCK, image, join, primary

from jwstprod_check import check
from jwstprod_check.fits.walk import read_fits, read_source
from jwstprod_check.scan.run import scan_data
from jwstprod_check.storage import gzip as module
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.source import SUMS

NOISE = bytes(n * n * 7 % 251 for n in range(300 * 200 * 4))
FILE = join([primary(), image("SCI", (300, 200), -32, NOISE), image("DQ", (300, 200), 32)])

COUNTING = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(args[0]) if event == "open" else None)
from jwstprod_check.cli.main import run
run(["check", *sys.argv[1:]])
print([str(path) for path in opened].count(sys.argv[1]), file=sys.stderr)
"""


@pytest.fixture
def inflated(monkeypatch):
    """Counts of the bytes that come out of zlib."""
    counts = []
    make = zlib.decompressobj

    class Counting:
        def __init__(self, **how):
            self._inner = make(**how)

        def decompress(self, data, length):
            out = self._inner.decompress(data, length)
            counts.append(len(out))
            return out

        def __getattr__(self, name):
            return getattr(self._inner, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    return counts


@pytest.mark.parametrize("name", ["x_dark.fits", "x_dark.fits.gz"])
@pytest.mark.parametrize("options", [(), ("--data",)])
def test_a_file_is_opened_once(tmp_path, name, options):
    path = tmp_path / name
    path.write_bytes(gzip.compress(FILE) if name.endswith("gz") else FILE)
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(path), *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stderr.splitlines()[-1] == "1", done.stderr


@pytest.mark.parametrize("data", [False, True])
@pytest.mark.parametrize("memory", [0, 5000, 2**30])
def test_a_gzip_is_inflated_once(tmp_path, monkeypatch, inflated, data, memory):
    monkeypatch.setattr(module, "SPOOL_MEMORY", memory)
    path = tmp_path / "x_dark.fits.gz"
    path.write_bytes(gzip.compress(FILE))
    report = check(path, data=data)
    assert sum(inflated) == len(FILE)
    assert report.level == ("data" if data else "structure")
    assert not [f for f in report.findings if f.code.startswith(("FILE", "TOOL"))]


def facts(target):
    with open_source(target, again=True) as source:
        file = read_source(source, source.name)
        return file.defects, scan_data(source, file)


@pytest.mark.parametrize("memory", [0, 5000, 2**30])
def test_what_is_kept_is_what_was_inflated(monkeypatch, memory):
    monkeypatch.setattr(module, "SPOOL_MEMORY", memory)
    packed = gzip.compress(FILE)
    assert facts(packed) == facts(FILE)
    cut = facts(packed[: len(packed) // 2])
    assert cut[0]
    monkeypatch.setattr(module, "SPOOL_FILE", 0)
    assert facts(packed[: len(packed) // 2]) == cut


@pytest.mark.parametrize("limit", [0, 10000])
def test_a_stream_too_long_to_be_kept_is_inflated_again(monkeypatch, inflated, limit):
    monkeypatch.setattr(module, "SPOOL_FILE", limit)
    assert facts(gzip.compress(FILE)) == facts(FILE)
    assert sum(inflated) == 2 * len(FILE)


@pytest.mark.parametrize("fails", ["opened", "written"])
def test_a_full_disk_has_the_stream_inflated_again(monkeypatch, fails):
    import tempfile

    class Full:
        def write(self, _data):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    def full(**_):
        if fails == "opened":
            raise FileNotFoundError(2, "No usable temporary directory found")
        return Full()

    monkeypatch.setattr(module, "SPOOL_MEMORY", 1000)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert facts(gzip.compress(FILE)) == facts(FILE)


def test_nothing_is_kept_where_headers_alone_are_read(monkeypatch):
    monkeypatch.setattr(module, "_Spool", None)
    assert read_fits(gzip.compress(FILE), "x.fits.gz").size == len(FILE)


def test_the_walk_goes_the_same_way_whether_bytes_are_kept_or_not():
    end = FILE[: -(300 * 200 * 4 // BLOCK + 1) * BLOCK]
    for raw in (FILE, FILE[:-BLOCK], end + bytes(BLOCK) + FILE[len(end) :], FILE + b"junk"):
        packed = gzip.compress(raw)
        with open_source(packed, "x.fits.gz") as plain, open_source(packed, "x.fits.gz", again=True) as kept:
            one, other = read_source(plain, ""), read_source(kept, "")
        assert (one.defects, one.complete) == (other.defects, other.complete)


def test_members_beyond_the_bound_are_reported(monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMBERS", 10)
    piece = len(FILE) // 10 + 1
    members = [gzip.compress(FILE[n : n + piece]) for n in range(0, len(FILE), piece)]
    assert read_fits(b"".join(members), "x.fits.gz").defects == ()
    (defect,) = read_fits(b"".join([*members, gzip.compress(b"")]), "x.fits.gz").defects
    assert (defect.kind, defect.at) == ("gzip-members", len(FILE))
    report = check(b"".join([*members, gzip.compress(b"")]), product="dark")
    assert "FILE008" in {n.code for n in report.not_checked}
    assert not [f for f in report.findings if f.code.startswith("FILE")]


@pytest.mark.parametrize("content", [b"", b"x"])
@pytest.mark.parametrize("first", [False, True])
def test_the_cost_of_small_members_is_that_of_their_bytes(monkeypatch, content, first):
    taken = []
    make = zlib.decompressobj

    class Watched:
        def __init__(self, **how):
            self._inner = make(**how)

        def decompress(self, data, length):
            taken.append(len(data))
            return self._inner.decompress(data, length)

        def __getattr__(self, name):
            return getattr(self._inner, name)

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    small = gzip.compress(content) * 3000
    raw = small + gzip.compress(FILE) if first else gzip.compress(FILE) + small
    read_fits(raw, "x.fits.gz")
    # Each step copies what it takes beyond the end of a member.
    assert sum(taken) < 4 * module._CHUNK + len(raw) + 3001 * 600


def test_junk_behind_zero_bytes_is_counted():
    for padding in (512, 2**19):
        (defect,) = read_fits(gzip.compress(FILE) + bytes(padding) + b"junk", "x.fits.gz").defects
        assert (defect.kind, defect.found_bytes) == ("gzip-trailing", padding + 4)
        assert read_fits(gzip.compress(FILE) + bytes(padding), "x.fits.gz").defects == ()


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.95])
def test_what_comes_before_a_wrong_byte_is_returned(place):
    packed = bytearray(gzip.compress(FILE, compresslevel=1))
    packed[int(place * len(packed))] ^= 0x55
    one = zlib.decompressobj(wbits=31)
    expected = bytearray()
    with suppress(zlib.error):
        for n in range(len(packed)):
            expected += one.decompress(packed[n : n + 1])
    with open_source(bytes(packed), "x.fits.gz") as source:
        size = source.size()
        # A byte may hold several codes: those before the wrong one count, and one of them gives 258 bytes at most.
        assert len(expected) <= size <= len(expected) + 8 * 258
        assert source.fault
    with open_source(bytes(packed), "x.fits.gz") as source:
        # Of bytes whose sums are wrong nobody knows which is: of the last of them none is shown to the reader of headers.
        some = source.read(0, len(expected))
        assert some == expected[: len(some)]
        assert len(some) == len(expected) or source.fault.endswith(SUMS)
