"""Several processes give what one gives, lose no file, and none of them outlives the run."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from judging import CATALOGUE
from made_files import make

from jwstprod_check.config import Options
from jwstprod_check.engine import check as engine
from jwstprod_check.make import file_name
from jwstprod_check.run import processes
from jwstprod_check.run.executor import executor, run
from jwstprod_check.run.processes import CHUNK, CHUNK_TEXT, NoProcessError, Processes
from jwstprod_check.run.serial import Serial
from jwstprod_check.spec.errors import SpecError

ROOT = Path(__file__).parents[2]
RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))
PATIENCE = 20

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc")


def many(folder, count):
    """Names of one file, several of them missing."""
    one = folder / NAME
    one.write_bytes(RAW)
    paths = []
    for n in range(count):
        path = folder / NAME.replace("00001", f"{n:05d}")
        if n % 7 and not path.exists():
            os.link(one, path)
        paths.append(str(path))
    return paths


def test_the_number_of_jobs_chooses_the_executor():
    assert isinstance(executor(1), Serial)
    assert isinstance(executor(2), Processes)


@pytest.mark.parametrize("count", [0, 1, 2, 100])
@pytest.mark.parametrize("jobs", [2, 5])
def test_processes_give_what_one_gives_in_order(tmp_path, count, jobs):
    paths = many(tmp_path, count)
    assert list(run(paths, Options(), jobs=jobs)) == list(run(paths, Options()))


def test_files_are_asked_for_as_they_are_needed(tmp_path):
    taken = []

    def paths():
        for path in many(tmp_path, 1000):
            taken.append(path)
            yield path

    reports = run(paths(), Options(), jobs=2)
    next(reports)
    next(reports)
    assert len(taken) < 200
    reports.close()


def test_long_paths_are_given_in_small_chunks():
    chunks = list(processes._chunks(["x" * 300] * 20 + ["y"] * 40 + ["z" * 9000]))
    assert [path for chunk in chunks for path in chunk] == ["x" * 300] * 20 + ["y"] * 40 + ["z" * 9000]
    assert all(len(c) <= CHUNK and (len(c) == 1 or sum(map(len, c)) <= CHUNK_TEXT) for c in chunks)


def script(folder, body):
    """Run Python in a process of its own."""
    path = folder / "script.py"
    path.write_text(body)
    return subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE * 5,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_every_way_to_start_a_process_does(tmp_path, method):
    import multiprocessing

    if method not in multiprocessing.get_all_start_methods():
        pytest.skip("not on this system")
    folder = tmp_path / "d"
    folder.mkdir()
    many(folder, 60)
    done = script(
        tmp_path,
        "import multiprocessing, sys\nfrom jwstprod_check.cli.main import run\n"
        "if __name__ == '__main__':\n"
        f"    multiprocessing.set_start_method({method!r})\n"
        f"    sys.exit(run(['check', {str(folder)!r}, '--jobs', '2', '--format', 'ndjson']))\n",
    )
    assert (done.returncode, done.stderr) == (0, "")
    *files, last = map(json.loads, done.stdout.splitlines())
    paths = [file["path"] for file in files]
    assert paths == sorted(paths)
    assert last["summary"]["files"] == len(paths)
    assert len(paths) == len(list(folder.iterdir()))


def test_no_shared_memory_is_needed(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    many(folder, 60)
    done = script(
        tmp_path,
        "import sys, _multiprocessing\n"
        "def no_semaphore(*_, **__):\n    raise FileNotFoundError(2, 'No such file or directory')\n"
        "_multiprocessing.SemLock = no_semaphore\n"
        "from jwstprod_check.cli.main import run\n"
        "if __name__ == '__main__':\n"
        f"    sys.exit(run(['check', {str(folder)!r}, '--jobs', '2']))\n",
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def failing(monkeypatch):
    """Let the start of processes fail after some."""

    def fail(after, error):
        import multiprocessing

        start = multiprocessing.Process.start
        started = []

        def limited(process):
            if len(started) >= after:
                raise error
            started.append(process)
            start(process)

        monkeypatch.setattr(multiprocessing.Process, "start", limited)
        return started

    return fail


@pytest.mark.parametrize(
    "error",
    [BlockingIOError(11, "Resource temporarily unavailable"), OSError(24, "Too many open files"), ImportError("x")],
)
def test_where_no_process_can_be_started_it_is_said(tmp_path, failing, error):
    failing(0, error)
    with pytest.raises(NoProcessError, match=r"no process can be started \(.+\); --jobs 1 needs none"):
        list(run(many(tmp_path, 5), Options(), jobs=2))


def test_where_no_process_can_be_started_the_exit_status_is_2(tmp_path, failing, jwstprod):
    failing(0, BlockingIOError(11, "Resource temporarily unavailable"))
    many(tmp_path, 5)
    done = jwstprod("check", tmp_path, "--jobs", 2)
    assert done.status == 2
    assert "jwstprod: no process can be started (Resource temporarily unavailable); --jobs 1 needs none" in done.err


def test_fewer_processes_do_the_work_of_more(tmp_path, failing):
    paths = many(tmp_path, 200)
    started = failing(1, OSError(11, "no more"))
    assert list(run(paths, Options(), jobs=4)) == list(run(paths, Options()))
    assert len(started) == 1


def killer(monkeypatch, name, once):
    """Let the process that checks a file end; with ``once`` only the first that does."""
    check = engine.check_target
    mark = Path(once) if once else None

    def deadly(target, *args, **options):
        if target.endswith(name) and (mark is None or not mark.exists()):
            if mark is not None:
                mark.write_text("")
            os.kill(os.getpid(), signal.SIGKILL)
        return check(target, *args, **options)

    monkeypatch.setattr(engine, "check_target", deadly)


def test_a_process_that_dies_costs_only_the_file_that_kills_it(tmp_path, monkeypatch):
    paths = many(tmp_path, 120)
    expected = list(run(paths, Options()))
    killer(monkeypatch, os.path.basename(paths[50]), None)
    found = list(run(paths, Options(), jobs=2))
    assert [n for n in range(len(paths)) if found[n] != expected[n]] == [50]
    (finding,) = found[50].findings
    assert (finding.code, "the process that checked it died" in finding.message) == ("TOOL002", True)


def test_a_process_that_dies_by_chance_costs_no_file(tmp_path, monkeypatch):
    paths = many(tmp_path, 120)
    expected = list(run(paths, Options()))
    killer(monkeypatch, os.path.basename(paths[50]), tmp_path / "mark")
    assert list(run(paths, Options(), jobs=2)) == expected


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("where", ["read_source", "identify", "check_file", "run_rules"])
def test_a_crash_outside_a_rule_is_a_finding_of_its_file(tmp_path, monkeypatch, jobs, where):
    paths = many(tmp_path, 40)
    bad = os.path.basename(paths[20])
    original = getattr(engine, where)

    def crash(*args, **options):
        if any(bad in str(getattr(a, "path", "") or getattr(a, "name", "")) for a in args):
            raise ZeroDivisionError("out of \x1b[31mluck")
        return original(*args, **options)

    expected = list(run(paths, Options()))
    monkeypatch.setattr(engine, where, crash)
    found = list(run(paths, Options(), jobs=jobs))
    assert [n for n in range(len(paths)) if found[n] != expected[n]] == [20]
    (finding,) = found[20].findings
    assert (finding.code, finding.severity) == ("TOOL001", "error")
    assert finding.message == (
        "the check of the file crashed (ZeroDivisionError: out of \\x1b[31mluck); what it should check was not checked"
    )


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("error", [MemoryError(), RecursionError("too deep")])
def test_memory_and_depth_that_run_out_are_findings(tmp_path, monkeypatch, jobs, error):
    def crash(*_, **__):
        raise error

    monkeypatch.setattr(engine, "check_target", crash)
    for report in run(many(tmp_path, 4), Options(), jobs=jobs):
        assert [f.code for f in report.findings] == ["TOOL001"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_spec_that_cannot_be_used_ends_the_run(tmp_path, monkeypatch, jobs):
    paths = many(tmp_path, 40)
    check = engine.check_target

    def unusable(target, *args, **options):
        if target == paths[20]:
            raise SpecError("no such symbol", "dark.yaml", "$.hdus[1]")
        return check(target, *args, **options)

    monkeypatch.setattr(engine, "check_target", unusable)
    with pytest.raises(SpecError, match=r"no such symbol at dark.yaml:\$.hdus\[1\]"):
        list(run(paths, Options(), jobs=jobs))


BUSY = """
import os, sys, time
from jwstprod_check.engine import check as engine
check = engine.check_target
def busy(target, *args, **options):
    if {hanging!r} in target:
        while True:
            {pastime}
    return check(target, *args, **options)
