"""What the expressions of a spec may ask of a file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jwstprod_check.fits.cards import Scalar
from jwstprod_check.fits.header import Header
from jwstprod_check.fits.walk import FitsFile


class HeaderFacts:
    """Keywords of one header, as the sizes of a slit that its own SCI header states."""

    def __init__(self, header: Header) -> None:
        self._header = header

    def keyword(self, name: str) -> Scalar:
        """Value of a keyword, None where it is absent, undefined or malformed."""
        return self._header.value(name)

    def present(self, extname: str) -> bool:
        """Whether an HDU of that name exists: a header alone knows of no other."""
        return self._header.string("EXTNAME") == extname


class LookedUp(dict[str, Scalar]):
    """Values of keywords, looked up in one header after the other when they are first asked for."""

    def __init__(self, headers: tuple[Header, ...], known: Mapping[str, Scalar] = MappingProxyType({})) -> None:
        super().__init__(known)
        self._headers = headers

    def __missing__(self, name: str) -> Scalar:
        for header in self._headers:
            if name in header.first:
                value = self[name] = header.value(name)
                return value
        self[name] = None
        return None


class FileFacts:
    """Keywords of a file, looked up in the primary header and then in the first SCI.

    ``keyword`` returns the value of one, None where it is absent, undefined or malformed. ``kind`` is how they are looked up.
    """

    def __init__(self, file: FitsFile, kind: type[LookedUp] = LookedUp) -> None:
        science = file.named("SCI")[:1]
        self._headers = tuple(h.header for h in (*file.hdus[:1], *science))
        self._names = file.by_name
        self._look_up(kind(self._headers))

    def _look_up(self, known: LookedUp) -> None:
        self._known = known
        self.keyword: Callable[[str], Scalar] = known.__getitem__

    def assuming(self, **keywords: Scalar) -> "FileFacts":
        """Return the same facts with the values of some keywords assumed."""
        other = FileFacts.__new__(FileFacts)
        other._headers, other._names = self._headers, self._names  # noqa: SLF001 - the same class
        other._look_up(LookedUp(self._headers, {**self._known, **keywords}))  # noqa: SLF001 - the same class
        return other

    def present(self, extname: str) -> bool:
        """Whether an HDU of that name exists, in any case of letters."""
        return extname.upper() in self._names
