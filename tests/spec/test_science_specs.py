"""The specs of the science products: documented rows, what each release wrote, what is told from the name."""

import pytest
import yaml
from judging import DATA, layout, raw_of
from made_science import array, listed, made, slit

DOCUMENTED = yaml.safe_load((DATA / "documented_rows.yaml").read_text())
COUNTS = {
    "T30": 7,
    "T31": 9,
    "T32": 8,
    "T33": 7,
    "T34": 11,
    "T35": 13,
    "T36": 11,
    "T37": 8,
    "T38": 4,
    "T41": 3,
    "T43": 5,
    "T44": 8,
}
PRODUCTS = [*DOCUMENTED["layouts"], "segm", "fitopt", "output_pers", "cat", "phot", "whtlt"]
CUBE = ("SCI", "ERR", "VAR_POISSON", "VAR_RNOISE")
RESAMPLED = ("SCI", "ERR", "WHT", "VAR_POISSON", "VAR_RNOISE", "VAR_FLAT")
FITTED = ("SLOPE", "SIGSLOPE", "VAR_POISSON", "VAR_RNOISE", "YINT", "SIGYINT", "WEIGHTS")
SIZE = {"SUBSIZE1": 6, "SUBSIZE2": 4, "NINTS": 2, "NGROUPS": 3}


@pytest.mark.parametrize("product", DOCUMENTED["layouts"])
def test_rows_are_those_of_the_document(product, catalogue):
    rows = catalogue.spec(product).documents
    found = [[r.hdu, r.extname, r.type, r.dtype, r.dims or "N/A", r.optional] for r in rows]
    assert found == DOCUMENTED["layouts"][product]["rows"]


@pytest.mark.parametrize("number", COUNTS)
def test_every_row_of_a_documented_table_stands_in_a_spec(number, catalogue):
    products = [p for p, layout in DOCUMENTED["layouts"].items() if layout["table"] == number]
    assert products
    assert all(len(catalogue.spec(p).documents) == COUNTS[number] for p in products)


@pytest.mark.parametrize("number", DOCUMENTED["columns"])
def test_columns_are_those_of_the_document(number, catalogue):
    table = DOCUMENTED["columns"][number]
    row = next(r for r in catalogue.spec(table["product"]).rows if r.name == table["extname"])
    assert [c.name for c in row.columns.columns] == [c[0] for c in table["columns"]]
    for column, (_, dtype, *vector) in zip(row.columns.columns, table["columns"], strict=True):
        types = [column.dtype] if isinstance(column.dtype, str) else column.dtype
        assert (f"{dtype}[nelem]" if vector == [True] else dtype) in types


@pytest.mark.parametrize("product", PRODUCTS)
def test_amendments_say_why_and_whence(product, catalogue):
    spec = catalogue.spec(product)
    assert all(a.because and a.source for a in spec.amendments)
    assert len({a.id for a in spec.amendments}) == len(spec.amendments)


def test_products_that_the_documents_call_the_same_have_the_same_rows(catalogue):
    same = {
        "bsub": "rate",
        "bsubints": "rateints",
        "crf": "cal",
        "crfints": "calints",
        "s2d": "i2d",
        "psfalign": "psfstack",
    }
    for product, other in same.items():
        assert catalogue.spec(product).documents == catalogue.spec(other).documents


@pytest.mark.parametrize("product", ["cat", "phot", "whtlt"])
def test_ecsv_products_are_named_and_have_no_rows(product, catalogue):
    assert catalogue.spec(product).format == "ECSV"
    assert catalogue.spec(product).rows == ()


def quality(*axes):
    return array("DQ", *axes, dtype="uint32")


def times(catalogue, rows, name="INT_TIMES"):
    return listed(catalogue, "int_times", name, rows)


def rateints(catalogue, release, rows, **keywords):
    parts = [array(n, 6, 4, 2) for n in CUBE]
    extra = [] if rows is None else [times(catalogue, rows)]
    return made("CubeModel", release, *parts[:2], quality(6, 4, 2), *extra, *parts[2:], **(SIZE | keywords))


