"""One target -> its report: open it, read its headers, identify it, read its data if asked for, run the rules."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.config import Options
from jwstprod_check.config.options import for_path
from jwstprod_check.engine.outcomes import crash_hint, crash_text
from jwstprod_check.engine.plan import plan
from jwstprod_check.engine.run import run_rules
from jwstprod_check.findings import FileReport, Finding, NotChecked, Severity
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile, read_source
from jwstprod_check.product import Product, identify
from jwstprod_check.spec.catalogue import catalogue
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.storage.backends import inflated, is_url, open_stored
from jwstprod_check.storage.found import FITS_ENDINGS
from jwstprod_check.storage.paths import standard_input
from jwstprod_check.storage.urls import shown
from jwstprod_check.text import printable
from jwstprod_check.turns import TURN

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan
    from jwstprod_check.scan.records import Tables
    from jwstprod_check.storage.source import Source

STDIN: Final = "-"
"""The path that stands for the standard input."""

ProgressCallback = Callable[[str, int, int], None]
"""Called with the path, the bytes read so far and the bytes of the file while a file is read whole."""


READ: Final = "interferometry"
"""Trait of the products whose small tables the default check reads."""

PREFIX: Final = "OI_"
"""How the names of these tables begin."""


def check_path(
    path: str,
    options: Options,
    specs: str | None = None,
    watch: ProgressCallback | None = None,
    folder: str = "",
    source: "Source | None" = None,
) -> FileReport:
    """Check one file; whatever goes wrong with it becomes a finding, so that the next file is checked.

    ``folder`` is what the path is relative to, where it is not the current one; ``source`` is what its bytes are read from, where
    the path is a name alone. Raises ``SpecError`` alone, since a spec that cannot be used concerns every file. Threads may call
    it: each waits for its turn.
    """
    with TURN:
        return _check_path(path, options, specs, watch, folder, source)


def _check_path(
    path: str,
    options: Options,
    specs: str | None,
    watch: ProgressCallback | None,
    folder: str | None,
    source: "Source | None",
) -> FileReport:
    label = shown(path)
    place = os.path.join(folder, path) if folder and not is_url(path) else path
    if options.by_path:
        options, specs, reason = msgspec.structs.astuple(for_path(shown(place), options, specs))
        if reason:
            return left_out(label, reason, options)
    pattern = excluded_by(label, options.exclude)
    if pattern:
        return left_out(label, f"--exclude {pattern}", options)
    try:
        known = catalogue(specs)
        if path == STDIN:
            return check_target(standard_input().read(), known, options, STDIN)
        if only_named(label, known, options):
            from jwstprod_check.engine.by_name import check_name

            return check_name(label, known, options, place)
        return check_target(place if source is None else source, known, options, label, watch)
    except SpecError:
        raise
    except OSError as error:
        report = unreadable(label, options, error.strerror or str(error))
        traffic = getattr(error, "traffic", None)
        return report if traffic is None else msgspec.structs.replace(report, remote=traffic)
    except Exception as error:
        text = crash_text(error)
        message = f"the check of the file crashed ({text}); what it should check was not checked"
        return _failed(label, options, "TOOL001", "rule-crashed", message, error)


def identified(path: str, specs: str | None = None) -> tuple[FitsFile, Product]:
    """Read the headers of a file and identify its product. Raises ``OSError``."""
    with inflated(open_stored(path)) as source:
        file = read_source(source, path)
        return file, identify(file, catalogue(specs), None, os.path.basename(path))


def product_of(path: str, specs: str | None = None) -> str | None:
    """Return the product of a file, None for an unknown one and for what is no FITS file. Raises ``OSError``."""
    return identified(path, specs)[1].name


def only_named(path: str, specs: Catalogue, options: Options) -> bool:
    """Whether a profile asks for no more of a file than its name: it has no ending of FITS."""
    if options.profile is None or specs.profile(options.profile).names is None:
        return False
    return not path.lower().endswith(FITS_ENDINGS)


def _failed(
    path: str, options: Options, code: str, name: str, message: str, error: Exception | None = None
) -> FileReport:
    found, hint = (None, None) if error is None else (crash_text(error), crash_hint(error))
    finding = Finding(code, name, Severity.ERROR, message, found=found, hint=hint)
    level = "data" if options.data else "structure"
    missed = (NotChecked(code, message),)
    return FileReport(path, None, level, {}, (), (finding,), (), not_checked=missed, failing=options.fail_on)


def unreadable(path: str, options: Options, reason: str) -> FileReport:
    """Return the report of a file that could not be read, or whose check came to no end."""
    return _failed(shown(path), options, "TOOL002", "unreadable", f"the file cannot be read: {printable(reason)}")


def excluded_by(path: str, patterns: tuple[str, ...]) -> str:
    """Return the pattern that a path or its last part matches, '' where none does."""
    from fnmatch import fnmatch

    names = (path, os.path.basename(path))
    return next((pattern for pattern in patterns if any(fnmatch(name, pattern) for name in names)), "")


def left_out(path: str, reason: str, options: Options) -> FileReport:
    """Return the report of a file that the user does not want to be judged."""
    return FileReport(path, None, "data" if options.data else "structure", {}, (), (), (), left_out=printable(reason))


def check_target(
    target: "str | bytes | Source",
    specs: Catalogue,
    options: Options,
    name: str | None = None,
    watch: ProgressCallback | None = None,
    origin: str | None = None,
) -> FileReport:
    """Check a path, a URL, the bytes of a file or a source of them: it is opened once, for its headers and for its data.

    ``name`` is the path to report; it defaults to the target's own. ``origin`` is the name of the file that the HDUs of an
    ``HDUList`` came from. Raises ``OSError`` where the target cannot be read.
    """
    with TURN:
        stored = open_stored(target, name)
        summed = None
        if options.digest:
            from jwstprod_check.storage.digest import SummedSource

            stored = summed = SummedSource(stored, options.digest)
        with inflated(stored, again=options.data) as source:
            file = read_source(source, name or source.name)
            progress = None if watch is None else partial(_watched, watch, file)
            report = check_file(file, specs, options, source, progress, origin)
            # Of a remote file the pictures would be read once more.
            if options.thumbnails and options.data and source.traffic() is None:
                from jwstprod_check.preview.thumbnails import thumbnails

                report = msgspec.structs.replace(report, thumbnails=thumbnails(source, file))
            if summed is not None:
                report = msgspec.structs.replace(report, digest=summed.digest())
            traffic = source.traffic()
            if traffic is None:
                return report
            return msgspec.structs.replace(report, remote=traffic, entity=source.entity())


def _watched(watch: ProgressCallback, file: FitsFile, done: int) -> None:
    watch(file.path, done, file.size)


def check_file(
    file: FitsFile,
    specs: Catalogue,
    options: Options,
    source: "Source | None" = None,
    progress: "Callable[[int], None] | None" = None,
    origin: str | None = None,
) -> FileReport:
    """Check a file whose headers have been read.

    ``source`` is what its headers were read from, where its data are to be read if ``options`` ask for them; ``progress``
    is called with the bytes done. ``origin`` is the name of the file that the HDUs of an ``HDUList`` came from.
    """
    scan: Scan | Exception | None = None
    facts = FileFacts(file)
    base = "" if file.path == STDIN else os.path.basename(file.path)
    with ExitStack() as stack:
        waiting = None
        if options.data and source is not None:
            from jwstprod_check.scan.run import DataPass

            waiting = stack.enter_context(DataPass(source, file, specs.undefined_dq_bits, progress))
            # Imports the rules while a large file is being read.
            plan(options)
        found = identify(file, specs, options.product, base, facts, origin)
        if waiting is not None:
            try:
                scan = waiting.result()
            except OSError:
                raise
            except Exception as error:
                # Becomes a finding; the headers are judged all the same.
                scan = error
    tables = None if source is None else tables_of(file, found, specs, source)
    if scan is None:
        return run_rules(file, found, specs, options, scan, facts, tables)
    import numpy as np

    # Numbers of a hostile file overflow; a rule says what it finds, NumPy nothing.
    with np.errstate(all="ignore"):
        return run_rules(file, found, specs, options, scan, facts, tables)


def tables_of(file: FitsFile, product: Product, specs: Catalogue, source: "Source") -> "Tables | None":
    """Read the small tables of a product whose meaning lies in them, also without ``--data``; None for any other product.

    Nothing but headers is read of a product that does not have the trait.
    """
    if product.name is None or READ not in specs.spec(product.name).traits:
        return None
    from jwstprod_check.scan.records import read_tables

    return read_tables(source, (hdu for hdu in file.hdus if hdu.name.startswith(PREFIX)))
