"""Check JWST FITS files against their documented structure.

>>> from jwstprod_check import check
>>> check("jw01234001001_02103_00001_nrca1_dark.fits").conforming  # doctest: +SKIP
True
"""

__version__ = "0.1.0"

# ``typing`` takes a tenth of the time in which Ctrl-C cannot be answered yet.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from jwstprod_check.api import check, check_many, identify, load_spec
    from jwstprod_check.findings import FileReport, Finding, NonconformingError, Severity

__all__ = [
    "FileReport",
    "Finding",
    "NonconformingError",
    "Severity",
    "__version__",
    "check",
    "check_many",
    "identify",
    "load_spec",
]


def __getattr__(name: str) -> object:
    """Import the API when it is asked for, so that the command line starts without it."""
    if name in ("check", "check_many", "identify", "load_spec"):
        from jwstprod_check import api

        return getattr(api, name)
    if name in ("FileReport", "Finding", "NonconformingError", "Severity"):
        from jwstprod_check import findings

        return getattr(findings, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
