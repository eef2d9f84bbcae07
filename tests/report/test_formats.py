"""Each format writes the same run, of good, broken, hostile, unverified, ignored, left-out and repeated files.

What it writes stands in ``golden/``. After a wanted change: ``JWSTPROD_WRITE_GOLDEN=1 python -m pytest tests/report``,
then read the difference.
"""

import base64
import csv
import io
import json
import os
import re
import zlib
from pathlib import Path

import msgspec
import pytest
from shared_run import BAD, EVIL, GOOD, HOSTILE, LEFT_OUT, REPEATED, REPORTS, RUN, UNVERIFIED, written

from jwstprod_check import __version__
from jwstprod_check.findings import FileReport, Finding, SetFinding, Severity, Thumbnail
from jwstprod_check.report.csv import COLUMNS
from jwstprod_check.report.github import MAX_SHOWN
from jwstprod_check.report.locations import Checkout
from jwstprod_check.report.markdown import span
from jwstprod_check.report.markup import Element, html
from jwstprod_check.report.reporter import REPORTERS, WITHOUT_TABLE
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary

GOLDEN = Path(__file__).parent / "golden"
TEXT = ("rich", "concise", "markdown")
MACHINE = ("json", "ndjson", "sarif", "junit", "gitlab", "csv")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def compare(name: str, text: str) -> None:
    path = GOLDEN / name
    text = text.replace(__version__, "VERSION")
    if os.environ.get("JWSTPROD_WRITE_GOLDEN"):
        path.write_bytes(text.encode(errors="surrogateescape"))
    assert text == path.read_bytes().decode(errors="surrogateescape")


def html_data(page: str) -> list:
    packed = re.search(r'<script type="text/plain" id="data">([^<]*)</script>', page)[1]
    return [json.loads(line) for line in zlib.decompress(base64.b64decode(packed), 31).decode().splitlines()]


def as_html(nodes: list) -> str:
    return html(*msgspec.convert(nodes, tuple[Element, ...]))


@pytest.mark.parametrize("name", sorted(set(REPORTERS) - {"html"}))
def test_format_is_the_golden_one(name: str):
    compare(f"{name}.txt", written(name))


def test_html_is_the_golden_one():
    page = written("html")
    style = re.sub(r"(?s)<style>.*?</style>|<script.*?</script>|sha256-[^']*", "", page)
    data = "\n".join(json.dumps(r, indent=1) if isinstance(r, dict) else as_html(r) for r in html_data(page))
    compare("html.txt", style + data + "\n")


@pytest.mark.parametrize("name", TEXT)
def test_verbose_output_is_the_golden_one(name: str):
    compare(f"{name}-verbose.txt", written(name, Style(verbosity=1, color=False)))


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_every_format_names_every_file_that_is_not_right(name: str):
    text = written(name) if name != "html" else written(name) + json.dumps(html_data(written(name)))
    for wanted in ("odd_rate.fits", "crashed.fits", "HDU001", "FITS088", "locked/"):
        assert wanted in text


@pytest.mark.parametrize("name", sorted(set(REPORTERS) - {"github"}))
def test_every_format_has_what_was_ignored_and_left_out(name: str):
    text = written(name) if name != "html" else written(name) + json.dumps(html_data(written(name)))
    assert "old simulator" in text
    assert "notes.fits" in text


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_no_control_character_is_written(name: str):
    for style in (Style(color=False), Style(verbosity=1, color=False)):
        for character in written(name, style):
            assert character == "\n" or character.isprintable()


@pytest.mark.parametrize("name", sorted(set(REPORTERS) - {"github"}))
def test_no_line_holds_a_command_of_a_runner(name: str):
    text = re.sub(r"(?s)<style>.*?</style>|<script>.*?</script>", "", written(name))
    if name not in ("json", "ndjson"):
        assert "::error" not in text
        assert "##[" not in text


def test_ten_of_a_warning_are_shown_and_further_ones_counted():
    text = written("concise")
    assert len(re.findall(r"warning KEY024 PURPOSE", text)) == 10
    assert "KEY024 unknown-value        in 12 of 19 files (10 shown; -v lists them)" in text


def test_ten_of_a_warning_are_shown_and_none_counted_where_there_are_ten():
    text = written("concise", reports=REPEATED[:10])
    assert len(re.findall(r"warning KEY024 PURPOSE", text)) == 10
    assert "-v lists" not in text


def test_verbose_shows_every_repeat():
    text = written("concise", Style(verbosity=1))
    assert len(re.findall(r"warning KEY024 PURPOSE", text)) == 12
    assert "-v lists" not in text


