"""What ``--data`` could not read or decode makes a file unverified, never conforming; what it read stays judged."""

import os
from pathlib import Path

import numpy as np
import pytest
from builders import edited, image, join, split, table
from judging import CATALOGUE, DARK
from made_files import make
from scanning import compressed, noise

from jwstprod_check import check
from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_path
from jwstprod_check.make import file_name
from jwstprod_check.scan import chunks, decoder
from jwstprod_check.scan import compressed as tiles

RAW = make("dark", CATALOGUE, symbols={"ncols": 64, "nrows": 64})
NAME = file_name(CATALOGUE.spec("dark"))


def judged(tmp_path, raw, **options):
    path = tmp_path / NAME
    path.write_bytes(raw)
    return check(path, data=True, **options)


def reasons(report, code):
    return [(n.extname, n.reason) for n in report.not_checked if n.code == code]


def test_the_sound_file_conforms(tmp_path):
    assert judged(tmp_path, RAW).verdict == "conforming"


@pytest.mark.parametrize("left", [0.3, 0.6, 0.99])
def test_a_file_that_is_cut_while_it_is_read_is_unverified(tmp_path, monkeypatch, left):
    monkeypatch.setattr(chunks, "CHUNK", 8 * 2880)
    path = tmp_path / NAME
    path.write_bytes(RAW)

    def cut(_path, _done, _size):
        os.truncate(path, int(left * len(RAW)))

    report = check_path(str(path), Options(data=True), watch=cut)
    assert report.verdict == "unverified"
    assert any(n.code == "TOOL002" and "changed while it was read" in n.reason for n in report.not_checked)


@pytest.mark.parametrize("change", [lambda p: p.write_bytes(RAW), lambda p: p.unlink()], ids=["written", "removed"])
def test_a_file_that_changes_while_it_is_read_is_unverified(tmp_path, change):
    path = tmp_path / NAME
    path.write_bytes(RAW)
    os.utime(path, (1, 1))
    report = check_path(str(path), Options(data=True), watch=lambda *_: change(path) if path.exists() else None)
    assert report.verdict == "unverified"
    assert [n.code for n in report.not_checked] == ["TOOL002"]


def with_tree(data):
    """The file with these bytes in its ASDF extension."""
    return edited(RAW, "ASDF", lambda _: table_of(data))


def table_of(data):
    made = table("ASDF", [("ASDF_METADATA", f"{len(data)}B", len(data))])
    return made.__class__(made.cards, data)


GARBAGE = bytes(np.random.default_rng(5).integers(0, 256, 17 * 2**20, "u1"))


@pytest.mark.parametrize("args", [{}, {"select": ("ASDF004",)}, {"ignore": ("ASDF003",)}], ids=str)
def test_a_large_tree_of_garbage_is_not_conforming(tmp_path, args):
    report = judged(tmp_path, with_tree(GARBAGE), **args)
    assert report.verdict in {"nonconforming", "unverified"}
    assert [f.code for f in report.findings if f.code == "ASDF003"] or any(
        n.code.startswith("ASDF") for n in report.not_checked
    )


def test_a_tree_of_more_parts_than_are_read_is_unverified(tmp_path):
    parts = split(RAW)
    tree = next(p.data for p in parts if p.name == "ASDF")
    more = b"more: [" + b"1, " * 1_000_000 + b"1]\n"
    report = judged(tmp_path, with_tree(tree.replace(b"\nmeta:\n", b"\n" + more + b"meta:\n", 1)))
    assert report.verdict == "unverified"
    assert reasons(report, "ASDF004")


def packed(extname, axes, values, algorithm="GZIP_1", **options):
    """A tile-compressed image HDU, by another program."""
    return split(compressed(axes, values, algorithm, extname, **options))[1]


def with_garbage(part):
    rows = part.number("NAXIS1") * part.number("NAXIS2")
    return part.__class__(part.cards, part.data[:rows] + GARBAGE[: len(part.data) - rows])


