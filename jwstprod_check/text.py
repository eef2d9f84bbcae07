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
    """Text with every control or unprintable character written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def listed(words: Iterable[str], most: int = 10) -> str:
    """``a, b and c``; items beyond ``most`` are counted."""
    items = list(words)
    if len(items) > most:
        items = [*items[:most], f"{len(items) - most} more"]
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def times(lengths: Iterable[object]) -> str:
    """Axes as in the documentation: ``64 x 64 x 5``."""
    return " x ".join(str(n) for n in lengths)
