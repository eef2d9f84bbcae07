"""Reports as bytes that are kept in files, and back: what comes back is checked, for anybody may have written it."""

import os
from typing import Any, Final

import msgspec

from jwstprod_check.findings import FileReport
from jwstprod_check.text import printable

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[bytes, FileReport])
_PATHS: Final = msgspec.msgpack.Decoder(tuple[bytes, msgspec.Raw])


def pack(report: FileReport) -> bytes | None:
    """Return a report as bytes, None for one that has values beyond them, such as integers of more than 64 bits.

    A path may have bytes that are no text, so it is kept as bytes, beside the rest.
    """
    try:
        return _ENCODER.encode((os.fsencode(report.path), msgspec.structs.replace(report, path="")))
    except (OverflowError, UnicodeEncodeError):
        return None


def unpack(packed: bytes) -> FileReport | None:
    """Return the report, None for bytes that are none or hold text that is not safe to print."""
    try:
        path, report = _DECODER.decode(packed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not _is_safe(msgspec.to_builtins(report)):
        return None
    return msgspec.structs.replace(report, path=os.fsdecode(path))


def path_of(packed: bytes) -> str | None:
    """Return the path of a packed report, None for bytes that are none."""
    try:
        return os.fsdecode(_PATHS.decode(packed)[0])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_safe(value: Any) -> bool:
    """Whether every text of a report can be printed unchanged."""
    if isinstance(value, str):
        return printable(value) == value
    if isinstance(value, dict):
        return all(_is_safe(key) and _is_safe(part) for key, part in value.items())
    return all(map(_is_safe, value)) if isinstance(value, list | tuple) else True
