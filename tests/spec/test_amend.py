"""Amendments change the documented table where real files are known to differ, and nowhere else."""

import pytest
from judging import CATALOGUE

from jwstprod_check.spec.amend import amend


class Facts:
    def __init__(self, **keywords):
        self.keywords = keywords

    def keyword(self, name):
        return self.keywords.get(name)

    def present(self, extname):
        return False


def rows(product, strict=False, **keywords):
    active = amend(CATALOGUE.spec(product), Facts(**keywords), strict)
    return {r.name: r for r in active.rows}, active


@pytest.mark.parametrize(
    ("release", "optional"),
    [
        ("1.4.6", False),
        ("1.9.6", False),
        ("1.17.1", False),
        ("1.18", True),
        ("1.18.1", True),
        ("2.0.1", True),
        ("3.0.0", True),
        (None, False),
    ],
)
def test_err_left_the_dark_in_one_release(release, optional):
    found, _ = rows("dark", CAL_VER=release)
    assert found["ERR"].optional is optional


@pytest.mark.parametrize(("release", "known"), [("1.13.4", False), ("1.14.0", True), ("3.0.0", True)])
def test_average_dark_current_came_with_a_release(release, known):
    found, _ = rows("dark", CAL_VER=release)
    assert ("AVDRKCUR" in found) is known


def test_refout_may_be_what_the_ramp_model_makes_of_it():
    assert rows("dark")[0]["REFOUT"].dtypes == ("uint16", "float32")
    assert rows("dark", strict=True)[0]["REFOUT"].dtypes == ("uint16",)


def test_int_times_may_hold_the_whole_exposure():
    assert rows("dark")[0]["INT_TIMES"].dims.rows.at_least
    assert not rows("dark", strict=True)[0]["INT_TIMES"].dims.rows.at_least


def test_subarray_does_not_size_the_traps():
    symbols = rows("trapsfilled")[1].symbols
    assert (symbols["ncols"].stated, symbols["nrows"].stated) == ((), ())
    assert rows("trapsfilled", strict=True)[1].symbols["ncols"].stated


@pytest.mark.parametrize("keywords", [{"DATAMODL": "SuperstripeRampModel"}, {"SSTR_NST": 4}])
def test_superstripes_have_a_mask_each(keywords):
    found, _ = rows("dark", **keywords)
    assert str(found["PIXELDQ"].dims) == "ncols x nrows x nstripes"
    assert "INT_TIMES_STRIPE" in found


def test_ordinary_darks_have_no_stripes():
    found, _ = rows("dark", SSTR_NST=0, DATAMODL="RampModel")
    assert str(found["PIXELDQ"].dims) == "ncols x nrows"


@pytest.mark.parametrize("product", CATALOGUE.names())
def test_strict_leaves_the_documented_table_as_it_stands(product):
    spec = CATALOGUE.spec(product)
    active = amend(spec, Facts(CAL_VER="3.0.0"), strict=True)
    assert active.rows == spec.rows
    assert active.applied == ()
    assert active.symbols == spec.symbols


def test_added_rows_are_optional_and_not_documented():
    found, _ = rows("dark")
    assert found["MOVING_TARGET_POSITION"].optional
    assert not found["MOVING_TARGET_POSITION"].documented
    assert found["SCI"].documented


def test_rows_keep_their_order():
    for release in ("1.11.4", "3.0.0"):
        found, _ = rows("dark", CAL_VER=release)
        documented = [r.name for r in CATALOGUE.spec("dark").rows]
        assert [n for n in found if n in documented] == documented
