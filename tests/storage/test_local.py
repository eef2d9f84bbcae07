"""A local file is read whole and once, whatever the system offers for it, and says when it changed."""

import io
import os
import stat
import threading

import pytest
from builders import BLOCK, image, join, primary

from jwstprod_check import check
from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_path
from jwstprod_check.fits.walk import read_fits, read_source
from jwstprod_check.scan.run import scan_data
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.local import LocalSource

CONTENT = bytes(range(256)) * 400
FILE = join([primary(), image("SCI", (300, 20)), image("DQ", (300, 20), 32)])
FORMS = ("as it is", "without preadv", "without pread", "short", "short without preadv", "short without pread")


@pytest.fixture(params=FORMS)
def system(request, monkeypatch):
    """Systems that lack a call, or return fewer bytes than were asked for."""
    missing = request.param.partition("without ")[2]
    if missing:
        monkeypatch.delattr(os, "preadv")
    if missing == "pread":
        monkeypatch.delattr(os, "pread")
    if request.param.startswith("short"):
        make_short(monkeypatch)
    return request.param


def make_short(monkeypatch, at_most=1000):
    if hasattr(os, "pread"):
        pread = os.pread
        monkeypatch.setattr(os, "pread", lambda fd, length, offset: pread(fd, min(length, at_most), offset))
    if hasattr(os, "preadv"):
        preadv = os.preadv
        monkeypatch.setattr(os, "preadv", lambda fd, buffers, offset: preadv(fd, [buffers[0][:at_most]], offset))

    class Short(io.FileIO):
        def readinto(self, buffer):
            return super().readinto(buffer[:at_most])

    monkeypatch.setattr(io, "FileIO", Short)


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "x.fits"
    found.write_bytes(CONTENT)
    return found


def test_bytes_are_the_same_on_every_system(system, path):
    with open_source(str(path)) as source:
        for offset, length in ((0, 5), (100, 70000), (len(CONTENT) - 3, 10), (len(CONTENT), 1), (len(CONTENT) + 9, 1)):
            assert source.read(offset, length) == CONTENT[offset : offset + length]
            buffer = bytearray(length)
            count = source.read_into(offset, memoryview(buffer))
            assert bytes(buffer[:count]) == CONTENT[offset : offset + length]
        assert source.size() == len(CONTENT)
        assert source.changed() == ""


def test_reports_are_the_same_on_every_system(system, tmp_path):
    found = tmp_path / "x.fits"
    found.write_bytes(FILE)
    report = check(found, data=True, product="dark")
    assert not [f for f in report.findings if f.code.startswith(("FILE", "TOOL"))]
    expected = check(FILE, data=True, product="dark")
    assert (report.findings, report.skipped) == (expected.findings, expected.skipped)


