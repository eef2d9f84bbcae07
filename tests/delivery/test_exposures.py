"""Rules across the files of one exposure, on made files."""

import pytest

from jwstprod_check.delivery.files import RULES, Delivery
from jwstprod_check.delivery.set_rule import Entry
from jwstprod_check.engine.identity import KEYWORDS
from jwstprod_check.findings import FileReport, Identity

EXPOSURE = "jw01234001001_02101_00001_nrca1"
STATED = {
    "EXSEGTOT": 2,
    "CAL_VER": "1.18.0",
    "CRDS_CTX": "jwst_1.pmap",
    "GSC_VER": "GSC242",
    "PROGRAM": "01234",
    "NINTS": 10,
}


def report(suffix="cal", segment=None, folder="", **keywords):
    stated = {**STATED, **keywords}
    identity = Identity(EXPOSURE, suffix, segment, tuple(stated.get(k) for k in KEYWORDS))
    part = f"-seg{segment:03d}" if segment else ""
    path = f"{folder}{EXPOSURE}{part}_{suffix}.fits"
    return FileReport(path, suffix, "structure", {}, (), (), (), identity=identity)


def found(*reports, whole=False):
    delivery = Delivery(whole=whole)
    for one in reports:
        delivery.add(one)
    return [(f.code, str(f.severity), len(f.paths)) for f in delivery.finish()]


def segment(number, start, end, **keywords):
    return report("calints", number, INTSTART=start, INTEND=end, **keywords)


def test_whole_exposure_is_quiet():
    assert found(report("uncal", CAL_VER="1.17.0"), report("rate"), report("cal")) == []
    assert found(segment(1, 1, 5), segment(2, 6, 10)) == []


def test_file_in_two_folders_is_reported_once():
    twice = (report(), report(folder="other/"))
    assert found(*twice) == [("SET001", "warning", 2)]
    assert found(*twice, whole=True) == [("SET001", "error", 2)]


def test_missing_segment_is_reported():
    assert found(segment(1, 1, 5), segment(3, 11, 15, EXSEGTOT=3), whole=True)[0] == ("SET002", "error", 2)
    assert ("SET002", "warning", 2) in found(segment(1, 1, 5, EXSEGTOT=3), segment(3, 11, 15, EXSEGTOT=3))


def test_single_segment_is_reported_only_in_a_whole_set():
    assert found(segment(1, 1, 5)) == []
    assert found(segment(1, 1, 5), whole=True) == [("SET002", "error", 1)]


@pytest.mark.parametrize(("start", "fails"), [(5, True), (6, False), (7, True)])
def test_segments_follow_each_other(start, fails):
    assert (("SET003", "error", 2) in found(segment(1, 1, 5), segment(2, start, 10))) is fails


def test_segments_of_different_totals_are_reported():
    assert ("SET003", "error", 2) in found(segment(1, 1, 5), segment(2, 6, 10, EXSEGTOT=3))


@pytest.mark.parametrize("keyword", ["CAL_VER", "CRDS_CTX"])
def test_mixed_versions_are_a_warning(keyword):
    assert found(report("rate"), report("cal", **{keyword: "other"})) == [("SET004", "warning", 2)]


@pytest.mark.parametrize(("keyword", "value"), [("PROGRAM", "04321"), ("NINTS", 11)])
def test_stages_that_contradict_are_an_error(keyword, value):
    assert found(report("rate"), report("cal", **{keyword: value})) == [("SET005", "error", 2)]


def test_blank_keyword_contradicts_nothing():
    assert found(report("rate"), report("cal", PROGRAM="")) == []


def test_lost_guide_star_catalogue_is_a_warning():
    assert found(report("uncal"), report("cal", GSC_VER=None)) == [("SET006", "warning", 2)]


def test_rules_are_selected_like_any():
    reports = (report("rate"), report("cal", PROGRAM="04321", CAL_VER="2.0"))
    for select, ignore, codes in (
        (("SET004",), (), ["SET004"]),
        ((), ("SET",), []),
        ((), ("stages-contradict",), ["SET004"]),
    ):
        delivery = Delivery(select, ignore)
        for one in reports:
            delivery.add(one)
        assert [f.code for f in delivery.finish()] == codes


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_rule_has_a_manual(rule):
    assert "How to fix: " in rule.manual
    assert "Source: " in rule.manual
    assert rule.title.endswith(".")


def test_entry_reads_integers_only():
    assert Entry("x", report(NINTS=True).identity).number("NINTS") is None
