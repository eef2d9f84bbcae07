"""The value of a symbol where arrays, tables and keywords disagree: who is believed, and from where it is said to come."""

import pytest
from judging import CATALOGUE

from jwstprod_check.match.dimensions import Measurement, _decide, state


class Keywords:
    """Facts of a file that has these keywords."""

    def __init__(self, **stated):
        self.stated = stated

    def keyword(self, name):
        return self.stated.get(name)


SYMBOLS = CATALOGUE.amended("dark", Keywords()).symbols
NGROUPS = SYMBOLS["ngroups"]


def arrays(*values):
    return [Measurement(n, f"A{n}", value, array=True) for n, value in enumerate(values, 1)]


def rows(*values):
    return [Measurement(n, f"T{n}", value, array=False) for n, value in enumerate(values, 11)]


@pytest.mark.parametrize(
    ("measurements", "stated", "value", "contradicted"),
    [
        (arrays(5), None, 5, False),
        (arrays(5), 5, 5, False),
        ([], 5, 5, False),
        (arrays(5), 7, 5, True),  # of one array and the keyword the array is believed
        (arrays(5, 5, 5), 7, 5, True),
        (arrays(5, 7), None, 5, False),  # of two arrays the first
        (arrays(5, 7), 7, 7, False),  # the keyword decides between two arrays
        (arrays(7, 5), 7, 7, False),
        (arrays(5, 7, 7), 5, 5, False),  # two against two: the keyword's
        (arrays(5, 7, 7, 7), 5, 7, True),
        (arrays(5, 7, 7), None, 7, False),
        (arrays(7, 7, 5), None, 7, False),
        (rows(5), 7, 7, False),  # a table has half a voice
        (rows(5, 5), 7, 7, False),
        (rows(5, 5, 5), 7, 5, True),
        ([*arrays(5), *rows(7)], None, 5, False),
        ([*arrays(5), *rows(7, 7)], None, 5, False),  # a tie goes to what an array says
        ([*arrays(5), *rows(7, 7, 7)], None, 7, False),
        ([*arrays(5, 7), *rows(7)], None, 7, False),
        ([*arrays(5), *rows(7)], 7, 7, False),
    ],
)
def test_most_arrays_are_believed_and_a_keyword_decides(measurements, stated, value, contradicted):
    facts = Keywords() if stated is None else Keywords(NGROUPS=stated)
    solved = _decide(NGROUPS, measurements, facts)
    assert (solved.value, solved.contradicted) == (value, contradicted)


def test_nothing_is_solved_from_nothing():
    assert _decide(NGROUPS, [], Keywords()) is None
    assert _decide(NGROUPS, [], None) is None


@pytest.mark.parametrize(
    ("measurements", "stated", "origin"),
    [
        (arrays(5, 5), 5, "NGROUPS, A1, A2"),
        (arrays(5, 5), None, "A1, A2"),
        (arrays(5, 5), 7, "A1, A2"),
        (arrays(5, 7, 5), None, "A1, A3"),
        (arrays(5, 5, 5, 5), None, "A1, A2, A3, A4"),
        (arrays(5, 5, 5, 5, 5), None, "A1, A2, A3, 2 more"),
        ([], 5, "NGROUPS"),
    ],
)
def test_the_origin_names_who_agrees(measurements, stated, origin):
    assert _decide(NGROUPS, measurements, Keywords(NGROUPS=stated)).origin == origin


@pytest.mark.parametrize(
    ("value", "stated"), [(5, 5), (5.0, 5), (5.5, None), ("5", None), (True, None), (None, None), (-1, -1), (0, 0)]
)
def test_only_whole_numbers_state_a_length(value, stated):
    found = state(NGROUPS, Keywords(NGROUPS=value))
    assert (found.value if found else None) == stated


@pytest.mark.parametrize(
    ("keywords", "value"),
    [
        ({"INTSTART": 3, "INTEND": 5, "NINTS": 8}, 3),
        ({"NINTS": 8}, 8),
        ({"INTSTART": 3, "NINTS": 8}, 8),
        ({"INTEND": 3, "NINTS": 8}, 8),
        ({"INTSTART": 5, "INTEND": 3, "NINTS": 8}, -1),
    ],
)
def test_a_range_is_believed_before_the_count_of_the_exposure(keywords, value):
    assert state(SYMBOLS["nints"], Keywords(**keywords)).value == value


@pytest.mark.parametrize(("rows", "allowed"), [(32, True), (50, True), (49, False), (51, False)])
def test_frames_with_reference_pixels_may_have_more_rows(rows, allowed):
    stated = state(SYMBOLS["nrows"], Keywords(SUBSIZE2=32, READPATT="NRSIRS2RAPID"))
    assert stated.allows(rows) is allowed
    assert state(SYMBOLS["nrows"], Keywords(SUBSIZE2=32, READPATT="NRSRAPID")).allows(rows) is (rows == 32)
