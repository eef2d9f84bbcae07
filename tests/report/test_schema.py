"""Every JSON report is one of the published schema, which has no key that no report has."""

import json
import os
import shutil
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator
from judging import DARK, DATA

from jwstprod_check import check
from jwstprod_check.findings import Traffic

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())
REMOTE = {"remote", "requests", "bytes"}
"""Keys of reports on files of a server, which tests/remote compares whole."""


def validator(part=None):
    schema = SCHEMA if part is None else {"$ref": f"#/$defs/{part}", "$defs": SCHEMA["$defs"]}
    return Draft202012Validator(schema)


def faults(report, part=None):
    return [f"{error.json_path}: {error.message}" for error in validator(part).iter_errors(report)]


def keys(value):
    """All keys of the objects in a JSON value."""
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(item)


@pytest.fixture
def delivery(tmp_path, monkeypatch):
    """A folder with files of every verdict, what is passed over, a manifest, a config that ignores, and a link to nothing."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(DATA / "good" / "jwst-3.0.0", "d")
    shutil.copytree(DATA / "bad" / "jwst-3.0.0", "d/bad")
    shutil.copytree(DATA / "warned" / "jwst-3.0.0", "d/warned")
    Path("d/gone.fits").symlink_to("nowhere.fits")
    Path("d/page_dark.fits").write_bytes(b"<html></html>\n")
    Path(os.fsdecode(b"d/\xff_dark.fits")).write_bytes(DARK.read_bytes())
    Path("d/x_dark.fits.bz2").write_bytes(b"BZh9")
    Path("d/m.sum").write_text(f"{'0' * 64}  {DARK.name}\n")
    Path("jwstprod.toml").write_text(
        '[severity]\nKEY036 = "info"\n[[ignore]]\ncode = "KEY025"\nreason = "copies"\nuntil = 2999-01-31\n'
    )


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "args",
    [
        ("d",),
        ("--data", "d"),
        ("--strict", "-v", "d"),
        ("--select", "HDU", "--ignore", "ARR", "--fail-on", "warning", "d"),
        ("--exclude", "*bad*", "--skip-unknown", "d"),
        ("--manifest", "d/m.sum", "--complete", "d"),
        ("--no-config", "--product", "dark", "no/such.fits", "d/page_dark.fits"),
        ("d/x_dark.fits.bz2",),
        ("d/gone.fits",),
    ],
    ids=" ".join,
)
def test_reports_are_of_the_schema(jwstprod, delivery, args):
    report = json.loads(jwstprod("check", "--format", "json", *args).out)
    assert faults(report) == []
    *files, end = map(json.loads, jwstprod("check", "--format", "ndjson", *args).out.splitlines())
    assert [fault for file in files for fault in faults(file, "file")] == []
    assert faults(end, "ndjson_end") == []


def test_the_schema_has_no_key_that_no_report_has(jwstprod, delivery):
    runs = (("d",), ("--manifest", "d/m.sum", "--exclude", "*bad*", "d"))
    reports = [json.loads(jwstprod("check", "--format", "json", *args).out) for args in runs]
    stated = {name for part in (SCHEMA, *SCHEMA["$defs"].values()) for name in part.get("properties", ())}
    assert stated - REMOTE - {"cached"} == {key for report in reports for key in keys(report)} & stated
    assert all(bool(f.get("left_out")) is (f["verdict"] == "left-out") for report in reports for f in report["files"])


def test_a_report_of_an_earlier_run_is_of_the_schema():
    report = json.loads(
        json.dumps(msgspec.structs.replace(check(DARK), cached=True, remote=Traffic(5, 1000)).to_dict())
    )
    assert faults(report, "file") == []
    assert report["cached"] is True


@pytest.mark.parametrize("change", ["new key", "no key", "verdict"])
def test_another_report_is_not_of_the_schema(jwstprod, delivery, change):
    report = json.loads(jwstprod("check", "--format", "json", "d").out)
    file = report["files"][0]
    if change == "new key":
        file["more"] = 1
    elif change == "no key":
        del file["not_checked"]
    else:
        file["verdict"] = "fine"
    assert len(faults(report)) == 1
