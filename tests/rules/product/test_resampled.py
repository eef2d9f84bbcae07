"""ARR005: planes of the context image and inputs of HDRTAB."""

import pytest
from builders import edited, with_rows
from judging import CATALOGUE, judge_file
from made_files import make


def planes(planes, inputs, product="i2d", **keywords):
    """Findings of ARR005 in a file with some planes and some rows of HDRTAB, None for no HDRTAB."""
    optional = () if inputs is None else ("HDRTAB",)
    raw = make(product, CATALOGUE, symbols={"nplanes": planes}, keywords=keywords, optional=optional)
    raw = raw if inputs is None else edited(raw, "HDRTAB", lambda p: with_rows(p, inputs))
    report = judge_file(raw, product=product)
    return [(f.severity, f.expected, f.found) for f in report.findings if f.code == "ARR005"]


@pytest.mark.parametrize("product", ["i2d", "s2d"])
@pytest.mark.parametrize(("count", "inputs"), [(1, 1), (1, 32), (2, 33), (2, 64), (3, 65), (5, None), (5, 0)])
def test_a_plane_for_32_inputs_is_quiet(count, inputs, product):
    assert planes(count, inputs, product) == []


@pytest.mark.parametrize(("count", "inputs", "want"), [(2, 32, 1), (1, 33, 2), (3, 64, 2), (2, 65, 3)])
def test_another_number_of_planes_is_a_warning(count, inputs, want):
    word = "plane" if want == 1 else "planes"
    found = "1 plane" if count == 1 else f"{count} planes"
    assert planes(count, inputs) == [("warning", f"{want} {word}", found)]


def test_integrations_of_a_coronagraphic_exposure_are_inputs_each():
    assert planes(2, 1, EXP_TYPE="NRC_CORON") == []


def test_the_context_of_old_releases_has_no_planes():
    raw = make("i2d", CATALOGUE, keywords={"CAL_VER": "1.6.2"}, optional=("HDRTAB",))
    raw = edited(raw, "HDRTAB", lambda p: with_rows(p, 40))
    raw = edited(raw, "CON", lambda p: p.resized(*p.axes[:2]))
    assert not [f for f in judge_file(raw, product="i2d").findings if f.code == "ARR005"]
