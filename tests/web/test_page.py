"""The page that checks files in the browser, in a real one: what it shows, what it asks for, that it reports what the shell does."""

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser
from consumers import missing

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
GOOD = DATA / "good" / "jwst-3.0.0" / "jw01234001001_02103_00001_nrca1_dark.fits"
BAD = DATA / "bad" / "jwst-3.0.0"
READY = "document.documentElement?.dataset.ready === 'yes'"


@pytest.fixture(scope="module")
def site(request):
    """The built page on a plain server of this machine."""
    if CHROMIUM is None:
        missing("chromium")
    folder = request.getfixturevalue("built")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            """Print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html", server, folder
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(site):
    with Browser() as one:
        one.open(site[0], ready=READY)
        yield one


class Page:
    """What is dropped on the page, and what it shows then."""

    def __init__(self, browser):
        self._browser = browser

    def check(self, *paths, seconds=60):
        number = int(self._browser.run("Number(document.documentElement.dataset.checked ?? 0)"))
        self._browser.drop(*paths)
        self._browser.wait(f"Number(document.documentElement.dataset.checked) > {number}", seconds)
        return self._browser.run("document.getElementById('verdict').innerText")

    def text(self):
        return self._browser.run("document.body.innerText")

    def report(self):
        """Return the JSON that can be saved."""
        self._browser.run(
            "window.saved = null; window.keep ??= URL.createObjectURL; HTMLAnchorElement.prototype.click = () => {};"
            "URL.createObjectURL = (blob) => { blob.text().then((t) => { window.saved = t; }); return window.keep(blob); };"
            "document.getElementById('save').click()"
        )
        self._browser.wait("window.saved !== null")
        return json.loads(self._browser.run("window.saved"))


@pytest.fixture
def page(browser):
    before = len(browser.requests)
    yield Page(browser)
    assert [url for url in browser.requests[before:] if not url.startswith(("blob:", "data:"))] == []
    assert browser.problems == []


def native(*paths, cwd):
    done = subprocess.run(
        [sys.executable, "-m", "jwstprod_check", "check", "--no-config", "--format", "json", *paths],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout)


def test_good_file_conforms_and_its_table_is_shown(page):
    assert "conforms" in page.check(GOOD)
    assert "GROUPDQ" in page.text()


def test_every_file_of_the_repository_has_the_report_of_the_shell(page, tmp_path):
    for n, source in enumerate(sorted(p for p in DATA.rglob("*") if p.name.endswith((".fits", ".fits.gz")))):
        folder = tmp_path / "all" / f"{n:03d}"
        folder.mkdir(parents=True)
        shutil.copy(source, folder)
    page.check(tmp_path / "all", seconds=120)
    here, there = page.report(), native("all", cwd=tmp_path)
    assert len(there["files"]) > 50
    by_path = {one["path"]: one for one in there["files"]}
    assert [one["path"] for one in here["files"]] == list(by_path)
    for one in here["files"]:
        assert json.dumps(one) == json.dumps(by_path[one["path"]])


def test_failing_files_come_with_counts(page):
    assert "do not conform" in page.check(GOOD, *sorted(BAD.iterdir())) or "fail" in page.text()
    assert "HDU001" in page.text()


def test_two_gigabytes_take_no_longer_than_two_megabytes(page, tmp_path):
    path = tmp_path / GOOD.name
    shutil.copy(GOOD, path)
    with path.open("r+b") as stream:
        stream.truncate(2 * 10**9)
    assert "not" in page.check(path, seconds=20)
    assert "FILE007" in page.text()


def test_truncated_file_is_reported(page, tmp_path):
    path = tmp_path / GOOD.name
    path.write_bytes(GOOD.read_bytes()[:-5000])
    page.check(path)
    assert "FILE0" in page.text()


def test_pointer_of_git_lfs_is_named(page, tmp_path):
    path = tmp_path / GOOD.name
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n")
    page.check(path)
    assert "Git LFS" in page.text() or "git-lfs" in page.text()


def test_markup_in_a_header_stays_text(page, browser, tmp_path):
    path = tmp_path / "x<img src=x onerror=alert(1)>_dark.fits"
    raw = GOOD.read_bytes().replace(b"TARGPROP= '", b"TARGPROP= '<script>boom()</script>"[:11], 1)
    at = raw.index(b"FILENAME= '")
    card = b"FILENAME= '<img src=x onerror=boom()><b>bold</b>'".ljust(80)
    path.write_bytes(raw[:at] + card + raw[at + 80 :])
    page.check(path)
    assert browser.run("document.querySelectorAll('img, main script, b b').length") == 0
    assert "onerror" in page.text()


def test_folder_without_fits_files_is_said_to_be_empty(page, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("x")
    assert "othing" in page.check(tmp_path / "empty") + page.text()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_page_fits_its_window(page, browser, tmp_path, width, scheme):
    browser.scheme(scheme)
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    page.check(GOOD)
    assert browser.run("document.documentElement.scrollWidth") <= width
    browser.screenshot(tmp_path / f"{width}-{scheme}.png")
    browser.call("Emulation.setDeviceMetricsOverride", width=1280, height=900, deviceScaleFactor=1, mobile=False)
    browser.scheme("light")


def test_page_works_without_a_network(site):
    address, _, _ = site
    with Browser() as one:
        one.open(address, ready=READY)
        one.run("navigator.serviceWorker.ready.then(() => true)")
        one.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
        one.open(address, ready=READY)
        assert "conforms" in Page(one).check(GOOD)