def test_warning_that_fails_its_file_is_always_shown():
    failing = tuple(msgspec.structs.replace(r, failing=Severity.WARNING) for r in REPEATED)
    assert len(re.findall(r"warning KEY024 PURPOSE", written("concise", reports=failing))) == 12


def test_errors_come_before_warnings():
    lines = [line for line in written("concise").splitlines() if line.startswith("bad")]
    assert [re.search(r" (error|warning) ", line)[1] for line in lines] == ["error", "error", "warning"]


@pytest.mark.parametrize("name", [*TEXT, "html"])
def test_failing_files_are_listed_up_to_the_cap(name: str):
    many = tuple(msgspec.structs.replace(BAD, path=f"f{number:03}.fits") for number in range(120))
    text = written(name, Style(color=False, most=3), many)
    listed = re.split(r"(?i)failing files", text)[1]
    shown = {number for number in range(120) if f"f{number:03}.fits" in listed}
    assert shown == {0, 1, 2}
    assert "nd 117 more" in listed


def test_findings_of_a_file_are_shown_up_to_the_cap():
    found = tuple(Finding("KEY001", "x", Severity.ERROR, f"number {n}") for n in range(9))
    text = written("concise", Style(most=4), (msgspec.structs.replace(BAD, findings=found),))
    assert text.count("number") == 4
    assert "and 5 findings more" in text
    assert "number 8" in written("concise", Style(most=0), (msgspec.structs.replace(BAD, findings=found),))


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_one_file_has_no_table_of_counts(name: str):
    assert "by code" not in written(name, reports=(BAD,))


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_quiet_is_silent_on_success(name: str):
    assert written(name, Style(verbosity=-1), (GOOD, LEFT_OUT)) == ""


@pytest.mark.parametrize("name", ["rich", "concise"])
def test_quiet_says_errors_and_no_warnings(name: str):
    text = written(name, Style(verbosity=-1, color=False), (GOOD, BAD))
    assert "ARR001" in text
    assert "HDU002" not in text
    assert "by code" not in text


def test_terminal_report_fits_in_80_columns():
    lines = written("rich", Style(verbosity=1, color=False), (GOOD, BAD)).splitlines()
    assert max(map(len, lines)) <= 80


def test_json_is_the_documented_object():
    content = json.loads(written("json", reports=(GOOD, BAD)))
    assert content["schema"] == "jwstprod-report/2"
    assert content["summary"] == {
        "files": 2, "conforming": 1, "nonconforming": 1, "unverified": 0, "left_out": 0, "errors": 2, "warnings": 1,
        "infos": 1, "by_code": {
            "ARR001": {"findings": 1, "files": 1}, "HDU001": {"findings": 1, "files": 1},
            "HDU002": {"findings": 12, "files": 1}, "PROD008": {"findings": 1, "files": 1},
        }, "by_product": {"dark": {"files": 2, "nonconforming": 1}}, "passed_over": [], "complete": True,
    }  # fmt: skip
    bad = content["files"][1]
    assert set(bad) == {
        "path", "product", "verdict", "level", "symbols", "hdus", "findings", "ignored", "not_checked", "skipped",
    }  # fmt: skip
    assert {
        "code", "name", "severity", "message", "hdu", "extname", "extver", "keyword", "column", "expected", "found",
        "hint", "offset", "count", "places",
    } == set(bad["findings"][0])  # fmt: skip


def test_ndjson_is_one_file_a_line_and_the_same_as_json():
    *lines, last = written("ndjson").splitlines()
    whole = json.loads(written("json"))
    assert [json.loads(line) for line in lines] == whole["files"]
    assert json.loads(last)["summary"] == whole["summary"]


@pytest.mark.parametrize("name", sorted(REPORTERS))
def test_run_of_no_files_is_written(name: str):
    assert written(name, reports=()) or name == "rich"


def test_formats_with_a_table_are_known():
    assert set(REPORTERS) - WITHOUT_TABLE == {"rich", "html"}


