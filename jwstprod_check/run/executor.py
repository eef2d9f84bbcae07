"""Paths -> ``FileReport``s, in order, streaming: no list of reports or of paths is ever held.

An executor does the work. A file that cannot be read, or whose check fails as a whole, is a TOOL finding on that file, and
the next one is checked.
"""

from collections.abc import Generator, Iterable
from typing import Protocol

from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback
from jwstprod_check.findings import FileReport


class Executor(Protocol):
    """Who does the work."""

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        """Check files in the order given; to close the generator ends what is under way at once.

        Raises ``SpecError`` for a spec that cannot be used, ``OSError`` where the work cannot be done at all.
        """
        ...


def run(
    files: Iterable[str],
    options: Options,
    specs: str | None = None,
    jobs: int = 1,
    watch: ProgressCallback | None = None,
) -> Generator[FileReport, None, None]:
    """Check files in the order given, with ``jobs`` processes (1: in this one, where the bytes can be watched)."""
    return executor(jobs, watch).run(files, options, specs)


def executor(jobs: int, watch: ProgressCallback | None = None) -> Executor:
    """Choose who does the work."""
    if jobs == 1:
        from jwstprod_check.run.serial import Serial

        return Serial(watch)
    from jwstprod_check.run.processes import Processes

    return Processes(jobs)
