"""Where the tree and the blocks of an ASDF file begin and end; hostile files are bounded."""

from asdf_trees import HEAD

from jwstprod_check.asdf import frame as frames
from jwstprod_check.asdf.frame import read_frame


def test_garbage_is_given_up_at_once():
    assert read_frame(b"\x93garbage" * 1_000_000).defect.kind == "no-magic"
    assert read_frame(HEAD + b"\n..x" * 5_000_000).defect.kind == "no-end"


def test_long_list_of_directives_is_refused():
    tags = b"".join(b"%%TAG !a%d! tag:x\n" % i for i in range(20_000))
    assert read_frame(b"#ASDF 1.0.0\n%YAML 1.1\n" + tags + b"---\n...\n").defect.kind == "preamble"


def test_too_many_blocks_are_given_up(monkeypatch):
    monkeypatch.setattr(frames, "MAX_BLOCKS", 2)
    one = b"\xd3BLK" + (48).to_bytes(2, "big") + bytes(48)
    frame = read_frame(HEAD + b"...\n" + one * 3)
    assert [f.kind for f in frame.defects] == ["too-many-blocks"]
