"""FITS100 and FITS101: what a compressed image says of the HDU that was compressed."""

import io

import numpy as np
import pytest
from builders import split, with_keywords
from judging import found


def packed(kind=">i2", **keywords):
    from astropy.io import fits

    made = io.BytesIO()
    image = fits.CompImageHDU(np.arange(64).astype(kind).reshape(8, 8), name="SCI", compression_type="GZIP_1")
    fits.HDUList([fits.PrimaryHDU(), image]).writeto(made)
    raw = made.getvalue()
    assert split(raw)[1].text("ZTENSION") == "IMAGE"
    return with_keywords(raw, "SCI", **keywords)


def codes(raw):
    return [(f.code, str(f.severity), f.keyword) for f in found(raw, "FITS1")]


@pytest.mark.parametrize("keyword", ["ZSIMPLE", "ZEXTEND", "ZBLOCKED"])
def test_a_compressed_hdu_was_a_primary_or_an_extension(keyword):
    assert codes(packed(**{keyword: True})) == [("FITS100", "warning", keyword)]
    assert codes(packed(ZTENSION=None, **{keyword: True})) == []


def test_several_keywords_of_a_primary_are_one_finding():
    assert codes(packed(ZSIMPLE=True, ZEXTEND=True)) == [("FITS100", "warning", "ZSIMPLE")]


@pytest.mark.parametrize(("kind", "fires"), [(">i2", True), ("u1", True), (">f4", False)])
def test_integers_have_no_null_value_of_quantised_numbers(kind, fires):
    assert codes(packed(kind, ZBLANK=-1)) == ([("FITS101", "warning", "ZBLANK")] if fires else [])


def test_an_extension_as_it_is_written_is_quiet():
    assert codes(packed()) == []
    assert codes(packed(BLANK=-1)) == []
