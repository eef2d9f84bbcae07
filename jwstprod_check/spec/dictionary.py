"""The keyword dictionary, arranged for comparison with headers: by home HDU, values as the bytes of a card."""

from collections.abc import Mapping
from functools import cached_property
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
    """Words by the name of their home HDU (``PRIMARY``, ``SCI``, ...); ``former`` has the present names by the earlier."""

    def __init__(self, documents: Mapping[str, KeywordDocument]) -> None:
        self.names = frozenset(documents)
        self.former = {old: name for name, document in documents.items() for old in document.formerly}
        self._enumerated = {name: document.values for name, document in documents.items() if document.values}
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

    @cached_property
    def owners(self) -> dict[str, tuple[str, ...]]:
        """Enumerated keywords by each of their values."""
        found: dict[str, tuple[str, ...]] = {}
        for name, values in self._enumerated.items():
            for value in values:
                if value not in PLACEHOLDERS:
                    found[str(value)] = (*found.get(str(value), ()), name)
        return found

    @cached_property
    def homes_of(self) -> dict[str, tuple[str, ...]]:
        """HDUs of each keyword."""
        found: dict[str, tuple[str, ...]] = {}
        for home, words in self.homes.items():
            for name in words:
                found[name] = (*found.get(name, ()), home)
        return found

    def words(self, index: int, name: str) -> dict[str, KeywordDef]:
        """Words of an HDU, given by its index and its name in upper case."""
        return self.homes.get("PRIMARY" if index == 0 else name, {})
