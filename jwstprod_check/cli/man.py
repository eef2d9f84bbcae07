"""``jwstprod man``: the manual page, made of the help texts of all commands (roff, macros of man(7))."""

import re
from collections.abc import Iterator

import click

from jwstprod_check import __version__
from jwstprod_check.cli.help import GroupedCommand, options_of


@click.command("man")
@click.pass_context
def command(ctx: click.Context) -> int:
    """Print the manual page: `jwstprod man | man -l -` shows it, `jwstprod man > jwstprod.1` keeps it.

    It has every command with its options.
    """
    root = ctx.find_root()
    for line in page(root.command, root.info_name or "jwstprod"):
        click.echo(line)
    return 0


def page(root: click.Command, name: str) -> Iterator[str]:
    """Return the lines of the manual page of a command and all commands below it."""
    ctx = click.Context(root, info_name=name)
    yield f'.TH "{name.upper()}" "1" "" "{name} {__version__}" "User Commands"'
    yield from (".SH NAME", f"{name} \\- {_escaped(root.get_short_help_str(200))}")
    yield from (".SH SYNOPSIS", f".B {name}", _escaped(" ".join(root.collect_usage_pieces(ctx))))
    yield ".SH DESCRIPTION"
    yield from _paragraphs(root.help)
    yield from _options(root, ctx)
    for below, context in _commands(root, ctx):
        yield f'.SH "{_escaped(context.command_path.upper())}"'
        yield from (
            f".B {_escaped(context.command_path)}",
            _escaped(" ".join(below.collect_usage_pieces(context))),
            ".PP",
        )
        yield from _paragraphs(below.help)
        yield from _options(below, context)
    yield from (".SH EXIT STATUS", ".TP", "0", "Every file conforms.", ".TP", "1")
    yield from (
        "A file does not conform, or could not be verified.",
        ".TP",
        "2",
        "What was asked for could not be done.",
    )


def _commands(group: click.Command, ctx: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Return the commands below a group, each before those below it."""
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(ctx):
        below = group.get_command(ctx, name)
        if below is not None and not below.hidden:
            context = click.Context(below, info_name=name, parent=ctx)
            yield below, context
            yield from _commands(below, context)


def _options(command: click.Command, ctx: click.Context) -> Iterator[str]:
    records = options_of(command, ctx)
    sections = command.sections if isinstance(command, GroupedCommand) else {}
    for heading, names in sections.items():
        yield f'.SS "{_escaped(heading)}"'
        for name in names:
            yield from _option(*records.pop(name))
    if sections and records:
        yield '.SS "Other options"'
    for record in records.values():
        yield from _option(*record)


def _option(names: str, text: str) -> Iterator[str]:
    yield from (".TP", f".B {_escaped(names)}", _escaped(text))


def _paragraphs(text: str | None) -> Iterator[str]:
    for number, paragraph in enumerate((text or "").split("\n\n")):
        if number:
            yield ".PP"
        yield _escaped(" ".join(paragraph.replace("\b", "").split()))


def _escaped(text: str) -> str:
    """Text as roff prints it: hyphens that can be copied, no requests at the beginning of a line."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)
