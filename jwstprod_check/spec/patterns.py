"""Names with ``*`` and ``?`` in them, which stand for any characters: of HDUs, columns and files."""

import re
from typing import Final

_WILD: Final = re.compile(r"\*+|\?")


def is_pattern(name: str) -> bool:
    """Whether a name has characters that stand for others."""
    return _WILD.search(name) is not None


def matches(name: str, pattern: str) -> bool:
    """Whether a name is one of a pattern's; the time grows with the product of their lengths at most."""
    at = place = 0
    star = back = -1
    while at < len(name):
        if place < len(pattern) and pattern[place] == "*":
            star, back = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", name[at]):
            at += 1
            place += 1
        elif star >= 0:
            # The last star takes one character more.
            back += 1
            at, place = back, star + 1
        else:
            return False
    return not pattern[place:].strip("*")


def example(pattern: str) -> str:
    """Return a name of a pattern."""
    return _WILD.sub("1", pattern)
