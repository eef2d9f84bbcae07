"""Progress on stderr, after the first second, removed before a report is written."""

import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jwstprod_check.findings import FileReport
from jwstprod_check.text import plural, printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.status import Status

DELAY: Final = 1.0
"""Seconds before anything is shown."""


def followed(reports: Iterator[FileReport]) -> Iterator[FileReport]:
    """Return the reports as they come; show their number and rate."""
    start = time.monotonic()
    status: Status | None = None
    bad = 0
    try:
        for count, report in enumerate(reports, 1):
            if status is not None:
                status.stop()
            bad += not report.conforming
            yield report
            elapsed = time.monotonic() - start
            if elapsed > DELAY:
                status = status or _status()
                status.update(f"{plural(count, 'file')} checked, {bad} nonconforming, {count / elapsed:.0f} a second")
                sys.stdout.flush()
                status.start()
    finally:
        if status is not None:
            status.stop()


class ByteBar:
    """A progress bar for a file whose data are read, with the time left, after the first second."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._path = ""
        self._start = time.monotonic()

    def __call__(self, path: str, done: int, size: int) -> None:
        """Show that ``done`` of ``size`` bytes of a file have been read; the last byte removes the bar."""
        if path != self._path:
            self.clear()
            self._path, self._start = path, time.monotonic()
        if done >= size:
            self.clear()
        elif self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)
        elif time.monotonic() - self._start > DELAY:
            sys.stdout.flush()
            self._bar = _byte_bar()
            self._task = self._bar.add_task(printable(os.path.basename(path)), total=size, completed=done)
            self._bar.start()

    def clear(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None


def _byte_bar() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _status() -> "Status":
    from rich.console import Console
    from rich.status import Status

    return Status("", console=Console(stderr=True, markup=False, highlight=False))
