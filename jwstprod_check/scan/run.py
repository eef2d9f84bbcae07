"""The pass itself: each HDU's bytes in file order, shown to everything that has a question about them."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec

from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.scan.chunks import Part, parts, read_chunks
from jwstprod_check.scan.facts import HduFacts, Scan, Sums
from jwstprod_check.scan.questions import Questions
from jwstprod_check.scan.sums import header_sum, states_sum
from jwstprod_check.scan.tables import is_narrow
from jwstprod_check.scan.watch import HduWatch
from jwstprod_check.storage.source import Source
from jwstprod_check.turns import Waiting

if TYPE_CHECKING:
    from threading import Thread

KEEP_ASDF: Final = 16 * 2**20
"""Bytes of the ASDF extension that are kept for the rules."""

KEEP_TABLE: Final = 4 * 2**20
"""Bytes of any other binary table that are kept."""

KEEP_TABLES: Final = 16 * 2**20
"""Bytes of all binary tables besides ASDF that are kept."""

IN_THREAD: Final = 16 * 2**20
"""Bytes of the smallest file that is read in a thread of its own."""

Progress = Callable[[int], None]


def scan_data(
    source: Source,
    file: FitsFile,
    undefined_dq_bits: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Read every byte of a file whose headers were read from the same source, once and in order.

    ``undefined_dq_bits`` are the bits of DQ arrays, by EXTNAME, that are to be counted; ``progress`` is called with the
    bytes done. Raises ``OSError`` where the file cannot be read; nothing is raised for what it holds.
    """
    source.rewind()
    found = _scan(source, file, undefined_dq_bits or {}, progress)
    changed = source.changed()
    return msgspec.structs.replace(found, changed=changed) if changed else found


class DataPass:
    """The pass of ``scan_data`` while it is under way.

    A large file is read in a thread of its own, which leaves this one free: it is not Python that takes the time. The
    source must stay open until the pass has ended: ``result`` waits for that, and leaving the ``with`` block stops it.
    """

    def __init__(
        self, source: Source, file: FitsFile, undefined_dq_bits: Mapping[str, int], progress: Progress | None = None
    ) -> None:
        self._work = partial(scan_data, source, file, undefined_dq_bits)
        self._progress = progress
        self._found: Scan | Exception | None = None
        self._stopped = False
        self._thread: Thread | None = None
        if file.size >= IN_THREAD:
            import threading

            import numpy as np  # noqa: F401  # two threads that import at a time only wait for each other

            thread = threading.Thread(target=self._run, daemon=True)
            try:
                thread.start()
            except RuntimeError:
                # A system without threads, or that has no more of them, reads the file when it is asked for the facts.
                return
            self._thread = thread

    def _run(self) -> None:
        try:
            self._found = self._work(self._step)
        except Exception as error:
            # Raised where the facts are asked for, not in this thread.
            self._found = error

    def _step(self, done: int) -> None:
        if self._stopped:
            raise StoppedError
        if self._progress is not None:
            self._progress(done)

    def result(self) -> Scan:
        """Wait for the end of the pass and return what it found; raises what it raised."""
        if self._thread is None:
            return self._work(self._progress)
        with Waiting():
            self._thread.join()
        if isinstance(self._found, Scan):
            return self._found
        raise self._found or StoppedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped = True
        if self._thread is not None:
            self._thread.join()


class StoppedError(Exception):
    """The pass was stopped before its end."""


def _scan(source: Source, file: FitsFile, undefined_dq_bits: Mapping[str, int], progress: Progress | None) -> Scan:
    import numpy as np

    questions = Questions(file, undefined_dq_bits)
    keeper = _Keeper(file)
    facts: dict[int, HduFacts] = {}
    kept: dict[int, bytes] = {}
    narrow: dict[int, bytes] = {}
    reasons = _reasons(file)
    wanted = (part for hdu in file.hdus for part in _parts(hdu, file, reasons))

    def close(watch: HduWatch) -> None:
        found = watch.finish()
        facts[watch.hdu.index] = found
        if watch.keep and not found.not_read:
            kept[watch.hdu.index] = watch.bytes
        elif watch.narrow and not found.not_read:
            narrow[watch.hdu.index] = bytes(watch.narrow)
        questions.close(watch.hdu, found)

    # What cannot be read comes first, so that the HDUs that belong to it are not read for it.
    for hdu in file.hdus:
        if not any(_parts(hdu, file, reasons)):
            facts[hdu.index] = found = _without_data(hdu, reasons.get(hdu.index, ""))
            questions.close(hdu, found)

    with np.errstate(all="ignore"):
        watch: HduWatch | None = None
        for chunk in read_chunks(source, wanted, file.size):
            if watch is None or watch.hdu.index != chunk.part.key:
                if watch is not None:
                    close(watch)
                hdu = file.hdus[chunk.part.key]
                reason = reasons.get(hdu.index, "")
                keep = not reason and keeper.keeps(hdu)
                watch = HduWatch(hdu, questions, keep, reason, not reason and not keep and keeper.keeps_narrow(hdu))
            watch.feed(chunk)
            if progress is not None:
                progress(chunk.part.offset + len(chunk.data))
        if watch is not None:
            close(watch)
        return Scan(facts, kept, narrow, *questions.finish())


def _reasons(file: FitsFile) -> dict[int, str]:
    """HDUs whose data cannot be read as their header states, and why."""
    cut = {f.hdu for f in file.defects if f.kind == "truncated"}
    cut |= {f.hdu for f in file.defects if f.kind.startswith("gzip-")}
    reasons = {}
    for hdu in file.hdus:
        if not hdu.sized or hdu.data_end > file.size:
            known = hdu.data_size is not None
            reasons[hdu.index] = (
                "the size of its data is not known"
                if not known
                else "the file is truncated in its data"
                if hdu.index in cut or hdu.sized
                else "its data do not end where its header states"
            )
    return reasons


def _parts(hdu: Hdu, file: FitsFile, reasons: Mapping[int, str]) -> Iterator[Part]:
    if hdu.data_size is None or (hdu.index in reasons and not reasons[hdu.index].startswith("the file is truncated")):
        return
    yield from parts(hdu.index, hdu.data_offset, min(hdu.data_end, file.size) - hdu.data_offset)


def _without_data(hdu: Hdu, reason: str) -> HduFacts:
    return HduFacts(
        hdu.index, not_read=reason, sums=Sums(header_sum(hdu.header), 0) if states_sum(hdu) and not reason else None
    )


class _Keeper:
    """Which tables are kept."""

    def __init__(self, file: FitsFile) -> None:
        self._asdf = KEEP_ASDF
        self._tables = KEEP_TABLES
        self._times = next((h.index for h in file.named("INT_TIMES")), -1)

    def keeps(self, hdu: Hdu) -> bool:
        """Whether there is room for an HDU's data."""
        size = hdu.data_size or 0
        if hdu.type != "BINTABLE":
            return False
        if hdu.name == "ASDF":
            room = size <= self._asdf
            self._asdf -= size if room else 0
            return room
        if hdu.index == self._times:
            return size <= KEEP_TABLE
        return self._room(size)

    def keeps_narrow(self, hdu: Hdu) -> bool:
        """Whether there is room for the narrow columns of a table whose data are not kept."""
        if hdu.type != "BINTABLE" or hdu.name == "ASDF":
            return False
        width = sum(c.tform.width for c in hdu.columns if c.tform is not None and is_narrow(c))
        return bool(width) and self._room(width * (hdu.rows or 0))

    def _room(self, size: int) -> bool:
        room = size <= min(KEEP_TABLE, self._tables)
        self._tables -= size if room else 0
        return room