@pytest.mark.parametrize("algorithm", ["HCOMPRESS_1", "PLIO_1"])
@pytest.mark.parametrize("args", [{}, {"select": ("DATA",)}, {"select": ("FITS088",)}], ids=str)
def test_an_image_in_a_code_that_is_not_decoded_is_unverified(tmp_path, algorithm, args):
    values = np.abs(noise(64, 64)).astype("f4") if algorithm == "HCOMPRESS_1" else np.arange(4096, dtype="i2") % 99
    made = with_garbage(packed("SCI", (64, 64), values, algorithm))
    cal = make("cal", CATALOGUE, symbols={"ncols": 64, "nrows": 64})
    path = tmp_path / file_name(CATALOGUE.spec("cal"))
    path.write_bytes(edited(cal, "SCI", lambda _: made))
    report = check(path, data=True, ignore=("ARR", "ASDF", "KEY"), **args)
    assert report.verdict == "unverified"
    code = args.get("select", ("FITS088",))[0]
    assert any(n.code.startswith(code) and algorithm in n.reason and "SCI" in n.reason for n in report.not_checked)


def test_an_image_too_large_to_be_decoded_is_unverified(tmp_path):
    small = packed("EXTRA", (5000, 4), np.arange(20000, dtype="i4"), "GZIP_1")
    rows = small.data[: small.number("NAXIS1")] * 5000
    large = small.__class__(small.cards, rows + GARBAGE[: small.number("PCOUNT")])
    large = large.with_card("NAXIS2", 5000).with_card("ZNAXIS2", 5000)
    report = judged(tmp_path, join([*split(RAW)[:-1], large, split(RAW)[-1]]))
    assert report.verdict == "unverified"
    assert reasons(report, "FITS088") == [(None, "EXTRA: an image of more than 67108864 bytes is not decompressed")]


@pytest.mark.usefixtures("no_child_waits")
def test_without_a_process_to_decode_in_a_rice_image_is_unverified(tmp_path, monkeypatch):
    monkeypatch.setattr(decoder.sys, "executable", "/no/such/python")
    made = packed("EXTRA", (64, 64), noise(64, 64).astype("f4"), "RICE_1")
    report = judged(tmp_path, join([*split(RAW)[:-1], made, split(RAW)[-1]]))
    assert report.verdict == "unverified"
    assert any("EXTRA" in reason for _, reason in reasons(report, "FITS088"))


@pytest.mark.parametrize("algorithm", ["GZIP_1", "RICE_1"])
def test_without_memory_to_decode_in_an_image_is_unverified_and_not_broken(tmp_path, monkeypatch, algorithm):
    def lacking(*_args):
        raise MemoryError("Unable to allocate 1.00 TiB")
        yield

    for name in ("sections", "sections_from_child"):
        monkeypatch.setattr(tiles, name, lacking)
    made = packed("EXTRA", (64, 64), noise(64, 64).astype("f4"), algorithm)
    report = judged(tmp_path, join([*split(RAW)[:-1], made, split(RAW)[-1]]))
    assert report.verdict == "unverified"
    assert reasons(report, "FITS088") == [(None, "EXTRA: not enough memory (Unable to allocate 1.00 TiB)")]


def test_a_rice_image_that_was_decoded_is_verified(tmp_path):
    made = packed("EXTRA", (64, 64), noise(64, 64).astype("f4"), "RICE_1")
    assert judged(tmp_path, join([*split(RAW)[:-1], made, split(RAW)[-1]])).verdict == "conforming"


@pytest.mark.parametrize("data", [True, False])
def test_a_real_file_is_verified(data):
    assert check(DARK, data=data).verdict == "conforming"
    assert Path(DARK).exists()


def test_an_extra_image_is_no_reason_to_be_unverified(tmp_path):
    assert judged(tmp_path, join([*split(RAW)[:-1], image("EXTRA", (4, 4)), split(RAW)[-1]])).not_checked == ()


def test_numbers_that_overflow_print_no_warning(tmp_path):
    import struct
    import warnings

    from builders import columns_of, with_columns

    def huge(part):
        columns = [
            (n, f, [struct.pack(">d", 1.7e308)] * len(c)) if n.lower().startswith("int_end_mjd") else (n, f, c)
            for n, f, c in columns_of(part)
        ]
        return with_columns(part, columns)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = judged(tmp_path, edited(RAW, "INT_TIMES", huge))
    assert {f.code for f in report.findings} & {"TIME008", "TIME009", "TIME010"}
    assert not [f for f in report.findings if f.code == "TOOL001"]
