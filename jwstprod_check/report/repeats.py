"""What a text report shows of a file, so that what is rare is not lost among what every file has."""

from typing import Final

from jwstprod_check.findings import FileReport, Finding, Severity
from jwstprod_check.report.style import Style

MAX_REPEATS: Final = 10
"""Files that show the same warning; in further ones it is counted."""


class Repeats:
    """Chooses the findings to show: errors first, a warning of one code in the first ten files that have it.

    A finding that makes its file fail is always shown, and with ``-v`` every finding is. ``hidden`` counts the files of which a
    finding of a code is not shown.
    """

    def __init__(self, style: Style) -> None:
        self._style = style
        self._files: dict[tuple[str, Severity], int] = {}
        self.hidden: dict[str, int] = {}

    def shown(self, report: FileReport) -> tuple[list[Finding], int]:
        """Return the findings to show and how many there are beside them that the cap leaves out."""
        style, failing = self._style, report.failing
        found = [f for f in report.findings if style.shows(f, failing)]
        if not found:
            return found, 0
        if style.verbosity <= 0:
            repeated = self._repeated(found, failing)
            if repeated:
                found = [f for f in found if (f.code, f.severity) not in repeated]
        if len(found) > 1:
            found.sort(key=lambda f: -f.severity.rank)
        most = style.most or len(found)
        return found[:most], max(0, len(found) - most)

    def _repeated(self, found: list[Finding], failing: Severity) -> set[tuple[str, Severity]]:
        repeated = set()
        for key in {(f.code, f.severity) for f in found if f.severity.rank < failing.rank}:
            files = self._files[key] = self._files.get(key, 0) + 1
            if files > MAX_REPEATS and not key[0].startswith("TOOL"):
                repeated.add(key)
        for code in {code for code, _ in repeated}:
            self.hidden[code] = self.hidden.get(code, 0) + 1
        return repeated
