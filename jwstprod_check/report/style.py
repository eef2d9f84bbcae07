"""How much detail a text report has."""

import msgspec

from jwstprod_check.findings import Finding, Severity


class Style(msgspec.Struct, frozen=True):
    """How much detail a text reporter writes.

    ``verbosity`` is -1 with ``-q`` (silent on success), 0, or 1 and more with ``-v`` (info findings, what was
    skipped, every table); ``detail`` shows the table of a conforming file too; ``color`` allows colour. ``most`` is how many findings of a
    file are shown, 0 for all.
    """

    verbosity: int = 0
    detail: bool = False
    color: bool = True
    most: int = 100

    def shows(self, finding: Finding, failing: Severity = Severity.ERROR) -> bool:
        """Whether a finding is printed; with ``-q`` only what makes its file fail is."""
        if self.verbosity > 0:
            return True
        if self.verbosity < 0:
            return finding.severity.rank >= failing.rank or finding.code.startswith("TOOL")
        return finding.severity is not Severity.INFO or failing is Severity.INFO
