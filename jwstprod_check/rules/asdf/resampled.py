"""ASDF: world coordinates of resampled images against the keywords of their array."""

from collections.abc import Iterator
from math import isclose
from typing import Final

from jwstprod_check.asdf.linear import Stated, linear_part
from jwstprod_check.asdf.nodes import Link, Mapping, Sequence, Text
from jwstprod_check.fits.header import Header
from jwstprod_check.rules.asdf.form import extent_of
from jwstprod_check.rules.asdf.lookup import content_of
from jwstprod_check.rules.asdf.reading import Reading, dotted, read_whole
from jwstprod_check.rules.asdf.worlds import BUILT, chain_of, home, severity_of, worlds
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import listed, quoted

RESAMPLED: Final = "resampled"
"""Chain of frames of a resampled image in `specs/asdf_world.yaml`."""

RELATIVE: Final = 1e-8
ABSOLUTE: Final = 1e-10
"""By how much a number and its keyword may differ; in real files they agree to the last digits."""

_SHAPES: Final = {1: (1,), 2: (2,), 4: (2, 2)}
"""Shape of an array by its number of keywords."""

_LONPOLE: Final = 180.0
"""Value where the keyword is missing (FITS Standard 4.0, section 8.3, for zenithal projections)."""


@rule("ASDF026", "world-and-wcs-keywords", level="data", scope="walk", requires=(*BUILT, "ASDF015", "ASDF021"))
def agree(context: Context) -> Iterator[Outcome]:
    """The world coordinates of a resampled image are those that the WCS keywords of its array state.

    A resampled image has no distortion: CRPIX, PC, CDELT and CRVAL state all that the tree states. The data models and gwcs use the
    tree, all other programs the keywords; where they differ, one of them gives wrong positions. The projection goes
    from pixels to the sky.

    Not covered: world coordinates of resampled images in another form than jwst 1.4 to 3.0 write.

    How to fix: resample the image again, or assign the world coordinates from the keywords.
    Source: jwst 3.0.0, resample; gwcs 1.0.3, fitswcs; FITS Standard 4.0, section 8.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    nodes = dict(found.tree.worlds)
    for world in worlds(context):
        hdu = home(context, world)
        if chain_of(context, world) != RESAMPLED or hdu is None or len(hdu.axes) != 2 or hdu.index in context.excluded:
            continue
        linear = linear_part(found.tree, world.path, nodes[world.path])
        if linear is None:
            continue
        for path, expected, word in linear.directions:
            yield Problem(
                f"{dotted(path)} of the ASDF tree is {quoted(word)}, expected {expected}",
                hdu=found.hdu,
                expected=expected,
                found=quoted(word),
                severity=severity_of(context, world),
                group_key="direction",
            )
        for stated in linear.stated:
            numbers = _numbers(found, stated)
            if isinstance(numbers, Skip):
                yield numbers
                continue
            differing = _differing(hdu.header, stated, numbers)
            if differing:
                keywords = [keyword for keyword, _, _ in differing]
                expected = ", ".join(f"{keyword} {wanted:.12g}" for keyword, wanted, _ in differing)
                seen = ", ".join("none" if number is None else f"{number:.12g}" for _, _, number in differing)
                yield Problem(
                    f"{dotted(stated.path)} of the ASDF tree states {seen}, {hdu.label} has {expected}",
                    hdu=hdu,
                    keyword=keywords[0],
                    expected=expected,
                    found=seen,
                    hint=f"the data models take the tree, other programs {listed(keywords)}",
                    severity=severity_of(context, world),
                )


def _differing(header: Header, stated: Stated, numbers: list[float] | None) -> list[tuple[str, float, float | None]]:
    """Keywords that state something else than the tree, with their value and that of the tree in terms of the keyword."""
    found: list[tuple[str, float, float | None]] = []
    for place, keyword in enumerate(stated.keywords):
        wanted = _LONPOLE if keyword == "LONPOLE" and keyword not in header else header.number(keyword)
        if wanted is None:
            continue
        number = None
        if numbers is not None and len(numbers) == len(stated.keywords):
            number = stated.sign * numbers[place] + stated.more
        if number is None or not isclose(number, wanted, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
            found.append((keyword, wanted, number))
    return found


def _numbers(found: Reading, stated: Stated) -> list[float] | Skip | None:
    """Numbers at a place of the tree, from a block where they are there; None for anything else than numbers."""
    tree = found.tree
    if tree is None:
        return None
    node = tree.node(stated.node)
    if isinstance(node, Text):
        number = tree.number(node)
        return [number] if number is not None else None
    if not isinstance(node, Mapping):
        numbers = [
            tree.number(item)
            for row in tree.items(node)
            for item in (tree.items(row) if isinstance(row, Sequence) else (row,))
        ]
        return [number for number in numbers if number is not None]
    source = tree.text(node.items.get("source"))
    link = Link(stated.path, source, node) if source is not None and source.isdecimal() else None
    extent = extent_of(tree, link) if link is not None else None
    if link is None or extent is None or link.shape != _SHAPES[len(stated.keywords)]:
        return None
    content = content_of(found, link, extent)
    return content if isinstance(content, Skip) or content is None else [float(n) for n in content]


RULES = (agree,)
