"""Damages of the ASDF extension after which the official reader takes something else, mostly without a word."""

import math
import struct

from tree_damages import CAL, DARK, I2D, NDARRAY, OI, SPEC, both, node, payload_of, put, sub

I2D_FITS = "tree/jwst-3.0.0/jw01234-o001_t001_nircam_clear-f212n_i2d.fits.gz"
STEP = rb"(frame: !<tag:stsci.edu:gwcs/%s-1.2.0>\n(?:        .*\n)*?        )"


def arrays():
    """Arrays under another name, by an alias, or in another form than an array."""
    yield "err under another name", CAL, sub(rb"^err: ", "erx: "), ("ASDF008",)
    yield "vis2 under another name", OI, sub(rb"^vis2: ", "visX: "), ("ASDF008",)
    yield (
        "an alias of an array elsewhere",
        CAL,
        both(
            sub(rb"^err: " + NDARRAY, b"elsewhere: &a !core/ndarray-1.1.0"),
            sub(rb"^var_flat: ", b"err: *a\nvar_flat: "),
        ),
        (),
    )
    yield (
        "err is an alias of data",
        CAL,
        both(sub(node("ERR"), b"err: *a\n"), sub(rb"^data: ", b"data: &a ")),
        ("ASDF010",),
    )
    yield "read_times is a mapping", DARK, sub(rb"^pixeldq: ", b"read_times: {}\npixeldq: "), ()
    yield "spec is a mapping", SPEC, sub(rb"^spec:\n", b"spec: {}\nother:\n"), ("ASDF016",)
    yield "offset beside a link", CAL, sub(rb"source: fits:SCI,1\n", b"source: fits:SCI,1\n  offset: 8\n"), ()
    yield "strides beside a link", CAL, sub(rb"source: fits:SCI,1\n", b"source: fits:SCI,1\n  strides: [4, 4]\n"), ()
    yield "mask beside a link", CAL, sub(rb"source: fits:SCI,1\n", b"source: fits:SCI,1\n  mask: 0\n"), ()


def values():
    """Values in forms that are rarely written, which YAML 1.1 reads as numbers."""
    yield "model_type lost", CAL, sub(rb"^  model_type: .*\n", ""), ("ASDF012",)
    yield "ngroups in hexadecimal", CAL, sub(rb"(\bngroups: )5\b", rb"\g<1>0x5"), ()
    yield "ngroups in sexagesimal", CAL, sub(rb"(\bngroups: )5\b", rb"\g<1>0:5"), ("ASDF016",)
    yield "another ngroups in sexagesimal", CAL, sub(rb"(\bngroups: )5\b", rb"\g<1>1:30"), ("ASDF009",), "warning"
    yield "roll_ref is not a number", CAL, sub(rb"roll_ref: 120.5", b"roll_ref: .nan"), ("ASDF009",), "warning"
    yield (
        "a merge key in wcsinfo",
        CAL,
        both(
            sub(rb"^asdf_library: ", b"spare: &m {dec_ref: 43.13}\nasdf_library: "), put("dec_ref: 43.13,", "<<: *m,")
        ),
        (),
    )


def world():
    """World coordinates that can be built and are others."""
    yield (
        "the rotation to the sky without a name",
        CAL,
        both(put("120.50000000000001", "121.50000000000001"), sub(rb"^        name: v23tosky\n", "")),
        ("ASDF024",),
    )
    yield "axes of the rotation to the sky", CAL, put("axes_order: zyxyz", "axes_order: zyzyz"), ("ASDF024",)
    yield "wcs under another name", CAL, sub(rb"^  wcs: ", b"  wcx: "), ("ASDF018",)
    yield (
        "order of the axes of the sky",
        CAL,
        sub(STEP % b"celestial_frame" + rb"axes_order: \[0, 1\]", rb"\1axes_order: [1, 0]"),
        ("ASDF020",),
        "warning",
    )
    yield (
        "unit of the sky",
        CAL,
        sub(
            STEP % b"celestial_frame" + rb"unit: \[!unit/unit-1.0.0 deg, !unit/unit-1.0.0 deg\]",
            rb"\1unit: [!unit/unit-1.0.0 arcsec, !unit/unit-1.0.0 arcsec]",
        ),
        ("ASDF020",),
        "warning",
    )
    yield (
        "unit of the detector",
        CAL,
        put(
            "unit: [!unit/unit-1.0.0 pixel, !unit/unit-1.0.0 pixel]", "unit: [!unit/unit-1.0.0 mm, !unit/unit-1.0.0 mm]"
        ),
        ("ASDF020",),
        "warning",
    )
    yield "direction of the projection", I2D, put("direction: pix2sky", "direction: sky2pix"), ("ASDF026",)
    yield (
        "direction of the rotation",
        I2D,
        put("direction: native2celestial", "direction: celestial2native"),
        ("ASDF026",),
    )
    yield "direction of the projection is no word", I2D, put("direction: pix2sky", "direction: upwards"), ("ASDF021",)
    yield "phi of the rotation", I2D, put("phi: 259.2800294980078", "phi: 259.3800294980078"), ("ASDF026",)
    yield "psi of the rotation", I2D, put("psi: 180.0", "psi: 170.0"), ("ASDF026",)
    yield "pixel of reference", I2D, put("offset: -33.307230661838", "offset: -32.307230661838"), ("ASDF026",)
    yield "pixel scale", I2D, put("factor: 8.61109878063921e-06", "factor: 8.71109878063921e-06"), ("ASDF026",)
    yield "matrix turned", I2D, payload_of(0, turned), ("ASDF026",)
    yield "pixel scales all zero", I2D_FITS, payload_of(2, bytes), ("ASDF026",)
    yield "matrix of one row", I2D_FITS, sub(rb"(source: 3\n(?:.*\n){2} +shape: )\[2, 2\]", rb"\1[2]"), ("ASDF026",)
    yield (
        "matrix of four in a row",
        I2D_FITS,
        sub(rb"(source: 3\n(?:.*\n){2} +shape: )\[2, 2\]", rb"\1[4]"),
        ("ASDF026",),
    )
    yield "reference in float32", I2D_FITS, sub(rb"(source: 1\n +datatype: )float64", rb"\1float32"), ("ASDF026",)
    yield "reference in big-endian", I2D_FITS, sub(rb"(source: 1\n.*\n +byteorder: )little", rb"\1big"), ("ASDF026",)
    yield "scales from the block of the reference", I2D_FITS, sub(rb"source: 2\n", b"source: 0\n"), ("ASDF026",)
    yield "direction of the projection of FITS", I2D_FITS, put("direction: pix2sky", "direction: sky2pix"), ("ASDF026",)


def turned(used):
    """A rotation by 10 degrees as the content of a block."""
    angle = math.radians(10)
    matrix = (math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle))
    return struct.pack("<4d", *matrix).ljust(used, b"\0")
