"""ASDF: each defect of the embedded tree is found where it is; hostile trees are bounded."""

import re
import tracemalloc
from dataclasses import replace
from hashlib import md5

import pytest
from builders import edited, image, index_of, join, primary, split, table
from judging import CATALOGUE, DATA

from jwstprod_check.api import check
from jwstprod_check.asdf import frame as frames
from jwstprod_check.asdf import tree as trees
from jwstprod_check.asdf.frame import read_frame
from jwstprod_check.asdf.tree import read_tree
from jwstprod_check.rules.asdf.reading import keyword_paths

DARK = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02103_00001_nrca1_dark.fits"
HEAD = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n%TAG ! tag:stsci.edu:asdf/\n--- !core/asdf-1.1.0\n"


@pytest.fixture(scope="module")
def dark():
    return DARK.read_bytes()


def found(raw, family="ASDF"):
    report = check(raw, data=True, product="dark")
    assert not [f for f in report.findings if f.code == "TOOL001"]
    return [f for f in report.findings if f.code.startswith(family)]


def codes(raw):
    return [f.code for f in found(raw)]


def with_bytes(raw, change):
    """The file with the bytes of its ASDF extension changed, its header in step."""

    def changed(part):
        data = change(part.data)
        return replace(part.with_card("NAXIS1", len(data)).with_card("TFORM1", f"{len(data)}B"), data=data)

    return edited(raw, "ASDF", changed)


def with_tree(raw, old, new):
    def change(data):
        assert old in data
        return data.replace(old, new, 1)

    return with_bytes(raw, change)


@pytest.mark.parametrize("path", sorted(DATA.glob("good/*/*")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_files_have_a_sound_tree(path):
    report = check(str(path), data=True)
    assert [f for f in report.findings if f.code.startswith(("ASDF", "WCS", "TOOL"))] == []
    assert [s for s in report.skipped if s.code.startswith("ASDF")] == []


def test_two_rows_are_found(dark):
    raw = edited(dark, "ASDF", lambda p: replace(p.with_card("NAXIS2", 2), data=p.data * 2))
    assert codes(raw) == ["ASDF001"]


def test_no_rows_are_found(dark):
    raw = edited(dark, "ASDF", lambda p: replace(p.with_card("NAXIS2", 0), data=b""))
    (finding,) = found(raw)
    assert (finding.code, finding.keyword) == ("ASDF001", "NAXIS2")


def test_hdu_behind_the_tree_is_found(dark):
    raw = join([*split(dark), image("CHEBY2", (4, 4))])
    assert "ASDF002" in codes(raw)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda d: b"\0" * len(d), "empty"),
        (lambda d: b"<html>" + d[6:], "does not begin"),
        (lambda d: d.replace(b"%YAML", b"!YAML"), "no YAML tree"),
        (lambda d: d.replace(b"\n--- ", b"\n-=- "), "'---'"),
        (lambda d: d[:-5], "'...'"),
    ],
)
def test_bytes_that_are_no_asdf_file_are_found_once(dark, change, word):
    (finding,) = found(with_bytes(dark, change))
    assert finding.code == "ASDF003"
    assert finding.extname == "ASDF"
    assert word in finding.message


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"meta:\n", b"meta: [\n", "line"),
        (b"  origin: STSCI", b"  origin: *nowhere", "alias"),
        (b"  origin: STSCI", b"  origin: \xff\xfe", "cannot be read"),
        (b"  origin: STSCI", b"  origin: " + b"[" * 300 + b"]" * 300, "200 levels"),
        (b"meta:\n", b"--- x\n--- y\nmeta:\n", ""),
    ],
)
def test_tree_that_is_no_yaml_is_found_once(dark, old, new, word):
    (finding,) = found(with_tree(dark, old, new))
    assert finding.code == "ASDF004"
    assert word in finding.message


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
    assert [link.source for link in tree.links] == ["fits:SCI,1"]


