"""What the rules on world coordinates share: all of a file, each looked through once, and what is known of their kind."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.asdf.nodes import Path
from jwstprod_check.asdf.world import World, examine
from jwstprod_check.asdf.world.notes import MAX_NESTED
from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.asdf.reading import Hdus, Reading, dotted, read_whole, reading
from jwstprod_check.rules.asdf.tables import model_of, tags, world_document
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip

BUILT: Final = ("ASDF001", "ASDF003", "ASDF004", "ASDF012")
"""Rules without which world coordinates cannot be looked at."""

HOME: Final = ("meta", "wcs")
"""Where the data models keep the world coordinates of an array, from the root or from an item of a list."""


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


def model_severity(context: Context) -> Severity | None:
    """Return a warning for data models of which no file with world coordinates was seen."""
    return None if model_of(context) in world_document(context.catalogue).models else Severity.WARNING


def severity_of(context: Context, world: World) -> Severity | None:
    """Return a warning for world coordinates of a kind that was not seen in real files."""
    return Severity.WARNING if chain_of(context, world) is None else model_severity(context)


def home(context: Context, world: World) -> Hdu | None:
    """HDU of the array that world coordinates belong to."""
    return context.by_file(_science).get(world.path[:-2])


def report_defects(context: Context, *kinds: str) -> Iterator[Outcome]:
    """Report the defects of the world coordinates of some kinds."""
    found, skips = read_whole(context)
    yield from skips
    if found is None:
        return
    deep = [world for world in worlds(context) if not world.complete]
    if deep:
        place = f"{dotted(deep[0].path)}" + (f" and {len(deep) - 1} more" if deep[1:] else "")
        yield Skip(f"transforms of {place} are nested deeper than {MAX_NESTED} levels, or are too many")
    for world in worlds(context):
        for defect in world.defects:
            if defect.kind in kinds:
                frames = defect.text == "the last frame is not 'world'"
                yield Problem(
                    f"{defect.text} ({dotted(defect.path)} of the ASDF tree)",
                    hdu=found.hdu,
                    expected=defect.expected,
                    found=defect.found,
                    severity=model_severity(context)
                    if frames
                    else severity_of(context, world)
                    if defect.kind == "value"
                    else None,
                    group_key=defect.text,
                )
