"""One run for every format: good, broken, hostile, unverified, ignored, left-out and repeated; and a path not read."""

import io

from jwstprod_check.config import Options
from jwstprod_check.findings import (
    FileReport,
    Finding,
    HduSummary,
    Ignored,
    NotChecked,
    RowSummary,
    Severity,
    Skipped,
)
from jwstprod_check.report.reporter import REPORTERS
from jwstprod_check.report.run_info import Manual, RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary

HOSTILE = (
    '"><img src=x onerror=alert(1)></script><script>document.title=1</script> `x` |a| [l](http://h) @all {0} $(id)'
)
"""Header text that is markup in some format."""

COMMANDS = "%0A::error file=x::injected ##[error]injected"

GOOD = FileReport(
    path="good_dark.fits",
    product="dark",
    title="Dark exposure",
    level="structure",
    symbols={"ncols": 64, "nints": 2},
    origins={"ncols": "SUBSIZE1, SCI", "nints": "INTEND - INTSTART + 1, SCI"},
    hdus=(
        HduSummary(0, None, 1, "primary", None, ()),
        HduSummary(1, "SCI", 1, "IMAGE", "float32", (64, 64, 5, 2)),
    ),
    rows=(
        RowSummary(0, None, "primary", None, "N/A", False, True, (0,), "ok"),
        RowSummary(1, "SCI", "IMAGE", "float32", "ncols x nrows x ngroups x nints", False, True, (1,), "ok"),
        RowSummary(4, "ERR", "IMAGE", "float32", "ncols x nrows", False, True, (), "absent", "optional"),
    ),
    findings=(Finding("PROD008", "rests-on-amendment", Severity.INFO, "ERR is absent: allowed", hint="a source"),),
    skipped=(),
    rules_run=188,
)
BAD = FileReport(
    path="bad\x1b[31m_dark.fits",
    product="dark",
    title="Dark exposure",
    level="structure",
    symbols={"nints": 2},
    origins={"nints": "NINTS, SCI"},
    hdus=(
        HduSummary(0, None, 1, "primary", None, ()),
        HduSummary(1, "SCI", 1, "IMAGE", "float64", (64, 64, 5, 3)),
        HduSummary(2, "WHAT", 2, "BINTABLE", None, (8, 1)),
    ),
    rows=(
        RowSummary(0, None, "primary", None, "N/A", False, True, (0,), "ok"),
        RowSummary(1, "SCI", "IMAGE", "float32", "ncols x nrows x ngroups x nints", False, True, (1,), "error"),
        RowSummary(2, "PIXELDQ", "IMAGE", "uint32", "ncols x nrows", False, True, (), "missing"),
        RowSummary(None, "REFOUT", "IMAGE", "uint16", "ncols/4 x nrows", True, True, (), "absent"),
    ),
    findings=(
        Finding("HDU002", "unexpected-hdu", Severity.WARNING, "HDU 2 'WHAT' is not in the table", 2, "WHAT", 2, count=12,
                places=("WHAT,2", "WHAT,3")),
        Finding("HDU001", "missing-hdu", Severity.ERROR, "PIXELDQ is missing", None, "PIXELDQ", 1, expected="IMAGE",
                found="missing", hint="write it"),
        Finding("ARR001", "wrong-dtype", Severity.ERROR, "SCI is float64, expected float32", 1, "SCI", 1, "BITPIX",
                expected="float32", found="float64"),
    ),
    skipped=(Skipped("ARR003", "SCI: a finding of ARR002 comes first"),),
    rules_run=186,
)  # fmt: skip
EVIL = FileReport(
    path="=cmd '" + HOSTILE + "'\n" + COMMANDS + "\udce9.fits",
    product="rate",
    title="Countrate",
    level="structure",
    symbols={"ncols": 8},
    origins={"ncols": HOSTILE},
    hdus=(HduSummary(0, None, 1, "primary", None, ()), HduSummary(1, HOSTILE[:60], 1, "IMAGE", "int16", (8, 8))),
    rows=(RowSummary(1, "SCI", "IMAGE", "float32", "ncols x nrows", False, True, (), "missing"),),
    findings=(
        Finding("KEY010", "invalid-value", Severity.ERROR, f"BUNIT is '{HOSTILE}'", 1, HOSTILE[:60], 1, "BUNIT",
                expected="'MJy/sr'", found=f"={HOSTILE}", hint=f"-{HOSTILE}"),
        Finding("TAB001", "missing-column", Severity.WARNING, "+column " + COMMANDS.replace("::", ":\\x3a").replace("##[", "#\\x23["),
                1, "SCI", 2, None, "flux", found="-32.5"),
    ),
    skipped=(),
    rules_run=100,
    evidence=(HOSTILE,),
)  # fmt: skip
UNVERIFIED = FileReport(
    path="night/odd_rate.fits",
    product="rate",
    title="Countrate",
    level="data",
    symbols={},
    hdus=(HduSummary(0, None, 1, "primary", None, ()),),
    findings=(),
    skipped=(),
    not_checked=(
        NotChecked("FITS088", "the tiles are in a code that cannot be decoded here", 1, "SCI"),
        NotChecked("DATA002", "the pixels of SCI were not read", 1, "SCI"),
    ),
    rules_run=150,
)
CRASHED = FileReport(
    path="crashed.fits",
    product=None,
    level="structure",
    symbols={},
    hdus=(),
    findings=(
        Finding("TOOL001", "rule-crashed", Severity.ERROR, "WCS011 crashed", found="ValueError: no", hint="report it"),
    ),
    skipped=(),
    not_checked=(NotChecked("WCS011", "it crashed: ValueError: no"),),
)
IGNORED = FileReport(
    path="known_cal.fits",
    product="cal",
    title="Calibrated",
    level="structure",
    symbols={},
    hdus=(HduSummary(0, None, 1, "primary", None, ()),),
    findings=(),
    skipped=(),
    ignored=(Ignored("KEY024", 3, "old simulator, ticket | 12", "2027-01-31"),),
    rules_run=120,
)
LEFT_OUT = FileReport(
    path="notes.fits", product=None, level="structure", symbols={}, hdus=(), findings=(), skipped=(),
    left_out="no known product",
)  # fmt: skip
REPEATED = tuple(
    FileReport(
        path=f"night/jw{number:05}_cal.fits",
        product="cal",
        title="Calibrated",
        level="structure",
        symbols={},
        hdus=(HduSummary(0, None, 1, "primary", None, ()),),
        findings=(
            Finding("KEY024", "unknown-value", Severity.WARNING, "PURPOSE is 'X'", 0, None, 1, "PURPOSE", found="'X'"),
        ),
        skipped=(),
        rules_run=150,
    )
    for number in range(12)
)

REPORTS = (GOOD, BAD, EVIL, UNVERIFIED, CRASHED, IGNORED, LEFT_OUT, *REPEATED)

RUN = RunInfo(
    "2026-11-02T03:04:05+00:00",
    Options(ignore=("ASDF007",), skip_unknown=True),
    None,
    "sha256:0",
    lambda code: Manual(
        code, "some-rule", Severity.ERROR, f"What {code} states.", f"What {code} states.\n\nWhy. Source: a page."
    ),
)


def written(name, style=None, reports=REPORTS, run=RUN, unread=True):
    """What a format writes of the shared run."""
    style = style or Style(color=False)
    stream = io.StringIO(newline="")
    reporter, summary = REPORTERS[name](stream, style), Summary(style.most)
    reporter.start(run)
    for report in reports:
        summary.add(report)
        reporter.add(report)
    if unread and reports is REPORTS:
        summary.trouble("locked/<folder>", "Permission denied", named=False)
    reporter.finish(summary)
    return stream.getvalue()
