"""Content of the OIFITS tables, which the default check reads: each rule on both sides of its edges."""

import gzip
import subprocess
import sys
from dataclasses import replace
from math import inf, nan
from struct import pack

import pytest
from builders import edited, index_of, join, split, width_of, with_keywords
from judging import DATA, raw_of

from jwstprod_check import check
from jwstprod_check.make.edits import on, with_rows
from jwstprod_check.rules import all_rules, find_rule
from jwstprod_check.scan import records

FOLDER = DATA / "guidestar_ami"
AVERAGED = "jw01234001001_09301_00001_nis_o013_ami-oi.fits"
EACH = "jw01234001001_09301_00001_nis_o013_amimulti-oi.fits"
NORMALISED = "jw01234-a3001_t001_niriss_f480m-nrm-sub80_aminorm-oi.fits"
FILLED = "jw01234-o013_t001_niriss_f480m-nrm-sub80_ami-oi.fits"
RAW = raw_of(FOLDER / "jwst-3.0.0" / f"{AVERAGED}.gz")
CODES = {r.code for r in all_rules() if "interferometry" in r.traits}
LETTERS = {"I": "h", "J": "i", "E": "f", "D": "d"}
T3, VIS, VIS2, Q4 = "OI_T3", "OI_VIS", "OI_VIS2", "OI_Q4"


def cell(part, name, row, *values):
    """A table with other values in a cell: numbers, or bytes."""
    at = row * part.number("NAXIS1")
    for n in range(1, part.number("TFIELDS") + 1):
        form = part.text(f"TFORM{n}")
        if part.text(f"TTYPE{n}") == name:
            break
        at += width_of(form)
    letter = LETTERS.get(form[-1])
    data = values[0] if letter is None else pack(f">{len(values)}{letter}", *values)
    return replace(part, data=part.data[:at] + data + part.data[at + len(data) :])


def changed(extname, column, *values, row=0, raw=RAW):
    return edited(raw, extname, lambda p: cell(p, column, row, *values))


def column(extname, name, *values, raw=RAW):
    """The file with the same value in every row of a column."""

    def change(part):
        for row in range(part.number("NAXIS2")):
            part = cell(part, name, row, *values)
        return part

    return edited(raw, extname, change)


def flagged(extname, row=0, raw=RAW):
    return changed(extname, "FLAG", b"T", row=row, raw=raw)


@pytest.fixture
def found(verdict):
    def run(raw, name=AVERAGED):
        report = verdict(raw, name)
        assert not [f for f in report.findings if f.code == "TOOL001"]
        return [(f.code, f.extname, f.keyword or f.column) for f in report.findings if f.code in CODES]

    return run


@pytest.mark.parametrize("name", [AVERAGED, EACH, NORMALISED])
def test_files_of_the_steps_are_quiet_and_checked_whole(name, verdict):
    report = verdict(raw_of(FOLDER / "jwst-3.0.0" / f"{name}.gz"), name)
    assert not [f for f in report.findings if f.code in CODES]
    assert not [s for s in report.not_checked if s.code in CODES]


def test_filler_values_of_a_saved_data_model_are_errors(verdict):
    report = verdict(raw_of(FOLDER / "jwst-1.11.4" / f"{FILLED}.gz"), FILLED)
    errors = [(f.code, f.extname, f.column) for f in report.findings if f.code in CODES and f.severity == "error"]
    assert errors == [
        ("TAB032", "OI_ARRAY", "STA_INDEX"),
        ("TAB032", "OI_ARRAY", "STA_NAME"),
        ("TAB033", "OI_T3", "STA_INDEX"),
        ("TAB034", "OI_WAVELENGTH", "EFF_WAVE"),
        ("TAB035", "OI_ARRAY", "FOVTYPE"),
        ("TAB035", "OI_TARGET", "VELTYP"),
        ("TAB035", "OI_TARGET", "VELDEF"),
    ]
    assert {f.code for f in report.findings if f.code in CODES and f.severity == "warning"} == {
        *("TAB046", "TAB047", "TAB050", "TAB051")
    }


ERRORS = [
    *((VIS, n) for n in ("VISAMPERR", "VISPHIERR")),
    (VIS2, "VIS2ERR"),
    *((T3, n) for n in ("T3AMPERR", "T3PHIERR")),
    *((Q4, n) for n in ("Q4AMPERR", "Q4PHIERR")),
    ("OI_ARRAY", "PIST_ERR"),
    *(("OI_TARGET", n) for n in ("RA_ERR", "DEC_ERR", "PMRA_ERR", "PMDEC_ERR", "PARA_ERR")),
]


