"""Paths, folders, patterns and lists name files; what is passed over or cannot be listed is said."""

import io
import json
import os
import sys
from pathlib import Path

import pytest
from judging import DARK

from jwstprod_check.report.passed_over import PassedOver
from jwstprod_check.storage import seen as module
from jwstprod_check.storage.found import NotLookedAt, PathError
from jwstprod_check.storage.paths import (
    MAX_LIST_ENTRY,
    expand,
    only_files,
    read_list,
)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder of files in the working folder; names that end in / are folders."""
    monkeypatch.chdir(tmp_path)

    def make(*names):
        for name in names:
            path = tmp_path / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("")
        return tmp_path

    return make


def files(*paths):
    return [found for found in expand(paths) if isinstance(found, str)]


def errors(*paths):
    return [(found.path, found.reason) for found in expand(paths) if isinstance(found, PathError)]


def passed_over(*paths):
    counted = PassedOver()
    list(only_files(expand(paths), lambda _: None, lambda found: counted.add(found.folder, found.what)))
    return str(counted)


def test_a_folder_gives_the_fits_files_below_it_in_order(tree):
    tree("d/b.fits", "d/a.FITS", "d/c.fits.gz", "d/x.txt", "d/sub/e.fit", "d/.git/f.fits", "d/sub/deep/g.fts")
    assert files("d") == ["d/a.FITS", "d/b.fits", "d/c.fits.gz", "d/sub/e.fit", "d/sub/deep/g.fts"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("d/*.fits", ["d/a.fits", "d/b_rate.fits"]),
        ("d/?.fits", ["d/a.fits"]),
        ("d/[ab].fits", ["d/a.fits"]),
        ("d/[!a]*.fits", ["d/b_rate.fits"]),
        ("*/a.fits", ["d/a.fits"]),
        ("d/**/*.fits", ["d/a.fits", "d/b_rate.fits", "d/sub/c.fits", "d/sub/deep/a.fits"]),
        ("**/a.fits", ["d/a.fits", "d/sub/deep/a.fits"]),
        ("**/sub/**/*.fits", ["d/sub/c.fits", "d/sub/deep/a.fits"]),
        ("d/s*", ["d/sub/c.fits", "d/sub/deep/a.fits"]),
        ("d/s*/", ["d/sub/c.fits", "d/sub/deep/a.fits"]),
        ("d/*/deep", ["d/sub/deep/a.fits"]),
        ("d/*.txt", ["d/x.txt"]),
        ("d/.h*/*.fits", ["d/.hidden/h.fits"]),
        ("d//*.fits", ["d/a.fits", "d/b_rate.fits"]),
        ("./d/a.f*ts", ["./d/a.fits"]),
    ],
)
def test_a_pattern_gives_what_it_matches(tree, pattern, found):
    tree("d/a.fits", "d/b_rate.fits", "d/x.txt", "d/sub/c.fits", "d/sub/deep/a.fits", "d/.hidden/h.fits")
    assert files(pattern) == found


def test_an_absolute_pattern_is_found(tree):
    folder = tree("d/a.fits")
    assert files(str(folder / "*" / "*.fits")) == [str(folder / "d" / "a.fits")]


def test_folder_and_pattern_agree(tree):
    tree("d/a.fits", "d/x.txt", "d/.b.fits", "d/s/c.fits.gz", "d/.git/f.fits", "d/s/y.json", "d/n.fits/e.fits")
    os.symlink("s", "d/link")
    for pattern in ("d/**", "d/", "./d/**", "d/**/"):
        assert [os.path.normpath(path) for path in files(pattern)] == files("d")
    assert passed_over("d/**") == passed_over("d") == "1 file (.json), 1 folder (.git)"


def test_a_pattern_with_an_open_end_takes_what_a_folder_does(tree):
    tree("d/jw1_dark.fits", "d/jw1_dark.json", "d/jw1_dark.jpg")
    assert files("d/jw1*") == ["d/jw1_dark.fits"]
    assert passed_over("d/jw1*") == "1 file (.json)"
    assert files("d/jw1*g") == ["d/jw1_dark.jpg"]


@pytest.mark.parametrize(
    "paths",
    [
        ("d/a.fits", "d/a.fits"),
        ("d", "d"),
        ("d", "d/**"),
        ("d/*.fits", "d"),
        ("d", "./d/a.fits"),
        ("d", "other/a.fits"),
    ],
)
def test_a_file_named_twice_is_checked_once(tree, paths):
    tree("d/a.fits")
    os.symlink("d", "other")
    assert len(files(*paths)) == 1


@pytest.mark.parametrize("few", [0, 2, 1000])
def test_many_files_named_twice_are_checked_once(tree, monkeypatch, few):
    monkeypatch.setattr(module, "_EXACT", few)
    tree(*(f"d/{n}.fits" for n in range(50)))
    monkeypatch.setattr(module.Seen, "_grow", grow_slowly(module.Seen._grow))
    assert files("d", "d/*.fits", "d") == files("d")
    assert len(files("d")) == 50


def grow_slowly(grow):
    """Begin with a table of 4 slots, so that it grows often."""

    def grown(self):
        if self._table:
            grow(self)
            self._table = self._table if len(self._table) < 2**16 else shrunk(self)
        else:
            self._table = bytearray(64)

    def shrunk(self):
        kept = [bytes(self._table[n : n + 16]) for n in range(0, len(self._table), 16)]
        kept = [one for one in kept if one != bytes(16)]
        self._table = bytearray(32 * (len(kept) + 1))
        for one in kept:
            at = self._slot(one)
            self._table[at : at + 16] = one
        return self._table

    return grown


def test_what_is_remembered_of_a_file_is_small():
    seen = module.Seen()
    count = 20000
    assert all(seen.is_new(f"no such folder/{n}") for n in range(count))
    assert not any(seen.is_new(f"no such folder/{n}") for n in range(count))
    assert seen._exact is None
    assert len(seen._table) <= 48 * count


def test_two_names_of_one_file_are_two_files(tree):
    tree("d/jw1_dark.fits")
    os.link("d/jw1_dark.fits", "d/jw1_rate.fits")
    os.symlink("jw1_dark.fits", "d/jw1_cal.fits")
    assert len(files("d")) == 3
    assert len(files("d", "d/*")) == 3


def test_linked_folders_are_followed_once(tree):
    tree("d/a.fits", "d/sub/b.fits", "far/c.fits")
    os.symlink("..", "d/sub/loop")
    os.symlink("../far", "d/one")
    os.symlink("../far", "d/two")
    os.symlink(".", "d/self")
    found = files("d")
    assert sorted(os.path.realpath(path) for path in found) == sorted(set(map(os.path.realpath, found)))
    assert {os.path.basename(path) for path in found} == {"a.fits", "b.fits", "c.fits"}
    assert {os.path.basename(path) for path in files("d/**/*.fits")} == {"a.fits", "b.fits", "c.fits"}


def deny(monkeypatch, folder, error):
    scandir = os.scandir

    def denied(path="."):
        if os.path.basename(path) == folder:
            raise error
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), OSError(5, "I/O error"), OSError(116, "Stale")]
)
@pytest.mark.parametrize("path", ["d", "d/**", "d/**/*.fits", "d/*/*.fits", "d/locked/*.fits", "d/locked", "d/l*"])
def test_a_folder_that_cannot_be_listed_is_reported(tree, monkeypatch, error, path):
    tree("d/a.fits", "d/locked/b.fits", "d/other/c.fits")
    deny(monkeypatch, "locked", error)
    assert errors(path) == [("d/locked", f"this folder cannot be listed: {error.strerror}")]


def test_an_error_in_the_middle_of_a_folder_is_reported(tree, monkeypatch):
    tree("d/a.fits", "d/b.fits")
    scandir = os.scandir

    class Broken:
        def __init__(self, path):
            self._inner = scandir(path)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._inner.close()

        def __iter__(self):
            yield next(self._inner)
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", Broken)
    assert errors("d") == [("d", "this folder cannot be listed: Input/output error")]
    assert files("d") == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_without_permission_is_reported(tree):
    tree("d/a.fits", "d/locked/b.fits")
    Path("d/locked").chmod(0)
    try:
        assert [path for path, _ in errors("d")] == ["d/locked"]
        assert [path for path, _ in errors("d/locked/b.fits")] == ["d/locked/b.fits"]
    finally:
        Path("d/locked").chmod(0o755)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere.fits", "no such file or folder"),
        ("d/a.fits/x", "no such file or folder"),
        ("dangling.fits", "a link to nothing"),
        ("empty", "no FITS file in this folder"),
        ("d/*.nothing", "no file matches this pattern"),
        ("nowhere/*.fits", "no file matches this pattern"),
        ("d/**/nowhere/*.fits", "no file matches this pattern"),
        ("gopher://host/x.fits", "nothing reads gopher:// URLs, only file, s3, gs, az, http, https"),
        ("file://elsewhere/x.fits", "a file:// URL names a file of this machine"),
        ("nul\0.fits", "embedded null byte" if sys.version_info < (3, 13) else "stat: embedded null character in path"),
        ("x" * 5000, "File name too long"),
    ],
)
def test_a_path_that_names_nothing_is_reported(tree, path, reason):
    tree("d/a.fits", "empty/")
    os.symlink("nothing", "dangling.fits")
    assert errors(path) == [(path, reason)]
    assert files(path, "d") == ["d/a.fits"]


def test_a_file_url_names_a_file(tree):
    folder = tree("d/a b.fits")
    assert files((folder / "d" / "a b.fits").as_uri()) == [str(folder / "d" / "a b.fits")]


def test_a_name_with_the_signs_of_a_pattern_is_a_file(tree):
    tree("d/a[1].fits")
    assert files("d/a[1].fits") == ["d/a[1].fits"]


def test_a_dangling_link_in_a_folder_is_a_file_that_the_check_reports(tree):
    tree("d/")
    os.symlink("nothing", "d/x.fits")
    assert files("d") == files("d/*.fits") == ["d/x.fits"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_named_pipes_in_a_folder_are_named_and_not_waited_for(tree):
    tree("d/a.fits")
    os.mkfifo("d/pipe.fits")
    os.mkfifo("d/other")
    assert files("d") == ["d/a.fits", "d/pipe.fits"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("x.fits.bz2", ".fits.bz2"),
        ("x.FITS.Z", ".fits.z"),
        ("x_dark.fits.part", ".fits.part"),
        ("x_dark.fits~", ".fits~"),
        (".x_dark.fits.Ab12", ".fits.ab12"),
        ("x.bz2", ".bz2"),
        ("x.tar.xz", ".xz"),
        ("x.zip", ".zip"),
        ("x.gzip", ".gzip"),
        ("x_cat.ecsv", ".ecsv"),
        ("x_asn.json", ".json"),
        ("jw01234_dark", "no ending"),
    ],
)
def test_what_may_be_a_product_and_is_passed_over_is_said(tree, name, what):
    tree(f"d/{name}")
    assert [found for found in expand(["d"]) if isinstance(found, NotLookedAt)] == [NotLookedAt(f"d/{name}", what)]


@pytest.mark.parametrize("name", ["README.md", "x.jpg", "fits.txt", "a.fitsfile", "Makefile"])
def test_what_is_no_product_is_not_mentioned(tree, name):
    tree(f"d/{name}", "d/a.fits")
    assert passed_over("d") == ""


def test_folders_with_a_dot_are_counted_and_not_looked_into(tree):
    tree("d/a.fits", "d/.git/x.fits", "d/sub/.git/y.fits", "d/.cache/")
    assert passed_over("d") == "1 folder (.cache), 2 folders (.git)"
    assert files("d/.git") == ["d/.git/x.fits"]


def test_counts_are_bounded():
    counted = PassedOver()
    for n in range(100):
        counted.add(False, f".fits.{n}")
    assert len(counted.counts()) == PassedOver.MAX_KINDS + 1
    assert sum(count for _, _, count in counted.counts()) == 100
    assert "80 files (others)" in str(counted)


@pytest.mark.parametrize(
    ("raw", "paths"),
    [
        (b"", []),
        (b"a.fits\nb c.fits\n", ["a.fits", "b c.fits"]),
        (b"a.fits\r\n\r\nb.fits", ["a.fits", "b.fits"]),
        (b"a\nb.fits\0c.fits\0", ["a\nb.fits", "c.fits"]),
        (b"\xef\xbb\xbfa.fits\n", ["a.fits"]),
        (b"\xff.fits\n", ["\udcff.fits"]),
        (b"x" * 70000 + b"\ny", ["x" * 70000, "y"]),
        (b"ab\n" * 50000, ["ab"] * 50000),
    ],
)
def test_a_list_gives_its_paths(raw, paths):
    assert list(read_list(io.BytesIO(raw))) == paths


def test_what_is_no_list_of_paths_is_refused():
    with pytest.raises(OSError, match="no list of paths"):
        list(read_list(io.BytesIO(b"x" * (MAX_LIST_ENTRY + 2**17))))


def test_a_long_list_is_not_held():
    def endless():
        while True:
            yield "nowhere"

    found = expand(endless())
    assert [type(next(found)) for _ in range(5)] == [PathError] * 5


FITS = DARK.read_bytes()
LOST = {"gone": "a link to nothing", "itself": "this link cannot be followed: Too many levels of symbolic links"}


@pytest.fixture
def delivery(tmp_path, monkeypatch):
    """A folder ``e`` with one product, which is conforming."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / DARK.name).write_bytes(FITS)
    return tmp_path / "e"


