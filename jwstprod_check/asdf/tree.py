"""The tree of an ASDF file, read as a stream of YAML events in bounded time and memory.

An alias is counted and not followed while the tree is read.
"""

import re
from typing import Any, Final

from jwstprod_check.asdf.construct import SUSPECT, YAML, Level, Unsettled, collection_fault, scalar_fault, suspect
from jwstprod_check.asdf.nodes import MAX_DEPTH, NDARRAY, WORLD, Alias, Link, Mapping, Node, Path, Sequence, Text, Tree
from jwstprod_check.defect import Defect

MAX_EVENTS: Final = 1_000_000
"""YAML events that are read; beyond them only links are searched for. A tree with the world coordinates of one spectrum has some 3,000, of 200 slits some 800,000."""

MAX_SLOW_EVENTS: Final = 30_000
"""The same for PyYAML without its C parser, which is some 20 times slower."""

MAX_EXPANDED: Final = 100_000_000
"""Nodes of the tree with every alias written out; no writer makes more than some thousand."""

MAX_ALIASED: Final = 10_000
"""Arrays in HDUs that are given by an alias; a tree with more of them is read no further. No writer makes any."""

_MAX_LEAF = 4096
_KEY: Final = "?key"
"""Stands for a key that is a collection, which is not kept."""

_TWICE: Final = "an anchor that occurs a second time"

_LINK = re.compile(rb"source: *['\"]?(fits:[^'\"\r\n}]{1,200})")


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
        self.unsettled = Unsettled(self.anchors)
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
        anchors, sizes, tags, unsettled = self.anchors, self.sizes, self.tags, self.unsettled
        # One level a collection: its node, the key under which it is kept above, its anchor, its size so far.
        levels: list[Level] = []
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
                value, plain, tag = event.value, event.implicit[0], event.tag
                at_key = items is not None and key is None
                if tag is not None or (plain and value[:1] in SUSPECT and suspect(value) is not None):
                    fault = scalar_fault(value, plain, tag)
                    if at_key and fault is None:
                        value, fault = unsettled.key(Text(value, plain, tag), levels, event.start_mark.line)
                    if fault is not None:
                        return self.refuse(fault, event, count)
                if len(value) > _MAX_LEAF:
                    value = value[:_MAX_LEAF]
                if event.anchor is not None:
                    if event.anchor in anchors:
                        return self.refuse(_TWICE, event, count)
                    anchors[event.anchor] = Text(value, plain, tag)
                    sizes[event.anchor] = 1
                if at_key:
                    key = value
                    continue
                node = Text(value, plain, tag)
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
                if tag is not None and tag.startswith(YAML) and not unsettled.merges(levels, key):
                    fault = collection_fault(node)
                    if fault is not None:
                        return self.refuse(fault, event, count)
                    unsettled.pending.append((node, None, event.start_mark.line))
                if levels:
                    if items is not None and key is None:
                        fault = unsettled.key(node, levels, event.start_mark.line)[1]
                        if fault is not None:
                            return self.refuse(fault, event, count)
                        key = _KEY
                    steps.append(key if key is not None else len(sequence or ()))
                if tag is not None and tag not in tags:
                    tags[tag] = tuple(steps)
                anchor = event.anchor
                if anchor is not None:
                    if anchor in anchors:
                        return self.refuse(_TWICE, event, count)
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
                if unsettled.pending:
                    found = unsettled.settle(collection)
                    if found is not None:
                        self.events = count
                        return found
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
                    if above is _KEY:
                        key = "?"
                    else:
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
                        key, fault = unsettled.key(aliased, levels, event.start_mark.line)
                        if fault is not None:
                            return self.refuse(fault, event, count)
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

    def refuse(self, fault: str, event: Any, count: int) -> Defect:
        """Stop at a value that no reader can construct."""
        self.events = count
        return Defect("value", fault, at=event.start_mark.line + 1)

    def close(
        self,
        collection: Mapping | Sequence,
        above: str | None,
        levels: list[Level],
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
