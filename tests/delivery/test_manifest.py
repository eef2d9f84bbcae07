"""Manifests: every form is read and written, and a delivery is compared with each of them."""

import hashlib
import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from jwstprod_check.cli.main import cli
from jwstprod_check.delivery.listing import files_below
from jwstprod_check.delivery.manifest import ManifestError, read_manifest
from jwstprod_check.delivery.manifest_write import ALGORITHMS
from jwstprod_check.storage.digest import SummedSource, digest_of
from jwstprod_check.storage.local import LocalSource
from jwstprod_check.storage.memory import MemorySource

GOOD = Path(__file__).parents[1] / "data" / "good" / "jwst-3.0.0"
DARK = "jw01234001001_02103_00001_nrca1_dark.fits"
GZIP = "jw01234001001_02114_00001_nrca1_dark.fits.gz"


@pytest.fixture
def delivery(tmp_path):
    folder = tmp_path / "delivery"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(GOOD / DARK, folder)
    shutil.copy(GOOD / GZIP, folder / "sub")
    (folder / "README, first.txt").write_text("what this is\n")
    return folder


def run(*args):
    return CliRunner().invoke(cli, [str(arg) for arg in args], standalone_mode=False)


def write(folder, form, name="list.txt"):
    path = folder.parent / name
    result = run("manifest", folder, "--format", form, "-o", path)
    assert result.return_value == 0, result.output
    return path


def compare(manifest, *paths, options=()):
    result = run("check", "--manifest", manifest, *paths, "--no-config", "--format", "json", *options)
    report = json.loads(result.stdout)
    found = [(f["code"], f["severity"]) for f in report["delivery"]["findings"]]
    return result.return_value, found, report


@pytest.mark.parametrize("data", [(), ("--data",)])
@pytest.mark.parametrize("form", [form for form in ALGORITHMS if form != "bagit"])
def test_delivery_conforms_to_its_own_manifest(delivery, form, data):
    status, found, report = compare(write(delivery, form), delivery, options=data)
    assert (status, found) == (0, [])
    assert report["run"]["options"]["digest"] == ALGORITHMS[form]
    assert report["run"]["options"]["complete"] is True


def test_bag_conforms_to_its_payload_manifest(delivery, tmp_path):
    bag = tmp_path / "bag"
    bag.mkdir()
    delivery.rename(bag / "data")
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    assert run("manifest", bag, "--format", "bagit", "-o", bag / "manifest-sha256.txt").return_value == 0
    assert compare(bag / "manifest-sha256.txt", bag)[:2] == (0, [])
    (bag / "data" / "100%\n.txt").write_text("x")
    assert compare(bag / "manifest-sha256.txt", bag)[:2] == (1, [("SET041", "error")])
    assert run("manifest", bag, "--format", "bagit", "-o", bag / "manifest-sha256.txt").return_value == 0
    assert "data/100%25%0A.txt" in (bag / "manifest-sha256.txt").read_text()
    assert compare(bag / "manifest-sha256.txt", bag)[:2] == (0, [])


def test_folder_without_payload_is_no_bag(delivery):
    result = run("manifest", delivery, "--format", "bagit")
    assert "is no bag" in str(result.exception)


def test_lists_are_those_of_the_tools(delivery):
    done = subprocess.run(
        ["sha256sum", "-c", str(write(delivery, "sha256"))], cwd=delivery, capture_output=True, text=True, check=True
    )
    assert done.stdout.count(": OK\n") == 3
    (delivery / "line\nend").write_text("x")
    subprocess.run(["md5sum", "-c", str(write(delivery, "md5"))], cwd=delivery, capture_output=True, check=True)


def test_lists_of_the_tools_are_read(delivery, tmp_path):
    (delivery / "line\nend\\").write_text("x")
    names = sorted(str(p.relative_to(delivery)) for p in delivery.rglob("*") if p.is_file())
    for options in ([], ["--tag"], ["--binary"]):
        made = subprocess.run(["sha256sum", *options, "--", *names], cwd=delivery, capture_output=True, check=True)
        (tmp_path / "sums").write_bytes(made.stdout)
        assert compare(tmp_path / "sums", delivery)[:2] == (0, [])


