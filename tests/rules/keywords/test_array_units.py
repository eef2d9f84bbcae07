"""KEY060: units of the arrays that belong to one science array."""

import pytest
from builders import edited, image, join, primary
from judging import CATALOGUE, judge_file
from made_files import make

CAL = make("cal", CATALOGUE)


def stated(raw, **units):
    """The file with BUNIT of some arrays, None for none."""
    for name, unit in units.items():
        raw = edited(raw, name, lambda p, u=unit: p.without_card("BUNIT") if u is None else p.with_card("BUNIT", u))
    return raw


def found(raw, product="cal", code="KEY060"):
    return [f for f in judge_file(raw, product=product).findings if f.code == code]


@pytest.mark.parametrize(
    "units",
    [
        {},
        {"SCI": "MJy/sr", "ERR": "MJy/sr", "VAR_POISSON": "(MJy/sr)^2", "VAR_RNOISE": "MJy^2 / sr^2"},
        {"SCI": "MJy/sr", "ERR": "MJy / sr"},
        {"SCI": None, "ERR": "DN/s"},
        {"SCI": "MJy/sr", "ERR": ""},
        {"SCI": "MJy/sr", "ERR": None, "VAR_FLAT": None},
    ],
)
def test_units_that_agree_are_quiet(units):
    assert not found(stated(CAL, **units))


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("ERR", "DN/s", "'MJy/sr'"),
        ("ERR", "(MJy/sr)^2", "'MJy/sr'"),
        ("VAR_POISSON", "MJy/sr", "'(MJy/sr)^2'"),
        ("VAR_RNOISE", "(DN/s)^2", "'(MJy/sr)^2'"),
    ],
)
def test_another_unit_is_a_warning(name, unit, expected):
    (problem,) = found(stated(CAL, SCI="MJy/sr", **{name: unit}))
    assert (problem.severity, problem.extname, problem.keyword, problem.expected) == (
        "warning",
        name,
        "BUNIT",
        expected,
    )


def test_arrays_of_one_extver_belong_together():
    units = [("SCI", 1, "DN/s"), ("SCI", 2, "MJy"), ("ERR", 1, "DN/s"), ("ERR", 2, "DN/s")]
    parts = [image(name, (4, 4), extver=n).with_card("BUNIT", unit) for name, n, unit in units]
    raw = join([primary(DATAMODL="MultiSlitModel", TELESCOP="JWST"), *parts])
    assert [(f.extname, f.extver) for f in found(raw)] == [("ERR", 2)]


def test_a_unit_of_sci_that_is_wrong_is_reported_alone():
    raw = stated(CAL, SCI="DN", ERR="MJy/sr")
    assert found(raw, code="KEY030")
    assert not found(raw)


def test_calibrated_guide_star_images_are_in_counts_per_second():
    raw = make("gs-acq1-cal", CATALOGUE)
    assert not found(stated(raw, SCI="DN/s"), "gs-acq1-cal", "KEY030")
    assert found(stated(raw, SCI="MJy/sr"), "gs-acq1-cal", "KEY030")
