"""What files share is shared only where they do not differ: no verdict depends on the files checked before."""

import random

import pytest
from builders import edited
from damages import DAMAGES
from judging import CATALOGUE, DARK, judge_file

from jwstprod_check.fits import header_cache as content
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.match import layout

RAW = DARK.read_bytes()
APPLICABLE = [d for d in DAMAGES if d.base is None and not d.products]


def forget():
    for memory in (content._shared, content._shared_outline, layout._shared):
        memory.cache_clear()


def damaged():
    for damage in APPLICABLE:
        try:
            yield damage.name, damage.apply(RAW)
        except (ValueError, StopIteration, LookupError):
            continue


@pytest.mark.parametrize("seed", range(3))
def test_verdict_does_not_depend_on_what_was_checked_before(seed):
    cases = dict(damaged())
    assert len(cases) > 40
    alone = {}
    for name, raw in cases.items():
        forget()
        alone[name] = judge_file(raw, DARK.name).findings
    order = [*cases] * 2
    random.Random(seed).shuffle(order)
    forget()
    for name in order:
        judge_file(RAW, DARK.name)
        assert judge_file(cases[name], DARK.name).findings == alone[name], name


def of(raw):
    file = read_fits(raw)
    facts = FileFacts(file)
    return layout.layout_of(file, CATALOGUE.amended("dark", facts), facts)


def test_files_that_differ_in_other_keywords_share_a_layout():
    first, second = (of(edited(RAW, "primary", lambda p, n=n: p.with_card("EXPOSURE", n))) for n in "12")
    assert first is second


@pytest.mark.parametrize(("keyword", "value"), [("NINTS", 7), ("NGROUPS", 7), ("SUBSIZE1", 7)])
def test_files_that_differ_in_a_dimension_do_not_share_a_layout(keyword, value):
    assert of(RAW) is not of(edited(RAW, "primary", lambda p: p.with_card(keyword, value)))
