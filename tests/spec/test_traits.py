"""Traits: what rules must know of a product is said by its YAML alone."""

import re
from pathlib import Path

import numpy as np
import pytest
from builders import image, join, primary, table
from judging import CATALOGUE, codes
from scanning import flags, floats, noise

from jwstprod_check import check
from jwstprod_check.rules import all_rules
from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue

SPEC = """
product: {name}
title: A product that a team made up
documentation: none
recognise: {{suffixes: [{name}], models: [TeamModel]}}
traits: [{traits}]
units: [MJy/sr]
hdus:
  - {{hdu: 0, type: primary}}
  - {{extname: SCI, type: IMAGE, dtype: float32, dims: 64 x 64 x nints}}
  - {{extname: ERR, type: IMAGE, dtype: float32, dims: 64 x 64 x nints}}
  - {{extname: DQ,  type: IMAGE, dtype: uint32,  dims: 64 x 64 x nints}}
  - {{extname: VAR_POISSON, type: IMAGE, dtype: float32, dims: 64 x 64 x nints}}
  - {{extname: VAR_RNOISE,  type: IMAGE, dtype: float32, dims: 64 x 64 x nints}}
  - {{extname: ASDF, type: BINTABLE, dims: variable}}
"""
NAME = "teamdiff"
BASE = f"jw01234001001_02101_00001_nrca1_{NAME}.fits"
AXES = (64, 64, 2)
SQUARE = "POLYGON ICRS 10 5 10.1 5 10.1 5.1 10 5.1"


@pytest.fixture
def specs(tmp_path):
    """Folder of a made-up product; ``extending`` is a second one that extends it."""
    folder = tmp_path / "specs"
    folder.mkdir()

    def with_traits(*traits, extending=""):
        (folder / f"{NAME}.yaml").write_text(SPEC.format(name=NAME, traits=", ".join(traits)))
        if extending:
            (folder / "child.yaml").write_text(extending)
        return str(folder)

    return with_traits


def own(folder):
    return Catalogue(Overlay(Folder(folder), packaged()))


def parts(unit="MJy/sr", nan=False, lost=False, scale=1.0, ra=10.05):
    values = noise(*AXES)
    if nan:
        values[70] = np.nan
    if lost:
        values[1000 : 1000 + 6 * 720] = 0
    variances = [noise(*AXES, seed=1), noise(*AXES, seed=2)]
    error = np.sqrt(variances[0].astype("f8") + variances[1]) * scale
    science = floats("SCI", AXES, values).with_card("BUNIT", unit)
    for keyword, value in {"RA_REF": ra, "DEC_REF": 5.05, "S_REGION": SQUARE}.items():
        science = science.with_card(keyword, value)
    stated = {
        "DATE": "2026-01-01T00:00:00.000", "FILENAME": BASE, "TELESCOP": "JWST", "INSTRUME": "NIRCAM", "DETECTOR": "NRCA1",
        "EXP_TYPE": "NRC_IMAGE", "PROGRAM": "01234", "OBSERVTN": "001", "VISIT": "001", "NINTS": 2,
        "DATE-OBS": "2026-01-01", "TIME-OBS": "00:00:00.000", "DATE-BEG": "2026-01-01T00:00:00.000",
        "DATE-END": "2026-01-01T00:01:00.000", "CAL_VER": "1.18.0", "DATAMODL": "TeamModel",
        "S_FLAT": "COMPLETE", "S_RAMP": "COMPLETE",
    }  # fmt: skip
    return [
        primary(**stated),
        science,
        floats("ERR", AXES, error),
        flags(AXES, np.zeros(2 * 4096)),
        floats("VAR_POISSON", AXES, variances[0]),
        floats("VAR_RNOISE", AXES, variances[1]),
        table("ASDF", [("ASDF_METADATA", "10B", 10)]).without_card("EXTVER"),
    ]


def judged(folder, tmp_path, **defects):
    path = tmp_path / BASE
    path.write_bytes(join(parts(**defects)))
    return check(path, specs=folder, data=True, ignore=("ASDF",))


