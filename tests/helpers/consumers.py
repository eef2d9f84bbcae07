"""Programs that read what we write: a test that needs one is skipped where it is not installed, and fails in CI."""

import importlib
import os
import shutil
from pathlib import Path

import pytest

REQUIRED = bool(os.environ.get("JWSTPROD_CONSUMERS"))
"""Set in CI: a consumer that is not there is a failure."""


def missing(what):
    if REQUIRED:
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


def module(name):
    """A Python package, or the end of the test."""
    try:
        return importlib.import_module(name)
    except ImportError:
        missing(name)


def sarif_multitool():
    """Microsoft's validator: on the path, or where SARIF_MULTITOOL says."""
    named = os.environ.get("SARIF_MULTITOOL")
    found = named if named and Path(named).exists() else shutil.which("sarif-multitool")
    return found or missing("sarif-multitool")
