"""What all tests share: the catalogue, the real files, a judge, the profile of the tests that draw their cases.

Cases are drawn the same in every run, so that a failure is one of the program. ``JWSTPROD_LONG_TESTS=1000`` draws others
every time, so many for each test.
"""

import os
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from judging import CATALOGUE, DATA, judge_file

from jwstprod_check.cli.main import run
from jwstprod_check.scan import decoder

# A machine that does much else draws slowly: that is no failure.
BUSY = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
}
LONG = os.environ.get("JWSTPROD_LONG_TESTS")
settings.register_profile("same", derandomize=True, database=None, **BUSY)
settings.register_profile("long", max_examples=int(LONG or 1000), print_blob=True, **BUSY)
settings.load_profile("long" if LONG else "same")


@pytest.fixture(scope="session")
def data():
    """Folder of the real files."""
    return DATA


@pytest.fixture(scope="session")
def catalogue():
    return CATALOGUE


@pytest.fixture(scope="session")
def verdict():
    return judge_file


@pytest.fixture
def jwstprod(capsys):
    """Run the command line in this process."""

    def call(*args):
        status = run([str(a) for a in args])
        streams = capsys.readouterr()
        return SimpleNamespace(status=status, out=streams.out, err=streams.err)

    return call


@pytest.fixture
def no_child_waits(monkeypatch):
    """A decoder is started anew, and none is left to other tests."""
    monkeypatch.setattr(decoder, "_WAITING", {})
    yield
    decoder._stop_all()
