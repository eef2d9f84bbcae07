"""What a rule across files is: a function of several files, with a code, a name, a severity and a manual."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from jwstprod_check.engine.identity import KEYWORDS
from jwstprod_check.findings import Identity, Severity
from jwstprod_check.rules.rule import Documented

_PLACES: Final = {keyword: place for place, keyword in enumerate(KEYWORDS)}


class Entry(msgspec.Struct, frozen=True):
    """A file of a delivery: its path, and what it states of its place."""

    path: str
    identity: Identity

    def value(self, keyword: str) -> str | int | float | bool | None:
        """Value of one of the keywords that files are compared by."""
        return self.identity.keywords[_PLACES[keyword]]

    def number(self, keyword: str) -> int | None:
        """Value of a keyword that must be an integer, None for anything else."""
        value = self.value(keyword)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class SetProblem(msgspec.Struct, frozen=True):
    """What a rule found in some files."""

    message: str
    paths: Sequence[str]
    keyword: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    severity: Severity | None = None


Check = Callable[..., Iterator[SetProblem]]


class SetRule(Documented, frozen=True):
    """A rule across files.

    ``check`` of a rule on exposures takes the name of an exposure, its files, and whether the set claims to be whole; that of a
    rule on a manifest takes the manifest compared with what is there (``delivery.listing.Comparison``).
    """

    check: Check


def set_rule(code: str, name: str, severity: Severity = Severity.ERROR) -> Callable[[Check], SetRule]:
    """Make a rule across files of a generator function; its docstring is the rule's manual."""

    def made(check: Check) -> SetRule:
        return SetRule(code, name, severity, check)

    return made
