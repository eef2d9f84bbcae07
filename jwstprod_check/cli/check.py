"""``jwstprod check PATH...``: parsing, wiring, exit status."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import chain
from typing import Final

import click

from jwstprod_check.cli.outputs import Outputs, listed_in
from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback
from jwstprod_check.engine.plan import plan
from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.report.reporter import REPORTERS, WITHOUT_TABLE, Reporter
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.run.executor import run
from jwstprod_check.storage.paths import expand, only_files, read_list
from jwstprod_check.text import printable

_ADDRESS_SPACE: Final = 192 * 2**20
"""Bytes that a process needs to read data; half of it is what NumPy and its library take."""


def _codes(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Split ``A,B`` and reject unknown codes: a typo must not disable a rule, or all other rules."""
    from jwstprod_check.rules import unknown_codes

    codes = tuple(code.strip() for value in values for code in value.split(","))
    if not all(codes):
        raise click.BadParameter("it is empty; `jwstprod rule` lists the rules and families")
    for code in unknown_codes(codes):
        raise click.BadParameter(f"{code!r} is not a rule or a family; `jwstprod rule` lists them")
    return codes


def _formats(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str | None]]:
    formats: list[tuple[str, str | None]] = []
    for value in values:
        name, sign, path = value.partition("=")
        if name not in REPORTERS:
            raise click.BadParameter(f"{name!r} is not a format; the formats are {', '.join(REPORTERS)}")
        if sign and not path:
            raise click.BadParameter(f"{value!r} names no file")
        formats.append((name, path or None))
    if sum(path is None for _, path in formats) > 1:
        raise click.BadParameter("only one format can use the standard output; write the others to files: FORMAT=FILE")
    return formats


