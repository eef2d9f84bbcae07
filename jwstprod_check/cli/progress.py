"""Progress on stderr, from the first second on, taken away before a report is written."""

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from jwstprod_check.findings import FileReport
from jwstprod_check.text import plural

if TYPE_CHECKING:
    from rich.status import Status

DELAY: Final = 1.0
"""Seconds before anything is shown."""


def followed(reports: Iterator[FileReport]) -> Iterator[FileReport]:
    """Return the reports as they come; say how many there were and at what rate."""
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


def _status() -> "Status":
    from rich.console import Console
    from rich.status import Status

    return Status("", console=Console(stderr=True, markup=False, highlight=False))
