"""DATA: pixels. Undefined flags, NaN, infinity, negative errors."""

import re
from collections.abc import Iterator

from jwstprod_check.findings import Severity
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.rules.context import Context
from jwstprod_check.rules.data.scanned import (
    looked_at,
    negative_pixels,
    not_read,
    percent,
    pixels,
    position,
    scan_of,
    unseen,
)
from jwstprod_check.rules.rule import Outcome, Problem, Skip, rule
from jwstprod_check.scan.facts import FLAGS, FRAMES
from jwstprod_check.text import listed, plural

_FEWEST = 16


def _is_error(hdu: Hdu) -> bool:
    return hdu.type == "IMAGE" and (hdu.name == "ERR" or hdu.name.startswith("VAR_"))


@rule("DATA001", "unknown-flag", Severity.WARNING, scope="walk", level="data")
def unknown_flag(context: Context) -> Iterator[Outcome]:
    """Every bit of a data-quality array is defined by some release of the pipeline.

    An undefined bit has no meaning. It comes from a wrong shift, a lost BZERO, or an array that contains something
    else. All 32 bits of DQ and PIXELDQ are defined; in GROUPDQ bit 4 (16) is not.

    How to fix: clear the bit, or write the array again.
    Source: stdatamodels 0.4.3 to 6.0.0, dqflags.py.
    """
    yield from not_read(context, lambda hdu: hdu.name in FLAGS, unseen)
    for hdu, facts in looked_at(context):
        flags = facts.flags
        if flags is None or not flags.watched:
            continue
        bits = [bit for bit in range(64) if flags.bits >> bit & 1]
        named = listed(f"{bit} ({1 << bit})" for bit in bits)
        yield Problem(
            f"{hdu.label}: {plural(len(bits), 'bit')} that no release defines, {named}, in "
            f"{pixels(flags.watched.count, flags.seen)}, first at {position(hdu.axes, flags.watched.first)}",
            hdu=hdu,
            expected="defined bits only",
            found=f"bit {named}",
            group_key=hdu.name,
        )


@rule("DATA002", "nan-without-flag", Severity.WARNING, level="data", traits=("fitted", "flagged", "resampled", "ramp"))
def nan_without_flag(context: Context) -> Iterator[Outcome]:
    """A NaN in SCI is flagged DO_NOT_USE in DQ, in files of jwst 1.16 or later.

    Programs that select pixels by DQ use a NaN as a valid value, and their sums become NaN. Since 1.16.0 the steps from
    the flat field to outlier detection make the two coincide: where the header states that one of them was done
    (S_FLAT, S_PTHLOS, S_PHOTOM, S_OUTLIR), the file contradicts itself, which is an error; elsewhere it is a warning.
    Resampled images have no DQ of their own; where one has, it is information, in files of any release. Of a ramp, PIXELDQ
    flags a pixel and GROUPDQ a group of it: a fit takes every group that neither flags.

    How to fix: set bit 0 of DQ where SCI is NaN.
    Source: jwst 1.16.0 (pull request 8557), issues 8134 and 8345.
    """
    resampled = context.has_trait("resampled")
    if _has_own_flags(context) if resampled else _release(context) < (1, 16):
        return
    flags = "PIXELDQ" if context.has_trait("ramp") else "DQ"
    yield from _not_compared(context, flags)
    severity = Severity.INFO if resampled else Severity.ERROR if _matched(context) else None
    for pair in scan_of(context).nans:
        science, quality = context.file.hdus[pair.science], context.file.hdus[pair.quality]
        if quality.name != flags:
            continue
        if pair.not_decoded:
            yield Skip(f"{science.label} and {quality.label}: {pair.not_decoded}")
        elif pair.unflagged:
            yield Problem(
                f"{science.label}: {pixels(pair.unflagged.count, pair.seen)} are NaN without DO_NOT_USE in "
                f"{quality.label}, first at {position(science.axes, pair.unflagged.first)}",
                hdu=science,
                expected=f"DO_NOT_USE (bit 0) in {quality.label}",
                found=f"{pair.nan - pair.unflagged.count} of {pair.nan} NaN flagged",
                severity=severity,
                group_key="nan",
            )


def _has_own_flags(context: Context) -> bool:
    """Whether the table of the product has a DQ, whose flags are its own."""
    row = context.spec.row("DQ")
    return row is not None and row.documented


def _not_compared(context: Context, flags: str) -> Iterator[Skip]:
    """SCI arrays whose flags cannot be compared pixel by pixel."""
    compared = {pair.science for pair in scan_of(context).nans}
    flagged = {hdu.extver for hdu in context.file.named(flags) if hdu.axes}
    left = [h.label for h in context.file.named("SCI") if h.axes and h.extver in flagged and h.index not in compared]
    if left:
        reason = "they are not images of the same axes, or SCI has no floating-point numbers"
        yield Skip(f"{listed(left)} and {flags}: {reason}")


