"""One HTML page for a run, which needs nothing else: no network, no library, no server.

The verdict, the counts and the files that fail are plain HTML. All files are compressed in the page and drawn by its script
as they scroll, filtered by what the address says.
"""

import os
import zlib
from base64 import b64encode, standard_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final, TextIO
from urllib.parse import quote

from jwstprod_check import __version__
from jwstprod_check.findings import FileReport
from jwstprod_check.report.html_file import body, finding_html, headline, mark, text
from jwstprod_check.report.json import encode
from jwstprod_check.report.locations import NAMELESS, inside
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.text import plural, printable

MAX_FILES: Final = 50_000
"""Files in the list; beyond them only those that have something to report are taken up."""

MAX_STATIC: Final = 10
"""Findings of a failing file that are shown without the script."""

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
        self._pack(_record(report))
        self._pack(f"<h3>{headline(report)}</h3>{body(report)}")
        self._files += 1

    def _pack(self, record: object) -> None:
        self._packed.append(self._packer.compress(encode(record).encode() + b"\n"))

    def _static(self, report: FileReport) -> str:
        """Return a failing file as it is shown without the script, its worst findings only."""
        worst = sorted(report.findings, key=lambda f: -f.severity.rank)
        items = [finding_html(f) for f in worst if f.severity.rank >= report.failing.rank or f.code.startswith("TOOL")]
        items += [
            f"<li>{mark('warning')} not checked: <b>{text(entry.code)}</b> {text(entry.extname)} {text(entry.reason)}</li>"
            for entry in report.not_checked
        ]
        more = len(items) - MAX_STATIC
        items = items[:MAX_STATIC] + ([f"<li>and {more} more</li>"] if more > 0 else [])
        link = f'<a href="#file={self._files}">{headline(report)}</a>'
        return f"<li>{link}<ul>{''.join(items)}</ul></li>"

    def finish(self, summary: Summary) -> None:
        run = self._run
        manuals = {code: run.manual(code) for code in summary.by_code} if run is not None else {}
        known = {code: {"name": m.name, "text": m.text} for code, m in manuals.items() if m is not None}
        self._pack({"manuals": known, "omitted": self._omitted})
        self._packed.append(self._packer.flush())
        style, script = _asset("page.css"), _asset("page.js")
        write = self._stream.write
        write('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
        # Nothing is loaded from anywhere, and no script runs but this one, whatever stands in a header.
        allowed = b64encode(sha256(script.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'; base-uri 'none'"
        write(f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">\n')
        write('<meta name="viewport" content="width=device-width, initial-scale=1">\n')
        write(f'<meta name="generator" content="jwstprod {__version__}">\n<title>{_title(summary)}</title>\n')
        write(f"<style>{style}</style>\n</head>\n<body class='jwstprod'>\n")
        for part in self._static_page(summary):
            write(part + "\n")
        write(_asset("page.html"))
        write('<script type="text/plain" id="data">')
        packed = b"".join(self._packed)
        for at in range(0, len(packed), _PART):
            write(standard_b64encode(packed[at : at + _PART]).decode())
        write(f"</script>\n<script>{script}</script>\n</body>\n</html>\n")

    def _static_page(self, summary: Summary) -> list[str]:
        failed = summary.failed or not summary.complete or not summary.judged
        state = "error" if failed else "ok"
        parts = [
            f'<header class="v-{state}"><h1>{mark(state)} {_title(summary)}</h1>',
            f"<p>{text(summary.sentence())}</p>{self._asked()}</header>\n<main>",
        ]
        if summary.unread:
            items = "".join(f"<li>{text(u.path)}: {text(u.reason)}</li>" for u in summary.unread)
            parts.append(f"<section><h2>Not read</h2><ul>{items}</ul></section>")
        failing = [*self._failing["nonconforming"], *self._failing["unverified"]]
        failing = failing[: self._style.most] if self._style.most else failing
        if failing:
            hidden = summary.verdicts["nonconforming"] + summary.verdicts["unverified"] - len(failing)
            more = f"<p>And {hidden:,} more; the list below has them all.</p>" if hidden else ""
            items = "\n".join(failing)
            parts.append(f'<section id="failing"><h2>Failing files</h2><ul>{items}</ul>{more}</section>')
        parts.append('<div class="counts">')
        parts += [*_codes(summary), *_products(summary), *_others(summary), "</div>"]
        return parts

    def _asked(self) -> str:
        if self._run is None:
            return ""
        facts = [f"jwstprod {__version__}", f"started {self._run.started}"]
        options = self._run.to_dict()["options"]
        chosen = [f"{name.replace('_', '-')}: {_value(value)}" for name, value in options.items() if value]
        return f'<p class="run">{text("; ".join([*facts, *chosen]))}</p>'


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else "yes" if value is True else str(value)


def _title(summary: Summary) -> str:
    failing = summary.verdicts["nonconforming"] + summary.verdicts["unverified"]
    if not summary.judged:
        return "Nothing was checked"
    if not failing and summary.unread:
        return f"{plural(len(summary.unread), 'path')} could not be read"
    if not failing:
        return f"{plural(summary.files, 'file')}: none fails" + (
            "" if summary.complete else ", and the run was ended early"
        )
    return f"{failing:,} of {summary.files:,} {'file' if summary.files == 1 else 'files'} {'fails' if failing == 1 else 'fail'}"


def _codes(summary: Summary) -> list[str]:
    if not summary.by_code:
        return []
    rows = "".join(
        f'<tr><td>{mark(str(c.severity))}</td><td><a href="#code={quote(c.code)}">{text(c.code)}</a></td>'
        f'<td>{text(c.name)}</td><td class="n">{c.files:,}</td><td class="n">{c.findings:,}</td></tr>'
        for c in summary.codes()
    )
    heads = '<th></th><th>Code</th><th>Rule</th><th class="n">Files</th><th class="n">Findings</th>'
    return [f"<section><h2>By code</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"]


def _products(summary: Summary) -> list[str]:
    if not summary.by_product:
        return []
    rows = "".join(
        f'<tr><td><a href="#product={quote(name, safe="")}">{text(name)}</a></td><td class="n">{files:,}</td>'
        f'<td class="n">{bad:,}</td></tr>'
        for name, (files, bad) in sorted(summary.by_product.items())
    )
    heads = '<th>Product</th><th class="n">Files</th><th class="n">Nonconforming</th>'
    return [
        f"<section><h2>By product</h2><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
    ]


def _others(summary: Summary) -> list[str]:
    parts = []
    if summary.ignored:
        items = "".join(
            f"<li>{plural(count.findings, 'finding')} of {text(code)} in {plural(count.files, 'file')}: {text(reason)}"
            f"{f' (until {text(until)})' if until else ''}</li>"
            for (code, reason, until), count in summary.ignored.items()
        )
        parts.append(f"<section><h2>Ignored</h2><ul>{items}</ul></section>")
    if summary.left_out:
        items = ""
        for reason, out in summary.left_out.items():
            paths = ", ".join(text(path) for path in out.paths)
            more = f" and {out.files - len(out.paths):,} more" if out.files > len(out.paths) else ""
            items += f"<li>{plural(out.files, 'file')} ({text(reason)}): {paths}{more}</li>"
        parts.append(f"<section><h2>Left out</h2><ul>{items}</ul></section>")
    return parts


def _record(report: FileReport) -> dict[str, Any]:
    """Return what the script needs of a file to filter it and to draw its row."""
    codes = {f.code: str(f.severity) for f in sorted(report.findings, key=lambda f: f.severity.rank)}
    for entry in report.not_checked:
        codes.setdefault(entry.code, "not-checked")
    return {
        "p": printable(report.path or NAMELESS),
        "s": printable(report.product or "unknown"),
        "v": report.verdict,
        "c": codes,
        "m": _matrix(report),
        "t": " ".join(_words(report)),
    }


def _words(report: FileReport) -> Iterator[str]:
    """Texts that a reader may look for."""
    for f in report.findings:
        yield f"{f.name} {inside(f)} {printable(f.message)}"
    for entry in report.not_checked:
        yield printable(entry.reason)
    for known in report.ignored:
        yield f"{known.code} {printable(known.reason)}"
    yield printable(report.left_out)


def _matrix(report: FileReport) -> list[list[Any]]:
    """Return name, state and number of HDUs of each row, and of the HDUs that have none."""
    cells: dict[str, list[Any]] = {}
    known = {index for row in report.rows for index in row.indices}
    entries = [(row.extname or "primary", row.state, len(row.indices)) for row in report.rows]
    other = "warning" if report.rows else "present"
    entries += [
        (h.extname or ("primary" if h.index == 0 else "(no EXTNAME)"), other, 1)
        for h in report.hdus
        if h.index not in known
    ]
    order = ("absent", "present", "ok", "ignored", "warning", "error", "missing")
    for name, state, count in entries:
        cell = cells.setdefault(name, [printable(name), state, 0])
        cell[1] = max(cell[1], state, key=order.index)
        cell[2] += count
    return list(cells.values())


def _asset(name: str) -> str:
    path = os.path.join(os.path.dirname(__file__), "page", name)
    with open(path, encoding="utf-8") as stream:
        return stream.read()
