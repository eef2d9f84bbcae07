"""Where a rule on the embedded tree begins to fire, and where it begins to fold."""

from dataclasses import replace

import pytest
from asdf_trees import RAW, asdf_codes, asdf_found, with_tree
from builders import edited, split

from jwstprod_check.asdf import frame as frames
from jwstprod_check.asdf import tree as trees
from jwstprod_check.asdf.frame import read_frame
from jwstprod_check.asdf.tree import read_tree


def value_of(keyword):
    return float(split(RAW)[0].text(keyword))


@pytest.mark.parametrize(
    ("factor", "fires"), [(1 + 0.9e-9, False), (1 + 1.2e-9, True), (1 - 0.9e-9, False), (1 - 1.2e-9, True)]
)
def test_numbers_may_differ_in_the_tenth_digit(factor, fires):
    number = f"{value_of('EFFEXPTM') * factor:>20.15G}".encode()
    raw = edited(RAW, "primary", lambda p: p.with_card("EFFEXPTM", number))
    assert asdf_codes(raw) == (["ASDF009"] if fires else [])


@pytest.mark.parametrize(("lost", "findings"), [(9, 9), (10, 10), (11, 11), (12, 11)])
def test_ten_lost_hdus_have_a_finding_each(lost, findings):
    links = b"".join(
        b"x%d: !core/ndarray-1.1.0 {source: 'fits:X%d,1', datatype: float32, byteorder: big, shape: [1]}\n" % (i, i)
        for i in range(lost)
    )
    found = asdf_found(with_tree(RAW, b"pixeldq: !core", links + b"pixeldq: !core"))
    assert len(found) == findings
    assert sum(f.count for f in found) == lost


@pytest.mark.parametrize(("drifted", "findings"), [(10, 10), (11, 11), (12, 11)])
def test_ten_drifted_keywords_have_a_finding_each(drifted, findings):
    keywords = [
        *("EFFEXPTM", "NFRAMES", "NRESETS", "DURATION", "TFRAME", "TGROUP", "EXPSTART", "EXPMID", "EXPEND", "TSAMPLE"),
        *("NSAMPLES", "GROUPGAP"),
    ][:drifted]
    head = split(RAW)[0]
    assert all(head.text(k) for k in keywords)

    def change(part):
        for keyword in keywords:
            number = float(part.text(keyword)) + 1
            part = part.with_card(
                keyword, int(number) if number.is_integer() and "." not in part.text(keyword) else number
            )
        return part

    found = [f for f in asdf_found(edited(RAW, "primary", change)) if f.code == "ASDF009"]
    assert len(found) == findings


@pytest.mark.parametrize(("levels", "fault"), [(trees.MAX_DEPTH, False), (trees.MAX_DEPTH + 1, True)])
def test_trees_are_read_to_two_hundred_levels(levels, fault):
    text = b"---\n" + b"[" * levels + b"]" * levels + b"\n...\n"
    assert (read_tree(text).defect is not None) is fault


@pytest.mark.parametrize(("blocks", "faults"), [(2, []), (3, ["too-many-blocks"])])
def test_blocks_are_counted_up_to_the_limit(monkeypatch, blocks, faults):
    monkeypatch.setattr(frames, "MAX_BLOCKS", 2)
    tree = b"#ASDF 1.0.0\n#ASDF_STANDARD 1.6.0\n%YAML 1.1\n--- !core/asdf-1.1.0\n...\n"
    one = b"\xd3BLK" + (48).to_bytes(2, "big") + bytes(48)
    assert [f.kind for f in read_frame(tree + one * blocks).defects] == faults


@pytest.mark.parametrize(
    ("rows", "width", "keyword"), [(1, None, None), (0, None, "NAXIS2"), (2, None, "NAXIS2"), (1, 0, "NAXIS1")]
)
def test_the_extension_has_one_row_of_some_bytes(rows, width, keyword):
    def change(part):
        wide = part.number("NAXIS1") if width is None else width
        made = part.with_card("NAXIS2", rows).with_card("NAXIS1", wide).with_card("TFORM1", f"{wide}B")
        return replace(made, data=(part.data * rows)[: wide * rows])

    found = [(f.code, f.keyword) for f in asdf_found(edited(RAW, "ASDF", change)) if f.code == "ASDF001"]
    assert found == ([("ASDF001", keyword)] if keyword else [])
