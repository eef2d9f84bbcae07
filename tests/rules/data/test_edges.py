"""Where a rule on pixels begins to fire: the last value that is right and the first that is not."""

import numpy as np
import pytest
from builders import BLOCK, image, primary
from scanning import findings, flags, floats, noise

NAN = float("nan")


def fires(parts, code, product=None):
    return [str(f.severity) for f in findings(parts, code, product)]


@pytest.mark.parametrize("bit", range(8))
def test_only_bit_4_of_groupdq_is_not_defined(bit):
    parts = [primary(), flags((8, 8), np.full(64, 1 << bit), "GROUPDQ", 8)]
    assert bool(fires(parts, "DATA001")) is (bit == 4)


@pytest.mark.parametrize("bit", [0, 1, 30, 31])
@pytest.mark.parametrize("name", ["DQ", "PIXELDQ"])
def test_every_bit_of_32_is_defined(name, bit):
    assert fires([primary(), flags((8, 8), np.full(64, 1 << bit), name)], "DATA001") == []


@pytest.mark.parametrize("bit", [31, 32, 62, 63])
def test_bits_beyond_32_are_not_defined(bit):
    values = np.full(64, np.uint64(1) << np.uint64(bit)).astype(">u8").view(">i8")
    assert bool(fires([primary(), image("DQ", (8, 8), 64, values.tobytes())], "DATA001")) is (bit > 31)


def unflagged(**keywords):
    values = noise(8, 8)
    values[5] = NAN
    return [primary(**keywords), floats("SCI", (8, 8), values), flags((8, 8), np.zeros(64))]


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("0.99.0", []),
        ("1.9.99", []),
        ("1.15.99", []),
        ("1.16", ["warning"]),
        ("1.16.0", ["warning"]),
        ("1.17.0", ["warning"]),
        ("2.0.0", ["warning"]),
        ("11.0.0", ["warning"]),
    ],
)
def test_nan_and_flags_coincide_since_1_16(release, expected):
    assert fires(unflagged(CAL_VER=release), "DATA002", "rate") == expected


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        *((p, ["error"]) for p in ("cal", "calints", "crf", "crfints")),
        *((p, ["warning"]) for p in ("rate", "rateints")),
        *((p, ["info"]) for p in ("i2d", "s2d")),
        *((p, []) for p in ("uncal", "ramp", "dark")),
    ],
)
def test_steps_vouch_for_calibrated_products_only(product, expected):
    assert fires(unflagged(CAL_VER="1.16.0", S_FLAT="COMPLETE"), "DATA002", product) == expected


def errors(count, different, ratio=9.0):
    """ERR of ``count`` pixels, of which some are not the root of the variance."""
    error = np.ones(count)
    error[:different] = np.sqrt(ratio)
    return [
        primary(CAL_VER="1.18.0", S_RAMP="COMPLETE"),
        floats("ERR", (count, 1), error),
        floats("VAR_POISSON", (count, 1), np.full(count, 0.5)),
        floats("VAR_RNOISE", (count, 1), np.full(count, 0.5)),
    ]


@pytest.mark.parametrize(("count", "found"), [(15, False), (16, True), (17, True)])
def test_errors_are_compared_from_sixteen_pixels_on(count, found):
    assert bool(fires(errors(count, count), "DATA005", "rate")) is found


@pytest.mark.parametrize(("different", "found"), [(10, False), (11, True)])
def test_errors_must_differ_at_more_than_half_of_the_pixels(different, found):
    assert bool(fires(errors(20, different), "DATA005", "rate")) is found


@pytest.mark.parametrize(("ratio", "found"), [(1.0095, False), (1.0105, True), (0.9905, False), (0.9895, True)])
def test_a_hundredth_of_the_variance_is_tolerated(ratio, found):
    assert bool(fires(errors(20, 20, ratio), "DATA005", "rate")) is found


@pytest.mark.parametrize(
    ("product", "found"),
    [
        *((p, True) for p in ("rate", "rateints", "cal", "calints", "crf", "crfints")),
        *((p, False) for p in ("ramp", "i2d", "s2d", "dark")),
    ],
)
def test_errors_are_compared_in_products_that_the_pipeline_fitted(product, found):
    assert bool(fires(errors(20, 20), "DATA005", product)) is found


