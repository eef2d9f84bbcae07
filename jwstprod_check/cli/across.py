"""The rules across files in a run of `check`; of a run of one file none of it is loaded."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from jwstprod_check.config import Options
from jwstprod_check.delivery.accepted import Accepted
from jwstprod_check.engine.check import excluded_by
from jwstprod_check.findings import FileReport
from jwstprod_check.report.summary import Summary
from jwstprod_check.storage.found import ASSOCIATION, NotLookedAt

if TYPE_CHECKING:
    from jwstprod_check.delivery.files import Delivery
    from jwstprod_check.delivery.listing import Listing


def set_rule_words() -> frozenset[str]:
    """Codes and names (upper case) of the rules across files."""
    from jwstprod_check.delivery.files import RULES

    return frozenset(word for rule in RULES for word in (rule.code, rule.name.upper()))


class Across:
    """The rules across the files of one run. Without ``options.delivery`` there are none, and the reports go through as they are."""

    def __init__(self, options: Options, listing: "Listing | None") -> None:
        self._exclude = options.exclude
        self._fail_on = options.fail_on
        self._delivery = _delivery(options, listing) if options.delivery else None

    @property
    def asked(self) -> bool:
        """Whether a rule across files is asked for."""
        return self._delivery is not None and bool(self._delivery.rules)

    @property
    def associations(self) -> int:
        """How many association files were taken."""
        return self._delivery.associations if self._delivery is not None else 0

    def passed_over(self, summary: Summary, found: NotLookedAt) -> None:
        """Take an association that a folder contains; anything else is counted."""
        if found.folder or not self._take(found.path):
            summary.passed_over.add(found.folder, found.what)

    def apart(self, files: Iterator[str], every: bool) -> Iterator[str]:
        """Return files without the associations, which are for the rules across files; with ``every`` their names are checked."""
        for path in files:
            if not self._take(path) or every:
                yield path

    def _take(self, path: str) -> bool:
        if self._delivery is None or not path.lower().endswith(ASSOCIATION) or excluded_by(path, self._exclude):
            return False
        self._delivery.add_association(path)
        return True

    def gathered(
        self, reports: Iterator[FileReport], summary: Summary, accepted: Accepted, runs: Callable[[str], bool]
    ) -> Iterator[FileReport]:
        """Return the reports as accepted findings leave them; after the last, the rules across files are applied.

        ``runs`` is whether a rule was asked for: of another an accepted finding cannot have vanished.
        """
        for report in reports:
            if self._delivery is not None:
                self._delivery.add(report)
            yield accepted.apply(report)
        summary.associations = self.associations
        for finding in self._delivery.finish() if self._delivery is not None else ():
            reason = accepted.across(finding)
            if reason is None:
                summary.add_across(finding, self._fail_on)
            else:
                summary.ignore_across(finding, *reason)
        for finding in accepted.finish(runs):
            summary.add_across(finding, self._fail_on)


def _delivery(options: Options, listing: "Listing | None") -> "Delivery":
    from jwstprod_check.delivery.files import Delivery

    return Delivery(options.select, options.ignore, whole=options.complete, manifest=listing)
