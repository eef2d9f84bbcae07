"""The documents of a product and of those that it extends -> its ``Spec``."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from jwstprod_check.spec.compile import Compiler, build_at, compile_symbols
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.model import Amendment, Exposures, Spec, StepKeyword
from jwstprod_check.spec.requirements import header_requirements, undeclared, unknown_trait
from jwstprod_check.spec.schema import AmendmentDocument, ProductDocument, Recognise
from jwstprod_check.spec.shared import SharedDocuments

_MAX_EXTENDS: Final = 8


def known_spec(name: str, shared: SharedDocuments) -> Spec:
    """Return what is known of a product that has no table."""
    known = shared.known[name]
    source = known.documentation or f"jwst, step {name}"
    return Spec(name, known.title, source, Recognise(known.suffixes), (), (), (), {}, None, covered=False)


def build_spec(name: str, shared: SharedDocuments) -> Spec:
    """Return the spec of a product that has a document; raises ``SpecError``."""
    chain = _chain(name, shared)
    document = chain[0]
    place = shared.documents.place(name)
    for part in reversed(chain):
        _check_names(part, shared)
    _check_recognise(document, place)
    rows = next((part.hdus for part in chain if part.hdus is not None), [])
    traits = next((part.traits for part in chain if part.traits is not None), [])
    if not rows and document.format == "FITS":
        raise SpecError("no hdus", place, "$.hdus")
    symbols = dict(shared.symbols)
    for part in reversed(chain):
        symbols |= compile_symbols(shared, part.symbols, shared.documents.place(part.product), "$.symbols")
    compiler = Compiler(shared, symbols)
    return Spec(
        product=name,
        title=document.title,
        documentation=document.documentation,
        recognise=document.recognise,
        documents=tuple(rows),
        rows=tuple(build_at(place, f"$.hdus[{i}]", compiler.row, row) for i, row in enumerate(rows)),
        amendments=tuple(_amendments(chain, compiler, shared)),
        symbols=symbols,
        sets=next((part.sets for part in chain if part.sets), None),
        header=header_requirements(shared.headers, chain, traits),
        step_keywords=tuple(_step_keywords(traits, shared)),
        format=document.format,
        traits=tuple(traits),
        exposures=_exposures(chain, shared),
        steps=tuple(next((part.steps for part in chain if part.steps is not None), ())),
        retired=document.retired,
        covered=document.format == "FITS",
        documented_at=next((part.documented_at for part in chain if part.documented_at is not None), None),
    )


def _chain(name: str, shared: SharedDocuments) -> list[ProductDocument]:
    """The document of a product, that which it extends, and so on."""
    chain = [shared.document(name)]
    while (parent := chain[-1].extends) is not None:
        if len(chain) >= _MAX_EXTENDS or any(d.product == parent for d in chain):
            raise SpecError(f"extends {parent!r} in a circle", shared.documents.place(name), "$.extends")
        try:
            chain.append(shared.document(parent))
        except SpecError as error:
            raise SpecError(error.reason, shared.documents.place(name), "$.extends") from None
    return chain


def _check_names(part: ProductDocument, shared: SharedDocuments) -> None:
    """Raise ``SpecError`` for a trait or a keyword that is not declared."""
    place = shared.documents.place(part.product)
    unknown_trait({"traits": part.traits or []}, shared.traits, "$", place)
    own = {"required": part.keywords.required, "recommended": part.keywords.recommended}
    undeclared(own, shared.keywords, "$.keywords", place)
    undeclared({"steps": part.steps or []}, shared.keywords, "$", place)


def _check_recognise(document: ProductDocument, place: str) -> None:
    """Raise ``SpecError`` where nothing identifies the product, or forms are stated for a suffix that it lacks."""
    recognise = document.recognise
    for suffix in recognise.forms if isinstance(recognise.forms, dict) else ():
        if suffix not in recognise.suffixes:
            reason = f"forms of {suffix!r}, which is not among the suffixes"
            raise SpecError(reason, place, "$.recognise.forms")
    if not (recognise.suffixes or recognise.names or recognise.models):
        reason = "nothing identifies the product: give suffixes, names or models"
        raise SpecError(reason, place, "$.recognise")


def _amendments(chain: Sequence[ProductDocument], compiler: Compiler, shared: SharedDocuments) -> Iterator[Amendment]:
    """Those of the whole chain, the oldest first; a nearer document replaces one by its id or drops it."""
    found: dict[str, tuple[AmendmentDocument, str, int]] = {}
    for part in reversed(chain):
        place = shared.documents.place(part.product)
        for dropped in part.without:
            if found.pop(dropped, None) is None:
                raise SpecError(f"no inherited amendment {dropped!r}", place, "$.without")
        for i, amendment in enumerate(part.amendments):
            if any(a is not amendment and a.id == amendment.id for a in part.amendments):
                raise SpecError(f"two amendments {amendment.id!r}", place, f"$.amendments[{i}].id")
            found[amendment.id] = (amendment, place, i)
    for amendment, place, i in found.values():
        yield build_at(place, f"$.amendments[{i}]", compiler.amendment, amendment)


def _exposures(chain: Sequence[ProductDocument], shared: SharedDocuments) -> Exposures:
    """Types of exposure that the nearest document of a chain allows."""
    part = next((p for p in chain if p.exposures is not None), None)
    if part is None or part.exposures is None:
        return Exposures()
    only, never = part.exposures.only, part.exposures.never
    place = shared.documents.place(part.product)
    if bool(only) is bool(never):
        raise SpecError("either only or never", place, "$.exposures")
    for i, name in enumerate(only or never):
        if name not in shared.exposure_groups:
            where = f"$.exposures.{'only' if only else 'never'}[{i}]"
            raise SpecError(f"unknown group of exposures {name!r}", place, where)
    named = dict.fromkeys(t for name in only or never for t in shared.exposure_groups[name])
    types = named if only else sorted(shared.exposure_types.difference(named))
    return Exposures(tuple(types), tuple(only or never), barred=bool(never))


def _step_keywords(traits: Collection[str], shared: SharedDocuments) -> Iterator[StepKeyword]:
    """Keywords that steps read in a product with these traits."""
    compiler = Compiler(shared, {})
    place = shared.documents.place("steps")
    for name, document in shared.steps.items():
        if set(document.traits) <= set(traits):
            when = build_at(place, f"$.{name}", lambda text: compiler.expression(text, "$.when"), document.when)
            yield StepKeyword(name, tuple(document.steps), when)
