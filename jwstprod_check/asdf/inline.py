"""Arrays of the tree as the reader takes them: the parts beside the values, and values that are in the tree itself.

asdf 5.4.0, schema core/ndarray and tags/core/ndarray.py. numpy makes the array, as it does for the reader.
"""

from typing import Any, Final

from jwstprod_check.asdf.construct import YAML, scalar_of
from jwstprod_check.asdf.nodes import NDARRAY, Mapping, Node, Sequence, Text, Tree, kind_of

MAX_VALUES: Final = 1_000_000
"""Values of one array in the tree, aliases written out; an array with more is not made."""

MAX_AXES: Final = 64
"""Axes of an array of numpy."""

_NAMES: Final = {
    "int8": "i1", "uint8": "u1", "bool8": "b1", "int16": "i2", "uint16": "u2", "float16": "f2", "int32": "i4", "uint32": "u4",
    "float32": "f4", "int64": "i8", "uint64": "u8", "float64": "f8", "complex64": "c8", "complex128": "c16",
}  # fmt: skip
_STRINGS: Final = {"ascii": "S", "ucs4": "U"}
_ORDERS: Final = {"big": ">", "little": "<"}
_COMPLEX: Final = "tag:stsci.edu:asdf/core/complex-"


class _RefusedError(Exception):
    """The reader does not take the array; the text is why."""


class _CycleError(Exception):
    """The array contains itself."""


class TooLargeError(Exception):
    """An array has more values than are looked at."""


def part_fault(tree: Tree, node: Mapping) -> tuple[str, Node | None] | None:
    """Name of a part of an array that has another form than the reader takes, and its node; None for a good one.

    The shape and data type of an array in an HDU or a block, and the offset of one in a block, are compared elsewhere.
    """
    items = {key: tree.node(item) for key, item in node.items.items()}
    outside = "source" in items
    if outside and "data" in items:
        return "data", items["data"]
    forms = {
        "data": lambda part: isinstance(part, Sequence) and not (part.tag or "").startswith(NDARRAY),
        "shape": lambda part: _integers(tree, part, 0, starred=True),
        "byteorder": lambda part: isinstance(part, Text) and kind_of(part) == "str" and part.text in _ORDERS,
        "offset": lambda part: _integer(part, 0),
        "strides": lambda part: _integers(tree, part, None),
        "mask": _mask,
    }
    return next(((key, items[key]) for key, good in forms.items() if key in items and not good(items[key])), None)


def inline_fault(tree: Tree, node: Mapping | Sequence) -> str | None:
    """Say why an array whose values are in the tree cannot be made; None for one that can. Raise TooLargeError for a large one."""
    items = node.items if isinstance(node, Mapping) else {}
    values = tree.node(items.get("data")) if isinstance(node, Mapping) else node
    if not isinstance(values, Sequence):
        return None
    try:
        array = _array(tree, items, values)
        _compare_shape(tree, items, array)
        _compare_mask(tree, items, array)
    except _RefusedError as error:
        return str(error)
    except _CycleError:
        # The reader leaves out what is being read.
        return None
    return None


def _array(tree: Tree, items: dict[str, Node], values: Sequence) -> Any:
    import numpy as np

    plain = _plain(tree, values, (), [MAX_VALUES])
    dtype = None
    if "datatype" in items:
        dtype = _dtype(tree, items["datatype"])
    if dtype is not None and dtype.fields is not None:
        return _records(plain, dtype)
    if _ragged(plain):
        raise _RefusedError("has rows of different lengths")
    try:
        if _nulls(plain):
            return np.ma.asarray(_filled(plain), dtype=dtype)
        return np.ma.asarray(plain, dtype=dtype)
    except (ValueError, TypeError, OverflowError):
        raise _RefusedError("has values that are not of its datatype") from None


def _records(plain: list[Any], dtype: Any) -> Any:
    """Rows of a table as the reader makes them: it looks for the first list that is one row."""
    import numpy as np

    if _empty(plain):
        return np.asarray(plain, dtype=dtype)
    depth, line = 0, plain
    try:
        while True:
            if not isinstance(line, list) or not line:
                raise _RefusedError("has rows that are not of its datatype")
            try:
                np.asarray(tuple(line), dtype=dtype)
                break
            except ValueError:
                depth, line = depth + 1, line[0]
        return np.asarray(_tuples(plain, depth), dtype=dtype)
    except (ValueError, TypeError, OverflowError):
        raise _RefusedError("has rows that are not of its datatype") from None


def _tuples(rows: Any, depth: int) -> Any:
    return tuple(rows) if depth == 0 else [_tuples(row, depth - 1) for row in rows]


