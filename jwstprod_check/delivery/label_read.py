"""A label of MAST's uploader as it was written: its parts with their lines, and what its patterns are."""

import os
from stat import S_ISREG
from typing import Any, Final

import msgspec

MAX_BYTES: Final = 64 * 2**20
"""Bytes of a label; one that names each of 100,000 files has some 10 MB."""

MAX_PARTS: Final = 1_000_000
"""Parts of a label, those of aliases counted each time."""

EXCLUSION: Final = "(?!)"
"""What begins a pattern of names that are not of a filetype."""


class LabelError(Exception):
    """A file that is no label: not YAML, or no mapping."""


class Node(msgspec.Struct, frozen=True):
    """A part of a label: a text, a list or a mapping; ``line`` counts from 1, ``is_quoted`` is whether a text is in quotes."""

    value: Any
    line: int
    is_quoted: bool = False
    twice: tuple[str, ...] = ()

    def get(self, key: str) -> "Node | None":
        """Return a value of a mapping; None without it."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text(self, key: str) -> str | None:
        """Return a text of a mapping; None without one."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, str) else None

    def items(self, key: str) -> "list[Node]":
        """Return a list of a mapping; a bare text is a list of one."""
        found = self.get(key)
        if found is None:
            return []
        return found.value if isinstance(found.value, list) else [found]

    def pairs(self, key: str) -> "dict[str, Node]":
        """Return a mapping of a mapping."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, dict) else {}

    def is_true(self, key: str) -> bool:
        """Whether a switch is on."""
        return (self.text(key) or "").lower() in {"true", "1"}


def read_label(path: str) -> Node:
    """Read a label. Raises ``OSError`` and ``LabelError``."""
    import yaml

    if not S_ISREG(os.stat(path).st_mode):
        # A pipe that nobody writes to would be waited for without end.
        raise LabelError("it is not a regular file")
    with open(path, "rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise LabelError(f"it has more than {MAX_BYTES} bytes")
    try:
        root = yaml.compose(raw.decode("utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except UnicodeDecodeError:
        raise LabelError("it is not UTF-8") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise LabelError(f"it is no YAML: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(root, yaml.MappingNode):
        raise LabelError("it is no mapping")
    return _node(root, [0])


def _node(node: Any, count: list[int]) -> Node:
    """A node of YAML with its line. Aliases write a part out each time, so that the number of parts is bounded."""
    count[0] += 1
    if count[0] > MAX_PARTS:
        raise LabelError("it has too many parts")
    line = node.start_mark.line + 1
    if node.id == "scalar":
        return Node(node.value, line, node.style in {"'", '"'})
    if node.id == "sequence":
        return Node([_node(part, count) for part in node.value], line)
    keys = [str(key.value) for key, _ in node.value]
    twice = tuple(sorted({key for key in keys if keys.count(key) > 1})) if len(set(keys)) < len(keys) else ()
    return Node({str(key.value): _node(part, count) for key, part in node.value}, line, twice=twice)


def expression(node: Node) -> str | None:
    """Return the regular expression of a pattern without the mark of an exclusion, None where there is none."""
    found = node.value if isinstance(node.value, str) else node.text("pattern")
    return None if found is None else found.removeprefix(EXCLUSION)


def included(node: Node) -> bool:
    """Whether a pattern includes names; another excludes them."""
    if isinstance(node.value, str):
        return not node.value.startswith(EXCLUSION)
    return node.text("pattern") is not None and (node.get("include") is None or node.is_true("include"))
