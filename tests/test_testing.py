"""Help for the tests of others: the assertion, the fixture, selections as strings."""

import pytest
from judging import DARK

from jwstprod_check import check, check_many
from jwstprod_check.testing import assert_conforms

pytest_plugins = ["pytester"]


def test_good_file_is_returned_as_a_report():
    assert assert_conforms(DARK).verdict == "conforming"


def test_bad_file_raises_with_its_findings(tmp_path):
    path = tmp_path / DARK.name
    path.write_text("<html>")
    with pytest.raises(AssertionError, match="FILE002"):
        assert_conforms(path)


def test_fixture_is_found_by_pytest(pytester):
    pytester.makepyfile(f"def test_it(assert_conforms):\n    assert assert_conforms({str(DARK)!r})\n")
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist").assert_outcomes(passed=1)


@pytest.mark.parametrize("codes", ["HDU,ARR", " HDU , ARR ", ["HDU", "ARR"], ("HDU", "ARR")])
def test_codes_are_a_string_or_a_sequence(codes):
    assert check(DARK, select=codes).conforming


def test_codes_that_are_no_strings_are_a_type_error():
    with pytest.raises(TypeError, match="sequence of strings"):
        check(DARK, select=[1])


@pytest.mark.parametrize("executor", [None, 1, 2])
def test_many_files_are_reported_in_order(executor, tmp_path):
    paths = [DARK, tmp_path / "missing.fits", DARK]
    assert [r.verdict for r in check_many(paths, executor=executor)] == ["conforming", "unverified", "conforming"]
