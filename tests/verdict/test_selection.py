"""What is selected and ignored: a verdict never says more than was checked, and what is switched off suppresses nothing."""

import json

import pytest
from builders import edited, with_keywords
from judging import CATALOGUE, DARK, judge_file
from made_files import make

from jwstprod_check.make import file_name

PAGE = b"<!DOCTYPE html><html><title>404 Not Found</title></html>\n"
MADE = {"dark": make("dark", CATALOGUE), "rate": make("rate", CATALOGUE), "cal": make("cal", CATALOGUE)}


def name_of(product):
    return file_name(CATALOGUE.spec(product))


def checked(jwstprod, tmp_path, raw, *args, name="x_dark.fits"):
    """Exit status and JSON report of a file."""
    path = tmp_path / name
    path.write_bytes(raw)
    result = jwstprod("check", "--format", "json", *args, path)
    report = json.loads(result.out)
    (file,) = report["files"]
    return result.status, file, report


@pytest.mark.parametrize("raw", [PAGE, b"", MADE["dark"][:1000]], ids=["page", "empty", "cut"])
@pytest.mark.parametrize(
    "args",
    [
        ("--select", "ARR"),
        ("--select", "HDU,ARR,TAB,KEY"),
        ("--select", "FILE007"),
        ("--select", "FITS"),
        ("--data", "--select", "SUM,DATA"),
        ("--ignore", "FILE"),
        ("--ignore", "FILE,PROD"),
        ("--ignore", "FILE,PROD,TOOL"),
        ("--profile", "hlsp", "--select", "KEY051"),
    ],
    ids=" ".join,
)
def test_what_is_no_fits_file_is_never_conforming(jwstprod, tmp_path, raw, args):
    status, file, report = checked(jwstprod, tmp_path, raw, *args)
    assert (status, file["verdict"]) == (1, "unverified")
    assert file["findings"] == []
    assert {n["code"] for n in file["not_checked"]} & {"FILE001", "FILE002", "FILE004"}
    assert report["summary"]["unverified"] == 1


@pytest.mark.parametrize(
    "raw", [b"# %ECSV 1.0\n# ---\nx\n1\n", b"# %ECSV 1.0\n" + bytes(range(256))], ids=["table", "bytes"]
)
@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--select", "FITS"),
        ("--select", "FILE"),
        ("--select", "FILE,FITS"),
        ("--select", "PROD006"),
        ("--select", "HDU"),
        ("--data", "--select", "SUM"),
        ("--ignore", "PROD009"),
        ("--ignore", "FILE,PROD"),
    ],
    ids=" ".join,
)
def test_an_ecsv_table_is_never_conforming(jwstprod, tmp_path, raw, args):
    name = "jw01234-o001_t001_nircam_clear-f200w_cat.ecsv"
    status, file, report = checked(jwstprod, tmp_path, raw, *args, name=name)
    assert (status, file["verdict"]) == (1, "unverified")
    assert {n["code"] for n in file["not_checked"]} == {"PROD009"}
    assert report["summary"]["unverified"] == 1


@pytest.mark.parametrize("raw", [PAGE, b""], ids=["page", "empty"])
def test_the_rule_that_reports_the_broken_fact_makes_the_file_nonconforming(jwstprod, tmp_path, raw):
    status, file, _ = checked(jwstprod, tmp_path, raw, "--select", "FILE")
    assert (status, file["verdict"]) == (1, "nonconforming")
    assert [f["code"][:-3] for f in file["findings"]] == ["FILE"]


def test_a_rate_without_sci_and_dq_is_not_conforming_with_its_product_unknown(jwstprod, tmp_path):
    from jwstprod_check.make.edits import chain, delete_cards, drop

    raw = chain(drop("SCI"), drop("DQ"), delete_cards("primary", "DATAMODL"))(MADE["rate"])
    status, file, _ = checked(jwstprod, tmp_path, raw, "--ignore", "PROD001", name=name_of("rate"))
    assert (status, file["verdict"]) in {(1, "nonconforming"), (1, "unverified")}
    status, file, _ = checked(jwstprod, tmp_path, raw, "--ignore", "PROD001", name="mine.fits")
    assert (status, file["verdict"]) in {(1, "nonconforming"), (1, "unverified")}


