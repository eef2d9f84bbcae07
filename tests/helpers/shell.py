"""The command line in a process of its own; most tests take the fixture ``jwstprod``, which costs no interpreter."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def python(*args, **env):
    """Run Python with the package on its path."""
    return subprocess.run(
        [sys.executable, *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )


def shell(*args, **env):
    """Run ``jwstprod`` as a shell does."""
    return python("-m", "jwstprod_check", *args, **env)
