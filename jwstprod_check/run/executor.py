"""Paths -> ``FileReport``s, in order, streaming: no list of reports or of paths is ever held.

An executor does the work. A file that cannot be read, or whose check fails as a whole, is a TOOL finding on that file, and
the next one is checked.
"""

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, islice
from typing import Final

from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback
from jwstprod_check.findings import FileReport
from jwstprod_check.run.seam import Executor, Memory

WORTH_IT: Final = 200
"""Files from which several processes are started by themselves: two of them are even with one at 90, and save a fifth at 200."""

WORTH_IT_WITH_DATA: Final = 8


def run(
    files: Iterable[str],
    options: Options,
    specs: str | None = None,
    jobs: int | None = 1,
    watch: ProgressCallback | None = None,
    dask: str | None = None,
    memories: Iterable[Memory] = (),
) -> Generator[FileReport, None, None]:
    """Check files in the order given, with ``jobs`` processes (1: in this one, where the bytes can be watched).

    Without a number it is one for each core, if there are files enough; 0 is one for each core. Remote files are checked by
    as many threads, or the usual number of them. ``dask`` is the address of a scheduler whose cluster does the work instead.
    Each of ``memories`` is searched for reports that are known, the last one first.
    """
    worker = executor((os.cpu_count() or 1) if jobs == 0 else jobs, watch, dask)
    if dask is None:
        from jwstprod_check.run.by_place import ByPlace

        worker = ByPlace(worker, jobs or None, watch)
    for memory in memories:
        from jwstprod_check.run.recall import Recalling

        worker = Recalling(worker, memory)
    return worker.run(files, options, specs)


class ByThemselves:
    """The executor that uses several processes where there are files enough and processes can be started, else this one."""

    def __init__(self, watch: ProgressCallback | None = None) -> None:
        self._watch = watch

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        from jwstprod_check.run.processes import NoProcessError

        files = iter(files)
        enough = WORTH_IT_WITH_DATA if options.data else WORTH_IT
        first = list(islice(files, enough))
        jobs = (os.cpu_count() or 1) if len(first) == enough and self._watch is None else 1
        source = chain(first, files)
        waiting: deque[str] = deque()

        def handed_out() -> Iterator[str]:
            for path in source:
                waiting.append(path)
                yield path

        try:
            for report in executor(jobs, self._watch).run(handed_out(), options, specs):
                waiting.popleft()
                yield report
        except NoProcessError:
            yield from executor(1, self._watch).run(chain(waiting, source), options, specs)


def executor(jobs: int | None, watch: ProgressCallback | None = None, dask: str | None = None) -> Executor:
    """Choose who does the work."""
    if dask is not None:
        from jwstprod_check.run.dask import Dask

        return Dask(dask)
    if jobs is None:
        return ByThemselves(watch)
    if jobs == 1:
        from jwstprod_check.run.serial import Serial

        return Serial(watch)
    from jwstprod_check.run.processes import Processes

    return Processes(jobs)
