"""The YAML tree as a stream of events: what is read of it, and that hostile trees are bounded."""

import tracemalloc

import pytest
from asdf_trees import RAW
from builders import split

from jwstprod_check.asdf import linear
from jwstprod_check.asdf import tree as trees
from jwstprod_check.asdf.frame import read_frame
from jwstprod_check.asdf.nodes import split_tag
from jwstprod_check.asdf.tree import read_tree


def test_billion_laughs_are_a_finding():
    lines = [b"a0: &a0 lol"] + [b"a%d: &a%d [%s]" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 10)) for i in range(1, 30)]
    tracemalloc.start()
    tree = read_tree(b"%YAML 1.1\n---\n" + b"\n".join(lines) + b"\n...\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.defect is not None
    assert tree.defect.kind == "aliases"
    assert peak < 5_000_000


def test_aliases_without_end_are_bounded(monkeypatch):
    monkeypatch.setattr(trees, "MAX_EVENTS", 100_000)
    text = b"--- [&a x" + b",*a" * 100_000 + b"]\n...\n"
    tracemalloc.start()
    tree = read_tree(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not tree.complete
    assert tree.events == 100_000
    assert peak < 5_000_000


def test_tree_that_refers_to_itself_is_good():
    text = b"---\na: &x {inverse: *x, source: 'fits:SCI,1', shape: [1]}\nb: *x\n...\n"
    tree = read_tree(text)
    assert tree.defect is None
    assert [(link.path, link.source) for link in tree.links] == [(("a",), "fits:SCI,1"), (("b",), "fits:SCI,1")]


def test_a_million_aliases_of_an_array_are_bounded():
    text = b"---\na: &x {source: 'fits:SCI,1', shape: [1]}\nb: [*x" + b",*x" * 1_000_000 + b"]\n...\n"
    tracemalloc.start()
    tree = read_tree(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not tree.complete
    assert len(tree.links) == trees.MAX_ALIASED + 2
    assert peak < 10_000_000


@pytest.mark.parametrize(("more", "complete"), [(0, True), (1, False)])
def test_aliased_arrays_are_read_to_the_bound(monkeypatch, more, complete):
    monkeypatch.setattr(trees, "MAX_ALIASED", 5)
    text = b"---\na: &x {source: 'fits:SCI,1', shape: [1]}\nb: [" + b"*x," * (5 + more) + b"]\n...\n"
    assert read_tree(text).complete is complete


COMPOSE = "!<tag:stsci.edu:asdf/transform/compose-1.4.0>"
WORLD = "w: !<tag:stsci.edu:gwcs/wcs-1.4.0> {name: a, steps: [!<tag:stsci.edu:gwcs/step-1.3.0> {frame: b, transform: *t%d}]}\n...\n"


@pytest.mark.parametrize("leaf", ["x", "!<tag:stsci.edu:asdf/transform/shift-1.4.0> {offset: 1.0}"])
def test_chain_that_aliases_write_out_without_end_is_given_up(monkeypatch, leaf):
    text = f"---\na0: &t0 {leaf}\n"
    text += "".join(f"a{i}: &t{i} {COMPOSE} {{forward: [*t{i - 1}, *t{i - 1}]}}\n" for i in range(1, 21))
    tree = read_tree((text + WORLD % 20).encode())
    ((path, node),) = tree.worlds
    visits = []
    monkeypatch.setattr(linear, "split_tag", lambda tag: visits.append(tag) or split_tag(tag))
    assert linear.linear_part(tree, path, node) is None
    assert len(visits) <= linear.MAX_VISITS


def test_unknown_tags_are_plain_values():
    text = b"---\na: !<tag:nobody.org:x/y-1.0.0> {source: fits:ERR,2}\nb: !!python/object:os.system x\n...\n"
    assert read_tree(text).defect is None


def test_slow_parser_reads_the_same(monkeypatch):
    import yaml

    data = split(RAW)[-1].data
    frame = read_frame(data)
    text = data[frame.start : frame.end]
    fast = read_tree(text)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert read_tree(text) == fast
    assert fast.text(fast.at("meta", "exposure", "ngroups")) == "5"
