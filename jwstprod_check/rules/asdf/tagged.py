"""Nodes with tags of the official packages, outside of world coordinates: their form, and the parts that a tag asks for."""

import re
from collections.abc import Iterator
from typing import Final

from jwstprod_check.asdf.nodes import NDARRAY, WORLD, Mapping, Node, Path, Sequence, Text, Tree, kind_of, split_tag
from jwstprod_check.asdf.world.transforms import Tag, Tags
from jwstprod_check.text import quoted

Misfit = tuple[Path, str, str]
"""Where something is not of the form that a reader takes, what was expected, what was found."""

_CORE: Final = "tag:stsci.edu:asdf/core/"
_FORMS: Final = {"mapping": "a mapping", "list": "a list", "text": "text"}
_TYPES: Final = {
    "string": "text", "number": "a number", "integer": "an integer", "boolean": "a logical", "array": "a list",
    "object": "a mapping", "null": "null",
}  # fmt: skip
_SCALARS: Final = {"int": "integer", "float": "number", "bool": "boolean", "null": "null"}
_NOT_JSON: Final = frozenset({"binary", "timestamp"})
_WITHIN: Final = {"package": "software", "software": "software"}
"""Properties of core tags that are a node of another core tag, or a list of them, with or without its tag."""

_OF_ROOT: Final = frozenset({"asdf_library", "fits", "wcs"})
_NUMBER: Final = r"(?:[0-9]+|[0-9]*\.[0-9]+|inf|INF|nan|NAN)(?:[eE][+-]?[0-9]+)?"
_COMPLEX: Final = re.compile(rf"(\()?(?:[+-]?{_NUMBER}(?:[+-]{_NUMBER}[iIjJ])?|[+-]?{_NUMBER}[iIjJ])(?(1)\))", re.ASCII)


def misfits(tree: Tree, known: Tags, standard: str | None) -> Iterator[Misfit]:
    """Nodes that the tags of the official packages refuse; world coordinates have rules of their own."""
    waiting: list[tuple[Path, Node]] = [((), tree.root)] if tree.root is not None else []
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, Mapping) and (node.tag or "").startswith(WORLD):
            continue
        if path and node_tag(node):
            yield from _of_tag(tree, path, node, known, standard)
        if isinstance(node, Mapping):
            waiting += [((*path, key), item) for key, item in node.items.items()]
        elif isinstance(node, Sequence):
            waiting += [((*path, i), item) for i, item in enumerate(node.items)]
    top = tree.node(tree.root)
    if isinstance(top, Mapping):
        yield from _of_root(tree, top, known)


def node_tag(node: Node) -> str | None:
    """Tag of a node that has one."""
    return node.tag if isinstance(node, Text | Mapping | Sequence) else None


def _of_tag(tree: Tree, path: Path, node: Node, known: Tags, standard: str | None) -> Iterator[Misfit]:
    tag = node_tag(node) or ""
    name, version = split_tag(tag)
    entry = known.get(name)
    if (
        entry is None
        or not entry.read_in(version, standard)
        or (tag.startswith(NDARRAY) and not isinstance(node, Text))
    ):
        return
    short = name.rpartition("/")[2]
    form = "mapping" if isinstance(node, Mapping) else "list" if isinstance(node, Sequence) else "text"
    if form not in entry.form:
        yield path, f"{' or '.join(_FORMS[word] for word in entry.form)} with the tag {short}", _FORMS[form]
    elif isinstance(node, Mapping):
        yield from _of_parts(tree, path, node, short, entry, known)
    elif isinstance(node, Text) and name == _CORE + "complex" and not _COMPLEX.fullmatch(node.text):
        yield path, "a complex number, such as 1.0+2.0j", quoted(node.text)


def _of_parts(tree: Tree, path: Path, node: Mapping, short: str, entry: Tag, known: Tags) -> Iterator[Misfit]:
    """Parts that are missing, or of another type."""
    for key in entry.needs:
        if key not in node.items:
            yield (*path, key), f"a part of a node with the tag {short}", "missing"
    for key, item in node.items.items():
        words = entry.types.get(key) or ("number array object null string" if key in entry.numbers else "")
        part = tree.node(item)
        if part is None or not words:
            continue
        seen = "number" if key in entry.numbers and _untyped(part) else None
        if seen is not None or not _fits(part, words, key):
            expected = " or ".join(_TYPES[word] for word in (["number"] if seen else words.split()))
            yield (*path, key), expected, described(part)
        elif _WITHIN.get(key) and short in {"history_entry", "extension_metadata"}:
            yield from _of_software(tree, (*path, key), part, known)
        elif short == "integer":
            yield from _of_integer(tree, (*path, key), part)


