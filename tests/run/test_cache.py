"""With a cache a file that did not change is not opened again; nothing that is wrong with a cache makes a verdict."""

import json
import os
import stat
import time

import msgspec
import pytest
from judging import CATALOGUE, DATA
from made_files import make
from shell import ROOT, shell

from jwstprod_check.config import Options
from jwstprod_check.config.globs import Globs
from jwstprod_check.config.options import PathOptions
from jwstprod_check.engine import check as engine
from jwstprod_check.engine.check import check_path
from jwstprod_check.findings import NotChecked, Severity
from jwstprod_check.make import file_name
from jwstprod_check.run import cache as module
from jwstprod_check.run import shards
from jwstprod_check.run.cache import Cache
from jwstprod_check.run.executor import run
from jwstprod_check.run.packed import pack

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


@pytest.fixture
def file(tmp_path, settled):
    path = tmp_path / NAME
    path.write_bytes(RAW)
    return path


@pytest.fixture
def settled(monkeypatch):
    """The clock is far ahead of the times of files, so that none of them is recent."""
    real = time.time
    monkeypatch.setattr(module.time, "time", lambda: real() + 1000)


@pytest.fixture
def opened(monkeypatch):
    """Paths of the files that are checked."""
    paths = []
    check = engine.check_target

    def watched(target, *args, **options):
        paths.append(target)
        return check(target, *args, **options)

    monkeypatch.setattr(engine, "check_target", watched)
    return paths


def checked(path, folder, options=None, specs=None):
    """The reports of a path with a cache in a folder."""
    options = options or Options()
    cache = Cache(str(folder / "cache"), options, specs)
    reports = list(run([str(path)] if isinstance(path, os.PathLike) else path, options, specs, memories=[cache]))
    return reports if len(reports) > 1 else reports[0]


def entries(folder):
    return [p for p in (folder / "cache").rglob("*") if p.is_file()]


def test_a_file_that_did_not_change_is_not_opened(file, tmp_path, opened):
    first, second = checked(file, tmp_path), checked(file, tmp_path)
    assert opened == [str(file)]
    assert (first.cached, second.cached) == (False, True)
    assert msgspec.structs.replace(second, cached=False) == first
    assert second.to_dict() == {**first.to_dict(), "cached": True}


def test_real_files_have_the_same_reports_from_the_cache(tmp_path, settled, opened):
    paths = [str(p) for p in sorted(DATA.rglob("*.fits*"))]
    first = checked(paths, tmp_path)
    opened.clear()
    second = checked(paths, tmp_path)
    assert [msgspec.structs.replace(r, cached=False) for r in second] == first
    assert [r.cached for r in second] == [not r.not_checked for r in first]
    assert opened == [r.path for r in second if not r.cached]


def rewritten(path):
    path.write_bytes(RAW)


def truncated(path):
    os.truncate(path, len(RAW) - 2880)


