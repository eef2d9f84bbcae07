"""Tags that the installed packages know, compiled from their schemas and converters; ``tree_tables`` writes them."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from jwstprod_check.maintain.yaml_text import wrapped

_ALL: Final = ("1.0.0", "1.6.0")
_FORMS: Final = {"object": "mapping", "array": "list", "string": "text"}


def compile_tags() -> dict[str, dict[str, dict[str, Any]]]:
    """Tags that the installed packages know, by prefix and name.

    Each has its ``versions``, the properties that all versions need, those that are numbers, and the numbers of inputs and outputs
    where the tag fixes them; ``form`` is what its node is if not a mapping. Tags that are not of world coordinates have the types
    of all properties, and the first and last ASDF standard of the versions that are not part of all.
    """
    import asdf
    from asdf import schema as asdf_schema

    manager = asdf.AsdfFile().extension_manager
    standards = _standards()
    found: dict[str, dict[str, Any]] = {}
    for extension in asdf.get_config().extensions:
        for tag in extension.tags:
            name, _, version = tag.tag_uri.rpartition("-")
            entry = found.setdefault(name, _new_entry())
            entry["versions"].add(version)
            schemas = [asdf_schema.load_schema(uri, resolve_references=True) for uri in tag.schema_uris]
            needs = set().union(*map(_needs, schemas))
            entry["needs"] = needs if entry["needs"] is None else entry["needs"] & needs
            entry["form"] |= set().union(*(_forms(schema) for schema in schemas)) if schemas else set(_FORMS.values())
            for schema in schemas:
                entry["numbers"] |= set(_numbers(schema))
                for key, kinds in _properties(schema):
                    entry["types"].setdefault(key, set()).update(kinds)
            if standards[tag.tag_uri] != _ALL:
                entry["standards"][version] = " ".join(standards[tag.tag_uri])
            if manager.handles_tag(tag.tag_uri):
                entry["axes"] |= set(_axes(manager.get_converter_for_tag(tag.tag_uri).types))
    content: dict[str, dict[str, dict[str, Any]]] = {}
    for name, entry in sorted(found.items()):
        prefix, _, short = name.rpartition("/")
        told: dict[str, Any] = {"versions": sorted(entry["versions"])}
        if entry["form"] != {"mapping"}:
            told["form"] = sorted(entry["form"])
        if any(word in prefix for word in ("transform", "gwcs", "jwst_pipeline")):
            if entry["needs"]:
                told["needs"] = sorted(entry["needs"])
            if entry["numbers"]:
                told["numbers"] = sorted(entry["numbers"])
            if len(entry["axes"]) == 1 and None not in entry["axes"]:
                told["axes"] = list(*entry["axes"])
        else:
            if entry["needs"]:
                told["needs"] = sorted(entry["needs"])
            if entry["types"]:
                told["types"] = {key: " ".join(sorted(kinds)) for key, kinds in sorted(entry["types"].items())}
            if entry["standards"]:
                told["standards"] = dict(sorted(entry["standards"].items()))
        content.setdefault(prefix + "/", {})[short] = told
    return content


def _new_entry() -> dict[str, Any]:
    return {
        "versions": set(),
        "needs": None,
        "numbers": set(),
        "axes": set(),
        "form": set(),
        "types": {},
        "standards": {},
    }


def _standards() -> dict[str, tuple[str, str]]:
    """First and last ASDF standard in whose files a tag is read."""
    import asdf

    found: dict[str, list[str]] = {}
    for version in asdf.versioning.get_supported_core_schema_versions():
        for extension in asdf.AsdfFile(version=version).extension_manager.extensions:
            for tag in extension.tags:
                found.setdefault(tag.tag_uri, []).append(version)
    return {tag: (min(listed), max(listed)) for tag, listed in found.items()}


def _kinds(schema: Any) -> set[str] | None:
    """Types that a schema allows; None where it does not limit them."""
    if not isinstance(schema, dict):
        return None
    limits = [{schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])] if "type" in schema else []
    limits += [kinds for part in schema.get("allOf", ()) if (kinds := _kinds(part)) is not None]
    for word in ("anyOf", "oneOf"):
        variants = [_kinds(part) for part in schema.get(word, ())]
        known = [kinds for kinds in variants if kinds is not None]
        if variants and len(known) == len(variants):
            limits.append(set().union(*known))
    return set.intersection(*limits) if limits else None


def _forms(schema: Any) -> set[str]:
    kinds = _kinds(schema)
    return set(_FORMS.values()) if kinds is None else {_FORMS.get(kind, "text") for kind in kinds}


def _properties(schema: Any) -> Iterator[tuple[str, set[str]]]:
    """Properties whose types a schema limits."""
    if not isinstance(schema, dict):
        return
    for name, part in schema.get("properties", {}).items():
        kinds = _kinds(part)
        if kinds:
            yield name, kinds
    for part in schema.get("allOf", ()):
        yield from _properties(part)


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


def tags_text(tags: dict[str, dict[str, dict[str, Any]]], versions: str) -> str:
    """YAML of the tags."""
    lines = [
        "# Tags that the official packages know: versions, what each version needs, what is a number, how many inputs and outputs.",
        f"# Compiled by jwstprod_check.maintain.tree_tables from {versions}; do not edit.",
    ]
    for prefix, names in tags.items():
        lines.append(f'"{prefix}":')
        for name, entry in names.items():
            lines += wrapped(f"  {name}:", entry)
    return "\n".join(lines) + "\n"