def _untyped(part: Node) -> bool:
    """Whether a part is a scalar without a tag that is neither a number nor null."""
    return isinstance(part, Text) and part.tag is None and kind_of(part) not in {"int", "float", "null"}


def _of_software(tree: Tree, path: Path, part: Node, known: Tags) -> Iterator[Misfit]:
    """A node that is software to the reader, or a list of them."""
    for at, item in _each(tree, path, part):
        yield from _as_tag(tree, at, item, "software", known)


def _each(tree: Tree, path: Path, part: Node) -> Iterator[tuple[Path, Node | None]]:
    if isinstance(part, Sequence):
        yield from (((*path, i), tree.node(item)) for i, item in enumerate(part.items))
    else:
        yield path, part


def _as_tag(tree: Tree, path: Path, node: Node | None, short: str, known: Tags) -> Iterator[Misfit]:
    """A node that is read as if it had a core tag; one that has it is looked at where it is."""
    entry = known.get(_CORE + short)
    if entry is None or node is None or split_tag(node_tag(node) or "")[0] == _CORE + short:
        return
    if isinstance(node, Mapping):
        yield from _of_parts(tree, path, node, short, entry, known)
    else:
        yield path, f"a mapping, as with the tag {short}", described(node)


def _of_integer(tree: Tree, path: Path, part: Node) -> Iterator[Misfit]:
    if path[-1] == "sign" and isinstance(part, Text) and part.text not in {"+", "-"}:
        yield path, "'+' or '-'", quoted(part.text)
    elif path[-1] == "words":
        arrays = isinstance(part, Sequence) or (node_tag(part) or "").startswith(NDARRAY)
        words = part.items if isinstance(part, Sequence) else []
        wrong = [w for w in map(tree.node, words) if not (isinstance(w, Text) and _whole(w.text))]
        if not arrays or wrong:
            yield path, "an array of 32-bit words", described(wrong[0] if wrong else part)


def _whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d[\d_]*(?:\.\d*)?|0x[\da-fA-F_]+", text.strip(), re.ASCII) is not None


def _of_root(tree: Tree, top: Mapping, known: Tags) -> Iterator[Misfit]:
    """The root: its history and the software that wrote it."""
    entry = known.get(_CORE + "asdf")
    for key in _OF_ROOT & top.items.keys() if entry is not None else ():
        part = tree.node(top.items[key])
        words = entry.types.get(key) if entry is not None else None
        if part is None or words is None:
            continue
        if not _fits(part, words, key):
            yield (key,), " or ".join(_TYPES[word] for word in words.split()), described(part)
        elif key == "asdf_library":
            yield from _as_tag(tree, (key,), part, "software", known)
    history = tree.node(top.items.get("history"))
    lists: list[tuple[Path, str, Node | None]] = [(("history",), "history_entry", history)]
    if isinstance(history, Mapping):
        lists = [
            (("history", key), short, history.items.get(key))
            for key, short in (("extensions", "extension_metadata"), ("entries", "history_entry"))
            if key in history.items
        ]
    if isinstance(history, Text) and kind_of(history) == "null":
        yield ("history",), "a mapping", "null"
    for path, short, node in lists:
        part = tree.node(node)
        if isinstance(part, Sequence):
            for at, item in _each(tree, path, part):
                yield from _as_tag(tree, at, item, short, known)
        elif part is not None and len(path) > 1:
            yield path, "a list", described(part)


def _fits(part: Node, words: str, key: str) -> bool:
    """Whether a part has one of some types, in words of JSON Schema."""
    allowed = words.split()
    if isinstance(part, Mapping):
        return "object" in allowed
    if isinstance(part, Sequence):
        return "array" in allowed
    if not isinstance(part, Text):
        return True
    kind = kind_of(part)
    if kind == "timestamp" and key == "time":
        return ":" in part.text
    if kind in _NOT_JSON:
        return False
    word = _SCALARS.get(kind, "string")
    # A scalar with another tag may be a number to its own reader.
    return word in allowed or (word == "integer" and "number" in allowed) or (kind.startswith("tag:") and key != "sign")


def described(part: Node | None) -> str:
    """How a message names what is there."""
    if isinstance(part, Text):
        return quoted(part.text)
    return "a list" if isinstance(part, Sequence) else "a mapping"
