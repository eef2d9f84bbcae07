"""The tree of an ASDF file, read as a stream of YAML events in bounded time and memory.

Nothing is constructed but what was asked for, unknown tags are plain values, and an alias is counted and never
followed, so that the tree may be of any shape: those of world coordinates refer to themselves.
"""

import re
from collections.abc import Container
from typing import Any, Final

import msgspec

MAX_EVENTS: Final = 300_000
"""YAML events that are read; beyond them only links are searched for. A tree with the world coordinates of one spectrum has some 3,000."""

MAX_SLOW_EVENTS: Final = 30_000
"""The same for PyYAML without its C parser, which is some 20 times slower."""

MAX_DEPTH: Final = 200
"""Levels of nesting; real trees have about 30. A YAML parser needs quadratic time for deep flow collections."""

MAX_EXPANDED: Final = 100_000_000
"""Nodes of the tree with every alias written out; no writer makes more than some thousand."""

_MAX_LEAF = 4096
_LINK = re.compile(rb"source: *['\"]?(fits:[^'\"\r\n}]{1,200})")
_SOURCE = re.compile(r"(?:(?P<name>[ -~]+),)?(?P<number>\d{1,9})\Z", re.ASCII)
_KEPT = frozenset({"source", "shape", "datatype"})

Path = tuple[str | int, ...]


class Leaf(msgspec.Struct, frozen=True):
    """A value of the tree that was asked for. ``plain`` says that it stands without quotes."""

    path: Path
    text: str
    plain: bool


class Link(msgspec.Struct, frozen=True):
    """An array of the tree whose bytes are elsewhere: an HDU (``fits:SCI,1``, ``fits:3``) or a block (a number).

    ``shape`` is in NumPy order, NAXIS1 last. ``datatype`` is as the tree has it: a name, ``[ascii, n]``, or a list of
    columns; None where it has none. ``path`` is () for a link beyond the events that were read.
    """

    path: Path
    source: str
    shape: tuple[int, ...] | None = None
    datatype: Any = None

    @property
    def block(self) -> int | None:
        """Number of the block; None for an HDU."""
        return int(self.source) if self.source.isdecimal() else None

    @property
    def target(self) -> tuple[str, int] | None:
        """EXTNAME and EXTVER of the HDU, or '' and its index; None where the link names none."""
        found = _SOURCE.match(self.source.removeprefix("fits:"))
        return ((found["name"] or "").strip(" ").upper(), int(found["number"])) if found else None


class TreeFault(msgspec.Struct, frozen=True):
    """Why a tree could not be read: ``kind`` is yaml, deep, aliases or empty; ``line`` counts from that of ``%YAML``."""

    kind: str
    line: int
    text: str = ""


class Tree(msgspec.Struct, frozen=True):
    """What was read of a tree; ``complete`` is False where it has more events than are read."""

    links: tuple[Link, ...]
    leaves: tuple[Leaf, ...]
    depth: int
    events: int
    complete: bool
    fault: TreeFault | None = None


