"""ASDF: numbers of the world coordinates, those in binary blocks included."""

from collections.abc import Iterator
from typing import Any, Final

from jwstprod_check.asdf.frame import payload
from jwstprod_check.asdf.nodes import Link
from jwstprod_check.rules.asdf.form import extent_of, size_of
from jwstprod_check.rules.asdf.reading import Reading, dotted, read_whole
from jwstprod_check.rules.asdf.worlds import BUILT, report_defects, severity_of, worlds
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import plural

MAX_LOOKUP: Final = 64 * 2**20
"""Bytes of lookup tables of one file whose values are looked at."""


@rule("ASDF022", "world-value", level="data", scope="walk", requires=BUILT)
def values(context: Context) -> Iterator[Outcome]:
    """Numbers of the transforms are finite and factors are not zero; no lookup table is all zero or all NaN.

    The file opens, and every position is NaN or the same. `fill_value`, which is given for what has no value, is mostly
    NaN.

    Not covered: lookup tables beyond 64 MB in one file.

    How to fix: assign the world coordinates again (assign_wcs).
    Source: astropy 8.0, modeling; files of jwst 1.11.4 to 3.0.0.
    """
    yield from report_defects(context, "value")
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
            content = content_of(found, link, extent)
            if isinstance(content, Skip):
                yield content
                continue
            defect = _empty(content, key) if content is not None else None
            if defect is not None:
                yield Problem(
                    f"the array {dotted(path)} of the world coordinates {defect}",
                    hdu=found.hdu,
                    expected="finite numbers",
                    found=defect.removeprefix("is "),
                    severity=severity_of(context, world),
                    group_key=f"array {defect}",
                )


def _stored_size(found: Reading, link: Link) -> int:
    """Bytes that are inflated to read an array."""
    block = found.frame.blocks[link.block] if link.block is not None and link.block < len(found.frame.blocks) else None
    return block.size if block is not None and block.compression.strip(b"\0") else 0


def content_of(found: Reading, link: Link, extent: tuple[int, int]) -> Any:
    """Values of an array in a block, in one row; None where they cannot be had, which has a finding of its own."""
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


RULES = (values,)
