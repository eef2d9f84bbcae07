"""The memory of the program: what is kept, how much of it, and that it can be switched off."""

from collections import Counter

import pytest

from jwstprod_check.memo import Memo, NoMemo, Values, by_value, forget

made = Counter()


def double(number):
    made[number] += 1
    return 2 * number


def total(first, second):
    made[first, second] += 1
    return first + second


def two_of(_subject, number):
    return double(number)


@pytest.fixture(autouse=True)
def count():
    made.clear()
    yield
    forget()


def test_a_value_is_derived_once():
    values = Values(double, 10)
    assert [values[n] for n in (1, 2, 1, 1)] == [2, 4, 2, 2]
    assert made == {1: 1, 2: 1}


@pytest.mark.parametrize(("most", "again"), [(3, 1), (2, 2)])
def test_values_begin_anew_where_they_are_full(most, again):
    values = Values(double, most)
    for number in (1, 2, 3, 1):
        assert values[number] == 2 * number
        assert len(values) <= most
    assert made[1] == again


def test_values_are_forgotten():
    values = Values(double, 10)
    assert values[1] == 2
    forget()
    assert not values
    assert (values[1], made[1]) == (2, 2)


def test_nothing_is_kept_without_memory():
    values, doubled, totals, memo = Values(double, 10), by_value(10)(double), by_value(10)(total), Memo()
    assert values[1] == 2
    with NoMemo():
        for _ in range(2):
            assert (values[1], doubled(3), totals(4, 5), memo.get(two_of, None, 6)) == (2, 6, 9, 12)
        assert not values
        assert not memo.known
    assert made == {1: 3, 3: 2, (4, 5): 2, 6: 2}
    for _ in range(2):
        assert (values[1], doubled(3), totals(4, 5), memo.get(two_of, None, 6)) == (2, 6, 9, 12)
    assert made == {1: 4, 3: 3, (4, 5): 3, 6: 3}


@pytest.mark.parametrize(("function", "args"), [(double, (1,)), (total, (1, 2))])
def test_by_value_keeps_the_last_values_of_a_function(function, args):
    kept = by_value(1)(function)
    other = tuple(arg + 10 for arg in args)
    assert [kept(*args), kept(*args), kept(*other), kept(*args)] == [function(*a) for a in (args, args, other, args)]
    # Once for the comparison each time, and twice of its own: the other pushed it out.
    assert made[args if len(args) > 1 else args[0]] == 3 + 2


def test_a_function_inside_another_is_no_key():
    def inner(subject):
        return subject

    with pytest.raises(TypeError, match="no function defined at the top"):
        Memo().get(inner, 1)
