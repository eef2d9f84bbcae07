"""Several processes do the work, some files at a time each; none of them outlives the one that started it.

Each worker has a pipe of its own: no lock is shared, so that a process that dies leaves the others alone.
"""

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Self

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_path, unreadable
from jwstprod_check.findings import FileReport

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_PR_SET_PDEATHSIG: Final = 1

CHUNK: Final = 16
"""Files that a worker is given at a time."""

CHUNK_TEXT: Final = 2048
"""Characters of their paths: what a worker is given must fit into its pipe while nobody reads it."""

WAITING: Final = 2
"""Chunks that a worker holds: it begins the second while the reports of the first are written."""

AHEAD: Final = 4
"""Chunks for each worker that are under way, or done and not yet returned because one before them is not."""


_Reports = list[FileReport] | Exception


class NoProcessError(OSError):
    """No process could be started."""


class Processes:
    """The executor that keeps some chunks of files for each process under way.

    A process that dies costs none of its files: each is checked again in a process of its own, and only where that one
    dies too is it reported as unreadable. The first file of a check of headers is checked here: a run over one file needs
    no other process, and what processes are forked with (rules, specs) they need not load themselves.

    Raises ``NoProcessError`` where no process can be started; where some can, they do the work.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        files = iter(files)
        if not options.data:
            yield from (check_path(path, options, specs) for path in islice(files, 1))
        first = next(files, None)
        if first is None:
            return
        with _Team(self._jobs, options, specs) as team:
            for reports in team.check(_chunks(chain([first], files))):
                yield from reports


def _chunks(files: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    length = 0
    for path in files:
        if chunk and (len(chunk) == CHUNK or length + len(path) > CHUNK_TEXT):
            yield chunk
            chunk, length = [], 0
        chunk.append(path)
        length += len(path)
    if chunk:
        yield chunk


class _Worker:
    """A process that checks what comes through its pipe, in order; ``tasks`` are the chunks that it holds, by number."""

    def __init__(self, options: Options, specs: str | None, others: "list[_Worker]") -> None:
        from multiprocessing import Pipe, Process, get_start_method
        from threading import current_thread, main_thread

        self.tasks: deque[tuple[int, list[str]]] = deque()
        self.connection, theirs = Pipe()
        # A process that is forked has the pipes of all others too: as long as it holds them they do not end.
        forked = get_start_method() == "fork"
        inherited = [w.connection for w in others] + [self.connection] if forked else []
        in_main = current_thread() is main_thread()
        self._process = Process(target=_work, args=(theirs, inherited, in_main, options, specs), daemon=True)
        try:
            self._process.start()
        except BaseException:
            self.connection.close()
            raise
        finally:
            theirs.close()

    def give(self, number: int, paths: list[str]) -> None:
        """Have files checked. A worker that is dead takes them, and is found dead when its reports are asked for."""
        self.tasks.append((number, paths))
        try:
            self.connection.send(paths)
        except OSError:
            return

    def take(self) -> "_Reports | None":
        """Reports of the first chunk that it holds, or what the check raised; None where the process died."""
        try:
            found: _Reports = self.connection.recv()
        except (EOFError, OSError):
            return None
        self.tasks.popleft()
        return found

    def end(self, at_once: bool) -> None:
        """Let the process go, or have it killed."""
        self.connection.close()
        if at_once:
            self._process.kill()
        self._process.join()


class _Team:
    """The workers and what they hold."""

    def __init__(self, count: int, options: Options, specs: str | None) -> None:
        self._count = count
        self._options = options
        self._specs = specs
        self._workers: list[_Worker] = []
        self._done: dict[int, _Reports] = {}

    def check(self, chunks: Iterator[list[str]]) -> Iterator[list[FileReport]]:
        """Return the reports of each chunk, in order."""
        numbered = enumerate(chunks)
        given = returned = 0
        more = True
        while True:
            while more and given - returned < AHEAD * self._count and (free := self._free()) is not None:
                task = next(numbered, None)
                if task is None:
                    more = False
                else:
                    free.give(*task)
                    given += 1
            if returned == given:
                return
            if returned in self._done:
                found = self._done.pop(returned)
                if isinstance(found, Exception):
                    raise found
                yield found
                returned += 1
            else:
                self._collect()

    def _free(self) -> _Worker | None:
        """Return the worker that holds the fewest chunks, a new one where there are not enough, None if all have their due."""
        least = min(self._workers, key=lambda w: len(w.tasks), default=None)
        if len(self._workers) < self._count and (least is None or least.tasks):
            try:
                self._workers.append(self._start(self._workers))
            except NoProcessError:
                if least is None:
                    raise
                # The workers that there are do the work.
                self._count = len(self._workers)
            else:
                return self._workers[-1]
        return least if least is not None and len(least.tasks) < WAITING else None

    def _start(self, others: list[_Worker]) -> _Worker:
        try:
            return _Worker(self._options, self._specs, others)
        except BrokenPipeError:
            # What is written so far is flushed before a process starts, and nobody reads it.
            raise
        except (OSError, ImportError, NotImplementedError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or str(error)
            raise NoProcessError(f"no process can be started ({reason}); --jobs 1 needs none") from error

    def _collect(self) -> None:
        """Wait for reports and take them."""
        from multiprocessing.connection import wait

        busy = {w.connection: w for w in self._workers if w.tasks}
        for connection in wait(list(busy)):
            worker = busy[connection]  # type: ignore[index]
            number = worker.tasks[0][0]
            reports = worker.take()
            if reports is not None:
                self._done[number] = reports
                continue
            self._workers.remove(worker)
            worker.end(at_once=True)
            for lost, paths in worker.tasks:
                self._done[lost] = list(self._alone(paths))

    def _alone(self, paths: list[str]) -> Iterator[FileReport]:
        """Check files of a process that died, in one that has nothing else to lose."""
        worker: _Worker | None = None
        try:
            for path in paths:
                worker = worker or self._start(self._workers)
                worker.give(0, [path])
                reports = worker.take()
                if reports is None:
                    worker.end(at_once=True)
                    worker = None
                    reports = [unreadable(path, self._options, "the process that checked it died")]
                if isinstance(reports, Exception):
                    raise reports
                yield from reports
        finally:
            if worker is not None:
                worker.end(at_once=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for worker in self._workers:
            worker.end(at_once=kind is not None)


def _work(
    connection: "Connection", inherited: "list[Connection]", in_main: bool, options: Options, specs: str | None
) -> None:
    """Check what comes, until the other end of the pipe is closed."""
    for other in inherited:
        other.close()
    _follow_parent(in_main)
    while True:
        try:
            paths: list[str] = connection.recv()
        except (EOFError, OSError):
            return
        try:
            found: _Reports = [check_path(path, options, specs) for path in paths]
        except Exception as error:
            # A spec that cannot be used: raised again where the reports are waited for.
            found = error
        try:
            connection.send(found)
        except OSError:
            return


def _follow_parent(in_main: bool) -> None:
    """End when the parent does, also in the middle of a file, and leave the signals of a terminal to it."""
    import signal
    from multiprocessing import parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    parent = parent_process()
    if parent is None:
        return
    Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    # Linux tells of the end of a thread; one that is not the first may end long before its process.
    if in_main:
        _ask_for_signal()
    if not parent.is_alive():
        os._exit(1)


def _end_with(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def _ask_for_signal() -> None:
    """Have Linux kill this process when its parent ends; elsewhere the sentinel of the parent must do."""
    import signal
    import sys

    if not sys.platform.startswith("linux"):
        return
    try:
        from ctypes import CDLL

        CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    except (ImportError, OSError, AttributeError):
        return
