"""A Dask cluster beside one process and several: the same report, byte for byte, also where a worker is killed.

    python benchmarks/dask.py [--files 20000] [--workers 2]

The files are copies of those in ``tests/data/good``, hard links where the file system has them. Each way prints its wall time
and the CPU time of this machine's processes that did it; ``same`` is whether its ndjson is that of one process.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

DATA = Path(__file__).parents[1] / "tests" / "data" / "good"
SMALL = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = delivery(folder / "delivery", options.files)
        print(f"{files} files")
        expected = run(folder, "one process", ["--jobs", "1"])
        run(folder, f"{options.workers} processes", ["--jobs", str(options.workers)], expected)
        with Cluster(folder, options.workers) as cluster:
            cluster.run("Dask", expected)
        with Cluster(folder, options.workers) as cluster:
            cluster.run("Dask, a worker killed in mid run", expected, kill=True)
        run(folder, "one process, cache empty", ["--jobs", "1", "--cache", str(folder / "cache")], expected)
        run(folder, "one process, all in the cache", ["--jobs", "1", "--cache", str(folder / "cache")])


def delivery(folder: Path, count: int) -> int:
    """Files of many names, each a link to one of the small real ones."""
    folder.mkdir()
    sources = [p for p in sorted(DATA.rglob("*.fits*")) if p.stat().st_size < SMALL]
    base = folder.parent / "base"
    local = []
    for path in sources:
        place = base / path.relative_to(DATA)
        place.parent.mkdir(parents=True, exist_ok=True)
        local.append(Path(shutil.copy(path, place)))
    number = 0
    while number < count:
        part = folder / f"{number // len(local):06d}"
        for path in local[: count - number]:
            link = part / path.relative_to(base)
            link.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, link)
            number += 1
    # Links share their times: a file that was just made is not kept in a cache.
    time.sleep(0.5)
    return number


def command(folder: Path, out: Path, how: list[str]) -> list[str]:
    formats = ["--format", f"ndjson={out}", "--no-config"]
    return [sys.executable, "-m", "jwstprod_check", "check", str(folder / "delivery"), *formats, *how]


def run(folder: Path, what: str, how: list[str], expected: str = "") -> str:
    """Run a check; return the digest of its report."""
    out = folder / "out.ndjson"
    cpu, start = children(), time.perf_counter()
    done = subprocess.run(command(folder, out, how), stdout=subprocess.DEVNULL, check=False)
    return line(what, time.perf_counter() - start, children() - cpu, done.returncode, out, expected)


def line(what: str, wall: float, cpu: float, status: int, out: Path, expected: str) -> str:
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    same = "" if not expected else "same" if digest == expected else "OTHER"
    print(f"{what:<34} {wall:7.1f} s wall {cpu:7.1f} s CPU  status {status}  {same}", flush=True)
    return digest


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Cluster:
    """A scheduler and workers of one thread each on this machine."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.file.unlink(missing_ok=True)
        here = ["--host", "127.0.0.1", "--scheduler-file", str(self.file), "--no-dashboard"]
        start = time.perf_counter()
        self.processes = [self.start("scheduler", *here, "--port", "0")]
        while not self.file.exists():
            time.sleep(0.05)
        self.processes += [self.start("worker", *here, "--nthreads", "1") for _ in range(workers)]
        while len(self.workers()) < workers:
            time.sleep(0.05)
        print(f"{'a cluster starts':<34} {time.perf_counter() - start:7.1f} s wall")

    def start(self, program: str, *args: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *args],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def workers(self) -> list[int]:
        """Process numbers of the workers, each the child of a nanny."""
        script = (
            "import json, sys\nfrom distributed import Client\n"
            "with Client(scheduler_file=sys.argv[1]) as client:\n"
            "    print(json.dumps(list(client.run(__import__('os').getpid).values())))\n"
        )
        done = subprocess.run([sys.executable, "-c", script, self.file], capture_output=True, text=True, check=True)
        found: list[int] = json.loads(done.stdout)
        return found

    def run(self, what: str, expected: str, kill: bool = False) -> None:
        out = self.folder / "out.ndjson"
        victim = self.workers()[0]
        cpu, start = children(), time.perf_counter()
        done = subprocess.Popen(command(self.folder, out, ["--dask", str(self.file)]), stdout=subprocess.DEVNULL)
        if kill:
            threading.Thread(target=self.kill, args=(victim, Path(f"{out}.resume"), expected), daemon=True).start()
        status = done.wait()
        wall = time.perf_counter() - start
        self.close()
        line(what, wall, children() - cpu, status, out, expected)

    def kill(self, worker: int, record: Path, _expected: str) -> None:
        """Kill a worker when some of the reports have come."""
        while not record.exists() or record.stat().st_size < 5_000_000:
            time.sleep(0.05)
        os.kill(worker, signal.SIGKILL)
        print(f"{'  worker killed':<34}", flush=True)

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
        self.processes = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


if __name__ == "__main__":
    main()
