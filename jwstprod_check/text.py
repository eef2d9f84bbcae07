"""Parts of messages: plurals, lists, and header text made safe to print.

Every byte of a header is untrusted; header text goes through ``quoted`` into a message.
"""

from collections.abc import Iterable
from typing import Final

MAX_QUOTED: Final = 80


def plural(count: int, noun: str) -> str:
    """``1 byte``, ``2 bytes``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def quoted(text: str) -> str:
    """Text from a file in quotes, cut to 80 characters, control characters as escapes."""
    cut = text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 3] + "..."
    return "'" + printable(cut) + "'"


def printable(text: str) -> str:
    """Text with every character that a terminal could act on, or not show, written as an escape.

    So are the marks by which continuous-integration runners find commands in a log: ``::error::`` and ``##[error]``.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(c if c.isprintable() else _escaped(c) for c in text)
    if "::" in text or "##[" in text:
        text = text.replace("::", ":\\x3a").replace("##[", "#\\x23[")
    return text


def _escaped(character: str) -> str:
    r"""``\\n``, ``\\x1b``; a stand-in for a byte that is not UTF-8, as paths may have them, as that byte."""
    code = ord(character)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else character.encode("unicode_escape").decode("ascii")


def inert(text: str) -> str:
    r"""Quoted strings of JSON or YAML without the marks of commands in a log; as ``\u003a`` and ``\u0023`` they stay the same."""
    return text.replace("::", ":\\u003a").replace("##[", "#\\u0023[")


def valid_text(text: str) -> str:
    r"""Text without the stand-ins for bytes that are not UTF-8, as paths may have them; they are written as ``\\xff``."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def listed(words: Iterable[str], most: int = 10) -> str:
    """``a, b and c``; items beyond ``most`` are counted."""
    items = list(words)
    if len(items) > most:
        items = [*items[:most], f"{len(items) - most} more"]
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def error_text(error: BaseException) -> str:
    """What an exception says: its type and its text; of a lack of memory, that it is one."""
    if isinstance(error, MemoryError):
        return f"not enough memory ({error})" if str(error) else "not enough memory"
    return f"{type(error).__name__}: {error}"


def times(lengths: Iterable[object]) -> str:
    """Axes as in the documentation: ``64 x 64 x 5``."""
    return " x ".join(str(n) for n in lengths)
