"""ASDF: the angles of the world coordinates against the keywords of their array."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.rules.asdf.reading import read_whole
from jwstprod_check.rules.asdf.worlds import BUILT, home, severity_of, worlds
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted

TOLERANCE: Final = 1e-6
"""Degrees by which an angle of the pointing may differ from its keyword."""

_ANGLES: Final = (("V2_REF", 1 / 3600), ("V3_REF", -1 / 3600), ("ROLL_REF", 1.0), ("DEC_REF", 1.0), ("RA_REF", -1.0))
_ORDER: Final = "zyxyz"


@rule("ASDF024", "world-pointing", level="data", scope="walk", requires=BUILT)
def pointing(context: Context) -> Iterator[Outcome]:
    """The transform to the sky turns by the angles that the keywords of the array state.

    The rotation by five angles is about the axes z, y, x, y, z by V2_REF, V3_REF, ROLL_REF, DEC_REF and RA_REF, to 1e-6 degrees.
    Where they differ, the world coordinates are those of another pointing, or a keyword was edited.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: jwst 3.0.0, assign_wcs, pointing; files of jwst 1.11.4 to 3.0.0.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    for world in worlds(context):
        hdu = home(context, world)
        if hdu is None or world.angles is None or hdu.index in context.excluded:
            continue
        if world.angles[1] != _ORDER:
            yield Problem(
                f"the rotation to the sky is about the axes {quoted(world.angles[1])}",
                hdu=found.hdu,
                expected=_ORDER,
                found=quoted(world.angles[1]),
                severity=severity_of(context, world),
                group_key="axes",
            )
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
                    severity=severity_of(context, world),
                    group_key="pointing",
                )


RULES = (pointing,)
