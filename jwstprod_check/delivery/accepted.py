"""What the user accepts of a run: the ignores of the config and the baseline, one after the other."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from jwstprod_check.config.file import Config
from jwstprod_check.findings import FileReport, SetFinding

if TYPE_CHECKING:
    from jwstprod_check.delivery.baseline import Baseline, Recorder
    from jwstprod_check.delivery.ignores import Ignores


class Accepted:
    """What is applied to each report of a run before anything counts it.

    ``recorder`` collects what is left after the ignores, where a baseline is to be written.
    """

    def __init__(
        self,
        config: Config | None,
        today: date,
        baseline: "Baseline | None" = None,
        recorder: "Recorder | None" = None,
    ) -> None:
        self._ignores = _ignores(config, today)
        self.baseline = baseline
        self.recorder = recorder

    def apply(self, report: FileReport) -> FileReport:
        """Return a report without the findings that are accepted."""
        if self._ignores is not None:
            report = self._ignores.apply(report)
        if self.recorder is not None:
            self.recorder.add(report)
        return report if self.baseline is None else self.baseline.apply(report)

    def across(self, finding: SetFinding) -> tuple[str, str | None] | None:
        """Return why and until when a finding about several files is accepted, None for one that is not."""
        one = None if self._ignores is None else self._ignores.across(finding)
        if one is not None:
            return one.reason, one.until.isoformat() if one.until is not None else None
        if self.recorder is not None:
            self.recorder.add_across(finding)
        if self.baseline is not None and self.baseline.across(finding):
            return self.baseline.reason, None
        return None

    def finish(self, runs: Callable[[str], bool]) -> Iterator[SetFinding]:
        """Return what is wrong with the ignores and the baseline; ``runs`` is whether a rule was asked for."""
        if self._ignores is not None:
            yield from self._ignores.finish(runs)
        if self.baseline is not None and runs("TOOL005"):
            yield from self.baseline.finish(runs)


def _ignores(config: Config | None, today: date) -> "Ignores | None":
    """The ignores of a config, None where it has none."""
    ignores = () if config is None else config.ignores()
    if config is None or not ignores:
        return None
    from jwstprod_check.delivery.ignores import Ignores

    return Ignores(ignores, config.path, today)