def _plain(tree: Tree, node: Node | None, above: tuple[int, ...], budget: list[int]) -> Any:
    """Values of a node as Python has them, in nested lists."""
    node = tree.node(node)
    budget[0] -= 1
    if budget[0] < 0:
        raise TooLargeError
    if id(node) in above:
        raise _CycleError
    inner = (*above, id(node))
    if isinstance(node, Sequence):
        if len(above) >= MAX_AXES:
            raise _RefusedError(f"has more than {MAX_AXES} axes")
        return [_plain(tree, item, inner, budget) for item in node.items]
    if isinstance(node, Mapping) and (node.tag or "").startswith(NDARRAY):
        return _plain(tree, node.items.get("data"), inner, budget)
    if not isinstance(node, Text) or kind_of(node) in {"binary", "timestamp"}:
        raise _RefusedError("contains what is neither a number, a logical, text nor null")
    if (node.tag or "").startswith(_COMPLEX):
        return complex(node.text.replace("i", "j").replace("I", "J").replace("jnf", "inf").replace("JNF", "INF"))
    return scalar_of(node) if node.tag is None or node.tag == "!" or node.tag.startswith(YAML) else node.text


def _ragged(plain: list[Any]) -> bool:
    """Whether lists beside each other differ in length, or are beside scalars."""
    level: list[Any] = [plain]
    while level and isinstance(level[0], list):
        if any(not isinstance(row, list) or len(row) != len(level[0]) for row in level):
            return True
        level = [item for row in level for item in row]
    return any(isinstance(item, list) for item in level)


def _nulls(plain: Any) -> bool:
    return any(map(_nulls, plain)) if isinstance(plain, list) else plain is None


def _filled(plain: Any) -> Any:
    """The same with 0 for each null."""
    return [_filled(item) for item in plain] if isinstance(plain, list) else 0 if plain is None else plain


def _empty(plain: Any) -> bool:
    return isinstance(plain, list) and all(map(_empty, plain))


def _dtype(tree: Tree, node: Node | None, order: str = "<") -> Any:
    """Type of the values, or of the rows of a table."""
    import numpy as np

    node = tree.node(node)
    if isinstance(node, Text) and kind_of(node) == "str" and node.text in _NAMES:
        return np.dtype(order + _NAMES[node.text])
    if isinstance(node, Sequence):
        parts = [tree.node(item) for item in node.items]
        first = parts[0] if parts else None
        if isinstance(first, Text) and first.text in _STRINGS:
            if len(parts) != 2 or not _integer(parts[1], 0):
                raise _RefusedError("has a datatype that is not known")
            return np.dtype(f"{order}{_STRINGS[first.text]}{_number(tree, parts[1])}")
        try:
            return np.dtype([_field(tree, part, order) for part in parts])
        except ValueError:
            raise _RefusedError("has a datatype with two columns of one name") from None
    raise _RefusedError("has a datatype that is not known")


def _field(tree: Tree, part: Node | None, order: str) -> Any:
    """Name, type and shape of a column."""
    if not isinstance(part, Mapping):
        return "", _dtype(tree, part, order)
    name = tree.node(part.items.get("name", Text("")))
    word = tree.node(part.items.get("byteorder", Text("little")))
    shape = tree.node(part.items.get("shape", Sequence([])))
    if (
        not (isinstance(name, Text) and kind_of(name) in {"str", "null"})
        or not (isinstance(word, Text) and word.text in _ORDERS)
        or not _integers(tree, shape, 0)
    ):
        raise _RefusedError("has a datatype that is not known")
    base = _dtype(tree, part.items.get("datatype"), order)
    return (name.text, base, tuple(_number(tree, item) for item in tree.items(shape))) if tree.items(shape) else base


def _compare_shape(tree: Tree, items: dict[str, Node], array: Any) -> None:
    if "shape" not in items:
        return
    stated = tuple(_number(tree, item) for item in tree.items(items["shape"]))
    same = array.shape == stated or (array.size == 0 and 0 in stated)
    if not same:
        raise _RefusedError("has values that are not of its shape")


def _compare_mask(tree: Tree, items: dict[str, Node], array: Any) -> None:
    """Compare the size of a mask that is an array in the tree."""
    mask = tree.node(items.get("mask"))
    if not isinstance(mask, Mapping | Sequence) or not (mask.tag or "").startswith(NDARRAY):
        return
    parts = mask.items if isinstance(mask, Mapping) else {}
    values = tree.node(parts.get("data")) if isinstance(mask, Mapping) else mask
    if not isinstance(values, Sequence):
        return
    made = _array(tree, parts, values)
    if made.dtype != bool:
        raise _RefusedError("has a mask that is not of logicals")
    if made.size not in {1, array.size}:
        raise _RefusedError("has a mask of another size")


def _number(tree: Tree, node: Node | None) -> int:
    """Value of an integer; -1 for a ``*``."""
    number = tree.number(node)
    return int(number) if number is not None else -1


def _integer(part: Node | None, least: int | None) -> bool:
    if not isinstance(part, Text) or kind_of(part) != "int":
        return False
    return least is None or not part.text.startswith("-")


def _integers(tree: Tree, part: Node | None, least: int | None, *, starred: bool = False) -> bool:
    """Whether a node is a list of integers; strides (``least`` None) are not zero."""
    if not isinstance(part, Sequence):
        return False
    for item in tree.items(part):
        if starred and isinstance(item, Text) and item.text == "*":
            continue
        if not _integer(item, least) or (least is None and _number(tree, item) == 0):
            return False
    return True


def _mask(part: Node | None) -> bool:
    if isinstance(part, Text):
        return kind_of(part) in {"int", "float"} or (part.tag or "").startswith(_COMPLEX)
    return part is not None
