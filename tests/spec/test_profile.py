"""Profiles of an archive: what loads, what is inherited, what is refused."""

import pytest
from hlsp import file, findings
from judging import CATALOGUE

from jwstprod_check.rules import all_rules
from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue


def test_profiles_load_and_name_real_rules():
    codes = {rule.code for rule in all_rules()}
    assert CATALOGUE.profiles() == ["hlsp", "hlsp-simulation"]
    for name in CATALOGUE.profiles():
        assert set(CATALOGUE.profile(name).waives) <= codes


def test_a_simulation_inherits_what_it_does_not_say():
    parent, own = CATALOGUE.profile("hlsp"), CATALOGUE.profile("hlsp-simulation")
    assert (own.prefix, own.names, own.waives) == (parent.prefix, parent.names, parent.waives)
    assert own.keywords.keys() == parent.keywords.keys()


HEAD = "profile: mine\ntitle: t\ndocumentation: d\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "nonsense: 1\n", "unknown field"),
        ("profile: other\ntitle: t\ndocumentation: d\n", "is in the file of 'mine'"),
        (HEAD + "extends: mine\n", "in a circle"),
        (HEAD + "extends: nobody\n", "no profile 'nobody'"),
        (HEAD + "extends: ../hlsp\n", "no profile"),
        (HEAD + "waives: [everything]\n", "is not a rule"),
        (HEAD + "keywords: {lower: {tier: required}}\n", "is not a keyword"),
        (HEAD + "keywords: {ABC: {tier: wanted}}\n", "Invalid enum value"),
        (HEAD + "keywords: {ABC: {kinds: [film]}}\n", "unknown kind 'film'"),
        (HEAD + "names: {fields: [a, b], least: 3, lengths: {}, extensions: [fits]}\n", "least is not between"),
        (HEAD + "names: {fields: [a, b], least: 2, lengths: {c: 3}, extensions: [fits]}\n", "unknown field 'c'"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused_with_its_place(tmp_path, text, reason):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text(text)
    own = Catalogue(Overlay(Folder(tmp_path), CATALOGUE.documents))
    assert "mine" in own.profiles()
    with pytest.raises(SpecError) as error:
        own.profile("mine")
    assert reason in str(error.value)
    assert "profiles" in str(error.value)


def test_a_profile_of_ones_own_may_extend_the_packaged_one(tmp_path):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text(HEAD + "extends: hlsp\nkeywords: {OUR_KEY: {tier: required}}\n")
    own = Catalogue(Overlay(Folder(tmp_path), CATALOGUE.documents))
    assert findings(file(), profile="mine", specs=own) == [("KEY051", "error", 0, "OUR_KEY")]
