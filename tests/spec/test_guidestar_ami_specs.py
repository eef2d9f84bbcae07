"""The specs of the guide-star family, of the MSA file and of the AMI products."""

import pytest
import yaml
from builders import edited, index_of, join, primary, split, table
from builders import image as made_image
from judging import DATA, layout, raw_of

from jwstprod_check.fits.walk import read_fits
from jwstprod_check.product import identify

DOCUMENTED = yaml.safe_load((DATA / "documented_rows_gs_ami.yaml").read_text())
AMI = DATA / "guidestar_ami"
REAL = sorted(AMI.glob("*/*.fits.gz"))
GUIDE_STAR = [p for p in DOCUMENTED["layouts"] if p.startswith("gs-")]
COUNTS = {
    "T02": 4,
    "T03": 4,
    "T04": 7,
    "T05": 7,
    "T08": 2,
    "T09": 5,
    "T10": 2,
    "T11": 5,
    "T12": 5,
    "T13": 8,
    "T17": 4,
    "T18": 7,
    "T19": 4,
    "T45": 9,
    "T46": 9,
}
COLUMNS = {
    "T06": ("gs_flight_stars", 4),
    "T07": ("gs_planned_stars", 10),
    "T14": ("gs_pointing", 12),
    "T15": ("gs_centroids", 17),
    "T16": ("gs_track_subarray", 5),
    "T20": ("msa_shutter_info", 13),
    "T22": ("msa_source_info", 8),
}
IMAGE = "jwst-3.0.0/jw01234001001_gs-id_1_image-cal.fits.gz"
FINE_GUIDE = "jwst-3.0.0/jw01234001001_gs-fg_2022111122300_cal.fits.gz"
AVERAGED = "jwst-3.0.0/jw01234001001_09301_00001_nis_o013_ami-oi.fits.gz"
FIRST_AVERAGED = "jwst-1.11.4/jw01234-o013_t001_niriss_f480m-nrm-sub80_ami-oi.fits.gz"
EACH = "jwst-3.0.0/jw01234001001_09301_00001_nis_o013_amimulti-oi.fits.gz"
OLD_AMI = "jwst-3.0.0/jw01234001001_09202_00001_nis_ami.fits.gz"
ASDF = table("ASDF", [("ASDF_METADATA", "10B", 10)])
WIDTHS = {"A": 1, "I": 2, "J": 4, "D": 8, "E": 4, "L": 1}


def name_of(path):
    return path.rpartition("/")[2].removesuffix(".gz")


def columns(**forms):
    """Columns for ``table`` of names and TFORMs."""
    return [(n, form, int(form[:-1] or 1) * WIDTHS[form[-1]]) for n, form in forms.items()]


@pytest.mark.parametrize("product", DOCUMENTED["layouts"])
def test_rows_are_those_of_the_document(product, catalogue):
    rows = catalogue.spec(product).documents
    assert [[r.hdu, r.extname, r.type, r.dtype, r.dims or "N/A", r.optional] for r in rows] == (
        DOCUMENTED["layouts"][product]["rows"]
    )


@pytest.mark.parametrize("number", COUNTS)
def test_every_row_of_a_documented_table_stands_in_a_spec(number, catalogue):
    products = [p for p, layout in DOCUMENTED["layouts"].items() if layout["table"] == number]
    assert products
    assert all(len(catalogue.spec(p).documents) == COUNTS[number] for p in products)


@pytest.mark.parametrize("number", COLUMNS)
def test_columns_are_those_of_the_document(number, catalogue):
    name, count = COLUMNS[number]
    listed = catalogue.columns(name).columns
    types = [c.dtype.replace("str", "char*") if c.dtype != "str" else "string" for c in listed]
    found = [[c.name, t, *([c.unit] if c.unit else [])] for c, t in zip(listed, types, strict=True)]
    assert len(listed) == count
    assert found == DOCUMENTED["columns"][number]


@pytest.mark.parametrize("product", [*DOCUMENTED["layouts"], "ami"])
def test_amendments_say_why_and_whence(product, catalogue):
    spec = catalogue.spec(product)
    assert all(a.because and a.source for a in spec.amendments)
    assert len({a.id for a in spec.amendments}) == len(spec.amendments)


