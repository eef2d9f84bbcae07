"""A real Dask cluster: a scheduler and workers, each a process of its own, as a user starts them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from consumers import module
from shell import ROOT

PATIENCE = 60

PRELOAD = """
import os, time

def dask_setup(worker):
    from jwstprod_check.engine import check as engine
    check = engine.check_target

    def watched(target, *args, **options):
        name = os.path.basename(str(target))
        if {slow!r}:
            time.sleep({slow!r})
        if {deadly!r} and {deadly!r} in name:
            os._exit(1)
        return check(target, *args, **options)

    engine.check_target = watched
"""
"""What workers do before they begin: a file whose name contains ``deadly`` ends its worker, each file takes ``slow`` s more."""


HIDDEN = """
import sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "jwstprod_check":
            raise ModuleNotFoundError("No module named 'jwstprod_check'", name=name)

sys.meta_path.insert(0, Hidden())
"""
"""A ``sitecustomize`` of an environment without the package, which the scheduler has in all tests."""


class Cluster:
    """The processes; ``scheduler`` is the one of the scheduler, ``workers`` those of the workers (under their nannies).

    Workers are ``bare`` where they lack the package.
    """

    def __init__(self, folder, count=2, deadly="", slow=0.0, bare=False, **env):
        module("distributed")
        self.folder = folder
        hidden = folder / "hidden"
        hidden.mkdir()
        (hidden / "sitecustomize.py").write_text(HIDDEN)
        self.file = folder / "scheduler.json"
        preload = folder / "preload.py"
        preload.write_text(PRELOAD.format(deadly=deadly, slow=slow))
        lacking = {"PYTHONPATH": str(hidden)}
        here = ("--host", "127.0.0.1", "--scheduler-file", self.file)
        self.scheduler = self._start("dask_scheduler", *here, "--port", "0", **lacking)
        self._until(self.file.exists)
        options = [*here, "--nthreads", "1", *([] if bare else ["--preload", preload])]
        env = lacking if bare else env
        self.workers = [self._start("dask_worker", *options, **env) for _ in range(count)]
        self.address = json.loads(self.file.read_text())["address"]

    def _start(self, program, *args, **env):
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *map(str, args)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            start_new_session=True,
        )

    def _until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "the cluster does not start"
            time.sleep(0.05)

    def kill_a_worker(self):
        """Kill a process that works; its nanny starts another one."""
        os.kill(self.processes()[0], signal.SIGKILL)

    def processes(self):
        """Processes that do the work, the children of the nannies."""
        nannies = {w.pid for w in self.workers}
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
                line = (path.parent / "cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) in nannies and b"spawn_main" in line:
                found.append(int(path.parent.name))
        return sorted(found)

    def close(self):
        for process in [*self.workers, self.scheduler]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
