"""TIME011: the times of spectra."""

import pytest
from cells import with_cells
from judging import CATALOGUE
from made_files import make
from scanning import findings, one

RAW = make("x1dints", CATALOGUE, keywords={"CAL_VER": "3.0.0", "NINTS": 2}, sets=1)
NAN = float("nan")
MJD, TDB = ("MJD-BEG", "MJD-AVG", "MJD-END"), ("TDB-BEG", "TDB-MID", "TDB-END")


def timed(names, *times, row=0):
    return with_cells(RAW, "EXTRACT1D", *[(name, row, time) for name, time in zip(names, times, strict=True)])


@pytest.mark.parametrize("names", [MJD, TDB])
@pytest.mark.parametrize("times", [(1.0, 2.0, 3.0), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (NAN, NAN, NAN), (1.0, NAN, 2.0)])
def test_times_in_order_are_quiet(names, times):
    assert not findings(timed(names, *times), "TIME011", "x1dints")


@pytest.mark.parametrize("names", [MJD, TDB])
@pytest.mark.parametrize("times", [(2.0, 1.9, 3.0), (1.0, 3.0, 2.9), (3.0, NAN, 2.0)])
def test_times_out_of_order_are_a_warning(names, times):
    found = one(timed(names, *times, row=1), "TIME011", "x1dints")
    assert (found.severity, found.column) == ("warning", names[1])
    assert "are not in order in row 2" in found.message