@pytest.mark.parametrize("data", [(), ("--data",)])
@pytest.mark.parametrize("path", [DARK, f"sub/{GZIP}", "README, first.txt"])
def test_changed_byte_is_reported(delivery, path, data):
    manifest = write(delivery, "sha256")
    raw = bytearray((delivery / path).read_bytes())
    raw[-1] ^= 1
    (delivery / path).write_bytes(raw)
    status, found, report = compare(manifest, delivery, options=data)
    assert status == 1
    assert ("SET043", "error") in found
    finding = next(f for f in report["delivery"]["findings"] if f["code"] == "SET043")
    assert finding["paths"] == [str(delivery / path)]
    assert finding["found"] == f"sha256 {hashlib.sha256(raw).hexdigest()}"


def test_missing_and_unlisted_files_are_reported(delivery):
    manifest = write(delivery, "mast")
    (delivery / DARK).rename(delivery / "other.txt")
    status, found, report = compare(manifest, delivery)
    assert (status, found) == (1, [("SET040", "error"), ("SET041", "error")])
    assert [f["paths"] for f in report["delivery"]["findings"]] == [
        [str(delivery / DARK)],
        [str(delivery / "other.txt")],
    ]


def test_size_and_product_are_compared_with_json(delivery):
    manifest = write(delivery, "json")
    content = json.loads(manifest.read_text())
    files = {entry["path"]: entry for entry in content["files"]}
    assert files[DARK]["product"] == "dark"
    files[DARK]["product"] = "rate"
    files["README, first.txt"]["size"] += 1
    manifest.write_text(json.dumps(content))
    assert compare(manifest, delivery)[:2] == (1, [("SET042", "error"), ("SET044", "error")])


def test_path_twice_is_reported(delivery):
    manifest = write(delivery, "sha256")
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join([*lines, lines[0]]) + "\n")
    status, found, report = compare(manifest, delivery)
    assert (status, found) == (1, [("SET045", "error")])
    assert report["delivery"]["findings"][0]["found"] == "lines 1 and 4"


@pytest.mark.parametrize("path", ["../x", "/etc/hostname", "sub/../../x"])
def test_path_outside_is_reported_and_not_opened(delivery, path):
    manifest = write(delivery, "mast")
    (delivery.parent / "x").write_text("secret")
    manifest.write_text(manifest.read_text() + f"{path},NhCmhg==\n")
    status, found, report = compare(manifest, delivery)
    assert (status, found) == (1, [("SET046", "error")])
    assert path in report["delivery"]["findings"][0]["message"]


def test_link_is_reported(delivery):
    manifest = write(delivery, "sha256")
    (delivery / DARK).rename(delivery.parent / DARK)
    (delivery / DARK).symlink_to(delivery.parent / DARK)
    assert compare(manifest, delivery)[:2] == (1, [("SET047", "error")])


def test_list_in_its_own_folder_does_not_judge_itself(delivery):
    names = sorted(str(p.relative_to(delivery)) for p in delivery.rglob("*") if p.is_file())
    made = subprocess.run(["sha256sum", *names, "/dev/null"], cwd=delivery, capture_output=True, text=True, check=True)
    (delivery / "sums").write_text(made.stdout.replace("/dev/null", "sums"))
    assert compare(delivery / "sums")[:2] == (0, [])


def test_rules_on_a_manifest_are_switched_like_any(delivery):
    manifest = write(delivery, "sha256")
    (delivery / "new.txt").write_text("x")
    assert compare(manifest, delivery, options=("--ignore", "SET041"))[:2] == (0, [])
    assert compare(manifest, delivery, options=("--select", "SET041"))[:2] == (1, [("SET041", "error")])


