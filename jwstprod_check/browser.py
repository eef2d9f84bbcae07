"""What the page that checks files in a browser calls (``web/``): names and texts go in, JSON comes out.

A file of the browser is read in slices through a function of the page; nothing else is known of JavaScript here.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from errno import EIO
from io import StringIO
from typing import Any, Final, Protocol

import msgspec

from jwstprod_check import __version__
from jwstprod_check.config import Options
from jwstprod_check.delivery.files import Delivery
from jwstprod_check.engine.check import check_path, only_named
from jwstprod_check.findings import FileReport
from jwstprod_check.fits.walk import FitsFile, read_source
from jwstprod_check.report.html_file import VERDICT_STATES, mark, product_of
from jwstprod_check.report.html_overview import counts, state, title, unread
from jwstprod_check.report.html_record import page, record
from jwstprod_check.report.json import JsonReporter, encode
from jwstprod_check.report.markup import tag
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.rules import find_rule
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.found import Found, NotLookedAt, of_folder
from jwstprod_check.storage.paths import only_files
from jwstprod_check.storage.source import Source
from jwstprod_check.text import printable

MAX_CARDS: Final = 2000
"""Cards that a page shows at once; the search finds the others."""

WINDOW: Final = 2**16
"""Bytes that are read at once: a slice of a file costs the browser as much as some hundred cards."""


class Slice(Protocol):
    """Bytes that the page has read, an array of JavaScript."""

    def to_bytes(self) -> bytes:
        """Return them as bytes of Python."""
        ...


Read = Callable[[int, int], Slice | str]
"""Bytes of a file between two offsets, or the reason for which they cannot be read."""


class BlobSource(Source):
    """A file of the browser, of ``stored`` bytes, read in slices by a function of the page."""

    def __init__(self, name: str, stored: int, read: Read) -> None:
        self.name = name
        self.stored = stored
        self._slice = read
        self._start = 0
        self._window = b""

    def read(self, offset: int, length: int) -> bytes:
        at = offset - self._start
        if at < 0 or at + length > len(self._window):
            end = min(self.stored, offset + max(length, WINDOW))
            if offset >= end:
                return b""
            self._window, self._start, at = self._read(offset, end), offset, 0
        return self._window[at : at + length]

    def _read(self, offset: int, end: int) -> bytes:
        found = self._slice(offset, end)
        if isinstance(found, str):
            raise OSError(EIO, found, self.name)
        data = found.to_bytes()
        if len(data) != end - offset:
            raise OSError(EIO, "it changed while it was read", self.name)
        return data


class Choices(msgspec.Struct, frozen=True):
    """What the user chose in the page; None for a product that is to be identified, and for no profile."""

    product: str | None = None
    profile: str | None = None
    strict: bool = False


class Run:
    """A run over files, which are checked one after the other; its report can be asked for at any time.

    ``choices`` is JSON; ``several`` states that the files were chosen together, so that they are compared with each other.
    """

    def __init__(self, choices: str, several: bool) -> None:
        chosen = msgspec.json.decode(choices, type=Choices)
        self._options = Options(chosen.strict, product=chosen.product, profile=chosen.profile, delivery=several)
        self._delivery = Delivery()
        self._summary = Summary()
        self._last: FileReport | None = None
        self._stream = StringIO()
        self._reporter = JsonReporter(self._stream, Style())
        self._reporter.start(RunInfo(_now(), self._options, specs=f"sha256:{catalogue(None).documents.digest()}"))

    def choose(self, named: Iterable[str], found: Iterable[str]) -> str:
        """Return the paths to check as JSON: files that the user named, and those of folders that may be products.

        The others of the folders are counted.
        """
        passed_over = self._summary.passed_over
        every = only_named("", catalogue(None), self._options)
        below = only_files(_found(found), lambda _: None, lambda one: passed_over.add(one.folder, one.what), every)
        return encode([*named, *below])

    def trouble(self, path: str, reason: str) -> None:
        """Take up what could not be opened."""
        self._summary.trouble(path, printable(reason), named=False)

    def check(self, path: str, size: int, read: Read) -> str:
        """Check a file; return its row in the list and its page as JSON."""
        report = check_path(path, self._options, source=BlobSource(path, size, read))
        self._delivery.add(report)
        self._summary.add(report)
        self._last = report
        self._reporter.add(report)
        codes = dict.fromkeys(finding.code for finding in report.findings)
        manuals = {code: manual for code in codes if (manual := _manual(code)) is not None}
        return encode({"row": record(report), "page": encode(page(report)), "manuals": manuals})

    def finish(self) -> None:
        """Compare the files with each other."""
        for finding in self._delivery.finish():
            self._summary.add_across(finding, self._options.fail_on)

    def overview(self) -> str:
        """Return the verdict on the run and its counts as JSON; of a single file its own verdict, and no counts."""
        summary, last = self._summary, self._last
        passed_over = str(summary.passed_over)
        notes = [tag("p", f"Not looked at: {printable(passed_over)}")] if passed_over else []
        parts = [*notes, *unread(summary)]
        single = summary.files == 1 and last is not None and not parts
        kind, heading, lines = state(summary), title(summary), [summary.sentence()]
        if single and last is not None:
            kind, heading = VERDICT_STATES[last.verdict], last.verdict
            lines.insert(0, printable(f"{last.path}: {product_of(last)}"))
        else:
            parts.append(tag("div", *counts(summary), class_="counts"))
        shown = [mark(kind), f" {heading}"]
        return encode(
            {"state": kind, "single": single, "title": heading, "heading": shown, "lines": lines, "parts": parts}
        )

    def report(self) -> str:
        """Return the JSON report of the files that were checked so far."""
        end = self._stream.tell()
        self._reporter.finish(self._summary)
        text = self._stream.getvalue()
        self._stream.seek(end)
        self._stream.truncate()
        return text


class Headers:
    """The headers of one file, to look at."""

    def __init__(self, path: str, size: int, read: Read) -> None:
        with open_source(BlobSource(path, size, read)) as source:
            self._file: FitsFile = read_source(source, path)

    def hdus(self) -> str:
        """Return the names of the HDUs as JSON, each with what its header states of the data."""
        return encode([_described(hdu.index, hdu.label, hdu.type, hdu.dtype, hdu.axes) for hdu in self._file.hdus])

    def cards(self, hdu: int, words: str) -> str:
        """Return cards that have all of some words, of one HDU or (-1) of all, as JSON: the first of them, and their number."""
        wanted = words.lower().split()
        found = 0
        shown: list[tuple[int, str]] = []
        for one in self._file.hdus if hdu < 0 else self._file.hdus[hdu : hdu + 1]:
            for card in one.header.cards():
                image = printable(card.image.decode("latin-1")).rstrip()
                if not image or any(word not in image.lower() for word in wanted):
                    continue
                found += 1
                if len(shown) < MAX_CARDS:
                    shown.append((one.index, image))
        return encode({"count": found, "cards": shown})


def choices() -> str:
    """Return what the page lets the user choose from as JSON, and the version."""
    known = catalogue(None)
    products = [(name, known.spec(name).title) for name in known.names()]
    return encode({"version": __version__, "products": products, "profiles": list(known.profiles())})


def warm_up() -> None:
    """Import the rules and load the specs, so that the first file does not wait for them."""
    Run("{}", several=False).check("", 0, lambda _start, _end: "")


def _described(index: int, label: str, kind: str, dtype: str | None, axes: tuple[int, ...]) -> tuple[int, str, str]:
    size = " x ".join(map(str, axes))
    return index, printable(label), " ".join(part for part in (printable(kind), dtype, size) if part)


def _found(paths: Iterable[str]) -> Iterator[Found]:
    """Sort the files of folders as they are walked on a disk; what is below a hidden folder is passed over with it."""
    hidden: set[str] = set()
    for folder, name in sorted((tuple(os.path.dirname(path).split("/")), os.path.basename(path)) for path in paths):
        at = next((n for n, part in enumerate(folder) if part.startswith(".") and part.strip(".")), None)
        if at is None:
            yield from of_folder("/".join(folder), name)
            continue
        place = "/".join(folder[: at + 1])
        if place not in hidden:
            hidden.add(place)
            yield NotLookedAt(place, folder[at], folder=True)


def _manual(code: str) -> dict[str, Any] | None:
    rule = find_rule(code)
    return None if rule is None else {"name": rule.name, "text": rule.manual}


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")
