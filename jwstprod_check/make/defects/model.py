"""A way to make a file with one defect."""

from collections.abc import Callable
from typing import Any

import msgspec

from jwstprod_check.fits.cards import Scalar


class Break(msgspec.Struct, frozen=True):
    """How to make a defect.

    ``change`` damages the bytes of a valid file, which is made with ``keywords``, ``symbols``, ``optional`` rows and
    ``checksums``. ``product`` is one in which it can be made. ``name`` is the name that the file needs for the defect
    (``{}.gz``: that of the product with an extension); ``profile`` the profile that reports it.
    """

    change: Callable[[bytes], bytes]
    product: str = "dark"
    keywords: dict[str, Scalar] = {}
    symbols: dict[str, int] = {}
    optional: tuple[str, ...] = ()
    checksums: bool = False
    name: str | None = None
    profile: str | None = None


def defect(change: Callable[[bytes], bytes], product: str = "dark", **how: Any) -> Break:
    """``Break`` with its parts by name."""
    return Break(change, product, **how)
