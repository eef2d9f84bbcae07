"""``python -m jwstprod_check.maintain.tree_tables DIR``: what the ASDF tree must look like, compiled from installed schemas.

Needs stdatamodels, gwcs and asdf-astropy, as the jwst package installs them. Writes ``asdf_tree.yaml`` (arrays and values of the data
models) and ``asdf_tags.yaml`` (tags of transforms, frames and the rest) into a folder of specs.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from jwstprod_check.maintain.yaml_text import flow
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.loader import Catalogue

TYPES: Final = ("string", "number", "integer", "boolean")
_WIDTH: Final = 118


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


def compile_tags() -> dict[str, dict[str, dict[str, Any]]]:
    """Tags that the installed packages know, by prefix and name.

    Each has its ``versions``, the properties that all versions need, those that are numbers, and the numbers of inputs and outputs
    where the tag fixes them.
    """
    import asdf
    from asdf import schema as asdf_schema

    manager = asdf.AsdfFile().extension_manager
    found: dict[str, dict[str, Any]] = {}
    for extension in asdf.get_config().extensions:
        for tag in extension.tags:
            name, _, version = tag.tag_uri.rpartition("-")
            entry = found.setdefault(name, {"versions": set(), "needs": None, "numbers": set(), "axes": set()})
            entry["versions"].add(version)
            schemas = [asdf_schema.load_schema(uri, resolve_references=True) for uri in tag.schema_uris]
            needs = set().union(*map(_needs, schemas))
            entry["needs"] = needs if entry["needs"] is None else entry["needs"] & needs
            for schema in schemas:
                entry["numbers"] |= set(_numbers(schema))
            if manager.handles_tag(tag.tag_uri):
                entry["axes"] |= set(_axes(manager.get_converter_for_tag(tag.tag_uri).types))
    content: dict[str, dict[str, dict[str, Any]]] = {}
    for name, entry in sorted(found.items()):
        prefix, _, short = name.rpartition("/")
        told: dict[str, Any] = {"versions": sorted(entry["versions"])}
        if any(word in prefix for word in ("transform", "gwcs", "jwst_pipeline")):
            if entry["needs"]:
                told["needs"] = sorted(entry["needs"])
            if entry["numbers"]:
                told["numbers"] = sorted(entry["numbers"])
            if len(entry["axes"]) == 1 and None not in entry["axes"]:
                told["axes"] = list(*entry["axes"])
        content.setdefault(prefix + "/", {})[short] = told
    return content


def _needs(schema: Any) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    needs = set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        needs |= _needs(part)
    return needs


def _numbers(schema: Any) -> Iterator[str]:
    """Properties that are a number, or a quantity."""
    if not isinstance(schema, dict):
        return
    for name, part in schema.get("properties", {}).items():
        variants = [part, *part.get("anyOf", ()), *part.get("oneOf", ())]
        kinds = {v.get("type") for v in variants if isinstance(v, dict)}
        if kinds & {"number", "integer"} and not kinds & {"string", "array", "object", "boolean"}:
            yield name
    for part in schema.get("allOf", ()):
        yield from _numbers(part)


def _axes(types: Iterable[Any]) -> Iterator[tuple[int, int] | None]:
    """Inputs and outputs of the classes of a converter; None for one that does not fix them."""
    from importlib import import_module

    for kind in types:
        if isinstance(kind, str):
            module, _, name = kind.rpartition(".")
            kind = getattr(import_module(module), name)  # noqa: PLW2901 - the class of the name
        axes = getattr(kind, "n_inputs", None), getattr(kind, "n_outputs", None)
        yield (axes[0], axes[1]) if isinstance(axes[0], int) and isinstance(axes[1], int) else None


def tree_text(tables: Tables, version: str) -> str:
    """YAML of the arrays and values."""
    lines = [
        "# What the tree of the ASDF extension holds: arrays by data model (path: EXTNAME), and the type of each value by path.",
        "# Of HDUs that come in sets (slits, spectra) the path counts from the item of the list.",
        f"# Compiled by jwstprod_check.maintain.tree_tables from the schemas of stdatamodels {version}; do not edit.",
        "arrays:",
    ]
    for model, arrays in sorted(tables.arrays.items()):
        lines += _wrapped(f"  {model}:", {key: arrays[key] for key in sorted(arrays)})
    lines += _wrapped("lists:", dict(sorted(tables.lists.items())))
    lines.append("types:")
    groups: dict[str, dict[str, list[str]]] = {}
    for path, kinds in sorted(tables.types.items()):
        parent, _, leaf = path.rpartition(".")
        kind = "number" if kinds == {"integer", "number"} else " ".join(sorted(kinds))
        groups.setdefault(parent, {}).setdefault(kind, []).append(leaf)
    for parent, group in sorted(groups.items()):
        lines += [f"  {flow(parent)}:"]
        for kind, leaves in sorted(group.items()):
            lines += _wrapped(f"    {kind}:", leaves)
    lines.append("required:")
    for model, paths in sorted(tables.required.items()):
        lines += _wrapped(f"  {model}:", sorted(paths))
    return "\n".join(lines) + "\n"


def tags_text(tags: dict[str, dict[str, dict[str, Any]]], versions: str) -> str:
    """YAML of the tags."""
    lines = [
        "# Tags that the official packages know: versions, what each version needs, what is a number, how many inputs and outputs.",
        f"# Compiled by jwstprod_check.maintain.tree_tables from {versions}; do not edit.",
    ]
    for prefix, names in tags.items():
        lines.append(f'"{prefix}":')
        for name, entry in names.items():
            lines += _wrapped(f"  {name}:", entry)
    return "\n".join(lines) + "\n"


def _wrapped(head: str, value: Mapping[str, Any] | list[str]) -> list[str]:
    """Lines of a key and a flow collection, broken between items."""
    opened, closed = ("{", "}") if isinstance(value, Mapping) else ("[", "]")
    parts = (
        [f"{flow(k)}: {flow(v)}" for k, v in value.items()] if isinstance(value, Mapping) else [flow(v) for v in value]
    )
    lines, line = [], f"{head} {opened}"
    margin = " " * (len(head) - len(head.lstrip()) + 2)
    for i, part in enumerate(parts):
        text = part + ("," if i + 1 < len(parts) else closed)
        if len(line) + len(text) + 1 > _WIDTH:
            lines.append(line.rstrip())
            line = margin
        line += text if line.endswith((opened, margin)) else f" {text}"
    return [*lines, line if parts else line + closed]


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