@pytest.mark.parametrize(
    ("release", "rows", "keywords", "expected"),
    [
        ("1.4.6", 0, {"TSOVISIT": False}, [("TAB007", "INT_TIMES", "NAXIS2")]),
        ("1.4.6", 0, {}, [("TAB007", "INT_TIMES", "NAXIS2")]),
        ("1.4.6", None, {"TSOVISIT": False}, []),
        ("1.4.6", 0, {"TSOVISIT": True}, [("TAB006", "INT_TIMES", "NAXIS2")]),
        ("1.5.2", 0, {"TSOVISIT": False}, [("TAB006", "INT_TIMES", "NAXIS2")]),
        ("1.6.2", None, {}, [("HDU001", "INT_TIMES", None)]),
        ("1.6.2", 2, {}, []),
        ("3.0.0", 6, {"NINTS": 6, "INTSTART": 3, "INTEND": 4}, []),
    ],
)
def test_times_of_integrations_by_release(release, rows, keywords, expected, catalogue, verdict):
    raw = rateints(catalogue, release, rows, **keywords)
    assert layout(verdict(raw, "jw01234001001_02101_00001_nrca1_rateints.fits")) == expected


def resampled(model, release, con, *more, product="i2d", names=RESAMPLED, **keywords):
    return made(model, release, *(array(n, 7, 5) for n in names), array("CON", *con, dtype="int32"), *more, **keywords)


@pytest.mark.parametrize(
    ("release", "con", "conforms"),
    [
        ("1.4.6", (7, 5), True),
        ("1.6.2", (7, 5), True),
        ("1.6.2", (7, 5, 1), True),
        ("1.6.2", (7, 5, 1, 1), False),
        ("1.6.2", (7,), False),
        ("1.6.2", (7, 6, 1), False),
        ("1.6.2", (7, 6), False),
        ("1.8.5", (7, 5), False),
        ("1.8.5", (7, 5, 1), True),
        ("3.0.0", (7, 5, 3), True),
        (None, (7, 5), False),
    ],
)
def test_context_may_have_two_axes_before_jwst_1_8_1(release, con, conforms, verdict):
    raw = resampled("ImageModel", release, con, quality(7, 5))
    report = verdict(raw, "jw01234-o001_t001_nircam_clear-f212n_i2d.fits")
    assert report.conforming is conforms
    found = [f.extname for f in report.findings if f.code in {"ARR002", "ARR003"}]
    assert found == ([] if conforms else ["CON"])


def test_resampled_spectrum_has_its_own_order_and_wavelengths(verdict):
    raw = resampled("SlitModel", "1.6.2", (7, 5), array("WAVELENGTH", 7, 5))
    assert layout(verdict(raw, "jw01234001001_08101_00001_nrs1_s2d.fits")) == []


def test_resampled_slits_have_a_size_each(verdict):
    names = (*RESAMPLED, "WAVELENGTH")
    parts = [array(n, 7 + v, 5, extver=v) for v in (1, 2) for n in names]
    parts += [array("CON", 7 + v, 5, v, dtype="int32", extver=v) for v in (1, 2)]
    raw = made("MultiSlitModel", "3.0.0", *sorted(parts, key=lambda p: p.text("EXTVER")))
    assert layout(verdict(raw, "jw01234001001_08101_00001_nrs1_s2d.fits")) == []


def ramp(catalogue, release, *more, pixels=(6, 4), model="RampModel", nints=2, **keywords):
    parts = [
        array("SCI", 6, 4, 3, nints),
        array("PIXELDQ", *pixels, dtype="uint32"),
        array("GROUPDQ", 6, 4, 3, nints, dtype="uint8"),
    ]
    tables = [listed(catalogue, "group", "GROUP"), times(catalogue, 2)]
    return made(model, release, *parts, *more, *tables, **(SIZE | keywords))


@pytest.mark.parametrize(
    ("release", "more", "expected"),
    [
        ("1.4.6", ["ERR"], []),
        ("1.13.4", ["ERR"], []),
        ("1.14.1", ["ERR", "AVDRKCUR"], []),
        ("1.18.1", ["AVDRKCUR"], []),
        ("3.0.0", [], []),
        ("1.13.4", ["ERR", "AVDRKCUR"], [("HDU002", "AVDRKCUR", None)]),
        ("1.17.1", [], [("HDU001", "ERR", None)]),
        ("1.18.0", [], []),
        ("1.18.0", ["ERR"], [("ARR002", "ERR", "NAXIS")]),
    ],
)
def test_arrays_of_a_ramp_by_release(release, more, expected, catalogue, verdict):
    axes = {"ERR": (6, 4, 3, 2), "AVDRKCUR": (6, 4)}
    raw = ramp(catalogue, release, *(array(n, *axes[n]) for n in more))
    assert layout(verdict(raw, "jw01234001001_02101_00001_nrca1_ramp.fits")) == expected


