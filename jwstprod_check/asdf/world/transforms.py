"""Transforms of world coordinates: each looked through once, with the transforms that it is put together from."""

from collections.abc import Iterator
from typing import Final

import msgspec

from jwstprod_check.asdf.nodes import NDARRAY, WORLD, Mapping, Node, Path, Sequence, Text, number_of, split_tag
from jwstprod_check.asdf.world.axes import ROTATION, Axes, axes_of, compare_stated
from jwstprod_check.asdf.world.box import bounds
from jwstprod_check.asdf.world.notes import MAX_NESTED, Notes, is_null, shown
from jwstprod_check.asdf.world.values import compare_values

MAX_INNER: Final = 6
"""Lists and mappings within a property of a transform; real ones have two."""

_TRANSFORMS: Final = ("tag:stsci.edu:asdf/transform/", "tag:stsci.edu:gwcs/", "tag:stsci.edu:jwst_pipeline/")
_ANGLES: Final = 5
"""Angles of the rotation from the telescope's V2, V3 to the sky; no other transform has as many."""

_PROJECTIONS: Final = frozenset({"pix2sky", "sky2pix"})
_EULER: Final = frozenset(
    {
        "native2celestial",
        "celestial2native",
        "zxz",
        "xyx",
        "yzy",
        "zyz",
        "xzx",
        "yxy",
        "xyz",
        "yzx",
        "zxy",
        "xzy",
        "zyx",
        "yxz",
    }
)


class Tag(msgspec.Struct, frozen=True):
    """What is known of a tag: its versions, properties that it needs, those that are numbers, inputs and outputs.

    ``form`` is what its node may be: mapping, list, text. ``types`` are those of its properties, in words of JSON Schema, and
    ``standards`` the first and last ASDF standard with a version that is not part of all; neither is there for transforms.
    """

    versions: tuple[str, ...]
    needs: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    axes: tuple[int, int] | None = None
    form: tuple[str, ...] = ("mapping",)
    types: dict[str, str] = {}
    standards: dict[str, str] = {}

    def read_in(self, version: str, standard: str | None) -> bool:
        """Whether a version of the tag is read in files of an ASDF standard; in others its node stays as it is written."""
        first, _, last = self.standards.get(version, "1.0.0 1.6.0").partition(" ")
        return version in self.versions and first <= (standard or "1.0.0") <= last


Tags = dict[str, Tag]
"""Tags by their name without the version."""


