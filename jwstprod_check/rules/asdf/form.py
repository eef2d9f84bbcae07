"""ASDF: versions, the root of the tree, its tags, its blocks."""

from collections.abc import Iterator
from math import prod
from typing import Any, Final

from jwstprod_check.asdf.frame import payload
from jwstprod_check.asdf.nodes import Link, Mapping, Node, Path, Sequence, Text, Tree, kind_of, split_tag
from jwstprod_check.findings import Severity
from jwstprod_check.rules.asdf.reading import Reading, dotted, place, read_whole, reading
from jwstprod_check.rules.asdf.tables import tags
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import plural, quoted

FORMAT: Final = "1.0.0"
"""Version of the file format; there has been no other."""

MAX_INFLATED: Final = 256 * 2**20
"""Bytes to which compressed blocks of one file are inflated."""

_STANDARDS: Final = frozenset({"1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0", "1.5.0", "1.6.0"})
_INFLATED: Final = frozenset({b"zlib", b"bzp2"})
_ARRAYS: Final = {"tag:stsci.edu:asdf/core/ndarray-1.0.0": False, "tag:stsci.edu:asdf/core/ndarray-1.1.0": True}
_SINCE: Final = "1.6.0"
"""Version of the standard that has another version of the array; a reader does not know the one in files of the other."""

