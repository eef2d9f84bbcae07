"""``jwstprod check PATH...``: parsing, wiring, exit status."""

import os
import sys
from contextlib import ExitStack, closing
from functools import partial
from itertools import chain
from typing import Final

import click

from jwstprod_check.cli.across import Across
from jwstprod_check.cli.help import CHECK_EXAMPLES, CHECK_SECTIONS, GroupedCommand
from jwstprod_check.cli.outputs import Outputs, is_own, listed_in, listed_on_stdin, own_files, refuse
from jwstprod_check.cli.resources import Work, work_options
from jwstprod_check.cli.settings import (
    accepted_by,
    asked_for,
    baseline_files,
    check_named,
    config_for,
    config_options,
    docs_of,
    listing_of,
    notes,
    settled,
    spec_files,
    write_baselines,
)
from jwstprod_check.cli.target import anonymous_option
from jwstprod_check.cli.values import formats_and_files, rule_codes
from jwstprod_check.cli.words import (
    complete_codes,
    complete_formats,
    complete_paths,
    complete_products,
    complete_profiles,
)
from jwstprod_check.cli.writing import (
    byte_bar,
    digest_of_specs,
    exit_status,
    followed_by_bar,
    manual_of,
    now,
    write_all,
)
from jwstprod_check.config import Options
from jwstprod_check.engine.check import STDIN
from jwstprod_check.engine.plan import plan, runs_with_data
from jwstprod_check.findings import Severity
from jwstprod_check.report.reporter import REPORTERS, WITHOUT_TABLE
from jwstprod_check.report.run_info import RunInfo
from jwstprod_check.report.style import Style
from jwstprod_check.report.summary import MAX_LISTED, Summary
from jwstprod_check.run.executor import run
from jwstprod_check.storage.found import ASSOCIATION
from jwstprod_check.storage.paths import expand, is_one_file, only_files

_ADDRESS_SPACE: Final = 192 * 2**20
"""Bytes that a process needs to read data; half of it is what NumPy and its library take."""


@click.command("check", cls=GroupedCommand, sections=CHECK_SECTIONS, epilog=CHECK_EXAMPLES)
@click.argument("paths", nargs=-1, metavar="PATH...", shell_complete=complete_paths)
@click.option(
    "--files-from", metavar="FILE", help="Check the paths in a file: one a line, or NUL between them; - is stdin."
)
@click.option(
    "--product",
    metavar="NAME",
    shell_complete=complete_products,
    help="Check all files as this product instead of identifying them.",
)
@click.option("--data", is_flag=True, help="Also read the data: checksums, tables, ASDF tree, pixels.")
@click.option("--strict", is_flag=True, help="Use the documented table without amendments.")
@click.option(
    "--select",
    multiple=True,
    callback=rule_codes,
    metavar="CODES",
    shell_complete=complete_codes,
    help="Run only these rules or families: HDU001,KEY.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=rule_codes,
    metavar="CODES",
    shell_complete=complete_codes,
    help="Do not run these rules or families.",
)
@click.option(
    "--fail-on",
    type=click.Choice([str(s) for s in Severity]),
    help="Lowest severity for exit status 1.  [default: error]",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    callback=formats_and_files,
    metavar="FMT[=FILE]",
    shell_complete=complete_formats,
    help=f"One of {', '.join(REPORTERS)}; may be repeated with files. Default: rich on a terminal, else concise.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--max-findings",
    type=click.IntRange(0),
    default=MAX_LISTED,
    show_default=True,
    metavar="N",
    help="Findings shown of a file, and failing files listed at the end, in formats for people; 0 for all.",
)
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=complete_profiles,
    help="Also check the requirements of an archive, such as hlsp.",
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these files out of the check; they are counted.")
@click.option("--manifest", metavar="FILE", help="Compare the delivery with a list of its files and their sums.")
@click.option("--complete", is_flag=True, help="The files claim to be a whole delivery: what is missing is an error.")
@click.option("--skip-unknown", is_flag=True, help="Leave out files of no known product; they are counted.")
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(0),
    help="Number of processes, of threads for remote files; 0 for all cores. Default: as many as are worth it.",
)
@work_options
@anonymous_option
@config_options
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
    fail_on: str | None,
    formats: list[tuple[str, str | None]],
    as_json: bool,
    max_findings: int,
    profile: str | None,
    exclude: tuple[str, ...],
    manifest: str | None,
    complete: bool,
    skip_unknown: bool,
    specs: str | None,
    jobs: int | None,
    dask: str | None,
    cache: str | None,
    resume: str | None,
    quiet: bool,
    verbose: bool,
    config_file: str | None,
    no_config: bool,
    baseline: str | None,
    write_baseline: str | None,
    prune_baseline: bool,
) -> int:
    """Check files against the documented structure of their product.

    PATH is a file, a folder (searched for FITS files), a quoted pattern, a URL (s3:// gs:// az:// https:// http://) of a
    file, a prefix or a pattern, or - for one FITS file on stdin.

    Exit status: 0 every file conforms, 1 a file does not conform or could not be verified, 2 the check could not be done.
    """
    paths = _to_check(paths, files_from, manifest)
    config = config_for(config_file, no_config, paths)
    known_files = baseline_files(baseline, write_baseline, prune_baseline)
    work = Work(dask, cache, resume)
    work.check(jobs, paths)
    formats = _with_shown(work.with_report(formats), as_json)
    table = any(name not in WITHOUT_TABLE for name, _ in formats)
    outfiles = [path for _, path in formats if path is not None]
    own = own_files(chain(outfiles, known_files.targets()))
    listing = listing_of(manifest, paths, own)
    several = complete or listing is not None or files_from is not None or _names_several(paths)
    digest = listing.manifest.algorithm if listing is not None else ""
    given = Options(
        strict,
        data,
        select,
        ignore,
        product,
        profile,
        table,
        skip_unknown=skip_unknown,
        exclude=exclude,
        delivery=several,
        complete=complete or listing is not None,
        digest=digest,
        thumbnails=data and any(REPORTERS[name].thumbnails for name, _ in formats),
    )
    options, specs = settled(given, specs, fail_on, config)
    check_named(product, profile, specs)
    across = Across(options, listing)
    _refuse_nothing(options, across.asked)
    read = (*spec_files(specs, config), *filter(None, (manifest,)))
    refuse(outfiles, read, None)
    refuse(known_files.targets(), read, None, "--write-baseline")
    accepted = accepted_by(config, known_files, outfiles, paths, files_from)
    style = Style(-1 if quiet else int(verbose), len(paths) == 1 and is_one_file(paths[0]), most=max_findings)
    summary = Summary(max_findings)
    listed = listed_on_stdin() if files_from == "-" else listed_in(files_from)
    names = chain(paths, listed)
    with ExitStack() as stack:
        outputs = stack.enter_context(Outputs(formats, paths, files_from))
        reporters = [REPORTERS[name](stream, style) for name, stream in outputs.streams]
        if data:
            _prepare_for_data()
        shown = not quiet and sys.stderr is not None and sys.stderr.isatty()
        watch = byte_bar() if shown and data else None
        every = _names_files(options.profile, specs)
        files = only_files(
            expand(names),
            lambda e: summary.trouble(e.path, e.reason, e.named),
            lambda found: None if is_own(found.path, own) else across.passed_over(summary, found),
            every,
        )
        files = across.apart(files, every)
        if files_from == "-":
            files = outputs.not_among(files)
        # What comes on stdin cannot be handed to another process.
        jobs = 1 if "-" in paths else jobs
        memories = stack.enter_context(work.memories(formats, options, specs, several))
        reports = stack.enter_context(closing(run(files, memories.options, specs, jobs, watch, dask, memories.all)))
        place = None if config is None else config.path
        info = RunInfo(
            now(),
            options,
            place,
            digest_of_specs(formats, specs),
            partial(manual_of, docs_of(config)),
            notes(config, known_files),
        )
        shown_reports = followed_by_bar(reports, paths, files_from, every) if shown else reports
        gathered = across.gathered(shown_reports, summary, accepted, asked_for(options))
        write_all(gathered, reporters, summary, info, outputs, memories)
        write_baselines(accepted, known_files, options)
        outputs.finish()
        memories.finish()
    return exit_status(summary, quiet)