def test_err_of_a_late_ramp_may_be_a_header_alone(catalogue, verdict):
    raw = ramp(catalogue, "3.0.0", array("ERR", dtype="uint8"))
    assert layout(verdict(raw, "jw01234001001_02101_00001_nrca1_ramp.fits")) == []


@pytest.mark.parametrize("keywords", [{"SSTR_NST": 4}, {"SSTR_NST": 4, "INTSTART": 1, "INTEND": 2}])
def test_superstripe_ramp_has_a_mask_for_each_stripe(keywords, catalogue, verdict):
    raw = ramp(catalogue, "3.0.0", pixels=(6, 4, 4), model="SuperstripeRampModel", nints=8, **keywords)
    assert layout(verdict(raw, "jw01234001001_04109_00001_nis_ramp.fits")) == []


def test_raw_superstripe_counts_stripes_as_integrations(catalogue, verdict):
    parts = [array("SCI", 6, 4, 3, 8, dtype="uint16"), listed(catalogue, "group", "GROUP"), times(catalogue, 8)]
    raw = made("Level1bModel", None, *parts, **(SIZE | {"NINTS": 8, "SSTR_NST": 4, "SUBSIZE2": 64}))
    assert layout(verdict(raw, "jw01234001001_04109_00001_nis_uncal.fits")) == []


@pytest.mark.parametrize(
    ("pattern", "rows", "expected"),
    [
        ("NRSIRS2RAPID", 100, []),
        ("NRSIRS2", 64, []),
        ("NRS", 64, []),
        ("NRS", 100, [("KEY005", None, "SUBSIZE2")]),
    ],
)
def test_raw_irs2_frames_have_interleaved_rows(pattern, rows, expected, catalogue, verdict):
    parts = [array("SCI", 6, rows, 3, 2, dtype="uint16"), listed(catalogue, "group", "GROUP"), times(catalogue, 2)]
    raw = made("Level1bModel", None, *parts, **(SIZE | {"SUBSIZE2": 64, "READPATT": pattern}))
    assert layout(verdict(raw, "jw01234001001_02109_00001_nrs1_uncal.fits")) == expected


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        ((), []),
        (("mt_v2", "mt_v3"), []),
        (("mt_v2",), [("TAB002", "MOVING_TARGET_POSITION", "mt_v2")]),
        (("mt_v3",), [("TAB002", "MOVING_TARGET_POSITION", "mt_v3")]),
        (("time",), [("TAB002", "MOVING_TARGET_POSITION", "time")]),
    ],
)
def test_moving_targets_gained_two_columns(without, expected, catalogue, verdict):
    moving = listed(catalogue, "moving_target", "MOVING_TARGET_POSITION", without=without)
    parts = [array("SCI", 6, 4, 3, 2, dtype="uint16"), moving, listed(catalogue, "group", "GROUP"), times(catalogue, 2)]
    raw = made("Level1bModel", None, *parts, **SIZE)
    assert layout(verdict(raw, "jw01234001001_02114_00001_nrca1_uncal.fits")) == expected


@pytest.mark.parametrize("lost", ["constraint_scenario", "baseline"])
def test_tables_of_the_visit_are_known(lost, catalogue, verdict):
    parts = [
        array("SCI", 6, 4, 3, 2, dtype="uint16"),
        listed(catalogue, "cheby", "CHEBY", without=[lost]),
        listed(catalogue, "group", "GROUP"),
        times(catalogue, 2),
        listed(catalogue, "msa_targ_acq", "MSA_TARG_ACQ"),
    ]
    raw = made("Level1bModel", None, *parts, **SIZE)
    assert layout(verdict(raw, "jw01234001001_02114_00001_nrs1_uncal.fits")) == []


@pytest.mark.parametrize(("release", "flags"), [("1.20.2", True), ("2.0.1", False)])
def test_persistence_output_is_a_ramp_that_may_lack_flags(release, flags, catalogue, verdict):
    masks = [array("PIXELDQ", 6, 4, dtype="uint32"), array("GROUPDQ", 6, 4, 3, 2, dtype="uint8")] if flags else []
    parts = [array("SCI", 6, 4, 3, 2), *masks, array("AVDRKCUR", 6, 4)]
    raw = made("RampModel", release, *parts, listed(catalogue, "group", "GROUP"), times(catalogue, 2), **SIZE)
    report = verdict(raw, "jw01234001001_02113_00001_nrca1_output_pers.fits")
    assert report.product == "output_pers"
    assert report.conforming


