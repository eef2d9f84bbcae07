"""World coordinates of a tree (``gwcs/wcs``): can they be built, and from what; nothing is evaluated.

A pipeline has steps, each a frame and the transform to the next frame. Transforms are put together from others; how many
inputs and outputs each has follows from its tag or from its parts.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Final

import msgspec

from jwstprod_check.asdf.tree import NDARRAY, WORLD, Mapping, Node, Path, Sequence, Text, Tree, kind_of, number_of
from jwstprod_check.defect import Defect

MAX_NESTED: Final = 100
"""Transforms within transforms, aliases followed; real ones have about 15."""

MAX_INNER: Final = 6
"""Lists and mappings within a property of a transform; real ones have two."""

MAX_VISITS: Final = 300_000
"""Transforms that are looked at in one file, those that several world coordinates share counted each time."""

MAX_DEFECTS: Final = 100
"""Defects of one node of world coordinates that are listed."""

_FREE: Final = frozenset({"fill_value", "no_label", "undefined_transform_value"})
"""Values given for what has no value: they may be NaN."""

_OPERATORS: Final = frozenset({"add", "subtract", "multiply", "divide", "power"})
_PAIRS: Final = _OPERATORS | {"compose", "concatenate"}
_FRAMES: Final = {"frame2d": 2, "celestial_frame": 2, "spectral_frame": 1, "temporal_frame": 1, "stokes_frame": 1}
_QUANTITY: Final = "tag:stsci.edu:asdf/unit/quantity-"
_BOX: Final = "tag:stsci.edu:asdf/transform/property/bounding_box-"
_COMPOUND_BOX: Final = "tag:stsci.edu:asdf/transform/property/compound_bounding_box-"
_STEP: Final = "tag:stsci.edu:gwcs/step-"
_TRANSFORMS: Final = ("tag:stsci.edu:asdf/transform/", "tag:stsci.edu:gwcs/", "tag:stsci.edu:jwst_pipeline/")
_ROTATION: Final = "rotate_sequence_3d"
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
_LISTED: Final = ("axes_names", "unit", "axis_physical_types")

Axes = tuple[int | None, int | None]
"""Inputs and outputs of a transform, None where it is not known."""


class Tag(msgspec.Struct, frozen=True):
    """What is known of a tag: its versions, properties that it needs, those that are numbers, inputs and outputs."""

    versions: tuple[str, ...]
    needs: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    axes: tuple[int, int] | None = None


Tags = dict[str, Tag]
"""Tags by their name without the version."""


class Frame(msgspec.Struct, frozen=True):
    """A coordinate frame: its name, the last word of its tag, its number of axes; units and numbers of axes as they are written."""

    name: str
    kind: str
    axes: int | None
    units: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


class World(msgspec.Struct, frozen=True):
    """World coordinates of one array.

    ``box`` are the lower and upper bounds of the first transform by input, None where it has none or a broken one, and
    ``boxed`` says whether there is anything. ``transforms`` are the axes of each step's transform; ``angles`` those of the
    rotation to the sky, with its axes; ``arrays`` the arrays of all transforms, by the property that they are. ``complete`` is False
    where transforms are nested too deeply. ``defects`` have one of the kinds pipeline, transform, axes, box, value.
    """

    path: Path
    frames: tuple[Frame | None, ...]
    transforms: tuple[Axes | None, ...]
    defects: tuple[Defect, ...]
    boxed: bool
    box: dict[str, tuple[float, float]] | None
    angles: tuple[tuple[float, ...], str] | None
    arrays: tuple[tuple[Path, str, Node], ...]
    complete: bool


def split_tag(tag: str) -> tuple[str, str]:
    """Name and version of a tag."""
    name, _, version = tag.rpartition("-")
    return name, version


def examine(tree: Tree, tags: Tags) -> tuple[World, ...]:
    """Look through all world coordinates of a tree."""
    left = MAX_VISITS
    found = []
    for path, node in tree.worlds:
        examiner = _Examiner(tree, tags, left)
        found.append(examiner.world(path, node))
        left = examiner.left
    return tuple(found)


class _Examiner:
    """Looks through one node of world coordinates; ``left`` are the transforms that may still be looked at."""

    def __init__(self, tree: Tree, tags: Tags, left: int) -> None:
        self.tree = tree
        self.tags = tags
        self.left = left
        self.listed: set[int] = set()
        self.counted: set[int] = set()
        self.framed: dict[int, Frame | None] = {}
        self.defects: list[Defect] = []
        self.arrays: list[tuple[Path, str, Node]] = []
        self.seen: dict[int, Axes | None] = {}
        self.start = 0
        self.depth = 0
        self.inverse = 0
        self.complete = True
        self.angles: tuple[tuple[float, ...], str] | None = None
        self.box: dict[str, tuple[float, float]] | None = None

    def report(self, kind: str, path: Path, text: str, expected: str, found: str) -> None:
        if len(self.defects) < MAX_DEFECTS:
            self.defects.append(Defect(kind, text, expected, found, path=path))

    def world(self, path: Path, node: Mapping) -> World:
        tree = self.tree
        self.start = len(path)
        if not isinstance(tree.node(node.items.get("name")), Text):
            self.report(
                "pipeline", path, "the world coordinates have no name", "a name", _shown(tree, node.items.get("name"))
            )
        steps = tree.node(node.items.get("steps"))
        listed = list(steps.items) if isinstance(steps, Sequence) else []
        if len(listed) < 2:
            found = f"{len(listed)} steps" if isinstance(steps, Sequence) else _shown(tree, steps)
            self.report("pipeline", path, "the world coordinates have fewer than two steps", "two steps or more", found)
        frames: list[Frame | None] = []
        transforms: list[Axes | None] = []
        boxed = False
        for i, item in enumerate(listed):
            at = (*path, "steps", i)
            step = tree.node(item)
            if not isinstance(step, Mapping) or not (step.tag or "").startswith(_STEP):
                self.report("pipeline", at, "a step is no step", "a node tagged gwcs/step", _shown(tree, step))
                frames.append(None)
                transforms.append(None)
                continue
            frames.append(self.frame((*at, "frame"), step.items.get("frame")))
            transform = tree.node(step.items.get("transform"))
            last = i + 1 == len(listed)
            if _is_null(transform):
                transforms.append(None)
                if not last:
                    self.report("pipeline", at, "a step before the last has no transform", "a transform", "null")
                continue
            if last:
                self.report("pipeline", at, "the last step has a transform", "null", _shown(tree, transform))
            transforms.append(self.transform((*at, "transform"), transform, boxed=i == 0))
            if i == 0 and isinstance(transform, Mapping):
                boxed = not _is_null(tree.node(transform.items.get("bounding_box")))
        self.names(path, frames)
        return World(
            path,
            tuple(frames),
            tuple(transforms),
            tuple(self.defects),
            boxed,
            self.box,
            self.angles,
            tuple(self.arrays),
            self.complete,
        )

    def names(self, path: Path, frames: list[Frame | None]) -> None:
        names = [frame.name for frame in frames if frame is not None]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            self.report("pipeline", path, "two frames have one name", "names that differ", ", ".join(map(_cut, twice)))
        last = frames[-1] if frames else None
        if last is not None and last.name != "world":
            self.report("pipeline", path, "the last frame is not 'world'", "world", _cut(last.name))

    def frame(self, path: Path, node: Node | None) -> Frame | None:
        """Look through a frame, each once; one that is part of itself has no axes."""
        node = self.tree.node(node)
        if id(node) not in self.framed:
            self.framed[id(node)] = None
            if len(path) - self.start > MAX_NESTED:
                self.complete = False
            else:
                self.framed[id(node)] = self.new_frame(path, node)
        return self.framed[id(node)]

    def new_frame(self, path: Path, node: Node | None) -> Frame | None:
        tree = self.tree
        if isinstance(node, Text) and kind_of(node) == "str":
            return Frame(node.text, "", None)
        tag = node.tag if isinstance(node, Mapping) else None
        name, _ = split_tag(tag or "")
        kind = name.rpartition("/")[2]
        if not isinstance(node, Mapping) or tag is None or "frame" not in kind:
            self.report("pipeline", path, "a step has no coordinate frame", "a frame", _shown(tree, node))
            return None
        called = tree.node(node.items.get("name"))
        if not isinstance(called, Text) or kind_of(called) != "str":
            self.report("pipeline", path, "a coordinate frame has no name", "a name", _shown(tree, called))
            return None
        units, order = (
            tuple(tree.text(item) or "" for item in tree.items(node.items.get(key))) for key in ("unit", "axes_order")
        )
        return Frame(called.text, kind, self.frame_axes(path, node, kind), units, order)

    def frame_axes(self, path: Path, node: Mapping, kind: str) -> int | None:
        tree = self.tree
        if kind == "composite_frame":
            parts = [
                self.frame((*path, "frames", i), part) for i, part in enumerate(tree.items(node.items.get("frames")))
            ]
            if not parts:
                self.report("pipeline", path, "a composite frame has no frames", "a list of frames", "none")
            counts = [part.axes if part is not None else None for part in parts]
            return None if not counts or None in counts else sum(n for n in counts if n is not None)
        order = tree.node(node.items.get("axes_order"))
        count = len(order.items) if isinstance(order, Sequence) else _FRAMES.get(kind)
        stated = tree.number(node.items.get("naxes")) if kind == "frame" else None
        if stated is not None:
            count = int(stated) if isfinite(stated) else None
        for key in _LISTED:
            words = tree.node(node.items.get(key))
            if count is not None and isinstance(words, Sequence) and len(words.items) != count:
                text = f"a coordinate frame of {count} axes has {len(words.items)} values of {key}"
                self.report("pipeline", path, text, f"{count} values", f"{len(words.items)} values")
        return count

    def transform(self, path: Path, node: Node | None, *, boxed: bool = False) -> Axes | None:
        """Look through a transform and its parts; return its axes, None where they are not known."""
        node = self.tree.node(node)
        if id(node) in self.seen:
            return self.seen[id(node)]
        tag = node.tag if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or tag is None or not tag.startswith(_TRANSFORMS) or tag.startswith(WORLD):
            self.report("transform", path, "what should be a transform is none", "a transform", _shown(self.tree, node))
            return None
        if self.depth >= MAX_NESTED or self.left <= 0:
            self.complete = False
            return None
        self.left -= 1
        self.seen[id(node)] = None
        self.depth += 1
        name, _ = split_tag(tag)
        known = self.tags.get(name)
        axes = None if known is None else self.known(path, node, name.rpartition("/")[2], known, boxed=boxed)
        self.depth -= 1
        self.seen[id(node)] = axes
        return axes

    def known(self, path: Path, node: Mapping, kind: str, known: Tag, *, boxed: bool) -> Axes | None:
        tree, items = self.tree, node.items
        for key in known.needs:
            if _is_null(tree.node(items.get(key))):
                self.report("transform", path, f"a transform {kind!r} has no {key!r}", repr(key), "none")
        for key in known.numbers:
            value = tree.node(items.get(key))
            if isinstance(value, Text) and not _is_null(value) and number_of(value) is None:
                text = f"{key!r} of a transform {kind!r} is no number"
                self.report("transform", (*path, key), text, "a number", _shown(tree, value))
        self.direction(path, node, kind)
        parts = self.parts(path, node)
        axes = self.axes(path, node, kind, known, parts)
        axes = self.stated(path, node, kind, axes)
        if not _is_null(tree.node(items.get("inverse"))):
            self.inverse += 1
            self.transform((*path, "inverse"), items["inverse"])
            self.inverse -= 1
        self.values(path, node, kind)
        box = tree.node(items.get("bounding_box"))
        if not _is_null(box):
            self.bounds(
                (*path, "bounding_box"), box, [tree.text(n) or "" for n in tree.items(items.get("inputs"))], boxed
            )
        if kind == _ROTATION:
            angles = self.rotation(node, path)
            to_sky = angles is not None and len(angles[0]) == _ANGLES and not self.inverse
            self.angles = angles if to_sky and self.angles is None else self.angles
        return axes

    def direction(self, path: Path, node: Mapping, kind: str) -> None:
        """Look at the direction of a projection or a rotation by Euler angles (ASDF transform schemas 0.6.0)."""
        word = self.tree.node(node.items.get("direction"))
        known = _EULER if kind == "rotate3d" else _PROJECTIONS
        if word is not None and not (isinstance(word, Text) and word.text in known):
            text = f"the direction of a transform {kind!r} is not known"
            self.report("transform", (*path, "direction"), text, " or ".join(sorted(known)), _shown(self.tree, word))

    def parts(self, path: Path, node: Mapping) -> list[Axes | None] | None:
        """Axes of the transforms that a transform is made of; None where it is not made of any."""
        tree = self.tree
        found: list[Axes | None] | None = None
        for key, value in node.items.items():
            part = tree.node(value)
            if key == "forward":
                listed = part.items if isinstance(part, Sequence) else [value]
                found = [self.transform((*path, key, i), item) for i, item in enumerate(listed) if self.built(item)]
            elif key not in {"inverse", "bounding_box"} and isinstance(part, Mapping | Sequence):
                self.inner((*path, key), part, 0)
        return found

    def built(self, node: Node) -> bool:
        """Whether a part of a transform is to be one itself: the values of ``fix_inputs`` are a plain mapping."""
        part = self.tree.node(node)
        return not (isinstance(part, Mapping) and part.tag is None and "keys" in part.items)

    def inner(self, path: Path, node: Mapping | Sequence, depth: int) -> None:
        """Transforms in the other properties of one: selectors, lists of models."""
        if id(node) in self.seen or id(node) in self.listed:
            return
        if depth > MAX_INNER:
            self.complete = False
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
                self.inner((*path, key), part, depth + 1)

    def axes(self, path: Path, node: Mapping, kind: str, known: Tag, parts: list[Axes | None] | None) -> Axes | None:
        """Axes that follow from what a transform is made of."""
        tree, items = self.tree, node.items
        if kind in _PAIRS:
            return self.paired(path, kind, parts)
        if kind == "identity":
            count = _whole(tree.number(items.get("n_dims")))
            count = 1 if _is_null(tree.node(items.get("n_dims"))) else count
            return None if count is None else (count, count)
        if kind == "constant":
            count = _whole(tree.number(items.get("dimensions")))
            return (2 if count == 2 else 1, 1)
        if kind == "remap_axes":
            return self.remapped(path, node)
        if kind == "tabular":
            return self.table(path, node)
        if kind == "spherical_cartesian":
            word = tree.text(items.get("transform_type"))
            choices = {"spherical_to_cartesian": (2, 3), "cartesian_to_spherical": (3, 2)}
            if word is not None and word not in choices:
                text = "the type of a spherical_cartesian transform is not known"
                self.report("transform", path, text, " or ".join(choices), _cut(word))
            return choices.get(word or "")
        if kind == _ROTATION:
            return {"cartesian": (3, 3), "spherical": (2, 2)}.get(tree.text(items.get("rotation_type")) or "")
        return known.axes

    def paired(self, path: Path, kind: str, parts: list[Axes | None] | None) -> Axes | None:
        if parts is None:
            return None
        if len(parts) != 2:
            self.report("transform", path, f"a transform {kind!r} does not have two parts", "two", str(len(parts)))
            return None
        left, right = parts[0] or (None, None), parts[1] or (None, None)
        if kind == "concatenate":
            return _sum(left[0], right[0]), _sum(left[1], right[1])
        if kind == "compose":
            if left[1] is not None and right[0] is not None and left[1] != right[0]:
                text = "the parts of a transform 'compose' do not fit each other"
                self.report("axes", path, text, f"{left[1]} inputs of the second", f"{right[0]} inputs")
            return left[0], right[1]
        if None not in (*left, *right) and left != right:
            text = f"the parts of a transform {kind!r} differ in their inputs or outputs"
            self.report(
                "axes", path, text, f"{left[0]} inputs, {left[1]} outputs", f"{right[0]} inputs, {right[1]} outputs"
            )
        return left[0] or right[0], left[1] or right[1]

    def remapped(self, path: Path, node: Mapping) -> Axes | None:
        tree, items = self.tree, node.items
        mapping = tree.node(items.get("mapping"))
        if not isinstance(mapping, Sequence):
            return None
        numbers = [_whole(tree.number(item)) for item in mapping.items]
        if not numbers or any(n is None for n in numbers):
            self.report(
                "transform",
                path,
                "the mapping of axes is not a list of numbers",
                "numbers of axes",
                _shown(tree, mapping),
            )
            return None
        highest = max(n for n in numbers if n is not None)
        count = _whole(tree.number(items.get("n_inputs")))
        inputs = tree.node(items.get("inputs"))
        if count is None and isinstance(inputs, Sequence):
            count = len(inputs.items)
        if count is not None and highest >= count:
            self.report(
                "axes", path, "a mapping of axes uses an input that is not there", f"below {count}", str(highest)
            )
        return count if count is not None else highest + 1, len(numbers)

    def table(self, path: Path, node: Mapping) -> Axes | None:
        tree, items = self.tree, node.items
        table, points = tree.node(items.get("lookup_table")), tree.node(items.get("points"))
        shape = self.shape(table)
        lengths = [self.shape(item) for item in points.items] if isinstance(points, Sequence) else None
        if shape and lengths and all(len(n) == 1 for n in lengths if n is not None) and None not in lengths:
            said = tuple(n[0] for n in lengths if n is not None)
            if said != shape:
                text = "the points of a lookup table are not as many as its values"
                self.report("axes", path, text, str(list(shape)), str(list(said)))
        return (len(shape), 1) if shape else None

    def shape(self, node: Node | None) -> tuple[int, ...] | None:
        """Shape of an array that is tagged as one, or of a list of numbers."""
        node = self.tree.node(node)
        if isinstance(node, Sequence):
            return (len(node.items),) if all(isinstance(n, Text) for n in node.items) else None
        if not isinstance(node, Mapping):
            return None
        shape = [_whole(self.tree.number(n)) for n in self.tree.items(node.items.get("shape"))]
        return tuple(n for n in shape if n is not None) if shape and None not in shape else None

    def stated(self, path: Path, node: Mapping, kind: str, axes: Axes | None) -> Axes | None:
        """Compare the lists of inputs and outputs with what follows from the transform."""
        known = list(axes or (None, None))
        for i, key in enumerate(("inputs", "outputs")):
            names = self.tree.node(node.items.get(key))
            if names is None or _is_null(names):
                continue
            if not isinstance(names, Sequence):
                self.report(
                    "axes", path, f"{key!r} of a transform {kind!r} is no list", "a list", _shown(self.tree, names)
                )
                continue
            count = known[i]
            if count is not None and count != len(names.items):
                text = f"a transform {kind!r} has {count} {key} and {len(names.items)} names for them"
                self.report("axes", path, text, f"{count} names", f"{len(names.items)} names")
            elif count is None:
                known[i] = len(names.items)
        return known[0], known[1]

    def values(self, path: Path, node: Mapping, kind: str) -> None:
        """Numbers among the properties of a transform: finite, and factors not zero."""
        for key, value in node.items.items():
            if key in _FREE or key in {
                "inputs",
                "outputs",
                "name",
                "bounding_box",
                "forward",
                "inverse",
                "bounds",
                "fixed",
            }:
                continue
            for at, number in self.numbers((*path, key), value, 0):
                if not isfinite(number):
                    self.report(
                        "value",
                        at,
                        f"{_cut(key)!r} of a transform {kind!r} is not finite",
                        "a finite number",
                        str(number),
                    )
                elif number == 0 and key == "factor":
                    self.report("value", at, f"{key!r} of a transform {kind!r} is zero", "a number other than 0", "0")

    def numbers(self, path: Path, node: Node | None, depth: int) -> Iterator[tuple[Path, float]]:
        node = self.tree.node(node)
        if isinstance(node, Text):
            # Only what may be a number is asked for its kind.
            if node.text[:1] in "0123456789+-.":
                number = number_of(node)
                if number is not None:
                    yield path, number
        elif isinstance(node, Sequence) and depth < 3 and id(node) not in self.counted:
            self.counted.add(id(node))
            for i, item in enumerate(node.items):
                yield from self.numbers((*path, i), item, depth + 1)
        elif isinstance(node, Mapping) and (node.tag or "").startswith((_QUANTITY, NDARRAY)):
            for key in ("value", "data"):
                yield from self.numbers((*path, key), node.items.get(key), depth + 1)

    def bounds(self, path: Path, box: Node | None, inputs: list[str], first: bool) -> None:
        """Compare a bounding box with the inputs of its transform."""
        tree = self.tree
        pairs: dict[str, Node | None] = {}
        if isinstance(box, Mapping) and (box.tag or "").startswith(_COMPOUND_BOX):
            return
        if isinstance(box, Mapping) and (box.tag or "").startswith(_BOX):
            order = tree.node(box.items.get("order"))
            if not _is_null(order) and tree.text(order) not in {"C", "F"}:
                self.report("box", path, "the order of a bounding box is not known", "C or F", _shown(tree, order))
            intervals = tree.node(box.items.get("intervals"))
            ignored = {tree.text(n) for n in tree.items(box.items.get("ignore"))}
            pairs = dict(intervals.items) if isinstance(intervals, Mapping) else {}
            if inputs and set(pairs) != set(inputs) - ignored:
                text = "a bounding box is not of the inputs of its transform"
                self.report("box", path, text, ", ".join(map(_cut, inputs)), ", ".join(map(_cut, pairs)) or "none")
                return
        elif isinstance(box, Sequence):
            single = len(box.items) == 2 and all(isinstance(tree.node(n), Text) for n in box.items)
            given = [box] if single else list(box.items)
            if len(given) != len(inputs):
                text = "a bounding box is not of the inputs of its transform"
                self.report("box", path, text, f"{len(inputs)} intervals", f"{len(given)} intervals")
                return
            pairs = dict(zip(reversed(inputs), given, strict=True))
        else:
            self.report("box", path, "a bounding box cannot be read", "intervals", _shown(tree, box))
            return
        found: dict[str, tuple[float, float]] = {}
        for name, interval in pairs.items():
            ends = [self.bound(item) for item in tree.items(interval)]
            if len(ends) != 2 or not all(n is not None and isfinite(n) for n in ends):
                self.report(
                    "box",
                    path,
                    f"the interval of {_cut(name)!r} is not two numbers",
                    "two finite numbers",
                    _shown(tree, interval),
                )
                continue
            low, high = (n for n in ends if n is not None)
            if low >= high:
                text = f"the interval of {_cut(name)!r} has its lower bound above the upper one"
                self.report("box", path, text, "lower below upper", f"{low:g}, {high:g}")
                continue
            found[name] = low, high
        if first and len(found) == len(pairs):
            self.box = {name: found[name] for name in inputs if name in found}

    def bound(self, node: Node | None) -> float | None:
        node = self.tree.node(node)
        if isinstance(node, Mapping) and (node.tag or "").startswith(_QUANTITY):
            node = self.tree.node(node.items.get("value"))
        return self.tree.number(node)

    def rotation(self, node: Mapping, path: Path) -> tuple[tuple[float, ...], str] | None:
        """Angles and axes of a rotation; a list of angles that does not fit its axes is a defect."""
        tree = self.tree
        numbers = [tree.number(n) for n in tree.items(node.items.get("angles"))]
        order = tree.text(node.items.get("axes_order")) or ""
        if len(numbers) != len(order) or any(n is None for n in numbers):
            text = "the angles of a rotation are not as many as its axes, or no numbers"
            self.report("transform", path, text, f"{len(order)} numbers", _shown(tree, node.items.get("angles")))
            return None
        return tuple(n for n in numbers if n is not None), order


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _whole(number: float | None) -> int | None:
    return int(number) if number is not None and number.is_integer() and 0 <= number < 10**9 else None


def _is_null(node: Node | None) -> bool:
    return node is None or (isinstance(node, Text) and kind_of(node) == "null")


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."


def _shown(tree: Tree, node: Node | None) -> str:
    """What is at a place, in a few words."""
    node = tree.node(node)
    if node is None:
        return "none"
    if isinstance(node, Text):
        return _cut(node.text) or "''"
    kind = "a mapping" if isinstance(node, Mapping) else f"a list of {len(node.items)}"
    return f"{kind} tagged {_cut(node.tag.rpartition('/')[2])}" if node.tag else kind
