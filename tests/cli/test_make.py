"""``jwstprod make``: conforming files, files with one defect, and what it refuses."""

import gzip
from functools import cache

import pytest
from builders import split
from judging import CATALOGUE
from made_files import broken

from jwstprod_check import check
from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.make import file_name, make
from jwstprod_check.make.defects.catalogue import BREAKS, NOT_MADE, BreakError, products_for
from jwstprod_check.make.defects.catalogue import broken as make_broken
from jwstprod_check.rules import all_rules, find_rule

CODES = [r.code for r in all_rules()]
PRODUCTS = [n for n in CATALOGUE.names() if CATALOGUE.spec(n).rows]
_NAME_OF_ANOTHER = {"PROD013"}
BESIDE = {
    "TAB001": {"FITS076"},
    **dict.fromkeys(("KEY051", "KEY052", "KEY053", "KEY054", "PROD011", "PROD012"), _NAME_OF_ANOTHER),
    "PROD014": {"KEY013", "KEY026"},
    "PROD015": {"KEY013", "KEY026"},
    "TAB015": {"TAB019"},
    "WCS022": {"WCS011"},
    "DATA013": {"DATA004"},
    "DATA017": {"ASDF008"},
}
"""Warnings that a defect cannot do without: a column too many that is unexpected in no other way has a name twice; what
contradicts a keyword contradicts the name that was made of it, or what the ASDF tree or another table has of it."""


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_product_can_be_made_and_conforms_with_its_data(product, jwstprod, tmp_path):
    done = jwstprod("make", product, tmp_path)
    assert (done.status, done.err) == (0, "")
    (path,) = tmp_path.iterdir()
    assert done.out == f"wrote {path}\n"
    for data in (False, True):
        report = check(path, data=data)
        assert (report.product, [f for f in report.findings if f.severity != "info"]) == (product, [])


def test_every_rule_can_be_broken_or_says_why_not():
    assert set(BREAKS) | set(NOT_MADE) == set(CODES)
    assert not set(BREAKS) & set(NOT_MADE)
    assert all(NOT_MADE.values())


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_defect_is_found_and_nothing_else(code):
    made = broken(code)
    found = {(f.code, str(f.severity)) for f in made.report.findings if f.severity != "info"}
    strange = {("HDU002", "warning")} if any(h.extname == "EXTRA" for h in made.report.hdus) else set()
    beside = strange | {(c, "warning") for c in BESIDE.get(code, ())}
    assert code in {f.code for f in made.report.findings}
    assert {f for f in found if f[0] != code} <= beside


@cache
def codes_of_sound_file(product):
    raw = make(product, CATALOGUE, checksums=True)
    name = file_name(CATALOGUE.spec(product))
    return {f.code for f in check_target(raw, CATALOGUE, Options(data=True), name).findings}


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_defect_is_not_in_the_sound_file(code):
    assert code not in codes_of_sound_file(BREAKS[code].product)


@pytest.mark.parametrize("code", ["ARR003", "PROD006", "FILE008", "DATA003", "KEY053", "HDU010"])
def test_defect_is_seen_by_the_command_that_is_named(code, jwstprod, tmp_path):
    done = jwstprod("make", BREAKS[code].product, "--break", find_rule(code).name, tmp_path)
    assert (done.status, done.err) == (0, "")
    wrote, finding, command = done.out.splitlines()
    assert finding.startswith(f"{code} ")
    seen = jwstprod(*command.partition("jwstprod ")[2].split(), "--fail-on", "warning")
    assert seen.status == 1
    assert code in seen.out
    assert wrote.removeprefix("wrote ") in command


def test_defect_that_the_product_has_no_place_for_names_those_that_have(jwstprod, tmp_path):
    done = jwstprod("make", "dark", "--break", "KEY043", tmp_path)
    assert done.status == 2
    assert "it has no OI_VIS; it can in ami-oi, amimulti-oi and aminorm-oi" in done.err
    assert list(tmp_path.iterdir()) == []


def test_defect_that_nobody_can_make_says_why(jwstprod, tmp_path):
    done = jwstprod("make", "dark", "--break", "TOOL001", tmp_path)
    assert done.status == 2
    assert NOT_MADE["TOOL001"] in done.err


def test_products_for_a_defect_are_those_in_which_it_can_be_made():
    assert products_for("TAB013", CATALOGUE) == ["amilg"]
    assert products_for("TOOL002", CATALOGUE) == []


def test_defect_of_the_name_needs_that_name():
    with pytest.raises(BreakError, match=r"must be named mine\.fits"):
        make_broken("PROD005", "dark", CATALOGUE, name="x_dark.fits")


