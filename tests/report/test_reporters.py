"""Each reporter writes the same four reports; ``golden/`` has what it writes.

After a wanted change: ``JWSTPROD_WRITE_GOLDEN=1 python -m pytest tests/report``, then read the difference.
"""

import io
import json
import os
from pathlib import Path

import msgspec
import pytest

from jwstprod_check.config import Options
from jwstprod_check.findings import FileReport, Finding, HduSummary, NotChecked, RowSummary, Severity, Skipped
from jwstprod_check.report.reporter import REPORTERS, Style
from jwstprod_check.report.run_info import RunInfo
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

OPEN = msgspec.structs.replace(
    GOOD,
    path="open_dark.fits",
    level="data",
    findings=(),
    not_checked=(
        NotChecked("FITS088", "SCI: the compression 'PLIO_1' is not supported", 1, "SCI"),
        NotChecked("ASDF003", "the ASDF extension is too large, or could not be read"),
    ),
)
OUT = FileReport("out.fits", None, "structure", {}, (), (), (), left_out="no known product")
RUN = RunInfo("2026-01-02T03:04:05+00:00", Options(select=("HDU", "ARR"), ignore=("ARR003",)), None, "sha256:0")


def written(name: str, style: Style, *reports: FileReport, complete: bool = True, lost: bool = False) -> str:
    stream = io.StringIO()
    reporter, summary = REPORTERS[name](stream, style), Summary()
    reporter.start(RUN)
    for report in reports:
        summary.add(report)
        reporter.add(report)
    if lost:
        summary.trouble("lost", "the folder cannot be listed", named=False)
    summary.complete = complete
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
    compare(f"{name}.txt", written(name, Style(color=False), GOOD, BAD, OPEN, OUT, lost=True))


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_verbose_output_is_the_golden_one(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    compare(f"{name}-verbose.txt", written(name, Style(verbosity=1, color=False), GOOD, BAD, OPEN, OUT, lost=True))


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_quiet_is_silent_on_success(name: str):
    assert written(name, Style(verbosity=-1), GOOD) == ""


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_quiet_prints_what_makes_a_file_fail_and_nothing_else(name: str):
    text = written(name, Style(verbosity=-1), GOOD, BAD, OUT)
    assert "ARR001" in text
    assert "HDU002" not in text
    assert "out.fits" not in text
    assert "HDU002" in written(name, Style(verbosity=-1), msgspec.structs.replace(BAD, failing=Severity.WARNING))
    assert "FITS088" in written(name, Style(verbosity=-1), OPEN)


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_no_control_character_reaches_the_terminal(name: str):
    for style in (Style(color=False), Style(verbosity=1, color=False)):
        assert "\x1b" not in written(name, style, BAD)


def test_terminal_report_fits_in_80_columns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = written("rich", Style(verbosity=1, color=False), GOOD, BAD).splitlines()
    assert max(map(len, lines)) <= 80


def test_json_is_the_documented_object():
    content = json.loads(written("json", Style(), GOOD, BAD, OPEN, OUT, lost=True))
    assert set(content) == {"schema", "tool", "run", "summary", "unread", "delivery", "files"}
    assert content["schema"] == "jwstprod-report/2"
    assert content["tool"]["name"] == "jwstprod"
    assert set(content["run"]) == {"started", "options", "config", "specs"}
    assert content["run"]["options"]["select"] == ["HDU", "ARR"]
    assert content["run"]["options"]["ignore"] == ["ARR003"]
    assert content["unread"] == [{"path": "lost", "reason": "the folder cannot be listed"}]
    assert content["delivery"] == {"findings": []}
    assert content["summary"] == {
        "files": 4, "conforming": 1, "nonconforming": 1, "unverified": 1, "left_out": 1,
        "errors": 2, "warnings": 1, "infos": 1,
        "by_code": {
            "ARR001": {"findings": 1, "files": 1},
            "HDU001": {"findings": 1, "files": 1},
            "HDU002": {"findings": 12, "files": 1},
            "PROD008": {"findings": 1, "files": 1},
        },
        "by_product": {"dark": {"files": 3, "nonconforming": 1}, "unknown": {"files": 1, "nonconforming": 0}},
        "complete": True,
    }  # fmt: skip
    assert [file["verdict"] for file in content["files"]] == ["conforming", "nonconforming", "unverified", "left-out"]
    bad = content["files"][1]
    assert set(bad) == {
        "path", "product", "verdict", "level", "symbols", "hdus", "findings", "ignored", "not_checked", "skipped",
    }  # fmt: skip
    assert content["files"][2]["not_checked"][0] == {
        "code": "FITS088", "reason": "SCI: the compression 'PLIO_1' is not supported", "hdu": 1, "extname": "SCI",
    }  # fmt: skip
    assert {
        "code", "name", "severity", "message", "hdu", "extname", "extver", "keyword", "column", "expected", "found",
        "hint", "offset", "count",
    } <= set(bad["findings"][0])  # fmt: skip
    assert bad["findings"][0]["hdu"] is None
    assert bad["hdus"][1] == {
        "index": 1, "extname": "SCI", "extver": 1, "type": "IMAGE", "dtype": "float64", "axes": [64, 64, 5, 3],
    }  # fmt: skip


def test_ndjson_is_one_file_a_line_and_the_same_as_json():
    *files, last = map(json.loads, written("ndjson", Style(), GOOD, BAD, lost=True).splitlines())
    content = json.loads(written("json", Style(), GOOD, BAD, lost=True))
    assert files == content["files"]
    assert last == {"summary": content["summary"], "unread": content["unread"]}


def test_a_run_that_was_ended_says_so():
    lines = written("ndjson", Style(), GOOD, complete=False).splitlines()
    assert [json.loads(line)["path"] for line in lines] == ["good_dark.fits"]
    assert json.loads(written("json", Style(), GOOD, complete=False))["summary"]["complete"] is False
    assert "ended before its last file" in written("concise", Style(), GOOD, complete=False)


def test_json_of_no_files_is_still_an_object():
    content = json.loads(written("json", Style()))
    assert (content["files"], content["summary"]["files"], content["unread"]) == ([], 0, [])


def test_path_that_is_not_utf8_is_written():
    report = msgspec.structs.replace(BAD, path="caf\udce9_dark.fits")
    for name in REPORTERS:
        text = written(name, Style(), report)
        assert "caf" in text
        assert text.encode("utf-8")
