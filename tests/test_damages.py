"""One defect gives one finding, at the place where it is, on made and on real files."""

from functools import cache

import pytest
from builders import split
from damages import ANYWHERE, DAMAGES
from judging import CATALOGUE, DATA, judge_file, loud

from jwstprod_check.make import file_name, make

FAMILIES = ("FILE", "PROD", "HDU", "ARR", "TAB", "KEY", "TOOL")
REAL = {
    "real dark of 3.0.0": "jwst-3.0.0/jw01234001001_02103_00001_nrca1_dark.fits",
    "real dark of 1.11.4": "jwst-1.11.4/jw01234001001_02108_00001_nis_dark.fits",
    "real wfscmb": "jwst-3.0.0/jw01234-o001_t001_nircam_clear-f212n-nrcb4_wfscmb-01.fits",
    "real trapsfilled": "jwst-3.0.0/jw01234001001_03103_00001_nis_trapsfilled.fits",
}
SEGMENT = {"INTSTART": 1, "INTEND": 2, "NINTS": 2}
MADE = {
    "made dark": ("dark", {}),
    "made dark of a segment": ("dark", {"keywords": SEGMENT}),
    "made dark with everything": (
        "dark",
        {"optional": ("ZEROFRAME", "REFOUT"), "keywords": SEGMENT},
    ),
    "made trapsfilled": ("trapsfilled", {}),
    "made wfscmb": ("wfscmb", {}),
}


@cache
def sound(base):
    """Product, file name, bytes and parts of a sound file."""
    if base in REAL:
        path = DATA / "good" / REAL[base]
        raw, name = path.read_bytes(), path.name
        product = base.split()[1]
    else:
        product, how = MADE[base]
        raw, name = make(product, **how), file_name(CATALOGUE.spec(product), **how)
    return product, name, raw, split(raw)


def _cases():
    for base in (*MADE, *REAL):
        product, _, _, parts = sound(base)
        for damage in DAMAGES:
            if damage.applies(product, parts):
                yield pytest.param(base, damage, id=f"{base}: {damage.name}")


def _key(finding):
    return finding.code, finding.extname, finding.keyword, finding.column


@cache
def _heard(base):
    """What the sound file itself is warned of: a real one may have a keyword that another rule takes exception to."""
    _, name, raw, _ = sound(base)
    return {_key(f) for f in loud(judge_file(raw, name))}


@pytest.mark.parametrize("base", [*MADE, *REAL])
def test_sound_files_are_conforming_and_quiet(base, verdict):
    _, name, raw, _ = sound(base)
    report = verdict(raw, name)
    assert report.conforming
    assert [f for f in loud(report) if base in MADE] == []


def _ours(finding):
    """Whether a finding counts: every error, and the warnings of the families that the table is about."""
    return finding.severity == "error" or finding.code.rstrip("0123456789") in FAMILIES


@pytest.mark.parametrize(("base", "damage"), list(_cases()))
def test_one_damage_gives_one_finding_at_its_place(base, damage, verdict):
    _, name, raw, parts = sound(base)
    named = damage.base.format(name) if damage.base else name
    report = verdict(damage.apply(raw), named)
    found = [f for f in loud(report) if _key(f) not in _heard(base) and _ours(f)]
    assert [(f.code, str(f.severity)) for f in found] == [(damage.code, damage.severity)], found
    (finding,) = found
    assert report.conforming is (damage.severity != "error")
    assert finding.keyword == damage.keyword or damage.keyword is None
    if damage.column is not None:
        assert finding.column == damage.column
    if damage.at != ANYWHERE:
        # Of an HDU whose header could not be read only the place is known.
        unread = damage.code in {"FILE003", "FILE004"}
        assert (finding.hdu, finding.extname) == (damage.index(parts), None if unread else damage.extname)
    assert finding.message
    assert finding.message.isprintable()