class Transforms:
    """Looks through the transforms of one node of world coordinates; ``left`` are those that may still be looked at.

    ``angles`` are those of the rotation to the sky, ``box`` the bounds of the first transform, ``arrays`` all arrays.
    """

    def __init__(self, notes: Notes, tags: Tags, left: int) -> None:
        self.notes = notes
        self.tree = notes.tree
        self.tags = tags
        self.left = left
        self.listed: set[int] = set()
        self.counted: set[int] = set()
        self.arrays: list[tuple[Path, str, Node]] = []
        self.seen: dict[int, Axes | None] = {}
        self.depth = 0
        self.inverse = 0
        self.angles: tuple[tuple[float, ...], str] | None = None
        self.box: dict[str, tuple[float, float]] | None = None

    def transform(self, path: Path, node: Node | None, *, boxed: bool = False) -> Axes | None:
        """Look through a transform and its parts; return its axes, None where they are not known."""
        node = self.tree.node(node)
        if id(node) in self.seen:
            return self.seen[id(node)]
        tag = node.tag if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or tag is None or not tag.startswith(_TRANSFORMS) or tag.startswith(WORLD):
            self.notes.add(
                "transform", path, "what should be a transform is none", "a transform", shown(self.tree, node)
            )
            return None
        if self.depth >= MAX_NESTED or self.left <= 0:
            self.notes.complete = False
            return None
        self.left -= 1
        self.seen[id(node)] = None
        self.depth += 1
        name, _ = split_tag(tag)
        known = self.tags.get(name)
        axes = None if known is None else self._known(path, node, name.rpartition("/")[2], known, boxed=boxed)
        self.depth -= 1
        self.seen[id(node)] = axes
        return axes

    def _known(self, path: Path, node: Mapping, kind: str, known: Tag, *, boxed: bool) -> Axes | None:
        tree, items = self.tree, node.items
        for key in known.needs:
            if is_null(tree.node(items.get(key))):
                self.notes.add("transform", path, f"a transform {kind!r} has no {key!r}", repr(key), "none")
        for key in known.numbers:
            value = tree.node(items.get(key))
            if isinstance(value, Text) and not is_null(value) and number_of(value) is None:
                text = f"{key!r} of a transform {kind!r} is no number"
                self.notes.add("transform", (*path, key), text, "a number", shown(tree, value))
        self._direction(path, node, kind)
        parts = self._parts(path, node)
        axes = axes_of(self.notes, path, node, kind, known.axes, parts)
        axes = compare_stated(self.notes, path, node, kind, axes)
        if not is_null(tree.node(items.get("inverse"))):
            self.inverse += 1
            self.transform((*path, "inverse"), items["inverse"])
            self.inverse -= 1
        compare_values(self.notes, path, node, kind, self.counted)
        box = tree.node(items.get("bounding_box"))
        if not is_null(box):
            inputs = [tree.text(n) or "" for n in tree.items(items.get("inputs"))]
            found = bounds(self.notes, (*path, "bounding_box"), box, inputs)
            self.box = found if boxed else self.box
        if kind == ROTATION:
            angles = self._rotation(node, path)
            to_sky = angles is not None and len(angles[0]) == _ANGLES and not self.inverse
            self.angles = angles if to_sky and self.angles is None else self.angles
        return axes

    def _direction(self, path: Path, node: Mapping, kind: str) -> None:
        """Look at the direction of a projection or a rotation by Euler angles (ASDF transform schemas 0.6.0)."""
        word = self.tree.node(node.items.get("direction"))
        known = _EULER if kind == "rotate3d" else _PROJECTIONS
        if word is not None and not (isinstance(word, Text) and word.text in known):
            text = f"the direction of a transform {kind!r} is not known"
            self.notes.add("transform", (*path, "direction"), text, " or ".join(sorted(known)), shown(self.tree, word))

    def _parts(self, path: Path, node: Mapping) -> list[Axes | None] | None:
        """Axes of the transforms that a transform is made of; None where it is not made of any."""
        tree = self.tree
        found: list[Axes | None] | None = None
        for key, value in node.items.items():
            part = tree.node(value)
            if key == "forward":
                listed = part.items if isinstance(part, Sequence) else [value]
                found = [self.transform((*path, key, i), item) for i, item in enumerate(listed) if self._built(item)]
            elif key not in {"inverse", "bounding_box"} and isinstance(part, Mapping | Sequence):
                self._inner((*path, key), part, 0)
        return found

    def _built(self, node: Node) -> bool:
        """Whether a part of a transform is to be one itself: the values of ``fix_inputs`` are a plain mapping."""
        part = self.tree.node(node)
        return not (isinstance(part, Mapping) and part.tag is None and "keys" in part.items)

    def _inner(self, path: Path, node: Mapping | Sequence, depth: int) -> None:
        """Transforms in the other properties of one: selectors, lists of models."""
        if id(node) in self.seen or id(node) in self.listed:
            return
        if depth > MAX_INNER:
            self.notes.complete = False
            return
        if not (isinstance(node, Mapping) and (node.tag or "").startswith(_TRANSFORMS)):
            self.listed.add(id(node))
        tag = node.tag or ""
        if tag.startswith(NDARRAY):
            self.arrays.append((path, str(next((s for s in reversed(path) if isinstance(s, str)), "")), node))
            return
        if isinstance(node, Mapping) and tag.startswith(_TRANSFORMS):
            self.transform(path, node)
            return
        if isinstance(node, Mapping):
            members: Iterator[tuple[str | int, Node]] = iter(node.items.items())
        else:
            members = iter(enumerate(node.items))
        for key, value in members:
            part = self.tree.node(value)
            if isinstance(part, Mapping | Sequence):
                self._inner((*path, key), part, depth + 1)

    def _rotation(self, node: Mapping, path: Path) -> tuple[tuple[float, ...], str] | None:
        """Angles and axes of a rotation; a list of angles that does not fit its axes is a defect."""
        tree = self.tree
        numbers = [tree.number(n) for n in tree.items(node.items.get("angles"))]
        order = tree.text(node.items.get("axes_order")) or ""
        if len(numbers) != len(order) or any(n is None for n in numbers):
            text = "the angles of a rotation are not as many as its axes, or no numbers"
            self.notes.add("transform", path, text, f"{len(order)} numbers", shown(tree, node.items.get("angles")))
            return None
        return tuple(n for n in numbers if n is not None), order
