"""Constructions of the tree that the official reader refuses are errors, and what it reads is none: a table of both."""

from pathlib import Path

import pytest
from asdf_trees import RAW, asdf_found, with_bytes

from jwstprod_check.api import check
from jwstprod_check.asdf import inline
from jwstprod_check.asdf.tree import read_tree

TABLE = Path(__file__).with_name("constructions.tsv")
ROWS = [line.split("\t", 2) for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
MISSED = 16
"""Constructions of the table that the reader refuses and that are not found."""


def with_line(line):
    """The file with a line at the end of its tree."""
    return with_bytes(RAW, lambda d: d.replace(b"\n...\n", b"\n" + line.replace("\\n", "\n").encode() + b"\n...\n", 1))


def codes(findings):
    shown = (f.code + ("" if f.severity == "error" else "~") for f in findings if f.severity != "info")
    return " ".join(sorted(set(shown))) or "-"


def is_error(found):
    return any(not code.endswith("~") for code in found.split()) and found != "-"


@pytest.mark.parametrize(("reader", "found", "line"), ROWS, ids=[str(i) for i in range(len(ROWS))])
def test_construction_gets_what_the_table_has(reader, found, line):
    assert codes(asdf_found(with_line(line))) == found


def test_almost_all_that_the_reader_refuses_is_an_error():
    refused = [found for reader, found, _ in ROWS if reader != "read"]
    assert len(refused) > 370
    assert sum(not is_error(found) for found in refused) == MISSED


def test_what_the_reader_reads_has_an_error_only_for_another_reason():
    read = [(found, line) for reader, found, line in ROWS if reader == "read"]
    assert len(read) > 370
    assert {found for found, _ in read if is_error(found)} == {
        "ASDF005",
        "ASDF013",
        "ASDF019",
        "ASDF009~ ASDF016 ASDF017~",
    }


def fault(text):
    defect = read_tree(f"%YAML 1.1\n---\n{text}\n...\n".encode()).defect
    return defect and (defect.kind, defect.at)


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("9" * 4300, False),
        ("1" + "9" * 4300, True),
        ("-1" + "9" * 4300, True),
        ("1_" * 4300 + "1", True),
        ("1" + "9" * 4300 + ".5", False),
        ("'1" + "9" * 4300 + "'", False),
        ("0x" + "f" * 3000, False),
        ("0x" + "f" * 5000, True),
        ("0b" + "1" * 20000, True),
        ("0" + "7" * 5000, True),
        ("1" + ":1" * 3000, True),
        ("1" + ":1" * 20000, True),
        ("1" + ":30" * 170 + ".5", False),
        ("1" + ":30" * 180 + ".5", True),
        ("1" + "9" * 4300 + ":30", True),
    ],
)
def test_numbers_are_read_to_the_length_that_python_reads(value, refused):
    assert fault(f"a: 1\nb: {value}") == (("value", 4) if refused else None)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2001-99-99\nc: 2", 4),
        ("a:\n  - b\n  - {<<: 5}", 5),
        ("a:\n  <<:\n  - b\n  c: 1", 4),
        ("a: !!omap\n- b: 1\n  c: 2\nd: 1", 3),
        ("a: &x 1\nb: &x 2", 4),
        ("? [1]\n: 2", 3),
    ],
)
def test_line_is_that_of_the_construction(text, line):
    assert fault(text) == ("value", line)


def test_message_names_the_value_and_the_line():
    (found,) = asdf_found(with_line("a: 2001-99-99"))
    assert "'2001-99-99' is not a time that can be read: month must be in 1..12, at line" in found.message
    assert found.code == "ASDF004"


def test_key_that_is_a_collection_shifts_no_other():
    tree = read_tree(b"---\na: !!pairs [{[1]: [2]}, {{b: 1}: c}]\nd: 5\n...\n")
    assert tree.defect is None
    assert tree.text(tree.at("d")) == "5"


def test_array_that_contains_itself_is_left_to_the_reader():
    assert asdf_found(with_line("a: !core/ndarray-1.1.0 &x [*x]")) == []


@pytest.mark.parametrize(("values", "skipped"), [(4, False), (5, True)])
def test_large_array_in_the_tree_is_said_to_be_unchecked(monkeypatch, values, skipped):
    monkeypatch.setattr(inline, "MAX_VALUES", 5)
    raw = with_line("a: !core/ndarray-1.1.0 [" + ", ".join("1" * values) + "]")
    report = check(raw, data=True, product="dark", select=("ASDF",))
    assert ("ASDF013" in {s.code for s in report.not_checked}) is skipped


def test_array_that_aliases_write_out_without_end_is_bounded():
    lines = ["l0: &l0 [1]"] + [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 7)]
    report = check(
        with_line("\n".join([*lines, "a: !core/ndarray-1.1.0 [*l6, *l6]"])), data=True, product="dark", select=("ASDF",)
    )
    assert {s.code for s in report.not_checked} == {"ASDF013"}
