"""Coordinate frames between the transforms of world coordinates: their names and numbers of axes."""

from math import isfinite
from typing import Final

import msgspec

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Sequence, Text, kind_of, split_tag
from jwstprod_check.asdf.world.notes import MAX_NESTED, Notes, shortened, shown

_FRAMES: Final = {"frame2d": 2, "celestial_frame": 2, "spectral_frame": 1, "temporal_frame": 1, "stokes_frame": 1}
_LISTED: Final = ("axes_names", "unit", "axis_physical_types")


class Frame(msgspec.Struct, frozen=True):
    """A coordinate frame: its name, the last word of its tag, its number of axes; units and numbers of axes as they are written."""

    name: str
    kind: str
    axes: int | None
    units: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


class Frames:
    """Looks through the frames of one node of world coordinates, whose path has ``start`` steps."""

    def __init__(self, notes: Notes, start: int) -> None:
        self.notes = notes
        self.start = start
        self.framed: dict[int, Frame | None] = {}

    def compare_names(self, path: Path, frames: list[Frame | None]) -> None:
        """Look at the names of the frames of all steps: all differ, the last is the world."""
        names = [frame.name for frame in frames if frame is not None]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            self.notes.add(
                "pipeline", path, "two frames have one name", "names that differ", ", ".join(map(shortened, twice))
            )
        last = frames[-1] if frames else None
        if last is not None and last.name != "world":
            self.notes.add("pipeline", path, "the last frame is not 'world'", "world", shortened(last.name))

    def frame(self, path: Path, node: Node | None) -> Frame | None:
        """Look through a frame, each once; one that is part of itself has no axes."""
        node = self.notes.tree.node(node)
        if id(node) not in self.framed:
            self.framed[id(node)] = None
            if len(path) - self.start > MAX_NESTED:
                self.notes.complete = False
            else:
                self.framed[id(node)] = self._new(path, node)
        return self.framed[id(node)]

    def _new(self, path: Path, node: Node | None) -> Frame | None:
        tree = self.notes.tree
        if isinstance(node, Text) and kind_of(node) == "str":
            return Frame(node.text, "", None)
        tag = node.tag if isinstance(node, Mapping) else None
        name, _ = split_tag(tag or "")
        kind = name.rpartition("/")[2]
        if not isinstance(node, Mapping) or tag is None or "frame" not in kind:
            self.notes.add("pipeline", path, "a step has no coordinate frame", "a frame", shown(tree, node))
            return None
        called = tree.node(node.items.get("name"))
        if not isinstance(called, Text) or kind_of(called) != "str":
            self.notes.add("pipeline", path, "a coordinate frame has no name", "a name", shown(tree, called))
            return None
        units, order = (
            tuple(tree.text(item) or "" for item in tree.items(node.items.get(key))) for key in ("unit", "axes_order")
        )
        return Frame(called.text, kind, self._axes(path, node, kind), units, order)

    def _axes(self, path: Path, node: Mapping, kind: str) -> int | None:
        tree = self.notes.tree
        if kind == "composite_frame":
            parts = [
                self.frame((*path, "frames", i), part) for i, part in enumerate(tree.items(node.items.get("frames")))
            ]
            if not parts:
                self.notes.add("pipeline", path, "a composite frame has no frames", "a list of frames", "none")
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
                self.notes.add("pipeline", path, text, f"{count} values", f"{len(words.items)} values")
        return count
