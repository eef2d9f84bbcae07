"""Results of a check: findings, skipped rules, the report. Values only; reporters print them."""

from enum import StrEnum
from typing import Any, Final

import msgspec

MAX_PLACES: Final = 10
"""Places that a grouped finding names."""


class Severity(StrEnum):
    """How serious a finding is.

    ``error`` violates the FITS standard or the spec, or means that the file contradicts itself; ``warning`` needs a
    review (unknown value, unknown HDU, another order than documented); ``info`` is context.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return ("info", "warning", "error").index(self)


class Finding(msgspec.Struct, frozen=True):
    """One defect at one place.

    ``hdu`` is the HDU's index (0 is the primary), None for the whole file; ``offset`` a byte of the decompressed file;
    ``count`` is above 1 where repeats are grouped, and ``places`` then names the first ten.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hdu: int | None = None
    extname: str | None = None
    extver: int | None = None
    keyword: str | None = None
    column: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    offset: int | None = None
    count: int = 1
    places: tuple[str, ...] = ()


class Skipped(msgspec.Struct, frozen=True):
    """A rule that could not run, on the whole file or on what ``reason`` names."""

    code: str
    reason: str


class HduSummary(msgspec.Struct, frozen=True):
    """An HDU as it is: ``axes`` in FITS order (of a table NAXIS1 and NAXIS2), ``dtype`` as a reader sees it."""

    index: int
    extname: str | None
    extver: int
    type: str
    dtype: str | None
    axes: tuple[int, ...]


class RowSummary(msgspec.Struct, frozen=True):
    """A row of the spec with its HDUs, as the terminal report shows it.

    ``dtype`` and ``dims`` are the documented cells; ``allowed`` is what an amendment allows instead, None without
    one. ``state`` is ``ok``, ``absent`` (optional and not present), ``missing``, ``error`` or ``warning``.
    """

    hdu: int | None
    extname: str | None
    type: str
    dtype: str | None
    dims: str
    optional: bool
    documented: bool
    indices: tuple[int, ...]
    state: str
    allowed: str | None = None


class FileReport(msgspec.Struct, frozen=True):
    """The verdict on one file.

    ``symbols`` are the solved dimensions and ``origins`` states where each came from; ``level`` is ``structure``
    where headers alone were read, ``data`` where every byte was. ``origins``, ``rows`` and ``evidence`` are empty where
    the table of the file is not to be drawn.
    ``inapplicable`` are rules that are not for the product, because it has no trait that they ask for.
    ``covered`` is False where the product is known and no table of it is.
    """

    path: str
    product: str | None
    level: str
    symbols: dict[str, int]
    hdus: tuple[HduSummary, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    origins: dict[str, str] = {}
    rows: tuple[RowSummary, ...] = ()
    title: str | None = None
    evidence: tuple[str, ...] = ()
    rules_run: int = 0
    size: int = 0
    inapplicable: tuple[Skipped, ...] = ()
    covered: bool = True

    @property
    def conforming(self) -> bool:
        """Whether no error was found in a file whose product is covered."""
        return self.covered and not any(f.severity is Severity.ERROR for f in self.findings)

    @property
    def verdict(self) -> str:
        """``conforming``, ``nonconforming``, or ``unverified`` where no table could be held against the file."""
        if self.conforming:
            return "conforming"
        return "nonconforming" if any(f.severity is Severity.ERROR for f in self.findings) else "unverified"

    def count(self, severity: Severity) -> int:
        """Count the findings of a severity."""
        return sum(f.severity is severity for f in self.findings)

    def worst(self) -> int:
        """Rank of the worst finding, -1 where there is none."""
        return max((f.severity.rank for f in self.findings), default=-1)

    def to_dict(self) -> dict[str, Any]:
        """Return the ``files`` element of the JSON report, described in the README."""
        return {
            "path": self.path,
            "product": self.product,
            "verdict": self.verdict,
            "level": self.level,
            "symbols": dict(self.symbols),
            "hdus": msgspec.to_builtins(self.hdus),
            "findings": msgspec.to_builtins(self.findings),
            "skipped": msgspec.to_builtins(self.skipped),
        }