def test_column_of_the_uploader_is_tolerated(delivery):
    manifest = write(delivery, "mast")
    lines = manifest.read_text().splitlines()
    rows = [line.rpartition(",") for line in lines[1:]]
    manifest.write_text("path,will_transfer,checksum\n" + "".join(f"{p},True,{c}\n" for p, _, c in rows))
    assert compare(manifest, delivery)[:2] == (0, [])
    manifest.write_text("path\n" + "".join(f"{p}\n" for p, _, _ in rows))
    assert compare(manifest, delivery)[:2] == (0, [])


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("m", "", "is no sum and file name"),
        ("m", "hello\n", "line 1: 'hello' is no sum"),
        ("m", "a" * 64 + "  x\n" + "b" * 32 + "  y\n", "line 2: a sum of md5 among those of sha256"),
        ("m", "a" * 63 + "  x\n", "line 1: a sum of 63 digits"),
        ("m.csv", "path,size\nx,1\n", "line 1: columns"),
        ("m.csv", "path,checksum\nx\n", "line 2: 1 cells, expected 2"),
        ("m.csv", "path,checksum\nx,NhCmhg\n", "line 2: 'NhCmhg' is no sum of crc32"),
        ("m.csv", 'path,checksum\n"x,NhCmhg==\n', "line 2"),
        ("m.csv", "path\n", "it lists no file"),
        ("m.json", "{", "as JSON"),
        ("m.json", '{"schema": "other", "files": []}', "its schema is 'other'"),
        ("m.json", '{"schema": "jwstprod-manifest/1", "files": [{"path": "x", "sum": "00"}]}', "entry 1"),
        ("m.json", '{"schema": "jwstprod-manifest/1", "algorithm": "rot13", "files": []}', "'rot13' is not known"),
        ("manifest-tiger.txt", "00  data/x\n", "'tiger' in its name is not known"),
        ("m", "\udcff", "line 1: it is not UTF-8"),
    ],
)
def test_what_is_no_manifest_ends_the_run_with_the_place(delivery, tmp_path, name, text, reason):
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    if name == "m" and not text:
        reason = "it lists no file"
    with pytest.raises(ManifestError, match=reason.replace("(", r"\(")):
        read_manifest(str(path))
    done = subprocess.run(
        [sys.executable, "-m", "jwstprod_check", "check", "--manifest", str(path), str(delivery)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert done.stdout == ""


def test_crc_is_that_of_the_uploader(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"hello")
    assert digest_of(str(path), "crc32") == "NhCmhg=="
    path.write_bytes(b"")
    assert digest_of(str(path), "crc32") == "AAAAAA=="


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_manifest_that_is_no_file_ends_the_run(delivery, tmp_path, make):
    make(tmp_path / "m")
    result = run("check", "--manifest", tmp_path / "m", delivery)
    assert "not a regular file" in str(result.exception)


def test_pipe_in_a_delivery_is_not_waited_for(delivery):
    manifest = write(delivery, "sha256")
    (delivery / "README, first.txt").unlink()
    os.mkfifo(delivery / "README, first.txt")
    assert compare(manifest, delivery)[:2] == (1, [("SET040", "error")])


class Counting(MemorySource):
    """A source that notes what is read of it."""

    def __init__(self, content):
        super().__init__(content, "x")
        self.asked = []

    def read(self, offset, length):
        data = super().read(offset, length)
        self.asked.append((offset, len(data)))
        return data


def test_bytes_that_were_read_are_not_read_again_for_the_sum():
    content = os.urandom(3 * 2**20)
    base = Counting(content)
    source = SummedSource(base, "sha256")
    assert source.read(0, 1000) == content[:1000]
    assert source.read(500, 1000) == content[500:1500]
    assert source.read(2**20, 10) == content[2**20 : 2**20 + 10]
    base.asked.clear()
    assert source.digest() == hashlib.sha256(content).hexdigest()
    assert base.asked[0][0] == 1500


def test_sum_of_a_file_that_cannot_be_read_to_its_end_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "x"
    path.write_bytes(bytes(100))
    monkeypatch.setattr(LocalSource, "changed", lambda self: "it had 200 bytes")
    with pytest.raises(OSError, match="changed while it was read"):
        digest_of(str(path), "md5")


def test_manifest_is_not_written_over_a_checked_file(delivery):
    result = run("manifest", delivery, "-o", delivery / DARK)
    assert "is one of the files" in str(result.exception)
    assert digest_of(str(delivery / DARK), "sha256") == digest_of(str(GOOD / DARK), "sha256")


def test_manifest_leaves_itself_and_links_out(delivery):
    (delivery / "link.fits").symlink_to(DARK)
    assert run("manifest", delivery, "-o", delivery / "list.json").return_value == 0
    assert run("manifest", delivery, "-o", delivery / "list.json").return_value == 0
    paths = [entry["path"] for entry in json.loads((delivery / "list.json").read_text())["files"]]
    assert paths == ["README, first.txt", DARK, f"sub/{GZIP}"]


def test_empty_folder_has_no_manifest(tmp_path):
    result = run("manifest", tmp_path)
    assert "no file in" in str(result.exception)


def test_folders_of_any_depth_are_listed_in_order(tmp_path):
    # A recursion limit below the depth, not a depth above the limit: what removes the folders is recursive itself.
    (tmp_path / ("d/" * 300)).mkdir(parents=True)
    for name in ("d/" * 300 + "deep", "b", "a/2", "a/1", "c/z"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        found = list(files_below(str(tmp_path)))
    finally:
        sys.setrecursionlimit(limit)
    assert [os.path.relpath(path, tmp_path) for path in found] == ["b", "a/1", "a/2", "c/z", "d/" * 300 + "deep"]
