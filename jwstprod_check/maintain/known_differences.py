"""Differences between data models and specs in which both are correct (``known_differences.yaml``), with reasons.

Most data models serve several products, and a product has only the arrays that its step fills. Such an array is no
amendment: a check that allowed it would accept a wrong HDU. Everything is listed by name, so that an array that is new
in a schema is reported, and so is an explanation that is no longer needed.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from jwstprod_check.maintain.compare_models import ModelDifference
from jwstprod_check.spec.documents import load_yaml
from jwstprod_check.spec.errors import SpecError
from jwstprod_check.spec.schema import Text

FILE: Final = Path(__file__).with_name("known_differences.yaml")


class Explanation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why HDUs of a data model are not in the specs of some products, or the other way round: EXTNAMEs by product."""

    model: Text
    because: Text
    source: Text
    hdus: dict[str, list[Text]]


def explanations(path: Path = FILE) -> tuple[Explanation, ...]:
    """Read the explanations; raises ``SpecError``."""
    try:
        return tuple(msgspec.convert(load_yaml(path), list[Explanation]))
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `")
        raise SpecError(reason, str(path), where.rstrip("`") or "$") from None


def unexplained(
    differences: Iterable[ModelDifference], explained: Iterable[Explanation], products: Iterable[str]
) -> list[ModelDifference]:
    """Drop the differences that are explained; add one for each explanation of these products that explains nothing."""
    reasons = {(e.model, product, name): e for e in explained for product, names in e.hdus.items() for name in names}
    left = []
    used = set()
    for one in differences:
        key = (one.model, one.product, one.extname or "")
        if one.presence and key in reasons:
            used.add(key)
        else:
            left.append(one)
    known = set(products)
    for model, product, name in reasons:
        if (model, product, name) not in used and product in known:
            left.append(
                ModelDifference(product, model, name, "explained in known_differences.yaml, but there is no difference")
            )
    return left
