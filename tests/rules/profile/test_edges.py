"""Where a rule on the names and values of an archive's products begins to fire."""

import pytest
from hlsp import file
from judging import judge_file

NAMELESS = file(HLSPVER=None, HLSPID=None)


def fires(name, code="PROD011"):
    return code in {f.code for f in judge_file(NAMELESS, name, profile="hlsp").findings}


def full(**fields):
    """A name of all fields with some of them changed."""
    parts = {
        "proj": "a",
        "obs": "jwst",
        "inst": "nircam",
        "target": "m31",
        "elem": "f115w",
        "version": "v1",
        "kind": "cat",
    }
    return "hlsp_" + "_".join((parts | fields).values()) + ".fits"


@pytest.mark.parametrize("field", ["proj", "obs", "inst", "elem"])
@pytest.mark.parametrize(("length", "long"), [(20, False), (21, True)])
def test_fields_have_at_most_twenty_characters(field, length, long):
    assert fires(full(**{field: "a" * length})) is long


@pytest.mark.parametrize(("length", "long"), [(30, False), (31, True)])
def test_targets_have_at_most_thirty_characters(length, long):
    assert fires(full(target="a" * length)) is long


@pytest.mark.parametrize(("length", "long"), [(16, False), (17, True)])
def test_product_types_have_at_most_sixteen_characters(length, long):
    assert fires(full(kind="a" * length)) is long


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("hlsp_a.fits", True),
        ("hlsp_a_v1.fits", True),
        ("hlsp_a_v1_cat.fits", False),
        (full(), False),
        (full(kind="b_cat"), True),
        ("hlsp_a_jwst_v1_cat.fits", False),
    ],
)
def test_names_have_four_to_nine_fields(name, wrong):
    assert fires(name) is wrong


@pytest.mark.parametrize(
    ("version", "wrong"),
    [
        ("v1", False), ("v12", False), ("v123", False), ("v1234", True), ("v1.0", False), ("v1.12", False), ("v1.123", False), ("v1.1234", True), ("v1.0.1", False),
        ("v1.0.ab", True), ("v1.0.123", False), ("v1.0.1234", True), ("1", True), ("v", True), ("va", True), ("v1.", True),
    ],
)  # fmt: skip
def test_versions_have_one_to_three_numbers(version, wrong):
    assert fires(full(version=version)) is wrong


@pytest.mark.parametrize(
    ("project", "wrong"),
    [("a", False), ("ab", False), ("a-b", False), ("a-", True), ("-a", True), ("1a", True), ("a1", False)],
)
def test_projects_begin_with_a_letter(project, wrong):
    assert fires(full(proj=project)) is wrong


@pytest.mark.parametrize(
    ("doi", "wrong"),
    [
        ("10.1234/x", False), ("10.123/x", True), ("10.123456789/x", False), ("10.1234567890/x", True), ("10.1234/", True),
        ("11.1234/x", True), ("http://dx.doi.org/10.1234/x", False), ("https://doi.org/10.1234/x", False), ("DOI: 10.1234/x", False),
    ],
)  # fmt: skip
def test_a_doi_has_a_registrant_of_four_to_nine_digits(doi, wrong):
    found = [f.keyword for f in judge_file(file(DOI=doi), full(), profile="hlsp").findings if f.code == "KEY053"]
    assert found == (["DOI"] if wrong else [])


@pytest.mark.parametrize(
    ("name", "fires"), [("hlsp_other.fits", False), ("hlsp_other_v2_cat.fits", True), (full(kind="b_cat"), False)]
)
def test_only_a_name_of_the_right_number_of_fields_is_compared_with_the_header(name, fires):
    found = {f.code for f in judge_file(file(), name, profile="hlsp").findings}
    assert ("PROD013" in found) is fires
