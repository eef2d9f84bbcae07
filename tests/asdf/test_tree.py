"""The YAML tree as a stream of events: what is read of it, and that hostile trees are bounded."""

import tracemalloc

from asdf_trees import RAW
from builders import split

from jwstprod_check.asdf import tree as trees
from jwstprod_check.asdf.frame import read_frame
from jwstprod_check.asdf.tree import read_tree


def test_billion_laughs_are_a_finding():
    lines = [b"a0: &a0 lol"] + [b"a%d: &a%d [%s]" % (i, i, b", ".join([b"*a%d" % (i - 1)] * 10)) for i in range(1, 30)]
    tracemalloc.start()
    tree = read_tree(b"%YAML 1.1\n---\n" + b"\n".join(lines) + b"\n...\n")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.fault is not None
    assert tree.fault.kind == "aliases"
    assert peak < 5_000_000


def test_a_million_aliases_are_bounded():
    text = b"--- [&a x" + b",*a" * 1_000_000 + b"]\n...\n"
    tracemalloc.start()
    tree = read_tree(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not tree.complete
    assert tree.events == trees.MAX_EVENTS
    assert peak < 20_000_000


def test_tree_that_refers_to_itself_is_good():
    text = b"---\na: &x {inverse: *x, source: 'fits:SCI,1', shape: [1]}\nb: *x\n...\n"
    tree = read_tree(text)
    assert tree.fault is None
    assert [(link.path, link.source) for link in tree.links] == [(("a",), "fits:SCI,1"), (("b",), "fits:SCI,1")]


def test_unknown_tags_are_plain_values():
    text = b"---\na: !<tag:nobody.org:x/y-1.0.0> {source: fits:ERR,2}\nb: !!python/object:os.system x\n...\n"
    assert read_tree(text).fault is None


def test_slow_parser_reads_the_same(monkeypatch):
    import yaml

    data = split(RAW)[-1].data
    frame = read_frame(data)
    text = data[frame.start : frame.end]
    fast = read_tree(text)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert read_tree(text) == fast
    assert fast.text(fast.at("meta", "exposure", "ngroups")) == "5"
