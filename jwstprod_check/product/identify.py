"""Which product a file is, and on what evidence.

The suffix of the name decides, because DATAMODL is shared by many products; DATAMODL and EXP_TYPE confirm or
contradict. Without a suffix, a model that belongs to one product decides, or the HDUs where they fit one table and
contradict all others; FILENAME decides where they fit several. All of it is kept as ``Evidence``, so that a rule can
print it.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product import content
from jwstprod_check.product.file_name import Name, parse_name
from jwstprod_check.product.foreign import other_origin, telescope, without_sign
from jwstprod_check.spec.patterns import matches

if TYPE_CHECKING:
    from jwstprod_check.spec.loader import Catalogue
    from jwstprod_check.spec.model import ActiveSpec
    from jwstprod_check.spec.schema import Recognise


class Evidence(msgspec.Struct, frozen=True):
    """What one piece of evidence states: ``products`` that fit it, empty where it fits none."""

    source: str
    said: str
    products: tuple[str, ...]

    def __str__(self) -> str:
        fitting = ", ".join(self.products) if self.products else "no known product"
        return f"{self.source} {self.said!r} fits {fitting}"


PATTERN: Final = "name pattern"
"""Evidence of a product whose spec has patterns of whole names."""


class Product(msgspec.Struct, frozen=True):
    """The product of a file.

    ``name`` is None where it could not be identified: then ``candidates`` are the products that it may be, and
    ``not_jwst_reason`` says what else the file is. ``covered`` is False for a product that is known and has no table to check
    the file against. ``model`` is the data model that the HDUs imply in a file without DATAMODL.
    """

    name: str | None
    evidence: tuple[Evidence, ...]
    file_name: Name | None = None
    candidates: tuple[str, ...] = ()
    forced: bool = False
    not_jwst_reason: str = ""
    covered: bool = True
    model: str | None = None

    def evidence_from(self, source: str) -> Evidence | None:
        """Return the evidence of a source, None where it has none."""
        return next((v for v in self.evidence if v.source == source), None)


def identify(
    file: FitsFile,
    catalogue: "Catalogue",
    forced: str | None = None,
    base: str | None = None,
    facts: FileFacts | None = None,
    origin: str | None = None,
) -> Product:
    """Identify the product of a file.

    ``base`` is its base name, None or '' where it has no name (bytes, an HDUList); ``forced`` is what the user says
    it is; ``facts`` are the keywords of the file, where they have been looked up before. ``origin`` is the name of a file
    that the HDUs came from and need not be any more (that of an HDUList in memory).
    Raises ``SpecError`` where a spec that is needed cannot be loaded.
    """
    facts = facts or FileFacts(file)
    found = _Identification(file, catalogue, facts, base, origin)
    name, candidates = found.choose() if forced is None else (forced, (forced,))
    reason = found.not_jwst_reason() if name is None else ""
    spec = catalogue.spec(name) if name is not None else None
    return Product(
        name,
        tuple(found.evidence),
        found.name,
        () if reason else candidates,
        forced=forced is not None,
        not_jwst_reason=reason,
        covered=spec is None or spec.covered,
        model=found.implied_model(name) if spec is not None and spec.covered else None,
    )


class _Identification:
    """The evidence of one file as it is gathered."""

    def __init__(
        self, file: FitsFile, catalogue: "Catalogue", facts: FileFacts, base: str | None, origin: str | None
    ) -> None:
        self.file = file
        self.catalogue = catalogue
        self.facts = facts
        self.evidence: list[Evidence] = []
        self.base = base
        self.jwst = telescope(file, facts) == "JWST"
        self.other_origin = other_origin(file, facts, catalogue)
        self.name = self.parsed(base) if base else None
        self.model = facts.keyword("DATAMODL")
        self.exp_type = facts.keyword("EXP_TYPE")
        self.by_name = tuple(p for p in self.products_of(self.name) if not self.rules_out(p))
        self.by_pattern = self.products_of_pattern(base) if base and catalogue.name_patterns else ()
        self.origins = (("HDUList", origin), ("FILENAME", facts.keyword("FILENAME")))
        self._specs: dict[str, ActiveSpec] = {}
        if self.by_pattern and base:
            self.evidence.append(Evidence(PATTERN, base, self.by_pattern))
        elif self.name is not None and self.name.suffix:
            self.evidence.append(Evidence("file name", f"_{self.name.suffix}", self.by_name))
        self.by_model: tuple[str, ...] = ()
        if isinstance(self.model, str) and self.model:
            self.by_model = catalogue.models.get(self.model, ())
            self.evidence.append(Evidence("DATAMODL", self.model, self.by_model))
        # A type of exposure that many products are made of is evidence of none.
        if isinstance(self.exp_type, str) and self.exp_type in catalogue.exp_types:
            self.evidence.append(Evidence("EXP_TYPE", self.exp_type, catalogue.exp_types[self.exp_type]))

    def parsed(self, base: str) -> Name:
        """Read a name; the suffix of a step's output counts only in a name of the grammar or a file of JWST."""
        name = parse_name(base, self.catalogue.name_suffixes)
        if name.suffix and not name.form and not self.jwst and not self.covered(name.suffix):
            return msgspec.structs.replace(name, suffix=None)
        return name

    def rules_out(self, product: str) -> bool:
        """Whether EXP_TYPE is none of a product's in a file whose name keeps to no form, and whose model is one of many products.

        The ending of such a name is a guess: ``mine_flat.fits`` is the flat of anything. A model that contradicts the name is
        a finding.
        """
        kind = self.catalogue.recognise[product]
        if not kind.exp_types or self.model not in kind.models or self.model not in self.catalogue.generic_models:
            return False
        named = self.name is not None and bool(self.name.form)
        return not named and self.exp_type in self.catalogue.exposure_types and self.exp_type not in kind.exp_types

    def covered(self, suffix: str) -> bool:
        """Whether a spec has a suffix."""
        return any(p not in self.catalogue.known for p in self.catalogue.suffixes[suffix])

    def products_of(self, name: Name | None) -> tuple[str, ...]:
        """Products of a suffix, the general ones first; one whose ``name_contains`` is in the name excludes the others.

        A name that keeps to no form of the grammar may lack what ``name_contains`` asks for, so it excludes nothing.
        """
        if name is None or name.suffix is None:
            return ()
        known = ((p, self.catalogue.recognise[p]) for p in self.catalogue.suffixes.get(name.suffix, ()))
        fitting = [(p, r) for p, r in known if _may_end(r, name.extension)]
        special = [p for p, r in fitting if r.name_contains and all(part in name.base for part in r.name_contains)]
        general = [p for p, r in fitting if not r.name_contains]
        rest = [] if name.form else [p for p, r in fitting if r.name_contains]
        return tuple(special or [*general, *rest])

    def products_of_pattern(self, base: str) -> tuple[str, ...]:
        """Products one of whose patterns the whole name is of."""
        lower = base.lower()
        return tuple(dict.fromkeys(p for pattern, p in self.catalogue.name_patterns if matches(lower, pattern)))

    def choose(self) -> tuple[str | None, tuple[str, ...]]:
        """Return the product and what it may be. A pattern of whole names decides. Raises ``SpecError``."""
        if self.by_pattern:
            agreed = tuple(p for p in self.by_pattern if p in self.by_model) or self.by_pattern
            return next((p for p in agreed if len(agreed) > 1 and self.fits(p)), agreed[0]), agreed
        agreed = tuple(p for p in self.by_name if p in self.by_model) if self.model is not None else self.by_name
        vouched = bool(self.name and self.name.form and isinstance(self.model, str) and agreed)
        if self.other_origin and not vouched:
            return None, ()
        if self.by_name:
            return self.choose_by_name(agreed)
        return self.choose_without_name()

    def choose_by_name(self, agreed: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
        """Follow the name, unless the HDUs fit another product of the model and not the one that is named.

        That is no guess that a verdict rests on: name and model contradict each other, so the file does not conform.
        """
        if len(agreed) == 1:
            return agreed[0], agreed
        if all(product in self.catalogue.known for product in self.by_name):
            return self.by_name[0], self.by_name
        named = self.narrowed(agreed or self.by_name)
        if agreed or not self.by_model:
            return next((p for p in named if len(named) > 1 and self.fits(p)), named[0]), named
        if self.extensions and not any(map(self.fits, named)):
            other, fitting = self.choose_by_content(self.narrowed(self.by_model))
            if fitting:
                nearest = min(fitting, key=lambda product: content.unknown_to(self.file, self.spec(product)))
                return other or nearest, fitting
        return named[0], named

    def choose_without_name(self) -> tuple[str | None, tuple[str, ...]]:
        """Follow the model where it is of one product, else the HDUs, else FILENAME, where it names one of the products that fit.

        A file that states of itself that it is a step's output is none of a product, though it has the product's model.
        """
        if self.by_model:
            candidates = self.narrowed(self.by_model)
            if len(candidates) == 1 and self.model not in self.catalogue.generic_models:
                step = self.known_by_origin(candidates)
                return step if step[0] is not None else (candidates[0], candidates)
        else:
            every = tuple(p for p in self.catalogue.recognise if p not in self.catalogue.known)
            candidates = self.narrowed(every) if self.extensions else ()
        found, fitting = self.choose_by_content(candidates) if self.extensions else (None, ())
        return (found, fitting) if found is not None else self.known_by_origin(fitting)

    def choose_by_content(self, candidates: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
        """Return the candidate that the HDUs single out, and those that they fit."""
        fitting = tuple(p for p in candidates if self.fits(p))
        self.evidence.append(Evidence("content", f"HDUs {content.labels(self.file.hdus[1:])}", fitting))
        for source, base in self.origins:
            if fitting and isinstance(base, str) and base:
                name = self.parsed(base)
                products = self.products_of(name)
                named = next((p for p in products if p in fitting), None)
                if named is not None:
                    self.evidence.append(Evidence(source, f"_{name.suffix}", products))
                    return named, fitting
        return (fitting[0] if len(fitting) == 1 and self.singled_out(fitting[0], candidates) else None), fitting

    def known_by_origin(self, fitting: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
        """Return a product without a table that FILENAME names."""
        for source, base in self.origins:
            if self.jwst and isinstance(base, str) and base:
                name = self.parsed(base)
                products = tuple([p for p in self.products_of(name) if p in self.catalogue.known])
                if products:
                    self.evidence.append(Evidence(source, f"_{name.suffix}", products))
                    return products[0], products
        return None, fitting

    def not_jwst_reason(self) -> str:
        """What the file is if it is no product of JWST, '' if nothing states so."""
        names = (self.base, *(name for _, name in self.origins))
        return self.other_origin or without_sign(self.file, self.facts, self.catalogue, names)

    @property
    def extensions(self) -> bool:
        return len(self.file.hdus) > 1

    def narrowed(self, candidates: tuple[str, ...]) -> tuple[str, ...]:
        """Candidates that EXP_TYPE identifies, if any; else those that are not made from some types of exposure alone."""
        kinds = {p: self.catalogue.recognise[p] for p in candidates}
        own = tuple(p for p, kind in kinds.items() if kind.own_exposures and self.exp_type in kind.exp_types)
        return own or tuple(p for p, kind in kinds.items() if not kind.own_exposures) or candidates

    def singled_out(self, chosen: str, candidates: tuple[str, ...]) -> bool:
        """Whether the HDUs are those of one candidate and contradict all others.

        Another candidate is contradicted by a required HDU that it does not know or, in a file whose DATAMODL limits what
        it can be, by an HDU of another type or rank.
        """
        spec = self.spec(chosen)
        others = [self.spec(product) for product in candidates if product != chosen]
        return not content.unknown_to(self.file, spec) and all(
            content.distinct(spec, other) or (bool(self.by_model) and content.contradicted(self.file, other))
            for other in others
        )

    def fits(self, product: str) -> bool:
        """Whether the HDUs and EXP_TYPE fit a product's table; one that is known and not covered has none."""
        if product in self.catalogue.known:
            return False
        types = self.catalogue.recognise[product].exp_types
        if types and self.exp_type is not None and self.exp_type not in types:
            return False
        return content.fits(self.file, self.spec(product))

    def spec(self, product: str) -> "ActiveSpec":
        """Return the spec of a product as amended for the file."""
        if product not in self._specs:
            model = self.implied_model(product)
            facts = self.facts if model is None else self.facts.assuming(DATAMODL=model)
            self._specs[product] = self.catalogue.amended(product, facts)
        return self._specs[product]

    def implied_model(self, product: str | None) -> str | None:
        """Return the model of a product under which the HDUs fit best, in a file whose DATAMODL is none of it; else None.

        HDUs of one name with EXTVER 1, 2, ... are those of a model of several slits.
        """
        if product is None or not self.extensions:
            return None
        models = self.catalogue.recognise[product].models
        if self.model in models:
            return None
        if len(models) < 2:
            return models[0] if models else None
        strangers = {}
        for model in models:
            spec = self.catalogue.amended(product, self.facts.assuming(DATAMODL=model))
            strangers[model] = content.unknown_to(self.file, spec)
        return min(models, key=lambda model: strangers[model])


def _may_end(recognise: "Recognise", extension: str) -> bool:
    """Whether a product's files may have names that end so: those of FITS unless the product says otherwise."""
    return extension in recognise.extensions if recognise.extensions else extension != ".ecsv"