def fitted(release, ncrs, **keywords):
    parts = [array(n, 6, 4, 2, 2) for n in FITTED]
    parts.insert(6, array("PEDESTAL", 6, 4, 2))
    magnitudes = [] if ncrs is None else [array("CRMAG", 6, 4, ncrs, 2)]
    return made("RampFitOutputModel", release, array("SCI", dtype="uint8"), *parts, *magnitudes, **SIZE)


@pytest.mark.parametrize(
    ("release", "ncrs", "expected"),
    [
        ("1.4.6", 1, []),
        ("1.12.5", 0, []),
        ("1.15.1", None, []),
        ("1.16.1", None, []),
        ("1.17.1", None, [("HDU001", "CRMAG", None)]),
        ("3.0.0", 1, []),
    ],
)
def test_cosmic_rays_of_a_fit_by_release(release, ncrs, expected, verdict):
    assert layout(verdict(fitted(release, ncrs), "jw01234001001_02101_00001_nrca1_fitopt.fits")) == expected


@pytest.mark.parametrize(
    ("model", "axes", "conforms"),
    [("QuadModel", (6, 4, 5, 3), True), ("CubeModel", (6, 4, 5), True), ("CubeModel", (6, 4, 5, 3), False)],
)
def test_aligned_psfs_have_four_axes_in_the_quad_model(model, axes, conforms, verdict):
    raw = made(model, "1.15.1", array("SCI", *axes), array("ERR", *axes), quality(*axes), **SIZE)
    report = verdict(raw, "jw01234001001_09101_00001_nrca1_o012_psfalign.fits")
    assert report.conforming is conforms


@pytest.mark.parametrize(
    ("release", "ctype", "expected"),
    [
        ("1.18.1", "WAVE", []),
        ("1.18.1", "WAVE-TAB", [("HDU001", "WCS-TABLE", None)]),
        ("2.0.1", "WAVE", [("HDU001", "WCS-TABLE", None)]),
    ],
)
def test_table_of_wavelengths_by_release(release, ctype, expected, verdict):
    planes = [array(n, 7, 5, 9) for n in ("SCI", "ERR", "WMAP")]
    planes[0] = planes[0].with_card("CTYPE3", ctype)
    raw = made("IFUCubeModel", release, *planes[:2], quality(7, 5, 9), planes[2], SUBSIZE1=64, SUBSIZE2=64)
    assert layout(verdict(raw, "jw01234-o007_t001_nirspec_g395h-f290lp_s3d.fits")) == expected


@pytest.mark.parametrize(("length", "expected"), [(9, []), (8, [("TAB009", "WCS-TABLE", "wavelength")])])
def test_table_of_wavelengths_is_as_long_as_the_cube(length, expected, catalogue, verdict):
    planes = [array(n, 7, 5, 9) for n in ("SCI", "ERR", "WMAP")]
    waves = listed(catalogue, "wcs_table", "WCS-TABLE", rows=1, nelem=length).with_card("TDIM1", f"(1,{length})")
    raw = made("IFUCubeModel", "3.0.0", *planes[:2], quality(7, 5, 9), planes[2], waves)
    assert layout(verdict(raw, "jw01234-o007_t001_nirspec_g395h-f290lp_s3d.fits")) == expected


@pytest.mark.parametrize(
    ("model", "release", "columns", "count", "conforms"),
    [
        ("MultiSpecModel", "1.4.6", "extract1d", 3, True),
        ("MultiSpecModel", "1.17.1", "extract1d", 1, True),
        ("MRSMultiSpecModel", "1.18.1", "extract1d_mrs", 1, True),
        ("MRSMultiSpecModel", "1.18.1", "extract1d", 1, False),
        ("MultiSpecModel", "1.18.1", "extract1d_mrs", 1, False),
        ("WFSSMultiSpecModel", "1.19.2", "extract1d_wfss", 2, True),
        ("WFSSMultiSpecModel", "1.19.2", "extract1d", 1, False),
        ("SpecModel", "1.9.6", "extract1d", 1, True),
    ],
)
def test_columns_of_a_spectrum_by_model(model, release, columns, count, conforms, catalogue, verdict):
    spectra = [listed(catalogue, columns, "EXTRACT1D", extver=v) for v in range(1, count + 1)]
    report = verdict(made(model, release, *spectra), "jw01234-o008_t001_miri_ch3-short_x1d.fits")
    assert report.conforming is conforms


