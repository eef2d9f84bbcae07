"""The built page."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from consumers import missing

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of the page, as ``web/build.py`` writes it."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("npm")
    folder = tmp_path_factory.mktemp("page") / "dist"
    done = subprocess.run(
        [sys.executable, str(ROOT / "web" / "build.py"), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
