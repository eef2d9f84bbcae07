"""Patterns of paths as in a .gitignore file, relative to the folder of the config file that contains them."""

import os
import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec


class Globs(msgspec.Struct, frozen=True):
    """Patterns below a folder; of those that match the last decides, and ``!pattern`` takes a match back.

    A pattern with a slash that is not at its end is relative to the folder; one without matches at any depth. One that ends
    with a slash matches folders. What is below a folder that matches, matches too. A path that is not below the folder is
    compared with the patterns for any depth alone.
    """

    folder: str
    patterns: tuple[str, ...]

    def match(self, path: str) -> str:
        """Return the pattern that decides that a path matches, '' where none does."""
        parts, below = _parts(path, self.folder)
        found = ""
        for pattern in self.patterns:
            negative = pattern.startswith("!")
            anchored, folders_only, matches = _compiled(pattern.removeprefix("!"))
            if anchored and not below:
                continue
            if _matches(parts, matches, folders_only, anchored):
                found = "" if negative else pattern
        return found


def _parts(path: str, folder: str) -> tuple[tuple[str, ...], bool]:
    """Return the parts of a path, from the folder on where it is below it."""
    whole = os.path.abspath(path)
    base = folder if folder.endswith(os.sep) else folder + os.sep
    below = whole.startswith(base)
    names = (whole[len(base) :] if below else whole).replace(os.sep, "/")
    return tuple(name for name in names.split("/") if name), below


def _matches(parts: tuple[str, ...], matches: re.Pattern[str], folders_only: bool, anchored: bool) -> bool:
    # The last part is the file; each shorter path is a folder that it is in.
    for end in range(1, len(parts) + (0 if folders_only else 1)):
        name = "/".join(parts[:end]) if anchored else parts[end - 1]
        if matches.fullmatch(name):
            return True
    return False


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> tuple[bool, bool, re.Pattern[str]]:
    """Return whether a pattern is relative to its folder, whether it matches folders alone, and what it matches."""
    text = pattern.rstrip(" ") if not pattern.endswith("\\ ") else pattern
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    anchored = "/" in text
    return anchored, folders_only, re.compile(translated(text.removeprefix("/")), re.DOTALL)


def translated(pattern: str) -> str:
    """Return a pattern as a regular expression; a star does not match a slash, two stars match any number of folders."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith("**/") and (at == 0 or pattern[at - 1] == "/"):
            found.append("(?:[^/]+/)*")
            at += 3
            while pattern.startswith("**/", at):
                at += 3
        elif rest == "**" and (at == 0 or pattern[at - 1] == "/"):
            found.append(".+")
            at += 2
        elif rest[0] == "*":
            # Several stars are one: a repetition of stars would take time without end.
            found.append("[^/]*")
            at += len(rest) - len(rest.lstrip("*"))
        elif rest[0] == "?":
            found.append("[^/]")
            at += 1
        elif rest[0] == "[" and (end := rest.find("]", 3 if rest[1:2] in {"!", "^"} else 2)) > 0:
            inner = rest[1:end]
            negative = inner[:1] in {"!", "^"}
            characters = (inner[1:] if negative else inner).replace("\\", "\\\\").replace("[", "\\[")
            found.append(f"(?!/)[{'^' if negative else ''}{characters}]")
            at += end + 1
        else:
            if rest[0] == "\\" and len(rest) > 1:
                at += 1
            found.append(re.escape(pattern[at]))
            at += 1
    return "".join(found)


def check_globs(patterns: Iterable[str]) -> tuple[int, str] | None:
    """Return the number of the first pattern that matches nothing that can exist, and why; None where all are valid."""
    for number, pattern in enumerate(patterns):
        if not pattern.removeprefix("!").strip().strip("/"):
            return number, "the pattern is empty"
        try:
            _compiled(pattern.removeprefix("!"))
        except re.error as error:
            return number, f"{pattern!r} is not a pattern: {error}"
    return None
