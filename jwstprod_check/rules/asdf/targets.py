"""ASDF: each array of the tree is linked to its own HDU, in a form that the reader takes."""

from collections.abc import Iterator
from typing import Final

from jwstprod_check.asdf.inline import MAX_VALUES, TooLargeError, inline_fault, part_fault
from jwstprod_check.asdf.nodes import NDARRAY, Mapping, Node, Path, Sequence, Text, Tree, kind_of, split_tag
from jwstprod_check.asdf.world.transforms import Tags
from jwstprod_check.rules.asdf.reading import Hdus, dotted, read_whole
from jwstprod_check.rules.asdf.tables import array_nodes_at, arrays_of, expected_hdu, tags
from jwstprod_check.rules.asdf.tagged import described
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import quoted

_NEEDED: Final = ("shape", "datatype", "byteorder")
_PARTS: Final = {
    "data": "a list of values", "shape": "a list of integers", "byteorder": "big or little", "offset": "an integer, 0 or more",
    "strides": "a list of integers", "mask": "a number or an array of logicals",
}  # fmt: skip


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

    Values of any other array may be in the tree: lists of the same length beside each other, of the shape and datatype that the
    array states. The reader stops at an array of which it cannot make one, and at a byteorder, shape, offset, stride or mask
    that has another form than a number or a list of them.

    Not covered: an array of more than 1,000,000 values in the tree is not made.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, core/ndarray; stdatamodels, fits_support.py.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    tree, known = found.tree, tags(context.catalogue)
    kept = dict(array_nodes_at(tree, arrays_of(context)))
    standard = found.frame.standard
    nodes: dict[Path, Node] = dict(tree.arrays)
    nodes |= {link.path: link.node for link in tree.links if link.node is not None and link.block is None}
    nodes |= kept
    for path, node in nodes.items():
        defect = _defect(tree, node, path in kept)
        if defect is None and isinstance(node, Mapping | Sequence) and _read(known, node, standard):
            try:
                defect = _unmade(tree, node)
            except TooLargeError:
                yield Skip(f"the array {dotted(path)} of the ASDF tree has more than {MAX_VALUES} values")
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


def _read(known: Tags, node: Mapping | Sequence, standard: str | None) -> bool:
    """Whether the reader makes an array of a node; one with the tag of another standard stays as it is written."""
    name, version = split_tag(node.tag or "")
    return name in known and known[name].read_in(version, standard)


def _unmade(tree: Tree, node: Mapping | Sequence) -> tuple[str, str, str] | None:
    """Return why no array can be made of a node: text, what was expected, what was found."""
    part = part_fault(tree, node) if isinstance(node, Mapping) else None
    if part is not None:
        key, value = part
        block = isinstance(node, Mapping) and tree.number(node.items.get("source")) is not None
        if key == "data" and isinstance(node, Mapping) and "source" in node.items:
            return "has both a source and values in the tree", "one of them", "both"
        # ASDF015 reports the others of an array in a block.
        return (
            None
            if block and key not in {"byteorder", "mask"}
            else (f"has a {key} that cannot be read", _PARTS[key], described(value))
        )
    text = inline_fault(tree, node)
    return (text, "values of one shape and datatype", "values in the tree") if text is not None else None


RULES = (own_hdu, array_nodes)
