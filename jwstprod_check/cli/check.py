"""``jwstprod check PATH...``: parsing, wiring, exit status."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from typing import TextIO

import click

from jwstprod_check.config import Options
from jwstprod_check.engine.check import ProgressCallback
from jwstprod_check.engine.plan import plan
from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.report.reporter import REPORTERS, WITHOUT_TABLE, Reporter
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import Summary
from jwstprod_check.run.executor import run
from jwstprod_check.storage.paths import PassedOver, PathError, expand, only_files
from jwstprod_check.text import printable


def _codes(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Split ``A,B`` and reject unknown codes: a typo must not disable a rule, or all other rules."""
    from jwstprod_check.rules import unknown_codes

    codes = tuple(code.strip() for value in values for code in value.split(",") if code.strip())
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
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
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
    product: str | None,
    data: bool,
    strict: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    formats: list[tuple[str, str | None]],
    profile: str | None,
    specs: str | None,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check files against the documented structure of their product.

    PATH is a file, a folder (searched for FITS files) or a quoted pattern. Exit status: 0 every file conforms, 1 a
    finding at or above --fail-on, 2 the check could not be done.
    """
    if product is not None:
        _known_product(product, specs)
    if profile is not None:
        _known_profile(profile, specs)
    if all(path is not None for _, path in formats):
        formats = [("rich" if sys.stdout.isatty() else "concise", None), *formats]
    table = any(name not in WITHOUT_TABLE for name, _ in formats)
    options = Options(strict, data, select, ignore, product, profile, table)
    if plan(options).empty:
        raise click.BadParameter(
            "no rule would run" + ("" if data else " without --data"), param_hint="--select, --ignore"
        )
    verbosity = -1 if quiet else int(verbose)
    style = Style(verbosity, detail=len(paths) == 1 and os.path.isfile(paths[0]))
    troubles: list[PathError] = []
    passed_over = PassedOver()
    every = profile is not None and _names_files(profile, specs)
    files = only_files(expand(paths), troubles.append, passed_over.add, every)
    with ExitStack() as stack:
        reporters = _reporters(formats, style, stack)
        if data:
            # NumPy starts threads for linear algebra when it is imported; the data pass needs none.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        shown = not quiet and sys.stderr.isatty()
        watch = _byte_bar() if shown and data else None
        reports = stack.enter_context(closing(run(files, options, specs, jobs or os.cpu_count() or 1, watch)))
        summary = _report(_followed(reports) if shown else reports, reporters)
    for trouble in troubles:
        click.echo(f"jwstprod: {printable(trouble.path)}: {trouble.reason}", err=True)
    if str(passed_over) and not quiet:
        click.echo(f"jwstprod: not looked at: {printable(str(passed_over))}", err=True)
    if troubles or not summary.files:
        if not troubles:
            click.echo("jwstprod: nothing to check", err=True)
        return 2
    return int(summary.worst >= Severity(fail_on).rank or summary.unverified > 0)


def _known_profile(profile: str, specs: str | None) -> None:
    from jwstprod_check.spec.catalogue import catalogue

    names = catalogue(specs).profiles()
    if profile not in names:
        raise click.BadParameter(f"no profile {profile!r}; the profiles are {', '.join(names)}", param_hint="--profile")


def _names_files(profile: str, specs: str | None) -> bool:
    """Whether a profile has a rule for the names of files, which holds for all files of a folder."""
    from jwstprod_check.spec.catalogue import catalogue

    return catalogue(specs).profile(profile).names is not None


def _known_product(product: str, specs: str | None) -> None:
    from jwstprod_check.spec.catalogue import catalogue

    names = catalogue(specs).names()
    if product not in names:
        from difflib import get_close_matches

        near = get_close_matches(product, names, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise click.BadParameter(f"no spec for {product!r}{meant} (`jwstprod spec list`)", param_hint="--product")


def _reporters(formats: list[tuple[str, str | None]], style: Style, stack: ExitStack) -> list[Reporter]:
    """Make a reporter for each format; one without a file writes to the standard output."""
    reporters = []
    for name, path in formats:
        stream: TextIO = sys.stdout
        if path is not None:
            try:
                stream = stack.enter_context(open(path, "w", encoding="utf-8"))  # noqa: SIM115 - the stack closes it
            except OSError as error:
                raise click.BadParameter(f"{path}: {error.strerror}", param_hint="--format") from None
        reporters.append(REPORTERS[name](stream, style))
    return reporters


def _report(reports: Iterable[FileReport], reporters: list[Reporter]) -> Summary:
    summary = Summary()
    for reporter in reporters:
        reporter.start()
    for report in reports:
        summary.add(report)
        for reporter in reporters:
            reporter.add(report)
    if summary.files or len(reporters) > 1:
        for reporter in reporters:
            reporter.finish(summary)
    return summary


def _byte_bar() -> ProgressCallback:
    from jwstprod_check.cli.progress import ByteBar

    return ByteBar()


def _followed(reports: Iterator[FileReport]) -> Iterator[FileReport]:
    """Return the reports; a run of more than a second shows its progress on stderr."""
    from jwstprod_check.cli.progress import followed

    return followed(reports)