@pytest.mark.parametrize(("extname", "name"), ERRORS)
def test_negative_error_is_reported(extname, name, found):
    assert found(changed(extname, name, -1e-30)) == [("TAB030", extname, name)]
    assert found(changed(extname, name, 0.0)) == []
    assert found(changed(extname, name, nan)) == []


def test_what_is_flagged_is_left_out(found):
    bad = changed(VIS, "VISAMPERR", -1.0, raw=changed(VIS, "STA_INDEX", 0, 0))
    assert {code for code, _, _ in found(bad)} == {"TAB030", "TAB031"}
    assert found(flagged(VIS, raw=bad)) == []
    assert found(flagged(VIS, row=1, raw=bad)) != []


def test_one_flag_for_each_value_leaves_out_that_value(found):
    each = raw_of(FOLDER / "jwst-3.0.0" / f"{EACH}.gz")

    def flags(marks):
        def change(part):
            at = part.number("TFIELDS")
            width, rows = part.number("NAXIS1"), part.number("NAXIS2")
            data = b"".join(part.data[r * width : (r + 1) * width - 1] + marks for r in range(rows))
            return replace(part.with_card(f"TFORM{at}", "3L").with_card("NAXIS1", width + 2), data=data)

        return change

    bad = changed(VIS2, "VIS2ERR", 0.0, -1.0, 0.0, raw=each)
    shaped = [edited(bad, VIS2, flags(marks)) for marks in (b"FTF", b"TFT")]
    read = [records.records_of(*of(raw, VIS2)) for raw in shaped]
    from jwstprod_check.rules.product.oifits_rows import good_cells, with_unflagged

    assert [[v for _, v in good_cells(with_unflagged(table), "VIS2ERR") if v < 0] for table in read] == [[], [-1.0]]
    assert found(bad, EACH) == [("TAB030", VIS2, "VIS2ERR")]


def of(raw, name):
    """An HDU of a file and its data."""
    from jwstprod_check.fits.walk import read_fits

    parts = split(raw)
    at = index_of(parts, name)
    return read_fits(raw, "x").hdus[at], parts[at].data


@pytest.mark.parametrize("extname", [VIS, VIS2, T3, Q4])
@pytest.mark.parametrize("name", ["TARGET_ID", "STA_INDEX"])
def test_number_below_one_is_reported_and_not_as_an_unknown_one_too(extname, name, found):
    assert found(changed(extname, name, 0, row=4)) == [("TAB031", extname, name)]
    assert found(changed(extname, name, -3, row=4)) == [("TAB031", extname, name)]


def test_number_below_one_in_its_own_table_is_reported_once(found):
    assert found(changed("OI_TARGET", "TARGET_ID", 0)) == [("TAB031", "OI_TARGET", "TARGET_ID")]
    assert found(changed("OI_ARRAY", "STA_INDEX", 0)) == [("TAB031", "OI_ARRAY", "STA_INDEX")]


def test_number_or_name_of_two_rows_is_reported_once(found):
    assert found(changed("OI_ARRAY", "STA_INDEX", 1, row=3)) == [("TAB032", "OI_ARRAY", "STA_INDEX")]
    assert found(changed("OI_ARRAY", "STA_NAME", b"A1".ljust(16), row=3)) == [("TAB032", "OI_ARRAY", "STA_NAME")]
    two = edited(RAW, "OI_TARGET", lambda p: replace(p.with_card("NAXIS2", 2), data=2 * p.data))
    assert found(two) == [("TAB032", "OI_TARGET", "TARGET_ID")]
    assert found(changed("OI_TARGET", "TARGET_ID", 2, row=1, raw=two)) == []


@pytest.mark.parametrize("extname", [VIS, VIS2, T3, Q4])
def test_station_combined_with_itself_is_reported(extname, found):
    assert found(changed(extname, "STA_INDEX", 2, 2)) == [("TAB033", extname, "STA_INDEX")]


