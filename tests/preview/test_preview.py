"""The quick look of ``jwstprod info``: which plane, which pixels, and what is refused."""

import io
import struct
import zlib

import numpy as np
import pytest
from astropy.io import fits
from judging import DARK, DATA
from shell import shell

from jwstprod_check.fits.walk import read_source
from jwstprod_check.preview.draw import caption, in_colour, in_text, png
from jwstprod_check.preview.plane import MAX_READ, MAX_ROW, NoPictureError, limits, picture_of, sampled
from jwstprod_check.storage.backends import open_source

RATE = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02101_00001_nrca1_rate.fits.gz"


def image(height=30, width=40):
    """An image in which each pixel has its own value."""
    return np.arange(height * width, dtype="f4").reshape(height, width)


def flags(height=30, width=40, **boxes):
    array = np.zeros((height, width), "uint32")
    for bits, box in boxes.items():
        array[box] = int(bits.removeprefix("bits"))
    return array


def written(*hdus):
    out = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(out)
    return out.getvalue()


def drawn(target, width=1000, height=1000):
    with open_source(target if isinstance(target, bytes) else str(target)) as source:
        return picture_of(source, read_source(source, "x.fits"), width, height)


def decoded(data):
    """Palette indices and palette of a PNG of 8 bits with no filter, its checksums verified."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + content)
        chunks[name] = content
        at += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:], np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)


def test_pixels_are_those_of_the_image():
    assert np.array_equal(drawn(written(fits.ImageHDU(image(), name="SCI"))).values, image())


@pytest.mark.parametrize("path", [DARK, RATE])
def test_a_real_product_is_drawn_as_astropy_reads_it(path):
    with fits.open(path) as hdus:
        data = hdus["SCI"].data
        expected = data[0, -1] if data.ndim == 4 else data
    assert np.allclose(drawn(path).values, expected, equal_nan=True)


def test_points_are_means_of_finite_pixels():
    data = image(4, 4)
    data[0, 0] = np.nan
    data[2:, 2:] = np.nan
    values = drawn(written(fits.ImageHDU(data, name="SCI")), 2, 2).values
    expected = [[np.nanmean(data[:2, :2]), data[:2, 2:].mean()], [data[2:, :2].mean(), np.nan]]
    assert np.allclose(values, expected, equal_nan=True)


@pytest.mark.parametrize("kind", ["uint16", "uint32", "int16", "uint8", "float64", ">i4"])
def test_scaled_integers_are_what_a_reader_sees(kind):
    data = image().astype(kind)
    assert np.array_equal(drawn(written(fits.ImageHDU(data, name="SCI"))).values, data)


def test_blank_integers_are_nan():
    hdu = fits.ImageHDU(image().astype("i2"), name="SCI")
    hdu.header["BLANK"] = 5
    assert np.isnan(drawn(written(hdu)).values.ravel()[5])


@pytest.mark.parametrize(
    ("shape", "place"), [((3, 5, 30, 40), (0, 4)), ((7, 30, 40), (3,)), ((2, 3, 4, 30, 40), (0, 0, 3))]
)
def test_the_plane_is_the_last_group_of_the_first_integration_or_the_middle_of_a_cube(shape, place):
    data = np.arange(np.prod(shape), dtype="f8").reshape(shape)
    assert np.array_equal(drawn(written(fits.ImageHDU(data, name="SCI"))).values, data[place])


@pytest.mark.parametrize("name", ["DQ", "PIXELDQ"])
def test_pixels_not_to_be_used_are_flagged_and_others_are_not(name):
    box = (slice(3, 6), slice(10, 20))
    dq = flags(bits3=box, bits4=(slice(20, 25), slice(0, 5)))
    picture = drawn(written(fits.ImageHDU(image(), name="SCI"), fits.ImageHDU(dq, name=name)))
    assert np.array_equal(picture.flagged, dq == 3)
    assert picture.share == pytest.approx(30 / 1200)


def test_flags_before_the_image_are_read_too_also_from_gzip():
    import gzip

    dq = flags(bits1=(slice(0, 1), slice(None)))
    raw = written(fits.ImageHDU(dq, name="DQ"), fits.ImageHDU(image(), name="SCI"))
    for target in (raw, gzip.compress(raw)):
        picture = drawn(target)
        assert np.array_equal(picture.values, image())
        assert picture.flagged[0].all()
        assert not picture.flagged[1:].any()


def test_flags_of_another_size_or_version_are_not_drawn():
    small, other = fits.ImageHDU(flags(3, 4), name="DQ"), fits.ImageHDU(flags(), name="DQ", ver=2)
    assert drawn(written(fits.ImageHDU(image(), name="SCI"), small, other)).flagged is None


def test_flags_of_an_illegal_type_are_not_drawn():
    raw = written(fits.ImageHDU(image(), name="SCI"), fits.ImageHDU(flags(), name="DQ"))
    at = raw.rindex(b"BITPIX  =")
    raw = raw[:at] + f"BITPIX  = {328:>20}".encode() + raw[at + 30 :]
    assert drawn(raw).flagged is None


@pytest.mark.parametrize("code", ["RICE_1", "GZIP_2"])
def test_a_compressed_image_is_drawn(code):
    data = (image() * 3).astype("i4")
    hdu = fits.CompImageHDU(np.stack([data, data + 1, data + 2]), name="SCI", compression_type=code)
    assert np.array_equal(drawn(written(hdu)).values, data + 1)


def test_what_a_truncated_file_lacks_is_nan():
    values = drawn(written(fits.ImageHDU(image(), name="SCI"))[: 2880 * 2 + 10 * 160 + 80]).values
    assert np.array_equal(values[:10], image()[:10])
    assert np.isnan(values[10, 20:]).all()
    assert np.isnan(values[11:]).all()


def with_axes(*axes):
    """A file whose SCI declares axes that it does not have."""
    raw = written(fits.ImageHDU(image(), name="SCI"))
    for number, length in enumerate(axes, 1):
        old = raw[2880:].find(f"NAXIS{number}  =".encode()) + 2880
        raw = raw[:old] + f"NAXIS{number}  = {length:>20}".encode() + raw[old + 30 :]
    return raw


@pytest.mark.parametrize(("length", "refused"), [(MAX_ROW // 4, False), (MAX_ROW // 4 + 1, True), (2**60, True)])
def test_rows_beyond_the_bound_are_refused(length, refused):
    raw = with_axes(length, 4)
    if refused:
        with pytest.raises(NoPictureError, match=f"more than {MAX_ROW} are not drawn"):
            drawn(raw, 100, 100)
    else:
        assert drawn(raw, 100, 100).values.shape[1] == 100


def test_an_image_of_any_height_is_sampled():
    assert drawn(with_axes(1024, 2**50), 100, 100).values.shape == (100, 1)


@pytest.mark.parametrize("axes", [(2000, 3000), (20_000, 26_000), (10, 10), (40_000, 4)])
def test_rows_that_are_read_are_bounded_and_in_order(axes):
    with open_source(with_axes(*axes)) as source:
        hdu = read_source(source, "x.fits").hdus[1]
    sampling = sampled(hdu, max(axes) / 100)
    rows = [row for line in sampling.rows for row in line]
    assert rows == sorted(set(rows))
    assert rows[0] == 0
    assert rows[-1] < axes[1]
    assert len(rows) * axes[0] * 4 <= MAX_READ or all(len(line) == 1 for line in sampling.rows)


def test_the_memory_of_a_large_image_does_not_grow_with_it(tmp_path):
    """64 MiB of rows at most are read of an image of 2 GB, a few at a time."""
    import tracemalloc

    path = tmp_path / "big.fits"
    raw = with_axes(20_000, 26_000)
    path.write_bytes(raw[: 2880 * 2])
    with path.open("r+b") as stream:
        stream.truncate(2880 * 2 + 20_000 * 26_000 * 4)
    drawn(RATE, 50, 50)
    tracemalloc.start()
    assert drawn(path, 200, 200).values.shape == (200, 154)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 2**20


@pytest.mark.parametrize(
    "hdus",
    [
        (),
        (fits.ImageHDU(np.zeros(5, "f4"), name="SCI"),),
        (fits.BinTableHDU.from_columns([fits.Column("a", "J", array=[1])], name="SCI"),),
    ],
)
def test_without_an_image_there_is_a_reason(hdus):
    with pytest.raises(NoPictureError, match="no HDU is an image"):
        drawn(written(*hdus))


@pytest.mark.parametrize("fill", [0.0, 5.0, np.nan, np.inf, -1e38])
def test_images_without_contrast_can_be_drawn(fill):
    picture = drawn(written(fits.ImageHDU(np.full((10, 10), fill, "f4"), name="SCI")))
    assert list(in_colour(picture))
    assert list(in_text(picture))
    assert png(picture)
    assert caption(picture, color=True)


def test_png_has_row_1_at_the_bottom_greys_red_and_blue():
    data = image(300, 400)
    data[0, 0] = np.nan
    dq = flags(300, 400, bits1=(slice(299, 300), slice(399, 400)))
    picture = drawn(written(fits.ImageHDU(data, name="SCI"), fits.ImageHDU(dq, name="DQ")))
    points, palette = decoded(png(picture))
    assert points.shape == (300, 400)
    assert palette[points[-1, 0]].tolist() == [0, 0, 135]
    assert palette[points[0, -1]].tolist() == [215, 0, 0]
    low, high = limits(picture.values)
    assert palette[points[-1, 1]].tolist() == [0, 0, 0]
    assert (palette[points[0, 0]] == 255).all()
    assert low < data[150, 200] < high


def test_a_small_image_is_magnified():
    points, _ = decoded(png(drawn(written(fits.ImageHDU(image(8, 16), name="SCI")))))
    assert points.shape == (128, 256)


def test_lines_in_the_terminal_are_as_wide_as_the_picture():
    picture = drawn(RATE, 60, 64)
    assert {len(line) for line in in_text(picture)} == {picture.values.shape[1]}
    assert {line.count("▀") for line in in_colour(picture)} == {picture.values.shape[1]}


def test_preview_on_the_command_line(jwstprod, tmp_path):
    done = jwstprod("info", "--preview", "--png", tmp_path / "a.png", RATE)
    assert done.status == 0
    assert "SCI, 64 x 64 pixels" in done.out
    assert f"written: {tmp_path / 'a.png'}" in done.out
    points, _ = decoded((tmp_path / "a.png").read_bytes())
    assert points.shape == (256, 256)


def test_pngs_of_a_folder_have_the_names_of_the_files(jwstprod, tmp_path):
    folder = tmp_path / "in"
    for name in ("a/x_rate.fits.gz", "b/x_rate.fits.gz"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(RATE.read_bytes())
    done = jwstprod("info", "--png", tmp_path / "out", folder)
    assert done.status == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["x_rate-2.png", "x_rate.png"]


def test_a_file_to_show_is_never_overwritten(jwstprod, tmp_path):
    path = tmp_path / "x_rate.png"
    path.write_bytes(RATE.read_bytes())
    done = jwstprod("info", "--png", path, path)
    assert done.status == 2
    assert "--png" in done.err
    assert path.read_bytes() == RATE.read_bytes()


@pytest.mark.parametrize(
    "args", [("--png", "/nowhere/at/all/x.png", RATE), ("--png", "x.png", RATE, DARK), ("--preview", "--format", "json", RATE)]
)  # fmt: skip
def test_what_cannot_be_written_exits_2(jwstprod, args):
    assert jwstprod("info", *args).status == 2


def test_preview_in_ascii():
    done = shell("info", "--preview", RATE, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "x: DO_NOT_USE" in " ".join(done.stdout.split())
