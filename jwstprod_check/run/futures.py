"""Whatever runs functions elsewhere as ``concurrent.futures`` has it: its processes, loky, mpi4py.futures, Dask's executor.

Some chunks of files are under way at a time; their reports are returned in order.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from concurrent.futures import Executor as Pool
from typing import Any, Final

from jwstprod_check.config import Options
from jwstprod_check.findings import FileReport
from jwstprod_check.run.elsewhere import Tasks, check_task
from jwstprod_check.run.seam import CutError
from jwstprod_check.text import error_text

AHEAD: Final = 4
"""Chunks for each worker that are under way, or done and not yet returned."""

Future = Any
"""Of ``concurrent.futures`` or of Dask: ``result()`` and ``cancel()``."""


class Futures:
    """The executor that gives its work to a pool; to close the generator cancels what has not begun.

    Raises ``CutError`` where the pool breaks down, as one of ``concurrent.futures`` does when one of its processes dies; the
    reports before are whole.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        tasks = Tasks(options, specs)
        most = AHEAD * _workers(self._pool)

        def submit(paths: list[str]) -> Future:
            try:
                return self._pool.submit(check_task, tasks.of(paths))
            except (BrokenExecutor, RuntimeError) as error:
                raise _broken(error) from error

        yield from in_order(
            tasks.chunks(files),
            submit,
            lambda future, _: _reports(future),
            lambda: most,
            lambda future: future.cancel(),
        )


def in_order(
    chunked: Iterable[list[str]],
    submit: Callable[[list[str]], Future],
    reports: Callable[[Future, list[str]], Iterable[FileReport]],
    most: Callable[[], int],
    drop: Callable[[Future], object],
) -> Iterator[FileReport]:
    """Have chunks of files checked, ``most`` of them under way; ``reports`` waits for those of a chunk.

    ``drop`` is called with what is under way when the run ends early.
    """
    under_way: deque[tuple[Future, list[str]]] = deque()
    try:
        for paths in chunked:
            under_way.append((submit(paths), paths))
            while len(under_way) >= most():
                yield from reports(*under_way.popleft())
        while under_way:
            yield from reports(*under_way.popleft())
    finally:
        for future, _ in under_way:
            drop(future)


def _reports(future: Future) -> list[FileReport]:
    try:
        found: list[FileReport] = future.result()
    except (BrokenExecutor, CancelledError) as error:
        raise _broken(error) from error
    return found


def _broken(error: BaseException) -> CutError:
    return CutError(f"the pool of workers broke down ({error_text(error)})")


def _workers(pool: Pool) -> int:
    """Return how many workers a pool has, as far as it states it."""
    stated = getattr(pool, "num_workers", None) or getattr(pool, "_max_workers", None)
    return stated if isinstance(stated, int) and stated > 0 else os.cpu_count() or 1
