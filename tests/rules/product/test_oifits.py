"""OIFITS: keywords, cross references, lengths."""

from dataclasses import replace

import pytest
from builders import edited, index_of, join, primary, split, table
from builders import image as made_image
from judging import DATA, raw_of

from jwstprod_check.rules import find_rule

FOLDER = DATA / "guidestar_ami" / "jwst-3.0.0"
AVERAGED = "jw01234001001_09301_00001_nis_o013_ami-oi.fits"
EACH = "jw01234001001_09301_00001_nis_o013_amimulti-oi.fits"
NORMALISED = "jw01234-a3001_t001_niriss_f480m-nrm-sub80_aminorm-oi.fits"
FITTED = "jw01234001001_09301_00001_nis_o013_amilg.fits"
CODES = ("KEY041", "KEY042", "KEY043", "KEY044", "TAB011", "TAB012", "TAB013", "TAB022", "TAB023")
MEASUREMENTS = ["OI_T3", "OI_VIS", "OI_VIS2", "OI_Q4"]
NOT_OIFITS = "jw01234001001_gs-fg_2022111122300_cal.fits"


def with_keyword_in(names, keyword, value, raw=None):
    raw = raw_of(FOLDER / f"{AVERAGED}.gz") if raw is None else raw
    for name in names:
        raw = edited(raw, name, lambda p: p.with_card(keyword, value))
    return raw


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


@pytest.mark.parametrize("name", [AVERAGED, EACH, NORMALISED])
def test_real_files_are_quiet(name, found):
    assert found(raw_of(FOLDER / f"{name}.gz"), name) == []


@pytest.mark.parametrize(
    ("extname", "keyword"),
    [
        *((n, k) for n in MEASUREMENTS for k in ("OI_REVN", "DATE-OBS", "ARRNAME", "INSNAME")),
        *(("OI_ARRAY", k) for k in ("OI_REVN", "ARRNAME", "FRAME", "ARRAYX", "ARRAYY", "ARRAYZ")),
        ("OI_TARGET", "OI_REVN"),
        ("OI_WAVELENGTH", "OI_REVN"),
        ("OI_WAVELENGTH", "INSNAME"),
    ],
)
def test_missing_keyword_of_a_table_is_reported(extname, keyword, found):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), extname, lambda p: p.without_card(keyword))
    assert found(raw) == [("KEY041", extname, keyword)]


@pytest.mark.parametrize("keyword", ["CONTENT", "OBSERVER", "OBJECT", "INSMODE"])
def test_missing_keyword_of_the_primary_is_reported(keyword, found):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), "primary", lambda p: p.without_card(keyword))
    assert found(raw) == [("KEY041", None, keyword)]


def test_empty_name_counts_as_missing(found):
    assert found(with_keyword_in(["OI_VIS"], "INSNAME", "")) == [("KEY041", "OI_VIS", "INSNAME")]


@pytest.mark.parametrize(
    ("extname", "keyword", "value"),
    [
        ("OI_VIS2", "OI_REVN", 1),
        ("OI_T3", "OI_REVN", "2"),
        ("OI_TARGET", "OI_REVN", 2.0),
        ("OI_ARRAY", "FRAME", "SKYE"),
        ("OI_ARRAY", "ARRAYX", "0.0"),
        ("OI_WAVELENGTH", "INSNAME", 5),
        ("primary", "CONTENT", "OIFITS1"),
        ("primary", "INSMODE", True),
    ],
)
def test_wrong_value_is_reported(extname, keyword, value, found):
    assert found(with_keyword_in([extname], keyword, value)) == [
        ("KEY042", None if extname == "primary" else extname, keyword),
    ]


def test_geocentric_frame_and_whole_coordinates_are_right(found):
    raw = with_keyword_in(["OI_ARRAY"], "FRAME", "GEOCENTRIC", with_keyword_in(["OI_ARRAY"], "ARRAYX", 0))
    assert found(raw) == []


def test_quads_may_have_another_revision_as_no_standard_defines_them(found):
    assert found(with_keyword_in(["OI_Q4"], "OI_REVN", 1)) == []


@pytest.mark.parametrize(("keyword", "code"), [("ARRNAME", "KEY043"), ("INSNAME", "KEY044")])
@pytest.mark.parametrize("extname", MEASUREMENTS)
def test_reference_to_nothing_is_reported_where_it_stands(extname, keyword, code, found):
    assert found(with_keyword_in([extname], keyword, "elsewhere")) == [(code, extname, keyword)]


@pytest.mark.parametrize(
    ("keyword", "code", "home"), [("ARRNAME", "KEY043", "OI_ARRAY"), ("INSNAME", "KEY044", "OI_WAVELENGTH")]
)
def test_name_that_no_measurement_uses_is_reported_once_at_its_table(keyword, code, home, found):
    assert found(with_keyword_in([home], keyword, "elsewhere")) == [(code, home, keyword)]


