"""DATA010, DATA011, DATA012 and DATA014: wavelengths, fluxes and errors of spectra."""

import struct
from dataclasses import replace

import pytest
from builders import card, join, primary, table
from scanning import findings, not_checked, one, report

from jwstprod_check.scan import chunks

NAN = float("nan")


def spectrum(wavelengths, flux=None, error=None, pixels=None, extname="EXTRACT1D", extver=1, code="D"):
    """A table with an element of a spectrum in each row."""
    count = len(wavelengths)
    error_name = "ERROR" if extname == "COMBINE1D" else "FLUX_ERROR"
    columns = {
        "WAVELENGTH": wavelengths,
        "FLUX": flux or [1.0] * count,
        error_name: error or [0.1] * count,
        "NPIXELS": pixels or [3.0] * count,
    }
    width = 8 if code == "D" else 4
    part = table(extname, [(name, code, width) for name in columns], count, extver)
    rows = zip(*columns.values(), strict=True)
    form = ">4d" if code == "D" else ">4f"
    return replace(part, data=b"".join(struct.pack(form, *row) for row in rows))


def spectra(*rows, lengths=None, flux=None, error=None, extname="EXTRACT1D", unsigned=True):
    """A table with a spectrum in the vectors of each row."""
    n = len(rows[0])
    count = len(rows)
    lengths = lengths or [n] * count
    flux = flux or [[1.0] * n] * count
    error = error or [[0.1] * n] * count
    name = "ERROR" if extname == "COMBINE1D" else "FLUX_ERROR"
    wide = f"{n}D"
    columns = [("N_ALONGDISP", "J", 4), ("WAVELENGTH", wide, 8 * n), ("FLUX", wide, 8 * n), (name, wide, 8 * n)]
    part = table(extname, columns, count)
    offset = 2**31 if unsigned else 0
    part = part.after_card("TFORM1", card("TZERO1", offset)) if unsigned else part
    data = b"".join(
        struct.pack(f">i{3 * n}d", lengths[i] - offset, *rows[i], *flux[i], *error[i]) for i in range(count)
    )
    return replace(part, data=data)


def file(*parts):
    return [primary(TELESCOP="JWST"), *parts]


class TestWavelengths:
    @pytest.mark.parametrize(
        "values",
        [
            [1.0, 2.0, 3.0],
            [3.0, 2.0, 1.0],
            [1.0],
            [NAN, 1.0, NAN, 2.0, NAN],
            [NAN, NAN],
            [1.0, 1.0 + 1e-12],
        ],
    )
    @pytest.mark.parametrize("extname", ["EXTRACT1D", "COMBINE1D"])
    def test_values_that_rise_or_fall_are_quiet(self, values, extname):
        assert not findings(file(spectrum(values, extname=extname)), "DATA010")
        assert not findings(file(spectra(values, values, extname=extname)), "DATA010")

    @pytest.mark.parametrize(
        ("values", "step", "row"),
        [
            ([1.0, 2.0, 2.0, 3.0], "2 to 2", 3),
            ([1.0, 2.0, 1.5, 3.0], "2 to 1.5", 3),
            ([3.0, 2.0, 2.5], "2 to 2.5", 3),
            ([1.0, NAN, 2.0, NAN, 1.0], "2 to 1", 5),
            ([1.0, 1.0], "1 to 1", 2),
        ],
    )
    def test_a_step_back_is_a_warning_that_names_row_and_value(self, values, step, row):
        found = one(file(spectrum(values)), "DATA010")
        assert (found.severity, found.column) == ("warning", "WAVELENGTH")
        assert f"WAVELENGTH goes from {step} at row {row}" in found.message
        found = one(file(spectra([1.0] + [NAN] * (len(values) - 1), values)), "DATA010")
        assert f"WAVELENGTH goes from {step} at row 2" in found.message

    @pytest.mark.parametrize("value", [0.0, -1.0])
    def test_a_wavelength_that_is_not_positive_is_a_warning(self, value):
        found = one(file(spectrum([value, 1.0, 2.0])), "DATA010")
        assert f"WAVELENGTH is {value:g} in row 1; a wavelength is positive" in found.message
        assert f"is {value:g} in row 2" in one(file(spectra([1.0, 2.0], [value, 1.0])), "DATA010").message
        assert not findings(file(spectrum([1e-9, 1.0, 2.0])), "DATA010")

    def test_more_rows_are_counted(self):
        found = one(file(spectrum([1.0, 2.0, 1.0, 2.0, 1.0])), "DATA010")
        assert "at row 3, as in 1 more row" in found.message
        found = one(file(spectra([1.0, 1.0], [1.0, 2.0], [2.0, 2.0])), "DATA010")
        assert "at row 1, as in 1 more row" in found.message

    @pytest.mark.parametrize(("length", "fires"), [(3, False), (4, True)])
    @pytest.mark.parametrize("unsigned", [True, False])
    def test_what_lies_beyond_the_length_of_a_row_does_not_count(self, length, fires, unsigned):
        part = spectra([1.0, 2.0, 3.0, 0.0], lengths=[length], unsigned=unsigned)
        assert bool(findings(file(part), "DATA010")) is fires

    def test_the_wavelengths_of_a_cube_are_checked(self):
        def cube(*values):
            part = table("WCS-TABLE", [("wavelength", f"{len(values)}E", 4 * len(values))])
            return replace(part.with_card("TDIM1", f"(1,{len(values)})"), data=struct.pack(f">{len(values)}f", *values))

        assert not findings(file(cube(1.0, 2.0, 3.0)), "DATA010")
        found = one(file(cube(1.0, 3.0, 2.0)), "DATA010")
        assert (found.extname, found.column) == ("WCS-TABLE", "wavelength")

    def test_a_table_longer_than_a_chunk_has_one_order(self, monkeypatch):
        monkeypatch.setattr(chunks, "CHUNK", 2880)
        rising = [1 + i / 1000 for i in range(1000)]
        assert not findings(file(spectrum(rising)), "DATA010")
        falling_once = [*rising[:90], 0.5, *rising[91:]]
        assert "goes from 1.089 to 0.5 at row 91" in one(file(spectrum(falling_once)), "DATA010").message
        assert "at row 91;" in one(file(spectrum([*rising[:90], *rising[89:]])), "DATA010").message

    def test_single_precision_is_read_too(self):
        assert not findings(file(spectrum([1.0, 2.0], code="E")), "DATA010")
        assert one(file(spectrum([2.0, 2.0], code="E")), "DATA010")

    def test_other_tables_are_not_spectra(self):
        assert not findings(file(spectrum([2.0, 2.0], extname="OTHER")), "DATA010")

    def test_several_spectra_of_one_fault_are_one_finding(self):
        parts = [spectrum([2.0, 2.0], extver=n) for n in (1, 2, 3)]
        assert one(file(*parts), "DATA010").count == 3