def test_csv_has_the_documented_columns_and_a_line_for_each_finding():
    rows = list(csv.DictReader(io.StringIO(written("csv"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    findings = [row for row in rows if row["severity"] in ("error", "warning", "info")]
    assert len(findings) == sum(len(report.findings) for report in REPORTS)
    assert [row["message"] for row in rows if row["verdict"] == "left-out"] == ["no known product"]
    assert {row["code"] for row in rows if row["severity"] == "not-checked"} == {"FITS088", "DATA002", "WCS011"}


def test_csv_of_a_file_without_findings_is_one_line_with_empty_cells():
    clean = msgspec.structs.replace(GOOD, findings=())
    rows = list(csv.reader(io.StringIO(written("csv", reports=(clean,)))))
    assert rows[1] == ["good_dark.fits", "dark", "conforming", *[""] * 11]


def test_csv_has_no_formula():
    for row in csv.reader(io.StringIO(written("csv"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r"))
            assert not cell.startswith("-") or cell == "-32.5"


def test_csv_path_that_begins_like_a_formula_still_names_its_file():
    rows = list(csv.reader(io.StringIO(written("csv", reports=(msgspec.structs.replace(GOOD, path="-x.fits"),)))))
    assert rows[1][0] == "./-x.fits"


def test_github_escapes_what_the_runner_reads():
    lines = written("github").splitlines()
    *others, last = lines
    commands = [line for line in others if line.startswith("::")]
    assert [line for line in others if not line.startswith("::")] == ["notes.fits: left out: no known product"]
    for line in commands:
        kind, properties, text = re.fullmatch(r"::(error|warning|notice) (file=.*?,title=.*?)::(.*)", line).groups()
        assert kind
        assert len(properties.split(",")) == 2
        assert "::" not in text
        assert "##[" not in line
    assert "more are not annotated" in last
    assert "%250A" in "".join(commands), "a percent sign of the file is escaped"


def test_github_shows_ten_of_a_kind_and_a_second_of_a_file_after_the_first_of_all():
    many = tuple(msgspec.structs.replace(BAD, path=f"f{number:02}.fits") for number in range(MAX_SHOWN - 1))
    errors = [line for line in written("github", reports=many).splitlines() if line.startswith("::error")]
    assert len(errors) == MAX_SHOWN
    assert [line for line in errors if "ARR001" in line] == errors[-1:]


def test_github_writes_the_page_of_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = tmp_path / "summary.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    written("github")
    assert (
        page.read_text(encoding="utf-8") == "before\n" + written("markdown").encode(errors="backslashreplace").decode()
    )


def test_github_page_is_cut_below_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    found = tuple(Finding("KEY001", "x", Severity.ERROR, "long " * 300) for _ in range(90))
    written("github", reports=[msgspec.structs.replace(BAD, path=f"{n}.fits", findings=found) for n in range(30)])
    assert page.stat().st_size < 2**20
    assert "The page is truncated" in page.read_text()


def sarif(reports=REPORTS):
    return json.loads(written("sarif", reports=reports))["runs"][0]


def test_sarif_names_the_place_inside_the_file():
    wrong = next(result for result in sarif()["results"] if result["ruleId"] == "ARR001")
    assert wrong["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "SCI,1/BITPIX"


def test_sarif_rules_have_their_manual_and_are_indexed():
    run = sarif()
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)


def test_sarif_fingerprints_are_the_same_in_another_folder_and_another_order():
    def marks(reports):
        results = sarif(reports)["results"]
        return sorted((r["ruleId"], r["partialFingerprints"]["jwstprod/v1"]) for r in results)

    moved = [msgspec.structs.replace(r, path=f"/else/where/{r.path}") for r in reversed((GOOD, BAD, *REPEATED))]
    assert marks((GOOD, BAD, *REPEATED)) == marks(moved)


def test_fingerprint_changes_with_the_value_and_the_place():
    finding = BAD.findings[2]
    marks = {
        finding.fingerprint("x.fits"),
        msgspec.structs.replace(finding, found="int16").fingerprint("x.fits"),
        msgspec.structs.replace(finding, extname="ERR").fingerprint("x.fits"),
        msgspec.structs.replace(finding, code="ARR002").fingerprint("x.fits"),
        finding.fingerprint("y.fits"),
    }
    assert len(marks) == 5
    assert finding.fingerprint("x.fits") == msgspec.structs.replace(finding, offset=7).fingerprint("a/x.fits")


def test_sarif_suppresses_what_is_ignored():
    ignored = [result for result in sarif()["results"] if "suppressions" in result]
    assert [r["ruleId"] for r in ignored] == ["KEY024"]
    assert ignored[0]["suppressions"][0]["justification"] == "old simulator, ticket | 12 (until 2027-01-31)"


def test_sarif_keeps_the_limit_with_the_worst_first(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jwstprod_check.report.sarif.MAX_RESULTS", 5)
    run = sarif((*REPEATED, BAD, UNVERIFIED))
    assert [result["level"] for result in run["results"]] == ["error"] * 4 + ["warning"]
    assert "12 results are left out" in str(run["invocations"])
    monkeypatch.setattr("jwstprod_check.report.sarif.MAX_RESULTS", 3)
    assert [result["level"] for result in sarif((BAD, *REPEATED, UNVERIFIED))["results"]] == ["error"] * 3


def test_sarif_paths_are_below_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert Checkout().uri("a b.fits") == "a%20b.fits"
    assert Checkout().uri("/data/x.fits") == "file:///data/x.fits"
    assert Checkout().uri("s3://bucket/x.fits") == "s3://bucket/x.fits"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert Checkout().relative("x.fits") == "sub/x.fits"


def test_gitlab_has_the_required_fields_and_unique_fingerprints():
    twins = (BAD, msgspec.structs.replace(BAD, path=f"other/{BAD.path}"))
    entries = json.loads(written("gitlab", reports=(*REPORTS, *twins)))
    for entry in entries:
        assert entry["description"]
        assert entry["check_name"]
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["path"]
        assert entry["location"]["lines"]["begin"] == 1
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)


def test_markdown_span_holds_any_text():
    assert span("a`b``c") == "```a`b``c```"
    assert span("`a`") == "`` `a` ``"


def test_html_records_hold_every_file_and_manual():
    *records, last = html_data(written("html"))
    assert len(records) == 2 * len(REPORTS)
    assert last["manuals"]["HDU001"]["text"].startswith("What HDU001 states.")


def test_html_asks_for_nothing():
    page = written("html")
    assert "default-src 'none'" in page
    assert not re.search(r"""(src|href)=["'](?!#)""", re.sub(r"(?s)<script>.*?</script>", "", page))


def test_html_has_no_markup_of_a_file():
    page = written("html")
    assert "<img" not in page
    assert page.count("<script") == 2


def test_html_shows_what_was_found_across_files():
    stream = io.StringIO()
    reporter, summary = REPORTERS["html"](stream, Style(color=False)), Summary()
    clean = msgspec.structs.replace(GOOD, findings=())
    reporter.start(RUN)
    summary.add(clean)
    reporter.add(clean)
    found = SetFinding("SET001", "missing-segment", Severity.ERROR, "segment 2 is missing", paths=("a<b>_dark.fits",))
    summary.add_across(found, Severity.ERROR)
    reporter.finish(summary)
    page = stream.getvalue()
    assert "<title>1 file: none fails, but the files do not fit together</title>" in page
    assert "error SET001 segment 2 is missing: a&lt;b&gt;_dark.fits" in page


def test_html_beyond_the_cap_leaves_out_conforming_files_only(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jwstprod_check.report.html.MAX_FILES", 1)
    clean = msgspec.structs.replace(GOOD, findings=())
    *records, last = html_data(written("html", reports=(clean, clean, BAD)))
    assert [record["v"] for record in records[::2]] == ["conforming", "nonconforming"]
    assert last["omitted"] == 1


PICTURE = Thumbnail(1, f"SCI {HOSTILE}", b"\x89PNG" + bytes(996))


@pytest.mark.parametrize(("room", "kept"), [(999, [0, 0, 1]), (1000, [1, 0, 1]), (2000, [1, 1, 1])])
def test_html_has_pictures_up_to_a_size_and_more_of_files_that_fail(room, kept, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jwstprod_check.report.html.MAX_PICTURES", room)
    monkeypatch.setattr("jwstprod_check.report.html.MAX_FAILING_PICTURES", 1000)
    reports = [msgspec.structs.replace(one, thumbnails=(PICTURE,)) for one in (GOOD, GOOD, BAD)]
    page = written("html", reports=reports)
    *records, _ = html_data(page)
    assert [json.dumps(one).count("data:image/png") for one in records[1::2]] == kept
    left = kept.count(0)
    assert ("without pictures" in page) == bool(left)
    assert HOSTILE not in as_html(records[1])


def test_incomplete_run_is_said():
    for name in sorted(set(REPORTERS) - {"ndjson", "csv"}):
        stream = io.StringIO()
        reporter, summary = REPORTERS[name](stream, Style(color=False)), Summary()
        summary.complete = False
        reporter.start(RUN)
        reporter.finish(summary)
        text = stream.getvalue()
        assert "ended before its last file" in text or '"complete":false' in text.replace(" ", "")


def test_memory_of_a_summary_does_not_grow_with_the_files():
    summary = Summary()
    for number in range(500):
        summary.add(FileReport(f"{number}.fits", "dark", "structure", {}, (), BAD.findings, ()))
    assert len(summary.failing) == 100
    assert summary.unlisted == 400


def test_hostile_text_is_in_the_shared_run():
    assert HOSTILE in EVIL.path
