"""The Python API: check a path, bytes or an astropy ``HDUList``; identify it; load a spec."""

import os
from typing import TYPE_CHECKING, Union

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.engine.plan import plan
from jwstprod_check.findings import FileReport
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.product import Product
from jwstprod_check.product import identify as _identify
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.model import Spec

if TYPE_CHECKING:
    from astropy.io.fits import HDUList


Target = Union[str, "os.PathLike[str]", bytes, "HDUList"]
"""What can be checked: a path, the bytes of a file, or an ``HDUList`` in memory."""


def check(
    target: Target,
    *,
    product: str | None = None,
    strict: bool = False,
    data: bool = False,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    specs: str | None = None,
    profile: str | None = None,
) -> FileReport:
    """Check one file and return its report.

    ``product`` overrides identification, ``strict`` switches amendments off, ``data`` reads every byte,
    ``select`` and ``ignore`` are codes or families, ``specs`` is a folder of own specs, ``profile`` the name of a profile
    (``hlsp``) that the file is checked against as well, whatever its product.
    Raises ``OSError`` where a path cannot be read, ``SpecError`` where a spec or a profile cannot be used,
    ``ValueError`` for a code that names no rule and a selection of which no rule would run.
    """
    _check_codes(select, ignore, data)
    options = Options(strict, data, tuple(select), tuple(ignore), product, profile)
    return check_target(_source(target), catalogue(specs), options, origin=_origin(target))


def _check_codes(select: tuple[str, ...], ignore: tuple[str, ...], data: bool) -> None:
    if not select and not ignore:
        return
    from jwstprod_check.rules import unknown_codes

    unknown = unknown_codes((*select, *ignore))
    if unknown:
        raise ValueError(f"neither a rule nor a family: {', '.join(unknown)}")
    if plan(Options(select=select, ignore=ignore, data=data)).empty:
        raise ValueError("no rule would run with this selection" + ("" if data else " without data"))


def identify(target: Target, *, product: str | None = None, specs: str | None = None) -> Product:
    """Identify the product of a file, with the evidence; raises as ``check`` does."""
    file = read_fits(_source(target))
    return _identify(file, catalogue(specs), product, os.path.basename(file.path), origin=_origin(target))


def load_spec(product: str, *, specs: str | None = None) -> Spec:
    """Return the spec of a product by name; raises ``SpecError`` where there is none."""
    return catalogue(specs).spec(product)


def _source(target: Target) -> str | bytes:
    """Path or bytes of a target."""
    if isinstance(target, bytes):
        return target
    if isinstance(target, str | os.PathLike):
        # A path of bytes is a path: only bytes themselves are contents.
        return os.fsdecode(target)
    return _written(target)


def _origin(target: Target) -> str | None:
    """Name of the file that an ``HDUList`` was read from, if it was."""
    if isinstance(target, bytes | str | os.PathLike):
        return None
    name = target.filename()
    return os.path.basename(name) if isinstance(name, str) else None


def _written(hdus: "HDUList") -> bytes:
    """Bytes of an ``HDUList`` as astropy would write them, nothing verified or mended."""
    from io import BytesIO

    buffer = BytesIO()
    hdus.writeto(buffer, output_verify="ignore")
    return buffer.getvalue()
