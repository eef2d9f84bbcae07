"""Which page a table is of, rows and amendments of some releases, and what the release after 3.0.0 writes."""

from types import SimpleNamespace

import numpy as np
import pytest
from builders import edited, image, index_of, join, split, table
from judging import CATALOGUE, DATA, judge_file, loud, raw_of
from made_files import make

from jwstprod_check import check
from jwstprod_check.make import file_name
from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue

NEXT, LAST = "3.1.0", "3.0.0"
NEWER = {"i2d", "s2d", "s3d", "x1d", "x1dints"}
PAGES = [p for p in CATALOGUE.names() if ".rst#" in CATALOGUE.spec(p).documentation]


def facts(release):
    return SimpleNamespace(keyword=lambda name: release if name == "CAL_VER" else None, present=lambda _: False)


@pytest.mark.parametrize("product", PAGES)
def test_every_documented_product_says_which_page_it_is(product):
    spec = CATALOGUE.spec(product)
    assert spec.documented_at is not None
    assert spec.documented_at.release == ("after 3.0.0" if product in NEWER else "3.0.0")
    assert spec.page == f"{spec.documentation}, jwst {spec.documented_at.release} (commit {spec.documented_at.commit})"


def own(folder, row="", amendment=""):
    (folder / "lab.yaml").write_text(
        "product: lab\ntitle: t\ndocumentation: page.rst#lab\nrecognise: {suffixes: [lab]}\n"
        f"documented_at: {{release: 9.9.9, commit: abc}}\n"
        f"hdus: [{{type: primary}}, {{extname: SCI, type: IMAGE, dims: any}}, {{hdu: 2, extname: NEW, type: IMAGE, dims: any{row}}}]\n"
        f"amendments: [{{id: a, because: b, source: s, hdus: [{{extname: MORE, type: IMAGE, dims: any}}]{amendment}}}]\n"
    )
    return Catalogue(Overlay(Folder(folder), CATALOGUE.documents))


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ("", {"1.0": True, "3.0": True, None: True}),
        (", since: '2.0'", {"1.9.9": False, "2.0.0": True, "3.0": True, None: True}),
        (", until: '2.0'", {"1.9.9": True, "2.0.0": False, "3.0": False, None: True}),
        (", since: '2.0', until: '2.1'", {"1.9.9": False, "2.0.5": True, "2.1": False, None: True}),
    ],
)
def test_a_row_is_asked_for_in_its_releases(row, asked, tmp_path):
    specs = own(tmp_path, row)
    for release, wanted in asked.items():
        for strict in (False, True):
            active = specs.amended("lab", facts(release), strict)
            assert active.row("NEW").optional is not wanted


@pytest.mark.parametrize(
    ("amendment", "applies"),
    [
        (", since: '2.0'", {"1.9.9": False, "2.0.0": True, None: False}),
        (", until: '2.0'", {"1.9.9": True, "2.0.0": False}),
        (", since: '2.0', when: CAL_VER != \"2.5\"", {"1.9": False, "2.0": True, "2.5": False}),
        (', since: \'2.0\', when: CAL_VER == "1.0" or CAL_VER == "2.5"', {"1.0": False, "2.5": True}),
    ],
)
def test_an_amendment_applies_in_its_releases(amendment, applies, tmp_path):
    specs = own(tmp_path, amendment=amendment)
    for release, wanted in applies.items():
        assert bool(specs.amended("lab", facts(release)).applied) is wanted


@pytest.mark.parametrize(
    ("row", "amendment", "where"),
    [
        (", since: next", "", "$.hdus[2].since"),
        (", until: '2.x'", "", "$.hdus[2].until"),
        ("", ", since: ''", "$.amendments[0].since"),
        ("", ", since: '2.0', when: \"CAL_VER == '1') or (CAL_VER == '2'\"", "$.amendments[0].when"),
    ],
)
def test_a_release_that_is_none_is_a_spec_error(row, amendment, where, tmp_path):
    with pytest.raises(SpecError) as error:
        own(tmp_path, row, amendment).spec("lab")
    assert where in str(error.value)


def test_messages_say_the_releases_and_strict_the_page(tmp_path):
    specs = own(tmp_path, ", since: '2.0'")
    raw = join(
        [
            split(make("lab", specs, keywords={"CAL_VER": "2.0.0"}))[0],
            image("SCI", (2,)),
            table("ODD", [("A", "1E", 4)], 1),
        ]
    )
    said = {
        strict: [f.message for f in loud(judge_file(raw, "x_lab.fits", specs, strict=strict))]
        for strict in (False, True)
    }
    assert "NEW is missing (documented as HDU 2; since 2.0)" in said[False]
    page = "by page.rst#lab, jwst 9.9.9 (commit abc)"
    assert f"NEW is missing (documented as HDU 2; since 2.0; {page})" in said[True]
    assert f"HDU 2 'ODD' is not in the table of lab ({page})" in said[True]


def test_spec_show_says_page_and_releases(jwstprod):
    assert "science_products.rst#x1d, jwst after 3.0.0 (commit c33e8089d)" in jwstprod("spec", "show", "x1d").out
    assert "HDRTAB since 3.0" in jwstprod("spec", "show", "x1d").out
    assert '"since": "3.0"' in jwstprod("spec", "show", "x1d", "--format", "json").out
    assert '"commit": "c33e8089d"' in jwstprod("spec", "show", "x1d", "--format", "json").out


# --- the release after 3.0.0 -----------------------------------------------------------------------------------------


