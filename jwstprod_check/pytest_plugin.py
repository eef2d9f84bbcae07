"""The pytest plugin: a fixture that asserts that a file conforms.

It is found by pytest wherever the package is installed, and imports the checker when the fixture is used.
"""

from typing import Any

import pytest


@pytest.fixture
def assert_conforms() -> Any:
    """Return ``jwstprod_check.testing.assert_conforms``."""
    from jwstprod_check import testing

    return testing.assert_conforms
