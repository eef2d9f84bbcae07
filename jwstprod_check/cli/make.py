"""``jwstprod make PRODUCT OUT.fits``: a small file that conforms to its spec, or has one defect."""

import gzip
import os
import re
from math import isfinite
from typing import Any, Final

import click

from jwstprod_check.cli.outputs import replace_whole
from jwstprod_check.cli.words import complete_codes, complete_products, did_you_mean
from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.fits.cards import Scalar
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.text import listed, printable, quoted

_KEYWORD: Final = re.compile(r"[A-Z0-9_-]{1,8}\Z")
_STRUCTURE: Final = re.compile(
    r"(SIMPLE|BITPIX|NAXIS\d*|EXTEND|XTENSION|PCOUNT|GCOUNT|CHECKSUM|DATASUM|END|COMMENT|HISTORY|CONTINUE|HIERARCH)\Z"
)
_SHOWN: Final = 8
_GZIP: Final = b"\x1f\x8b"


@click.command("make")
@click.argument("product", metavar="PRODUCT", shell_complete=complete_products)
@click.argument("out", metavar="OUT.fits", type=click.Path())
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="Set a dimension (nints=2) or a keyword.")
@click.option("--with", "optional", multiple=True, metavar="EXTNAME", help="Also write this optional HDU.")
@click.option(
    "--sets", type=click.IntRange(1, 1000), default=2, show_default=True, help="Number of sets in a multi-slit product."
)
@click.option("--checksum", is_flag=True, help="Write CHECKSUM and DATASUM.")
@click.option(
    "--break",
    "code",
    metavar="CODE",
    shell_complete=complete_codes,
    help="Write a file with one defect, which this rule reports.",
)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
def command(
    product: str,
    out: str,
    values: tuple[str, ...],
    optional: tuple[str, ...],
    sets: int,
    checksum: bool,
    code: str | None,
    force: bool,
    specs: str | None,
) -> int:
    """Write a small file of a PRODUCT that conforms to its spec; the same arguments give the same bytes.

    OUT.fits is a file, or a folder, in which the file gets a name that identifies the product. A lower-case NAME of --set is a
    dimension of the spec (`jwstprod spec show PRODUCT`), any other a keyword of the primary header. Exit status: 0
    written, 1 written but the settings contradict the spec, 2 not written.
    """
    known = catalogue(specs)
    _known(product, known)
    symbols, keywords = _settings(values, product, known)
    base = None if os.path.isdir(out) else os.path.basename(out)
    if base == "":
        raise click.BadParameter(f"no folder {quoted(out)}", param_hint="OUT.fits")
    how = {"symbols": symbols, "keywords": keywords, "optional": optional, "sets": sets, "checksums": checksum}
    try:
        made = _broken(code, product, known, base, how) if code else _sound(product, known, base, how)
    except SpecError as error:
        raise click.UsageError(printable(str(error.reason))) from None
    name, raw, report, sees = made
    path = os.path.join(out, name) if base is None else out
    _write(path, gzip.compress(raw, mtime=0) if name.endswith(".gz") and raw[:2] != _GZIP else raw, force)
    click.echo(f"wrote {printable(path)}")
    if sees:
        first = next(f for f in report.findings if f.code == sees[0])
        click.echo(f"{first.code} {first.name}: {first.message}")
        click.echo(f"to see it: jwstprod check {sees[1]}{printable(path)}")
        return 0
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    for finding in errors:
        click.echo(f"jwstprod: the file does not conform: {finding.code} {finding.message}", err=True)
    return int(bool(errors))


_Made = tuple[str, bytes, FileReport, tuple[str, str] | None]
"""Name, bytes, report; for a file with a defect the rule and the options of the check that reports it."""


def _sound(product: str, known: Catalogue, base: str | None, how: dict[str, Any]) -> _Made:
    from jwstprod_check.make import file_name, make
    from jwstprod_check.make.defects.catalogue import taken_for, unzipped

    if base and base.isascii() and base.isprintable():
        how = {**how, "keywords": {"FILENAME": unzipped(base), **how["keywords"]}}
    raw = make(product, known, **how)
    name = base or file_name(known.spec(product), how["keywords"], how["optional"])
    told = taken_for(raw, name, known) == product
    options = Options(data=True, product=None if told else product)
    report = check_target(raw, known, options, name)
    _note_name(name, product, report, told)
    return name, raw, report, None