@pytest.mark.parametrize(
    ("model", "release", "columns", "count", "conforms"),
    [
        ("MultiSpecModel", "1.17.1", "extract1d", 10, True),
        ("MultiSpecModel", "1.18.1", "extract1d_tso", 1, False),
        ("TSOMultiSpecModel", "1.19.2", "extract1d_tso", 1, True),
        ("TSOMultiSpecModel", "3.0.0", "extract1d_tso", 2, True),
        ("TSOMultiSpecModel", "3.0.0", "extract1d", 2, False),
    ],
)
def test_spectra_of_a_time_series_by_release(model, release, columns, count, conforms, catalogue, verdict):
    spectra = [listed(catalogue, columns, "EXTRACT1D", rows=10, extver=v) for v in range(1, count + 1)]
    raw = made(model, release, times(catalogue, 10), *spectra, NINTS=10)
    report = verdict(raw, "jw01234001001_08103_00001-seg002_nrs1_x1dints.fits")
    assert report.conforming is conforms
    assert conforms is (layout(report) == [])


@pytest.mark.parametrize(
    ("model", "columns"), [("MultiCombinedSpecModel", "combine1d"), ("WFSSMultiCombinedSpecModel", "combine1d_wfss")]
)
def test_columns_of_a_combined_spectrum(model, columns, catalogue, verdict):
    raw = made(model, "1.19.2", *(listed(catalogue, columns, "COMBINE1D", extver=v) for v in (1, 2)))
    assert layout(verdict(raw, "jw01234-o010_t001_niriss_f200w-gr150r_c1d.fits")) == []


def test_sci_of_a_spectrum_is_a_header_alone(catalogue, verdict):
    spectrum = listed(catalogue, "extract1d", "EXTRACT1D")
    name = "jw01234-o008_t002_miri_p750l_x1d.fits"
    assert layout(verdict(made("MultiSpecModel", "1.9.6", array("SCI", dtype="uint8"), spectrum), name)) == []
    assert layout(verdict(made("MultiSpecModel", "1.9.6", array("SCI", 6, 4), spectrum), name)) == [
        ("ARR002", "SCI", "NAXIS")
    ]


def calibrated(model, release, *more, without=(), **keywords):
    variances = [n for n in ("VAR_POISSON", "VAR_RNOISE", "VAR_FLAT") if n not in without]
    parts = [array("SCI", 6, 4), array("ERR", 6, 4), quality(6, 4), *(array(n, 6, 4) for n in variances)]
    return made(model, release, *parts, *more, **(SIZE | keywords))


@pytest.mark.parametrize(("state", "conforms"), [("SKIPPED", True), ("COMPLETE", False), (None, False)])
def test_variance_of_the_flat_goes_with_the_flat_field(state, conforms, verdict):
    keywords = {"S_FLAT": state} if state else {}
    raw = calibrated("ImageModel", "2.0.1", without=("VAR_FLAT",), **keywords)
    assert verdict(raw, "jw01234001001_02101_00001_nrca1_cal.fits").conforming is conforms


def test_slices_of_an_integral_field_are_known(verdict):
    more = [array("REGIONS", 6, 4, dtype="int32"), array("TRACEMODEL", 6, 4)]
    raw = calibrated("IFUImageModel", "3.0.0", *more)
    assert layout(verdict(raw, "jw01234001001_06201_00001_mirifulong_cal.fits")) == []


def test_subarray_does_not_describe_a_slit_and_its_own_size_does(verdict):
    name = "jw01234001001_06102_00001_nrs1_cal.fits"
    parts = slit(1, 7, 5, "BARSHADOW", "PHOTOM_PS")
    assert layout(verdict(made("SlitModel", "3.0.0", *parts, INSTRUME="NIRSPEC", **SIZE), name)) == []
    parts[0] = parts[0].with_card("SLTSIZE1", 8)
    assert layout(verdict(made("SlitModel", "3.0.0", *parts, INSTRUME="NIRSPEC", **SIZE), name)) == [
        ("KEY005", "SCI", "SLTSIZE1")
    ]


