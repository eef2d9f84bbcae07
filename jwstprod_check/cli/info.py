"""``jwstprod info PATH...``: what is in a file, next to what should be in it."""

import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import click
import msgspec

from jwstprod_check.cli.preview import Previews
from jwstprod_check.cli.settings import check_named
from jwstprod_check.cli.target import anonymous_option
from jwstprod_check.cli.words import complete_paths, complete_products
from jwstprod_check.config import Options
from jwstprod_check.engine.check import STDIN, check_file, unreadable
from jwstprod_check.findings import FileReport, of_container
from jwstprod_check.fits.hdu import Hdu
from jwstprod_check.fits.lookup import FileFacts as Keywords
from jwstprod_check.fits.walk import FitsFile, read_source
from jwstprod_check.report.inspection import ColumnFacts, FileFacts, HduFacts, inspection, legend_of, states
from jwstprod_check.report.layout import paper_of
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.found import PathError
from jwstprod_check.storage.paths import expand, is_one_file, only_files
from jwstprod_check.storage.urls import shown as without_secrets
from jwstprod_check.text import printable

KEYWORDS: Final = ("TELESCOP", "INSTRUME", "DETECTOR", "EXP_TYPE", "DATAMODL", "DATE-BEG", "CAL_VER", "CRDS_CTX")
"""Keywords that `info` shows above the table."""


