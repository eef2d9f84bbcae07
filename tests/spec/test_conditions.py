"""What a condition can come to, found by trying."""

import pytest

from jwstprod_check.spec.conditions import compared, idle, outcomes
from jwstprod_check.spec.expressions import compile_expression

TYPES = {
    "CAL_VER": "version",
    "DATAMODL": "string",
    "INSTRUME": "string",
    "READPATT": "string",
    "NINTS": "integer",
    "SSTR_NST": "integer",
    "TSOVISIT": "logical",
    "DATE-BEG": "string",
    **{f"K{i}": "integer" for i in range(9)},
}


def condition(text):
    return compile_expression(text, TYPES)


@pytest.mark.parametrize(
    "text",
    [
        'CAL_VER >= "1.18"',
        'CAL_VER < "1.18" and CAL_VER >= "1.17.1"',
        'CAL_VER == "1.18.0.1"',
        "CAL_VER is missing",
        'DATAMODL == "RampModel" or SSTR_NST > 0',
        'DATAMODL not in ["RampModel", "CubeModel"]',
        '"IRS2" in READPATT',
        "NINTS > 100 and NINTS < 102",
        "not (TSOVISIT == True)",
        "not TSOVISIT",
        'present("ERR") and not present("DQ")',
        'keyword("DATE-BEG") is missing',
        "NINTS * 2 > SSTR_NST",
    ],
)
def test_a_condition_that_can_hold_and_can_fail(text):
    assert outcomes(condition(text), TYPES) == {True, False}


@pytest.mark.parametrize(
    "text",
    [
        'CAL_VER >= "1.18" and CAL_VER < "1.17"',
        'CAL_VER > "1.18" and CAL_VER <= "1.18.0"',
        'CAL_VER == "1.18" and CAL_VER is missing',
        'DATAMODL == "RampModel" and DATAMODL == "CubeModel"',
        "NINTS > 5 and NINTS < 5",
        'present("ERR") and not present("ERR")',
        "TSOVISIT == True and TSOVISIT == False",
        "TSOVISIT == 1",
        'INSTRUME == "MIRI" and INSTRUME in ["NIRCAM", "NIRISS"]',
    ],
)
def test_a_condition_that_can_never_hold(text):
    assert outcomes(condition(text), TYPES) == {False}


def test_a_condition_that_always_holds():
    assert outcomes(condition('CAL_VER < "2" or CAL_VER >= "2" or CAL_VER is missing'), TYPES) == {True}
    assert outcomes(None, TYPES) == {True}


def test_fixed_values_narrow_what_a_condition_can_come_to():
    text = 'CAL_VER >= "1.18" and DATAMODL == "RampModel"'
    assert outcomes(condition(text), TYPES, {"CAL_VER": ["1.17"]}) == {False}
    assert outcomes(condition(text), TYPES, {"CAL_VER": ["3.0"], "DATAMODL": ["RampModel"]}) == {True}
    assert outcomes(condition(text), TYPES, {"CAL_VER": ["3.0"]}) == {True, False}


def test_nothing_is_said_of_a_condition_of_too_many_keywords():
    text = " and ".join(f"K{i} > {i}" for i in range(9)) + " and K0 < 0"
    assert outcomes(condition(text), TYPES) == {True, False}
    assert idle(condition(text), TYPES) == []


def test_a_keyword_that_changes_nothing_is_idle():
    assert idle(condition('CAL_VER >= "2" and (NINTS > 1 or NINTS <= 1 or NINTS is missing)'), TYPES) == ["NINTS"]
    assert idle(condition('CAL_VER >= "2" and NINTS > 1'), TYPES) == []


def test_constants_are_paired_with_the_keyword_that_they_are_compared_with():
    text = 'INSTRUME in ["MIRI", "NIRCAM"] and "IRS2" in READPATT and DATAMODL != "X" and CAL_VER > "1"'
    assert set(compared(condition(text))) == {("INSTRUME", "MIRI"), ("INSTRUME", "NIRCAM"), ("DATAMODL", "X")}
