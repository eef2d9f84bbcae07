"""Executors of concurrent.futures and what follows them: reports in order, few files under way, a broken pool is an error."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from consumers import missing, module
from judging import CATALOGUE
from made_files import make
from shell import ROOT, python

from jwstprod_check import check_many
from jwstprod_check.config import Options
from jwstprod_check.findings import FileReport
from jwstprod_check.make import file_name
from jwstprod_check.run.elsewhere import CHUNK, CHUNK_WITH_DATA, Tasks, check_task, chunks
from jwstprod_check.run.executor import run
from jwstprod_check.run.recall import HELD, Recalling
from jwstprod_check.run.seam import CutError
from jwstprod_check.run.serial import Serial
from jwstprod_check.spec.errors import SpecError

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


@pytest.fixture
def paths(tmp_path):
    """Names of 300 files, several of them missing."""
    found = []
    for n in range(300):
        path = tmp_path / NAME.replace("00001", f"{n:05d}", 1)
        if n % 7:
            path.write_bytes(RAW)
        found.append(str(path))
    return found


def test_threads_give_what_one_process_gives_in_order(paths):
    with ThreadPoolExecutor(3) as pool:
        assert list(check_many(paths, executor=pool)) == list(check_many(paths))


SCRIPT = """
import sys
from jwstprod_check import check_many
{imports}

if __name__ == "__main__":
    paths = open(sys.argv[1]).read().split()
    with {pool} as pool:
        found = list(check_many(paths, executor=pool))
    assert found == list(check_many(paths)), "other reports"
    print(len(found), "reports")