@pytest.mark.parametrize("pattern", ["e", "e/*", "e/**", "e/**/*.fits", "e/*/x.fits"])
@pytest.mark.parametrize("name", LOST)
def test_a_link_that_may_have_led_to_a_folder_and_leads_nowhere_is_reported(delivery, jwstprod, pattern, name):
    (delivery / name).symlink_to("/mnt/nowhere/visit2" if name == "gone" else name)
    done = jwstprod("check", "--no-config", "--format", "json", pattern)
    assert done.status in ({1} if pattern != "e/*/x.fits" else {1, 2})
    assert {"path": f"e/{name}", "reason": LOST[name]} in json.loads(done.out)["unread"]


@pytest.mark.parametrize("name", ["notes.txt", ".#lock", "README.md"])
def test_a_link_to_nothing_that_is_no_product_and_no_folder_by_its_name_is_not_reported(delivery, jwstprod, name):
    (delivery / name).symlink_to("/mnt/nowhere")
    done = jwstprod("check", "--no-config", "e")
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("e", "1 folder (.hid)"),
        ("e/**", "1 folder (.hid)"),
        ("e/*", "1 file (hidden .fits), 1 folder (.hid)"),
        ("e/**/*.fits", "1 file (hidden .fits), 1 folder (.hid)"),
        ("e/*.fits", "1 file (hidden .fits)"),
    ],
)
def test_what_a_pattern_does_not_look_into_for_its_dot_is_said(delivery, jwstprod, pattern, said):
    (delivery / ".hid").mkdir()
    (delivery / f".{DARK.name}").write_bytes(FITS)
    done = jwstprod("check", "--no-config", pattern)
    assert done.err == f"jwstprod: not looked at: {said}\n"