def _refuse_nothing(options: Options, across: bool) -> None:
    """Raise where no rule would run, neither on files nor across them."""
    if plan(options).empty and not across:
        reason = "no rule would run" + (" without --data" if runs_with_data(options) else "")
        raise click.BadParameter(reason, param_hint="--select, --ignore")


def _to_check(paths: tuple[str, ...], listing: str | None, manifest: str | None) -> tuple[str, ...]:
    """Return what is to be checked: without paths the folder of the manifest."""
    if not paths and listing is None and manifest is not None:
        return (os.path.dirname(manifest) or os.curdir,)
    if not paths and listing is None:
        raise click.UsageError("nothing to check: name a file, a folder, a pattern, or --files-from")
    if listing == STDIN and STDIN in paths:
        raise click.UsageError("the standard input is either a file to check or the list of --files-from")
    return paths


def _with_shown(formats: list[tuple[str, str | None]], as_json: bool) -> list[tuple[str, str | None]]:
    """Return the formats with one for the standard output."""
    if any(path is None for _, path in formats):
        if as_json and ("json", None) not in formats:
            raise click.UsageError("--json and --format both write to the standard output")
        return formats
    if as_json:
        return [("json", None), *formats]
    return [("rich" if sys.stdout.isatty() else "concise", None), *formats]


def _names_several(paths: tuple[str, ...]) -> bool:
    """Whether paths name more than one file, or what belongs to several."""
    return len(paths) > 1 or not all(map(is_one_file, paths)) or paths[0].lower().endswith(ASSOCIATION)


def _names_files(profile: str | None, specs: str | None) -> bool:
    """Whether a profile has a rule for the names of files, which holds for all files of a folder."""
    if profile is None:
        return False
    from jwstprod_check.spec.catalogue import catalogue

    return catalogue(specs).profile(profile).names is not None


def _prepare_for_data() -> None:
    """Raise where a limit leaves NumPy too little room: its library ends the process, with a status of its own."""
    # NumPy starts threads for linear algebra when it is imported; the data pass needs none.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from resource import RLIM_INFINITY, RLIMIT_AS, getrlimit
    except ImportError:
        return
    limit, _ = getrlimit(RLIMIT_AS)
    if limit not in (RLIM_INFINITY, -1) and limit < _ADDRESS_SPACE:
        reason = f"--data needs {_ADDRESS_SPACE >> 20} MiB of address space; the limit is {limit >> 20} MiB (ulimit -v)"
        raise click.ClickException(reason)
