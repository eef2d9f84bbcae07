"""The Python API: check a path, bytes or an astropy ``HDUList``, or many paths; identify a file; load a spec."""

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Union

from jwstprod_check.config import Options
from jwstprod_check.engine.check import check_target
from jwstprod_check.engine.plan import plan, runs_with_data
from jwstprod_check.findings import FileReport, Severity
from jwstprod_check.fits.walk import read_fits
from jwstprod_check.product import Product
from jwstprod_check.product import identify as _identify
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.model import Spec

if TYPE_CHECKING:
    from concurrent.futures import Executor as Pool

    from astropy.io.fits import HDUList

    from jwstprod_check.run.seam import Executor


Target = Union[str, "os.PathLike[str]", bytes, "HDUList"]
"""What can be checked: a path, the bytes of a file, or an ``HDUList`` in memory."""

Codes = str | Iterable[str]
"""Codes, names or families of rules."""


def check(
    target: Target,
    *,
    product: str | None = None,
    strict: bool = False,
    data: bool = False,
    select: Codes = (),
    ignore: Codes = (),
    specs: str | None = None,
    profile: str | None = None,
    fail_on: str = "error",
) -> FileReport:
    """Check one file and return its report.

    ``product`` overrides identification, ``strict`` switches amendments off, ``data`` reads every byte,
    ``select`` and ``ignore`` are codes, names or families, in a sequence or in one string with commas; ``fail_on`` is the
    lowest severity that makes the file nonconforming (``error``, ``warning``, ``info``), ``specs`` is a folder of own
    specs, ``profile`` the name of a profile (``hlsp``) that the file is checked against as well, whatever its product.
    Raises ``OSError`` where a path cannot be read, ``SpecError`` where a spec or a profile cannot be used,
    ``ValueError`` for a code that names no rule and a selection of which no rule would run, ``TypeError`` for codes that
    are no strings.
    """
    options = _options(product, strict, data, select, ignore, profile, fail_on)
    return check_target(_source(target), catalogue(specs), options, origin=_origin(target))


def check_many(
    paths: Iterable[Union[str, "os.PathLike[str]"]],
    *,
    executor: "Executor | Pool | int | None" = None,
    product: str | None = None,
    strict: bool = False,
    data: bool = False,
    select: Codes = (),
    ignore: Codes = (),
    specs: str | None = None,
    profile: str | None = None,
    fail_on: str = "error",
) -> Iterator[FileReport]:
    """Check files and return their reports in order, as they come; no list of paths or reports is held.

    ``executor`` is a number of processes, which is that of threads for remote files, or an executor of ``concurrent.futures``,
    such as those of loky, mpi4py.futures and Dask (``client.get_executor()``), or anything that does the work as
    ``jwstprod_check.run`` asks; without one it is done here, of remote files by threads. Workers must have this version of the
    package and read the files by the same paths; where they do not, or the executor breaks down,
    ``jwstprod_check.run.seam.CutError`` is raised after the reports before. A file that cannot be read is reported as
    ``unverified``. The other arguments are those of ``check``, as are the errors raised.
    """
    options = _options(product, strict, data, select, ignore, profile, fail_on)
    return _worker(executor).run((os.fspath(path) for path in paths), options, specs)


def _worker(executor: "Executor | Pool | int | None") -> "Executor":
    from concurrent.futures import Executor as Pool

    from jwstprod_check.run.by_place import ByPlace
    from jwstprod_check.run.executor import executor as choose

    if executor is None or isinstance(executor, int):
        return ByPlace(choose(executor or 1), executor)
    if isinstance(executor, Pool):
        from jwstprod_check.run.futures import Futures

        return Futures(executor)
    return executor


def _options(
    product: str | None, strict: bool, data: bool, select: Codes, ignore: Codes, profile: str | None, fail_on: str
) -> Options:
    chosen, left = _codes("select", select), _codes("ignore", ignore)
    _check_codes(chosen, left, data)
    return Options(strict, data, chosen, left, product, profile, fail_on=Severity(fail_on))


def _codes(name: str, codes: Codes) -> tuple[str, ...]:
    if isinstance(codes, str):
        codes = [code.strip() for code in codes.split(",")]
    found = tuple(codes)
    if not all(isinstance(code, str) for code in found):
        raise TypeError(f"{name} must be a string or a sequence of strings, as 'ARR,TAB' or ['ARR', 'TAB']")
    return found


def _check_codes(select: tuple[str, ...], ignore: tuple[str, ...], data: bool) -> None:
    if not select and not ignore:
        return
    from jwstprod_check.rules import unknown_codes

    unknown = unknown_codes((*select, *ignore))
    if unknown:
        raise ValueError(f"neither a rule nor a family: {', '.join(unknown)}")
    options = Options(select=select, ignore=ignore, data=data)
    if plan(options).empty:
        raise ValueError("no rule would run with this selection" + (" without data" if runs_with_data(options) else ""))


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
