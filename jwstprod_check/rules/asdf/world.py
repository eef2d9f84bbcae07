"""ASDF: world coordinates (gwcs): there, such that they can be built, and right."""

from collections.abc import Iterator
from math import isclose
from typing import Any, Final

from jwstprod_check.asdf.frame import payload
from jwstprod_check.asdf.tree import Link, Mapping, Path, Text, kind_of
from jwstprod_check.asdf.world import MAX_NESTED, Frame, World, examine, split_tag
from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.asdf.form import extent_of, size_of
from jwstprod_check.rules.asdf.reading import Hdus, Reading, dotted, read_whole, reading
from jwstprod_check.rules.asdf.tables import model_of, tags, world_document
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import plural

MAX_LOOKUP: Final = 64 * 2**20
"""Bytes of lookup tables of one file whose values are looked at."""

TOLERANCE: Final = 1e-6
"""Degrees by which an angle of the pointing may differ from its keyword."""

_BUILT: Final = ("ASDF001", "ASDF003", "ASDF004", "ASDF012")
_ANGLES: Final = (("V2_REF", 1 / 3600), ("V3_REF", -1 / 3600), ("ROLL_REF", 1.0), ("DEC_REF", 1.0), ("RA_REF", -1.0))
_ORDER: Final = "zyxyz"


def worlds(context: Context) -> tuple[World, ...]:
    """World coordinates of the file, each looked through once."""
    return context.by_file(_worlds)


def _worlds(context: Context) -> tuple[World, ...]:
    found = reading(context)
    if not isinstance(found, Reading) or found.tree is None:
        return ()
    return examine(found.tree, tags(context.catalogue))


def _science(context: Context) -> dict[Path, Hdu]:
    """SCI of each item of the tree, by the path of the item."""
    found = reading(context)
    if not isinstance(found, Reading) or found.tree is None:
        return {}
    hdus = Hdus(context)
    links = (link for link in found.tree.links if link.path[-1:] == ("data",) and link.block is None)
    homes = ((link.path[:-1], hdus.find(link)) for link in links)
    return {item: hdu for item, hdu in homes if hdu is not None and hdu.name == "SCI"}


def chain_of(context: Context, world: World) -> str | None:
    """Which of the chains of frames that were seen this is; None for another."""
    frames = [f"{f.name} {f.kind}" if f is not None else "" for f in world.frames]
    return next((name for name, listed in world_document(context.catalogue).frames.items() if listed == frames), None)


def _seen(context: Context) -> Severity | None:
    """Return a warning for data models of which no file with world coordinates was seen."""
    return None if model_of(context) in world_document(context.catalogue).models else Severity.WARNING


def _severity(context: Context, world: World) -> Severity | None:
    """Return a warning for world coordinates of a kind that was not seen in real files."""
    return Severity.WARNING if chain_of(context, world) is None else _seen(context)


def _home(context: Context, world: World) -> Hdu | None:
    """HDU of the array that world coordinates belong to."""
    return context.by_file(_science).get(world.path[:-2])


@rule("ASDF018", "world-coordinates-missing", level="data", scope="walk", requires=_BUILT)
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
    if not assigned or context.product.name not in document.products or found.tree.worlds:
        return
    node = found.tree.at("meta", "wcs")
    if isinstance(node, Mapping) and node.tag is not None and split_tag(node.tag)[0] not in tags(context.catalogue):
        # The tag has a finding.
        return
    yield Problem(
        "S_WCS is COMPLETE, but the ASDF tree has no world coordinates",
        hdu=found.hdu,
        keyword="S_WCS",
        expected="a node tagged gwcs/wcs",
        found="none" if node is None or (isinstance(node, Text) and kind_of(node) == "null") else "another node",
        severity=_seen(context),
    )


