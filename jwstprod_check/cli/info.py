"""``jwstprod info PATH``: the HDUs of a file next to the spec of its product."""

import os
from typing import Any, Final

import click

from jwstprod_check.cli.target import FileOrUrl, anonymous_option
from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_file
from jwstprod_check.findings import FileReport, of_container
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile, read_source
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.storage.backends import open_source
from jwstprod_check.storage.urls import shown
from jwstprod_check.text import printable

KEYWORDS: Final = ("TELESCOP", "INSTRUME", "DETECTOR", "EXP_TYPE", "DATAMODL", "DATE-BEG", "CAL_VER", "CRDS_CTX")
"""Keywords that `info` shows above the table."""


@click.command("info")
@click.argument("path", type=FileOrUrl())
@click.option("--product", metavar="NAME", help="Compare the file with this product instead of identifying it.")
@click.option("--header", metavar="HDU", help="Print the cards of an HDU, given by number, EXTNAME or EXTNAME,EXTVER.")
@click.option("--strict", is_flag=True, help="Use the documented table without amendments.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format.")
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
@anonymous_option
def command(path: str, product: str | None, header: str | None, strict: bool, form: str, specs: str | None) -> int:
    """Show the HDUs of a file next to the table of its product, and the solved dimensions.

    Exit status: 0, or 1 for a file that is truncated, damaged or not FITS, of which the page says so.
    """
    report = None
    try:
        with open_source(path) as source:
            file = read_source(source, source.name)
            if header is None:
                report = check_file(file, catalogue(specs), Options(strict=strict, product=product), source)
    except OSError as error:
        raise click.ClickException(printable(f"{shown(path)}: {error.strerror}")) from None
    if header is not None or report is None:
        return _print_header(file, header or "")
    if form == "json":
        from jwstprod_check.report.json import pretty

        click.echo(pretty(report.to_dict() | facts_of(file, report)))
    else:
        from jwstprod_check.report.inspection import print_inspection

        print_inspection(report, facts_of(file, report))
    return int(not file.complete or any(of_container(finding) for finding in report.findings))


def facts_of(file: FitsFile, report: FileReport) -> dict[str, Any]:
    """Key facts of a file that its report does not contain."""
    facts = FileFacts(file)
    return {
        "size": {"stored": file.stored, "inflated": file.size, "gzip": file.gzipped},
        "evidence": list(report.evidence),
        "keywords": {name: facts.keyword(name) for name in KEYWORDS},
        "origins": dict(report.origins),
    }


def _print_header(file: FitsFile, wanted: str) -> int:
    """Print the cards of an HDU as they are, unprintable characters as escapes."""
    name, _, version = wanted.partition(",")
    for hdu in file.hdus:
        by_number = wanted.isdigit() and hdu.index == int(wanted)
        by_name = hdu.name == name.strip().upper() and (not version or version.strip() == str(hdu.extver))
        if by_number or (by_name and hdu.name) or (wanted.lower() == "primary" and hdu.index == 0):
            for card in hdu.header.cards():
                click.echo(printable(card.image.decode("latin-1")).rstrip())
            click.echo("END")
            return 0
    labels = ", ".join(printable(f"{h.index} {h.label}") for h in file.hdus)
    raise click.BadParameter(
        f"no HDU {wanted!r} in {os.path.basename(file.path)}; it has {labels}", param_hint="--header"
    )