@pytest.mark.parametrize(
    ("keyword", "code", "home"), [("ARRNAME", "KEY043", "OI_ARRAY"), ("INSNAME", "KEY044", "OI_WAVELENGTH")]
)
def test_reference_to_any_of_several_tables_is_right(keyword, code, home, verdict):
    parts = split(with_keyword_in(["OI_VIS"], keyword, "second"))
    at = index_of(parts, home)
    second = parts[at].with_card(keyword, "second")
    report = verdict(join([*parts[: at + 1], second, *parts[at + 1 :]]), AVERAGED)
    assert code not in [f.code for f in report.findings]
    assert code not in [s.code for s in report.skipped]
    third = parts[at].with_card(keyword, "third")
    report = verdict(join([*parts[: at + 1], third, *parts[at + 1 :]]), AVERAGED)
    (finding,) = [f for f in report.findings if f.code == code]
    assert (finding.extname, finding.found) == ("OI_VIS", "'second'")
    assert finding.expected.endswith(" or 'third'")


def test_references_without_the_table_are_skipped_and_said(verdict):
    parts = split(raw_of(FOLDER / f"{AVERAGED}.gz"))
    del parts[index_of(parts, "OI_WAVELENGTH")]
    report = verdict(join(parts), AVERAGED)
    assert [f.code for f in report.findings if f.code in CODES or f.code[:-3] == "HDU"] == ["HDU001"]
    assert [s.code for s in report.skipped if s.code == "KEY044"] == ["KEY044"]


def with_cells(part, name, length):
    """A table with another number of values in the cells of one column of float64."""
    at = next(n for n in range(1, part.number("TFIELDS") + 1) if part.text(f"TTYPE{n}") == name)
    old = int(part.text(f"TFORM{at}")[:-1] or 1)
    width = part.number("NAXIS1") + 8 * (length - old)
    grown = part.with_card(f"TFORM{at}", f"{length}D").without_card(f"TDIM{at}").with_card("NAXIS1", width)
    return replace(grown, data=bytes(width * part.number("NAXIS2")))


@pytest.mark.parametrize(
    ("extname", "name"),
    [
        *(("OI_ARRAY", n) for n in ("PISTONS", "PIST_ERR")),
        *(("OI_VIS", n) for n in ("VISAMP", "VISAMPERR", "VISPHI", "VISPHIERR")),
        *(("OI_VIS2", n) for n in ("VIS2DATA", "VIS2ERR")),
        *(("OI_T3", n) for n in ("T3AMP", "T3AMPERR", "T3PHI", "T3PHIERR")),
        *(("OI_Q4", n) for n in ("Q4AMP", "Q4AMPERR", "Q4PHI", "Q4PHIERR")),
    ],
)
def test_observable_of_another_length_is_reported(extname, name, found, verdict):
    raw = edited(raw_of(FOLDER / f"{EACH}.gz"), extname, lambda p: with_cells(p, name, 2))
    (only,) = [f for f in verdict(raw, EACH).findings if f.code in CODES]
    assert (only.code, only.extname, only.column) == ("TAB011", extname, name)
    assert only.keyword.startswith("TFORM")


def test_observable_of_another_length_in_an_averaged_product_is_a_column_type(found):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), "OI_VIS", lambda p: with_cells(p, "VISPHI", 3))
    assert [f[:2] for f in found(raw)] == [("TAB004", "OI_VIS")]


def with_rows(part, rows):
    width = part.number("NAXIS1")
    return replace(part.with_card("NAXIS2", rows), data=(part.data * (rows + 1))[: rows * width])


@pytest.mark.parametrize("name", [AVERAGED, EACH])
def test_second_wavelength_is_reported(name, found):
    raw = edited(raw_of(FOLDER / f"{name}.gz"), "OI_WAVELENGTH", lambda p: with_rows(p, 2))
    assert found(raw, name) == [("TAB012", "OI_WAVELENGTH", "NAXIS2")]


def test_no_wavelength_is_a_table_of_too_few_rows(found):
    raw = edited(raw_of(FOLDER / f"{AVERAGED}.gz"), "OI_WAVELENGTH", lambda p: with_rows(p, 0))
    assert found(raw) == [("TAB006", "OI_WAVELENGTH", "NAXIS2")]


@pytest.mark.parametrize(
    ("rows", "cell", "keyword"), [(2, 44, "NAXIS2"), (3, 43, "TFORM1"), (44, 2, "TFORM1"), (3, 1, "TFORM1")]
)
def test_lost_coefficients_of_the_fringe_fit_are_reported(rows, cell, keyword, found):
    head = primary(TELESCOP="JWST", DATAMODL="AmiLgFitModel", EXP_TYPE="NIS_AMI")
    images = [made_image(n, (5, 4, 3)) for n in ("CTRD", "N_CTRD", "FIT", "N_FIT", "RESID", "N_RESID")]
    solns = table("SOLNS", [("coeffs", f"{cell}D", 8 * cell)], rows)
    tree = table("ASDF", [("ASDF_METADATA", "10B", 10)])
    assert found(join([head, *images, solns, tree]), FITTED) == [("TAB013", "SOLNS", keyword)]


def test_other_products_are_none_of_its_business(verdict):
    report = verdict(raw_of(FOLDER / f"{NOT_OIFITS}.gz"), NOT_OIFITS)
    assert not [f for f in report.findings if f.code in CODES]


@pytest.mark.parametrize("code", CODES)
def test_rules_have_a_whole_manual(code):
    manual = find_rule(code).manual
    assert manual.partition("\n")[0].endswith(".")
    assert "\nHow to fix: " in manual
    assert "\nSource: " in manual