def test_dimensions_keywords_and_optional_hdus_are_as_set(jwstprod, tmp_path):
    path = tmp_path / "x_dark.fits"
    values = ("nints=3", "INSTRUME=MIRI", "TARGPROP=M 92", "EFFEXPTM=7", "ZEROFRAM=F", "OWN=5", "PROGRAM=01111")
    done = jwstprod("make", "dark", *(a for v in values for a in ("--set", v)), "--with", "REFOUT", path)
    assert (done.status, done.err) == (0, "")
    parts = split(path.read_bytes())
    said = [parts[0].text(k) for k in ("NINTS", "INSTRUME", "TARGPROP", "EFFEXPTM", "ZEROFRAM", "OWN", "PROGRAM")]
    assert said == ["3", "MIRI", "M 92", "7.0", "F", "5", "01111"]
    assert parts[0].text("FILENAME") == "x_dark.fits"
    assert "REFOUT" in [p.name for p in parts]


def test_sets_and_sums_are_written(jwstprod, tmp_path):
    path = tmp_path / "x_x1d.fits"
    assert jwstprod("make", "x1d", "--sets", 3, "--checksum", path).status == 0
    parts = split(path.read_bytes())
    assert sum(p.name == "EXTRACT1D" for p in parts) == 3
    assert all(p.text("CHECKSUM") for p in parts)


def test_gzip_is_written_where_the_name_says_so(jwstprod, tmp_path):
    path = tmp_path / "x_dark.fits.gz"
    assert jwstprod("make", "dark", path).status == 0
    assert split(gzip.decompress(path.read_bytes()))[0].text("FILENAME") == "x_dark.fits"
    assert jwstprod("check", "--fail-on", "warning", path).status == 0


@pytest.mark.parametrize("more", [(), ("--break", "ARR003"), ("--break", "FILE008"), ("--break", "FITS088")])
def test_same_arguments_give_the_same_bytes(more, jwstprod, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        jwstprod("make", "cal", *more, tmp_path / name)
    first, second = (next((tmp_path / n).iterdir()) for n in ("a", "b"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_file_that_is_there_is_kept_unless_forced(jwstprod, tmp_path):
    path = tmp_path / "x_dark.fits"
    path.write_bytes(b"mine")
    done = jwstprod("make", "dark", path)
    assert (done.status, path.read_bytes()) == (2, b"mine")
    assert "--force" in done.err
    assert jwstprod("make", "dark", "--force", path).status == 0
    assert jwstprod("check", path).status == 0


@pytest.mark.parametrize(("product", "advice"), [("dark", "dark\n"), ("rate", "rate; check it with --product rate\n")])
@pytest.mark.parametrize("more", [(), ("--break", "HDU006")])
def test_name_that_cannot_say_the_product_is_noted(product, advice, more, jwstprod, tmp_path):
    path = tmp_path / "mine.fits"
    done = jwstprod("make", product, *more, path)
    assert done.status == 0
    assert done.err == f"jwstprod: the name 'mine.fits' does not identify the product {advice}"
    assert path.exists()


def test_settings_that_contradict_each_other_are_said(jwstprod, tmp_path):
    done = jwstprod("make", "dark", "--set", "NGROUPS=5", "--set", "ngroups=3", tmp_path)
    assert done.status == 1
    assert "does not conform: KEY005 NGROUPS = 5" in done.err


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (("drak",), "did you mean 'dark'?"),
        (("cat",), "files of cat are ECSV tables"),
        (("dark", "--set", "nclos=3"), "no dimension 'nclos'; did you mean 'ncols'"),
        (("dark", "--set", "ncols"), "'ncols' is not NAME=VALUE"),
        (("dark", "--set", "ncols=0"), "from 1 to 9999"),
        (("dark", "--set", "ncols=99999"), "from 1 to 9999"),
        (("dark", "--set", "NFRAMES=x"), "NFRAMES is an integer, not 'x'"),
        (("dark", "--set", "EFFEXPTM=nan"), "EFFEXPTM is a number, not 'nan'"),
        (("dark", "--set", "ZEROFRAM=yes"), "ZEROFRAM is T or F, not 'yes'"),
        (("dark", "--set", "TARGPROP=caf\xe9"), "printable ASCII"),
        (("dark", "--set", "NAXIS=3"), "'NAXIS' cannot be set"),
        (("dark", "--set", "A B=3"), "'A B' cannot be set"),
        (("dark", "--with", "ERRR"), "dark has no row 'ERRR'"),
        (("dark", "--break", "TAB099"), "no rule 'TAB099'"),
    ],
)
def test_what_cannot_be_made_is_refused(args, reason, jwstprod, tmp_path):
    done = jwstprod("make", *args, tmp_path)
    assert done.status == 2
    assert reason in done.err
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_not_there_is_refused(jwstprod, tmp_path):
    assert jwstprod("make", "dark", tmp_path / "no" / "x_dark.fits").status == 2
    assert "no folder" in jwstprod("make", "dark", f"{tmp_path}/no/").err
