"""The tree of an ASDF file, read as a stream of YAML events in bounded time and memory.

What becomes of it are mappings, sequences and text; nothing is constructed, unknown tags are kept as text, and an alias
is counted and not followed while the tree is read, so that the tree may be of any shape: those of world coordinates refer
to themselves. An alias of an array in an HDU is a link of its own.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec

from jwstprod_check.defect import Defect

MAX_EVENTS: Final = 1_000_000
"""YAML events that are read; beyond them only links are searched for. A tree with the world coordinates of one spectrum has some 3,000, of 200 slits some 800,000."""

MAX_SLOW_EVENTS: Final = 30_000
"""The same for PyYAML without its C parser, which is some 20 times slower."""

MAX_DEPTH: Final = 200
"""Levels of nesting; real trees have about 30. A YAML parser needs quadratic time for deep flow collections."""

MAX_EXPANDED: Final = 100_000_000
"""Nodes of the tree with every alias written out; no writer makes more than some thousand."""

MAX_ALIASED: Final = 10_000
"""Arrays in HDUs that are given by an alias; a tree with more of them is read no further. No writer makes any."""

NDARRAY: Final = "tag:stsci.edu:asdf/core/ndarray-"
"""Tag of an array, without its version."""

WORLD: Final = "tag:stsci.edu:gwcs/wcs-"
"""Tag of world coordinates, without its version."""

_MAX_LEAF = 4096
_MAX_PLAIN = 6
_LINK = re.compile(rb"source: *['\"]?(fits:[^'\"\r\n}]{1,200})")
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
    yaml, deep, aliases or empty, ``at`` the line counted from that of ``%YAML``.
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


def read_tree(text: bytes) -> Tree:
    """Read a YAML document, the ``...`` line included."""
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    loader: Any = (fast or yaml.SafeLoader)(text)
    reader = _Reader(MAX_EVENTS if fast is not None else MAX_SLOW_EVENTS)
    defect = None
    try:
        defect = reader.read(loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        defect = Defect("yaml", str(problem), at=mark.line + 1 if mark is not None else 0)
    finally:
        loader.dispose()
    links = reader.links
    if not reader.complete:
        known = {link.source for link in links}
        more = {found.decode("latin-1").rstrip() for found in _LINK.findall(text)}
        links += [Link((), source) for source in sorted(more - known)]
    return Tree(
        reader.root,
        tuple(links),
        tuple(reader.arrays),
        tuple(reader.worlds),
        reader.tags,
        reader.anchors,
        reader.depth,
        reader.events,
        reader.complete,
        defect,
    )


class _Reader:
    """What has been read so far; ``sizes`` counts the nodes of what has an anchor, aliases written out."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.root: Node | None = None
        self.links: list[Link] = []
        self.arrays: list[tuple[Path, Node]] = []
        self.worlds: list[tuple[Path, Mapping]] = []
        self.tags: dict[str, Path] = {}
        self.anchors: dict[str, Node] = {}
        self.sizes: dict[str, int] = {}
        self.aliased = 0
        self.depth = 0
        self.events = 0
        self.complete = True

    def read(self, loader: Any) -> Defect | None:  # noqa: PLR0915 - one loop: a call costs as much as an event
        """Read events to the end of the first document, and look whether another follows."""
        from yaml import events

        get, limit = loader.get_event, self.limit
        scalar, mapping_start, sequence_start = (
            events.ScalarEvent,
            events.MappingStartEvent,
            events.SequenceStartEvent,
        )
        ends = (events.MappingEndEvent, events.SequenceEndEvent)
        anchors, sizes, tags = self.anchors, self.sizes, self.tags
        # One level a collection: its node, the key under which it is kept above, its anchor, its size so far.
        levels: list[tuple[Mapping | Sequence, str | None, str | None]] = []
        counts: list[int] = []
        steps: list[str | int] = []
        items: dict[str, Node] | None = None
        sequence: list[Node] | None = None
        key: str | None = None
        aliases: dict[str, Alias] = {}
        count = 0
        node: Node
        while True:
            event = get()
            count += 1
            kind = type(event)
            if kind is scalar:
                value = event.value
                if len(value) > _MAX_LEAF:
                    value = value[:_MAX_LEAF]
                if event.anchor is not None:
                    anchors[event.anchor] = Text(value, event.implicit[0], event.tag)
                    sizes[event.anchor] = 1
                if items is not None and key is None:
                    key = value
                    continue
                tag = event.tag
                node = Text(value, event.implicit[0], tag)
                if tag is not None and tag not in tags:
                    tags[tag] = (*steps, key if key is not None else len(sequence or ()))
                if items is not None:
                    items[key] = node  # type: ignore[index]  # a key came before
                    key = None
                elif sequence is not None:
                    sequence.append(node)
                else:
                    self.root = node
            elif kind is mapping_start or kind is sequence_start:
                tag = event.tag
                node = Mapping({}, tag) if kind is mapping_start else Sequence([], tag)
                if levels:
                    if items is not None and key is None:
                        # A key that is a collection: nobody asks for its value.
                        key = "?"
                        items["?"] = node
                    steps.append(key if key is not None else len(sequence or ()))
                if tag is not None and tag not in tags:
                    tags[tag] = tuple(steps)
                anchor = event.anchor
                if anchor is not None:
                    anchors[anchor] = node
                    sizes[anchor] = 1
                levels.append((node, key, anchor))
                counts.append(1)
                key = None
                items, sequence = (node.items, None) if isinstance(node, Mapping) else (None, node.items)
                if len(levels) > self.depth:
                    self.depth = len(levels)
                    if len(levels) > MAX_DEPTH:
                        self.events = count
                        return Defect("deep", at=event.start_mark.line + 1)
            elif kind in ends:
                collection, above, anchor = levels.pop()
                size = min(counts.pop() + len(collection.items), MAX_EXPANDED + 1)
                if anchor is not None:
                    sizes[anchor] = size
                if size > MAX_EXPANDED:
                    self.events = count
                    return Defect("aliases", at=event.start_mark.line + 1)
                if collection.tag is not None or "source" in collection.items:
                    self.notice(collection, steps)
                if not levels:
                    self.root = collection
                    items = sequence = key = None
                    continue
                steps.pop()
                counts[-1] += size
                outer = levels[-1][0]
                key = None
                if isinstance(outer, Mapping):
                    items, sequence = outer.items, None
                    items[above] = collection  # type: ignore[index]  # a mapping has keys
                else:
                    items, sequence = None, outer.items
                    sequence.append(collection)
            elif kind is events.AliasEvent:
                name = event.anchor
                if name not in anchors:
                    self.events = count
                    return Defect("yaml", "an alias without an anchor", at=event.start_mark.line + 1)
                alias = aliases.get(name)
                if alias is None:
                    alias = aliases[name] = Alias(name)
                aliased = anchors[name]
                if isinstance(aliased, Mapping) and "source" in aliased.items:
                    self.notice_alias(aliased, (*steps, key if key is not None else len(sequence or ())))
                    if self.aliased > MAX_ALIASED:
                        limit = count
                if counts:
                    counts[-1] += sizes[name]
                if items is not None:
                    if key is None:
                        key = "?"
                        continue
                    items[key] = alias
                    key = None
                elif sequence is not None:
                    sequence.append(alias)
            elif kind is events.DocumentEndEvent:
                self.events = count
                more = type(get()) is not events.StreamEndEvent
                return Defect("yaml", "a second document follows", at=event.start_mark.line + 1) if more else None
            elif kind is events.StreamEndEvent:
                self.events = count
                return Defect("empty", at=1)
            if count >= limit:
                self.events = count
                self.complete = False
                # What was read of the collections that are still open counts.
                for collection, above, _ in reversed(levels):
                    self.close(collection, above, levels)
                return None

    def close(
        self,
        collection: Mapping | Sequence,
        above: str | None,
        levels: list[tuple[Mapping | Sequence, str | None, str | None]],
    ) -> None:
        """Put a collection that did not end into the one above it."""
        levels.pop()
        if not levels:
            self.root = collection
            return
        outer = levels[-1][0]
        if isinstance(outer, Mapping):
            outer.items[above or ""] = collection
        else:
            outer.items.append(collection)

    def notice(self, collection: Mapping | Sequence, steps: list[str | int]) -> None:
        """Take notice of an array, a link and world coordinates."""
        tag = collection.tag or ""
        if tag.startswith(NDARRAY):
            self.arrays.append((tuple(steps), collection))
        if not isinstance(collection, Mapping):
            return
        if tag.startswith(WORLD):
            self.worlds.append((tuple(steps), collection))
        source = collection.items.get("source")
        if isinstance(source, Text) and len(collection.items) > 1:
            text = source.text
            if text.startswith("fits:") or text.isdecimal():
                self.links.append(Link(tuple(steps), text, collection))

    def notice_alias(self, node: Mapping, path: Path) -> None:
        """Take notice of another place of an array that is in an HDU."""
        source = node.items.get("source")
        if isinstance(source, Text) and source.text.startswith("fits:"):
            self.links.append(Link(path, source.text, node))
            self.aliased += 1


def _plain(node: Node | None, depth: int = 0) -> Any:
    """Texts, lists and dictionaries of a node that has no aliases; None for what is nested too deeply."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Sequence) and depth < _MAX_PLAIN:
        return [_plain(item, depth + 1) for item in node.items]
    if isinstance(node, Mapping) and depth < _MAX_PLAIN:
        return {key: _plain(item, depth + 1) for key, item in node.items.items()}
    return None
