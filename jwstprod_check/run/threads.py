"""Threads do the work where files are remote: what takes the time there is to wait for servers.

Each thread checks one file at a time, and gives its turn away while it waits (``turns``).
"""

from collections import deque
from collections.abc import Generator, Iterable
from contextlib import suppress
from itertools import chain, islice
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback, check_path
from jwstprod_check.findings import FileReport

AHEAD: Final = 2
"""Files for each thread that are under way, or done and not yet returned because one before them is not."""


class _Task:
    """A file that is to be checked; ``found`` gives its report, or what the check raised."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: SimpleQueue[FileReport | BaseException] = SimpleQueue()


class Threads:
    """The executor that has several threads check a file each. The bytes of a single file can be watched.

    The threads are daemons: a run that is ended does not wait for servers.
    """

    def __init__(self, count: int, watch: ProgressCallback | None = None) -> None:
        self._count = count
        self._watch = watch

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        files = iter(files)
        first = list(islice(files, 2))
        single = len(first) < 2 or self._count == 1
        count = 1 if single else self._count
        watch = self._watch if single else None
        tasks: SimpleQueue[_Task | None] = SimpleQueue()
        source = chain(first, files)
        under_way: deque[_Task] = deque()
        started = 0
        try:
            while True:
                for path in islice(source, AHEAD * count - len(under_way)):
                    under_way.append(_Task(path))
                    tasks.put(under_way[-1])
                    if started < count:
                        started += 1
                        Thread(target=_work, args=(tasks, options, specs, watch), daemon=True).start()
                if not under_way:
                    return
                found = under_way.popleft().found.get()
                if isinstance(found, BaseException):
                    raise found
                yield found
        finally:
            # What was not begun is dropped, and each thread ends with its file.
            with suppress(Empty):
                while True:
                    tasks.get_nowait()
            for _ in range(started):
                tasks.put(None)


def _work(
    tasks: "SimpleQueue[_Task | None]", options: Options, specs: str | None, watch: ProgressCallback | None
) -> None:
    while (task := tasks.get()) is not None:
        try:
            task.found.put(check_path(task.path, options, specs, watch))
        except BaseException as error:
            # Raised again where the report is waited for: a spec that cannot be used.
            task.found.put(error)
