"""The Python API: check a path, bytes or an astropy ``HDUList``; identify it; load a spec."""

import os
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Union

from jwstprod_check.engine import judge
from jwstprod_check.facts import FileFacts
from jwstprod_check.findings import FileReport
from jwstprod_check.fits.reader import FitsFile, read_fits
from jwstprod_check.identification import Product
from jwstprod_check.identification import identify as _identify
from jwstprod_check.options import Options, plan
from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.spec.model import Spec

if TYPE_CHECKING:
    from astropy.io.fits import HDUList

    from jwstprod_check.fits.source import Source
    from jwstprod_check.scan.facts import Scan

Target = Union[str, "os.PathLike[str]", bytes, "HDUList"]
"""What can be checked: a path, the bytes of a file, or an ``HDUList`` in memory."""


@lru_cache(maxsize=4)
def catalogue(specs: str | None = None) -> Catalogue:
    """Return the packaged specs, with a folder of own ones before them; they are read once."""
    base = packaged()
    return Catalogue(base if specs is None else Overlay(Folder(specs), base))


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
    (``hlsp``) that the file is held against as well, whatever its product.
    Raises ``OSError`` where a path cannot be read, ``SpecError`` where a spec or a profile cannot be used,
    ``ValueError`` for a code that names no rule and a selection of which no rule would run.
    """
    _check_codes(select, ignore, data)
    options = Options(strict, data, tuple(select), tuple(ignore), product, profile)
    source = _source(target)
    return check_file(read_fits(source), catalogue(specs), options, source)


def _check_codes(select: tuple[str, ...], ignore: tuple[str, ...], data: bool) -> None:
    if not select and not ignore:
        return
    from jwstprod_check.rules import unknown_codes

    unknown = unknown_codes((*select, *ignore))
    if unknown:
        raise ValueError(f"neither a rule nor a family: {', '.join(unknown)}")
    if plan(Options(select=select, ignore=ignore, data=data)).empty:
        raise ValueError("no rule would run with this selection" + ("" if data else " without data"))


def check_file(
    file: FitsFile,
    specs: Catalogue,
    options: Options,
    source: "str | bytes | Source | None" = None,
    progress: "Callable[[int], None] | None" = None,
) -> FileReport:
    """Check a file whose headers have been read.

    ``source`` is where its data are read from if ``options`` ask for them; ``progress`` is told the bytes done.
    """
    scan: Scan | Exception | None = None
    waiting = None
    if options.data and source is not None:
        from jwstprod_check.scan.run import start_scan

        waiting = start_scan(source, file, specs.odd_flags, progress)
        # Imports the rules while a large file is being read.
        plan(options)
    facts = FileFacts(file)
    found = _identify(file, specs, options.product, os.path.basename(file.path), facts)
    if waiting is not None:
        try:
            scan = waiting()
        except OSError:
            raise
        except Exception as error:
            # Becomes a finding; the headers are judged all the same.
            scan = error
    return judge(file, found, specs, options, scan, facts)


def identify(target: Target, *, product: str | None = None, specs: str | None = None) -> Product:
    """Tell which product a file is, with the evidence; raises as ``check`` does."""
    file = read_fits(_source(target))
    return _identify(file, catalogue(specs), product, os.path.basename(file.path))


def load_spec(product: str, *, specs: str | None = None) -> Spec:
    """Return the spec of a product by name; raises ``SpecError`` where there is none."""
    return catalogue(specs).spec(product)


def _source(target: Target) -> str | bytes:
    """Path or bytes of a target."""
    if isinstance(target, bytes):
        return target
    if isinstance(target, str | os.PathLike):
        return os.fspath(target)
    return _written(target)


def _written(hdus: "HDUList") -> bytes:
    """Bytes of an ``HDUList`` as astropy would write them, nothing verified or mended."""
    from io import BytesIO

    buffer = BytesIO()
    hdus.writeto(buffer, output_verify="ignore")
    return buffer.getvalue()