@pytest.mark.parametrize("args", [("--select", "ARR003"), ("--ignore", "PROD001"), ("--ignore", "PROD")])
def test_a_file_of_unknown_product_is_not_conforming(jwstprod, tmp_path, args):
    raw = with_keywords(MADE["dark"], DATAMODL=None, EXP_TYPE=None, FILENAME="mine.fits")
    status, file, _ = checked(jwstprod, tmp_path, raw, *args, name="mine.fits")
    assert (status, file["verdict"], file["product"]) == (1, "unverified", None)
    assert file["not_checked"][0]["code"] == "PROD001"


def test_rules_that_need_no_product_are_checked_on_a_file_of_unknown_product(jwstprod, tmp_path):
    raw = with_keywords(MADE["dark"], DATAMODL=None, EXP_TYPE=None, FILENAME="mine.fits")
    status, file, _ = checked(jwstprod, tmp_path, raw, "--select", "FITS,FILE", name="mine.fits")
    assert (status, file["verdict"]) == (0, "conforming")


def wider_row(raw, extname="INT_TIMES"):
    """The row of a table four bytes wider than its columns."""

    def change(part):
        rows, width = part.number("NAXIS2"), part.number("NAXIS1")
        data = b"".join(part.data[r * width : (r + 1) * width] + bytes(4) for r in range(rows))
        return part.__class__(part.cards, data).with_card("NAXIS1", width + 4)

    return edited(raw, extname, change)


def narrower_columns(raw, extname="INT_TIMES"):
    """The columns of a table narrower than its row: doubles are called floats."""

    def change(part):
        for n in range(1, part.number("TFIELDS") + 1):
            if part.text(f"TFORM{n}").endswith("D"):
                part = part.with_card(f"TFORM{n}", part.text(f"TFORM{n}")[:-1] + "E")
        return part

    return edited(raw, extname, change)


@pytest.mark.parametrize("damage", [wider_row, narrower_columns])
@pytest.mark.parametrize(
    "args",
    [(), ("--select", "FITS062"), ("--select", "FITS"), ("--ignore", "TAB004"), ("--ignore", "TAB"), ("--data",)],
    ids=" ".join,
)
def test_a_row_that_its_columns_do_not_fill_is_reported_first(jwstprod, tmp_path, damage, args):
    status, file, _ = checked(jwstprod, tmp_path, damage(MADE["dark"]), *args, name=name_of("dark"))
    assert (status, file["verdict"]) == (1, "nonconforming")
    found = [(f["code"], f["extname"], f["keyword"]) for f in file["findings"] if f["severity"] == "error"]
    assert found == [("FITS062", "INT_TIMES", "NAXIS1")]


def test_without_the_width_of_the_row_its_columns_are_compared(jwstprod, tmp_path):
    raw = narrower_columns(MADE["dark"])
    status, file, _ = checked(jwstprod, tmp_path, raw, "--ignore", "FITS062", name=name_of("dark"))
    assert (status, file["verdict"]) == (1, "nonconforming")
    assert {(f["code"], f["extname"]) for f in file["findings"] if f["severity"] == "error"} == {
        ("TAB004", "INT_TIMES")
    }


WRONG_NAME = {"PROGRAM": "04321", "OBSERVTN": "009", "DETECTOR": "NRCB1"}


@pytest.mark.parametrize(
    ("args", "code", "other"), [((), "KEY025", "KEY026"), (("--ignore", "KEY025"), "KEY026", "KEY025")]
)
def test_a_name_that_contradicts_the_header_is_reported_by_one_rule_or_the_other(jwstprod, tmp_path, args, code, other):
    nircam = {"INSTRUME": "NIRCAM", "DETECTOR": "NRCA1", "EXP_TYPE": "NRC_IMAGE", "FILENAME": "another_cal.fits"}
    raw = with_keywords(make("cal", CATALOGUE, keywords=nircam), **WRONG_NAME)
    name = "jw01234001001_02101_00001_nrca1_cal.fits"
    status, file, _ = checked(jwstprod, tmp_path, raw, "--fail-on", "warning", *args, name=name)
    codes = {f["code"] for f in file["findings"]}
    assert (status, file["verdict"]) == (1, "nonconforming")
    assert code in codes
    assert other not in codes


