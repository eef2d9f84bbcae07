"""TOOL: the program itself. A rule that crashed is reported as an error, never as a pass."""

from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, rule


@rule("TOOL001", "rule-crashed", scope="file")
def crashed(_context: Context) -> Iterator[Outcome]:
    """Every rule ran to its end.

    A rule that crashed has not checked what it should, so the file is not called conforming. The engine writes this
    finding; the message names the rule and the error.

    How to fix: report the message and the file to the authors of jwstprod; until then `--ignore` the code of the rule.
    Source: docs/guide.md, "Verdicts and exit status".
    """
    yield from ()


@rule("TOOL002", "unreadable", scope="file")
def unreadable(_context: Context) -> Iterator[Outcome]:
    """The file can be opened and read.

    Without permission, after the file has disappeared, or after an input/output error nothing is checked. The runner
    writes this finding.

    How to fix: make the file readable.
    Source: docs/guide.md, "Verdicts and exit status".
    """
    yield from ()


@rule("TOOL003", "unused-ignore", Severity.WARNING, scope="file")
def unused_ignore(_context: Context) -> Iterator[Outcome]:
    """Every ignore of the config matches a finding.

    An ignore that matched nothing in the run is a mistake in its code or its paths, or the defect has been repaired and
    would be ignored should it come back. The run as a whole has this finding; it has none for an ignore of a rule that did
    not run, or of paths among which no file was checked.

    How to fix: remove the ignore, or correct its code or paths.
    Source: docs/guide.md, "Config".
    """
    yield from ()


@rule("TOOL004", "expired-ignore", Severity.WARNING, scope="file")
def expired_ignore(_context: Context) -> Iterator[Outcome]:
    """No ignore of the config has expired.

    After the date of `until` an ignore has no effect: the findings that it named count again. The run as a whole has this
    finding.

    How to fix: repair the files and remove the ignore, or give it a later date.
    Source: docs/guide.md, "Config".
    """
    yield from ()


@rule("TOOL005", "baseline-entry-vanished", Severity.INFO, scope="file")
def vanished(_context: Context) -> Iterator[Outcome]:
    """Every entry of the baseline for a checked file is still found in it.

    An entry that is no longer found would let the same defect come back unnoticed. The run as a whole has this finding.

    How to fix: run once with `--prune-baseline`, which removes such entries.
    Source: docs/guide.md, "Baseline".
    """
    yield from ()


RULES = (crashed, unreadable, unused_ignore, expired_ignore, vanished)
