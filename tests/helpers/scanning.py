"""Small files for the rules on data, and the findings of a check that reads every byte."""

import io

import numpy as np
from builders import image, join

from jwstprod_check import check

RELEASE = "1.18.0"


def report(parts_or_raw, product=None, **options):
    """Report of parts or of a file's bytes, with ``--data``."""
    raw = parts_or_raw if isinstance(parts_or_raw, bytes) else join(parts_or_raw)
    return check(raw, data=True, product=product, **options)


def findings(parts_or_raw, code, product=None):
    """Findings of one rule."""
    found = report(parts_or_raw, product)
    assert not [f for f in found.findings if f.code == "TOOL001"]
    return [f for f in found.findings if f.code == code]


def one(parts_or_raw, code, product=None):
    """The only finding of a rule."""
    (found,) = findings(parts_or_raw, code, product)
    return found


def not_checked(parts_or_raw, code, product=None):
    """Reasons that the report gives for what a rule could not check."""
    return [s.reason for s in report(parts_or_raw, product).not_checked if s.code == code]


def noise(*axes, seed=0):
    """Positive numbers, no two of them the same."""
    count = int(np.prod(axes))
    return np.random.default_rng(seed).normal(100, 10, count).astype(">f4")


def floats(name, axes, values=None, extver=1):
    values = noise(*axes) if values is None else np.asarray(values)
    return image(name, axes, -32, values.astype(">f4").tobytes(), extver)


def flags(axes, values, name="DQ", bitpix=32, extver=1):
    """A DQ array; 32-bit flags are unsigned by BZERO, as the data models write them."""
    if bitpix == 8:
        return image(name, axes, 8, np.asarray(values, "u1").tobytes(), extver)
    stored = np.asarray(values, "u4") ^ np.uint32(2**31)
    return image(name, axes, bitpix, stored.astype(">u4").tobytes(), extver).with_card("BZERO", 2147483648)


def summed(parts):
    """The file with DATASUM and CHECKSUM in every HDU, by astropy."""
    from astropy.io import fits

    made = io.BytesIO()
    with fits.open(io.BytesIO(join(parts))) as hdus:
        hdus.writeto(made, checksum=True)
    return made.getvalue()


def compressed(axes, values, algorithm="RICE_1", name="SCI", **options):
    """A file with one tile-compressed image, by astropy."""
    from astropy.io import fits

    made = io.BytesIO()
    shape = tuple(reversed(axes))
    hdu = fits.CompImageHDU(np.asarray(values).reshape(shape), name=name, compression_type=algorithm, **options)
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(made)
    return made.getvalue()
