"""Files that another process or machine checks: what it is given, and how it answers.

A task names what its reports are to be made with. A process that has another version, or other specs, refuses it, so that
reports of different programs are never mixed.
"""

import os
import pickle
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from typing import Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.engine.check import STDIN, check_path, unreadable
from jwstprod_check.findings import FileReport
from jwstprod_check.run.by_place import THREADS
from jwstprod_check.run.program import Program, difference, program_for, program_of
from jwstprod_check.run.seam import CutError
from jwstprod_check.run.threads import Threads
from jwstprod_check.storage.urls import in_web_or_bucket

CHUNK: Final = 128
"""Files of a task: a cluster takes some 6 ms of CPU time for one, as much as five files do.

The first tasks have fewer, so that the first reports come soon and few files are shared out evenly.
"""

CHUNK_WITH_DATA: Final = 8

FIRST: Final = 4


class Task(msgspec.Struct, frozen=True):
    """Files to check.

    ``folder`` is what relative paths are relative to; ``asked`` are the options and the folder of specs, pickled, which a
    process reads that has the same program.
    """

    program: Program
    asked: bytes
    folder: str
    paths: tuple[str, ...]


class Tasks:
    """Makes the tasks of one run."""

    def __init__(self, options: Options, specs: str | None) -> None:
        by_path = tuple(
            one if one.specs is None else msgspec.structs.replace(one, specs=os.path.abspath(one.specs))
            for one in options.by_path
        )
        options = msgspec.structs.replace(options, by_path=by_path)
        self._program = program_for(options, specs)
        self._asked = pickle.dumps((options, os.path.abspath(specs) if specs else None))
        self._folder = os.getcwd()
        self._most = CHUNK_WITH_DATA if options.data else CHUNK

    def chunks(self, files: Iterable[str]) -> Iterator[list[str]]:
        """Return the files of each task."""
        return chunks(files, self._most)

    def of(self, paths: Iterable[str]) -> Task:
        """Return the task of checking files."""
        return Task(self._program, self._asked, self._folder, tuple(paths))


def chunks(files: Iterable[str], most: int = CHUNK) -> Iterator[list[str]]:
    """Return files some at a time, more of them later on, up to a number."""
    chunk: list[str] = []
    number = 0
    for path in files:
        chunk.append(path)
        if len(chunk) >= min(most, FIRST + number):
            yield chunk
            chunk = []
            number += 1
    if chunk:
        yield chunk


def check_task(task: Task) -> list[FileReport]:
    """Check the files of a task. Raises ``CutError`` where this process would make other reports, ``SpecError``."""
    differs = difference(task.program, _own(tuple(folder for folder, _ in task.program.specs)))
    if differs:
        raise CutError(f"a worker has {differs}: reports of both are not mixed")
    options, specs = pickle.loads(task.asked)  # noqa: S301 - of the one who has this process run his code
    # The remote files of a task are waited for together; no thread starts where there are none.
    with closing(Threads(THREADS).run(filter(in_web_or_bucket, task.paths), options, specs)) as remote:
        return [
            next(remote) if in_web_or_bucket(path) else _checked(path, task.folder, options, specs)
            for path in task.paths
        ]


def _checked(path: str, folder: str, options: Options, specs: str | None) -> FileReport:
    if path == STDIN:
        return unreadable(path, options, "no other process can read what comes on stdin")
    return check_path(path, options, specs, folder=folder)


_own = lru_cache(maxsize=8)(program_of)
"""The program of this process, which does not change while it runs."""