ALL = ("fitted", "flagged", "one-field")


def test_a_made_up_product_is_identified_by_its_name_and_quiet(specs, tmp_path):
    report = judged(specs(*ALL), tmp_path)
    assert (report.product, codes(report)) == (NAME, [])


@pytest.mark.parametrize(
    ("defect", "traits", "found"),
    [
        ({"nan": True}, ["flagged"], [("DATA002", "error")]),
        ({"nan": True}, ["fitted"], [("DATA002", "warning")]),
        ({"nan": True}, ["one-field"], []),
        ({"scale": 3}, ["fitted"], [("DATA005", "warning")]),
        ({"scale": 3}, ["flagged"], []),
        ({"lost": True}, ["ramp"], [("DATA006", "warning")]),
        ({"lost": True}, ["flagged"], []),
        ({"ra": 11}, ["one-field"], [("WCS011", "warning")]),
        ({"ra": 11}, ["fitted"], []),
        ({"unit": "DN"}, [], [("KEY030", "warning")]),
    ],
)
def test_a_made_up_product_gets_the_rules_that_its_traits_ask_for(specs, tmp_path, defect, traits, found):
    report = judged(specs(*traits), tmp_path, **defect)
    assert [(f.code, f.severity) for f in report.findings if f.severity != "info"] == found


@pytest.mark.parametrize(("trait", "code"), [("sparse", "zero"), ("resampled", "nan")])
def test_planes_that_a_trait_allows_are_quiet(specs, tmp_path, trait, code):
    values = noise(*AXES).reshape(2, -1)
    values[1] = 0 if code == "zero" else np.nan
    made = parts()
    made[1] = image("SCI", AXES, -32, values.tobytes())
    path = tmp_path / BASE
    path.write_bytes(join(made))

    def planes(*traits):
        report = check(path, specs=specs(*traits), data=True)
        return [f.code for f in report.findings if f.code == "DATA007"]

    from jwstprod_check.spec.catalogue import catalogue

    assert planes() == ["DATA007"]
    catalogue.cache_clear()
    assert planes(trait) == []


def test_a_rule_that_is_for_other_traits_is_shown_with_v(specs, tmp_path, jwstprod):
    path = tmp_path / BASE
    path.write_bytes(join(parts()))
    folder = specs("flagged")
    assert "trait" not in jwstprod("check", path, "--specs", folder, "--format", "concise").out
    for form in ("concise", "rich"):
        shown = " ".join(jwstprod("check", path, "--specs", folder, "-v", "--data", "--format", form).out.split())
        # A terminal names the rules behind their trait, once for all of them.
        behind = re.search(r"the product has no trait 'one-field'[^']*: [A-Z0-9, ]*WCS011", shown)
        assert "not applicable WCS011" in shown or behind is not None
        assert "the product has no trait 'one-field'" in shown
        assert "DATA002 not" not in shown


def test_a_rule_for_other_traits_is_not_a_skipped_one(specs, tmp_path):
    report = judged(specs("flagged"), tmp_path)
    assert [s.code for s in report.skipped if "trait" in s.reason] == []
    others = [s.code for s in report.inapplicable if "interferometry" not in s.reason]
    assert {"KEY078", "WCS011", "WCS019", "WCS020", "DATA005"} <= set(others)


def test_traits_are_inherited_unless_a_product_has_its_own(specs):
    child = "product: child\ntitle: t\ndocumentation: d\nrecognise: {suffixes: [child]}\nextends: teamdiff\n"
    inherited = own(specs("fitted", "ramp", extending=child)).spec("child")
    assert (inherited.traits, inherited.header.units) == (("fitted", "ramp"), ("MJy/sr",))
    replaced = own(specs("fitted", "ramp", extending=child + "traits: [ramp]\nunits: []\n")).spec("child")
    assert (replaced.traits, replaced.header.units) == (("ramp",), ())