def told(raw, product, **options):
    report = judge_file(raw, file_name(CATALOGUE.spec(product)), **options)
    return [(f.code, f.extname, f.severity) for f in loud(report)]


def with_more(raw, *parts):
    """The file with other HDUs before ASDF."""
    hdus = split(raw)
    at = index_of(hdus, "ASDF")
    return join([*hdus[:at], *parts, *hdus[at:]])


@pytest.mark.parametrize("product", ["cal", "crf"])
@pytest.mark.parametrize("model", ["MultiSlitModel", "SlitModel"])
@pytest.mark.parametrize("release", [NEXT, LAST])
def test_grism_slits_have_simulated_and_contaminating_spectra(product, model, release):
    keywords = {"DATAMODL": model, "INSTRUME": "NIRISS", "EXP_TYPE": "NIS_WFSS", "CAL_VER": release}
    raw = make(product, CATALOGUE, keywords=keywords, sets=2)
    count = 2 if model == "MultiSlitModel" else 1
    axes = split(raw)[index_of(split(raw), "SCI")].axes
    more = [image(name, axes, extver=n) for n in range(1, count + 1) for name in ("SIMUL", "CONTAM")]
    found = [f for f in told(with_more(raw, *more), product) if f[0].startswith(("HDU", "ARR"))]
    assert found == ([] if release == NEXT else [("HDU002", n, "warning") for n in ("SIMUL", "CONTAM")])


def test_grism_cal_is_in_count_rates():
    keywords = {"DATAMODL": "MultiSlitModel", "INSTRUME": "NIRISS", "EXP_TYPE": "NIS_WFSS", "CAL_VER": NEXT}
    raw = make("cal", CATALOGUE, keywords=keywords)
    parts = [p.with_card("BUNIT", "DN/s") if p.name in ("SCI", "ERR") else p for p in split(raw)]
    assert not [f for f in told(join(parts), "cal") if f[0].startswith("KEY") and f[0] != "KEY025"]


def test_resampled_spectrum_has_a_table_of_wavelengths():
    raw = make(
        "s2d",
        CATALOGUE,
        keywords={"CAL_VER": NEXT, "INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_FIXEDSLIT"},
    )
    columns = table("WCS-TABLE", [("wave_slit_S200A1", "16E", 64)], 1)
    coordinates = {
        "WCSAXES": 2, "CTYPE1": "WAVE-TAB", "CTYPE2": "SPATIAL", "CUNIT1": "um", "CUNIT2": "arcsec", "CRPIX1": 1.0, "CRPIX2": 6.0,
        "CRVAL1": 1.0, "CRVAL2": 0.0, "CDELT1": 1.0, "CDELT2": 0.1, "PS1_0": "WCS-TABLE", "PS1_1": "wave_slit_S200A1",
    }  # fmt: skip

    def change(part):
        for keyword, value in coordinates.items():
            part = part.with_card(keyword, value)
        return part

    before = told(raw, "s2d")
    assert [f for f in told(with_more(edited(raw, "SCI", change), columns), "s2d") if f not in before] == []


def test_nan_in_a_guide_star_image_is_quiet_where_it_is_flagged():
    raw = make("gs-fg-cal", CATALOGUE, keywords={"CAL_VER": NEXT})
    parts = split(raw)
    at = index_of(parts, "SCI")
    axes = parts[at].axes
    values = np.ones(axes[::-1], ">f4")
    values[:, 2, 3] = np.nan
    flags = np.zeros(axes[1::-1], ">u4")
    flags[2, 3] = 1
    signed = (flags.astype(np.int64) - 2**31).astype(">i4")

    def changed(part):
        if part.name in ("SCI", "ERR"):
            return part.__class__(part.cards, values.tobytes())
        return part.__class__(part.cards, signed.tobytes()) if part.name == "DQ" else part

    good = {f.code for f in check(raw, data=True).findings}
    assert {f.code for f in check(join([changed(p) for p in parts]), data=True).findings} <= good


def test_step_of_the_imprint_is_named_as_in_the_pipeline():
    from jwstprod_check.rules.asdf.reading import keyword_paths

    steps = keyword_paths(CATALOGUE)["PRIMARY"]["meta"]["cal_step"]
    assert steps["imprint_subtract"] == steps["imprint"] == "S_IMPRNT"


@pytest.mark.parametrize(
    ("suffix", "name"),
    [("imprint_subtract", "imprint"), ("simul", "simul"), ("simul_slits", "simul"), ("contam", "simul")],
)
def test_files_of_steps_are_known_by_their_suffix(suffix, name):
    raw = make("cal", CATALOGUE, keywords={"CAL_VER": NEXT})
    report = judge_file(raw, f"jw01234001001_02101_00001_nis_{suffix}.fits")
    assert report.product == name
    assert {f.code for f in report.findings} & {"PROD001", "PROD002"} == set()


def test_lengths_of_spectra_are_signed_in_the_documents_and_unsigned_in_files():
    path = next((DATA / "science").rglob("*seg002_nrs1_x1dints.fits.gz"))
    raw, name = raw_of(path), path.name.removesuffix(".gz")
    assert not [f for f in loud(judge_file(raw, name)) if f.code == "TAB004"]
    strict = [f for f in loud(judge_file(raw, name, strict=True)) if f.code == "TAB004"]
    assert {(f.column, f.found.partition(" ")[0]) for f in strict} == {("N_ALONGDISP", "uint32")}
