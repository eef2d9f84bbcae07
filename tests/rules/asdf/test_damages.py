"""ASDF: what the official reader does not take, or takes for something else, is found in trees of real files."""

import gzip
import re
from functools import cache
from pathlib import Path

import pytest
from builders import edited, split
from judging import CATALOGUE, DATA
from tree_damages import CAL, DARK, I2D, OI, SEGM, bytes_of, compressed, put, sub, tree_damages

from jwstprod_check.api import check
from jwstprod_check.asdf import tree as trees
from jwstprod_check.asdf import world as worlds
from jwstprod_check.asdf.frame import read_frame
from jwstprod_check.asdf.nodes import Text, kind_of, number_of, split_tag
from jwstprod_check.asdf.tree import read_tree
from jwstprod_check.asdf.world import transforms
from jwstprod_check.rules.asdf import form, lookup
from jwstprod_check.rules.asdf.tables import tags, tree_document, world_document

DAMAGES = list(tree_damages())


@cache
def raw_of(file):
    path = DATA / file
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.fixture
def judge(tmp_path):
    """Findings of a file under its own name, information left out; a crash is an error."""

    def judged(raw, file=CAL, **options):
        path = tmp_path / Path(file).name.removesuffix(".gz")
        path.write_bytes(raw)
        report = check(str(path), data=True, **options)
        assert not [f for f in report.findings if f.code == "TOOL001"]
        return report

    return judged


def codes(report):
    return {(f.code, f.severity.value) for f in report.findings if f.severity.value != "info"}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.name)
def test_damage_of_a_tree_is_found(judge, damage):
    raw = raw_of(damage.file)
    new = codes(judge(damage.apply(raw), damage.file)) - codes(judge(raw, damage.file))
    if damage.codes:
        assert new & {(code, damage.severity) for code in damage.codes}, new
        assert all(code.startswith("ASDF") for code, _ in new)
    else:
        assert new == set()


@pytest.mark.parametrize("file", sorted({d.file for d in DAMAGES}))
def test_real_files_have_no_finding_of_the_tree(judge, file):
    report = judge(raw_of(file), file)
    assert [f.message for f in report.findings if f.code.startswith("ASDF")] == []
    assert [s for s in report.skipped if s.code.startswith("ASDF")] == []
    assert report.not_checked == ()


def one(report):
    found = [f for f in report.findings if f.code.startswith("ASDF") and f.severity.value != "info"]
    assert len(found) == 1
    return found[0]


def test_swapped_links_are_one_finding_with_both_places(judge):
    found = one(judge(next(d for d in DAMAGES if d.name == "SCI and ERR swapped").apply(raw_of(CAL))))
    assert (found.code, found.count, found.expected, found.found) == ("ASDF010", 2, "fits:SCI,1", "'fits:ERR,1'")


@pytest.mark.parametrize(
    ("interval", "found"),
    [
        ("[-0.5, 63.5]", False),
        ("[-1.0, 63.5]", False),
        ("[-1.01, 63.5]", True),
        ("[-0.5, 63.5000001]", False),
        ("[-0.5, 63.51]", True),
        ("[-0.5, 63.49]", True),
    ],
)
def test_bounding_box_of_a_camera_ends_at_the_last_pixel(judge, interval, found):
    report = judge(sub(rb"x0: \[-0.5, 63.5\]", f"x0: {interval}")(raw_of(CAL)))
    assert ("ASDF023" in {f.code for f in report.findings}) is found


@pytest.mark.parametrize(
    ("interval", "found"),
    [("[-1.0, 67.5]", False), ("[0.0, 66.0]", False), ("[0.0, 67.51]", True), ("[-1.1, 66.0]", True)],
)
def test_bounding_box_of_a_resampled_image_lies_on_the_array(judge, interval, found):
    report = judge(sub(rb"x: \[-0.5, 66.5\]", f"x: {interval}")(raw_of(SEGM)), SEGM)
    assert ("ASDF023" in {f.code for f in report.findings}) is found


