"""TOOL: the program itself. A rule that crashed is reported as an error, never as a pass."""

from collections.abc import Iterator

from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, rule


@rule("TOOL001", "rule-crashed", scope="file")
def crashed(_context: Context) -> Iterator[Outcome]:
    """Every rule ran to its end.

    A rule that crashed has not checked what it should, so the file is not called conforming. The engine writes this
    finding; the message names the rule and the error.

    How to fix: report the message and the file to the authors of jwstprod; until then `--ignore` the code of the rule.
    Source: README.md, "Verdicts and exit status".
    """
    yield from ()


@rule("TOOL002", "unreadable", scope="file")
def unreadable(_context: Context) -> Iterator[Outcome]:
    """The file can be opened and read.

    Without permission, after the file has disappeared, or after an input/output error nothing is checked. The runner
    writes this finding.

    How to fix: make the file readable.
    Source: README.md, "Verdicts and exit status".
    """
    yield from ()


RULES = (crashed, unreadable)