@pytest.mark.parametrize("empty", ["", ",", "FITS,,ARR", " "])
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_empty_selection_is_a_usage_error(jwstprod, option, empty):
    result = jwstprod("check", option, empty, DARK)
    assert (result.status, result.out) == (2, "")
    assert option in result.err


@pytest.mark.parametrize(
    "args",
    [
        ("--select", "SUM"),
        ("--select", "TOOL"),
        ("--ignore", "FILE,FITS,PROD,HDU,ARR,TAB,KEY,TIME,WCS,ASDF"),
    ],
)
def test_a_selection_of_which_no_rule_would_run_is_a_usage_error(jwstprod, args):
    result = jwstprod("check", *args, DARK)
    assert (result.status, result.out) == (2, "")
    assert "no rule would run" in result.err


def test_misspelt_keywords_are_not_passed_over_by_the_rules_that_leave_them_to_another():
    raw = edited(MADE["dark"], "primary", lambda p: renamed(renamed(p, "NGROUPS", "ngroups"), "PROGRAM", "program"))
    for code in ("KEY001", "KEY012", "KEY013"):
        report = judge_file(raw, name_of("dark"), select=(code,))
        assert (code, report.verdict) == (code, "unverified")
        assert [(n.code, n.hdu) for n in report.not_checked] == [(code, 0)]
    raw = edited(MADE["dark"], "primary", lambda p: renamed(p, "PROGRAM", "PROGRAMM"))
    assert judge_file(raw, name_of("dark"), select=("KEY013",)).verdict == "unverified"
    assert [f.code for f in judge_file(raw, name_of("dark")).findings if f.code != "SUM003"] == ["KEY012"]


@pytest.mark.parametrize(("code", "extname", "keyword"), [("FITS024", "SCI", "GCOUNT"), ("FITS061", "GROUP", "TFORM1")])
def test_misspelt_keywords_of_the_standard_are_not_passed_over(code, extname, keyword):
    raw = edited(MADE["dark"], extname, lambda p: renamed(p, keyword, keyword.lower()))
    report = judge_file(raw, name_of("dark"), select=(code,))
    assert report.verdict == "unverified"
    assert [(n.code, n.extname) for n in report.not_checked] == [(code, extname)]
    whole = judge_file(raw, name_of("dark"))
    assert code not in {f.code for f in whole.findings}
    assert "FITS002" in {f.code for f in whole.findings}


def renamed(part, old, new):
    """A card under another keyword, value and place unchanged."""
    cards = [new.encode().ljust(8) + c[8:] if c[:8].rstrip() == old.encode() else c for c in part.cards]
    return part.__class__(tuple(cards), part.data)


def test_a_path_that_is_given_twice_is_checked_once(jwstprod, tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    path = folder / DARK.name
    path.write_bytes(DARK.read_bytes())
    for paths in ([path, path], [folder, f"{folder}/**"], [folder, path], [f"{folder}/*.fits", path]):
        report = json.loads(jwstprod("check", "--format", "json", *paths).out)
        assert [f["path"] for f in report["files"]] == [str(path)]


def test_the_report_says_what_was_asked_for(jwstprod, tmp_path):
    _, _, report = checked(jwstprod, tmp_path, MADE["dark"], "--ignore", "KEY024,TAB", "--strict", name=name_of("dark"))
    options = report["run"]["options"]
    assert (options["ignore"], options["select"], options["strict"], options["data"]) == (
        ["KEY024", "TAB"],
        [],
        True,
        False,
    )
    assert report["run"]["specs"].startswith("sha256:")
    assert report["run"]["started"].endswith("+00:00")


@pytest.mark.parametrize("form", ["concise", "rich"])
def test_what_is_switched_off_is_one_line_of_a_text_report(jwstprod, form):
    out = jwstprod("check", "--format", form, "--ignore", "KEY024", "--select", "KEY,FITS", DARK).out
    assert "only KEY, FITS (--select); not KEY024 (--ignore)" in " ".join(out.split())
    assert "asked for" not in jwstprod("check", "--format", form, DARK).out
