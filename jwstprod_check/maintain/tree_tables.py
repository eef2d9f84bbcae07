"""``python -m jwstprod_check.maintain.tree_tables DIR``: what the ASDF tree must look like, compiled from installed schemas.

Needs stdatamodels, gwcs and asdf-astropy, as the jwst package installs them. Writes ``asdf_tree.yaml`` (arrays and values of the data
models) and ``asdf_tags.yaml`` (tags of transforms, frames and the rest) into a folder of specs.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from jwstprod_check.maintain.tag_tables import compile_tags, tags_text
from jwstprod_check.maintain.yaml_text import flow, wrapped
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.loader import Catalogue

TYPES: Final = ("string", "number", "integer", "boolean")


class Tables(msgspec.Struct):
    """What was compiled: arrays by data model, the list whose items have arrays, types of values by path, required paths."""

    arrays: dict[str, dict[str, str]]
    lists: dict[str, str]
    types: dict[str, set[str]]
    required: dict[str, set[str]]


def models_of(specs: Catalogue) -> list[str]:
    """Data models that the products are recognised by."""
    known = (specs.spec(name) for name in specs.names())
    return sorted({model for spec in known if spec.format == "FITS" for model in spec.recognise.models})


def compile_models(models: Iterable[str]) -> Tables:
    """Read the schemas of data models of the installed stdatamodels; a model that it does not have is left out."""
    from warnings import catch_warnings, simplefilter

    from stdatamodels.jwst import datamodels

    tables = Tables({}, {}, {}, {})
    for name in models:
        kind = getattr(datamodels, name, None)
        if kind is None:
            continue
        with catch_warnings():
            simplefilter("ignore", DeprecationWarning)
            with kind() as instance:
                schema = instance.schema
        arrays: dict[str, str] = {}
        for path, node in nodes(schema):
            if "fits_hdu" in node and "fits_keyword" not in node and _is_array(node):
                arrays[path] = str(node["fits_hdu"]).upper()
                continue
            kinds = set(_types(node))
            if kinds and kinds <= set(TYPES):
                tables.types.setdefault(path, set()).update(kinds)
            required = {f"{path}.{leaf}".lstrip(".") for leaf in node.get("required", ())}
            if required:
                tables.required.setdefault(name, set()).update(required)
        tables.arrays[name] = arrays
        for key, part in _members(schema):
            if _has_arrays(part.get("items")):
                tables.lists[name] = key
    return tables


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a schema with its path; the path of an item of a list counts from that item on."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for name, part in schema.get("properties", {}).items():
        yield from nodes(part, f"{path}.{name}".lstrip("."))
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            yield from nodes(part, path)
    items = schema.get("items")
    if isinstance(items, dict) and ("properties" in items or "allOf" in items):
        yield from nodes(items, "")


def _members(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Properties at the top of a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for word in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(word, ()):
                yield from _members(part)


def _has_arrays(schema: Any) -> bool:
    return any("fits_hdu" in node and "fits_keyword" not in node and _is_array(node) for _, node in nodes(schema))


def _is_array(node: Mapping[str, Any]) -> bool:
    variants = [node, *node.get("anyOf", ()), *node.get("oneOf", ())]
    return any("datatype" in v or "max_ndim" in v or "ndim" in v for v in variants)


def _types(node: Mapping[str, Any]) -> Iterator[str]:
    """Types that a part of a schema allows; nothing where it states none."""
    said = node.get("type")
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        yield from (kind for kind in said if kind != "null")


def tree_text(tables: Tables, version: str) -> str:
    """YAML of the arrays and values."""
    lines = [
        "# What the tree of the ASDF extension holds: arrays by data model (path: EXTNAME), and the type of each value by path.",
        "# Of HDUs that come in sets (slits, spectra) the path counts from the item of the list.",
        f"# Compiled by jwstprod_check.maintain.tree_tables from the schemas of stdatamodels {version}; do not edit.",
        "arrays:",
    ]
    for model, arrays in sorted(tables.arrays.items()):
        lines += wrapped(f"  {model}:", {key: arrays[key] for key in sorted(arrays)})
    lines += wrapped("lists:", dict(sorted(tables.lists.items())))
    lines.append("types:")
    groups: dict[str, dict[str, list[str]]] = {}
    for path, kinds in sorted(tables.types.items()):
        parent, _, leaf = path.rpartition(".")
        kind = "number" if kinds == {"integer", "number"} else " ".join(sorted(kinds))
        groups.setdefault(parent, {}).setdefault(kind, []).append(leaf)
    for parent, group in sorted(groups.items()):
        lines += [f"  {flow(parent)}:"]
        for kind, leaves in sorted(group.items()):
            lines += wrapped(f"    {kind}:", leaves)
    lines.append("required:")
    for model, paths in sorted(tables.required.items()):
        lines += wrapped(f"  {model}:", sorted(paths))
    return "\n".join(lines) + "\n"


def main(folder: str) -> None:
    """Write both files."""
    from importlib.metadata import version

    tables = compile_models(models_of(catalogue(None)))
    Path(folder, "asdf_tree.yaml").write_text(tree_text(tables, version("stdatamodels")), encoding="utf-8")
    names = ("asdf", "asdf-astropy", "gwcs", "stdatamodels")
    Path(folder, "asdf_tags.yaml").write_text(
        tags_text(compile_tags(), ", ".join(f"{n} {version(n)}" for n in names)), encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1])
