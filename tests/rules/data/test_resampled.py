"""DATA013 and DATA015 to DATA017: weights, context images and inputs of resampled images."""

import struct
from dataclasses import replace

import numpy as np
import pytest
from builders import image, primary, table
from scanning import findings, floats, not_checked, one

from jwstprod_check.scan import chunks, pairs, watch

MODEL = {"DATAMODL": "ImageModel", "TELESCOP": "JWST", "CAL_VER": "3.0.0"}


def file(*parts, **keywords):
    return [primary(**(MODEL | keywords)), *parts]


def context(bits, axes=None, extver=1):
    """A context image of a row of pixels in each plane."""
    values = np.asarray(bits, "u4")
    axes = axes or (values.shape[-1], 1, len(values))
    return image("CON", axes, 32, values.astype(">u4").tobytes(), extver)


def weight(values, axes=None, extver=1):
    return floats("WHT", axes or (len(values), 1), values, extver)


def headers(*names):
    """A table of the headers of inputs with these names."""
    part = table("HDRTAB", [("FILENAME", "20A", 20), ("EXPTIME", "D", 8)], len(names))
    data = b"".join(name.encode().ljust(20) + struct.pack(">d", 1.0) for name in names)
    return replace(part, data=data)


class TestNegativeWeights:
    @pytest.mark.parametrize(("name", "product"), [("WHT", "i2d"), ("WMAP", "s3d"), ("WHT", None)])
    def test_a_negative_weight_is_a_warning(self, name, product):
        found = one(file(floats(name, (4, 2), [1, 2, 3, -1, 0, -2, 1, 1])), "DATA013", product)
        assert (found.severity, found.extname) == ("warning", name)
        assert "2 of 8 pixels (25 %) are negative, first at (4,1)" in found.message

    @pytest.mark.parametrize("value", [0.0, float("nan"), float("inf")])
    def test_other_weights_are_quiet(self, value):
        assert not findings(file(floats("WHT", (4, 1), [1, value, 1, 1])), "DATA013")

    def test_other_arrays_may_be_negative(self):
        assert not findings(file(floats("SCI", (4, 1), [-1] * 4)), "DATA013")


class TestBeyondInputs:
    @pytest.mark.parametrize(
        ("bits", "inputs", "beyond"),
        [
            ([[0b11, 0]], 2, None),
            ([[0b111, 0]], 2, "3"),
            ([[2**31, 1]], 32, None),
            ([[2**31, 1]], 31, "32"),
            ([[1, 1], [1, 0]], 33, None),
            ([[1, 1], [2, 0]], 33, "34"),
            ([[1, 1], [6, 0]], 33, "34 and 35"),
        ],
    )
    def test_bits_are_those_of_the_inputs(self, bits, inputs, beyond):
        found = findings(file(context(bits), headers(*[f"{n}" for n in range(inputs)])), "DATA015", "i2d")
        assert [(f.severity, f.found) for f in found] == ([("warning", beyond)] if beyond else [])

    def test_without_headers_any_bit_may_be_set(self):
        assert not findings(file(context([[2**31, 1]])), "DATA015", "i2d")

    def test_integrations_of_a_coronagraphic_exposure_are_inputs_each(self):
        parts = (context([[0b111, 0]]), headers("a"))
        assert findings(file(*parts, EXP_TYPE="NRC_IMAGE"), "DATA015", "i2d")
        assert not findings(file(*parts, EXP_TYPE="MIR_LYOT"), "DATA015", "i2d")


