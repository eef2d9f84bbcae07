"""``jwstprod config show PATH`` and ``jwstprod config schema``: what holds for a path and from where; the schema for editors."""

import os
from collections.abc import Iterator

import click

from jwstprod_check.cli.help import FullGroup
from jwstprod_check.cli.settings import config_for, settled, today
from jwstprod_check.config import Options
from jwstprod_check.config.file import Config, schema
from jwstprod_check.config.options import for_path
from jwstprod_check.text import printable


@click.group("config", cls=FullGroup)
def command() -> None:
    """Show the config that holds for a path, and the schema of config files."""


@command.command("show")
@click.argument("path", default=".")
@click.option("--config", "config_file", metavar="FILE", help="Use this config file, not one above PATH.")
def show(path: str, config_file: str | None) -> int:
    """Show what holds for PATH, and from where."""
    config = config_for(config_file, False, (path,))
    options, specs = settled(Options(), None, None, config)
    click.echo(f"config: {'none' if config is None else printable(config.path)}")
    lines = list(_lines(path, options, specs, config))
    width = max(len(name) for name, _, _ in lines)
    for name, value, origin in lines:
        click.echo(f"{name:<{width}}  {printable(value)}  ({printable(origin)})")
    return 0


@command.command("schema")
def print_schema() -> int:
    """Print the JSON Schema of a config file."""
    click.echo(schema(), nl=False)
    return 0


def _lines(path: str, options: Options, specs: str | None, config: Config | None) -> Iterator[tuple[str, str, str]]:
    """Yield each option with its value and its origin: ``default``, or a key of the config."""
    found = for_path(path, options, specs)
    holds, folder = found.options, found.specs
    sections = [] if config is None else [n for n, one in enumerate(config.sections()) if one.match(path)]

    def origin(name: str, value: object) -> str:
        """Return the key that an option is from: that of the last section that has it."""
        if config is None or value in (None, "", (), False):
            return "default"
        document = config.document
        for number in reversed(sections):
            if getattr(document.overrides[number], name) not in (None, [], {}):
                return f"overrides[{number}].{name.replace('_', '-')}"
        given = getattr(document, name)
        return "default" if given in (None, [], {}, False) else name.replace("_", "-")

    yield "select", ", ".join(holds.select) or "all rules", origin("select", ()) if not holds.select else "select"
    yield "fail-on", str(holds.fail_on), origin("fail_on", holds.fail_on)
    yield "product", holds.product or "identified", origin("product", holds.product)
    yield "profile", holds.profile or "none", origin("profile", holds.profile)
    yield "specs", folder or "those of jwstprod", origin("specs", folder)
    yield "skip-unknown", str(holds.skip_unknown).lower(), origin("skip_unknown", holds.skip_unknown)
    yield "exclude", found.left_out or "not left out", origin("exclude", found.left_out)
    for code, severity in holds.severity:
        yield f"severity.{code}", str(severity), origin("severity", severity)
    for ignore in () if config is None else config.ignores():
        if ignore.holds(path):
            until = f"; until {ignore.until}" if ignore.until else ""
            state = "; EXPIRED, has no effect" if ignore.expired(today()) else ""
            yield f"ignore {ignore.code}", f"{ignore.reason}{until}{state}", ignore.key
    if config is not None and config.document.docs_url:
        yield "docs-url", config.document.docs_url, "docs-url"
    if not os.path.lexists(path) and "://" not in path:
        yield "path", "there is no such file or folder; patterns were compared with its name", "note"
