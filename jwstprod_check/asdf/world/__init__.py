"""World coordinates of a tree (``gwcs/wcs``): can they be built, and from what; nothing is evaluated.

A pipeline has steps, each a frame and the transform to the next frame. Transforms are put together from others; how many
inputs and outputs each has follows from its tag or from its parts.
"""

from typing import Final

import msgspec

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Sequence, Text, Tree
from jwstprod_check.asdf.world.axes import Axes
from jwstprod_check.asdf.world.frames import Frame, Frames
from jwstprod_check.asdf.world.notes import Notes, is_null, shown
from jwstprod_check.asdf.world.transforms import Tags, Transforms
from jwstprod_check.defect import Defect

MAX_VISITS: Final = 300_000
"""Transforms that are looked at in one file, those that several world coordinates share counted each time."""

_STEP: Final = "tag:stsci.edu:gwcs/step-"


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


def examine(tree: Tree, tags: Tags) -> tuple[World, ...]:
    """Look through all world coordinates of a tree."""
    left = MAX_VISITS
    found = []
    for path, node in tree.worlds:
        notes = Notes(tree)
        transforms = Transforms(notes, tags, left)
        found.append(_world(notes, transforms, path, node))
        left = transforms.left
    return tuple(found)


def _world(notes: Notes, transforms: Transforms, path: Path, node: Mapping) -> World:
    tree, frames = notes.tree, Frames(notes, len(path))
    if not isinstance(tree.node(node.items.get("name")), Text):
        notes.add("pipeline", path, "the world coordinates have no name", "a name", shown(tree, node.items.get("name")))
    steps = tree.node(node.items.get("steps"))
    listed = list(steps.items) if isinstance(steps, Sequence) else []
    if len(listed) < 2:
        found = f"{len(listed)} steps" if isinstance(steps, Sequence) else shown(tree, steps)
        notes.add("pipeline", path, "the world coordinates have fewer than two steps", "two steps or more", found)
    of_steps: list[Frame | None] = []
    axes: list[Axes | None] = []
    boxed = False
    for i, item in enumerate(listed):
        at = (*path, "steps", i)
        step = tree.node(item)
        if not isinstance(step, Mapping) or not (step.tag or "").startswith(_STEP):
            notes.add("pipeline", at, "a step is no step", "a node tagged gwcs/step", shown(tree, step))
            of_steps.append(None)
            axes.append(None)
            continue
        of_steps.append(frames.frame((*at, "frame"), step.items.get("frame")))
        transform = tree.node(step.items.get("transform"))
        last = i + 1 == len(listed)
        if is_null(transform):
            axes.append(None)
            if not last:
                notes.add("pipeline", at, "a step before the last has no transform", "a transform", "null")
            continue
        if last:
            notes.add("pipeline", at, "the last step has a transform", "null", shown(tree, transform))
        axes.append(transforms.transform((*at, "transform"), transform, boxed=i == 0))
        if i == 0 and isinstance(transform, Mapping):
            boxed = not is_null(tree.node(transform.items.get("bounding_box")))
    frames.compare_names(path, of_steps)
    return World(
        path,
        tuple(of_steps),
        tuple(axes),
        tuple(notes.defects),
        boxed,
        transforms.box,
        transforms.angles,
        tuple(transforms.arrays),
        notes.complete,
    )
