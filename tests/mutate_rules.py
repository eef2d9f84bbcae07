"""Which conditions of the rules the tests hold: one condition is changed at a time, and the tests that should notice are run.

    python tests/mutate_rules.py [--count N] [--seed N] [--jobs N] [--timeout S] [--near] [--again FILE] [--list] [PATH ...]

PATH is a file or a folder of the package; without one ``rules/``, ``match/`` and ``engine/`` are taken. A mutant is the
package with one comparison, number, quantifier, condition or string of a collection changed; no file is written: each mutant lives in
a fork of this process, which imports its own version of one module. First the tests of the same folder run, then those of
the whole program, then all others that could tell; with ``--near`` the first only, which is quick and finds more survivors; ``--again`` takes those to all tests. A mutant that no test notices survives, and is printed as

    jwstprod_check/rules/time/dates.py:120  abs(a - b) > 1  ->  abs(a - b) >= 1

Exit status 1 where any survived. Not every survivor is a gap: a bound of memory or of speed changes no report. The tests in
``tests/engine/test_memory.py`` are left out: they compare with a process that is no mutant.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import itertools
import multiprocessing
import os
import random
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PACKAGE = "jwstprod_check"
DEFAULT = ("rules", "match", "engine")
WHOLE = ("test_completeness.py", "test_damages.py", "test_silent_faults.py", "test_corpus.py", "test_science_corpus.py")
OTHERS = ("rules", "match", "engine", "product", "spec", "make", "test_api.py")
LEFT_OUT = ("engine/test_memory.py", "test_layers.py", "test_words.py")

NOT_USED = 77
"""Exit status of tests that did not see the mutant."""

BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
NEGATION = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
QUANTIFIERS = {"any": "all", "all": "any", "min": "max", "max": "min"}
WORDING = {"expected", "found", "hint", "message", "reason"}
"""Arguments that are text for people."""


class Mutant(NamedTuple):
    """A change of one module: the ``number``-th of those that ``mutations`` finds in it."""

    path: Path
    number: int
    line: int
    before: str
    after: str

    def __str__(self):
        return f"{self.path.relative_to(ROOT)}:{self.line}  {self.before}  ->  {self.after}"


class Changes(ast.NodeVisitor):
    """Collects (node, field, index, new node): what may be put where."""

    def __init__(self):
        self.found = []

    def put(self, parent, field, index, node):
        self.found.append((parent, field, index, node))

    def visit_Expr(self, node):
        if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
            self.generic_visit(node)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)

    def visit_arguments(self, node):
        for default in (*node.defaults, *(d for d in node.kw_defaults if d is not None)):
            self.visit(default)

    def visit_FunctionDef(self, node):
        for decorator in node.decorator_list:
            self.visit(decorator)
        self.visit(node.args)
        for statement in node.body:
            self.visit(statement)

    def visit_Assign(self, node):
        if not any(isinstance(t, ast.Name) and t.id.startswith("__") for t in node.targets):
            self.generic_visit(node)

    def visit_If(self, node):
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            if isinstance(node.body[-1], ast.Continue | ast.Return | ast.Break) and not node.orelse:
                self.put(node, "test", None, ast.Constant(value=False))
            self.generic_visit(node)

    def visit_JoinedStr(self, node):
        """Text of a message: what it says is not what the rule decides."""

    def visit_Compare(self, node):
        for at, operator in enumerate(node.ops):
            for table in (BOUNDARY, NEGATION):
                if type(operator) in table:
                    self.put(node, "ops", at, table[type(operator)]())
        self.generic_visit(node)

    def visit_BoolOp(self, node):
        self.put(node, "op", None, ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for at in range(len(node.values)):
            self.put(node, "values", at, None)
        self.generic_visit(node)

    def visit_BinOp(self, node):
        if type(node.op) in ARITHMETIC and not any(_is_text(n) for n in (node.left, node.right)):
            self.put(node, "op", None, ARITHMETIC[type(node.op)]())
        self.generic_visit(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            self.put(node, "op", None, None)
        self.generic_visit(node)

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in QUANTIFIERS:
            self.put(node, "func", None, ast.Name(QUANTIFIERS[node.func.id], ast.Load()))
        if isinstance(node.func, ast.Name) and node.func.id in {"lru_cache", "TypeVar"}:
            return
        if _name(node.func) in {"Problem", "Skip", "rule", "header_rule"}:
            values = [k.value for k in node.keywords if k.arg not in WORDING]
            for value in (*values, *(a for a in node.args if not _is_text(a))):
                self.visit(value)
            return
        strings = [at for at, value in enumerate(node.args) if _is_text(value)]
        for at in strings if len(strings) > 1 else ():
            self.put(node, "args", at, None)
        self.generic_visit(node)

    def visit_Tuple(self, node):
        for at, value in enumerate(node.elts):
            if _is_text(value):
                self.put(node, "elts", at, None)
        self.generic_visit(node)

    visit_Set = visit_Tuple  # noqa: N815 - names of the visitor
    visit_List = visit_Tuple  # noqa: N815

    def visit_Dict(self, node):
        for at, key in enumerate(node.keys):
            if key is not None and _is_text(key):
                self.put(node, "keys", at, None)
        self.generic_visit(node)

    def visit_Subscript(self, node):
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant) and _name(node.value) != "Literal":
            self.visit(node.slice)

    def visit_keyword(self, node):
        if node.arg not in {"strict", "maxsize"}:
            self.visit(node.value)

    def visit_Constant(self, node):
        value = node.value
        if isinstance(value, bool):
            self.put(node, "value", None, not value)
        elif isinstance(value, int):
            for other in {value + 1, value - 1, value * 100} - {value}:
                self.put(node, "value", None, other)
        elif isinstance(value, float):
            self.put(node, "value", None, value * 100 if value else 1.0)
            self.put(node, "value", None, value * 1.5 if value else -1.0)


def _is_text(node):
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _name(node):
    return getattr(node, "id", getattr(node, "attr", ""))


def mutations(tree):
    """All changes of a module, in a fixed order."""
    changes = Changes()
    changes.visit(tree)
    return changes.found


def apply(parent, field, index, new):
    """Make one change in the tree."""
    if isinstance(parent, ast.Constant):
        parent.value = new
    elif isinstance(parent, ast.UnaryOp):
        # ``not x`` becomes ``not (not x)``: a node cannot put another in its own place.
        parent.operand = ast.UnaryOp(ast.Not(), parent.operand)
    elif new is None:
        del getattr(parent, field)[index]
        if isinstance(parent, ast.Dict):
            del parent.values[index]
        if isinstance(parent, ast.BoolOp) and len(parent.values) == 1:
            parent.values = parent.values * 2
    elif index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new


def text_of(node):
    return ast.unparse(node).partition("\n")[0].strip()


def mutants_of(path):
    """Every mutant of a module."""
    tree = ast.parse(path.read_text())
    for number, (parent, field, index, new) in enumerate(mutations(tree)):
        shown = parent
        if isinstance(parent, ast.Constant):
            shown = next(n for n in ast.walk(tree) if isinstance(n, ast.stmt) and _holds(n, parent))
        changed = copy.deepcopy(shown)
        again = next(b for a, b in zip(ast.walk(shown), ast.walk(changed), strict=True) if a is parent)
        before = text_of(shown)
        apply(again, field, index, copy.deepcopy(new))
        line = getattr(parent, "lineno", 0)
        yield Mutant(path, number, line, before, text_of(ast.fix_missing_locations(changed)))


def _holds(statement, node):
    """Whether a statement is the smallest one that holds a node."""
    inner = [n for n in ast.walk(statement) if isinstance(n, ast.stmt) and n is not statement]
    return any(n is node for n in ast.walk(statement)) and not any(n is node for s in inner for n in ast.walk(s))


class Loader(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Imports one module of the package in its changed form."""

    def __init__(self, mutant):
        parts = mutant.path.relative_to(ROOT).with_suffix("").parts
        self.mutant = mutant
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.mutant.path, loader=self)

    def go_first(self):
        """Find the module before anybody else does: pytest imports packages that bring a plugin by a finder of its own."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        sys.meta_path.insert(0, self)

    def pytest_load_initial_conftests(self):
        """A hook of pytest, after it has put its own finder first."""
        self.go_first()

    def pytest_collection(self):
        """A hook of pytest, before any test module is imported."""
        self.go_first()

    @property
    def was_used(self):
        """Whether the tests saw the mutant, or nothing of the module."""
        module = sys.modules.get(self.name)
        return module is None or module.__loader__ is self

    def get_filename(self, fullname):
        return str(self.mutant.path)

    def get_data(self, path):
        return Path(path).read_bytes()

    def get_code(self, fullname):
        tree = ast.parse(self.mutant.path.read_text())
        apply(*mutations(tree)[self.mutant.number])
        return compile(ast.fix_missing_locations(tree), str(self.mutant.path), "exec")


def stages(path):
    """The tests to be run, in turn: those of the folder, those of the whole program, all others."""
    folder = path.relative_to(ROOT / PACKAGE).parent
    own = next(f for f in (folder, *folder.parents) if (TESTS / f).is_dir())
    yield [own]
    yield [Path(name) for name in WHOLE]
    yield [Path(name) for name in OTHERS if Path(name) != own]


def in_child(mutant, tests):
    """Run tests on a mutant in this process, a fork of its own; end with their status."""
    import pytest

    loader = Loader(mutant) if mutant is not None else None
    if loader is not None:
        loader.go_first()
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    ignored = [f"--ignore={TESTS / name}" for name in LEFT_OUT]
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    arguments = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header", *quiet, *ignored]
    plugins = [] if loader is None else [loader]
    status = int(pytest.main([*arguments, *(str(TESTS / t) for t in tests)], plugins=plugins))
    os._exit(status if loader is None or loader.was_used else NOT_USED)


def noticed(mutant, path, timeout, near):
    """Whether some test fails on a mutant of a module (None: on the module as it is), or does not come to an end.

    Raises ``RuntimeError`` where the tests ran on the module as it is instead.
    """
    for tests in itertools.islice(stages(path), 1 if near else None):
        child = multiprocessing.get_context("fork").Process(target=in_child, args=(mutant, tests))
        child.start()
        child.join(timeout)
        if child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
            child.join()
            say(f"not ended after {timeout:.0f} s: {mutant}")
            return True
        if child.exitcode == NOT_USED:
            raise RuntimeError(f"the tests did not see the mutant: {mutant}")
        if child.exitcode:
            return True
    return False


def preload():
    """Import what every mutant needs and none changes."""
    import astropy.io.fits
    import click
    import hypothesis
    import msgspec
    import numpy as np
    import pytest
    import yaml

    del astropy, click, hypothesis, msgspec, np, pytest, yaml
    assert not any(name.startswith(PACKAGE) for name in sys.modules)


def say(*lines):
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--count", type=int, help="so many, drawn at random; all without it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=300)
    parser.add_argument("--near", action="store_true", help="run the tests of the same folder only")
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="only the mutants that a run before has printed into FILE"
    )
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    options = parser.parse_args()
    folders = [p.resolve() for p in options.paths] or [ROOT / PACKAGE / name for name in DEFAULT]
    files = [f for p in folders for f in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]
    found = [mutant for path in files for mutant in mutants_of(path)]
    taken = found
    if options.count is not None and options.count < len(found):
        taken = random.Random(options.seed).sample(found, options.count)
    if options.again is not None:
        printed = set(options.again.read_text().splitlines())
        taken = [mutant for mutant in found if str(mutant) in printed]
    if options.list:
        say(*taken)
        return 0
    preload()
    os.chdir(ROOT)
    if noticed(None, taken[0].path, 10 * options.timeout, options.near):
        say("the tests fail on the package as it is")
        return 2
    survivors, begun = [], time.monotonic()

    done = itertools.count(1)

    def run(mutant):
        if not noticed(mutant, mutant.path, options.timeout, options.near):
            survivors.append(mutant)
            say(mutant)
        number = next(done)
        if number % 20 == 0:
            sys.stderr.write(f"{number} of {len(taken)} in {time.monotonic() - begun:.0f} s\n")

    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(run, taken))
    took = time.monotonic() - begun
    say(f"{len(taken)} of {len(found)} mutants, {len(survivors)} survived, {took:.0f} s")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main())
