"""Progress on stderr, after the first second, removed before a report is written."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from jwstprod_check.findings import FileReport
from jwstprod_check.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

DELAY: Final = 1.0
"""Seconds before anything is shown."""

INTERVAL: Final = 0.1
"""Seconds between two changes of the line."""

ERASE: Final = "\r\x1b[2K"
"""Takes the cursor to the start of an empty line."""

COUNTING: Final = 0.1
"""Share of the time that may be spent on counting the files of a run, until their number is known."""


def followed(reports: Iterator[FileReport], files: Iterator[str] | None = None) -> Iterator[FileReport]:
    """Return the reports as they come; show how many of how many were checked, the rate, and the time left.

    ``files`` are the paths of the run once more: they are counted a few at a time while the run goes on.
    """
    if os.environ.get("TERM") == "dumb":
        yield from reports
        return
    start = shown = time.monotonic()
    # Where the report goes elsewhere, the line need not make room for it.
    same_place = sys.stdout.isatty()
    line = _Line()
    total = _Total(files)
    failing = 0
    try:
        for count, report in enumerate(reports, 1):
            if same_place:
                line.clear()
            failing += report.verdict in ("nonconforming", "unverified")
            yield report
            now = time.monotonic()
            if now - start > DELAY and (same_place or now - shown > INTERVAL):
                shown = now
                total.count(COUNTING * (now - start))
                sys.stdout.flush()
                line.show(progress(count, total.known, failing, now - start))
    finally:
        line.clear()


def progress(count: int, total: int | None, failing: int, elapsed: float) -> str:
    """``1,200 of 5,000 files, 3 fail, 640 a second, 6 s left``; without a total, no time left."""
    every = count if total is None else max(total, count)
    number = f"{every:,}" if total is None else f"{count:,} of {every:,}"
    done = f"{number} {'file' if every == 1 else 'files'}"
    rate = count / elapsed
    left = "" if total is None else f", {_duration(max(total - count, 0) / rate)} left"
    pace = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
    return f"{done}, {failing:,} {'fails' if failing == 1 else 'fail'}, {pace} a second{left}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


class _Line:
    """The last line of the terminal, written again and again."""

    def __init__(self) -> None:
        self._shown = False

    def show(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(ERASE + text[:width])
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write(ERASE)
            sys.stderr.flush()
            self._shown = False


class _Total:
    """Counts the files of a run in small steps; ``known`` is their number once all have been counted."""

    STEP: Final = 64

    def __init__(self, files: Iterator[str] | None) -> None:
        self._files = files
        self._count = 0
        self._spent = 0.0
        self.known: int | None = None

    def count(self, allowed: float) -> None:
        """Count on, until ``allowed`` seconds in all have been spent."""
        while self._files is not None and self._spent < allowed:
            start = time.monotonic()
            step = sum(1 for _ in islice(self._files, self.STEP))
            self._spent += time.monotonic() - start
            self._count += step
            if step < self.STEP:
                self._files, self.known = None, self._count


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
            sys.stderr.write(ERASE)
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
