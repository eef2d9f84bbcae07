"""Help texts: options in groups, lists of commands in full."""

from collections.abc import Mapping, Sequence
from typing import Any

import click


def options_of(command: click.Command, ctx: click.Context) -> dict[str, tuple[str, str]]:
    """Return the options of a command: how each is written, and its help text."""
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    return {str(option.name): record for option in options if (record := option.get_help_record(ctx)) is not None}


class GroupedCommand(click.Command):
    """A command whose help has its options under headings; ``sections`` has the names of the options below each."""

    def __init__(self, *args: Any, sections: Mapping[str, Sequence[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options by section; those of no section come last."""
        records = options_of(self, ctx)
        for heading, names in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl([records.pop(name) for name in names])
        if records:
            with formatter.section("Other options"):
                formatter.write_dl(list(records.values()))


class FullGroup(click.Group):
    """A group whose help has the first sentence of each command in full."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, each with its first sentence."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(limit=500)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


CHECK_SECTIONS = {
    "What is checked": (
        "files_from",
        "product",
        "data",
        "strict",
        "select",
        "ignore",
        "profile",
        "specs",
        "exclude",
        "skip_unknown",
        "manifest",
        "complete",
    ),
    "What fails": ("fail_on", "baseline", "write_baseline", "prune_baseline"),
    "The report": ("formats", "as_json", "max_findings", "quiet", "verbose"),
    "How the work is done": ("jobs", "cache", "resume", "dask", "anonymous"),
    "Config": ("config_file", "no_config"),
}
"""Options of ``check`` by what a person looks for."""

CHECK_EXAMPLES = """\b
Examples:
  jwstprod check file.fits            one file: its table and its findings
  jwstprod check --data delivery/     a folder, every byte
  jwstprod check -q --format json=report.json delivery/
  jwstprod rule HDU001                what a finding means, and how to fix it
"""
