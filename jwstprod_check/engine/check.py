"""One file whose headers have been read -> its report: identify it, read its data if asked for, run the rules."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from jwstprod_check.config import Options
from jwstprod_check.engine.plan import plan
from jwstprod_check.engine.run import run_rules
from jwstprod_check.findings import FileReport
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import identify
from jwstprod_check.spec.loader import Catalogue

if TYPE_CHECKING:
    from jwstprod_check.scan.facts import Scan
    from jwstprod_check.storage.local import Source


def check_file(
    file: FitsFile,
    specs: Catalogue,
    options: Options,
    source: "str | bytes | Source | None" = None,
    progress: "Callable[[int], None] | None" = None,
    origin: str | None = None,
) -> FileReport:
    """Check a file whose headers have been read.

    ``source`` is where its data are read from if ``options`` ask for them; ``progress`` is told the bytes done.
    ``origin`` is the name of the file that the HDUs of an ``HDUList`` came from.
    """
    scan: Scan | Exception | None = None
    waiting = None
    if options.data and source is not None:
        from jwstprod_check.scan.run import start_scan

        waiting = start_scan(source, file, specs.undefined_dq_bits, progress)
        # Imports the rules while a large file is being read.
        plan(options)
    facts = FileFacts(file)
    found = identify(file, specs, options.product, os.path.basename(file.path), facts, origin)
    if waiting is not None:
        try:
            scan = waiting()
        except OSError:
            raise
        except Exception as error:
            # Becomes a finding; the headers are judged all the same.
            scan = error
    return run_rules(file, found, specs, options, scan, facts)