def replaced(path):
    other = path.with_name("other")
    other.write_bytes(RAW)
    status = path.stat()
    os.replace(other, path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def rewritten_with_its_times_put_back(path):
    status = path.stat()
    path.write_bytes(RAW)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("change", [rewritten, truncated, replaced, rewritten_with_its_times_put_back])
def test_a_file_that_changed_is_opened(file, tmp_path, opened, change):
    checked(file, tmp_path)
    time.sleep(0.02)
    change(file)
    assert not checked(file, tmp_path).cached
    assert len(opened) == 2


@pytest.mark.parametrize(
    "options",
    [
        Options(strict=True),
        Options(data=True),
        Options(select=("HDU",)),
        Options(fail_on=Severity.WARNING),
        Options(table=False),
        Options(delivery=True),
        Options(known=("KEY",)),
        Options(by_path=(PathOptions("x", (Globs("/", ("*.fits",)),), product="cal"),)),
    ],
)
def test_other_options_have_other_entries(file, tmp_path, options):
    checked(file, tmp_path)
    report = checked(file, tmp_path, options)
    assert not report.cached
    assert report == check_path(str(file), options)


def test_options_that_are_not_for_the_file_change_nothing(file, tmp_path):
    checked(file, tmp_path)
    other = Options(by_path=(PathOptions("x", (Globs("/", ("*_cal.fits",)),), product="cal"),))
    assert checked(file, tmp_path, other).cached


def test_other_specs_have_other_entries(file, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    checked(file, tmp_path)
    for title in ("One", "Other"):
        (own / "traits.yaml").write_text(f"# {title}\n" + (ROOT / "specs" / "traits.yaml").read_text())
        (own / f"{title.lower()}.yaml").write_text(
            (ROOT / "specs" / "dark.yaml").read_text().replace("product: dark", f"product: {title.lower()}")
        )
        from jwstprod_check.spec.catalogue import catalogue

        catalogue.cache_clear()
        assert not checked(file, tmp_path, specs=str(own)).cached
        assert checked(file, tmp_path, specs=str(own)).cached


def test_another_version_has_other_entries(file, tmp_path, monkeypatch):
    from jwstprod_check.run import program

    checked(file, tmp_path)
    monkeypatch.setattr(program, "__version__", "99")
    assert not checked(file, tmp_path).cached
    monkeypatch.undo()
    monkeypatch.setattr(program, "code_digest", lambda: "other")
    assert not checked(file, tmp_path).cached


@pytest.mark.parametrize(("age", "kept"), [(0.0, False), (0.05, False), (0.15, True)])
def test_a_file_that_was_just_written_is_not_kept(tmp_path, monkeypatch, age, kept):
    """It could change once more without another time."""
    path = tmp_path / NAME
    path.write_bytes(RAW)
    written = path.stat().st_mtime
    monkeypatch.setattr(module.time, "time", lambda: written + age)
    checked(path, tmp_path)
    assert bool(entries(tmp_path)) is kept


@pytest.mark.parametrize(("age", "recent"), [(1.9, True), (2.1, False)])
def test_where_times_are_whole_seconds_more_time_must_have_passed(age, recent):
    stamp = module.Stamp(1, 5 * 10**9, 5 * 10**9, 1, 1)
    assert stamp.is_recent(5 + age) is recent
    assert module.Stamp(1, 5 * 10**9 + 1, 5 * 10**9 + 1, 1, 1).is_recent(5 + 0.2) is False


def test_a_file_that_changes_while_it_is_checked_is_not_kept(file, tmp_path, monkeypatch):
    check = engine.check_target

    def changing(target, *args, **options):
        report = check(target, *args, **options)
        os.utime(target)
        return report

    monkeypatch.setattr(engine, "check_target", changing)
    checked(file, tmp_path)
    assert not entries(tmp_path)


@pytest.mark.parametrize("what", ["crash", "unreadable", "left out", "unverified", "gone"])
def test_what_may_be_otherwise_another_time_is_not_kept(file, tmp_path, monkeypatch, what):
    options = Options()
    if what == "crash":
        monkeypatch.setattr(engine, "read_source", lambda *_: 1 / 0)
    elif what == "unreadable":

        def denied(*_, **__):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(engine, "open_stored", denied)
    elif what == "left out":
        options = Options(exclude=("*.fits",))
    elif what == "unverified":
        check = engine.check_target
        missed = (NotChecked("FITS088", "no decoder here"),)
        monkeypatch.setattr(
            engine, "check_target", lambda *args: msgspec.structs.replace(check(*args), not_checked=missed)
        )
    else:
        file.unlink()
    checked(file, tmp_path, options)
    assert not entries(tmp_path)


def corrupt(path, change):
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"",
        lambda raw: raw[:-1],
        lambda raw: raw[:100] + bytes([raw[100] ^ 1]) + raw[101:],
        lambda raw: b"\x91" * 100_000,
        lambda raw: os.urandom(5000),
        lambda raw: bytes(len(raw)),
        lambda raw: b"x" * (2**22 + 1),
    ],
)
def test_a_corrupt_entry_is_not_believed_and_written_anew(file, tmp_path, change):
    first = checked(file, tmp_path)
    (entry,) = entries(tmp_path)
    corrupt(entry, change)
    assert checked(file, tmp_path) == first
    assert checked(file, tmp_path).cached


def test_entries_after_a_torn_one_are_found(file, tmp_path, monkeypatch):
    key = Cache._key
    monkeypatch.setattr(Cache, "_key", lambda self, path: b"\0" + key(self, path)[1:])
    checked(file, tmp_path)
    (entry,) = entries(tmp_path)
    corrupt(entry, lambda raw: raw + raw[:50])
    checked(file, tmp_path, Options(strict=True))
    assert checked(file, tmp_path).cached
    assert checked(file, tmp_path, Options(strict=True)).cached


def test_an_entry_of_another_file_is_not_believed(file, tmp_path):
    bad = tmp_path / NAME.replace("00001", "00002", 1)
    bad.write_bytes(RAW[:-2880])
    checked(file, tmp_path)
    (good,) = entries(tmp_path)
    checked(bad, tmp_path)
    (other,) = (p for p in entries(tmp_path) if p != good)
    other.write_bytes(good.read_bytes())
    assert checked(bad, tmp_path).verdict == "nonconforming"


