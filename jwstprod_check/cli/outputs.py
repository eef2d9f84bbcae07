"""Where reports are written: the standard output, or files that are written beside their place and renamed when whole.

An output is never an input, and two outputs never go to one file: both are refused before anything is read.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, filterfalse
from stat import S_ISFIFO, S_ISREG
from types import TracebackType
from typing import Self, TextIO

import click

from jwstprod_check.storage.found import FITS_ENDINGS
from jwstprod_check.storage.paths import expand, read_list, standard_input
from jwstprod_check.storage.urls import in_web_or_bucket
from jwstprod_check.text import printable


class Outputs:
    """The streams of the formats that were asked for; ``finish`` puts the files in their places.

    Raises ``click.BadParameter`` for an output that cannot be written or must not.
    """

    def __init__(
        self,
        formats: list[tuple[str, str | None]],
        inputs: tuple[str, ...],
        listing: str | None,
        option: str = "--format",
    ) -> None:
        self._option = option
        self.streams: list[tuple[str, TextIO]] = []
        self._files: list[tuple[TextIO, str, str]] = []
        refuse_twice([path for _, path in formats if path is not None], option)
        for _, path in formats:
            if path is not None and any(other is None for _, other in formats):
                refuse_stdout(path, "give that format without a file", option)
        for _, path in formats:
            if path is not None:
                _refuse_input(path, inputs, listing, option)
        try:
            for name, path in formats:
                self.streams.append((name, sys.stdout if path is None else self._open(path)))
        except BaseException:
            self._discard()
            raise

    def not_among(self, files: Iterable[str]) -> Iterator[str]:
        """Return files as they come; raises where one is an output, as a list on stdin may name one."""
        targets = [target for _, beside, target in self._files if beside and os.path.exists(target)]
        if not targets:
            yield from files
            return
        for path in files:
            for target in targets:
                if _is_same(path, target):
                    raise _is_input(target, self._option)
            yield path

    def parts(self) -> list[str]:
        """Files that are being written beside their place."""
        return [beside for _, beside, _ in self._files if beside]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A run that was interrupted leaves what it has, closed as incomplete; any other failure leaves nothing.
        if isinstance(error, KeyboardInterrupt):
            self.finish()
        else:
            self._discard()

    def _open(self, path: str) -> TextIO:
        try:
            if not _is_replaceable(path):
                stream = open(_open_device(path), "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - closed by finish
                self._files.append((stream, "", path))
                return stream
            target = os.path.realpath(path)
            beside = part_of(target)
            stream = open(beside, "x", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - closed by finish
        except OSError as error:
            raise click.BadParameter(f"{path}: {error.strerror}", param_hint=self._option) from None
        self._files.append((stream, beside, target))
        return stream

    def finish(self) -> None:
        """Close all files and give them their names. Raises ``OSError`` where one cannot be written whole."""
        files, self._files = self._files, []
        for at, (stream, beside, target) in enumerate(files):
            try:
                stream.close()
                if beside:
                    os.replace(beside, target)
            except OSError:
                self._files = files[at:]
                raise

    def _discard(self) -> None:
        for stream, beside, _ in self._files:
            try:
                stream.close()
            except OSError:
                # What is thrown away need not have been written.
                continue
            finally:
                if beside and os.path.exists(beside):
                    os.unlink(beside)
        self._files = []


def refuse_other_names(path: str) -> None:
    """Raise for a name that no list of files in UTF-8 can have."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise click.ClickException(f"{printable(path)}: the name is not UTF-8") from None


def part_of(target: str) -> str:
    """Path at which a file is written until it is whole."""
    return os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.{os.getpid()}.part")


def own_files(paths: Iterable[str]) -> frozenset[str]:
    """Return what a run that writes some files has on the disk for them: they, their parts and their records."""
    targets = [os.path.realpath(path) for path in paths]
    if not targets:
        return frozenset()
    from jwstprod_check.run.journal import ENDING

    return frozenset(chain(targets, map(part_of, targets), (f"{target}{ENDING}" for target in targets)))


def is_own(path: str, own: frozenset[str]) -> bool:
    """Whether a file that was found is one of ``own_files``."""
    return bool(own) and os.path.realpath(path) in own