def test_unknown_target_is_reported_once_for_a_table(verdict):
    raw = changed(VIS, "TARGET_ID", 9, row=5, raw=changed(VIS, "TARGET_ID", 7, row=3))
    (finding,) = [f for f in verdict(raw, AVERAGED).findings if f.code in CODES]
    assert (finding.code, finding.extname, finding.column, finding.found) == ("TAB022", VIS, "TARGET_ID", "7 and 9")
    assert "2 rows, first in row 4" in finding.message


def test_target_that_the_table_lacks_is_one_finding_of_all_tables(verdict):
    report = verdict(changed("OI_TARGET", "TARGET_ID", 4), AVERAGED)
    (finding,) = [f for f in report.findings if f.code in CODES]
    assert (finding.code, finding.column, finding.count) == ("TAB022", "TARGET_ID", 4)
    assert finding.places == (T3, VIS, VIS2, Q4)


@pytest.mark.parametrize(("extname", "code"), [("OI_ARRAY", "TAB023"), ("OI_TARGET", "TAB022")])
def test_a_table_without_rows_is_one_finding(extname, code, verdict):
    raw = on(extname, lambda p: with_rows(p, 0))(RAW)
    report = verdict(raw, AVERAGED)
    assert [(f.code, f.extname) for f in report.findings if f.severity == "error"] == [("TAB006", extname)]
    assert code in {s.code for s in report.skipped}
    left = verdict(raw, AVERAGED, ignore=("TAB006",))
    assert left.verdict == "unverified"
    assert code in {n.code for n in left.not_checked}


@pytest.mark.parametrize("extname", [VIS, VIS2, T3, Q4])
def test_unknown_station_is_reported(extname, verdict):
    (finding,) = [f for f in verdict(changed(extname, "STA_INDEX", 8, row=20), AVERAGED).findings if f.code in CODES]
    assert (finding.code, finding.extname, finding.found) == ("TAB023", extname, "8")
    assert "first in row 21" in finding.message


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("EFF_WAVE", 4.8, "TAB034"),
        ("EFF_WAVE", nan, "TAB034"),
        ("EFF_WAVE", inf, "TAB034"),
        ("EFF_WAVE", 0.0, "TAB034"),
        ("EFF_WAVE", 0.9e-7, "TAB034"),
        ("EFF_WAVE", 3.1e-5, "TAB034"),
        ("EFF_WAVE", 4.3e-6, "TAB038"),
        ("EFF_WAVE", 4.4e-6, None),
        ("EFF_WAVE", 5.2e-6, None),
        ("EFF_WAVE", 5.3e-6, "TAB038"),
        ("EFF_BAND", 0.0, "TAB037"),
        ("EFF_BAND", nan, "TAB037"),
        ("EFF_BAND", inf, "TAB037"),
        ("EFF_BAND", 4.9e-6, "TAB037"),
        ("EFF_BAND", 4.7e-6, None),
        ("EFF_BAND", 1e-12, None),
    ],
)
def test_wavelength_and_bandwidth(name, value, code, found):
    assert found(changed("OI_WAVELENGTH", name, value)) == ([(code, "OI_WAVELENGTH", name)] if code else [])


@pytest.mark.parametrize("value", [0.11e-6, 29e-6])
def test_wavelength_within_the_range_is_compared_with_the_filter_alone(value, found):
    other = changed("OI_WAVELENGTH", "EFF_BAND", 1e-8, raw=changed("OI_WAVELENGTH", "EFF_WAVE", value))
    assert found(other) == [("TAB038", "OI_WAVELENGTH", "EFF_WAVE")]
    for name in ("CLEAR", "N/A", None):
        assert found(with_keywords(other, FILTER=name)) == []


@pytest.mark.parametrize(
    ("extname", "name", "right", "wrong"),
    [
        ("OI_ARRAY", "FOVTYPE", (b"FWHM  ", b"RADIUS", b"FWHM\0\0"), (b"radius", b"txt6  ", b"      ")),
        ("OI_TARGET", "VELTYP", (b"LSR     ", b"HELIOCEN", b"BARYCENT", b"GEOCENTR", b"TOPOCENT"), (b"LSRK    ",)),
        ("OI_TARGET", "VELDEF", (b"RADIO   ", b"OPTICAL "), (b"UNKNOWN ", b"        ")),
    ],
)
def test_words_of_the_standard(extname, name, right, wrong, found):
    for word in right:
        assert found(changed(extname, name, word)) == []
    for word in wrong:
        assert found(changed(extname, name, word)) == [("TAB035", extname, name)]


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("RAEP0", 360.0, True),
        ("RAEP0", 0.0, True),
        ("RAEP0", 360.1, False),
        ("RAEP0", -0.1, False),
        ("RAEP0", nan, False),
        ("DECEP0", 90.0, True),
        ("DECEP0", -90.0, True),
        ("DECEP0", 90.1, False),
        ("DECEP0", -90.1, False),
    ],
)
def test_position_on_the_sphere(name, value, right, found):
    raw = with_keywords(changed("OI_TARGET", name, value), TARG_RA=None, TARG_DEC=None)
    assert found(raw) == ([] if right else [("TAB036", "OI_TARGET", name)])


