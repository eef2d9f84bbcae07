"""``jwstprod manifest DIR``: write a list of the files of a delivery with their sums."""

import os
from collections.abc import Iterator
from functools import partial

import click

from jwstprod_check.cli.outputs import Outputs, refuse_other_names
from jwstprod_check.delivery.listing import PAYLOAD
from jwstprod_check.delivery.manifest import Listed
from jwstprod_check.delivery.manifest_write import ALGORITHMS, listed_files, written
from jwstprod_check.engine.check import product_of
from jwstprod_check.storage.found import FITS_ENDINGS
from jwstprod_check.text import printable


@click.command("manifest")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(list(ALGORITHMS)),
    default="json",
    show_default=True,
    help="json: sizes, products and sums; mast: the index of MAST's uploader; sha256, md5: lists of these tools; bagit.",
)
@click.option("-o", "--output", metavar="FILE", help="Write to a file, which gets its name when it is whole.")
@click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
def command(folder: str, form: str, output: str | None, specs: str | None) -> int:
    """Write a list of all files below a folder with their sums, sorted, to compare the delivery with later.

    `jwstprod check --manifest FILE DIR` does that. Links are left out, and so is the list itself. The paths count from DIR;
    of a bag (bagit) DIR is the folder with `data` in it.
    """
    if form == "bagit" and not os.path.isdir(os.path.join(folder, PAYLOAD)):
        raise click.BadParameter(f"{folder} has no folder {PAYLOAD!r}, so it is no bag", param_hint="DIR")
    with Outputs([(form, output)], (folder,), None, "--output") as outputs:
        _, stream = outputs.streams[0]
        own = [] if output is None else [output, *outputs.parts()]
        files = listed_files(folder, form, own, partial(_product, specs))
        for line in written(_utf8(_some(files, folder)), form):
            stream.write(line)
        outputs.finish()
    return 0


def _product(specs: str | None, path: str) -> str | None:
    return product_of(path, specs) if path.lower().endswith(FITS_ENDINGS) else None


def _some(files: Iterator[Listed], folder: str) -> Iterator[Listed]:
    """Return the files; raises where there are none, since a list of nothing is no manifest."""
    none = True
    for file in files:
        none = False
        yield file
    if none:
        raise click.ClickException(f"no file in {printable(folder)}")


def _utf8(files: Iterator[Listed]) -> Iterator[Listed]:
    """Return the files; raises for a name that no manifest can have."""
    for file in files:
        refuse_other_names(file.path)
        yield file
