"""Types of exposure that a product is made from are said by its YAML, in groups."""

import pytest
from judging import CATALOGUE

from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue

SPEC = """
product: {name}
title: A product that a team made up
documentation: none
recognise: {{suffixes: [{name}]}}
{more}
"""
HDUS = "hdus: [{hdu: 0, type: primary}]"


@pytest.fixture
def spec(tmp_path):
    """Load a made-up product, with other documents beside it; returns the spec."""

    def load(more, **others):
        (tmp_path / "teamdiff.yaml").write_text(SPEC.format(name="teamdiff", more=f"{HDUS}\n{more}"))
        for name, text in others.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        catalogue = Catalogue(Overlay(Folder(str(tmp_path)), packaged()))
        return catalogue.spec("child" if "child" in others else "teamdiff")

    return load


def test_only_lists_the_types_of_its_groups(spec):
    found = spec("exposures: {only: [ifu, lamp]}").exposures
    assert found.types == ("NRS_IFU", "MIR_MRS", "NRS_LAMP", "NRS_AUTOWAVE", "NRS_AUTOFLAT")
    assert (found.groups, found.barred) == (("ifu", "lamp"), False)


def test_never_leaves_all_others(spec):
    found = spec("exposures: {never: [dark]}").exposures
    assert set(found.types) == CATALOGUE.exposure_types - set(CATALOGUE.exposure_groups["dark"])
    assert found.barred


def test_a_product_that_says_nothing_is_made_from_any(spec):
    assert spec("").exposures.types == ()


def test_exposures_are_inherited_unless_a_product_has_its_own(spec):
    child = SPEC.format(name="child", more="extends: teamdiff\n")
    assert spec("exposures: {only: [ifu]}", child=child).exposures.groups == ("ifu",)
    assert spec("exposures: {only: [ifu]}", child=child + "exposures: {only: [slit]}\n").exposures.groups == ("slit",)


def test_a_team_can_add_a_group(spec):
    mine = "mine: {meaning: those of the team, types: [NRC_TEAM]}\n"
    assert spec("exposures: {only: [mine]}", exposures=mine).exposures.types == ("NRC_TEAM",)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            "exposures: {only: [ifus]}",
            r"unknown group of exposures 'ifus' at .*teamdiff\.yaml:\$\.exposures\.only\[0\]",
        ),
        ("exposures: {never: [dark, x]}", r"unknown group of exposures 'x' at .*:\$\.exposures\.never\[1\]"),
        ("exposures: {only: [ifu], never: [dark]}", r"either only or never at .*:\$\.exposures"),
        ("exposures: {}", r"either only or never at .*:\$\.exposures"),
    ],
)
def test_what_no_exposures_can_mean_is_a_spec_error(spec, more, reason):
    with pytest.raises(SpecError, match=reason):
        spec(more)


def test_groups_hold_known_types_alone():
    known = CATALOGUE.dictionary.homes["PRIMARY"]["EXP_TYPE"].values
    assert not [t for types in CATALOGUE.exposure_groups.values() for t in types if t not in known]


def test_a_row_is_needed_under_a_condition_alone(spec):
    with pytest.raises(SpecError, match=r"needed without a condition at .*:\$\.hdus\[1\]\.needed"):
        spec("", child=SPEC.format(name="child", more=HDUS[:-1] + ", {extname: A, type: IMAGE, needed: true}]"))


def test_steps_are_declared_keywords(spec):
    assert spec("steps: [S_OUTLIR]").steps == ("S_OUTLIR",)
    with pytest.raises(SpecError, match=r"unknown name 'S_OUTLIER' at .*:\$\.steps\[0\]"):
        spec("steps: [S_OUTLIER]")
