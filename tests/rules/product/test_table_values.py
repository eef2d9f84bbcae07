from dataclasses import replace

import numpy as np
import pytest
from builders import primary, table
from scanning import findings, not_checked, one

TYPES = {"B": "u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}
NAN = float("nan")


def column(code, values, repeat=1, **keywords):
    values = np.asarray(values, TYPES[code])
    rows = len(values) // repeat
    part = table("T", [("C", f"{repeat}{code}", values.itemsize * repeat)], rows=rows)
    for keyword, value in keywords.items():
        part = part.with_card(keyword, value)
    return [primary(), replace(part, data=values.tobytes())]


@pytest.mark.parametrize("code", TYPES)
def test_values_inside_their_limits_are_quiet(code):
    parts = column(code, [3, 5, 4], TLMIN1=3, TLMAX1=5, TDMIN1=3, TDMAX1=5)
    assert not findings(parts, "TAB020")
    assert not findings(parts, "TAB021")


@pytest.mark.parametrize("code", TYPES)
def test_a_value_outside_its_limits_is_an_error(code):
    found = one(column(code, [3, 2, 4], TLMIN1=3, TLMAX1=5), "TAB020")
    assert (found.hdu, found.column, found.keyword, found.severity) == (1, "C", "TLMIN1", "error")
    assert (found.expected, found.found) == ("at least 3", "2")
    assert "in row 2" in found.message
    assert one(column(code, [3, 6, 9], TLMAX1=5), "TAB020").found == "9"


@pytest.mark.parametrize("code", TYPES)
def test_extremes_that_are_not_there_are_an_error(code):
    found = one(column(code, [3, 4, 5], TDMIN1=3, TDMAX1=6), "TAB021")
    assert (found.keyword, found.severity, found.expected, found.found) == ("TDMAX1", "error", "6", "5")
    assert one(column(code, [3, 4, 5], TDMIN1=2), "TAB021").keyword == "TDMIN1"


def test_reversed_keywords_state_nothing():
    assert not findings(column("J", [7], TLMIN1=5, TLMAX1=3), "TAB020")
    assert not findings(column("J", [7], TDMIN1=5, TDMAX1=3), "TAB021")


def test_nan_and_null_do_not_count():
    assert not findings(column("D", [NAN, 4, float("inf")], TDMIN1=4, TDMAX1=4), "TAB021")
    assert not findings(column("I", [-1, 4], TNULL1=-1, TLMIN1=0), "TAB020")
    assert not findings(column("D", [NAN, NAN], TDMIN1=4), "TAB021")


def test_limits_are_physical_values():
    parts = column("I", [-32768, -32763], TZERO1=32768, TLMIN1=0, TDMAX1=5)
    assert not findings(parts, "TAB020")
    assert not findings(parts, "TAB021")
    assert one(column("I", [10], TSCAL1=0.5, TLMAX1=4), "TAB020").found == "5"


def test_the_last_digit_of_a_single_number_is_forgiven():
    assert not findings(column("E", [0.1, 0.3], TDMIN1=0.1, TDMAX1=0.3), "TAB021")
    assert not findings(column("E", [0.1], TLMIN1=0.1), "TAB020")
    assert findings(column("D", [0.1], TDMIN1=0.1000001), "TAB021")


def test_every_element_of_a_cell_counts():
    found = one(column("J", [1, 2, 3, 4, 50, 6], repeat=3, TLMAX1=10), "TAB020")
    assert "in row 2" in found.message


def test_columns_without_order_are_said_to_be_unread():
    part = table("T", [("C", "1C", 8), ("D", "1PJ", 8)]).with_card("TLMIN1", 1).with_card("TDMAX2", 1)
    (reason,) = not_checked([primary(), part], "TAB020")
    assert reason.startswith("T: columns 1 are complex")
    (reason,) = not_checked([primary(), part], "TAB021")
    assert reason.startswith("T: columns 2 are complex")


def test_limits_that_are_no_numbers_are_left_to_the_header_rules():
    assert not findings(column("J", [5], TLMAX1="abc"), "TAB020")


def test_tables_that_cannot_be_looked_into_are_said_to_be_unread():
    parts = column("J", [5], TLMAX1=3)
    parts[1] = parts[1].with_card("TFORM1", "1K")
    assert not_checked(parts, "TAB020") == ["T: the widths of the columns do not add up to NAXIS1"]


def test_tables_without_limits_are_quiet():
    assert not not_checked([primary(), table("T", [("C", "1C", 8)])], "TAB020")
