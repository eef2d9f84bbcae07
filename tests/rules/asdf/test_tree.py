"""ASDF003 to ASDF005: the bytes are an ASDF file, the tree is YAML, the blocks agree with their headers."""

from hashlib import md5

import pytest
from asdf_trees import HEAD, RAW, asdf_found, with_bytes, with_tree
from judging import DATA

from jwstprod_check.api import check
from jwstprod_check.asdf import tree as trees


@pytest.mark.parametrize("path", sorted(DATA.glob("good/*/*")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_files_have_a_sound_tree(path):
    report = check(str(path), data=True)
    assert [f for f in report.findings if f.code.startswith(("ASDF", "WCS", "TOOL"))] == []
    assert [s for s in report.skipped if s.code.startswith("ASDF")] == []


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
def test_bytes_that_are_no_asdf_file_are_found_once(change, word):
    (finding,) = asdf_found(with_bytes(RAW, change))
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
def test_tree_that_is_no_yaml_is_found_once(old, new, word):
    (finding,) = asdf_found(with_tree(RAW, old, new))
    assert finding.code == "ASDF004"
    assert word in finding.message


def test_links_beyond_the_limit_are_still_followed(monkeypatch):
    monkeypatch.setattr(trees, "MAX_EVENTS", 60)
    raw = with_tree(RAW, b"source: fits:PIXELDQ,1", b"source: 'fits:PIXELDQ,9'")
    report = check(raw, data=True, product="dark", select=("ASDF",))
    assert [f.code for f in report.findings] == ["ASDF006"]
    skipped = {s.code for s in report.not_checked if "60 parts" in s.reason}
    assert skipped == {f"ASDF{n:03}" for n in (4, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 26)}


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
def test_blocks_are_held_against_their_headers(changes, severity):
    raw = with_bytes(RAW, lambda _: blocked(**changes))
    findings = [f for f in asdf_found(raw) if f.code == "ASDF005"]
    assert [f.severity for f in findings] == ([severity] if severity else [])


def test_text_of_a_tree_reaches_no_message_raw():
    raw = with_tree(RAW, b"source: fits:SCI,1", b'source: "fits:\\e[31mSCI\\r\\n::error::,1"')
    for finding in asdf_found(raw):
        assert "\x1b" not in finding.message
        assert "\n" not in finding.message


def test_without_the_bytes_the_rules_say_so():
    big = with_bytes(RAW, lambda d: d + b"\0" * (17 * 2**20))
    report = check(big, data=True, product="dark", select=("ASDF",))
    assert report.findings == ()
    assert {s.code for s in report.not_checked} >= {"ASDF003", "ASDF006", "ASDF009"}
