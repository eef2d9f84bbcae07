"""What the expressions of a spec may ask of a file."""

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.reader import FitsFile


class FileFacts:
    """Keywords of a file, looked up in the primary header and then in the first SCI."""

    def __init__(self, file: FitsFile) -> None:
        science = file.named("SCI")[:1]
        self._headers = tuple(h.header for h in (*file.hdus[:1], *science))
        self._names = frozenset(h.name for h in file.hdus)

    def keyword(self, name: str) -> Scalar:
        """Value of a keyword, None where it is absent, undefined or malformed."""
        for header in self._headers:
            if name in header:
                return header.value(name)
        return None

    def present(self, extname: str) -> bool:
        """Whether an HDU of that name exists, in any case of letters."""
        return extname.upper() in self._names
