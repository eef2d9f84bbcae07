"""Let MAST's uploader report our findings: ``validation_options: {object_check_hook: jwstprod_check.mast_hook}`` in a label.

``mast-upload validate`` calls ``check_file`` beside its own checks (mast-transfer-tools 1.0.3, server/core.py) and prints what it
returns. It exits with status 0 whatever it found: a gate needs ``jwstprod check``.
"""

from typing import TYPE_CHECKING, Any

from jwstprod_check.api import check

if TYPE_CHECKING:
    from astropy.io.fits import HDUList


def check_file(data: "HDUList", filetype: Any) -> dict[str, list[str]]:
    """Return the findings that fail a file, and what was not checked, by place and rule; nothing for a file that conforms.

    A file of the disk is read anew: what astropy has repaired while it opened the file would not be found in ``data``.
    """
    del filetype
    path = data.filename()
    report = check(data if path is None else path)
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        if finding.severity.rank >= report.failing.rank:
            place = "file" if finding.hdu is None and finding.extname is None else finding.extname or str(finding.hdu)
            found.setdefault(f"{place}/{finding.code} {finding.name}", []).append(finding.message)
    for missed in report.not_checked:
        found.setdefault(f"{missed.extname or 'file'}/{missed.code} not checked", []).append(missed.reason)
    return found