"""


def script(tmp_path, paths, imports, pool):
    (tmp_path / "paths").write_text("\n".join(paths))
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.format(imports=imports, pool=pool))
    return path


@pytest.mark.parametrize(
    ("package", "imports", "pool"),
    [
        ("concurrent.futures", "from concurrent.futures import ProcessPoolExecutor", "ProcessPoolExecutor(2)"),
        ("loky", "from loky import ProcessPoolExecutor", "ProcessPoolExecutor(2)"),
    ],
)
def test_pools_of_processes(tmp_path, paths, package, imports, pool):
    module(package)
    done = python(script(tmp_path, paths, imports, pool), tmp_path / "paths")
    assert (done.returncode, done.stdout) == (0, "300 reports\n"), done.stderr


def test_mpi(tmp_path, paths):
    module("mpi4py")
    mpiexec = shutil.which("mpiexec") or missing("mpiexec")
    path = script(tmp_path, paths, "from mpi4py.futures import MPICommExecutor", "MPICommExecutor()")
    path.write_text(
        path.read_text().replace("        found =", "        if pool is None:\n            sys.exit()\n        found =")
    )
    options = ["--allow-run-as-root", "--oversubscribe", "-n", "3"]
    done = subprocess.run(
        [mpiexec, *options, sys.executable, "-m", "mpi4py.futures", path, tmp_path / "paths"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        },
    )
    assert (done.returncode, done.stdout) == (0, "300 reports\n"), done.stderr


def test_the_executor_of_a_dask_client(tmp_path, paths):
    module("distributed")
    imports = (
        "from distributed import LocalCluster, Client\nfrom contextlib import contextmanager\n"
        "@contextmanager\ndef pool_of():\n"
        "    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:\n"
        "        with Client(cluster) as client:\n            yield client.get_executor()\n"
    )
    done = python(script(tmp_path, paths, imports, "pool_of()"), tmp_path / "paths")
    assert (done.returncode, done.stdout) == (0, "300 reports\n"), done.stderr


def test_a_pool_that_breaks_down_is_an_error_after_what_came_before(tmp_path, paths):
    body = (
        "import os\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "from jwstprod_check.engine import check as engine\nfrom jwstprod_check.run.seam import CutError\n"
        "check = engine.check_target\n"
        "def deadly(target, *args, **options):\n"
        "    if '00200' in str(target):\n        os._exit(1)\n    return check(target, *args, **options)\n"
        "engine.check_target = deadly\n"
    )
    path = script(tmp_path, paths, body, "ProcessPoolExecutor(1)")
    path.write_text(
        path.read_text().replace(
            "        found = list(check_many(paths, executor=pool))\n",
            "        found = []\n        try:\n            found.extend(check_many(paths, executor=pool))\n"
            "        except CutError as error:\n            print(error)\n            sys.exit(3)\n",
        )
    )
    done = python(path, tmp_path / "paths")
    assert done.returncode == 3
    assert done.stdout.startswith("the pool of workers broke down (BrokenProcessPool: ")


class Inline(ThreadPoolExecutor):
    """A pool that does its work when it is asked for the result; ``given`` counts the tasks."""

    def __init__(self):
        super().__init__(1)
        self.given = 0
        self.cancelled = 0

    def submit(self, work, /, *args):
        pool = self
        self.given += 1

        class Later(Future):
            def result(self):
                return work(*args)

            def cancel(self):
                pool.cancelled += 1

        return Later()


def test_few_files_are_under_way_and_the_rest_is_given_up_when_the_run_ends(paths):
    pool = Inline()
    taken = []

    def files():
        for path in paths:
            taken.append(path)
            yield path

    reports = check_many(files(), executor=pool)
    next(reports)
    assert len(taken) < 30
    reports.close()
    assert pool.cancelled == pool.given - 1 > 0


def test_a_spec_that_cannot_be_used_is_an_error(paths, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "x.yaml").write_text("product: 1\n")
    with ThreadPoolExecutor(1) as pool, pytest.raises(SpecError):
        list(check_many(paths, executor=pool, specs=str(own)))


def test_chunks_grow_and_keep_the_order():
    found = list(chunks(map(str, range(3000))))
    assert [path for chunk in found for path in chunk] == [str(n) for n in range(3000)]
    sizes = [len(chunk) for chunk in found]
    assert sizes[:5] == [4, 5, 6, 7, 8]
    assert sizes[:-1] == sorted(sizes[:-1])
    assert max(map(len, chunks(map(str, range(40_000))))) == CHUNK
    assert max(map(len, Tasks(Options(data=True), None).chunks(map(str, range(1000))))) == CHUNK_WITH_DATA


def test_what_comes_on_stdin_is_unverified_elsewhere():
    (report,) = check_task(Tasks(Options(), None).of(["-"]))
    assert (report.path, report.verdict) == ("-", "unverified")


def test_a_task_of_another_program_is_refused():
    import msgspec

    task = Tasks(Options(), None).of(["x"])
    other = msgspec.structs.replace(task.program, version="99")
    with pytest.raises(CutError, match=r"a worker has version .+ of jwstprod, here it is 99") as caught:
        check_task(msgspec.structs.replace(task, program=other))
    assert "reports of both are not mixed" in str(caught.value)


class Remembered:
    """A memory of every file but some."""

    def __init__(self, unknown):
        self.unknown = unknown
        self.kept = []
        self.most = 0

    def ahead(self, files):
        return files

    def find(self, path):
        return None if self.unknown(int(path)) else report_of(path, "known")

    def keep(self, report):
        self.kept.append(report.path)


def report_of(path, product):
    return FileReport(path, product, "structure", {}, (), (), ())


class Fake:
    """An executor that takes all that it can get before it returns anything."""

    def __init__(self):
        self.runs = []

    def run(self, files, options, specs):
        self.runs.append(list(files))
        for path in self.runs[-1]:
            yield report_of(path, "new")


@pytest.mark.parametrize(
    "unknown",
    [lambda n: False, lambda n: True, lambda n: n % 2, lambda n: n == 0, lambda n: n == 4999, lambda n: n % 1500 == 7],
)
def test_known_and_new_reports_come_in_the_order_of_the_files(unknown):
    memory, others = Remembered(unknown), Fake()
    paths = list(map(str, range(5000)))
    reports = list(Recalling(others, memory).run(paths, Options(), None))
    assert [r.path for r in reports] == paths
    new = [path for path in paths if unknown(int(path))]
    assert [r.path for r in reports if r.product == "new"] == new == memory.kept
    assert [path for run_ in others.runs for path in run_] == new


def test_known_reports_that_wait_are_few():
    memory, others = Remembered(lambda n: n == 5), Fake()
    taken = []

    def files():
        for n in range(10**5):
            taken.append(n)
            yield str(n)

    reports = Recalling(others, memory).run(files(), Options(), None)
    for _ in range(6):
        next(reports)
    assert len(taken) <= HELD + 10
    reports.close()


def test_each_report_comes_as_soon_as_it_is_known(paths):
    """A memory makes the serial executor look no further ahead."""
    looked = []

    class Nothing:
        def ahead(self, files):
            return files

        def find(self, path):
            looked.append(path)

        def keep(self, report):
            pass

    reports = Recalling(Serial(), Nothing()).run(paths, Options(), None)
    next(reports)
    assert len(looked) == 1
    reports.close()
    assert list(run(paths[:5], Options(), memories=[Nothing()])) == list(run(paths[:5], Options()))
