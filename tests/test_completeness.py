"""Every rule has a manual, fires on a file with its defect, and is quiet on files without."""

import re
from datetime import date
from functools import cache
from types import SimpleNamespace

import pytest
from builders import image, join, primary
from damages import CODES
from fits_faults import FAULTS
from judging import CATALOGUE, DATA, judge_file, use_rules
from made_files import broken, make

from jwstprod_check import check
from jwstprod_check.config import Options
from jwstprod_check.config.file import Ignore
from jwstprod_check.delivery.baseline import Baseline, BaselineDocument, Known
from jwstprod_check.delivery.files import RULES as DELIVERY_RULES
from jwstprod_check.delivery.ignores import Ignores
from jwstprod_check.engine.plan import in_order
from jwstprod_check.fits import walk
from jwstprod_check.make import file_name
from jwstprod_check.make.defects.catalogue import BREAKS, NOT_MADE
from jwstprod_check.rules import FAMILIES, all_rules, find_rule
from jwstprod_check.rules.rule import rule
from jwstprod_check.run.processes import check_path
from jwstprod_check.spec.documents import parse_yaml
from jwstprod_check.spec.loader import Catalogue

RULES = all_rules()
TODAY = date(2026, 6, 1)
HERE = re.compile(r"(FILE|TOOL)\d+|ARR00[1-4]|(HDU|PROD|TAB)00[1-8]|KEY00[1-5]")
"""Rules that the table of damages and the tests beside it make fire."""

ELSEWHERE = {
    "FILE009",
    "FILE011",
    "PROD001",
    "PROD007",
    "PROD008",
    "HDU007",
    "TAB008",
    "TOOL001",
    "TOOL002",
    "TOOL003",
    "TOOL004",
    "TOOL005",
}
"""Rules that no single damage makes fire, with a test of their own."""

HEARD = {
    "KEY013": "files of stage 3 made without an association file",
    "KEY024": "one aperture for the inputs of all detectors",
    "KEY025": "a file that was renamed",
    "KEY026": "spectra whose header says less than their name",
    "KEY031": "pixel areas made up for the inputs",
    "KEY036": "an exposure of many slits without its MSA file",
    "KEY077": "a resampled spectrum that the step wrote without a unit",
    "KEY082": "a subarray whose inputs were made smaller",
    "TAB007": "a combined spectrum without rows",
    "TAB008": "spectra that a data model saved have no units",
    "TIME010": "integration times made up for the inputs",
}
"""Warnings of files in tests/data that conform, and why they are deserved (tests/data/README.md says how files were made)."""

REFUSED = "jw01234001001_05104_00001_nrca1_rate.fits.gz"
"""Not conforming, see test_science_corpus."""

FILLED = "jw01234-o013_t001_niriss_f480m-nrm-sub80_ami-oi.fits.gz"
"""Saved by a data model with filler values in its tables, see test_oifits_content."""

