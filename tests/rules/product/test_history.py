"""PROD010, PROD014 and PROD015: what a release gave up."""

import pytest
from builders import with_keywords
from judging import CATALOGUE, judge_file
from made_files import make

S2D = make("s2d", CATALOGUE)


def found(raw, code, name=None, **options):
    return [f for f in judge_file(raw, name, **options).findings if f.code == code]


@pytest.mark.parametrize(
    ("product", "release", "told"),
    [
        ("trapsfilled", "2.0.1", False),
        ("trapsfilled", "3.0.0", True),
        ("trapsfilled", "3.1.2.dev4", True),
        ("trapsfilled", "nonsense", False),
        ("trapsfilled", None, False),
        ("dark", "3.0.0", False),
    ],
)
def test_a_product_that_a_release_does_not_write_is_told(product, release, told):
    raw = with_keywords(make(product, CATALOGUE), CAL_VER=release)
    assert [f.severity for f in found(raw, "PROD010", product=product)] == (["info"] if told else [])


@pytest.mark.parametrize(
    ("source", "release", "fires"),
    [
        ("s000000042", "3.0.0", False),
        ("s00042", "1.15.0", True),
        ("s00042", "1.14.1", False),
        ("s00042", "nonsense", False),
        ("s00000042", "3.0.0", True),
        ("b000000042", "3.0.0", False),
        ("t001", "3.0.0", False),
    ],
)
def test_source_numbers_have_nine_digits(source, release, fires):
    name = f"jw01234-o001_{source}_nircam_clear-f200w_s2d.fits"
    problems = found(with_keywords(S2D, CAL_VER=release, FILENAME=name), "PROD014", name)
    assert [(f.severity, f.expected) for f in problems] == ([("warning", "s000000042")] if fires else [])


@pytest.mark.parametrize(
    ("product", "name", "fires"),
    [
        ("s2d", "jw01234-o001_t001_nircam_clear-f200w_s2d.fits", False),
        ("s2d", "jw01234-o001_t001_nircam_clear-f200w_s2d-04.fits", True),
        ("wfscmb", "jw01234-o001_t001_nircam_clear-f200w-nrca3_wfscmb-04.fits", False),
    ],
)
def test_the_number_of_an_activity_is_that_of_wavefront_sensing(product, name, fires):
    raw = with_keywords(make(product, CATALOGUE), FILENAME=name)
    assert [f.found for f in found(raw, "PROD015", name)] == (["'-04'"] if fires else [])
