"""Reports that are known already, of a run that ended early or from the cache: only the others are made."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Final

from jwstprod_check.config import Options
from jwstprod_check.findings import FileReport
from jwstprod_check.run.seam import Executor, Memory

HELD: Final = 1000
"""Known reports that wait for the reports of files before them."""


class Recalling:
    """The executor that has another one check what a memory does not know."""

    def __init__(self, others: Executor, memory: Memory) -> None:
        self._others = others
        self._memory = memory

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        files = self._memory.ahead(iter(files))
        while True:
            unknown: str | None = None
            for path in files:
                known = self._memory.find(path)
                if known is None:
                    unknown = path
                    break
                yield known
            if unknown is None:
                return
            yield from self._from(unknown, files, options, specs)

    def _from(
        self, first: str, files: Iterator[str], options: Options, specs: str | None
    ) -> Generator[FileReport, None, None]:
        """Check files from one that is not known, until there are none or too many known reports wait."""
        waiting = _Waiting()

        def unknown() -> Iterator[str]:
            waiting.add(None)
            yield first
            for path in files:
                known = self._memory.find(path)
                waiting.add(known)
                if known is None:
                    yield path
                elif waiting.held >= HELD:
                    return

        with closing(self._others.run(unknown(), options, specs)) as reports:
            for report in reports:
                waiting.pass_unknown()
                self._memory.keep(report)
                yield report
                yield from waiting.known()
        yield from waiting.known()


class _Waiting:
    """The reports to come, in order: those that are known, None for one that is being made."""

    def __init__(self) -> None:
        self._reports: deque[FileReport | None] = deque()
        self.held = 0

    def add(self, report: FileReport | None) -> None:
        self._reports.append(report)
        self.held += report is not None

    def pass_unknown(self) -> None:
        """Let the first report go, which was being made."""
        self._reports.popleft()

    def known(self) -> Iterator[FileReport]:
        """Return the known reports before the next one that is being made."""
        while self._reports and (report := self._reports[0]) is not None:
            self._reports.popleft()
            self.held -= 1
            yield report