@rule("ASDF020", "world-pipeline", level="data", scope="walk", requires=_BUILT)
def pipeline(context: Context) -> Iterator[Outcome]:
    """World coordinates have two steps or more, each with a frame of its own, and all but the last with a transform.

    They and their frames have names. The last frame is called `world`. The number of axes of each frame is that of its names, units and physical types, and the
    transforms of imaging, resampled and one-dimensional files have as many inputs and outputs as the frames around them. In
    other modes the axes are not compared with the frames: grism and NIRSpec modes pass on more values than their frames have
    axes. What concerns frames of a mode that was not seen is a warning.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: gwcs 1.0.3, schemas wcs and step; jwst 3.0.0, assign_wcs.
    """
    yield from _flaws(context, "pipeline")
    found, _ = read_whole(context)
    if found is None:
        return
    for world in worlds(context):
        if chain_of(context, world) is None:
            continue
        for at, text, expected, seen in _frame_misfits(world):
            yield Problem(text, hdu=found.hdu, expected=f"{expected} ({dotted(at)})", found=seen, group_key=text)


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


@rule("ASDF021", "world-transform", level="data", scope="walk", requires=_BUILT)
def transforms(context: Context) -> Iterator[Outcome]:
    """Every transform of the world coordinates can be built: its tag is that of one, and it has what its tag needs.

    Numbers are numbers, a transform that is put together has two parts, and the outputs of the first are as many as the inputs
    of the second; the lists of names of inputs and outputs are as long as there are inputs and outputs. Otherwise the reader
    stops and the file cannot be opened.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: ASDF transform schemas 0.6.0; gwcs 1.0.3; astropy 8.0, modeling; `specs/asdf_tags.yaml`.
    """
    yield from _flaws(context, "transform", "axes")


@rule("ASDF022", "world-value", level="data", scope="walk", requires=_BUILT)
def values(context: Context) -> Iterator[Outcome]:
    """Numbers of the transforms are finite and factors are not zero; no lookup table is all zero or all NaN.

    The file opens, and every position is NaN or the same. `fill_value`, which is given for what has no value, is mostly
    NaN.

    Not covered: lookup tables beyond 64 MB in one file.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: astropy 8.0, modeling; files of jwst 1.11.4 to 3.0.0.
    """
    yield from _flaws(context, "value")
    found, _ = read_whole(context)
    if found is None or found.tree is None:
        return
    links = {id(link.node): link for link in found.tree.links if link.block is not None}
    left = MAX_LOOKUP
    for world in worlds(context):
        for path, key, node in world.arrays:
            # Each array once, however many aliases it has.
            link = links.pop(id(node), None)
            extent = extent_of(found.tree, link) if link is not None else None
            if link is None or extent is None:
                continue
            left -= max(extent[1] - extent[0], _stored_size(found, link))
            if left < 0:
                yield Skip(f"lookup tables of the ASDF tree are larger than {plural(MAX_LOOKUP, 'byte')}")
                return
            content = _content(found, link, extent)
            if isinstance(content, Skip):
                yield content
                continue
            flaw = _empty(content, key) if content is not None else None
            if flaw is not None:
                yield Problem(
                    f"the array {dotted(path)} of the world coordinates {flaw}",
                    hdu=found.hdu,
                    expected="finite numbers",
                    found=flaw.removeprefix("is "),
                    severity=_severity(context, world),
                    group_key=f"array {flaw}",
                )


def _stored_size(found: Reading, link: Link) -> int:
    """Bytes that are inflated to read an array."""
    block = found.frame.blocks[link.block] if link.block is not None and link.block < len(found.frame.blocks) else None
    return block.size if block is not None and block.compression.strip(b"\0") else 0


def _content(found: Reading, link: Link, extent: tuple[int, int]) -> Any:
    """Values of an array in a block; None where they cannot be had, which has a finding of its own."""
    import numpy as np

    number = link.block
    if number is None or number >= len(found.frame.blocks) or link.node is None:
        return None
    block = found.frame.blocks[number]
    first, end = extent
    kind, size = link.datatype, size_of(link.datatype)
    if not isinstance(kind, str) or size is None or not kind.startswith(("float", "int", "uint")):
        return None
    plain = not block.compression.strip(b"\0")
    # A plain block is not copied: many arrays may be in it.
    data = found.data if plain else payload(found.data, block)
    if data is None:
        return Skip(f"block {number} of the ASDF extension is compressed in a way that cannot be read")
    if end > block.size or block.used > block.allocated:
        return None
    order = found.tree.text(link.node.items.get("byteorder")) if found.tree is not None else None
    whole = (end - first) // size
    start = max(first, 0) + (block.start if plain else 0)
    return np.frombuffer(data, np.dtype(kind).newbyteorder(">" if order == "big" else "<"), whole, start)


