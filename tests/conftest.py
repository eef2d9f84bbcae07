"""What all tests share: the catalogue, the real files, a judge."""

import pytest
from judging import CATALOGUE, DATA, judge_file


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
