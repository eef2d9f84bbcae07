"""The command ``jwstprod``, also as ``python -m jwstprod_check``: the collector of cycles is set for a short run."""

# Modules that are in the interpreter already: until ``main`` runs, Ctrl-C gives a traceback.
import _signal
import gc
import sys

_COLLECT_AFTER = 250_000
"""Objects more than were freed after which cycles are collected; Python's own 700 is for programs that live long.

A check leaves no cycles, and what is remembered of some hundred files is below this."""


def main() -> None:
    """Run the command line and exit."""
    # Ctrl-C while the program is being imported ends it at once; the command line says what it means afterwards.
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    # Without these two lines a quarter of the time of a check of one file goes into walking through modules.
    gc.set_threshold(_COLLECT_AFTER)
    from jwstprod_check.cli.main import run

    status = run()
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
