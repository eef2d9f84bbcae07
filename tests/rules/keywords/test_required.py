"""KEY012 and KEY013: misspelt and missing keywords."""

import pytest
from builders import edited, split
from judging import CATALOGUE, DARK, DATA, judge_file, loud, placed

from jwstprod_check.rules.keywords.required import near_keyword
from jwstprod_check.spec.documents import Folder, Overlay
from jwstprod_check.spec.loader import Catalogue

NAME = DARK.name
GOOD = DARK.read_bytes()
STAGE3 = "jw01234-o001_t001_nircam_clear-f212n-nrcb4_wfscmb-01.fits"
STAGE3_FILE = DATA / "warned" / "jwst-3.0.0" / STAGE3


def heard(raw, name=NAME, **options):
    """Findings on keywords; what the FITS family says of odd cards is not the matter here."""
    return [f for f in loud(judge_file(raw, name, **options)) if f.code.startswith("KEY")]


def findings(raw, name=NAME, **options):
    return placed(raw, name, "KEY", **options)


def primary(change, raw=GOOD):
    return edited(raw, "primary", change)


def only(raw, name=NAME, **options):
    (finding,) = heard(raw, name, **options)
    return finding


def test_a_misspelt_keyword_is_named_with_the_one_that_is_missing():
    value = split(GOOD)[0].text("TELESCOP")
    finding = only(primary(lambda p: p.without_card("TELESCOP").with_card("TELSCOP", value)))
    assert (finding.code, str(finding.severity), finding.hdu, finding.keyword) == ("KEY012", "warning", 0, "TELESCOP")
    assert finding.message == "TELESCOP is missing; 'TELSCOP' may be it"


def needing(folder, field, keyword="TARGPROP"):
    (folder / "headers.yaml").write_text(f"own: {{because: we read it, {field}: [{keyword}]}}\n")
    return Catalogue(Overlay(Folder(folder), CATALOGUE.documents))


def test_a_misspelt_required_keyword_is_an_error(tmp_path):
    raw = primary(lambda p: p.without_card("TARGPROP").with_card("TRAGPROP", "x"))
    assert findings(raw, specs=needing(tmp_path, "required")) == [("KEY012", "error", 0, "TARGPROP")]


def test_a_missing_required_keyword_is_an_error(tmp_path):
    raw = primary(lambda p: p.without_card("TARGPROP"))
    assert findings(raw, specs=needing(tmp_path, "required")) == [("KEY013", "error", 0, "TARGPROP")]
    assert findings(raw) == []


def test_a_product_may_need_keywords_of_its_own(tmp_path):
    text = (CATALOGUE.documents.path / "dark.yaml").read_text()
    (tmp_path / "dark.yaml").write_text(text + "\nkeywords: {required: [TARGPROP]}\n")
    own = Catalogue(Overlay(Folder(tmp_path), CATALOGUE.documents))
    raw = primary(lambda p: p.without_card("TARGPROP"))
    assert findings(raw, specs=own) == [("KEY013", "error", 0, "TARGPROP")]


@pytest.mark.parametrize("keyword", ["TELESCOP", "DATE-OBS", "INSTRUME", "PROGRAM", "CAL_VER"])
def test_a_missing_keyword_that_the_archive_reads_is_a_warning(keyword):
    found = findings(primary(lambda p: p.without_card(keyword)), strict=keyword != "CAL_VER")
    assert ("KEY013", "warning", 0, keyword) in found


@pytest.mark.parametrize("value", ["", b"''", b"'        '"])
def test_a_blank_keyword_is_as_good_as_none(value):
    finding = only(primary(lambda p: p.with_card("OBSERVTN", value)))
    assert (finding.code, finding.message) == ("KEY013", "OBSERVTN is blank")


def test_a_keyword_without_a_value_is_left_to_the_standard_unless_it_is_required(tmp_path):
    raw = primary(lambda p: p.with_card("OBSERVTN", b""))
    assert findings(raw) == []
    own = needing(tmp_path, "required", "OBSERVTN")
    assert findings(raw, specs=own) == [("KEY013", "error", 0, "OBSERVTN")]


def test_many_missing_keywords_are_one_finding():
    finding = only(primary(lambda p: p.without_card("TELESCOP", "DATE-BEG", "DATE-END", "OBSERVTN")))
    assert (finding.code, finding.keyword) == ("KEY013", "TELESCOP")
    assert finding.message == "TELESCOP, OBSERVTN, DATE-BEG and DATE-END are missing"


def test_a_keyword_in_lower_case_is_not_missing_as_well():
    raw = primary(lambda p: p.without_card("OBSERVTN").with_card("observtn", "001"))
    assert "KEY013" not in [code for code, *_ in findings(raw)]


def test_only_a_file_of_an_association_names_its_association():
    raw = STAGE3_FILE.read_bytes()
    before = findings(raw, STAGE3)
    after = findings(primary(lambda p: p.without_card("ASNTABLE"), raw), STAGE3)
    assert [f for f in after if f not in before] == [("KEY013", "warning", 0, "ASNTABLE")]
    assert "ASNTABLE" not in (split(GOOD)[0].text("ASNTABLE") or "")


def test_keywords_of_the_standard_and_of_other_archives_are_nobodys_misspelling():
    raw = primary(lambda p: p.without_card("OBSERVTN").with_card("OBSERVAT", "JWST").with_card("OBSERVER", "me"))
    assert only(raw).code == "KEY013"


def test_an_unknown_keyword_is_near_only_if_nearly_alike():
    from jwstprod_check.fits.walk import read_fits

    header = read_fits(primary(lambda p: p.with_card("HSLPNAME", "x"))).hdus[0].header
    known = CATALOGUE.dictionary.names
    assert near_keyword(header, "HLSPNAME", known) == "HSLPNAME"
    assert near_keyword(header, "REFERENC", known) is None


def renamed(old, new, raw=GOOD):
    """The file with one keyword of the primary header under another name."""
    return primary(lambda p: p.without_card(old).with_card(new, p.text(old)), raw)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("DATE-OBS", "DATE_OBS"),
        ("DATE-BEG", "DATE_BEG"),
        ("DATE-END", "DATE_END"),
        ("EXP_TYPE", "EXP-TYPE"),
        ("DETECTOR", "DET_NAME"),
    ],
)
def test_a_keyword_under_a_near_or_an_earlier_name_is_named(right, wrong):
    (found,) = [f for f in loud(judge_file(renamed(right, wrong), NAME)) if f.code in ("KEY012", "KEY013")]
    assert (found.code, found.keyword, found.hint) == ("KEY012", right, f"write {right} instead of '{wrong}'")


def test_an_earlier_name_of_a_keyword_that_is_not_needed_is_a_warning():
    raw = primary(lambda p: p.without_card("NUMDTHPT").with_card("NDITHPTS", 4))
    assert ("KEY012", "warning", 0, "NUMDTHPT") in findings(raw)


def test_an_earlier_name_beside_the_present_one_is_quiet():
    assert findings(primary(lambda p: p.with_card("NUMDTHPT", 4).with_card("NDITHPTS", 4))) == []


def test_a_date_of_another_kind_is_not_taken_for_a_missing_one():
    raw = primary(lambda p: p.without_card("DATE-OBS").with_card("DATEMADE", "2022-04-21"))
    assert [code for code, *_ in findings(raw)] == ["KEY013"]
