"""TOOL: the program itself. A rule that crashed is an error finding, never a pass."""

from collections.abc import Iterator

from jwstprod_check.rules.context import Context
from jwstprod_check.rules.rule import Outcome, rule


@rule("TOOL001", "rule-crashed", scope="file")
def crashed(_context: Context) -> Iterator[Outcome]:
    """Every rule ran to its end.

    A rule that crashed has not checked what it should, so the file is not called conforming. The engine writes this
    finding; the message names the rule and the error.

    Mend: report the message and the file to the authors of jwstprod; meanwhile `--ignore` of the rule's code makes its
    absence explicit.
    Source: the promise never to fail open.
    """
    yield from ()


@rule("TOOL002", "unreadable", scope="file")
def unreadable(_context: Context) -> Iterator[Outcome]:
    """The file can be opened and read.

    Permissions, a vanished file, an input/output error: nothing was checked. The runner writes this finding.

    Mend: make the file readable.
    Source: the promise never to fail open.
    """
    yield from ()


RULES = (crashed, unreadable)
