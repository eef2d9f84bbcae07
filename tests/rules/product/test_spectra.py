"""TAB017 and TAB018: units and rows of tables of spectra."""

import pytest
from builders import edited, join, split, with_keywords, with_rows
from judging import CATALOGUE, judge_file
from made_files import make

X1D = make("x1d", CATALOGUE)
CALIBRATED = {
    "FLUX": "Jy",
    "FLUX_ERROR": "Jy",
    "FLUX_VAR_POISSON": "Jy^2",
    "SURF_BRIGHT": "MJy/sr",
    "SB_ERROR": "MJy/sr",
    "SB_VAR_FLAT": "(MJy/sr)^2",
    "BACKGROUND": "MJy/sr",
    "BKGD_ERROR": "MJy/sr",
    "BKGD_VAR_RNOISE": "(MJy/sr)^2",
}
COUNTS = {name: unit.replace("MJy/sr", "DN/s").replace("Jy", "DN/s") for name, unit in CALIBRATED.items()}
COUNTS["FLUX_VAR_POISSON"] = "(DN/s)^2"


def in_units(raw, extname="EXTRACT1D", **units):
    """The file with TUNITn of some columns, '' for a blank one, None for none."""

    def change(part):
        for n in range(1, part.number("TFIELDS") + 1):
            name = part.text(f"TTYPE{n}")
            if name in units:
                part = part.without_card(f"TUNIT{n}")
                part = part if units[name] is None else part.with_card(f"TUNIT{n}", units[name])
        return part

    return edited(raw, extname, change)


def found(raw, code, product="x1d"):
    return [f for f in judge_file(raw, product=product).findings if f.code == code]


class TestUnits:
    @pytest.mark.parametrize("units", [{}, CALIBRATED, COUNTS, dict.fromkeys(CALIBRATED, "")])
    def test_documented_units_are_quiet(self, units):
        assert not found(in_units(X1D, **units), "TAB017")

    @pytest.mark.parametrize(
        ("column", "unit", "expected"),
        [
            ("FLUX", "mJy", "Jy or DN/s"),
            ("FLUX", "MJy/sr", "Jy or DN/s"),
            ("FLUX_ERROR", "DN/s", "Jy"),
            ("FLUX_ERROR", "Jy^2", "Jy"),
            ("FLUX_VAR_POISSON", "Jy", "(Jy)^2"),
            ("FLUX_VAR_POISSON", "Jy^3", "(Jy)^2"),
            ("SURF_BRIGHT", "Jy", "MJy/sr or DN/s"),
            ("SB_ERROR", "MJy", "MJy/sr"),
            ("SB_VAR_FLAT", "MJy^2/sr", "(MJy/sr)^2"),
            ("BACKGROUND", "MJy", "MJy/sr or DN/s"),
            ("BKGD_VAR_RNOISE", "MJy/sr", "(MJy/sr)^2"),
        ],
    )
    def test_another_unit_is_a_warning(self, column, unit, expected):
        (problem, *more) = found(in_units(X1D, **(CALIBRATED | {column: unit})), "TAB017")
        assert (problem.severity, problem.column, problem.expected) == ("warning", column, expected)
        # Where the unit of the values is wrong, those of their errors do not agree with it either.
        assert bool(more) is (column in {"FLUX", "SURF_BRIGHT", "BACKGROUND"})

    @pytest.mark.parametrize("unit", ["DN^2 / s^2", "(DN/s)^2", "DN2 s-2", "DN**2/s**2"])
    def test_a_square_may_be_written_in_any_way(self, unit):
        assert not found(in_units(X1D, **(COUNTS | {"FLUX_VAR_POISSON": unit})), "TAB017")

    def test_a_column_without_a_unit_states_none(self):
        assert not found(in_units(X1D, FLUX=None, FLUX_ERROR="DN/s", FLUX_VAR_POISSON="Jy^2"), "TAB017")

    @pytest.mark.parametrize(
        ("units", "step", "wrong"),
        [
            (COUNTS, "COMPLETE", ["BACKGROUND", "FLUX", "SURF_BRIGHT"]),
            (COUNTS, "SKIPPED", []),
            (COUNTS, None, []),
            (CALIBRATED, "COMPLETE", []),
        ],
    )
    def test_calibrated_spectra_are_not_in_counts(self, units, step, wrong):
        problems = found(in_units(with_keywords(X1D, S_PHOTOM=step), **units), "TAB017")
        assert sorted(f.column for f in problems) == wrong
        assert all("S_PHOTOM = 'COMPLETE'" in f.message for f in problems)

    @pytest.mark.parametrize(
        ("product", "extname", "column"),
        [("c1d", "COMBINE1D", "ERROR"), ("x1dints", "EXTRACT1D", "FLUX_ERROR"), ("x1d", "EXTRACT1D", "SB_ERROR")],
    )
    def test_every_table_of_spectra_has_units(self, product, extname, column):
        raw = in_units(make(product, CATALOGUE), extname, **{"FLUX": "Jy", "SURF_BRIGHT": "MJy/sr", column: "s"})
        assert [f.column for f in found(raw, "TAB017", product)] == [column]

    def test_one_unit_in_many_spectra_is_one_finding(self):
        parts = [p.with_card("TUNIT2", "s") if p.name == "EXTRACT1D" else p for p in split(X1D)]
        (problem,) = found(join(parts), "TAB017")
        assert problem.count == 2

    def test_a_unit_that_cannot_be_read_is_another_finding(self):
        raw = in_units(X1D, FLUX="nonsense")
        assert found(raw, "FITS055")
        assert not found(raw, "TAB017")


class TestRows:
    @staticmethod
    def made(rows=None, name=None, **keywords):
        raw = make("x1dints", CATALOGUE, keywords={"CAL_VER": "3.0.0", **keywords}, sets=1)
        raw = raw if rows is None else edited(raw, "EXTRACT1D", lambda p: with_rows(p, rows))
        report = judge_file(raw, name, product="x1dints")
        return [(f.severity, f.expected, f.found) for f in report.findings if f.code == "TAB018"]

    @pytest.mark.parametrize(
        "keywords", [{}, {"NINTS": 4}, {"NINTS": 9, "INTSTART": 2, "INTEND": 4}, {"NINTS": 4, "SSTR_NST": 2}]
    )
    def test_a_row_for_each_integration_is_quiet(self, keywords):
        assert self.made(**keywords) == []

    @pytest.mark.parametrize("rows", [3, 5])
    def test_another_number_of_rows_is_a_warning(self, rows):
        wanted = [("warning", "4 rows", f"{rows} rows")]
        assert self.made(rows, NINTS=4) == wanted
        assert self.made(rows, NINTS=9, INTSTART=2, INTEND=5) == wanted
        assert self.made(rows, NINTS=4, SSTR_NST=2) == []

    @pytest.mark.parametrize(("rows", "fires"), [(2, False), (4, False), (5, True)])
    def test_a_product_of_segments_has_those_of_one_in_a_table(self, rows, fires):
        name = "jw01234-o009_t001_nirspec_f290lp-g395h_x1dints.fits"
        assert self.made(rows, name, NINTS=4) == ([("warning", "at most 4 rows", "5 rows")] if fires else [])

    def test_a_spectrum_with_an_element_a_row_has_other_rows(self):
        assert self.made(7, CAL_VER="1.17.0", NINTS=4) == []
