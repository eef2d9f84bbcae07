"""The nodes of an ASDF tree as they were read: mappings, sequences and text; nothing is constructed.

Unknown tags are kept as text, and an alias is a node of its own, which ``Tree.node`` follows: a tree may be of any shape, and those
of world coordinates refer to themselves. An alias of an array in an HDU is a link of its own.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec

from jwstprod_check.defect import Defect

MAX_DEPTH: Final = 200
"""Levels of nesting; real trees have about 30. A YAML parser needs quadratic time for deep flow collections."""

NDARRAY: Final = "tag:stsci.edu:asdf/core/ndarray-"
"""Tag of an array, without its version."""

WORLD: Final = "tag:stsci.edu:gwcs/wcs-"
"""Tag of world coordinates, without its version."""

_MAX_PLAIN = 6
_SOURCE = re.compile(r"(?:(?P<name>[ -~]+),)?(?P<number>\d{1,9})\Z", re.ASCII)
_YAML = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]


class Text(msgspec.Struct, frozen=True):
    """A scalar as it is written. ``plain`` says that it has no quotes, ``tag`` is one that is written out."""

    text: str
    plain: bool = True
    tag: str | None = None


class Mapping(msgspec.Struct, frozen=True):
    """A mapping; of a key that is repeated the last value counts."""

    items: "dict[str, Node]"
    tag: str | None = None


class Sequence(msgspec.Struct, frozen=True):
    """A sequence."""

    items: "list[Node]"
    tag: str | None = None


class Alias(msgspec.Struct, frozen=True):
    """Another node, by its anchor; ``Tree.node`` finds it."""

    anchor: str


Node = Text | Mapping | Sequence | Alias


class Link(msgspec.Struct, frozen=True):
    """An array of the tree whose bytes are elsewhere: an HDU (``fits:SCI,1``, ``fits:3``) or a block (a number).

    ``path`` is () for a link beyond the events that were read, which has no ``node`` either.
    """

    path: Path
    source: str
    node: Mapping | None = None

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Shape in NumPy order, NAXIS1 last; None where it is none, or contains ``*`` for what is not known."""
        value = _plain(self.node.items.get("shape")) if self.node is not None else None
        if not isinstance(value, list) or not all(isinstance(n, str) and n.isdecimal() and len(n) < 19 for n in value):
            return None
        return tuple(int(n) for n in value)

    @property
    def datatype(self) -> Any:
        """Data type as the tree has it: a name, ``[ascii, n]``, or a list of columns; None where it has none."""
        return _plain(self.node.items.get("datatype")) if self.node is not None else None

    @property
    def block(self) -> int | None:
        """Number of the block; None for an HDU."""
        return int(self.source) if self.source.isdecimal() else None

    @property
    def target(self) -> tuple[str, int] | None:
        """EXTNAME and EXTVER of the HDU, or '' and its index; None where the link names none."""
        found = _SOURCE.match(self.source.removeprefix("fits:"))
        return ((found["name"] or "").strip(" ").upper(), int(found["number"])) if found else None


class Tree(msgspec.Struct, frozen=True):
    """What was read of a tree.

    ``root`` is None where there is none. ``links`` are the arrays whose bytes are elsewhere, ``arrays`` all that carry
    the tag of one, ``worlds`` the nodes of world coordinates, ``tags`` every tag with the place where it occurs first.
    ``complete`` is False where the tree has more events than are read. ``defect`` says why it could not be read: its ``kind`` is
    yaml, value, deep, aliases or empty, ``at`` the line counted from that of ``%YAML``.
    """

    root: Node | None
    links: tuple[Link, ...]
    arrays: tuple[tuple[Path, Node], ...]
    worlds: tuple[tuple[Path, Mapping], ...]
    tags: dict[str, Path]
    anchors: dict[str, Node]
    depth: int
    events: int
    complete: bool
    defect: Defect | None = None

    def node(self, node: Node | None) -> Text | Mapping | Sequence | None:
        """Return the node that an alias stands for; any other as it is."""
        for _ in range(MAX_DEPTH):
            if not isinstance(node, Alias):
                return node
            node = self.anchors.get(node.anchor)
        return None

    def at(self, *path: str | int) -> Text | Mapping | Sequence | None:
        """Return the node at a path; None where there is none."""
        node = self.node(self.root)
        for step in path:
            if isinstance(node, Mapping) and isinstance(step, str):
                node = self.node(node.items.get(step))
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = self.node(node.items[step])
            else:
                return None
        return node

    def items(self, node: Node | None) -> Iterator[Text | Mapping | Sequence | None]:
        """Items of a sequence; of anything else none."""
        node = self.node(node)
        return (self.node(item) for item in (node.items if isinstance(node, Sequence) else ()))

    def text(self, node: Node | None) -> str | None:
        """Text of a scalar; None for anything else and for a null."""
        node = self.node(node)
        return node.text if isinstance(node, Text) and kind_of(node) != "null" else None

    def number(self, node: Node | None) -> float | None:
        """Value of a number; None for anything else."""
        node = self.node(node)
        return number_of(node) if isinstance(node, Text) else None


def kind_of(text: Text) -> str:
    """What a YAML 1.1 parser takes a scalar for: str, int, float, bool, null, timestamp; else its tag."""
    if text.tag is not None and text.tag != "!":
        return text.tag.removeprefix(_YAML)
    if not text.plain:
        return "str"
    value = text.text
    for kind, pattern in _resolvers().get(value[:1], ()):
        if pattern.match(value):
            return kind
    return "str"


@cache
def _resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Patterns of PyYAML by the first character, each with the kind that it stands for."""
    from yaml.resolver import Resolver

    return {
        first: [(str(tag).removeprefix(_YAML), pattern) for tag, pattern in listed]
        for first, listed in Resolver.yaml_implicit_resolvers.items()
    }


def number_of(text: Text) -> float | None:
    """Value of a scalar that is an integer or a float, as YAML 1.1 reads it; None for any other."""
    if kind_of(text) not in {"int", "float"}:
        return None
    value = text.text.replace("_", "").lower()
    digits = value.lstrip("+-")
    try:
        if digits.startswith(("0x", "0b")):
            return float(int(value, 0))
        if ":" in digits:
            places = reversed(digits.split(":"))
            return sum(float(n) * 60.0**i for i, n in enumerate(places)) * (-1 if value[0] == "-" else 1)
        if kind_of(text) == "int" and digits[:1] == "0":
            return float(int(digits, 8)) * (-1 if value[0] == "-" else 1)
        return float(value.replace(".inf", "inf").replace(".nan", "nan"))
    except (ValueError, OverflowError):
        return None


def split_tag(tag: str) -> tuple[str, str]:
    """Name and version of a tag."""
    name, _, version = tag.rpartition("-")
    return name, version


def _plain(node: Node | None, depth: int = 0) -> Any:
    """Texts, lists and dictionaries of a node that has no aliases; None for what is nested too deeply."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Sequence) and depth < _MAX_PLAIN:
        return [_plain(item, depth + 1) for item in node.items]
    if isinstance(node, Mapping) and depth < _MAX_PLAIN:
        return {key: _plain(item, depth + 1) for key, item in node.items.items()}
    return None
