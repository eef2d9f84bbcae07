"""The command ``jwstprod``: its subcommands are imported when they are called.

Exit status: 0 every file conforms, 1 a file does not or could not be verified, 2 the check could not be done.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import StringIO, TextIOWrapper
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Final, TextIO

import click

from jwstprod_check import __version__
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.text import error_text, printable

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: Final = {
    "check": "Check files against the documented structure of their product.",
    "info": "Show what is in a file next to what should be; --preview draws it.",
    "diff": "Show what differs between two files as products.",
    "rule": "Print what a finding means and how to fix it, or all rules.",
    "spec": "List and show the documented tables; check and draft specs.",
    "make": "Write a small file that conforms, or has one defect.",
    "manifest": "Write a list of the files of a delivery with their sums.",
    "label": "Write a label for MAST's uploader, or check one.",
    "config": "Show the config that holds for a path, and its schema.",
    "man": "Print the manual page.",
}
"""Commands in the order of the help, each with a line that is not broken in 80 columns."""

_COMPLETE: Final = "_JWSTPROD_COMPLETE"
"""The variable by which a shell asks for completions."""


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
        if not command.help and command.callback is not None:
            from jwstprod_check.rules.rule import docstring

            command.help = docstring(command.callback)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse what is no command; it may have been mistyped."""
        if args and args[0] not in COMMANDS:
            from jwstprod_check.cli.words import did_you_mean

            near = did_you_mean(args[0], COMMANDS)
            ctx.fail(f"{args[0]!r} is no command and no file{near} (`jwstprod --help`)")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take arguments that name no command and may be options and paths for ``check``."""
        own = {name for param in self.get_params(ctx) for name in param.opts}
        if args and args[0] not in own and _for_check(args):
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete the name of a command, which imports none; anything else may be a path."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _for_check(args: list[str]) -> bool:
    """Whether arguments without a command are for ``check``: they begin with a path, or with an option and name a path."""
    if not args[0].startswith("-") or args[0] == "-":
        return args[0] not in COMMANDS and _may_be_path(args[0])
    return not COMMANDS.keys() & set(args) and (args[0] == "--" or any(map(_may_be_path, args)))


def _may_be_path(word: str) -> bool:
    return word == "-" or os.path.lexists(word) or any(mark in word for mark in "./*?[")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="jwstprod")
def cli() -> None:
    """Check JWST FITS files against their documented structure.

    `jwstprod FILE` is the same as `jwstprod check FILE`, also with options of `check`; `jwstprod COMMAND --help` lists them.
    """


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP end the run: what is open is closed, the processes of the run are ended."""
    import signal

    def end(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
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
    if sys.stdout is None:
        _complain("the standard output is closed")
        return 2
    for stream in (sys.stdout, sys.stderr):
        # Header text that the terminal's encoding cannot show must not stop the run.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
            if not _extends_ascii(stream.encoding):
                # No terminal has such an encoding, and programs read reports as UTF-8.
                stream.reconfigure(encoding="utf-8")
    try:
        try:
            with _ended_by_signals():
                status = _status(sys.argv[1:] if argv is None else argv)
        except KeyboardInterrupt:
            _complain("interrupted")
            status = 2
        # What the interpreter would write when it exits is written here, where it can fail with a status.
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the pipe has gone; the rest of the result is unknown to it.
        _discard(sys.stdout)
        status = 2
    except OSError as error:
        _discard(sys.stdout)
        _complain(str(error))
        status = 2
    return status


def _extends_ascii(encoding: str) -> bool:
    """Whether the text of a report in an encoding is what a reader of ASCII or UTF-8 takes it for."""
    text = "".join(map(chr, range(32, 127))) + "\n"
    return text.encode(encoding) == text.encode("ascii")


def _status(argv: list[str]) -> int:
    """Run a command and return its exit status; raises ``OSError`` where its output cannot be written."""
    try:
        instruction = os.environ.get(_COMPLETE)
        if instruction:
            from click.shell_completion import shell_complete

            return shell_complete(cli, {}, "jwstprod", _COMPLETE, instruction)
        # ``cli.main`` would end with status 1 where the reader of a pipe has gone.
        with cli.make_context("jwstprod", list(argv)) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        text = StringIO()
        error.show(text)
        # It may quote a name of a file or of an HDU.
        for line in text.getvalue().splitlines():
            _on_stderr(printable(line))
        return 2
    except SpecError as error:
        _complain(f"spec error: {error}")
        return 2
    except OSError:
        raise
    except MemoryError as error:
        _complain(error_text(error))
        return 2
    except Exception as error:
        _complain(f"internal error: {error_text(error)}")
        return 2
    return result if isinstance(result, int) else 0


def _discard(stream: TextIO) -> None:
    """Keep the interpreter from writing again, when it exits, what could not be written."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _complain(text: str) -> None:
    """Say on stderr what went wrong; where that cannot be written either, the status must do."""
    _on_stderr(printable(f"jwstprod: {text}"))


def _on_stderr(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        _discard(sys.stderr)
