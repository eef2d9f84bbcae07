"""ASDF: the bytes of the embedded tree; ``links`` and ``drift`` compare its content with the HDUs.

Not covered: the tree is not validated against the schemas of ASDF or of the data models, no transform is built, and the
payload of a binary block is not decoded.
"""

from collections.abc import Iterator

from jwstprod_check.asdf.nodes import MAX_DEPTH
from jwstprod_check.asdf.tree import MAX_EXPANDED
from jwstprod_check.defect import Defect
from jwstprod_check.findings import Severity
from jwstprod_check.rules.asdf.drift import drift
from jwstprod_check.rules.asdf.links import contradicts, dangling, unlinked
from jwstprod_check.rules.asdf.reading import place, reading
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.text import plural, quoted

_FRAME = {
    "empty": "is empty or zero-filled",
    "no-magic": "does not begin with #ASDF",
    "no-tree": "has no YAML tree after its header lines",
    "preamble": "has no line '---' at the beginning of its tree",
    "no-end": "has no line '...' at the end of its tree",
}


@rule("ASDF003", "not-asdf", level="data", scope="walk", requires=("ASDF001", "HDU004"))
def not_asdf(context: Context) -> Iterator[Outcome]:
    """The bytes of the ASDF extension are an ASDF file: header line, YAML tree, end of the tree.

    A truncated file, or one saved by a program that treated the bytes as text, cannot be opened by the data models.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, low-level file layout; stdatamodels, fits_support.py.
    """
    found = reading(context)
    if isinstance(found, Skip):
        yield found
    elif found is not None and found.frame.defect is not None:
        defect = found.frame.defect
        yield Problem(
            f"the ASDF extension {_FRAME[defect.kind]}",
            hdu=found.hdu,
            expected="#ASDF, then a YAML tree, then a line '...'",
            found=quoted(defect.text) if defect.text else None,
            offset=found.hdu.data_offset + defect.at,
        )


@rule("ASDF004", "tree-not-readable", level="data", scope="walk", requires=("ASDF001", "ASDF003"))
def not_readable(context: Context) -> Iterator[Outcome]:
    """The tree is well-formed YAML within limits of size, depth and number of aliases, and every value in it can be read.

    It is read as a stream: unknown tags are plain values, and aliases are counted, not followed. A tree that is nested
    deeper than 200 levels, or whose aliases expand to more than 100 million nodes, does not come from the data models
    and stops other readers.

    One value that no reader can take stops it too: a date that does not exist (`2001-99-99`), text with the tag of a number
    (`!!int x`), a list or a mapping as a key, something other than mappings under `<<`, an anchor that occurs twice, an
    integer of more than 4300 digits. The first of them is reported; text in quotes is always read.

    Not covered: the tree is not compared with the schemas of ASDF or of the data models.

    How to fix: write the file again with the data models, or correct the value at the line that is named.
    Source: ASDF Standard 1.6.0, the tree in-depth; YAML 1.1; asdf 5.4.0 with PyYAML 6.0.
    """
    found = reading(context)
    if isinstance(found, Skip):
        yield found
    elif found is not None and found.tree is not None:
        tree = found.tree
        if tree.defect is not None:
            yield Problem(
                f"the ASDF tree cannot be read: {_tree_text(tree.defect)}",
                hdu=found.hdu,
                expected="a YAML tree",
                found=f"line {tree.defect.at} of the tree" if tree.defect.at else None,
            )
        elif not tree.complete:
            yield Skip(f"the ASDF tree has more than {tree.events} parts; in the rest only links were checked")


def _tree_text(defect: Defect) -> str:
    if defect.kind == "deep":
        return f"more than {MAX_DEPTH} levels of nesting"
    if defect.kind == "aliases":
        return f"its aliases expand to more than {MAX_EXPANDED} nodes"
    if defect.kind == "value":
        return f"{defect.text}, at line {defect.at}"
    return "it is empty" if defect.kind == "empty" else f"{quoted(defect.text)} at line {defect.at}"


_BLOCK = {
    "block-header": "the header of a binary block is broken",
    "block-cut": "a binary block ends beyond the extension",
    "block-size": "the sizes of a binary block contradict each other",
    "block-checksum": "the MD5 checksum of a binary block does not match its bytes",
    "too-many-blocks": "there are too many binary blocks",
    "index": "the block index does not match the positions of the blocks",
    "rest": "bytes that are neither a block nor an index follow",
}


@rule("ASDF005", "broken-block", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004"))
def blocks(context: Context) -> Iterator[Outcome]:
    """The binary blocks after the tree are complete, match their MD5 checksum, and are all that the tree uses.

    They contain arrays of the world coordinates. A wrong index or bytes after the blocks do not affect readers, and are
    a warning.

    Not covered: the content of a block is not decoded, and the checksum of a compressed block is not computed.

    How to fix: write the file again with the data models.
    Source: ASDF Standard 1.6.0, blocks and block index.
    """
    found = reading(context)
    if isinstance(found, Skip):
        yield found
        return
    if found is None or found.frame.defect is not None:
        return
    for defect in found.frame.defects:
        yield Problem(
            f"in the ASDF extension {_block_text(defect)}",
            hdu=found.hdu,
            offset=found.hdu.data_offset + defect.at,
            severity=Severity.WARNING if defect.kind in {"index", "rest"} else None,
            group_key=defect.kind,
        )
    count = len(found.frame.blocks)
    cut = any(f.kind in {"block-header", "block-cut", "too-many-blocks"} for f in found.frame.defects)
    for link in found.tree.links if found.tree is not None and not cut else ():
        if link.block is not None and link.block >= count:
            yield Problem(
                f"{place(link)} of the ASDF tree is in block {link.block}, but the extension has {plural(count, 'block')}",
                hdu=found.hdu,
                expected=f"a block below {count}",
                found=str(link.block),
                group_key="no block",
            )


def _block_text(defect: Defect) -> str:
    text = _BLOCK[defect.kind]
    return f"{text} ({plural(int(defect.text), 'byte')})" if defect.kind in {"block-cut", "rest"} else text


RULES = (not_asdf, not_readable, blocks, dangling, contradicts, unlinked, drift)
