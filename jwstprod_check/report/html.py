"""One HTML page for a run, which needs nothing else: no network, no library, no server.

The verdict, the counts and the files that fail are plain HTML. All files are compressed in the page and drawn by its script
as they scroll, filtered by what the address says.
"""

import os
import zlib
from base64 import b64encode, standard_b64encode
from hashlib import sha256
from typing import Any, Final, TextIO

import msgspec

from jwstprod_check import __version__
from jwstprod_check.findings import FileReport
from jwstprod_check.report.html_file import finding_item, headline, mark, missed
from jwstprod_check.report.html_overview import counts, state, title, unread
from jwstprod_check.report.html_record import page, record
from jwstprod_check.report.json import encode
from jwstprod_check.report.markup import Element, html, tag
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.text import plural

MAX_FILES: Final = 50_000
"""Files in the list; beyond them only those that have something to report are taken up."""

MAX_STATIC: Final = 10
"""Findings of a failing file that are shown without the script."""

MAX_PICTURES: Final = 4 * 2**20
MAX_FAILING_PICTURES: Final = 2 * 2**20
"""Bytes of pictures in a page, and further ones of files that do not conform."""

_NOSCRIPT: Final = """<noscript><p class="help">The list of all files needs JavaScript; the verdict, the counts and the failing files above do not.</p></noscript>
"""

_PART: Final = 3 * 2**18


class HtmlReporter:
    """Compresses each file as it comes, and writes the page at the end, the verdict first."""

    def __init__(self, stream: TextIO, style: Style) -> None:
        self._stream = stream
        self._style = style
        self._run: RunInfo | None = None
        self._packer = zlib.compressobj(6, wbits=31)
        self._packed: list[bytes] = []
        self._files = 0
        self._omitted = 0
        self._drawn = 0
        self._undrawn = 0
        self._failing: dict[str, list[str]] = {"nonconforming": [], "unverified": []}

    def start(self, run: RunInfo) -> None:
        self._run = run

    def add(self, report: FileReport) -> None:
        if self._files >= MAX_FILES and report.verdict == "conforming" and not report.findings:
            self._omitted += 1
            return
        kept = self._failing.get(report.verdict)
        if kept is not None and (not self._style.most or len(kept) < self._style.most):
            kept.append(self._static(report))
        self._pack(record(report))
        self._pack(page(self._bounded(report)))
        self._files += 1

    def _bounded(self, report: FileReport) -> FileReport:
        """Return a report without its pictures where the page has as many bytes of pictures as it may."""
        size = sum(len(thumbnail.png) for thumbnail in report.thumbnails)
        room = MAX_PICTURES if report.conforming else MAX_PICTURES + MAX_FAILING_PICTURES
        if self._drawn + size <= room:
            self._drawn += size
            return report
        self._undrawn += 1
        return msgspec.structs.replace(report, thumbnails=())

    def _pack(self, record: object) -> None:
        self._packed.append(self._packer.compress(encode(record).encode() + b"\n"))

    def _static(self, report: FileReport) -> str:
        """Return a failing file as it is shown without the script, its worst findings only."""
        worst = sorted(report.findings, key=lambda f: -f.severity.rank)
        items = [finding_item(f) for f in worst if f.severity.rank >= report.failing.rank or f.code.startswith("TOOL")]
        items += [tag("li", mark("warning"), " not checked: ", *missed(entry)) for entry in report.not_checked]
        more = len(items) - MAX_STATIC
        items = items[:MAX_STATIC] + ([tag("li", f"and {more} more")] if more > 0 else [])
        return html(tag("li", tag("a", *headline(report), href=f"#file={self._files}"), tag("ul", *items)))

    def finish(self, summary: Summary) -> None:
        run = self._run
        manuals = {code: run.manual(code) for code in summary.by_code} if run is not None else {}
        known = {
            code: {"name": m.name, "text": m.text + (f"\n\nPage: {m.url}" if m.url else "")}
            for code, m in manuals.items()
            if m is not None
        }
        self._pack({"manuals": known, "omitted": self._omitted})
        self._packed.append(self._packer.flush())
        style, script = asset("page.css"), asset("list.js") + asset("page.js")
        write = self._stream.write
        write('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
        # Nothing is loaded from anywhere, and no script runs but this one, whatever stands in a header.
        allowed = b64encode(sha256(script.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; img-src data:; base-uri 'none'"
        write(f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">\n')
        write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
        write(f'<meta name="generator" content="jwstprod {__version__}">\n<title>{title(summary)}</title>\n')
        write(f"<style>{style}</style>\n</head>\n<body class='jwstprod'>\n")
        for part in self._static_page(summary):
            write(part + "\n")
        write(asset("page.html") + _NOSCRIPT)
        write('<script type="text/plain" id="data">')
        packed = b"".join(self._packed)
        for at in range(0, len(packed), _PART):
            write(standard_b64encode(packed[at : at + _PART]).decode())
        write(f"</script>\n<script>{script}</script>\n</body>\n</html>\n")

    def _static_page(self, summary: Summary) -> list[str]:
        heading = html(
            tag("h1", mark(state(summary)), " ", title(summary)), tag("p", summary.sentence()), *self._asked()
        )
        parts = [f'<header class="v-{state(summary)}">{heading}</header>\n<main>', *map(html, unread(summary))]
        failing = [*self._failing["nonconforming"], *self._failing["unverified"]]
        failing = failing[: self._style.most] if self._style.most else failing
        if failing:
            hidden = summary.verdicts["nonconforming"] + summary.verdicts["unverified"] - len(failing)
            more = f"<p>And {hidden:,} more; the list below has them all.</p>" if hidden else ""
            items = "\n".join(failing)
            parts.append(f'<section id="failing"><h2>Failing files</h2><ul>{items}</ul>{more}</section>')
        return [*parts, '<div class="counts">', *map(html, counts(summary)), "</div>"]

    def _asked(self) -> tuple[Element, ...]:
        if self._run is None:
            return ()
        facts = [f"jwstprod {__version__}", f"started {self._run.started}"]
        options = self._run.to_dict()["options"]
        chosen = [f"{name.replace('_', '-')}: {_value(value)}" for name, value in options.items() if value]
        undrawn = f"without pictures: {plural(self._undrawn, 'file')}, for the page would be too large"
        return (tag("p", "; ".join([*facts, *chosen, *([undrawn] if self._undrawn else [])]), class_="run"),)


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "yes" if value is True else str(value)


def asset(name: str) -> str:
    """Return a part of the page by the name of its file."""
    path = os.path.join(os.path.dirname(__file__), "page", name)
    with open(path, encoding="utf-8") as stream:
        return stream.read()
