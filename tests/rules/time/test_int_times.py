"""TIME007 to TIME010: the rows of INT_TIMES."""

from dataclasses import replace

import numpy as np
import pytest
from builders import join, primary, table
from judging import DATA, found

from jwstprod_check.api import check

COLUMNS = [
    ("integration_number", "1J", 4),
    *((f"int_{place}_{scale}", "1D", 8) for scale in ("MJD_UTC", "BJD_TDB") for place in ("start", "mid", "end")),
]
STEP = 0.001


def time_found(first, *hdus):
    return found(join([first, *hdus]), "TIME", data=True)


def int_times(numbers, change=None, columns=COLUMNS):
    """An INT_TIMES table of rows that are 0.001 days long, from MJD 59690.5 on."""
    rows = np.zeros(len(numbers), [(n, ">i4" if f.endswith("J") else ">f8") for n, f, _ in columns])
    rows[columns[0][0]] = numbers
    for scale, first in (("MJD_UTC", 59690.5), ("BJD_TDB", 59690.503)):
        for place, part in (("start", 0.0), ("mid", 0.4), ("end", 0.8)):
            name = f"int_{place}_{scale}"
            if name in (rows.dtype.names or ()):
                rows[name] = first + STEP * (np.arange(len(numbers)) + part)
    if change is not None:
        change(rows)
    return replace(table("INT_TIMES", columns, rows=len(numbers)), data=rows.tobytes())


def exposure(**keywords):
    return primary(**{"EXPSTART": 59690.5, "EXPEND": 59690.5 + 1.0, **keywords})


def set_cell(column, row, value):
    def change(rows):
        rows[column][row] = value

    return change


@pytest.mark.parametrize(
    ("first", "part"),
    [
        (exposure(NINTS=3), int_times([1, 2, 3])),
        (exposure(NINTS=3), int_times([1, 2, 3, 4])),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times([4, 5, 6])),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times([3, 4, 5, 6, 7])),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times(range(1, 10))),
        (exposure(NINTS=9), int_times([])),
        (exposure(), int_times([32767, 32768])),
        (exposure(NINTS=2), int_times([1, 2], lambda r: [r[n].fill(np.nan) for n in r.dtype.names[4:]])),
        (exposure(NINTS=2), int_times([1, 2], columns=COLUMNS[:1])),
        (primary(NINTS=2), int_times([1, 2])),
    ],
)
def test_good_int_times_are_quiet(first, part):
    assert time_found(first, part) == []


@pytest.mark.parametrize(
    ("first", "part", "code", "severity"),
    [
        (exposure(NINTS=3), int_times([1, 2, 4]), "TIME007", "error"),
        (exposure(NINTS=3), int_times([1, 2, 2]), "TIME007", "error"),
        (exposure(), int_times([32766, 32767, -32768]), "TIME007", "error"),
        (exposure(), int_times([32766, 32767, 1]), "TIME007", "error"),
        (exposure(NINTS=9, INTSTART=4, INTEND=6), int_times([1, 2, 3]), "TIME007", "error"),
        (exposure(NINTS=3), int_times([2, 3, 4]), "TIME007", "error"),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_mid_MJD_UTC", 1, 59690.0)), "TIME008", "error"),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_end_BJD_TDB", 0, 0.0)), "TIME008", "error"),
        (
            exposure(NINTS=2),
            int_times([1, 2], lambda r: r.__setitem__(slice(None, None, -1), r.copy())),
            "TIME007",
            "error",
        ),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_mid_MJD_UTC", 1, np.nan)), "TIME009", "warning"),
        (exposure(NINTS=2), int_times([1, 2], set_cell("int_mid_BJD_TDB", 1, np.nan)), "TIME009", "warning"),
        (
            exposure(NINTS=2),
            int_times([1, 2], lambda r: [r[n].fill(np.nan) for n in r.dtype.names[1:]]),
            "TIME009",
            "warning",
        ),
        (exposure(NINTS=2, EXPSTART=59690.502), int_times([1, 2]), "TIME010", "warning"),
        (exposure(NINTS=2, EXPEND=59690.5005), int_times([1, 2]), "TIME010", "warning"),
    ],
)
def test_bad_int_times_are_found_in_their_hdu(first, part, code, severity):
    findings = time_found(first, part)
    assert (findings[0].code, findings[0].severity, findings[0].extname) == (code, severity, "INT_TIMES")
    assert findings[0].column is not None


