"""What the ASDF rules share: the tree of a file, read once, and the keywords that it repeats."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from jwstprod_check.asdf.frame import Frame, read_frame
from jwstprod_check.asdf.nodes import Alias, Link, Mapping, Node, Path, Sequence, Tree
from jwstprod_check.asdf.tree import read_tree
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.memo import by_value
from jwstprod_check.rules.asdf.extension import extension
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Skip
from jwstprod_check.text import quoted

if TYPE_CHECKING:
    from jwstprod_check.spec.loader import Catalogue

Table = dict[str, Any]
"""A tree of what is looked up: at each key a table of the keys below it, or what is known of the value there."""


class Reading(msgspec.Struct, frozen=True):
    """The ASDF extension of a file: its HDU, its bytes, its frame, and its tree where there is one."""

    hdu: Hdu
    data: bytes
    frame: Frame
    tree: Tree | None


def reading(context: Context) -> Reading | Skip | None:
    """Read the ASDF extension; None where there is none, or where another rule reports why it cannot be read."""
    hdu = extension(context)
    if hdu is None or not hdu.sized or not hdu.axes:
        return None
    found = context.by_file(_read)
    return None if isinstance(found, Reading) and not found.data else found


def read_whole(context: Context) -> tuple[Reading | None, list[Skip]]:
    """Return what can be read of the tree, if it can, and what is to be reported of the rest: bytes, or parts, not read."""
    found = reading(context)
    if isinstance(found, Skip):
        return None, [found]
    if found is None or found.tree is None or found.tree.defect is not None:
        return None, []
    return found, [] if found.tree.complete else [partly(found.tree)]


def partly(tree: Tree) -> Skip:
    """Report that a tree was not read to its end."""
    return Skip(f"the ASDF tree has more than {tree.events} parts; those beyond were not checked")


def kept(context: Context, hdu: Hdu) -> bytes | None:
    """Bytes of a small table that the data pass kept, None without them."""
    return None if context.scan is None else context.scan.kept.get(hdu.index)


def _read(context: Context) -> Reading | Skip:
    hdu = next(h for h in context.file.named("ASDF"))
    data = kept(context, hdu)
    if data is None:
        from jwstprod_check.scan.run import KEEP_ASDF

        size = hdu.data_size or 0
        beyond = (
            f"it has {size:,} bytes, and up to {KEEP_ASDF:,} are read" if size > KEEP_ASDF else "it could not be read"
        )
        return Skip(f"the tree of the ASDF extension was not checked: {beyond}")
    if len(data) > hdu.axes[0]:
        data = data[: hdu.axes[0]]
    frame = read_frame(data)
    return Reading(hdu, data, frame, None if frame.defect is not None else read_tree(data[frame.start : frame.end]))


@by_value(4)
def keyword_paths(catalogue: "Catalogue") -> dict[str, Table]:
    """Keywords that state an attribute of the data models, by EXTNAME (``PRIMARY`` for the primary), each a table by path."""
    content = catalogue.documents.read("asdf_keywords")
    groups = msgspec.convert(content or {}, dict[str, dict[str, dict[str, str]]])
    tables: dict[str, Table] = {}
    for hdu, parents in groups.items():
        tables[hdu] = {}
        for parent, leaves in parents.items():
            below(tables[hdu], parent).update(leaves)
    return tables


def below(table: Table, path: str) -> Table:
    """Return the table at a path below another, made where there is none."""
    for step in path.split(".") if path else ():
        table = table.setdefault(step, {})
    return table


def items_of(tree: Tree) -> Iterator[tuple[Path, Mapping]]:
    """The places from which paths count: the root, and the items of the lists of slits, spectra and exposures."""
    root = tree.node(tree.root)
    if not isinstance(root, Mapping):
        return
    yield (), root
    for key, value in root.items.items():
        # An item that is an alias has been looked at where it is written.
        for index, item in enumerate(value.items if isinstance(value, Sequence) else ()):
            if isinstance(item, Mapping):
                yield (key, index), item


def values_of(tree: Tree, node: Node, table: Table, path: Path = ()) -> Iterator[tuple[Path, Any, Node]]:
    """Every part of the tree that a table has an entry for: path, entry, and the part itself.

    Where the table goes on and the tree has no mapping, the entry is the table.
    """
    if not isinstance(node, Mapping):
        yield path, table, node
        return
    for key, value in node.items.items():
        entry = table.get(key)
        if entry is None:
            continue
        if isinstance(value, Alias):
            value = tree.node(value) or value  # noqa: PLW2901 - the same value
        if isinstance(entry, dict):
            yield from values_of(tree, value, entry, (*path, key))
        else:
            yield (*path, key), entry, value


class Hdus:
    """HDUs of a file as the data models find them: by EXTNAME and EXTVER (the first of several), or by index."""

    def __init__(self, context: Context) -> None:
        self._hdus = context.file.hdus
        self._named = {(h.name, h.extver): h for h in reversed(self._hdus) if h.name}

    def find(self, link: Link) -> Hdu | None:
        """Return the HDU that a link names, None where there is none."""
        if link.target is None:
            return None
        name, number = link.target
        if not name:
            return self._hdus[number] if number < len(self._hdus) else None
        return self._named.get((name, number), self._hdus[0] if (name, number) == ("PRIMARY", 1) else None)


def place(link: Link) -> str:
    """How a message names an array of the tree."""
    return dotted(link.path) if link.path else "an array"


def dotted(path: Path) -> str:
    """How a message names a place of the tree."""
    return quoted(".".join(str(step) for step in path)) if path else "the root"
