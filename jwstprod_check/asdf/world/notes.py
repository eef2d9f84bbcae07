"""What is noted while one node of world coordinates is looked through, and the words for what is there."""

from typing import Final

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Text, Tree, kind_of
from jwstprod_check.defect import Defect

MAX_DEFECTS: Final = 100
"""Defects of one node of world coordinates that are listed."""

MAX_NESTED: Final = 100
"""Frames and transforms within others, aliases followed; real ones have about 15."""


class Notes:
    """The tree, the defects found so far, and whether all was looked at."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.defects: list[Defect] = []
        self.complete = True

    def add(self, kind: str, path: Path, text: str, expected: str, found: str) -> None:
        """Note a defect, unless there are too many."""
        if len(self.defects) < MAX_DEFECTS:
            self.defects.append(Defect(kind, text, expected, found, path=path))


def is_null(node: Node | None) -> bool:
    """Whether nothing is at a place, or a YAML null."""
    return node is None or (isinstance(node, Text) and kind_of(node) == "null")


def whole(number: float | None) -> int | None:
    """Return a count below a thousand million, None for any other number."""
    return int(number) if number is not None and number.is_integer() and 0 <= number < 10**9 else None


def shortened(text: str) -> str:
    """Return the first 40 characters of a text from the tree."""
    return text if len(text) <= 40 else text[:40] + "..."


def shown(tree: Tree, node: Node | None) -> str:
    """What is at a place, in a few words."""
    node = tree.node(node)
    if node is None:
        return "none"
    if isinstance(node, Text):
        return shortened(node.text) or "''"
    kind = "a mapping" if isinstance(node, Mapping) else f"a list of {len(node.items)}"
    return f"{kind} tagged {shortened(node.tag.rpartition('/')[2])}" if node.tag else kind
