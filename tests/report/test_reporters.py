"""Each reporter writes the same two reports; what it writes stands in ``golden/``.

After a wanted change: ``JWSTPROD_WRITE_GOLDEN=1 python -m pytest tests/report``, then read the difference.
"""

import io
import json
import os
from pathlib import Path

import msgspec
import pytest

from jwstprod_check.findings import FileReport, Finding, HduSummary, RowSummary, Severity, Skipped
from jwstprod_check.report.reporter import REPORTERS, Style
from jwstprod_check.report.summary import Summary

GOLDEN = Path(__file__).parent / "golden"

GOOD = FileReport(
    path="good_dark.fits",
    product="dark",
    title="Dark exposure",
    level="structure",
    symbols={"ncols": 64, "nints": 2},
    origins={"ncols": "SUBSIZE1, SCI", "nints": "INTEND - INTSTART + 1, SCI"},
    hdus=(
        HduSummary(0, None, 1, "primary", None, ()),
        HduSummary(1, "SCI", 1, "IMAGE", "float32", (64, 64, 5, 2)),
    ),
    rows=(
        RowSummary(0, None, "primary", None, "N/A", False, True, (0,), "ok"),
        RowSummary(1, "SCI", "IMAGE", "float32", "ncols x nrows x ngroups x nints", False, True, (1,), "ok"),
        RowSummary(4, "ERR", "IMAGE", "float32", "ncols x nrows", False, True, (), "absent", "optional"),
    ),
    findings=(Finding("PROD008", "rests-on-amendment", Severity.INFO, "ERR is absent: allowed", hint="a source"),),
    skipped=(),
)
BAD = FileReport(
    path="bad\x1b[31m_dark.fits",
    product="dark",
    title="Dark exposure",
    level="structure",
    symbols={"nints": 2},
    origins={"nints": "NINTS, SCI"},
    hdus=(
        HduSummary(0, None, 1, "primary", None, ()),
        HduSummary(1, "SCI", 1, "IMAGE", "float64", (64, 64, 5, 3)),
        HduSummary(2, "WHAT", 2, "BINTABLE", None, (8, 1)),
    ),
    rows=(
        RowSummary(0, None, "primary", None, "N/A", False, True, (0,), "ok"),
        RowSummary(1, "SCI", "IMAGE", "float32", "ncols x nrows x ngroups x nints", False, True, (1,), "error"),
        RowSummary(2, "PIXELDQ", "IMAGE", "uint32", "ncols x nrows", False, True, (), "missing"),
        RowSummary(None, "REFOUT", "IMAGE", "uint16", "ncols/4 x nrows", True, True, (), "absent"),
    ),
    findings=(
        Finding("HDU001", "missing-hdu", Severity.ERROR, "PIXELDQ is missing", None, "PIXELDQ", 1, expected="IMAGE",
                found="missing", hint="write it"),
        Finding("ARR001", "wrong-dtype", Severity.ERROR, "SCI is float64, expected float32", 1, "SCI", 1, "BITPIX",
                expected="float32", found="float64"),
        Finding("HDU002", "unexpected-hdu", Severity.WARNING, "HDU 2 'WHAT' is not in the table", 2, "WHAT", 2, count=12,
                places=("WHAT,2", "WHAT,3")),
    ),
    skipped=(Skipped("ARR003", "SCI: a finding of ARR002 comes first"),),
)  # fmt: skip


def written(name: str, style: Style, *reports: FileReport) -> str:
    stream = io.StringIO()
    reporter, summary = REPORTERS[name](stream, style), Summary()
    reporter.start()
    for report in reports:
        summary.add(report)
        reporter.add(report)
    reporter.finish(summary)
    return stream.getvalue()


def compare(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("JWSTPROD_WRITE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(REPORTERS))
def test_default_output_is_the_golden_one(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    compare(f"{name}.txt", written(name, Style(color=False), GOOD, BAD))


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_verbose_output_is_the_golden_one(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    compare(f"{name}-verbose.txt", written(name, Style(verbosity=1, color=False), GOOD, BAD))


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_quiet_is_silent_on_success(name: str):
    assert written(name, Style(verbosity=-1), GOOD) == ""


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_quiet_says_errors_and_no_warnings(name: str):
    text = written(name, Style(verbosity=-1), GOOD, BAD)
    assert "ARR001" in text
    assert "HDU002" not in text


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_no_control_character_reaches_the_terminal(name: str):
    for style in (Style(color=False), Style(verbosity=1, color=False)):
        assert "\x1b" not in written(name, style, BAD)


def test_terminal_report_fits_in_80_columns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = written("rich", Style(verbosity=1, color=False), GOOD, BAD).splitlines()
    assert max(map(len, lines)) <= 80


def test_json_is_the_documented_object():
    content = json.loads(written("json", Style(), GOOD, BAD))
    assert content["schema"] == "jwstprod-report/1"
    assert content["tool"]["name"] == "jwstprod"
    assert content["summary"] == {
        "files": 2, "conforming": 1, "nonconforming": 1, "errors": 2, "warnings": 1, "infos": 1,
    }  # fmt: skip
    bad = content["files"][1]
    assert set(bad) == {"path", "product", "verdict", "level", "symbols", "hdus", "findings", "skipped"}
    assert bad["verdict"] == "nonconforming"
    assert {
        "code", "name", "severity", "message", "hdu", "extname", "extver", "keyword", "column", "expected", "found",
        "hint", "offset", "count",
    } <= set(bad["findings"][0])  # fmt: skip
    assert bad["findings"][0]["hdu"] is None
    assert bad["hdus"][1] == {
        "index": 1, "extname": "SCI", "extver": 1, "type": "IMAGE", "dtype": "float64", "axes": [64, 64, 5, 3],
    }  # fmt: skip


def test_ndjson_is_one_file_a_line_and_the_same_as_json():
    lines = written("ndjson", Style(), GOOD, BAD).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(written("json", Style(), GOOD, BAD))["files"]


def test_json_of_no_files_is_still_an_object():
    assert json.loads(written("json", Style()))["files"] == []


def test_path_that_is_not_utf8_is_written():
    report = msgspec.structs.replace(BAD, path="caf\udce9_dark.fits")
    for name in REPORTERS:
        assert "caf" in written(name, Style(), report)
