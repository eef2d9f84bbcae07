"""Each module imports only from the layers above it, and no modules import each other in a circle.

``LAYERS`` is the order of the design, the first lines first; what stands on one line may be imported by the others of that
line, as long as there is no circle. Imports inside functions and under ``TYPE_CHECKING`` count as well: a module
that cannot be understood without another depends on it, whenever it is loaded.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import jwstprod_check

PACKAGE = "jwstprod_check"
ROOT = Path(jwstprod_check.__file__).parent
LAYERS = """
    text findings defect
    memo near turns
    config
    storage
    asdf
    fits
    spec
    product
    match
    scan
    preview
    rules
    engine
    compare
    delivery
    run
    api __init__
    testing mast_hook
    pytest_plugin
    report
    make maintain browser
    cli
    __main__
"""
RANK = {name: rank for rank, line in enumerate(LAYERS.split("\n")) for name in line.split()}

APART = {
    "config": {"text", "findings", "config"},
    "spec": {"text", "findings", "memo", "spec"},
    "report": {"text", "findings", "config", "__init__", "report"},
}
"""Layers that know less than the order would let them: the options no rule, the specs no file, the reporters neither."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    (
        "findings",
        "report.display",
    ): "str(report) and a notebook call methods of the report, and draw it with the reporters",
    ("delivery.baseline", "__init__"): "a baseline names the version of the program that wrote it",
    ("run.program", "__init__"): "reports of different versions are not mixed",
}
"""Imports that are allowed against the order, (from, to) -> why there is no other way."""


def modules():
    """Name of each module, the package left out, and its path."""
    return {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imported(tree, known, own):
    """Modules of the package that a module imports, anywhere in its text."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{own}: a relative import"
            targets = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", None) == "import_module":
            targets = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        else:
            continue
        found |= {module for target in targets if (module := module_of(target, known)) is not None}
    return found - {own}


def module_of(target, known):
    """The module that a dotted name stands in, None if it is not of the package."""
    if target == PACKAGE or target.startswith(f"{PACKAGE}."):
        name = target[len(PACKAGE) + 1 :]
        while name and name not in known:
            name = name.rpartition(".")[0]
        return name or "__init__"
    return None


@cache
def graph():
    known = modules()
    return {name: imported(ast.parse(path.read_text()), known, name) for name, path in known.items()}


def rank(module):
    return RANK[module.partition(".")[0]]


def upward(edges):
    """Imports of a module from a line below its own."""
    return {(a, b) for a, targets in edges.items() for b in targets if rank(b) > rank(a)} - set(EXCEPTIONS)


def circles(edges):
    """Groups of modules of which each imports every other by some way (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(edges[node]):
            if (node, target) in EXCEPTIONS:
                continue
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            at = stack.index(node)
            found.append(frozenset(stack[at:]))
            del stack[at:]

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return {group for group in found if len(group) > 1}


def test_the_tree_of_the_design_has_every_layer_in_its_order():
    page = (ROOT.parent / "docs" / "design.md").read_text()
    tree = page.partition("jwstprod_check/\n")[2].partition("specs/ ")[0]
    lines = re.findall(r"^  (\S+(?: \S+)*)  ", tree, re.MULTILINE)
    shown = [name.rstrip("/") for line in lines for name in line.split()]
    assert set(shown) == set(RANK) - {"__init__", "__main__"}
    assert [RANK[name] for name in shown] == sorted(RANK[name] for name in shown)


def test_every_module_is_in_a_layer():
    assert {name.partition(".")[0] for name in modules()} <= set(RANK)


def test_known_imports_are_seen():
    edges = graph()
    assert "api" in edges["__init__"], "under TYPE_CHECKING"
    assert "fits.walk" in edges["api"]
    assert edges["text"] == set()


def test_an_upward_import_and_a_circle_are_found():
    edges = {
        "text": {"cli.main"},
        "fits.a": {"fits.b"},
        "fits.b": {"fits.c"},
        "fits.c": {"fits.a"},
        "cli.main": {"text"},
    }
    assert upward(edges) == {("text", "cli.main")}
    assert circles(edges) == {frozenset({"fits.a", "fits.b", "fits.c"}), frozenset({"text", "cli.main"})}


def test_no_module_imports_upwards():
    assert upward(graph()) == set()


@pytest.mark.parametrize("layer", APART)
def test_some_layers_know_less_than_the_order_allows(layer):
    found = {(a, b) for a, targets in graph().items() for b in targets if a.partition(".")[0] == layer}
    assert {(a, b) for a, b in found if b.partition(".")[0] not in APART[layer]} == set()


def test_no_modules_import_each_other_in_a_circle():
    assert circles(graph()) == set()