class TestWeightWithoutInput:
    @pytest.mark.parametrize("swapped", [False, True])
    @pytest.mark.parametrize(
        ("bits", "weights", "message"),
        [
            ([[1, 0, 1]], [1, 0, 0], ""),
            ([[1, 0, 1]], [1, 0.5, 1], "1 of 3 pixels (33 %)"),
            ([[0, 0, 0]], [0, 0, 0], ""),
            ([[0, 0, 0]], [1, 1, 1], "3 of 3 pixels (100 %)"),
            ([[0, 0, 1], [1, 1, 0]], [1, 1, 1], ""),
            ([[0, 0, 1], [1, 0, 0]], [1, 1, 1], "1 of 3 pixels (33 %)"),
            ([[0, 1, 1]], [float("nan"), 1, 1], ""),
            ([[0, 1, 1]], [-1, 1, 1], ""),
        ],
    )
    def test_a_pixel_with_a_weight_has_an_input(self, bits, weights, message, swapped):
        parts = [context(bits), weight(weights)]
        found = findings(file(*(reversed(parts) if swapped else parts)), "DATA016", "i2d")
        assert [f.message[: len(message)] for f in found] == ([message] if message else [])

    def test_the_place_of_the_first_is_named(self):
        bits, weights = np.ones((3, 70), "u4"), np.ones(70)
        bits[:, 65] = 0
        parts = [context(bits, (7, 10, 3)), weight(weights, (7, 10))]
        assert "first at (3,10)" in one(file(*parts), "DATA016", "i2d").message

    @pytest.mark.parametrize("swapped", [False, True])
    def test_planes_may_begin_anywhere_in_a_chunk(self, monkeypatch, swapped):
        monkeypatch.setattr(chunks, "CHUNK", 2880)
        monkeypatch.setattr(watch, "PIECE", 512)
        rng = np.random.default_rng(1)
        bits = rng.integers(0, 2, (3, 37 * 41)).astype("u4")
        weights = rng.integers(0, 2, 37 * 41)
        parts = [context(bits, (37, 41, 3)), weight(weights, (37, 41))]
        alone = np.flatnonzero((weights > 0) & ~bits.any(axis=0))
        found = one(file(*(reversed(parts) if swapped else parts)), "DATA016", "i2d")
        assert found.message.startswith(f"{len(alone)} of {37 * 41} pixels")
        assert f"first at ({alone[0] % 37 + 1},{alone[0] // 37 + 1})" in found.message

    @pytest.mark.parametrize(
        "parts",
        [
            [context([[0, 0]]), weight([1, 1, 1])],
            [image("CON", (2, 1), 32, bytes(8)), weight([1, 1])],
            [context([[0, 0]]), weight([1, 1], extver=2)],
            [context([[0, 0]])],
        ],
    )
    def test_arrays_that_do_not_belong_together_are_not_compared(self, parts):
        assert not findings(file(*parts), "DATA016", "i2d")

    def test_arrays_of_one_extver_belong_together(self):
        parts = [p for n in (1, 2) for p in (context([[1, n - 1]], extver=n), weight([1, 1], extver=n))]
        found = one(file(*parts, DATAMODL="MultiSlitModel"), "DATA016", "s2d")
        assert (found.extname, found.extver, found.count) == ("CON", 1, 1)

    def test_what_does_not_fit_the_memory_is_skipped(self, monkeypatch):
        monkeypatch.setattr("jwstprod_check.scan.questions.MAX_BITMAPS", 1)
        parts = [context(np.zeros((1, 64), "u4")), weight([1] * 64)]
        assert not_checked(file(*parts), "DATA016", "i2d") == [f"CON and WHT: {pairs.TOO_LARGE}"]
        assert not findings(file(*parts), "DATA016", "i2d")

    def test_planes_without_end_take_no_memory(self):
        part = context([[1, 1]]).with_axes(2, 1, 2**40)
        assert not findings(file(part, weight([1, 1])), "DATA016", "i2d")


class TestInputTwice:
    def test_an_input_that_is_listed_twice_is_a_warning(self):
        found = one(file(headers("a.fits", "b.fits", "a.fits")), "DATA017", "i2d")
        assert (found.severity, found.column, found.found) == ("warning", "FILENAME", "2 rows")
        assert found.message == "HDRTAB lists 'a.fits' more than once"

    @pytest.mark.parametrize("names", [("a", "b"), ("a",), ("", "")])
    def test_different_inputs_are_quiet(self, names):
        assert not findings(file(headers(*names)), "DATA017", "i2d")

    def test_a_table_without_names_is_quiet(self):
        part = table("HDRTAB", [("EXPTIME", "D", 8)], 2)
        assert not findings(file(part), "DATA017", "i2d")
