"""No report depends on what was checked before: with all that the program remembers, and with nothing remembered."""

import json
import pickle
import random
from dataclasses import replace

import pytest
import reports
from builders import edited
from judging import CATALOGUE, judge_file
from made_files import make
from reports import cases, whole_report
from shell import python

from jwstprod_check.engine.run import LEARN_FROM


@pytest.fixture(scope="module")
def files():
    found = list(cases())
    assert len({case.label for case in found}) == len(found) > 900
    return found


@pytest.fixture(scope="module")
def remembered_nothing(files, tmp_path_factory):
    """The reports of a process without memory, by label."""
    folder = tmp_path_factory.mktemp("memory")
    source, target = folder / "cases", folder / "reports.ndjson"
    source.write_bytes(pickle.dumps(files))
    done = python(reports.__file__, source, target)
    assert done.returncode == 0, done.stderr
    return dict(map(json.loads, target.read_text().splitlines()))


def in_a_row(files):
    """Each file until its structure has been learnt, and once more."""
    return [case for case in files if not case.reads_data for _ in range(LEARN_FROM + 1)]


def shuffled(files):
    order = list(files)
    random.Random(1).shuffle(order)
    return order


def interleaved(files):
    """Each file after one that is right and before any other, in a random order."""
    draw = random.Random(2)
    headers = [case for case in files if not case.reads_data]
    right = [case for case in headers if case.label.startswith("jwst-")]
    order = draw.sample(headers, len(headers))
    return [case for one in order for case in (draw.choice(right), one, draw.choice(headers))]


def test_a_rule_kept_from_an_hdu_is_observed_as_well():
    """The file that rules are learnt from may be one in which a rule must not look at an HDU."""
    raw = make("ami-oi", CATALOGUE)
    bad = edited(raw, "OI_VIS", lambda p: replace(p, data=bytes(len(p.data))))
    found = [[f.code for f in judge_file(bad, "x_ami-oi.fits").findings] for _ in range(LEARN_FROM + 2)]
    assert all(codes == found[0] for codes in found)
    assert "TOOL001" not in found[0]


def test_reports_are_those_of_a_program_without_memory(files, remembered_nothing):
    # One test for all orders: what they are compared with takes longer than they do, and is made once.
    for order in (in_a_row, shuffled, interleaved):
        differ = {case.label for case in order(files) if whole_report(case) != remembered_nothing[case.label]}
        assert differ == set(), order.__name__
