"""Files of this machine are checked by this process or several, remote ones by threads."""

from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import Final

from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback
from jwstprod_check.findings import FileReport
from jwstprod_check.run.seam import Executor
from jwstprod_check.storage.urls import in_web_or_bucket

THREADS: Final = 32
"""Threads where no number is given. A file is five or six round trips and 5 to 10 ms of work: behind 50 ms for each trip so
many keep one processor busy, and no server minds them."""


class ByPlace:
    """The executor of a run that may hold remote files: ``local`` checks what comes before the first of them, threads the rest.

    ``threads`` is their number, None for the usual one. A run over files of this machine starts no thread, and no process is
    started once a client of servers is at work.
    """

    def __init__(self, local: Executor, threads: int | None, watch: ProgressCallback | None = None) -> None:
        self._local = local
        self._threads = threads
        self._watch = watch

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        files = iter(files)
        remote: list[str] = []
        yield from self._local.run(_until_remote(files, remote), options, specs)
        if remote:
            from jwstprod_check.run.threads import Threads

            yield from Threads(self._threads or THREADS, self._watch).run(chain(remote, files), options, specs)


def _until_remote(files: Iterator[str], remote: list[str]) -> Iterator[str]:
    """Return the files before the first remote one, which is put aside."""
    for path in files:
        if in_web_or_bucket(path):
            remote.append(path)
            return
        yield path