@pytest.mark.parametrize(
    ("trait", "reason"),
    [
        ("flaged", f"unknown trait 'flaged'; did you mean 'flagged'? at {{}}{NAME}.yaml:$.traits[1]"),
        ("zzzz", f"unknown trait 'zzzz' at {{}}{NAME}.yaml:$.traits[1]"),
    ],
)
def test_an_unknown_trait_is_a_spec_error_with_the_nearest_known_one(specs, trait, reason):
    folder = specs("ramp", trait)
    with pytest.raises(SpecError) as error:
        own(folder).spec(NAME)
    assert str(error.value) == reason.format(folder + "/")


def test_an_unknown_trait_of_a_header_group_is_a_spec_error(specs, tmp_path):
    folder = Path(specs())
    (folder / "headers.yaml").write_text("mine: {because: b, unless: [rampp], required: [DATE]}\n")
    with pytest.raises(SpecError, match=r"unknown trait 'rampp'; did you mean 'ramp'\? at .*:\$\.mine\.unless\[0\]"):
        own(folder).spec(NAME)


def test_every_trait_has_a_meaning_and_a_product():
    carried = {t for name in CATALOGUE.names() for t in CATALOGUE.spec(name).traits}
    assert carried == CATALOGUE.traits.keys()
    assert all(len(meaning) > 20 for meaning in CATALOGUE.traits.values())


def test_rules_ask_for_known_traits_only():
    asked = {trait for rule in all_rules() for trait in rule.traits}
    assert asked
    assert asked <= CATALOGUE.traits.keys()


def test_spec_show_prints_the_traits(jwstprod):
    shown = jwstprod("spec", "show", "crfints").out
    assert "traits: fitted, flagged, calibrated, one-field, integrations, step-input\n" in shown
    assert "units of SCI: MJy/sr, MJy, DN/s\n" in shown


def test_forms_of_names_are_those_of_the_product(specs, tmp_path):
    text = SPEC.format(name=NAME, traits="").replace("models: [TeamModel]", "models: [TeamModel], forms: [gs_id]")
    folder = Path(specs())
    (folder / f"{NAME}.yaml").write_text(text)
    path = tmp_path / BASE
    path.write_bytes(join(parts()))
    assert codes(check(path, specs=str(folder))) == ["PROD006"]
    path = tmp_path / f"jw01234001001_gs-id_1_image_{NAME}.fits"
    path.write_bytes(join([parts()[0].with_card("FILENAME", path.name), *parts()[1:]]))
    assert codes(check(path, specs=str(folder))) == []


def test_a_form_that_the_grammar_does_not_have_is_a_spec_error(specs):
    folder = Path(specs())
    text = (folder / f"{NAME}.yaml").read_text().replace("models:", "forms: [gs], models:")
    (folder / f"{NAME}.yaml").write_text(text)
    with pytest.raises(SpecError, match=r"Invalid enum value 'gs' at .*\$\.recognise\.forms"):
        own(folder).spec(NAME)


def test_forms_of_a_suffix_that_is_not_there_are_a_spec_error(specs):
    folder = Path(specs())
    text = (folder / f"{NAME}.yaml").read_text().replace("models:", "forms: {other: [source]}, models:")
    (folder / f"{NAME}.yaml").write_text(text)
    with pytest.raises(SpecError, match=r"forms of 'other', which is not among the suffixes at .*\$\.recognise\.forms"):
        own(folder).spec(NAME)


def test_no_module_of_rules_or_identification_names_a_product():
    import jwstprod_check

    package = Path(jwstprod_check.__file__).parent
    names = {*CATALOGUE.names(), *CATALOGUE.suffixes} - CATALOGUE.traits.keys()
    listed = {f'"{name}"' for name in names} | {f"'{name}'" for name in names}
    for folder in ("rules", "product", "match", "engine", "spec", "scan", "fits"):
        for path in (package / folder).rglob("*.py"):
            found = {name for name in listed if name in path.read_text()}
            assert not found, path
