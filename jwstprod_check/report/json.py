"""JSON for programs: one object for a run, or one line for a file.

The object is stable: schema ``jwstprod-report/2``, described in ``docs/report.schema.json``. Both write each file as it comes, in ASCII, so
that the encoding of the terminal or file does not matter.
"""

import re
from typing import Final, TextIO

import msgspec

from jwstprod_check import __version__
from jwstprod_check.findings import FileReport
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.text import inert

SCHEMA: Final = "jwstprod-report/2"

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7e]")


class JsonReporter:
    """One JSON object; ``summary`` comes last, because it is known last."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        del style
        self._stream = stream
        self._separator = "\n"

    def start(self, run: RunInfo) -> None:
        tool = {"name": "jwstprod", "version": __version__}
        head = f'{{"schema": {encode(SCHEMA)}, "tool": {encode(tool)}, "run": {encode(run.to_dict())}, "files": ['
        self._stream.write(head)

    def add(self, report: FileReport) -> None:
        self._stream.write(self._separator + encode(report.to_dict()))
        self._separator = ",\n"

    def finish(self, summary: Summary) -> None:
        across = encode(summary.delivery_to_dict())
        unread, counts = encode(summary.unread_to_list()), encode(summary.to_dict())
        self._stream.write(f'\n], "delivery": {across}, "unread": {unread}, "summary": {counts}}}\n')


class NdjsonReporter:
    """One ``files`` element a line, then a line with the summary, which a truncated report lacks."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        del style
        self._stream = stream

    def start(self, run: RunInfo) -> None:
        del run

    def add(self, report: FileReport) -> None:
        self._stream.write(encode(report.to_dict()) + "\n")

    def finish(self, summary: Summary) -> None:
        if summary.complete:
            last = {
                "summary": summary.to_dict(),
                "delivery": summary.delivery_to_dict(),
                "unread": summary.unread_to_list(),
            }
            self._stream.write(encode(last) + "\n")


def encode(value: object) -> str:
    """Return a value as JSON in ASCII, without DEL and without the marks of commands in a log."""
    text = msgspec.json.encode(value).decode()
    if not text.isascii() or "\x7f" in text:
        text = _BEYOND_ASCII.sub(_escaped, text)
    return inert(text)


def pretty(value: object) -> str:
    """Return a value as JSON in ASCII over several lines."""
    return msgspec.json.format(encode(value))


def _escaped(found: re.Match[str]) -> str:
    """Return a character as JSON escapes, one beyond 16 bits as a pair of surrogates (RFC 8259, section 7)."""
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
