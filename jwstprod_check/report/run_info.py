"""What a report says about the run itself: what was asked for, with which specs, when."""

from collections.abc import Callable
from typing import Any

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.findings import Severity


class Manual(msgspec.Struct, frozen=True):
    """What a rule is, for the formats that explain it: ``title`` is the first line of ``text``, ``url`` its page, '' without one."""

    code: str
    name: str
    severity: Severity
    title: str
    text: str
    url: str = ""


def no_manual(_code: str) -> Manual | None:
    """Know no rule."""
    return None


class RunInfo(msgspec.Struct, frozen=True):
    """The ``run`` element of a report. ``started`` is UTC in ISO 8601; ``specs`` the digest of the specs in use.

    ``config`` is the config file, ``notes`` name what else findings are accepted by. ``manual`` finds the manual of a rule by its code; it is asked for rules that found something.
    """

    started: str
    options: Options
    config: str | None = None
    specs: str | None = None
    manual: Callable[[str], Manual | None] = no_manual
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the element as the JSON report has it."""
        options = msgspec.to_builtins(self.options)
        for name in ("table", "thumbnails", "by_path"):
            del options[name]
        return {"started": self.started, "options": options, "config": self.config, "specs": self.specs}

    def limits(self) -> str:
        """What was switched off, '' where nothing was: a verdict concerns the rest alone."""
        options = self.options
        parts = [f"only {', '.join(options.select)} (--select)"] if options.select else []
        parts += [f"not {', '.join(options.ignore)} (--ignore)"] if options.ignore else []
        return "; ".join((*parts, *self.notes))
