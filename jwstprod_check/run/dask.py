"""A Dask cluster does the work: its workers need this package alone and read the files themselves.

A worker that dies costs nothing: Dask gives what it had to others. A file that kills its worker each time is found by checking
the files of its chunk one by one, while nothing else is under way that could be blamed for it.
"""

import os
import pickle
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jwstprod_check.config import Options
from jwstprod_check.engine.check import unreadable
from jwstprod_check.findings import FileReport
from jwstprod_check.run.elsewhere import Task, Tasks, check_task
from jwstprod_check.run.futures import AHEAD, in_order
from jwstprod_check.run.seam import CutError
from jwstprod_check.text import printable

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

CONNECT: Final = 10
"""Seconds in which the scheduler must answer."""

WORKERS: Final = 600
"""Seconds in which there must be a worker, at the start and in mid run: a cluster that grows with its work has none before, and
one of a batch system may be given others."""

COUNT_EVERY: Final = 5
"""Seconds after which the workers are counted again: they come and go."""

MISSING: Final = "--dask needs the package distributed: pip install 'jwstprod[dask]'"


class Dask:
    """The executor on a cluster. ``address`` is that of the scheduler, or the path of its file (``--scheduler-file``).

    Raises ``CutError`` where the scheduler does not answer or is lost, and where the workers lack this package or have another
    version or other specs.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        tasks = Tasks(options, specs)
        with _connected(self._address) as client:
            cluster = _Cluster(client, self._address, options, tasks)
            cluster.wait_for_workers()
            yield from cluster.check(files)


class _Call:
    """A task that is done where it is unpickled.

    The scheduler reads what it hands on to workers, the function included: of this, it reads bytes, so that it need not have
    this package.
    """

    def __init__(self, task: Task) -> None:
        self._task = task

    def __reduce__(self) -> tuple[Callable[[Task], list[FileReport]], tuple[Task]]:
        return check_task, (self._task,)


class _Cluster:
    """The cluster in one run."""

    def __init__(self, client: "Client", address: str, options: Options, tasks: Tasks) -> None:
        self._client = client
        self._address = address
        self._options = options
        self._tasks = tasks
        self._under_way: dict[Any, Any] = {}
        self._workers = 1
        self._counted = -float(COUNT_EVERY)

    def wait_for_workers(self) -> None:
        """Wait until there is a worker. Raises ``CutError`` where none comes, for the work would be waited for without end."""
        try:
            self._client.wait_for_workers(1, timeout=WORKERS)
        except OSError:
            reason = f"the Dask cluster at {printable(self._address)} has no worker after {WORKERS} seconds"
            raise CutError(reason) from None

    def check(self, files: Iterable[str]) -> Iterator[FileReport]:
        # What is under way when the run ends is given up when the client is closed.
        return in_order(self._tasks.chunks(files), self._submit, self._reports, self._most, lambda _: None)

    def _submit(self, paths: list[str]) -> Any:
        call = pickle.dumps(_Call(self._tasks.of(paths)))
        future = self._asked(lambda: self._client.submit(pickle.loads, call, pure=False))
        self._under_way[future.key] = future
        return future

    def _most(self) -> int:
        """Return how many chunks may be under way."""
        if monotonic() - self._counted > COUNT_EVERY:
            self._workers = max(1, len(self._asked(self._client.nthreads)))
            self._counted = monotonic()
        return AHEAD * self._workers

    def _reports(self, future: Any, paths: list[str]) -> Iterable[FileReport]:
        from distributed import KilledWorker

        try:
            return self._result(future)
        except KilledWorker:
            return self._one_by_one(paths)

    def _one_by_one(self, paths: list[str]) -> Iterator[FileReport]:
        from distributed import KilledWorker

        for path in paths:
            # The death of a worker counts for all that it was to do: nothing else may be under way.
            for other in list(self._under_way.values()):
                self._wait_for(other)
            try:
                yield from self._result(self._submit([path]))
            except KilledWorker:
                yield unreadable(path, self._options, "each worker that checked it died")

    def _result(self, future: Any) -> list[FileReport]:
        patience = COUNT_EVERY
        found: list[FileReport] | None = None
        try:
            while found is None:
                self._wait_for(future)
                found = self._fetched(future, patience)
                patience *= 2
        except (ModuleNotFoundError, AttributeError) as error:
            raise CutError(f"the workers lack jwstprod, or have another version ({printable(str(error))})") from None
        finally:
            self._under_way.pop(future.key, None)
        return found

    def _fetched(self, future: Any, seconds: float) -> list[FileReport] | None:
        """Return the reports of a task that is done, None where they did not come: a worker that dies takes them with it.

        The task is then done anew by another worker, and without one would be waited for without end.
        """

        def fetch() -> list[FileReport] | None:
            try:
                found: list[FileReport] = future.result(timeout=seconds)
            except TimeoutError:
                if future.status == "error":
                    raise
                return None
            return found

        return self._asked(fetch)

    def _wait_for(self, future: Any) -> None:
        """Wait until a task is done or has failed. Raises ``CutError`` where there are no workers any more that could do it."""
        alone_since: float | None = None
        while not future.done():
            try:
                future.exception(timeout=COUNT_EVERY)
            except TimeoutError:
                pass
            except (CancelledError, OSError) as error:
                raise self._lost() from error
            else:
                return
            if self._asked(self._client.nthreads):
                alone_since = None
            elif alone_since is None:
                alone_since = monotonic()
            elif monotonic() - alone_since > WORKERS:
                reason = f"the Dask cluster at {printable(self._address)} has had no worker for {WORKERS} seconds"
                raise CutError(reason)

    def _asked(self, question: Callable[[], T]) -> T:
        """Return what the cluster answers. Raises ``CutError`` where the scheduler is lost."""
        # The client would wait for half a minute and then fail in some other way.
        if self._client.status != "running":
            raise self._lost()
        try:
            return question()
        except (CancelledError, OSError) as error:
            raise self._lost() from error

    def _lost(self) -> CutError:
        return CutError(f"the Dask scheduler at {printable(self._address)} was lost")


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    try:
        from distributed import Client
    except ImportError:
        raise CutError(MISSING) from None
    where = {"scheduler_file": address} if os.path.isfile(address) else {"address": address}
    with _quiet():
        try:
            client = Client(**where, timeout=CONNECT, set_as_default=False, name="jwstprod")
        except (OSError, ValueError, TypeError) as error:
            raise CutError(
                f"no Dask scheduler answers at {printable(address)} ({printable(str(error))[:200]})"
            ) from None
        with client:
            yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the log of the cluster's client from stderr: what it means for the run is reported."""
    import logging

    names = [n for n in logging.root.manager.loggerDict if n.partition(".")[0] in ("distributed", "tornado", "asyncio")]
    loggers = [logging.getLogger(name) for name in names]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
