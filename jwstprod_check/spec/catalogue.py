"""The specs in use: those of the package, after those of the user's folder."""

from functools import lru_cache

from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.loader import Catalogue


@lru_cache(maxsize=4)
def catalogue(specs: str | None = None) -> Catalogue:
    """Return the specs of the package, after those of the user's folder; they are read once.

    Every spec of the folder is loaded, so that one that cannot be used is an error whatever is asked for: no file is
    taken for unknown because its spec is broken. Raises ``SpecError``.
    """
    if specs is None:
        return Catalogue(packaged())
    known = lazy_catalogue(specs)
    own = Folder(specs)
    _check_files(own)
    for name in own.products():
        known.spec(name)
    for name in own.profiles():
        known.profile(name)
    return known


def lazy_catalogue(specs: str) -> Catalogue:
    """Return the same specs, each of which is loaded when it is asked for."""
    return Catalogue(Overlay(Folder(specs), packaged()))


def _check_files(own: Folder) -> None:
    """Raise ``SpecError`` for a folder from which nothing would be read, and for files in it that would not be."""
    if not own.files():
        raise SpecError("no spec in this folder: a spec is a file PRODUCT.yaml", str(own.path))
    for path in sorted(own.path.glob("*.yml")):
        raise SpecError("not read: the name of a spec ends in .yaml", str(path))
