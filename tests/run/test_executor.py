"""How many processes do the work where the user names no number."""

import pytest
from judging import DARK

from jwstprod_check.config import Options
from jwstprod_check.run import executor as module
from jwstprod_check.run.processes import NoProcessError, Processes


@pytest.fixture
def chosen(monkeypatch):
    """Numbers of processes that were chosen; the work is done here."""
    numbers = []
    original = module.executor

    def executor(jobs, watch=None, dask=None):
        if jobs is None:
            return original(None, watch)
        numbers.append(jobs)
        return original(1, watch)

    monkeypatch.setattr(module, "executor", executor)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 7)
    return numbers


@pytest.mark.parametrize(
    ("data", "count", "jobs"),
    [
        (False, module.WORTH_IT - 1, 1),
        (False, module.WORTH_IT, 7),
        (True, module.WORTH_IT_WITH_DATA - 1, 1),
        (True, module.WORTH_IT_WITH_DATA, 7),
    ],
)
def test_processes_are_used_where_there_are_files_enough(chosen, data, count, jobs):
    reports = list(module.run([str(DARK)] * count, Options(data=data), jobs=None))
    assert (chosen, len(reports)) == ([jobs], count)


def test_without_processes_the_work_is_done_here(monkeypatch):
    def run(self, files, options, specs):
        yield from module.executor(1).run([next(files), next(files)], options, specs)
        raise NoProcessError("none")

    monkeypatch.setattr(Processes, "run", run)
    monkeypatch.setattr(module, "WORTH_IT", 5)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 2)
    paths = [str(DARK)] * 4 + ["gone.fits", str(DARK)]
    assert [r.path for r in module.run(paths, Options(), jobs=None)] == paths
