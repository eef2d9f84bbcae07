"""``jwstprod spec``: the specs themselves. ``lint``, ``diff`` and ``draft`` are in ``spec_tools``."""

import sys
from typing import Any

import click

from jwstprod_check.cli.help import FullGroup
from jwstprod_check.cli.spec_tools import diff, draft, lint
from jwstprod_check.cli.words import complete_products, did_you_mean
from jwstprod_check.report.layout import paper_of, table
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.compile import listed
from jwstprod_check.spec.model import Spec
from jwstprod_check.spec.schema import ColumnTableDocument, ProductDocument

_SPECS = click.option(
    "--specs", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder with your own specs."
)
_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format.")


@click.group("spec", cls=FullGroup)
def command() -> None:
    """List, show and check the specs."""


for _tool in (lint, diff, draft):
    command.add_command(_tool)


@command.command("list")
@_SPECS
@_FORMAT
def list_specs(specs: str | None, form: str) -> int:
    """List the products that have a spec."""
    known = catalogue(specs)
    loaded = [known.spec(name) for name in known.names()]
    if form == "json":
        _json([{"product": s.product, "title": s.title, "documentation": s.documentation} for s in loaded])
    else:
        rows = [(s.product, f"{s.title} ({s.documentation})") for s in loaded]
        for _, line in table(rows, paper_of(sys.stdout).width, flexible=(1,)):
            click.echo(line)
    return 0


@command.command("show")
@click.argument("name", metavar="NAME", shell_complete=complete_products)
@_SPECS
@_FORMAT
def show(name: str, specs: str | None, form: str) -> int:
    """Show the documented table of product NAME, row by row, then the amendments."""
    known = catalogue(specs)
    if name not in known.names():
        meant = did_you_mean(name, known.names())
        raise click.BadParameter(f"no spec for {name!r}{meant} (`jwstprod spec list`)", param_hint="NAME")
    spec = known.spec(name)
    if form == "json":
        _json(described(spec))
    else:
        from jwstprod_check.cli.spec_page import spec_page

        click.echo(spec_page(spec, paper_of(sys.stdout).width))
    return 0


def described(spec: Spec) -> dict[str, Any]:
    """Return the JSON of a spec: documented rows as resolved through ``extends``, absent cells null."""
    return {
        "product": spec.product,
        "title": spec.title,
        "documentation": spec.documentation,
        "documented_at": None
        if spec.documented_at is None
        else {"release": spec.documented_at.release, "commit": spec.documented_at.commit},
        "traits": list(spec.traits),
        "exposures": list(spec.exposures.types),
        "units": list(spec.header.units),
        "hdus": [
            {
                "hdu": row.hdu,
                "extname": row.extname,
                "type": row.type,
                "dtype": row.dtype,
                "dims": row.dims,
                "optional": row.optional,
            }
            for row in spec.documents
        ],
        "releases": {
            row.extname: {"since": row.since, "until": row.until}
            for row in spec.documents
            if row.extname and (row.since or row.until)
        },
        "columns": {row.extname: _columns(row.columns) for row in spec.rows if row.extname and row.columns},
        "amendments": [
            {
                "id": a.id,
                "when": a.when.text if a.when is not None else None,
                "because": a.because,
                "source": a.source,
                "hdus": [p.extname for p in a.patches],
            }
            for a in spec.amendments
        ],
    }


def _columns(table: ColumnTableDocument) -> list[dict[str, Any]]:
    return [{"name": c.name, "dtypes": listed(c.dtype), "unit": c.unit, "optional": c.optional} for c in table.columns]


@command.command("schema")
def schema() -> int:
    """Print the JSON Schema of a product's YAML file, for editors."""
    import msgspec

    _json(msgspec.json.schema(ProductDocument))
    return 0


def _json(value: Any) -> None:
    from jwstprod_check.report.json import pretty

    click.echo(pretty(value))