def _broken(text: str, product: str, known: Catalogue, base: str | None, how: dict[str, Any]) -> _Made:
    from jwstprod_check.make.defects.catalogue import NOT_MADE, BreakError, broken, products_for
    from jwstprod_check.rules import find_rule

    rule = find_rule(text)
    if rule is None:
        raise click.BadParameter(f"no rule {quoted(text)}; `jwstprod rule` lists them", param_hint="--break")
    try:
        made = broken(rule.code, product, known, name=base, **how)
    except BreakError as error:
        where = "" if rule.code in NOT_MADE else _elsewhere(products_for(rule.code, known), product)
        raise click.UsageError(f"{rule.code} cannot be made: {printable(str(error))}{where}") from None
    if rule.family != "PROD":
        _note_name(made.name, product, made.report, "--product " not in made.options)
    return made.name, made.raw, made.report, (rule.code, made.options)


def _elsewhere(products: list[str], product: str) -> str:
    if product in products:
        return f"; it can in a {product} without these settings, if OUT is a folder"
    return f"; it can in {listed(products, _SHOWN)}" if products else ""


def _note_name(name: str, product: str, report: FileReport, told: bool) -> None:
    """Report that a name does not identify the product, and what to do where nothing else in the file does."""
    if told and not any(f.code == "PROD005" for f in report.findings):
        return
    advice = "" if told else f"; check it with --product {product}"
    click.echo(f"jwstprod: the name {quoted(name)} does not identify the product {product}{advice}", err=True)


def _write(path: str, raw: bytes, force: bool) -> None:
    if not force and os.path.lexists(path):
        raise click.ClickException(f"{printable(path)} exists already; --force overwrites it")
    try:
        replace_whole(path, raw)
    except OSError as error:
        raise click.ClickException(f"{printable(path)} cannot be written ({error.strerror})") from None


def _known(product: str, known: Catalogue) -> None:
    names = known.names()
    if product not in names:
        near = did_you_mean(product, names, 3)
        raise click.BadParameter(f"no spec for {quoted(product)}{near} (`jwstprod spec list`)", param_hint="PRODUCT")
    spec = known.spec(product)
    if spec.format != "FITS":
        raise click.BadParameter(f"files of {product} are {spec.format} tables, not FITS", param_hint="PRODUCT")


def _settings(values: tuple[str, ...], product: str, known: Catalogue) -> tuple[dict[str, int], dict[str, Scalar]]:
    """Dimensions and keywords that were set."""
    from jwstprod_check.make.write import VOCABULARY

    spec = known.spec(product)
    words = known.documents.read(VOCABULARY) or {}
    symbols: dict[str, int] = {}
    keywords: dict[str, Scalar] = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name:
            raise _bad(f"{quoted(value)} is not NAME=VALUE")
        if name in spec.symbols:
            symbols[name] = _length(name, text)
        elif name != name.upper():
            known_names = [*spec.symbols, *words]
            raise _bad(f"{product} has no dimension {quoted(name)}{did_you_mean(name, known_names, 3)}")
        else:
            keywords[name] = _value(name, text, words)
    return symbols, keywords


def _bad(reason: str) -> click.BadParameter:
    return click.BadParameter(reason, param_hint="--set")


def _length(name: str, text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise _bad(f"{name} is a length from 1 to 9999, not {quoted(text)}")
    return int(text)


def _value(name: str, text: str, words: dict[str, Any]) -> Scalar:
    """Value of a keyword, in its type in the keyword dictionary; of an unknown keyword, in the type that it looks like."""
    if not _KEYWORD.match(name) or _STRUCTURE.match(name):
        raise _bad(f"{quoted(name)} cannot be set")
    if not (text.isascii() and (text.isprintable() or not text)):
        raise _bad(f"{name} cannot be {quoted(text)}: a header contains printable ASCII only")
    kind = words[name]["type"] if name in words else _looks(text)
    expected = {"integer": "an integer", "float": "a number", "logical": "T or F"}.get(kind)
    if kind == "logical" and text in {"T", "F"}:
        return text == "T"
    if kind == "integer" and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if kind == "float" and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) and isfinite(float(text)):
        return float(text)
    if expected is not None:
        raise _bad(f"{name} is {expected}, not {quoted(text)}")
    return text


def _looks(text: str) -> str:
    if text in {"T", "F"}:
        return "logical"
    if re.fullmatch(r"[+-]?\d{1,18}", text):
        return "integer"
    return "float" if re.fullmatch(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?", text) else "string"
