"""ASDF: each array of the tree is linked to its own HDU, in a form that the reader takes."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.asdf.nodes import NDARRAY, Mapping, Node, Path, Sequence, Text, Tree, kind_of
from jwstprod_check.rules.asdf.reading import Hdus, dotted, read_whole
from jwstprod_check.rules.asdf.tables import array_nodes_at, arrays_of, expected_hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import quoted

_NEEDED: Final = ("shape", "datatype", "byteorder")


@rule("ASDF010", "link-to-other-hdu", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004"))
def own_hdu(context: Context) -> Iterator[Outcome]:
    """Every array of the tree is linked to the HDU that its data model writes it to.

    The data models take the array at `data` from the HDU that the tree names, whatever its EXTNAME is. A link to another HDU
    gives errors for fluxes, or the spectrum of another source, and nothing reports it. The array at place i of a list of slits,
    spectra or exposures is linked to EXTVER i + 1. Links to an HDU that is not there are left to ASDF006, and arrays that no
    data model has are left out.

    How to fix: write the file again with the data models.
    Source: fits_hdu of the schemas of stdatamodels 6.0.0 (`specs/asdf_tree.yaml`); stdatamodels, fits_support.py.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    arrays, hdus = arrays_of(context), Hdus(context)
    for link in found.tree.links:
        wanted = expected_hdu(link, arrays)
        hdu = hdus.find(link) if wanted and link.block is None else None
        if hdu is None or wanted is None:
            continue
        names, version = wanted
        if hdu.name in names and hdu.extver == version:
            continue
        own = " or ".join(f"{name},{version}" for name in sorted(names))
        yield Problem(
            f"{dotted(link.path)} of the ASDF tree is linked to {hdu.label}, expected {own}",
            hdu=found.hdu,
            expected=f"fits:{own}",
            found=quoted(link.source),
            group_key="other hdu",
        )


@rule("ASDF013", "array-not-readable", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004"))
def array_nodes(context: Context) -> Iterator[Outcome]:
    """Every array of the tree has the tag `core/ndarray` and a source that the reader takes.

    The source is `fits:NAME,VER` or the number of a binary block; beside it are shape, datatype and byteorder. Without the tag
    an array is a dictionary to the reader. The values of an array that a data model keeps in an HDU are not in the tree itself.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, core/ndarray; stdatamodels, fits_support.py.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    tree = found.tree
    kept = dict(array_nodes_at(tree, arrays_of(context)))
    nodes: dict[Path, Node] = dict(tree.arrays)
    nodes |= {link.path: link.node for link in tree.links if link.node is not None and link.block is None}
    nodes |= kept
    for path, node in nodes.items():
        defect = _defect(tree, node, path in kept)
        if defect is not None:
            text, expected, seen = defect
            yield Problem(
                f"the array {dotted(path)} of the ASDF tree {text}",
                hdu=found.hdu,
                expected=expected,
                found=seen,
                group_key=f"array {text}",
            )


def _defect(tree: Tree, node: Node, kept: bool) -> tuple[str, str, str] | None:
    """Return what is wrong with the node of an array: text, what was expected, what was found."""
    if not isinstance(node, Mapping):
        if isinstance(node, Sequence) and (node.tag or "").startswith(NDARRAY) and not kept:
            return None
        return "is no array", "an array in an HDU", "a list" if isinstance(node, Sequence) else "a value"
    if not (node.tag or "").startswith(NDARRAY):
        return "does not have the tag of an array", "core/ndarray", quoted(node.tag or "no tag")
    source = tree.node(node.items.get("source"))
    if source is None:
        if "data" not in node.items:
            return "has no source", "fits:NAME,VER or the number of a block", "none"
        return ("has its values in the tree", "fits:NAME,VER", "'data'") if kept else None
    if not isinstance(source, Text):
        return "has a source that cannot be read", "fits:NAME,VER or the number of a block", "a collection"
    block = kind_of(source) == "int" and source.text.isdecimal()
    if not (block or (kind_of(source) == "str" and source.text.startswith("fits:"))):
        return "has a source that cannot be read", "fits:NAME,VER or the number of a block", quoted(source.text)
    missing = [key for key in _NEEDED if key not in node.items]
    return (f"has no {missing[0]}", missing[0], "none") if missing else None


RULES = (own_hdu, array_nodes)
