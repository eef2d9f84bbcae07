"""What files share is shared only where they do not differ: no verdict depends on the files checked before."""

import gc
import random

import pytest
from damages import DAMAGES
from judging import DARK, judge_file

from jwstprod_check.engine.run import LEARN_FROM
from jwstprod_check.memo import NoMemo, forget

RAW = DARK.read_bytes()
APPLICABLE = [d for d in DAMAGES if d.base is None and not d.products]


def damaged():
    for damage in APPLICABLE:
        try:
            yield damage.name, damage.apply(RAW)
        except (ValueError, StopIteration, LookupError):
            continue


@pytest.fixture(scope="module")
def alone():
    """Report of each damaged file when nothing is remembered."""
    with NoMemo():
        return {name: judge_file(raw, DARK.name).to_dict() for name, raw in damaged()}


@pytest.mark.parametrize("seed", range(3))
def test_report_does_not_depend_on_what_was_checked_before(seed, alone):
    cases = dict(damaged())
    assert len(cases) > 40
    order = [*cases] * 2
    random.Random(seed).shuffle(order)
    forget()
    for _ in range(LEARN_FROM + seed):
        judge_file(RAW, DARK.name)
    for name in order:
        assert judge_file(cases[name], DARK.name).to_dict() == alone[name], name
        judge_file(RAW, DARK.name)


@pytest.mark.parametrize("damage", range(0, 40, 8))
def test_structure_that_was_learned_from_a_damaged_file_serves_the_good_one(damage, alone):
    cases = dict(damaged())
    first = [*cases][damage]
    with NoMemo():
        good = judge_file(RAW, DARK.name).to_dict()
    forget()
    for _ in range(LEARN_FROM + 1):
        judge_file(cases[first], DARK.name)
    assert judge_file(RAW, DARK.name).to_dict() == good
    for name, raw in cases.items():
        assert judge_file(raw, DARK.name).to_dict() == alone[name], name


@pytest.mark.parametrize("count", [1, LEARN_FROM, LEARN_FROM + 1])
def test_a_check_leaves_no_cycles(count):
    """The command line collects cycles only after many objects: until then they would fill the memory."""
    cases = [RAW, *dict(damaged()).values()]
    forget()
    gc.collect()
    gc.disable()
    try:
        for raw in cases:
            for _ in range(count):
                judge_file(raw, DARK.name)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = {type(thing).__qualname__ for thing in gc.garbage if type(thing).__module__.startswith("jwstprod_check")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert left == set()
