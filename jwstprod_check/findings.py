"""Results of a check: findings, skipped rules, the report. Values only; reporters print them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from jwstprod_check.text import valid_text

Verdict = Literal["conforming", "nonconforming", "unverified", "left-out"]

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

    def fingerprint(self, path: str) -> str:
        """Return what stays the same when the file moves or findings change their order, and not when the value changes.

        It is made of the name of the file without its folder, the code, the place, what was expected and what was found.
        """
        from hashlib import sha256

        base = path.replace("\\", "/").rpartition("/")[2]
        what = self.message if self.found is None else self.found
        parts = (base, self.code, self.extname, self.extver, self.keyword, self.column, self.expected, what)
        return sha256(msgspec.json.encode([valid_text(p) if isinstance(p, str) else p for p in parts])).hexdigest()[:32]


def of_container(finding: Finding) -> bool:
    """Whether a finding is that the file cannot be read as FITS to its end."""
    return finding.severity is Severity.ERROR and finding.code.startswith(("FILE", "TOOL"))


class Traffic(msgspec.Struct, frozen=True):
    """What a server was asked for: requests, those that failed included, and bytes of their answers that were read."""

    requests: int = 0
    bytes: int = 0


class Skipped(msgspec.Struct, frozen=True):
    """A rule that could not run, on the whole file or on what ``reason`` names."""

    code: str
    reason: str


class SetFinding(Finding, frozen=True):
    """One defect of several files against each other: ``paths`` are the files concerned."""

    paths: tuple[str, ...] = ()


class Identity(msgspec.Struct, frozen=True):
    """What a file states about its place in a delivery, for the rules across files.

    ``exposure`` is the part of its name that all files of one exposure and detector share, '' without one; ``suffix`` the
    product type in the name, ``segment`` its segment. ``keywords`` are the values of ``engine.identity.KEYWORDS``, in order.
    """

    exposure: str
    suffix: str
    segment: int | None
    keywords: tuple[str | int | float | bool | None, ...]


class NotChecked(msgspec.Struct, frozen=True):
    """Something that was asked for and could not be checked: the rule, the place (None: the file), and why."""

    code: str
    reason: str
    hdu: int | None = None
    extname: str | None = None


class Ignored(msgspec.Struct, frozen=True):
    """Findings that the user declared known: how many of a rule, why, and until which date (``YYYY-MM-DD``)."""

    code: str
    count: int
    reason: str
    until: str | None = None


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
    one. ``state`` is ``ok``, ``absent`` (optional and not present), ``missing``, ``error``, ``warning``, or ``ignored`` where the
    user declared what is wrong with it known.
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


def state_of(row: RowSummary, findings: Iterable[Finding]) -> str:
    """Return the state of a row by what was found in a file, without regard to what is ignored."""
    if not row.indices:
        if row.optional:
            return "absent"
        reported = any(of_container(f) or (f.hdu is None and f.extname == row.extname) for f in findings)
        return "missing" if reported else "ignored"
    worst = max((f.severity.rank for f in findings if f.hdu in row.indices), default=-1)
    return "error" if worst == 2 else "warning" if worst == 1 else "ok"


class Thumbnail(msgspec.Struct, frozen=True):
    """A small picture of an HDU (by index) as PNG, with what it shows; b'' where it could not be drawn, and the reason."""

    hdu: int
    caption: str
    png: bytes = b""


class FileReport(msgspec.Struct, frozen=True):
    """The verdict on one file.

    ``symbols`` are the solved dimensions and ``origins`` states where each came from; ``level`` is ``structure``
    where headers alone were read, ``data`` where every byte was. ``origins``, ``rows`` and ``evidence`` are empty where
    the table of the file is not to be drawn.
    ``inapplicable`` are rules that are not for the product, because it has no trait that they ask for.
    ``identity`` is what the rules across files need to know, None where no delivery is checked.
    ``remote`` is what a server was asked for, None for a file of this machine.
    ``not_checked`` is what was asked for and could not be checked, ``failing`` the lowest severity that makes the file
    nonconforming; ``left_out`` is why the file was not to be judged, '' for a file that was. ``digest`` is the sum of the stored
    file, '' where none was asked for. ``cached`` is whether the report is that of an earlier run, since when the file did not change.
    ``entity`` is what identifies the remote object that was read, its size and ETag, '' for a file of this machine.
    ``thumbnails`` are there where a report with pictures was asked for and the data were read.
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
    not_checked: tuple[NotChecked, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    failing: Severity = Severity.ERROR
    left_out: str = ""
    identity: Identity | None = None
    digest: str = ""
    cached: bool = False
    remote: Traffic | None = None
    thumbnails: tuple[Thumbnail, ...] = ()
    entity: str = ""

    @property
    def verdict(self) -> Verdict:
        """``left-out``, ``nonconforming``, ``unverified`` or ``conforming``, in this order of precedence.

        A crash of the program is no finding about the file: what it left unchecked makes the file ``unverified``.
        """
        if self.left_out:
            return "left-out"
        least = self.failing.rank
        if any(f.severity.rank >= least and not f.code.startswith("TOOL") for f in self.findings):
            return "nonconforming"
        if self.not_checked or any(f.code.startswith("TOOL") for f in self.findings):
            return "unverified"
        return "conforming"

    @property
    def conforming(self) -> bool:
        """Whether every rule that was asked for and applies ran to its end and found nothing that fails the file."""
        return self.verdict == "conforming"

    def __bool__(self) -> bool:
        return self.conforming

    def __str__(self) -> str:
        from jwstprod_check.report.display import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        """Return the documented table with a mark for each row, and the findings, for a notebook."""
        from jwstprod_check.report.display import as_html

        return as_html(self)

    def raise_for_findings(self) -> None:
        """Raise ``NonconformingError`` with the concise report unless the file conforms."""
        if not self.conforming:
            raise NonconformingError(self)

    def count(self, severity: Severity) -> int:
        """Count the findings of a severity."""
        return sum(f.severity is severity for f in self.findings)

    def worst(self) -> int:
        """Rank of the worst finding, -1 where there is none."""
        return max((f.severity.rank for f in self.findings), default=-1)

    def to_dict(self) -> dict[str, Any]:
        """Return the ``files`` element of the JSON report, described in ``docs/report.schema.json``."""
        return {
            "path": valid_text(self.path),
            "product": self.product,
            "verdict": self.verdict,
            "level": self.level,
            "symbols": dict(self.symbols),
            "hdus": msgspec.to_builtins(self.hdus),
            "findings": msgspec.to_builtins(self.findings),
            "ignored": msgspec.to_builtins(self.ignored),
            "not_checked": msgspec.to_builtins(self.not_checked),
            "skipped": msgspec.to_builtins(self.skipped),
            **({"left_out": self.left_out} if self.left_out else {}),
            **({"cached": True} if self.cached else {}),
            **({} if self.remote is None else {"remote": msgspec.to_builtins(self.remote)}),
        }


class NonconformingError(Exception):
    """A file does not conform, or could not be verified; ``report`` is its report, the text its concise form."""

    def __init__(self, report: FileReport) -> None:
        super().__init__(str(report))
        self.report = report

    def __reduce__(self) -> tuple[type["NonconformingError"], tuple[FileReport]]:
        return type(self), (self.report,)
