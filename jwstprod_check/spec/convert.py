"""The content of a document -> its type; what does not fit is an error with its place."""

from typing import Any, TypeVar, get_args

import msgspec

from jwstprod_check.spec.errors import SpecError

T = TypeVar("T")


def convert(content: Any, kind: type[T], place: str, where: str = "$") -> T:
    """Return content as a type; raises ``SpecError`` that says ``reason at place:where``."""
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        entry = get_args(kind)[1:]
        if entry and isinstance(content, dict):
            # msgspec does not name the key of a mapping in which something is wrong.
            for name, part in content.items():
                convert(part, entry[0], place, f"{where}.{name}")
        reason, _, path = str(error).partition(" - at `")
        raise SpecError(reason, place, where + path.rstrip("`").removeprefix("$")) from None
