"""Markup as a tree. A page is written from it as HTML, or a script makes its nodes from it as JSON: no text becomes markup."""

from collections.abc import Iterable
from html import escape
from typing import Final, Union

import msgspec

from jwstprod_check.text import printable

_VOID: Final = frozenset({"img"})
"""Elements without an end tag (HTML Living Standard, section 13.1.2)."""

Node = Union[str, "Element"]


class Element(msgspec.Struct, frozen=True, array_like=True):
    """An element: its name, its attributes, its children. As JSON it is an array of the three."""

    name: str
    attributes: dict[str, str]
    children: tuple[Node, ...]


def tag(name: str, *children: Node, **attributes: str) -> Element:
    """Return an element whose texts have no character that cannot be shown.

    An underscore at the end of the name of an attribute is dropped (``class_``), one within it is a dash (``aria_label``).
    """
    named = {key.rstrip("_").replace("_", "-"): printable(value) for key, value in attributes.items()}
    return Element(name, named, tuple(_shown(child) for child in children))


def tags(name: str, contents: Iterable[Node], **attributes: str) -> tuple[Element, ...]:
    """Return an element for each of the contents."""
    return tuple(tag(name, content, **attributes) for content in contents)


def html(*nodes: Node) -> str:
    """Return nodes as HTML."""
    return "".join(_written(node) for node in nodes)


def _shown(node: Node) -> Node:
    return printable(node) if isinstance(node, str) else node


def _written(node: Node) -> str:
    if isinstance(node, str):
        return escape(printable(node))
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in node.attributes.items())
    if node.name in _VOID:
        return f"<{node.name}{attributes}>"
    return f"<{node.name}{attributes}>{html(*node.children)}</{node.name}>"