def test_unknown_tags_are_plain_values():
    text = b"---\na: !<tag:nobody.org:x/y-1.0.0> {source: fits:ERR,2}\nb: !!python/object:os.system x\n...\n"
    assert read_tree(text).fault is None


def test_garbage_is_given_up_at_once():
    assert read_frame(b"\x93garbage" * 1_000_000).fault.kind == "no-magic"
    assert read_frame(HEAD + b"\n..x" * 5_000_000).fault.kind == "no-end"


def test_long_list_of_directives_is_refused():
    tags = b"".join(b"%%TAG !a%d! tag:x\n" % i for i in range(20_000))
    assert read_frame(b"#ASDF 1.0.0\n%YAML 1.1\n" + tags + b"---\n...\n").fault.kind == "preamble"


def test_links_beyond_the_limit_are_still_followed(dark, monkeypatch):
    monkeypatch.setattr(trees, "MAX_EVENTS", 60)
    raw = with_tree(dark, b"source: fits:PIXELDQ,1", b"source: 'fits:PIXELDQ,9'")
    report = check(raw, data=True, product="dark", select=("ASDF",))
    assert [f.code for f in report.findings] == ["ASDF006"]
    skipped = {s.code for s in report.skipped if "60 parts" in s.reason}
    assert skipped == {f"ASDF{n:03}" for n in (4, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24)}


def test_slow_parser_reads_the_same(dark, monkeypatch):
    import yaml

    data = split(dark)[-1].data
    frame = read_frame(data)
    text = data[frame.start : frame.end]
    fast = read_tree(text)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert read_tree(text) == fast
    assert fast.text(fast.at("meta", "exposure", "ngroups")) == "5"


def test_link_to_an_hdu_that_is_gone_is_found_once(dark):
    raw = with_tree(
        dark,
        b"pixeldq: !core",
        b"zero: !core/ndarray-1.1.0 {source: 'fits:ZEROFRAME,1', datatype: float32, byteorder: big, shape: [1]}\npixeldq: !core",
    )
    (finding,) = found(raw)
    assert finding.code == "ASDF006"
    assert "ZEROFRAME,1" in finding.message


@pytest.mark.parametrize("change", ["delete", "rename"])
def test_hdu_that_the_table_misses_is_not_reported_again(dark, change):
    parts = split(dark)
    at = index_of(parts, "GROUPDQ")
    parts[at : at + 1] = [] if change == "delete" else [parts[at].with_card("EXTNAME", "GRPDQ")]
    report = check(join(parts), data=True, product="dark")
    assert [f.code for f in report.findings if f.severity == "error"] == ["HDU001"]
    assert [s.reason for s in report.skipped if s.code == "ASDF006"] == ["GROUPDQ: a finding of HDU001 comes first"]
    assert codes(join(parts)) == []


def test_many_lost_hdus_end_in_one_finding(dark):
    many = b"".join(
        b"x%d: !core/ndarray-1.1.0 {source: 'fits:X%d,1', datatype: float32, byteorder: big, shape: [1]}\n" % (i, i)
        for i in range(40)
    )
    findings = found(with_tree(dark, b"pixeldq: !core", many + b"pixeldq: !core"))
    assert [(f.code, f.count) for f in findings] == [("ASDF006", 1)] * 10 + [("ASDF006", 30)]


def test_renamed_extver_is_a_dangling_link(dark):
    assert codes(edited(dark, "INT_TIMES", lambda p: p.with_card("EXTVER", 3))) == ["ASDF006"]


def test_link_without_a_version_is_found(dark):
    assert codes(with_tree(dark, b"source: fits:SCI,1", b"source: fits:SCI")) == ["ASDF006"]


def test_link_by_index_is_good(dark):
    assert codes(with_tree(dark, b"source: fits:SCI,1", b"source: fits:1")) == []
    assert codes(with_tree(dark, b"source: fits:SCI,1", b"source: fits:99")) == ["ASDF006"]


