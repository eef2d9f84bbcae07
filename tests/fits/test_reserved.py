"""Keywords of the standard, read as root and indices."""

import pytest

from jwstprod_check.fits.reserved import KEYWORDS, RESERVED, classify
from jwstprod_check.fits.syntax import FLOAT, INTEGER, STRING


@pytest.mark.parametrize(
    ("name", "root", "numbers", "alt"),
    [
        ("SIMPLE", "SIMPLE", (), ""),
        ("NAXIS", "NAXIS", (), ""),
        ("NAXIS12", "NAXISn", (12,), ""),
        ("TFORM999", "TFORMn", (999,), ""),
        ("PC1_2", "PCi_j", (1, 2), ""),
        ("PC1_2A", "PCi_j", (1, 2), "A"),
        ("PS3_0", "PSi_j", (3, 0), ""),
        ("CRVAL2B", "CRVALn", (2,), "B"),
        ("WCSAXESA", "WCSAXES", (), "A"),
        ("RADESYS", "RADESYS", (), ""),
        ("DATE-END", "DATE-END", (), ""),
        ("DATEMAP", "DATExxxx", (), ""),
        ("TTYPE0", "TTYPEn", (0,), ""),
        ("TFORM01", "!padded", (), ""),
        ("NAXIS00", "!padded", (), ""),
        ("exptime", "", (), ""),
        ("EXP.TIME", "", (), ""),
    ],
)
def test_keyword_is_read(name, root, numbers, alt):
    found = classify(name)
    assert (found.root, found.numbers, found.alt) == (root, numbers, alt)


@pytest.mark.parametrize(
    "name",
    ["NGROUPS", "DATAMODL", "PIXAR_A2", "V2_REF", "R_EXTR1D", "TTYPE1A", "ZEROFRAM", "CD1_1_1", "", "PC_1", "OBSGEODX"],
)
def test_other_keyword_is_not_reserved(name):
    assert classify(name) is None


def test_types():
    assert classify("CRVAL1").types == {INTEGER, FLOAT}
    assert classify("TELESCOP").types == {STRING}
    assert classify("TNULL1").types is None


def test_mandatory_keywords_are_in_fixed_format():
    assert {n for n in RESERVED if n.isupper() and classify(n).fixed} == {
        "SIMPLE",
        "XTENSION",
        "BITPIX",
        "NAXIS",
        "PCOUNT",
        "GCOUNT",
        "TFIELDS",
    }


def test_memory_forgets_before_it_grows_without_bound():
    for n in range(10_000):
        assert KEYWORDS[f"K{n:06d}"] is None
    assert len(KEYWORDS) < 10_000
