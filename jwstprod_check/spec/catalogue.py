"""The specs in use: those of the package, after those of the user's folder."""

from functools import lru_cache

from jwstprod_check.spec.documents import SHARED, Folder, Overlay, packaged
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.expressions import Expression
from jwstprod_check.spec.loader import Catalogue


@lru_cache(maxsize=4)
def catalogue(specs: str | None = None) -> Catalogue:
    """Return the specs of the package, after those of the user's folder; they are read once.

    Every spec of the folder is loaded and checked, so that one that cannot be used is an error whatever is asked for: no
    file is taken for unknown because its spec is broken. Raises ``SpecError``.
    """
    if specs is None:
        return Catalogue(packaged())
    own = Folder(specs)
    own.check()
    made = lazy_catalogue(specs)
    for name in own.products():
        _check_conditions(made, name)
    for profile in own.profiles():
        made.profile(profile)
    for name in SHARED:
        if own.read(name) is not None:
            made.check_shared(name)
    return made


def lazy_catalogue(specs: str) -> Catalogue:
    """Return the same specs, each of which is loaded when it is asked for."""
    return Catalogue(Overlay(Folder(specs), packaged()))


def _check_conditions(specs: Catalogue, name: str) -> None:
    """Raise ``SpecError`` where a condition of a product can never be true, so that what it guards never applies."""
    from jwstprod_check.spec.conditions import outcomes

    spec = specs.spec(name)
    conditions: list[tuple[str, Expression | None]] = [
        *((f"the row {row.name}", row.when) for row in spec.rows),
        *((f"the releases of the row {row.name}", row.released) for row in spec.rows),
        *((f"the amendment {a.id!r}", a.when) for a in spec.amendments),
        *((f"{p.extname} in the amendment {a.id!r}", p.when) for a in spec.amendments for p in a.patches),
        *((f"the symbol {s.name!r}", when) for s in spec.symbols.values() for when, _, _ in s.stated),
    ]
    for what, when in conditions:
        if when is not None and outcomes(when, specs.keywords) == {False}:
            raise SpecError(f"the condition {when.text!r} of {what} can never be true", specs.documents.place(name))