AXES = (64, 64, 6)
ROW, PLANE = 64 * 4, 64 * 64 * 4


def holed(start, length, bitpix=-32):
    raw = bytearray(noise(*AXES).astype(">f4" if bitpix == -32 else ">i2").tobytes())
    raw[start : start + length] = bytes(length)
    return [primary(), image("SCI", AXES, bitpix, bytes(raw))]


@pytest.mark.parametrize(("blocks", "found"), [(3, False), (4, True)])
@pytest.mark.parametrize("product", ["uncal", "ramp", "dark"])
def test_four_blocks_of_a_ramp_are_lost_wherever_they_begin(product, blocks, found):
    # The zeros begin and end in the middle of a pixel, away from the edge of any block.
    parts = holed(1001, blocks * BLOCK)
    assert bool(fires(parts, "DATA006", product)) is found
    assert fires(parts, "DATA006", "rate") == []


@pytest.mark.parametrize("beyond", [-8, -4, 0, 4])
def test_a_lost_block_ends_at_the_edge_of_a_block(beyond):
    # Bytes of the pixel beside it may be zero by chance, fewer than four.
    assert bool(fires(holed(BLOCK * 3, BLOCK * 2 + beyond), "DATA006", "rate")) is (beyond == 0)
    assert bool(fires(holed(BLOCK * 3 + beyond, BLOCK * 2 - beyond), "DATA006", "rate")) is (beyond == 0)


def test_a_run_at_the_start_or_the_end_of_the_array_needs_one_edge():
    size = PLANE * 6
    assert fires(holed(0, BLOCK * 2), "DATA006", "rate")
    assert fires(holed(BLOCK * 10, size - BLOCK * 10), "DATA006", "rate")
    assert not fires(holed(0, BLOCK * 2 + 8), "DATA006", "rate")
    assert not fires(holed(BLOCK * 10 + 8, size - BLOCK * 10 - 8), "DATA006", "rate")


@pytest.mark.parametrize(("start", "length"), [(PLANE, PLANE * 2), (0, PLANE), (PLANE * 5, PLANE)])
def test_whole_planes_are_no_lost_blocks(start, length):
    assert not fires(holed(start, length), "DATA006", "dark")
    assert fires(holed(start, length), "DATA007", "dark")


@pytest.mark.parametrize(
    ("product", "value", "found"),
    [
        ("trapsfilled", 0, False),
        ("trapsfilled", 5, False),
        ("rate", 0, True),
        ("i2d", 0, True),
        *((p, NAN, False) for p in ("i2d", "s2d", "s3d", None)),
        *((p, NAN, True) for p in ("rate", "cal", "crf", "ramp")),
        (None, 0, True),
        (None, 5, True),
    ],
)
def test_planes_may_be_empty_in_some_products(product, value, found):
    values = noise(8, 8, 3).reshape(3, -1)
    values[1] = value
    assert bool(fires([primary(), floats("SCI", (8, 8, 3), values)], "DATA007", product)) is found


@pytest.mark.parametrize(("count", "found"), [(64, True), (63, False)])
def test_a_plane_is_empty_where_every_pixel_is(count, found):
    values = noise(8, 8, 2)
    values[:count] = 0
    assert bool(fires([primary(), floats("SCI", (8, 8, 2), values)], "DATA007", "rate")) is found


@pytest.mark.parametrize(("value", "found"), [(0.0, False), (-0.0, False), (-1e-30, True), (1e-30, False)])
def test_errors_are_negative_below_zero(value, found):
    values = noise(8, 8)
    values[3] = value
    assert bool(fires([primary(), floats("ERR", (8, 8), values)], "DATA004")) is found


@pytest.mark.parametrize("name", ["SCI", "DQ", "AREA", "VARIANCE"])
def test_other_arrays_than_errors_may_be_negative(name):
    assert not fires([primary(), floats(name, (8, 8), -noise(8, 8))], "DATA004")
