"""What a check is done with: a cluster, a cache, and the record by which a run that was ended early goes on."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import click
import msgspec

from jwstprod_check.cli.outputs import is_device
from jwstprod_check.config import Options
from jwstprod_check.text import printable

if TYPE_CHECKING:
    from jwstprod_check.run.cache import Cache
    from jwstprod_check.run.journal import Journal
    from jwstprod_check.run.seam import Memory

Formats = list[tuple[str, str | None]]

_SUMMARY: Final = b'{"summary":'
_TAIL: Final = 2**20


def work_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what the work is done with."""
    for option in (
        click.option(
            "--resume",
            metavar="OUT.ndjson",
            help="Write this ndjson report; if a run that was to write it was ended early, go on from there.",
        ),
        click.option("--cache", metavar="DIR", help="Do not open a file that did not change since a run with DIR."),
        click.option(
            "--dask", metavar="ADDRESS", help="Have a Dask cluster do the work: tcp://HOST:PORT, or a scheduler file."
        ),
    ):
        command = option(command)
    return command


class Work(msgspec.Struct, frozen=True):
    """The options: the address of a scheduler, the folder of a cache, the report of a run that is to go on."""

    dask: str | None
    cache: str | None
    resume: str | None

    def check(self, jobs: int | None, paths: tuple[str, ...]) -> None:
        """Raise where options exclude each other, or a report cannot be gone on with."""
        if self.dask is not None and jobs is not None:
            raise click.UsageError("--dask and --jobs exclude each other")
        if self.dask is not None and "-" in paths:
            raise click.UsageError("--dask cannot be given a file on stdin: no other process can read it")
        if self.resume is None or not os.path.lexists(self.resume) or _has_record(self.resume):
            return
        if _is_whole(self.resume):
            raise _refused(f"{printable(self.resume)} is the report of a whole run; there is nothing to go on with")
        raise _refused(
            f"{printable(self.resume)} has no record beside it ({printable(os.path.basename(_record(self.resume)))}) of "
            "what its run was asked for, as a run with --resume or --format ndjson=FILE leaves one"
        )

    def with_report(self, formats: Formats) -> Formats:
        """Return the formats, with the report that a run is to go on with."""
        if self.resume is None or any(_is_report(one, self.resume) for one in formats):
            return formats
        return [*formats, ("ndjson", self.resume)]

    def memories(self, formats: Formats, options: Options, specs: str | None, several: bool) -> "Memories":
        """Return what is known before the run; of a run over several files with a report in ndjson a record is made."""
        report = self.resume or (next(_written(formats), None) if several else None)
        return Memories(self, report, options, specs)


class Memories:
    """What is known of files before a run, and what is noted of them; ``options`` are those that the run is to use."""

    def __init__(self, work: Work, report: str | None, options: Options, specs: str | None) -> None:
        self.options = options
        self._report = report
        self._whole = False
        self._journal: Journal | None = None
        self._cache: Cache | None = None
        if report is not None:
            self._journal = _journal(report, options, specs, resume=work.resume is not None)
        if self._journal is not None:
            # A report that is kept has what the formats of the first run show.
            self.options = self._journal.asked.options
        try:
            # A sum is of the bytes that are there now: whoever asks for sums wants the files read.
            used = work.cache is not None and not self.options.digest
            self._cache = _cache(work.cache, self.options, specs) if used and work.cache is not None else None
        except BaseException:
            self._close()
            raise

    @property
    def all(self) -> "list[Memory]":
        """The cache first, which is searched last."""
        return [memory for memory in (self._cache, self._journal) if memory is not None]

    def finish(self) -> None:
        """Note that the run came to its end, and its reports are whole. Raises ``OSError`` where one is not."""
        sys.stdout.flush()
        self._whole = True

    def advice(self, done: int) -> str:
        """Return how a run that could not go on is gone on with, if any files are done."""
        if not done:
            return ""
        if self._journal is None or self._report is None:
            return "; a run with --resume OUT.ndjson can go on where it was ended"
        return f"; what is done is written, and --resume {printable(self._report)} with the same arguments goes on"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._journal is not None:
            self._journal.close(whole=self._whole)


def _journal(report: str, options: Options, specs: str | None, *, resume: bool) -> "Journal | None":
    from jwstprod_check.run.journal import Asked, Journal, JournalError
    from jwstprod_check.run.program import program_for

    asked = Asked(program_for(options, specs), options)
    try:
        journal = Journal(_record(report), asked, resume=resume and _has_record(report))
    except UnicodeEncodeError:
        # A pattern of --exclude may have bytes that are no text, which a record cannot have.
        if resume:
            raise _refused("an option with bytes that are no text cannot be recorded") from None
        return None
    except JournalError as error:
        if resume:
            raise _refused(str(error)) from None
        raise click.BadParameter(str(error), param_hint="--format") from None
    if resume:
        _remove_parts(report)
    return journal


def _cache(folder: str, options: Options, specs: str | None) -> "Cache":
    from jwstprod_check.run.cache import Cache

    try:
        return Cache(folder, options, specs)
    except OSError as error:
        raise click.BadParameter(f"{printable(folder)}: {error.strerror}", param_hint="--cache") from None


def _refused(reason: str) -> click.BadParameter:
    return click.BadParameter(reason, param_hint="--resume")


def _record(report: str) -> str:
    """Return where the record of the run that writes a report is."""
    return f"{os.path.realpath(report)}.resume"


def _has_record(report: str) -> bool:
    record = _record(report)
    return os.path.lexists(record) and os.path.getsize(record) > 0


def _is_report(one: tuple[str, str | None], report: str) -> bool:
    name, path = one
    return name == "ndjson" and path is not None and os.path.realpath(path) == os.path.realpath(report)


def _written(formats: Formats) -> Iterator[str]:
    """Return the files that reports in ndjson are written to."""
    for name, path in formats:
        file = _redirected() if path is None else path
        if name == "ndjson" and file is not None and not is_device(file):
            yield file


def _redirected() -> str | None:
    """Return the empty file that the standard output goes to, where the system names it."""
    try:
        number = sys.stdout.fileno()
        path = os.readlink(f"/proc/self/fd/{number}")
        status = os.fstat(number)
        return path if os.path.samestat(os.stat(path), status) and not status.st_size else None
    except (OSError, ValueError):
        return None


def _is_whole(report: str) -> bool:
    """Whether the last line of a report is its summary, which a report that was ended early lacks."""
    if is_device(report) or not os.path.exists(report):
        return False
    with open(report, "rb") as stream:
        stream.seek(max(0, os.path.getsize(report) - _TAIL))
        *_, last = stream.read().rstrip(b"\n").split(b"\n")
    return last.startswith(_SUMMARY)


def _remove_parts(report: str) -> None:
    """Remove what a run that was killed had written of a report; nobody else writes it, for the record is ours."""
    folder, base = os.path.split(os.path.realpath(report))
    part = re.compile(rf"\.{re.escape(base)}\.(\d+)\.part")
    for name in os.listdir(folder):
        found = part.fullmatch(name)
        if found is not None and int(found[1]) != os.getpid():
            os.unlink(os.path.join(folder, name))
