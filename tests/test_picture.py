"""The picture in the README is what a real run prints.

After a wanted change: ``JWSTPROD_WRITE_GOLDEN=1 python -m pytest -n0 tests/test_picture.py``. The text is compared, since what
is around it depends on the release of rich.
"""

import html
import io
import os
import re

from rich.console import Console
from rich.text import Text
from shell import ROOT, shell

PICTURE = ROOT / "docs" / "report.svg"
FILE = "tests/data/bad/jwst-3.0.0/jw01234001001_02105_00001_nrca1_dark.fits.gz"
LOADED = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)


def printed(monkeypatch):
    """What the command of the picture prints, with colour."""
    monkeypatch.chdir(ROOT)
    done = shell(
        "check", "--no-config", "--format", "rich", FILE, FORCE_COLOR="1", NO_COLOR="", COLUMNS="96", PYTHONUTF8="1"
    )
    assert done.returncode == 1
    return done.stdout


def drawn(text):
    """The picture of a text; the font is that of the reader, none is loaded."""
    console = Console(record=True, width=96, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in text.splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, crop=False)
    picture = console.export_svg(title=f"jwstprod check {FILE.rpartition('/')[2]}", unique_id="report")
    return LOADED.sub("", picture).replace("Fira Code, monospace", "ui-monospace, monospace")


def lines_of(picture):
    """The lines of a picture, by the places of its texts; blanks are left out."""
    found = {}
    pattern = r'<text class="report-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>'
    for x, y, text in re.findall(pattern, picture):
        found.setdefault(float(y), []).append((float(x), html.unescape(text)))
    return ["".join("".join(text for _, text in sorted(parts)).split()) for _, parts in sorted(found.items())]


def test_the_picture_is_what_a_real_run_prints(monkeypatch):
    text = printed(monkeypatch)
    if os.environ.get("JWSTPROD_WRITE_GOLDEN"):
        PICTURE.write_text(drawn(text), encoding="utf-8")
    plain = ["".join(line.split()) for line in Text.from_ansi(text).plain.splitlines()]
    shown = lines_of(PICTURE.read_text(encoding="utf-8"))
    assert [line for line in shown if line] == [line for line in plain if line]


def test_the_picture_loads_nothing_and_the_readme_shows_it():
    picture = PICTURE.read_text(encoding="utf-8")
    assert "url(http" not in picture
    assert "@font-face" not in picture
    assert "](docs/report.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")