@rule("DATA020", "error-nan-without-flag", Severity.WARNING, level="data", traits=("flagged",))
def error_nan(context: Context) -> Iterator[Outcome]:
    """ERR is a number where SCI is one and DQ does not flag the pixel DO_NOT_USE, in files of jwst 1.16 or later.

    A NaN in ERR alone turns weighted means, fits and resampled images into NaN, while SCI and DQ call the pixel good.
    Since 1.16.0 the steps from the flat field to outlier detection set SCI, ERR, the variances and the flag together.

    How to fix: set SCI to NaN and bit 0 of DQ where the error is not known, or compute the error.
    Source: jwst 1.16.0 (pull request 8557), issue 8345.
    """
    if _release(context) < (1, 16):
        return
    for facts in scan_of(context).error_nans:
        error, science, quality = (context.file.hdus[i] for i in (facts.error, facts.science, facts.quality))
        if facts.not_decoded:
            yield Skip(f"{error.label}, {science.label} and {quality.label}: {facts.not_decoded}")
        elif facts.unflagged:
            yield Problem(
                f"{error.label}: {pixels(facts.unflagged.count, facts.seen)} are NaN where {science.label} is a number "
                f"without DO_NOT_USE in {quality.label}, first at {position(error.axes, facts.unflagged.first)}",
                hdu=error,
                expected=f"a number, or NaN in {science.label} and DO_NOT_USE in {quality.label}",
                found=f"{facts.unflagged.count} NaN",
                group_key="error-nan",
            )


def _matched(context: Context) -> bool:
    """Whether a step that makes NaN and DO_NOT_USE coincide says that it was done."""
    steps = ("S_FLAT", "S_PTHLOS", "S_PHOTOM", "S_OUTLIR")
    return context.has_trait("flagged") and any(context.facts.keyword(step) == "COMPLETE" for step in steps)


_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})", re.ASCII)


def _release(context: Context) -> tuple[int, int]:
    found = _VERSION.match(str(context.facts.keyword("CAL_VER") or ""))
    return (int(found[1]), int(found[2])) if found else (0, 0)


@rule("DATA003", "infinite", Severity.WARNING, scope="walk", level="data")
def infinite(context: Context) -> Iterator[Outcome]:
    """No pixel of SCI, ERR or a variance is infinite.

    The pipeline marks unknown values by NaN; an infinite value comes from a division by zero, and it spreads through
    every mean and every resampling.

    How to fix: set the pixels to NaN, and flag them DO_NOT_USE in DQ.
    Source: jwst issue 857 (division by zeros of a flat field), pull request 8557 (NaN for unknown values).
    """
    yield from not_read(context, lambda hdu: hdu.name in FRAMES or _is_error(hdu), unseen)
    for hdu, facts in looked_at(context):
        found = facts.pixels
        if found is not None and found.infinite:
            yield Problem(
                f"{hdu.label}: {pixels(found.infinite.count, found.seen)} are infinite, first at "
                f"{position(hdu.axes, found.infinite.first)}",
                hdu=hdu,
                expected="finite numbers or NaN",
                found=plural(found.infinite.count, "infinite pixel"),
                group_key=hdu.name,
            )


@rule("DATA004", "negative-error", Severity.WARNING, scope="walk", level="data")
def negative(context: Context) -> Iterator[Outcome]:
    """No pixel of ERR or a variance is negative.

    An error is the square root of a variance, and a variance is a square; weights computed from negative values are
    meaningless.

    How to fix: find the step that wrote the value; set the pixels to NaN, and flag them DO_NOT_USE in DQ.
    Source: jwst documentation, error_propagation/main.rst; jwst issue 6367 and pull request 6416.
    """
    yield from not_read(context, _is_error, unseen)
    for hdu, facts in looked_at(context):
        found = facts.pixels
        if found is not None and found.negative:
            yield negative_pixels(hdu, found)


@rule("DATA005", "error-without-variance", Severity.WARNING, level="data", traits=("fitted",))
def error_and_variance(context: Context) -> Iterator[Outcome]:
    """ERR squared is the sum of VAR_POISSON, VAR_RNOISE and VAR_FLAT, within 1 % at most pixels.

    Every step that changes one of these arrays must change the others; where they disagree, one was forgotten. The rule
    checks files whose header states that the pipeline fitted the ramps (S_RAMP), in a large array at evenly spaced
    pixels.

    How to fix: compute ERR from the variances again.
    Source: jwst documentation, error_propagation/main.rst.
    """
    if context.facts.keyword("S_RAMP") != "COMPLETE":
        return
    for facts in scan_of(context).errors:
        hdus = context.file.hdus
        error, variances = hdus[facts.error], [hdus[i] for i in facts.variances]
        if facts.not_decoded:
            yield Skip(f"{error.label} and its variances: {facts.not_decoded}")
        elif facts.compared >= _FEWEST and 2 * facts.different.count > facts.compared:
            sample = "" if facts.every == 1 else f", of every {facts.every}th pixel"
            yield Problem(
                f"{error.label} squared is not the sum of {listed(h.label for h in variances)} at "
                f"{percent(facts.different.count, facts.compared)} of {facts.compared} pixels{sample}; it is "
                f"{facts.ratio:.3g} times the sum at half of them, first at {position(error.axes, facts.different.first)}",
                hdu=error,
                expected="the sum of the variances",
                found=f"{facts.ratio:.3g} times the sum",
                group_key="error",
            )


RULES = (
    unknown_flag,
    nan_without_flag,
    error_nan,
    infinite,
    negative,
    error_and_variance,
)
