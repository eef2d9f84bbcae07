"""The specs in use: the packaged ones, with a folder of own ones before them."""

from functools import lru_cache

from jwstprod_check.spec.documents import Folder, Overlay, packaged
from jwstprod_check.spec.loader import Catalogue


@lru_cache(maxsize=4)
def catalogue(specs: str | None = None) -> Catalogue:
    """Return the packaged specs, with a folder of own ones before them; they are read once."""
    base = packaged()
    return Catalogue(base if specs is None else Overlay(Folder(specs), base))