def test_what_is_passed_over_is_counted_once(delivery, jwstprod):
    (delivery / "x.fits.bz2").write_bytes(b"")
    (delivery / ".hid").mkdir()
    (delivery / "gone").symlink_to("/mnt/nowhere")
    done = jwstprod("check", "--no-config", "--format", "json", "e", "e", "e/**")
    assert done.err.splitlines() == [
        "jwstprod: e/gone: a link to nothing",
        "jwstprod: not looked at: 1 file (.fits.bz2), 1 folder (.hid)",
    ]
    assert len(json.loads(done.out)["unread"]) == 1


def test_what_a_folder_passes_over_is_checked_where_it_is_named(delivery, jwstprod):
    (delivery / "x.packed").write_bytes(FITS)
    done = jwstprod("check", "--no-config", "--format", "json", "e", "e/x.packed")
    assert len(json.loads(done.out)["files"]) == 2


@pytest.mark.parametrize("paths", [("e", "e"), ("e", "e/x_asn.json"), ("e/x_asn.json", "e"), ("e/**", "e")])
def test_an_association_is_checked_once(delivery, jwstprod, paths):
    (delivery / "x_asn.json").write_text("{}")
    done = jwstprod("check", "--no-config", *paths)
    assert done.status == 1
    assert done.out.splitlines()[-1].startswith("1 file and 1 association checked")