def test_position_of_the_header_is_that_of_a_target(found):
    assert found(changed("OI_TARGET", "DECEP0", 43.13 + 0.0099)) == []
    assert found(changed("OI_TARGET", "DECEP0", 43.13 + 0.0101)) == [("TAB050", "OI_TARGET", "RAEP0")]
    two = edited(
        RAW, "OI_TARGET", lambda p: cell(replace(p.with_card("NAXIS2", 2), data=2 * p.data), "TARGET_ID", 1, 2)
    )
    assert found(changed("OI_TARGET", "RAEP0", 10.0, raw=two)) == []
    around = with_keywords(changed("OI_TARGET", "RAEP0", 359.999), TARG_RA=0.001)
    assert found(around) == []


def test_equinox_target_and_their_edges(found):
    assert found(changed("OI_TARGET", "EQUINOX", 1900.0)) == []
    assert found(changed("OI_TARGET", "EQUINOX", 1899.0)) == [("TAB051", "OI_TARGET", "EQUINOX")]
    assert found(changed("OI_TARGET", "EQUINOX", nan)) == [("TAB051", "OI_TARGET", "EQUINOX")]
    assert found(changed("OI_TARGET", "TARGET", b"x".ljust(16))) == []
    for blank in (b" " * 16, b"\0" * 16):
        assert found(changed("OI_TARGET", "TARGET", blank)) == [("TAB049", "OI_TARGET", "TARGET")]


OBSERVABLES = [
    *((VIS, n) for n in ("VISAMP", "VISPHI", "VISAMPERR", "VISPHIERR")),
    *((VIS2, n) for n in ("VIS2DATA", "VIS2ERR")),
    *((T3, n) for n in ("T3AMP", "T3PHI", "T3AMPERR", "T3PHIERR")),
    *((Q4, n) for n in ("Q4AMP", "Q4PHI", "Q4AMPERR", "Q4PHIERR")),
]


@pytest.mark.parametrize(("extname", "name"), OBSERVABLES)
def test_infinite_values_and_columns_of_nan_are_reported(extname, name, found):
    assert found(changed(extname, name, inf)) == [("TAB039", extname, name)]
    assert found(flagged(extname, raw=changed(extname, name, inf))) == []
    assert found(column(extname, name, nan)) == [("TAB039", extname, name)]
    assert found(changed(extname, name, 1.0, raw=column(extname, name, nan))) == []


def test_values_that_steps_write_are_quiet(found):
    raw = column(VIS2, "VIS2DATA", -0.5, raw=column(VIS, "VISAMP", 3.0, raw=column(VIS, "VISPHI", 270.0)))
    assert found(column(VIS, "VISAMPERR", 0.0, raw=raw)) == []
    assert found(column(VIS, "FLAG", b"T")) == []


@pytest.mark.parametrize(("name", "value"), [("TIME", 1.0), ("INT_TIME", -1.0), ("MJD", 1.0)])
def test_a_measurement_is_named_by_its_row_counted_from_1(verdict, name, value):
    report = verdict(changed(VIS, name, value, row=2), AVERAGED)
    (finding,) = [f for f in report.findings if f.code in CODES]
    assert "in row 3" in finding.message


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("MJD", 59688.6, None),
        ("MJD", 59688.4, "TAB046"),
        ("MJD", 59692.5, None),
        ("MJD", 59692.6, "TAB046"),
        ("MJD", 2459690.5, "TAB046"),
        ("MJD", nan, "TAB046"),
        ("TIME", 1.0, "TAB047"),
        ("INT_TIME", 0.0, None),
        ("INT_TIME", -1.0, "TAB048"),
    ],
)
@pytest.mark.parametrize("extname", [VIS, VIS2, T3, Q4])
def test_times_of_a_measurement(extname, name, value, code, found):
    assert found(changed(extname, name, value)) == ([(code, extname, name)] if code else [])
    assert found(flagged(extname, raw=changed(extname, name, value))) == []


