"""``jwstprod spec lint|diff|draft``: tools for maintainers of specs."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jwstprod_check.cli.target import FileOrUrl, anonymous_option
from jwstprod_check.spec.catalogue import catalogue, lazy_catalogue
from jwstprod_check.storage.urls import shown
from jwstprod_check.text import plural, printable

if TYPE_CHECKING:
    from jwstprod_check.maintain.draft import Draft

_SPECS = click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)


@click.command("lint")
@click.argument("directory", required=False, type=click.Path(exists=True, file_okay=False))
@_SPECS
def lint(directory: str | None, specs: str | None) -> int:
    """Load every spec of the package, or of a folder, and print its errors.

    It reports specs that cannot be loaded, amendments that apply to no file, patches that change nothing, missing
    reasons and sources, unused symbols and column tables. Exit status: 0 nothing found, 1 something found, 2 a spec
    cannot be loaded.
    """
    from jwstprod_check.maintain import lint as linter
    from jwstprod_check.spec.documents import Folder
    from jwstprod_check.spec.loader import Catalogue

    place = directory or specs
    folder = Folder(Path(place)) if place else linter.packaged_folder()
    known = lazy_catalogue(place) if place else Catalogue(folder)
    if not any(folder.path.rglob("*.yaml")):
        raise click.UsageError(f"nothing to check: no YAML file in {printable(str(folder.path))}")
    errors = linter.load_errors(known, folder)
    defects = [] if errors else linter.lint(known, folder)
    for problem in (*errors, *defects):
        click.echo(printable(str(problem)))
    state = f"{len(errors)} cannot be used" if errors else "all load"
    click.echo(f"{len(known.names())} specs: {state}" + (f", {plural(len(defects), 'defect')}" if defects else ""))
    return 2 if errors else int(bool(defects))


@click.command("diff")
@click.argument("pages", metavar="[PAGE.rst]...", nargs=-1, type=click.Path(exists=True, dir_okay=False))
@click.option("--models", is_flag=True, help="Compare with the schemas of the installed stdatamodels.")
@_SPECS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format.")
def diff(pages: tuple[str, ...], models: bool, specs: str | None, form: str) -> int:
    """Compare the specs with pages of the documentation, or with the data models.

    PAGE is a page of the jwst documentation (docs/jwst/data_products/*.rst): every table of HDUs on it is compared
    with the documented rows of its product, cell by cell. With --models, the amended specs are compared with the
    schemas. Exit status: 0 no difference, 1 some difference, 2 the comparison could not be done.
    """
    if not (pages or models):
        raise click.UsageError("nothing to compare: give pages, or --models")
    results = ([_pages(pages, specs)] if pages else []) + ([_models(specs)] if models else [])
    differences = [d for found, _ in results for d in found]
    if form == "json":
        from jwstprod_check.report.json import pretty

        content = {"schema": "jwstprod-diff/1", "differences": differences, "compared": [text for _, text in results]}
        click.echo(pretty(content))
    else:
        for difference in differences:
            click.echo(printable(str(difference)))
        for found, text in results:
            click.echo(f"{text}: {plural(len(found), 'difference') if found else 'no difference'}")
    return int(bool(differences))


def _pages(pages: tuple[str, ...], specs: str | None) -> tuple[list[object], str]:
    from jwstprod_check.maintain.compare_pages import compare_pages
    from jwstprod_check.maintain.pages import parse_page

    _need("docutils", "reading pages")
    parsed = []
    for page in pages:
        try:
            parsed.append(parse_page(Path(page).read_text(encoding="utf-8"), Path(page).name))
        except (OSError, UnicodeDecodeError) as error:
            raise click.ClickException(f"{printable(page)} cannot be read ({type(error).__name__})") from None
    result = compare_pages(parsed, catalogue(specs))
    if not (result.tables or result.differences):
        raise click.UsageError("nothing to compare: no page has a table of HDUs")
    text = (
        f"{plural(result.tables, 'table')} of {plural(len(result.products), 'product')} in {plural(len(pages), 'page')}"
    )
    return list(result.differences), text


def _models(specs: str | None) -> tuple[list[object], str]:
    from importlib.metadata import version

    _need("stdatamodels", "--models")
    from jwstprod_check.maintain.compare_models import compare_models
    from jwstprod_check.maintain.known_differences import explanations, unexplained

    known = catalogue(specs)
    result = compare_models(known)
    left = unexplained(result.differences, explanations(), known.names())
    without = f", none named by {' and '.join(result.without)}" if result.without else ""
    text = f"stdatamodels {version('stdatamodels')}, {plural(result.pairs, 'pair')} of product and data model{without}"
    return list(left), text


def _need(package: str, what: str) -> None:
    if find_spec(package) is None:
        hint = "pip install 'jwstprod[maintain]'" if package == "docutils" else f"pip install {package}"
        raise click.ClickException(f"{what} needs {package}, which is not installed ({hint})")


@click.command("draft")
@click.argument("files", metavar="FILE.fits...", nargs=-1, required=True, type=FileOrUrl())
@anonymous_option
@click.option("--product", metavar="NAME", help="Name of the product. Default: from the file name.")
@click.option(
    "--to", metavar="DIR", type=click.Path(file_okay=False), help="Write the documents into this folder of specs."
)
@_SPECS
def draft(files: tuple[str, ...], product: str | None, to: str | None, specs: str | None) -> int:
    """Write a first spec for a product that has none, from one of its files or several.

    Of several files, what they do not share is left open, and comments at the top say what varies.
    The output is the YAML of the product, followed by the column tables that it still needs in comments. With --to, every
    document is written to its own file, and no file is overwritten.
    """
    from jwstprod_check.maintain.draft import DraftError
    from jwstprod_check.maintain.merge import merge

    try:
        made = merge([_drafted(file, product, specs) for file in files], product)
    except DraftError as error:
        raise click.ClickException(str(error)) from None
    if to is None:
        click.echo(made.text(), nl=False)
        return 0
    paths = {Path(to) / name: text for name, text in made.files().items()}
    there = [str(path) for path in paths if path.exists()]
    if there:
        raise click.ClickException(f"{printable(there[0])} exists already")
    for path, text in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {printable(str(path))}")
    return 0


def _drafted(file: str, product: str | None, specs: str | None) -> "Draft":
    """Draft the spec of one file."""
    from jwstprod_check.fits.walk import read_fits
    from jwstprod_check.maintain.draft import DraftError
    from jwstprod_check.maintain.draft import draft as drafted

    name = printable(shown(file))
    try:
        read = read_fits(file)
    except OSError as error:
        raise click.ClickException(f"{name} cannot be read ({error.strerror})") from None
    try:
        made = drafted(read, catalogue(specs), product)
    except DraftError as error:
        raise click.ClickException(f"{name}: {error}") from None
    if read.defects:
        click.echo(f"jwstprod: {name} is damaged; `jwstprod check` shows where", err=True)
    return made
