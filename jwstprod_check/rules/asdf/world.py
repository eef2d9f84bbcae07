"""ASDF: world coordinates (gwcs): there, such that they can be built, with a bounding box on the array."""

from collections.abc import Iterator
from math import isclose

from jwstprod_check.asdf.nodes import Mapping, Path, Sequence, Text, Tree, kind_of, split_tag
from jwstprod_check.asdf.world import World
from jwstprod_check.asdf.world.frames import Frame
from jwstprod_check.findings import Severity
from jwstprod_check.rules.asdf.reading import dotted, read_whole
from jwstprod_check.rules.asdf.tables import tags, world_document
from jwstprod_check.rules.asdf.worlds import (
    BUILT,
    HOME,
    chain_of,
    home,
    model_severity,
    report_defects,
    severity_of,
    worlds,
)
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted


@rule("ASDF018", "world-coordinates-missing", level="data", scope="walk", requires=BUILT)
def there(context: Context) -> Iterator[Outcome]:
    """A file whose world coordinates were assigned (S_WCS = COMPLETE) has them in the tree.

    They are there only: the keywords of the SCI header are an approximation without distortion. Without them every later
    step of the pipeline stops. It holds for the products that `specs/asdf_world.yaml` lists; for data models of which no file
    was seen (several slits, integral field) it is a warning.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: stdatamodels 6.0.0, wcs in core.schema; files of jwst 1.11.4 to 3.0.0.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None or not found.tree.complete:
        return
    document = world_document(context.catalogue)
    assigned = context.file.hdus[0].header.value("S_WCS") == "COMPLETE"
    at_home = any(path[-2:] == HOME for path, _ in found.tree.worlds)
    if not assigned or context.product.name not in document.products or at_home:
        return
    node = found.tree.at(*HOME)
    if isinstance(node, Mapping) and node.tag is not None and split_tag(node.tag)[0] not in tags(context.catalogue):
        # The tag has a finding.
        return
    yield Problem(
        "S_WCS is COMPLETE, but the ASDF tree has no world coordinates",
        hdu=found.hdu,
        keyword="S_WCS",
        expected=f"a node tagged gwcs/wcs at {dotted(HOME)}",
        found=_in_its_place(found.tree, node),
        severity=model_severity(context),
    )


def _in_its_place(tree: Tree, node: Text | Mapping | Sequence | None) -> str:
    """What there is instead of world coordinates."""
    if tree.worlds:
        return f"world coordinates at {dotted(tree.worlds[0][0])}"
    return "none" if node is None or (isinstance(node, Text) and kind_of(node) == "null") else "another node"


@rule("ASDF020", "world-pipeline", level="data", scope="walk", requires=BUILT)
def pipeline(context: Context) -> Iterator[Outcome]:
    """World coordinates have two steps or more, each with a frame of its own, and all but the last with a transform.

    They and their frames have names. The last frame is called `world`. The number of axes of each frame is that of its names, units and physical types, and the
    transforms of imaging, resampled and one-dimensional files have as many inputs and outputs as the frames around them. In
    other modes the axes are not compared with the frames: grism and NIRSpec modes pass on more values than their frames have
    axes. What concerns frames of a mode that was not seen is a warning, and so are frames of two axes in other units, or with other
    numbers of the axes, than in real files: names and quantities of the results are wrong then, the numbers are not.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: gwcs 1.0.3, schemas wcs and step; jwst 3.0.0, assign_wcs.
    """
    yield from report_defects(context, "pipeline")
    found, _ = read_whole(context)
    if found is None:
        return
    for world in worlds(context):
        if chain_of(context, world) is None:
            continue
        for at, text, expected, seen in _frame_misfits(world):
            yield Problem(text, hdu=found.hdu, expected=f"{expected} ({dotted(at)})", found=seen, group_key=text)
        for text, expected, seen in _strange_frames(world, world_document(context.catalogue).units):
            yield Problem(text, hdu=found.hdu, expected=expected, found=seen, severity=Severity.WARNING)


def _strange_frames(world: World, units: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Frames of two axes in other units, or in another order, than those of real files."""
    for frame in world.frames:
        if frame is None or frame.axes != 2 or frame.name not in units:
            continue
        unit = units[frame.name]
        if frame.units and set(frame.units) != {unit}:
            seen = ", ".join(map(quoted, frame.units))
            yield f"the coordinate frame {quoted(frame.name)} is in {seen}, expected {unit}", unit, seen
        if frame.order and frame.order != ("0", "1"):
            seen = ", ".join(map(quoted, frame.order))
            yield f"the axes of the coordinate frame {quoted(frame.name)} are in the order {seen}", "0, 1", seen


