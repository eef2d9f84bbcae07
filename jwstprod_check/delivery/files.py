"""The rules across files: the files of one exposure, of an association, of a manifest.

A report is added as it comes; of each file a path and a few values are kept. What the set as a whole lacks is found at its
end.
"""

import os
from collections.abc import Iterable, Iterator

from jwstprod_check.delivery import association_form, association_members, exposures, manifest_rules
from jwstprod_check.delivery.associations import Files, read_association
from jwstprod_check.delivery.listing import Listing
from jwstprod_check.delivery.set_rule import Entry, SetProblem, SetRule
from jwstprod_check.findings import FileReport, SetFinding
from jwstprod_check.text import printable, valid_text

_ASSOCIATIONS: tuple[SetRule, ...] = (*association_form.RULES, *association_members.RULES)
RULES: tuple[SetRule, ...] = (*exposures.RULES, *_ASSOCIATIONS, *manifest_rules.RULES)


class Delivery:
    """The files of one run, against each other. ``whole`` means that the set claims to be complete, as one with a manifest does."""

    def __init__(
        self,
        select: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
        *,
        whole: bool = False,
        manifest: Listing | None = None,
    ) -> None:
        self.rules = [rule for rule in RULES if (not select or _named(rule, select)) and not _named(rule, ignore)]
        self._whole = whole
        self._manifest = manifest
        self._exposures: dict[str, list[Entry]] = {}
        self._entries: list[Entry] = []
        self._nameless: list[str] = []
        self._associations: list[str] = []

    def add(self, report: FileReport) -> None:
        """Take what is needed of a report."""
        if self._manifest is not None:
            self._manifest.add(report)
        identity = report.identity
        entry = Entry(report.path, identity) if identity is not None else None
        if entry is None:
            self._nameless.append(os.path.basename(report.path))
            return
        self._entries.append(entry)
        if entry.identity.exposure:
            self._exposures.setdefault(entry.identity.exposure, []).append(entry)

    def add_association(self, path: str) -> None:
        """Take an association file; it is read at the end, when the files that it lists are known."""
        self._associations.append(path)

    @property
    def associations(self) -> int:
        """How many association files were taken."""
        return len(self._associations)

    def finish(self) -> Iterator[SetFinding]:
        """Apply the rules to the files of each exposure, to each association, and to the manifest."""
        on_exposures, on_associations, on_manifest = map(
            self._asked, (exposures.RULES, _ASSOCIATIONS, manifest_rules.RULES)
        )
        for exposure, entries in self._exposures.items():
            if len(entries) > 1 or self._whole:
                for rule in on_exposures:
                    yield from _findings(rule, rule.check(exposure, entries, self._whole))
        if self._associations:
            files = Files(self._entries, self._nameless, whole=self._whole)
            for path in self._associations:
                association = read_association(path)
                for rule in on_associations:
                    yield from _findings(rule, rule.check(association, files))
        if self._manifest is not None:
            comparison = self._manifest.finish()
            for rule in on_manifest:
                yield from _findings(rule, rule.check(comparison))

    def _asked(self, rules: tuple[SetRule, ...]) -> list[SetRule]:
        return [rule for rule in rules if rule in self.rules]


def _named(rule: SetRule, codes: tuple[str, ...]) -> bool:
    return not {code.upper() for code in codes}.isdisjoint((rule.code, rule.family, rule.name.upper()))


def _findings(rule: SetRule, problems: Iterable[SetProblem]) -> Iterator[SetFinding]:
    return (_finding(rule, problem) for problem in problems)


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
