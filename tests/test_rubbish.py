"""A value that cannot be read is never passed over: rubbish in any keyword that a rule reads is a finding.

What rules read is not listed: it is observed while they look at made files of many products. A keyword that a rule asks for a
number gets a text, one that it asks for a text gets a text that no list has, and each must be found.
"""

from functools import cache

import pytest
from builders import edited
from judging import CATALOGUE, judge_file
from made_files import make

from jwstprod_check import memo
from jwstprod_check.fits.header_view import HeaderView
from jwstprod_check.make import file_name

RUBBISH = "?noon%25"

NIRCAM = {"INSTRUME": "NIRCAM", "DETECTOR": "NRCA1", "MODULE": "A", "CHANNEL": "SHORT"}
FILES = (
    (
        "uncal",
        {**NIRCAM, "EXP_TYPE": "NRC_IMAGE", "EXSEGNUM": 1, "EXSEGTOT": 2, "INTSTART": 1, "INTEND": 2, "NINTS": 4},
    ),
    ("cal", {**NIRCAM, "EXP_TYPE": "NRC_IMAGE", "S_PHOTOM": "COMPLETE"}),
    ("cal", {**NIRCAM, "EXP_TYPE": "NRC_CORON"}),
    ("cal", {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_FIXEDSLIT", "DATAMODL": "MultiSlitModel"}),
    (
        "rate",
        {
            "INSTRUME": "NIRSPEC",
            "DETECTOR": "NRS1",
            "EXP_TYPE": "NRS_MSASPEC",
            "MSAMETFL": "jw01234001001_01_msa.fits",
            "MSAMETID": 1,
            "PATT_NUM": 1,
        },
    ),
    ("rateints", {**NIRCAM, "EXP_TYPE": "NRC_TSIMAGE", "TSOVISIT": True}),
    ("i2d", NIRCAM),
    ("s3d", {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_IFU"}),
    ("x1d", {"INSTRUME": "NIRSPEC", "DETECTOR": "NRS1", "EXP_TYPE": "NRS_FIXEDSLIT"}),
    ("ami-oi", {"TARG_RA": 1.0, "TARG_DEC": 1.0}),
    ("gs-fg-uncal", {}),
)
WORLD = {
    "WCSAXES": 2, "CRPIX1": 8.5, "CRPIX2": 6.5, "CRVAL1": 259.28, "CRVAL2": 43.13, "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN", "CUNIT1": "deg", "CUNIT2": "deg", "CDELT1": 0.0001, "CDELT2": 0.0001, "PC1_1": -1.0,
    "PC1_2": 0.0, "PC2_1": 0.0, "PC2_2": 1.0, "RA_REF": 259.28, "DEC_REF": 43.13, "XPOSURE": 600.0,
    "S_REGION": "POLYGON ICRS 259.27 43.12 259.29 43.12 259.29 43.14 259.27 43.14",
}  # fmt: skip
TIMES = {"MJD-BEG": 61041.0, "MJD-AVG": 61041.003472222, "MJD-END": 61041.006944444}
TARGET = {"TARG_RA": 259.28, "TARG_DEC": 43.13, "ENGQLPTG": "CALCULATED", "TARGTYPE": "FIXED", "FILETYPE": "science"}


def filled(part, keywords):
    for keyword, value in keywords.items():
        if part.text(keyword) is None:
            part = part.with_card(keyword, value)
    return part


@cache
def base(n):
    """Bytes and name of a made file with every keyword that rules compare."""
    product, keywords = FILES[n]
    raw = edited(make(product, CATALOGUE, keywords=keywords), "primary", lambda p: filled(p, TARGET | TIMES))
    if any(row.name == "SCI" for row in CATALOGUE.spec(product).rows) and product != "ami-oi":
        raw = edited(raw, "SCI", lambda p: filled(p, WORLD))
    return raw, file_name(CATALOGUE.spec(product), keywords)


def observed(raw, name):
    """(name of the HDU, keyword, method) of what is read while a file is judged."""
    reads = set()
    methods = ("value", "integer", "string", "number", "string_at")
    plain = {method: getattr(HeaderView, method) for method in methods}

    def spy(method):
        def read(self, asked):
            keyword = self.names[asked] if method == "string_at" else asked
            if keyword in self.first:
                home = plain["string"](self, "EXTNAME") or "primary"
                reads.add((home, keyword, method))
            return plain[method](self, asked)

        return read

    try:
        for method in methods:
            setattr(HeaderView, method, spy(method))
        with memo.NoMemo():
            judge_file(raw, name)
    finally:
        for method, function in plain.items():
            setattr(HeaderView, method, function)
    return reads


FREE = {"FILETYPE"}
"""Keywords whose value is compared with some words and may be any other."""


@pytest.mark.parametrize("n", range(len(FILES)), ids=lambda n: f"{FILES[n][0]}-{FILES[n][1].get('EXP_TYPE', n)}")
def test_rubbish_in_any_keyword_that_a_rule_reads_is_a_finding(n):
    raw, name = base(n)
    before = {(f.code, f.message) for f in judge_file(raw, name).findings}
    read = {(home, keyword) for home, keyword, _ in observed(raw, name)}
    assert len(read) > 60
    passed = []
    for home, keyword in sorted(read):
        found = judge_file(edited(raw, home, lambda p, k=keyword: p.with_card(k, RUBBISH)), name).findings
        if keyword not in FREE and not any((f.code, f.message) not in before for f in found):
            passed.append((home, keyword))
    assert passed == []


@pytest.mark.parametrize("n", range(len(FILES)))
def test_the_files_are_quiet_before(n):
    raw, name = base(n)
    assert [f for f in judge_file(raw, name).findings if f.severity != "info"] == []
