"""What all tests share: the catalogue, the real files, a judge."""

from types import SimpleNamespace

import pytest
from judging import CATALOGUE, DATA, judge_file

from jwstprod_check.cli.main import run


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
