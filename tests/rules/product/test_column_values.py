"""TAB014 to TAB016: cells against the values that a column table allows, shutters and sources of the MSA."""

import pytest
from builders import edited, with_rows
from cells import with_cells
from judging import CATALOGUE
from made_files import make
from scanning import findings, not_checked, one, report

MSA = make("msa", CATALOGUE, strict=True)
NAN = float("nan")
SHUTTERS, SOURCES = "SHUTTER_INFO", "SOURCE_INFO"


def test_made_msa_file_is_quiet():
    assert [f.code for f in report(MSA, "msa").findings if f.severity != "info"] == []


LIMITS = [
    # Table, column, values that are right, values that are not.
    (SHUTTERS, "SHUTTER_STATE", ["OPEN", "CLOSED"], ["open", "AJAR", ""]),
    (SHUTTERS, "BACKGROUND", ["Y", "N"], ["y", "T", ""]),
    (SHUTTERS, "PRIMARY_SOURCE", ["Y", "N"], ["n", "1"]),
    (SHUTTERS, "FIXED_SLIT", ["NONE", "S200A1", "S200A2", "S400A1", "S1600A1"], ["S200", "none"]),
    (SHUTTERS, "SHUTTER_QUADRANT", [1, 4], [0, 5]),
    (SHUTTERS, "SHUTTER_ROW", [1, 365], [0, 366]),
    (SHUTTERS, "SHUTTER_COLUMN", [1, 171], [0, 172]),
    (SHUTTERS, "ESTIMATED_SOURCE_IN_SHUTTER_X", [0.0, 1.0, NAN], [-0.001, 1.001]),
    (SHUTTERS, "ESTIMATED_SOURCE_IN_SHUTTER_Y", [0.0, 1.0, NAN], [-0.001, 1.001]),
    (SOURCES, "RA", [0.0, 360.0, NAN], [-0.001, 360.001]),
    (SOURCES, "DEC", [-90.0, 90.0], [-90.001, 90.001]),
    (SOURCES, "STELLARITY", [-1.0, 0.0, 1.0], [1.001]),
]


@pytest.mark.parametrize(("table", "column", "value"), [(t, c, v) for t, c, right, _ in LIMITS for v in right], ids=str)
def test_value_within_the_limits_is_quiet(table, column, value):
    assert not findings(with_cells(MSA, table, (column, 0, value)), "TAB014", "msa")


@pytest.mark.parametrize(("table", "column", "value"), [(t, c, v) for t, c, _, wrong in LIMITS for v in wrong], ids=str)
def test_value_beyond_the_limits_is_a_warning(table, column, value):
    found = one(with_cells(MSA, table, (column, 0, value)), "TAB014", "msa")
    assert (found.severity, found.extname, found.column) == ("warning", table, column)
    assert "in row 1; expected" in found.message


def test_the_place_of_a_fixed_slit_is_a_placeholder():
    place = [("SHUTTER_QUADRANT", 0, 0), ("SHUTTER_ROW", 0, 0), ("SHUTTER_COLUMN", 0, 0)]
    assert not findings(with_cells(MSA, SHUTTERS, ("FIXED_SLIT", 0, "S200A1"), *place), "TAB014", "msa")
    assert len(findings(with_cells(MSA, SHUTTERS, *place), "TAB014", "msa")) == 3


def test_rows_of_one_column_are_one_finding():
    states = [("SHUTTER_STATE", row, "AJAR") for row in (1, 3)]
    found = one(with_cells(MSA, SHUTTERS, *states, rows=4), "TAB014", "msa")
    assert "SHUTTER_STATE is 'AJAR' in row 2, as 1 more row; expected OPEN or CLOSED" in found.message


class TestPrimaryShutter:
    @staticmethod
    def slitlet(*flags, **columns):
        """Shutters of one slitlet, with other values of some columns by row."""
        cells = [("PRIMARY_SOURCE", row, flag) for row, flag in enumerate(flags)]
        more = [(name, row, value) for name, values in columns.items() for row, value in enumerate(values)]
        return with_cells(MSA, SHUTTERS, *cells, *more, rows=len(flags))

    @pytest.mark.parametrize("flags", ["N", "Y", "NNN", "NYN"])
    def test_none_or_one_is_quiet(self, flags):
        assert not findings(self.slitlet(*flags), "TAB015", "msa")

    @pytest.mark.parametrize("flags", ["YY", "YNY"])
    def test_two_are_a_warning(self, flags):
        found = one(self.slitlet(*flags), "TAB015", "msa")
        assert (found.severity, found.column, found.found) == ("warning", "PRIMARY_SOURCE", "2")
        assert "slitlet 1 has 2 primary shutters in configuration 1, dither position 1" in found.message

    @pytest.mark.parametrize("column", ["SLITLET_ID", "MSA_METADATA_ID", "DITHER_POINT_INDEX"])
    def test_another_slitlet_configuration_or_position_has_its_own(self, column):
        assert not findings(self.slitlet("Y", "Y", **{column: (1, 2)}), "TAB015", "msa")

    def test_fixed_slits_have_no_number_of_a_slitlet(self):
        assert not findings(self.slitlet("Y", "Y", FIXED_SLIT=("S200A1", "S200A2")), "TAB015", "msa")
        found = one(self.slitlet("Y", "Y", FIXED_SLIT=("S200A1", "S200A1")), "TAB015", "msa")
        assert "fixed slit 'S200A1'" in found.message


class TestSources:
    def test_a_source_without_a_row_is_a_warning(self):
        found = one(with_cells(MSA, SHUTTERS, ("SOURCE_ID", 0, 7)), "TAB016", "msa")
        assert (found.severity, found.extname, found.column) == ("warning", SHUTTERS, "SOURCE_ID")
        assert "SOURCE_ID 7 is not in SOURCE_INFO" in found.message

    @pytest.mark.parametrize("number", [0, -1, -42])
    def test_background_and_virtual_slitlets_have_no_row(self, number):
        assert not findings(with_cells(MSA, SHUTTERS, ("SOURCE_ID", 0, number)), "TAB016", "msa")

    def test_two_rows_of_one_source_are_a_warning(self):
        found = one(edited(MSA, SOURCES, lambda p: with_rows(p, 2)), "TAB016", "msa")
        assert (found.extname, found.found) == (SOURCES, "2 rows")
        assert not findings(with_cells(MSA, SOURCES, ("SOURCE_ID", 1, 2), rows=2), "TAB016", "msa")


def test_a_table_that_was_not_kept_is_not_checked(monkeypatch):
    monkeypatch.setattr("jwstprod_check.scan.run.KEEP_TABLE", 10)
    assert not_checked(MSA, "TAB014", "msa") == [
        f"{name} is too large, or could not be read" for name in (SHUTTERS, SOURCES)
    ]
    assert not_checked(MSA, "TAB015", "msa") == ["SHUTTER_INFO is too large, or could not be read"]
    assert len(not_checked(MSA, "TAB016", "msa")) == 2
