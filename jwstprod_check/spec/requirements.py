"""What the headers of a product must say: the shared groups of ``specs/headers.yaml`` and the product's own keywords."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.model import HeaderRequirements
from jwstprod_check.spec.schema import HeaderDocument, ProductDocument


def header_requirements(
    groups: Mapping[str, HeaderDocument], chain: Sequence[ProductDocument], traits: Collection[str]
) -> HeaderRequirements:
    """Take together every group that is for a product with these traits, and the keywords of its own chain."""
    found: dict[str, dict[str, None]] = {field: {} for field in HeaderRequirements.__struct_fields__}
    for group in groups.values():
        if (group.traits and not _meets(group.traits, traits)) or _meets(group.unless, traits):
            continue
        prefix = "combined_" if group.combined else ""
        found[f"{prefix}required"] |= dict.fromkeys(group.required)
        found[f"{prefix}recommended"] |= dict.fromkeys(group.recommended)
    found["units"] = dict.fromkeys(next((part.units for part in chain if part.units is not None), ()))
    for part in chain:
        found["required"] |= dict.fromkeys(part.keywords.required)
        found["recommended"] |= dict.fromkeys(part.keywords.recommended)
    for weak, strong in (("recommended", "required"), ("combined_recommended", "combined_required")):
        found[weak] = {k: None for k in found[weak] if k not in found[strong]}
    return HeaderRequirements(**{field: tuple(names) for field, names in found.items()})


def unknown_trait(lists: Mapping[str, Iterable[str]], traits: Collection[str], where: str, place: str) -> None:
    """Raise ``SpecError`` for the first trait of some lists that ``specs/traits.yaml`` does not have."""
    for field, names in lists.items():
        for i, name in enumerate(names):
            if name not in traits:
                from difflib import get_close_matches

                near = get_close_matches(name, traits, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                raise SpecError(f"unknown trait {name!r}{meant}", place, f"{where}.{field}[{i}]")


def undeclared(lists: Mapping[str, Iterable[str]], declared: Collection[str], where: str, place: str) -> None:
    """Raise ``SpecError`` for the first keyword of some lists that the vocabulary does not have."""
    for field, names in lists.items():
        for i, name in enumerate(names):
            if name not in declared:
                raise SpecError(f"unknown name {name!r}", place, f"{where}.{field}[{i}]")


def _meets(some: Iterable[str], others: Collection[str]) -> bool:
    return any(one in others for one in some)
