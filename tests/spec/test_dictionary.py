"""The vocabulary of keywords and the groups of headers: strict loading, one meaning per name, the pack."""

from pathlib import Path

import msgspec
import pytest
from judging import CATALOGUE

from jwstprod_check.spec.documents import SHARED, Folder, Overlay, Pack, build_pack
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import HeaderRequirements
from jwstprod_check.spec.requirements import header_requirements
from jwstprod_check.spec.schema import HeaderDocument, KeywordDocument, ProductDocument, Recognise

SPECS = Path(CATALOGUE.documents.path)
KEYWORDS = msgspec.convert(CATALOGUE.documents.read("keywords"), dict[str, KeywordDocument])


def own(folder, name, text):
    (folder / f"{name}.yaml").write_text(text)
    return Catalogue(Overlay(Folder(folder), CATALOGUE.documents))


def test_every_keyword_has_a_type_and_expressions_still_see_it():
    assert len(KEYWORDS) > 700
    assert CATALOGUE.keywords["CAL_VER"] == "version"
    assert CATALOGUE.keywords["NGROUPS"] == "integer"
    assert CATALOGUE.keywords["EXPSTART"] == "float"
    assert CATALOGUE.keywords.keys() == KEYWORDS.keys()


def test_names_are_legal_keywords():
    for name in KEYWORDS:
        assert 1 <= len(name) <= 8
        assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_values_have_the_type_of_their_keyword_and_stand_once():
    for name, document in KEYWORDS.items():
        expected = int if document.type == "integer" else str
        assert all(type(v) is expected for v in document.values), name
        assert len(set(document.values)) == len(document.values), name
        assert not document.closed or document.values, name


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("EXP_TYPE", "NRC_DARK"),
        ("SUBARRAY", "8X8"),
        ("FILTER", "F115W"),
        ("CHANNEL", "12"),
        ("S_PHOTOM", "COMPLETE"),
        ("S_UNDSMP", "SKIPPED"),
        ("PATTTYPE", "2-POINT"),
        ("DETECTOR", "MULTIPLE"),
    ],
)
def test_known_values_are_in_the_vocabulary(keyword, value):
    assert value in KEYWORDS[keyword].values


def test_open_lists_are_the_rule():
    assert [name for name, document in KEYWORDS.items() if document.closed] == ["FASTAXIS", "SLOWAXIS"]


def test_words_stand_at_home():
    dictionary = CATALOGUE.dictionary
    assert "RA_REF" in dictionary.words(1, "SCI")
    assert "RA_REF" not in dictionary.words(0, "")
    assert "EXP_TYPE" in dictionary.words(0, "")
    assert dictionary.words(3, "PIXELDQ") == {}
    for home in ("SCI", "EXTRACT1D"):
        assert dictionary.homes[home]["SRCTYPE"].values == ("EXTENDED", "POINT", "UNKNOWN")


def test_a_version_is_a_string_in_a_header():
    assert CATALOGUE.dictionary.words(0, "")["CAL_VER"].type == "string"


def test_homes_are_written_as_names_are_compared():
    homes = {h for d in KEYWORDS.values() for h in ([d.hdu] if isinstance(d.hdu, str) else d.hdu)}
    assert all(home == home.upper() for home in homes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ABC: {type: text}\n", "Invalid enum value 'text'"),
        ("ABC: {type: string, value: [A]}\n", "unknown field `value`"),
        ("ABC: {values: [A]}\n", "missing required field `type`"),
        ("ABC: {type: string}\nABC: {type: string}\n", "duplicate key 'ABC'"),
    ],
)
def test_a_vocabulary_that_cannot_be_used_is_refused(tmp_path, text, reason):
    with pytest.raises(SpecError) as error:
        assert own(tmp_path, "keywords", text).keywords
    assert reason in str(error.value)


def test_a_team_adds_words_to_the_packaged_ones(tmp_path):
    catalogue = own(tmp_path, "keywords", "MY_KEY: {type: integer, hdu: SCI}\n")
    assert catalogue.keywords["MY_KEY"] == "integer"
    assert "MY_KEY" in catalogue.dictionary.homes["SCI"]
    assert "EXP_TYPE" in catalogue.keywords


# The groups of headers.


