"""TAB022 and TAB023: numbers that refer to rows of another table."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from builders import edited, split
from judging import DATA, raw_of

from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.product import identify
from jwstprod_check.rules import find_rule
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Problem, Skip
from jwstprod_check.spec.amend import amend

FOLDER = DATA / "guidestar_ami" / "jwst-3.0.0"
AVERAGED = "jw01234001001_09301_00001_nis_o013_ami-oi.fits"
EACH = "jw01234001001_09301_00001_nis_o013_amimulti-oi.fits"
NORMALISED = "jw01234-a3001_t001_niriss_f480m-nrm-sub80_aminorm-oi.fits"
CODES = ("KEY041", "KEY042", "KEY043", "KEY044", "TAB011", "TAB012", "TAB013", "TAB022", "TAB023")


@pytest.fixture
def found(verdict):
    """Findings of the rules on interferometry and on the tables: code, EXTNAME, keyword or column."""

    def run(raw, name=AVERAGED):
        report = verdict(raw, name)
        return [
            (f.code, f.extname, f.keyword or f.column)
            for f in report.findings
            if (f.code in CODES or f.code[:-3] in ("TAB", "HDU")) and f.severity != "info"
        ]

    return run


def outcomes(code, raw, catalogue, name=AVERAGED, kept=None, without=()):
    """What a rule on values says of a file whose small tables were kept."""
    file = read_fits(raw, name)
    product = identify(file, catalogue, base=name)
    context = Context(file, product, amend(catalogue.spec(product.name), FileFacts(file)), catalogue)
    parts = split(raw)
    tables = {i: p.data for i, p in enumerate(parts) if p.text("XTENSION") == "BINTABLE" and p.name not in without}
    context.__dict__["scan"] = SimpleNamespace(kept=tables if kept is None else kept)
    return list(find_rule(code).check(context))


def with_number(part, row, offset, number):
    at = row * part.number("NAXIS1") + offset
    return replace(part, data=part.data[:at] + number.to_bytes(2, "big", signed=True) + part.data[at + 2 :])


@pytest.mark.parametrize("code", ["TAB022", "TAB023"])
@pytest.mark.parametrize("name", [AVERAGED, EACH, NORMALISED])
def test_values_of_real_files_are_right(code, name, catalogue):
    assert outcomes(code, raw_of(FOLDER / f"{name}.gz"), catalogue, name) == []


def test_unknown_target_is_reported_once_for_a_table(catalogue):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), "OI_VIS", lambda p: with_number(with_number(p, 3, 0, 7), 5, 0, 9))
    (problem,) = outcomes("TAB022", raw, catalogue)
    assert isinstance(problem, Problem)
    assert (problem.hdu.name, problem.column, problem.found) == ("OI_VIS", "TARGET_ID", "7 and 9")
    assert "2 rows, first in row 4" in problem.message


def test_target_that_the_table_lacks_is_reported_for_each_table(catalogue):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), "OI_TARGET", lambda p: with_number(p, 0, 0, 4))
    found = outcomes("TAB022", raw, catalogue)
    assert [p.hdu.name for p in found] == ["OI_T3", "OI_VIS", "OI_VIS2", "OI_Q4"]


@pytest.mark.parametrize(("extname", "offset"), [("OI_VIS", 76), ("OI_VIS2", 60), ("OI_T3", 94), ("OI_Q4", 128)])
def test_unknown_station_is_reported(extname, offset, catalogue):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), extname, lambda p: with_number(p, 20, offset, -3))
    (problem,) = outcomes("TAB023", raw, catalogue)
    assert (problem.hdu.name, problem.column, problem.found) == (extname, "STA_INDEX", "-3")
    assert "first in row 21" in problem.message


@pytest.mark.parametrize(("code", "home"), [("TAB022", "OI_TARGET"), ("TAB023", "OI_ARRAY")])
def test_table_that_was_not_kept_is_skipped_and_said(code, home, catalogue):
    (whole,) = outcomes(code, raw_of(FOLDER / f"{AVERAGED}.gz"), catalogue, without=(home,))
    assert isinstance(whole, Skip)
    assert home in whole.reason
    (part,) = outcomes(code, raw_of(FOLDER / f"{AVERAGED}.gz"), catalogue, without=("OI_T3",))
    assert isinstance(part, Skip)
    assert "OI_T3" in part.reason


@pytest.mark.parametrize("code", ["TAB022", "TAB023"])
def test_without_a_pass_over_the_data_the_rules_say_so(code, catalogue):
    assert all(isinstance(o, Skip) for o in outcomes(code, raw_of(FOLDER / f"{AVERAGED}.gz"), catalogue, kept={}))


@pytest.mark.parametrize("code", ["TAB022", "TAB023"])
def test_bytes_cut_short_are_skipped_and_said(code, catalogue):
    short = {i: p.data[:-1] for i, p in enumerate(split(raw_of(FOLDER / f"{AVERAGED}.gz")))}
    assert all(isinstance(o, Skip) for o in outcomes(code, raw_of(FOLDER / f"{AVERAGED}.gz"), catalogue, kept=short))
