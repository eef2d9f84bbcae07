"""From the reports of a run to what is written and to its exit status."""

import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, filterfalse

import click

from jwstprod_check.cli.outputs import Outputs, listed_in
from jwstprod_check.cli.resources import Memories
from jwstprod_check.cli.settings import page_of
from jwstprod_check.engine.check import ProgressCallback
from jwstprod_check.findings import FileReport
from jwstprod_check.report.reporter import Reporter
from jwstprod_check.report.run_info import Manual, RunInfo
from jwstprod_check.report.summary import Summary
from jwstprod_check.run.seam import CutError
from jwstprod_check.storage.paths import expand, only_files
from jwstprod_check.storage.urls import in_web_or_bucket
from jwstprod_check.text import printable


def write_all(
    reports: Iterable[FileReport],
    reporters: list[Reporter],
    summary: Summary,
    info: RunInfo,
    outputs: Outputs,
    memories: Memories,
) -> None:
    """Write the reports; where the work cannot go on, what is done is written, and the message names the way to go on."""
    try:
        _write(reports, reporters, summary, info)
    except CutError as error:
        if summary.files:
            outputs.finish()
        raise click.ClickException(f"{error}{memories.advice(summary.files)}") from None


def _write(reports: Iterable[FileReport], reporters: list[Reporter], summary: Summary, info: RunInfo) -> None:
    """Hand each report to all reporters; a run that is ended early is closed as incomplete."""
    for reporter in reporters:
        reporter.start(info)
    try:
        for report in reports:
            summary.add(report)
            for reporter in reporters:
                reporter.add(report)
    except BaseException:
        summary.complete = False
        raise
    finally:
        if not isinstance(sys.exc_info()[1], BrokenPipeError):
            for reporter in reporters:
                reporter.finish(summary)


def exit_status(summary: Summary, quiet: bool) -> int:
    """Report on stderr what was not read; return the exit status of the run."""
    for trouble in summary.unread:
        click.echo(printable(f"jwstprod: {trouble.path}: {trouble.reason}"), err=True)
    if str(summary.passed_over) and not quiet:
        click.echo(f"jwstprod: not looked at: {printable(str(summary.passed_over))}", err=True)
    judged = summary.judged + summary.associations
    if not summary.files and not summary.unread and not judged:
        click.echo("jwstprod: nothing to check", err=True)
    if summary.missing or not judged:
        return 2
    return int(summary.failed)


def byte_bar() -> ProgressCallback:
    """Return what shows on stderr how much of a file was read."""
    from jwstprod_check.cli.progress import ByteBar

    return ByteBar()


def followed_by_bar(
    reports: Iterator[FileReport], paths: tuple[str, ...], listing: str | None, every: bool
) -> Iterator[FileReport]:
    """Return the reports; a run of more than a second shows its progress on stderr."""
    from jwstprod_check.cli.progress import followed

    # A list that comes through a pipe can be read once, and no bucket is listed twice for this.
    if (listing is not None and not os.path.isfile(listing)) or any(map(in_web_or_bucket, paths)):
        return followed(reports, None)
    names = chain(paths, filterfalse(in_web_or_bucket, listed_in(listing)) if listing is not None else ())
    return followed(reports, only_files(expand(names), lambda _: None, every=every))


def now() -> str:
    """Time of the run, for its reports."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def digest_of_specs(formats: list[tuple[str, str | None]], specs: str | None) -> str | None:
    """Digest of the specs, where a report names it."""
    if not any(name == "json" for name, _ in formats):
        return None
    from jwstprod_check.spec.catalogue import catalogue

    return f"sha256:{catalogue(specs).documents.digest()}"


def manual_of(docs: str, code: str) -> Manual | None:
    """Manual of a rule with the address of its page; None for a code of no rule."""
    from jwstprod_check.rules import find_rule

    rule = find_rule(code)
    return (
        None
        if rule is None
        else Manual(rule.code, rule.name, rule.severity, rule.title, rule.manual, page_of(docs, rule.code))
    )