@pytest.mark.parametrize(("angle", "found"), [("120.5000009", False), ("120.5000011", True), ("480.5", False)])
def test_angles_of_the_pointing_are_held_to_a_millionth_of_a_degree(judge, angle, found):
    report = judge(put("120.50000000000001", angle)(raw_of(CAL)))
    assert ("ASDF024" in {f.code for f in report.findings}) is found


def test_world_coordinates_of_an_unseen_data_model_are_a_warning(judge):
    raw = edited(raw_of(CAL), "primary", lambda p: p.with_card("DATAMODL", "MultiSlitModel"))
    raw = sub(rb"x0: \[-0.5, 63.5\]", "x0: [-9.5, 63.5]")(raw)
    severities = {f.severity.value for f in judge(raw).findings if f.code == "ASDF023"}
    assert severities == {"warning"}


def test_axes_of_a_chain_of_frames_that_was_not_seen_are_left_out(judge):
    raw = sub(rb"name: detector\n", "name: grism_detector\n")(raw_of(CAL))
    assert "ASDF020" not in {f.code for f in judge(raw).findings}


def test_files_of_wavefront_sensing_need_no_world_coordinates(judge):
    files = sorted(DATA.glob("good/*/*wfscmb*"))
    for file in files:
        name = str(file.relative_to(DATA))
        assert "ASDF018" not in {f.code for f in judge(raw_of(name), name).findings}


def test_value_that_is_null_counts_as_absent(judge):
    report = judge(sub(r"\bngroups: \d+", "ngroups: ~")(raw_of(CAL)))
    assert one(report).code == "ASDF017"


def test_keyword_that_has_no_value_needs_none_in_the_tree(judge):
    raw = edited(raw_of(CAL), "primary", lambda p: p.with_card("PI_NAME", ""))
    assert "ASDF017" not in {f.code for f in judge(raw).findings}