def test_integrations_of_a_slit_have_their_times(catalogue, verdict):
    raw = made("SlitModel", "1.11.4", *slit(1, 7, 5, "WAVELENGTH", nints=2), times(catalogue, 2), **SIZE)
    assert layout(verdict(raw, "jw01234001001_06103_00001_nrs1_calints.fits")) == []


def test_integrations_of_several_slits_have_none(verdict):
    raw = made("MultiSlitModel", "3.0.0", *slit(1, 7, 5, nints=2), *slit(2, 9, 5, nints=2), **SIZE)
    assert layout(verdict(raw, "jw01234001001_08106_00001_nrca1_calints.fits")) == []


def test_mask_of_the_background_is_known(verdict):
    parts = [array(n, 6, 4) for n in CUBE]
    raw = made(
        "ImageModel", "1.20.2", *parts[:2], quality(6, 4), array("MASK", 6, 4, dtype="uint32"), *parts[2:], **SIZE
    )
    assert layout(verdict(raw, "jw01234001001_05105_00001_nis_bsub.fits")) == []


def test_variance_of_an_average_has_two_axes(verdict):
    parts = [array("SCI", 6, 4), array("ERR", 6, 4), quality(6, 4)]
    variances = [array(n, 6, 4, 2) for n in ("VAR_POISSON", "VAR_RNOISE")]
    raw = made("ImageModel", "3.0.0", *parts, *variances, **SIZE)
    name = "jw01234001001_05103_00001_nis_rate.fits"
    assert [f[:2] for f in layout(verdict(raw, name))] == [("ARR002", "VAR_POISSON"), ("ARR002", "VAR_RNOISE")]
    assert layout(verdict(raw, name, strict=True)) == []


def test_psf_subtracted_data_keep_what_the_target_had(catalogue, verdict):
    parts = [array(n, 6, 4, 2) for n in (*CUBE, "VAR_FLAT")]
    tables = [quality(6, 4, 2), array("AREA", 6, 4), times(catalogue, 2)]
    raw = made("CubeModel", "2.0.1", *parts[:2], *tables, *parts[2:], **SIZE)
    assert layout(verdict(raw, "jw01234001001_09101_00001_nrca1_o012_psfsub.fits")) == []


@pytest.mark.parametrize(
    ("name", "product"),
    {
        "jw93210001001_03101_00001_nis_uncal.fits": "uncal",
        "jw80600012001_02101_00003-seg001_mirimage_rateints.fits": "rateints",
        "jw01234001001_02112_00001_nrcb4_o001_crf.fits": "crf",
        "jw01234001001_02101_00001_nrca1_fitopt_fitopt.fits": "fitopt",
        "jw01234-o001_t001_nircam_clear-f212n_segm.fits": "segm",
        "jw01234-o001_t001_nircam_clear-f212n_cat.ecsv": "cat",
        "jw01234-o001_t001_nircam_clear-f212n_phot.ecsv": "phot",
        "jw01234-o001_t001_niriss_clear-gr700xd_whtlt.ecsv": "whtlt",
        "jw01234-o001_t001_nircam_clear-f212n_cat.fits": None,
        "jw01234001001_02101_00001_nrca1_rate.ecsv": None,
    }.items(),
)
def test_product_is_told_from_the_name(name, product, verdict):
    assert verdict(b"", name).product == product


def test_catalogue_is_named_and_never_called_conforming(verdict):
    report = verdict(b"# %ECSV 1.0\n# ---\nx\n1\n", "jw01234-o001_t001_nircam_clear-f212n_cat.ecsv")
    assert layout(report) == []
    assert report.findings[0].code == "PROD009"
    assert report.verdict == "unverified"
    assert "a source catalogue (cat): ECSV tables are not FITS and are not covered" in report.findings[0].message
    assert not report.conforming


@pytest.mark.parametrize(("content", "code"), [(b"", "FILE001"), (b"<html>", "FILE002")])
def test_what_only_has_the_name_of_a_catalogue_is_broken(content, code, verdict):
    report = verdict(content, "jw01234-o001_t001_niriss_clear-gr700xd_whtlt.ecsv")
    assert [f[0] for f in layout(report)] == [code]


def test_fits_file_that_is_said_to_be_a_catalogue_is_refused(verdict):
    raw = raw_of(DATA / "science/jwst-3.0.0/jw01234-o001_t001_nircam_clear-f212n_segm.fits.gz")
    report = verdict(raw, product="cat")
    assert "PROD009" in [f.code for f in report.findings]
    assert not report.conforming
