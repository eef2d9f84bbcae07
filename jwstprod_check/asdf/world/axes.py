"""How many inputs and outputs a transform has, by its tag and by what it is made of."""

from typing import Final

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Sequence, Text, Tree
from jwstprod_check.asdf.world.notes import Notes, is_null, shortened, shown, whole

Axes = tuple[int | None, int | None]
"""Inputs and outputs of a transform, None where it is not known."""

ROTATION: Final = "rotate_sequence_3d"

_PAIRS: Final = frozenset({"add", "subtract", "multiply", "divide", "power", "compose", "concatenate"})


def axes_of(
    notes: Notes, path: Path, node: Mapping, kind: str, known: Axes | None, parts: list[Axes | None] | None
) -> Axes | None:
    """Axes that follow from what a transform is made of; ``known`` are those of its tag."""
    tree, items = notes.tree, node.items
    if kind in _PAIRS:
        return _paired(notes, path, kind, parts)
    if kind == "identity":
        count = whole(tree.number(items.get("n_dims")))
        count = 1 if is_null(tree.node(items.get("n_dims"))) else count
        return None if count is None else (count, count)
    if kind == "constant":
        count = whole(tree.number(items.get("dimensions")))
        return (2 if count == 2 else 1, 1)
    if kind == "remap_axes":
        return _remapped(notes, path, node)
    if kind == "tabular":
        return _table(notes, path, node)
    if kind == "spherical_cartesian":
        word = tree.text(items.get("transform_type"))
        choices = {"spherical_to_cartesian": (2, 3), "cartesian_to_spherical": (3, 2)}
        if word is not None and word not in choices:
            text = "the type of a spherical_cartesian transform is not known"
            notes.add("transform", path, text, " or ".join(choices), shortened(word))
        return choices.get(word or "")
    if kind == ROTATION:
        return {"cartesian": (3, 3), "spherical": (2, 2)}.get(tree.text(items.get("rotation_type")) or "")
    return known


def _paired(notes: Notes, path: Path, kind: str, parts: list[Axes | None] | None) -> Axes | None:
    if parts is None:
        return None
    if len(parts) != 2:
        notes.add("transform", path, f"a transform {kind!r} does not have two parts", "two", str(len(parts)))
        return None
    left, right = parts[0] or (None, None), parts[1] or (None, None)
    if kind == "concatenate":
        return _sum(left[0], right[0]), _sum(left[1], right[1])
    if kind == "compose":
        if left[1] is not None and right[0] is not None and left[1] != right[0]:
            text = "the parts of a transform 'compose' do not fit each other"
            notes.add("axes", path, text, f"{left[1]} inputs of the second", f"{right[0]} inputs")
        return left[0], right[1]
    if None not in (*left, *right) and left != right:
        text = f"the parts of a transform {kind!r} differ in their inputs or outputs"
        notes.add("axes", path, text, f"{left[0]} inputs, {left[1]} outputs", f"{right[0]} inputs, {right[1]} outputs")
    return left[0] or right[0], left[1] or right[1]


def _remapped(notes: Notes, path: Path, node: Mapping) -> Axes | None:
    tree, items = notes.tree, node.items
    mapping = tree.node(items.get("mapping"))
    if not isinstance(mapping, Sequence):
        return None
    numbers = [whole(tree.number(item)) for item in mapping.items]
    if not numbers or any(n is None for n in numbers):
        notes.add(
            "transform",
            path,
            "the mapping of axes is not a list of numbers",
            "numbers of axes",
            shown(tree, mapping),
        )
        return None
    highest = max(n for n in numbers if n is not None)
    count = whole(tree.number(items.get("n_inputs")))
    inputs = tree.node(items.get("inputs"))
    if count is None and isinstance(inputs, Sequence):
        count = len(inputs.items)
    if count is not None and highest >= count:
        notes.add("axes", path, "a mapping of axes uses an input that is not there", f"below {count}", str(highest))
    return count if count is not None else highest + 1, len(numbers)


def _table(notes: Notes, path: Path, node: Mapping) -> Axes | None:
    tree, items = notes.tree, node.items
    table, points = tree.node(items.get("lookup_table")), tree.node(items.get("points"))
    shape = _shape(notes.tree, table)
    lengths = [_shape(notes.tree, item) for item in points.items] if isinstance(points, Sequence) else None
    if shape and lengths and all(len(n) == 1 for n in lengths if n is not None) and None not in lengths:
        said = tuple(n[0] for n in lengths if n is not None)
        if said != shape:
            text = "the points of a lookup table are not as many as its values"
            notes.add("axes", path, text, str(list(shape)), str(list(said)))
    return (len(shape), 1) if shape else None


def _shape(tree: Tree, node: Node | None) -> tuple[int, ...] | None:
    """Shape of an array that is tagged as one, or of a list of numbers."""
    node = tree.node(node)
    if isinstance(node, Sequence):
        return (len(node.items),) if all(isinstance(n, Text) for n in node.items) else None
    if not isinstance(node, Mapping):
        return None
    shape = [whole(tree.number(n)) for n in tree.items(node.items.get("shape"))]
    return tuple(n for n in shape if n is not None) if shape and None not in shape else None


def compare_stated(notes: Notes, path: Path, node: Mapping, kind: str, axes: Axes | None) -> Axes | None:
    """Compare the lists of inputs and outputs with what follows from the transform."""
    known = list(axes or (None, None))
    for i, key in enumerate(("inputs", "outputs")):
        names = notes.tree.node(node.items.get(key))
        if names is None or is_null(names):
            continue
        if not isinstance(names, Sequence):
            notes.add("axes", path, f"{key!r} of a transform {kind!r} is no list", "a list", shown(notes.tree, names))
            continue
        count = known[i]
        if count is not None and count != len(names.items):
            text = f"a transform {kind!r} has {count} {key} and {len(names.items)} names for them"
            notes.add("axes", path, text, f"{count} names", f"{len(names.items)} names")
        elif count is None:
            known[i] = len(names.items)
    return known[0], known[1]


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
