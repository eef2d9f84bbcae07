"""What a YAML 1.1 reader cannot make a value of: scalars by their type, collections by their tag, keys, merges.

A scalar is constructed as PyYAML does it, each for itself and in bounded time; a collection is looked at and not constructed.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from jwstprod_check.asdf.nodes import MAX_DEPTH, Alias, Mapping, Node, Sequence, Text, kind_of
from jwstprod_check.defect import Defect
from jwstprod_check.text import quoted

YAML: Final = "tag:yaml.org,2002:"

MAX_DIGITS: Final = 4300
"""Digits of an integer that Python writes out or reads; the reader writes out each integer that is above 52 bits."""

MAX_PLACES: Final = 3000
"""Places of an integer to the base of 60, which has more than ``MAX_DIGITS`` digits long before."""

SUSPECT: Final = frozenset("0123456789+-<=")
"""First characters of plain scalars that a reader may fail at."""

suspect: Final = re.compile(r"\d{4}-\d\d?-\d|[-+]?0[bx]_*\Z|<<\Z|=\Z|.{300}", re.DOTALL).match
"""Whether a plain scalar that begins with one of ``SUSPECT`` is worth a closer look; a short number is never too large."""

_WORDS: Final = {
    "int": "an integer", "float": "a number", "bool": "a logical", "timestamp": "a time", "binary": "base64",
}  # fmt: skip
_SCALARS: Final = frozenset({"str", "null", *_WORDS})
_LISTS: Final = frozenset({"seq", "omap", "pairs"})
_MAPPINGS: Final = frozenset({"map", "set"})
_PAIRS: Final = YAML + "pairs"
_PAIRED: Final = frozenset({YAML + "omap", _PAIRS})
"""Tags of sequences whose items are mappings of one pair; their keys are no keys of a mapping to the reader."""

_MERGE: Final = YAML + "merge"
_VALUE: Final = YAML + "value"
_BOUND: Final = 10**MAX_DIGITS

Level = tuple[Mapping | Sequence, str | None, str | None]
"""A collection that is being read: its node, its key in the one above, its anchor."""


def scalar_fault(value: str, plain: bool, tag: str | None) -> str | None:
    """Say why a scalar cannot be constructed; None for one that can."""
    if tag is not None and tag != "!" and not tag.startswith(YAML):
        return None
    kind = kind_of(Text(value, plain, tag))
    if kind in _LISTS or kind in _MAPPINGS:
        return f"{quoted(value)} with the tag !!{kind} is no {'list' if kind in _LISTS else 'mapping'}"
    if kind not in _WORDS:
        return None
    fault = _unconstructed(kind, value)
    return None if fault is None else f"{quoted(value)} is not {_WORDS[kind]} that can be read{fault}"


def collection_fault(node: Mapping | Sequence) -> str | None:
    """Say why a collection cannot be constructed because of its tag; a mapping is looked at when it has been read."""
    tag = node.tag or ""
    kind = tag.removeprefix(YAML)
    if not tag.startswith(YAML):
        return None
    listed = isinstance(node, Sequence)
    if kind in _SCALARS and (listed or kind == "timestamp"):
        return f"a {'list' if listed else 'mapping'} with the tag !!{kind}"
    if kind in (_MAPPINGS if listed else _LISTS):
        return f"a {'list' if listed else 'mapping'} with the tag !!{kind}"
    return None


class Unsettled:
    """Collections that are being read and can be judged only when they end: those with a tag of YAML, those with ``<<``."""

    def __init__(self, anchors: dict[str, Node]) -> None:
        self.anchors = anchors
        self.pending: list[tuple[Mapping | Sequence, str | None, int]] = []

    def key(self, node: Node, levels: list[Level], line: int) -> tuple[str, str | None]:
        """Name of a key, and why it cannot be one; of ``<<`` the value is looked at when its mapping ends."""
        outer = levels[-2][0] if len(levels) > 1 else None
        name = node.text if isinstance(node, Text) else "?"
        if isinstance(outer, Sequence) and outer.tag in _PAIRED:
            return name, None if outer.tag == _PAIRS else _key_fault(node, alone=True)
        if isinstance(node, Text) and _is_merge(node):
            mapping = levels[-1][0]
            name = f"<< {len(mapping.items)}"
            self.pending.append((mapping, name, line))
            return name, None
        return name, _key_fault(node)

    def merges(self, levels: list[Level], key: str | None) -> bool:
        """Whether what comes is the value of ``<<``, whose own tag nobody reads."""
        if key is None or not self.pending:
            return False
        mapping, name, _ = self.pending[-1]
        return mapping is levels[-1][0] and name == key

    def settle(self, collection: Mapping | Sequence) -> Defect | None:
        """Judge a collection that ends."""
        while self.pending and self.pending[-1][0] is collection:
            _, name, line = self.pending.pop()
            fault = _end_fault(collection, name, self._node)
            if fault is not None:
                return Defect("value", fault, at=line + 1)
        return None

    def _node(self, node: Node | None) -> Node | None:
        return self.anchors.get(node.anchor) if isinstance(node, Alias) else node


def _end_fault(
    node: Mapping | Sequence, merged: str | None, value_of: Callable[[Node | None], Node | None]
) -> str | None:
    """Say why a collection cannot be constructed now that it has been read: the value of a key that is merged, or its tag."""
    if merged is not None and isinstance(node, Mapping):
        value = value_of(node.items.get(merged))
        parts = [value_of(item) for item in value.items] if isinstance(value, Sequence) else [value]
        good = all(isinstance(part, Mapping) for part in parts)
        return None if good else "the value of '<<' is neither a mapping nor a list of mappings"
    if isinstance(node, Mapping):
        return _default_fault(node, value_of) if _is_scalar(node) else None
    if node.tag not in _PAIRED:
        return None
    for item in node.items:
        part = value_of(item)
        if not isinstance(part, Mapping) or len(part.items) != 1:
            return f"an item of a list with the tag !!{node.tag.removeprefix(YAML)} is not a mapping of one pair"
    return None


def _is_scalar(node: Mapping) -> bool:
    """Whether a mapping has the tag of a scalar: a reader takes the value of its key ``=``."""
    tag = node.tag or ""
    return tag.startswith(YAML) and tag.removeprefix(YAML) in _SCALARS


def _default_fault(node: Mapping, value_of: Callable[[Node | None], Node | None]) -> str | None:
    found: Node | None = node
    for _ in range(MAX_DEPTH):
        if not isinstance(found, Mapping):
            break
        found = value_of(found.items.get("="))
    if not isinstance(found, Text):
        return f"a mapping with the tag !!{(node.tag or '').removeprefix(YAML)}"
    return scalar_fault(found.text, False, node.tag)


def _is_merge(key: Text) -> bool:
    """Whether a key stands for the pairs of other mappings."""
    return key.tag == _MERGE or (key.tag in {None, "!"} and key.plain and key.text == "<<")


def _key_fault(node: Node, *, alone: bool = False) -> str | None:
    """Say why a node cannot be a key; ``alone`` is that of a pair in a list, which is not merged either."""
    if isinstance(node, Text):
        tag = node.tag
        if tag is None or tag == "!":
            special = alone and node.plain and node.text in {"<<", "="}
            return f"{quoted(node.text)} cannot be a key of a pair" if special else None
        if (tag == _VALUE and not alone) or (tag.startswith(YAML) and tag.removeprefix(YAML) in _SCALARS):
            return None
        return f"{quoted(node.text)} with the tag {quoted(tag)} cannot be a key"
    if isinstance(node, Mapping) and _is_scalar(node):
        return None
    return f"a {'list' if isinstance(node, Sequence) else 'mapping'} cannot be a key"


def scalar_of(node: Text) -> Any:
    """Value of a scalar that can be constructed."""
    from yaml.constructor import SafeConstructor
    from yaml.nodes import ScalarNode

    kind = kind_of(node)
    if kind not in {*_WORDS, "null"}:
        return node.text
    constructor = SafeConstructor()
    return constructor.yaml_constructors[YAML + kind](constructor, ScalarNode(YAML + kind, node.text))


def _unconstructed(kind: str, value: str) -> str | None:
    """Construct a scalar; return why it cannot be, which may be an empty text, None if it can."""
    from yaml.constructor import ConstructorError, SafeConstructor
    from yaml.nodes import ScalarNode

    if kind in {"int", "float"}:
        places = value.count(":")
        if places > MAX_PLACES:
            return ": it has too many digits"
        if kind == "int" and _too_long(value):
            return f": it has more than {MAX_DIGITS} digits"
    constructor = SafeConstructor()
    try:
        made = constructor.yaml_constructors[YAML + kind](constructor, ScalarNode(YAML + kind, value))
    except (ValueError, OverflowError) as error:
        return f": {error}" if kind == "timestamp" else ""
    except (LookupError, AttributeError, TypeError, ConstructorError):
        return ""
    return f": it has more than {MAX_DIGITS} digits" if kind == "int" and abs(made) >= _BOUND else None


def _too_long(value: str) -> bool:
    """Whether decimal digits are more than Python reads; those to another base it reads all."""
    digits = value.replace("_", "").strip().lstrip("+-")
    if digits.startswith(("0b", "0x")) or (digits[:1] == "0" and ":" not in digits):
        return False
    return any(len(part) > MAX_DIGITS for part in digits.split(":"))
