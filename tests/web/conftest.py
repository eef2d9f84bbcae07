"""The built page."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from consumers import missing

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of the page, as ``web/build.py`` writes it: once, whichever of the processes of a run comes first."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("npm")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "page"
    with (shared / "page.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            building = shared / "page.part"
            program = [sys.executable, str(ROOT / "web" / "build.py"), str(building)]
            done = subprocess.run(program, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
            building.rename(folder)
    return folder
