"""DATA018: numbers of GROUP."""

import pytest
from cells import with_cells
from judging import CATALOGUE
from made_files import make
from scanning import findings, one

SIZES = {"ngroups": 5, "nints": 2}
DARK = make("dark", CATALOGUE, symbols=SIZES)


@pytest.mark.parametrize(
    ("column", "value", "fires"),
    [
        ("group_number", 1, False),
        ("group_number", 5, False),
        ("group_number", 0, True),
        ("group_number", 6, True),
        ("integration_number", 1, False),
        ("integration_number", 2, False),
        ("integration_number", 0, True),
        ("integration_number", 3, True),
    ],
)
@pytest.mark.parametrize("product", ["uncal", "ramp", "dark"])
def test_numbers_are_those_of_groups_and_integrations(product, column, value, fires):
    raw = with_cells(make(product, CATALOGUE, symbols=SIZES), "GROUP", (column, 0, value))
    found = findings(raw, "DATA018", product)
    assert [(f.severity, f.column) for f in found] == ([("warning", column)] if fires else [])


def test_rows_beyond_are_one_finding():
    raw = with_cells(DARK, "GROUP", *[("group_number", row, 9) for row in (1, 3)], rows=4)
    found = one(raw, "DATA018", "dark")
    assert "group_number is 9 in row 2, as in 1 more row; NGROUPS states 5" in found.message


def test_a_segment_may_have_the_integrations_of_the_exposure():
    raw = make("dark", CATALOGUE, keywords={"INTSTART": 3, "INTEND": 4, "NINTS": 6})
    assert not findings(with_cells(raw, "GROUP", ("integration_number", 0, 6)), "DATA018", "dark")
    assert findings(with_cells(raw, "GROUP", ("integration_number", 0, 7)), "DATA018", "dark")
