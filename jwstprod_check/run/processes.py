"""Paths -> ``FileReport``s, in order, streaming: no list of reports or of paths is ever held.

A path that names nothing is a ``PathError`` (exit status 2); a file that cannot be read or whose check fails as a
whole is a TOOL finding on that file, and the next one is checked.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Final

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_file
from jwstprod_check.findings import FileReport, Finding, Severity
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.text import printable

CHUNK: Final = 16
"""Files that a worker process is given at a time."""

ProgressCallback = Callable[[str, int, int], None]
"""Told the path, the bytes read so far and the bytes of the file while a file is read whole."""


def check_path(path: str, options: Options, specs: str | None, watch: ProgressCallback | None = None) -> FileReport:
    """Check one file; whatever goes wrong with it becomes a finding."""
    try:
        file = read_fits(path)
        progress = None if watch is None else partial(_watched, watch, path, file.size)
        return check_file(file, catalogue(specs), options, path, progress)
    except OSError as error:
        return _unread(path, options, error.strerror or str(error))


def _watched(watch: ProgressCallback, path: str, size: int, done: int) -> None:
    watch(path, done, size)


def _unread(path: str, options: Options, reason: str) -> FileReport:
    finding = Finding("TOOL002", "unreadable", Severity.ERROR, f"the file cannot be read: {printable(reason)}")
    return FileReport(path, None, "data" if options.data else "structure", {}, (), (finding,), ())


def run(
    files: Iterable[str],
    options: Options,
    specs: str | None = None,
    jobs: int = 1,
    watch: ProgressCallback | None = None,
) -> Iterator[FileReport]:
    """Check files in the order given, with ``jobs`` processes (1: in this one, where the bytes can be watched)."""
    if jobs == 1:
        return (check_path(path, options, specs, watch) for path in files)
    return _run_pool(files, options, specs, jobs)


def _check_chunk(paths: list[str], options: Options, specs: str | None) -> list[FileReport]:
    return [check_path(path, options, specs) for path in paths]


def _run_pool(files: Iterable[str], options: Options, specs: str | None, jobs: int) -> Iterator[FileReport]:
    """Keep a few chunks for each process under way; a process that dies costs its chunk a finding each.

    The first file of a check of headers is checked here: a run over one file needs no other process, and what processes
    are forked with (rules, specs) they need not load themselves.
    """
    files = iter(files)
    if not options.data:
        yield from (check_path(path, options, specs) for path in islice(files, 1))
    first = next(files, None)
    if first is None:
        return
    files = chain([first], files)
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    waiting: deque[tuple[list[str], Future[list[FileReport]]]] = deque()
    pool = ProcessPoolExecutor(jobs)

    def finished(paths: list[str], future: "Future[list[FileReport]]") -> list[FileReport]:
        nonlocal pool
        try:
            return future.result()
        except BrokenProcessPool:
            pool.shutdown(wait=False)
            pool = ProcessPoolExecutor(jobs)
            return [_retry(path, options, specs) for path in paths]

    try:
        for chunk in _chunks(files, CHUNK):
            try:
                waiting.append((chunk, pool.submit(_check_chunk, chunk, options, specs)))
            except BrokenProcessPool:
                pool = ProcessPoolExecutor(jobs)
                waiting.append((chunk, pool.submit(_check_chunk, chunk, options, specs)))
            if len(waiting) >= 4 * jobs:
                yield from finished(*waiting.popleft())
        while waiting:
            yield from finished(*waiting.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _retry(path: str, options: Options, specs: str | None) -> FileReport:
    """Check a file of a chunk whose process died, alone in a process of its own."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(1) as alone:
        try:
            return alone.submit(check_path, path, options, specs).result()
        except BrokenProcessPool:
            return _unread(path, options, "the process that checked it died")


def _chunks(files: Iterable[str], size: int) -> Iterator[list[str]]:
    chunk: list[str] = []
    for path in files:
        chunk.append(path)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
