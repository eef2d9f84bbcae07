"""The command ``jwstprod``: its subcommands are imported when they are called.

Exit status: 0 every file conforms, 1 a finding at or above ``--fail-on``, 2 the check could not be done.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from threading import current_thread, main_thread
from typing import Final

import click

from jwstprod_check import __version__
from jwstprod_check.spec.errors import SpecError

COMMANDS: Final = {
    "check": "Check files against the documented structure of their product.",
    "config": "Show the config that holds for a path, and the schema of config files.",
    "info": "Show the HDUs of a file next to its spec, and the solved dimensions.",
    "make": "Write a small file that conforms to the spec of a product, or has one defect.",
    "rule": "Print the manual of a rule, or the list of rules.",
    "spec": "List, show and check the specs.",
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"jwstprod_check.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jwstprod")
def cli() -> None:
    """Check JWST FITS files against their documented structure."""


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the run as Ctrl-C does: what is open is closed, the processes of the run are ended."""
    import signal

    def end(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A signal that is ignored stays so (nohup), and only the first thread may say what one does.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL and current_thread() is main_thread():
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit status. Errors are reported on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # Header text that the terminal's encoding cannot show must not stop the run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with _ended_by_signals():
            result = cli.main(argv, prog_name="jwstprod", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        click.echo("jwstprod: interrupted", err=True)
        return 2
    except SpecError as error:
        click.echo(f"jwstprod: spec error: {error}", err=True)
        return 2
    except BrokenPipeError:
        # The reader of the pipe has gone; the rest of the result is unknown to it.
        sys.stderr.close()
        return 2
    except OSError as error:
        click.echo(f"jwstprod: {error}", err=True)
        return 2
    except Exception as error:
        click.echo(f"jwstprod: internal error: {type(error).__name__}: {error}", err=True)
        return 2
    return result if isinstance(result, int) else 0