def replace_whole(path: str, content: bytes) -> None:
    """Write a file beside its place and rename it; what is no regular file is written to, as a pipe.

    Raises ``OSError`` where it cannot be written; nothing is left behind then.
    """
    if not _is_replaceable(path):
        with open(_open_device(path), "wb") as stream:
            stream.write(content)
        return
    target = os.path.realpath(path)
    beside = part_of(target)
    try:
        with open(beside, "xb") as stream:
            stream.write(content)
        os.replace(beside, target)
    except OSError:
        if os.path.exists(beside):
            os.unlink(beside)
        raise


def _is_replaceable(path: str) -> bool:
    """Whether a path is free or that of a regular file: a device, a pipe or what stdout is led to must stay what it is."""
    return not is_device(path) and not _is_stdout(path)


def _open_device(path: str) -> int:
    """Open a pipe, a terminal, a null device or the standard output; return the number of the open file. Raises ``OSError``.

    A pipe that nobody reads would be waited for without end.
    """
    if _is_stdout(path):
        sys.stdout.flush()
        return os.dup(sys.stdout.fileno())
    number = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    if S_ISFIFO(os.fstat(number).st_mode):
        os.set_blocking(number, True)
    return number


def refuse(outputs: Iterable[str], inputs: tuple[str, ...], listing: str | None, option: str = "--format") -> None:
    """Raise ``click.BadParameter`` where an output, which an option names, is one of the inputs."""
    for path in outputs:
        _refuse_input(path, inputs, listing, option)


def refuse_twice(paths: Iterable[str], option: str = "--format") -> None:
    """Raise ``click.BadParameter`` where two outputs are one file."""
    seen: dict[str, str] = {}
    for path in paths:
        place = os.path.realpath(path)
        same = next((other for other in seen.values() if _is_same(other, path)), None) or seen.get(place)
        if same is not None and not is_device(path):
            raise click.BadParameter(f"two outputs go to one file: {same} and {path}", param_hint=option)
        seen[place] = path


def refuse_stdout(path: str, instead: str, option: str) -> None:
    """Raise where a file, pipe or terminal is the standard output, which has a report of its own."""
    if _is_stdout(path) and not _is_same(path, os.devnull):
        reason = f"two outputs go to one file: the standard output and {path}; {instead}"
        raise click.BadParameter(reason, param_hint=option)


def _is_stdout(path: str) -> bool:
    """Whether a path is that of the standard output, which may be a file, a pipe or a terminal."""
    try:
        return os.path.samestat(os.fstat(sys.stdout.fileno()), os.stat(path))
    except (OSError, ValueError):
        return False


def _refuse_input(path: str, inputs: tuple[str, ...], listing: str | None, option: str) -> None:
    """Raise where an output is one of the files that are checked, by whatever name."""
    if not os.path.exists(path) or is_device(path):
        return
    if any(_is_same(path, given) for given in (*inputs, *([listing] if listing else []))):
        raise _is_input(path, option)
    status = os.stat(path)
    other_name = status.st_nlink > 1 or os.path.islink(path) or path.lower().endswith(FITS_ENDINGS)
    folders = [given for given in inputs if not os.path.isfile(given)] if other_name else []
    # A link may lie anywhere below a folder, or be matched by a pattern: all files are compared, but no remote ones.
    here = filterfalse(in_web_or_bucket, chain(folders, listed_in(listing)))
    found = (one for one in expand(here) if isinstance(one, str))
    if any(_is_same(path, one) for one in found):
        raise _is_input(path, option)


def _is_input(path: str, option: str) -> click.BadParameter:
    reason = f"{path} is one of the files to check, or else read by the run; it would be overwritten"
    return click.BadParameter(reason, param_hint=option)


def listed_on_stdin() -> Iterator[str]:
    """Paths of a list on the standard input."""
    try:
        stream = standard_input()
    except OSError as error:
        raise click.BadParameter(str(error.strerror), param_hint="--files-from") from None
    return read_list(stream)


def listed_in(listing: str | None) -> Iterator[str]:
    """Paths of a list; what comes from stdin can be read only once, and is compared as it comes."""
    if listing is None or listing == "-":
        return
    try:
        with open(listing, "rb") as stream:
            yield from read_list(stream)
    except OSError as error:
        raise click.BadParameter(f"{listing}: {error.strerror or error}", param_hint="--files-from") from None


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def is_device(path: str) -> bool:
    """Whether a path is that of something else than a regular file."""
    return os.path.exists(path) and not S_ISREG(os.stat(path).st_mode)
