"""The keyword dictionary, arranged for comparison with headers: by home HDU, values as the bytes of a card."""

from collections.abc import Mapping
from typing import Final

import msgspec

from jwstprod_check.spec.schema import KeywordDocument

PLACEHOLDERS: Final = frozenset({"N/A", "NONE", "MULTIPLE"})
"""Values that mean that there is no value, or that the inputs of a combined product differ."""


class KeywordDef(msgspec.Struct, frozen=True):
    """Valid values of a keyword.

    ``type`` is that of the value in a header, where a version is a string; ``values`` are those of an enumerated keyword,
    () where any is valid.
    """

    type: str
    values: tuple[str, ...] = ()
    closed: bool = False


class KeywordDictionary:
    """Words by the name of their home HDU (``PRIMARY``, ``SCI``, ...)."""

    def __init__(self, documents: Mapping[str, KeywordDocument]) -> None:
        self.names = frozenset(documents)
        self.homes: dict[str, dict[str, KeywordDef]] = {}
        plain: dict[str, KeywordDef] = {}
        for name, document in documents.items():
            kind = "string" if document.type == "version" else document.type
            values = document.values
            word = (
                KeywordDef(kind, tuple(map(str, values)), document.closed)
                if values
                else plain.setdefault(kind, KeywordDef(kind))
            )
            for home in [document.hdu] if isinstance(document.hdu, str) else document.hdu:
                self.homes.setdefault(home, {})[name] = word

    def words(self, index: int, name: str) -> dict[str, KeywordDef]:
        """Words of an HDU, given by its index and its name in upper case."""
        return self.homes.get("PRIMARY" if index == 0 else name, {})