def test_two_links_to_one_lost_hdu_are_one_finding(dark):
    raw = with_tree(
        dark,
        b"pixeldq: !core",
        b"other: !core/ndarray-1.1.0 {source: 'fits:X,1', datatype: float32, byteorder: big, shape: [1]}\npixeldq: !core",
    )
    raw = with_tree(
        raw,
        b"other: !core",
        b"more: !core/ndarray-1.1.0 {source: 'fits:X,1', datatype: float32, byteorder: big, shape: [1]}\nother: !core",
    )
    (finding,) = found(raw)
    assert (finding.code, finding.count) == ("ASDF006", 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"shape: [2, 5, 64, 64]", b"shape: [2, 5, 64, 32]"),
        (b"datatype: float32", b"datatype: float64"),
        (b"datatype: uint32", b"datatype: int32"),
        (b"shape: [10]", b"shape: [11]"),
        (b"name: group_number", b"name: group_nr"),
        (
            b"{byteorder: big, datatype: int16, name: group_number}",
            b"{byteorder: big, datatype: int32, name: group_number}",
        ),
    ],
)
def test_shape_or_type_that_contradicts_the_hdu_is_found(dark, old, new):
    (finding,) = found(with_tree(dark, old, new))
    assert finding.code == "ASDF007"
    assert finding.severity == "error"


def test_array_that_breaks_the_table_is_not_reported_again(dark):
    raw = edited(dark, "PIXELDQ", lambda p: p.resized(64, 32))
    assert codes(raw) == []


def without_link(data, name):
    """The tree without the array of an HDU."""
    return re.sub(rb"\n\w+: !core/ndarray-1.\d.0\n  source: fits:%b,1\n(  .*\n)+" % name, b"\n", data)


def test_array_of_the_model_without_a_link_is_an_error(dark):
    (finding,) = found(with_bytes(dark, lambda d: without_link(d, b"GROUPDQ")))
    assert (finding.code, finding.severity, finding.extname) == ("ASDF008", "error", "GROUPDQ")


def test_other_hdu_without_a_link_is_a_warning(dark):
    raw = with_bytes(dark, lambda d: without_link(d, b"GROUPDQ"))
    raw = edited(raw, "primary", lambda p: p.with_card("DATAMODL", "NobodysModel"))
    findings = [f for f in found(raw) if f.code == "ASDF008"]
    assert [(f.severity, f.extname) for f in findings] == [("warning", "GROUPDQ")]


def test_hdu_that_no_table_lists_is_not_reported_as_unlinked(dark):
    parts = split(dark)
    raw = join([*parts[:-1], table("NOBODY", [("x", "1J", 4)]), parts[-1]])
    assert codes(raw) == []


@pytest.mark.parametrize(
    ("keyword", "value", "hdu"),
    [
        ("EFFEXPTM", 107.3678, "primary"),
        ("TARGPROP", "M-93", "primary"),
        ("DATAPROB", True, "primary"),
        ("CRVAL1", 259.29, "SCI"),
        ("NFRAMES", 2, "primary"),
    ],
)
def test_header_edited_after_the_tree_is_a_warning(dark, keyword, value, hdu):
    (finding,) = found(edited(dark, hdu, lambda p: p.with_card(keyword, value)))
    assert (finding.code, finding.severity, finding.keyword) == ("ASDF009", "warning", keyword)
    assert "ASDF tree" in finding.expected


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("EFFEXPTM", 107.36770000000001), ("TARGPROP", "M-92   "), ("NFRAMES", b"                 1.0")],
)
def test_same_value_written_otherwise_is_no_drift(dark, keyword, value):
    assert codes(edited(dark, "primary", lambda p: p.with_card(keyword, value))) == []


def test_many_drifted_keywords_end_in_one_finding(dark):
    tree = split(dark)[-1].data
    raw = with_bytes(dark, lambda _: re.sub(rb"(pc\d_\d|crval\d|crpix\d|cdelt\d|ra_ref|dec_ref): -?", rb"\1: 7", tree))
    drifted = found(raw)
    assert {f.code for f in drifted} == {"ASDF009"}
    assert len(drifted) == 11
    assert "more keyword" in drifted[-1].message


