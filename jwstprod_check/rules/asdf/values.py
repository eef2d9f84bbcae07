"""ASDF: the values of the tree: their types, and which are there."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from jwstprod_check.asdf.nodes import Mapping, Node, Path, Sequence, Text, Tree, kind_of
from jwstprod_check.findings import Severity
from jwstprod_check.rules.asdf.reading import dotted, items_of, read_whole, values_of
from jwstprod_check.rules.asdf.tables import (
    array_nodes_at,
    arrays_of,
    model_of,
    primary_paths,
    tags,
    tree_document,
    types,
)
from jwstprod_check.rules.asdf.tagged import misfits
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, Problem, rule
from jwstprod_check.text import listed, plural, quoted

MAX_VALUES: Final = 10
"""Values that have a finding of their own; more are folded into one."""

_KINDS: Final = {"string": {"str"}, "integer": {"int"}, "number": {"int", "float"}, "boolean": {"bool"}}
_WORDS: Final = {"str": "text", "int": "an integer", "float": "a float", "bool": "a logical", "timestamp": "a time"}
_EXPECTED: Final = {"string": "text", "integer": "an integer", "number": "a number", "boolean": "a logical"}
_OTHER_HOME: Final = frozenset({"ROLL_REF", "V3I_YANG", "VPARITY", "V2_REF", "V3_REF"})
"""Keywords of the primary that state the guide star, and in files of AMI the aperture."""


@rule("ASDF016", "tree-value-type", level="data", scope="walk", requires=("ASDF001", "ASDF003", "ASDF004", "ASDF012"))
def value_types(context: Context) -> Iterator[Outcome]:
    """Every value of the tree has the type that the data models give it, and what has parts is a mapping.

    A number in quotes is text to the reader: `ngroups: '5'` multiplies into nonsense or stops a pipeline step. A value that is
    null counts as not there. Values that the data models do not know are left out.

    A node with a tag of the official packages has the form and the parts that their schemas ask for: software has a name and a
    version as text, a complex number is written like `1.0+2.0j`. The reader stops at one that has not.

    Not covered: names of units, times, parts within the parts of a tag, and of transforms and frames that are not part of world
    coordinates all but the parts that they need and those that are numbers. World coordinates have rules of their own.

    How to fix: change the value in the data model and save the file.
    Source: schemas of stdatamodels 6.0.0 (`specs/asdf_tree.yaml`) and asdf 5.4.0 (`specs/asdf_tags.yaml`); YAML 1.1.
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None:
        return
    kept = dict(array_nodes_at(found.tree, arrays_of(context)))
    tagged = (m for m in misfits(found.tree, tags(context.catalogue), found.frame.standard) if m[0] not in kept)
    for count, (path, expected, seen) in enumerate(chain(_misfits(found.tree, context), tagged), 1):
        yield Problem(
            f"{dotted(path)} of the ASDF tree is {seen}, expected {expected}",
            hdu=found.hdu,
            expected=expected,
            found=seen,
            group_key=None if count <= MAX_VALUES else "more",
        )


def _misfits(tree: Tree, context: Context) -> Iterator[tuple[Path, str, str]]:
    """Values of another type than expected: path, what was expected, what was found."""
    table = types(context.catalogue)
    key = tree_document(context.catalogue).lists.get(model_of(context) or "")
    parts = tree.at(key) if key is not None else None
    if key is not None and parts is not None and not isinstance(parts, Sequence):
        yield (key,), "a list", "a mapping" if isinstance(parts, Mapping) else "a value"
    for item, node in items_of(tree):
        for path, entry, value in values_of(tree, node, table, item):
            if isinstance(value, Text):
                kind = kind_of(value)
                if kind == "null":
                    continue
                if isinstance(entry, dict):
                    yield path, "a mapping", f"{_WORDS.get(kind, kind)} ({quoted(value.text)})"
                elif not any(kind in _KINDS[word] for word in entry.split()):
                    wanted = " or ".join(_EXPECTED[word] for word in entry.split())
                    yield path, wanted, f"{_WORDS.get(kind, kind)} ({quoted(value.text)})"
            elif isinstance(entry, dict):
                # ``meta`` itself is looked at with the root.
                if path != ("meta",):
                    yield path, "a mapping", "a list"
            else:
                wanted = " or ".join(_EXPECTED[word] for word in entry.split())
                yield path, wanted, "a list" if isinstance(value, Sequence) else "a mapping"


@rule(
    "ASDF017",
    "tree-value-missing",
    Severity.WARNING,
    level="data",
    scope="walk",
    requires=("ASDF001", "ASDF003", "ASDF004", "ASDF012"),
)
def missing_values(context: Context) -> Iterator[Outcome]:
    """Every keyword of the primary header that the data models write has its value in the tree, and OIFITS what they require.

    The data models write both from one attribute. Where no header was edited, they take all values from the tree and
    the missing one is lost. A required value of an OIFITS file that neither the tree nor a header states is an error.

    How to fix: set the value in the data model and save the file.
    Source: `specs/asdf_keywords.yaml`, `specs/asdf_tree.yaml` (schemas of stdatamodels 6.0.0).
    """
    found, skips = read_whole(context)
    yield from skips
    if found is None or found.tree is None or not found.tree.complete:
        return
    tree, header = found.tree, context.file.hdus[0].header
    lost = [
        (keyword, path)
        for keyword, path in primary_paths(context.catalogue)
        if keyword in header.first and keyword not in _OTHER_HOME and _absent(tree, path)
    ]
    stated = [(k, p) for k, p in lost if header.value(k) not in (None, "")]
    if stated:
        yield Problem(
            f"the ASDF tree has no value for {plural(len(stated), 'keyword')} of the primary header: "
            + listed(k for k, _ in stated),
            hdu=found.hdu,
            keyword=stated[0][0] if len(stated) == 1 else None,
            expected=listed((dotted(p) for _, p in stated), MAX_VALUES),
            found="none",
        )
    model = model_of(context) or ""
    needed = [path for path in _required(context, model) if _absent(tree, path)]
    if needed:
        yield Problem(
            f"the ASDF tree lacks {plural(len(needed), 'value')} that {model} requires: "
            + listed(map(dotted, needed), MAX_VALUES),
            hdu=found.hdu,
            expected=listed(map(dotted, needed), MAX_VALUES),
            found="none",
            severity=Severity.ERROR,
        )


def _required(context: Context, model: str) -> Iterator[tuple[str, ...]]:
    """Paths of the values that a data model requires; those of a table that the file does not have are left out."""
    table = types(context.catalogue)
    for path in tree_document(context.catalogue).required.get(model, ()):
        steps = tuple(path.split("."))
        entry: Any = table
        for step in steps:
            entry = entry.get(step) if isinstance(entry, dict) else None
        if isinstance(entry, str) and (steps[-2] != "q4" or context.file.named("OI_Q4")):
            yield steps


def _absent(tree: Tree, path: tuple[str, ...]) -> bool:
    """Whether a value is not there; what replaces a mapping has its own finding."""
    node: Node | None = tree.node(tree.root)
    for step in path:
        if not isinstance(node, Mapping):
            return False
        node = tree.node(node.items.get(step))
        if node is None or (isinstance(node, Text) and kind_of(node) == "null"):
            return True
    return False


RULES = (value_types, missing_values)
