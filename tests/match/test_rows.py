"""Which HDU is taken for which row: names that are nearly right."""

import pytest

from jwstprod_check.match.rows import is_near


@pytest.mark.parametrize(
    ("name", "wanted", "near"),
    [
        # Of ten letters in both, seven tenths are seven; of two words of ten, seven letters must be shared.
        ("ABCDEFGXYZ", "ABCDEFGHIJ", True),
        ("ABCDEFXYZW", "ABCDEFGHIJ", False),
        ("SCI", "SCI", True),
        ("SIC", "SCI", False),
        ("SC", "SCI", True),
        ("S", "SCI", False),
        ("GFEDCBA", "ABCDEFG", False),  # the same letters in another order
        ("", "SCI", False),
        ("DQ_OLD", "DQ", True),
        ("OLD_DQ", "DQ", True),
        ("DQ2", "DQ", True),
        ("DQOLD", "DQ", False),
        ("OLDDQ", "DQ", False),
        ("2", "DQ", False),
        ("2", "", False),
        ("_OLD", "", False),
    ],
)
def test_a_name_is_misspelt_from_seven_tenths_of_its_letters_on(name, wanted, near):
    assert is_near(name, wanted) is near
