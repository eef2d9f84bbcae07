"""One defect gives one finding, at the place where it is, on made and on real files."""

import gzip
from functools import cache

import pytest
from builders import split
from damages import ANYWHERE, DAMAGES
from judging import CATALOGUE, judge_file, loud, real
from made_files import make

from jwstprod_check.make import file_name

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
        path = real(REAL[base])
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


BY_NAME = {d.name: d for d in DAMAGES}
PAIRS = [
    ("PIXELDQ without BZERO", "NGROUPS +1"),
    ("GROUPDQ NAXIS4 +1", "INT_TIMES without its first column"),
    ("SUBSIZE1 +1", "NGROUPS as text"),
    ("ERR dropped", "PIXELDQ in lower case"),
    ("SCI with BITPIX -64", "ERR with an axis more"),
    ("GROUP misspelt", "NINTS lost"),
    ("GROUP column 1 as 1E", "INT_TIMES with a row less"),
    ("DATAMODL lost", "ASDF renamed"),
    ("data in the primary", "NGROUPS = 0"),
    ("ERR NAXIS3 -1", "junk appended"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_two_damages_give_two_findings(first, second, verdict):
    _, name, raw, _ = sound("made dark")
    one, other = BY_NAME[first], BY_NAME[second]
    report = verdict(other.apply(one.apply(raw)), name)
    assert sorted(f.code for f in loud(report) if _ours(f)) == sorted([one.code, other.code])


def _in_gzip():
    _, _, _, parts = sound("made dark")
    return [d for d in DAMAGES if d.base is None and d.code != "FILE010" and d.applies("dark", parts)]


@pytest.mark.parametrize("damage", _in_gzip(), ids=lambda d: d.name)
def test_damage_within_a_gzip_gives_one_finding_too(damage, verdict):
    _, name, raw, parts = sound("made dark")
    report = verdict(gzip.compress(damage.apply(raw), 1), name + ".gz")
    found = [f for f in loud(report) if _ours(f)]
    # A stream cannot be searched backwards: an HDU that its header makes too long looks like a cut file.
    codes = {damage.code, "FILE005"} if damage.code == "FILE006" else {damage.code}
    assert len(found) == 1, found
    assert found[0].code in codes
    if damage.code not in {"FILE003", "FILE004"}:
        assert (found[0].hdu, found[0].extname) == (damage.index(parts), damage.extname)