def test_keywords_of_a_slit_are_those_of_its_own_header():
    tree = (
        b"slits:\n- {data: {source: 'fits:SCI,1', shape: [2, 3]}, name: S1600}\n"
        b"- {data: {source: 'fits:SCI,2', shape: [2, 3]}, name: S400}\n...\n"
    )
    read = read_tree(b"---\n" + tree)
    assert [read.text(read.at("slits", n, "name")) for n in (0, 1)] == ["S1600", "S400"]
    slits = [image("SCI", (3, 2), extver=n).with_card("SLTNAME", name) for n, name in ((1, "S1600"), (2, "OTHER"))]
    data = HEAD + tree
    asdf = table("ASDF", [("ASDF_METADATA", f"{len(data)}B", len(data))])
    report = check(join([primary(), *slits, replace(asdf, data=data)]), data=True)
    (finding,) = [f for f in report.findings if f.code == "ASDF009"]
    assert (finding.hdu, finding.keyword) == (2, "SLTNAME")


def blocked(payload=b"12345678", **changes):
    """A tree with one binary block."""
    values = {"size": 48, "used": len(payload), "allocated": len(payload), "md5": md5(payload).digest()} | changes
    tree = HEAD + b"a: !core/ndarray-1.1.0 {source: %d, shape: [1]}\n...\n" % values.get("source", 0)
    header = b"\0" * 8 + b"".join(values[k].to_bytes(8, "big") for k in ("allocated", "used", "used")) + values["md5"]
    index = b"#ASDF BLOCK INDEX\n%%YAML 1.1\n---\n- %d\n...\n" % values.get("index", len(tree))
    return tree + b"\xd3BLK" + values["size"].to_bytes(2, "big") + header + payload + values.get("rest", index)


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, None),
        ({"rest": b""}, None),
        ({"md5": bytes(16)}, None),
        ({"md5": b"x" * 16}, "error"),
        ({"allocated": 2**60}, "error"),
        ({"used": 9}, "error"),
        ({"size": 4}, "error"),
        ({"source": 1}, "error"),
        ({"index": 7}, "warning"),
        ({"rest": b"what is this"}, "warning"),
    ],
)
def test_blocks_are_held_against_their_headers(dark, changes, severity):
    raw = with_bytes(dark, lambda _: blocked(**changes))
    findings = [f for f in found(raw) if f.code == "ASDF005"]
    assert [f.severity for f in findings] == ([severity] if severity else [])


def test_too_many_blocks_are_given_up(monkeypatch):
    monkeypatch.setattr(frames, "MAX_BLOCKS", 2)
    one = b"\xd3BLK" + (48).to_bytes(2, "big") + bytes(48)
    frame = read_frame(HEAD + b"...\n" + one * 3)
    assert [f.kind for f in frame.faults] == ["too-many-blocks"]


def test_text_of_a_tree_reaches_no_message_raw(dark):
    raw = with_tree(dark, b"source: fits:SCI,1", b'source: "fits:\\e[31mSCI\\r\\n::error::,1"')
    for finding in found(raw):
        assert "\x1b" not in finding.message
        assert "\n" not in finding.message


def test_without_the_bytes_the_rules_say_so(dark):
    big = with_bytes(dark, lambda d: d + b"\0" * (17 * 2**20))
    report = check(big, data=True, product="dark", select=("ASDF",))
    assert report.findings == ()
    assert {s.code for s in report.skipped} >= {"ASDF003", "ASDF006", "ASDF009"}


def test_table_of_keywords_names_every_path_once():
    tables = keyword_paths(CATALOGUE)
    assert tables["PRIMARY"]["meta"]["exposure"]["ngroups"] == "NGROUPS"
    assert tables["SCI"]["meta"]["wcsinfo"]["crval1"] == "CRVAL1"
