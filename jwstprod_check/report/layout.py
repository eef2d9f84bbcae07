"""Text for a page of some width: lines that break between words, columns, colours that can be read on black and on white.

Nothing is imported for it, so that a page is as quick to write as a list of findings.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TextIO

import msgspec

MIN_WIDTH: Final = 60
MAX_WIDTH: Final = 120
USUAL_WIDTH: Final = 100
GAP: Final = 2

COLORS: Final = {
    "ok": 28,
    "absent": 243,
    "ignored": 243,
    "dim": 243,
    "missing": 160,
    "error": 160,
    "warning": 130,
    "info": 31,
}
"""Numbers in the table of 256 colours, by state; each has a contrast of 3.8 or more on black as on white."""

BOLD: Final = frozenset({"missing", "error", "bold"})

MARKS: Final[Mapping[str, str]] = {
    "ok": "✓",
    "absent": "-",
    "ignored": "~",
    "missing": "✗",
    "error": "✗",
    "warning": "!",
    "info": "i",
}
ASCII_MARKS: Final[Mapping[str, str]] = {**MARKS, "ok": "ok", "missing": "X", "error": "X"}

LEGEND: Final = {
    "ok": "as documented",
    "absent": "optional and absent",
    "ignored": "ignored or not checked",
    "error": "error",
    "warning": "warning",
    "info": "information",
}
"""What a mark means, in the order of the legend; ``missing`` has the mark of an error."""


_WORDS: Final = re.compile(r"(\s*)(\S+(?: x \S+){0,5})")
"""Words with the blanks before them; dimensions such as ``64 x 64 x 5`` are one word."""

_PARTS: Final = re.compile(r"(\s*)(\S+)")


class Paper(msgspec.Struct, frozen=True):
    """What is written on: its width in characters, whether it shows colour, the marks that its encoding has."""

    width: int
    color: bool
    marks: Mapping[str, str]

    def paint(self, text: str, state: str) -> str:
        """Return text in the colour of a state."""
        if not self.color or not text:
            return text
        codes = (["1"] if state in BOLD else []) + ([f"38;5;{COLORS[state]}"] if state in COLORS else [])
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text

    def mark(self, state: str) -> str:
        """Return the mark of a state in its colour."""
        return self.paint(self.marks[state], state)


def paper_of(stream: TextIO, *, color: bool = True) -> Paper:
    """Return the paper that a stream is, without colour where ``color`` is False or NO_COLOR is set.

    Colour is for a terminal, or where FORCE_COLOR asks for it.
    """
    terminal = stream.isatty()
    shows = bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")
    wanted = color and shows and not os.environ.get("NO_COLOR")
    return Paper(_width(stream if terminal else None), wanted, marks_of(stream.encoding))


def _width(terminal: TextIO | None) -> int:
    """Return the width of a page: COLUMNS or that of the terminal, within bounds; 100 where there is neither."""
    stated = os.environ.get("COLUMNS", "")
    width = int(stated) if stated.isdecimal() and len(stated) < 6 else 0
    if not width and terminal is not None:
        try:
            width = os.get_terminal_size(terminal.fileno()).columns
        except OSError:
            width = 0
    return min(max(width or USUAL_WIDTH, MIN_WIDTH), MAX_WIDTH)


def marks_of(encoding: str | None) -> Mapping[str, str]:
    """Return the marks that an encoding can show; text in memory, which has none, can show all."""
    return MARKS if (encoding or "utf").lower().replace("-", "").startswith("utf") else ASCII_MARKS


def legend(states: Iterable[str], marks: Mapping[str, str]) -> str:
    """``✓ as documented, ✗ error``: what the marks of a page mean."""
    seen = {"error" if state == "missing" else state for state in states}
    return ", ".join(f"{marks[state]} {meaning}" for state, meaning in LEGEND.items() if state in seen)


def wrapped(text: str, width: int, first: str = "", later: str | None = None) -> Iterator[str]:
    """Break text between words into lines of at most ``width`` characters; a longer word stays whole.

    ``first`` begins the first line and ``later`` the others, by default blanks of the same length.
    """
    later = " " * len(first) if later is None else later
    line, used = first, False
    for blanks, word in _words(text, width - len(later)):
        if used and len(line) + len(blanks) + len(word) > width:
            yield line
            line, used = later, False
        line += blanks + word if used else word
        used = True
    yield line.rstrip()


def _words(text: str, room: int) -> Iterator[tuple[str, str]]:
    """Return the words of a text with the blanks before them; dimensions that have no room on a line are several words."""
    for blanks, word in _WORDS.findall(text):
        if " x " in word and len(word) > room:
            first, *others = _PARTS.findall(word)
            yield blanks, first[1]
            yield from others
        else:
            yield blanks, word


def table(
    rows: Sequence[Sequence[str]], width: int, flexible: Sequence[int] = (), right: Sequence[int] = ()
) -> Iterator[tuple[int, str]]:
    """Return the lines of a table, each with the number of its row.

    The cells of the ``flexible`` columns are broken between words where the table is wider than ``width``; those of the
    columns ``right`` are aligned to the right.
    """
    widths = _widths(rows, width, flexible)
    for number, row in enumerate(rows):
        cells = [list(wrapped(cell, widths[n])) if n in flexible else [cell] for n, cell in enumerate(row)]
        for at in range(max(map(len, cells))):
            line = [cell[at] if at < len(cell) else "" for cell in cells]
            padded = [text.rjust(widths[n]) if n in right else text.ljust(widths[n]) for n, text in enumerate(line)]
            yield number, (" " * GAP).join(padded).rstrip()


def _widths(rows: Sequence[Sequence[str]], width: int, flexible: Sequence[int]) -> list[int]:
    """Widths of the columns: what is wanting is taken from the widest of the flexible ones, down to their longest words."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] or [0]
    over = sum(widths) + GAP * (len(widths) - 1) - width
    least = _longest(rows, flexible, _WORDS)
    if over > sum(widths[n] - least[n] for n in flexible):
        least = _longest(rows, flexible, _PARTS)
    while over > 0:
        can = [n for n in flexible if widths[n] > least[n]]
        if not can:
            break
        widest = max(can, key=lambda n: widths[n])
        widths[widest] -= 1
        over -= 1
    return widths


def _longest(rows: Sequence[Sequence[str]], columns: Sequence[int], words: re.Pattern[str]) -> dict[int, int]:
    """Length of the longest word of each of some columns."""
    return {n: max((len(word) for row in rows for _, word in words.findall(row[n])), default=0) for n in columns}
