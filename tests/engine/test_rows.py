"""The rows of the spec beside the HDUs of the file."""

from builders import join, split, table
from judging import CATALOGUE, judge_file
from made_files import make

from jwstprod_check.make import file_name

RAW = make("dark", CATALOGUE)
NAME = file_name(CATALOGUE.spec("dark"))


def test_rows_have_a_state():
    *parts, asdf = split(RAW)
    parts = [p for p in parts if p.name != "ERR"]
    parts[2] = parts[2].without_card("BZERO")
    parts[4] = table("GROUP", [("a", "1J", 4)], 0)
    rows = {r.extname: r.state for r in judge_file(join([*parts, asdf]), NAME).rows}
    assert (rows["SCI"], rows["PIXELDQ"], rows["ERR"], rows["ZEROFRAME"]) == ("ok", "error", "missing", "absent")
    assert rows["GROUP"] == "error"


def test_a_row_whose_findings_are_not_asked_for_is_not_marked_as_failing():
    raw = join([p for p in split(RAW) if p.name != "GROUPDQ"])
    states = [
        next(r.state for r in judge_file(raw, NAME, ignore=ignore).rows if r.extname == "GROUPDQ")
        for ignore in ((), ("HDU001",))
    ]
    assert states == ["missing", "ignored"]
