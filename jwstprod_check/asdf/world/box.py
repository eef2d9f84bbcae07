"""The bounding box of a transform: intervals of its inputs outside of which it has no value."""

from math import isfinite
from typing import Final

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Sequence, Text, Tree
from jwstprod_check.asdf.world.notes import Notes, is_null, shortened, shown
from jwstprod_check.asdf.world.values import QUANTITY

_BOX: Final = "tag:stsci.edu:asdf/transform/property/bounding_box-"
_COMPOUND_BOX: Final = "tag:stsci.edu:asdf/transform/property/compound_bounding_box-"


def bounds(notes: Notes, path: Path, box: Node | None, inputs: list[str]) -> dict[str, tuple[float, float]] | None:
    """Compare a bounding box with the inputs of its transform; return its bounds by input, None where not all are known."""
    tree = notes.tree
    pairs: dict[str, Node | None] = {}
    if isinstance(box, Mapping) and (box.tag or "").startswith(_COMPOUND_BOX):
        return None
    if isinstance(box, Mapping) and (box.tag or "").startswith(_BOX):
        order = tree.node(box.items.get("order"))
        if not is_null(order) and tree.text(order) not in {"C", "F"}:
            notes.add("box", path, "the order of a bounding box is not known", "C or F", shown(tree, order))
        intervals = tree.node(box.items.get("intervals"))
        ignored = {tree.text(n) for n in tree.items(box.items.get("ignore"))}
        pairs = dict(intervals.items) if isinstance(intervals, Mapping) else {}
        if inputs and set(pairs) != set(inputs) - ignored:
            text = "a bounding box is not of the inputs of its transform"
            notes.add("box", path, text, ", ".join(map(shortened, inputs)), ", ".join(map(shortened, pairs)) or "none")
            return None
    elif isinstance(box, Sequence):
        single = len(box.items) == 2 and all(isinstance(tree.node(n), Text) for n in box.items)
        given = [box] if single else list(box.items)
        if len(given) != len(inputs):
            text = "a bounding box is not of the inputs of its transform"
            notes.add("box", path, text, f"{len(inputs)} intervals", f"{len(given)} intervals")
            return None
        pairs = dict(zip(reversed(inputs), given, strict=True))
    else:
        notes.add("box", path, "a bounding box cannot be read", "intervals", shown(tree, box))
        return None
    found: dict[str, tuple[float, float]] = {}
    for name, interval in pairs.items():
        ends = [_bound(tree, item) for item in tree.items(interval)]
        if len(ends) != 2 or not all(n is not None and isfinite(n) for n in ends):
            notes.add(
                "box",
                path,
                f"the interval of {shortened(name)!r} is not two numbers",
                "two finite numbers",
                shown(tree, interval),
            )
            continue
        low, high = (n for n in ends if n is not None)
        if low >= high:
            text = f"the interval of {shortened(name)!r} has its lower bound above the upper one"
            notes.add("box", path, text, "lower below upper", f"{low:g}, {high:g}")
            continue
        found[name] = low, high
    return {name: found[name] for name in inputs if name in found} if len(found) == len(pairs) else None


def _bound(tree: Tree, node: Node | None) -> float | None:
    node = tree.node(node)
    if isinstance(node, Mapping) and (node.tag or "").startswith(QUANTITY):
        node = tree.node(node.items.get("value"))
    return tree.number(node)