def _empty(values: Any, key: str) -> str | None:
    """Say of an array that it cannot be right; None for a good one."""
    import numpy as np

    if not values.size:
        return None
    finite = np.isfinite(values)
    if not finite.any():
        return "is NaN throughout"
    if key in {"lookup_table", "points"}:
        return "is zero throughout" if values.size > 1 and not values.any() else None
    return None if finite.all() else "has values that are not finite"


@rule("ASDF023", "world-bounding-box", level="data", scope="walk", requires=_BUILT)
def bounding_box(context: Context) -> Iterator[Outcome]:
    """The bounding box is of the inputs of its transform, lower below upper, and lies on the array.

    Positions outside of it are NaN. It begins at -1 or later and ends at NAXIS + 0.5 or earlier; in files of a camera that were
    not resampled it ends at NAXIS - 0.5, the edge of the last pixel. A camera without one is a warning, and so is all this
    for modes of which no file was seen.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: jwst issues 3063, 5542 and 7820; jwst 3.0.0, assign_wcs; astropy 8.0, modeling.
    """
    yield from _flaws(context, "box")
    found, _ = read_whole(context)
    if found is None or found.tree is None:
        return
    for world in worlds(context):
        hdu = _home(context, world)
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
                    severity=_severity(context, world),
                    group_key="box and array",
                )


@rule("ASDF024", "world-pointing", level="data", scope="walk", requires=_BUILT)
def pointing(context: Context) -> Iterator[Outcome]:
    """The transform to the sky turns by the angles that the keywords of the array state.

    The rotation of `v23tosky` is about V2_REF, V3_REF, ROLL_REF, DEC_REF and RA_REF, to 1e-6 degrees. Where they differ, the
    world coordinates are those of another pointing, or a keyword was edited.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: jwst 3.0.0, assign_wcs, pointing; files of jwst 1.11.4 to 3.0.0.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    for world in worlds(context):
        hdu = _home(context, world)
        if hdu is None or world.angles is None or world.angles[1] != _ORDER or hdu.index in context.excluded:
            continue
        for angle, (keyword, factor) in zip(world.angles[0], _ANGLES, strict=True):
            stated = hdu.header.number(keyword)
            if stated is None:
                continue
            difference = (angle - stated * factor + 180) % 360 - 180
            if abs(difference) > TOLERANCE:
                seen = f"{angle / factor:.9g}"
                yield Problem(
                    f"the world coordinates turn by {seen} where {keyword} of {hdu.label} is {stated:.9g}",
                    hdu=found.hdu,
                    keyword=keyword,
                    expected=f"{stated:.9g} ({keyword})",
                    found=seen,
                    severity=_severity(context, world),
                    group_key="pointing",
                )


def _flaws(context: Context, *kinds: str) -> Iterator[Outcome]:
    """Flaws of the world coordinates of some kinds."""
    found, skips = read_whole(context)
    yield from skips
    if found is None:
        return
    deep = [world for world in worlds(context) if not world.complete]
    if deep:
        place = f"{dotted(deep[0].path)}" + (f" and {len(deep) - 1} more" if deep[1:] else "")
        yield Skip(f"transforms of {place} are nested deeper than {MAX_NESTED} levels, or are too many")
    for world in worlds(context):
        for flaw in world.flaws:
            if flaw.kind in kinds:
                frames = flaw.text == "the last frame is not 'world'"
                yield Problem(
                    f"{flaw.text} ({dotted(flaw.path)} of the ASDF tree)",
                    hdu=found.hdu,
                    expected=flaw.expected,
                    found=flaw.found,
                    severity=_seen(context) if frames else _severity(context, world) if flaw.kind == "value" else None,
                    group_key=flaw.text,
                )


RULES = (there, pipeline, transforms, values, bounding_box, pointing)
