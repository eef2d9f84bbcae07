"""Bytes of files, of memory and of gzip streams."""

import gzip
import zlib

import pytest
from builders import BLOCK
from hypothesis import given
from hypothesis import strategies as st

from jwstprod_check.storage import gzip as module
from jwstprod_check.storage.gzip import GzipSource
from jwstprod_check.storage.local import LocalSource
from jwstprod_check.storage.memory import MemorySource

CONTENT = bytes(range(256)) * 40


def stream(raw):
    return GzipSource(MemorySource(raw))


def test_file_is_read_at_positions(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    with LocalSource(str(path)) as source:
        assert source.read(100, 20) == CONTENT[100:120]
        assert source.read(0, 5) == CONTENT[:5]
        assert source.read(len(CONTENT) - 3, 10) == CONTENT[-3:]
        assert source.read(len(CONTENT), 1) == b""
        assert source.size() == len(CONTENT)


def test_file_that_is_not_there_raises():
    with pytest.raises(FileNotFoundError):
        LocalSource("no such file")


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 3000)), max_size=20))
def test_gzip_is_read_forward_like_the_file(steps):
    source, at = stream(gzip.compress(CONTENT)), 0
    for step, length in steps:
        at += step
        assert source.read(at, length) == CONTENT[at : at + length]
    assert source.size() == len(CONTENT)
    assert source.fault == ""


def test_every_truncation_of_a_gzip_is_noticed():
    raw = gzip.compress(bytes(BLOCK) + b"text" * 50, mtime=0)
    for length in range(2, len(raw)):
        source = stream(raw[:length])
        source.size()
        assert source.fault == "truncated", length
    whole = stream(raw)
    whole.size()
    assert whole.fault == ""


def test_every_damaged_byte_of_the_trailer_is_noticed():
    raw = gzip.compress(CONTENT, mtime=0)
    for at in range(len(raw) - 8, len(raw)):
        source = stream(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        source.size()
        assert source.fault.startswith("corrupt"), at


def test_damaged_stream_is_corrupt():
    raw = bytearray(gzip.compress(CONTENT, mtime=0))
    raw[len(raw) // 2] ^= 0xFF
    source = stream(bytes(raw))
    source.size()
    assert source.fault


def test_concatenated_members_are_one_file():
    raw = b"".join(gzip.compress(CONTENT[i : i + 1000]) for i in range(0, len(CONTENT), 1000))
    assert stream(raw).read(0, len(CONTENT)) == CONTENT
    source = stream(raw)
    assert source.size() == len(CONTENT)
    assert (source.fault, source.trailing) == ("", 0)


def test_members_of_one_byte_are_followed():
    raw = b"".join(gzip.compress(CONTENT[i : i + 1]) for i in range(300))
    assert stream(raw).read(0, 400) == CONTENT[:300]


def test_second_member_cut_short_is_noticed():
    first, second = gzip.compress(CONTENT), gzip.compress(CONTENT)
    for length in (3, 10, len(second) - 1):
        source = stream(first + second[:length])
        source.size()
        assert source.fault == "truncated", length


@pytest.mark.parametrize(("extra", "trailing"), [(bytes(512), 0), (b"junk", 4), (b"\x1f", 1)])
def test_bytes_after_the_last_member_are_counted(extra, trailing):
    source = stream(gzip.compress(CONTENT) + extra)
    assert source.size() == len(CONTENT)
    assert (source.fault, source.trailing) == ("", trailing)


def test_bomb_is_not_followed_to_its_end(monkeypatch):
    monkeypatch.setattr(module, "INFLATE_FREE", 10**6)
    packer = zlib.compressobj(9, wbits=31)
    raw = b"".join(packer.compress(bytes(10**6)) for _ in range(100)) + packer.flush()
    source = stream(raw)
    assert source.size() < 20 * 10**6
    assert source.fault == "bomb"


def test_highly_compressible_small_file_is_no_bomb():
    source = stream(gzip.compress(bytes(10**7)))
    assert source.size() == 10**7
    assert source.fault == ""