class TestFlux:
    @pytest.mark.parametrize("flux", [[NAN, 1.0], [0.0, NAN], [0.0, 0.0]])
    def test_a_spectrum_with_a_number_is_quiet(self, flux):
        assert not findings(file(spectrum([1.0, 2.0], flux)), "DATA011")
        assert not findings(file(spectra([1.0, 2.0], flux=[flux])), "DATA011")

    def test_a_spectrum_of_nan_is_a_warning(self):
        found = one(file(spectrum([1.0, 2.0], [NAN, NAN])), "DATA011")
        assert (found.severity, found.column, found.message) == ("warning", "FLUX", "EXTRACT1D: FLUX is NaN throughout")
        rows = [[NAN, NAN], [1.0, NAN], [NAN, NAN]]
        found = one(file(spectra(*[[1.0, 2.0]] * 3, flux=rows)), "DATA011")
        assert found.message == "EXTRACT1D, in row 1 and 1 more row: FLUX is NaN throughout"
        found = one(file(spectra([1.0, 2.0], flux=[[NAN, NAN]])), "DATA011")
        assert found.message == "EXTRACT1D, in every row: FLUX is NaN throughout"

    def test_padding_is_no_flux(self):
        rows = [[NAN, NAN, 5.0]]
        assert findings(file(spectra([1.0, 2.0, 3.0], lengths=[2], flux=rows)), "DATA011")
        assert not findings(file(spectra([1.0, 2.0, 3.0], lengths=[3], flux=rows)), "DATA011")
        assert not findings(file(spectra([1.0, 2.0, 3.0], lengths=[0], flux=rows)), "DATA011")

    @pytest.mark.parametrize(
        ("flux", "error", "fires"),
        [
            ([1.0, 2.0], [0.0, 0.0], True),
            ([0.0, 2.0], [0.0, 0.0], True),
            ([1.0, 2.0], [0.0, 0.1], False),
            ([0.0, 0.0], [0.0, 0.0], False),
            ([NAN, NAN], [0.0, 0.0], False),
            ([1.0, 2.0], [NAN, NAN], False),
        ],
    )
    @pytest.mark.parametrize("extname", ["EXTRACT1D", "COMBINE1D"])
    def test_a_flux_without_an_error_is_a_warning(self, flux, error, fires, extname):
        for part in (
            spectrum([1.0, 2.0], flux, error, extname=extname),
            spectra([1.0, 2.0], flux=[flux], error=[error], extname=extname),
        ):
            found = findings(file(part), "DATA012")
            assert [f.severity for f in found] == (["warning"] if fires else [])

    def test_a_table_without_rows_has_no_spectrum(self):
        for code in ("DATA010", "DATA011", "DATA012"):
            assert not findings(file(spectrum([])), code)


class TestNegative:
    @pytest.mark.parametrize("values", [[0.0, 1.0], [NAN, NAN]])
    def test_zero_and_nan_are_quiet(self, values):
        assert not findings(file(spectrum([1.0, 2.0], error=values, pixels=values)), "DATA014")

    def test_a_negative_error_is_a_warning_that_names_row_and_value(self):
        found = one(file(spectrum([1.0, 2.0, 3.0], error=[0.1, -0.5, -1.0])), "DATA014")
        assert (found.severity, found.column) == ("warning", "FLUX_ERROR")
        assert "FLUX_ERROR is -0.5 in row 2, as in 1 more value" in found.message

    def test_every_column_has_its_own_finding(self):
        found = findings(file(spectrum([1.0, 2.0], error=[-1.0, 1.0], pixels=[1.0, -1.0])), "DATA014")
        assert [f.column for f in found] == ["FLUX_ERROR", "NPIXELS"]

    def test_a_negative_flux_is_right(self):
        assert not findings(file(spectrum([1.0, 2.0], flux=[-1.0, -2.0])), "DATA014")


def test_rows_that_are_too_long_are_skipped(monkeypatch):
    monkeypatch.setattr("jwstprod_check.scan.tables.WIDEST_ROW", 10)
    for code in ("DATA010", "DATA011", "DATA012", "DATA014"):
        assert not_checked(file(spectrum([2.0, 2.0])), code) == [
            "EXTRACT1D: rows of 32 bytes are too long to be checked"
        ]


def test_a_table_that_is_cut_is_not_judged():
    raw = join(file(spectrum([2.0, 1.0, 2.0] * 100)))[:-2880]
    assert [f.code for f in report(raw).findings if f.code == "DATA010"] == []
    assert not_checked(raw, "DATA010")
