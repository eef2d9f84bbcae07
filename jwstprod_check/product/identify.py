"""Which product a file is, and on what evidence.

The suffix of the name decides, because DATAMODL is shared by many products; DATAMODL and EXP_TYPE confirm or
contradict; the HDUs themselves are asked where those do not agree. Every voice is kept as a ``Evidence``, so that a
rule can print them.
"""

from typing import TYPE_CHECKING

import msgspec

from jwstprod_check.fits.lookup import FileFacts
from jwstprod_check.fits.walk import FitsFile
from jwstprod_check.product.file_name import Name, parse_name
from jwstprod_check.spec.amend import amend

if TYPE_CHECKING:
    from jwstprod_check.spec.loader import Catalogue
    from jwstprod_check.spec.schema import Recognise


class Evidence(msgspec.Struct, frozen=True):
    """What one piece of evidence says: ``products`` that fit it, empty where it fits none."""

    source: str
    said: str
    products: tuple[str, ...]

    def __str__(self) -> str:
        fits = ", ".join(self.products) if self.products else "no known product"
        return f"{self.source} {self.said!r} says {fits}"


class Product(msgspec.Struct, frozen=True):
    """The product of a file. ``name`` is None where it cannot be told; ``not_jwst_reason`` says what else the file is."""

    name: str | None
    evidence: tuple[Evidence, ...]
    file_name: Name | None = None
    candidates: tuple[str, ...] = ()
    forced: bool = False
    not_jwst_reason: str = ""

    def evidence_from(self, source: str) -> Evidence | None:
        """Return the vote of a source, None where it has none."""
        return next((v for v in self.evidence if v.source == source), None)


def identify(
    file: FitsFile,
    catalogue: "Catalogue",
    forced: str | None = None,
    base: str | None = None,
    facts: FileFacts | None = None,
) -> Product:
    """Tell the product of a file.

    ``base`` is its base name, None or '' where it has no name (bytes, an HDUList); ``forced`` is what the user says
    it is; ``facts`` are the keywords of the file, where they have been looked up before.
    Raises ``SpecError`` where a spec that is needed cannot be loaded.
    """
    facts = facts or FileFacts(file)
    name = parse_name(base, catalogue.name_suffixes) if base else None
    by_name = _by_name(name, catalogue)
    model, exp_type = facts.keyword("DATAMODL"), facts.keyword("EXP_TYPE")
    by_model = catalogue.models.get(model, ()) if isinstance(model, str) else ()
    evidence = []
    if name is not None and name.suffix:
        evidence.append(Evidence("file name", f"_{name.suffix}", by_name))
    if isinstance(model, str) and model:
        evidence.append(Evidence("DATAMODL", model, by_model))
    if isinstance(exp_type, str) and exp_type:
        evidence.append(Evidence("EXP_TYPE", exp_type, catalogue.exp_types.get(exp_type, ())))
    if forced is not None:
        return Product(forced, tuple(evidence), name, (forced,), forced=True)
    not_jwst_reason = _foreign(facts, by_model)
    if not_jwst_reason and not by_name:
        return Product(None, tuple(evidence), name, not_jwst_reason=not_jwst_reason)
    chosen, candidates, content = _choose(file, facts, catalogue, by_name, by_model, isinstance(model, str), exp_type)
    if content is not None:
        evidence.append(content)
    return Product(chosen, tuple(evidence), name, candidates, not_jwst_reason=not_jwst_reason if chosen is None else "")


def _by_name(name: Name | None, catalogue: "Catalogue") -> tuple[str, ...]:
    """Products of a suffix, the general ones first; one whose ``name_contains`` stands in the name excludes the others.

    A name that keeps to no form of the grammar may lack what ``name_contains`` asks for, so it excludes nothing.
    """
    if name is None or name.suffix is None:
        return ()
    known = ((p, catalogue.recognise[p]) for p in catalogue.suffixes.get(name.suffix, ()))
    fitting = [(p, r) for p, r in known if _may_end(r, name.extension)]
    special = [p for p, r in fitting if r.name_contains and all(part in name.base for part in r.name_contains)]
    general = [p for p, r in fitting if not r.name_contains]
    rest = [] if name.form else [p for p, r in fitting if r.name_contains]
    return tuple(special or [*general, *rest])


def _may_end(recognise: "Recognise", extension: str) -> bool:
    """Whether a product's files may have names that end so: those of FITS unless the product says otherwise."""
    return extension in recognise.extensions if recognise.extensions else extension != ".ecsv"


def _choose(
    file: FitsFile,
    facts: FileFacts,
    catalogue: "Catalogue",
    by_name: tuple[str, ...],
    by_model: tuple[str, ...],
    has_model: bool,
    exp_type: object,
) -> tuple[str | None, tuple[str, ...], Evidence | None]:
    agreed = tuple(p for p in by_name if p in by_model) if has_model else by_name
    if len(agreed) == 1:
        return agreed[0], agreed, None
    candidates = agreed or tuple(dict.fromkeys((*by_name, *by_model)))
    narrowed = _narrow(candidates, catalogue, exp_type) or candidates
    if not narrowed:
        return None, (), None
    if len(narrowed) == 1 and (not by_name or narrowed[0] in by_name):
        return narrowed[0], narrowed, None
    misfits = {p: _misfit(file, facts, catalogue, p) for p in narrowed}
    least = min(misfits.values())
    best = tuple(p for p in narrowed if misfits[p] == least)
    content = Evidence("content", f"HDUs {' '.join(h.label for h in file.hdus[1:9])}", best)
    if by_name and (by_name[0] in best or least[0] > 0):
        return by_name[0], best, content
    return (best[0] if len(best) == 1 else None), best, content


def _narrow(candidates: tuple[str, ...], catalogue: "Catalogue", exp_type: object) -> tuple[str, ...]:
    """Candidates that list the EXP_TYPE, if any do; else those that do not list any."""
    listing = tuple(p for p in candidates if exp_type in catalogue.recognise[p].exp_types)
    return listing or tuple(p for p in candidates if not catalogue.recognise[p].exp_types)


def _misfit(file: FitsFile, facts: FileFacts, catalogue: "Catalogue", product: str) -> tuple[int, int]:
    """How badly the HDUs of a file fit a product: rows missing, HDUs that it does not know."""
    rows = amend(catalogue.spec(product), facts).rows
    names = {h.name for h in file.hdus[1:]}
    missing = sum(r.name not in names for r in rows if r.extname and not r.optional)
    return missing, len(names - {r.name for r in rows})


def _foreign(facts: FileFacts, by_model: tuple[str, ...]) -> str:
    """What a file is that is not a JWST product, '' if nothing says so."""
    telescope = facts.keyword("TELESCOP")
    reference = facts.keyword("REFTYPE")
    if isinstance(reference, str) and reference and not by_model:
        return f"a calibration reference file (REFTYPE = {reference!r})"
    if isinstance(telescope, str) and telescope and telescope.upper() != "JWST":
        return f"a file of another telescope (TELESCOP = {telescope!r})"
    return ""
