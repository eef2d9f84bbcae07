"""A file of which only the name is checked: a profile has rules on names, and the file is no FITS file by its name."""

import os
from typing import Final

from jwstprod_check.config import Options
from jwstprod_check.engine.run import Run
from jwstprod_check.findings import FileReport, NotChecked
from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import Product, identify
from jwstprod_check.spec.loader import Catalogue
from jwstprod_check.storage.backends import is_url

NAMES: Final = ("PROD011", "PROD012")
"""Rules of a profile that look at nothing but the name of a file."""

PACKED: Final = ".fits."
"""In a name: a FITS file in a packing."""


def check_name(path: str, catalogue: Catalogue, options: Options, place: str | None = None) -> FileReport:
    """Apply the rules on names, whatever a file without HDUs is kept from; nothing of the file is read but its size.

    A FITS file in a packing that cannot be read (``.fits.bz2``) is unverified. A file for which no rule on names was asked for
    is left out: there is nothing of it to judge. ``place`` is where the file is, if not at its path.
    """
    base = os.path.basename(path)
    # Of a remote file nothing is read: it was listed.
    size = 0 if is_url(path) else os.stat(place or path).st_size
    file = FitsFile(path, size, size, False, (), (), True, {})
    product = Product(None, (), identify(file, catalogue, None, base).file_name)
    run = Run(file, product, catalogue, options, None, FileFacts(file), None)
    run.unrestricted = True
    for rule in run.plan.rules:
        if rule.code in NAMES:
            run.ran += 1
            run.apply(rule)
    if PACKED in base.lower():
        run.outcomes.not_checked.append(NotChecked("FILE001", "this packing cannot be read: only the name was checked"))
    elif not run.ran:
        run.unasked = "only its name can be checked, and no rule on names was asked for"
    return run.report()