@click.command("check")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--files-from", metavar="FILE", help="Check the paths in a file: one a line, or NUL between them; - is stdin."
)
@click.option("--product", metavar="NAME", help="Check all files as this product instead of identifying them.")
@click.option("--data", is_flag=True, help="Also read the data: checksums, tables, ASDF tree, pixels.")
@click.option("--strict", is_flag=True, help="Use the documented table without amendments.")
@click.option("--select", multiple=True, callback=_codes, metavar="CODES", help="Run only these rules or families.")
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="Do not run these rules or families.")
@click.option(
    "--fail-on",
    type=click.Choice([str(s) for s in Severity]),
    default=str(Severity.ERROR),
    show_default=True,
    help="Lowest severity for exit status 1.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    callback=_formats,
    metavar="FMT[=FILE]",
    help=f"One of {', '.join(REPORTERS)}; may be repeated with files. Default: rich on a terminal, else concise.",
)
@click.option("--profile", metavar="NAME", help="Also check the requirements of an archive: hlsp, hlsp-simulation.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these files out of the check; they are counted.")
@click.option("--skip-unknown", is_flag=True, help="Leave out files of no known product; they are counted.")
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
@click.option(
    "--jobs", "-j", type=click.IntRange(0), default=1, show_default=True, help="Number of processes; 0 for all cores."
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only, and nothing if every file conforms.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Print info findings, skipped rules and the table of every file too."
)
def command(
    paths: tuple[str, ...],
    files_from: str | None,
    product: str | None,
    data: bool,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    formats: list[tuple[str, str | None]],
    profile: str | None,
    exclude: tuple[str, ...],
    skip_unknown: bool,
    specs: str | None,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check files against the documented structure of their product.

    PATH is a file, a folder (searched for FITS files), a quoted pattern, or - for one FITS file on stdin. Exit status: 0
    every file conforms, 1 a file does not conform or could not be verified, 2 the check could not be done.
    """
    if not paths and files_from is None:
        raise click.UsageError("nothing to check: name a file, a folder, a pattern, or --files-from")
    if specs is not None:
        from jwstprod_check.spec.catalogue import catalogue

        # Specs that cannot be used are reported before anything is read or written.
        catalogue(specs)
    if product is not None:
        _known_product(product, specs)
    if profile is not None:
        _known_profile(profile, specs)
    if all(path is not None for _, path in formats):
        formats = [("rich" if sys.stdout.isatty() else "concise", None), *formats]
    table = any(name not in WITHOUT_TABLE for name, _ in formats)
    options = Options(
        strict, data, select, ignore, product, profile, table, Severity(fail_on), skip_unknown, tuple(exclude)
    )
    if plan(options).empty:
        raise click.BadParameter(
            "no rule would run" + ("" if data else " without --data"), param_hint="--select, --ignore"
        )
    style = Style(-1 if quiet else int(verbose), detail=len(paths) == 1 and os.path.isfile(paths[0]))
    summary = Summary()
    listed = read_list(sys.stdin.buffer) if files_from == "-" else listed_in(files_from)
    names = chain(paths, listed)
    with ExitStack() as stack:
        outputs = stack.enter_context(Outputs(formats, paths, files_from))
        reporters = [REPORTERS[name](stream, style) for name, stream in outputs.streams]
        if data:
            # NumPy starts threads for linear algebra when it is imported; the data pass needs none.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            _enough_memory()
        shown = not quiet and sys.stderr is not None and sys.stderr.isatty()
        watch = _byte_bar() if shown and data else None
        files = only_files(expand(names), lambda e: summary.trouble(e.path, e.reason, e.named), summary.passed_over.add)
        if files_from == "-":
            files = outputs.not_among(files)
        # What comes on stdin cannot be handed to another process.
        jobs = 1 if "-" in paths else jobs or os.cpu_count() or 1
        reports = stack.enter_context(closing(run(files, options, specs, jobs, watch)))
        info = RunInfo(_now(), options, None, _digest(formats, specs))
        _write(_followed(reports) if shown else reports, reporters, summary, info)
        outputs.finish()
    for trouble in summary.unread:
        click.echo(printable(f"jwstprod: {trouble.path}: {trouble.reason}"), err=True)
    if str(summary.passed_over) and not quiet:
        click.echo(f"jwstprod: not looked at: {printable(str(summary.passed_over))}", err=True)
    if not summary.files and not summary.unread:
        click.echo("jwstprod: nothing to check", err=True)
    if summary.missing or not summary.judged:
        return 2
    return int(summary.failed)


def _enough_memory() -> None:
    """Raise where a limit leaves NumPy too little room: its library ends the process, with a status of its own."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit
    except ImportError:
        return
    limit, _ = getrlimit(RLIMIT_AS)
    if limit not in (RLIM_INFINITY, -1) and limit < _ADDRESS_SPACE:
        reason = f"--data needs {_ADDRESS_SPACE >> 20} MiB of address space; the limit is {limit >> 20} MiB (ulimit -v)"
        raise click.ClickException(reason)


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")


def _digest(formats: list[tuple[str, str | None]], specs: str | None) -> str | None:
    """Digest of the specs, where a report names it."""
    if not any(name == "json" for name, _ in formats):
        return None
    from jwstprod_check.spec.catalogue import catalogue

    return f"sha256:{catalogue(specs).documents.digest()}"


def _known_profile(profile: str, specs: str | None) -> None:
    from jwstprod_check.spec.catalogue import catalogue

    names = catalogue(specs).profiles()
    if profile not in names:
        raise click.BadParameter(f"no profile {profile!r}; the profiles are {', '.join(names)}", param_hint="--profile")


def _known_product(product: str, specs: str | None) -> None:
    from jwstprod_check.spec.catalogue import catalogue

    names = catalogue(specs).names()
    if product not in names:
        from difflib import get_close_matches

        near = get_close_matches(product, names, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise click.BadParameter(f"no spec for {product!r}{meant} (`jwstprod spec list`)", param_hint="--product")


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


def _byte_bar() -> ProgressCallback:
    from jwstprod_check.cli.progress import ByteBar

    return ByteBar()


def _followed(reports: Iterator[FileReport]) -> Iterator[FileReport]:
    """Return the reports; a run of more than a second shows its progress on stderr."""
    from jwstprod_check.cli.progress import followed

    return followed(reports)