def _frame_misfits(world: World) -> Iterator[tuple[Path, str, str, str]]:
    """Transforms that have other inputs or outputs than the frames around them."""
    resampled = len(world.frames) > 0 and world.frames[-1] is not None and world.frames[-1].kind == "composite_frame"
    for i, axes in enumerate(world.transforms):
        if axes is None or i + 1 >= len(world.frames):
            continue
        sides: tuple[tuple[str, int | None, Frame | None], ...] = (
            ("inputs", axes[0], world.frames[i] if not resampled or (i == 0 and len(world.frames) == 2) else None),
            ("outputs", axes[1], world.frames[i + 1]),
        )
        for side, count, frame in sides:
            if frame is not None and frame.axes is not None and count is not None and count != frame.axes:
                text = f"a transform of the world coordinates has {count} {side}, the frame has {frame.axes} axes"
                yield (*world.path, "steps", i, "transform"), text, f"{frame.axes} {side}", f"{count} {side}"


@rule("ASDF021", "world-transform", level="data", scope="walk", requires=BUILT)
def transforms(context: Context) -> Iterator[Outcome]:
    """Every transform of the world coordinates can be built: its tag is that of one, and it has what its tag needs.

    Numbers are numbers, a transform that is put together has two parts, and the outputs of the first are as many as the inputs
    of the second; the lists of names of inputs and outputs are as long as there are inputs and outputs. Otherwise the reader
    stops and the file cannot be opened.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: ASDF transform schemas 0.6.0; gwcs 1.0.3; astropy 8.0, modeling; `specs/asdf_tags.yaml`.
    """
    yield from report_defects(context, "transform", "axes")


@rule("ASDF023", "world-bounding-box", level="data", scope="walk", requires=BUILT)
def bounding_box(context: Context) -> Iterator[Outcome]:
    """The bounding box is of the inputs of its transform, lower below upper, and lies on the array.

    Positions outside of it are NaN. It begins at -1 or later and ends at NAXIS + 0.5 or earlier; in files of a camera that were
    not resampled it ends at NAXIS - 0.5, the edge of the last pixel. A camera without one is a warning, and so is all this
    for modes of which no file was seen.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: jwst issues 3063, 5542 and 7820; jwst 3.0.0, assign_wcs; astropy 8.0, modeling.
    """
    yield from report_defects(context, "box")
    found, _ = read_whole(context)
    if found is None or found.tree is None:
        return
    for world in worlds(context):
        hdu = home(context, world)
        camera = chain_of(context, world) in world_document(context.catalogue).sky
        if hdu is None or hdu.type != "IMAGE" or not hdu.sized or hdu.index in context.excluded:
            continue
        if not world.boxed and camera and len(hdu.axes) > 1:
            yield Problem(
                "the world coordinates have no bounding box",
                hdu=found.hdu,
                expected=f"a bounding box on {hdu.label}",
                found="none",
                severity=Severity.WARNING,
            )
        for axis, (name, (low, high)) in enumerate((world.box or {}).items(), 1):
            length = hdu.axes[axis - 1] if axis <= len(hdu.axes) and axis < 3 else None
            if length is None:
                continue
            exact = camera and not isclose(high, length - 0.5, abs_tol=1e-6)
            if low < -1 or high > length + 0.5 or exact:
                expected = f"-0.5, {length - 0.5:g}" if exact else f"within -1, {length + 0.5:g}"
                yield Problem(
                    f"the bounding box is {low:g}, {high:g} for {name!r}, NAXIS{axis} of {hdu.label} is {length}",
                    hdu=found.hdu,
                    expected=expected,
                    found=f"{low:g}, {high:g}",
                    severity=severity_of(context, world),
                    group_key="box and array",
                )


RULES = (there, pipeline, transforms, bounding_box)
