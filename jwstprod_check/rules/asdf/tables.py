"""ASDF: what the specs state of the tree: arrays, types of values, tags, world coordinates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.asdf.nodes import Link, Node, Path, Text, Tree, kind_of
from jwstprod_check.asdf.world.transforms import Tag, Tags
from jwstprod_check.memo import by_value
from jwstprod_check.rules.asdf.reading import Table, below, items_of, keyword_paths
from jwstprod_check.rules.context import Context

if TYPE_CHECKING:
    from jwstprod_check.spec.loader import Catalogue


_EXTRA: Final = "extra_fits"
"""Where the data models keep HDUs that they do not know."""


class TreeDocument(msgspec.Struct, frozen=True):
    """Layout of ``asdf_tree.yaml``."""

    arrays: dict[str, dict[str, str]] = {}
    lists: dict[str, str] = {}
    types: dict[str, dict[str, list[str]]] = {}
    required: dict[str, list[str]] = {}


class WorldDocument(msgspec.Struct, frozen=True):
    """Layout of ``asdf_world.yaml``."""

    products: list[str] = []
    models: list[str] = []
    frames: dict[str, list[str]] = {}
    sky: list[str] = []
    units: dict[str, str] = {}


@by_value(4)
def tree_document(catalogue: "Catalogue") -> TreeDocument:
    """Return arrays and values of the data models."""
    return msgspec.convert(catalogue.documents.read("asdf_tree") or {}, TreeDocument)


@by_value(4)
def world_document(catalogue: "Catalogue") -> WorldDocument:
    """Return what is known of world coordinates."""
    return msgspec.convert(catalogue.documents.read("asdf_world") or {}, WorldDocument)


@by_value(4)
def tags(catalogue: "Catalogue") -> Tags:
    """Every tag that is known, by its name without the version."""
    content = msgspec.convert(catalogue.documents.read("asdf_tags") or {}, dict[str, dict[str, Tag]])
    return {prefix + name: tag for prefix, names in content.items() for name, tag in names.items()}


@by_value(4)
def types(catalogue: "Catalogue") -> Table:
    """Types of values by path: words, joined by blanks."""
    table: Table = {}
    for parent, kinds in tree_document(catalogue).types.items():
        for kind, leaves in kinds.items():
            for leaf in leaves:
                at = below(table, parent)
                if not isinstance(at.get(leaf), dict):
                    at[leaf] = kind
    return table


@by_value(4)
def primary_paths(catalogue: "Catalogue") -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Keywords of the primary, each with the path of its value in the tree; one that has several paths is left out."""
    found: dict[str, list[tuple[str, ...]]] = {}
    pending: list[tuple[tuple[str, ...], Table]] = [((), keyword_paths(catalogue).get("PRIMARY", {}))]
    while pending:
        path, table = pending.pop()
        for key, entry in table.items():
            if isinstance(entry, dict):
                pending.append(((*path, key), entry))
            else:
                found.setdefault(entry, []).append((*path, key))
    return tuple((keyword, paths[0]) for keyword, paths in found.items() if len(paths) == 1)


def model_of(context: Context) -> str | None:
    """Name of the data model that the primary header states."""
    value = context.file.hdus[0].header.value("DATAMODL") if context.file.hdus else None
    return value if isinstance(value, str) else None


def arrays_of(context: Context) -> dict[str, frozenset[str]]:
    """EXTNAMEs of the arrays of the file's data model by path; those of all data models where it is none of them."""
    return _arrays(context.catalogue, model_of(context) or "")


@by_value(64)
def _arrays(catalogue: "Catalogue", model: str) -> dict[str, frozenset[str]]:
    models = tree_document(catalogue).arrays
    if model in models:
        return {path: frozenset((name,)) for path, name in models[model].items()}
    merged: dict[str, set[str]] = {}
    for arrays in models.values():
        for path, name in arrays.items():
            merged.setdefault(path, set()).add(name)
    return {path: frozenset(names) for path, names in merged.items()}


def array_path(path: Path) -> tuple[str, int]:
    """Path of an array counted from its item, as the specs have it, and the EXTVER that its place in a list stands for."""
    if len(path) > 2 and isinstance(path[1], int):
        return ".".join(str(step) for step in path[2:]), path[1] + 1
    return ".".join(str(step) for step in path), 1


def expected_hdu(link: Link, arrays: dict[str, frozenset[str]]) -> tuple[frozenset[str], int] | None:
    """EXTNAMEs and EXTVER that an array belongs to; None for an array that no data model has."""
    if len(link.path) == 3 and link.path[0] == _EXTRA and link.path[2] == "data":
        return frozenset((str(link.path[1]).upper(),)), 1
    path, version = array_path(link.path)
    names = arrays.get(path)
    return (names, version) if names else None


def array_nodes_at(tree: Tree, arrays: dict[str, frozenset[str]]) -> Iterator[tuple[Path, Node]]:
    """Nodes at the paths of arrays that belong into an HDU; one that is null is not there."""
    for item, node in items_of(tree):
        for path in arrays:
            # Arrays stand at the top of the tree or of an item.
            value = tree.node(node.items.get(path)) if "." not in path else None
            if value is not None and not (isinstance(value, Text) and kind_of(value) == "null"):
                yield (*item, path), value


def known_model(context: Context) -> bool:
    """Whether the arrays of the file's data model are known."""
    return model_of(context) in tree_document(context.catalogue).arrays
