"""What a report says about the run itself: what was asked for, with which specs, when."""

from typing import Any

import msgspec

from jwstprod_check.config import Options


class RunInfo(msgspec.Struct, frozen=True):
    """The ``run`` element of a report. ``started`` is UTC in ISO 8601; ``specs`` the digest of the specs in use."""

    started: str
    options: Options
    config: str | None = None
    specs: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the element as the JSON report has it."""
        options = msgspec.to_builtins(self.options)
        del options["table"]
        return {"started": self.started, "options": options, "config": self.config, "specs": self.specs}

    def limits(self) -> str:
        """What was switched off, '' where nothing was: a verdict concerns the rest alone."""
        options = self.options
        parts = [f"only {', '.join(options.select)} (--select)"] if options.select else []
        parts += [f"not {', '.join(options.ignore)} (--ignore)"] if options.ignore else []
        return "; ".join(parts)
