"""``jwstprod label FOLDER``: write a label for MAST's uploader; ``--lint LABEL``: find what it accepts and its server refuses."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from jwstprod_check.cli.outputs import Outputs, refuse_other_names
from jwstprod_check.text import plural, printable

if TYPE_CHECKING:
    from jwstprod_check.delivery.label import Described


@click.command("label")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False))
@click.option("--lint", "lint", metavar="LABEL", help="Check a label instead, with DIR against the files there.")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, which gets its name when it is whole.")
@click.option("--dataset", metavar="NAME", help="Name of the collection. Default: that of DIR.")
@click.option("--delivery-id", metavar="ID", default="1", show_default=True, help="Identifier of the delivery.")
@click.option("--hook", is_flag=True, help="Let mast-upload validate report our findings too.")
@click.option(
    "--specs", metavar="SPECS", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
def command(
    folder: str | None,
    lint: str | None,
    output: str | None,
    dataset: str | None,
    delivery_id: str,
    hook: bool,
    specs: str | None,
) -> int:
    """Write a label of MAST's uploader (mast-transfer-tools) for the files below DIR, or check one.

    Files are grouped by product and by their HDUs, with their names as patterns that the local commands and the server both
    match. `--lint` reports what the tool accepts and its server refuses, what never passes, and what makes it hang.

    Exit status: 0 done, or nothing found; 1 findings of --lint, or files that no label can describe; 2 neither could be done.
    """
    if lint is not None:
        return _lint(lint, folder)
    if folder is None:
        raise click.UsageError("name the folder of the files, or a label with --lint")
    from jwstprod_check.delivery.label import clashes, filetypes, label_text

    with Outputs([("label", output)], (folder,), None, "--output") as outputs:
        own = [] if output is None else [output, *outputs.parts()]
        files = list(_files(folder, own, specs))
        if not files:
            raise click.ClickException(f"no file in {printable(folder)}")
        name = dataset or os.path.basename(os.path.abspath(folder)) or "delivery"
        today = datetime.now(UTC).date().isoformat()
        for file in files:
            refuse_other_names(file.path)
        outputs.streams[0][1].write(label_text(filetypes(files), name, delivery_id, today, hook=hook))
        outputs.finish()
    troubles = [f"{file.path}: {file.obstacle}" for file in files if file.obstacle]
    troubles += [
        f"{base}: files of this name differ, and a pattern is for both" for base in sorted(set(clashes(files)))
    ]
    for trouble in troubles:
        click.echo(f"not in the label: {printable(trouble)}", err=True)
    return int(bool(troubles))


def _files(folder: str, own: list[str], specs: str | None) -> "Iterator[Described]":
    from jwstprod_check.delivery.label import Described, described
    from jwstprod_check.delivery.listing import plain_files
    from jwstprod_check.engine.check import identified
    from jwstprod_check.storage.found import FITS_ENDINGS

    for path, name in plain_files(folder, own):
        if not path.lower().endswith(FITS_ENDINGS):
            yield Described(name, None)
            continue
        try:
            file, product = identified(path, specs)
        except OSError as error:
            yield Described(name, None, obstacle=error.strerror or str(error))
        else:
            yield described(name, product.name, file)


def _lint(label: str, folder: str | None) -> int:
    from jwstprod_check.delivery.label_files import compare_label
    from jwstprod_check.delivery.label_lint import lint_label
    from jwstprod_check.delivery.label_read import LabelError, read_label

    try:
        content = read_label(label)
        found = [*lint_label(content), *(() if folder is None else compare_label(content, folder))]
    except OSError as error:
        raise click.ClickException(f"{printable(label)}: {error.strerror or error}") from None
    except LabelError as error:
        raise click.ClickException(f"{printable(label)}: {error}") from None
    for one in found:
        click.echo(printable(f"{label}:{one.line}: {one.place}: {one.text}"))
    click.echo(
        f"{printable(label)}: {plural(len(found), 'finding')}" if found else f"{printable(label)}: nothing found"
    )
    return int(bool(found))