@pytest.mark.parametrize("path", REAL, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_file_conforms_and_is_quiet(path, verdict):
    report = verdict(path)
    # The tables that the data model of jwst 1.11.4 saved have filler values (test_oifits_content).
    assert report.conforming is not path.match(f"*/{FIRST_AVERAGED}")
    assert layout(report) == []


@pytest.mark.parametrize(
    ("name", "product"),
    {
        "jw01029001001_gs-id_1_image_uncal.fits": "gs-id-image-uncal",
        "jw01029001001_gs-id_3_image-uncal.fits": "gs-id-image-uncal",
        "jw01029001001_gs-id_1_image-cal.fits": "gs-id-image-cal",
        "jw01029001001_gs-id_2_stacked_uncal.fits": "gs-id-stacked-uncal",
        "jw01029001001_gs-id_1_stacked-cal.fits": "gs-id-stacked-cal",
        "jw01029001001_gs-acq1_2022142180746_uncal.fits": "gs-acq1-uncal",
        "jw01029001001_gs-acq1_2022142180746_cal.fits": "gs-acq1-cal",
        "jw01029001001_gs-acq2_2022142180746_uncal.fits": "gs-acq2-uncal",
        "jw01029001001_gs-acq2_2022142180746_cal.fits.gz": "gs-acq2-cal",
        "jw01029001001_gs-track_2022142181502_uncal.fits": "gs-track-uncal",
        "jw01029001001_gs-track_2022142181502_cal.fits": "gs-track-cal",
        "jw01029001001_gs-fg_2022142181502_uncal.fits": "gs-fg-uncal",
        "jw01029001001_gs-fg_2022142181502_cal.fits": "gs-fg-cal",
        "jw01180025001_01_msa.fits": "msa",
        "jw02674004001_01_msa.fits": "msa",
        "jw93210001001_03101_00001_nis_a0003_ami-oi.fits": "ami-oi",
        "jw93210001001_03101_00001_nis_a0003_psf-ami-oi.fits": "ami-oi",
        "jw87600027001_02101_00002_nis_a3001_ami-oi.fits": "ami-oi",
        "jw87600-a3001_t001_niriss_f480m-nrm_ami-oi.fits": "ami-oi",
        "jw87600-a3001_t001_niriss_f480m-nrm_aminorm-oi.fits": "aminorm-oi",
        "jw93210001001_03101_00001_nis_a0003_amimulti-oi.fits": "amimulti-oi",
        "jw93210001001_03101_00001_nis_a0003_amilg.fits": "amilg",
        "jw93210001001_03101_00001_nis_a0003_ami.fits": "ami",
        "jw87600-a3001_t001_niriss_f480m-nrm_psf-amiavg.fits": "ami",
    }.items(),
)
def test_name_says_the_product(name, product, catalogue):
    found = identify(read_fits(join([primary(TELESCOP="JWST")])), catalogue, base=name)
    assert found.name == product
    assert found.file_name.form


@pytest.mark.parametrize("name", ["", "guider.fits", "my_uncal.fits"])
@pytest.mark.parametrize("model", ["GuiderRawModel", "Level1bModel"])
@pytest.mark.parametrize("product", [p for p in GUIDE_STAR if p.endswith("uncal")])
def test_raw_guide_star_file_without_its_name_is_told_by_model_and_exposure_type(product, model, name, catalogue):
    exposure = catalogue.spec(product).recognise.exp_types[0]
    file = read_fits(join([primary(TELESCOP="JWST", DATAMODL=model, EXP_TYPE=exposure)]))
    assert identify(file, catalogue, base=name).name == product


@pytest.mark.parametrize("name", ["", "guider.fits", "my_cal.fits"])
@pytest.mark.parametrize("product", [p for p in GUIDE_STAR if p.endswith("-cal")])
def test_calibrated_guide_star_file_without_its_name_is_told_by_model_and_exposure_type(product, name, catalogue):
    exposure = catalogue.spec(product).recognise.exp_types[0]
    file = read_fits(join([primary(TELESCOP="JWST", DATAMODL="GuiderCalModel", EXP_TYPE=exposure)]))
    assert identify(file, catalogue, base=name).name == product


def raw_file(product, axes, bitpix=16, model="Level1bModel", zero=True):
    """A raw guide-star file as the ground system writes it: 16-bit integers, no tree."""
    keywords = {"TELESCOP": "JWST", "DATAMODL": model, "EXP_TYPE": product, "SUBSIZE1": axes[0], "SUBSIZE2": axes[1]}
    sci = made_image("SCI", axes, bitpix)
    if zero:
        sci = sci.with_card("BSCALE", 1).with_card("BZERO", 32768)
    return [primary(**keywords, NGROUPS=axes[2], NINTS=axes[3]), sci]


@pytest.mark.parametrize("strict", [False, True])
def test_raw_file_of_the_ground_system_conforms_as_documented(strict, verdict):
    raw = join(raw_file("FGS_ACQ2", (32, 32, 2, 5)))
    report = verdict(raw, "jw01029001001_gs-acq2_2022142180746_uncal.fits", strict=strict)
    assert report.product == "gs-acq2-uncal"
    assert layout(report) == []


def test_floating_point_raw_file_needs_the_data_model_of_the_pipeline(verdict):
    name = "jw01029001001_gs-acq2_2022142180746_uncal.fits"
    saved = join(raw_file("FGS_ACQ2", (32, 32, 2, 5), -32, "GuiderRawModel", zero=False))
    other = join(raw_file("FGS_ACQ2", (32, 32, 2, 5), -32, "Level1bModel", zero=False))
    assert layout(verdict(saved, name)) == []
    assert layout(verdict(other, name)) == [("ARR001", "SCI", "BITPIX")]


def test_raw_file_without_bzero_is_reported(verdict):
    raw = join(raw_file("FGS_ACQ2", (32, 32, 2, 5), zero=False))
    assert layout(verdict(raw, "jw01029001001_gs-acq2_2022142180746_uncal.fits")) == [("ARR001", "SCI", "BZERO")]


def test_raw_track_file_with_documented_columns_conforms(verdict, catalogue):
    tables = [
        ("Pointing", "gs_pointing", 7),
        ("FGS Centroid Packet", "gs_centroids", 3),
        ("Track subarray table", "gs_track_subarray", 1),
    ]
    codes = {"float64": "1D", "int32": "1J", "int16": "1I"}
    parts = raw_file("FGS_TRACK", (32, 32, 2, 4))
    for extname, name, rows in tables:
        forms = {c.name: codes.get(c.dtype, c.dtype.removeprefix("str") + "A") for c in catalogue.columns(name).columns}
        parts.append(table(extname, columns(**forms), rows))
    report = verdict(join(parts), "jw01029001001_gs-track_2022142180746_uncal.fits")
    assert report.product == "gs-track-uncal"
    assert layout(report) == []


@pytest.mark.parametrize("extname", ["POINTING", "Pointing"])
def test_names_of_tables_may_stand_in_documented_and_in_upper_case(extname, verdict):
    raw = edited(raw_of(AMI / FINE_GUIDE), "POINTING", lambda p: p.with_card("EXTNAME", extname))
    report = verdict(raw, name_of(FINE_GUIDE))
    expected = [] if extname == "POINTING" else [("HDU006", "POINTING", "EXTNAME")]
    assert layout(report) == expected
    uncal = "jwst-1.11.4/jw01234001001_gs-fg_2022111122300_uncal.fits.gz"
    raw = edited(raw_of(AMI / uncal), "POINTING", lambda p: p.with_card("EXTNAME", extname))
    assert layout(verdict(raw, name_of(uncal))) == []


def test_sizes_follow_the_keywords_and_not_the_document(verdict):
    report = verdict(raw_of(AMI / IMAGE), name_of(IMAGE))
    assert report.symbols == {"boxcols": 64, "boxrows": 64}
    strict = verdict(raw_of(AMI / IMAGE), name_of(IMAGE), strict=True)
    assert [f[:2] for f in layout(strict) if f[0] == "ARR003"] == [("ARR003", n) for n in ("SCI", "ERR", "DQ")]
    wrong = edited(raw_of(AMI / IMAGE), "primary", lambda p: p.with_card("SUBSIZE1", 2024))
    assert layout(verdict(wrong, name_of(IMAGE))) == [("KEY005", None, "SUBSIZE1")]


def test_identification_image_has_one_plane(verdict):
    raw = edited(raw_of(AMI / IMAGE), "ERR", lambda p: p.resized(64, 64, 2))
    assert layout(verdict(raw, name_of(IMAGE))) == [("ARR003", "ERR", "NAXIS3")]


def test_lost_reference_stars_are_reported(verdict):
    parts = split(raw_of(AMI / IMAGE))
    del parts[index_of(parts, "FLIGHT REFERENCE STARS")]
    assert layout(verdict(join(parts), name_of(IMAGE))) == [("HDU001", "FLIGHT REFERENCE STARS", None)]


def test_stars_may_stand_in_either_order_but_sci_comes_first(verdict):
    parts = split(raw_of(AMI / IMAGE))
    swapped = [*parts[:4], parts[5], parts[4], *parts[6:]]
    assert layout(verdict(join(swapped), name_of(IMAGE))) == []
    behind = [parts[0], parts[2], parts[1], *parts[3:]]
    assert [f[0] for f in layout(verdict(join(behind), name_of(IMAGE)))] == ["HDU005"]


@pytest.mark.parametrize(("release", "missing"), [("1.3.3", False), ("1.4.0", True), ("3.0.0", True), (None, False)])
def test_planned_stars_have_a_reference_order_since_1_4(release, missing, verdict, catalogue):
    codes = {"float64": "1D", "int32": "1J", "str12": "12A"}
    listed = catalogue.columns("gs_planned_stars").columns
    stars = table("PLANNED REFERENCE STARS", columns(**{c.name: codes[c.dtype] for c in listed}), 5)
    parts = split(raw_of(AMI / IMAGE))
    parts[index_of(parts, "PLANNED REFERENCE STARS")] = stars
    parts[0] = parts[0].without_card("CAL_VER") if release is None else parts[0].with_card("CAL_VER", release)
    expected = [("TAB002", "PLANNED REFERENCE STARS", "reference_order")] if missing else []
    assert layout(verdict(join(parts), name_of(IMAGE))) == expected


def version(raw, release):
    return edited(raw, "primary", lambda p: p.with_card("CAL_VER", release))


@pytest.mark.parametrize(
    ("release", "missing"), [("1.14.0", False), ("1.19.2", False), ("1.20.0", True), ("2.0.1", True)]
)
def test_quads_are_needed_since_1_20(release, missing, verdict):
    parts = split(version(raw_of(AMI / AVERAGED), release))
    del parts[index_of(parts, "OI_Q4")]
    expected = [("HDU001", "OI_Q4", None)] if missing else []
    assert layout(verdict(join(parts), name_of(AVERAGED))) == expected


QUADS = {
    **dict.fromkeys(["TIME", "MJD", "INT_TIME", "Q4AMP", "Q4AMPERR", "Q4PHI", "Q4PHIERR"], "1D"),
    **{f"{axis}{n}COORD": "1D" for n in (1, 2, 3) for axis in "UV"},
}


@pytest.mark.parametrize(("release", "errors"), [("1.20.2", 0), ("2.0.1", 0), ("3.0.0", 2)])
def test_sixteen_columns_of_quads_are_those_before_3_0(release, errors, verdict):
    parts = split(version(raw_of(AMI / AVERAGED), release))
    at = index_of(parts, "OI_Q4")
    made = table("OI_Q4", columns(TARGET_ID="1I", **QUADS, STA_INDEX="4I", FLAG="1L"), 35)
    for keyword in ("ARRNAME", "INSNAME", "DATE-OBS"):
        made = made.with_card(keyword, parts[at].text(keyword))
    parts[at] = made.with_card("OI_REVN", 2)
    found = layout(verdict(join(parts), name_of(AVERAGED)))
    assert [f[0] for f in found] == ["TAB002"] * errors
    assert {f[2] for f in found} <= {"U4COORD", "V4COORD"}


@pytest.mark.parametrize(("release", "conforms"), [("1.11.4", True), ("1.12.5", False)])
def test_stations_were_flat_in_the_first_release(release, conforms, verdict):
    raw = version(raw_of(AMI / FIRST_AVERAGED), release)
    found = layout(verdict(raw, name_of(FIRST_AVERAGED)))
    assert found == ([] if conforms else [("TAB004", "OI_ARRAY", "STAXYZ")])


def test_vectors_over_integrations_belong_to_amimulti(verdict):
    report = verdict(raw_of(AMI / EACH), "jw01234001001_09301_00001_nis_o013_ami-oi.fits")
    wrong = {f[1] for f in layout(report)}
    assert {f[0] for f in layout(report)} == {"TAB004"}
    assert wrong == {"OI_ARRAY", "OI_T3", "OI_VIS", "OI_VIS2", "OI_Q4"}


@pytest.mark.parametrize(("rows", "cell"), [(3, 44), (44, 3)])
def test_fringe_fit_conforms(rows, cell, verdict):
    names = ("CTRD", "N_CTRD", "FIT", "N_FIT", "RESID", "N_RESID")
    head = primary(TELESCOP="JWST", DATAMODL="AmiLgFitModel", EXP_TYPE="NIS_AMI", NINTS=9, SUBSIZE1=80, SUBSIZE2=80)
    solns = table("SOLNS", columns(coeffs=f"{cell}D"), rows)
    parts = [head, *(made_image(n, (5, 4, 3)) for n in names), solns, ASDF]
    report = verdict(join(parts), "jw01234001001_09301_00001_nis_o013_amilg.fits")
    assert report.product == "amilg"
    assert report.symbols == {"ncols": 5, "nrows": 4, "nints": 3}
    assert layout(report) == []


def test_old_ami_product_needs_its_coefficients(verdict):
    raw = raw_of(AMI / OLD_AMI)
    parts = split(raw)
    del parts[index_of(parts, "FRINGE_PHA")]
    assert layout(verdict(join(parts), name_of(OLD_AMI))) == [("HDU001", "FRINGE_PHA", None)]


SHUTTERS = {
    **dict.fromkeys(["slitlet_id", "msa_metadata_id", "shutter_quadrant", "shutter_row", "shutter_column"], "1I"),
    "source_id": "1J",
    "background": "1A",
    "shutter_state": "6A",
    "estimated_source_in_shutter_x": "1E",
    "estimated_source_in_shutter_y": "1E",
    "dither_point_index": "1I",
    "primary_source": "1A",
    "fixed_slit": "8A",
}
SOURCES = {
    "program": "1J",
    "source_id": "1J",
    "source_name": "20A",
    "alias": "20A",
    "ra": "1D",
    "dec": "1D",
    "preimage_id": "30A",
    "stellarity": "1D",
}


def msa(shutters, sources, bitpix=-32):
    return join(
        [
            primary(TELESCOP="JWST"),
            made_image("SHUTTER_IMAGE", (342, 730), bitpix),
            table("SHUTTER_INFO", columns(**shutters), 12),
            table("SOURCE_INFO", columns(**sources), 4),
        ]
    )


@pytest.mark.parametrize("strict", [False, True])
def test_msa_file_conforms(strict, verdict):
    report = verdict(msa(SHUTTERS, SOURCES), "jw01180025001_01_msa.fits", strict=strict)
    assert report.product == "msa"
    assert layout(report) == []


def test_older_msa_file_conforms(verdict):
    shutters = {n: f for n, f in SHUTTERS.items() if n != "fixed_slit"} | {"source_id": "1I"}
    sources = {**SOURCES, "ra": "1E", "dec": "1E"}
    assert layout(verdict(msa(shutters, sources, -64), "jw01180025001_01_msa.fits")) == []


def test_msa_file_without_a_column_is_reported(verdict):
    shutters = {n: f for n, f in SHUTTERS.items() if n != "primary_source"}
    found = layout(verdict(msa(shutters, SOURCES), "jw01180025001_01_msa.fits"))
    assert found == [("TAB002", "SHUTTER_INFO", "PRIMARY_SOURCE")]


def test_columns_beyond_the_document_are_named_as_amended(verdict):
    report = verdict(raw_of(AMI / FINE_GUIDE), name_of(FINE_GUIDE))
    said = [f.message for f in report.findings if f.code == "PROD008"]
    assert any("HGA_motion" in m and "columns-as-written" in m for m in said)


def test_free_order_is_named_as_amended(verdict):
    report = verdict(raw_of(AMI / IMAGE), name_of(IMAGE))
    assert any("planned-stars-first" in f.message for f in report.findings if f.code == "PROD008")
