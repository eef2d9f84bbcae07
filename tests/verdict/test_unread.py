"""What could not be opened or listed, and what was not looked at, is in every report and in the exit status."""

import json
import os

import pytest
from judging import DARK

GOOD = DARK.read_bytes()


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder with a good file, and a way to add to it."""
    monkeypatch.chdir(tmp_path)

    def made(*paths):
        for path in paths:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            if not path.endswith("/"):
                with open(path, "wb") as stream:
                    stream.write(GOOD)

    made("d/a.fits")
    return made


def deny(monkeypatch, folder, error):
    scandir = os.scandir

    def denied(path="."):
        if os.path.basename(path) == folder:
            raise error
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)


ERRORS = [PermissionError(13, "Permission denied"), OSError(5, "Input/output error"), OSError(116, "Stale file handle")]


def read(result, form):
    """The files that were checked, and what was not read, in any format."""
    if form == "json":
        report = json.loads(result.out)
        return [f["path"] for f in report["files"]], [(u["path"], u["reason"]) for u in report["unread"]]
    if form == "ndjson":
        lines = [json.loads(line) for line in result.out.splitlines()]
        return [f["path"] for f in lines[:-1]], [(u["path"], u["reason"]) for u in lines[-1]["unread"]]
    lines = [line.removeprefix("\u2717 ").partition(": not read: ") for line in result.out.splitlines()]
    return None, [(path, reason) for path, found, reason in lines if found]


@pytest.mark.parametrize("form", ["json", "ndjson", "concise", "rich"])
@pytest.mark.parametrize("error", ERRORS, ids=lambda e: e.strerror)
@pytest.mark.parametrize("path", ["d", "d/**", "d/*/*.fits", "d/**/*.fits"])
@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_folder_that_cannot_be_listed_is_in_every_report(jwstprod, tree, monkeypatch, form, error, path, quiet):
    tree("d/locked/b.fits", "d/other/c.fits")
    deny(monkeypatch, "locked", error)
    result = jwstprod("check", "--format", form, *quiet, path)
    files, unread = read(result, form)
    assert result.status == 1
    assert unread == [("d/locked", f"this folder cannot be listed: {error.strerror}")]
    assert files is None or "d/other/c.fits" in files
    assert f"jwstprod: d/locked: this folder cannot be listed: {error.strerror}" in result.err


@pytest.mark.parametrize("form", ["json", "ndjson", "concise", "rich"])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere.fits", "no such file or folder"),
        ("dangling.fits", "a link to nothing"),
        ("empty", "no FITS file in this folder"),
        ("d/*.nothing", "no file matches this pattern"),
    ],
)
def test_a_path_that_names_nothing_is_in_every_report_and_status_2(jwstprod, tree, form, path, reason):
    tree("empty/")
    os.symlink("nothing", "dangling.fits")
    for paths in ([path], [path, "d"], ["d", path]):
        result = jwstprod("check", "--format", form, *paths)
        _, unread = read(result, form)
        assert (result.status, unread) == (2, [(path, reason)])


def test_a_dangling_link_in_a_folder_is_a_file_that_was_not_verified(jwstprod, tree):
    os.symlink("nothing", "d/b.fits")
    result = jwstprod("check", "--format", "json", "d")
    report = json.loads(result.out)
    assert result.status == 1
    assert [(f["path"], f["verdict"]) for f in report["files"]] == [
        ("d/a.fits", "conforming"),
        ("d/b.fits", "unverified"),
    ]
    assert report["files"][1]["not_checked"][0]["code"] == "TOOL002"


def test_links_are_followed_once(jwstprod, tree):
    tree("elsewhere/c.fits")
    os.symlink("..", "d/up")
    os.symlink(os.path.abspath("elsewhere"), "d/far")
    os.symlink("d", "loop")
    os.symlink("self", "self")
    report = json.loads(jwstprod("check", "--format", "json", "d").out)
    assert sorted(os.path.basename(f["path"]) for f in report["files"]) == ["a.fits", "c.fits"]
    assert jwstprod("check", "self").status == 2


@pytest.mark.parametrize("form", ["json", "ndjson"])
@pytest.mark.parametrize("path", ["d", "d/**"])
def test_what_is_not_looked_at_is_counted(jwstprod, tree, form, path):
    tree(
        *(f"d/x_dark.fits.{n}" for n in ("bz2", "xz", "Z", "zip", "gzip", "part")),
        "d/c.ecsv",
        "d/t.json",
        "d/.git/y.fits",
    )
    result = jwstprod("check", "--format", form, path)
    assert result.status == 0
    text = result.out if form == "json" else result.out.splitlines()[-1]
    counted = {(p["kind"], p["what"]): p["count"] for p in json.loads(text)["summary"]["passed_over"]}
    assert counted == {
        **{("file", f".fits.{n}"): 1 for n in ("bz2", "xz", "z", "zip", "gzip", "part")},
        ("file", ".ecsv"): 1,
        ("file", ".json"): 1,
        ("folder", ".git"): 1,
    }
    assert result.err.startswith("jwstprod: not looked at: ")


def test_a_quiet_run_does_not_say_what_was_passed_over(jwstprod, tree):
    tree("d/x.fits.bz2")
    assert jwstprod("check", "-q", "d").err == ""
    assert json.loads(jwstprod("check", "--format", "json", "d").out)["summary"]["passed_over"]


def test_files_left_out_are_counted_and_listed(jwstprod, tree):
    tree("d/b.fits")
    report = json.loads(jwstprod("check", "--format", "json", "--exclude", "*b.fits", "d").out)
    assert [(f["path"], f["verdict"]) for f in report["files"]] == [
        ("d/a.fits", "conforming"),
        ("d/b.fits", "left-out"),
    ]
    assert report["summary"]["left_out"] == 1
    assert jwstprod("check", "--exclude", "*", "d").status == 2


@pytest.mark.parametrize("where", ["read_source", "identify", "run_rules", "FileFacts"])
@pytest.mark.parametrize(
    "error",
    [ValueError("\x1b[31m::x::"), RecursionError(), MemoryError(), ZeroDivisionError()],
    ids=lambda e: type(e).__name__,
)
def test_a_crash_outside_a_rule_is_a_finding_and_the_next_file_is_checked(jwstprod, tree, monkeypatch, where, error):
    from jwstprod_check.engine import check as engine

    tree("d/b.fits", "d/c.fits")
    real = getattr(engine, where)
    calls = []

    def crash(*args, **options):
        calls.append(1)
        if len(calls) == 2:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(engine, where, crash)
    result = jwstprod("check", "--format", "json", "d")
    files = json.loads(result.out)["files"]
    assert result.status == 1
    assert [f["verdict"] for f in files] == ["conforming", "unverified", "conforming"]
    assert [f["code"] for f in files[1]["findings"]] == ["TOOL001"]
    assert [n["code"] for n in files[1]["not_checked"]] == ["TOOL001"]
    assert "::" not in files[1]["findings"][0]["message"]
