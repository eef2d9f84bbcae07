"""JSON for programs: one object for a run, or one line for a file.

The object is stable: schema ``jwstprod-report/1``, described in the README. Both write each file as it comes.
"""

from typing import Final, TextIO

import msgspec

from jwstprod_check import __version__
from jwstprod_check.findings import FileReport
from jwstprod_check.report.summary import Summary

SCHEMA: Final = "jwstprod-report/1"


class JsonReporter:
    """One JSON object; ``summary`` is last, because it is known last."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._separator = "\n"

    def start(self) -> None:
        tool = {"name": "jwstprod", "version": __version__}
        self._stream.write(f'{{"schema": {_encode(SCHEMA)}, "tool": {_encode(tool)}, "files": [')

    def add(self, report: FileReport) -> None:
        self._stream.write(self._separator + _encode(report.to_dict()))
        self._separator = ",\n"

    def finish(self, summary: Summary) -> None:
        self._stream.write(f'\n], "summary": {_encode(summary.to_dict())}}}\n')


class NdjsonReporter:
    """One ``files`` element a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def start(self) -> None:
        pass

    def add(self, report: FileReport) -> None:
        self._stream.write(_encode(report.to_dict()) + "\n")

    def finish(self, summary: Summary) -> None:
        pass


def _encode(value: object) -> str:
    # A path that is not UTF-8 contains surrogates, which are invalid in UTF-8: json.dumps escapes them.
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(value)
