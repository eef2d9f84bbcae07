"""The program that each format is for accepts it. Skipped where it is not installed; CI installs all of them."""

import json
import os
import subprocess
from collections import Counter

import msgspec
import numpy as np
import pytest
from consumers import missing, module, sarif_multitool
from shared_run import BAD, COMMANDS, EVIL, GOOD, HOSTILE, REPORTS, UNVERIFIED, written

from jwstprod_check.findings import Thumbnail
from jwstprod_check.preview.draw import png
from jwstprod_check.preview.plane import Picture
from jwstprod_check.report.style import Style


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("rules", ["Sarif", "Ghas"])
def test_microsofts_validator_accepts_sarif(tmp_path, rules):
    tool = sarif_multitool()
    (tmp_path / "run.sarif").write_text(written("sarif"))
    command = [tool, "validate", "run.sarif", "--rule-kind", rules, "--output", "found.sarif"]
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    found = json.loads((tmp_path / "found.sarif").read_text(encoding="utf-8-sig"))["runs"][0]
    assert [result for result in found["results"] if result.get("level", "warning") != "note"] == []


def test_junitparser_reads_junit():
    parser = module("junitparser")
    suites = {suite.name: suite for suite in parser.JUnitXml.fromstring(written("junit").encode())}
    assert len(suites) == len(REPORTS) + 1
    bad, odd, good = suites["bad\\x1b[31m_dark.fits"], suites[UNVERIFIED.path], suites[GOOD.path]
    assert (bad.failures, bad.errors, bad.skipped, bad.tests) == (2, 0, 1, 5)
    assert (odd.failures, odd.errors, odd.skipped) == (0, 1, 2)
    assert (good.failures, good.errors, good.skipped) == (0, 0, 0)
    assert suites["notes.fits"].skipped == 1
    assert suites["locked/<folder>"].errors == 1
    for suite in suites.values():
        kinds = Counter(type(result).__name__ for case in suite for result in case.result)
        assert (kinds["Failure"], kinds["Error"], kinds["Skipped"]) == (suite.failures, suite.errors, suite.skipped)
        assert suite.tests == len(list(suite))


def test_duckdb_reads_csv_and_ndjson(tmp_path):
    duckdb = module("duckdb")
    (tmp_path / "run.csv").write_text(written("csv"), newline="")
    (tmp_path / "run.ndjson").write_text(written("ndjson"))
    with duckdb.connect() as database:
        by_code = database.sql(
            "SELECT code, count(DISTINCT path) FROM 'run.csv' WHERE severity = 'warning' GROUP BY code"
        )
        assert dict(by_code.fetchall()) == {"KEY024": 12, "HDU002": 1, "TAB001": 1}
        files = database.sql(
            "SELECT verdict, count(*) FROM read_ndjson_auto('run.ndjson') WHERE path IS NOT NULL GROUP BY verdict"
        )
        assert dict(files.fetchall()) == {"conforming": 14, "nonconforming": 2, "unverified": 2, "left-out": 1}


@pytest.mark.parametrize("verbosity", [0, 1])
def test_githubs_renderer_shows_markdown_without_what_a_file_brings(verbosity):
    cmark = module("cmarkgfm")
    page = cmark.github_flavored_markdown_to_html(
        written("markdown", Style(verbosity=verbosity)), cmark.cmark.Options.CMARK_OPT_UNSAFE
    )
    assert page.count("<table>") == 2
    for tag in ("<img", "<script", "<a ", "<em>"):
        assert tag not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert page.count("<h1>") == 1


def test_table_of_products_keeps_its_cells():
    cmark = module("cmarkgfm")
    text = written("markdown", reports=(GOOD, msgspec.structs.replace(GOOD, product="a|b`c|")))
    page = cmark.github_flavored_markdown_to_html(text)
    assert "<td><code>a|b`c|</code></td>" in page


@pytest.fixture(scope="module")
def browser():
    from browser import CHROMIUM, Browser

    if CHROMIUM is None:
        missing("chromium")
    with Browser() as opened:
        yield opened


def page_of(tmp_path, reports=REPORTS):
    path = tmp_path / "report.html"
    path.write_text(written("html", reports=reports), encoding="utf-8")
    return path


def shown(browser):
    return browser.run("document.getElementById('shown').textContent")


def test_browser_draws_the_page_without_a_request_or_an_error(browser, tmp_path):
    browser.problems.clear()
    browser.requests.clear()
    path = page_of(tmp_path)
    browser.open(path)
    assert shown(browser) == "19 of 19 files"
    assert browser.problems == []
    assert [url for url in browser.requests if url != "about:blank"] == [f"file://{path}"[:100]]


