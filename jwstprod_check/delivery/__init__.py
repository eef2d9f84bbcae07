"""The rules across files: the files of one exposure against each other.

A report is added as it comes; of each file a path and a few values are kept. What the set as a whole lacks is found at its
end.
"""

from collections.abc import Iterator

from jwstprod_check.delivery import exposures
from jwstprod_check.delivery.set_rule import Entry, SetProblem, SetRule
from jwstprod_check.findings import FileReport, SetFinding
from jwstprod_check.text import printable, valid_text

RULES: tuple[SetRule, ...] = exposures.RULES


class Delivery:
    """The files of one run, against each other. ``whole`` means that the set claims to be complete."""

    def __init__(self, select: tuple[str, ...] = (), ignore: tuple[str, ...] = (), *, whole: bool = False) -> None:
        self.rules = [rule for rule in RULES if (not select or _named(rule, select)) and not _named(rule, ignore)]
        self._whole = whole
        self._exposures: dict[str, list[Entry]] = {}

    def add(self, report: FileReport) -> None:
        """Take what is needed of a report."""
        identity = report.identity
        if identity is not None and identity.exposure:
            self._exposures.setdefault(identity.exposure, []).append(Entry(report.path, identity))

    def finish(self) -> Iterator[SetFinding]:
        """Apply the rules to the files of each exposure."""
        for exposure, entries in self._exposures.items():
            if len(entries) > 1 or self._whole:
                for rule in self.rules:
                    for problem in rule.check(exposure, entries, self._whole):
                        yield _finding(rule, problem)


def _named(rule: SetRule, codes: tuple[str, ...]) -> bool:
    return not {code.upper() for code in codes}.isdisjoint((rule.code, rule.family, rule.name.upper()))


def _finding(rule: SetRule, problem: SetProblem) -> SetFinding:
    return SetFinding(
        code=rule.code,
        name=rule.name,
        severity=problem.severity or rule.severity,
        message=printable(problem.message),
        keyword=problem.keyword,
        expected=None if problem.expected is None else printable(problem.expected),
        found=None if problem.found is None else printable(problem.found),
        hint=None if problem.hint is None else printable(problem.hint),
        paths=tuple(map(valid_text, problem.paths)),
    )