_TAGGED: Final = "tagged core/asdf"
_YAML: Final = "tag:yaml.org,2002:"
_WORLD: Final = ("tag:stsci.edu:gwcs/", "tag:stsci.edu:asdf/transform/", "tag:stsci.edu:jwst_pipeline/")
_SIZES: Final = {
    "int8": 1, "uint8": 1, "bool8": 1, "int16": 2, "uint16": 2, "float16": 2, "int32": 4, "uint32": 4, "float32": 4,
    "int64": 8, "uint64": 8, "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip


@rule("ASDF011", "asdf-version", level="data", scope="walk", requires=("ASDF001", "ASDF003"))
def version(context: Context) -> Iterator[Outcome]:
    """The ASDF extension states version 1.0.0 of the file format and a version of the ASDF standard that is known.

    Readers stop at another file format. A newer standard (the newest that is known is 1.6.0) is a warning.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, header; asdf 5.4.0.
    """
    found = reading(context)
    if isinstance(found, Skip):
        yield found
    elif found is not None and found.frame.defect is None:
        frame = found.frame
        if frame.version != FORMAT:
            yield Problem(
                f"the ASDF extension states version {quoted(frame.version)} of the file format, expected {FORMAT}",
                hdu=found.hdu,
                expected=FORMAT,
                found=quoted(frame.version),
                offset=found.hdu.data_offset,
            )
        if frame.standard is not None and frame.standard not in _STANDARDS:
            yield Problem(
                f"the ASDF extension states version {quoted(frame.standard)} of the ASDF standard, which is not known",
                hdu=found.hdu,
                expected="1.0.0 to 1.6.0",
                found=quoted(frame.standard),
                severity=Severity.WARNING,
            )


@rule("ASDF012", "tree-root", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004"))
def root(context: Context) -> Iterator[Outcome]:
    """The tree is a mapping tagged `core/asdf` with a mapping `meta`, which states the data model.

    The reader takes all values from there. `history` is a mapping, or a list of entries in files of old releases. A root without
    its tag is a warning: the reader takes it all the same.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, core/asdf; stdatamodels 6.0.0, core.schema.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    tree = found.tree
    for path, expected, seen in _odd_root(tree):
        yield Problem(
            f"{dotted(path)} of the ASDF tree is {seen}, expected {expected}",
            hdu=found.hdu,
            expected=expected,
            found=seen,
            severity=Severity.WARNING if expected == _TAGGED else None,
        )


def _odd_root(tree: Tree) -> Iterator[tuple[Path, str, str]]:
    top = tree.node(tree.root)
    if not isinstance(top, Mapping):
        yield (), "a mapping", _kind(top)
        return
    if not (top.tag or "").startswith("tag:stsci.edu:asdf/core/asdf-"):
        yield (), _TAGGED, f"tagged {quoted(top.tag)}" if top.tag else "not tagged"
    history = tree.node(top.items.get("history"))
    if not (history is None or isinstance(history, Mapping | Sequence) or _null(history)):
        yield ("history",), "a mapping", _kind(history)
    meta = tree.node(top.items.get("meta"))
    if not isinstance(meta, Mapping):
        if tree.complete or meta is not None:
            yield ("meta",), "a mapping", _kind(meta)
    elif tree.text(meta.items.get("model_type")) is None and tree.complete:
        yield ("meta", "model_type"), "the name of the data model", _kind(tree.node(meta.items.get("model_type")))


def _null(node: Node) -> bool:
    return isinstance(node, Text) and kind_of(node) == "null"


def _kind(node: Node | None) -> str:
    if node is None or _null(node):
        return "missing"
    return {Text: "a value", Sequence: "a list"}.get(type(node), "a mapping")


@rule("ASDF014", "compressed-block", level="data", scope="walk", requires=("ASDF001", "ASDF003"))
def compression(context: Context) -> Iterator[Outcome]:
    """Every binary block is plain or compressed in a way that readers know, and can be inflated to the size that it states.

    The labels are zlib, bzp2 and lz4; a block with lz4 needs an additional package to be read and is a warning.

    Not covered: the content of a block with lz4.

    How to fix: write the file again with the data models, which write plain blocks.
    Source: ASDF Standard 1.6.0, blocks, compression; asdf 5.4.0.
    """
    found = reading(context)
    if isinstance(found, Skip):
        yield found
        return
    if found is None or found.frame.defect is not None:
        return
    left = MAX_INFLATED
    for number, block in enumerate(found.frame.blocks):
        label = block.compression.rstrip(b"\0")
        if not label:
            continue
        if label in _INFLATED and block.size > left:
            yield Skip(f"block {number} of the ASDF extension is inflated to more than {plural(left, 'byte')}")
            continue
        defect = None
        if label == b"lz4":
            defect = "compressed with lz4, which not every reader can inflate"
        elif label not in _INFLATED:
            defect = f"compressed in a way that is not known ({quoted(label.decode('latin-1'))})"
        else:
            left -= block.size
            if payload(found.data, block) is None:
                defect = f"compressed and cannot be inflated to {plural(block.size, 'byte')}"
        if defect is not None:
            yield Problem(
                f"block {number} of the ASDF extension is {defect}",
                hdu=found.hdu,
                expected="plain, zlib or bzp2",
                found=quoted(label.decode("latin-1")),
                offset=found.hdu.data_offset + block.offset,
                severity=Severity.WARNING if label == b"lz4" else None,
                group_key=f"compression {label!r}",
            )


@rule("ASDF015", "array-beyond-block", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004"))
def bounds(context: Context) -> Iterator[Outcome]:
    """Every array in a binary block ends within that block: offset and shape times the size of a value.

    Readers fail when they are asked for the values, which is when the world coordinates are built.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, core/ndarray.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    blocks = found.frame.blocks
    for link in found.tree.links:
        if link.block is None or link.block >= len(blocks):
            continue
        extent = extent_of(found.tree, link)
        block = blocks[link.block]
        if extent is None or extent[0] < 0 or extent[1] > block.size:
            known = extent is not None
            yield Problem(
                f"{place(link)} of the ASDF tree "
                + (f"ends beyond block {link.block}" if known else "has a shape, type or offset that cannot be read"),
                hdu=found.hdu,
                expected=f"at most {plural(block.size, 'byte')}",
                found=plural(extent[1], "byte") if extent is not None else None,
                group_key="beyond",
            )


def extent_of(tree: Tree, link: Link) -> tuple[int, int] | None:
    """First byte of an array within its block and the byte after its last; None where the tree does not say it."""
    size = size_of(link.datatype)
    shape = link.shape
    if size is None or shape is None or link.node is None:
        return None
    offset = _integer(tree, link.node.items.get("offset"), 0)
    if offset is None or offset < 0:
        return None
    if not prod(shape):
        return offset, offset
    strides = tree.node(link.node.items.get("strides"))
    if strides is None or _null(strides):
        return offset, offset + size * prod(shape)
    steps = [_integer(tree, item, None) for item in tree.items(strides)]
    if len(steps) != len(shape) or None in steps:
        return None
    ends = [(n - 1) * step for n, step in zip(shape, steps, strict=True) if step is not None]
    return offset + sum(e for e in ends if e < 0), offset + sum(e for e in ends if e > 0) + size


def size_of(datatype: Any) -> int | None:
    """Bytes of one value of a data type; None for one that is not known."""
    if isinstance(datatype, str):
        return _SIZES.get(datatype)
    if not isinstance(datatype, list) or not datatype:
        return None
    if datatype[0] in ("ascii", "ucs4"):
        length = datatype[1] if len(datatype) == 2 else ""
        plain = isinstance(length, str) and length.isdecimal() and len(length) < 9
        return int(length) * (4 if datatype[0] == "ucs4" else 1) if plain else None
    sizes = []
    for column in datatype:
        told = column if isinstance(column, dict) else {"datatype": column}
        size, shape = size_of(told.get("datatype")), told.get("shape", [])
        if size is None or not isinstance(shape, list) or not all(isinstance(n, str) and n.isdecimal() for n in shape):
            return None
        sizes.append(size * prod(int(n) for n in shape))
    return sum(sizes)


def _integer(tree: Tree, node: Node | None, default: int | None) -> int | None:
    if node is None:
        return default
    number = tree.number(node)
    return int(number) if number is not None and number.is_integer() and abs(number) < 2**62 else None


@rule(
    "ASDF019", "unknown-tag", Severity.WARNING, level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004")
)
def known_tags(context: Context) -> Iterator[Outcome]:
    """Every tag of the tree is one that the official packages know.

    A node with another tag stays a dictionary: world coordinates with such a node among their transforms cannot be built,
    which is an error. A known tag of a version that is not known is a warning, because new releases of the packages add
    versions; so is an unknown tag outside of world coordinates.

    How to fix: write the file again with the data models.
    Source: asdf 5.4.0, asdf-astropy 0.11.0, gwcs 1.0.3, stdatamodels 6.0.0 (`specs/asdf_tags.yaml`).
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    known, frame = tags(context.catalogue), found.frame
    for tag, path in found.tree.tags.items():
        if tag.startswith(_YAML) or tag == "!":
            continue
        name, number = split_tag(tag)
        entry = known.get(name)
        late = tag in _ARRAYS and frame.standard is not None and (frame.standard >= _SINCE) != _ARRAYS[tag]
        if entry is not None and number in entry.versions and not late:
            continue
        within = _within(found, path) or tag.startswith(_WORLD)
        what = "has a version that is not known" if entry is not None else "is not known"
        if late:
            what = f"is not part of version {quoted(frame.standard or '')} of the ASDF standard"
        yield Problem(
            f"the tag {quoted(tag)} at {dotted(path)} of the ASDF tree {what}",
            hdu=found.hdu,
            expected=f"version {entry.versions[-1]} or before"
            if entry is not None
            else "a tag of the official packages",
            found=quoted(tag),
            severity=Severity.ERROR if entry is None and within else None,
        )


def _within(found: Reading, path: Path) -> bool:
    """Whether a place is within world coordinates."""
    worlds = found.tree.worlds if found.tree is not None else ()
    return any(path[: len(at)] == at for at, _ in worlds)


RULES = (version, root, compression, bounds, known_tags)