def read_tree(text: bytes, wanted: Container[str]) -> Tree:
    """Read a YAML document, the ``...`` line included.

    ``wanted`` are the values to keep by path, as ``meta.exposure.ngroups``; the path of an item of a list counts
    from that item on, so that ``name`` keeps ``slits.0.name`` too.
    """
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    loader: Any = (fast or yaml.SafeLoader)(text)
    reader = _Reader(wanted, MAX_EVENTS if fast is not None else MAX_SLOW_EVENTS)
    fault = None
    try:
        fault = reader.read(loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        fault = TreeFault("yaml", mark.line + 1 if mark is not None else 0, str(problem))
    finally:
        loader.dispose()
    links = list(reader.links)
    if not reader.complete:
        known = {link.source for link in links}
        more = {found.decode("latin-1").rstrip() for found in _LINK.findall(text)}
        links += [Link((), source) for source in sorted(more - known)]
    return Tree(tuple(links), tuple(reader.leaves), reader.depth, reader.events, reader.complete, fault)


class _Level:
    """A collection that is being read.

    ``key`` is that of the value to come, ``index`` its number in a sequence; ``parts`` collects source, shape and
    datatype of a mapping; ``value`` is what the collection itself becomes if it is kept; ``size`` counts its nodes
    with aliases written out.
    """

    __slots__ = ("anchor", "expects_key", "index", "key", "mapping", "parts", "size", "value")

    def __init__(self, mapping: bool, anchor: str | None, keep: bool) -> None:
        self.mapping = mapping
        self.anchor = anchor
        self.expects_key = mapping
        self.key = ""
        self.index = 0
        self.size = 1
        self.parts: dict[str, Any] = {}
        self.value: dict[str, Any] | list[Any] | None = ({} if mapping else []) if keep else None

    @property
    def step(self) -> str | int:
        return self.key if self.mapping else self.index


class _Reader:
    def __init__(self, wanted: Container[str], limit: int) -> None:
        self.wanted = wanted
        self.limit = limit
        self.links: list[Link] = []
        self.leaves: list[Leaf] = []
        self.levels: list[_Level] = []
        self.anchors: dict[str, int] = {}
        self.depth = 0
        self.events = 0
        self.complete = True

    def read(self, loader: Any) -> TreeFault | None:
        """Read events to the end of the first document, and look whether another follows."""
        from yaml import events

        get = loader.get_event
        while True:
            event = get()
            self.events += 1
            kind = type(event)
            if kind is events.ScalarEvent:
                self.scalar(event)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                self.open(kind is events.MappingStartEvent, event.anchor)
                if len(self.levels) > MAX_DEPTH:
                    return TreeFault("deep", event.start_mark.line + 1)
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                if self.close() > MAX_EXPANDED:
                    return TreeFault("aliases", event.start_mark.line + 1)
            elif kind is events.AliasEvent:
                if event.anchor not in self.anchors:
                    return TreeFault("yaml", event.start_mark.line + 1, "an alias without an anchor")
                self.add(None, self.anchors[event.anchor])
            elif kind is events.DocumentEndEvent:
                more = type(get()) is not events.StreamEndEvent
                return TreeFault("yaml", event.start_mark.line + 1, "a second document follows") if more else None
            elif kind is events.StreamEndEvent:
                return TreeFault("empty", 1)
            if self.events >= self.limit:
                self.complete = False
                return None

    def scalar(self, event: Any) -> None:
        level = self.levels[-1] if self.levels else None
        if level is not None and level.expects_key:
            level.key = event.value[:_MAX_LEAF]
            level.expects_key = False
            level.size += 1
            return
        if event.anchor is not None:
            self.anchors[event.anchor] = 1
        if level is not None and level.value is None and self.asked():
            self.leaves.append(Leaf(self.path(), event.value[:_MAX_LEAF], event.implicit[0]))
        self.add(event.value[:_MAX_LEAF], 1)

    def asked(self) -> bool:
        """Whether the value to come is one to keep."""
        levels = self.levels
        first = 2 if len(levels) > 2 and not levels[1].mapping else 0
        if len(levels) - first > 6 or not all(level.mapping for level in levels[first:]):
            return False
        return ".".join(level.key for level in levels[first:]) in self.wanted

    def path(self) -> Path:
        return tuple(level.step for level in self.levels)

    def open(self, mapping: bool, anchor: str | None) -> None:
        keep = False
        if self.levels:
            above = self.levels[-1]
            keep = above.value is not None or (above.mapping and not above.expects_key and above.key in _KEPT)
        self.levels.append(_Level(mapping, anchor, keep))
        self.depth = max(self.depth, len(self.levels))
        if anchor is not None:
            self.anchors[anchor] = 1

    def close(self) -> int:
        """End a collection; return how many nodes it has with aliases written out."""
        level = self.levels.pop()
        if level.anchor is not None:
            self.anchors[level.anchor] = level.size
        if level.mapping and isinstance(level.parts.get("source"), str) and len(level.parts) > 1:
            self.link(level.parts)
        self.add(level.value, level.size)
        return level.size

    def add(self, value: Any, size: int) -> None:
        """Give the collection above a value, or a key that is no scalar."""
        if not self.levels:
            return
        level = self.levels[-1]
        level.size = min(level.size + size, MAX_EXPANDED + 1)
        if level.expects_key:
            level.key, level.expects_key = "?", False
            return
        if level.mapping:
            if level.key in _KEPT:
                level.parts[level.key] = value
            if isinstance(level.value, dict):
                level.value[level.key] = value
            level.expects_key = True
        else:
            if isinstance(level.value, list):
                level.value.append(value)
            level.index += 1

    def link(self, parts: dict[str, Any]) -> None:
        source = parts["source"]
        if source.startswith("fits:") or source.isdecimal():
            self.links.append(Link(self.path(), source, _shape(parts.get("shape")), parts.get("datatype")))


def _shape(value: Any) -> tuple[int, ...] | None:
    """Shape as numbers; None where it is none, or holds ``*`` for what is not known."""
    if not isinstance(value, list) or not all(isinstance(n, str) and n.isdecimal() and len(n) < 19 for n in value):
        return None
    return tuple(int(n) for n in value)