def test_every_product_has_its_header_needs():
    for name in CATALOGUE.names():
        needs = CATALOGUE.spec(name).header
        assert isinstance(needs, HeaderRequirements)
        assert set(needs.all(combined=True)) <= CATALOGUE.keywords.keys()
        assert not set(needs.required) & set(needs.recommended)


@pytest.mark.parametrize(
    ("product", "units"), [("dark", ("DN",)), ("rate", ("DN/s",)), ("cal", ("MJy/sr", "MJy", "DN/s")), ("msa", ())]
)
def test_units_go_with_the_stage(product, units):
    assert CATALOGUE.spec(product).header.units == units


def test_an_uncalibrated_file_has_no_release():
    assert "CAL_VER" not in CATALOGUE.spec("uncal").header.recommended
    assert "CAL_VER" in CATALOGUE.spec("rate").header.recommended


def test_an_association_is_named_by_combined_products_only():
    needs = CATALOGUE.spec("i2d").header
    assert "ASNTABLE" not in needs.all(combined=False)
    assert "ASNTABLE" in needs.all(combined=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mine: {because: b, required: [NONSENSE]}\n", "unknown name 'NONSENSE' at"),
        ("mine: {required: [DATE]}\n", "missing required field `because`"),
        ("mine: {because: b, need: [DATE]}\n", "unknown field `need`"),
    ],
)
def test_groups_that_cannot_be_used_are_refused_with_their_place(tmp_path, text, reason):
    with pytest.raises(SpecError) as error:
        own(tmp_path, "headers", text).spec("dark")
    assert reason in str(error.value)
    assert "headers.yaml" in str(error.value)


def test_an_unknown_keyword_of_a_product_is_refused_with_its_place(tmp_path):
    text = (SPECS / "dark.yaml").read_text() + "\nkeywords: {recommended: [NONSENSE]}\n"
    with pytest.raises(SpecError) as error:
        own(tmp_path, "dark", text).spec("dark")
    assert str(error.value).endswith("dark.yaml:$.keywords.recommended[0]")


def test_groups_add_up_and_required_outweighs_recommended():
    groups = {
        "all": HeaderDocument(because="b", recommended=["DATE", "TITLE"]),
        "some": HeaderDocument(because="b", traits=["flagged"], required=["DATE"]),
        "others": HeaderDocument(because="b", traits=["ramp"], required=["PROGRAM"]),
        "but": HeaderDocument(because="b", unless=["flagged"], required=["VISIT"]),
        "combined": HeaderDocument(because="b", combined=True, recommended=["ASNTABLE"]),
    }
    document = ProductDocument("cal", "t", "d", Recognise(["cal"]), units=["MJy"])
    assert header_requirements(groups, [document], ["flagged"]) == HeaderRequirements(
        required=("DATE",), recommended=("TITLE",), combined_recommended=("ASNTABLE",), units=("MJy",)
    )


def test_a_catalogue_without_groups_needs_nothing(tmp_path):
    (tmp_path / "keywords.yaml").write_text("DATE: {type: string}\n")
    (tmp_path / "symbols.yaml").write_text("{}\n")
    text = "product: mine\ntitle: t\ndocumentation: d\nrecognise: {suffixes: [mine]}\nhdus: [{hdu: 0, type: primary}]\n"
    (tmp_path / "mine.yaml").write_text(text)
    assert Catalogue(Folder(tmp_path)).spec("mine").header == HeaderRequirements()


def test_the_pack_holds_vocabulary_groups_and_profiles(tmp_path):
    path = tmp_path / "specs.msgpack"
    path.write_bytes(build_pack(SPECS))
    packed = Catalogue(Pack(path))
    assert packed.keywords == CATALOGUE.keywords
    assert packed.dictionary.homes == CATALOGUE.dictionary.homes
    assert packed.headers == CATALOGUE.headers
    assert packed.names() == CATALOGUE.names()
    assert packed.profiles() == CATALOGUE.profiles()
    assert packed.profile("hlsp") == CATALOGUE.profile("hlsp")
    assert not set(SHARED) & set(packed.names())


def test_own_profiles_stand_beside_the_packaged_ones(tmp_path):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "ours.yaml").write_text("profile: ours\ntitle: t\ndocumentation: d\n")
    assert own(tmp_path, "keywords", "{}\n").profiles() == ["hlsp", "hlsp-simulation", "ours"]