GOOD = [
    p
    for folder in ("good", "warned", "science", "guidestar_ami")
    for p in sorted((DATA / folder).rglob("*.fits*"))
    if p.name != FILLED
]


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_manual_has_its_shape(rule):
    title, _, rest = rule.manual.partition("\n")
    assert title.endswith("."), title
    assert len(title) < 120
    assert rest.startswith("\n"), "a blank line follows the title"
    assert re.search(r"^How to fix: \S", rule.manual, re.MULTILINE)
    assert re.search(r"^Source: \S", rule.manual, re.MULTILINE)
    assert re.search(r"^How to fix: .*^Source: ", rule.manual, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_code_and_name_have_their_form(rule):
    assert re.fullmatch(r"[A-Z]{2,4}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
    assert rule.family in FAMILIES
    assert find_rule(rule.code) is rule
    assert find_rule(rule.name) is rule


@pytest.mark.parametrize("field", ["code", "name", "title"])
def test_rules_differ(field):
    values = [getattr(r, field) for r in RULES]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_prerequisites_are_rules_that_run_before(rule):
    codes = [r.code for r in in_order(RULES)]
    for code in rule.requires:
        assert codes.index(code) < codes.index(rule.code)


def too_many_hdus(monkeypatch):
    monkeypatch.setattr(walk, "MAX_HDUS", 1)
    return judge_file(join([primary(), image("SCI", (2,))]), "x.fits")


def inherits_with_data(_):
    return judge_file(next(f.raw for f in FAULTS if f.code == "FITS092"), "x.fits")


@rule("TEST001", "crashing", scope="file")
def crashing(_context):
    """Crash."""
    yield from ()
    raise RuntimeError


def a_crash(monkeypatch):
    use_rules(monkeypatch, (crashing,))
    return judge_file(join([primary()]), "x.fits")


def a_folder(_):
    return check_path(str(DATA), Options(), None)


def an_unused_ignore(_):
    return of_the_run(Ignores([Ignore("ignore[0]", "HDU001", "known")], "jwstprod.toml", TODAY))


def an_expired_ignore(_):
    return of_the_run(Ignores([Ignore("ignore[0]", "HDU001", "known", (), date(2026, 1, 1))], "jwstprod.toml", TODAY))


def a_vanished_entry(_):
    baseline = Baseline(BaselineDocument("jwstprod-baseline/1", [Known("x.fits", "HDU001", "0", 1)]), "known.json")
    baseline.apply(judge_file(join([primary()]), "x.fits"))
    return of_the_run(baseline)


def of_the_run(accepted):
    return SimpleNamespace(findings=list(accepted.finish(lambda _: True)))


OWN_SPEC = """product: mine
title: A product of one's own
documentation: none
recognise: {suffixes: [mine]}
hdus: [{type: primary, keywords: {SURVEY: deep}}, {extname: SCI, type: IMAGE, dims: any}]
"""


def a_spec_with_keywords(monkeypatch):
    documents = CATALOGUE.documents
    own = {"mine": parse_yaml(OWN_SPEC.encode(), "mine.yaml")}
    monkeypatch.setattr(documents, "products", lambda: ["mine"])
    monkeypatch.setattr(documents, "read", lambda name, read=documents.read: own.get(name) or read(name))
    monkeypatch.setattr(documents, "recognise", lambda: {"mine": own["mine"]["recognise"]})
    return judge_file(join([primary(SURVEY="wide"), image("SCI", (2,))]), "x_mine.fits", Catalogue(documents))


BY_HAND = {
    "FILE011": too_many_hdus,
    "FITS092": inherits_with_data,
    "KEY091": a_spec_with_keywords,
    "TOOL001": a_crash,
    "TOOL002": a_folder,
    "TOOL003": an_unused_ignore,
    "TOOL004": an_expired_ignore,
    "TOOL005": a_vanished_entry,
}


def test_every_rule_has_a_file_that_breaks_it():
    assert set(BREAKS) | set(BY_HAND) == {r.code for r in RULES}
    assert set(BY_HAND) == set(NOT_MADE)


@pytest.mark.parametrize("code", BREAKS)
def test_rule_fires_on_a_file_with_its_defect(code):
    found = [f for f in broken(code).report.findings if f.code == code]
    assert found
    assert {f.name for f in found} == {find_rule(code).name}


@pytest.mark.parametrize("code", BY_HAND)
def test_rule_fires_where_no_file_is_made_for_it(code, monkeypatch):
    assert code in {f.code for f in BY_HAND[code](monkeypatch).findings}


@cache
def heard(product):
    """Codes in the report of a sound file, with all its data and the profile of an archive that it needs."""
    raw = make(product, CATALOGUE, checksums=True)
    report = check(raw, data=True, product=product)
    named = judge_file(raw, file_name(CATALOGUE.spec(product)))
    return {f.code for f in (*report.findings, *named.findings)}


@pytest.mark.parametrize("code", BREAKS)
def test_rule_is_quiet_on_the_file_without_the_defect(code):
    assert code not in heard(BREAKS[code].product)


@pytest.mark.parametrize("path", GOOD, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_real_file_is_warned_of_nothing_else(path):
    report = check(path, data=True)
    assert {f.code for f in report.findings if f.severity == "warning"} <= set(HEARD)
    if path.name != REFUSED:
        assert report.conforming


def test_no_warning_is_allowed_that_no_real_file_gets():
    assert {f.code for path in GOOD for f in check(path).findings if f.severity == "warning"} | {"TIME010"} == set(
        HEARD
    )


@pytest.mark.parametrize("rule", [r for r in RULES if HERE.fullmatch(r.code)], ids=lambda r: r.code)
def test_rule_is_in_the_table_of_damages_or_has_its_own_test(rule):
    assert rule.code in CODES | ELSEWHERE


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_rules(family):
    assert [r for r in (*RULES, *DELIVERY_RULES) if r.family == family]


@pytest.mark.parametrize("text", ["", "NOPE001", "HDU", "missing"])
def test_what_is_no_rule_is_not_found(text):
    assert find_rule(text) is None