def test_wrapped_number_is_named():
    (finding,) = time_found(exposure(), int_times([32767, -32768]))
    assert "16-bit" in finding.message


def test_rows_out_of_order_are_counted():
    backwards = int_times(
        [1, 2, 3], lambda r: [r[n].__setitem__(slice(None), r[n][::-1].copy()) for n in r.dtype.names[1:]]
    )
    findings = time_found(exposure(NINTS=3), backwards)
    assert [f.code for f in findings] == ["TIME008", "TIME008"]
    assert "1 more row" in findings[0].message


def test_table_that_does_not_add_up_is_skipped_visibly():
    part = int_times([1, 2]).with_card("TFORM2", "2D")
    report = check(join([exposure(NINTS=2), part]), data=True)
    assert {"TIME007", "TIME008", "TIME009", "TIME010"} <= {s.code for s in report.not_checked}
    assert not [f for f in report.findings if f.code.startswith("TIME")]


def test_real_int_times_have_no_error():
    for path in sorted(DATA.glob("good/*/*.fits*")):
        report = check(str(path), data=True)
        assert {f.code for f in report.findings if f.code.startswith("TIME")} <= {"TIME010"}
        assert not [s for s in report.skipped if s.code.startswith("TIME")]


BARY = [f"int_{place}_BJD_TDB" for place in ("start", "mid", "end")]


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_barycentric_times_that_were_not_computed_are_quiet(value):
    part = int_times([1, 2], lambda rows: [rows[name].fill(value) for name in BARY])
    assert time_found(exposure(NINTS=2), part) == []


def test_one_barycentric_time_that_is_zero_is_found():
    part = int_times([1, 2], set_cell("int_start_BJD_TDB", 1, 0.0))
    assert [f.code for f in time_found(exposure(NINTS=2), part)] == ["TIME008"]


def test_times_that_are_all_zero_are_found():
    names = [name.replace("BJD_TDB", "MJD_UTC") for name in BARY]
    part = int_times([1, 2], lambda rows: [rows[name].fill(0.0) for name in names])
    assert "TIME008" in [f.code for f in time_found(exposure(NINTS=2), part)]


def shifted(seconds):
    """Barycentric times that are UTC and some seconds."""

    def change(rows):
        for place in ("start", "mid", "end"):
            rows[f"int_{place}_BJD_TDB"] = rows[f"int_{place}_MJD_UTC"] + seconds / 86400

    return change


def corrections(seconds, **keywords):
    found_ = time_found(exposure(**keywords), int_times(range(1, 4), shifted(seconds)))
    return [(f.code, str(f.severity)) for f in found_ if f.code == "TIME017"]


@pytest.mark.parametrize(
    ("seconds", "fires"),
    [(69.2, False), (589.1, False), (589.3, True), (-450.7, False), (-450.9, True), (2400000.5 * 86400, True)],
)
def test_barycentric_times_differ_by_the_light_travel_time(seconds, fires):
    assert corrections(seconds) == ([("TIME017", "warning")] if fires else [])


@pytest.mark.parametrize(
    ("said", "fires"),
    [(200.0, False), (204.9, False), (194.9, True), (205.1, True), (269.2, False), (274.1, False), (274.3, True)],
)
def test_the_correction_is_that_of_the_header(said, fires):
    assert corrections(269.2, BARTDELT=said) == ([("TIME017", "warning")] if fires else [])


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_times_that_were_not_computed_have_no_correction(value):
    def change(rows):
        for place in ("start", "mid", "end"):
            rows[f"int_{place}_BJD_TDB"] = value

    raw = time_found(exposure(BARTDELT=100.0), int_times(range(1, 4), change))
    assert "TIME017" not in {f.code for f in raw}
