"""Where findings are, for programs: paths as seen from the checkout, and places inside a file."""

import os
import re
from typing import Final
from urllib.parse import quote

from jwstprod_check.findings import Finding
from jwstprod_check.text import printable, valid_text

CHECKOUTS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Environment variables by which a runner says where the checkout is."""

NAMELESS: Final = "<bytes>"
"""What stands for the path of a file that was given as bytes."""

_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def is_url(path: str) -> bool:
    """Whether a path is a URL; a scheme anywhere else in it is part of a name."""
    return _URL.match(path) is not None


class Checkout:
    """Paths relative to the checkout: the runner's, else the working folder."""

    def __init__(self) -> None:
        self._root = next((os.environ[name] for name in CHECKOUTS if os.environ.get(name)), "") or os.getcwd()

    def relative(self, path: str) -> str:
        """Return a path below the checkout as seen from there, any other as it is, with slashes."""
        if not path or is_url(path):
            return path or NAMELESS
        whole = os.path.abspath(path)
        below = os.path.relpath(whole, self._root) if _drive(whole) == _drive(self._root) else whole
        outside = below == os.pardir or below.startswith(os.pardir + os.sep) or os.path.isabs(below)
        return (whole if outside else below).replace(os.sep, "/")

    def uri(self, path: str) -> str:
        """Return a path below the checkout as a relative URI, any other as an absolute one."""
        if is_url(path):
            scheme, _, rest = path.partition("://")
            return f"{scheme}://{quote(os.fsencode(rest), safe='/?&=%:@')}"
        escaped = quote(os.fsencode(self.relative(path)))
        if escaped.startswith("/"):
            return f"file://{escaped}"
        # A Windows drive.
        return f"file:///{escaped.replace('%3A', ':', 1)}" if os.path.isabs(self.relative(path)) else escaped

    def shown(self, path: str) -> str:
        """Return the relative path as text that any reader can take."""
        return printable(valid_text(self.relative(path)))


def _drive(path: str) -> str:
    return os.path.splitdrive(path)[0].lower()


def inside(finding: Finding) -> str:
    """Return where in its file a finding is: ``SCI,1/BUNIT``, ``primary/DATE``, ``HDU 3``, '' for the file."""
    if finding.extname:
        hdu = f"{finding.extname},{finding.extver or 1}"
    elif finding.hdu is not None:
        hdu = "primary" if finding.hdu == 0 else f"HDU {finding.hdu}"
    else:
        hdu = ""
    return "/".join(part for part in (hdu, finding.column or finding.keyword or "") if part)