def test_day_is_compared_with_the_date_where_the_exposure_is_not_stated(verdict):
    without = with_keywords(RAW, EXPSTART=None, EXPEND=None)
    for day, said in ((59688.0, False), (59687.9, True), (59693.0, False), (59693.1, True)):
        report = verdict(changed(VIS, "MJD", day, raw=without), AVERAGED)
        messages = [f.message for f in report.findings if f.code == "TAB046"]
        assert ["DATE-OBS = '2022-04-21'" in m for m in messages] == [True] * said


def test_day_far_from_all_is_one_finding_for_all_tables(verdict):
    raw = RAW
    for extname in (VIS, VIS2, T3, Q4):
        raw = column(extname, "MJD", 50000.0, raw=raw)
    (finding,) = [f for f in verdict(raw, AVERAGED).findings if f.code == "TAB046"]
    assert (finding.count, finding.places) == (4, (T3, VIS, VIS2, Q4))


def test_diameter_is_not_negative(found):
    assert found(changed("OI_ARRAY", "DIAMETER", 0.8)) == []
    assert found(changed("OI_ARRAY", "DIAMETER", -0.8)) == [("TAB048", "OI_ARRAY", "DIAMETER")]


@pytest.mark.parametrize("extname", [VIS, VIS2, T3, Q4])
def test_date_of_a_table_is_that_of_the_file(extname, found):
    assert found(with_keywords(RAW, extname, DATE_OBS="2022-04-22")) == [("KEY090", extname, "DATE-OBS")]
    assert found(with_keywords(RAW, extname, DATE_OBS="2022-04-21T12:20:02")) == []
    assert found(with_keywords(RAW, extname, DATE_OBS="yesterday")) == [("KEY090", extname, "DATE-OBS")]


@pytest.mark.parametrize(("extname", "name", "code"), [(VIS2, "UCOORD", "TAB041"), (T3, "U1COORD", "TAB041")])
def test_baseline_beyond_ten_metres_is_reported_once(extname, name, code, found):
    assert found(changed(extname, name, 5e5)) == [(code, extname, name)]
    assert found(changed(extname, name, 10.1)) == [(code, extname, name)]


def test_baseline_of_ten_metres_is_compared_with_its_stations(found):
    raw = changed(VIS, "VCOORD", 0.0, raw=changed(VIS, "UCOORD", 10.0))
    assert [f[:2] for f in found(raw)] == [("TAB043", VIS)]


def test_baselines_that_are_all_zero_are_reported(found):
    raw = column(VIS2, "UCOORD", 0.0, raw=column(VIS2, "VCOORD", 0.0))
    assert found(raw) == [("TAB041", VIS2, "UCOORD")]


@pytest.mark.parametrize("extname", [VIS, VIS2])
def test_baseline_of_another_length_than_its_stations_is_reported_once(extname, found):
    # The first baseline is 3.4924 m long.
    u, v = 2.61308664912144, 2.3171504132842315
    for factor, right in ((1.05, True), (0.95, True), (1.06, False), (0.94, False)):
        raw = changed(extname, "VCOORD", v * factor, raw=changed(extname, "UCOORD", u * factor))
        assert [f[:2] for f in found(raw) if f[0] == "TAB043"] == ([] if right else [("TAB043", extname)])
        if not right:
            assert len(found(raw)) == 1


def test_station_elsewhere_is_reported_once(found):
    assert found(changed("OI_ARRAY", "STAXYZ", 9.0)) == [("TAB043", VIS, "UCOORD")]


@pytest.mark.parametrize(
    ("extname", "name", "row"),
    [(VIS2, "VCOORD", 20), (T3, "U1COORD", 0), (T3, "V2COORD", 34), (Q4, "U1COORD", 0), (Q4, "V3COORD", 3)],
)
def test_coordinates_unlike_those_of_oi_vis_are_reported_once(extname, name, row, found):
    part = split(RAW)[index_of(split(RAW), extname)]
    value = records.records_of(*of(RAW, extname)).numbers[name][row][0]
    assert part.name == extname
    assert found(changed(extname, name, value + 0.009, row=row)) == []
    assert [f[:2] for f in found(changed(extname, name, value + 0.011, row=row))] == [("TAB042", extname)]