def test_value_that_no_data_model_knows_is_left_out(judge):
    assert codes(judge(put("\nmeta:\n", "\nmeta:\n  mine: [1, 2]\n")(raw_of(CAL)))) == codes(judge(raw_of(CAL)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [("5", "int"), ("5.0", "float"), ("1e5", "str"), ("1.0e+5", "float"), (".nan", "float"), ("yes", "bool"), ("~", "null"),
     ("", "null"), ("2022-04-21", "timestamp"), ("NRCA1", "str"), ("-", "str"), ("0x1F", "int"), ("190:20:30", "int")],
)  # fmt: skip
def test_kinds_of_scalars_are_those_of_yaml_1_1(text, kind):
    assert kind_of(Text(text)) == kind
    assert kind_of(Text(text, plain=False)) == "str"


@pytest.mark.parametrize(
    ("text", "number"), [("1_000", 1000.0), ("-.inf", float("-inf")), ("0x1F", 31.0), ("1e5", None)]
)
def test_numbers_are_read_as_yaml_has_them(text, number):
    assert number_of(Text(text)) == number


@pytest.mark.parametrize(
    ("text", "number"), [("1:30", 90.0), ("-1:00.5", -60.5), ("0o17", None), ("017", 15.0), ("-0x1F", -31.0)]
)
def test_numbers_in_other_bases_are_read_as_yaml_has_them(text, number):
    assert number_of(Text(text)) == number


@pytest.mark.parametrize(
    ("value", "found"), [(259.2800294980078, False), (259.2800314980078, False), (259.2800334980078, True)]
)
def test_resampled_image_is_where_its_keywords_say(judge, value, found):
    raw = put("phi: 259.2800294980078", f"phi: {value!r}")(raw_of(I2D))
    problems = [f for f in judge(raw, I2D).findings if f.code == "ASDF026"]
    assert [(f.keyword, f.severity) for f in problems] == ([("CRVAL1", "error")] if found else [])


def test_header_that_was_edited_is_taken_before_the_tree(judge):
    raw = edited(raw_of(CAL), "primary", lambda p: p.with_card("NGROUPS", 7))
    (found,) = [f for f in judge(raw).findings if f.code == "ASDF009"]
    assert found.hint == "the data models take the headers: they were edited after the tree was written"


def test_tree_that_was_edited_is_taken_before_the_header(judge):
    found = one(judge(sub(r"\bngroups: \d+", "ngroups: 9")(raw_of(CAL))))
    assert found.hint == "the data models take the tree: its hash of the headers fits"


def test_tree_without_a_hash_loses_to_the_headers(judge):
    raw = sub(rb"^_fits_hash: .*\n", "")(sub(r"\bngroups: \d+", "ngroups: 9")(raw_of(CAL)))
    assert one(judge(raw)).hint == "the data models take the headers: the tree has no hash of them"


def test_keyword_that_has_a_finding_is_not_reported_as_drift_again(judge):
    raw = edited(raw_of(CAL), "primary", lambda p: p.with_card("EXP_TYPE", "NOTHING"))
    found = [f for f in judge(raw).findings if f.keyword == "EXP_TYPE" and f.hdu == 0]
    assert found
    assert "ASDF009" not in {f.code for f in found}
    assert "ASDF009" in {f.code for f in judge(raw, select=("ASDF",)).findings}


def test_transforms_nested_too_deeply_are_said_to_be_unchecked(judge, monkeypatch):
    monkeypatch.setattr(transforms, "MAX_NESTED", 3)
    skipped = {s.code for s in judge(raw_of(CAL)).not_checked if "nested deeper" in s.reason}
    assert skipped >= {"ASDF020", "ASDF021", "ASDF022", "ASDF023"}


def test_lookup_table_that_is_too_large_is_said_to_be_unchecked(judge, monkeypatch):
    monkeypatch.setattr(lookup, "MAX_LOOKUP", 8)
    assert "ASDF022" in {s.code for s in judge(raw_of(I2D), I2D).not_checked}


def test_blocks_that_inflate_to_too_much_are_said_to_be_unchecked(judge, monkeypatch):
    import zlib

    monkeypatch.setattr(form, "MAX_INFLATED", 8)
    raw = compressed(0, b"zlib", zlib.compress)(raw_of(I2D))
    assert "ASDF014" in {s.code for s in judge(raw, I2D).not_checked}


def test_extension_that_was_not_kept_is_said_to_be_unchecked_by_every_rule(judge):
    raw = bytes_of(lambda d: d + bytes(17 * 2**20))(raw_of(CAL))
    report = judge(raw, select=("ASDF",))
    assert report.findings == ()
    assert {s.code for s in report.not_checked} == {f"ASDF{n:03}" for n in (*range(3, 25), 26)}


def test_trees_of_transforms_that_refer_to_themselves_end():
    text = b"""---
meta: {wcs: !<tag:stsci.edu:gwcs/wcs-1.4.0> {name: a, steps: [
 !<tag:stsci.edu:gwcs/step-1.3.0> {frame: one, transform: &x !<tag:stsci.edu:asdf/transform/compose-1.4.0> {forward: [*x, *x], inverse: *x}},
 !<tag:stsci.edu:gwcs/step-1.3.0> {frame: world, transform: null}]}}
...
"""
    tree = read_tree(text)
    assert tree.defect is None
    (world,) = worlds.examine(tree, tags(CATALOGUE))
    assert world.complete


def test_long_chains_of_aliases_end():
    lines = [b"- &a0 !<tag:stsci.edu:asdf/transform/identity-1.4.0> {n_dims: 2}"]
    lines += [
        b"- &a%d !<tag:stsci.edu:asdf/transform/compose-1.4.0> {forward: [*a%d, *a0]}" % (i, i - 1)
        for i in range(1, 900)
    ]
    steps = b"[!<tag:stsci.edu:gwcs/step-1.3.0> {frame: one, transform: *a899}, !<tag:stsci.edu:gwcs/step-1.3.0> {frame: world}]"
    text = (
        b"---\nall:\n"
        + b"\n".join(lines)
        + b"\nwcs: !<tag:stsci.edu:gwcs/wcs-1.4.0> {name: a, steps: "
        + steps
        + b"}\n...\n"
    )
    tree = read_tree(text)
    (world,) = worlds.examine(tree, tags(CATALOGUE))
    assert not world.complete


def world_of(frame, transform):
    """A tree with world coordinates of two steps."""
    return (
        b"---\nwcs: !<tag:stsci.edu:gwcs/wcs-1.4.0> {name: a, steps: [\n !<tag:stsci.edu:gwcs/step-1.3.0> {frame: "
        + frame
        + b", transform: "
        + transform
        + b"},\n !<tag:stsci.edu:gwcs/step-1.3.0> {frame: world, transform: null}]}\n...\n"
    )


def test_frames_that_are_part_of_themselves_end():
    frame = b"&f !<tag:stsci.edu:gwcs/composite_frame-1.0.0> {name: one, frames: [*f, *f]}"
    tree = read_tree(world_of(frame, b"!<tag:stsci.edu:asdf/transform/identity-1.4.0> {n_dims: 2}"))
    (world,) = worlds.examine(tree, tags(CATALOGUE))
    assert [f.name for f in world.frames] == ["one", "world"]


def test_lists_that_repeat_each_other_are_looked_at_once():
    lists = [b"l0: &l0 [1.0]"] + [b"l%d: &l%d [%s]" % (i, i, b", ".join([b"*l%d" % (i - 1)] * 40)) for i in range(1, 5)]
    transform = b"!<tag:stsci.edu:asdf/transform/shift-1.4.0> {offset: 1.0, more: *l4, models: [*l4]}"
    text = world_of(b"one", transform).replace(b"---\n", b"---\n" + b"\n".join(lists) + b"\n")
    tree = read_tree(text)
    assert tree.defect is None
    (world,) = worlds.examine(tree, tags(CATALOGUE))
    assert world.defects == ()


def test_many_world_coordinates_of_one_transform_are_bounded(monkeypatch):
    monkeypatch.setattr(worlds, "MAX_VISITS", 5)
    one = b" {name: a, steps: [!<tag:stsci.edu:gwcs/step-1.3.0> {frame: b, transform: *t}]}"
    text = b"---\nt: &t !<tag:stsci.edu:asdf/transform/identity-1.4.0> {n_dims: 2}\nall:\n"
    text += (b"- !<tag:stsci.edu:gwcs/wcs-1.4.0>" + one + b"\n") * 9 + b"...\n"
    found = worlds.examine(read_tree(text), tags(CATALOGUE))
    assert [world.complete for world in found] == [True] * 5 + [False] * 4


def test_what_stands_at_a_place_is_cut_and_escaped(judge):
    raw = sub(rb"offset: .*", 'offset: "\\\\e[31m::error::' + "x" * 500 + '"')(raw_of(CAL))
    for found in judge(raw).findings:
        for text in (found.message, found.expected, found.found):
            assert "\x1b" not in (text or "")
            assert len(text or "") < 1000


def test_tables_name_what_real_trees_have():
    document = tree_document(CATALOGUE)
    assert document.arrays["ImageModel"]["data"] == "SCI"
    assert document.arrays["AmiOIModel"]["wavelength"] == "OI_WAVELENGTH"
    assert document.arrays["SlitModel"]["wavelength"] == "WAVELENGTH"
    assert "meta.program.pi_name" in document.required["AmiOIModel"]
    known = tags(CATALOGUE)
    assert known["tag:stsci.edu:asdf/transform/shift"].axes == (1, 1)
    assert known["tag:stsci.edu:jwst_pipeline/gwa_to_slit"].needs == ("models", "slits")
    for file in (CAL, DARK, I2D, OI, SEGM):
        data = split(raw_of(file))[-1].data
        frame = read_frame(data)
        for tag in read_tree(data[frame.start : frame.end]).tags:
            name, version = split_tag(tag)
            assert tag.startswith("tag:yaml.org") or version in known[name].versions
    assert "cal" in world_document(CATALOGUE).products


def test_root_that_is_a_scalar_is_read():
    assert read_tree(b"--- text\n...\n").root == Text("text")
    assert re.fullmatch("tag:.*-", trees.NDARRAY)
