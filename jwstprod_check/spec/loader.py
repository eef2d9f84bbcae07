"""The specs of a set of documents, and what they are looked up by.

Types, names and expressions are all checked once, when a spec is loaded. Every error is a ``SpecError`` that says
``reason at file:$.hdus[3].dtype``.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from jwstprod_check.spec.amend import apply, applying, unreleased
from jwstprod_check.spec.build import build_spec, known_spec
from jwstprod_check.spec.convert import convert
from jwstprod_check.spec.documents import Documents, packaged
from jwstprod_check.spec.expressions import Facts
from jwstprod_check.spec.model import ActiveSpec, Spec
from jwstprod_check.spec.schema import Recognise
from jwstprod_check.spec.shared import SharedDocuments

if TYPE_CHECKING:
    from jwstprod_check.spec.profile import Profile


class Catalogue(SharedDocuments):
    """Every spec of a set of documents; a spec is read when it is asked for and kept."""

    def __init__(self, documents: Documents | None = None) -> None:
        super().__init__(documents or packaged())
        self._specs: dict[str, Spec] = {}
        self._profiles: dict[str, Profile] = {}
        self._amended: dict[tuple[str, tuple[str, ...], frozenset[str]], ActiveSpec] = {}

    @cached_property
    def recognise(self) -> dict[str, Recognise]:
        """How each product is identified, by product name; those of ``known`` come last."""
        own = {
            name: convert(part, Recognise, self.documents.place(name), "$.recognise")
            for name, part in self.documents.recognise().items()
        }
        return own | {name: Recognise(document.suffixes) for name, document in self.known.items()}

    @cached_property
    def suffixes(self) -> dict[str, tuple[str, ...]]:
        """Products by the suffixes of their names."""
        return _index({name: r.suffixes for name, r in self.recognise.items()})

    @cached_property
    def name_patterns(self) -> tuple[tuple[str, str], ...]:
        """Patterns of whole names in lower case, each with its product."""
        return tuple((pattern.lower(), name) for name, r in self.recognise.items() for pattern in r.names)

    @cached_property
    def name_suffixes(self) -> dict[str, frozenset[str]]:
        """Suffixes by the form of the naming grammar in which they appear."""
        found: dict[str, set[str]] = {}
        for recognise in self.recognise.values():
            for form, suffixes in recognise.by_form().items():
                found.setdefault(form, set()).update(suffixes)
        return {form: frozenset(suffixes) for form, suffixes in found.items()}

    @cached_property
    def models(self) -> dict[str, tuple[str, ...]]:
        """Products by their values of DATAMODL."""
        return _index({name: r.models for name, r in self.recognise.items()})

    @cached_property
    def exp_types(self) -> dict[str, tuple[str, ...]]:
        """Products that EXP_TYPE identifies, by its values."""
        return _index({name: r.exp_types for name, r in self.recognise.items() if r.own_exposures})

    def profile(self, name: str) -> "Profile":
        """Return a profile by name; raises ``SpecError``."""
        from jwstprod_check.spec.profile import load_profile

        if name not in self._profiles:
            self._profiles[name] = load_profile(name, self.documents.read, self.documents.place)
        return self._profiles[name]

    def profiles(self) -> list[str]:
        """Names of all profiles, sorted."""
        return self.documents.profiles()

    def names(self) -> list[str]:
        """Names of all products, sorted."""
        return self.documents.products()

    def spec(self, name: str) -> Spec:
        """Return the spec of a product; raises ``SpecError``, also for a product that has none."""
        if name not in self._specs:
            build = known_spec if name in self.known else build_spec
            self._specs[name] = build(name, self)
        return self._specs[name]

    def amended(self, name: str, facts: Facts, strict: bool = False) -> ActiveSpec:
        """Return the spec of a product as amended for a file; the same amendments give the same object."""
        spec = self.spec(name)
        applied, absent = applying(spec, facts, strict), unreleased(spec, facts)
        key = (name, tuple([a.id for a in applied]), absent)
        if key not in self._amended:
            self._amended[key] = apply(spec, applied, absent)
        return self._amended[key]


def _index(lists: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Lists of words by name -> names by word."""
    found: dict[str, list[str]] = {}
    for name, words in lists.items():
        for word in dict.fromkeys(words):
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}