def quad(u, v, row=0):
    return changed(Q4, "U4COORD", u, row=row, raw=changed(Q4, "V4COORD", v, row=row))


@pytest.mark.parametrize("row", [0, 34])
def test_fourth_baseline_of_a_quad_follows_from_the_others(row, found):
    numbers = records.records_of(*of(RAW, Q4)).numbers
    (u1, u2, u3), (v1, v2, v3) = ([numbers[f"{axis}{n}COORD"][row][0] for n in (1, 2, 3)] for axis in "UV")
    to_second = -(u2 + u3), -(v2 + v3)
    to_first = -(u1 + u2 + u3), -(v1 + v2 + v3)
    for u, v in (to_second, to_second[::-1], to_first):
        for shift, right in ((0.009, True), (-0.009, True), (0.011, False), (-0.011, False)):
            wrong = [] if right else [("TAB053", Q4, "U4COORD")]
            assert found(quad(u + shift, v, row)) == wrong
            assert found(quad(u, v + shift, row)) == wrong
    for u, v in (to_first[::-1], (-to_second[0], -to_second[1])):
        assert found(quad(u, v, row)) == [("TAB053", Q4, "U4COORD")]


def test_a_quad_with_another_wrong_baseline_is_reported_once(found):
    assert [f[0] for f in found(changed(Q4, "U2COORD", 9.0, raw=quad(3.0, 3.0)))] == ["TAB042"]


def test_a_flagged_quad_is_not_compared(found):
    assert found(flagged(Q4, raw=quad(3.0, 3.0))) == []


def test_baseline_the_other_way_round_has_the_other_sign(found):
    u, v = 2.61308664912144, 2.3171504132842315
    turned = changed(VIS, "STA_INDEX", 2, 1, raw=changed(VIS, "UCOORD", -u, raw=changed(VIS, "VCOORD", -v)))
    assert found(turned) == []
    assert [f[:2] for f in found(changed(VIS, "STA_INDEX", 2, 1))] == [("TAB042", T3)]


def test_same_stations_twice_are_reported_once(found):
    for extname in (VIS, VIS2):
        assert found(changed(extname, "STA_INDEX", 1, 2, row=2)) == [("TAB044", extname, "STA_INDEX")]
        assert found(changed(extname, "STA_INDEX", 2, 1, row=2)) == [("TAB044", extname, "STA_INDEX")]
        later = changed(extname, "MJD", 59690.5, row=2, raw=changed(extname, "STA_INDEX", 1, 2, row=2))
        assert [f[0] for f in found(later)] == ["TAB043"]
    assert found(changed(T3, "STA_INDEX", 1, 2, 3, row=2)) == [("TAB044", T3, "STA_INDEX")]


def test_triangle_that_does_not_close_is_reported(found):
    # Row 6 is the baseline of the first and the last station, which is no first or second side of a triangle.
    u, v = (records.records_of(*of(RAW, VIS)).numbers[n][5][0] for n in ("UCOORD", "VCOORD"))
    for shift, right in ((0.009, True), (0.011, False)):
        raw = RAW
        for extname in (VIS, VIS2):
            raw = changed(extname, "UCOORD", u + shift, row=5, raw=changed(extname, "VCOORD", v, row=5, raw=raw))
        assert found(raw) == ([] if right else [("TAB045", T3, "U1COORD")])
    assert [f[0] for f in found(changed(VIS, "UCOORD", u + 0.011, row=5))] == ["TAB042"]


@pytest.mark.parametrize(
    ("extname", "name", "unit", "right"),
    [
        ("OI_WAVELENGTH", "EFF_WAVE", "m", True),
        ("OI_WAVELENGTH", "EFF_WAVE", "um", False),
        (VIS, "UCOORD", "m", True),
        (VIS, "UCOORD", "1/rad", False),
        *((VIS, "INT_TIME", unit, True) for unit in ("s", "sec", "second", "seconds", "Seconds")),
        *((VIS, "MJD", unit, True) for unit in ("d", "day", "days")),
        *((VIS, "VCOORD", unit, True) for unit in ("meter", "meters", "metre", "metres")),
        *((VIS, "INT_TIME", unit, False) for unit in ("min", "ms", "d")),
        (VIS, "MJD", "s", False),
        (T3, "T3PHI", "deg", True),
        (T3, "T3PHI", "degree", True),
        (T3, "T3PHI", "degrees", True),
        (T3, "T3PHI", "rad", False),
        ("OI_TARGET", "EQUINOX", "yr", True),
        ("OI_TARGET", "PMRA", "mas/yr", False),
        ("OI_TARGET", "PMRA", "deg/yr", True),
        (VIS, "VISAMP", "Jy", True),
    ],
)
def test_units_where_they_are_written(extname, name, unit, right, found):
    def change(part):
        at = next(n for n in range(1, part.number("TFIELDS") + 1) if part.text(f"TTYPE{n}") == name)
        return part.with_card(f"TUNIT{at}", unit)

    assert [f[0] for f in found(edited(RAW, extname, change))] == ([] if right else ["TAB052"])


