"""TAB019: numbers of integrations and sources, lengths of spectra."""

import pytest
from cells import with_cells
from judging import CATALOGUE
from made_files import make
from scanning import findings, not_checked, one

EACH = {"CAL_VER": "3.0.0", "NINTS": 3}
X1DINTS = make("x1dints", CATALOGUE, keywords=EACH, sets=1)
SEGMENT = make("x1dints", CATALOGUE, keywords=EACH | {"INTSTART": 4, "INTEND": 6, "NINTS": 9}, sets=1)
WFSS = make("x1d", CATALOGUE, keywords={"CAL_VER": "3.0.0", "DATAMODL": "WFSSMultiSpecModel"}, sets=1)
C1D = make("c1d", CATALOGUE, keywords={"CAL_VER": "3.0.0", "DATAMODL": "WFSSMultiCombinedSpecModel"}, sets=1)


def numbered(raw, *values):
    return with_cells(raw, "EXTRACT1D", *[("INT_NUM", row, value) for row, value in enumerate(values)])


@pytest.mark.parametrize(("raw", "product"), [(X1DINTS, "x1dints"), (SEGMENT, "x1dints"), (WFSS, "x1d"), (C1D, "c1d")])
def test_made_spectra_are_quiet(raw, product):
    assert not findings(raw, "TAB019", product)


class TestIntegrations:
    @pytest.mark.parametrize(("raw", "values"), [(X1DINTS, (1, 2, 3)), (SEGMENT, (4, 5, 6)), (SEGMENT, (4, 6, 7))])
    def test_numbers_within_the_file_are_quiet(self, raw, values):
        assert bool(findings(numbered(raw, *values), "TAB019", "x1dints")) is (7 in values)

    @pytest.mark.parametrize("values", [(0, 1, 2), (2, 3, 4)])
    def test_numbers_beyond_nints_are_a_warning(self, values):
        found = one(numbered(X1DINTS, *values), "TAB019", "x1dints")
        assert (found.severity, found.column, found.expected) == ("warning", "INT_NUM", "1 to 3")
        assert "beyond the integrations 1 to 3 of NINTS" in found.message

    @pytest.mark.parametrize("values", [(3, 4, 5), (5, 6, 7)])
    def test_numbers_beyond_a_segment_are_a_warning(self, values):
        assert "4 to 6 of INTSTART and INTEND" in one(numbered(SEGMENT, *values), "TAB019", "x1dints").message

    @pytest.mark.parametrize(("values", "row"), [((1, 1, 2), 2), ((1, 3, 2), 3), ((3, 2, 1), 2)])
    def test_numbers_that_do_not_rise_are_a_warning(self, values, row):
        found = one(numbered(X1DINTS, *values), "TAB019", "x1dints")
        assert f"at row {row}" in found.message

    def test_stripes_have_numbers_of_their_own(self):
        raw = make("x1dints", CATALOGUE, keywords=EACH | {"SSTR_NST": 2}, sets=1)
        assert not findings(numbered(raw, 1, 1, 2), "TAB019", "x1dints")


class TestLengths:
    @pytest.mark.parametrize(("value", "fires"), [(0, False), (4, False), (5, True)])
    @pytest.mark.parametrize(
        ("raw", "product", "table"),
        [(X1DINTS, "x1dints", "EXTRACT1D"), (WFSS, "x1d", "EXTRACT1D"), (C1D, "c1d", "COMBINE1D")],
    )
    def test_a_length_is_at_most_that_of_the_vectors(self, raw, product, table, value, fires):
        found = findings(with_cells(raw, table, ("N_ALONGDISP", 0, value)), "TAB019", product)
        assert [f.expected for f in found] == (["at most 4"] if fires else [])


class TestSources:
    def test_a_source_appears_once(self):
        twice = with_cells(WFSS, "EXTRACT1D", rows=2)
        found = one(twice, "TAB019", "x1d")
        assert (found.column, found.severity) == ("SOURCE_ID", "warning")
        assert "SOURCE_ID 1 appears in more than one row" in found.message
        assert not findings(with_cells(WFSS, "EXTRACT1D", ("SOURCE_ID", 1, 2), rows=2), "TAB019", "x1d")


def test_the_narrow_columns_of_a_large_table_are_enough(monkeypatch):
    monkeypatch.setattr("jwstprod_check.scan.run.KEEP_TABLE", 500)
    assert not not_checked(X1DINTS, "TAB019", "x1dints")
    assert "at row 3" in one(numbered(X1DINTS, 1, 3, 2), "TAB019", "x1dints").message
    monkeypatch.setattr("jwstprod_check.scan.run.KEEP_TABLE", 50)
    assert not_checked(X1DINTS, "TAB019", "x1dints") == ["EXTRACT1D is too large, or could not be read"]
