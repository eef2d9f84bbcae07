"""Help for the tests of other projects: assert that a file conforms.

>>> from jwstprod_check.testing import assert_conforms
>>> assert_conforms("jw01234001001_02103_00001_nrca1_dark.fits", data=True)  # doctest: +SKIP
"""

from typing import Any

from jwstprod_check.api import Target, check
from jwstprod_check.findings import FileReport


def assert_conforms(target: Target, **options: Any) -> FileReport:
    """Check a path, bytes or an ``HDUList``; return its report, or raise ``AssertionError`` with the findings.

    ``options`` are those of ``jwstprod_check.check`` (``product``, ``data``, ``strict``, ``select``, ``ignore`` ...), and so are
    the other errors raised.
    """
    __tracebackhide__ = True
    report = check(target, **options)
    if not report.conforming:
        raise AssertionError(str(report))
    return report