def forged(file, folder, report):
    """Write what a program that knows the layout could write."""
    cache = Cache(str(folder / "cache"), Options(), None)
    raw = pack(msgspec.structs.replace(report, path=""))
    cache._entries.put(cache._key(str(file)), msgspec.msgpack.encode(module.Entry(module._stamp(str(file)), raw)))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "\x1b[2Jcleared"},
        {"product": "::error::x"},
        {"level": "data"},
        {"failing": Severity.INFO},
        {"left_out": "not to be judged"},
        {"cached": True},
    ],
)
def test_a_report_that_no_check_would_make_is_not_believed(file, tmp_path, changes):
    report = check_path(str(file), Options())
    forged(file, tmp_path, msgspec.structs.replace(report, **changes))
    assert checked(file, tmp_path) == report
    forged(file, tmp_path, report)
    assert checked(file, tmp_path).cached


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_an_entry_of_another_user_is_not_believed(file, tmp_path):
    checked(file, tmp_path)
    (entry,) = entries(tmp_path)
    os.chown(entry, 12345, 12345)
    assert not checked(file, tmp_path).cached


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
def test_what_is_no_file_is_no_entry(file, tmp_path, kind):
    checked(file, tmp_path)
    (entry,) = entries(tmp_path)
    other = tmp_path / "elsewhere"
    os.rename(entry, other)
    if kind == "fifo":
        os.mkfifo(entry)
    elif kind == "link":
        entry.symlink_to(other)
    else:
        entry.mkdir()
    assert not checked(file, tmp_path).cached


def test_the_cache_is_bounded_and_its_oldest_entries_go_first(tmp_path, monkeypatch, settled):
    key = Cache._key
    monkeypatch.setattr(Cache, "_key", lambda self, path: b"\0" + key(self, path)[1:])
    monkeypatch.setattr(shards, "LIMIT", shards.SHARDS * 100_000)
    paths = []
    for n in range(200):
        path = tmp_path / NAME.replace("00001", f"{n:05d}", 1)
        path.write_bytes(RAW)
        paths.append(str(path))
    checked(paths, tmp_path)
    (entry,) = entries(tmp_path)
    assert 0 < entry.stat().st_size <= 100_000
    assert checked([paths[-1], paths[0]], tmp_path)[0].cached
    reports = checked([paths[-2], paths[1]], tmp_path)
    assert [r.cached for r in reports] == [True, False]


def test_where_nothing_can_be_written_files_are_checked(file, tmp_path, monkeypatch):
    checked(file, tmp_path, Options(strict=True))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shards.os, "write", full)
    assert checked(file, tmp_path).conforming
    assert not checked(file, tmp_path).cached
    monkeypatch.undo()
    assert not checked(file, tmp_path).cached


def test_entries_are_for_their_user_alone(file, tmp_path):
    checked(file, tmp_path)
    assert stat.S_IMODE((tmp_path / "cache").stat().st_mode) == 0o700


class TestCommandLine:
    """The option ``--cache``."""

    @pytest.fixture
    def delivery(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "d" / "other").mkdir(parents=True)
        for n in range(30):
            (tmp_path / "d" / NAME.replace("00001", f"{n:05d}", 1)).write_bytes(RAW if n % 10 else RAW[:-2880])
        (tmp_path / "d" / "other" / NAME).write_bytes(RAW)
        time.sleep(0.15)

    def lines(self, *args):
        done = shell("check", "d", "--format", "ndjson", *args)
        assert (done.returncode, done.stderr) == (1, "")
        return [json.loads(line) for line in done.stdout.splitlines()]

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_the_report_states_what_came_from_the_cache(self, delivery, jobs):
        plain = self.lines()
        assert self.lines("--cache", "c", "-j", jobs) == plain
        *files, last = self.lines("--cache", "c", "-j", jobs)
        kept = [not file["not_checked"] for file in plain[:-1]]
        assert [file.pop("cached", False) for file in files] == kept
        assert last["summary"].pop("cached") == sum(kept) >= 28
        assert [*files, last] == plain

    def test_v_names_the_files_from_the_cache(self, delivery):
        for form in ("concise", "rich"):
            shell("check", "d", "--cache", "c", "--format", form)
            text = shell("check", "d", "--cache", "c", "-v", "--format", form).stdout
            assert "this report is from the cache" in " ".join(text.split())
            assert "from the cache" not in shell("check", "d", "--cache", "c", "--format", form).stdout

    def test_several_runs_use_one_cache_at_once(self, delivery):
        from concurrent.futures import ThreadPoolExecutor

        plain = self.lines()
        with ThreadPoolExecutor(4) as pool:
            runs = list(pool.map(lambda _: self.lines("--cache", "c"), range(4)))
        for lines in runs:
            for line in lines:
                line.pop("cached", None)
                line.get("summary", {}).pop("cached", None)
            assert lines == plain

    def test_a_folder_that_cannot_be_made_is_refused(self, delivery, tmp_path):
        (tmp_path / "c").write_text("")
        done = shell("check", "d", "--cache", "c")
        assert (done.returncode, done.stdout) == (2, "")
        assert "Invalid value for --cache: c: " in done.stderr