def test_hostile_text_is_inert_in_the_browser(browser, tmp_path):
    browser.open(page_of(tmp_path), "#file=2")
    assert browser.run("document.title") == "4 of 19 files fail"
    assert browser.run("document.querySelectorAll('img, iframe, object, script:not(#data)').length") == 1
    text = browser.run("document.getElementById('detail').textContent")
    assert HOSTILE in text
    assert browser.problems == []
    assert COMMANDS not in text


def test_pictures_are_drawn_by_the_browser(browser, tmp_path):
    picture = Picture(np.arange(48.0).reshape(6, 8), np.eye(6, 8, dtype=bool), "SCI", 1.0, 0.1)
    reports = [msgspec.structs.replace(REPORTS[0], thumbnails=(Thumbnail(1, "SCI", png(picture)),))]
    browser.problems.clear()
    browser.open(page_of(tmp_path, reports), "#file=0")
    image = "document.querySelector('figure img')"
    # A page is ready before its pictures are decoded; one that cannot be is complete as well, and has no size.
    browser.wait(f"{image}?.complete")
    assert browser.run(f"[{image}.naturalWidth, {image}.naturalHeight].join()") == "256,192"
    assert browser.problems == []


def test_address_holds_the_filters(browser, tmp_path):
    path = page_of(tmp_path)
    browser.open(path, "#verdict=nonconforming&product=dark")
    assert shown(browser) == "1 of 19 files"
    browser.run("document.querySelector('[name=product]').value = ''")
    browser.run("document.querySelector('[name=q]').value = 'key010 bunit'")
    browser.run("document.getElementById('filters').dispatchEvent(new Event('input'))")
    assert browser.run("location.hash") == "#q=key010+bunit&verdict=nonconforming"
    assert shown(browser) == "1 of 19 files"


@pytest.mark.parametrize(
    ("fragment", "count"),
    [("#code=KEY024", 12), ("#family=HDU", 1), ("#severity=warning", 14), ("#severity=not-checked", 2), ("#q=rate", 2)],
)
def test_filters_find_their_files(browser, tmp_path, fragment, count):
    browser.open(page_of(tmp_path), fragment)
    assert shown(browser) == f"{count} of 19 files"


def test_page_is_usable_with_the_keyboard(browser, tmp_path):
    browser.open(page_of(tmp_path))
    browser.run("document.getElementById('grid').focus()")
    browser.press("ArrowDown")
    browser.press("Enter")
    assert browser.run("document.activeElement.id") == "detail"
    assert browser.run("location.hash") == "#file=2"
    assert "KEY010" in browser.run("document.getElementById('detail').textContent")
    browser.press("Escape")
    assert browser.run("document.activeElement.id") == "grid"
    assert browser.run("location.hash") == ""
    browser.press("End")
    assert browser.run("document.querySelector('.active').getAttribute('aria-rowindex')") == "20"
    browser.press("/")
    assert browser.run("document.activeElement.name") == "q"


def test_opened_file_has_its_table_and_the_manual(browser, tmp_path):
    browser.open(page_of(tmp_path), "#file=1")
    text = browser.run("document.getElementById('detail').textContent")
    for part in ("ncols x nrows x ngroups x nints", "nints = 2", "Manual of ARR001", "What ARR001 states."):
        assert part in text


def test_page_is_readable_without_its_script(browser, tmp_path):
    path = page_of(tmp_path)
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(path, ready="document.readyState === 'complete' && document.title !== ''")
    text = browser.run("document.body.innerText")
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    for part in ("4 of 19 files fail", "HDU001", "odd_rate.fits", "KEY024", "needs JavaScript"):
        assert part in text


def test_all_files_are_printed(browser, tmp_path):
    browser.open(page_of(tmp_path))
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    printed = browser.run("document.getElementById('print').textContent")
    for report in REPORTS:
        if report not in (BAD, EVIL):
            assert report.path in printed
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    assert browser.pdf().startswith(b"%PDF")


def test_cells_of_a_row_stay_on_its_line(browser, tmp_path):
    other_order = msgspec.structs.replace(BAD, rows=BAD.rows[::-1])
    browser.open(page_of(tmp_path, (BAD, other_order, GOOD)))
    tops = "[...document.querySelectorAll('#rows > *')].map((row) => new Set([...row.children].map((c) => c.offsetTop)).size)"
    assert browser.run(tops) == [1, 1, 1]


def test_five_thousand_files_are_drawn_as_they_scroll(browser, tmp_path):
    many = [msgspec.structs.replace(r, path=f"{n:05}_{r.path[-20:]}") for n in range(264) for r in REPORTS]
    browser.problems.clear()
    browser.open(page_of(tmp_path, many))
    assert shown(browser) == "5,016 of 5,016 files"
    assert browser.run("document.querySelectorAll('#rows > *').length") < 100
    assert browser.run("document.querySelectorAll('*').length") < 8000
    assert browser.problems == []
