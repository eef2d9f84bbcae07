"""DATA006 and DATA007: blocks that were lost and planes without a measurement."""

import numpy as np
import pytest
from builders import image, primary
from scanning import findings, floats, noise, one

NAN, INF = float("nan"), float("inf")
PLANE = (64, 64)


class TestNulBlocks:
    AXES = (64, 64, 6)

    def cube(self, *runs, bitpix=-32):
        dtype = ">f4" if bitpix == -32 else ">i2"
        raw = bytearray(noise(*self.AXES).astype(dtype).tobytes())
        for start, end in runs:
            raw[start:end] = bytes(end - start)
        return [primary(), image("SCI", self.AXES, bitpix, bytes(raw))]

    def test_lost_blocks_are_found(self):
        found = one(self.cube((2880 * 3, 2880 * 5)), "DATA006", "rate")
        assert (found.hdu, found.severity) == (1, "warning")
        assert "5760 bytes in 1 run" in found.message
        # 2880 bytes of the primary, 2880 of the header, then three blocks: pixel 2160 of rows of 64.
        assert f"at byte {2880 * 5} of the file, pixel (49,34,1)" in found.message
        assert found.offset == 2880 * 5

    def test_a_disk_block_is_found(self):
        start = -(2 * 2880) % 4096 + 4096
        axes = (50, 64, 6)
        raw = bytearray(noise(*axes).tobytes())
        raw[start : start + 8192] = bytes(8192)
        assert one([primary(), image("SCI", axes, -32, bytes(raw))], "DATA006", "cal")

    def test_a_lost_second_half_is_found(self):
        size = 64 * 64 * 6 * 4
        found = one(self.cube((2880 * 15, size)), "DATA006", "dark")
        assert "56 % of the array" in found.message
        assert not findings(self.cube((2880 * 15, size)), "DATA007", "dark")

    @pytest.mark.parametrize("product", ["dark", "ramp", "uncal"])
    def test_any_long_run_is_found_in_ramps(self, product):
        assert one(self.cube((1001, 1001 + 6 * 2880)), "DATA006", product)
        assert one(self.cube((1001, 1001 + 6 * 2880), bitpix=16), "DATA006", product)

    @pytest.mark.parametrize("run", [(1000, 1000 + 6 * 2880), (0, 64 * 4 * 30 + 16), (256 * 40, 256 * 60)])
    def test_zero_pixels_of_products_are_quiet(self, run):
        assert not findings(self.cube(run), "DATA006", "wfscmb")

    def test_whole_planes_are_left_to_their_own_rule(self):
        parts = self.cube((64 * 64 * 4, 64 * 64 * 4 * 3))
        assert not findings(parts, "DATA006", "dark")
        assert one(parts, "DATA007", "dark")

    def test_arrays_that_are_all_zero_or_sparse_are_quiet(self):
        assert not findings([primary(), image("SCI", self.AXES, -32)], "DATA006", "dark")
        runs = [(2880 * n, 2880 * n + 2879) for n in range(0, 30, 2)]
        assert not findings(self.cube(*runs), "DATA006", "rate")

    @pytest.mark.parametrize("name", ["GROUPDQ", "ERR", "AREA", "PIXELDQ"])
    def test_other_arrays_are_quiet(self, name):
        parts = [primary(), *(p.with_card("EXTNAME", name) for p in self.cube((2880, 2880 * 9))[1:])]
        assert not findings(parts, "DATA006")


class TestEmptyPlane:
    @pytest.mark.parametrize(("value", "word"), [(0, "zero"), (5, "of one value"), (NAN, "NaN")])
    @pytest.mark.parametrize("axes", [(8, 8, 5, 2), (100, 100, 5, 2)])
    def test_dead_planes_are_counted(self, value, word, axes):
        values = noise(*axes).reshape(10, -1)
        values[[3, 7]] = value
        found = one([primary(), floats("SCI", axes, values)], "DATA007", "ramp")
        assert found.message == f"SCI: 2 of 10 planes are all {word}, first plane (4,1)"
        assert (found.hdu, found.severity) == (1, "warning")

    def test_nan_pixels_do_not_hide_a_zero_plane(self):
        values = np.zeros((2, 64))
        values[0, 3] = NAN
        values[1] = noise(64)
        assert "1 of 2 planes are all zero" in one([primary(), floats("SCI", (8, 8, 2), values)], "DATA007").message

    def test_an_image_without_planes_is_one(self):
        assert (
            one([primary(), floats("SCI", PLANE, np.ones(4096))], "DATA007").message
            == "SCI: every pixel is of one value"
        )

    @pytest.mark.parametrize(
        ("bzero", "stored", "word"), [(32768, -32768, "zero"), (32768, 0, "of one value"), (0, 0, "zero")]
    )
    def test_integers_are_taken_as_readers_see_them(self, bzero, stored, word):
        values = np.full(4096 * 2, stored, ">i2")
        values[:4096] = range(4096)
        part = image("SCI", (64, 64, 2), 16, values.tobytes()).with_card("BZERO", bzero)
        assert one([primary(), part], "DATA007", "uncal").message == f"SCI: 1 of 2 planes are all {word}, first plane 2"

    @pytest.mark.parametrize("product", ["uncal", "ramp"])
    @pytest.mark.parametrize(("value", "word"), [(0, "zero"), (5, "of one value")])
    def test_dead_zero_frames_are_counted(self, product, value, word):
        values = noise(8, 8, 3).reshape(3, -1)
        values[1] = value
        part = floats("ZEROFRAME", (8, 8, 3), values)
        if product == "uncal":
            part = image("ZEROFRAME", (8, 8, 3), 16, (values.round() - 32768).astype(">i2").tobytes())
            part = part.with_card("BZERO", 32768)
        found = one([primary(), part], "DATA007", product)
        assert found.message == f"ZEROFRAME: 1 of 3 planes are all {word}, first plane 2"

    @pytest.mark.parametrize(("product", "value"), [("trapsfilled", 0), ("s3d", NAN), ("i2d", NAN), (None, NAN)])
    def test_planes_that_may_be_empty_are_quiet(self, product, value):
        values = noise(8, 8, 3).reshape(3, -1)
        values[1] = value
        assert not findings([primary(), floats("SCI", (8, 8, 3), values)], "DATA007", product)

    @pytest.mark.parametrize("axes", [(4096,), (7, 9, 3), (1, 1, 50)])
    def test_arrays_without_planes_of_a_size_are_quiet(self, axes):
        assert not findings([primary(), floats("SCI", axes, np.zeros(np.prod(axes)))], "DATA007")