engine.check_target = busy
from jwstprod_check.cli.main import run
if __name__ == "__main__":
    sys.exit(run(["check", *sys.argv[1:]]))
"""


def children(pid):
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def is_gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def busy(tmp_path):
    """A run with two workers that do not come to an end of their files."""
    started = []

    def start(pastime="time.sleep(0.01)", *options, method="fork"):
        folder = tmp_path / "d"
        folder.mkdir()
        many(folder, 100)
        program = tmp_path / "busy.py"
        body = BUSY.format(hanging="/d/jw", pastime=pastime)
        if method != "fork":
            body = body.replace(
                'if __name__ == "__main__":\n',
                f'if __name__ == "__main__":\n    import multiprocessing\n    multiprocessing.set_start_method({method!r})\n',
            )
        program.write_text(body)
        # The first file is checked by the process itself: it must not hang there.
        first = folder / ("a" + NAME)
        first.write_bytes(RAW)
        parent = subprocess.Popen(
            [sys.executable, str(program), str(first), str(folder), "--jobs", "2", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )
        started.append(parent)
        return parent

    yield start
    for parent in started:
        for pid in children(parent.pid):
            os.kill(pid, signal.SIGKILL)
        parent.kill()
        parent.communicate()


def workers_of(parent, count=2):
    found = []

    def there():
        found[:] = children(parent.pid)
        assert parent.poll() is None, parent.stderr.read()
        return len(found) >= count

    wait_until(there)
    # A process has only begun to follow its parent when it runs.
    time.sleep(0.3)
    return found


def is_closed(stream):
    """Whether nobody has the other end of a pipe any more: it can be read to its end."""
    os.set_blocking(stream.fileno(), False)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        select.select([stream], [], [], 1)
        try:
            if not os.read(stream.fileno(), 2**16):
                return True
        except BlockingIOError:
            continue
    return False


@linux
@pytest.mark.parametrize("pastime", ["time.sleep(0.01)", "sum(range(10**6))"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_parent(busy, number, pastime):
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("the signal is ignored here, as nohup has it")
    parent = busy(pastime)
    workers = workers_of(parent)
    parent.send_signal(number)
    parent.wait(PATIENCE)
    wait_until(lambda: all(map(is_gone, workers)))
    assert is_closed(parent.stdout)
    assert parent.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 2)


@linux
@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_no_worker_outlives_its_parent_however_it_was_started(busy, method):
    parent = busy(method=method)
    workers_of(parent)
    found = []

    def grandchildren():
        found[:] = [pid for child in children(parent.pid) for pid in (child, *children(child))]
        return len(found) >= 3

    wait_until(grandchildren)
    time.sleep(1)
    parent.kill()
    parent.wait(PATIENCE)
    wait_until(lambda: all(map(is_gone, found)))
    assert is_closed(parent.stdout)


@linux
def test_without_the_help_of_the_kernel_a_worker_still_ends(busy, monkeypatch):
    parent = busy("import ctypes; ctypes.CDLL(None).prctl(1, 0); time.sleep(0.01)")
    workers = workers_of(parent)
    parent.kill()
    parent.wait(PATIENCE)
    wait_until(lambda: all(map(is_gone, workers)))


@linux
@pytest.mark.parametrize("jobs", [(), ("--jobs", "1")])
def test_what_was_written_before_a_signal_is_whole(busy, jobs):
    parent = busy("time.sleep(0.01)", "--format", "ndjson", *jobs)
    line = parent.stdout.readline()
    assert json.loads(line)["path"].endswith(NAME)
    time.sleep(0.5)
    parent.send_signal(signal.SIGTERM)
    rest, said = parent.communicate(timeout=PATIENCE)
    assert parent.returncode == 2
    assert all(json.loads(one) for one in rest.splitlines())
    assert said.decode().strip() == "jwstprod: interrupted"


@linux
def test_a_reader_that_goes_away_ends_the_workers(busy):
    parent = busy("time.sleep(0.01)")
    workers = workers_of(parent)
    parent.stdout.close()
    parent.send_signal(signal.SIGTERM)
    parent.wait(PATIENCE)
    wait_until(lambda: all(map(is_gone, workers)))


def test_closing_the_reports_ends_the_workers(tmp_path):
    import multiprocessing

    reports = run(many(tmp_path, 400), Options(), jobs=2)
    for _ in range(3):
        next(reports)
    assert multiprocessing.active_children()
    reports.close()
    assert not multiprocessing.active_children()


def test_signals_mean_afterwards_what_they_meant_before(jwstprod, tmp_path):
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)]
    jwstprod("check", tmp_path)
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)] == before


def test_a_signal_that_is_ignored_stays_so(tmp_path):
    many(tmp_path, 3)
    done = script(
        tmp_path,
        "import os, signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from jwstprod_check.engine import check as engine\ncheck = engine.check_target\n"
        "def hung_up(*args, **options):\n    os.kill(os.getpid(), signal.SIGHUP)\n    return check(*args, **options)\n"
        "engine.check_target = hung_up\nfrom jwstprod_check.cli.main import run\n"
        f"raise SystemExit(run(['check', {str(tmp_path)!r}]))\n",
    )
    assert (done.returncode, done.stderr) == (0, "")
