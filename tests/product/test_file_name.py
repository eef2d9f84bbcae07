"""File names: the grammar of the documentation and of real products."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import CATALOGUE

from jwstprod_check.product.file_name import parse_name

SUFFIXES = CATALOGUE.name_suffixes

GOOD = {
    "exposure": {
        "jw93065002001_02101_00001_nrca1_rate.fits": "rate",
        "jw80600012001_02101_00003_mirimage_uncal.fits": "uncal",
        "jw00017001001_01101_00001_nrca1_trapsfilled.fits": "trapsfilled",
        "jw01366003001_04101_00001-seg002_nrs1_rateints.fits": "rateints",
        "jw01029001001_04201_00001_guider2_rate.fits": "rate",
        "jw01093010001_0310a_00001_nis_uncal.fits": "uncal",
        "jw01366004001_04101_00001-seg001_nrcalong_calints.fits": "calints",
        "jw01234001001_02104_00001_nrca1_dark.fits.gz": "dark",
        "jw01234001001_02111_00001-seg001_nrca1_dark.fits": "dark",
        "jw01234001001_02101_00001_mirifulong_cal.fits.fz": "cal",
    },
    "exposure_stage3": {
        "jw96090001001_03101_00001_nrs2_o001_crf.fits": "crf",
        "jw01091002001_03101_00001-seg001_nis_o002_crfints.fits": "crfints",
        "jw93210001001_03101_00001_nis_a0003_ami-oi.fits": "ami-oi",
        "jw87600027001_02101_00002_nis_a3001_ami-oi.fits": "ami-oi",
    },
    "source": {
        "jw87600-a3001_t001_niriss_f480m-nrm_aminorm-oi.fits": "aminorm-oi",
        "jw87600-a3001_t001_niriss_f480m-nrm_ami-oi.fits": "ami-oi",
        "jw01345-o066_s000007380_nirspec_f170lp-g235m_x1d.fits": "x1d",
        "jw01309-o022_b000000021_nirspec_f290lp-g395h-s200a1-allslits_x1d.fits": "x1d",
        "jw01024-c1000_t002_miri_ch1-long_s3d.fits": "s3d",
        "jw01068-o006_t004_nircam_f150w2-f164n-sub64p_phot.ecsv": "phot",
        "jw01076-o107_t001_nircam_clear-f322w2_segm.fits": "segm",
        "jw01091-o002_t001_niriss_clear-gr700xd-substrip256_x1dints.fits": "x1dints",
        "jw86073-a3001_t001_nircam_f140m-maskbar_psfstack.fits": "psfstack",
        "jw01024-o001_t002_miri_f770w_i2d.fits": "i2d",
        "jw01309-o022_t001-s000000001_nirspec_f290lp-g395h-s200a1-allslits_x1d.fits": "x1d",
        "jw12345-o066_t001-epoch1_nirspec_f170lp-g235m_x1d.fits": "x1d",
    },
    "source_legacy": {
        "jw54321-o066_s000123456_nirspec_f170lp_g235m_s2d.fits": "s2d",
        "jw12345-o066_v000000042_nirspec_f170lp_g235m_x1d.fits": "x1d",
        "jw00042-o001_s00000002_niriss_gr150r_f150w_cal.fits": "cal",
        "jw93065-a3001_t1_nircam_f150w-wlp8_phot.ecsv": "phot",
    },
    "wavefront": {
        "jw02586-o173_t035_nircam_f212n-wlm8-nrca3_wfscmb-04.fits": "wfscmb",
        "jw02586-o173_t035_nircam_f212n-wlm8_wfscmb-04.fits": "wfscmb",
    },
    "gs_id": {
        "jw01029001001_gs-id_1_image_uncal.fits": "uncal",
        "jw01029001001_gs-id_1_stacked-cal.fits": "cal",
        "jw01029001001_gs-id_3_image-uncal.fits": "uncal",
        "jw01029001001_gs-id_12_stacked_uncal.fits": "uncal",
    },
    "gs_other": {
        "jw01029001001_gs-acq1_2022142180746_uncal.fits": "uncal",
        "jw01029001001_gs-fg_2022142181502_cal.fits": "cal",
    },
    "configuration": {
        "jw01180025001_01_msa.fits": "msa",
        "jw02674004001_01_msa.fits": "msa",
    },
}
BAD = {
    "exposure": [
        "jw93065002001_02601_00001_nrca1_rate.fits",
        "jw93065002001_02101_00001_nrca5_rate.fits",
        "jw93065002001_02101_00001-seg1_nrca1_rate.fits",
        "JW93065002001_02101_00001_nrca1_rate.fits",
        "jw01029001001_gs-id_1_image_uncal.fits",
    ],
    "gs_other": [
        "jw01029001001_gs-acq1_2022367180746_uncal.fits",
        "jw01029001001_gs-id_2022142180746_uncal.fits",
    ],
    "gs_id": ["jw01029001001_gs-id_0_image-uncal.fits"],
    "source": ["jw02586-o173_t035_nircam_f212n-wlm8-nrca3_wfscmb-04.fits"],
}
OTHERS = [
    "jw10005-a3001_20200101t120000_ami3_00001_asn.json",
    "jwst_nircam_dark_0001.fits",
    "notes.txt",
    "",
    ".fits",
    "jw.fits",
]


@pytest.mark.parametrize(("form", "base", "suffix"), [(f, b, s) for f, names in GOOD.items() for b, s in names.items()])
def test_names_of_the_grammar_are_read(form, base, suffix):
    name = parse_name(base, SUFFIXES)
    assert (name.form, name.suffix) == (form, suffix)
    assert base.startswith(f"jw{name.fields.get('program', '')}")


@pytest.mark.parametrize(("form", "base"), [(f, b) for f, names in BAD.items() for b in names])
def test_names_outside_the_grammar_have_no_form(form, base):
    assert parse_name(base, SUFFIXES).form != form


@pytest.mark.parametrize("base", [b for f in ("exposure", "gs_other", "gs_id") for b in BAD[f] if "_gs-id_1_" not in b])
def test_names_that_break_the_rule_still_say_their_product(base):
    name = parse_name(base, SUFFIXES)
    assert name.form == ""
    assert name.suffix in {"rate", "uncal"}


@pytest.mark.parametrize("base", OTHERS)
def test_other_names_say_nothing(base):
    name = parse_name(base, SUFFIXES)
    assert (name.form, name.suffix) == ("", "dark" if base == "" else None) or name.suffix is None


def test_fields_are_named():
    name = parse_name("jw01366003001_04101_00001-seg002_nrs1_rateints.fits", SUFFIXES)
    assert name.fields == {
        "program": "01366",
        "observation": "003",
        "visit": "001",
        "visit_group": "04",
        "parallel_seq": "1",
        "activity": "01",
        "exposure": "00001",
        "segment": "002",
        "detector": "nrs1",
        "suffix": "rateints",
    }


@pytest.mark.parametrize(
    ("base", "suffix"),
    [
        ("my_dark.fits", "dark"),
        ("my-dark.fits", "dark"),
        ("dark.fits", "dark"),
        ("x_wfscmb-04.fits", "wfscmb"),
        ("x_wfscmb-04_refine.fits", "wfscmb"),
        ("X_DARK.FITS", "dark"),
        ("mydark.fits", None),
        ("dark_mine.fits", None),
        ("x_darks.fits", None),
    ],
)
def test_loose_names_say_their_product_at_their_end(base, suffix):
    assert parse_name(base, SUFFIXES).suffix == suffix


@given(st.text(max_size=200))
def test_any_name_can_be_read(base):
    assert parse_name(base, SUFFIXES).base == base


def test_long_names_cost_little():
    assert parse_name("jw01024-o001_t002_miri_" + "f770w-" * 5000 + "_i2d.fits", SUFFIXES).form == ""
