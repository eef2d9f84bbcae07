"""The specs in use: those of the package, after those of the user's folder."""

from functools import lru_cache

from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.loader import Catalogue


@lru_cache(maxsize=4)
def catalogue(specs: str | None = None) -> Catalogue:
    """Return the specs of the package, after those of the user's folder; they are read once."""
    base = packaged()
    return Catalogue(base if specs is None else Overlay(Folder(specs), base))
