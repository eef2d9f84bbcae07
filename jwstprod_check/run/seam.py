"""What may do the work, and what may know reports before: the interfaces that the modules of this folder meet at."""

from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

from jwstprod_check.config import Options
from jwstprod_check.findings import FileReport


class CutError(Exception):
    """The run cannot go on; the reports that came are right, and a run can go on where this one stopped."""


class Executor(Protocol):
    """Who does the work."""

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        """Check files in the order given; to close the generator ends what is under way at once.

        Raises ``SpecError`` for a spec that cannot be used, ``OSError`` where the work cannot be done at all, ``CutError``
        where it comes to an end before the last file.
        """
        ...


class Memory(Protocol):
    """What knows reports: it looks for each file before it is checked, and takes each new report, both in order."""

    def ahead(self, files: Iterator[str]) -> Iterator[str]:
        """Return the files; what takes long to look up may be looked up before."""
        ...

    def find(self, path: str) -> FileReport | None:
        """Return the report of a file, None where it must be checked."""
        ...

    def keep(self, report: FileReport) -> None:
        """Take the report of a file that was not known."""
        ...
