"""Numbers among the properties of a transform."""

from collections.abc import Iterator
from math import isfinite
from typing import Final

from jwstprod_check.asdf.nodes import NDARRAY, Mapping, Node, Path, Sequence, Text, number_of
from jwstprod_check.asdf.world.notes import Notes, shortened

QUANTITY: Final = "tag:stsci.edu:asdf/unit/quantity-"

_FREE: Final = frozenset({"fill_value", "no_label", "undefined_transform_value"})
"""Values given for what has no value: they may be NaN."""

_NO_VALUES: Final = frozenset({"inputs", "outputs", "name", "bounding_box", "forward", "inverse", "bounds", "fixed"})


def compare_values(notes: Notes, path: Path, node: Mapping, kind: str, counted: set[int]) -> None:
    """Look at the numbers of a transform: finite, and factors not zero; each list once, as ``counted`` notes."""
    for key, value in node.items.items():
        if key in _FREE or key in _NO_VALUES:
            continue
        for at, number in _numbers(notes, (*path, key), value, 0, counted):
            if not isfinite(number):
                notes.add(
                    "value",
                    at,
                    f"{shortened(key)!r} of a transform {kind!r} is not finite",
                    "a finite number",
                    str(number),
                )
            elif number == 0 and key == "factor":
                notes.add("value", at, f"{key!r} of a transform {kind!r} is zero", "a number other than 0", "0")


def _numbers(
    notes: Notes, path: Path, node: Node | None, depth: int, counted: set[int]
) -> Iterator[tuple[Path, float]]:
    node = notes.tree.node(node)
    if isinstance(node, Text):
        # Only what may be a number is asked for its kind.
        if node.text[:1] in "0123456789+-.":
            number = number_of(node)
            if number is not None:
                yield path, number
    elif isinstance(node, Sequence) and depth < 3 and id(node) not in counted:
        counted.add(id(node))
        for i, item in enumerate(node.items):
            yield from _numbers(notes, (*path, i), item, depth + 1, counted)
    elif isinstance(node, Mapping) and (node.tag or "").startswith((QUANTITY, NDARRAY)):
        for key in ("value", "data"):
            yield from _numbers(notes, (*path, key), node.items.get(key), depth + 1, counted)