def test_table_beyond_the_bound_is_not_checked_and_said(verdict, monkeypatch):
    monkeypatch.setattr(records, "MOST", 5000)
    report = verdict(changed(VIS2, "VIS2ERR", -1.0), AVERAGED)
    reasons = {s.reason for s in report.not_checked if s.code == "TAB030"}
    assert "OI_Q4 was not read: its 4585 bytes exceed the bound of 5000 for the tables of a file" in reasons
    # 756 + 134 + 3395 bytes are read before OI_VIS of 1659.
    assert not [r for r in reasons if r.startswith(("OI_ARRAY", "OI_TARGET", "OI_T3"))]


def test_packed_file_is_reached_up_to_a_bound(tmp_path, monkeypatch):
    path = tmp_path / f"{AVERAGED}.gz"
    path.write_bytes(gzip.compress(changed(VIS2, "VIS2ERR", -1.0)))
    for data in (False, True):
        assert [f.code for f in check(path, data=data).findings if f.code in CODES] == ["TAB030"]
    monkeypatch.setattr(records, "REACH", 10000)
    report = check(path)
    assert not [f for f in report.findings if f.code in CODES]
    assert [s for s in report.not_checked if s.code == "TAB030"]


def test_nothing_but_headers_is_read_of_other_products(monkeypatch, data):
    def forbidden(*_):
        raise AssertionError

    monkeypatch.setattr(records, "read_tables", forbidden)
    for path in (
        *(data / "good" / "jwst-3.0.0").glob("*.fits"),
        FOLDER / "jwst-3.0.0" / "jw01234001001_09202_00001_nis_ami.fits.gz",
    ):
        assert not [f for f in check(path).findings if f.code == "TOOL001"]


def test_file_without_its_bytes_is_not_checked_and_said():
    from judging import CATALOGUE

    from jwstprod_check.config import Options
    from jwstprod_check.engine.run import run_rules
    from jwstprod_check.fits.walk import read_fits
    from jwstprod_check.product import identify

    file = read_fits(RAW, AVERAGED)
    report = run_rules(file, identify(file, CATALOGUE, base=AVERAGED), CATALOGUE, Options())
    assert "OI_VIS was not read: only headers were given" in {s.reason for s in report.not_checked}


def test_what_the_content_says_is_not_remembered_for_other_files(verdict):
    bad = changed(VIS2, "VIS2ERR", -1.0)
    right = [verdict(RAW, AVERAGED) for _ in range(6)]
    assert not [f for report in right for f in report.findings if f.code in CODES]
    assert [f.code for f in verdict(bad, AVERAGED).findings if f.code in CODES] == ["TAB030"]


def test_damaged_layout_is_the_finding_of_another_rule(found, verdict):
    shorter = edited(RAW, VIS, lambda p: p.with_card("NAXIS1", p.number("NAXIS1") + 8))
    report = verdict(shorter, AVERAGED)
    assert not [f for f in report.findings if f.code in CODES]
    assert [f for f in report.findings if f.severity == "error"]
    parts = split(RAW)
    del parts[index_of(parts, "OI_WAVELENGTH")]
    assert found(join(parts)) == []


@pytest.mark.parametrize("code", sorted(CODES))
def test_rules_have_a_whole_manual(code):
    manual = find_rule(code).manual
    assert manual.partition("\n")[0].endswith(".")
    assert "\nHow to fix: " in manual
    assert "\nSource: " in manual


def test_tables_are_read_without_numpy():
    program = "import sys; from jwstprod_check import check; check(sys.argv[1]); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", program, FOLDER / "jwst-3.0.0" / f"{AVERAGED}.gz"], check=True)