def test_threads_share_a_file_that_has_one_position(monkeypatch, path):
    monkeypatch.delattr(os, "pread")
    monkeypatch.delattr(os, "preadv")
    wrong = []
    with LocalSource(str(path)) as source:

        def read(start):
            offsets = range(start, len(CONTENT), 997)
            wrong.extend(n for n in offsets if source.read(n, 64) != CONTENT[n : n + 64])

        threads = [threading.Thread(target=read, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not wrong


@pytest.mark.parametrize("missing", [(), ("O_NONBLOCK",), ("O_NOCTTY",), ("O_NONBLOCK", "O_NOCTTY")])
def test_flags_that_a_system_lacks_are_left_out(monkeypatch, path, missing):
    for name in missing:
        monkeypatch.delattr(os, name)
    with LocalSource(str(path)) as source:
        assert source.read(0, 4) == CONTENT[:4]


def test_a_binary_flag_is_used_where_there_is_one(monkeypatch, path):
    asked = []
    opened = os.open
    monkeypatch.setattr(os, "O_BINARY", 1 << 40, raising=False)
    monkeypatch.setattr(os, "open", lambda name, flags: (asked.append(flags), opened(name, flags & ~(1 << 40)))[1])
    LocalSource(str(path)).close()
    assert asked[0] & 1 << 40


def test_a_closed_source_never_reads_another_file(path, system):
    source = LocalSource(str(path))
    source.close()
    source.close()
    with path.open("rb"), pytest.raises(OSError, match="Bad file descriptor"):
        source.read(0, 4)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_named_pipe_and_a_folder_are_no_files(tmp_path):
    pipe = tmp_path / "x.fits"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(OSError, match=r"not a regular file|Permission|Is a directory"):
            open_source(str(path))


def test_a_device_is_no_file():
    if not os.path.exists(os.devnull) or stat.S_ISREG(os.stat(os.devnull).st_mode):
        pytest.skip("no device")
    with pytest.raises(OSError, match="not a regular file"):
        open_source(os.devnull)


def test_a_name_that_is_not_utf8_is_opened(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe_dark.fits"
    try:
        with open(path, "wb") as file:
            file.write(FILE)
    except OSError:
        pytest.skip("the file system wants UTF-8")
    assert read_fits(os.fsdecode(path)).size == len(FILE)


def test_a_path_of_bytes_is_a_path(tmp_path):
    class Path:
        def __fspath__(self):
            return os.fsencode(tmp_path / "x.fits")

    (tmp_path / "x.fits").write_bytes(FILE)
    assert check(Path(), product="dark").size == len(FILE)


def test_a_file_url_is_a_path(tmp_path):
    path = tmp_path / "a b.fits"
    path.write_bytes(FILE)
    assert read_fits(path.as_uri()).path == str(path)
    with pytest.raises(OSError, match="of this machine"):
        read_fits(path.as_uri().replace("file://", "file://elsewhere"))


def test_a_scheme_that_nothing_reads_is_refused():
    with pytest.raises(OSError, match="nothing reads gopher:// URLs"):
        open_source("gopher://bucket/x.fits")
    (found,) = check_path("gopher://bucket/x.fits", Options()).findings
    assert (found.code, "nothing reads" in found.message) == ("TOOL002", True)


def shorten(path):
    os.truncate(path, 5000)


def extend(path):
    with path.open("ab") as file:
        file.write(b"more")


def rewrite(path):
    with path.open("r+b") as file:
        file.write(b"SIMPLE")
    now = path.stat()
    os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns + 1))


def replace(path):
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def remove(path):
    path.unlink()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (shorten, "and has 5000 now"),
        (extend, f"and has {len(FILE) + 4} now"),
        (rewrite, "it was written to"),
        (replace, "another file took its place"),
        (remove, "no longer there"),
    ],
)
def test_a_file_that_changes_says_so(tmp_path, change, said):
    path = tmp_path / "x.fits"
    path.write_bytes(FILE)
    with open_source(str(path), again=True) as source:
        file = read_source(source, str(path))
        assert file.changed == ""
        assert scan_data(source, file).changed == ""
        change(path)
        assert said in source.changed()
        assert said in read_source(source, str(path)).changed or change is shorten
        assert scan_data(source, file).changed


def test_a_file_that_is_cut_while_its_data_are_read_says_where(tmp_path):
    path = tmp_path / "x.fits"
    path.write_bytes(FILE)
    with open_source(str(path)) as source:
        file = read_source(source, str(path))
        os.truncate(path, file.hdus[1].data_offset + BLOCK)
        found = scan_data(source, file)
        # Grown back to its size and time, it was still another file in between.
        path.write_bytes(FILE)
        assert "ended after" in source.changed()
    assert found.hdus[1].not_read == "the file ended while it was read"
    assert "ended after" in found.changed


def test_bytes_in_memory_do_not_change():
    with open_source(FILE, "x.fits") as source:
        assert (source.name, source.changed(), source.seekable) == ("x.fits", "", True)
