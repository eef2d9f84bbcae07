"""This process does the work, one file after the other; the bytes that are read can be watched."""

from collections.abc import Generator, Iterable

from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback, check_path
from jwstprod_check.findings import FileReport


class Serial:
    """The executor that makes no process."""

    def __init__(self, watch: ProgressCallback | None = None) -> None:
        self._watch = watch

    def run(self, files: Iterable[str], options: Options, specs: str | None) -> Generator[FileReport, None, None]:
        for path in files:
            yield check_path(path, options, specs, self._watch)