class _Shown(msgspec.Struct):
    """A file as it is shown; ``file`` is None where it could not be read."""

    report: FileReport
    facts: FileFacts
    file: FitsFile | None = None
    picture: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether the file is truncated, damaged or not FITS."""
        return self.file is None or not self.file.complete or any(map(of_container, self.report.findings))


@click.command("info")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=complete_paths)
@click.option(
    "--product",
    metavar="NAME",
    shell_complete=complete_products,
    help="Compare with this product instead of identifying it.",
)
@click.option("--header", metavar="HDU", help="Print the cards of an HDU, given by number, EXTNAME or EXTNAME,EXTVER.")
@click.option("--strict", is_flag=True, help="Use the documented table without amendments.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="text, or json for programs."
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
@click.option("--preview", is_flag=True, help="Also draw SCI images, pixels not to be used in red, and spectra.")
@click.option(
    "--png", metavar="FILE", help="Write those pictures as PNG files; of several files, as files in this folder."
)
@click.option("--extver", metavar="N", type=int, help="Draw only what has this EXTVER.")
@anonymous_option
def command(
    paths: tuple[str, ...],
    product: str | None,
    header: str | None,
    strict: bool,
    form: str,
    specs: str | None,
    preview: bool,
    png: str | None,
    extver: int | None,
) -> int:
    """Show what is in a file: its HDUs next to the documented table, the solved dimensions, columns and all findings.

    PATH is a file, a folder, a quoted pattern, or - for stdin. JSON is one object for a file, a list for a folder or several
    paths. Exit status: 0, or 1 for a file that is truncated, damaged or not FITS, of which the page states what it is.
    """
    check_named(product, None, specs)
    if preview and form == "json":
        raise click.UsageError("--preview is not for --format json; --png writes the picture to a file")
    if extver is not None and not (preview or png):
        raise click.UsageError("--extver chooses what --preview and --png draw")
    options = Options(strict=strict, product=product)
    previews = Previews(preview, png, paths, paper_of(sys.stdout), extver)
    troubles: list[PathError] = []
    files = only_files(expand(paths), troubles.append)
    if header is not None:
        failed = _print_headers(files, header, several=len(paths) > 1 or os.path.isdir(paths[0]))
    else:
        shown = (_read(path, options, specs, previews) for path in files)
        single = len(paths) == 1 and (paths[0] == STDIN or is_one_file(paths[0]))
        failed = _print_json(shown, single) if form == "json" else _print_pages(shown)
    for trouble in troubles:
        click.echo(printable(f"jwstprod: {trouble.path}: {trouble.reason}"), err=True)
    if failed is None and not troubles:
        click.echo("jwstprod: no FITS file to show", err=True)
    if failed is None or any(trouble.named for trouble in troubles):
        return 2
    return int(failed or bool(troubles))


def _read(path: str, options: Options, specs: str | None, previews: Previews) -> _Shown:
    """Read and judge a file by its headers; what cannot be read becomes a finding."""
    label = without_secrets(path)
    try:
        with open_source(sys.stdin.buffer.read() if path == STDIN else path, label) as source:
            file = read_source(source, label)
            report = check_file(file, catalogue(specs), options, source)
            picture = list(previews.lines(source, file)) if file.hdus else []
    except OSError as error:
        reason = error.strerror or str(error)
        return _Shown(unreadable(label, options, reason), FileFacts(0, 0, False, "", {}))
    return _Shown(report, facts_of(file), file, picture)


def facts_of(file: FitsFile) -> FileFacts:
    """Facts of a file that its report does not contain."""
    keywords = Keywords(file)
    return FileFacts(
        stored=file.stored,
        inflated=file.size,
        gzipped=file.gzipped,
        what=_what(file),
        keywords={name: keywords.keyword(name) for name in KEYWORDS} if file.hdus else {},
        hdus=tuple(HduFacts(hdu.header.end, tuple(_columns(hdu))) for hdu in file.hdus),
    )


def _what(file: FitsFile) -> str:
    """What a file is that is not FITS, '' for one that begins as FITS does."""
    if file.hdus or not file.defects:
        return ""
    return {"empty": "an empty file", "not-fits": file.defects[0].text}.get(file.defects[0].kind, "")


def _columns(hdu: Hdu) -> Iterator[ColumnFacts]:
    for column in hdu.columns:
        yield ColumnFacts(
            column.number, column.name, column.form, column.unit, hdu.header.string(f"TDIM{column.number}")
        )


def _print_pages(shown: Iterator[_Shown]) -> bool | None:
    """Print a page for each file; return whether one of them failed, None where there was no file."""
    paper = paper_of(sys.stdout)
    failed: bool | None = None
    seen: set[str] = set()
    for one in shown:
        if failed is not None:
            click.echo()
        for line in inspection(one.report, one.facts, paper):
            click.echo(line)
        for line in one.picture:
            click.echo(line)
        seen |= states(one.report)
        failed = bool(failed) or one.failed
    if seen:
        click.echo()
        for line in legend_of(seen, paper):
            click.echo(line)
    return failed


def _print_json(shown: Iterator[_Shown], single: bool) -> bool | None:
    """Print an object for each file, in a list unless a single file was named."""
    from jwstprod_check.report.json import pretty

    failed: bool | None = None
    for one in shown:
        if not single:
            click.echo("[" if failed is None else ",")
        click.echo(pretty(_object(one)), nl=single)
        failed = bool(failed) or one.failed
    if not single:
        click.echo("[]" if failed is None else "\n]")
    return failed


def _object(one: _Shown) -> dict[str, Any]:
    report = one.report
    return report.to_dict() | one.facts.to_dict() | {"evidence": list(report.evidence), "origins": dict(report.origins)}


def _print_headers(files: Iterator[str], wanted: str, several: bool) -> bool | None:
    """Print the cards of an HDU of each file as they are, unprintable characters as escapes."""
    failed: bool | None = None
    for path in files:
        label = without_secrets(path)
        try:
            with open_source(sys.stdin.buffer.read() if path == STDIN else path, label) as source:
                file = read_source(source, label)
        except OSError as error:
            raise click.ClickException(f"{label}: {error.strerror or error}") from None
        if several:
            click.echo(printable(f"{label}:"))
        hdu = _hdu_of(file, wanted)
        for card in hdu.header.cards():
            click.echo(printable(card.image.decode("latin-1")).rstrip())
        click.echo("END")
        failed = bool(failed)
    return failed


def _hdu_of(file: FitsFile, wanted: str) -> Hdu:
    name, _, version = wanted.partition(",")
    for hdu in file.hdus:
        by_number = wanted.isdigit() and hdu.index == int(wanted)
        by_name = hdu.name == name.strip().upper() and (not version or version.strip() == str(hdu.extver))
        if by_number or (by_name and hdu.name) or (wanted.lower() == "primary" and hdu.index == 0):
            return hdu
    labels = ", ".join(printable(f"{h.index} {h.label}") for h in file.hdus) or _what(file) or "no HDU"
    where = os.path.basename(file.path)
    raise click.BadParameter(
        f"no HDU {wanted!r} in {where}; it is {labels}"
        if not file.hdus
        else f"no HDU {wanted!r} in {where}; it has {labels}",
        param_hint="--header",
    )
